//! Types that depend on a value.

use super::Decoder;
use super::evaluate::Scope;
use crate::payload::EvaluationFault;
use crate::schema::expression::Expression;
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldKind, FieldPlan, Repeat};

impl Decoder<'_> {
    /// The type of this value.
    pub fn choose(
        &mut self,
        on: &Expression,
        cases: &[(Expression, FieldType)],
        other: Option<FieldType>,
        scope: &Scope,
    ) -> Result<Option<FieldType>, EvaluationFault> {
        let value = self.evaluate(&on.root, scope)?;
        for (case, of) in cases {
            let case = self.evaluate(&case.root, scope)?;
            if self.is_equal(&value, &case) {
                return Ok(Some(*of));
            }
        }
        Ok(other)
    }

    /// Whether a field has a type here. Only a choice that is optional has none; without a type
    /// any other one is wrong, and so is an element of a list.
    pub fn has_type(&mut self, field: &FieldPlan, scope: &Scope) -> Result<bool, EvaluationFault> {
        match (&field.kind, &field.repeat) {
            (
                FieldKind::Chosen {
                    on,
                    cases,
                    other: None,
                    optional: true,
                },
                Repeat::Once,
            ) => Ok(self.choose(on, cases, None, scope)?.is_some()),
            _ => Ok(true),
        }
    }
}
