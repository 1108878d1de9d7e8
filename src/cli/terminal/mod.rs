//! A session in the terminal: reads input, prints rows, and decides when to end.

mod closing;
mod file;
mod rest;
mod sending;
mod start;

use crate::automation::PAUSE;
use crate::capture::recorder;
use crate::cli::input::{Input, Shape};
use crate::cli::interrupts::Interrupts;
use crate::cli::options::{SessionOptions, SessionRequest};
use crate::cli::printer::{Printer, PrinterState, RowReader};
use crate::cli::session::{ReceivedMessages, RunningSession, unsent_messages};
use crate::cli::{CommandOutcome, diagnostics, hangup, input, sandbox, totals};
use crate::config::session::ValidSession;
use crate::engine::{self, Event, Remote, Repeating, Setup};
use crate::explain;
use crate::kind::SessionRole;
use crate::payload::message::Message;
use crate::t;
use crate::traffic::framing::SessionFraming;
use crate::traffic::{Automatic, Notice};
use crate::words::Lang;
use closing::{Closing, HalfClose};
use crossbeam_channel::{Receiver, never, select};
use file::InputFile;
use start::{announce, recording};
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

/// Runs a session until it ends or the user ends it.
pub fn run(session_request: SessionRequest, lang: Lang) -> CommandOutcome {
    let terminal = Terminal::begin(session_request, lang);
    terminal.map_or_else(diagnostics::unusable, Terminal::run)
}

struct Terminal {
    running: RunningSession,
    printer: Printer,
    /// The input: lines or blocks. It never receives with `--file`.
    lines: Receiver<Input>,
    input_ended: bool,
    /// Whether a person types the lines: they are sent in the encoding of their peer.
    typed: bool,
    /// The line that waits to be sent.
    line: Option<Vec<u8>>,
    /// The number of lines read.
    lines_read: u64,
    /// Whether a part of the input could not be sent: an invalid or truncated line, or a failed
    /// read.
    bad_input: bool,
    interrupts: Interrupts,
    to: Option<Remote>,
    session_options: SessionOptions,
    /// The message to send before the input.
    first: Option<Arc<Message>>,
    /// The file that is sent instead of the input.
    file: Option<InputFile>,
    /// The number of commands to repeat a message.
    repeating: u64,
    /// The progress of the repetition, which stays after the session has ended.
    repeated: Option<Repeating>,
    /// The number of repeated messages that were not sent.
    lost: u64,
    /// The received messages, and the printed rows of them, with `--count`.
    received: Option<ReceivedMessages>,
    printed_rows: u64,
    /// Whether the time of `--for` is over.
    time_over: bool,
    /// Whether anything was sent. The first time, its target is checked.
    looked: bool,
    /// Whether the message about waiting for a first datagram was printed.
    wait_reported: bool,
    parting: Closing,
    half_close: HalfClose,
    /// Whether it is a client that reconnects.
    reconnects: bool,
    /// Whether the session was open.
    began: bool,
    /// Whether the user or the reader of the output ended it: unfinished work is not a failure
    /// then.
    excused: bool,
    /// Whether a part of the input had been refused by then, which is a failure.
    refused: bool,
    recording_failed: bool,
    lang: Lang,
}

impl Terminal {
    /// Opens the session and sends its commands.
    ///
    /// # Errors
    /// Why it cannot start, as text.
    fn begin(session_request: SessionRequest, lang: Lang) -> Result<Self, String> {
        let of_session = |wording: String| format!("netpeer: {wording}");
        let ValidSession { config, commands } = session_request.config(lang).map_err(of_session)?;
        announce(&config, lang);
        let setup = config.setup();
        let SessionRequest {
            mut session_options,
            half_close,
            ..
        } = session_request;
        let first = session_options.message.as_deref();
        let first = first
            .map(|text| session_options.text_options.message(text))
            .transpose();
        let first =
            first.map_err(|mistake| format!("netpeer: {}", explain::mistake(lang, &mistake)))?;
        let framing = config.session_framing();
        let reader = RowReader {
            text: session_options.text_options.reader(lang),
            fields: session_options.describe.fields(framing.clone(), lang)?,
            // What happens is printed as it is read and written.
            framing: SessionFraming::default(),
        };
        let counts = session_options.count.is_some();
        let received = counts.then(|| ReceivedMessages::new(&framing));
        let recording = recording(&session_options, (&reader, framing), lang)?;
        session_options.quiet |= session_options.records_to_output();
        let file = InputFile::of(&session_options.source, setup.kind.is_stream());
        let file = file.map_err(|failure| diagnostics::of_failure(lang, &failure))?;
        if session_options.sandbox {
            sandbox::enter(&config, &session_options, lang)?;
        }
        let mut terminal = Self::open(
            setup,
            config.target,
            session_options,
            (reader, recording),
            lang,
        )?;
        for order in commands {
            terminal.running.command(order);
        }
        if file.is_some() {
            terminal.running.in_flight.expect_file();
        }
        Ok(Self {
            first,
            file,
            half_close: HalfClose::of(half_close),
            received,
            ..terminal
        })
    }

