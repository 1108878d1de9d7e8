//! The parts of generated fields and types that both languages share.

use super::refusal::{CodeProblem, CodeRefusal};
use crate::schema::expression::Expression;
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldPlan, Plan, Repeat, TypePlan};
use crate::schema::type_spec::{Display, ValueBounds};
use std::ops::Range;

/// How a value is shown, as in descriptions; `None` for decimal numbers.
pub(super) fn show_word(show: Display) -> Option<&'static str> {
    match show {
        Display::Dec => None,
        Display::Hex => Some("hex"),
        Display::Bin => Some("bin"),
        Display::Ip => Some("ip"),
        Display::Mac => Some("mac"),
        Display::Time => Some("time"),
        Display::TimeMillis => Some("time_millis"),
    }
}

/// How a field is repeated, as in descriptions; `None` for one that is not.
pub(super) fn repeat_word(repeat: &Repeat) -> Option<&'static str> {
    match repeat {
        Repeat::Once => None,
        Repeat::Times(_) => Some("expr"),
        Repeat::ToEnd => Some("eos"),
        Repeat::Until(_) => Some("until"),
    }
}

/// The expressions of a field with their names in the code, but those of its type, its repetition
/// and its checks.
pub(super) fn expressions_of(
    field: &FieldPlan,
) -> impl Iterator<Item = (&'static str, &Expression)> {
    let place = field.place.as_ref();
    let all = [
        ("condition", field.condition.as_ref()),
        ("size", field.length.size.as_ref()),
        ("pos", place.map(|place| &place.at)),
        ("io", place.and_then(|place| place.stream.as_ref())),
        ("value", field.value.as_ref()),
        ("arguments", field.arguments.as_ref()),
    ];
    present(all)
}

/// The bounds of a value that are one expression, with their names in the code.
pub(super) fn bounds_of(check: &ValueBounds) -> impl Iterator<Item = (&'static str, &Expression)> {
    present([
        ("eq", check.eq.as_ref()),
        ("min", check.min.as_ref()),
        ("max", check.max.as_ref()),
        ("expr", check.expr.as_ref()),
    ])
}

fn present<'a, const N: usize>(
    all: [(&'static str, Option<&'a Expression>); N],
) -> impl Iterator<Item = (&'static str, &'a Expression)> {
    let present = |(key, expression): (_, Option<_>)| Some((key, expression?));
    all.into_iter().filter_map(present)
}

/// The path of a type and the name of its field: `query.name`.
pub(super) fn place_of(of: &TypePlan, field: &str) -> String {
    let parts = of.path.split("::").chain([field]);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

/// What cannot be expressed of a field of a type; without a name, of the type's text.
pub(super) fn refusal(of: &TypePlan, field: &str, problem: CodeProblem) -> CodeRefusal {
    CodeRefusal {
        field: place_of(of, field),
        problem,
    }
}

/// The fields of a type among all fields: those one after the other, its instances, and its
/// parameters.
pub(super) fn fields_of(of: &TypePlan) -> Range<usize> {
    of.seq.start..of.params.end
}

/// Checks that no type is a text: both languages read fields one after the other.
///
/// # Errors
/// The first one that is.
pub(super) fn check_forms(plan: &Plan) -> Result<(), CodeRefusal> {
    let texts = plan.types.iter();
    let mut texts = texts.filter_map(|of| Some((of, of.form.as_ref()?)));
    match texts.next() {
        Some((of, form)) => Err(refusal(of, "", CodeProblem::TextForm(form.word()))),
        None => Ok(()),
    }
}

/// How many fields stand at all paths of a type, up to `most`. A type in itself has the paths of
/// the outer one.
pub(super) fn paths(plan: &Plan, most: usize) -> usize {
    count(plan, 0, &mut Vec::new(), most)
}

fn count(plan: &Plan, number: usize, outer: &mut Vec<usize>, most: usize) -> usize {
    if outer.contains(&number) {
        return 0;
    }
    outer.push(number);
    let fields = plan.types.get(number).map_or(0..0, fields_of);
    let mut found = 0;
    for field in fields.filter_map(|index| plan.field(index)) {
        for of in field.types() {
            if found >= most {
                break;
            }
            found += 1;
            if let FieldType::Struct(inner) = of
                && field.value.is_none()
            {
                found += count(plan, inner, outer, most - found);
            }
        }
    }
    outer.pop();
    found
}
