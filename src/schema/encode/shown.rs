//! The fields that the text of a type was made of.

use crate::schema::expression::Term;
use crate::schema::plan::Plan;

/// What a text shows.
pub enum Shown<'a> {
    /// The value of this field.
    Field(usize),
    /// The elements of this field, with a text between them.
    Joined(usize, &'a str),
}

/// What a text with this expression shows: of a choice, its last part that shows something.
pub fn shown(term: &Term) -> Option<Shown<'_>> {
    match term {
        Term::Field(index) => Some(Shown::Field(*index)),
        Term::Call(of, name, arguments) if name == "join" => match (&**of, arguments.as_slice()) {
            (Term::Field(index), [Term::Text(between)]) if !between.is_empty() => {
                Some(Shown::Joined(*index, between))
            }
            _ => None,
        },
        Term::Choice(_, holds, other) => shown(other).or_else(|| shown(holds)),
        _ => None,
    }
}

/// Whether a value of this type can be given as its text.
pub fn is_written_by_text(plan: &Plan, number: usize) -> bool {
    let of = plan.types.get(number);
    of.and_then(|of| of.text.as_ref())
        .is_some_and(|text| shown(&text.root).is_some())
}
