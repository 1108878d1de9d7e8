//! A bad network on purpose: the options, and the file of conditions.

use super::amounts::{BitRate, ByteRate, Percent, Wobble};
use super::{complaint, ron_file, values};
use crate::automation::impair::{Conditions, Delay, Loss};
use crate::payload::printable;
use crate::say;
use crate::words::Lang;
use clap::Args;
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use std::path::{Path, PathBuf};

/// What is done to datagrams.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "A bad network on purpose")]
pub struct Datagrams {
    /// Lose so many of a hundred
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub loss: Option<Percent>,
    /// Send so many of a hundred twice
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub duplicate: Option<Percent>,
    /// Let later ones overtake so many of a hundred
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub reorder: Option<Percent>,
    /// Flip a bit in so many of a hundred
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub corrupt: Option<Percent>,
    #[command(flatten)]
    pub line: Line,
    /// These options are about what is received, not what is sent
    #[arg(long)]
    pub impair_incoming: bool,
}

/// What is done to the bytes of a stream.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "A bad network on purpose")]
pub struct Stream {
    /// Write at most so many bytes at once
    #[arg(long, value_name = "BYTES", value_parser = values::number(1, MOST_SPLIT))]
    pub split: Option<u64>,
    /// Read no faster, so that the far side finds its send buffer full
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub slow_read: Option<ByteRate>,
    /// Reset the connection after so many bytes sent
    #[arg(long, value_name = "BYTES", value_parser = values::number(0, ENDLESS))]
    pub reset_after: Option<u64>,
    #[command(flatten)]
    pub line: Line,
}

/// What is done to both.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "A bad network on purpose")]
pub struct Line {
    /// Have the network this file describes: RON, as settings keep it
    #[arg(long, value_parser = values::path(), value_name = "FILE.ron")]
    pub impair: Option<PathBuf>,
    /// Let each wait so long, give or take: 50ms, 50ms±10ms
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub delay: Option<Wobble>,
    /// A line that carries so much a second: 1Mbit, 10kB/s
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub rate: Option<BitRate>,
    /// The same seed and the same data give the same; without it another one each time
    #[arg(long, value_name = "N", value_parser = values::number(0, u64::MAX))]
    pub seed: Option<u64>,
}

const MOST_SPLIT: u64 = 16 << 20;
const ENDLESS: u64 = 1_000_000_000_000_000;

/// What a session's options say of its network.
#[derive(Clone, Debug)]
pub enum Weather {
    Datagrams(Datagrams),
    Stream(Stream),
}

impl Weather {
    /// How bad the network is to be; `None` if it is as good as it is.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn conditions(&self, lang: Lang) -> Result<Option<Conditions>, String> {
        let line = self.line();
        let mut conditions = match &line.impair {
            Some(path) => read(path, lang)?,
            None => Conditions::default(),
        };
        match self {
            Self::Datagrams(options) => options.apply(&mut conditions),
            Self::Stream(options) => options.apply(&mut conditions),
        }
        // Zero is where nothing was chosen.
        let chosen = Some(conditions.seed).filter(|seed| *seed != 0);
        let seed = line.seed.or(chosen);
        conditions.seed = seed.unwrap_or_else(|| fastrand::u64(1..1_000_000));
        Ok((!conditions.is_nothing()).then_some(conditions))
    }

    fn line(&self) -> &Line {
        match self {
            Self::Datagrams(options) => &options.line,
            Self::Stream(options) => &options.line,
        }
    }
}

impl Datagrams {
    fn apply(&self, conditions: &mut Conditions) {
        let direction = match self.impair_incoming {
            true => &mut conditions.incoming,
            false => &mut conditions.outgoing,
        };
        let plan = &mut direction.datagrams;
        if let Some(percent) = self.loss {
            plan.loss = Loss::Random {
                percent: percent.0,
                correlation: 0.0,
            };
        }
        let percents = [
            (self.duplicate, &mut plan.duplicate),
            (self.reorder, &mut plan.reorder.percent),
            (self.corrupt, &mut plan.corrupt.percent),
        ];
        for (percent, place) in percents {
            if let Some(percent) = percent {
                *place = percent.0;
            }
        }
        if let Some(wobble) = self.line.delay {
            plan.delay = delay(wobble);
        }
        if let Some(rate) = self.line.rate {
            plan.rate.bits_per_second = rate.0;
        }
    }
}

