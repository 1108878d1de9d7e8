//! Parameters of types.

use super::evaluate::Scope;
use super::evaluated::Evaluated;
use super::{Decoder, NODES};
use crate::payload::EvaluationFault;
use crate::schema::expression::Expression;
use crate::schema::tree::Node;

impl Decoder<'_> {
    /// Gives the type of this number, at its node, its parameters: the values of `arguments`, a
    /// list, where the type is used.
    pub(super) fn give(
        &mut self,
        node: usize,
        number: usize,
        arguments: &Expression,
        scope: &Scope,
    ) -> Result<(), EvaluationFault> {
        let Evaluated::List(values) = self.evaluate(&arguments.root, scope)? else {
            return Err(EvaluationFault::Kind);
        };
        for (index, value) in self.plan.params_of(number).zip(values) {
            if self.tree.len() >= NODES {
                return Err(EvaluationFault::TooMuch);
            }
            let value = Self::kept(value);
            self.tree
                .add(Some(node), Node::new(Some(index), value, 0..0));
        }
        Ok(())
    }
}
