//! The value of a field as a number.

use super::Schema;
use super::show::{digits, float, scaled};
use super::tree::{Node, Value};
use crate::payload::json;
use std::cmp::Ordering;
use std::{fmt, io};

/// A number: whole as it was read, or with its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    Whole(i128),
    Real(f64),
}

impl Number {
    pub fn real(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Real(value) => value,
        }
    }

    /// The order of two numbers; `None` if one is no number.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => Some(one.cmp(&other)),
            (one, other) => one.real().partial_cmp(&other.real()),
        }
    }

    /// Appends it as JSON. JSON has no `NaN` and no `inf`, and readers take whole numbers of at most
    /// 64 bits: these are texts.
    pub(super) fn push_json(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Whole(value) => match (u64::try_from(value), i64::try_from(value)) {
                (Ok(value), _) => json::push(out, &value),
                (_, Ok(value)) => json::push(out, &value),
                _ => json::push_text(out, &value.to_string()),
            },
            Self::Real(value) if value.is_finite() => json::push(out, &value),
            Self::Real(value) => json::push_text(out, &value.to_string()),
        }
    }
}

/// How much of a number of 32 and of 64 bits other arithmetic may change: a few of its last digits.
const OF_SINGLE: f64 = 1e-6;
const OF_DOUBLE: f64 = 1e-12;

/// As a field of this value is shown, without its unit.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(value) => write!(f, "{value}"),
            Self::Real(value) => f.write_str(&float(*value, *value)),
        }
    }
}

impl Schema {
    /// The number that a node is, with its scale and offset.
    pub fn number(&self, node: &Node) -> Option<Number> {
        let field = self.field_of(node);
        let number = match &node.value {
            Value::Integer(value) => Number::Whole(*value),
            Value::Float(value) => Number::Real(*value),
            // As it is written, not with the digits that a double has more.
            Value::Single(value) => Number::Real(value.to_string().parse().ok()?),
            _ => return None,
        };
        let factors = field.map_or((None, None), |field| (field.scale, field.offset));
        Some(match factors {
            (None, None) => number,
            // As it is shown: a product has more digits than that.
            _ => Number::Real(scaled(field, number.real(), String::new).parse().ok()?),
        })
    }

    /// How far from the number of a node another one may be that is meant to be the same: half a
    /// unit of its last digit if it has a scale or an offset, otherwise a millionth of a number of
    /// 32 bits and a millionth of a millionth of one of 64. `None` for a whole number, which has to
    /// be the same, and for what is no number.
    pub fn tolerance(&self, node: &Node) -> Option<f64> {
        self.number(node)?;
        if let Some(field) = self.field_of(node)
            && (field.scale.is_some() || field.offset.is_some())
        {
            let digits = i32::try_from(digits(field.scale, field.offset)).ok()?;
            return Some(0.5 * 10_f64.powi(-digits));
        }
        match &node.value {
            Value::Single(value) => Some(f64::from(value.abs()) * OF_SINGLE),
            Value::Float(value) => Some(value.abs() * OF_DOUBLE),
            _ => None,
        }
    }

    /// The name of a value that has one.
    pub fn name_of_value(&self, node: &Node) -> Option<&str> {
        let names = self.field_of(node)?.names?;
        let value = match node.value {
            Value::Integer(value) => i64::try_from(value).ok()?,
            Value::Bool(value) => i64::from(value),
            _ => return None,
        };
        self.plan().name_of(names, value)
    }
}
