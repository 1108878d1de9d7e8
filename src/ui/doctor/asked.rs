//! What a question was asked about, and what has changed since.

use crate::connection_id::ConnectionId;
use crate::engine::evidence::SessionFacts;
use crate::explain::doctor::{Diagnosis, Subject};
use crate::payload::charset::Charset;
use crate::payload::checksum::Checksum;
use crate::payload::composition::TextFormat;
use crate::payload::message::LineEnding;
use crate::session::{Session, SessionState};
use crate::settings::TabSettings;
use crate::settings::tab::{GroupDraft, ImpairmentDraft, NetworkDraft};
use crate::t;
use crate::traffic::ViewOptions;
use crate::ui::grouped;
use crate::words::{self, Lang};

/// The counters of a session, and its settings that bear on a silence.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedAbout {
    received: u64,
    sent: u64,
    state: SessionState,
    /// How many connections there are, and the newest one.
    connections: (usize, Option<ConnectionId>),
    settings: AskedSettings,
}

#[derive(Clone, Debug, PartialEq)]
struct AskedSettings {
    network: NetworkDraft,
    groups: GroupDraft,
    impairment: ImpairmentDraft,
    /// The host and the port that datagrams are sent to.
    target: (String, String),
    charset: Option<Charset>,
    ending: LineEnding,
    format: TextFormat,
    /// The checksum that is appended.
    checksum: Option<Checksum>,
    /// The filter, if only rows that pass it are shown.
    filter: Option<String>,
    /// Whether received rows, sent ones and events are shown.
    shown: [bool; 3],
}

/// How lately messages came and went when a question was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Messages were coming.
    pub receives: bool,
    /// Messages were going.
    pub sends: bool,
}

impl Flow {
    /// The longest pause of messages that come, or go, one after the other, in seconds.
    const PAUSE: f64 = 5.0;

    pub fn of(facts: &SessionFacts) -> Self {
        let is_lately = |since: Option<f64>| since.is_some_and(|since| since < Self::PAUSE);
        Self {
            receives: is_lately(facts.since_received),
            sends: is_lately(facts.since_sent),
        }
    }
}

/// What has changed since a question was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Messages that were received and sent.
    pub received: u64,
    pub sent: u64,
    /// The session was opened or closed.
    pub state: bool,
    pub connections: bool,
    pub settings: bool,
}

impl AskedAbout {
    /// The session and these settings as they are; `filter` is that which hides rows.
    pub fn of(
        session: &Session,
        drafts: &TabSettings,
        filter: Option<&str>,
        shown: ViewOptions,
    ) -> Self {
        let send = &drafts.send;
        let connections = session.connections();
        Self {
            received: session.totals.received.records,
            sent: session.totals.sent.records,
            state: session.state(),
            connections: (connections.len(), connections.keys().next_back().copied()),
            settings: AskedSettings {
                network: drafts.network.clone(),
                groups: drafts.groups.clone(),
                impairment: drafts.bad_network.clone(),
                target: (send.target_host.clone(), send.target_port.clone()),
                charset: send.charset,
                ending: send.composition.ending,
                format: send.composition.format,
                checksum: send
                    .composition
                    .appends
                    .then_some(send.composition.checksum),
                filter: filter.map(str::to_owned),
                shown: [shown.received, shown.sent, shown.events],
            },
        }
    }

    /// What has changed since `before`.
    pub fn since(&self, before: &Self) -> Changes {
        // Counters that were reset count from then on.
        let more = |now: u64, before: u64| now.checked_sub(before).unwrap_or(now);
        Changes {
            received: more(self.received, before.received),
            sent: more(self.sent, before.sent),
            state: self.state != before.state,
            connections: self.connections != before.connections,
            settings: self.settings != before.settings,
        }
    }
}

