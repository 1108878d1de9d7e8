//! Values of fields that are computed when a message is made: `= 20 + sine(60, 5) + noise(0.2)`,
//! `= req.seq`.
//!
//! A value that begins with `=` is an expression of descriptions, in which `req` is the message
//! that is answered, `count` the number of the message, `time` the seconds since 1970, and waves,
//! chance and comparisons are functions. Any other value is one as a person writes it.

mod check;
mod mistake;
mod overlap;

pub use mistake::{FormulaMistake, FormulaProblem};
pub(super) use overlap::overlaps;

use super::Schema;
use super::decode::{Decoder, Evaluated, Scope};
use super::encode::{FieldValue, FieldValues};
use super::expression::Expression;
use super::moment::Moment;
use super::number::Number;
use super::tree::Tree;
use crate::payload::{EncodeMistake, EncodeProblem, EvaluationFault};
use std::collections::BTreeMap;

/// Values of fields by their paths, checked.
#[derive(Clone, Debug)]
pub struct Formulas {
    fields: Vec<(String, Formula)>,
    /// Whether a value depends on the message that is answered.
    asks: bool,
    /// Whether no value changes.
    is_fixed: bool,
}

#[derive(Clone, Debug)]
enum Formula {
    /// The usual value.
    Usual,
    Written(String),
    Computed(Expression),
}

impl Formulas {
    /// Whether it answers a message: a value is taken from there.
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// Whether the message is always the same.
    pub fn is_fixed(&self) -> bool {
        self.is_fixed
    }
}

impl Schema {
    /// Checks values of fields.
    ///
    /// # Errors
    /// The first mistake, with the path of its field.
    pub fn formulas(&self, fields: &BTreeMap<String, String>) -> Result<Formulas, FormulaMistake> {
        let formulas = self.read_formulas(fields)?;
        let values = formulas.fields.iter();
        let values = values.map(|(path, value)| (path.as_str(), !matches!(value, Formula::Usual)));
        if let Some(overlap) = overlaps(values).first() {
            return Err(FormulaMistake {
                path: overlap.path.to_owned(),
                problem: FormulaProblem::Overlap(overlap.around.to_owned()),
            });
        }
        // What depends on nothing is tried at once.
        if formulas.is_fixed {
            self.compose(&formulas, &[], &mut Moment::trial())?;
        }
        Ok(formulas)
    }

    /// Reads values of fields, without a look at what they are.
    ///
    /// # Errors
    /// The first mistake, with the path of its field.
    pub(super) fn read_formulas(
        &self,
        fields: &BTreeMap<String, String>,
    ) -> Result<Formulas, FormulaMistake> {
        let mut all = Vec::with_capacity(fields.len());
        let (mut asks, mut is_fixed) = (false, true);
        for (path, text) in fields {
            let wrong = |problem| FormulaMistake {
                path: path.clone(),
                problem,
            };
            let known = self.path_with_places(path).map(str::to_owned);
            let path = known.ok_or_else(|| {
                let similar = self.similar_path(path);
                wrong(FormulaProblem::UnknownField { similar })
            })?;
            // An element without a value is there all the same.
            if text.is_empty() && path.ends_with(']') {
                all.push((path, Formula::Usual));
                continue;
            }
            let Some(formula) = text.trim_start().strip_prefix('=') else {
                all.push((path, Formula::Written(text.clone())));
                continue;
            };
            let mut expression = Expression::new(formula.trim());
            asks |= check::check(&mut expression, self).map_err(wrong)?;
            is_fixed = false;
            all.push((path, Formula::Computed(expression)));
        }
        Ok(Formulas {
            fields: all,
            asks,
            is_fixed,
        })
    }

    /// Makes a message that answers `request`, or none if that is empty.
    ///
    /// # Errors
    /// The field whose value cannot be computed, or that cannot have it.
    pub fn compose(
        &self,
        formulas: &Formulas,
        request: &[u8],
        moment: &mut Moment,
    ) -> Result<Vec<u8>, EncodeMistake> {
        let values = self.field_values(formulas, request, moment)?;
        self.encode(&values)
    }

    /// The values of fields at this moment.
    ///
    /// # Errors
    /// The field whose value cannot be computed.
    pub(super) fn field_values(
        &self,
        formulas: &Formulas,
        request: &[u8],
        moment: &mut Moment,
    ) -> Result<FieldValues, EncodeMistake> {
        let mut tree = Tree::default();
        if formulas.asks {
            self.decode(request, &mut tree);
        }
        let mut values = FieldValues::default();
        for (path, formula) in &formulas.fields {
            let wrong = |problem| EncodeMistake {
                path: path.clone(),
                problem,
            };
            let value = match formula {
                Formula::Usual => FieldValue::Usual,
                Formula::Written(text) => FieldValue::Written(text.clone()),
                Formula::Computed(expression) => {
                    let mut decoder =
                        Decoder::of_request(self.plan(), (&mut tree, request), moment);
                    let value = decoder.evaluate(&expression.root, &Scope::of_message());
                    let value = value.and_then(|value| given(self, &decoder, value));
                    value.map_err(|fault| wrong(EncodeProblem::Expression(fault)))?
                }
            };
            let set = values.set(path, value);
            set.map_err(|_| wrong(EncodeProblem::UnknownField))?;
        }
        Ok(values)
    }
}

fn is_node(value: &Result<Evaluated, EvaluationFault>) -> bool {
    matches!(value, Ok(Evaluated::Node(_)))
}

/// A computed value as one of a field.
fn given(
    schema: &Schema,
    decoder: &Decoder<'_>,
    value: Evaluated,
) -> Result<FieldValue, EvaluationFault> {
    Ok(match value {
        Evaluated::Integer(value) => FieldValue::Number(Number::Whole(value)),
        Evaluated::Float(value) => FieldValue::Number(Number::Real(value)),
        Evaluated::Bool(value) => FieldValue::Number(Number::Whole(value.into())),
        Evaluated::Text(text) => FieldValue::Text(text),
        Evaluated::Bytes(bytes) => FieldValue::Bytes(bytes),
        Evaluated::List(list) => {
            let list = list.into_iter().map(|value| given(schema, decoder, value));
            FieldValue::List(list.collect::<Result<_, _>>()?)
        }
        Evaluated::Node(node) => match decoder.elements(node) {
            // Numbers are those that are shown, whatever fields they are for.
            Some(elements) if !elements.iter().any(is_node) => {
                let elements = elements
                    .into_iter()
                    .map(|value| given(schema, decoder, value?));
                FieldValue::List(elements.collect::<Result<_, _>>()?)
            }
            _ => schema.copied(decoder.tree(), decoder.bytes(), node),
        },
        Evaluated::Stream(_) => return Err(EvaluationFault::Kind),
    })
}

#[cfg(test)]
mod tests;
