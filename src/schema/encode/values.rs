//! Values of fields, from which a message is made.

use super::shown::shown;
use crate::schema::Schema;
use crate::schema::field_path;
use crate::schema::field_type::FieldType;
use crate::schema::inferred;
use crate::schema::number::Number;
use crate::schema::plan::FieldKind;
use crate::schema::text_form::TextForm;
use crate::schema::tree::{Node, Tree, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// The most elements of a list that a path may ask for.
const ELEMENTS: usize = 20_000;

/// The fields of what no field is declared for.
pub(super) const PAIR_NAME: &str = "name";
pub(super) const PAIR_VALUE: &str = "value";

/// A value of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FieldValue {
    /// The usual value by the description, if none is given.
    #[default]
    Usual,
    /// As a person writes it: `23.5`, `0x1F`, `measurement`, `127.0.0.1`; bytes in hexadecimal, or
    /// as a text in quotation marks; the elements of a list with commas between them.
    Written(String),
    /// A text that was computed: where a text may be another value, it is a text.
    Text(String),
    /// A number as it is shown, with its scale and offset.
    Number(Number),
    Bytes(Vec<u8>),
    /// The very bytes of the field in a message, with its terminator and what fills it up.
    Kept(Vec<u8>),
    /// The very bits.
    KeptBits(u64),
    Struct(FieldValues),
    List(Vec<Self>),
}

impl FieldValue {
    /// The same, where a text is nothing but itself.
    pub(super) fn plain(&self) -> Cow<'_, Self> {
        match self {
            Self::Text(text) => Cow::Owned(Self::Written(text.clone())),
            value => Cow::Borrowed(value),
        }
    }

    /// The elements of a list; `None` if it is none.
    pub(super) fn elements(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(list) => Some(list.clone()),
            Self::Written(text) | Self::Text(text) => {
                let parts = text.split(',').map(str::trim);
                let parts = parts.filter(|part| !part.is_empty());
                Some(parts.map(|part| Self::Written(part.to_owned())).collect())
            }
            _ => None,
        }
    }
}

/// Values of the fields of a message, or of a type in it, by their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldValues {
    pub(super) fields: BTreeMap<String, FieldValue>,
    /// Bytes behind the fields.
    pub(super) rest: Vec<u8>,
    /// Of a type that is a text, the text that the values were taken from: what is not changed
    /// stays as it stands there.
    pub(super) text: Option<Vec<u8>>,
}

/// A path that cannot be set: it is none, or leads through a value that has no parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPath;

impl FieldValues {
    /// Sets the value at a path: `seq`, `body.values[2]`. What is missing before it in a list gets
    /// the usual values. In a list, any other name is that of an element which has a name and a
    /// value: `others.temp`.
    ///
    /// # Errors
    /// [`BadPath`].
    pub fn set(&mut self, path: &str, value: FieldValue) -> Result<(), BadPath> {
        let (step, rest) = match path.split_once('.') {
            Some((step, rest)) => (step, Some(rest)),
            None => (path, None),
        };
        let (name, index) = field_path::step(step).ok_or(BadPath)?;
        let mut place = self.fields.entry(name.to_owned()).or_default();
        if let Some(index) = index {
            if index >= ELEMENTS {
                return Err(BadPath);
            }
            if *place == FieldValue::Usual {
                *place = FieldValue::List(Vec::new());
            }
            let FieldValue::List(list) = place else {
                return Err(BadPath);
            };
            if list.len() <= index {
                list.resize(index + 1, FieldValue::Usual);
            }
            place = list.get_mut(index).ok_or(BadPath)?;
        }
        let Some(rest) = rest else {
            *place = value;
            return Ok(());
        };
        if let (FieldValue::List(list), None) = (&mut *place, index) {
            set_named(list, rest, value);
            return Ok(());
        }
        // A type whose bytes or text were given is given by its fields from now on.
        if !matches!(place, FieldValue::Struct(_)) {
            *place = FieldValue::Struct(Self::default());
        }
        match place {
            FieldValue::Struct(inner) => inner.set(rest, value),
            _ => Err(BadPath),
        }
    }

    /// Takes the value of a field away, so that it has its usual one.
    pub fn unset(&mut self, name: &str) {
        self.fields.remove(name);
    }
}

