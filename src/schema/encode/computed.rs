//! Fields that no value can be given for, because they are computed from others.

use crate::schema::expression::Term;
use crate::schema::plan::Plan;
use std::collections::BTreeSet;

/// The names of the fields of a type that this instance of it is computed from, in their order.
/// `None` if the type has no instance of this name. It is empty where only other types, or a place
/// of its own, say the value.
pub(super) fn sources(plan: &Plan, of: usize, name: &str) -> Option<Vec<String>> {
    let (seq, mut instances) = plan.fields_of(of);
    let is_it = |index: &usize| plan.field(*index).is_some_and(|field| field.name == name);
    let first = instances.find(is_it)?;
    let (mut asked, mut seen, mut found) = (vec![first], BTreeSet::new(), BTreeSet::new());
    while let Some(index) = asked.pop() {
        let value = plan.field(index).and_then(|field| field.value.as_ref());
        let Some(value) = value.filter(|_| seen.insert(index)) else {
            continue;
        };
        let mut named = Vec::new();
        add_fields(&value.root, &mut named);
        for index in named {
            match seq.contains(&index) {
                true => {
                    found.insert(index);
                }
                false => asked.push(index),
            }
        }
    }
    let fields = found.into_iter().filter_map(|index| plan.field(index));
    Some(fields.map(|field| field.name.clone()).collect())
}

fn add_fields(term: &Term, fields: &mut Vec<usize>) {
    if let Term::Field(index) = term {
        fields.push(*index);
    }
    for part in term.parts() {
        add_fields(part, fields);
    }
}
