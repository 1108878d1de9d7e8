//! The decoded fields of a message.

use super::empty::EmptyValue;
use crate::payload::EvaluationFault;
use crate::payload::charset::Charset;
use std::ops::Range;

/// The number of no node.
const NONE: u32 = u32::MAX;

/// The end of a stream that is being written.
pub(super) const OPEN: usize = usize::MAX;

/// The fields of a message. The first node is the message itself.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
}

/// A field, an element of a repeated one, or the message.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its place among all fields of the plan; none for the message.
    pub field: Option<usize>,
    /// Its place in a list.
    pub index: Option<usize>,
    pub value: Value,
    /// Its bytes in the message. An instance with a computed value has none.
    pub range: Range<usize>,
    /// The text that the description gives a value of its type.
    pub text: Option<Box<str>>,
    /// Why it is not what the description says.
    pub fault: Option<Box<Fault>>,
    parent: u32,
    first: u32,
    last: u32,
    next: u32,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// It could not be read.
    Missing,
    Integer(i128),
    Float(f64),
    /// A number of four bytes.
    Single(f32),
    Bool(bool),
    /// These bytes of the message, in this encoding.
    Text(Charset, Range<usize>),
    /// These bytes of the message.
    Bytes(Range<usize>),
    /// A computed text, or computed bytes.
    MadeText(Box<str>),
    MadeBytes(Box<[u8]>),
    /// Of JSON: a list or an object without anything in it.
    Empty(EmptyValue),
    /// A type of the plan, and the bytes of the stream that it stands in.
    Struct(usize, Range<usize>),
    List,
}

/// Why a field is not what the description says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// So many bytes are missing.
    Short(u64),
    /// So many bytes are behind the message.
    Rest(u64),
    /// The byte that ends it is missing.
    NoTerminator,
    /// It does not have the bytes that always stand here.
    Contents,
    /// Its value is none of those that are valid.
    Invalid,
    /// The right checksum.
    Checksum(u64),
    /// The right number of bytes.
    Count(u64),
    /// A size or a number of elements below 0, or beyond the message.
    Size(i128),
    /// No type for this value.
    NoType,
    /// A text that the expression of its type does not match.
    NoMatch,
    /// A text that is no number of its type.
    NotNumber,
    /// A text that is not JSON: the number of its byte in the message, counted from 1, up to which
    /// it could be.
    Json(u64),
    Expression(EvaluationFault),
    /// Types are nested too deeply, or there are too many fields.
    TooMuch,
}

impl Tree {
    pub fn clear(&mut self) {
        self.nodes.clear();
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn node(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number)
    }

    pub(super) fn node_mut(&mut self, number: usize) -> Option<&mut Node> {
        self.nodes.get_mut(number)
    }

    /// All nodes, in the order in which they were read.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node around it.
    pub fn parent(&self, number: usize) -> Option<usize> {
        self.nodes.get(number).and_then(|node| index(node.parent))
    }

    /// The nodes in it, in order.
    pub fn children(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.nodes.get(number).and_then(|node| index(node.first));
        std::iter::successors(first, |at| index(self.nodes.get(*at)?.next))
    }

    /// The node of this field in it.
    pub fn child_of(&self, number: usize, field: usize) -> Option<usize> {
        let is_it = |at: &usize| {
            self.nodes
                .get(*at)
                .is_some_and(|node| node.field == Some(field))
        };
        self.children(number).find(is_it)
    }

    /// Adds a node behind the others of its parent.
    pub(super) fn add(&mut self, parent: Option<usize>, mut node: Node) -> usize {
        let number = self.nodes.len();
        let place = u32::try_from(number).unwrap_or(NONE);
        if let Some(around) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            let before = around.last;
            around.last = place;
            if before == NONE {
                around.first = place;
            } else if let Some(before) = self.nodes.get_mut(before as usize) {
                before.next = place;
            }
        }
        node.parent = parent
            .and_then(|parent| u32::try_from(parent).ok())
            .unwrap_or(NONE);
        self.nodes.push(node);
        number
    }

    /// Takes away all nodes but the first `count`.
    pub(super) fn truncate(&mut self, count: usize) {
        if self.nodes.len() <= count {
            return;
        }
        self.nodes.truncate(count);
        let is_gone = |number: u32| number != NONE && number as usize >= count;
        let mut lasts = Vec::new();
        for (number, node) in self.nodes.iter_mut().enumerate() {
            if is_gone(node.first) {
                (node.first, node.last) = (NONE, NONE);
            }
            if is_gone(node.next) {
                node.next = NONE;
            }
            if is_gone(node.last) {
                lasts.push(number);
            }
        }
        for number in lasts {
            let last = self.children(number).last();
            let last = last.and_then(|last| u32::try_from(last).ok());
            if let Some(node) = self.nodes.get_mut(number) {
                node.last = last.unwrap_or(NONE);
            }
        }
    }

    /// The first fault, and its node.
    pub fn fault(&self) -> Option<(usize, &Fault)> {
        let mut nodes = self.nodes.iter().enumerate();
        nodes.find_map(|(number, node)| Some((number, node.fault.as_deref()?)))
    }
}

fn index(number: u32) -> Option<usize> {
    (number != NONE).then_some(number as usize)
}

impl Node {
    pub(super) fn new(field: Option<usize>, value: Value, range: Range<usize>) -> Self {
        Self {
            field,
            index: None,
            value,
            range,
            text: None,
            fault: None,
            parent: NONE,
            first: NONE,
            last: NONE,
            next: NONE,
        }
    }
}
