//! A bad network on purpose: the options, and the [`file`] of conditions.

mod file;

pub use file::checked;

use super::{complaint, values};
use crate::automation::Place;
use crate::automation::impair::{Conditions, Delay, Direction, Loss};
use crate::config::amounts::{BitRate, ByteRate, Percent, Wobble};
use crate::say;
use crate::words::Lang;
use clap::Args;
use std::path::PathBuf;

/// The heading of all these options in the help.
const HEADING: &str = "A bad network on purpose, for what is sent (in a relay: from the clients to the target) unless said otherwise";

/// What is done to datagrams.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = HEADING)]
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
    #[command(flatten)]
    pub way: Way,
}

/// The direction that options are about.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = HEADING)]
pub struct Way {
    /// Apply these options to what is received instead (in a relay: from the target to the clients)
    #[arg(long)]
    pub impair_incoming: bool,
    /// Apply these options to both directions
    #[arg(long, conflicts_with = "impair_incoming")]
    pub impair_both: bool,
}

impl Way {
    /// Outgoing, incoming, and both.
    pub const ALL: [Self; 3] = [
        Self::new(false, false),
        Self::new(true, false),
        Self::new(false, true),
    ];

    const fn new(impair_incoming: bool, impair_both: bool) -> Self {
        Self {
            impair_incoming,
            impair_both,
        }
    }

    /// The directions of these that the options are about.
    fn of(self, conditions: &mut Conditions) -> impl Iterator<Item = &mut Direction> {
        let outgoing = !self.impair_incoming || self.impair_both;
        let incoming = self.impair_incoming || self.impair_both;
        let ways = [
            (outgoing, &mut conditions.outgoing),
            (incoming, &mut conditions.incoming),
        ];
        let chosen = ways.into_iter().filter(|(is_chosen, _)| *is_chosen);
        chosen.map(|(_, way)| way)
    }
}

/// What is done to the bytes of a stream.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = HEADING)]
pub struct Stream {
    /// Write at most so many bytes at once
    #[arg(long, value_name = "BYTES", value_parser = values::number(1, MOST_SPLIT))]
    pub split: Option<u64>,
    /// Read no faster, so that the far side finds its send buffer full (in a relay: the side that sends in this direction)
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub slow_read: Option<ByteRate>,
    /// Reset the connection after so many bytes sent
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
#[command(next_help_heading = HEADING)]
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
            Some(path) => file::read(path, lang)?,
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
        for direction in self.way.of(conditions) {
            self.apply_to(direction);
        }
    }

    fn apply_to(&self, direction: &mut Direction) {
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
        for direction in self.way.unwrap_or_default().of(conditions) {
            self.apply_to(direction);
        }
        if let (Some(rate), None) = (self.slow_read, self.way) {
            conditions.incoming.stream.slow_read = rate.0;
        }
    }

    fn apply_to(&self, direction: &mut Direction) {
        let plan = &mut direction.stream;
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
        if let (Some(rate), Some(_)) = (self.slow_read, self.way) {
            plan.slow_read = rate.0;
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
            way: INCOMING,
            ..options
        };
        let conditions = Weather::Datagrams(options).conditions(Lang::English);
        let conditions = conditions.unwrap().unwrap();
        assert!(conditions.outgoing == Default::default());
        assert!(!conditions.is_nothing());
    }

    const INCOMING: Way = Way::new(true, false);
    const BOTH: Way = Way::new(false, true);

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
