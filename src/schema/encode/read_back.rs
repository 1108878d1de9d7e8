//! Compares a message that was made with what is read of it.

use crate::schema::Schema;
use crate::schema::tree::{Tree, Value};

impl Schema {
    /// The first node that was written and is read back as something else.
    pub(super) fn difference(
        &self,
        tree: &Tree,
        (read, bytes): (&Tree, &[u8]),
        (one, other): (usize, usize),
    ) -> Option<usize> {
        let (Some(written), Some(found)) = (tree.node(one), read.node(other)) else {
            return Some(one);
        };
        if !is_same(&written.value, &found.value) {
            return Some(one);
        }
        let Value::Struct(of, _) = found.value else {
            let mut elements = read.children(other);
            for child in tree.children(one) {
                match elements.next() {
                    None => return Some(child),
                    Some(element) => {
                        let inner = self.difference(tree, (read, bytes), (child, element));
                        if inner.is_some() {
                            return inner;
                        }
                    }
                }
            }
            return elements.next().map(|_| one);
        };
        // Instances are read, and not written.
        let (seq, _) = self.plan().fields_of(of);
        let is_written = |node: &usize| {
            let field = read.node(*node).and_then(|node| node.field);
            field.is_some_and(|field| seq.contains(&field))
        };
        let mut fields = read.children(other).filter(is_written);
        for child in tree.children(one) {
            let same = fields.next().filter(|field| {
                read.node(*field).and_then(|node| node.field)
                    == tree.node(child).and_then(|node| node.field)
            });
            match same {
                None => return Some(child),
                Some(field) => {
                    let inner = self.difference(tree, (read, bytes), (child, field));
                    if inner.is_some() {
                        return inner;
                    }
                }
            }
        }
        fields.next().map(|_| one)
    }
}

/// Whether two values are the same; `NaN` is.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (Value::Single(one), Value::Single(other)) => one.to_bits() == other.to_bits(),
        (Value::Struct(one, _), Value::Struct(other, _)) => one == other,
        (one, other) => one == other,
    }
}
