//! The lines of a form, of the fields of a message that was made.

use super::line::{ElementPlace, FormLine, FormValue};
use crate::schema::Schema;
use crate::schema::encode::{is_null, is_written_by_text};
use crate::schema::field_type::FieldType;
use crate::schema::inferred;
use crate::schema::plan::{FieldPlan, Plan, Repeat};
use crate::schema::tree::{Node, Tree, Value};
use std::collections::BTreeMap;
use std::ops::Range;

/// The most lines.
const LINES: usize = 300;
/// The most types around fields that a text does not have: a type may contain itself.
const DEPTH: usize = 3;

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
    /// Whether it is always the same.
    is_fixed: bool,
    /// Whether its value follows from others where none is given.
    follows: bool,
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
        // A text may have any of its fields, in any order.
        if schema.plan().form_of(*of).is_some() {
            for index in seq.clone() {
                match tree.child_of(around, index) {
                    Some(child) => self.field((around, child), (prefix, depth), &seq),
                    None => self.absent(index, prefix, depth),
                }
            }
            return;
        }
        for child in tree.children(around) {
            self.field((around, child), (prefix, depth), &seq);
        }
    }

    /// Adds a field of a type, if it is one of `seq`.
    fn field(
        &mut self,
        (around, child): (usize, usize),
        (prefix, depth): (&str, usize),
        seq: &Range<usize>,
    ) {
        let (schema, tree) = (self.schema, self.tree);
        let Some((node, index)) = tree.node(child).and_then(|node| Some((node, node.field?)))
        else {
            return;
        };
        let Some(field) = schema.plan().field(index).filter(|_| seq.contains(&index)) else {
            return;
        };
        let inferred = inferred::fields(schema.plan(), seq);
        let path = format!("{prefix}{}", field.name);
        let is_counted = inferred
            .iter()
            .any(|(from, of)| *from == index && tree.child_of(around, *of).is_some());
        let place = LinePlace {
            is_fixed: is_constant(field) && !self.fields.contains_key(&path),
            follows: is_counted || field.relation.is_some(),
            path,
            depth,
            field,
            element: None,
        };
        if node.value != Value::List || self.fields.contains_key(&place.path) {
            self.value(child, place);
            return;
        }
        let changes = self.changes((prefix, seq), &inferred, (index, field));
        self.list(child, place, changes);
    }

    /// Adds a field that the text does not have.
    fn absent(&mut self, index: usize, prefix: &str, depth: usize) {
        let schema = self.schema;
        let plan = schema.plan();
        // One with a condition is there when that holds.
        let Some(field) = plan.field(index).filter(|field| field.condition.is_none()) else {
            return;
        };
        let path = format!("{prefix}{}", field.name);
        let given = self.fields.get(&path).cloned();
        let is_list = !matches!(field.repeat, Repeat::Once) || has_names(plan, field);
        let inner = match (field.types().as_slice(), &given) {
            ([FieldType::Struct(of)], None) if !is_written_by_text(plan, *of) => Some(*of),
            _ => None,
        };
        let value = match inner {
            _ if is_list && given.is_none() => FormValue::List {
                count: 0,
                changes: true,
            },
            Some(_) => FormValue::Type,
            None => FormValue::Text {
                given,
                value: String::new(),
                names: names_of(plan, field),
            },
        };
        let is_type = value == FormValue::Type;
        let before = format!("{path}.");
        let place = LinePlace {
            is_fixed: false,
            follows: field.relation.is_some(),
            path,
            depth,
            field,
            element: None,
        };
        let node = Node::new(Some(index), Value::Missing, 0..0);
        self.push(&node, &place, value);
        if let Some(of) = inner.filter(|_| is_type && depth < DEPTH) {
            for index in plan.fields_of(of).0 {
                self.absent(index, &before, depth + 1);
            }
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
                follows: false,
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
            Repeat::Once => has_names(self.schema.plan(), field),
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
        let value = self.value_of((number, node), &place, given);
        let has_fields = value == FormValue::Type;
        self.push(node, &place, value);
        if has_fields {
            self.structure(number, &format!("{}.", place.path), place.depth + 1);
        }
    }

    fn value_of(
        &self,
        (number, node): (usize, &Node),
        place: &LinePlace<'_>,
        given: Option<&String>,
    ) -> FormValue {
        let is_missing = node.value == Value::Missing && !is_null(node, self.bytes);
        if place.is_fixed || is_missing && given.is_none() {
            let text = self.schema.node_text(node, self.bytes, false);
            return FormValue::Fixed(text.unwrap_or_default());
        }
        let written = || {
            let text = self.schema.written_text(self.tree, number, self.bytes);
            text.unwrap_or_default()
        };
        if place.follows && given.is_none() {
            return FormValue::Computed(written());
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
        let names = names_of(plan, place.field);
        let whole = match &node.value {
            Value::Integer(value) => Some(*value),
            Value::Bool(value) => Some(i128::from(*value)),
            _ => None,
        };
        let is_name = |text: &String| names.contains(text);
        match (whole, chosen) {
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
                    value: written(),
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
            follows: place.follows,
        });
    }
}

/// Whether a field always has the same value.
fn is_constant(field: &FieldPlan) -> bool {
    let is_equal = field.check.as_ref().is_some_and(|check| check.eq.is_some());
    is_equal || field.contents.is_some()
}

/// Whether a field is a list of names with values.
fn has_names(plan: &Plan, field: &FieldPlan) -> bool {
    let is_pair = |of: &FieldType| match of {
        FieldType::Struct(of) => plan.types.get(*of).is_some_and(|of| of.is_pair),
        _ => false,
    };
    field.types().iter().any(is_pair)
}

/// The names of the values of a field.
fn names_of(plan: &Plan, field: &FieldPlan) -> Vec<String> {
    let names = field.names.and_then(|names| plan.enums.get(names));
    names.map_or_else(Vec::new, |names| names.names.values().cloned().collect())
}
