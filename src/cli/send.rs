//! `netpeer send`: sends one message, and checks the answer.

use super::description::{DescribeOption, FramedFields, ReadFraming};
use super::expected_answer::ExpectedAnswer;
use super::inbox_session::InboxSession;
use super::mismatch::{Wait, not_come};
use super::options::any_local;
use super::pattern::Expectation;
use super::printer::{Printer, PrinterState, RowReader};
use super::runner::{Runner, WaitFailure};
use super::session::{PeerClose, RunningSession};
use super::text_options::TextOptions;
use super::written_fields::WrittenFields;
use super::{CommandOutcome, diagnostics, refusal, values};
use crate::capture::CaptureFields;
use crate::config::UnitDuration;
use crate::engine::{Remote, SessionCommand, Setup, Target};
use crate::explain;
use crate::kind::{Addresses, SessionKind};
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::t;
use crate::traffic::framing::SessionFraming;
use crate::words::Lang;
use clap::Args;
use clap::builder::StringValueParser;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The time limit of connecting and sending together.
const TO_SEND: Duration = Duration::from_secs(10);
/// The default time limit of an expectation.
const WITHIN: UnitDuration = UnitDuration(Duration::from_secs(2));

/// The protocol words, which may precede the address.
const PROTOCOLS: [&str; 4] = ["udp", "tcp", "unix", "unix-datagram"];

const USAGE: &str = "netpeer send [udp|tcp|unix|unix-datagram] HOST:PORT|NAME DATA [OPTIONS]";

/// The options of `netpeer send`.
#[derive(Debug, Args)]
#[command(override_usage = USAGE)]
pub struct SendOptions {
    #[arg(value_name = "WORDS", required = true, value_parser = values::completed(StringValueParser::new(), PROTOCOLS))]
    words: Vec<String>,
    #[arg(long, value_name = "ADDR[:PORT]|NAME", value_parser = values::own)]
    from: Option<Peer>,
    #[command(flatten)]
    expected: ExpectedAnswer,
    #[arg(long, value_name = "TIME", help_heading = "answer")]
    within: Option<UnitDuration>,
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "FIELDS", requires = "describe", conflicts_with_all = ["variables", "ending", "checksum"])]
    fields: Option<WrittenFields>,
    #[command(flatten)]
    describe: DescribeOption,
    #[command(flatten)]
    framing: ReadFraming,
    #[command(flatten)]
    text_options: TextOptions,
}

/// Runs `netpeer send`. Exit status: 0 if the message was sent and the expected answer arrived; 1
/// if the answer did not arrive, no program listened, or the connection was lost before
/// everything was sent; 2 if it could not start.
pub fn send(options: &SendOptions, lang: Lang) -> CommandOutcome {
    options.run(lang).unwrap_or_else(diagnostics::unusable)
}

