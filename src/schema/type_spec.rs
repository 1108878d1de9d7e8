//! A description as it is written, in the vocabulary of Kaitai Struct. Keys with a hyphen there
//! have an underscore here.

use super::expression::Expression;
use super::scalar::{Contents, Texts, TypeReference, ValueName};
use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A type: the description itself, or one of the types in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeSpec {
    pub meta: TypeMeta,
    pub doc: Option<String>,
    /// The text of a value of this type.
    pub to_string: Option<Expression>,
    /// Values that a field of this type gives it: `type: "part(len - 4)"`.
    pub params: Vec<ParamSpec>,
    /// Fields one after the other. Of a type that is a text, by `pattern`, `pairs` or `json`, they
    /// stand where that finds them.
    pub seq: Vec<FieldSpec>,
    /// A text that this regular expression matches, or the first of several that does. Its named
    /// groups are fields.
    pub pattern: Option<Texts>,
    /// A text of keys with values, which are fields.
    pub pairs: Option<PairsSpec>,
    /// A JSON text, whose values are fields.
    pub json: bool,
    /// Types that fields here and in types below may have, by name.
    pub types: BTreeMap<String, Self>,
    /// Fields at other places, and computed values.
    pub instances: BTreeMap<String, FieldSpec>,
    /// Names of values, by enumeration.
    pub enums: BTreeMap<String, BTreeMap<i64, ValueName>>,
}

/// The name of the protocol, and defaults of a type and of the types in it: byte order, encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeMeta {
    /// The name of the protocol.
    pub id: Option<String>,
    pub title: Option<String>,
    /// `be` or `le`: the byte order of numbers whose type has none.
    pub endian: Option<String>,
    /// The order of bit fields: `be` if none is given.
    pub bit_endian: Option<String>,
    /// The encoding of texts whose field has none.
    pub encoding: Option<String>,
    /// Where messages end in a stream, as a command line says it: `length:2`, `lines`.
    pub framing: Option<String>,
    /// The field that a reply and its request have in common.
    pub reply_by: Option<String>,
    /// On a framed stream, the bytes before a message: its length, as DNS has it over TCP.
    pub stream_prefix: Option<usize>,
}

/// A parameter of a type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParamSpec {
    pub id: String,
    pub doc: Option<String>,
    /// A built-in type, or `bool`. Its value is already read, so it has no byte order.
    pub r#type: Option<String>,
    /// The enumeration that names its values.
    pub r#enum: Option<String>,
}

/// How keys and values stand in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairsSpec {
    /// The characters that end a pair.
    pub between: String,
    /// The characters that end a key.
    pub within: String,
    /// Whether keys are the same in capital and small letters.
    #[serde(default)]
    pub any_case: bool,
    /// Whether a value in quotation marks may have those characters in it.
    #[serde(default)]
    pub quotes: bool,
}

/// A field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldSpec {
    pub id: Option<String>,
    pub doc: Option<String>,
    /// In `pairs` its key, in `json` the name of a member or a JSON pointer, or several of which
    /// one stands there; `id` if there is none.
    pub key: Option<Texts>,
    /// Bytes if there is none; in a type that is a text, `str`, and in `json`, `scalar`.
    pub r#type: Option<TypeReference>,
    /// In bytes.
    pub size: Option<Expression>,
    /// Up to the end of what is around it.
    pub size_eos: bool,
    /// `expr`, `eos` or `until`.
    pub repeat: Option<String>,
    pub repeat_expr: Option<Expression>,
    pub repeat_until: Option<Expression>,
    /// The field exists only where this holds.
    pub r#if: Option<Expression>,
    pub contents: Option<Contents>,
    /// The enumeration that names its values.
    pub r#enum: Option<String>,
    pub encoding: Option<String>,
    /// The byte that ends it.
    pub terminator: Option<u8>,
    /// Whether that byte belongs to its value; it does not if none is given.
    pub include: bool,
    /// Whether that byte is taken; it is if nothing is given.
    pub consume: Option<bool>,
    /// Whether that byte must come; it must if nothing is given.
    pub eos_error: Option<bool>,
    /// The byte that fills it up to its size.
    pub pad_right: Option<u8>,
    pub valid: Option<ValueCheck>,
    /// Of an instance: the offset in its stream.
    pub pos: Option<Expression>,
    /// Of an instance: the stream.
    pub io: Option<Expression>,
    /// Of an instance: its value.
    pub value: Option<Expression>,
    /// The factor by which a number is multiplied to be shown, before `offset` is added.
    pub scale: Option<f64>,
    pub offset: Option<f64>,
    /// The unit of a number: `°C`.
    pub unit: Option<String>,
    pub show: Option<Display>,
    /// Whether it stands in the line of its message; it does if nothing is given.
    pub summary: Option<bool>,
    /// The fields whose bytes this number counts: `type..` or `type..crc`.
    pub counts: Option<String>,
    /// The checksum that this number is: `CRC-16/MODBUS`.
    pub checksum: Option<String>,
    /// The fields that the checksum covers; all before it if none is given.
    pub covers: Option<String>,
}

/// How a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    Dec,
    Hex,
    Bin,
    /// An IPv4 or IPv6 address.
    Ip,
    Mac,
    /// Seconds since 1970.
    Time,
    /// Milliseconds since 1970.
    TimeMillis,
}

/// The condition for a valid value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ValueCheck {
    Equal(Expression),
    Within(Box<ValueBounds>),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueBounds {
    pub eq: Option<Expression>,
    pub min: Option<Expression>,
    pub max: Option<Expression>,
    pub any_of: Vec<Expression>,
    pub expr: Option<Expression>,
    pub in_enum: bool,
}

impl<'de> Deserialize<'de> for ValueCheck {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = ValueCheck;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("1 / (min: 0, max: 9)")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ValueCheck, E> {
                Ok(ValueCheck::Equal(Expression::new(text)))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<ValueCheck, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<ValueCheck, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<ValueCheck, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ValueCheck, A::Error> {
                let bounds = ValueBounds::deserialize(MapAccessDeserializer::new(map));
                bounds.map(|bounds| ValueCheck::Within(Box::new(bounds)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl ParamSpec {
    /// A field without bytes.
    pub(super) fn as_field(&self) -> FieldSpec {
        FieldSpec {
            id: Some(self.id.clone()),
            doc: self.doc.clone(),
            r#enum: self.r#enum.clone(),
            // A field with a value has no bytes. The argument takes its place.
            value: Some(Expression::new("0")),
            summary: Some(false),
            ..FieldSpec::default()
        }
    }
}

impl FieldSpec {
    /// The types that its value may have: one, or those of its choice.
    pub fn type_names(&self) -> impl Iterator<Item = &str> {
        let (one, cases) = match &self.r#type {
            None => (None, None),
            Some(TypeReference::Named(name)) => (Some(name.as_str()), None),
            Some(TypeReference::Chosen(choice)) => (None, Some(&choice.cases)),
        };
        let cases = cases.into_iter().flatten();
        one.into_iter().chain(cases.map(|(_, name)| name.as_str()))
    }
}
