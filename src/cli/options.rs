//! The options of sessions in the terminal.

use super::answers::Answers;
use super::source::Source;
use super::values::{self, Group};
use super::weather::{Datagrams, Stream, Way, Weather};
use super::writing::Writing;
use crate::capture::Format;
use crate::config::{PATIENCE, Span};
use crate::engine::{Command, Endpoint, GroupCommand, Receiving, Remote, Setup};
use crate::kind::Kind;
use crate::peer::{Name, Peer};
use clap::{Args, Subcommand};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct Udp {
    /// The address to bind; port 0, or none, lets the system choose
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: Option<SocketAddr>,
    /// Where what is typed goes; without it, to whom the last datagram came from
    #[arg(long, value_name = "HOST:PORT", value_parser = values::endpoint)]
    to: Option<Endpoint>,
    /// Receive what is sent to this multicast group too; may be given several times
    #[arg(long, value_name = "GROUP[%INTERFACE]", value_parser = values::group)]
    join: Vec<Group>,
    #[command(flatten)]
    sockets: UdpSockets,
    #[command(flatten)]
    talk: Talk,
    #[command(flatten)]
    network: Datagrams,
}

/// How UDP sockets receive.
#[derive(Debug, Args)]
struct UdpSockets {
    /// The receive buffer to ask the system for
    #[arg(long, value_name = "BYTES", default_value_t = Receiving::default().buffer, value_parser = values::bytes(0, usize::MAX))]
    receive_buffer: usize,
    /// The kernel may hand over datagrams of one sender merged (UDP_GRO); they are taken apart again
    #[arg(long)]
    merge: bool,
}

impl From<UdpSockets> for Receiving {
    fn from(options: UdpSockets) -> Self {
        Self {
            buffer: options.receive_buffer,
            merge: options.merge,
        }
    }
}

#[derive(Debug, Args)]
pub struct TcpClient {
    /// The server
    #[arg(value_name = "HOST:PORT", value_parser = values::endpoint)]
    remote: Endpoint,
    /// The address to connect from
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    from: Option<SocketAddr>,
    /// How long to wait for the connection
    #[arg(long, value_name = "TIME", default_value_t = PATIENCE)]
    timeout: Span,
    #[command(flatten)]
    ends: ClientEnds,
    #[command(flatten)]
    talk: Talk,
    #[command(flatten)]
    network: Stream,
}

/// What a client does when either side ends.
#[derive(Debug, Args)]
struct ClientEnds {
    /// Stay when the server ends its sending, and go on sending
    #[arg(long)]
    half_open: bool,
    /// End our sending (half-close; with TCP: FIN) when the input has ended and all of it is sent, and wait for the answer, as nc -N does
    #[arg(long, conflicts_with = "once")]
    half_close: bool,
    /// Connect again after this time [default: 1s] whenever the connection cannot be made or is lost; what is typed meanwhile waits
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "1s", value_parser = values::interval, conflicts_with = "half_close")]
    reconnect: Option<Span>,
}

#[derive(Debug, Args)]
pub struct TcpServer {
    /// The address to listen on; port 0, or none, lets the system choose
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: SocketAddr,
    /// Keep a connection when its client ends its sending
    #[arg(long)]
    half_open: bool,
    #[command(flatten)]
    talk: Talk,
    #[command(flatten)]
    network: Stream,
}

#[derive(Debug, Args)]
pub struct UnixClient {
    /// The name of the server: a path, or @NAME for one that is no file
    #[arg(value_name = "NAME", value_parser = values::name)]
    remote: Name,
    #[command(flatten)]
    ends: ClientEnds,
    #[command(flatten)]
    talk: Talk,
    #[command(flatten)]
    network: Stream,
}

#[derive(Debug, Args)]
pub struct UnixServer {
    /// The name to listen on: a path, or @NAME for one that is no file
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    bind: Name,
    /// Keep a connection when its client ends its sending
    #[arg(long)]
    half_open: bool,
    #[command(flatten)]
    talk: Talk,
    #[command(flatten)]
    network: Stream,
}

