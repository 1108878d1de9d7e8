//! A session held in the terminal.

mod file;
mod orders;
mod parting;
mod rest;
mod sending;

use crate::automation::PAUSE;
use crate::capture::recorder;
use crate::cli::hangup::Hangup;
use crate::cli::in_flight::InFlight;
use crate::cli::input::{Input, Shape};
use crate::cli::options::{Talk, Talked};
use crate::cli::printer::{Printer, State};
use crate::cli::{Outcome, complaint, hangup, input, totals};
use crate::engine::{self, Command, Event, Remote, Repeating, SessionHandle, Setup};
use crate::payload::message::Message;
use crate::say;
use crate::session::{Role, Session};
use crate::signals::{self, Requests};
use crate::traffic::{Automatic, Notice, Told};
use crate::words::Lang;
use crossbeam_channel::{Receiver, never, select};
use file::InputFile;
use orders::{automatic, recording};
use parting::{HalfClose, Parting};
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

/// Holds a session until it ends, or the user ends it.
pub fn talk(talked: Talked, lang: Lang) -> Outcome {
    let Talked {
        setup,
        to,
        orders: joins,
        mut talk,
        weather,
        half_close,
    } = talked;
    let orders = match automatic(&talk, &weather, setup.place(), lang) {
        Ok(orders) => joins.into_iter().chain(orders).collect::<Vec<_>>(),
        Err(said) => {
            complaint::say(&format!("netpeer: {said}"));
            return Outcome::Unusable;
        }
    };
    let first = match talk
        .message
        .as_deref()
        .map(|text| talk.writing.message(text))
    {
        Some(Err(mistake)) => {
            complaint::mistake(lang, &mistake);
            return Outcome::Unusable;
        }
        Some(Ok(message)) => Some(message),
        None => None,
    };
    let recording = match recording(&talk, lang) {
        Ok(recording) => recording,
        Err(said) => {
            complaint::say(&said);
            return Outcome::Unusable;
        }
    };
    talk.quiet |= talk.records_to_output();
    let file = match InputFile::of(&talk.source, setup.kind.is_stream()) {
        Ok(file) => file,
        Err(failure) => {
            complaint::last_failure(lang, &failure);
            return Outcome::Unusable;
        }
    };
    let mut terminal = match Terminal::open(&setup, to, talk, recording, lang) {
        Ok(terminal) => terminal,
        Err(said) => {
            complaint::say(&said);
            return Outcome::Unusable;
        }
    };
    terminal.first = first;
    terminal.file = file;
    terminal.half_close = HalfClose::of(half_close);
    for order in orders {
        terminal.link.order(order);
    }
    terminal.run()
}

struct Terminal {
    link: SessionHandle,
    session: Session,
    printer: Printer,
    in_flight: InFlight,
    /// What is typed, or comes as blocks; never anything once it has ended.
    lines: Receiver<Input>,
    input_ended: bool,
    /// A person types the lines: they go in the encoding of whom they go to.
    typed: bool,
    /// The line that waits until it can be sent.
    line: Option<Vec<u8>>,
    /// How many lines were read.
    lines_read: u64,
    /// Lines that no message could be made of, or that were cut, or what else of the input
    /// was not read.
    bad_input: bool,
    requests: Requests,
    hangup: Hangup,
    to: Option<Remote>,
    talk: Talk,
    /// The message to send before anything typed.
    first: Option<Arc<Message>>,
    /// What is sent instead of that.
    file: Option<InputFile>,
    /// How often it was ordered to repeat something.
    repeating: u64,
    /// How far that is, also after the session has ended.
    repeated: Option<Repeating>,
    /// Messages that were repeated and not sent.
    lost: u64,
    /// The time of `--for` is over.
    time_over: bool,
    /// It was looked whether anybody gets what is sent.
    looked: bool,
    stopping: bool,
    parting: Parting,
    half_close: HalfClose,
    /// A client that connects again.
    reconnects: bool,
    /// It was open.
    began: bool,
    /// The user, or whoever reads the output and nothing else was asked for, wants no more:
    /// what is not done then need not be.
    excused: bool,
    recording_failed: bool,
    /// A thread died, other than one whose death is a row.
    died: bool,
    lang: Lang,
}

impl Terminal {
    fn open(
        setup: &Setup,
        to: Option<Remote>,
        talk: Talk,
        recording: Option<recorder::Order>,
        lang: Lang,
    ) -> Result<Self, String> {
        let of_system = |error: io::Error| complaint::not_begun(lang, &error);
        let requests = signals::requests(|| {}).map_err(of_system)?;
        let hangup = match talk.quiet && !talk.records_to_output() {
            // It writes nothing there.
            true => never(),
            false => hangup::of_output().map_err(of_system)?,
        };
        let tcp = setup.kind.is_stream();
        let binary = talk.source.binary;
        let lines = match (&talk.source.file, binary) {
            (Some(_), _) => never(),
            (None, true) => input::of(Shape::Blocks(talk.source.block(tcp))).map_err(of_system)?,
            (None, false) => input::of(Shape::Lines).map_err(of_system)?,
        };
        let reader = talk.writing.reader(lang);
        let printer = match talk.quiet {
            true => Printer::quiet(tcp, reader, lang),
            false => Printer::new(talk.json, tcp, reader, lang),
        };
        let printer = printer.map_err(|error| format!("netpeer: {error}"))?;
        let mut session = Session::default();
        // The rows are printed: nothing looks back at them.
        session.set_log_budget(0);
        session.log.prefer_chinese(lang == Lang::Chinese);
        session.opening(setup);
        let mut setup = setup.clone();
        let parting = Parting::of(&mut setup, talk.once);
        let reconnects = setup.reconnect.is_some();
        let link = match recording {
            // Who asks for a recording does not want the session without it.
            Some(order) => engine::open_if_recorded(setup, order, || {}),
            None => engine::open(setup, || {}),
        };
        let link =
            link.map_err(|failure| format!("netpeer: {}", complaint::explained(lang, &failure)))?;
        Ok(Self {
            link,
            session,
            printer,
            in_flight: InFlight::new(tcp),
            lines,
            input_ended: talk.source.file.is_some(),
            typed: !binary && io::stdin().is_terminal(),
            line: None,
            lines_read: 0,
            bad_input: false,
            requests,
            hangup,
            to,
            talk,
            first: None,
            file: None,
            repeating: 0,
            repeated: None,
            lost: 0,
            time_over: false,
            looked: false,
            stopping: false,
            parting,
            half_close: HalfClose::No,
            reconnects,
            began: false,
            excused: false,
            recording_failed: false,
            died: false,
            lang,
        })
    }

