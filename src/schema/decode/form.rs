//! Types that are a text.

use super::cursor::Cursor;
use super::{Decoder, Stop};
use crate::schema::notation::Notation;
use crate::schema::text_form::{PatternForm, TextForm};
use crate::schema::tree::{Fault, Value};

impl Decoder<'_> {
    /// Reads the fields of a type from its text.
    pub(super) fn form(
        &mut self,
        node: usize,
        form: &TextForm,
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        cursor.align();
        match form {
            TextForm::Pattern(form) => self.pattern(node, form, cursor),
            TextForm::Pairs(form) => self.pairs(node, form, cursor),
            TextForm::Json(form) => self.json(node, form, cursor),
        }
    }

    /// Reads the fields that groups of an expression are. The text ends where its match ends.
    fn pattern(
        &mut self,
        node: usize,
        form: &PatternForm,
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        let (plan, bytes, begin) = (self.plan, self.bytes, cursor.at);
        let text = bytes.get(begin..cursor.end).unwrap_or_default();
        for alternative in &form.alternatives {
            let mut places = alternative.regex.capture_locations();
            let found = alternative.regex.captures_read(&mut places, text);
            let Some(found) = found.filter(|found| found.start() == 0) else {
                continue;
            };
            for group in &alternative.groups {
                let (Some((from, to)), Some(field)) =
                    (places.get(group.number), plan.field(group.field))
                else {
                    continue;
                };
                let mut inside = Cursor::new(begin + from..begin + to);
                // What is wrong with one group says nothing of the others.
                let _ = self.field(node, (group.field, field), &mut inside);
            }
            cursor.at = begin + found.end();
            return Ok(());
        }
        self.fail(node, Fault::NoMatch)
    }

    /// Reads the text of a node as the number that it is.
    pub(super) fn written(&mut self, node: usize, notation: Notation) {
        let Some(Value::Text(_, range)) = self.tree.node(node).map(|node| &node.value) else {
            return;
        };
        let text = self.bytes.get(range.clone()).unwrap_or_default();
        match notation.read(text) {
            Some(value) => self.set(node, value),
            None if notation == Notation::Scalar => {}
            None => self.mark(node, Fault::NotNumber),
        }
    }
}
