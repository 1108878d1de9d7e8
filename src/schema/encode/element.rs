//! Writes one value of a field.

use super::shown::{Shown, shown};
use super::values::{FieldValue, FieldValues};
use super::{Encoder, FieldPlace, NODES, Stop};
use crate::payload::{EncodeProblem, EvaluationFault, hex};
use crate::schema::decode::Cursor;
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldKind, FieldPlan};
use crate::schema::tree::{Fault, Node, OPEN, Value};
use crate::schema::type_spec::Display;
use std::borrow::Cow;
use std::net::IpAddr;

impl Encoder<'_> {
    /// Writes one value of a field; returns its node.
    pub(super) fn element(
        &mut self,
        place: &FieldPlace,
        (parent, at): (usize, Option<usize>),
        field: &FieldPlan,
        value: Option<&FieldValue>,
    ) -> Result<usize, Stop> {
        let value = value.map(FieldValue::plain);
        let value = value.as_deref();
        let mut node = Node::new(Some(place.index), Value::Missing, 0..0);
        node.index = at;
        let node = self.tree.add(Some(parent), node);
        if node >= NODES {
            return self.fail(node, EncodeProblem::TooMuch);
        }
        let of = self.type_of((place, node), field)?;
        if !matches!(of, FieldType::Bits { .. }) {
            self.out.align();
        }
        let (begin, bit) = (self.out.at(), self.out.bit);
        let written = match of {
            FieldType::Struct(number) => return self.inner((place, node), field, number, value),
            FieldType::Bytes | FieldType::Text(_) => self.content((place, node), field, of, value),
            FieldType::Written { notation, .. } => {
                self.written((place, node), field, (of, notation), value)
            }
            _ => self.number((place, node), field, of, value),
        };
        if let Err(problem) = written {
            return self.fail(node, problem);
        }
        // What was written is read as the decoder will.
        let mut cursor = Cursor::new(begin..self.out.bytes.len());
        cursor.bit = bit;
        let read = match of {
            FieldType::Bytes | FieldType::Text(_) | FieldType::Written { .. } => {
                let read = self.evaluate(place.around, |decoder, _| {
                    match decoder.bytes_of(field, of, place.around, &mut cursor) {
                        // What its size depends on is not written yet.
                        Err((_, Fault::Expression(fault))) => Err(fault),
                        Ok(value) | Err((value, _)) => Ok(value),
                    }
                });
                let whole = begin..self.out.bytes.len();
                let read = read.unwrap_or(match of {
                    FieldType::Text(charset) => Value::Text(charset, whole),
                    _ => Value::Bytes(whole),
                });
                match of {
                    FieldType::Written { notation, .. } => self.number_in(read, notation),
                    _ => read,
                }
            }
            _ => match cursor.number(of, &self.out.bytes) {
                Ok(value) | Err((value, _)) => value,
            },
        };
        let end = self.out.bytes.len();
        self.set(node, read, begin..end);
        Ok(node)
    }

    /// The type of a field here.
    pub(super) fn type_of(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
    ) -> Result<FieldType, Stop> {
        let of = match &field.kind {
            FieldKind::Type(of) => return Ok(*of),
            FieldKind::Chosen {
                on, cases, other, ..
            } => self.evaluate(place.around, |decoder, scope| {
                decoder.choose(on, cases, *other, scope)
            }),
        };
        match of {
            Ok(Some(of)) => Ok(of),
            Ok(None) => self.fail(node, EncodeProblem::NoType),
            Err(fault) => self.fail(node, EncodeProblem::Expression(fault)),
        }
    }

    /// Writes bytes or a text, with what fills it up and ends it.
    pub(super) fn content(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        of: FieldType,
        value: Option<&FieldValue>,
    ) -> Result<(), EncodeProblem> {
        if let Some(FieldValue::Kept(bytes)) = value {
            self.out.push(bytes);
            self.find_size((place, node), field, bytes.len());
            return Ok(());
        }
        let length = &field.length;
        let size = match &length.size {
            Some(size) if !place.is_free => {
                let size =
                    self.evaluate(place.around, |decoder, scope| decoder.integer(size, scope));
                match size {
                    Ok(size) => Some(size),
                    // It depends on the end of the message.
                    Err(EvaluationFault::Absent) => None,
                    Err(fault) => return Err(EncodeProblem::Expression(fault)),
                }
            }
            Some(_) => None,
            None => field
                .contents
                .as_ref()
                .map(|contents| contents.len() as i128),
        };
        let expected = size;
        // No message is that long.
        let size = size.map(|size| usize::try_from(size).unwrap_or(NODES));
        let mut bytes = match value {
            Some(value) => bytes_of(field, of, value)?.into_owned(),
            None => match (&field.contents, size, of) {
                (Some(contents), ..) => contents.clone(),
                // A text is blank, and bytes are 0.
                (None, Some(size), FieldType::Text(_)) if length.terminator.is_none() => {
                    vec![length.pad.unwrap_or(b' '); size.min(NODES)]
                }
                (None, Some(size), _) => vec![length.pad.unwrap_or(0); size.min(NODES)],
                _ => Vec::new(),
            },
        };
        let content = bytes.len();
        if let Some(terminator) = length.terminator.filter(|of| !of.include)
            && bytes.contains(&terminator.byte)
            && size.is_none_or(|size| value.is_some() && content < size)
        {
            return Err(EncodeProblem::Terminator(terminator.byte));
        }
        if let Some(terminator) = length.terminator
            && !terminator.include
            && terminator.consume
            && size.is_none_or(|size| bytes.len() < size)
        {
            bytes.push(terminator.byte);
        }
        if let Some((size, expected)) = size.zip(expected) {
            match length.pad.or(length.terminator.map(|_| 0)) {
                Some(fill) if bytes.len() < size => bytes.resize(size, fill),
                _ => {}
            }
            if bytes.len() as i128 != expected {
                self.note(node, size_problem(content, expected));
            }
        }
        self.out.push(&bytes);
        self.find_size((place, node), field, bytes.len());
        Ok(())
    }

    fn find_size(&mut self, (place, node): (&FieldPlace, usize), field: &FieldPlan, bytes: usize) {
        if let Some(size) = &field.length.size {
            self.find(place, node, size, bytes);
        }
    }

    /// Writes a type.
    pub(super) fn inner(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        number: usize,
        value: Option<&FieldValue>,
    ) -> Result<usize, Stop> {
        let own;
        let values = match value {
            None => &FieldValues::default(),
            Some(FieldValue::Struct(values)) => values,
            Some(FieldValue::Written(text)) => match self.by_text(number, text) {
                Some(values) => {
                    own = values;
                    &own
                }
                None => return self.fail(node, EncodeProblem::Kind),
            },
            Some(_) => return self.fail(node, EncodeProblem::Kind),
        };
        let begin = self.out.bytes.len();
        let length = &field.length;
        let has_stream = length.size.is_some() || length.to_end || length.terminator.is_some();
        let stream = match self.tree.node(place.around).map(|node| &node.value) {
            Some(Value::Struct(_, stream)) if !has_stream => stream.start..OPEN,
            _ => begin..OPEN,
        };
        self.set(node, Value::Struct(number, stream), begin..begin);
        self.structure(node, number, values)?;
        if has_stream {
            self.out.align();
            self.out.push(&values.rest);
            let end = self.out.bytes.len();
            if let Some(size) = &length.size {
                if place.is_free {
                    self.find(place, node, size, end - begin);
                } else if let Ok(expected) =
                    self.evaluate(place.around, |decoder, scope| decoder.integer(size, scope))
                    && expected != (end - begin) as i128
                {
                    self.note(node, size_problem(end - begin, expected));
                }
            }
            if let Some(terminator) = length.terminator {
                self.out.push(&[terminator.byte]);
            }
            self.set(node, Value::Struct(number, begin..end), begin..end);
        } else {
            let end = self.out.bytes.len();
            if let Some(node) = self.tree.node_mut(node) {
                node.range = begin..end;
            }
        }
        Ok(node)
    }

    /// The values of a type's fields of which its text was made.
    fn by_text(&self, number: usize, text: &str) -> Option<FieldValues> {
        let text_of = self.plan.types.get(number)?.text.as_ref()?;
        let mut values = FieldValues::default();
        let written = |text: &str| FieldValue::Written(text.to_owned());
        match shown(&text_of.root)? {
            Shown::Field(field) => {
                let name = &self.plan.field(field)?.name;
                values.fields.insert(name.clone(), written(text));
            }
            Shown::Joined(list, between) => {
                let parts = text.split(between).filter(|part| !part.is_empty());
                let mut parts: Vec<_> = parts.map(written).collect();
                // What ends the list has no text.
                parts.push(FieldValue::Usual);
                let name = &self.plan.field(list)?.name;
                values.fields.insert(name.clone(), FieldValue::List(parts));
            }
        }
        Some(values)
    }
}

