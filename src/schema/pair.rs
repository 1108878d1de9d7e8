//! Values for which no field is declared: they have the names that the message gives them.

use super::Schema;
use super::tree::{Tree, Value};

impl Schema {
    /// The name that a message gives a node, and the node of its value. `None` if the node is a
    /// field of the description.
    pub fn pair<'a>(&self, tree: &'a Tree, number: usize) -> Option<(&'a str, usize)> {
        let Value::Struct(of, _) = tree.node(number)?.value else {
            return None;
        };
        self.plan.types.get(of).filter(|of| of.is_pair)?;
        let mut parts = tree.children(number);
        let (name, value) = (parts.next()?, parts.next()?);
        match &tree.node(name)?.value {
            Value::MadeText(name) => Some((name, value)),
            _ => None,
        }
    }
}
