//! The situations that the doctor tells apart.

/// What a situation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Local,
    Firewall,
    Path,
    Peer,
    Content,
}

macro_rules! situations {
    ($($name:ident $subject:ident $id:literal,)*) => {
        /// A cause of silence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Situation { $($name,)* }

        impl Situation {
            /// All of them, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name that commands and the book use: `not-bound`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            pub fn subject(self) -> Subject {
                match self { $(Self::$name => Subject::$subject,)* }
            }
        }
    };
}

situations! {
    NotBound Local "not-bound",
    NotLocal Local "not-local",
    LoopbackOnly Local "loopback-only",
    OtherInterface Local "other-interface",
    BoundToOneAddress Local "bound-to-one-address",
    WrongPort Local "wrong-port",
    PortTaken Local "port-taken",
    PrivilegedPort Local "privileged-port",
    PortShared Local "port-shared",
    LocalhostIsV6 Local "localhost-is-v6",
    V6Only Local "v6-only",
    V4AgainstV6 Local "v4-against-v6",
    InterfaceDown Local "interface-down",
    NoAddress Local "no-address",
    DuplicateAddress Local "duplicate-address",
    WrongMask Local "wrong-mask",
    NoCarrier Local "no-carrier",
    TimeWait Local "time-wait",
    BacklogFull Local "backlog-full",
    DescriptorLimit Local "descriptor-limit",
    ReceiveOverflow Local "receive-overflow",
    MemoryLimit Local "memory-limit",
    EphemeralExhausted Local "ephemeral-exhausted",
    OtherNamespace Local "other-namespace",
    ClockStep Local "clock-step",
    HiddenByFilter Local "hidden-by-filter",
    SimulatedNetwork Local "simulated-network",
    SendRefused Local "send-refused",
    DropIn Firewall "drop-in",
    RejectIn Firewall "reject-in",
    DropOut Firewall "drop-out",
    RejectOut Firewall "reject-out",
    DropByState Firewall "drop-by-state",
    RpFilter Firewall "rp-filter",
    SecurityModule Firewall "security-module",
    NoRoute Path "no-route",
    WrongGateway Path "wrong-gateway",
    GatewayDead Path "gateway-dead",
    HostUnreachable Path "host-unreachable",
    PortUnreachable Path "port-unreachable",
    RejectedOnWay Path "rejected-on-way",
    TtlExceeded Path "ttl-exceeded",
    MtuHole Path "mtu-hole",
    FragmentLost Path "fragment-lost",
    AsymmetricRoute Path "asymmetric-route",
    SameNetwork Path "same-network",
    DuplicateIp Path "duplicate-ip",
    NatSource Path "nat-source",
    BadChecksum Path "bad-checksum",
    BroadcastAddress Path "broadcast-address",
    BroadcastDenied Path "broadcast-denied",
    NotJoined Path "not-joined",
    JoinedElsewhere Path "joined-elsewhere",
    MulticastTtl Path "multicast-ttl",
    IgmpSnooping Path "igmp-snooping",
    MulticastScope Path "multicast-scope",
    ClientIsolation Path "client-isolation",
    IcmpRateLimit Path "icmp-rate-limit",
    NobodyListens Peer "nobody-listens",
    ConnectUnanswered Peer "connect-unanswered",
    ListensElsewhere Peer "listens-elsewhere",
    HeldBack Peer "held-back",
    PeerStopped Peer "peer-stopped",
    PeerDoesNotRead Peer "peer-does-not-read",
    PeerReadsTooLittle Peer "peer-reads-too-little",
    AnswersFromElsewhere Peer "answers-from-elsewhere",
    AnswersToOldPort Peer "answers-to-old-port",
    ClosesAtOnce Peer "closes-at-once",
    PeerResets Peer "peer-resets",
    PeerHalfCloses Peer "peer-half-closes",
    TlsToPlain Peer "tls-to-plain",
    PlainToTls Peer "plain-to-tls",
    OtherProtocol Peer "other-protocol",
    UnfinishedRequest Content "unfinished-request",
    WebSocketClient Content "websocket-client",
    BadRequest Content "bad-request",
    ModbusFraming Content "modbus-framing",
    LiteralEscapes Content "literal-escapes",
    FullWidthSigns Content "full-width-signs",
    InvalidJson Content "invalid-json",
    WrongEncoding Content "wrong-encoding",
    ByteOrderMark Content "byte-order-mark",
    NoLineEnd Content "no-line-end",
    OtherLineEnd Content "other-line-end",
    ByteOrder Content "byte-order",
    WrongChecksum Content "wrong-checksum",
    DigitsAsText Content "digits-as-text",
}

impl Situation {
    /// The situation of this [`id`](Self::id).
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.id() == id)
    }
}
