//! A bad network on purpose: the options, and the [`mod@file`] of conditions.

mod file;

pub use file::checked;

use super::{complaint, values};
use crate::automation::Place;
use crate::automation::impair::{Conditions, Direction};
use crate::config::amounts::{BitRate, ByteRate, Percent, Wobble};
use crate::config::weather;
use crate::say;
use crate::words::Lang;
use clap::Args;
use std::path::PathBuf;

/// What is done to datagrams.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "network")]
pub struct Datagrams {
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub loss: Option<Percent>,
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub duplicate: Option<Percent>,
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub reorder: Option<Percent>,
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub corrupt: Option<Percent>,
    #[command(flatten)]
    pub line: Line,
    #[command(flatten)]
    pub way: Way,
}

/// The direction that options are about.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "network")]
pub struct Way {
    #[arg(long)]
    pub impair_incoming: bool,
    #[arg(long, conflicts_with = "impair_incoming")]
    pub impair_both: bool,
}

/// What is done to the bytes of a stream.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "network")]
pub struct Stream {
    #[arg(long, value_name = "BYTES", value_parser = values::number(1, MOST_SPLIT))]
    pub split: Option<u64>,
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub slow_read: Option<ByteRate>,
    #[arg(long, value_name = "BYTES", value_parser = values::number(0, ENDLESS))]
    pub reset_after: Option<u64>,
    #[command(flatten)]
    pub line: Line,
    /// In a relay, the direction; a session writes one way and reads the other.
    #[arg(skip)]
    pub way: Option<Way>,
}

/// What is done to both.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "network")]
pub struct Line {
    #[arg(long, value_parser = values::path(), value_name = "FILE.ron")]
    pub impair: Option<PathBuf>,
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub delay: Option<Wobble>,
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub rate: Option<BitRate>,
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
        let (options, file) = match self {
            Self::Datagrams(options) => (weather::Weather::from(options), &options.line.impair),
            Self::Stream(options) => (weather::Weather::from(options), &options.line.impair),
        };
        let conditions = match file {
            Some(path) => file::read(path, lang)?,
            None => Conditions::default(),
        };
        Ok(options.conditions(conditions))
    }
}

impl From<&Datagrams> for weather::Weather {
    fn from(options: &Datagrams) -> Self {
        Self::Datagrams(weather::Datagrams {
            loss: options.loss,
            duplicate: options.duplicate,
            reorder: options.reorder,
            corrupt: options.corrupt,
            line: (&options.line).into(),
            way: options.way.into(),
        })
    }
}

impl From<&Stream> for weather::Weather {
    fn from(options: &Stream) -> Self {
        Self::Stream(weather::Stream {
            split: options.split,
            slow_read: options.slow_read,
            reset_after: options.reset_after,
            line: (&options.line).into(),
            way: options.way.map(weather::Way::from),
        })
    }
}

impl From<&Line> for weather::Line {
    fn from(options: &Line) -> Self {
        Self {
            delay: options.delay,
            rate: options.rate,
            seed: options.seed,
        }
    }
}

impl From<Way> for weather::Way {
    fn from(options: Way) -> Self {
        Self {
            impair_incoming: options.impair_incoming,
            impair_both: options.impair_both,
        }
    }
}

/// Says that it is bad on purpose, which way, and how to have the same again.
pub fn announce(place: Place, conditions: &Conditions, lang: Lang) {
    let way = direction(place, conditions, lang);
    complaint::say(&say!(lang, "cli.seed", way = way, seed = conditions.seed));
}

/// The direction in which it is bad, in words.
fn direction(place: Place, conditions: &Conditions, lang: Lang) -> String {
    let is_bad = |way: &Direction| match place.tcp {
        true => !way.stream.is_nothing(),
        false => !way.datagrams.is_nothing(),
    };
    let (out, back) = (is_bad(&conditions.outgoing), is_bad(&conditions.incoming));
    match (place.relay, out, back) {
        (true, true, false) => say!(lang, "cli.way_to_target"),
        (true, false, true) => say!(lang, "cli.way_to_clients"),
        (false, true, false) => say!(lang, "cli.way_sent"),
        (false, false, true) => say!(lang, "cli.way_received"),
        // Neither, where all of it is for another protocol: a remark says so.
        (_, true, true) | (_, false, false) => say!(lang, "cli.way_both"),
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
            way: INCOMING,
            ..options
        };
        let conditions = Weather::Datagrams(options).conditions(Lang::English);
        let conditions = conditions.unwrap().unwrap();
        assert!(conditions.outgoing == Default::default());
        assert!(!conditions.is_nothing());
    }

    const INCOMING: Way = Way {
        impair_incoming: true,
        impair_both: false,
    };
    const BOTH: Way = Way {
        impair_incoming: false,
        impair_both: true,
    };

    #[test]
    fn a_relay_of_streams_has_either_direction_and_the_words_name_it() {
        let place = Place {
            tcp: true,
            relay: true,
        };
        let (out, back) = ([Some(9), None], [None, Some(9)]);
        let cases = [
            (Way::default(), out, "from the clients to the target"),
            (INCOMING, back, "from the target to the clients"),
            (BOTH, [Some(9), Some(9)], "in both directions"),
        ];
        for (way, expected, words) in cases {
            let options = Stream {
                reset_after: Some(9),
                slow_read: Some(ByteRate(9)),
                way: Some(way),
                ..Stream::default()
            };
            let conditions = Weather::Stream(options).conditions(Lang::English);
            let conditions = conditions.unwrap().unwrap();
            let ways = [&conditions.outgoing, &conditions.incoming];
            assert_eq!(ways.map(|way| way.stream.reset_after), expected, "{way:?}");
            let slow = expected.map(|bytes| bytes.unwrap_or(0));
            assert_eq!(ways.map(|way| way.stream.slow_read), slow, "{way:?}");
            assert_eq!(direction(place, &conditions, Lang::English), words);
        }
    }

    #[test]
    fn a_session_names_what_is_sent_and_what_is_received() {
        let place = Place {
            tcp: true,
            relay: false,
        };
        let words = |split, slow_read| {
            let options = Stream {
                split,
                slow_read,
                ..Stream::default()
            };
            let conditions = Weather::Stream(options).conditions(Lang::English);
            direction(place, &conditions.unwrap().unwrap(), Lang::English)
        };
        assert_eq!(words(Some(7), None), "for what is sent");
        assert_eq!(words(None, Some(ByteRate(9))), "for what is received");
    }

    #[test]
    fn nothing_bad_is_nothing() {
        let weather = Weather::Stream(Stream::default());
        assert_eq!(weather.conditions(Lang::English), Ok(None));
    }
}
