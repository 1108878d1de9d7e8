//! A session held in the terminal.

use super::credit::Credit;
use super::options::{Talk, Talked};
use super::printer::{Printer, State};
use super::remarks::remark;
use super::weather::{self, Weather};
use super::{Outcome, complaint, hangup, input, signals, totals};
use crate::automation::{Place, Plan};
use crate::explain::describe;
use crate::net::{self, Command, Endpoint, Event, Interfaces, Link, Setup, Target};
use crate::payload::message::Message;
use crate::recorder;
use crate::say;
use crate::session::{Kind, Session};
use crate::traffic::export::Format;
use crate::traffic::{Automatic, Notice};
use crate::words::Lang;
use crossbeam_channel::{Receiver, never, select};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Holds a session until it ends, or the user ends it.
pub fn talk(talked: Talked, lang: Lang) -> Outcome {
    let Talked {
        setup,
        to,
        orders: joins,
        talk,
        weather,
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
    let recording = match talk.record.as_deref().map(|path| order(path, lang)) {
        Some(None) => {
            complaint::say(&say!(lang, "cli.record_format"));
            return Outcome::Unusable;
        }
        Some(recording) => recording,
        None => None,
    };
    let mut terminal = match Terminal::open(&setup, to, talk, lang) {
        Ok(terminal) => terminal,
        Err(said) => {
            complaint::say(&said);
            return Outcome::Unusable;
        }
    };
    terminal.first = first;
    if let Some(order) = recording {
        terminal.link.order(Command::Record(order));
    }
    for order in orders {
        terminal.link.order(order);
    }
    terminal.run()
}

/// The orders for what it does by itself.
///
/// # Errors
/// What is wrong with the rules or the network asked for, in words.
fn automatic(
    talk: &Talk,
    weather: &Weather,
    place: Place,
    lang: Lang,
) -> Result<Vec<Command>, String> {
    let kept = talk.answers.kept(lang)?;
    let book = kept.book(talk.writing.encoding(), lang)?;
    let conditions = weather.conditions(lang)?.map(Arc::new);
    if let Some(conditions) = &conditions {
        weather::announce(conditions, lang);
    }
    remark(place, &kept.rules, conditions.as_deref(), lang);
    let follow = book.map(|book| Command::Follow(Some(book)));
    let impair = conditions.map(|conditions| Command::Impair(Some(conditions)));
    Ok(impair.into_iter().chain(follow).collect())
}

/// The order to record to this file, in the format its name asks for.
fn order(path: &Path, lang: Lang) -> Option<recorder::Order> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(recorder::Order {
        path: path.into(),
        format: Format::of_extension(&extension)?,
        full: None,
        describe: describe(lang, Interfaces::read()),
    })
}

struct Terminal {
    link: Link,
    session: Session,
    printer: Printer,
    credit: Credit,
    /// What is typed; never anything once it has ended.
    lines: Receiver<Vec<u8>>,
    input_ended: bool,
    /// The line that waits until it can be sent.
    line: Option<Vec<u8>>,
    requests: Receiver<()>,
    hangup: Receiver<()>,
    to: Option<Endpoint>,
    talk: Talk,
    /// The message to send before anything typed.
    first: Option<Arc<Message>>,
    /// It was ordered to repeat something.
    repeating: bool,
    stopping: bool,
    recording_failed: bool,
    lang: Lang,
}

impl Terminal {
    fn open(setup: &Setup, to: Option<Endpoint>, talk: Talk, lang: Lang) -> Result<Self, String> {
        let of_system = |error: io::Error| format!("netpeer: {error}");
        let requests = signals::requests().map_err(of_system)?;
        let hangup = hangup::of_output().map_err(of_system)?;
        let lines = input::lines().map_err(of_system)?;
        let tcp = setup.is_stream();
        let printer = Printer::new(talk.json, tcp, lang).map_err(of_system)?;
        let mut session = Session::default();
        // The rows are printed: nothing looks back at them.
        session.set_log_budget(0);
        session.opening(setup);
        let link = net::open(setup.clone(), || {})
            .map_err(|failure| format!("netpeer: {}", complaint::explained(lang, &failure)))?;
        Ok(Self {
            link,
            session,
            printer,
            credit: Credit::new(tcp),
            lines,
            input_ended: false,
            line: None,
            requests,
            hangup,
            to,
            talk,
            first: None,
            repeating: false,
            stopping: false,
            recording_failed: false,
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
            self.send_line();
            self.end_if_done();
            let lines = match self.takes_input() {
                true => &self.lines,
                false => &nothing,
            };
            select! {
                recv(self.link.events()) -> event => match event {
                    Ok(Event::Closed) | Err(_) => break,
                    Ok(event) => self.take(event),
                },
                recv(lines) -> line => match line {
                    Ok(line) => self.line = Some(line),
                    Err(_) => self.input_ended = true,
                },
                recv(self.requests) -> _ => self.stop(),
                recv(self.hangup) -> _ => {
                    self.hangup = never();
                    self.stop();
                }
                recv(deadline) -> _ => self.stop(),
            }
        }
        self.session.apply(Event::Closed);
        self.printer.end();
        complaint::say(&totals::words(self.lang, &self.session.totals));
        self.outcome()
    }

    fn take(&mut self, event: Event) {
        match &event {
            Event::Rows(chunk) => {
                for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
                    self.credit.note(&record);
                }
                self.printer.chunk(chunk, self.still_to_receive());
                for notice in chunk.notices() {
                    self.note(notice);
                }
                if self.printer.state() != State::Writing {
                    self.stop();
                }
            }
            Event::RecordingFailed(failure) => {
                self.recording_failed = true;
                complaint::failure(self.lang, failure);
            }
            _ => {}
        }
        self.session.apply(event);
    }

