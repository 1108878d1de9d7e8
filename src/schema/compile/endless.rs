//! Types that contain themselves.

use super::{mistake, place};
use crate::schema::field_type::FieldType;
use crate::schema::mistake::{SchemaMistake, SchemaProblem};
use crate::schema::plan::{FieldKind, Plan, Repeat};
use std::collections::BTreeSet;

/// Finds a type that contains itself in every message; `own_name` is that of the description.
///
/// # Errors
/// The first such type.
pub(super) fn find(plan: &Plan, own_name: &str) -> Result<(), SchemaMistake> {
    for number in 0..plan.types.len() {
        let (mut seen, mut next) = (BTreeSet::new(), vec![number]);
        while let Some(inner) = next.pop() {
            // A text need not have a field that its type has.
            if plan.form_of(inner).is_some() {
                continue;
            }
            let (seq, _) = plan.fields_of(inner);
            for field in plan.fields.get(seq).unwrap_or_default() {
                let always = field.condition.is_none() && matches!(field.repeat, Repeat::Once);
                if let (true, FieldKind::Type(FieldType::Struct(of))) = (always, &field.kind) {
                    if *of == number {
                        let path = plan.types.get(number).map(|of| of.path.clone());
                        let path = path.unwrap_or_default();
                        let place = place(&path, "");
                        let name = match path.as_str() {
                            "" => own_name.to_owned(),
                            _ => path,
                        };
                        return mistake(place, SchemaProblem::Endless(name));
                    }
                    if seen.insert(*of) {
                        next.push(*of);
                    }
                }
            }
        }
    }
    Ok(())
}
