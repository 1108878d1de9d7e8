//! Failures, as data: the operation, its address, and the cause.

use super::super::InterfaceAddress;
use crate::peer::Peer;
use crate::schema::EncodeMistake;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A failed operation: its kind, its address, and the cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub operation: Operation,
    /// The address or host as the user would write it; empty where there is none.
    pub address: String,
    pub cause: Cause,
}

impl Failure {
    /// Whether the failure ended the session against the user's intention.
    pub fn ends_session(&self) -> bool {
        self.operation == Operation::Run
    }
}

/// An operation that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operation {
    Bind,
    Listen,
    Accept,
    Resolve,
    Connect,
    Send,
    Receive,
    JoinGroup,
    LeaveGroup,
    SendFile,
    Open,
    Record,
    /// The worker thread could not be set up.
    Start,
    /// The worker thread failed: the session has ended.
    Run,
    /// A recording could not be started.
    BeginRecording,
}

/// The cause of a failure, as far as it could be determined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cause {
    /// An error of the system without a more specific cause; `code` is `errno`.
    System { code: i32 },
    /// The port is in use (EADDRINUSE): its owner, where that is visible, and the next free port.
    PortInUse {
        holder: Option<PortOwner>,
        free: Option<u16>,
        code: i32,
    },
    /// The address is not local (EADDRNOTAVAIL); `own` are the local addresses.
    NotLocal { own: Vec<IpAddr>, code: i32 },
    /// The port is privileged: ports below `free_from` need a right that this program lacks.
    Privileged { free_from: u16, code: i32 },
    /// The host name does not exist, or has no address.
    NoSuchHost { detail: String },
    /// The host name has addresses, but none of the socket's IP version.
    NoAddressOfFamily { ipv6: bool },
    /// The operation timed out.
    TimedOut { millis: u64 },
    /// The destination host reported that no program listens there (ICMP port unreachable).
    /// `newer` is the sender of the newest datagram, where it differs from the destination: the
    /// program may have been restarted on another port.
    PortUnreachable {
        code: i32,
        #[serde(default)]
        newer: Option<Peer>,
    },
    /// A relay's client has closed its port, as an ICMP port unreachable of an answer reports.
    ClientGone { code: i32 },
    /// The path MTU is `mtu` bytes (ICMP fragmentation needed, or ICMPv6 packet too big).
    TooBig { mtu: u32, ipv6: bool, code: i32 },
    /// An ICMP error says that a datagram that was sent did not arrive. `by` is the machine that
    /// reports it; `None` is this machine.
    Undelivered {
        reason: UndeliveredReason,
        by: Option<IpAddr>,
        code: i32,
    },
    /// The datagram is longer than `limit`, the longest that can be sent, in bytes.
    TooLong { length: usize, limit: usize },
    /// The peer's send queue is full; `length` bytes were not queued.
    QueueFull { length: usize, limit: usize },
    /// The send queue was full and refused this number of messages, of `bytes` in total, after the
    /// last row of this kind or of [`QueueFull`](Self::QueueFull).
    LeftOut { messages: u64, bytes: u64 },
    /// No such connection exists, or it has ended.
    NotConnected,
    /// The process or the system is out of file descriptors (EMFILE, ENFILE); accepting pauses.
    OutOfDescriptors { pause_millis: u64, code: i32 },
    /// The upstream of a relay is the relay itself.
    RelayLoop,
    /// The upstream of a relay is a relay to this one: its traffic comes back, each time from a
    /// new socket.
    RelaysFacing,
    /// The flow table of a relay is full.
    TooManyClients { limit: usize },
    /// The interface of a joined multicast group no longer exists.
    InterfaceGone { interface: String },
    /// Too many host names are being resolved.
    Busy,
    /// The path is a directory, a pipe or a device instead of a regular file.
    NoFile,
    /// No program reads the recording pipe, or its reader has closed it.
    Unread,
    /// The file became shorter while it was read; lengths in bytes.
    Shrunk { read: u64, length: u64 },
    /// The file has an unknown format, or is damaged.
    BadFile {
        place: FilePlace,
        problem: FileProblem,
    },
    /// The message is shorter than the range its checksum covers.
    ChecksumRange { length: usize },
    /// The kernel dropped datagrams because the socket's receive buffer was full.
    /// `receive_buffer` is its size and `asked` the size requested, both in bytes.
    Dropped {
        count: u64,
        place: LossPlace,
        receive_buffer: usize,
        asked: usize,
        /// `count` is a lower bound: the kernel counts merged datagrams (UDP GRO) as one.
        at_least: bool,
    },
    /// The port is in use by a connection that closed a moment ago, for at most `seconds` more
    /// (TIME_WAIT and the states before it, RFC 9293 §3.6). `free` is the next free port.
    Lingering {
        seconds: u64,
        free: Option<u16>,
        code: i32,
    },
    /// No route leads there from the address the socket is bound to; `ways` are interfaces that
    /// may work, by name and address.
    #[serde(rename = "NoWay")]
    NoRoute {
        reach: Reach,
        ways: Vec<InterfaceAddress>,
        code: i32,
    },
    /// A defect of this program: the thread of the operation panicked with this message.
    Died { reason: String },
    /// The peer ended its direction (FIN), so the connection is closed.
    PeerFinished,
    /// The path or abstract name of a Unix socket cannot be used.
    Name { problem: NameProblem, code: i32 },
    /// A session of this kind cannot send to this target.
    WrongTarget,
    /// With its variables expanded, the message would be longer than `limit` bytes.
    NotComposed { limit: usize },
    /// A message could not be made of the values of its fields.
    Fields(Box<EncodeMistake>),
    /// The port is in a range that Windows reserves, or `holder` has it for its exclusive use
    /// (WSAEACCES). `free` is the next free port.
    Excluded {
        holder: Option<PortOwner>,
        free: Option<u16>,
        code: i32,
    },
}

