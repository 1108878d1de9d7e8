//! The settings of one tab: texts as they were typed, and choices.

mod address;
mod description;
mod framing;
mod group;
mod impairment;
mod measure;
mod network;
mod plot;
mod poll;
mod read_as;
mod receive;
mod recording;
mod rules;
mod send;
mod sequence;
mod session;
mod session_framing;
mod written_path;

pub use address::{AddressFault, AddressFaults};
pub use description::{DescriptionChoice, DescriptionDraft};
pub use framing::{FramingDraft, FramingFault, FramingMethod};
pub use group::{GroupDraft, GroupFault};
pub use impairment::ImpairmentDraft;
pub use measure::{LoadDraft, MeasureDraft};
pub use network::NetworkDraft;
pub use plot::PlotDraft;
pub use poll::{MOST_POLLS, PollDraft, PollLineDraft, PollRequestDraft};
pub use read_as::{ReadAs, Scope};
pub use receive::{Display, PairBy, ReceiveDraft};
pub use recording::RecordingDraft;
pub use rules::RulesDraft;
pub use send::{ChosenConnection, FileDraft, RepeatDraft, SendDraft, SendSource};
pub use sequence::{SequenceDraft, StepDraft};
pub use written_path::WrittenPath;

use crate::kind::SessionKind;
use serde::{Deserialize, Serialize};

/// The settings of one tab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TabSettings {
    /// The name that was given to it; empty where its session names it.
    pub title: String,
    pub network: NetworkDraft,
    pub groups: GroupDraft,
    pub receive: ReceiveDraft,
    pub send: SendDraft,
    pub sequence: SequenceDraft,
    pub rules: RulesDraft,
    pub bad_network: ImpairmentDraft,
    pub measure: MeasureDraft,
    pub plot: PlotDraft,
    pub poll: PollDraft,
}

impl TabSettings {
    /// Migrates a tab that an older version wrote.
    pub fn migrated(self) -> Self {
        Self {
            network: self.network.migrated(),
            send: self.send.migrated(),
            ..self
        }
    }

    /// The default settings for this kind of session.
    pub fn of_kind(kind: SessionKind) -> Self {
        Self {
            network: NetworkDraft {
                kind,
                ..NetworkDraft::default()
            },
            ..Self::default()
        }
    }
}