    fn open(
        setup: Setup,
        to: Option<Remote>,
        session_options: SessionOptions,
        (reader, recording): (RowReader, Option<recorder::RecordingRequest>),
        lang: Lang,
    ) -> Result<Self, String> {
        let of_system = |error: io::Error| diagnostics::not_begun(lang, &error);
        let hangup = match session_options.quiet && !session_options.records_to_output() {
            // Nothing is printed there, so its reader does not matter.
            true => Ok(never()),
            false => hangup::of_output(),
        };
        let interrupts = Interrupts::new(hangup, lang)?;
        let is_stream = setup.kind.is_stream();
        let binary = session_options.source.binary;
        let lines = match (&session_options.source.file, binary) {
            (Some(_), _) => never(),
            (None, true) => input::of(Shape::Blocks(session_options.source.block(is_stream)))
                .map_err(of_system)?,
            (None, false) => input::of(Shape::Lines).map_err(of_system)?,
        };
        let printer = match session_options.quiet {
            true => Printer::quiet(is_stream, reader, lang),
            false => Printer::new(session_options.json, is_stream, reader, lang),
        };
        let printer = printer.map_err(|error| diagnostics::of_output(lang, &error))?;
        let reconnects = setup.reconnect.is_some();
        let running = RunningSession::open_to_send(setup, |setup| match recording {
            // A session whose recording fails at the start does not open.
            Some(order) => engine::open_if_recorded(setup, order, || {}),
            None => engine::open(setup, || {}),
        });
        let mut running = running.map_err(|failure| diagnostics::of_failure(lang, &failure))?;
        running.session.log.prefer_chinese(lang == Lang::Chinese);
        Ok(Self {
            running,
            printer,
            lines,
            input_ended: session_options.source.file.is_some(),
            typed: !binary && io::stdin().is_terminal(),
            line: None,
            lines_read: 0,
            bad_input: false,
            interrupts,
            to,
            parting: Closing::new(session_options.once),
            session_options,
            first: None,
            file: None,
            repeating: 0,
            repeated: None,
            lost: 0,
            received: None,
            printed_rows: 0,
            time_over: false,
            looked: false,
            wait_reported: false,
            half_close: HalfClose::No,
            reconnects,
            began: false,
            excused: false,
            refused: false,
            recording_failed: false,
            lang,
        })
    }

    fn run(mut self) -> CommandOutcome {
        let deadline = match self.session_options.lasting {
            Some(duration) => crossbeam_channel::after(duration.0),
            None => never(),
        };
        let nothing = never();
        loop {
            // The waiting events are printed first, and flushed together.
            if self.running.events().is_empty() {
                self.printer.flush();
                self.heed_output();
            }
            self.send_first();
            self.send_file();
            self.send_lines();
            self.report_wait();
            self.end_if_done();
            self.half_close_if_done();
            self.part_if_done();
            let lines = match self.takes_input() {
                true => &self.lines,
                false => &nothing,
            };
            let due = self.message_due();
            select! {
                recv(self.running.events()) -> event => {
                    self.take(event.ok());
                    if self.running.is_over() {
                        break;
                    }
                }
                recv(lines) -> input => self.read(input.ok()),
                recv(due) -> _ => self.received.iter_mut().for_each(ReceivedMessages::take_due),
                recv(self.parting.quiet) -> _ => self.input_is_quiet(),
                recv(self.interrupts.requests.asked()) -> _ => {
                    // A refusal before the request is a failure.
                    self.take_waiting();
                    if self.running.is_over() {
                        break;
                    }
                    if self.interrupts.heed_request() {
                        self.excuse();
                    }
                    self.running.stop();
                }
                recv(self.interrupts.hangup) -> hangup_result => {
                    if self.interrupts.heed_hangup(hangup_result) {
                        self.reader_has_gone();
                    }
                }
                recv(deadline) -> _ => {
                    self.time_over = true;
                    self.running.stop();
                }
            }
        }
        self.printer.end();
        let done = self.is_all_done();
        let session = &self.running.session;
        // TCP loses nothing here.
        let reported = engine::REPORTS_DROPS || session.kind().is_stream();
        diagnostics::print_line(&totals::words(self.lang, &session.totals, reported));
        self.report_unprinted();
        self.outcome(done)
    }

