//! The options of sessions in the terminal. `cli::help` has their help texts.

use super::answers::Answers;
use super::impairment::{Datagrams, NetworkOptions, RelayedStream, Stream};
use super::input_options::InputOptions;
use super::values;
use super::writing::Writing;
use crate::capture::CaptureFormat;
use crate::config::session::{Field, Group};
use crate::config::{PATIENCE, SessionConfig, Span};
use crate::engine::{Endpoint, Interfaces, Receiving, Remote, Setup};
use crate::explain;
use crate::kind::{Kind, Role};
use crate::peer::{Name, Peer};
use crate::words::Lang;
use clap::{Args, Subcommand};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The options of `netpeer udp`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct UdpOptions {
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: Option<SocketAddr>,
    #[arg(long, value_name = "HOST:PORT", value_parser = values::endpoint)]
    to: Option<Endpoint>,
    #[arg(long, value_name = "GROUP[%INTERFACE]", value_parser = values::group)]
    join: Vec<Group>,
    #[command(flatten)]
    receiving: ReceiveOptions,
    #[command(flatten)]
    talk: SessionOptions,
    #[command(flatten)]
    network: Datagrams,
}

/// The options of receiving UDP.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
struct ReceiveOptions {
    #[arg(long, value_name = "BYTES", default_value_t = Receiving::default().buffer, value_parser = values::bytes(0, usize::MAX))]
    receive_buffer: usize,
    #[arg(long)]
    merge: bool,
}

impl From<ReceiveOptions> for Receiving {
    fn from(options: ReceiveOptions) -> Self {
        Self {
            buffer: options.receive_buffer,
            merge: options.merge,
        }
    }
}

/// The options of `netpeer tcp-client`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct TcpClientOptions {
    #[arg(value_name = "HOST:PORT", value_parser = values::endpoint)]
    remote: Endpoint,
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    from: Option<SocketAddr>,
    #[arg(long, value_name = "TIME", default_value_t = PATIENCE)]
    timeout: Span,
    #[command(flatten)]
    ends: ClientEnds,
    #[command(flatten)]
    talk: SessionOptions,
    #[command(flatten)]
    network: Stream,
}

/// The options of a client for the end of a connection.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
struct ClientEnds {
    #[arg(long)]
    half_open: bool,
    #[arg(long, conflicts_with = "once")]
    half_close: bool,
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "1s", value_parser = values::interval, conflicts_with = "half_close")]
    reconnect: Option<Span>,
}

/// The options of `netpeer tcp-server`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct TcpServerOptions {
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: SocketAddr,
    #[arg(long)]
    half_open: bool,
    #[command(flatten)]
    talk: SessionOptions,
    #[command(flatten)]
    network: Stream,
}

/// The options of `netpeer unix-client`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct UnixClientOptions {
    #[arg(value_name = "NAME", value_parser = values::name)]
    remote: Name,
    #[command(flatten)]
    ends: ClientEnds,
    #[command(flatten)]
    talk: SessionOptions,
    #[command(flatten)]
    network: Stream,
}

/// The options of `netpeer unix-server`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct UnixServerOptions {
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    bind: Name,
    #[arg(long)]
    half_open: bool,
    #[command(flatten)]
    talk: SessionOptions,
    #[command(flatten)]
    network: Stream,
}

/// The options of `netpeer unix-datagram`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct UnixDatagramOptions {
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    bind: Option<Name>,
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    to: Option<Name>,
    #[command(flatten)]
    talk: SessionOptions,
    #[command(flatten)]
    network: Datagrams,
}

/// The protocol of a relay.
#[derive(Debug, Subcommand)]
pub enum RelayOptions {
    Udp(RelayUdpOptions),
    Tcp(RelayTcpOptions),
}

/// The options of `netpeer relay udp`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct RelayUdpOptions {
    #[command(flatten)]
    ends: Ends,
    #[arg(long, value_name = "TIME", default_value = "60s")]
    idle: Span,
    #[command(flatten)]
    receiving: ReceiveOptions,
    #[command(flatten)]
    network: Datagrams,
    #[command(flatten)]
    talk: SessionOptions,
}

