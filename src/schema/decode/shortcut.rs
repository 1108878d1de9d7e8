//! Expressions about whole numbers, without the values that others need: most conditions and sizes
//! are such.

use super::{Decoder, Scope, operators};
use crate::schema::expression::{BinaryOperator, Term, UnaryOperator};
use crate::schema::tree::Value;
use std::cmp::Ordering;

/// How deep such an expression may be; deeper ones are evaluated as others are.
const DEPTH: usize = 8;

impl Decoder<'_> {
    /// Whether a condition holds, if it is about whole numbers that were read.
    pub(super) fn plain_truth(&self, term: &Term, scope: &Scope) -> Option<bool> {
        // Formulas have names of their own.
        match self.moment {
            None => self.truth_of(term, scope, DEPTH),
            Some(_) => None,
        }
    }

    /// The value of an expression, if it is about whole numbers that were read.
    pub(super) fn plain_integer(&self, term: &Term, scope: &Scope) -> Option<i128> {
        match self.moment {
            None => self.integer_of(term, scope, DEPTH),
            Some(_) => None,
        }
    }

    fn truth_of(&self, term: &Term, scope: &Scope, depth: usize) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        match term {
            Term::Bool(value) => Some(*value),
            Term::Unary(UnaryOperator::Not, of) => Some(!self.truth_of(of, scope, depth)?),
            // The right side may make sense only where the left one decides nothing.
            Term::Binary(BinaryOperator::And, left, right) => {
                Some(self.truth_of(left, scope, depth)? && self.truth_of(right, scope, depth)?)
            }
            Term::Binary(BinaryOperator::Or, left, right) => {
                Some(self.truth_of(left, scope, depth)? || self.truth_of(right, scope, depth)?)
            }
            Term::Binary(operator, left, right) => {
                let holds: fn(Ordering) -> bool = match operator {
                    BinaryOperator::Equal => Ordering::is_eq,
                    BinaryOperator::NotEqual => Ordering::is_ne,
                    BinaryOperator::Less => Ordering::is_lt,
                    BinaryOperator::LessEqual => Ordering::is_le,
                    BinaryOperator::Greater => Ordering::is_gt,
                    BinaryOperator::GreaterEqual => Ordering::is_ge,
                    _ => return None,
                };
                let left = self.integer_of(left, scope, depth)?;
                let right = self.integer_of(right, scope, depth)?;
                Some(holds(left.cmp(&right)))
            }
            _ => None,
        }
    }

    fn integer_of(&self, term: &Term, scope: &Scope, depth: usize) -> Option<i128> {
        let depth = depth.checked_sub(1)?;
        match term {
            Term::Integer(value) => Some(*value),
            Term::Field(index) => {
                let node = self.tree.child_of(scope.structure, *index)?;
                self.read_integer(node)
            }
            Term::Name(name) if name == "_" => self.read_integer(scope.element?),
            Term::Member(of, name) if matches!(&**of, Term::Name(of) if of == "_") => {
                let is_it = |node: &usize| self.name_of_node(*node) == Some(name.as_str());
                let node = self.tree.children(scope.element?).find(is_it)?;
                self.read_integer(node)
            }
            Term::Binary(operator, left, right) => {
                let left = self.integer_of(left, scope, depth)?;
                let right = self.integer_of(right, scope, depth)?;
                operators::integers(*operator, left, right).ok()
            }
            _ => None,
        }
    }

    fn name_of_node(&self, node: usize) -> Option<&str> {
        let field = self.plan.field(self.tree.node(node)?.field?)?;
        Some(&field.name)
    }

    fn read_integer(&self, node: usize) -> Option<i128> {
        match self.tree.node(node)?.value {
            Value::Integer(value) => Some(value),
            _ => None,
        }
    }
}
