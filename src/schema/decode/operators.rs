//! Operators and methods of expressions, on values without a message.

use super::evaluated::Evaluated;
use crate::payload::EvaluationFault;
use crate::payload::charset::{Charset, DecodedPart};
use crate::schema::expression::{BinaryOperator, UnaryOperator};
use std::cmp::Ordering;

type Result<T> = std::result::Result<T, EvaluationFault>;

/// The text of these bytes; those that are no character are written as `\xFF`.
pub(in crate::schema) fn text(charset: Charset, bytes: &[u8]) -> String {
    let mut all = String::new();
    for part in charset.decode(bytes) {
        match part {
            DecodedPart::Text(text) => all.push_str(&text),
            DecodedPart::Bad(bytes) => {
                all.extend(bytes.iter().map(|byte| format!("\\x{byte:02X}")));
            }
        }
    }
    all
}

pub(super) fn unary(operator: UnaryOperator, of: &Evaluated) -> Result<Evaluated> {
    let overflow = EvaluationFault::Overflow;
    match (operator, of) {
        (UnaryOperator::Minus, Evaluated::Integer(value)) => {
            value.checked_neg().map(Evaluated::Integer).ok_or(overflow)
        }
        (UnaryOperator::Minus, Evaluated::Float(value)) => Ok(Evaluated::Float(-value)),
        (UnaryOperator::Invert, Evaluated::Integer(value)) => Ok(Evaluated::Integer(!value)),
        (UnaryOperator::Not, Evaluated::Bool(value)) => Ok(Evaluated::Bool(!value)),
        _ => Err(EvaluationFault::Kind),
    }
}

/// The result that the left side alone decides.
pub(super) fn decided(operator: BinaryOperator, left: &Evaluated) -> Option<bool> {
    match (operator, left) {
        (BinaryOperator::Or, Evaluated::Bool(true)) => Some(true),
        (BinaryOperator::And, Evaluated::Bool(false)) => Some(false),
        _ => None,
    }
}

/// Whether the operator asks for equality, or for its opposite.
pub(super) fn equality(operator: BinaryOperator) -> Option<bool> {
    match operator {
        BinaryOperator::Equal => Some(true),
        BinaryOperator::NotEqual => Some(false),
        _ => None,
    }
}

pub(super) fn is_equal(left: &Evaluated, right: &Evaluated) -> bool {
    match (left, right) {
        (Evaluated::Bytes(bytes), Evaluated::List(list))
        | (Evaluated::List(list), Evaluated::Bytes(bytes)) => {
            let same = |(byte, one): (&u8, &Evaluated)| matches!(one, Evaluated::Integer(value) if *value == i128::from(*byte));
            bytes.len() == list.len() && bytes.iter().zip(list).all(same)
        }
        (Evaluated::List(left), Evaluated::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| is_equal(a, b))
        }
        (Evaluated::Bool(left), Evaluated::Bool(right)) => left == right,
        // One bit is a truth, and is written 0 or 1 as often.
        (Evaluated::Bool(truth), Evaluated::Integer(number))
        | (Evaluated::Integer(number), Evaluated::Bool(truth)) => *number == i128::from(*truth),
        (Evaluated::Node(left), Evaluated::Node(right)) => left == right,
        _ => compare(left, right).is_ok_and(Ordering::is_eq),
    }
}

pub(super) fn compare(left: &Evaluated, right: &Evaluated) -> Result<Ordering> {
    let float = |value: &Evaluated| match value {
        Evaluated::Integer(value) => Some(*value as f64),
        Evaluated::Float(value) => Some(*value),
        _ => None,
    };
    let order = match (left, right) {
        (Evaluated::Integer(left), Evaluated::Integer(right)) => Some(left.cmp(right)),
        (Evaluated::Text(left), Evaluated::Text(right)) => Some(left.cmp(right)),
        (Evaluated::Bytes(left), Evaluated::Bytes(right)) => Some(left.cmp(right)),
        _ => float(left)
            .zip(float(right))
            .and_then(|(left, right)| left.partial_cmp(&right)),
    };
    order.ok_or(EvaluationFault::Kind)
}

pub(super) fn binary(
    operator: BinaryOperator,
    left: &Evaluated,
    right: &Evaluated,
) -> Result<Evaluated> {
    use BinaryOperator as Operator;
    match (operator, left, right) {
        (Operator::Or | Operator::And, Evaluated::Bool(_), Evaluated::Bool(right)) => {
            // The left side has decided nothing.
            Ok(Evaluated::Bool(*right))
        }
        (Operator::Less, ..) => compare(left, right).map(|order| Evaluated::Bool(order.is_lt())),
        (Operator::LessEqual, ..) => {
            compare(left, right).map(|order| Evaluated::Bool(order.is_le()))
        }
        (Operator::Greater, ..) => compare(left, right).map(|order| Evaluated::Bool(order.is_gt())),
        (Operator::GreaterEqual, ..) => {
            compare(left, right).map(|order| Evaluated::Bool(order.is_ge()))
        }
        (Operator::Add, Evaluated::Text(left), Evaluated::Text(right)) => {
            short(format!("{left}{right}"))
        }
        (_, Evaluated::Integer(left), Evaluated::Integer(right)) => {
            integers(operator, *left, *right).map(Evaluated::Integer)
        }
        (_, Evaluated::Float(left), Evaluated::Float(right)) => floats(operator, *left, *right),
        (_, Evaluated::Integer(left), Evaluated::Float(right)) => {
            floats(operator, *left as f64, *right)
        }
        (_, Evaluated::Float(left), Evaluated::Integer(right)) => {
            floats(operator, *left, *right as f64)
        }
        _ => Err(EvaluationFault::Kind),
    }
}

