//! Numbers with units, as options of the command line take them: `5%`, `1Mbit`, `10kB/s`,
//! `50ms±10ms`.

use super::{ArgumentMistake, UnitDuration};
use crate::automation::impair::PlanField;
use std::fmt;
use std::str::FromStr;

/// A percentage: `5%` or `5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent(pub f64);

/// Bits a second: `1Mbit`, `64kbit`, `9600bit`, or in bytes `10kB/s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitRate(pub u64);

/// Bytes a second: `10kB/s`, `500B/s`, `500`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRate(pub u64);

/// A delay and its jitter, in milliseconds: `50ms`, `50ms±10ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jitter {
    pub middle: f64,
    pub jitter: f64,
}

/// A limit a second, or `none` for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit(pub Option<u32>);

/// Messages a second, or `max` for as fast as possible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed(pub Option<f64>);

impl FromStr for Percent {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let digits = text.trim().trim_end_matches('%').trim_end();
        let (least, most) = PlanField::LossPercent.allowed();
        within(digits, least, most)
            .map(Self)
            .ok_or(ArgumentMistake::Percent { least, most })
    }
}

impl FromStr for BitRate {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let (_, most) = PlanField::RateBits.allowed();
        scaled(
            text,
            &[("bit/s", 1.0), ("bit", 1.0), ("B/s", 8.0), ("", 1.0)],
        )
        .filter(|bits| (1.0..=most).contains(bits))
        .map(|bits| Self(bits as u64))
        .ok_or(ArgumentMistake::BitRate)
    }
}

impl FromStr for ByteRate {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let (_, most) = PlanField::SlowRead.allowed();
        scaled(text, &[("B/s", 1.0), ("B", 1.0), ("", 1.0)])
            .filter(|bytes| (1.0..=most).contains(bytes))
            .map(|bytes| Self(bytes as u64))
            .ok_or(ArgumentMistake::ByteRate)
    }
}

impl FromStr for Jitter {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let (_, most) = PlanField::Delay.allowed();
        let millis = |text: &str| {
            let duration: UnitDuration = text.trim().parse().map_err(|_| ())?;
            let millis = duration.0.as_nanos() as f64 / 1e6;
            (millis <= most).then_some(millis).ok_or(())
        };
        let parts = text.split_once('±').or_else(|| text.split_once("+-"));
        let (middle, jitter) = parts.unwrap_or((text, "0ms"));
        match (millis(middle), millis(jitter)) {
            (Ok(middle), Ok(jitter)) => Ok(Self { middle, jitter }),
            _ => Err(ArgumentMistake::Delay),
        }
    }
}

impl FromStr for RateLimit {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        match text {
            "none" => Ok(Self(None)),
            digits => digits
                .parse()
                .map(|most| Self(Some(most)))
                .map_err(|_| ArgumentMistake::Limit),
        }
    }
}

impl FromStr for Speed {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let digits = text.trim().trim_end_matches("/s");
        match digits {
            "max" => Ok(Self(None)),
            digits => within(digits, f64::MIN_POSITIVE, crate::automation::FASTEST)
                .map(|rate| Self(Some(rate)))
                .ok_or(ArgumentMistake::Speed),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl fmt::Display for BitRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortened(self.0, "bit"))
    }
}

impl fmt::Display for ByteRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortened(self.0, "B/s"))
    }
}

impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.middle)?;
        if self.jitter > 0.0 {
            write!(f, "±{}ms", self.jitter)?;
        }
        Ok(())
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(most) => most.fmt(f),
            None => f.write_str("none"),
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(rate) => rate.fmt(f),
            None => f.write_str("max"),
        }
    }
}

/// A whole number from `least` to `most`.
///
/// # Errors
/// [`ArgumentMistake::Number`] if it is not.
pub fn whole(text: &str, least: u64, most: u64) -> Result<u64, ArgumentMistake> {
    let number = text.parse().ok();
    let number = number.filter(|number| (least..=most).contains(number));
    number.ok_or(ArgumentMistake::Number { least, most })
}

