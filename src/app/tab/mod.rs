//! One tab: its drafts, its session, and the handle of its worker.

mod cleared;
mod config;
mod messages;
mod panels;
mod plotted;
mod replay;
mod search;

use crate::app::messages::MessageSearch;
use crate::app::search::Search;
use crate::capture::export::Export;
use crate::capture::recorder;
use crate::engine::{self, Command, SessionHandle, Setup};
use crate::journal::{Journal, JournalOutcome, RecoveredFiles};
use crate::session::{Session, SessionKind};
use crate::settings::TabSettings;
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Chunk, ChunkBuilder, Failure, Notice, Operation, SpillStore};
use crate::ui::export_window::ExportWindow;
use crate::ui::go_to::GoTo;
use crate::ui::inspector::Inspector;
use crate::ui::log_view::LogView;
use crate::ui::search_box::SearchBox;
use cleared::Cleared;
use crossbeam_channel::{Receiver, TryRecvError};
use panels::Panels;
pub use panels::RefusedSettings;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the program waits for a session's last rows when it ends.
const ENDING: Duration = Duration::from_millis(200);

/// A tab of the window.
pub struct Tab {
    /// The tab's identity for the toolkit; never reused.
    pub id: u64,
    /// The settings of the tab that are saved.
    pub drafts: TabSettings,
    /// The settings that the tab began with.
    proposed: TabSettings,
    pub panels: Panels,
    pub view: LogView,
    pub search_box: SearchBox,
    pub search: Search,
    pub messages: MessageSearch,
    pub go_to: GoTo,
    pub inspector: Inspector,
    pub session: Session,
    /// The file that the tab shows; the tab has no connection then.
    pub file: Option<PathBuf>,
    /// Why the file could not be read.
    pub unreadable: Option<Failure>,
    link: Option<SessionHandle>,
    journal: Option<Rc<Journal>>,
    /// The events of a log or file that is being read back.
    replay: Option<Receiver<engine::Event>>,
    /// The files of that log, until the rows are in this tab's journal.
    origin: Option<RecoveredFiles>,
    /// Whether the kind of session is to be inferred from the rows read back.
    guesses: bool,
    /// The number of rows of the restored log, once known.
    restored: Option<u64>,
    /// The second of the oldest rows that are not queued for the disk.
    unsealed: Option<u64>,
    forgotten: u32,
    /// Cleared rows that can be restored.
    cleared: Option<Cleared>,
    /// Why a recording failed, until it is reported.
    recording_failed: Option<Failure>,
    recording_began: bool,
    /// The running export of this log.
    pub export: Option<Export>,
    pub export_window: ExportWindow,
}

impl Tab {
    pub fn new(id: u64, drafts: TabSettings, log_budget: usize) -> Self {
        let mut session = Session::default();
        session.log.set_budget(log_budget);
        Self {
            id,
            proposed: drafts.clone(),
            drafts,
            panels: Panels::default(),
            view: LogView::default(),
            search_box: SearchBox::default(),
            search: Search::default(),
            messages: MessageSearch::default(),
            go_to: GoTo::default(),
            inspector: Inspector::default(),
            session,
            file: None,
            unreadable: None,
            link: None,
            journal: None,
            replay: None,
            origin: None,
            guesses: false,
            restored: None,
            unsealed: None,
            forgotten: 0,
            cleared: None,
            recording_failed: None,
            recording_began: false,
            export: None,
            export_window: ExportWindow::default(),
        }
    }

    /// Whether the tab has the settings it began with, an empty log, and no session.
    pub fn is_untouched(&self) -> bool {
        let mut begun = self.proposed.clone();
        begun.network.kind = self.drafts.network.kind;
        let is_idle = self.link.is_none() && self.replay.is_none();
        is_idle && self.drafts == begun && self.session.log.is_empty()
    }

    /// Opens a session, unless one is open. A failure is a notice in the log.
    pub fn open(
        &mut self,
        setup: Setup,
        recording: Option<recorder::RecordingRequest>,
        wake: impl Fn() + Send + 'static,
    ) {
        if self.link.is_some() {
            return;
        }
        self.session.opening(&setup);
        self.drafts.send.connection = None;
        match engine::open_recorded(setup, recording, wake) {
            Ok(link) => self.link = Some(link),
            Err(failure) => {
                let mut chunk = ChunkBuilder::default();
                chunk.notice(engine::Clock::start().now(), Notice::Failed(failure));
                self.session
                    .apply(engine::Event::Rows(Arc::new(chunk.finish())));
                self.session.apply(engine::Event::Closed);
            }
        }
    }

