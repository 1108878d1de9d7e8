//! The page of the doctor: why nothing comes. The verdict stands first, below it what was ruled
//! out and what is not known.

mod asked;
mod card;
mod cured;
mod entry;
mod lists;
mod offer;
mod sender;
mod silence;

pub use asked::{AskedAbout, Flow};
pub use cured::{AfterCure, Cured};
pub use offer::{OFFER, OfferAnswer, ui as offer_ui};
pub use sender::SenderField;
pub use silence::{Silence, SilenceWatch};

use super::{Action, UiContext, controls, theme};
use crate::engine::Endpoint;
use crate::engine::evidence::{
    Evidence, Permission, Question, SessionFacts, Transport, look_up_sender,
};
use crate::explain;
use crate::explain::doctor::words::{self, Entry};
use crate::explain::doctor::{Diagnosis, Situation, judge};
use crate::jobs::{Died, Job, JobOutcome};
use crate::payload::printable;
use crate::settings::tab::AddressFault;
use crate::t;
use crate::traffic::{Failure, Micros};
use crate::words::Lang;
use card::Cards;
use egui::accesskit::Live;
use egui::{Color32, Context, Label, Response, RichText, Ui, vec2};
use std::io;
use std::net::SocketAddr;

/// The height of the button, and its room beside the words.
const BUTTON: f32 = 30.0;
const BESIDE: f32 = 32.0;

/// A question about a session.
#[derive(Debug)]
pub struct Inquiry {
    pub transport: Transport,
    pub local: Option<SocketAddr>,
    /// Where it sends to. A name is looked up first.
    pub to: Option<Endpoint>,
    /// Who should send to it, with port 0 if only the machine is known.
    pub from: Option<Endpoint>,
    pub facts: SessionFacts,
}

/// What a question was about, and when it was asked.
#[derive(Debug)]
pub struct Asked {
    pub about: AskedAbout,
    pub at: Micros,
    pub flow: Flow,
    /// Who should send, as it was typed.
    pub sender: String,
}

/// Why a session cannot be diagnosed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSubject {
    /// It has no IP addresses.
    NoAddresses,
    /// It is not open, and cannot be opened with an address that is typed.
    Address(AddressFault),
    /// The tab shows a file.
    File,
}

/// The state of the page.
#[derive(Debug, Default)]
pub struct DoctorPanel {
    pub watch: SilenceWatch,
    /// Who should send to a session that waits.
    pub sender: SenderField,
    /// Whether a cure closed the session to open it again.
    pub reopens: bool,
    /// The last cure that was carried out since the question.
    pub cured: Option<Cured>,
    job: Option<Job<Diagnosis, Failure>>,
    asked: Option<Asked>,
    answer: Option<Answer>,
    /// The entry on show, instead of the answer.
    entry: Option<ShownEntry>,
}

/// An entry of the catalogue on show.
#[derive(Clone, Copy, Debug)]
pub enum ShownEntry {
    General(Situation),
    /// That of a finding, with what was seen.
    OfFinding(Situation),
}

#[derive(Debug)]
enum Answer {
    Given(Diagnosis),
    /// The target's name has no address.
    NotAsked(Failure),
    Died(Died),
    NoThread(io::Error),
}

impl Inquiry {
    /// Gathers the evidence and judges it. Blocks.
    fn answer(self, permission: Permission) -> Result<Diagnosis, Failure> {
        let transport = self.transport;
        let to = match &self.to {
            Some(to) => Question::of_target(transport, to)?.to(),
            None => None,
        };
        let from = self.from.as_ref();
        let from = from.map(|from| look_up_sender(from, self.local));
        let question = Question::Session {
            transport,
            local: self.local,
            to,
            from: from.transpose()?,
        };
        let evidence = Evidence::gather(question, Some(self.facts), permission);
        Ok(judge(&evidence))
    }
}