#[derive(Debug, Args)]
pub struct UnixDatagram {
    /// The name to bind: a path, or @NAME for one that is no file; without it, the system chooses
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    bind: Option<Name>,
    /// Where what is typed goes; without it, to whom the last datagram came from
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    to: Option<Name>,
    #[command(flatten)]
    talk: Talk,
    #[command(flatten)]
    network: Datagrams,
}

/// What is passed on.
#[derive(Debug, Subcommand)]
pub enum Relay {
    /// Datagrams: each client has a socket of its own opposite the target
    Udp(RelayUdp),
    /// Connections: each client has one of its own to the target
    Tcp(RelayTcp),
}

#[derive(Debug, Args)]
pub struct RelayUdp {
    #[command(flatten)]
    ends: Ends,
    /// Forget a client after so long without a datagram, either way
    #[arg(long, value_name = "TIME", default_value = "60s")]
    idle: Span,
    #[command(flatten)]
    sockets: UdpSockets,
    #[command(flatten)]
    network: Datagrams,
    #[command(flatten)]
    talk: Talk,
}

#[derive(Debug, Args)]
pub struct RelayTcp {
    #[command(flatten)]
    ends: Ends,
    #[command(flatten)]
    network: Stream,
    #[command(flatten)]
    way: Way,
    #[command(flatten)]
    talk: Talk,
}

#[derive(Debug, Args)]
struct Ends {
    /// The address clients send to; port 0, or none, lets the system choose
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: SocketAddr,
    /// Where it is passed on to
    #[arg(long, value_name = "HOST:PORT", value_parser = values::endpoint)]
    to: Endpoint,
}

/// What all of them can do.
#[derive(Debug, Args)]
pub struct Talk {
    /// Print JSON lines, as the JSON-lines export writes them
    #[arg(long)]
    pub json: bool,
    /// Leave out what is received and sent; notices and failures go to the standard error
    #[arg(short, long, conflicts_with = "json")]
    pub quiet: bool,
    /// Write everything to this file too: .pcapng, .jsonl, .csv, .log or .txt; to a pipe (FIFO) from when it is read; with -, to the standard output, instead of printing
    #[arg(long, value_parser = values::path(), value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Record in this format: pcapng, jsonl, csv, log or txt [default: by the file's name; pcapng for pipes]
    #[arg(long, value_name = "FORMAT", value_parser = values::written_format, requires = "record")]
    pub record_format: Option<Format>,
    /// End after so many were received
    #[arg(long, value_name = "N", value_parser = values::number(1, u64::MAX))]
    pub count: Option<u64>,
    /// End after this time
    #[arg(long = "for", value_name = "TIME")]
    pub lasting: Option<Span>,
    /// End when the input has ended and all of it is sent
    #[arg(long, visible_alias = "close-at-eof")]
    pub once: bool,
    /// Send this first, as soon as there is somebody to send it to
    #[arg(long, value_name = "DATA")]
    pub message: Option<String>,
    /// Send each message every so often, until the next one is typed
    #[arg(long, value_name = "TIME", value_parser = values::interval)]
    pub repeat: Option<Span>,
    /// Repeat it so many times
    #[arg(long, value_name = "N", requires = "repeat", value_parser = values::number(1, u64::MAX))]
    pub times: Option<u64>,
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub answers: Answers,
}

impl Talk {
    /// Whether what happens is recorded to the standard output, where nothing is printed then.
    pub fn records_to_output(&self) -> bool {
        self.record.as_deref() == Some(Path::new("-"))
    }
}

/// A session to hold in the terminal.
pub struct Talked {
    pub setup: Setup,
    /// Where what is typed goes, if it does not follow from the session.
    pub to: Option<Remote>,
    /// What to do as soon as it is open.
    pub orders: Vec<Command>,
    pub talk: Talk,
    pub weather: Weather,
    /// Whether a client ends its direction once the input has ended and all of it is sent.
    pub half_close: bool,
}

