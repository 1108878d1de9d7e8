//! Floor 1: what went over the wire, as facts in the order they happened.
//!
//! A [`Record`] is one datagram, one TCP `read` or `write`, or one [`Notice`] about the
//! connection. Records live in [`Chunk`]s, the unit in which the worker hands them over
//! and the [`Log`] keeps them; a [`Filter`] looks through them, and [`Rows`] numbers what
//! a view shows. [`Totals`] counts what a person may reset, and a [`meter`] tells what
//! became of numbered packets.

mod automatic;
mod chunk;
mod count;
pub mod effect;
mod filter;
mod found;
pub mod framing;
mod joined;
mod log;
pub mod meter;
mod moment;
mod notice;
mod other;
mod rates;
mod reached;
mod recognition;
mod record;
mod rows;
mod shelf;
mod slot;
pub mod stream_text;
mod upstreams;

pub use automatic::{Automatic, Refusal};
pub use chunk::{Chunk, ChunkBuilder, Columns, Damaged, Told};
pub use count::{Count, Shown, Totals, Volume};
pub use filter::{Describe, Filter, FilterMistake, FilterProblem};
pub use found::{Found, Hits, Question, Source};
pub use log::Log;
pub use moment::moment;
pub use notice::{
    Cause, Failure, FilePlace, FileProblem, Holder, LossPlace, NameProblem, Notice, Operation,
    Reach,
};
pub use other::Other;
pub use rates::{Rates, Second};
pub use reached::Reached;
pub use recognition::Recognition;
pub use record::{Arrival, Body, Delivery, Kind, Micros, Origin, Record};
pub use rows::{Line, Rows};
pub use shelf::{Frames, Place, Shelf};
pub use upstreams::Upstreams;