/// Sets the value of the element of this name, which is added if there is none.
fn set_named(list: &mut Vec<FieldValue>, name: &str, value: FieldValue) {
    let name = FieldValue::Written(name.to_owned());
    let known = list.iter_mut().find_map(|element| match element {
        FieldValue::Struct(pair) if pair.fields.get(PAIR_NAME) == Some(&name) => Some(pair),
        _ => None,
    });
    if let Some(pair) = known {
        pair.fields.insert(PAIR_VALUE.to_owned(), value);
        return;
    }
    let fields = [(PAIR_NAME, name), (PAIR_VALUE, value)];
    let fields = fields.map(|(field, value)| (field.to_owned(), value));
    list.push(FieldValue::Struct(FieldValues {
        fields: fields.into(),
        ..FieldValues::default()
    }));
}

/// How values are taken from a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copying {
    /// So that the same bytes are made of them.
    Exact,
    /// Types that have a text by that: bytes may point to others of their message.
    ByText,
}

/// The same, with the text that fields stand in.
#[derive(Clone, Copy)]
struct CopyingFrom {
    copying: Copying,
    /// Whether they are values of JSON.
    is_json: bool,
}

impl Schema {
    /// The value of a node of a message that was read, for another message: a list, a type or a
    /// field.
    pub(in crate::schema) fn copied(&self, tree: &Tree, bytes: &[u8], number: usize) -> FieldValue {
        let copying = CopyingFrom {
            copying: Copying::ByText,
            is_json: self.is_json(tree, number),
        };
        match tree.node(number).map(|node| &node.value) {
            Some(Value::List) => FieldValue::List(
                tree.children(number)
                    .map(|element| self.value_of(tree, bytes, element, copying))
                    .collect(),
            ),
            _ => self.value_of(tree, bytes, number, copying),
        }
    }

    /// The values of a message that was read, so that the same message is made of them. Lengths,
    /// counts and checksums that were right are left out: they follow from the other values.
    pub fn values(&self, tree: &Tree, bytes: &[u8]) -> FieldValues {
        let copying = CopyingFrom {
            copying: Copying::Exact,
            is_json: false,
        };
        let mut values = self.values_of(tree, bytes, 0, copying);
        let end = tree.node(0).map_or(0, |node| node.range.end);
        values.rest = bytes.get(end..).unwrap_or_default().to_vec();
        values
    }

    /// Whether a field is one of a JSON text, or of what a JSON text has no field for.
    pub(in crate::schema) fn is_json(&self, tree: &Tree, number: usize) -> bool {
        let mut around = tree.parent(number);
        while let Some(number) = around {
            let of = match tree.node(number).map(|node| &node.value) {
                Some(Value::Struct(of, _)) => self.plan().types.get(*of),
                _ => None,
            };
            if let Some(of) = of.filter(|of| !of.is_pair) {
                return matches!(of.form, Some(TextForm::Json(_)));
            }
            around = tree.parent(number);
        }
        false
    }

    fn values_of(
        &self,
        tree: &Tree,
        bytes: &[u8],
        around: usize,
        mut copying: CopyingFrom,
    ) -> FieldValues {
        let mut values = FieldValues::default();
        let Some((of, stream)) = tree.node(around).and_then(|node| match &node.value {
            Value::Struct(of, stream) => Some((*of, stream.clone())),
            _ => None,
        }) else {
            return values;
        };
        let (seq, _) = self.plan().fields_of(of);
        let form = self.plan().form_of(of);
        let is_pair = self.plan().types.get(of).is_some_and(|of| of.is_pair);
        if !is_pair {
            copying.is_json = matches!(form, Some(TextForm::Json(_)));
        }
        let inferred = inferred::fields(self.plan(), &seq);
        let mut end = stream.start;
        for child in tree.children(around) {
            let Some(node) = tree.node(child) else {
                continue;
            };
            let Some(index) = node.field.filter(|index| seq.contains(index)) else {
                continue;
            };
            let Some(field) = self.plan().field(index) else {
                continue;
            };
            end = end.max(node.range.end);
            let follows = match &field.relation {
                Some(_) => node.fault.is_none(),
                None => inferred
                    .iter()
                    .any(|(from, of)| *from == index && tree.child_of(around, *of).is_some()),
            };
            if follows {
                continue;
            }
            let value = match &node.value {
                // Where it stands it may be written in another way.
                Value::MadeText(name) if is_pair && index == seq.start => {
                    FieldValue::Written(name.to_string())
                }
                Value::List => FieldValue::List(
                    tree.children(child)
                        .map(|element| self.value_of(tree, bytes, element, copying))
                        .collect(),
                ),
                _ => self.value_of(tree, bytes, child, copying),
            };
            values.fields.insert(field.name.clone(), value);
        }
        if form.is_some() {
            let whole = tree.node(around).map(|node| node.range.clone());
            let whole = whole.map(|whole| whole.start..whole.end.min(stream.end));
            values.text = whole.and_then(|whole| bytes.get(whole)).map(<[u8]>::to_vec);
            return values;
        }
        // A type with a stream of its own may leave bytes of it.
        if around != 0
            && tree
                .node(around)
                .is_some_and(|node| node.range.end == stream.end)
        {
            values.rest = bytes.get(end..stream.end).unwrap_or_default().to_vec();
        }
        values
    }

