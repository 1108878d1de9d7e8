//! The options of sessions in the terminal. `cli::help` has their help texts.

mod request;

pub use request::SessionRequest;

use super::answers::Answers;
use super::description::DescribeOption;
use super::impairment::{DatagramNetwork, RelayedStream, StreamNetwork};
use super::input_options::InputOptions;
use super::text_options::TextOptions;
use super::values;
use crate::capture::CaptureFormat;
use crate::config::session::MulticastGroup;
use crate::config::{FramingChoice, FramingWord, PATIENCE, UnitDuration};
use crate::engine::{Endpoint, Receiving};
use crate::peer::Name;
use crate::peer::network::Network;
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
    join: Vec<MulticastGroup>,
    #[command(flatten)]
    receiving: ReceiveOptions,
    #[command(flatten)]
    framing: FramingOption,
    #[command(flatten)]
    session_options: SessionOptions,
    #[command(flatten)]
    network: DatagramNetwork,
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
    timeout: UnitDuration,
    #[arg(long)]
    nagle: bool,
    #[command(flatten)]
    ends: ClientEnds,
    #[command(flatten)]
    framing: FramingOption,
    #[command(flatten)]
    session_options: SessionOptions,
    #[command(flatten)]
    network: StreamNetwork,
}

/// The options that say where messages end in a stream, or in a datagram.
#[derive(Debug, Args)]
#[command(next_help_heading = "replies")]
struct FramingOption {
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing_choice)]
    framing: Option<FramingChoice>,
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing)]
    framing_sent: Option<FramingWord>,
}

/// The option that says where messages end in a relayed stream, in both directions.
#[derive(Debug, Args)]
#[command(next_help_heading = "replies")]
struct RelayFramingOption {
    #[arg(long, value_name = "WAY", allow_hyphen_values = true, value_parser = values::framing_choice)]
    framing: Option<FramingChoice>,
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
    reconnect: Option<UnitDuration>,
}

/// The options of `netpeer tcp-server`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct TcpServerOptions {
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: SocketAddr,
    #[arg(long)]
    half_open: bool,
    #[arg(long)]
    nagle: bool,
    #[command(flatten)]
    framing: FramingOption,
    #[command(flatten)]
    session_options: SessionOptions,
    #[command(flatten)]
    network: StreamNetwork,
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
    framing: FramingOption,
    #[command(flatten)]
    session_options: SessionOptions,
    #[command(flatten)]
    network: StreamNetwork,
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
    framing: FramingOption,
    #[command(flatten)]
    session_options: SessionOptions,
    #[command(flatten)]
    network: StreamNetwork,
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
    framing: FramingOption,
    #[command(flatten)]
    session_options: SessionOptions,
    #[command(flatten)]
    network: DatagramNetwork,
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
    idle: UnitDuration,
    #[command(flatten)]
    receiving: ReceiveOptions,
    #[command(flatten)]
    network: DatagramNetwork,
    #[command(flatten)]
    session_options: SessionOptions,
}

/// The options of `netpeer relay tcp`.
#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
pub struct RelayTcpOptions {
    #[command(flatten)]
    ends: Ends,
    #[command(flatten)]
    framing: RelayFramingOption,
    #[command(flatten)]
    network: RelayedStream,
    #[command(flatten)]
    session_options: SessionOptions,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "session")]
struct Ends {
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: SocketAddr,
    #[arg(long, value_name = "HOST:PORT", value_parser = values::endpoint)]
    to: Endpoint,
    #[arg(long, value_name = "NET", value_parser = values::network)]
    allow: Vec<Network>,
}

/// The options of every session.
#[derive(Debug, Args)]
#[command(next_help_heading = "messages")]
pub struct SessionOptions {
    #[arg(long, value_name = "DATA")]
    pub message: Option<String>,
    #[arg(long, value_name = "TIME", value_parser = values::interval)]
    pub repeat: Option<UnitDuration>,
    #[arg(long, value_name = "N", requires = "repeat", value_parser = values::number(1, u64::MAX))]
    pub times: Option<u64>,
    #[command(flatten)]
    pub source: InputOptions,
    #[command(flatten)]
    pub text_options: TextOptions,
    #[arg(long, help_heading = "output")]
    pub json: bool,
    #[arg(short, long, conflicts_with = "json", help_heading = "output")]
    pub quiet: bool,
    #[command(flatten)]
    pub describe: DescribeOption,
    #[arg(long, value_parser = values::path(), value_name = "FILE", help_heading = "recording")]
    pub record: Option<PathBuf>,
    #[arg(long, value_name = "FORMAT", value_parser = values::formats(values::recorded_format), requires = "record", help_heading = "recording")]
    pub record_format: Option<CaptureFormat>,
    #[arg(long, value_name = "N", value_parser = values::number(1, u64::MAX), help_heading = "ending")]
    pub count: Option<u64>,
    #[arg(long = "for", value_name = "TIME", help_heading = "ending")]
    pub lasting: Option<UnitDuration>,
    #[arg(long, alias = "close-at-eof", help_heading = "ending")]
    pub once: bool,
    #[arg(long, help_heading = "session")]
    pub sandbox: bool,
    #[command(flatten)]
    pub answers: Answers,
}

impl SessionOptions {
    /// Whether the recording goes to the standard output, which then has no other output.
    pub fn records_to_output(&self) -> bool {
        self.record.as_deref() == Some(Path::new("-"))
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
