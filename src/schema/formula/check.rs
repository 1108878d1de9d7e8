//! The names of a formula.

use super::mistake::FormulaProblem;
use crate::schema::decode::FUNCTIONS;
use crate::schema::expression::{Expression, Term};
use crate::schema::plan::Plan;

/// Checks the names of a formula, and puts numbers for those of values. Returns whether it depends
/// on the message that is answered.
///
/// # Errors
/// The first mistake.
pub(super) fn check(expression: &mut Expression, plan: &Plan) -> Result<bool, FormulaProblem> {
    if let Some(mistake) = expression.mistake() {
        return Err(FormulaProblem::Expression(mistake.clone()));
    }
    term(&mut expression.root, plan)
}

fn term(of: &mut Term, plan: &Plan) -> Result<bool, FormulaProblem> {
    let all = |terms: &mut [Term]| {
        let mut asks = false;
        for inner in terms {
            asks |= term(inner, plan)?;
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
            let enumeration = plan.enums.iter().position(|known| known.path == *path);
            let value = enumeration.and_then(|known| plan.value_of(known, name));
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
        Term::Member(of, _) | Term::Unary(_, of) => term(of, plan),
        Term::Call(of, _, terms) => Ok(term(of, plan)? | all(terms)?),
        Term::Index(of, with) | Term::Binary(_, of, with) => {
            Ok(term(of, plan)? | term(with, plan)?)
        }
        Term::Choice(condition, holds, other) => {
            Ok(term(condition, plan)? | term(holds, plan)? | term(other, plan)?)
        }
        Term::Unreadable(_)
        | Term::Field(_)
        | Term::Integer(_)
        | Term::Float(_)
        | Term::Text(_)
        | Term::Bool(_) => Ok(false),
    }
}