    /// A rule that is paused answers nothing more, which a row alone does not tell those
    /// who look at something else.
    fn note(&self, notice: &Notice) {
        if let Notice::Automatic(automatic) = notice
            && let Automatic::Paused { rule, peer } = &**automatic
        {
            complaint::say(&say!(self.lang, "cli.paused", rule = rule, peer = peer));
        }
    }

    /// Lines wait until there is somebody to send them to, and while much is under way.
    fn send_line(&mut self) {
        let may = !self.stopping && self.first.is_none() && self.credit.has_room();
        if !may || self.target().is_none() {
            return;
        }
        let Some(line) = self.line.take() else { return };
        match self.talk.writing.line(&line) {
            Ok(message) => self.send(message),
            Err(mistake) => complaint::mistake(self.lang, &mistake),
        }
    }

    fn send_first(&mut self) {
        if self.target().is_some()
            && let Some(message) = self.first.take()
        {
            self.send(message);
        }
    }

    fn send(&mut self, message: Arc<Message>) {
        // Asked for just before.
        let Some(to) = self.target() else { return };
        if let Some(span) = self.talk.repeat {
            let plan = Plan::every(span.0, message, self.talk.times);
            self.repeating = true;
            return self.link.order(Command::Repeat { to, plan });
        }
        // Where a message is another one each time, its row will say how long it was.
        let length = message.fixed().map_or(1, |bytes| bytes.len());
        let receivers = match to {
            Target::All => self.session.peers().len(),
            Target::Endpoint(_) | Target::Peer(_) => 1,
        };
        self.credit.ordered(length, receivers);
        self.link.order(Command::Send { to, message });
    }

    fn end_if_done(&mut self) {
        let counted = self.talk.count.is_some() && self.still_to_receive() == 0;
        let said_all = self.talk.once
            && self.session.is_open()
            && self.input_ended
            && self.line.is_none()
            && self.first.is_none()
            && self.credit.is_even()
            && !self.repeats();
        if counted || said_all {
            self.stop();
        }
    }

    fn stop(&mut self) {
        if !self.stopping {
            self.stopping = true;
            self.session.closing();
            self.link.order(Command::Stop);
        }
    }

    /// Whom what is typed goes to; nobody as long as there is no one.
    fn target(&self) -> Option<Target> {
        if !self.session.is_open() {
            return None;
        }
        match self.session.kind() {
            Kind::Udp => {
                let last = self.session.last_source().map(Endpoint::from);
                self.to.clone().or(last).map(Target::Endpoint)
            }
            Kind::TcpClient => self
                .session
                .peers()
                .keys()
                .next()
                .copied()
                .map(Target::Peer),
            Kind::TcpServer => (!self.session.peers().is_empty()).then_some(Target::All),
            Kind::Relay => None,
        }
    }

    /// One line is read ahead, so that the end of the input is seen whoever is there.
    fn takes_input(&self) -> bool {
        !self.input_ended && !self.stopping && self.line.is_none()
    }

    /// Whether it was ordered to repeat and has not ended.
    fn repeats(&self) -> bool {
        let repeating = self.session.doing().repeating;
        self.repeating && repeating.is_none_or(|repeating| !repeating.over)
    }

    fn still_to_receive(&self) -> u64 {
        let count = self.talk.count.unwrap_or(u64::MAX);
        count.saturating_sub(self.session.totals.received.records)
    }

    fn outcome(&self) -> Outcome {
        match (self.session.failure(), self.printer.state()) {
            (Some(_), _) => Outcome::Unusable,
            (None, State::Failed) => Outcome::Failed,
            (None, _) if self.recording_failed => Outcome::Failed,
            (None, _) => Outcome::Passed,
        }
    }
}
