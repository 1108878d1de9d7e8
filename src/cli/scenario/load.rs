//! Steps that change the automatic actions of a session: `Rules`, `Impair` and `Flood`.

use crate::automation::impair::Impairment;
use crate::automation::rules::Rule;
use crate::automation::{FASTEST, Limits, Load};
use crate::cli::impairment;
use crate::config::{UnitDuration, ValueMistake, answers};
use crate::engine::{FloodRequest, MAX_DATAGRAM_V4, Rulebook, Target};
use crate::payload::charset::Charset;
use crate::traffic::meter::Header;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Replaces the rules of a session.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenRules")]
#[serde(rename = "Rules")]
pub struct RulesStep {
    pub session: String,
    /// The compiled rules; `None` disables replies.
    pub book: Option<Arc<Rulebook>>,
}

/// Sets the simulated network of a session; `None` disables it.
#[derive(Debug, Deserialize)]
#[serde(from = "WrittenImpair")]
#[serde(rename = "Impair")]
pub struct ImpairStep {
    pub session: String,
    pub conditions: Option<Arc<Impairment>>,
}

/// Sends a load. `size` is in bytes.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenFlood")]
#[serde(rename = "Flood")]
pub struct FloodStep {
    pub session: String,
    /// As in [`SendStep`](super::steps::SendStep).
    pub to: Option<String>,
    /// Messages a second; `None` is unlimited.
    pub rate: Option<f64>,
    pub count: u64,
    pub size: usize,
    pub numbered: bool,
    pub within: UnitDuration,
}

impl FloodStep {
    /// The order to send this load, with a random flow number.
    pub fn request(&self, to: Target) -> FloodRequest {
        FloodRequest {
            to,
            load: Load {
                rate: self.rate,
                count: Some(self.count),
            },
            size: self.size,
            flow: self.numbered.then(|| fastrand::u32(1..)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRules {
    session: String,
    rules: Vec<Rule>,
    #[serde(default)]
    limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenImpair {
    session: String,
    #[serde(default, deserialize_with = "impairment::checked")]
    conditions: Option<Impairment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFlood {
    session: String,
    to: Option<String>,
    rate: Option<f64>,
    count: u64,
    #[serde(default = "usual_size")]
    size: usize,
    #[serde(default = "yes")]
    numbered: bool,
    #[serde(default = "a_while")]
    within: UnitDuration,
}

impl TryFrom<WrittenRules> for RulesStep {
    type Error = ValueMistake;

    fn try_from(written: WrittenRules) -> Result<Self, ValueMistake> {
        let WrittenRules {
            session,
            rules,
            limits,
        } = written;
        let book = match rules.as_slice() {
            [] => None,
            rules => Some(answers::book(rules, limits, None::<Charset>)?),
        };
        Ok(Self { session, book })
    }
}

impl From<WrittenImpair> for ImpairStep {
    fn from(written: WrittenImpair) -> Self {
        Self {
            session: written.session,
            conditions: written.conditions.map(Arc::new),
        }
    }
}

impl TryFrom<WrittenFlood> for FloodStep {
    type Error = ValueMistake;

    fn try_from(written: WrittenFlood) -> Result<Self, ValueMistake> {
        let least = if written.numbered { Header::LENGTH } else { 0 };
        if !(least..=MAX_DATAGRAM_V4).contains(&written.size) {
            let most = MAX_DATAGRAM_V4;
            return Err(ValueMistake::Size { least, most });
        }
        if written
            .rate
            .is_some_and(|rate| !(rate > 0.0 && rate <= FASTEST))
        {
            return Err(ValueMistake::Rate);
        }
        Ok(Self {
            session: written.session,
            to: written.to,
            rate: written.rate,
            count: written.count,
            size: written.size,
            numbered: written.numbered,
            within: written.within,
        })
    }
}

fn usual_size() -> usize {
    64
}

fn yes() -> bool {
    true
}

fn a_while() -> UnitDuration {
    UnitDuration(Duration::from_secs(10))
}
