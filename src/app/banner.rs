//! The banner: one message about the program itself.

use super::App;
use super::files::FileRefusal;
use super::messages::MessageFailure;
use super::tab::Tab;
use crate::config::SetAside;
use crate::engine::{self, Interfaces};
use crate::jobs::Died;
use crate::journal::{MissingRows, UnreadableFiles};
use crate::peer::Peer;
use crate::settings::Store;
use crate::t;
use crate::traffic::Failure;
use crate::ui::Action;
use crate::ui::banner::{Alert, AlertAction, Tone};
use crate::ui::log_view::NotCopied;
use crate::ui::rules::ReachedLimit;
use crate::words::{grouped, listed};
use std::path::{Path, PathBuf};

/// The most refused files that are named, each with its reason.
const MOST_NAMED: usize = 3;

/// A message about the program itself.
pub enum Banner {
    /// The settings file could not be read at the start.
    SetAside(SetAside),
    /// The settings file could not be read when it was to be replaced.
    SetAsideMeanwhile(SetAside),
    NotSaved(std::io::Error),
    /// The log cannot be kept on disk.
    NoJournal(std::io::Error),
    /// The recording of this tab ended because its file cannot be written; `was_on` is whether
    /// that was before it was turned off.
    NotRecorded {
        tab: u64,
        failure: Failure,
        was_on: bool,
    },
    /// Opened or dropped files that were refused, and the number of usable files that were left
    /// out.
    NotTaken {
        refused: Vec<(PathBuf, FileRefusal)>,
        left: usize,
    },
    /// The program that owns the clipboard does not answer.
    NoClipboard,
    /// A fault of the program kept a text from being pasted.
    NotPasted(Died),
    /// The signal thread died: signals no longer end the program.
    NoSignals(Died),
    /// A log or a file cannot be read because no thread could be started.
    NotOpened(std::io::Error),
    /// Parts of logs could not be restored.
    Unread(Vec<UnreadableFiles>),
    /// Nothing was copied, and the clipboard keeps its content.
    NotCopied(NotCopied),
    /// The messages of a log cannot be found.
    NoMessages(MessageFailure),
}

/// Shows why a tab's rows were not copied, and why its recording failed: that until another
/// recording starts or recording is turned off.
pub(super) fn of_tab(banner: &mut Option<Banner>, tab: &mut Tab) {
    if let Some(reason) = tab.view.take_not_copied() {
        *banner = Some(Banner::NotCopied(reason));
    }
    if let Some(failure) = tab.messages.take_failure() {
        *banner = Some(Banner::NoMessages(failure));
    }
    if tab.recording_began() && matches!(banner, Some(Banner::NotRecorded { .. })) {
        *banner = None;
    }
    if let Some(failure) = tab.recording_failure() {
        *banner = Some(Banner::NotRecorded {
            tab: tab.id,
            failure,
            was_on: tab.drafts.receive.recording.on,
        });
    }
    let is_its = |banner: &Banner| matches!(banner, Banner::NotRecorded { tab: id, was_on: true, .. } if *id == tab.id);
    if !tab.drafts.receive.recording.on && banner.as_ref().is_some_and(is_its) {
        *banner = None;
    }
}

/// Adds the unreadable files of one log to those of the logs that were restored with it.
pub(super) fn add_unread(banner: &mut Option<Banner>, unread: UnreadableFiles) {
    match banner {
        Some(Banner::Unread(logs)) => logs.push(unread),
        _ => *banner = Some(Banner::Unread(vec![unread])),
    }
}

impl App {
    /// Inserts pastes into the input events, and reports a clipboard that fails.
    pub(super) fn paste(&mut self, ctx: &egui::Context, events: &mut Vec<egui::Event>) {
        let Some(clipboard) = &mut self.clipboard else {
            return;
        };
        if clipboard.input(ctx, events) {
            self.banner = Some(Banner::NoClipboard);
        }
        if let Some(died) = clipboard.died() {
            self.banner = Some(Banner::NotPasted(died));
        }
    }

    /// The message to show now, with its actions.
    pub(super) fn banner_now(&self) -> Option<Alert> {
        let fault = |text, offers| Alert {
            text,
            offers,
            tone: Tone::Fault,
        };
        if let Some(text) = self.banner_text() {
            let dismiss = t!(self.lang, "settings.dismiss");
            let offer = AlertAction::new(dismiss, Action::DismissBanner);
            return Some(fault(text, vec![offer]));
        }
        if !self.recoverable_logs.is_empty() {
            let offers = vec![
                AlertAction::new(t!(self.lang, "journal.discard"), Action::DiscardLogs),
                AlertAction::new(t!(self.lang, "journal.restore"), Action::RestoreLogs),
            ];
            return Some(fault(self.leftover_text(), offers));
        }
        let tab = self.tabs.get(self.active)?;
        let Some(text) = tab.panels.rules.banner(self.lang, &tab.session) else {
            return self.limited_now(tab);
        };
        let offers = vec![
            AlertAction::new(t!(self.lang, "rules.turn_off"), Action::EndRules),
            AlertAction::new(t!(self.lang, "rules.resume"), Action::ResumeRules),
        ];
        Some(fault(text, offers))
    }

