//! Floor 0: bytes ⇄ text. Nothing here knows a socket, a clock or a window.
//!
//! [`hex`] and [`escape`] turn what a person types into the bytes to send and say
//! where a mistake stands, [`template`] puts variables between them, and [`message`] adds
//! their [`checksum`] and line ending; [`printable`] turns received bytes into text that cannot
//! deceive its reader; [`reading`] decides whether bytes are text at all; [`regular`] says why
//! an expression is none; [`runs`] says how far bytes of one kind go; [`width`]
//! brings what was pasted from Chinese documents to ASCII; [`answer`] knows what servers of
//! well-known protocols answer.

pub mod answer;
pub mod charset;
pub mod checksum;
pub mod composition;
pub mod escape;
pub mod hex;
pub mod json;
pub mod message;
mod mistake;
pub mod numbers;
pub mod printable;
pub mod quote;
pub mod reading;
pub mod regular;
pub mod runs;
pub mod template;
pub mod transcoded;
pub mod width;

pub use mistake::{Mistake, Problem};
