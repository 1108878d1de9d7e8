//! How often a field is there.

use crate::schema::mistake::SchemaProblem;
use crate::schema::plan::Repeat;
use crate::schema::type_spec::FieldSpec;

/// How often the field is there.
///
/// # Errors
/// A way that does not exist, or whose expression is missing.
pub(super) fn repeat(spec: &FieldSpec) -> Result<Repeat, SchemaProblem> {
    let wrong = |way: &str| SchemaProblem::Repeat(way.to_owned());
    match spec.repeat.as_deref() {
        None => Ok(Repeat::Once),
        Some("eos") => Ok(Repeat::ToEnd),
        Some(way @ "expr") => {
            let times = spec.repeat_expr.clone();
            times.map(Repeat::Times).ok_or_else(|| wrong(way))
        }
        Some(way @ "until") => {
            let last = spec.repeat_until.clone();
            last.map(Repeat::Until).ok_or_else(|| wrong(way))
        }
        Some(way) => Err(wrong(way)),
    }
}