impl Talked {
    fn new(setup: Setup, talk: Talk, weather: Weather) -> Self {
        Self {
            setup,
            to: None,
            orders: Vec::new(),
            talk,
            weather,
            half_close: false,
        }
    }

    fn client(setup: Setup, ends: &ClientEnds, talk: Talk, network: Stream) -> Self {
        let setup = Setup {
            close_with_peer: !ends.half_open,
            reconnect: ends.reconnect.map(|span| span.0),
            ..setup
        };
        Self {
            half_close: ends.half_close,
            ..Self::new(setup, talk, Weather::Stream(network))
        }
    }
}

impl From<Udp> for Talked {
    fn from(options: Udp) -> Self {
        let Udp { bind, to, talk, .. } = options;
        let join =
            |Group { group, interface }| Command::from(GroupCommand::Join { group, interface });
        let orders = options.join.into_iter().map(join).collect();
        let weather = Weather::Datagrams(options.network);
        let setup = Setup {
            receiving: options.sockets.into(),
            ..Setup::udp(bind.unwrap_or_else(|| any_local(to.as_ref())))
        };
        Self {
            to: to.map(Remote::from),
            orders,
            ..Self::new(setup, talk, weather)
        }
    }
}

impl From<TcpClient> for Talked {
    fn from(options: TcpClient) -> Self {
        let setup = Setup {
            local: options.from.map(Peer::from),
            timeout: options.timeout.0,
            ..Setup::tcp_client(options.remote)
        };
        Self::client(setup, &options.ends, options.talk, options.network)
    }
}

impl From<TcpServer> for Talked {
    fn from(options: TcpServer) -> Self {
        let setup = Setup {
            close_with_peer: !options.half_open,
            ..Setup::tcp_server(options.bind)
        };
        Self::new(setup, options.talk, Weather::Stream(options.network))
    }
}

impl From<UnixClient> for Talked {
    fn from(options: UnixClient) -> Self {
        let setup = Setup {
            remote: Some(Remote::Named(options.remote)),
            ..Setup::new(Kind::UnixClient)
        };
        Self::client(setup, &options.ends, options.talk, options.network)
    }
}

impl From<UnixServer> for Talked {
    fn from(options: UnixServer) -> Self {
        let setup = Setup {
            close_with_peer: !options.half_open,
            ..Setup::bound(Kind::UnixServer, Peer::Named(options.bind))
        };
        Self::new(setup, options.talk, Weather::Stream(options.network))
    }
}

impl From<UnixDatagram> for Talked {
    fn from(options: UnixDatagram) -> Self {
        let setup = Setup {
            local: options.bind.map(Peer::Named),
            ..Setup::new(Kind::UnixDatagram)
        };
        let weather = Weather::Datagrams(options.network);
        Self {
            to: options.to.map(Remote::Named),
            ..Self::new(setup, options.talk, weather)
        }
    }
}

impl From<Relay> for Talked {
    fn from(options: Relay) -> Self {
        let (setup, talk, weather) = match options {
            Relay::Udp(options) => {
                let Ends { bind, to } = options.ends;
                let setup = Setup {
                    idle: options.idle.0,
                    receiving: options.sockets.into(),
                    ..Setup::relay(Kind::RelayUdp, bind, to)
                };
                (setup, options.talk, Weather::Datagrams(options.network))
            }
            Relay::Tcp(options) => {
                let Ends { bind, to } = options.ends;
                let setup = Setup::relay(Kind::RelayTcp, bind, to);
                let network = Stream {
                    way: Some(options.way),
                    ..options.network
                };
                (setup, options.talk, Weather::Stream(network))
            }
        };
        Self::new(setup, talk, weather)
    }
}

/// Every address of the family that reaches `to`, and a port the system chooses.
pub fn any_local(to: Option<&Endpoint>) -> SocketAddr {
    let ip = match to.and_then(Endpoint::address) {
        Some(SocketAddr::V6(_)) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        _ => Ipv4Addr::UNSPECIFIED.into(),
    };
    SocketAddr::new(ip, 0)
}
