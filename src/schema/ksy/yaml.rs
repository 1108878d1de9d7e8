//! The values of a text in YAML, with their places.

use super::{KsyMistake, TextPlace};
use crate::payload::printable;
use crate::schema::LONGEST_TEXT;
use crate::schema::mistake::{ExpectedValue, SchemaProblem};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::{Location, MessageFormatter as _, Spanned, UserMessageFormatter};
use std::fmt;

/// How deep lists and maps may be nested, and the most values.
const DEPTH: usize = 32;
const VALUES: usize = 200_000;
/// The most uses of anchors. Each repeats a part of the text, which may use others.
const ALIASES: usize = 8;

/// A value, and where it begins.
#[derive(Debug)]
pub(super) struct Node {
    pub at: TextPlace,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Nothing,
    Flag(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map, its place, and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub at: TextPlace,
    /// As it is written: `0x1F`, `kind::reply`.
    pub key: String,
    pub value: Node,
}

/// Reads a text.
///
/// # Errors
/// It is no YAML, or uses too much of it.
pub(super) fn read(text: &str) -> Result<Node, KsyMistake> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            max_nodes: VALUES,
            max_aliases: ALIASES,
            max_anchors: ALIASES,
            max_merge_keys: ALIASES,
            max_total_scalar_bytes: LONGEST_TEXT,
        },
        // `y` and `no` are names.
        strict_booleans: true,
        null_as_string: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let message = UserMessageFormatter.format_message(error.without_snippet());
        let problem = match error.without_snippet() {
            serde_saphyr::Error::Budget { .. } => SchemaProblem::YamlTooMuch {
                depth: DEPTH,
                aliases: ALIASES,
            },
            _ => SchemaProblem::Yaml(printable::line(message.as_bytes())),
        };
        KsyMistake {
            at: error.location().map_or(TextPlace::BEGIN, TextPlace::from),
            problem,
        }
    })
}

impl From<Location> for TextPlace {
    fn from(location: Location) -> Self {
        Self {
            line: location.line() as usize,
            column: location.column() as usize,
        }
    }
}

impl Node {
    pub(super) fn expected<T>(&self, value: ExpectedValue) -> Result<T, KsyMistake> {
        self.at.mistake(SchemaProblem::Expected(value))
    }

    /// A text, or another plain value as it is written in expressions.
    pub(super) fn text(&self) -> Result<String, KsyMistake> {
        match &self.value {
            Value::Text(text) => Ok(text.trim().to_owned()),
            Value::Flag(value) => Ok(value.to_string()),
            Value::Integer(value) => Ok(value.to_string()),
            Value::Float(value) => Ok(value.to_string()),
            Value::Nothing | Value::List(_) | Value::Map(_) => self.expected(ExpectedValue::Text),
        }
    }

    pub(super) fn flag(&self) -> Result<bool, KsyMistake> {
        match self.value {
            Value::Flag(value) => Ok(value),
            _ => self.expected(ExpectedValue::Flag),
        }
    }

    pub(super) fn byte(&self) -> Result<u8, KsyMistake> {
        let byte = match self.value {
            Value::Integer(value) => u8::try_from(value).ok(),
            _ => None,
        };
        byte.map_or_else(|| self.expected(ExpectedValue::Byte), Ok)
    }

    /// The bytes of a text, of a number, or of a list of these.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, KsyMistake> {
        match &self.value {
            Value::Text(text) => Ok(text.as_bytes().to_vec()),
            Value::List(parts) => {
                let parts: Result<Vec<_>, _> = parts.iter().map(Self::bytes).collect();
                Ok(parts?.concat())
            }
            _ => Ok(vec![self.byte()?]),
        }
    }

    pub(super) fn items(&self) -> Result<&[Self], KsyMistake> {
        match &self.value {
            Value::List(items) => Ok(items),
            _ => self.expected(ExpectedValue::List),
        }
    }

    /// The entries of a map; nothing is an empty one.
    pub(super) fn entries(&self) -> Result<&[Entry], KsyMistake> {
        match &self.value {
            Value::Map(entries) => Ok(entries),
            Value::Nothing => Ok(&[]),
            _ => self.expected(ExpectedValue::Map),
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }
}

impl Entry {
    pub(super) fn unsupported<T>(&self) -> Result<T, KsyMistake> {
        self.at
            .mistake(SchemaProblem::Unsupported(self.key.clone()))
    }

    /// Passes over a key for other programs, which begins with `-`.
    ///
    /// # Errors
    /// Any other key, which means nothing here.
    pub(super) fn pass_over(&self) -> Result<(), KsyMistake> {
        match self.key.starts_with('-') {
            true => Ok(()),
            false => self.at.mistake(SchemaProblem::UnknownKey(self.key.clone())),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, defined, .. } = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self {
            at: defined.into(),
            value,
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E: Error>(self) -> Result<Value, E> {
                Ok(Value::Nothing)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Flag(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Integer(value.into()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Integer(value.into()))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Float(value))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Value::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    entries.push(Entry {
                        at: key.defined.into(),
                        key: key.value,
                        value: map.next_value()?,
                    });
                }
                Ok(Value::Map(entries))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