/// The options of `netpeer relay tcp`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct RelayTcpOptions {
    #[command(flatten)]
    ends: Ends,
    #[command(flatten)]
    network: RelayedStream,
    #[command(flatten)]
    talk: SessionOptions,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
struct Ends {
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: SocketAddr,
    #[arg(long, value_name = "HOST:PORT", value_parser = values::endpoint)]
    to: Endpoint,
}

/// The options of every session.
#[derive(Debug, Args)]
#[command(next_help_heading = "messages")]
pub struct SessionOptions {
    #[arg(long, value_name = "DATA")]
    pub message: Option<String>,
    #[arg(long, value_name = "TIME", value_parser = values::interval)]
    pub repeat: Option<Span>,
    #[arg(long, value_name = "N", requires = "repeat", value_parser = values::number(1, u64::MAX))]
    pub times: Option<u64>,
    #[command(flatten)]
    pub source: InputOptions,
    #[command(flatten)]
    pub writing: Writing,
    #[arg(long, help_heading = "output")]
    pub json: bool,
    #[arg(short, long, conflicts_with = "json", help_heading = "output")]
    pub quiet: bool,
    #[arg(long, value_parser = values::path(), value_name = "FILE", help_heading = "recording")]
    pub record: Option<PathBuf>,
    #[arg(long, value_name = "FORMAT", value_parser = values::formats(values::written_format), requires = "record", help_heading = "recording")]
    pub record_format: Option<CaptureFormat>,
    #[arg(long, value_name = "N", value_parser = values::number(1, u64::MAX), help_heading = "ending")]
    pub count: Option<u64>,
    #[arg(long = "for", value_name = "TIME", help_heading = "ending")]
    pub lasting: Option<Span>,
    #[arg(long, alias = "close-at-eof", help_heading = "ending")]
    pub once: bool,
    #[command(flatten)]
    pub answers: Answers,
}

impl SessionOptions {
    /// Whether the recording goes to the standard output, which then has no other output.
    pub fn records_to_output(&self) -> bool {
        self.record.as_deref() == Some(Path::new("-"))
    }
}

/// A session requested on the command line.
pub struct SessionRequest {
    /// The configuration without the options that read files.
    plain: SessionConfig,
    pub talk: SessionOptions,
    network: NetworkOptions,
    /// Whether a client sends a FIN once the input has ended and everything is sent.
    pub half_close: bool,
}

impl SessionRequest {
    fn new(plain: impl Into<SessionConfig>, talk: SessionOptions, network: NetworkOptions) -> Self {
        Self {
            plain: plain.into(),
            talk,
            network,
            half_close: false,
        }
    }

    /// The configuration of all options together.
    ///
    /// # Errors
    /// The error in a file of rules or of a simulated network, or in an option, as text.
    pub fn config(&self, lang: Lang) -> Result<SessionConfig, String> {
        let charset = self.talk.writing.chosen_encoding();
        let kept = self.talk.answers.kept(charset, lang)?;
        let config = SessionConfig {
            rules: kept.rules,
            limits: kept.limits,
            conditions: self.network.conditions(lang)?,
            charset,
            writing: self.talk.writing.composition(""),
            ..self.plain.clone()
        };
        let Err(mistakes) = config.validate(&Interfaces::read()) else {
            return Ok(config);
        };
        let said = mistakes.iter().map(|mistake| {
            let option = option(mistake.field, config.kind);
            explain::config_mistake(lang, option, &mistake.problem)
        });
        Err(said.collect::<Vec<_>>().join("\n"))
    }

    fn client(setup: Setup, ends: &ClientEnds, talk: SessionOptions, network: Stream) -> Self {
        let setup = Setup {
            close_with_peer: !ends.half_open,
            reconnect: ends.reconnect.map(|span| span.0),
            ..setup
        };
        Self {
            half_close: ends.half_close,
            ..Self::new(setup, talk, network.0)
        }
    }
}

