//! Why a well-formed value in a file cannot be used.

use crate::automation::impair::PlanMistake;
use crate::automation::rules::RuleProblem;
use crate::payload::TextMistake;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A well-formed value that cannot be used.
///
/// A type that deserialises itself can pass only a text to serde. `Display` is therefore JSON,
/// which [`ValueMistake::of`] parses at the other end, so that the mistake stays a typed value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ValueMistake {
    /// A text that is not a number with a unit of time.
    Duration(String),
    /// A text that is not a network of IP addresses.
    Network(String),
    /// A duplicate name.
    Repeated(String),
    EmptyName,
    /// A name with characters that cannot be printed.
    UnprintableName(String),
    /// A number out of its range.
    OutOfRange {
        field: String,
        least: f64,
        most: f64,
    },
    /// A step with none, or several, of the fields that exclude each other.
    OneOf {
        step: String,
        fields: Vec<String>,
    },
    /// A field `hex` that is not hexadecimal.
    Hex(TextMistake),
    /// A field `regex` that is not a regular expression.
    Regex(RuleProblem),
    /// A field `checksum` with an unknown name; these are similar.
    Checksum {
        known: Vec<String>,
    },
    /// A `checksum` beside a `count`: a count has no message to check.
    ChecksumOfCount,
    /// A `checksum` beside `fields` to send: the description says which fields are checksums.
    ChecksumOfFields,
    /// A scenario without steps.
    NoSteps,
    /// A program without a file to run.
    NoProgram,
    /// A regular expression for an address without a group.
    NoGroup,
    /// An invalid rule.
    Rule {
        /// Counted from 1.
        number: usize,
        /// Empty if it has none.
        name: String,
        problem: RuleProblem,
    },
    /// A message size out of this range, in bytes.
    Size {
        least: usize,
        most: usize,
    },
    /// A rate that is not above 0 and at most [`FASTEST`](crate::automation::FASTEST).
    Rate,
}

impl ValueMistake {
    /// Parses a mistake from its `Display`.
    pub fn of(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The mistake that a step does not have exactly one of these fields.
    pub fn one_of(step: &str, fields: &[&str]) -> Self {
        Self::OneOf {
            step: step.to_owned(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        }
    }
}

impl From<PlanMistake> for ValueMistake {
    fn from(mistake: PlanMistake) -> Self {
        let (least, most) = mistake.field.allowed();
        Self::OutOfRange {
            field: mistake.field.key().to_owned(),
            least,
            most,
        }
    }
}

impl fmt::Display for ValueMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Plain data always serialises to JSON.
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::impair::PlanField;
    use crate::payload::checksum::UnknownSum;
    use crate::payload::hex;
    use crate::payload::regular;

    #[test]
    fn a_mistake_is_the_same_behind_serde() {
        let mistakes = [
            ValueMistake::Duration("2 \"days\"".into()),
            ValueMistake::Network("10.0.0.0/33".into()),
            ValueMistake::EmptyName,
            ValueMistake::UnprintableName("a\u{1b}[2J".into()),
            ValueMistake::OutOfRange {
                field: PlanField::ResetAfter.key().into(),
                least: PlanField::ResetAfter.allowed().0,
                most: PlanField::ResetAfter.allowed().1,
            },
            ValueMistake::one_of("Send", &["text", "hex"]),
            ValueMistake::Hex(hex::parse("4g").unwrap_err()),
            ValueMistake::Regex(RuleProblem::Regex(regular::mistake("("))),
            ValueMistake::Checksum {
                known: vec!["CRC-16/MODBUS".into()],
            },
            ValueMistake::ChecksumOfCount,
            ValueMistake::ChecksumOfFields,
            ValueMistake::NoSteps,
            ValueMistake::NoProgram,
            ValueMistake::NoGroup,
            ValueMistake::Rule {
                number: 1,
                name: "x".into(),
                problem: RuleProblem::EveryZero,
            },
            ValueMistake::Size {
                least: 20,
                most: 65_507,
            },
            ValueMistake::Rate,
        ];
        for mistake in mistakes {
            let text = mistake.to_string();
            assert_eq!(ValueMistake::of(&text), Some(mistake), "{text}");
        }
        assert_eq!(ValueMistake::of("expected a map of names"), None);
    }

    #[test]
    fn an_unknown_checksum_is_a_typed_mistake() {
        let mistake = ValueMistake::of(&UnknownSum::like("CRC-16/MOD").to_string());
        let known = vec!["CRC-16/MODBUS".to_owned()];
        assert_eq!(mistake, Some(ValueMistake::Checksum { known }));
    }
}
