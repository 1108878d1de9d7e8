//! The bytes that a step expects.

use super::steps::ExpectCondition;
use crate::cli::pattern::Expectation;

/// The bytes that a condition stands for, if it has only one form.
pub(super) fn of_condition(what: &ExpectCondition) -> Option<Vec<u8>> {
    match what {
        ExpectCondition::Pattern(pattern) => of_pattern(pattern),
        ExpectCondition::Count(_) => None,
    }
}

/// The bytes that an expectation stands for, if it has only one form.
pub(super) fn of_pattern(pattern: &Expectation) -> Option<Vec<u8>> {
    match pattern {
        Expectation::Bytes(bytes) | Expectation::Hex(bytes) => {
            let bytes = bytes
                .iter()
                .map(|byte| byte.is_exact().then_some(byte.value));
            bytes.collect()
        }
        Expectation::Part(part) => Some(part.clone()),
        Expectation::Either { utf8, .. } => of_pattern(utf8),
        Expectation::Checked { payload, checksum } => {
            let mut bytes = of_pattern(payload)?;
            let sum = checksum.of(&bytes).ok()?;
            bytes.extend(sum);
            Some(bytes)
        }
        Expectation::Regex(_) | Expectation::Fields(_) => None,
    }
}
