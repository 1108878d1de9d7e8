//! Whether a message has fields that are not given.

use super::FieldValue;
use crate::schema::plan::Plan;
use std::ops::Range;

/// Whether a field with the same condition is given, so that this one is there as well.
pub(super) fn shares_condition<'a>(
    plan: &Plan,
    seq: &Range<usize>,
    index: usize,
    given: &impl Fn(usize) -> Option<&'a FieldValue>,
) -> bool {
    plan.sharing_condition(seq, index)
        .any(|other| given(other).is_some())
}