    /// Takes the events that wait now.
    fn take_waiting(&mut self) {
        for _ in 0..self.running.events().len() {
            if let Ok(event) = self.running.events().try_recv() {
                self.take(Some(event));
            }
        }
    }

    fn take(&mut self, event: Option<Event>) {
        match &event {
            Some(Event::Rows(chunk)) => {
                self.running.in_flight.take(chunk);
                let rows = self.count_received(chunk);
                self.printer.chunk(chunk, rows);
                chunk
                    .notices()
                    .iter()
                    .for_each(|notice| self.observe(notice));
                self.heed_output();
            }
            Some(Event::RecordingFailed(failure)) => self.recording_ended(failure),
            Some(Event::Activity(activity)) => {
                self.repeated = activity.repeating;
                if let (Some(file), Some(progress)) = (&mut self.file, &activity.file) {
                    file.report(progress, self.lang);
                }
            }
            _ => {}
        }
        self.running.take(event);
        self.began |= self.running.session.is_open();
    }

    /// Handles a notice. A paused rule is also reported on the standard error, because a row
    /// alone is easily missed.
    fn observe(&mut self, notice: &Notice) {
        if self.repeating > 0 {
            self.lost += unsent_messages(notice);
        }
        if let Some(file) = &mut self.file {
            file.observe(notice);
        }
        if matches!(notice, Notice::PeerFinished { .. }) {
            self.server_finished();
        }
        let Notice::Automatic(automatic) = notice else {
            return;
        };
        match &**automatic {
            Automatic::Paused { rule, peer } => diagnostics::print_line(&t!(
                self.lang,
                "cli.paused",
                rule = rule,
                peer = peer,
                seconds = PAUSE.as_secs()
            )),
            Automatic::Reconnecting { .. } => {
                self.parting = Closing::new(self.session_options.once)
            }
            _ => {}
        }
    }

    fn end_if_done(&mut self) {
        let counted = self.session_options.count.is_some() && self.still_to_receive() == 0;
        let sent_all = self.session_options.once && self.is_all_sent();
        // The clients that received the earlier input have left, and none is there for the rest.
        let is_left = self.session_options.once
            && self.looked
            && (self.line.is_some() || self.repeats())
            && self.running.session.kind().role() == SessionRole::Server
            && self.running.session.connections().is_empty();
        if counted || sent_all || is_left {
            self.running.stop();
        }
    }

    /// Whether nothing is left to send.
    fn is_all_sent(&self) -> bool {
        self.began
            && self.input_ended
            && self.line.is_none()
            && self.first.is_none()
            && self.running.in_flight.is_empty()
            && !self.repeats()
            && !self.sends_file()
    }

    /// Ends the session because the reader of the output has gone. With `--once` unsent input is
    /// still a failure.
    /// Ends the session if its rows cannot be printed any more.
    fn heed_output(&mut self) {
        match self.printer.state() {
            PrinterState::Writing => {}
            PrinterState::Gone => self.reader_has_gone(),
            PrinterState::Failed => self.running.stop(),
        }
    }

    fn reader_has_gone(&mut self) {
        if !self.session_options.once {
            self.excuse();
        }
        self.running.stop();
    }

    /// Whether to read input. One line is read ahead, so that the end of the input is seen even
    /// without a peer.
    fn takes_input(&self) -> bool {
        !self.input_ended && !self.running.is_stopping() && !self.parts() && self.line.is_none()
    }
}