impl Stream {
    fn apply(&self, conditions: &mut Conditions) {
        let plan = &mut conditions.outgoing.stream;
        if let Some(bytes) = self.split {
            plan.split = usize::try_from(bytes).unwrap_or(usize::MAX);
        }
        plan.reset_after = self.reset_after.or(plan.reset_after);
        if let Some(wobble) = self.line.delay {
            plan.delay = delay(wobble);
        }
        if let Some(rate) = self.line.rate {
            plan.rate.bits_per_second = rate.0;
        }
        if let Some(rate) = self.slow_read {
            conditions.incoming.stream.slow_read = rate.0;
        }
    }
}

/// Says that it is bad on purpose, and how to have the same again.
pub fn announce(conditions: &Conditions, lang: Lang) {
    complaint::say(&say!(lang, "cli.seed", seed = conditions.seed));
}

/// # Errors
/// Which number in it cannot be meant, and what is allowed, in words.
fn check(conditions: &Conditions, lang: Lang) -> Result<(), String> {
    conditions.check().map_err(|mistake| {
        let (least, most) = mistake.field.allowed();
        let key = format!("`{}`", mistake.field.key());
        say!(lang, "bad.mistake", field = key, least = least, most = most)
    })
}

/// Conditions in a file, checked where they stand.
///
/// # Errors
/// What is wrong with the file or with a number in it, in words.
pub fn checked<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Conditions>, D::Error> {
    let conditions = Option::<Conditions>::deserialize(source)?;
    if let Some(conditions) = &conditions {
        check(conditions, ron_file::lang()).map_err(D::Error::custom)?;
    }
    Ok(conditions)
}

/// # Errors
/// The path, the place if there is one, and what is wrong.
fn read(path: &Path, lang: Lang) -> Result<Conditions, String> {
    let shown = printable::path(path);
    let conditions: Conditions = ron_file::parse(&ron_file::text(path, lang)?, lang)
        .map_err(|said| format!("{shown}:{said}"))?;
    check(&conditions, lang).map_err(|said| format!("{shown}: {said}"))?;
    Ok(conditions)
}

fn delay(wobble: Wobble) -> Delay {
    Delay {
        millis: wobble.middle,
        jitter: wobble.jitter,
        ..Delay::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_about_what_is_sent_unless_they_say_otherwise() {
        let options = Datagrams {
            loss: Some(Percent(5.0)),
            line: Line {
                seed: Some(7),
                ..Line::default()
            },
            ..Datagrams::default()
        };
        let conditions = Weather::Datagrams(options.clone()).conditions(Lang::English);
        let conditions = conditions.unwrap().unwrap();
        assert_eq!(conditions.seed, 7);
        assert!(conditions.incoming == Default::default());
        let options = Datagrams {
            impair_incoming: true,
            ..options
        };
        let conditions = Weather::Datagrams(options).conditions(Lang::English);
        let conditions = conditions.unwrap().unwrap();
        assert!(conditions.outgoing == Default::default());
        assert!(!conditions.is_nothing());
    }

    #[test]
    fn nothing_bad_is_nothing() {
        let weather = Weather::Stream(Stream::default());
        assert_eq!(weather.conditions(Lang::English), Ok(None));
    }

    #[test]
    fn the_network_of_the_readme_can_be_had() {
        for readme in [
            include_str!("../../README.md"),
            include_str!("../../README.zh-CN.md"),
        ] {
            let (_, from) = readme.split_once("```ron\n(").unwrap();
            let (text, _) = from.split_once("```").unwrap();
            let read = ron_file::parse::<Conditions>(&format!("({text}"), Lang::English);
            let conditions = read.unwrap();
            assert_eq!(check(&conditions, Lang::English), Ok(()));
            assert!(!conditions.is_nothing() && conditions.seed == 7);
        }
    }

    #[test]
    fn a_file_may_be_wrong() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("impair.ron");
        let cases = [
            ("(outgoing: (datagrams: (duplicate: 120)))", "100"),
            ("(\nseed: -1)", ".ron:2:"),
            ("(outgoing: (datagrams: (duplicate: NaN)))", "100"),
        ];
        for (text, said) in cases {
            std::fs::write(&path, text).unwrap();
            let error = read(&path, Lang::English).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
