//! Numbers that follow from the rest of the message.

use super::{Encoder, FieldPlace};
use crate::payload::EncodeProblem;
use crate::schema::decode::right_value;
use crate::schema::expression::Expression;
use crate::schema::inferred;

impl Encoder<'_> {
    /// Whether the number of elements follows from them.
    pub(super) fn counts_follow(&self, times: &Expression, place: &FieldPlace) -> bool {
        place.is_free && inferred::only_field(times).is_some()
    }

    /// Keeps what a field must be, so that an expression has this value.
    pub(super) fn find(
        &mut self,
        place: &FieldPlace,
        node: usize,
        expression: &Expression,
        value: usize,
    ) {
        if !place.is_free || inferred::only_field(expression).is_none() {
            return;
        }
        match inferred::solve(&expression.root, value as i128) {
            None => self.note(node, EncodeProblem::NoLength(value)),
            Some((field, solution)) => {
                if let Some(node) = self.tree.child_of(place.around, field) {
                    self.found.insert(node, solution);
                }
            }
        }
    }

    /// Keeps the right numbers of the relations among the fields of a type.
    pub(super) fn find_relations(
        &mut self,
        around: usize,
        first: usize,
        follows: &impl Fn(usize) -> bool,
    ) {
        let children: Vec<usize> = self.tree.children(around).collect();
        for node in &children {
            let index = self.tree.node(*node).and_then(|node| node.field);
            let Some(field) = index.filter(|index| follows(*index)) else {
                continue;
            };
            let relation = self
                .plan
                .field(field)
                .and_then(|field| field.relation.as_ref());
            if let Some(relation) = relation {
                let right = right_value(&self.tree, &children, first, relation, &self.out.bytes);
                self.found.insert(*node, i128::from(right));
            }
        }
    }
}
