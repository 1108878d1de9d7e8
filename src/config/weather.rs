//! A simulated network as options of the command line, and the conditions they stand for.

use super::amounts::{BitRate, ByteRate, Percent, Wobble};
use crate::automation::impair::{Conditions, Delay, Direction, Loss};

/// Options for datagrams.
#[derive(Clone, Debug, Default)]
pub struct Datagrams {
    pub loss: Option<Percent>,
    pub duplicate: Option<Percent>,
    pub reorder: Option<Percent>,
    pub corrupt: Option<Percent>,
    pub line: Line,
    pub way: Way,
}

/// The direction that options apply to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    pub impair_incoming: bool,
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

    /// The directions that the options apply to.
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

/// Options for a stream.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The most bytes of a write.
    pub split: Option<u64>,
    pub slow_read: Option<ByteRate>,
    /// Bytes sent before the connection is reset.
    pub reset_after: Option<u64>,
    pub line: Line,
    /// The direction in a relay. Other sessions impair their writes, and slow down their reads.
    pub way: Option<Way>,
}

/// Options for datagrams and streams.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub delay: Option<Wobble>,
    pub rate: Option<BitRate>,
    /// `None` is a random seed each time.
    pub seed: Option<u64>,
}

#[derive(Clone, Debug)]
pub enum Weather {
    Datagrams(Datagrams),
    Stream(Stream),
}

impl Weather {
    /// `conditions` with these options applied; `None` if nothing is impaired.
    pub fn conditions(&self, mut conditions: Conditions) -> Option<Conditions> {
        match self {
            Self::Datagrams(options) => options.apply(&mut conditions),
            Self::Stream(options) => options.apply(&mut conditions),
        }
        // A seed of zero means that none was chosen.
        let chosen = Some(conditions.seed).filter(|seed| *seed != 0);
        let seed = self.line().seed.or(chosen);
        conditions.seed = seed.unwrap_or_else(|| fastrand::u64(1..1_000_000));
        (!conditions.is_nothing()).then_some(conditions)
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

fn delay(wobble: Wobble) -> Delay {
    Delay {
        millis: wobble.middle,
        jitter: wobble.jitter,
        ..Delay::default()
    }
}