impl From<UdpOptions> for SessionRequest {
    fn from(options: UdpOptions) -> Self {
        let UdpOptions { bind, to, talk, .. } = options;
        let network = options.network.0;
        let setup = Setup {
            receiving: options.receiving.into(),
            ..Setup::udp(bind.unwrap_or_else(|| any_local(to.as_ref())))
        };
        let plain = SessionConfig {
            target: to.map(Remote::from),
            groups: options.join,
            ..SessionConfig::from(setup)
        };
        Self::new(plain, talk, network)
    }
}

impl From<TcpClientOptions> for SessionRequest {
    fn from(options: TcpClientOptions) -> Self {
        let setup = Setup {
            local: options.from.map(Peer::from),
            timeout: options.timeout.0,
            ..Setup::tcp_client(options.remote)
        };
        Self::client(setup, &options.ends, options.talk, options.network)
    }
}

impl From<TcpServerOptions> for SessionRequest {
    fn from(options: TcpServerOptions) -> Self {
        let setup = Setup {
            close_with_peer: !options.half_open,
            ..Setup::tcp_server(options.bind)
        };
        Self::new(setup, options.talk, options.network.0)
    }
}

impl From<UnixClientOptions> for SessionRequest {
    fn from(options: UnixClientOptions) -> Self {
        let setup = Setup {
            remote: Some(Remote::Named(options.remote)),
            ..Setup::new(Kind::UnixClient)
        };
        Self::client(setup, &options.ends, options.talk, options.network)
    }
}

impl From<UnixServerOptions> for SessionRequest {
    fn from(options: UnixServerOptions) -> Self {
        let setup = Setup {
            close_with_peer: !options.half_open,
            ..Setup::bound(Kind::UnixServer, Peer::Named(options.bind))
        };
        Self::new(setup, options.talk, options.network.0)
    }
}

impl From<UnixDatagramOptions> for SessionRequest {
    fn from(options: UnixDatagramOptions) -> Self {
        let setup = Setup {
            local: options.bind.map(Peer::Named),
            ..Setup::new(Kind::UnixDatagram)
        };
        let network = options.network.0;
        let plain = SessionConfig {
            target: options.to.map(Remote::Named),
            ..SessionConfig::from(setup)
        };
        Self::new(plain, options.talk, network)
    }
}

impl From<RelayOptions> for SessionRequest {
    fn from(options: RelayOptions) -> Self {
        let (setup, talk, network) = match options {
            RelayOptions::Udp(options) => {
                let Ends { bind, to } = options.ends;
                let setup = Setup {
                    idle: options.idle.0,
                    receiving: options.receiving.into(),
                    ..Setup::relay(Kind::RelayUdp, bind, to)
                };
                (setup, options.talk, options.network.0)
            }
            RelayOptions::Tcp(options) => {
                let Ends { bind, to } = options.ends;
                let setup = Setup::relay(Kind::RelayTcp, bind, to);
                (setup, options.talk, options.network.0)
            }
        };
        Self::new(setup, talk, network)
    }
}

/// The option of a field of the configuration.
fn option(field: Field, kind: Kind) -> &'static str {
    match (field, kind.role()) {
        (Field::Local, Role::Client) => "--from",
        (Field::Local, _) => "--bind",
        (Field::Remote, Role::Client) => "HOST:PORT",
        (Field::Remote | Field::Target, _) => "--to",
        (Field::Reconnect, _) => "--reconnect",
        (Field::Groups, _) => "--join",
        // The rules of a file are already checked.
        (Field::Rules, _) => "--reply",
        (Field::Conditions, _) => "--impair",
        (field, _) => field.key(),
    }
}

/// The wildcard address of the family of `to`, with a port that the system chooses.
pub fn any_local(to: Option<&Endpoint>) -> SocketAddr {
    let ip = match to.and_then(Endpoint::address) {
        Some(SocketAddr::V6(_)) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        _ => Ipv4Addr::UNSPECIFIED.into(),
    };
    SocketAddr::new(ip, 0)
}
