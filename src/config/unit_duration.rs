//! Durations as people write them: `200ms`, `5s`, `1.5m`.

use super::{ArgumentMistake, ValueMistake};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The longest duration in seconds: a year.
const LONGEST: f64 = 365.0 * 24.0 * 3600.0;
const UNITS: [(&str, f64); 6] = [
    ("ms", 1e-3),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
];

/// A duration that is written with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitDuration(pub Duration);

impl FromStr for UnitDuration {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let text = text.trim();
        let digits = text.trim_end_matches(char::is_alphabetic);
        let unit = text.strip_prefix(digits).unwrap_or_default();
        let (_, seconds) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or(ArgumentMistake::Duration)?;
        let number = digits.trim().parse::<f64>();
        let number = number.map_err(|_| ArgumentMistake::Duration)?;
        let seconds = number * seconds;
        if !(0.0..=LONGEST).contains(&seconds) {
            return Err(ArgumentMistake::Duration);
        }
        Ok(Self(Duration::from_secs_f64(seconds)))
    }
}

impl TryFrom<String> for UnitDuration {
    type Error = ValueMistake;

    fn try_from(text: String) -> Result<Self, ValueMistake> {
        let duration = text.parse();
        duration.map_err(|_: ArgumentMistake| ValueMistake::Duration(text))
    }
}

impl From<UnitDuration> for String {
    fn from(duration: UnitDuration) -> Self {
        duration.to_string()
    }
}

impl fmt::Display for UnitDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_zero() {
            true => f.write_str("0s"),
            false => fmt::Debug::fmt(&self.0, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_units() {
        let cases = [
            ("200ms", 200),
            ("5s", 5000),
            ("1.5m", 90_000),
            ("2h", 7_200_000),
            (" 3 s ", 3000),
            ("0s", 0),
        ];
        for (text, millis) in cases {
            assert_eq!(
                text.parse(),
                Ok(UnitDuration(Duration::from_millis(millis))),
                "{text}"
            );
        }
        for text in ["7us", "7µs"] {
            assert_eq!(text.parse(), Ok(UnitDuration(Duration::from_micros(7))));
        }
    }

    #[test]
    fn no_time_at_all_has_a_unit_too() {
        assert_eq!(UnitDuration(Duration::ZERO).to_string(), "0s");
        assert_eq!(
            UnitDuration(Duration::from_millis(1500)).to_string(),
            "1.5s"
        );
    }

    #[test]
    fn what_has_none_is_refused() {
        for text in [
            "", "5", "s", "-1s", "nans", "infs", "5 days", "1e300h", "９s",
        ] {
            let mistake = Err(ArgumentMistake::Duration);
            assert_eq!(text.parse::<UnitDuration>(), mistake, "{text}");
        }
    }
}
