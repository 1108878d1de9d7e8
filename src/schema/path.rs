//! Fields by their path: `queries.name`, without the places of repeated ones.

use super::Schema;
use super::field_type::FieldType;
use super::inferred;
use super::plan::{FieldKind, Relation};
use super::tree::{Node, Tree, Value};
use crate::payload::printable;

/// The name that every checksum has besides its own.
const CHECKSUM: &str = "crc";

impl Schema {
    /// Whether messages can have a field at this path.
    pub fn has_path(&self, path: &[String]) -> bool {
        self.reaches(0, path)
    }

    /// Whether a type of this number has a field at this path. Each step goes deeper into the
    /// path, so it ends.
    fn reaches(&self, number: usize, path: &[String]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return true;
        };
        // The message names what is in it.
        if self.plan.types.get(number).is_some_and(|of| of.is_pair) {
            return true;
        }
        let (seq, instances) = self.plan.fields_of(number);
        seq.chain(instances).any(|index| {
            let Some(field) = self.plan.field(index) else {
                return false;
            };
            let is_sum = matches!(field.relation, Some(Relation::Checksum { .. }));
            if field.name != *first && !(is_sum && first == CHECKSUM) {
                return false;
            }
            let inner = |of: &FieldType| match of {
                FieldType::Struct(number) => self.reaches(*number, rest),
                _ => rest.is_empty(),
            };
            rest.is_empty()
                || match &field.kind {
                    FieldKind::Type(of) => inner(of),
                    FieldKind::Chosen { cases, other, .. } => {
                        let mut all = cases.iter().map(|(_, of)| of).chain(other);
                        all.any(inner)
                    }
                }
        })
    }

    /// All paths of the fields of messages, at most `most`: for completion.
    pub fn paths(&self, most: usize) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect_paths(0, "", (most, false), 0, &mut paths);
        paths
    }

    /// The paths of the fields whose values a person gives when a message is made, at most `most`:
    /// without those that are computed, and those that follow from others.
    pub fn written_paths(&self, most: usize) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect_paths(0, "", (most, true), 0, &mut paths);
        paths
    }

    fn collect_paths(
        &self,
        number: usize,
        before: &str,
        (most, only_written): (usize, bool),
        depth: usize,
        paths: &mut Vec<String>,
    ) {
        /// Deeper ones are rarely filtered for, and a type may contain itself.
        const DEPTH: usize = 4;
        let (seq, instances) = self.plan.fields_of(number);
        let inferred = inferred::fields(&self.plan, &seq);
        for index in seq.chain(instances.filter(|_| !only_written)) {
            let Some(field) = self.plan.field(index).filter(|_| paths.len() < most) else {
                return;
            };
            let follows = field.relation.is_some()
                || field.contents.is_some()
                || inferred.iter().any(|(from, _)| *from == index);
            if only_written && follows {
                continue;
            }
            let path = format!("{before}{}", field.name);
            let kinds: Vec<FieldType> = match &field.kind {
                FieldKind::Type(of) => vec![*of],
                FieldKind::Chosen { cases, other, .. } => {
                    cases.iter().map(|(_, of)| *of).chain(*other).collect()
                }
            };
            let is_plain = |of: &FieldType| !matches!(of, FieldType::Struct(_));
            let has_text = kinds.iter().any(|of| match of {
                FieldType::Struct(number) => self
                    .plan
                    .types
                    .get(*number)
                    .is_some_and(|of| of.text.is_some()),
                _ => true,
            });
            if (kinds.iter().any(is_plain) || has_text) && !paths.contains(&path) {
                paths.push(path.clone());
            }
            for of in kinds {
                if let FieldType::Struct(number) = of
                    && depth < DEPTH
                {
                    let before = format!("{path}.");
                    self.collect_paths(number, &before, (most, only_written), depth + 1, paths);
                }
            }
        }
    }

    /// Whether `is_it` holds for a node at this path; every element of a repeated field is there.
    pub fn at_path(
        &self,
        tree: &Tree,
        path: &[String],
        is_it: &mut dyn FnMut(&Node) -> bool,
    ) -> bool {
        self.search(tree, 0, path, is_it)
    }

    fn search(
        &self,
        tree: &Tree,
        around: usize,
        path: &[String],
        is_it: &mut dyn FnMut(&Node) -> bool,
    ) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return false;
        };
        if let Some((name, value)) = self.pair(tree, around)
            && name.eq_ignore_ascii_case(&path.join("."))
            && tree.node(value).is_some_and(&mut *is_it)
        {
            return true;
        }
        for child in tree.children(around) {
            let Some(node) = tree.node(child) else {
                continue;
            };
            let is_named = self.field_of(node).is_some_and(|field| {
                let is_sum = matches!(field.relation, Some(Relation::Checksum { .. }));
                field.name == *first || is_sum && first == CHECKSUM
            });
            if !is_named {
                continue;
            }
            let found = match (&node.value, rest.is_empty()) {
                (Value::List, true) => {
                    let mut elements = tree.children(child);
                    elements.any(|element| tree.node(element).is_some_and(&mut *is_it))
                }
                (Value::List, false) => {
                    let mut elements = tree.children(child);
                    elements.any(|element| self.search(tree, element, rest, is_it))
                }
                (_, true) => is_it(node),
                (_, false) => self.search(tree, child, rest, is_it),
            };
            if found {
                return true;
            }
        }
        false
    }

    /// The text that a node is: that of a text, of an address, of a type that has one.
    pub fn plain_text(&self, node: &Node, bytes: &[u8]) -> Option<String> {
        let of = |range: &std::ops::Range<usize>| bytes.get(range.clone()).unwrap_or_default();
        match &node.value {
            _ if node.text.is_some() => node.text.as_ref().map(ToString::to_string),
            Value::Text(charset, range) => Some(printable::line_in(*charset, of(range))),
            Value::MadeText(text) => Some(text.to_string()),
            Value::Bytes(range) => self.address_text(node, of(range)),
            Value::Integer(_) => self.integer_address(node),
            _ => None,
        }
    }
}
