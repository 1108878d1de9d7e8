//! Steps about numbers: `Assert` and `Flood`.

use super::load::FloodStep;
use super::play::Player;
use super::step_outcome::StepOutcome;
use super::steps::AssertStep;
use crate::cli::inbox_session::InboxSession;
use crate::engine::REPORTS_DROPS;
use crate::t;
use crate::words::grouped;
use std::time::Duration;

/// How long to wait for the last events: the session that receives the last datagram of an
/// exchange is not the one that sent it.
const TO_REPORT: Duration = Duration::from_secs(1);

/// The name of a counter, its expected value, and its value.
type Count = (&'static str, u64, u64);

impl Player<'_> {
    pub(super) fn assert(&mut self, assert: &AssertStep) -> Result<StepOutcome, String> {
        if assert.lost.is_some() && !self.knows_drops(&assert.session) {
            return Ok(StepOutcome::failed(t!(self.lang, "cli.lost_unknown")));
        }
        let mut wrong = Vec::new();
        self.until(TO_REPORT, |runner| {
            let session = runner.session(&assert.session)?;
            wrong = counts(assert, session);
            wrong.retain(|(_, expected, counted)| expected != counted);
            wrong.is_empty().then_some(())
        });
        let words = wrong.into_iter().map(|(name, expected, counted)| {
            t!(
                self.lang,
                "cli.counted",
                name = name,
                expected = grouped(expected),
                came = grouped(counted)
            )
        });
        let words: Vec<String> = words.collect();
        Ok(StepOutcome::of(words.is_empty(), || words.join("\n")))
    }

    /// Whether the drops of this session are known; TCP has none.
    fn knows_drops(&mut self, name: &str) -> bool {
        let session = self.runner.session(name);
        session.is_none_or(|session| {
            let session = &session.running.session;
            let reported = REPORTS_DROPS || session.kind().is_stream();
            session.totals.known_drops(reported).is_some()
        })
    }

    pub(super) fn flood(&mut self, flood: &FloodStep) -> Result<StepOutcome, String> {
        let target = self.target(&flood.session, flood.to.as_deref(), flood.within)?;
        let session = self.running_session(&flood.session)?;
        let load = session.start_load(flood.request(target));
        let mut taken = 0;
        let passed = self.until(flood.within.0, |runner| {
            let session = runner.session(&flood.session)?;
            let progress = session.load_progress(&load);
            taken = progress.taken;
            let is_whole = taken >= flood.count;
            (is_whole || progress.is_over || session.running.is_over()).then_some(is_whole)
        });
        Ok(StepOutcome::of(passed == Some(true), || {
            self.untaken(flood, taken)
        }))
    }

    /// How much of a load was not sent, and that its session has ended, if it has.
    fn untaken(&mut self, flood: &FloodStep, taken: u64) -> String {
        let missing = t!(
            self.lang,
            "cli.load_not_taken",
            missing = grouped(flood.count.saturating_sub(taken)),
            count = grouped(flood.count)
        );
        let over = self.running_session(&flood.session).err();
        let lines: Vec<String> = over.into_iter().chain([missing]).collect();
        lines.join("\n")
    }
}

/// The counters that the step asserts.
fn counts(assert: &AssertStep, session: &InboxSession) -> Vec<Count> {
    let (totals, answering) = (session.running.session.totals, session.answering());
    let all = [
        ("received", assert.received, totals.received.records),
        ("sent", assert.sent, totals.sent.records),
        ("lost", assert.lost, totals.dropped),
        (
            "dropped_on_purpose",
            assert.dropped_on_purpose,
            session.dropped_on_purpose(),
        ),
        ("answered", assert.answered, answering.answered),
        ("refused", assert.refused, answering.refused),
    ];
    let asserted = all.into_iter();
    let asserted =
        asserted.filter_map(|(name, expected, counted)| Some((name, expected?, counted)));
    asserted.collect()
}
