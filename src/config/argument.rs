//! Why an argument of the command line, or an address in a scenario, cannot be used.

use crate::engine::NoSuchInterface;
use crate::engine::endpoint::{HostError, PortError};
use crate::peer::NameError;
use crate::traffic::framing::FramingMistake;
use crate::traffic::meter::FieldProblem;

/// A text that is not a value of its option, as a typed error. `Display` words it in English,
/// for callers without a language.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentMistake {
    /// Not a language of the program.
    Language,
    /// No kind of session with that name, or not on this system.
    Kind,
    /// No renderer with that name on this system.
    Renderer,
    /// No language that code is written in.
    CodeLanguage,
    /// No entry of the doctor's catalogue with this id.
    Situation,
    /// A language that programs for the other side are written in.
    PeerLanguage,
    /// An empty path.
    EmptyPath,
    /// Not `HOST:PORT`.
    Endpoint,
    /// A port alone where a local address is needed.
    PortAlone(String),
    Port {
        text: String,
        problem: PortError,
    },
    Host(HostError),
    SocketName(NameError),
    /// A host name where one of this machine's own addresses is needed.
    NotOwnAddress,
    /// Not a whole number in this range; `most` may be `u64::MAX`.
    Number {
        least: u64,
        most: u64,
    },
    /// Not a number with a unit of time, or longer than a year.
    Duration,
    /// Not a time of at least a millisecond.
    Interval,
    /// None of the forms of a framing.
    Framing,
    FramingProblem(FramingMistake),
    /// Not an IP address.
    NotIp,
    /// An IP address that is not a multicast group.
    NotGroup,
    /// Not an address or a network, such as `192.168.1.0/24`.
    NotNetwork,
    NoSuchInterface(NoSuchInterface),
    /// No encoding with that name.
    Encoding,
    /// No checksum with that name; these are similar.
    Checksum {
        known: Vec<&'static str>,
    },
    /// No format of capture files with that name; these can be read, or written.
    Format {
        known: Vec<&'static str>,
    },
    /// Not a percentage in this range.
    Percent {
        least: f64,
        most: f64,
    },
    BitRate,
    ByteRate,
    /// Not `50ms` or `50ms±10ms`.
    Delay,
    /// Neither a 32-bit number nor `none`.
    Limit,
    /// Neither messages a second nor `max`.
    Speed,
    /// Not `header`, `u32be@4` or `text:seq=`.
    Field,
    FieldProblem(FieldProblem),
    /// A word among values of fields that is not `name=value`.
    NoFieldValue(String),
    /// The value of this field begins with a quotation mark and does not end with one.
    QuotedField(String),
    /// This field has two values.
    FieldTwice(String),
    /// Not a comparison with a share or a count, such as `<1%`.
    Share,
    /// A percentage above 100.
    SharePercent,
    /// A count above this.
    ShareCount {
        most: f64,
    },
    /// Not a comparison with a time, such as `<5ms`.
    TimeBound,
}

impl std::error::Error for ArgumentMistake {}