    fn run(mut self) -> Outcome {
        let deadline = match self.talk.lasting {
            Some(span) => crossbeam_channel::after(span.0),
            None => never(),
        };
        let nothing = never();
        loop {
            // What waits is written first, and handed on together.
            if self.link.events().is_empty() {
                self.printer.flush();
            }
            self.send_first();
            self.send_file();
            self.send_lines();
            self.end_if_done();
            self.half_close_if_done();
            self.part_if_done();
            let lines = match self.takes_input() {
                true => &self.lines,
                false => &nothing,
            };
            select! {
                recv(self.link.events()) -> event => match event {
                    Ok(Event::Closed) => break,
                    // Not even its last word could be told.
                    Err(_) => {
                        self.died = true;
                        break;
                    }
                    Ok(event) => self.take(event),
                },
                recv(lines) -> input => self.read(input.ok()),
                recv(self.parting.quiet) -> _ => self.input_is_quiet(),
                recv(self.requests.asked()) -> _ => match self.requests.died() {
                    Some(died) => {
                        // Nobody could end it any more.
                        self.requests = Requests::never();
                        self.died = true;
                        complaint::no_signals(self.lang, &died);
                        self.stop();
                    }
                    None => {
                        self.excused = true;
                        self.stop();
                    }
                },
                recv(self.hangup) -> gone => {
                    self.hangup = never();
                    match gone {
                        Ok(Err(died)) => {
                            self.died = true;
                            complaint::no_hangup(self.lang, &died);
                        }
                        Ok(Ok(())) | Err(_) => self.reader_has_gone(),
                    }
                }
                recv(deadline) -> _ => {
                    self.time_over = true;
                    self.stop();
                }
            }
        }
        self.session.apply(Event::Closed);
        self.printer.end();
        let done = self.is_all_done();
        complaint::say(&totals::words(self.lang, &self.session.totals));
        self.say_unprinted();
        self.outcome(done)
    }

    fn take(&mut self, event: Event) {
        match &event {
            Event::Rows(chunk) => {
                self.in_flight.take(chunk);
                self.printer.chunk(chunk, self.still_to_receive());
                for told in chunk.told() {
                    self.note(&told);
                }
                match self.printer.state() {
                    State::Writing => {}
                    State::Gone => self.reader_has_gone(),
                    State::Failed => self.stop(),
                }
            }
            Event::Acknowledged(news) => self.in_flight.acknowledge(news),
            Event::RecordingFailed(failure) => self.recording_ended(failure),
            Event::Activity(activity) => {
                self.repeated = activity.repeating;
                if let (Some(file), Some(progress)) = (&mut self.file, &activity.file) {
                    file.report(progress, self.lang);
                }
            }
            _ => {}
        }
        self.session.apply(event);
        self.began |= self.session.is_open();
    }

    /// A rule that is paused answers nothing more, which a row alone does not tell those
    /// who look at something else.
    fn note(&mut self, told: &Told<'_>) {
        self.parting.note(told);
        if self.repeating > 0 {
            self.lost += rest::lost(told.notice);
        }
        if let Some(file) = &mut self.file {
            file.note(told.notice);
        }
        let Notice::Automatic(automatic) = told.notice else {
            return;
        };
        match &**automatic {
            Automatic::Paused { rule, peer } => complaint::say(&say!(
                self.lang,
                "cli.paused",
                rule = rule,
                peer = peer,
                seconds = PAUSE.as_secs()
            )),
            Automatic::Reconnecting { .. } => self.parting.restart(),
            _ => {}
        }
    }

    fn end_if_done(&mut self) {
        let counted = self.talk.count.is_some() && self.still_to_receive() == 0;
        let said_all = self.talk.once && self.is_all_sent();
        // Whoever got the lines before has left: nobody is there for the others.
        let is_left = self.talk.once
            && self.looked
            && (self.line.is_some() || self.repeats())
            && self.session.kind().role() == Role::Server
            && self.session.connections().is_empty();
        if counted || said_all || is_left {
            self.stop();
        }
    }

    /// Whether there is nothing more to send.
    fn is_all_sent(&self) -> bool {
        self.began
            && self.input_ended
            && self.line.is_none()
            && self.first.is_none()
            && self.in_flight.is_empty()
            && !self.repeats()
            && !self.sends_file()
    }

    fn stop(&mut self) {
        if !self.stopping {
            self.stopping = true;
            self.session.closing();
            self.link.order(Command::Stop);
        }
    }

    /// Nobody reads what is printed. Whoever asked for all of the input to be sent did not ask
    /// for that to depend on it.
    fn reader_has_gone(&mut self) {
        self.excused |= !self.talk.once;
        self.stop();
    }

    /// One line is read ahead, so that the end of the input is seen whoever is there.
    fn takes_input(&self) -> bool {
        !self.input_ended && !self.stopping && !self.parts() && self.line.is_none()
    }
}