    /// The alert about a reached reply limit: of this tab's rules, or of another tab's rules that
    /// withheld a reply to this tab's address.
    fn limited_now(&self, shown: &Tab) -> Option<Alert> {
        let (place, reached) = self.tabs.iter().enumerate().find_map(|(place, tab)| {
            let reached = tab.panels.rules.limited(self.lang, &tab.session)?;
            let concerned = tab.id == shown.id
                || shown
                    .session
                    .local()
                    .is_some_and(|local| reaches(reached.peer, local, &self.interfaces));
            concerned.then_some((place, reached))
        })?;
        let dismiss = t!(self.lang, "settings.dismiss");
        let ReachedLimit { text, raise, .. } = reached;
        Some(Alert {
            text,
            offers: vec![
                AlertAction::new(dismiss, Action::DismissLimit(place)),
                AlertAction::new(raise, Action::RaiseLimit(place)),
            ],
            tone: Tone::Withheld,
        })
    }

    pub(super) fn raise_limit(&mut self, place: usize) {
        if let Some(tab) = self.tabs.get_mut(place) {
            tab.drafts.rules.raise(&tab.session);
        }
    }

    /// Hides the alert until the limit is reached again.
    pub(super) fn dismiss_limit(&mut self, place: usize) {
        if let Some(tab) = self.tabs.get_mut(place) {
            tab.panels.rules.resume();
        }
    }

    /// The message that offers to restore the logs of earlier runs.
    fn leftover_text(&self) -> String {
        let (count, recoverable_logs) = (self.recoverable_logs.len(), &self.recoverable_logs);
        let size = crate::ui::size(recoverable_logs.iter().map(|log| log.bytes).sum());
        match recoverable_logs.iter().all(|log| log.ended) {
            true => t!(self.lang, "journal.kept", count = count, size = size),
            false => t!(self.lang, "journal.leftover", count = count, size = size),
        }
    }

    fn not_taken_text(&self, refused: &[(PathBuf, FileRefusal)], left: usize) -> String {
        let (others, refused): (Vec<_>, Vec<_>) = refused
            .iter()
            .partition(|(_, reason)| *reason == FileRefusal::OneAtATime);
        let of_refusal = |(path, reason): &(PathBuf, FileRefusal)| {
            let path = path.display();
            match reason {
                FileRefusal::NoFile => t!(self.lang, "drop.no_file", path = path),
                FileRefusal::Unreadable => t!(self.lang, "drop.unreadable", path = path),
                FileRefusal::Relay => t!(self.lang, "drop.relay"),
                FileRefusal::ScenarioPlays => t!(self.lang, "scenario.plays"),
                FileRefusal::ExerciseRuns => t!(self.lang, "lesson.runs"),
                FileRefusal::OneAtATime => t!(self.lang, "drop.one_at_a_time", paths = path),
            }
        };
        let mut wording: Vec<String> = refused.into_iter().map(of_refusal).collect();
        wording.dedup();
        let more = wording.len().saturating_sub(MOST_NAMED);
        wording.truncate(MOST_NAMED);
        if more > 0 {
            wording.push(t!(self.lang, "drop.more", count = more));
        }
        if !others.is_empty() {
            let paths = others.iter().map(|(path, _)| path.display().to_string());
            let paths = listed(self.lang, paths);
            wording.push(t!(self.lang, "drop.one_at_a_time", paths = paths));
        }
        if left > 0 {
            wording.push(t!(self.lang, "drop.left", count = left));
        }
        wording.join(" · ")
    }

