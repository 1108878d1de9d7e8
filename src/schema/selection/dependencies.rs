//! The fields on which expressions depend.

use super::Wanted;
use crate::schema::expression::{Expression, Term};
use crate::schema::plan::{FieldKind, FieldPlan, Plan, Repeat};
use std::collections::BTreeMap;

/// The method that asks for the texts of types.
const JOIN: &str = "join";

/// The fields that reading needs besides those that are wanted.
pub(super) struct Dependencies {
    /// Whether the place of another field depends on it, by field.
    pub steering: Vec<bool>,
    /// Whether the text of its type depends on it, by field.
    pub in_text: Vec<bool>,
    /// Whether the place of a field depends on the text of a type.
    pub needs_texts: bool,
}

impl Dependencies {
    pub fn new(plan: &Plan, wanted: &BTreeMap<usize, Wanted>) -> Self {
        let none = vec![false; plan.fields.len()];
        let mut all = Self {
            steering: none.clone(),
            in_text: none,
            needs_texts: false,
        };
        for field in &plan.fields {
            let is_in_order = field.value.is_none() && field.place.is_none();
            for expression in expressions(field) {
                // Others are computed where they are asked for, but fields of other types are
                // known by then only if they are read.
                all.add_named(plan, &expression.root);
                if is_in_order {
                    all.steer(expression);
                }
            }
        }
        for text in plan.types.iter().filter_map(|of| of.text.as_ref()) {
            all.add_named(plan, &text.root);
            add_own(&text.root, &mut all.in_text);
        }
        close(plan, &mut all.in_text);
        all.add_wanted(plan, wanted);
        let joins = close(plan, &mut all.steering);
        all.needs_texts |= joins;
        all
    }

    fn steer(&mut self, expression: &Expression) {
        add_own(&expression.root, &mut self.steering);
        self.needs_texts |= has_join(&expression.root);
    }

    /// Adds the fields beside those that are wanted and computed.
    fn add_wanted(&mut self, plan: &Plan, wanted: &BTreeMap<usize, Wanted>) {
        for (index, of) in wanted {
            for expression in plan.field(*index).into_iter().flat_map(expressions) {
                self.steer(expression);
            }
            if let Wanted::Fields(fields) = of {
                self.add_wanted(plan, fields);
            }
        }
    }

    /// Adds all fields of the names that a term has of other types.
    fn add_named(&mut self, plan: &Plan, term: &Term) {
        if let Term::Name(name) | Term::Member(_, name) | Term::Call(_, name, _) = term {
            for (is_steering, field) in self.steering.iter_mut().zip(&plan.fields) {
                *is_steering |= field.name == *name;
            }
        }
        for part in term.parts() {
            self.add_named(plan, part);
        }
    }
}

/// Adds the fields on which fields depend. Returns whether one depends on the text of a type.
fn close(plan: &Plan, fields: &mut [bool]) -> bool {
    let mut is_done = vec![false; fields.len()];
    let mut joins = false;
    loop {
        let is_new = |index: &usize| fields.get(*index) == Some(&true);
        let news = is_done.iter_mut().enumerate();
        let news = news.filter_map(|(index, is_done)| {
            (is_new(&index) && !std::mem::replace(is_done, true)).then_some(index)
        });
        let news: Vec<usize> = news.collect();
        if news.is_empty() {
            return joins;
        }
        for field in news.into_iter().filter_map(|index| plan.field(index)) {
            for expression in expressions(field) {
                add_own(&expression.root, fields);
                joins |= has_join(&expression.root);
            }
        }
    }
}

/// Adds the fields of its own type that a term names.
fn add_own(term: &Term, fields: &mut [bool]) {
    if let Term::Field(index) = term
        && let Some(is_in) = fields.get_mut(*index)
    {
        *is_in = true;
    }
    for part in term.parts() {
        add_own(part, fields);
    }
}

fn has_join(term: &Term) -> bool {
    let is_it = matches!(term, Term::Member(_, name) | Term::Call(_, name, _) if name == JOIN);
    is_it || term.parts().into_iter().any(has_join)
}

/// The expressions that say where a field and what is behind it stand, or what its value is.
fn expressions(field: &FieldPlan) -> Vec<&Expression> {
    let mut all: Vec<&Expression> = Vec::new();
    all.extend(&field.condition);
    all.extend(&field.arguments);
    all.extend(&field.length.size);
    all.extend(&field.value);
    if let Some(place) = &field.place {
        all.push(&place.at);
        all.extend(&place.stream);
    }
    if let Repeat::Times(times) | Repeat::Until(times) = &field.repeat {
        all.push(times);
    }
    if let FieldKind::Chosen { on, cases, .. } = &field.kind {
        all.push(on);
        all.extend(cases.iter().map(|(case, _)| case));
    }
    all
}
