//! What the doctor looks at: the state of this machine, as far as a question is about it.
//!
//! Everything here is data that can be kept and judged again. What could not be read says why.

mod firewall;
mod local;
mod lookup;
mod path;
mod peer;
mod question;
mod reports;
mod session;

pub use firewall::{Denial, Direction, FirewallFacts, FirewallRule, ReversePath, RuleVerdict};
pub use local::{
    InterfaceFacts, KernelCounters, LimitFacts, LocalFacts, MissedDatagram, Owner, Recent,
    SocketRow, bound_to_one,
};
pub use lookup::look_up_sender;
pub use path::{
    EchoFacts, FragmentFacts, GatewayFacts, Neighbour, PathFacts, PortFacts, Prohibition, Route,
    joined_at,
};
pub use peer::{
    CONNECT_PATIENCE, ConnectOutcome, ConnectionFacts, ConnectionSample, PeerFacts,
    WaitingConnection,
};
pub use question::{Question, Transport};
pub use reports::Report;
pub use session::{
    AfterFin, ConnectionEnd, Count, EarlierAddress, EndOfConnection, JoinedGroup, MOST,
    OpenConnection, Reply, SAMPLE_BYTES, SAMPLES, Sample, SessionFacts, SessionSettings,
};

use local::{FirstLook, MissedWatch};
use peer::PeerProbe;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// The longest time that gathering takes.
pub const LONGEST: Duration = Duration::from_secs(2);

/// What is known when a question is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub question: Question,
    /// The session that asks; `None` if a command does.
    pub session: Option<SessionFacts>,
    pub local: LocalFacts,
    pub firewall: FirewallFacts,
    pub path: PathFacts,
    pub peer: PeerFacts,
}

/// Something that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen<T> {
    Known(T),
    Unseen(Unseen),
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unseen {
    /// Only root may read it: the command that shows it.
    NotPermitted { command: String },
    /// This system has no such source.
    NotHere,
    /// It was not read in time.
    TooSlow,
    /// The source is in a form that is not understood, or reading it failed with this message.
    Unreadable(String),
    /// Finding out sends something to others, which was not asked for.
    NotAsked,
    /// Another program shows it: its command.
    OtherProgram { command: String },
    /// Nothing happened while it was looked at.
    Quiet,
    /// No answer and no report of an error came, which proves nothing.
    NoAnswer,
    /// An error (ICMP) came, and the system does not tell which machine reported it: the command that
    /// shows it.
    Reporter { command: String },
    /// A rule of a firewall decides, and its conditions cannot be compared with the packets in
    /// question: the rule as its program prints it.
    Rule(String),
    /// The kernel believes an entry that was set by hand without asking: the entry, and the command
    /// that removes it.
    SetByHand { entry: String, command: String },
    /// Nothing came back that would show it, and a peer that never answers looks the same.
    NothingBack,
    /// Nothing came back to texts, and a peer that waits for another end of lines looks the same as
    /// one that never answers: the name of the end to try, `crlf`, `lf` or `cr`.
    LineEnd { end: String },
    /// The system of this peer has acknowledged everything, and only there it is seen whether the
    /// program reads it.
    Acknowledged { peer: String },
    /// The system of this peer has acknowledged everything, and a program of this machine has a
    /// connection with it as well: its name, if it is visible.
    OtherClient {
        peer: String,
        program: Option<String>,
    },
    /// Nothing came back to a datagram, and where an answer goes to, if there is one, programs do not
    /// see: the command that shows all from and to the peer.
    WatchAnswers { peer: IpAddr, command: String },
    /// Programs do not see whether something is sent to this machine, and to which address and port: the
    /// command that shows all that comes by this transport.
    WatchArrivals {
        transport: Transport,
        port: u16,
        command: String,
    },
    /// The network of this address leaves the target out by its mask, and packets to it go to a router
    /// by this interface: whether the mask is right, other machines of the network show.
    NarrowMask {
        address: String,
        to: IpAddr,
        router: IpAddr,
        interface: String,
    },
    /// Nothing came back to a message in this framing of Modbus over TCP, and the peer may speak the
    /// other one: the same message in that, as hexadecimal digits.
    ModbusSent {
        ours: String,
        other: String,
        instead: String,
    },
    /// The peer reads what is sent, but slowly.
    ReadsSlowly,
    /// Programs do not see where this machine sends to: the command that shows all that comes from it.
    WatchSender { from: IpAddr, command: String },
    /// Nothing came back to a text with these full-width signs in places where ASCII ones are usual.
    FullWidth { signs: String },
    /// The newest text ends with the characters of this escape, and was answered: whether the peer takes
    /// them for a part of it is not seen from here.
    EscapeSent { escape: String },
    /// Nothing has come by the connection with this peer, and nothing was sent by it.
    NothingSent { peer: String },
    /// Nothing came back to text in this encoding, which is nothing in UTF-8: whether the peer reads
    /// it is not seen from here.
    EncodingSent { encoding: String },
    /// Nothing came back, and a text with a byte order mark of this encoding was sent: whether the
    /// peer takes it for a part of the text is not seen from here.
    MarkSent { encoding: String },
    /// Nothing came back, and messages begin with a length: its bytes, and the number that they are
    /// with the low byte first and with the high one. Which of them the peer reads is not seen.
    LengthSent {
        bytes: String,
        ours: String,
        peer: String,
    },
    /// Packets with a wrong checksum came since the machine started, to any program: their number,
    /// and the command that shows those for the port in question.
    BadChecksums { count: u64, command: String },
    /// Several interfaces may have the messages of a group: the interfaces on which it is joined,
    /// and the command that names the interface by which they come.
    WhichInterface {
        group: String,
        joined: String,
        command: String,
    },
    /// A broadcast to all networks leaves by this interface alone, and the peer may be in the network of
    /// another one: those, and the broadcast address of the first.
    OneNetwork {
        interface: String,
        others: String,
        instead: SocketAddr,
    },
    /// A peer behind a router was heard, and nothing went or came for these seconds: a router with NAT may
    /// have forgotten the way by then.
    NatMayForget { seconds: u64 },
    /// Packets came in a look of this many milliseconds for ports of this transport at which no program
    /// listens: the command that shows to which.
    Strays {
        transport: Transport,
        count: u64,
        millis: String,
        command: String,
    },
    /// No multicast group is joined, and whether messages are sent to one is not known: the number of
    /// packets for nobody on this machine that came in the look, which may be those.
    NoGroup { count: u64 },
    /// The target is in the network of this address by the mask of this machine, so no router is asked
    /// for it; whether the mask is right, only the other machines of the network show.
    WideMask { address: String, to: IpAddr },
    /// Short messages were answered, with at most this number of bytes, and the newest is not: its
    /// answer may be lost for its length. The command shows whether large packets pass.
    LargerUnanswered { longest: u64, command: String },
    /// It is about the machine that should send, which nobody has named.
    SenderUnknown,
    /// Only the machine that should send shows it: that machine, and the address to which it should
    /// send.
    AtSender { from: IpAddr, to: IpAddr },
    /// These interfaces are off or not connected while others work: whether messages should come by
    /// them is not known.
    InterfaceOff { interfaces: String },
    /// It matters to peers on other machines only, and none is named: the address of the receiver.
    PeerUnnamed { local: String },
    /// The receiver at this address gets no datagrams to broadcast and group addresses, and none
    /// was seen: the command that shows whether some come.
    OneAddress { local: String, command: String },
}

