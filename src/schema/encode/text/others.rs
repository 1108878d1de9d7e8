//! What no field is declared for: names with values.

use super::{Lists, Text};
use crate::payload::EncodeProblem;
use crate::schema::encode::values::{FieldValue, FieldValues, PAIR_NAME, PAIR_VALUE};
use crate::schema::encode::{Encoder, FieldPlace, Stop};
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldKind, FieldPlan};
use crate::schema::tree::{Node, Value};
use std::ops::Range;

/// A name with its value.
pub(super) struct NamedValue {
    pub name: String,
    pub value: FieldValue,
}

/// Where the value of a name is written.
pub(super) struct NamedPlace<'a> {
    pub place: FieldPlace,
    pub field: &'a FieldPlan,
    list: usize,
    /// The node of the name and its value.
    pub pair: usize,
}

impl Encoder<'_> {
    /// The values that are given for what no field is declared for: a list of names with values,
    /// or values by their names.
    pub(super) fn others(
        &mut self,
        text: &Text<'_>,
        list: Option<usize>,
    ) -> Result<Vec<NamedValue>, Stop> {
        let mut named = Vec::new();
        let given = list.and_then(|list| Some((text.plan.field(list)?, text.given(list)?)));
        let Some((field, value)) = given else {
            return Ok(named);
        };
        match value {
            FieldValue::List(list) => {
                for (at, element) in list.iter().enumerate() {
                    match element_of(at, element) {
                        Ok(element) => named.push(element),
                        Err(problem) => {
                            let name = format!("{}[{at}]", field.name);
                            return self.fail_at(text.node, Some(&name), problem);
                        }
                    }
                }
            }
            FieldValue::Struct(values) => push_named(values, "", &mut named),
            _ => return self.fail_at(text.node, Some(&field.name), EncodeProblem::Kind),
        }
        Ok(named)
    }

    /// Adds the nodes of a name, which has these bytes.
    pub(super) fn named_place<'t>(
        &mut self,
        lists: &mut Lists,
        (text, list): (&Text<'t>, usize),
        name: &str,
        key: Range<usize>,
    ) -> Option<NamedPlace<'t>> {
        let FieldKind::Type(FieldType::Struct(of)) = text.plan.field(list)?.kind else {
            return None;
        };
        let value = text.plan.fields_of(of).0.start + 1;
        let field = text.plan.field(value)?;
        let (node, number) = self.next_in_list(lists, text.node, list);
        let mut pair = Node::new(Some(list), Value::Struct(of, key.clone()), key.clone());
        pair.index = Some(number);
        let pair = self.tree.add(Some(node), pair);
        let name = Node::new(Some(value - 1), Value::MadeText(name.into()), key);
        self.tree.add(Some(pair), name);
        Some(NamedPlace {
            place: FieldPlace {
                around: pair,
                index: value,
                follows: false,
                is_free: false,
                least: Some(0),
            },
            field,
            list: node,
            pair,
        })
    }

    /// Ends a name with its value.
    pub(super) fn end_named(&mut self, place: &NamedPlace<'_>) {
        self.end_here(place.pair);
        self.end_here(place.list);
    }
}

/// An element of the list, at this place in it.
fn element_of(at: usize, element: &FieldValue) -> Result<NamedValue, EncodeProblem> {
    // One without a name needs one.
    let usual = || format!("key{}", at + 1);
    let values = match element {
        FieldValue::Usual => {
            return Ok(NamedValue {
                name: usual(),
                value: FieldValue::Usual,
            });
        }
        FieldValue::Struct(values) => values,
        _ => return Err(EncodeProblem::Kind),
    };
    let mut names = values.fields.keys();
    if names.any(|name| name != PAIR_NAME && name != PAIR_VALUE) {
        return Err(EncodeProblem::UnknownField);
    }
    let name = match values.fields.get(PAIR_NAME) {
        None | Some(FieldValue::Usual) => usual(),
        Some(FieldValue::Written(name) | FieldValue::Text(name)) => name.clone(),
        Some(FieldValue::Number(number)) => number.to_string(),
        Some(_) => return Err(EncodeProblem::Kind),
    };
    let value = values.fields.get(PAIR_VALUE).cloned().unwrap_or_default();
    Ok(NamedValue { name, value })
}

/// Adds values by their names; those of inner ones have points between them.
fn push_named(values: &FieldValues, before: &str, named: &mut Vec<NamedValue>) {
    for (name, value) in &values.fields {
        push_value(format!("{before}{name}"), value, named);
    }
}

fn push_value(name: String, value: &FieldValue, named: &mut Vec<NamedValue>) {
    match value {
        FieldValue::Struct(values) => push_named(values, &format!("{name}."), named),
        FieldValue::List(list) => {
            for (at, value) in list.iter().enumerate() {
                push_value(format!("{name}.{at}"), value, named);
            }
        }
        value => named.push(NamedValue {
            name,
            value: value.clone(),
        }),
    }
}