    fn value_of(
        &self,
        tree: &Tree,
        bytes: &[u8],
        number: usize,
        copying: CopyingFrom,
    ) -> FieldValue {
        let Some(node) = tree.node(number) else {
            return FieldValue::Usual;
        };
        let is_bits = self.field_of(node).is_some_and(|field| match &field.kind {
            FieldKind::Type(of) => matches!(of, FieldType::Bits { .. }),
            // A choice of bits has whole bytes around it in no protocol known here.
            FieldKind::Chosen { .. } => false,
        });
        match &node.value {
            Value::Struct(of, _) => {
                let types = &self.plan().types;
                let shows = types.get(*of).and_then(|of| shown(&of.text.as_ref()?.root));
                match &node.text {
                    Some(text) if copying.copying == Copying::ByText && shows.is_some() => {
                        FieldValue::Written(text.to_string())
                    }
                    _ => FieldValue::Struct(self.values_of(tree, bytes, number, copying)),
                }
            }
            Value::Missing if !is_null(node, bytes) => FieldValue::Usual,
            Value::Bool(value) if is_bits => FieldValue::KeptBits((*value).into()),
            Value::Integer(value) if is_bits => match u64::try_from(*value) {
                Ok(value) => FieldValue::KeptBits(value),
                Err(_) => FieldValue::Usual,
            },
            _ => {
                let range = match copying.is_json {
                    true => with_quotes(bytes, node.range.clone()),
                    false => node.range.clone(),
                };
                FieldValue::Kept(bytes.get(range).unwrap_or_default().to_vec())
            }
        }
    }
}

/// Whether a value that was not read is the one of JSON for nothing.
pub(in crate::schema) fn is_null(node: &Node, bytes: &[u8]) -> bool {
    let text = bytes.get(node.range.clone());
    node.value == Value::Missing && node.fault.is_none() && text == Some(b"null")
}

/// The bytes of a JSON value with the quotation marks around it, if it is a string.
fn with_quotes(bytes: &[u8], inner: Range<usize>) -> Range<usize> {
    let before = inner.start.checked_sub(1);
    let is_quote = |at: usize| bytes.get(at) == Some(&b'"');
    match before {
        Some(before) if is_quote(before) && is_quote(inner.end) => before..inner.end + 1,
        _ => inner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_sets_a_value_and_what_is_around_it() {
        let mut values = FieldValues::default();
        let one = || FieldValue::Written("1".to_owned());
        assert_eq!(values.set("a", one()), Ok(()));
        assert_eq!(values.set("b.list[1].c", one()), Ok(()));
        let Some(FieldValue::Struct(b)) = values.fields.get("b") else {
            panic!("{values:?}");
        };
        let Some(FieldValue::List(list)) = b.fields.get("list") else {
            panic!("{b:?}");
        };
        assert_eq!(list.first(), Some(&FieldValue::Usual));
        assert!(matches!(list.get(1), Some(FieldValue::Struct(_))));
        for path in ["", ".a", "b.list[x]", "b.list[0", "b.list[20000]", "a[0]"] {
            assert_eq!(values.set(path, one()), Err(BadPath), "{path}");
        }
    }
}
