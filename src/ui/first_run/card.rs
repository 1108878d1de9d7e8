//! Tasks for the first test, and their settings.

use super::sample_command::SampleCommand;
use crate::automation::impair::{DatagramPlan, Delay, Loss, Reorder};
use crate::automation::rules::preset::Preset;
use crate::kind::SessionKind;
use crate::settings::dock::Page;
use crate::settings::tab::{DescriptionChoice, FramingDraft, TabSettings};
use crate::traffic::framing::Framing;
use crate::ui::rules::preset_title;
use crate::words::Lang;

const LOOPBACK: &str = "127.0.0.1";

/// A task and the settings for it. Texts are keys of the words.
#[derive(Debug)]
pub struct Card {
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    /// The next steps, up to the command line.
    pub(super) before: &'static str,
    /// The step after it.
    pub(super) after: &'static str,
    pub(super) sample: SampleCommand,
    pub(super) kind: SessionKind,
    /// The port on this machine; the system chooses a client's.
    local_port: &'static str,
    /// The port of the server, where there is one.
    remote_port: &'static str,
    preset: Option<Preset>,
    /// Whether its network loses and delays.
    impaired: bool,
    /// The page of the dock that belongs to it.
    pub(super) page: Option<Page>,
}

pub(super) static CARDS: [Card; 6] = [
    Card {
        title: "first_run.answer",
        about: "first_run.answer_about",
        before: "first_run.answer_before",
        after: "first_run.answer_after",
        sample: SampleCommand::Text,
        kind: SessionKind::Udp,
        local_port: "8080",
        remote_port: "8080",
        preset: None,
        impaired: false,
        page: None,
    },
    Card {
        title: "first_run.server",
        about: "first_run.server_about",
        before: "first_run.server_before",
        after: "first_run.server_after",
        sample: SampleCommand::Server,
        kind: SessionKind::TcpClient,
        local_port: "8080",
        remote_port: "8080",
        preset: None,
        impaired: false,
        page: None,
    },
    Card {
        title: "first_run.client",
        about: "first_run.client_about",
        before: "first_run.client_before",
        after: "first_run.client_after",
        sample: SampleCommand::Text,
        kind: SessionKind::TcpServer,
        local_port: "8080",
        remote_port: "8080",
        preset: None,
        impaired: false,
        page: None,
    },
    Card {
        title: "first_run.middle",
        about: "first_run.middle_about",
        before: "first_run.middle_before",
        after: "first_run.middle_after",
        sample: SampleCommand::Text,
        kind: SessionKind::RelayTcp,
        local_port: "9000",
        remote_port: "8080",
        preset: None,
        impaired: false,
        page: Some(Page::Intercepted),
    },
    Card {
        title: "first_run.modbus",
        about: "first_run.modbus_about",
        before: "first_run.modbus_before",
        after: "first_run.modbus_after",
        sample: SampleCommand::Modbus,
        kind: SessionKind::TcpServer,
        // The protocol's own, 502, needs privileges.
        local_port: "5020",
        remote_port: "8080",
        preset: Some(Preset::Modbus),
        impaired: false,
        page: Some(Page::AutoReply),
    },
    Card {
        title: "first_run.network",
        about: "first_run.network_about",
        before: "first_run.network_before",
        after: "first_run.network_after",
        sample: SampleCommand::Meter,
        kind: SessionKind::Udp,
        local_port: "8080",
        remote_port: "8080",
        preset: Some(Preset::Echo),
        impaired: true,
        page: Some(Page::Network),
    },
];

impl Card {
    /// Fills the settings in. Rules and a simulated network that are there already stay; they
    /// are only turned off where the task has none.
    pub(super) fn fill(&self, drafts: &mut TabSettings, lang: Lang) {
        let network = &mut drafts.network;
        network.kind = self.kind;
        (network.local_host, network.local_port) = (LOOPBACK.into(), self.local_port.into());
        (network.client_host, network.client_port) = (String::new(), String::new());
        (network.remote_host, network.remote_port) = (LOOPBACK.into(), self.remote_port.into());
        // Answers go to the last sender.
        drafts.send.follows |= self.kind == SessionKind::Udp;
        drafts.rules.on = self.preset.is_some();
        if self.preset == Some(Preset::Modbus) {
            // Its rows have fields, and replies are found by their transaction.
            let name = "modbus_tcp".to_owned();
            drafts.receive.description.choice = DescriptionChoice::ReadyMade(name);
            drafts.receive.framing = FramingDraft::of(Some(&Framing::mbap()));
        }
        if let Some(preset) = self.preset {
            let rules = &mut drafts.rules.rules;
            let made = preset.rules(preset_title(lang, preset), "");
            rules.retain(|known| !made.contains(known));
            rules.splice(..0, made);
        }
        let network = &mut drafts.bad_network;
        network.on = self.impaired;
        if self.impaired && network.conditions.is_nothing() {
            network.conditions.outgoing.datagrams = mobile_link();
        }
    }
}

/// A bad mobile link.
fn mobile_link() -> DatagramPlan {
    DatagramPlan {
        loss: Loss::Random {
            percent: 10.0,
            correlation: 0.0,
        },
        reorder: Reorder {
            percent: 5.0,
            ..Reorder::default()
        },
        delay: Delay {
            millis: 100.0,
            jitter: 20.0,
            ..Delay::default()
        },
        ..DatagramPlan::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::Rule;

    #[test]
    fn every_card_fills_in_settings_that_open() {
        for card in &CARDS {
            let mut drafts = TabSettings::default();
            card.fill(&mut drafts, Lang::English);
            assert_eq!(drafts.network.kind, card.kind);
            let terms = crate::settings::Preferences::default().terms();
            let interfaces = crate::engine::Interfaces::default();
            let setup = drafts.network.setup(&interfaces, terms);
            assert!(setup.is_ok(), "{}", card.title);
            assert_eq!(drafts.bad_network.conditions.check(), Ok(()));
        }
    }

    #[test]
    fn rules_of_before_stay_and_a_card_chosen_again_adds_none() {
        let own = Rule {
            name: "own".into(),
            ..Rule::default()
        };
        let mut drafts = TabSettings::default();
        drafts.rules.rules = vec![own.clone()];
        for card in CARDS.iter().chain(&CARDS) {
            card.fill(&mut drafts, Lang::English);
            assert_eq!(drafts.rules.on, card.preset.is_some(), "{}", card.title);
            assert_eq!(drafts.bad_network.on, card.impaired, "{}", card.title);
        }
        assert_eq!(drafts.rules.rules.len(), 3);
        assert_eq!(drafts.rules.rules.last(), Some(&own));
    }
}
