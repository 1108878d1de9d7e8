//! Values that are written in several ways: `4` or `"len - 4"`, `"u2"` or a choice, a number or a
//! text.

use super::expression::Expression;
use super::written::text;
use serde::de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A word that may be written as a number: the value of a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(pub String);

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer).map(Self)
    }
}

/// The type of a field, or a choice of types by a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TypeReference {
    Named(String),
    Chosen(TypeChoice),
}

/// The types by the value of an expression; the case `_` is for all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeChoice {
    pub switch_on: Expression,
    pub cases: BTreeMap<Word, String>,
    /// Whether the field is absent where no case holds and nothing says how long it is; otherwise
    /// that is a fault.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl<'de> Deserialize<'de> for TypeReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = TypeReference;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"u2\" / (switch_on: \"…\", cases: {…})")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<TypeReference, E> {
                Ok(TypeReference::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TypeReference, A::Error> {
                let choice = TypeChoice::deserialize(MapAccessDeserializer::new(map));
                choice.map(TypeReference::Chosen)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// Bytes that always stand in a place: a text, or a list of numbers and texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contents(pub Vec<u8>);

impl<'de> Deserialize<'de> for Contents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl<'de> Visitor<'de> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"…\" / [0x01, \"…\"]")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
                Ok(text.as_bytes().to_vec())
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Vec<u8>, E> {
                let byte = u8::try_from(value).map_err(|_| E::custom("0–255"))?;
                Ok(vec![byte])
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Vec<u8>, E> {
                let byte = u8::try_from(value).map_err(|_| E::custom("0–255"))?;
                Ok(vec![byte])
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(Contents(part)) = list.next_element()? {
                    bytes.extend(part);
                }
                Ok(bytes)
            }
        }

        deserializer.deserialize_any(Bytes).map(Contents)
    }
}

/// A text, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Vec<String>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"…\" / [\"…\", \"…\"]")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
                Ok(vec![text.to_owned()])
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(texts)
            }
        }

        deserializer.deserialize_any(Either).map(Self)
    }
}

/// The name of a value of an enumeration, with more about it or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ValueName(pub String);

impl<'de> Deserialize<'de> for ValueName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = String;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"…\" / (id: \"…\")")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<String, E> {
                Ok(name.to_owned())
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
                Ok(value.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
                let mut id = None;
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "id" => id = Some(map.next_value::<Word>()?.0),
                        _ => drop(map.next_value::<serde::de::IgnoredAny>()?),
                    }
                }
                id.ok_or_else(|| A::Error::missing_field("id"))
            }
        }

        deserializer.deserialize_any(Either).map(ValueName)
    }
}
