//! A form of the fields of a message, in which a person gives values.

mod line;
mod lines;
mod occurs;
mod text;

pub use line::{ElementPlace, FormLine, FormValue};

use super::Schema;
use super::formula::{FormulaMistake, FormulaProblem, overlaps};
use super::moment::Moment;
use super::tree::{Fault, Tree};
use crate::payload::EncodeProblem;
use lines::Lines;
use std::collections::{BTreeMap, BTreeSet};

/// The fields that a message with some values has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldForm {
    pub lines: Vec<FormLine>,
    /// The values that the message is made of.
    pub given: BTreeMap<String, String>,
    /// The paths of values whose fields this message does not have.
    pub aside: Vec<String>,
    /// The values that their fields cannot have, by their paths; what concerns none of them is at
    /// the empty path. Without them the message was made.
    pub mistakes: BTreeMap<String, FormulaMistake>,
    /// Why the message as a whole is not as described.
    pub fault: Option<Fault>,
    /// Whether there are more lines than are shown.
    pub is_cut: bool,
}

impl Schema {
    /// The form of the message with these values, by the paths of their fields. An empty text is
    /// no value. Values of fields that the message does not have are kept aside, and wrong ones
    /// are left out of it.
    pub fn form(&self, fields: &BTreeMap<String, String>) -> FieldForm {
        let is_given = |(path, text): &(&String, &String)| !text.is_empty() || path.ends_with(']');
        let given = fields.iter().filter(is_given);
        let mut form = FieldForm {
            given: given
                .map(|(path, text)| (path.clone(), text.clone()))
                .collect(),
            ..FieldForm::default()
        };
        let values = form.given.iter();
        let values = values.map(|(path, text)| (path.as_str(), !text.is_empty()));
        // A value of a whole field makes way for those in it.
        let whole = overlaps(values).into_iter();
        let whole: BTreeSet<String> = whole.map(|overlap| overlap.around.to_owned()).collect();
        for path in whole {
            form.given.remove(&path);
            form.aside.push(path);
        }
        let bytes = loop {
            let (bytes, mistake) = self.made(&form.given);
            let Some(mistake) = mistake else { break bytes };
            let keys = concerned(&form.given, &mistake.path);
            if keys.is_empty() {
                form.mistakes.insert(String::new(), mistake);
                break bytes;
            }
            let is_away = is_away(&mistake, &keys);
            for key in keys {
                form.given.remove(&key);
                if is_away {
                    form.aside.push(key);
                } else {
                    form.mistakes.insert(key, mistake.clone());
                }
            }
        };
        let mut tree = Tree::default();
        self.decode(&bytes, &mut tree);
        form.fault = tree
            .node(0)
            .and_then(|whole| whole.fault.as_deref().cloned());
        let mut lines = Lines::new(self, (&tree, &bytes), fields);
        lines.structure(0, "", 0);
        (form.lines, form.is_cut) = lines.into_parts();
        form
    }

    /// The message of these values, as far as it can be made, and the first mistake.
    fn made(&self, given: &BTreeMap<String, String>) -> (Vec<u8>, Option<FormulaMistake>) {
        let values = self.read_formulas(given).and_then(|formulas| {
            let values = self.field_values(&formulas, &[], &mut Moment::trial());
            values.map_err(FormulaMistake::from)
        });
        match values {
            Ok(values) => {
                let (bytes, mistake) = self.encode_partly(&values);
                (bytes, mistake.map(FormulaMistake::from))
            }
            Err(mistake) => (Vec::new(), Some(mistake)),
        }
    }
}

/// Whether the message does not have the fields of these values now.
fn is_away(mistake: &FormulaMistake, keys: &[String]) -> bool {
    match &mistake.problem {
        FormulaProblem::UnknownField { .. }
        | FormulaProblem::Value(
            EncodeProblem::Absent | EncodeProblem::UnknownField | EncodeProblem::Computed(_),
        ) => true,
        // It is of another type, in which they have no place.
        FormulaProblem::Value(EncodeProblem::Kind) => keys
            .iter()
            .all(|key| *key != mistake.path && is_within(key, &mistake.path)),
        _ => false,
    }
}

/// The paths of the given values that a mistake at a path is about: of the field there, else of
/// the one around it, else of those in it.
fn concerned(given: &BTreeMap<String, String>, path: &str) -> Vec<String> {
    let around = given.keys().filter(|key| is_within(path, key));
    match around.max_by_key(|key| key.len()) {
        Some(key) => vec![key.clone()],
        None => {
            let inner = given.keys().filter(|key| is_within(key, path));
            inner.cloned().collect()
        }
    }
}

/// Whether a field is the one at this path, or in it.
fn is_within(path: &str, around: &str) -> bool {
    path.strip_prefix(around)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_tests;
