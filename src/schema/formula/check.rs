//! The names of a formula.

use super::mistake::FormulaProblem;
use crate::schema::Schema;
use crate::schema::decode::FUNCTIONS;
use crate::schema::expression::{Expression, Term};

/// Checks the names of a formula, and puts numbers for those of values. Returns whether it depends
/// on the message that is answered.
///
/// # Errors
/// The first mistake.
pub(super) fn check(expression: &mut Expression, schema: &Schema) -> Result<bool, FormulaProblem> {
    if let Some(mistake) = expression.mistake() {
        return Err(FormulaProblem::Expression(mistake.clone()));
    }
    term(&mut expression.root, schema)
}

fn term(of: &mut Term, schema: &Schema) -> Result<bool, FormulaProblem> {
    if let Some(path) = path_in_request(of)
        && !is_known(schema, &path)
    {
        return Err(FormulaProblem::UnknownName(format!(
            "req.{}",
            path.join(".")
        )));
    }
    let all = |terms: &mut [Term]| {
        let mut asks = false;
        for inner in terms {
            asks |= term(inner, schema)?;
        }
        Ok(asks)
    };
    match of {
        Term::Name(name) => match name.as_str() {
            "req" => Ok(true),
            "count" | "time" => Ok(false),
            _ => Err(FormulaProblem::UnknownName(name.clone())),
        },
        Term::Constant(path, name) => {
            let enumeration = schema
                .plan()
                .enums
                .iter()
                .position(|known| known.path == *path);
            let value = enumeration.and_then(|known| schema.plan().value_of(known, name));
            let unknown = || FormulaProblem::UnknownName(format!("{path}::{name}"));
            *of = Term::Integer(value.ok_or_else(unknown)?.into());
            Ok(false)
        }
        Term::Function(name, terms) => {
            let known = FUNCTIONS.iter().find(|(known, _)| known == name);
            let Some((_, count)) = known else {
                return Err(FormulaProblem::UnknownFunction(name.clone()));
            };
            if terms.len() != *count {
                return Err(FormulaProblem::Arguments {
                    function: name.clone(),
                    count: *count,
                });
            }
            all(terms)
        }
        Term::List(terms) => all(terms),
        Term::Member(of, _) | Term::Unary(_, of) => term(of, schema),
        Term::Call(of, _, terms) => Ok(term(of, schema)? | all(terms)?),
        Term::Index(of, with) | Term::Binary(_, of, with) => {
            Ok(term(of, schema)? | term(with, schema)?)
        }
        Term::Choice(condition, holds, other) => {
            Ok(term(condition, schema)? | term(holds, schema)? | term(other, schema)?)
        }
        Term::Unreadable(_)
        | Term::Field(_)
        | Term::Integer(_)
        | Term::Float(_)
        | Term::Text(_)
        | Term::Bool(_) => Ok(false),
    }
}

/// The members of values that are no fields.
const MEMBERS: [&str; 7] = ["size", "length", "first", "last", "min", "max", "to_i"];

/// The names behind `req`, without places in lists.
fn path_in_request(of: &Term) -> Option<Vec<String>> {
    match of {
        Term::Name(name) if name == "req" => Some(Vec::new()),
        Term::Member(of, name) => {
            let mut path = path_in_request(of)?;
            path.push(name.clone());
            Some(path)
        }
        Term::Index(of, _) => path_in_request(of),
        _ => None,
    }
}

fn is_known(schema: &Schema, path: &[String]) -> bool {
    let is_member = |name: &String| name.starts_with('_') || MEMBERS.contains(&name.as_str());
    match path.split_last() {
        Some((last, before)) if is_member(last) && is_known(schema, before) => true,
        _ => path.is_empty() || schema.has_path(path),
    }
}