/// The longest text that is made, in bytes: a few of them would double without end.
const LONGEST: usize = 4_096;

/// A text that is not too long.
pub(super) fn short(text: String) -> Result<Evaluated> {
    match text.len() > LONGEST {
        true => Err(EvaluationFault::TooMuch),
        false => Ok(Evaluated::Text(text)),
    }
}

/// Division rounds down, and a remainder is never negative.
pub(super) fn integers(operator: BinaryOperator, left: i128, right: i128) -> Result<i128> {
    let shift = || u32::try_from(right).ok().filter(|shift| *shift < 127);
    let value = match operator {
        BinaryOperator::Add => left.checked_add(right),
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        BinaryOperator::Divide => {
            let (quotient, rest) = (left.checked_div(right), left.checked_rem(right));
            let rounds = rest.is_some_and(|rest| rest != 0 && (rest < 0) != (right < 0));
            quotient.map(|quotient| quotient - i128::from(rounds))
        }
        BinaryOperator::Remainder => left.checked_rem_euclid(right),
        BinaryOperator::BitOr => Some(left | right),
        BinaryOperator::BitXor => Some(left ^ right),
        BinaryOperator::BitAnd => Some(left & right),
        BinaryOperator::ShiftLeft => shift().and_then(|shift| left.checked_mul(1_i128 << shift)),
        BinaryOperator::ShiftRight => shift().map(|shift| left >> shift),
        _ => return Err(EvaluationFault::Kind),
    };
    value.ok_or(EvaluationFault::Overflow)
}

fn floats(operator: BinaryOperator, left: f64, right: f64) -> Result<Evaluated> {
    Ok(Evaluated::Float(match operator {
        BinaryOperator::Add => left + right,
        BinaryOperator::Subtract => left - right,
        BinaryOperator::Multiply => left * right,
        BinaryOperator::Divide => left / right,
        BinaryOperator::Remainder => left.rem_euclid(right),
        _ => return Err(EvaluationFault::Kind),
    }))
}

/// Where a part begins and how long it is, from the places of its begin and its end.
fn part(arguments: &[Evaluated]) -> Result<(usize, usize)> {
    let [Evaluated::Integer(from), Evaluated::Integer(to)] = arguments else {
        return Err(EvaluationFault::Kind);
    };
    let place = |at: &i128| usize::try_from(*at).map_err(|_| EvaluationFault::Absent);
    let (from, to) = (place(from)?, place(to)?);
    Ok((from, to.saturating_sub(from)))
}

/// Combines each byte with one of a key, which is repeated. Kaitai Struct writes this
/// `process: xor(key)`. An empty key changes nothing.
pub(super) fn xor(mut bytes: Vec<u8>, arguments: &[Evaluated]) -> Result<Evaluated> {
    let [Evaluated::Bytes(key)] = arguments else {
        return Err(EvaluationFault::Kind);
    };
    for (byte, key) in bytes.iter_mut().zip(key.iter().cycle()) {
        *byte ^= *key;
    }
    Ok(Evaluated::Bytes(bytes))
}

/// A member or a method of a value without a message.
pub(super) fn member(of: Evaluated, name: &str, arguments: &[Evaluated]) -> Result<Evaluated> {
    let count = |count: usize| Ok(Evaluated::Integer(count as i128));
    match (of, name) {
        (Evaluated::Text(text), "length" | "size") => count(text.chars().count()),
        (Evaluated::Text(text), "reverse") => Ok(Evaluated::Text(text.chars().rev().collect())),
        (Evaluated::Text(text), "to_i") => {
            let radix = match arguments {
                [] => 10,
                [Evaluated::Integer(radix @ 2..=36)] => u32::try_from(*radix).unwrap_or(10),
                _ => return Err(EvaluationFault::Kind),
            };
            let value = i128::from_str_radix(text.trim(), radix);
            value
                .map(Evaluated::Integer)
                .map_err(|_| EvaluationFault::Kind)
        }
        (Evaluated::Text(text), "substring") => {
            let (from, length) = part(arguments)?;
            let part = text.chars().skip(from).take(length);
            Ok(Evaluated::Text(part.collect()))
        }
        (Evaluated::Bytes(bytes), "substring") => {
            let (from, length) = part(arguments)?;
            let part = bytes.into_iter().skip(from).take(length);
            Ok(Evaluated::Bytes(part.collect()))
        }
        (Evaluated::Bytes(bytes), "length" | "size") => count(bytes.len()),
        (Evaluated::List(list), "length" | "size") => count(list.len()),
        (value @ Evaluated::Integer(_), "to_i") => Ok(value),
        (Evaluated::Integer(value), "to_s") => Ok(Evaluated::Text(value.to_string())),
        (Evaluated::Bool(value), "to_i") => Ok(Evaluated::Integer(i128::from(value))),
        (Evaluated::Float(value), "to_i") if value.abs() < 1e18 => {
            Ok(Evaluated::Integer(value.trunc() as i128))
        }
        (Evaluated::Bytes(bytes), "first") => {
            let first = bytes.first().ok_or(EvaluationFault::Absent)?;
            Ok(Evaluated::Integer(i128::from(*first)))
        }
        (Evaluated::Bytes(bytes), "last") => {
            let last = bytes.last().ok_or(EvaluationFault::Absent)?;
            Ok(Evaluated::Integer(i128::from(*last)))
        }
        _ => Err(EvaluationFault::Unsupported),
    }
}