impl Unseen {
    /// The command that shows it, where there is one.
    pub fn command(&self) -> Option<&str> {
        match self {
            Self::NotPermitted { command }
            | Self::OtherProgram { command }
            | Self::Reporter { command }
            | Self::SetByHand { command, .. }
            | Self::WatchAnswers { command, .. }
            | Self::WatchArrivals { command, .. }
            | Self::WatchSender { command, .. }
            | Self::BadChecksums { command, .. }
            | Self::WhichInterface { command, .. }
            | Self::Strays { command, .. }
            | Self::LargerUnanswered { command, .. }
            | Self::OneAddress { command, .. } => Some(command),
            _ => None,
        }
    }
}

impl<T> Seen<T> {
    /// What is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unseen(_) => None,
        }
    }
}

/// What may be done to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    /// Whether packets may be sent to the target and to machines on the way: ARP, ICMP,
    /// TCP, an empty datagram of UDP, and a TLS hello to a server that hung up on plain bytes.
    pub probes: bool,
}

impl Evidence {
    /// Gathers what bears on a question. Takes at most [`LONGEST`]; what is not read by then is
    /// [`Unseen::TooSlow`]. Blocks: run it as a job.
    pub fn gather(
        question: Question,
        session: Option<SessionFacts>,
        permission: Permission,
    ) -> Self {
        let until = Instant::now() + LONGEST;
        // It waits for the peer while this machine is looked at.
        let probe = PeerProbe::begin(&question, session.as_ref(), permission, until);
        let look = FirstLook::take(&question, until);
        let mut local = LocalFacts::gather(&question, session.as_ref(), until);
        let watch = MissedWatch::begin(&question, session.as_ref(), &local);
        let firewall = FirewallFacts::gather(&question, session.as_ref(), until);
        let mut path = PathFacts::gather(&question, session.as_ref(), permission, until);
        let (peer, reports) = PeerFacts::gather(&question, session.as_ref(), probe, until);
        // Linux goes on connecting over IPv6 while a router rejects it.
        let connect = peer.connect.known();
        if connect.is_some_and(|outcome| *outcome != ConnectOutcome::Connected) {
            path.add_refusal(&question, reports);
        }
        local.missed = watch.end(until);
        local.recent = look.second(until);
        Self {
            local,
            firewall,
            path,
            peer,
            session,
            question,
        }
    }
}
