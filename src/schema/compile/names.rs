//! The names in expressions.

use crate::schema::expression::{Expression, Term};
use crate::schema::scalar::TypeReference;
use crate::schema::type_spec::{FieldSpec, ValueCheck};
use std::collections::BTreeSet;

/// All expressions of a field.
pub(super) fn expressions(field: &FieldSpec) -> impl Iterator<Item = &Expression> {
    let choice = match &field.r#type {
        Some(TypeReference::Chosen(choice)) => Some(&choice.switch_on),
        _ => None,
    };
    let own = [
        &field.size,
        &field.repeat_expr,
        &field.repeat_until,
        &field.r#if,
        &field.pos,
        &field.io,
        &field.value,
    ];
    let (equal, bounds) = match &field.valid {
        Some(ValueCheck::Equal(value)) => (Some(value), None),
        Some(ValueCheck::Within(bounds)) => (None, Some(bounds)),
        None => (None, None),
    };
    let bounds = bounds.into_iter().flat_map(|bounds| {
        let one = [&bounds.eq, &bounds.min, &bounds.max, &bounds.expr];
        one.into_iter().flatten().chain(&bounds.any_of)
    });
    own.into_iter()
        .flatten()
        .chain(choice)
        .chain(equal)
        .chain(bounds)
}

/// A name in an expression that no field has.
pub(super) fn unknown_name<'t>(term: &'t Term, known: &BTreeSet<&str>) -> Option<&'t str> {
    match term {
        Term::Name(name) if name.starts_with('_') || known.contains(name.as_str()) => None,
        Term::Name(name) => Some(name),
        Term::Unreadable(_)
        | Term::Integer(_)
        | Term::Float(_)
        | Term::Text(_)
        | Term::Bool(_)
        | Term::Constant(..) => None,
        Term::List(terms) => terms.iter().find_map(|term| unknown_name(term, known)),
        Term::Member(of, _) | Term::Unary(_, of) => unknown_name(of, known),
        Term::Call(of, _, arguments) => unknown_name(of, known)
            .or_else(|| arguments.iter().find_map(|term| unknown_name(term, known))),
        Term::Index(of, with) | Term::Binary(_, of, with) => {
            unknown_name(of, known).or_else(|| unknown_name(with, known))
        }
        Term::Choice(condition, holds, other) => [condition, holds, other]
            .into_iter()
            .find_map(|term| unknown_name(term, known)),
    }
}
