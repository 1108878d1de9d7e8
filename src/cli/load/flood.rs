//! `netpeer flood`: the load generator.

use super::order::LoadOptions;
use super::watch::{WaitEnd, Watch};
use crate::cli::options::any_local;
use crate::cli::refusal::usage;
use crate::cli::session::PeerClose;
use crate::cli::{CommandOutcome, diagnostics, values};
use crate::config::UnitDuration;
use crate::engine::{
    Clock, Command, ConnectionCommand, Endpoint, Flooding, SenderCommand, Setup, Target,
};
use crate::explain;
use crate::t;
use crate::words::{self, Lang, grouped};
use clap::Args;
use clap::builder::StringValueParser;
use serde::Serialize;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

/// The time-out of connecting.
const TO_OPEN: Duration = Duration::from_secs(5);
/// How long to wait while the kernel accepts no more data.
const TO_GO: Duration = Duration::from_secs(2);

/// The options of `netpeer flood`.
#[derive(Debug, Args)]
#[command(override_usage = "netpeer flood [udp|tcp] HOST:PORT [OPTIONS]")]
pub struct FloodOptions {
    #[arg(value_name = "WORDS", required = true, value_parser = values::completed(StringValueParser::new(), ["udp", "tcp"]))]
    words: Vec<String>,
    #[arg(long = "for", value_name = "TIME")]
    lasting: Option<UnitDuration>,
    #[arg(long)]
    half_open: bool,
    #[arg(long)]
    no_header: bool,
    #[arg(long)]
    json: bool,
    #[arg(long)]
    verbose: bool,
    #[command(flatten)]
    order: LoadOptions,
}

/// The results of a load. Their JSON is stable.
#[derive(Debug, Serialize)]
struct Sent {
    protocol: &'static str,
    to: String,
    size: usize,
    /// The requested messages a second; `None` is unlimited.
    asked: Option<f64>,
    sent: u64,
    bytes: u64,
    unsent: u64,
    failures: u64,
    seconds: f64,
    /// Messages a second; `None` for a single message, which has no rate.
    rate: Option<f64>,
    bits_per_second: Option<f64>,
    /// Whether the time was over, or the user ended it.
    #[serde(skip)]
    by_us: bool,
    /// How the peer ended the connection.
    #[serde(skip)]
    ending: Option<PeerClose>,
}

/// Runs `netpeer flood`. Exit status: 0 if everything was sent, 1 if something was not sent,
/// failed or was cut off by the peer, 2 if it could not start.
pub fn flood(options: &FloodOptions, lang: Lang) -> CommandOutcome {
    match options.run(lang) {
        Ok(sent) => {
            let written = options.print(&sent, lang);
            let whole = options.is_whole(&sent, lang);
            match (sent.unsent, sent.failures) {
                (0, 0) if written && whole => CommandOutcome::Passed,
                _ => CommandOutcome::Failed,
            }
        }
        Err(wording) => diagnostics::unusable(wording),
    }
}

impl FloodOptions {
    fn run(&self, lang: Lang) -> Result<Sent, String> {
        let (tcp, to) = self.target(lang)?;
        let numbered = !self.no_header;
        self.order.check(numbered, lang)?;
        let setup = match tcp {
            true => Setup {
                timeout: TO_OPEN,
                close_with_peer: !self.half_open,
                ..Setup::tcp_client(to.clone())
            },
            false => Setup::udp(any_local(Some(&to))),
        };
        let mut watch = Watch::open(setup, lang)?;
        let mut last = Flooding {
            order: 0,
            sent: 0,
            bytes: 0,
            load: self.order.to(Target::All, numbered).load,
            elapsed: Duration::ZERO,
            over: false,
        };
        let mut by_us = true;
        if watch.stands(TO_OPEN * 2, lang)? == WaitEnd::Seen {
            let connection = watch.running.session.connections().keys().next().copied();
            let target = connection.map(Target::Connection);
            let target = target.unwrap_or_else(|| to.clone().into());
            let order = self.order.to(target, numbered);
            watch.running.command(SenderCommand::Flood(order));
            (last, by_us) = self.send(&mut watch, last, lang);
            if let Some(connection) = connection {
                let finish = ConnectionCommand::Finish { linger: false };
                watch
                    .running
                    .command(Command::Connection(connection, finish));
            }
            // While the kernel accepts data, more may follow.
            let mut left = u64::MAX;
            while missing(&watch, &last, tcp) < left {
                left = missing(&watch, &last, tcp);
                let all_went = |watch: &Watch| missing(watch, &last, tcp) == 0;
                if watch.hold(Some(TO_GO), |_| {}, all_went) != WaitEnd::Time {
                    break;
                }
            }
        }
        let missing = missing(&watch, &last, tcp);
        watch.close(lang);
        let unsent = match tcp {
            true => missing.div_ceil(self.order.size.max(1) as u64),
            false => missing,
        };
        let bytes = watch.running.session.totals.sent.bytes;
        // If the peer ended the connection, more was sent than last reported.
        let went = bytes.checked_div(self.order.size as u64);
        let sent = match went.filter(|_| tcp) {
            Some(went) => went,
            None => last.sent.saturating_sub(unsent),
        };
        // If the peer ended the connection, the rest was never passed to the kernel.
        let unsent = match self.order.count.filter(|_| tcp && !by_us) {
            Some(count) => count.saturating_sub(sent),
            None => unsent,
        };
        let last = Flooding { sent, ..last };
        Ok(Sent {
            protocol: if tcp { "tcp" } else { "udp" },
            to: to.to_string(),
            size: self.order.size,
            asked: self.order.rate.0,
            sent,
            bytes,
            unsent,
            failures: watch.failures(),
            seconds: last.elapsed.as_secs_f64(),
            rate: last.per_second(sent),
            bits_per_second: last.per_second(bytes * 8),
            by_us,
            ending: watch.running.ending(),
        })
    }

