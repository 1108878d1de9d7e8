//! The parts of generated expressions that both languages share.

use super::refusal::CodeProblem;
use crate::schema::expression::{Expression, Term, UnaryOperator};

/// How deep an expression may be nested: compilers of both languages recurse.
const DEPTH: usize = 48;

/// An expression that is a value of its own.
pub(super) fn is_constant(term: &Term) -> bool {
    match term {
        Term::Integer(_) | Term::Float(_) | Term::Text(_) | Term::Bool(_) => true,
        Term::Unreadable(_)
        | Term::List(_)
        | Term::Name(_)
        | Term::Field(_)
        | Term::Constant(..)
        | Term::Member(..)
        | Term::Call(..)
        | Term::Function(..)
        | Term::Index(..)
        | Term::Unary(..)
        | Term::Binary(..)
        | Term::Choice(..) => false,
    }
}

fn depth(term: &Term) -> usize {
    1 + term
        .parts()
        .into_iter()
        .map(depth)
        .max()
        .unwrap_or_default()
}

/// The steps of a term, as the decoder counts them if each part is computed.
fn count(term: &Term) -> usize {
    1 + term.parts().into_iter().map(count).sum::<usize>()
}

/// The steps of an expression.
///
/// # Errors
/// It is nested too deeply.
pub(super) fn steps(expression: &Expression) -> Result<usize, CodeProblem> {
    match depth(&expression.root) > DEPTH {
        true => Err(CodeProblem::TooDeep(DEPTH)),
        false => Ok(count(&expression.root)),
    }
}

/// Expressions as one language writes them, with commas between them.
///
/// # Errors
/// The first that cannot be written.
pub(super) fn list(
    expressions: &[Expression],
    written: impl Fn(&Expression) -> Result<String, CodeProblem>,
) -> Result<String, CodeProblem> {
    let all: Vec<String> = expressions.iter().map(written).collect::<Result<_, _>>()?;
    Ok(all.join(", "))
}

/// The sign or word of an operator.
pub(super) fn unary_sign(operator: UnaryOperator) -> &'static str {
    match operator {
        UnaryOperator::Minus => "-",
        UnaryOperator::Not => "not",
        UnaryOperator::Invert => "~",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_has_its_steps_or_is_too_deep() {
        assert_eq!(steps(&Expression::new("a + b * [1, 2].size")), Ok(8));
        let long = format!("a{}", " + a".repeat(60));
        assert_eq!(
            steps(&Expression::new(&long)),
            Err(CodeProblem::TooDeep(DEPTH))
        );
    }
}
