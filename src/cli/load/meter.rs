//! `netpeer meter`: measures received packets, or echoes of sent ones.

use super::expectation::{Share, TimeBound};
use super::field::field;
use super::figures::Figures;
use super::order::LoadOptions;
use super::watch::{WaitEnd, Watch};
use crate::automation::Limits;
use crate::cli::options::any_local;
use crate::cli::{CommandOutcome, diagnostics, values};
use crate::config::{UnitDuration, answers};
use crate::engine::{Endpoint, SenderCommand, SessionCommand, Setup};
use crate::explain;
use crate::payload::charset::Charset;
use crate::peer::Peer;
use crate::t;
use crate::traffic::meter;
use crate::words::{Lang, grouped};
use clap::{ArgGroup, Args};
use serde::Serialize;
use std::net::SocketAddr;
use std::time::Duration;

/// The time-out of binding.
const TO_OPEN: Duration = Duration::from_secs(5);
/// How long to wait while the kernel accepts no more packets.
const TO_GO: Duration = Duration::from_secs(2);
/// How long to wait for duplicates after the last expected packet.
const BEHIND: Duration = Duration::from_millis(100);

/// The options of `netpeer meter`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("where").args(["bind", "to"]).required(true).multiple(true)))]
pub struct MeterOptions {
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = values::local)]
    bind: Option<SocketAddr>,
    #[arg(long, conflicts_with = "to")]
    echo: bool,
    #[arg(long, value_name = "FIELD", value_parser = field, default_value = "header", conflicts_with = "to")]
    field: meter::NumberField,
    #[arg(long, value_name = "HOST:PORT", value_parser = values::endpoint)]
    to: Option<Endpoint>,
    #[arg(long, value_name = "TIME", default_value = "1s")]
    wait: UnitDuration,
    #[arg(long = "for", value_name = "TIME")]
    lasting: Option<UnitDuration>,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    order: LoadOptions,
    #[command(flatten)]
    expected: ExpectOptions,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "expected")]
struct ExpectOptions {
    #[arg(long, value_name = "SHARE")]
    expect_loss: Option<Share>,
    #[arg(long, value_name = "SHARE")]
    expect_duplicates: Option<Share>,
    #[arg(long, value_name = "SHARE")]
    expect_reordered: Option<Share>,
    #[arg(long, value_name = "BOUND")]
    expect_rtt_p99: Option<TimeBound>,
}

/// An expectation with the measured value: a percentage, a count, or microseconds. Its JSON is
/// stable.
#[derive(Debug, Serialize)]
struct Judged {
    what: &'static str,
    expected: String,
    found: Option<f64>,
    /// The measured value as text.
    #[serde(skip)]
    measured_text: Option<String>,
    met: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    passed: bool,
    local: Option<Peer>,
    to: Option<String>,
    #[serde(flatten)]
    figures: &'a Figures,
    expectations: &'a [Judged],
}

/// Runs `netpeer meter`. Exit status: 0 if all expectations were met, 1 if not, 2 if it could
/// not start.
pub fn meter(options: &MeterOptions, lang: Lang) -> CommandOutcome {
    options.run(lang).unwrap_or_else(diagnostics::unusable)
}

