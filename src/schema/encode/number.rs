//! Writes numbers.

use super::values::FieldValue;
use super::{Encoder, FieldPlace};
use crate::payload::EncodeProblem;
use crate::schema::field_type::FieldType;
use crate::schema::number::Number;
use crate::schema::plan::{FieldPlan, Plan};
use crate::schema::type_spec::{Display, ValueBounds};
use std::net::Ipv4Addr;

impl Encoder<'_> {
    /// Writes a number.
    pub(super) fn number(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        of: FieldType,
        value: Option<&FieldValue>,
    ) -> Result<(), EncodeProblem> {
        match (of, value) {
            (_, Some(FieldValue::Kept(bytes))) => {
                let fits = match of {
                    FieldType::Integer { width, .. } | FieldType::Float { width, .. } => {
                        bytes.len() == usize::from(width)
                    }
                    FieldType::Varint => true,
                    _ => false,
                };
                if !fits {
                    return Err(EncodeProblem::Kind);
                }
                self.out.push(bytes);
                return Ok(());
            }
            (FieldType::Float { width, order }, value) => {
                let bits = self.float(field, width, value)?;
                self.out.number(bits, width, order);
                return Ok(());
            }
            _ => {}
        }
        let whole = match value {
            Some(FieldValue::KeptBits(bits)) => i128::from(*bits),
            Some(value) => whole(self.plan, field, value)?,
            None if place.follows => self.computed.get(&node).copied().unwrap_or(0),
            None => self.usual(place.around, field),
        };
        let (bits, signed) = match of {
            FieldType::Integer { width, signed, .. } => {
                (8 * width, signed && field.relation.is_none())
            }
            FieldType::Bits { count, .. } => (count, false),
            _ => (64, false),
        };
        let range = match signed {
            true => -(1_i128 << (bits - 1))..1_i128 << (bits - 1),
            false => 0..1_i128 << bits,
        };
        if !range.contains(&whole) {
            return Err(EncodeProblem::Range { bits, signed });
        }
        // Its two's complement, if it is negative.
        let bits = (whole & i128::from(u64::MAX)) as u64;
        match of {
            FieldType::Integer { width, order, .. } => self.out.number(bits, width, order),
            FieldType::Bits {
                count,
                lowest_first,
            } => self.out.bits(bits, count, lowest_first),
            _ => self.out.varint(bits),
        }
        Ok(())
    }

    /// The bits of a number with a fraction.
    fn float(
        &mut self,
        field: &FieldPlan,
        width: u8,
        value: Option<&FieldValue>,
    ) -> Result<u64, EncodeProblem> {
        let is_scaled = field.scale.is_some() || field.offset.is_some();
        let value = match value {
            None => 0.0,
            Some(FieldValue::Number(number)) => number.real(),
            Some(FieldValue::Written(text)) => {
                let digits = without_unit(field, text);
                let wrong = |_| EncodeProblem::NotNumber(text.clone());
                let is_named = digits
                    .trim_start_matches(['+', '-'])
                    .starts_with(['i', 'I']);
                let value = digits.parse::<f64>().map_err(wrong)?;
                if value.is_infinite() && !is_named {
                    return Err(EncodeProblem::TooLarge);
                }
                if width == 4 && !is_scaled {
                    // A double between them would round twice.
                    let value = digits.parse::<f32>().map_err(wrong)?;
                    return match value.is_infinite() && !is_named {
                        true => Err(EncodeProblem::TooLarge),
                        false => Ok(value.to_bits().into()),
                    };
                }
                value
            }
            Some(_) => return Err(EncodeProblem::Kind),
        };
        let value = unscaled(field, value);
        match width {
            4 => match value as f32 {
                near if near.is_infinite() && value.is_finite() => Err(EncodeProblem::TooLarge),
                near => Ok(near.to_bits().into()),
            },
            _ => Ok(value.to_bits()),
        }
    }

    /// The least value with a name that is not negative.
    fn first_named(&self, enumeration: usize) -> i128 {
        let names = self.plan.enums.get(enumeration);
        let first = names.and_then(|of| of.names.keys().find(|value| **value >= 0));
        first.map_or(0, |value| i128::from(*value))
    }

    /// The number that a field has if none is given: one that is valid, if such a one is known.
    pub(super) fn usual(&mut self, around: usize, field: &FieldPlan) -> i128 {
        let Some(ValueBounds {
            eq,
            min,
            max,
            any_of,
            in_enum,
            ..
        }) = &field.check
        else {
            // One that has a name, where 0 has none.
            let names = field
                .names
                .filter(|names| self.plan.name_of(*names, 0).is_none());
            return names.map_or(0, |names| self.first_named(names));
        };
        if let Some(one) = eq.as_ref().or_else(|| any_of.first()) {
            let one = self.evaluate(around, |decoder, scope| decoder.whole(one, scope));
            return one.unwrap_or(0);
        }
        if *in_enum {
            return field.names.map_or(0, |names| self.first_named(names));
        }
        let mut bound = |bound: &Option<_>| {
            let bound = bound.as_ref()?;
            self.evaluate(around, |decoder, scope| decoder.whole(bound, scope))
                .ok()
        };
        match (bound(min), bound(max)) {
            (Some(min), _) if min > 0 => min,
            (_, Some(max)) if max < 0 => max,
            _ => 0,
        }
    }
}

