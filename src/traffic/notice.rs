//! What the kernel reported about a connection, in data: the words come from `explain`.

use super::Other;
use super::{Automatic, RecordKind};
use crate::peer::Peer;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// An event of the connection, in the same order as the bytes around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// A UDP socket is bound; `receive_buffer` is what the kernel granted of what was
    /// asked for, in bytes.
    Bound {
        local: Peer,
        receive_buffer: usize,
        asked: usize,
    },
    /// A TCP server accepts connections.
    Listening {
        local: Peer,
    },
    /// A host name was looked up.
    Resolved {
        host: String,
        addresses: Vec<IpAddr>,
    },
    /// A TCP client began to connect.
    Connecting {
        remote: Peer,
    },
    /// The user gave the connection up before it stood.
    Cancelled {
        remote: Peer,
    },
    /// A TCP client's connection stands.
    Connected {
        peer: Peer,
        local: Peer,
    },
    /// A TCP server accepted a client.
    Joined {
        peer: Peer,
    },
    /// The peer ended its sending direction (FIN).
    PeerFinished {
        peer: Peer,
    },
    /// The peer reset the connection (RST), with what was still unsent, in bytes.
    PeerReset {
        peer: Peer,
        unsent: usize,
    },
    /// We ended our sending direction; the other one goes on.
    WriteClosed {
        peer: Peer,
    },
    /// We closed the connection, with what was still unsent, in bytes.
    Closed {
        peer: Peer,
        unsent: usize,
    },
    /// A multicast group was joined on an interface.
    GroupJoined {
        group: IpAddr,
        interface: String,
    },
    GroupLeft {
        group: IpAddr,
        interface: String,
    },
    /// The session's socket was closed by the user, with so many datagrams still unsent.
    Unbound {
        local: Peer,
        unsent: usize,
    },
    /// The kernel took all of a file, in so many datagrams or writes.
    FileSent {
        path: String,
        bytes: u64,
        blocks: u64,
        millis: u64,
    },
    /// Sending a file was given up after so many bytes of it.
    FileCancelled {
        path: String,
        bytes: u64,
        length: u64,
    },
    /// A file was opened: so many records, and packets that are none, by reason where the
    /// reason is known.
    FileRead {
        path: String,
        records: u64,
        skipped: u64,
        #[serde(default)]
        others: Vec<(Other, u64)>,
    },
    /// Something the program did or did not do by itself.
    Automatic(Box<Automatic>),
    /// We reset the connection (RST), with what was still unsent, in bytes.
    Reset {
        peer: Peer,
        unsent: usize,
    },
    Failed(Failure),
}

impl Notice {
    pub fn kind(&self) -> RecordKind {
        if matches!(self, Self::Failed(_)) {
            RecordKind::Failure
        } else {
            RecordKind::Notice
        }
    }

    /// The address the notice is about: the far side, or our own for a socket's life.
    pub fn peer(&self) -> Option<Peer> {
        match *self {
            Self::Bound { local, .. } | Self::Listening { local } | Self::Unbound { local, .. } => {
                Some(local)
            }
            Self::Connecting { remote: peer }
            | Self::Cancelled { remote: peer }
            | Self::Connected { peer, .. }
            | Self::Joined { peer }
            | Self::PeerFinished { peer }
            | Self::PeerReset { peer, .. }
            | Self::WriteClosed { peer }
            | Self::Closed { peer, .. }
            | Self::Reset { peer, .. } => Some(peer),
            Self::Automatic(ref automatic) => automatic.peer(),
            Self::Resolved { .. }
            | Self::FileSent { .. }
            | Self::FileCancelled { .. }
            | Self::FileRead { .. }
            | Self::GroupJoined { .. }
            | Self::GroupLeft { .. }
            | Self::Failed(_) => None,
        }
    }
}

/// An operation that did not succeed: what, on which address, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub operation: Operation,
    /// The address or host as the user would write it; empty where there is none.
    pub address: String,
    pub cause: Cause,
}

impl Failure {
    /// Whether it ended the session, which is then closed by nobody's wish.
    pub fn ends_session(&self) -> bool {
        self.operation == Operation::Run
    }
}

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
    /// The worker itself could not be set up.
    Start,
    /// The worker could not go on: the session has ended.
    Run,
    /// A recording that never began.
    BeginRecording,
}