impl Changes {
    /// Those that could change this answer. More of the messages that came and went already do not
    /// change that nothing wrong was seen; one that comes after a silence does.
    pub fn bearing_on(self, diagnosis: &Diagnosis, flow: Flow) -> Self {
        let verdict = diagnosis.findings.first();
        let verdict = verdict.map(|verdict| verdict.situation.subject());
        // Where messages come, a verdict about this machine or their content is not about silence.
        let of_silence = match verdict {
            None | Some(Subject::Local | Subject::Content) => false,
            Some(Subject::Firewall | Subject::Path | Subject::Peer) => true,
        };
        let keep = |count: u64, bears: bool| if bears { count } else { 0 };
        Self {
            received: keep(self.received, of_silence || !flow.receives),
            sent: keep(self.sent, verdict.is_some() || !flow.sends),
            ..self
        }
    }

    /// What has changed, in words; `None` if nothing has.
    pub fn words(self, lang: Lang) -> Option<String> {
        let counted = |count: u64| (count > 0).then(|| grouped(count));
        let received = counted(self.received);
        let sent = counted(self.sent);
        let parts = [
            received.map(|count| t!(lang, "diagnose.since_received", count = count)),
            sent.map(|count| t!(lang, "diagnose.since_sent", count = count)),
            self.state.then(|| t!(lang, "diagnose.since_state")),
            // Opening and closing begin and end them.
            (self.connections && !self.state).then(|| t!(lang, "diagnose.since_connections")),
            self.settings.then(|| t!(lang, "diagnose.since_settings")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| words::listed(lang, parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::doctor::{Certainty, Finding, Situation};

    fn about(drafts: &TabSettings) -> AskedAbout {
        let session = Session::default();
        AskedAbout::of(&session, drafts, None, ViewOptions::default())
    }

    #[test]
    fn a_message_that_is_being_typed_changes_nothing() {
        let mut drafts = TabSettings::default();
        let before = about(&drafts);
        drafts.send.composition.text = "hello".into();
        drafts.title = "mine".into();
        let changes = about(&drafts).since(&before);
        assert_eq!(changes, Changes::default());
        assert_eq!(changes.words(Lang::English), None);
    }

    #[test]
    fn what_came_and_what_was_set_since_then_is_said() {
        let mut drafts = TabSettings::default();
        let before = about(&drafts);
        drafts.send.target_port = "9".into();
        let mut now = about(&drafts);
        now.received = 3;
        let words = |lang| now.since(&before).words(lang).unwrap();
        assert_eq!(words(Lang::English), "3 received, settings changed");
        assert_eq!(words(Lang::Chinese), "收到 3 条、设置已更改");
    }

    #[test]
    fn more_of_the_same_does_not_change_an_answer_that_is_not_about_silence() {
        let more = Changes {
            received: 41,
            sent: 2,
            ..Changes::default()
        };
        let stream = Flow {
            receives: true,
            sends: true,
        };
        let found = |situation| Diagnosis {
            findings: vec![Finding {
                situation,
                certainty: Certainty::Likely,
                clues: Vec::new(),
                cure: None,
            }],
            ..Diagnosis::default()
        };
        let nothing = Diagnosis::default();
        assert_eq!(more.bearing_on(&nothing, stream), Changes::default());
        assert_eq!(more.bearing_on(&nothing, Flow::default()), more);
        let overflow = found(Situation::ReceiveOverflow);
        assert_eq!(more.bearing_on(&overflow, stream).received, 0);
        assert_eq!(more.bearing_on(&overflow, Flow::default()), more);
        let silent = found(Situation::HostUnreachable);
        assert_eq!(more.bearing_on(&silent, stream), more);
        let closed = Changes {
            state: true,
            ..Changes::default()
        };
        assert_eq!(closed.bearing_on(&nothing, stream), closed);
    }

    #[test]
    fn counters_that_were_reset_count_from_then_on() {
        let mut before = about(&TabSettings::default());
        before.received = 9;
        let mut now = before.clone();
        now.received = 0;
        assert_eq!(now.since(&before).words(Lang::English), None);
        now.received = 2;
        assert_eq!(now.since(&before).received, 2);
    }
}
