//! Layer 1: the records of network traffic, as facts in the order in which they happened.
//!
//! A [`Record`] is one datagram, one TCP `read` or `write`, or one [`Notice`] about the
//! connection. Records are stored in [`Chunk`]s, the unit in which the worker hands them over
//! and the [`Log`] keeps them. A [`Filter`] searches them, [`messages`] are found in them, and
//! [`Rows`] numbers the rows of a view. [`Totals`] are counters that the user can reset, and a
//! [`meter`] measures loss, reordering and delay of numbered packets. A [`plot`] has the numbers
//! in messages.

mod automatic;
mod bytes_location;
mod chunk;
mod count;
mod described;
pub mod effect;
mod field_message;
mod filter;
mod found;
mod frame_fault;
pub mod framing;
mod interface_address;
mod joined;
mod local_addresses;
mod log;
mod log_segment;
pub mod messages;
pub mod meter;
mod moment;
mod notice;
pub mod plot;
mod rates;
mod recognition;
mod record;
mod record_kind;
mod row_messages;
mod rows;
mod skip_reason;
mod spill_store;
mod stream_end;
mod stream_messages;
pub mod stream_text;
mod upstreams;

pub use automatic::{Automatic, Refusal};
pub use bytes_location::BytesLocation;
pub use chunk::{Chunk, ChunkBuilder, ChunkPayloads, ConnectionNotice, Damaged, Exchange, Repeats};
pub use count::{LogUnit, RecordCount, Totals, ViewOptions, Volume};
pub use described::{FieldsLine, MessageSchema};
pub use filter::{
    Describe, FieldTest, Filter, FilterMistake, FilterProblem, TextPart, UnknownKey, field_terms,
};
pub use found::{ChunkToSearch, Hits, SearchHits};
pub use frame_fault::FrameFault;
pub use interface_address::InterfaceAddress;
pub use local_addresses::LocalAddresses;
pub use log::Log;
pub use moment::{moment, unix_seconds};
pub use notice::{
    Cause, Failure, FilePlace, FileProblem, LossPlace, NameProblem, Notice, Operation, PortOwner,
    Reach, UndeliveredReason,
};
pub use rates::{Rates, Second};
pub use recognition::Recognition;
pub use record::{Arrival, Body, DeliveredDatagram, Destination, Micros, Record, RecordOrigin};
pub use record_kind::RecordKind;
pub use row_messages::RowMessages;
pub use rows::{RowPosition, Rows};
pub use skip_reason::SkipReason;
pub use spill_store::{SpillPosition, SpillReader, SpillStore};
pub use stream_end::StreamEnd;
pub use stream_messages::{StreamMessage, StreamMessages};
pub use upstreams::Upstreams;
