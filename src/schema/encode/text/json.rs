//! Writes a JSON text.

use super::document::{Container, Document, Item, JsonText};
use super::others::NamedValue;
use super::token::NULL;
use super::{Lists, Text, Wish, value_of};
use crate::payload::EncodeProblem;
use crate::schema::decode::json_value;
use crate::schema::encode::values::FieldValue;
use crate::schema::encode::{Encoder, FieldPlace, NODES, Stop};
use crate::schema::field_type::FieldType;
use crate::schema::json_path::JsonPath;
use crate::schema::notation::Notation;
use crate::schema::plan::{FieldKind, FieldPlan, Repeat};
use crate::schema::text_form::{JsonForm, TextForm};
use crate::schema::tree::{Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// A JSON text while it is written.
struct Writing<'a, 'w> {
    text: &'w Text<'a>,
    form: &'w JsonForm,
    wishes: BTreeMap<usize, Wish<'a>>,
    others: Vec<NamedValue>,
    lists: Lists,
    path: JsonPath,
    /// The last name that was written. Empty in a list.
    key: Range<usize>,
}

impl Encoder<'_> {
    pub(super) fn json(&mut self, text: &Text<'_>, form: &JsonForm) -> Result<(), Stop> {
        let mut whole = JsonText::read(text.origin().unwrap_or_default());
        let others = self.others(text, form.others)?;
        let wishes = self.place_fields(text, form, &mut whole.value)?;
        self.place_others(text, form, &mut whole.value, &others)?;
        if whole.value == Document::null() && wishes.is_empty() && text.origin().is_none() {
            whole.value = Document::Raw(b"{}".to_vec());
        }
        let at = self.out.bytes.len();
        let mut writing = Writing {
            text,
            form,
            wishes,
            others,
            lists: Lists::default(),
            path: JsonPath::default(),
            key: at..at,
        };
        self.out.push(&whole.before);
        self.document(&mut writing, &whole.value, true)?;
        self.out.push(&whole.after);
        Ok(())
    }

    /// Writes a value. What no field is declared for is listed where it `is_free`.
    fn document(
        &mut self,
        writing: &mut Writing<'_, '_>,
        document: &Document,
        mut is_free: bool,
    ) -> Result<(), Stop> {
        let text = writing.text;
        let index = writing.form.fields.get(&writing.path.pointer).copied();
        let mut around = None;
        if let Some((index, field)) = index.and_then(|index| Some((index, text.plan.field(index)?)))
        {
            let is_once = matches!(field.repeat, Repeat::Once);
            if !is_once || self.tree.child_of(text.node, index).is_none() {
                is_free = false;
                // It has the name of a field.
                if matches!(document, Document::Other(_)) {
                    return self.fail(text.node, EncodeProblem::Different);
                }
                let wish = writing.wishes.get(&index).cloned();
                if !self.is_in_text(text, index, field) {
                    if wish.as_ref().is_some_and(|wish| value_of(wish).is_some()) {
                        return self.fail_at(text.node, Some(&field.name), EncodeProblem::Absent);
                    }
                } else {
                    let wish =
                        wish.unwrap_or_else(|| Cow::Owned(FieldValue::Kept(document.text())));
                    let value = value_of(&wish);
                    match document {
                        _ if !is_once => {
                            return self.json_list(writing, (index, field), document, value);
                        }
                        Document::Container(_) if is_plain(field) => {
                            // Other fields are in it.
                            let place = Node::new(Some(index), Value::Missing, 0..0);
                            let node = self.tree.add(Some(text.node), place);
                            if !matches!(value, Some(FieldValue::Kept(_))) {
                                return self.fail(node, EncodeProblem::Kind);
                            }
                            let of = self.type_of((&text.place(index, 0), node), field)?;
                            around = Some((node, (field, of)));
                        }
                        _ => {
                            let place = text.place(index, 0);
                            self.json_value((&place, text.node, None), field, value)?;
                            return Ok(());
                        }
                    }
                }
            }
        }
        let begin = self.out.bytes.len();
        let is_value = document.is_hollow() && is_free && !writing.path.pointer.is_empty();
        match document {
            hollow if is_value => self.json_hollow(writing, hollow.text())?,
            Document::Container(container) => self.container(writing, container, is_free)?,
            Document::Other(number) if is_free => self.json_other(writing, *number)?,
            // It is in a field.
            Document::Other(_) => return self.fail(text.node, EncodeProblem::Different),
            document => self.out.push(&document.text()),
        }
        if let Some((node, about)) = around {
            let end = self.out.bytes.len();
            self.set_json(node, about, begin..end);
        }
        Ok(())
    }

    fn container(
        &mut self,
        writing: &mut Writing<'_, '_>,
        container: &Container,
        is_free: bool,
    ) -> Result<(), Stop> {
        self.out.push(&[container.opening()]);
        self.out.push(container.inside());
        for (at, item) in container.items.iter().enumerate() {
            item.push_before(at, &mut self.out.bytes);
            let end = self.out.bytes.len();
            let begin = end.saturating_sub(item.key.len() + item.colon.len());
            let back = match container.is_list {
                true => writing.path.enter(&at.to_string()),
                false => writing.path.enter(&item.name),
            };
            writing.key = match container.is_list {
                true => end..end,
                false => begin..begin + item.key.len(),
            };
            self.document(writing, &item.value, is_free)?;
            writing.path.leave(back);
            self.out.push(&item.after);
        }
        self.out.push(&[container.closing()]);
        Ok(())
    }

    /// Writes a value for which no field is declared.
    fn json_other(&mut self, writing: &mut Writing<'_, '_>, number: usize) -> Result<(), Stop> {
        let list = writing.form.others;
        let Some((list, other)) = list.and_then(|list| Some((list, writing.others.get(number)?)))
        else {
            return Ok(());
        };
        let name = writing.path.name();
        let key = writing.key.clone();
        let about = (writing.text, list);
        if let Some(named) = self.named_place(&mut writing.lists, about, &name, key) {
            let value = value_of(&other.value);
            self.json_value((&named.place, named.pair, None), named.field, value)?;
            self.end_named(&named);
        }
        Ok(())
    }

    /// Writes a list or an object without anything in it, for which no field is declared.
    fn json_hollow(&mut self, writing: &mut Writing<'_, '_>, text: Vec<u8>) -> Result<(), Stop> {
        let (name, key) = (writing.path.name(), writing.key.clone());
        let named = match writing.form.others {
            Some(list) => self.named_place(&mut writing.lists, (writing.text, list), &name, key),
            None => None,
        };
        let Some(named) = named else {
            self.out.push(&text);
            return Ok(());
        };
        let kept = FieldValue::Kept(text);
        self.json_value((&named.place, named.pair, None), named.field, Some(&kept))?;
        self.end_named(&named);
        Ok(())
    }

    /// Writes the elements of a repeated field.
    fn json_list(
        &mut self,
        writing: &mut Writing<'_, '_>,
        (index, field): (usize, &FieldPlan),
        document: &Document,
        value: Option<&FieldValue>,
    ) -> Result<(), Stop> {
        let text = writing.text;
        let elements = match value {
            None => Vec::new(),
            Some(FieldValue::Kept(kept)) => {
                self.out.push(kept);
                return Ok(());
            }
            Some(value) => match value.elements() {
                Some(elements) => elements,
                None => return self.fail_at(text.node, Some(&field.name), EncodeProblem::Kind),
            },
        };
        let items: &[Item] = match document {
            Document::Container(container) if container.is_list => &container.items,
            _ => &[],
        };
        // One value may stand there without a list.
        let is_bare = elements.len() == 1
            && *document != Document::null()
            && !matches!(document, Document::Container(container) if container.is_list);
        let is_empty = elements.is_empty();
        if !is_bare {
            self.out.push(b"[");
        }
        for (at, element) in elements.iter().enumerate() {
            match items.get(at) {
                Some(item) => item.push_before(at, &mut self.out.bytes),
                None if at > 0 => self.out.push(b","),
                None => {}
            }
            let (list, number) = self.next_in_list(&mut writing.lists, text.node, index);
            let place = text.place(index, 0);
            self.json_value((&place, list, Some(number)), field, value_of(element))?;
            self.end_here(list);
            if let Some(item) = items.get(at) {
                self.out.push(&item.after);
            }
        }
        match document {
            Document::Container(container) if is_empty => self.out.push(container.inside()),
            _ => {}
        }
        if !is_bare {
            self.out.push(b"]");
        }
        Ok(())
    }

    /// Writes a value.
    fn json_value(
        &mut self,
        (place, parent, at): (&FieldPlace, usize, Option<usize>),
        field: &FieldPlan,
        value: Option<&FieldValue>,
    ) -> Result<(), Stop> {
        let mut node = Node::new(Some(place.index), Value::Missing, 0..0);
        node.index = at;
        let node = self.tree.add(Some(parent), node);
        if node >= NODES {
            return self.fail(node, EncodeProblem::TooMuch);
        }
        let of = self.type_of((place, node), field)?;
        let begin = self.out.bytes.len();
        let is_null = matches!(value, Some(FieldValue::Kept(kept)) if kept == NULL);
        if let FieldType::Struct(number) = of
            && !is_null
        {
            return self.json_type((place, node), field, number, value);
        }
        match self.token((place, node), field, of, value) {
            Ok(token) if !is_null => self.out.push(&token),
            Ok(_) => self.out.push(NULL),
            Err(problem) => return self.fail(node, problem),
        }
        let end = self.out.bytes.len();
        self.set_json(node, (field, of), begin..end);
        Ok(())
    }

    /// Sets the value of a node to what the decoder reads from these bytes.
    fn set_json(&mut self, node: usize, (field, of): (&FieldPlan, FieldType), range: Range<usize>) {
        let text = self.out.bytes.get(range.clone()).unwrap_or_default();
        let inner = match text {
            [b'"', .., b'"'] => range.start + 1..range.end - 1,
            _ => range,
        };
        let content = self.out.bytes.get(inner.clone()).unwrap_or_default();
        let value = match (&field.kind, of) {
            (FieldKind::Type(_), FieldType::Text(_)) => json_value(text, &inner, true),
            (
                FieldKind::Type(_),
                FieldType::Written {
                    notation: Notation::Scalar,
                    ..
                },
            ) => json_value(text, &inner, false),
            _ if text == NULL => Value::Missing,
            (_, FieldType::Written { notation, charset }) => notation
                .read(content)
                .unwrap_or_else(|| Value::Text(charset, inner.clone())),
            (_, FieldType::Text(charset)) => Value::Text(charset, inner.clone()),
            _ => Value::Bytes(inner.clone()),
        };
        self.set(node, value, inner);
    }

    /// Writes a type: JSON as it is, another text in quotation marks.
    fn json_type(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        number: usize,
        value: Option<&FieldValue>,
    ) -> Result<(), Stop> {
        let is_json = matches!(self.plan.form_of(number), Some(TextForm::Json(_)));
        if !is_json {
            self.out.push(b"\"");
        }
        let begin = self.out.bytes.len();
        let value = value.map(FieldValue::plain);
        self.inner((place, node), field, number, value.as_deref())?;
        if !is_json {
            let written = self.out.bytes.get(begin..).unwrap_or_default();
            let needs_escape = |byte: &&u8| byte.is_ascii_control() || b"\"\\".contains(*byte);
            if let Some(byte) = written.iter().find(needs_escape).copied() {
                return self.fail(node, EncodeProblem::Separator(byte));
            }
            self.out.push(b"\"");
        }
        Ok(())
    }
}

/// Whether values have neither fields nor elements.
pub(super) fn is_plain(field: &FieldPlan) -> bool {
    let is_type = |of: &FieldType| matches!(of, FieldType::Struct(_));
    matches!(field.repeat, Repeat::Once) && !field.types().iter().any(is_type)
}