    fn banner_text(&self) -> Option<String> {
        Some(match self.banner.as_ref()? {
            Banner::NoJournal(error) => t!(
                self.lang,
                "journal.failed",
                reason = crate::explain::unmade(self.lang, error),
                budget = self.preferences.log_mib
            ),
            Banner::NotOpened(error) => t!(
                self.lang,
                "journal.not_opened",
                reason = crate::explain::reason(self.lang, error)
            ),
            Banner::Unread(logs) => {
                let logs = logs.iter().map(|unread| self.unread_text(unread));
                logs.collect::<Vec<String>>().join(" · ")
            }
            Banner::NotRecorded { failure, .. } => {
                let wording = crate::explain::failure(self.lang, failure);
                format!("{} · {}", wording.what_and_why(self.lang), wording.cure)
            }
            Banner::NotTaken { refused, left } => self.not_taken_text(refused, *left),
            Banner::NotCopied(reason) => match reason {
                NotCopied::Trimmed => t!(self.lang, "log.copy_trimmed"),
                NotCopied::Hidden => t!(self.lang, "log.copy_hidden"),
                NotCopied::NoBytes => t!(self.lang, "log.copy_no_bytes"),
            },
            Banner::NoMessages(MessageFailure::NoThread) => {
                t!(self.lang, "log.messages_no_thread")
            }
            Banner::NoMessages(MessageFailure::Died(died)) => {
                let reason = crate::explain::died(self.lang, died);
                t!(self.lang, "log.messages_died", reason = reason)
            }
            Banner::NoClipboard => t!(self.lang, "clipboard.silent"),
            Banner::NotPasted(died) => {
                let reason = crate::explain::died(self.lang, died);
                t!(self.lang, "clipboard.died", reason = reason)
            }
            Banner::NoSignals(died) => {
                let reason = crate::explain::died(self.lang, died);
                t!(self.lang, "ending.no_signals", reason = reason)
            }
            Banner::SetAside(aside) => crate::explain::set_aside(self.lang, aside),
            Banner::SetAsideMeanwhile(aside) => {
                crate::explain::set_aside_meanwhile(self.lang, aside)
            }
            Banner::NotSaved(error) => {
                let file = self.store.as_ref().map(Store::file);
                self.not_saved_text(file.unwrap_or(Path::new("")), error)
            }
        })
    }

    /// The files of a log that could not be read, and the rows that are missing for that.
    fn unread_text(&self, unread: &UnreadableFiles) -> String {
        let mut text = t!(
            self.lang,
            "journal.unread",
            count = unread.files,
            path = unread.path.display(),
            reason = crate::explain::unrestored(self.lang, &unread.error)
        );
        let MissingRows { count, others } = unread.missing;
        let rows = grouped(count);
        let missing = match (count, others) {
            (0, false) => return text,
            (_, false) => t!(self.lang, "journal.missing", rows = rows),
            (0, true) => t!(self.lang, "journal.missing_some"),
            (_, true) => t!(self.lang, "journal.missing_more", rows = rows),
        };
        text.push_str(" · ");
        text.push_str(&missing);
        text
    }

    pub(super) fn not_saved_text(&self, file: &Path, error: &std::io::Error) -> String {
        let reason = match error.kind() {
            std::io::ErrorKind::FileTooLarge => {
                let limit = crate::ui::size(crate::settings::LONGEST);
                t!(self.lang, "settings.too_much", limit = limit)
            }
            _ => crate::explain::unmade(self.lang, error),
        };
        let path = file.display();
        t!(
            self.lang,
            "settings.not_saved",
            path = path,
            reason = reason,
            cure = crate::explain::unsaved_cure(self.lang, error)
        )
    }
}

/// Whether a packet to this address reaches a socket bound to `local`.
fn reaches(to: Peer, local: Peer, interfaces: &Interfaces) -> bool {
    match (to, local) {
        (Peer::Ip(to), Peer::Ip(local)) => engine::reaches(to, local, interfaces),
        _ => to == local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::saving::tests::window;
    use std::io;

    #[test]
    fn unreadable_files_of_several_logs_are_all_named_with_their_missing_rows() {
        let unread = |path: &str, count| UnreadableFiles {
            path: path.into(),
            error: io::ErrorKind::InvalidData.into(),
            files: 1,
            missing: MissingRows {
                count,
                others: false,
            },
        };
        let mut window = window(None);
        let app = window.state_mut();
        for (path, count) in [("/log-1", 1), ("/log-2", 2_000)] {
            add_unread(&mut app.banner, unread(path, count));
        }
        let said = app.banner_now().unwrap().text;
        for part in ["/log-1 · 1 row is", "/log-2 · 2,000 rows are"] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn a_tab_is_reached_by_its_port_and_an_address_it_is_bound_to() {
        let interfaces = Interfaces::read();
        let reaches = |to: &str, local: &str| {
            reaches(to.parse().unwrap(), local.parse().unwrap(), &interfaces)
        };
        assert!(reaches("127.0.0.1:9", "127.0.0.1:9"));
        assert!(reaches("127.0.0.1:9", "0.0.0.0:9"));
        assert!(reaches("127.0.0.1:9", "[::]:9"));
        assert!(!reaches("127.0.0.1:9", "127.0.0.2:9"));
        assert!(!reaches("127.0.0.1:9", "127.0.0.1:8"));
    }
}