    /// Reads the rows of the log from `from` on, in the encoding chosen for the session or the
    /// recognised one. Encodings chosen for single rows or peers do not count.
    pub fn reader(&self, from: u64) -> StreamTextReader {
        let chosen_charset = self.drafts.receive.read_as.session;
        StreamTextReader::following(chosen_charset, self.session.log.recognition(), from)
    }

    /// The kind of the open session, or the kind chosen for the next one.
    pub fn session_kind(&self) -> SessionKind {
        match self.session.is_closed() {
            true => self.drafts.network.kind,
            false => self.session.kind(),
        }
    }

    /// Orders the session to end.
    pub fn close(&mut self) {
        self.command(Command::Stop);
        self.session.closing();
    }

    /// Whether the log has traffic that is not in a file, and the user does not keep it private.
    pub fn is_worth_keeping(&self) -> bool {
        let count = self.session.log.count();
        let traffic = count.received + count.sent > 0;
        traffic && self.file.is_none() && self.journal.is_some() && !self.drafts.receive.private
    }

    /// The approximate size of the log on disk, in bytes.
    pub fn log_size(&self) -> u64 {
        self.session.log.disk() + self.session.log.memory() as u64
    }

    /// Ends the tab with the program: writes the last rows, and keeps the newest `most` bytes
    /// of the log for the next start.
    pub fn keep(mut self, most: u64, second: u64) {
        if self.session.recording().is_none() {
            self.close();
            let deadline = Instant::now() + ENDING;
            while self.link.is_some() && !self.session.log.is_behind() && Instant::now() < deadline
            {
                self.drain(deadline, second);
                std::thread::yield_now();
            }
        } else if let Some(link) = self.link.take() {
            link.join();
        }
        self.describe_log();
        let Some(journal) = &self.journal else { return };
        let log = &mut self.session.log;
        log.seal();
        while let Some((number, chunk)) = log.next_to_write() {
            journal.write(number, chunk);
        }
        journal.keep(most);
    }

    /// Ends the tab with the program and deletes its log. A recording is completed first.
    pub fn end(mut self) {
        if self.session.recording().is_some()
            && let Some(link) = self.link.take()
        {
            link.join();
        }
        self.discard();
    }

    /// Drops the tab and deletes its log.
    pub fn discard(mut self) {
        self.forget_cleared();
        if let Some(journal) = &self.journal {
            journal.discard();
        }
    }

    /// Sends a command to the worker, if a session is open.
    pub fn command(&self, command: impl Into<Command>) {
        if let Some(link) = &self.link {
            link.command(command);
        }
    }

    /// Whether a recording started since the last call.
    pub fn recording_began(&mut self) -> bool {
        std::mem::take(&mut self.recording_began)
    }

    /// Why a recording failed; returned once.
    pub fn recording_failure(&mut self) -> Option<Failure> {
        self.recording_failed.take()
    }