impl SendOptions {
    /// Sends and waits. A missing answer is printed; an error is the reason why the message could
    /// not be sent.
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let (kind, to, data) = self.words(lang)?;
        let is_stream = kind.is_stream();
        let FramedFields { framing, fields } =
            self.framing.fields(&self.describe, !is_stream, lang)?;
        let message = self.message(data, fields.as_ref(), lang)?;
        let pattern = self.expected.pattern(&self.text_options, lang)?;
        let within = self.within.or(pattern.is_some().then_some(WITHIN));
        let setup = self.setup(kind, &to);
        let failed = |failure| diagnostics::of_failure(lang, &failure);
        let of_output = |error| diagnostics::of_output(lang, &error);
        let reader = RowReader {
            text: self.text_options.reader(lang),
            fields,
            framing: SessionFraming::default(),
        };
        let mut printer = Printer::new(self.json, is_stream, reader, lang).map_err(of_output)?;
        let waiting = within.map_or(Duration::ZERO, |within| within.0);
        let limit = TO_SEND + waiting + Duration::from_secs(10);
        let output = Rc::new(Cell::new(PrinterState::Writing));
        let reported = Rc::clone(&output);
        // Without a wait for an answer, received messages are not printed. Neither are late ones.
        let listens = Rc::new(Cell::new(within.is_some()));
        let listening = Rc::clone(&listens);
        let mut runner = Runner::new(limit, move |chunk| {
            if listening.get() {
                printer.received(chunk);
                reported.set(printer.state());
            }
        })
        .map_err(|error| diagnostics::not_begun(lang, &error))?;
        runner
            .sessions
            .push(InboxSession::open("", setup, None).map_err(failed)?);
        let mut left = Some((message, to, is_stream));
        let sent = runner.until(TO_SEND, |runner| {
            let session = runner.sessions.first_mut()?;
            if let Some((message, to, is_stream)) = left.take_if(|_| session.is_open()) {
                let to = match is_stream {
                    true => session.running.session.usual_target()?,
                    false => match to {
                        Remote::Endpoint(to) => Target::Endpoint(to),
                        Remote::Named(name) => Target::Peer(Peer::Named(name)),
                    },
                };
                // A refused address does not matter once another one has accepted.
                session.failures();
                if self.fields.is_some() {
                    // Its framing may stuff the message.
                    let frame = SessionCommand::Frame(framing.clone());
                    session.running.command(frame);
                }
                session.running.send(to, message, None);
                return None;
            }
            // A later failure, such as a closed port, does not mean that the message was not sent.
            if left.is_none() && session.has_sent_all() {
                let sent = session.running.session.totals.sent.records > 0;
                return Some(sent && session.unsent() == 0);
            }
            session.running.is_over().then_some(false)
        });
        match sent {
            Ok(true) => {}
            Err(WaitFailure::Request) => {
                if !runner.report_no_signals(lang) {
                    diagnostics::print_line(&t!(lang, "cli.interrupted_sending"));
                }
                return Ok(CommandOutcome::Failed);
            }
            Ok(false) | Err(_) => {
                let wording = unsent(&mut runner, lang);
                let began = running(&runner).is_some_and(RunningSession::has_opened);
                if !(is_stream && began) {
                    return Err(wording);
                }
                // It was connected, so the status is not that of a failed start.
                match running(&runner).and_then(RunningSession::ending) {
                    Some(reset @ PeerClose::Reset(_)) => reset.complain(lang),
                    _ => diagnostics::print_line(&wording),
                }
                return Ok(CommandOutcome::Failed);
            }
        }
        let outcome = match (&pattern, within) {
            (Some(pattern), Some(within)) => wait_for(pattern, within, &mut runner, lang),
            (None, Some(within)) => listen(within, &output, &mut runner, lang),
            (_, None) => CommandOutcome::Passed,
        };
        listens.set(false);
        runner.close();
        let failures = runner.sessions.first_mut().map(InboxSession::failures);
        let failures = failures.unwrap_or_default();
        for repeated in &failures {
            diagnostics::print_line(&diagnostics::of_send(lang, &repeated.failure));
        }
        let ending = running(&runner).and_then(RunningSession::ending);
        let is_reset = matches!(ending, Some(PeerClose::Reset(_)));
        if is_reset && outcome == CommandOutcome::Passed && pattern.is_none() {
            diagnostics::print_line(&t!(lang, "cli.reset"));
            return Ok(CommandOutcome::Failed);
        }
        if !failures.is_empty() || output.get() == PrinterState::Failed {
            return Ok(CommandOutcome::Failed);
        }
        Ok(outcome)
    }

    /// The message of the typed text, or of the values of fields.
    fn message(
        &self,
        data: Option<&str>,
        fields: Option<&CaptureFields>,
        lang: Lang,
    ) -> Result<Arc<Message>, String> {
        match (&self.fields, fields, data) {
            (Some(WrittenFields(values)), Some(fields), _) => {
                let message = fields.described.message(values).map(Arc::new);
                message.map_err(|mistake| {
                    format!("netpeer: {}", explain::formula_mistake(lang, &mistake))
                })
            }
            (_, _, Some(data)) => self
                .text_options
                .message(data)
                .map_err(|mistake| format!("netpeer: {}", explain::mistake(lang, &mistake))),
            _ => Err(refusal::usage(lang, USAGE)),
        }
    }

    fn setup(&self, kind: SessionKind, to: &Remote) -> Setup {
        let setup = Setup {
            local: self.from,
            timeout: TO_SEND / 2,
            // A server that has sent its FIN still reads the message.
            close_with_peer: false,
            ..Setup::new(kind)
        };
        match (kind.is_stream(), to) {
            (true, to) => Setup {
                remote: Some(to.clone()),
                ..setup
            },
            (false, Remote::Endpoint(to)) => {
                let any = || any_local(Some(to)).into();
                Setup {
                    local: Some(self.from.unwrap_or_else(any)),
                    ..setup
                }
            }
            (false, Remote::Named(_)) => setup,
        }
    }

    /// The kind of session, the target, and the data, which values of fields stand for.
    fn words(&self, lang: Lang) -> Result<(SessionKind, Remote, Option<&str>), String> {
        let (kind, to, data) = match self.words.as_slice() {
            [to] if self.fields.is_some() && kind(to).is_none() => (SessionKind::Udp, to, None),
            [word, to] if self.fields.is_some() => match kind(word) {
                Some(kind) => (kind, to, None),
                None => return Err(t!(lang, "argument.send_both")),
            },
            [_, _, _] if self.fields.is_some() => return Err(t!(lang, "argument.send_both")),
            [word, to] if kind(word).is_some() => {
                let words = format!("{word} {to}");
                return Err(t!(lang, "argument.send_data", words = words));
            }
            [to] if kind(to).is_none() => {
                return Err(t!(lang, "argument.send_data", words = to));
            }
            [to, data] => (SessionKind::Udp, to, Some(data.as_str())),
            [word, to, data] => match kind(word) {
                Some(kind) => (kind, to, Some(data.as_str())),
                None => return Err(t!(lang, "argument.send_protocol", word = word)),
            },
            _ => return Err(refusal::usage(lang, USAGE)),
        };
        let remote = match kind.addresses() {
            Addresses::Internet => values::endpoint(to).map(Remote::Endpoint),
            Addresses::Named => values::name(to).map(Remote::Named),
        };
        let remote = remote.map_err(|mistake| {
            let why = explain::argument_mistake(lang, &mistake);
            let wording = format!("netpeer: “{to}”: {why}");
            match kind.addresses() == Addresses::Internet && values::is_name(to) {
                true => format!("{wording}\n  {}", t!(lang, "argument.send_unix", to = to)),
                false => wording,
            }
        })?;
        match (kind, self.from) {
            // A stream client needs no name of its own: servers do not reply to it.
            (SessionKind::UnixClient, Some(_)) => Err(t!(lang, "argument.from_unix")),
            (SessionKind::UnixDatagram, Some(Peer::Ip(from))) => {
                Err(t!(lang, "argument.from_address", from = from))
            }
            (
                SessionKind::Udp | SessionKind::TcpClient,
                Some(from @ (Peer::Named(_) | Peer::Unnamed(_))),
            ) => Err(t!(lang, "argument.from_name", from = from)),
            _ => Ok((kind, remote, data)),
        }
    }
}

