//! The lines of a form, of the fields of a message that was made.

use super::line::{ElementPlace, FormLine, FormValue};
use crate::schema::Schema;
use crate::schema::encode::is_written_by_text;
use crate::schema::inferred;
use crate::schema::plan::{FieldPlan, Repeat};
use crate::schema::tree::{Node, Tree, Value};
use std::collections::BTreeMap;
use std::ops::Range;

/// The most lines.
const LINES: usize = 300;

pub(super) struct Lines<'a> {
    schema: &'a Schema,
    tree: &'a Tree,
    bytes: &'a [u8],
    /// All values as they were given, by the paths of their fields.
    fields: &'a BTreeMap<String, String>,
    lines: Vec<FormLine>,
    is_cut: bool,
}

/// Where a field stands among others.
struct LinePlace<'a> {
    path: String,
    depth: usize,
    field: &'a FieldPlan,
    /// Whether its value follows from others.
    is_fixed: bool,
    element: Option<ElementPlace>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(
        schema: &'a Schema,
        (tree, bytes): (&'a Tree, &'a [u8]),
        fields: &'a BTreeMap<String, String>,
    ) -> Self {
        Self {
            schema,
            tree,
            bytes,
            fields,
            lines: Vec::new(),
            is_cut: false,
        }
    }

    /// The lines, and whether there are more.
    pub(super) fn into_parts(self) -> (Vec<FormLine>, bool) {
        (self.lines, self.is_cut)
    }

    /// Adds the fields of a type.
    pub(super) fn structure(&mut self, around: usize, prefix: &str, depth: usize) {
        let (schema, tree) = (self.schema, self.tree);
        let Some(Value::Struct(of, _)) = tree.node(around).map(|node| &node.value) else {
            return;
        };
        let (seq, _) = schema.plan().fields_of(*of);
        let inferred = inferred::fields(schema.plan(), &seq);
        for child in tree.children(around) {
            let Some((node, index)) = tree.node(child).and_then(|node| Some((node, node.field?)))
            else {
                continue;
            };
            let Some(field) = schema.plan().field(index).filter(|_| seq.contains(&index)) else {
                continue;
            };
            let path = format!("{prefix}{}", field.name);
            let is_counted = inferred
                .iter()
                .any(|(from, of)| *from == index && tree.child_of(around, *of).is_some());
            let is_constant = field.check.as_ref().is_some_and(|check| check.eq.is_some());
            let follows =
                is_counted || is_constant || field.relation.is_some() || field.contents.is_some();
            let place = LinePlace {
                is_fixed: follows && !self.fields.contains_key(&path),
                path,
                depth,
                field,
                element: None,
            };
            if node.value != Value::List || self.fields.contains_key(&place.path) {
                self.value(child, place);
                continue;
            }
            let changes = self.changes((prefix, &seq), &inferred, (index, field));
            self.list(child, place, changes);
        }
    }

    /// Adds a repeated field.
    fn list(&mut self, list: usize, place: LinePlace<'a>, changes: bool) {
        let tree = self.tree;
        let count = tree.children(list).count();
        let path = place.path.clone();
        let Some(node) = tree.node(list) else { return };
        self.push(node, &place, FormValue::List { count, changes });
        for (index, child) in tree.children(list).enumerate() {
            let element = ElementPlace {
                list: path.clone(),
                index,
                count,
            };
            let place = LinePlace {
                path: format!("{path}[{index}]"),
                depth: place.depth + 1,
                field: place.field,
                is_fixed: false,
                element: changes.then_some(element),
            };
            self.value(child, place);
        }
    }

    /// Whether elements can be added to a repeated field: nothing that is given says how many
    /// there are.
    fn changes(
        &self,
        (prefix, seq): (&str, &Range<usize>),
        inferred: &[(usize, usize)],
        (index, field): (usize, &FieldPlan),
    ) -> bool {
        match &field.repeat {
            Repeat::Once => false,
            Repeat::ToEnd | Repeat::Until(_) => true,
            Repeat::Times(times) => inferred::only_field(times).is_some_and(|counter| {
                let named = self.schema.plan().field(counter);
                let given = |counter: &FieldPlan| {
                    self.fields
                        .contains_key(&format!("{prefix}{}", counter.name))
                };
                seq.contains(&counter)
                    && inferred.contains(&(counter, index))
                    && named.is_some_and(|counter| !given(counter))
            }),
        }
    }

    /// Adds a field that is not repeated, or an element, with the fields in it.
    fn value(&mut self, number: usize, place: LinePlace<'a>) {
        let Some(node) = self.tree.node(number) else {
            return;
        };
        let given = self.fields.get(&place.path);
        let value = self.value_of(node, &place, given);
        let has_fields = value == FormValue::Type;
        self.push(node, &place, value);
        if has_fields {
            self.structure(number, &format!("{}.", place.path), place.depth + 1);
        }
    }

    fn value_of(&self, node: &Node, place: &LinePlace<'_>, given: Option<&String>) -> FormValue {
        let is_missing = node.value == Value::Missing && given.is_none();
        if place.is_fixed || is_missing {
            let text = self.schema.node_text(node, self.bytes, false);
            return FormValue::Fixed(text.unwrap_or_default());
        }
        let plan = self.schema.plan();
        // An element without a text has its usual value.
        let is_usual = |text: &&String| text.is_empty() && place.path.ends_with(']');
        let chosen = given.filter(|text| !is_usual(text));
        if let Value::Struct(of, _) = node.value
            && chosen.is_none()
            && !is_written_by_text(plan, of)
        {
            return FormValue::Type;
        }
        let names = place.field.names.and_then(|names| plan.enums.get(names));
        let names: Vec<String> =
            names.map_or_else(Vec::new, |names| names.names.values().cloned().collect());
        let number = match &node.value {
            Value::Integer(value) => Some(*value),
            Value::Bool(value) => Some(i128::from(*value)),
            _ => None,
        };
        let is_name = |text: &String| names.contains(text);
        match (number, chosen) {
            (Some(number), chosen) if !names.is_empty() && chosen.is_none_or(is_name) => {
                let name = place.field.names.zip(i64::try_from(number).ok());
                let name = name.and_then(|(names, value)| plan.name_of(names, value));
                FormValue::Choice {
                    name: chosen.cloned().or_else(|| name.map(str::to_owned)),
                    number: number.to_string(),
                    names,
                }
            }
            _ => match (&node.value, chosen.map(String::as_str)) {
                (Value::Bool(bit), None | Some("true" | "false")) => FormValue::Bit(*bit),
                _ => FormValue::Text {
                    given: given.cloned(),
                    value: self
                        .schema
                        .written_text(node, self.bytes)
                        .unwrap_or_default(),
                    names,
                },
            },
        }
    }

    fn push(&mut self, node: &Node, place: &LinePlace<'_>, value: FormValue) {
        if self.lines.len() >= LINES {
            self.is_cut = true;
            return;
        }
        let has_unit = matches!(value, FormValue::Text { .. });
        self.lines.push(FormLine {
            path: place.path.clone(),
            name: self.schema.node_name(node),
            depth: place.depth,
            value,
            unit: place.field.unit.clone().filter(|_| has_unit),
            doc: place.field.doc.clone(),
            fault: node.fault.as_deref().cloned(),
            element: place.element.clone(),
        });
    }
}
