//! Expectations of a measurement: `--expect-loss '<1%'`.

use crate::config::{ArgumentMistake, UnitDuration};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A bound on a percentage or a count: `<1%`, `<=10`, `=0`, `>0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    is: Is,
    number: f64,
    percent: bool,
}

/// A bound on a time: `<5ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeBound {
    is: Is,
    duration: UnitDuration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
}

const SIGNS: [(&str, Is); 5] = [
    ("<=", Is::AtMost),
    (">=", Is::AtLeast),
    ("<", Is::Below),
    (">", Is::Above),
    ("=", Is::Equal),
];

impl Share {
    /// The measured value, as a percentage of `whole` or as a count; `None` if `whole` is 0.
    pub fn found(&self, part: u64, whole: u64) -> Option<f64> {
        let share = match self.percent {
            true => part as f64 * 100.0 / whole as f64,
            false => part as f64,
        };
        (whole > 0).then_some(share)
    }

    pub fn holds(&self, found: f64) -> bool {
        self.is.holds(found, self.number)
    }

    /// A measured value in the unit of the bound.
    pub fn words(&self, found: f64) -> String {
        match self.percent {
            true => format!("{found:.3}%"),
            false => found.to_string(),
        }
    }
}

impl TimeBound {
    /// Whether a time in microseconds is within the bound.
    pub fn holds(&self, found: f64) -> bool {
        self.is.holds(found, self.duration.0.as_secs_f64() * 1e6)
    }

    /// A time in microseconds, in the most readable unit.
    pub fn words(found: f64) -> String {
        UnitDuration(Duration::from_micros(found.round() as u64)).to_string()
    }
}

impl Is {
    fn holds(self, found: f64, bound: f64) -> bool {
        match self {
            Self::Below => found < bound,
            Self::AtMost => found <= bound,
            Self::Above => found > bound,
            Self::AtLeast => found >= bound,
            Self::Equal => found == bound,
        }
    }

    fn split(text: &str) -> Option<(Self, &str)> {
        let text = text.trim();
        SIGNS
            .iter()
            .find_map(|(sign, is)| Some((*is, text.strip_prefix(sign)?.trim())))
    }
}

impl FromStr for Share {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let (is, rest) = Is::split(text).ok_or(ArgumentMistake::Share)?;
        let digits = rest.strip_suffix('%');
        let percent = digits.is_some();
        let most = if percent { 100.0 } else { 1e18 };
        let number = digits.unwrap_or(rest).trim().parse::<f64>();
        let number = number.map_err(|_| ArgumentMistake::Share)?;
        if !(0.0..=most).contains(&number) {
            return Err(match percent {
                true => ArgumentMistake::SharePercent,
                false => ArgumentMistake::ShareCount { most },
            });
        }
        Ok(Self {
            is,
            number,
            percent,
        })
    }
}

impl FromStr for TimeBound {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let (is, rest) = Is::split(text).ok_or(ArgumentMistake::TimeBound)?;
        let duration = rest.parse().map_err(|_| ArgumentMistake::TimeBound)?;
        Ok(Self { is, duration })
    }
}

impl fmt::Display for Is {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = SIGNS.iter().find(|(_, is)| is == self);
        f.write_str(sign.map_or("", |(sign, _)| sign))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.percent { "%" } else { "" };
        write!(f, "{}{}{unit}", self.is, self.number)
    }
}

impl fmt::Display for TimeBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.is, self.duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_counts_hold_or_not() {
        let holds = |text: &str, part, whole| {
            let share: Share = text.parse().unwrap();
            assert_eq!(share.to_string(), text);
            share.holds(share.found(part, whole).unwrap())
        };
        assert!(holds("<1%", 9, 1000) && !holds("<1%", 10, 1000));
        assert!(holds("<=10", 10, 1000) && holds("=0", 0, 5) && !holds(">0", 0, 5));
        assert!(holds(">=2.5%", 1, 40));
        let share: Share = "<1%".parse().unwrap();
        assert_eq!(share.found(0, 0), None);
        for text in ["", "1%", "<", "<x", "<-1", "<101%", "<NaN", "<1e19"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn times_hold_or_not() {
        let time: TimeBound = "<5ms".parse().unwrap();
        assert!(time.holds(4_999.0) && !time.holds(5_000.0));
        assert_eq!(time.to_string(), "<5ms");
        for text in ["5ms", "<5", "<", "<-5ms"] {
            assert!(text.parse::<TimeBound>().is_err(), "{text}");
        }
    }
}