/// A number within bounds, neither NaN nor infinite.
fn within(digits: &str, least: f64, most: f64) -> Option<f64> {
    let number: f64 = digits.parse().ok()?;
    (least..=most).contains(&number).then_some(number)
}

/// A number with one of these units, whose prefix k, M, G or T stands for a power of 1,000.
fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim();
    let (rest, unit) = units
        .iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    let prefixes = [('k', 1e3), ('K', 1e3), ('M', 1e6), ('G', 1e9), ('T', 1e12)];
    let (digits, factor) = prefixes
        .iter()
        .find_map(|(prefix, factor)| Some((rest.strip_suffix(*prefix)?, *factor)))
        .unwrap_or((rest, 1.0));
    let number: f64 = digits.trim().parse().ok()?;
    let all = number * factor * unit;
    all.is_finite().then_some(all)
}

/// The number with the largest prefix that leaves it whole.
fn shortened(number: u64, unit: &str) -> String {
    let prefixes = [("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)];
    let whole = |(_, factor): &(&str, u64)| number > 0 && number.is_multiple_of(*factor);
    match prefixes.into_iter().find(whole) {
        Some((prefix, factor)) => format!("{}{prefix}{unit}", number / factor),
        None => format!("{number}{unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_units() {
        assert_eq!("5%".parse(), Ok(Percent(5.0)));
        assert_eq!("0.5".parse(), Ok(Percent(0.5)));
        for (text, bits) in [
            ("1Mbit", 1_000_000),
            ("64kbit/s", 64_000),
            ("9600", 9600),
            ("10kB/s", 80_000),
            ("1.5G", 1_500_000_000),
        ] {
            assert_eq!(text.parse(), Ok(BitRate(bits)), "{text}");
        }
        assert_eq!("10kB/s".parse(), Ok(ByteRate(10_000)));
        let (middle, jitter) = (50.0, 10.0);
        for text in ["50ms±10ms", "50ms+-10ms", "0.05s ± 10ms"] {
            assert_eq!(text.parse(), Ok(Jitter { middle, jitter }), "{text}");
        }
        assert_eq!("none".parse(), Ok(RateLimit(None)));
        assert_eq!("max".parse(), Ok(Speed(None)));
        assert_eq!("1000/s".parse(), Ok(Speed(Some(1000.0))));
    }

    #[test]
    fn what_cannot_be_meant_names_what_is_allowed() {
        let numbers = ["NaN", "inf", "-1", "1e18", "", "x"];
        for text in numbers.into_iter().chain(["100.1%", "5%%x"]) {
            let message = text.parse::<Percent>().unwrap_err().to_string();
            assert!(message.contains("0% to 100%"), "{message}");
        }
        for text in numbers.into_iter().chain(["0", "0.5bit", "2TB/s"]) {
            let message = text.parse::<BitRate>().unwrap_err().to_string();
            assert!(message.contains("1bit to"), "{text}");
            assert!(
                text.parse::<ByteRate>().is_err() || text == "0.5bit",
                "{text}"
            );
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
        for text in ["", "50", "-1ms", "2h", "1ms±2h", "NaNms", "1ms±"] {
            let message = text.parse::<Jitter>().unwrap_err().to_string();
            assert!(message.contains("0ms to 1h"), "{text}");
        }
        for text in ["-1", "4294967296", "NaN", ""] {
            let message = text.parse::<RateLimit>().unwrap_err().to_string();
            assert!(message.contains("or none"), "{text}");
        }
    }

    #[test]
    fn what_is_printed_reads_back() {
        for number in [1, 999, 1_000, 1_500_000, 2_000_000_000] {
            assert_eq!(BitRate(number).to_string().parse(), Ok(BitRate(number)));
            assert_eq!(ByteRate(number).to_string().parse(), Ok(ByteRate(number)));
        }
        let (middle, jitter) = (1.5, 0.25);
        let delay = Jitter { middle, jitter };
        assert_eq!(delay.to_string().parse(), Ok(delay));
    }
}