impl DoctorPanel {
    /// Asks, unless a question is being answered.
    pub fn ask(&mut self, ctx: &Context, inquiry: Inquiry, asked: Asked, permission: Permission) {
        if self.job.is_some() {
            return;
        }
        (self.answer, self.entry, self.cured) = (None, None, None);
        self.asked = Some(asked);
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        // It cannot be cancelled, and ends in a few seconds.
        match Job::start("doctor", wake, move |_| inquiry.answer(permission)) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.answer = Some(Answer::NoThread(error)),
        }
    }

    /// Shows an entry of the catalogue.
    pub fn show_entry(&mut self, entry: ShownEntry) {
        self.entry = Some(entry);
    }

    /// The situation of an entry, and its words.
    fn entry_words(&self, lang: Lang, shown: ShownEntry) -> (Situation, Entry) {
        let (situation, finding) = match (shown, &self.answer) {
            (ShownEntry::OfFinding(situation), Some(Answer::Given(diagnosis))) => {
                let mut all = diagnosis.findings.iter();
                let found = all.find(|finding| finding.situation == situation);
                (situation, found)
            }
            (ShownEntry::General(situation) | ShownEntry::OfFinding(situation), _) => {
                (situation, None)
            }
        };
        let general = || words::entry(lang, situation);
        let entry = finding.map_or_else(general, |finding| words::entry_of(lang, finding));
        (situation, entry)
    }

    fn follow(&mut self) {
        let Some(outcome) = self.job.as_ref().and_then(Job::poll) else {
            return;
        };
        self.job = None;
        self.answer = Some(match outcome {
            JobOutcome::Done(diagnosis) => Answer::Given(diagnosis),
            JobOutcome::Failed(failure) => Answer::NotAsked(failure),
            JobOutcome::Died(died) => Answer::Died(died),
        });
    }

    /// Whether a cure writes the message anew: in another encoding, or with another end.
    pub fn has_rewritten(&self) -> bool {
        self.cured.as_ref().is_some_and(Cured::rewrites)
    }

    /// The page of a session, or of one that cannot be diagnosed. `waits` says whether others begin
    /// to send to it.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        (obstacle, waits): (Option<NoSubject>, bool),
        after: AfterCure<'_>,
    ) -> Option<Action> {
        self.follow();
        if let Some(shown) = self.entry {
            let (situation, entry) = self.entry_words(cx.lang, shown);
            if entry::ui(ui, cx, situation, &entry) {
                self.entry = None;
                ui.ctx().request_repaint();
            }
            return None;
        }
        if let Some(obstacle) = obstacle {
            dim(ui, cx, no_subject(cx, obstacle));
            return None;
        }
        let changes = self.changes(cx, after.now);
        let is_clear = !waits || self.sender.endpoint(cx.interfaces).is_ok();
        let mut action = self.ask_ui(ui, cx, is_clear, changes.as_deref());
        match &self.answer {
            None if self.job.is_none() => dim(ui, cx, t!(cx.lang, "diagnose.ask_hint")),
            None => {}
            Some(Answer::NotAsked(failure)) => {
                let text = explain::failure(cx.lang, failure).line(cx.lang);
                controls::error_line(ui, &text, cx.palette);
            }
            Some(Answer::Died(died)) => {
                controls::error_line(ui, &explain::died(cx.lang, died), cx.palette);
            }
            Some(Answer::NoThread(error)) => {
                let reason = explain::reason(cx.lang, error);
                let text = t!(cx.lang, "diagnose.no_thread", reason = reason);
                controls::error_line(ui, &text, cx.palette);
            }
            Some(Answer::Given(diagnosis)) => {
                let cards = Cards {
                    is_current: changes.is_none(),
                    cured: self.cured.as_ref().map(|cured| (cured, after)),
                };
                action = action.or(cards.ui(ui, cx, diagnosis));
            }
        }
        if waits && self.sender.ui(ui, cx) {
            action = action.or(Some(Action::Diagnose(Permission::default())));
        }
        if let Some(Answer::Given(diagnosis)) = &self.answer {
            action = action.or(lists::ui(ui, cx, diagnosis));
        }
        if self.answer.is_some() {
            action = action.or(probe_ui(ui, cx, is_clear));
        }
        action
    }

    /// What has changed since the answer was asked for, in words.
    fn changes(&self, cx: UiContext<'_>, now: &AskedAbout) -> Option<String> {
        let asked = self.asked.as_ref().filter(|_| self.answer.is_some())?;
        let mut changes = now.since(&asked.about);
        changes.settings |= asked.sender != self.sender.text();
        let changes = match &self.answer {
            Some(Answer::Given(diagnosis)) => changes.bearing_on(diagnosis, asked.flow),
            _ => changes,
        };
        changes.words(cx.lang)
    }

    /// The button that asks, if the fields are right, and beside it the progress, or when the answer
    /// was asked for and whether it is out of date.
    fn ask_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        is_clear: bool,
        changes: Option<&str>,
    ) -> Option<Action> {
        let text = match self.answer.is_some() {
            true => t!(cx.lang, "diagnose.ask_again"),
            false => t!(cx.lang, "diagnose.ask"),
        };
        let mut asked = false;
        ui.horizontal_wrapped(|ui| {
            let size = vec2(controls::small_width(ui, &text) + BESIDE, BUTTON);
            let is_free = self.job.is_none();
            let button = ui.add_enabled_ui(is_free && is_clear, |ui| {
                controls::primary(ui, size, &text, cx.palette)
            });
            asked = button.inner.clicked();
            if !is_free {
                let words = RichText::new(t!(cx.lang, "diagnose.looking")).color(cx.palette.dim);
                let label = ui.add(Label::new(words).wrap());
                controls::announced(ui, label, Live::Polite);
            } else if let Some(asked) = self.asked.as_ref().filter(|_| self.answer.is_some()) {
                let time = cx.clock(asked.at);
                let (text, ink) = match changes {
                    None => (t!(cx.lang, "diagnose.as_of", time = time), cx.palette.dim),
                    Some(_) => (
                        t!(cx.lang, "diagnose.outdated", time = time),
                        cx.palette.error,
                    ),
                };
                let label = whole(ui, &text, ink);
                controls::announced(ui, label, Live::Polite);
            }
        });
        if let Some(changes) = changes.filter(|_| self.job.is_none()) {
            let text = t!(cx.lang, "diagnose.since", changes = changes);
            let words = RichText::new(text).color(cx.palette.error);
            let label = ui.add(Label::new(words).wrap());
            controls::announced(ui, label, Live::Polite);
        }
        asked.then_some(Action::Diagnose(Permission::default()))
    }
}

