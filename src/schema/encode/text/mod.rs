//! Writes types that are a text.

mod document;
mod json;
mod json_places;
mod others;
mod pairs;
mod pattern;
mod token;

use super::values::{FieldValue, FieldValues};
use super::{Encoder, FieldPlace, Stop};
use crate::schema::decode::Evaluated;
use crate::schema::number::Number;
use crate::schema::plan::{FieldPlan, Plan};
use crate::schema::text_form::TextForm;
use crate::schema::tree::{Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// The values of which a text is made.
struct Text<'a> {
    plan: &'a Plan,
    /// The node of the type.
    node: usize,
    /// Its fields.
    seq: Range<usize>,
    values: &'a FieldValues,
}

impl<'a> Text<'a> {
    fn given(&self, index: usize) -> Option<&'a FieldValue> {
        let field = self.plan.field(index)?;
        let value = self.values.fields.get(&field.name)?;
        (*value != FieldValue::Usual).then_some(value)
    }

    /// Whether a number follows from the rest.
    fn follows(&self, index: usize) -> bool {
        let has_relation = |field: &FieldPlan| field.relation.is_some();
        self.plan.field(index).is_some_and(has_relation) && self.given(index).is_none()
    }

    /// Where a field is written whose number has so many bytes at least.
    fn place(&self, index: usize, least: usize) -> FieldPlace {
        FieldPlace {
            around: self.node,
            index,
            follows: self.follows(index),
            is_free: false,
            least: Some(least),
        }
    }

    /// The text that the values were taken from.
    fn origin(&self) -> Option<&'a [u8]> {
        self.values.text.as_deref()
    }
}

/// The lists that a text fills in any order, by their fields: their nodes, and the numbers of
/// their elements.
type Lists = BTreeMap<usize, (usize, usize)>;

/// A value that a text has; [`FieldValue::Usual`] is one that follows.
type Wish<'a> = Cow<'a, FieldValue>;

/// The value of a wish, if it does not follow.
fn value_of(wish: &FieldValue) -> Option<&FieldValue> {
    (*wish != FieldValue::Usual).then_some(wish)
}

impl Encoder<'_> {
    /// Writes the fields of a type that is a text.
    pub(super) fn text(
        &mut self,
        (node, seq): (usize, &Range<usize>),
        form: &TextForm,
        values: &FieldValues,
    ) -> Result<(), Stop> {
        self.out.align();
        let text = Text {
            plan: self.plan,
            node,
            seq: seq.clone(),
            values,
        };
        match form {
            TextForm::Pattern(form) => self.pattern(&text, form)?,
            TextForm::Pairs(form) => self.pairs(&text, form)?,
            TextForm::Json(form) => self.json(&text, form)?,
        }
        self.find_relations(node, seq.start, &|index| text.follows(index));
        Ok(())
    }

    /// The value that a text has for a field, if it has the field. `was_there` is whether the text
    /// has it that the values were taken from.
    fn wish<'a>(&mut self, text: &Text<'a>, index: usize, was_there: bool) -> Option<Wish<'a>> {
        if let Some(value) = text.given(index) {
            return Some(Cow::Borrowed(value));
        }
        let is_new = text.origin().is_none();
        if text.follows(index) {
            return (is_new || was_there).then_some(Cow::Owned(FieldValue::Usual));
        }
        let field = text.plan.field(index).filter(|_| is_new)?;
        self.constant(text.node, field).map(Cow::Owned)
    }

    /// The value that a field always has.
    fn constant(&mut self, around: usize, field: &FieldPlan) -> Option<FieldValue> {
        let equal = field.check.as_ref()?.eq.as_ref()?;
        let value = self.evaluate(around, |decoder, scope| {
            decoder.evaluate(&equal.root, scope)
        });
        let is_scaled = field.scale.is_some() || field.offset.is_some();
        match value.ok()? {
            // It is the number before that.
            _ if is_scaled => None,
            Evaluated::Integer(value) => Some(FieldValue::Number(Number::Whole(value))),
            Evaluated::Float(value) => Some(FieldValue::Number(Number::Real(value))),
            Evaluated::Bool(value) => Some(FieldValue::Written(value.to_string())),
            Evaluated::Text(text) => Some(FieldValue::Text(text)),
            _ => None,
        }
    }

    /// Whether a field of a text is there.
    fn is_in_text(&mut self, text: &Text<'_>, index: usize, field: &FieldPlan) -> bool {
        let is_given = text.given(index).is_some();
        self.is_there(text.node, field, &|index| text.follows(index), is_given)
    }

    /// The list of a field and the number of its next element.
    fn next_in_list(&mut self, lists: &mut Lists, around: usize, index: usize) -> (usize, usize) {
        let at = self.out.bytes.len();
        let tree = &mut self.tree;
        let list = lists.entry(index).or_insert_with(|| {
            let list = Node::new(Some(index), Value::List, at..at);
            (tree.add(Some(around), list), 0)
        });
        let number = list.1;
        list.1 += 1;
        (list.0, number)
    }

    /// Sets the end of a list, or of a pair, to the end of what is written.
    fn end_here(&mut self, node: usize) {
        let end = self.out.bytes.len();
        if let Some(node) = self.tree.node_mut(node) {
            node.range.end = end;
        }
    }
}

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod refused_tests;
#[cfg(test)]
mod sentence_tests;
#[cfg(test)]
mod tests;
