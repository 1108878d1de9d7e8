//! Layer 0: bytes ⇄ text. Nothing here uses a socket, a clock or a window.
//!
//! [`hex`] and [`escape`] turn typed text into bytes and report the position of a mistake.
//! [`template`] inserts variables, and [`message`] adds the [`checksum`] and the line ending.
//! [`printable`] turns received bytes into text that cannot deceive its reader. [`reading`]
//! decides whether bytes are text. [`regular`] explains why a pattern is not a regular
//! expression. [`runs`] measures runs of similar bytes. [`width`] converts full-width
//! characters to ASCII. [`host_name`] has the other form of names beyond ASCII, and [`homograph`]
//! says which of them may pass for others. [`answer`] answers requests of well-known protocols.

pub mod answer;
pub mod charset;
pub mod checksum;
pub mod composition;
pub mod escape;
mod field_mistake;
pub mod hex;
pub mod homograph;
pub mod host_name;
pub mod json;
pub mod literal;
mod maker;
pub mod message;
mod mistake;
pub mod number_type;
pub mod numbers;
pub mod printable;
pub mod quote;
pub mod reading;
pub mod regular;
pub mod runs;
pub mod stuffing;
pub mod template;
pub mod transcoded;
pub mod width;

pub use field_mistake::{EncodeMistake, EncodeProblem, EvaluationFault};
pub use maker::MakeMessage;
pub use mistake::{TextMistake, TextProblem};
