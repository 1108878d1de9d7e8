//! A value while it is computed.

use std::ops::Range;

/// A value while it is computed.
#[derive(Clone, Debug)]
pub enum Evaluated {
    Integer(i128),
    Float(f64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    /// A type, or a list of fields.
    Node(usize),
    /// These bytes of the message.
    Stream(Range<usize>),
}