/// The whole number of a value, before its scale and offset.
pub(super) fn whole(
    plan: &Plan,
    field: &FieldPlan,
    value: &FieldValue,
) -> Result<i128, EncodeProblem> {
    let is_scaled = field.scale.is_some() || field.offset.is_some();
    let text = match value {
        FieldValue::Number(Number::Whole(value)) if !is_scaled => return Ok(*value),
        FieldValue::Number(number) => return round(unscaled(field, number.real())),
        FieldValue::Written(text) => text,
        _ => return Err(EncodeProblem::Kind),
    };
    let trimmed = text.trim();
    if let Some(value) = field.names.and_then(|names| plan.value_of(names, trimmed)) {
        return Ok(i128::from(value));
    }
    match trimmed {
        "true" => return Ok(1),
        "false" => return Ok(0),
        _ => {}
    }
    if field.show == Some(Display::Ip)
        && let Ok(address) = trimmed.parse::<Ipv4Addr>()
    {
        return Ok(u32::from(address).into());
    }
    let digits = without_unit(field, trimmed);
    match (integer(digits), is_scaled) {
        (Some(value), false) => return Ok(value),
        (Some(value), true) => return round(unscaled(field, value as f64)),
        (None, _) => {}
    }
    let real = digits.parse::<f64>().ok().filter(|value| value.is_finite());
    let real = real.ok_or_else(|| EncodeProblem::NotNumber(text.clone()))?;
    if !is_scaled && real.fract() != 0.0 {
        return Err(EncodeProblem::NotWhole(text.clone()));
    }
    round(unscaled(field, real))
}

/// The nearest whole number.
fn round(value: f64) -> Result<i128, EncodeProblem> {
    match value.is_finite() && value.abs() < 1e30 {
        true => Ok(value.round() as i128),
        false => Err(EncodeProblem::NotNumber(value.to_string())),
    }
}

/// A number before its scale and offset.
pub(super) fn unscaled(field: &FieldPlan, value: f64) -> f64 {
    (value - field.offset.unwrap_or(0.0)) / field.scale.unwrap_or(1.0)
}

/// The text of a number, whose unit may be behind it.
pub(super) fn without_unit<'a>(field: &FieldPlan, text: &'a str) -> &'a str {
    let text = text.trim();
    let unit = field.unit.as_deref();
    unit.and_then(|unit| text.strip_suffix(unit))
        .unwrap_or(text)
        .trim_end()
}

/// A whole number: `12`, `-3`, `0x1F`, `0b101`.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let value = if let Some(digits) = lower.strip_prefix("0x") {
        u64::from_str_radix(digits, 16).ok()?
    } else if let Some(digits) = lower.strip_prefix("0b") {
        u64::from_str_radix(digits, 2).ok()?
    } else {
        lower
            .chars()
            .all(|c| c.is_ascii_digit())
            .then(|| lower.parse().ok())??
    };
    Some(sign * i128::from(value))
}