    /// Keeps old rows on disk from now on, at most `budget` bytes.
    ///
    /// # Errors
    /// The journal cannot be created; rows stay in memory then.
    pub fn keep_in(
        &mut self,
        folder: &Path,
        budget: u64,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<()> {
        if self.journal.is_none() {
            let journal = Rc::new(Journal::create(folder, budget, wake)?);
            let spill_store: Rc<dyn SpillStore> = Rc::clone(&journal) as Rc<dyn SpillStore>;
            self.session.log.set_spill_store(spill_store, budget);
            self.journal = Some(journal);
        }
        self.describe_log();
        Ok(())
    }

    /// Applies the worker's events until `deadline`.
    ///
    /// While the journal lags, events wait in the channel. The worker then stops reading and
    /// counts the time. The journal wakes the window when it has written more.
    pub fn drain(&mut self, deadline: Instant, second: u64) {
        while !self.waits_for_disk()
            && Instant::now() < deadline
            && let Some(events) = self.events()
        {
            let event = match events.try_recv() {
                Ok(event) => event,
                Err(TryRecvError::Empty) => return,
                // The worker ended without `Closed`: the session must not look open.
                Err(TryRecvError::Disconnected) => engine::Event::Closed,
            };
            let is_live = self.link.is_some();
            match &event {
                engine::Event::Closed if self.link.is_some() => self.link = None,
                engine::Event::Closed => {
                    (self.replay, self.guesses) = (None, false);
                    self.describe_log();
                    self.restored = Some(self.session.log.total().rows());
                }
                engine::Event::Rows(rows) => {
                    self.unsealed.get_or_insert(second);
                    if self.guesses && !is_live {
                        self.guess(rows);
                    }
                    if self.file.is_some() {
                        let (before, count) = (self.session.log.count(), rows.count());
                        let traffic = before.received + before.sent + count.received + count.sent;
                        self.unreadable = unopened(rows).filter(|_| traffic == 0);
                    }
                }
                engine::Event::RecordingFailed(failure) => {
                    self.recording_failed = Some(failure.clone());
                }
                engine::Event::Recording(Some(_)) => {
                    self.recording_began = true;
                    // A file that continues a full one belongs to the same recording.
                    if self.session.recording().is_none() {
                        self.panels.recording.begin(second);
                    }
                }
                engine::Event::Delivered(_)
                | engine::Event::Unsent(_)
                | engine::Event::Acknowledged(_)
                | engine::Event::Waited(_)
                | engine::Event::Activity(_)
                | engine::Event::RecordingWaits(_)
                | engine::Event::Recording(None) => {}
            }
            // Rows read back have no place in the rates of now.
            match is_live {
                true => self.session.apply_at(event, second),
                false => self.session.apply(event),
            }
        }
    }

    /// Whether [`Self::drain`] has more events to apply now.
    pub fn has_more(&self) -> bool {
        let waits = self.events().is_some_and(|events| !events.is_empty());
        waits && !self.waits_for_disk()
    }

    /// Whether events wait until the journal has written more.
    fn waits_for_disk(&self) -> bool {
        match self.link {
            Some(_) => self.session.log.is_behind(),
            None => self.session.log.delays_files(),
        }
    }

    fn events(&self) -> Option<&Receiver<engine::Event>> {
        let live = self.link.as_ref().map(SessionHandle::events);
        live.or(self.replay.as_ref())
    }

    /// Writes rows to the disk and frees those that are written. Returns the last error, once.
    pub fn spill(&mut self, second: u64) -> Option<io::Error> {
        let journal = Rc::clone(self.journal.as_ref()?);
        let mut problem = journal.set_private(self.drafts.receive.private).err();
        let log = &mut self.session.log;
        // A crash loses at most the last second.
        if self.unsealed.is_some_and(|last| second > last) {
            self.unsealed = None;
            log.seal();
        }
        for outcome in journal.outcomes() {
            let trimmed = match outcome {
                JournalOutcome::Written(number, place) => log.spilled(number, place),
                JournalOutcome::Failed(error) => {
                    problem = Some(error);
                    log.spill_store_failed()
                }
            };
            self.session.totals.trimmed += trimmed;
        }
        while journal.has_room()
            && let Some((number, chunk)) = log.next_to_write()
        {
            journal.write(number, chunk);
        }
        let wanted = log.oldest_segment().unwrap_or(0);
        if wanted > self.forgotten {
            self.forgotten = wanted;
            journal.forget(wanted);
        }
        log.forget_looked_at();
        // Rows that were trimmed exist only in the old files, which then stay.
        if self.restored.is_some_and(|rows| log.is_spilled(rows)) {
            self.restored = None;
            if let Some(origin) = self.origin.take() {
                origin.release();
            }
        }
        problem
    }

    /// Whether rows wait for the end of the second before they are written to disk.
    pub fn is_unsealed(&self) -> bool {
        self.journal.is_some() && self.unsealed.is_some()
    }
}

/// Why a file could not be read, if these rows report it.
fn unopened(rows: &Chunk) -> Option<Failure> {
    let failure = |notice: &Notice| match notice {
        Notice::Failed(failure) if failure.operation == Operation::Open => Some(failure.clone()),
        _ => None,
    };
    rows.notices().iter().rev().find_map(failure)
}
