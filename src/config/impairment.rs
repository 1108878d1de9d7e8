//! A simulated network as options of a command line, and their meaning.

use super::ArgumentMistake;
use super::units::{BitRate, ByteRate, Jitter, Percent, whole};
use crate::automation::Capabilities;
use crate::automation::impair::{Delay, DirectionPlan, Impairment, Loss, PlanField};

/// An option that sets one value of a direction.
#[derive(Debug)]
pub struct Setting {
    /// Its name, without the dashes before it.
    pub name: &'static str,
    slot: fn(&mut DirectionPlan) -> SettingValue<'_>,
}

/// Where the value of an option stands.
enum SettingValue<'a> {
    Loss(&'a mut Loss),
    Percent(&'a mut f64),
    Delay(&'a mut Delay),
    Bits(&'a mut u64),
    /// Bytes a second.
    Bytes(&'a mut u64),
    /// The most bytes of a write.
    Split(&'a mut usize),
    /// Bytes sent before the connection is reset.
    Reset(&'a mut Option<u64>),
}

const fn setting(name: &'static str, slot: fn(&mut DirectionPlan) -> SettingValue<'_>) -> Setting {
    Setting { name, slot }
}

/// The options of datagrams.
static DATAGRAMS: [Setting; 6] = [
    setting("loss", |plan| SettingValue::Loss(&mut plan.datagrams.loss)),
    setting("duplicate", |plan| {
        SettingValue::Percent(&mut plan.datagrams.duplicate)
    }),
    setting("reorder", |plan| {
        SettingValue::Percent(&mut plan.datagrams.reorder.percent)
    }),
    setting("corrupt", |plan| {
        SettingValue::Percent(&mut plan.datagrams.corrupt.percent)
    }),
    setting("delay", |plan| {
        SettingValue::Delay(&mut plan.datagrams.delay)
    }),
    setting("rate", |plan| {
        SettingValue::Bits(&mut plan.datagrams.rate.bits_per_second)
    }),
];

/// The options of streams.
static STREAM: [Setting; 5] = [
    setting("split", |plan| SettingValue::Split(&mut plan.stream.split)),
    setting(SLOW_READ, |plan| {
        SettingValue::Bytes(&mut plan.stream.slow_read)
    }),
    setting("reset-after", |plan| {
        SettingValue::Reset(&mut plan.stream.reset_after)
    }),
    setting("delay", |plan| SettingValue::Delay(&mut plan.stream.delay)),
    setting("rate", |plan| {
        SettingValue::Bits(&mut plan.stream.rate.bits_per_second)
    }),
];

const SLOW_READ: &str = "slow-read";

/// The options that streams have, or datagrams.
pub fn settings(is_stream: bool) -> &'static [Setting] {
    match is_stream {
        true => &STREAM,
        false => &DATAGRAMS,
    }
}

impl Setting {
    /// The name of its value in the help.
    pub fn value(&self) -> &'static str {
        match (self.slot)(&mut DirectionPlan::default()) {
            SettingValue::Loss(_) | SettingValue::Percent(_) => "PERCENT",
            SettingValue::Delay(_) => "TIME",
            SettingValue::Bits(_) | SettingValue::Bytes(_) => "RATE",
            SettingValue::Split(_) | SettingValue::Reset(_) => "BYTES",
        }
    }

    /// # Errors
    /// If the text is no value of this option.
    pub fn set(&self, plan: &mut DirectionPlan, text: &str) -> Result<(), ArgumentMistake> {
        let bytes = |field: PlanField, least: u64| whole(text, least, field.allowed().1 as u64);
        match (self.slot)(plan) {
            SettingValue::Loss(loss) => {
                *loss = Loss::Random {
                    percent: text.parse::<Percent>()?.0,
                    correlation: 0.0,
                }
            }
            SettingValue::Percent(percent) => *percent = text.parse::<Percent>()?.0,
            SettingValue::Delay(delay) => {
                let jitter: Jitter = text.parse()?;
                *delay = Delay {
                    millis: jitter.middle,
                    jitter: jitter.jitter,
                    ..Delay::default()
                }
            }
            SettingValue::Bits(rate) => *rate = text.parse::<BitRate>()?.0,
            SettingValue::Bytes(rate) => *rate = text.parse::<ByteRate>()?.0,
            SettingValue::Split(most) => {
                *most = usize::try_from(bytes(PlanField::Split, 1)?).unwrap_or(usize::MAX);
            }
            SettingValue::Reset(after) => *after = Some(bytes(PlanField::ResetAfter, 0)?),
        }
        Ok(())
    }

    /// The text that sets it as it is; `None` where it does nothing.
    fn written(&self, plan: &DirectionPlan) -> Option<String> {
        match (self.slot)(&mut plan.clone()) {
            SettingValue::Loss(Loss::Random { percent, .. }) => Some(Percent(*percent).to_string()),
            SettingValue::Loss(_) => None,
            SettingValue::Percent(percent) => {
                (*percent != 0.0).then(|| Percent(*percent).to_string())
            }
            SettingValue::Delay(delay) => {
                let jitter = Jitter {
                    middle: delay.millis,
                    jitter: delay.jitter,
                };
                let delays = jitter.middle != 0.0 || jitter.jitter != 0.0;
                delays.then(|| jitter.to_string())
            }
            SettingValue::Bits(rate) => (*rate > 0).then(|| BitRate(*rate).to_string()),
            SettingValue::Bytes(rate) => (*rate > 0).then(|| ByteRate(*rate).to_string()),
            SettingValue::Split(most) => (*most > 0).then(|| most.to_string()),
            SettingValue::Reset(after) => after.map(|after| after.to_string()),
        }
    }
}

/// The direction that options apply to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrafficDirection {
    #[default]
    Outgoing,
    Incoming,
    Both,
}

impl TrafficDirection {
    pub const ALL: [Self; 3] = [Self::Outgoing, Self::Incoming, Self::Both];

    /// The option that says so, without the dashes before it.
    pub fn option(self) -> Option<&'static str> {
        match self {
            Self::Outgoing => None,
            Self::Incoming => Some("impair-incoming"),
            Self::Both => Some("impair-both"),
        }
    }
}

/// The options of a simulated network that are given.
#[derive(Clone, Debug, Default)]
pub struct ImpairmentOptions {
    /// The options that are given, with their values.
    pub chosen: Vec<(&'static Setting, String)>,
    /// `None` is a random seed each time.
    pub seed: Option<u64>,
    /// `None` for sessions of streams that are no relays: they impair their writes, and slow down
    /// their reads.
    pub direction: Option<TrafficDirection>,
}

impl ImpairmentOptions {
    /// `conditions` with these options applied; `None` if nothing is impaired.
    ///
    /// # Errors
    /// The first value that its option does not take.
    pub fn conditions(
        &self,
        mut conditions: Impairment,
    ) -> Result<Option<Impairment>, ArgumentMistake> {
        for (setting, text) in &self.chosen {
            let direction = self.direction(setting);
            if direction != TrafficDirection::Incoming {
                setting.set(&mut conditions.outgoing, text)?;
            }
            if direction != TrafficDirection::Outgoing {
                setting.set(&mut conditions.incoming, text)?;
            }
        }
        // Zero is where nothing was chosen.
        let chosen = Some(conditions.seed).filter(|seed| *seed != 0);
        let seed = self.seed.or(chosen);
        conditions.seed = seed.unwrap_or_else(|| fastrand::u64(1..1_000_000));
        Ok((!conditions.is_nothing()).then_some(conditions))
    }

    /// The options that stand for exactly these conditions, if there are any.
    pub fn of(bad: &Impairment, place: Capabilities) -> Option<Self> {
        let direction =
            |direction: TrafficDirection| (place.relay || !place.is_stream).then_some(direction);
        let mut candidates = TrafficDirection::ALL
            .map(direction)
            .into_iter()
            .map(|direction| {
                let mut one = Self {
                    seed: Some(bad.seed),
                    direction,
                    ..Self::default()
                };
                let written = settings(place.is_stream).iter().filter_map(|setting| {
                    let direction = match one.direction(setting) {
                        TrafficDirection::Incoming => &bad.incoming,
                        TrafficDirection::Outgoing | TrafficDirection::Both => &bad.outgoing,
                    };
                    Some((setting, setting.written(direction)?))
                });
                one.chosen = written.collect();
                one
            });
        let bad = Some(bad);
        candidates.find(|one| {
            let meant = one.conditions(Impairment::default());
            meant.is_ok_and(|meant| meant.as_ref() == bad)
        })
    }

    /// The direction that an option applies to.
    fn direction(&self, setting: &Setting) -> TrafficDirection {
        match self.direction {
            None if setting.name == SLOW_READ => TrafficDirection::Incoming,
            direction => direction.unwrap_or_default(),
        }
    }
}
