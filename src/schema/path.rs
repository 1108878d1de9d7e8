//! Fields by their path: `queries.name`, without the places of repeated ones.

use super::Schema;
use super::field_type::FieldType;
use super::inferred;
use super::plan::{FieldKind, FieldPlan};
use super::tree::{Node, Tree, Value};
use crate::payload::printable;
use std::ops::Range;

/// The most fields of a description that are looked at: a type may contain itself.
const LOOKED_AT: usize = 10_000;

/// A field that can be a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumericField {
    /// As filters name it: `queries.ttl`.
    pub path: String,
    pub unit: Option<String>,
}

/// A field on the way through a description.
struct Visited<'a> {
    path: &'a str,
    /// Its place among all fields.
    index: usize,
    field: &'a FieldPlan,
    /// The types that its value may have.
    kinds: &'a [FieldType],
    /// The fields of its type.
    seq: &'a Range<usize>,
}

/// Where the way goes on behind a field.
enum Step {
    /// To the fields in it.
    Into,
    /// To the one behind it.
    Over,
    Stop,
}

impl Step {
    fn until(is_enough: bool) -> Self {
        match is_enough {
            true => Self::Stop,
            false => Self::Into,
        }
    }
}

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
            if !field.is_named(first) {
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

    /// The fields that messages can have at this path, each with a type of its value.
    pub fn fields_at(&self, path: &[String]) -> Vec<(&FieldPlan, FieldType)> {
        let mut found = Vec::new();
        self.find_fields(0, path, &mut found);
        found
    }

    fn find_fields<'a>(
        &'a self,
        number: usize,
        path: &[String],
        found: &mut Vec<(&'a FieldPlan, FieldType)>,
    ) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let (seq, instances) = self.plan.fields_of(number);
        for index in seq.chain(instances) {
            let Some(field) = self.plan.field(index).filter(|field| field.name == *first) else {
                continue;
            };
            let kinds: Vec<FieldType> = match &field.kind {
                FieldKind::Type(of) => vec![*of],
                FieldKind::Chosen { cases, other, .. } => {
                    cases.iter().map(|(_, of)| *of).chain(*other).collect()
                }
            };
            for of in kinds {
                match of {
                    _ if rest.is_empty() => found.push((field, of)),
                    FieldType::Struct(number) => self.find_fields(number, rest, found),
                    _ => {}
                }
            }
        }
    }

    /// All paths of the fields of messages, at most `most`: for completion.
    pub fn paths(&self, most: usize) -> Vec<String> {
        self.paths_of(most, |_| true)
    }

    /// The same without helpers: for the columns of files.
    pub fn file_paths(&self, most: usize) -> Vec<String> {
        self.paths_of(most, |field| !field.is_helper)
    }

    fn paths_of(&self, most: usize, is_wanted: impl Fn(&FieldPlan) -> bool) -> Vec<String> {
        let mut paths = Vec::<String>::new();
        self.walk(&mut |visited| {
            let Visited {
                path, field, kinds, ..
            } = visited;
            if !is_wanted(field) {
                return Step::Over;
            }
            let is_plain = |of: &FieldType| !matches!(of, FieldType::Struct(_));
            let has_text = kinds.iter().any(|of| match of {
                FieldType::Struct(number) => self
                    .plan
                    .types
                    .get(*number)
                    .is_some_and(|of| of.text.is_some()),
                _ => true,
            });
            if (kinds.iter().any(is_plain) || has_text) && !paths.iter().any(|known| known == *path)
            {
                paths.push((*path).to_owned());
            }
            Step::until(paths.len() >= most)
        });
        paths
    }

    /// The paths of the fields whose values a person gives when a message is made, at most `most`:
    /// without those that are computed, and those that follow from others.
    pub fn written_paths(&self, most: usize) -> Vec<String> {
        let mut paths = Vec::<String>::new();
        self.walk(&mut |visited| {
            let Visited { path, field, .. } = visited;
            let is_instance = field.place.is_some() || field.value.is_some();
            let follows = field.relation.is_some()
                || field.contents.is_some()
                || inferred::fields(&self.plan, visited.seq)
                    .iter()
                    .any(|(from, _)| *from == visited.index);
            // Only messages name what is in these.
            let is_pair = |of: &FieldType| match of {
                FieldType::Struct(of) => self.plan.types.get(*of).is_some_and(|of| of.is_pair),
                _ => false,
            };
            if is_instance || follows || visited.kinds.iter().any(is_pair) {
                return Step::Over;
            }
            let is_plain = |of: &FieldType| !matches!(of, FieldType::Struct(_));
            if visited.kinds.iter().any(is_plain) && !paths.iter().any(|known| known == *path) {
                paths.push((*path).to_owned());
            }
            Step::until(paths.len() >= most)
        });
        paths
    }

    /// The fields of messages that can be numbers, at most `most`.
    pub fn numeric_fields(&self, most: usize) -> Vec<NumericField> {
        let mut fields = Vec::<NumericField>::new();
        self.walk(&mut |visited| {
            let Visited {
                path, field, kinds, ..
            } = visited;
            let is_numeric = |of: &FieldType| {
                matches!(
                    of,
                    FieldType::Integer { .. }
                        | FieldType::Float { .. }
                        | FieldType::Bits { .. }
                        | FieldType::Varint
                        | FieldType::Written { .. }
                )
            };
            // The values of others follow from the message.
            let can_be = field.value.is_some() || kinds.iter().any(is_numeric);
            if can_be && !fields.iter().any(|known| known.path == *path) {
                fields.push(NumericField {
                    path: (*path).to_owned(),
                    unit: field.unit.clone(),
                });
            }
            Step::until(fields.len() >= most)
        });
        fields
    }

    /// Passes each field of a message and of the types in it to `take`, until that stops or has
    /// seen enough.
    fn walk(&self, take: &mut dyn FnMut(&Visited<'_>) -> Step) {
        let mut left = LOOKED_AT;
        self.walk_type((0, ""), 0, &mut left, take);
    }

    /// Passes on the fields of a type whose value has this path before it. Returns whether more may
    /// follow.
    fn walk_type(
        &self,
        (number, before): (usize, &str),
        depth: usize,
        left: &mut usize,
        take: &mut dyn FnMut(&Visited<'_>) -> Step,
    ) -> bool {
        /// Deeper ones are rarely asked for, and a type may contain itself.
        const DEPTH: usize = 4;
        let (seq, instances) = self.plan.fields_of(number);
        for index in seq.clone().chain(instances) {
            let Some(field) = self.plan.field(index) else {
                return true;
            };
            let Some(fewer) = left.checked_sub(1) else {
                return false;
            };
            *left = fewer;
            let path = format!("{before}{}", field.name);
            let kinds = field.types();
            let visited = Visited {
                path: &path,
                index,
                field,
                kinds: &kinds,
                seq: &seq,
            };
            match take(&visited) {
                Step::Stop => return false,
                Step::Over => continue,
                Step::Into => {}
            }
            for of in kinds {
                if let FieldType::Struct(number) = of
                    && depth < DEPTH
                    && !self.walk_type((number, format!("{path}.").as_str()), depth + 1, left, take)
                {
                    return false;
                }
            }
        }
        true
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

    /// Whether a node is of a field of this name, or of a checksum by the name of all of them.
    pub(super) fn is_named(&self, node: &Node, name: &str) -> bool {
        self.field_of(node)
            .is_some_and(|field| field.is_named(name))
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
        let named = self.named_value(tree, around, path);
        let named_node = named.and_then(|value| tree.node(value));
        if named_node.is_some_and(&mut *is_it) {
            return true;
        }
        for child in tree.children(around) {
            if named == Some(child) {
                continue;
            }
            let Some(node) = tree.node(child) else {
                continue;
            };
            if !self.is_named(node, first) {
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
            Value::Empty(empty) => Some(empty.text().to_owned()),
            _ => None,
        }
    }
}