/// Why an operation failed, as far as it could be found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cause {
    /// The system's own error number.
    System { code: i32 },
    /// The port is taken: by whom, where that can be seen, and the next free one.
    PortInUse {
        holder: Option<PortOwner>,
        free: Option<u16>,
        code: i32,
    },
    /// The address belongs to no interface of this machine; these do.
    NotLocal { own: Vec<IpAddr>, code: i32 },
    /// Ports below `free_from` need a right this program does not have.
    Privileged { free_from: u16, code: i32 },
    /// The name has no address.
    NoSuchHost { detail: String },
    /// The name has addresses, but none of the socket's family.
    NoAddressOfFamily { ipv6: bool },
    /// Nothing answered in time.
    TimedOut { millis: u64 },
    /// The peer's machine said that no program listens there (ICMP port unreachable).
    /// `newer` sent the newest datagram received, where that is somebody else: the program
    /// may have been started again.
    PortUnreachable {
        code: i32,
        #[serde(default)]
        newer: Option<Peer>,
    },
    /// A router on the way takes packets of at most `mtu` bytes (ICMP fragmentation needed).
    TooBig { mtu: u32, ipv6: bool, code: i32 },
    /// A datagram longer than one can be.
    TooLong { length: usize, limit: usize },
    /// The peer's send queue is full; these bytes were not taken.
    QueueFull { length: usize, limit: usize },
    /// So many messages, of so many bytes in all, were not taken while the queue was full.
    LeftOut { messages: u64, bytes: u64 },
    /// There is no such connection (any more).
    NotConnected,
    /// The system's descriptors are used up; accepting pauses for a while.
    OutOfDescriptors { pause_millis: u64, code: i32 },
    /// A relay's target is the relay itself.
    RelayLoop,
    /// What a relay passes on comes back to it from its target, each time from a new socket:
    /// the target is a relay to this one.
    RelaysFacing,
    /// A relay serves so many clients already.
    TooManyClients { limit: usize },
    /// Too many host names are being looked up.
    Busy,
    /// It is a folder, a pipe or a device.
    NoFile,
    /// No program reads the pipe that is recorded to, or it reads no more.
    Unread,
    /// The file became shorter while it was read.
    Shrunk { read: u64, length: u64 },
    /// It is no file this program reads, or it is damaged.
    BadFile {
        place: FilePlace,
        problem: FileProblem,
    },
    /// The message has too few bytes for what its checksum is to cover.
    ChecksumRange { length: usize },
    /// The kernel dropped datagrams because the socket's receive buffer, in bytes, was
    /// full; `asked` is how large it was to be.
    Dropped {
        count: u64,
        place: LossPlace,
        receive_buffer: usize,
        asked: usize,
        /// The kernel merges what arrives and counts what it merged as one: there may be
        /// more.
        at_least: bool,
    },
    /// A connection of this port closed a moment ago and keeps it for at most so long
    /// (TIME_WAIT and the states before it, RFC 9293); `free` is the next free port.
    Lingering {
        seconds: u64,
        free: Option<u16>,
        code: i32,
    },
    /// No interface leads there from where the socket is bound; these may, by name and address.
    NoWay {
        reach: Reach,
        ways: Vec<(String, IpAddr)>,
        code: i32,
    },
    /// A fault of this program: the thread that did it panicked, with this message.
    Died { reason: String },
    /// The peer ended its direction (FIN), and the connection is closed because of that.
    PeerFinished,
    /// The name of a Unix socket cannot be had, or leads nowhere.
    Name { problem: NameProblem, code: i32 },
    /// A session of this kind cannot send there.
    WrongTarget,
    /// With its variables the message would have more bytes than can be sent at once.
    NotComposed { limit: usize },
}

/// What is wrong with the name of a Unix socket (unix(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NameProblem {
    /// To bind: a program is bound to it.
    Taken,
    /// To bind: a socket of that name is left, and no program is bound to it.
    Stale,
    /// To bind: something else than a socket has that name.
    NoSocket,
    /// To bind: its folder does not exist.
    NoFolder,
    /// There is no socket of that name.
    Missing,
    /// A socket of that name is left, and no program is bound to it.
    Nobody,
    /// The socket of that name carries datagrams and this one a stream, or the reverse.
    OtherType,
    /// The program behind it accepts too slowly.
    Full,
    /// Who sent has no name, and cannot be sent to.
    Nameless,
    /// The rights of the file, or of a folder on the way to it, forbid it.
    Denied,
}

/// Whom an address reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    Broadcast,
    Multicast,
    /// Another machine, from a socket bound to loopback.
    Beyond,
    /// Whatever it is, from a socket bound to an address of the other IP version.
    OtherVersion,
}

/// Where in the stream datagrams were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossPlace {
    /// All of them between the datagram above and the one below.
    Here,
    /// In so many places since the last row of this kind.
    Above { places: u64 },
    /// After the datagram above; found out when none followed.
    Behind,
}

/// Where in a file something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilePlace {
    /// Bytes before it.
    Byte(u64),
    /// Counted from 1.
    Line(u64),
    /// Bytes before it, of what a compressed file holds.
    Unpacked(u64),
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileProblem {
    Empty,
    /// It is neither pcapng nor JSON lines.
    Unknown,
    /// It is compressed; this command unpacks it.
    Compressed(Box<str>),
    /// It ends in the middle of something.
    Cut,
    /// It contradicts itself, or the system said this.
    Corrupt(Box<str>),
    /// It claims a length nothing sensible has, in bytes.
    TooLong(u64),
    /// A line is no JSON, or another than belongs here, at this column from 1.
    Json(u64),
    /// A line lacks the field of this name, or it does not say what it should.
    Field(Box<str>),
}

impl Cause {
    /// The system's error number, where one was reported.
    pub fn code(&self) -> Option<i32> {
        match *self {
            Self::System { code }
            | Self::PortInUse { code, .. }
            | Self::NotLocal { code, .. }
            | Self::Privileged { code, .. }
            | Self::PortUnreachable { code, .. }
            | Self::TooBig { code, .. }
            | Self::Lingering { code, .. }
            | Self::NoWay { code, .. }
            | Self::Name { code, .. }
            | Self::OutOfDescriptors { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// A program that holds a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Holder")]
pub struct PortOwner {
    pub name: String,
    pub pid: u32,
}

impl PortOwner {
    /// Whether it is the program that asks.
    pub fn is_this_program(&self) -> bool {
        self.pid == std::process::id()
    }
}