impl MeterOptions {
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let local = self.bind.unwrap_or_else(|| any_local(self.to.as_ref()));
        if self.to.is_some() {
            self.order.check(true, lang)?;
        }
        let mut watch = Watch::open(Setup::udp(local), lang)?;
        watch.running.session.meter = Some(Box::new(meter::Meter::new(self.field.clone())));
        if self.echo {
            let rules = [answers::echo()];
            let book = answers::book(&rules, Limits::none(), None::<Charset>);
            let book = book.map_err(|mistake| explain::value_mistake(lang, &mistake))?;
            watch.running.command(SessionCommand::Follow(Some(book)));
        }
        let begun = watch.stands(TO_OPEN, lang)?;
        let sends = self.to.as_ref().filter(|_| begun == WaitEnd::Seen);
        match sends {
            Some(to) => self.send(&mut watch, to, lang),
            None if begun == WaitEnd::Seen => self.listen(&mut watch, lang),
            None => {}
        }
        watch.close(lang);
        // The last rows may come with the end.
        let figures = figures(&watch, sends.map(|_| sent(&watch)));
        let judged = self.expected.judge(&figures);
        let answered = self.is_answered(&watch, &figures, lang);
        let whole = self.is_whole(&figures, lang) && answered && !watch.has_died();
        Ok(self.print(&figures, watch.running.local, &judged, whole, lang))
    }

    /// Whether the requested number of packets was measured; prints a message if not.
    fn is_whole(&self, figures: &Figures, lang: Lang) -> bool {
        let measured = match self.to {
            Some(_) => figures.sent,
            None => figures.received + figures.unnumbered,
        };
        let asked = self.order.count.filter(|asked| measured < *asked);
        let Some(asked) = asked else { return true };
        let (measured, asked) = (grouped(measured), grouped(asked));
        let key = match self.to {
            Some(_) => t!(lang, "cli.not_all_sent", sent = measured, count = asked),
            None => t!(lang, "cli.not_all_came", came = measured, count = asked),
        };
        diagnostics::print_line(&key);
        false
    }

    /// Whether a reply arrived or no packet was refused; prints a message if all were refused (ICMP
    /// port unreachable).
    fn is_answered(&self, watch: &Watch, figures: &Figures, lang: Lang) -> bool {
        let refused = watch.running.session.totals.refused;
        let Some(to) = self
            .to
            .as_ref()
            .filter(|_| figures.received == 0 && refused > 0)
        else {
            return true;
        };
        let count = grouped(refused);
        diagnostics::print_line(&t!(lang, "cli.all_refused", to = to, count = count));
        false
    }

    fn listen(&self, watch: &mut Watch, lang: Lang) {
        let address = watch.running.local;
        let address = address.map_or_else(String::new, |address| address.to_string());
        diagnostics::print_line(&t!(lang, "cli.measuring", address = address));
        let count = self.order.count.unwrap_or(u64::MAX);
        let enough = |watch: &Watch| watch.running.session.totals.received.records >= count;
        let report = |watch: &Watch| diagnostics::print_line(&figures(watch, None).line(lang));
        watch.hold(self.lasting.map(|duration| duration.0), report, enough);
    }

    /// Sends the load and waits for the echoes.
    fn send(&self, watch: &mut Watch, to: &Endpoint, lang: Lang) {
        let flooding = |watch: &Watch| watch.running.session.activity().flooding;
        let report = |watch: &Watch| {
            diagnostics::print_line(&figures(watch, Some(sent(watch))).line(lang));
        };
        let over = |watch: &Watch| flooding(watch).is_some_and(|flooding| flooding.over);
        let order = self.order.to(to.clone().into(), true);
        watch.running.command(SenderCommand::Flood(order));
        let end = watch.hold(self.lasting.map(|duration| duration.0), report, over);
        if end != WaitEnd::Seen {
            watch.running.command(SenderCommand::EndFlood);
            watch.hold(Some(TO_OPEN), |_| {}, over);
        }
        // The sender gives its packets to a queue. The rows say which of them the kernel took, and
        // the failures which it refused. `--wait` is for the echoes of those that it took.
        let ordered = flooding(watch).map_or(0, |flooding| flooding.sent);
        let open = |watch: &Watch| ordered.saturating_sub(sent(watch) + watch.unsent());
        let mut left = u64::MAX;
        // While the kernel accepts packets, more may follow.
        while open(watch) < left {
            left = open(watch);
            if watch.hold(Some(TO_GO), |_| {}, |watch| open(watch) == 0) != WaitEnd::Time {
                break;
            }
        }
        let all_back = |watch: &Watch| figures(watch, Some(sent(watch))).lost == 0;
        if watch.hold(Some(self.wait.0), |_| {}, all_back) == WaitEnd::Seen {
            watch.hold(Some(BEHIND.min(self.wait.0)), |_| {}, |_| false);
        }
    }

    fn print(
        &self,
        figures: &Figures,
        local: Option<Peer>,
        judged: &[Judged],
        whole: bool,
        lang: Lang,
    ) -> CommandOutcome {
        let passed = whole && judged.iter().all(|one| one.met);
        let report = Report {
            passed,
            local,
            to: self.to.as_ref().map(ToString::to_string),
            figures,
            expectations: judged,
        };
        let text = match self.json {
            // Plain data can always be serialised.
            true => serde_json::to_string(&report).unwrap_or_default(),
            false => figures.words(lang),
        };
        let written = super::publish(&text, lang);
        for one in judged.iter().filter(|one| !one.met) {
            let found = one.measured_text.as_deref().unwrap_or("–");
            diagnostics::print_line(&t!(
                lang,
                "cli.unmet",
                what = one.what,
                expected = one.expected,
                found = found
            ));
        }
        match passed && written {
            true => CommandOutcome::Passed,
            false => CommandOutcome::Failed,
        }
    }
}

impl ExpectOptions {
    /// Compares the results with the expectations. A value that could not be measured fails.
    fn judge(&self, figures: &Figures) -> Vec<Judged> {
        let shares = [
            ("loss", self.expect_loss, figures.lost, figures.numbers()),
            (
                "duplicates",
                self.expect_duplicates,
                figures.duplicated,
                figures.received,
            ),
            (
                "reordered",
                self.expect_reordered,
                figures.reordered,
                figures.received,
            ),
        ];
        let shares = shares.into_iter().filter_map(|(what, share, part, whole)| {
            let share = share?;
            let found = share.found(part, whole);
            Some(Judged {
                what,
                expected: share.to_string(),
                found,
                measured_text: found.map(|found| share.words(found)),
                met: found.is_some_and(|found| share.holds(found)),
            })
        });
        let time = self.expect_rtt_p99.map(|time| {
            let found = figures.round_trip_us.as_ref().map(|times| times.p99 as f64);
            Judged {
                what: "rtt-p99",
                expected: time.to_string(),
                found,
                measured_text: found.map(TimeBound::words),
                met: found.is_some_and(|found| time.holds(found)),
            }
        });
        shares.chain(time).collect()
    }
}

/// The packets that the kernel took, by the rows: the sender counts those that it gave to its
/// queue.
fn sent(watch: &Watch) -> u64 {
    watch.running.session.totals.sent.records
}

fn figures(watch: &Watch, own: Option<u64>) -> Figures {
    let session = &watch.running.session;
    let none = || meter::Meter::new(meter::NumberField::Header).totals();
    let summary = session.meter.as_ref().map_or_else(none, |meter| match own {
        // Packets of other senders are not echoes.
        Some(_) => meter.own_totals(),
        None => meter.totals(),
    });
    Figures::new(&summary, &session.totals, own)
}