    /// Whether the requested count or time was reached; prints a message if not.
    fn is_whole(&self, sent: &Sent, lang: Lang) -> bool {
        let wording = match self.order.count {
            Some(count) if sent.sent < count => t!(
                lang,
                "cli.not_all_sent",
                sent = grouped(sent.sent),
                count = grouped(count)
            ),
            None if !sent.by_us => t!(lang, "cli.ended_first"),
            Some(_) | None => return true,
        };
        diagnostics::print_line(&wording);
        let goes_on =
            |ending: &PeerClose| self.half_open && matches!(ending, PeerClose::Finished(_));
        if let Some(ending) = sent.ending.filter(|ending| !sent.by_us && !goes_on(ending)) {
            ending.complain(lang);
        }
        false
    }

    /// Sends until everything is sent or the load is to end. Returns its progress, and whether our
    /// side ended it.
    fn send(&self, watch: &mut Watch, none: Flooding, lang: Lang) -> (Flooding, bool) {
        let mut last = none;
        let mut last_report = (0, Duration::ZERO);
        let clock = Clock::start();
        let begun = clock.now();
        let says = self.verbose || io::stderr().is_terminal();
        let report = |watch: &Watch| {
            let Some(flooding) = watch.running.session.activity().flooding.filter(|_| says) else {
                return;
            };
            let (before, until) = last_report;
            last_report = (flooding.sent, flooding.elapsed);
            // Reports do not arrive exactly once a second.
            let seconds = flooding.elapsed.saturating_sub(until).as_secs_f64();
            let more = flooding.sent.saturating_sub(before) as f64;
            let rate = if seconds > 0.0 { more / seconds } else { 0.0 };
            let text = t!(
                lang,
                "cli.flood_second",
                seconds = format!("{:.0}", flooding.elapsed.as_secs_f64()),
                sent = grouped(flooding.sent),
                rate = words::rate(rate),
                asked = asked(self.order.rate.0, lang)
            );
            diagnostics::print_line(&text);
        };
        let mut over = |watch: &Watch| {
            last = watch.running.session.activity().flooding.unwrap_or(last);
            last.over
        };
        let end = watch.hold(self.lasting.map(|duration| duration.0), report, &mut over);
        let by_us = matches!(end, WaitEnd::Time | WaitEnd::Request);
        if by_us {
            watch.running.command(SenderCommand::EndFlood);
            watch.hold(Some(TO_GO), |_| {}, &mut over);
        }
        if end == WaitEnd::Closed {
            // The last report is older than the end.
            last.elapsed = Duration::from_micros(clock.now().abs_diff(begun));
        }
        (last, by_us)
    }

    fn target(&self, lang: Lang) -> Result<(bool, Endpoint), String> {
        let (protocol, to) = match self.words.as_slice() {
            [to] => ("udp", to),
            [protocol, to] => (protocol.as_str(), to),
            _ => return Err(usage(lang, "netpeer flood [udp|tcp] HOST:PORT [OPTIONS]")),
        };
        let tcp = match protocol {
            "udp" => false,
            "tcp" => true,
            _ => return Err(t!(lang, "argument.protocol", word = protocol)),
        };
        let to = values::endpoint(to).map_err(|mistake| {
            let why = explain::argument_mistake(lang, &mistake);
            format!("netpeer: “{to}”: {why}")
        })?;
        Ok((tcp, to))
    }

    /// Prints the results. Returns whether they were written.
    fn print(&self, sent: &Sent, lang: Lang) -> bool {
        let text = match self.json {
            // Plain data can always be serialised.
            true => serde_json::to_string(sent).unwrap_or_default(),
            false => t!(
                lang,
                "cli.flooded",
                sent = grouped(sent.sent),
                size = grouped(sent.size as u64),
                to = sent.to,
                seconds = format!("{:.3}", sent.seconds),
                rate = sent.rate.map_or_else(words::none, words::rate),
                bits = sent
                    .bits_per_second
                    .map_or_else(words::none, words::bit_rate),
                asked = asked(sent.asked, lang),
                attempted = grouped(sent.sent + sent.unsent),
                unsent = grouped(sent.unsent),
                failures = grouped(sent.failures)
            ),
        };
        super::publish(&text, lang)
    }
}

/// Messages, or bytes of a stream, that the kernel has not accepted.
fn missing(watch: &Watch, last: &Flooding, tcp: bool) -> u64 {
    let sent = watch.running.session.totals.sent;
    match tcp {
        true => last.bytes.saturating_sub(sent.bytes),
        false => last.sent.saturating_sub(sent.records),
    }
}

fn asked(rate: Option<f64>, lang: Lang) -> String {
    match rate {
        Some(rate) => t!(lang, "measure.asked", rate = words::rate(rate)),
        None => t!(lang, "measure.fastest"),
    }
}
