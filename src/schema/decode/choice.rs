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
        if let Some(value) = self.plain_integer(&on.root, scope) {
            self.spend(cases.len() + 1)?;
            let plain = |(case, _): &(Expression, FieldType)| case.constant();
            if cases.iter().all(|case| plain(case).is_some()) {
                let found = cases.iter().find(|case| plain(case) == Some(value));
                return Ok(found.map(|(_, of)| *of).or(other));
            }
        }
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