/// Why a datagram did not arrive, as an ICMP error says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UndeliveredReason {
    /// Network unreachable (RFC 792: type 3 code 0; RFC 4443: type 1 code 0).
    NoRoute,
    /// Host unreachable (type 3 code 1), or address unreachable (type 1 code 3): in its subnet the
    /// machine does not answer.
    NoHost,
    /// Prohibited by a firewall (RFC 1812: type 3 codes 9, 10 and 13; RFC 4443: type 1 codes 1, 5
    /// and 6).
    Prohibited,
    /// The TTL or hop limit reached 0 on the way (type 11; type 3).
    Expired,
    /// Another error.
    Other,
}

/// The error of a Unix socket name (unix(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NameProblem {
    /// Bind: another program is bound to the name.
    Taken,
    /// Bind: a socket file of that name is left over, and no program is bound to it.
    Stale,
    /// Bind: the path exists and is not a socket.
    NoSocket,
    /// Bind: the directory does not exist.
    NoFolder,
    /// There is no socket of that name.
    Missing,
    /// The socket file exists, but no program is bound to it.
    Nobody,
    /// The socket of that name is a datagram socket and this one a stream socket, or the reverse.
    OtherType,
    /// The queue of the receiving program is full.
    Full,
    /// The sender has no name, so nothing can be sent to it.
    Nameless,
    /// The permissions of the file, or of a directory above it, forbid the operation.
    Denied,
}

/// The kind of destination that an address denotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    Broadcast,
    Multicast,
    /// Another host, from a socket bound to loopback.
    Beyond,
    /// Any destination, from a socket bound to an address of the other IP version.
    OtherVersion,
}

/// The position in the log at which datagrams were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossPlace {
    /// All of them between the previous row and the next one.
    Here,
    /// In this number of places since the last row of this kind.
    Above { places: u64 },
    /// After the previous datagram; discovered because none followed.
    Behind,
    /// Not given, where the rows are not shown.
    Hidden,
}

/// A position in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilePlace {
    /// The number of bytes before it.
    Byte(u64),
    /// A line, counted from 1.
    Line(u64),
    /// The number of bytes before it in the decompressed content.
    Unpacked(u64),
}

/// The error of a capture file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileProblem {
    Empty,
    /// The format is not one that can be read.
    Unknown,
    /// The file is compressed; this command decompresses it.
    Compressed(Box<str>),
    /// The file is truncated.
    Cut,
    /// The content is inconsistent.
    Corrupt,
    /// The compressed data is damaged.
    Undecodable,
    /// A length field holds an impossible value, in bytes.
    TooLong(u64),
    /// A line is invalid JSON, or has the wrong type, at this column, counted from 1.
    Json(u64),
    /// A line lacks this field, or its value is invalid.
    Field(Box<str>),
}

impl Cause {
    /// Whether an ICMP error is the cause: the kernel had sent the datagram.
    pub fn is_of_sent(&self) -> bool {
        matches!(
            self,
            Self::PortUnreachable { .. }
                | Self::ClientGone { .. }
                | Self::TooBig { .. }
                | Self::Undelivered { .. }
        )
    }

    /// The `errno` value, where the system reported one.
    pub fn code(&self) -> Option<i32> {
        match *self {
            Self::System { code }
            | Self::PortInUse { code, .. }
            | Self::NotLocal { code, .. }
            | Self::Privileged { code, .. }
            | Self::Excluded { code, .. }
            | Self::PortUnreachable { code, .. }
            | Self::ClientGone { code }
            | Self::TooBig { code, .. }
            | Self::Undelivered { code, .. }
            | Self::Lingering { code, .. }
            | Self::NoRoute { code, .. }
            | Self::Name { code, .. }
            | Self::OutOfDescriptors { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// The process that owns a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Holder")]
pub struct PortOwner {
    pub name: String,
    pub pid: u32,
}

impl PortOwner {
    /// Whether the port owner is this process.
    pub fn is_this_program(&self) -> bool {
        self.pid == std::process::id()
    }
}
