//! Fields whose values follow from others: the length of a text, the number of elements.

use super::expression::{BinaryOperator, Expression, Term};
use super::field_type::FieldType;
use super::plan::{FieldKind, FieldPlan, Plan, Repeat};
use std::ops::Range;

/// The fields among those of a type that say how long later ones are, or how many elements these
/// have: each with such a field. Numbers with a relation are not among them.
pub(super) fn fields(plan: &Plan, seq: &Range<usize>) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for index in seq.clone() {
        let Some(field) = plan.field(index) else {
            continue;
        };
        let from = lengths(field).filter_map(only_field);
        let from = from.filter(|from| {
            let is_before = seq.contains(from) && *from < index;
            is_before && plan.field(*from).is_some_and(can_follow)
        });
        found.extend(from.map(|from| (from, index)));
    }
    found
}

/// The expressions that say how long a field is, and how many elements it has.
pub(super) fn lengths(field: &FieldPlan) -> impl Iterator<Item = &Expression> {
    let times = match &field.repeat {
        Repeat::Times(times) => Some(times),
        _ => None,
    };
    field.length.size.iter().chain(times)
}

fn can_follow(field: &FieldPlan) -> bool {
    let is_number = match &field.kind {
        FieldKind::Type(of) => matches!(
            of,
            FieldType::Integer { .. } | FieldType::Bits { .. } | FieldType::Varint
        ),
        FieldKind::Chosen { .. } => false,
    };
    is_number && field.relation.is_none() && matches!(field.repeat, Repeat::Once)
}

/// The only field that an expression depends on, if [`solve`] can find its value.
pub(super) fn only_field(expression: &Expression) -> Option<usize> {
    solve(&expression.root, 0).map(|(field, _)| field)
}

/// The only field of an expression, and the value of it with which the expression has this one.
pub(super) fn solve(term: &Term, wanted: i128) -> Option<(usize, i128)> {
    ways(term).into_iter().find_map(|(field, steps)| {
        let value = steps
            .iter()
            .try_fold(wanted, |value, step| step.apply(value))?;
        Some((field, value))
    })
}

/// A step from the value of an expression back to that of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InverseStep {
    Add(i128),
    Subtract(i128),
    Multiply(i128),
    /// Where nothing remains.
    Divide(i128),
}

impl InverseStep {
    fn apply(self, value: i128) -> Option<i128> {
        match self {
            Self::Add(by) => value.checked_add(by),
            Self::Subtract(by) => value.checked_sub(by),
            Self::Multiply(by) => value.checked_mul(by),
            Self::Divide(by) => (value.checked_rem(by)? == 0).then(|| value / by),
        }
    }
}

/// The ways from the value of an expression back to a field: each with that field and its steps.
/// The first that leads to a number counts; there is none where the expression has several fields.
pub(super) fn ways(term: &Term) -> Vec<(usize, Vec<InverseStep>)> {
    let (of, step) = match term {
        Term::Field(index) => return vec![(*index, Vec::new())],
        // `n > 8 ? -1 : n`: the case in which the field matters.
        Term::Choice(_, holds, other) => {
            let mut found = ways(other);
            found.extend(ways(holds));
            return found;
        }
        Term::Binary(operator, left, right) => match (operator, &**left, &**right) {
            (BinaryOperator::Add, of, Term::Integer(by))
            | (BinaryOperator::Add, Term::Integer(by), of) => (of, InverseStep::Subtract(*by)),
            (BinaryOperator::Subtract, of, Term::Integer(by)) => (of, InverseStep::Add(*by)),
            (BinaryOperator::Multiply, of, Term::Integer(by))
            | (BinaryOperator::Multiply, Term::Integer(by), of) => (of, InverseStep::Divide(*by)),
            (BinaryOperator::Divide, of, Term::Integer(by)) => (of, InverseStep::Multiply(*by)),
            (BinaryOperator::ShiftLeft, of, Term::Integer(by @ 0..=62)) => {
                (of, InverseStep::Divide(1 << by))
            }
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let mut found = ways(of);
    for (_, steps) in &mut found {
        steps.insert(0, step);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_solved_for_its_field() {
        let solved = |text: &str, wanted| {
            let mut root = Expression::new(text).root;
            replace(&mut root);
            solve(&root, wanted)
        };
        fn replace(term: &mut Term) {
            match term {
                Term::Name(_) => *term = Term::Field(3),
                Term::Binary(_, left, right) => {
                    replace(left);
                    replace(right);
                }
                _ => {}
            }
        }
        assert_eq!(solved("n", 7), Some((3, 7)));
        assert_eq!(solved("n - 4", 7), Some((3, 11)));
        assert_eq!(solved("2 * (n + 1)", 8), Some((3, 3)));
        assert_eq!(solved("n * 4", 7), None, "no whole number");
        assert_eq!(solved("n << 2", 8), Some((3, 2)));
        assert_eq!(solved("n / 2", 8), Some((3, 16)));
        for text in ["n + n", "8", "10 - n", "n * 0"] {
            assert_eq!(solved(text, 8), None, "{text}");
        }
    }
}