/// The problem of another size than this; it may agree when the message is written again.
fn size_problem(found: usize, expected: i128) -> EncodeProblem {
    match i64::try_from(expected) {
        Ok(expected) => EncodeProblem::Size { found, expected },
        Err(_) => EncodeProblem::TooMuch,
    }
}

/// The bytes of a value, without what fills it up.
fn bytes_of<'a>(
    field: &FieldPlan,
    of: FieldType,
    value: &'a FieldValue,
) -> Result<Cow<'a, [u8]>, EncodeProblem> {
    let text = match value {
        FieldValue::Bytes(bytes) => return Ok(bytes.into()),
        FieldValue::Written(text) => text,
        FieldValue::Number(number) if matches!(of, FieldType::Text(_)) => {
            return Ok(number.to_string().into_bytes().into());
        }
        _ => return Err(EncodeProblem::Kind),
    };
    if let FieldType::Text(charset) = of {
        return charset.encode(text).map_err(EncodeProblem::Charset);
    }
    let trimmed = text.trim();
    if field.show == Some(Display::Ip)
        && let Ok(address) = trimmed.parse::<IpAddr>()
    {
        return Ok(match address {
            IpAddr::V4(address) => address.octets().to_vec().into(),
            IpAddr::V6(address) => address.octets().to_vec().into(),
        });
    }
    let quoted = trimmed
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    if let Some(text) = quoted {
        return Ok(text.as_bytes().into());
    }
    // A MAC address is written with colons.
    let digits = match field.show {
        Some(Display::Mac) => trimmed.replace([':', '-'], " "),
        _ => trimmed.to_owned(),
    };
    let bytes = hex::parse(&digits);
    bytes
        .map(Cow::Owned)
        .map_err(|_| EncodeProblem::NotBytes(text.clone()))
}
