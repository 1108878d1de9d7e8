//! What a builder in Python needs of a description, beside what a parser does.

use crate::schema::code::literal::{comment, python_text};
use crate::schema::code::types::place_of;
use crate::schema::encode::{Shown, shown};
use crate::schema::expression::Expression;
use crate::schema::inferred::{InverseStep, ways};
use crate::schema::plan::{FieldPlan, Plan, Repeat, TypePlan};
use std::ops::Range;

/// What depends on a field, of the type whose fields are `seq`, and what it depends on.
pub(super) fn words(
    plan: &Plan,
    (seq, number): (&Range<usize>, usize),
    field: &FieldPlan,
) -> Vec<String> {
    let mut words = Vec::new();
    // Instances and parameters are not built.
    if !seq.contains(&number) {
        return words;
    }
    if let Some(condition) = &field.condition {
        let is_in = |index: &usize| condition.has_field(&|field| field == *index);
        words.extend(numbers("depends", seq.clone().filter(is_in)));
        let alike = plan.sharing_condition(seq, number);
        words.extend(numbers("alike", alike.filter(|other| *other != number)));
    }
    let times = match &field.repeat {
        Repeat::Times(times) => Some(times),
        Repeat::Once | Repeat::ToEnd | Repeat::Until(_) => None,
    };
    for (key, length) in [
        ("size_from", field.length.size.as_ref()),
        ("times_from", times),
    ] {
        let back = length.and_then(ways_back);
        words.extend(back.map(|ways| format!("{key}={ways}")));
    }
    words
}

fn numbers(key: &str, numbers: impl Iterator<Item = usize>) -> Option<String> {
    let all: Vec<String> = numbers.map(|number| number.to_string()).collect();
    (!all.is_empty()).then(|| format!("{key}=[{}]", all.join(", ")))
}

/// The ways from a length back to the number that says it; `None` if nothing leads back.
fn ways_back(length: &Expression) -> Option<String> {
    let step = |step: &InverseStep| match step {
        InverseStep::Add(by) => format!("(\"+\", {by})"),
        InverseStep::Subtract(by) => format!("(\"-\", {by})"),
        InverseStep::Multiply(by) => format!("(\"*\", {by})"),
        InverseStep::Divide(by) => format!("(\"/\", {by})"),
    };
    let ways = ways(&length.root).into_iter().map(|(field, steps)| {
        let steps: Vec<String> = steps.iter().map(step).collect();
        format!("({field}, [{}])", steps.join(", "))
    });
    let all: Vec<String> = ways.collect();
    (!all.is_empty()).then(|| format!("[{}]", all.join(", ")))
}

/// The field that the text of a type shows, and what stands between its elements.
pub(super) fn shown_by(of: &TypePlan) -> Option<String> {
    Some(match shown(&of.text.as_ref()?.root)? {
        Shown::Field(field) => format!("({field}, None)"),
        Shown::Joined(field, between) => format!("({field}, {})", python_text(between)),
    })
}

/// Comments that name what is not built.
pub(super) fn not_built(plan: &Plan) -> String {
    let mut text = String::new();
    for of in &plan.types {
        let instances = plan.fields.get(of.instances.clone()).unwrap_or_default();
        for field in instances.iter().filter(|field| field.place.is_some()) {
            let place = place_of(of, &field.name);
            text.push_str(&format!(
                "# build() does not write {}: it is read at a place of its own.\n",
                comment(&place)
            ));
        }
        if of.text.is_some() && shown_by(of).is_none() {
            let place = match place_of(of, "") {
                path if path.is_empty() => "the message".to_owned(),
                path => comment(&path),
            };
            text.push_str(&format!(
                "# build() takes {place} as a dictionary: its text does not say all fields.\n"
            ));
        }
    }
    text
}
