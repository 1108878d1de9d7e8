//! The fields of messages that one use needs. Reading passes over the others.

mod dependencies;
mod size;

use super::Schema;
use super::field_type::FieldType;
use super::plan::Plan;
use dependencies::Dependencies;
use std::collections::BTreeMap;

/// The fields at some paths, and what reading has to know to find them. A message that is read by
/// it has their values; whether a message is as described is not checked.
#[derive(Clone, Debug)]
pub struct Selection {
    pub(super) wanted: Wanted,
    /// Whether the way through a message depends on the value of a field, by field.
    steering: Vec<bool>,
    /// Whether the text of its type depends on a field, by field.
    in_text: Vec<bool>,
    /// The bytes of every message of a type, if they are always as many, by type.
    sizes: Vec<Option<usize>>,
}

/// What is wanted of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// Only where the next field begins.
    End,
    /// The text of its type.
    Text,
    All,
    /// What is said of these fields of its type.
    Fields(BTreeMap<usize, Wanted>),
}

/// All of a field.
pub(super) static ALL: Wanted = Wanted::All;
static TEXT: Wanted = Wanted::Text;
static END: Wanted = Wanted::End;

impl Selection {
    /// What is wanted of an instance, which is read only for itself.
    pub(super) fn of_instance<'a>(&self, around: &'a Wanted, field: usize) -> Option<&'a Wanted> {
        match around {
            Wanted::All => Some(&ALL),
            Wanted::Fields(fields) => fields.get(&field),
            Wanted::Text | Wanted::End => None,
        }
    }

    /// What is wanted of a field in something of which `around` is wanted. `None` if it can be
    /// passed over.
    pub(super) fn of<'a>(&self, around: &'a Wanted, field: usize) -> Option<&'a Wanted> {
        let has = |all: &[bool]| all.get(field).copied().unwrap_or(true);
        match around {
            Wanted::All => return Some(&ALL),
            Wanted::Text if has(&self.in_text) => return Some(&TEXT),
            Wanted::Fields(fields) if fields.contains_key(&field) => return fields.get(&field),
            Wanted::Text | Wanted::Fields(_) | Wanted::End => {}
        }
        has(&self.steering).then_some(&END)
    }

    /// The bytes of every message of a type.
    pub(super) fn size(&self, of: usize) -> Option<usize> {
        self.sizes.get(of).copied().flatten()
    }
}

impl Schema {
    /// What reading has to know to find the fields at these paths.
    pub fn select<'a>(&self, paths: impl IntoIterator<Item = &'a [String]>) -> Selection {
        let plan = &*self.plan;
        let mut fields = BTreeMap::new();
        for path in paths {
            want(plan, 0, path, &mut fields);
        }
        let is_text = plan.types.first().is_some_and(|of| of.form.is_some());
        let dependencies = Dependencies::new(plan, &fields);
        Selection {
            wanted: match is_text || dependencies.needs_texts {
                true => Wanted::All,
                false => Wanted::Fields(fields),
            },
            steering: dependencies.steering,
            in_text: dependencies.in_text,
            sizes: size::sizes(plan),
        }
    }
}

/// Adds what a path wants of the fields of a type. Each step goes deeper into the path.
fn want(plan: &Plan, of: usize, path: &[String], wanted: &mut BTreeMap<usize, Wanted>) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let (seq, instances) = plan.fields_of(of);
    for index in seq.chain(instances) {
        let Some(field) = plan.field(index).filter(|field| field.is_named(first)) else {
            continue;
        };
        let inner = field.types().into_iter().filter_map(|of| match of {
            FieldType::Struct(number) => Some(number),
            _ => None,
        });
        let inner: Vec<usize> = inner.collect();
        let kind = |of: &usize| plan.types.get(*of);
        // The message names what is in it, and a text is read as a whole.
        let is_whole = inner
            .iter()
            .filter_map(kind)
            .any(|of| of.is_pair || of.form.is_some());
        let is_text = inner.iter().filter_map(kind).all(|of| of.text.is_some());
        let known = wanted.remove(&index);
        let all = match (known, rest) {
            (Some(Wanted::All), _) => Wanted::All,
            _ if is_whole => Wanted::All,
            (None | Some(Wanted::Text), []) if is_text => Wanted::Text,
            (_, []) | (Some(Wanted::Text), _) => Wanted::All,
            (known, rest) => {
                let mut fields = match known {
                    Some(Wanted::Fields(fields)) => fields,
                    _ => BTreeMap::new(),
                };
                for of in inner {
                    want(plan, of, rest, &mut fields);
                }
                Wanted::Fields(fields)
            }
        };
        wanted.insert(index, all);
    }
}

#[cfg(test)]
mod tests;
