//! The state of a tab's panels that is not saved between runs.

use super::Tab;
use crate::automation::rules::RuleContext;
use crate::config::session::ConfigMistake;
use crate::engine::{Clock, Command, Event, Interfaces};
use crate::settings::TabSettings;
use crate::traffic::{ChunkBuilder, Failure, MessageSchema, Notice};
use crate::ui::connection_life::LifePanel;
use crate::ui::description::DescriptionView;
use crate::ui::doctor::DoctorPanel;
use crate::ui::field_plot::FieldPlot;
use crate::ui::first_run::FirstRun;
use crate::ui::framing_choice::ReportedFraming;
use crate::ui::group_panel::GroupPanel;
use crate::ui::measure::Measure;
use crate::ui::poll::PollPanel;
use crate::ui::recording::RecordControl;
use crate::ui::rules::RulesPanel;
use crate::ui::send::SendPanel;
use crate::ui::simulated_network::SimulatedNetwork;
use std::sync::Arc;

/// The most fields of a description that are offered to be filtered by.
const FIELDS: usize = 500;

/// The state of each panel.
#[derive(Debug, Default)]
pub struct Panels {
    pub send: SendPanel,
    pub groups: GroupPanel,
    pub rules: RulesPanel,
    pub bad_network: SimulatedNetwork,
    pub framing: ReportedFraming,
    pub description: DescriptionView,
    pub measure: Measure,
    pub plot: FieldPlot,
    pub poll: PollPanel,
    pub doctor: DoctorPanel,
    pub life: LifePanel,
    pub recording: RecordControl,
    pub first_run: FirstRun,
    pub refused: Option<RefusedSettings>,
}

/// Settings that were refused when the session was to be opened.
#[derive(Debug)]
pub struct RefusedSettings {
    pub drafts: TabSettings,
    pub mistakes: Vec<ConfigMistake>,
}

impl Panels {
    /// The errors of these settings, if they were refused as they are.
    pub fn mistakes(&self, drafts: &TabSettings) -> &[ConfigMistake] {
        let refused = self.refused.as_ref();
        let same = refused.filter(|refused| refused.drafts == *drafts);
        same.map(|refused| refused.mistakes.as_slice())
            .unwrap_or_default()
    }
}

impl Tab {
    /// Sends the settings of groups, rules, polling, measuring and the simulated network that the
    /// worker lacks.
    pub fn sync_worker(&mut self, interfaces: &Interfaces) {
        let (context, pairing) = (self.rule_context(), self.pairing());
        let framing = self.framing();
        let (drafts, panels) = (&mut self.drafts, &mut self.panels);
        let session = &mut self.session;
        panels.send.follow(&mut drafts.send, session, interfaces);
        let command = panels
            .rules
            .sync(&drafts.rules, interfaces, session, &context);
        let meter = &mut session.meter;
        panels.measure.sync(&drafts.measure, framing, meter);
        let bad = panels.bad_network.sync(&drafts.bad_network, session);
        let frame = panels.framing.sync(&drafts.receive, session);
        let nodelay = panels.life.sync(&drafts.network, session);
        let poll = panels.poll.sync(&drafts.poll, session, &context, pairing);
        let commands = frame.into_iter().chain(command).chain(bad).chain(nodelay);
        let commands = commands.map(Command::from);
        let commands = commands.chain(poll.map(Command::from));
        let mut commands: Vec<Command> = commands.collect();
        let mut failures = Vec::new();
        for join in panels.groups.sync(&mut drafts.groups, session, interfaces) {
            match join {
                Ok(join) => commands.push(join.into()),
                Err(failure) => failures.push(failure),
            }
        }
        commands
            .into_iter()
            .for_each(|command| self.command(command));
        self.report(failures);
    }

    /// The encoding and the description by which its rules are read.
    pub fn rule_context(&self) -> RuleContext {
        RuleContext {
            charset: self.drafts.charset(),
            described: self.view.schema.clone(),
        }
    }

    /// Reads the chosen description, if it changed, and lets the log use it.
    pub fn follow_description(&mut self, ctx: &egui::Context) {
        let described = &mut self.panels.description;
        let receive = &mut self.drafts.receive;
        described.follow(ctx, &receive.description);
        if self.drafts.network.kind.is_stream() {
            described.fill(&mut receive.framing);
        }
        let framing = self.framing();
        let described = &self.panels.description;
        let wanted = described.schema().map(|schema| MessageSchema {
            schema: schema.clone(),
            framing,
        });
        if self.view.schema.as_deref() != wanted.as_ref() {
            let names = wanted.as_ref().map(|wanted| wanted.schema.paths(FIELDS));
            self.search_box.fields = names.unwrap_or_default();
            self.view.schema = wanted.map(Arc::new);
            self.panels.send.describe(self.view.schema.clone());
        }
    }

    /// Adds failures of the window to the log.
    fn report(&mut self, failures: Vec<Failure>) {
        if failures.is_empty() {
            return;
        }
        let mut chunk = ChunkBuilder::default();
        let now = Clock::start().now();
        for failure in failures {
            chunk.notice(now, Notice::Failed(failure));
        }
        self.session.apply(Event::Rows(Arc::new(chunk.finish())));
    }
}