/// The button that asks again with packets to others, and what it sends.
fn probe_ui(ui: &mut Ui, cx: UiContext<'_>, is_clear: bool) -> Option<Action> {
    ui.add_space(6.0);
    let text = t!(cx.lang, "diagnose.probe");
    let clicked = controls::small_if(ui, is_clear, &text, &text).clicked();
    dim(ui, cx, t!(cx.lang, "diagnose.probe_hint"));
    clicked.then_some(Action::Diagnose(Permission { probes: true }))
}

fn no_subject(cx: UiContext<'_>, obstacle: NoSubject) -> String {
    match obstacle {
        NoSubject::NoAddresses => t!(cx.lang, "diagnose.no_addresses"),
        NoSubject::Address(fault) => {
            let fault = explain::address_fault(cx.lang, &fault);
            t!(cx.lang, "diagnose.address_refused", fault = fault)
        }
        NoSubject::File => t!(cx.lang, "diagnose.is_file"),
    }
}

fn dim(ui: &mut Ui, cx: UiContext<'_>, text: String) {
    let words = RichText::new(text).color(cx.palette.dim);
    ui.add(Label::new(words).wrap());
}

/// Words of a wrapped row that stand in one line where they fit: lines break between any two Chinese
/// characters, words or not.
fn whole(ui: &mut Ui, text: &str, ink: Color32) -> Response {
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::body(), ink);
    let words = RichText::new(text).font(theme::body()).color(ink);
    let label = match galley.size().x <= ui.max_rect().width() {
        true => Label::new(words).extend(),
        false => Label::new(words).wrap(),
    };
    ui.add(label)
}

/// A sentence that can be selected.
fn sentence(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    sentence_in(ui, text, cx.palette.text);
}

fn sentence_in(ui: &mut Ui, text: &str, ink: Color32) {
    let words = RichText::new(text).font(theme::body()).color(ink);
    ui.add(Label::new(words).wrap().selectable(true));
}

/// A command that can be selected.
fn command_line(ui: &mut Ui, command: &str, ink: Color32) {
    let command = printable::line(command.as_bytes());
    let text = RichText::new(command).font(theme::mono()).color(ink);
    ui.add(Label::new(text).wrap().selectable(true));
}

/// A link to the entry of a situation, which this action shows.
fn entry_link(
    ui: &mut Ui,
    cx: UiContext<'_>,
    situation: Situation,
    show: fn(Situation) -> Action,
) -> Option<Action> {
    let name = t!(cx.lang, "diagnose.open_entry", id = situation.id());
    let link = ui.link(situation.id());
    let link = controls::named(ui, link, &name);
    link.clicked().then_some(show(situation))
}
