//! Steps about numbers: `Assert` and `Flood`.

use super::load::FloodStep;
use super::play::Player;
use super::step_outcome::StepOutcome;
use super::steps::AssertStep;
use crate::cli::actor::Actor;
use crate::engine::{REPORTS_DROPS, SenderCommand};
use crate::t;
use std::time::Duration;

/// How long to wait for the last events: the session that receives the last datagram of an
/// exchange is not the one that sent it.
const TO_TELL: Duration = Duration::from_secs(1);

/// The name of a counter, its expected value, and its value.
type Count = (&'static str, u64, u64);

impl Player<'_> {
    pub(super) fn assert(&mut self, assert: &AssertStep) -> Result<StepOutcome, String> {
        if assert.lost.is_some() && !self.knows_drops(&assert.session) {
            return Ok(StepOutcome::failed(t!(self.lang, "cli.lost_unknown")));
        }
        let mut wrong = Vec::new();
        self.until(TO_TELL, |stage| {
            let actor = stage.actor(&assert.session)?;
            wrong = counts(assert, actor);
            wrong.retain(|(_, expected, counted)| expected != counted);
            wrong.is_empty().then_some(())
        });
        let words = wrong.into_iter().map(|(name, expected, counted)| {
            t!(
                self.lang,
                "cli.counted",
                name = name,
                expected = expected,
                came = counted
            )
        });
        let words: Vec<String> = words.collect();
        Ok(StepOutcome::of(words.is_empty(), || words.join("\n")))
    }

    /// Whether the drops of this session are known; TCP has none.
    fn knows_drops(&mut self, name: &str) -> bool {
        let actor = self.stage.actor(name);
        actor.is_none_or(|actor| {
            let session = &actor.held.session;
            let reported = REPORTS_DROPS || session.kind().is_stream();
            session.totals.known_drops(reported).is_some()
        })
    }

    pub(super) fn flood(&mut self, flood: &FloodStep) -> Result<StepOutcome, String> {
        let target = self.target(&flood.session, flood.to.as_deref(), flood.within)?;
        let actor = self.acting(&flood.session)?;
        let before = actor.held.session.activity().flooding;
        let gone = actor.gone();
        actor
            .held
            .command(SenderCommand::Flood(flood.request(target)));
        let sent = self.until(flood.within.0, |stage| {
            let actor = stage.actor(&flood.session)?;
            let flooding = actor.held.session.activity().flooding;
            let over = flooding != before && flooding.is_some_and(|flooding| flooding.over);
            (over || actor.held.is_over()).then_some(over)
        });
        // The last rows may arrive after the report of the end.
        self.until(TO_TELL, |stage| {
            let actor = stage.actor(&flood.session)?;
            let stream = actor.held.session.kind().is_stream();
            let all = actor.gone() >= gone + flood.count;
            (all || stream || actor.held.is_over() || actor.has_failed()).then_some(())
        });
        Ok(StepOutcome::of(sent == Some(true), || {
            self.unsent(&flood.session)
        }))
    }
}

/// The counters that the step asserts.
fn counts(assert: &AssertStep, actor: &Actor) -> Vec<Count> {
    let (totals, answering) = (actor.held.session.totals, actor.answering());
    let all = [
        ("received", assert.received, totals.received.records),
        ("sent", assert.sent, totals.sent.records),
        ("lost", assert.lost, totals.dropped),
        (
            "dropped_on_purpose",
            assert.dropped_on_purpose,
            actor.dropped_on_purpose(),
        ),
        ("answered", assert.answered, answering.answered),
        ("refused", assert.refused, answering.refused),
    ];
    let asserted = all.into_iter();
    let asserted =
        asserted.filter_map(|(name, expected, counted)| Some((name, expected?, counted)));
    asserted.collect()
}