/// The kind of session of a word of [`PROTOCOLS`].
fn kind(word: &str) -> Option<SessionKind> {
    match word {
        "udp" => Some(SessionKind::Udp),
        "tcp" => Some(SessionKind::TcpClient),
        "unix" => Some(SessionKind::UnixClient),
        "unix-datagram" => Some(SessionKind::UnixDatagram),
        _ => None,
    }
}

/// Waits for the expected message, and prints the messages received instead.
fn wait_for(
    pattern: &Expectation,
    within: UnitDuration,
    runner: &mut Runner,
    lang: Lang,
) -> CommandOutcome {
    let came = runner.until(within.0, |runner| {
        let session = runner.sessions.first_mut()?;
        if session.inbox.find(pattern, None) {
            return Some(true);
        }
        is_last(session).then_some(false)
    });
    if came == Ok(true) {
        return CommandOutcome::Passed;
    }
    let Some(session) = runner.sessions.first_mut() else {
        return CommandOutcome::Failed;
    };
    let instead = session.inbox.instead(None);
    let wait = Wait {
        within,
        ending: session.running.ending(),
        interrupted: came == Err(WaitFailure::Request),
    };
    diagnostics::print_line(&not_come(lang, pattern, wait, &instead, false));
    CommandOutcome::Failed
}

/// Waits while the received messages are printed, until the time is over or the reader of the
/// output has closed it.
fn listen(
    within: UnitDuration,
    output: &Cell<PrinterState>,
    runner: &mut Runner,
    lang: Lang,
) -> CommandOutcome {
    // The end of the time and Ctrl+C both end the wait with success.
    let waited = runner.until(within.0, |runner| {
        let session = runner.sessions.first_mut()?;
        // Empties the inbox, which no expectation reads.
        session.inbox.instead(None);
        let is_read = output.get() == PrinterState::Writing;
        (!is_read || is_last(session)).then_some(())
    });
    match waited == Err(WaitFailure::Request) && runner.report_no_signals(lang) {
        true => CommandOutcome::Failed,
        false => CommandOutcome::Passed,
    }
}

fn running(runner: &Runner) -> Option<&RunningSession> {
    runner.sessions.first().map(|session| &session.running)
}

/// Whether nothing more can be received.
fn is_last(session: &InboxSession) -> bool {
    session.running.is_over() || session.has_failed() || session.running.ending().is_some()
}

/// Why the message could not be sent.
fn unsent(runner: &mut Runner, lang: Lang) -> String {
    let session = runner.sessions.first_mut();
    let (failures, over) = session.map_or_else(Default::default, |session| {
        (session.failures(), session.running.is_over())
    });
    let wording: Vec<String> = failures
        .iter()
        .map(|repeated| diagnostics::of_send(lang, &repeated.failure))
        .collect();
    match wording.is_empty() {
        true if over => t!(lang, "cli.ended_first"),
        true => t!(lang, "cli.not_sent"),
        false => wording.join("\n"),
    }
}
