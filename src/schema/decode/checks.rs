//! Whether values are valid, and say of other fields what is there.

use super::cursor::Cursor;
use super::evaluate::Scope;
use super::evaluated::Evaluated;
use super::{Decoder, operators};
use crate::payload::EvaluationFault;
use crate::schema::plan::{FieldPlan, Relation};
use crate::schema::tree::{Fault, Tree, Value};
use crate::schema::type_spec::ValueBounds;

impl Decoder<'_> {
    /// Marks a value that is not valid.
    pub(super) fn check(&mut self, node: usize, field: &FieldPlan, scope: usize, cursor: &Cursor) {
        if let (Some(contents), Some(read)) = (&field.contents, self.tree.node(node)) {
            let bytes = self.bytes.get(read.range.clone()).unwrap_or_default();
            if bytes != contents {
                self.mark(node, Fault::Contents);
            }
        }
        if let Some(check) = &field.check {
            let scope = Scope {
                element: Some(node),
                ..Scope::of(scope, cursor)
            };
            let names = field.names;
            match self.is_valid(node, check, names, &scope) {
                Ok(true) => {}
                Ok(false) => self.mark(node, Fault::Invalid),
                Err(fault) => self.mark(node, Fault::Expression(fault)),
            }
        }
    }

    fn is_valid(
        &mut self,
        node: usize,
        check: &ValueBounds,
        names: Option<usize>,
        scope: &Scope,
    ) -> Result<bool, EvaluationFault> {
        let value = self.value(node)?;
        if let Some(equal) = &check.eq {
            let equal = self.evaluate(&equal.root, scope)?;
            if !self.is_equal(&value, &equal) {
                return Ok(false);
            }
        }
        for (bound, is_least) in [(&check.min, true), (&check.max, false)] {
            if let Some(bound) = bound {
                let bound = self.evaluate(&bound.root, scope)?;
                let order = operators::compare(&value, &bound)?;
                if order.is_lt() && is_least || order.is_gt() && !is_least {
                    return Ok(false);
                }
            }
        }
        if !check.any_of.is_empty() {
            let mut found = false;
            for one in &check.any_of {
                let one = self.evaluate(&one.root, scope)?;
                found |= self.is_equal(&value, &one);
            }
            if !found {
                return Ok(false);
            }
        }
        if check.in_enum {
            let named = match (&value, names) {
                (Evaluated::Integer(value), Some(names)) => i64::try_from(*value)
                    .ok()
                    .and_then(|value| self.plan.name_of(names, value)),
                _ => None,
            };
            if named.is_none() {
                return Ok(false);
            }
        }
        check
            .expr
            .as_ref()
            .map_or(Ok(true), |holds| self.truth(holds, scope))
    }

    /// Marks numbers that say something else of the other fields than what is there. `first` is
    /// the first field of the type.
    pub(super) fn check_relations(&mut self, around: usize, first: usize) {
        let children: Vec<usize> = self.tree.children(around).collect();
        for node in &children {
            let Some(read) = self.tree.node(*node) else {
                continue;
            };
            let relation = read
                .field
                .and_then(|field| self.plan.field(field)?.relation.as_ref());
            let (Some(relation), Value::Integer(value)) = (relation, &read.value) else {
                continue;
            };
            // A signed number is compared by its bits.
            let bits = 8 * read.range.len().min(8);
            let value = if *value < 0 {
                *value + (1 << bits)
            } else {
                *value
            };
            let right = right_value(self.tree, &children, first, relation, self.bytes);
            let fault = match relation {
                Relation::Counts(_) => Fault::Count(right),
                Relation::Checksum { .. } => Fault::Checksum(right),
            };
            if value != i128::from(right) {
                self.mark(*node, fault);
            }
        }
    }
}

/// The right value of a length or checksum field. `children` are the nodes of its type, whose
/// first field is `first`.
pub fn right_value(
    tree: &Tree,
    children: &[usize],
    first: usize,
    relation: &Relation,
    bytes: &[u8],
) -> u64 {
    let (Relation::Counts(covers) | Relation::Checksum { covers, .. }) = relation;
    let covered = children.iter().filter_map(|node| {
        let node = tree.node(*node)?;
        let place = node.field?.checked_sub(first)?;
        covers.contains(&place).then(|| node.range.clone())
    });
    let all = covered.reduce(|all, next| all.start.min(next.start)..all.end.max(next.end));
    let bytes = all.and_then(|all| bytes.get(all)).unwrap_or_default();
    match relation {
        Relation::Counts(_) => bytes.len() as u64,
        Relation::Checksum { sum, .. } => sum.of(bytes).into(),
    }
}
