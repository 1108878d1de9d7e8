//! Situations of the way to the target.

use super::diagnosis::Cure;
use super::{Check, Situation};
use crate::engine::evidence::Evidence;

/// The tests, those that explain others first.
pub(super) const CHECKS: &[Check] = &[];

/// What can be done with one click.
pub(super) fn cure(_situation: Situation, _evidence: &Evidence) -> Option<Cure> {
    None
}
