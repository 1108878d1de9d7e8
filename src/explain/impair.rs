//! The simulated network: invalid values and effects, in words.

use crate::automation::impair::{EffectKind, PlanField, PlanMistake};
use crate::say;
use crate::words::{Lang, grouped};

/// Names the invalid field, and the range of its values.
pub fn plan_mistake(lang: Lang, mistake: PlanMistake) -> String {
    let (least, most) = mistake.field.allowed();
    say!(
        lang,
        "bad.mistake",
        field = field(lang, mistake.field),
        least = least,
        most = most
    )
}

fn field(lang: Lang, field: PlanField) -> String {
    match field {
        PlanField::LossPercent
        | PlanField::LossCorrelation
        | PlanField::BurstBegins
        | PlanField::BurstEnds
        | PlanField::BurstGoodLoss
        | PlanField::BurstBadLoss
        | PlanField::LossEvery => say!(lang, "bad.loss"),
        PlanField::DuplicatePercent => say!(lang, "bad.duplicate"),
        PlanField::ReorderPercent | PlanField::ReorderGap | PlanField::ReorderDelay => {
            say!(lang, "bad.reorder")
        }
        PlanField::Delay | PlanField::Jitter | PlanField::DelayCorrelation => {
            say!(lang, "bad.delay")
        }
        PlanField::CorruptPercent | PlanField::CorruptBits => say!(lang, "bad.corrupt"),
        PlanField::TruncatePercent | PlanField::TruncateTo => say!(lang, "bad.truncate"),
        PlanField::RateBits | PlanField::RateQueue => say!(lang, "bad.rate"),
        PlanField::Split => say!(lang, "bad.split"),
        PlanField::Join => say!(lang, "bad.join"),
        PlanField::StallEvery | PlanField::StallPercent | PlanField::StallMillis => {
            say!(lang, "bad.stall")
        }
        PlanField::SlowRead => say!(lang, "bad.slow_read"),
        PlanField::ResetAfter => say!(lang, "bad.reset_after"),
    }
}

/// Describes an effect of the simulated network on a datagram or a piece of a stream.
pub(super) fn impaired(lang: Lang, what: &EffectKind) -> String {
    let millis = |micros: u64| format!("{:.1}", micros as f64 / 1e3);
    match what {
        EffectKind::Lost => say!(lang, "impair.lost"),
        EffectKind::Duplicated => say!(lang, "impair.duplicated"),
        EffectKind::Reordered { gap, micros } => say!(
            lang,
            "impair.reordered",
            gap = gap,
            millis = millis(*micros)
        ),
        EffectKind::Delayed { micros } => say!(lang, "impair.delayed", millis = millis(*micros)),
        EffectKind::Corrupted { bits } => {
            let places: Vec<String> = bits.iter().take(8).map(ToString::to_string).collect();
            let (count, places) = (bits.len(), places.join(" "));
            say!(lang, "impair.corrupted", count = count, places = places)
        }
        EffectKind::Truncated { from, to } => say!(lang, "impair.truncated", from = from, to = to),
        EffectKind::QueueFull => say!(lang, "impair.queue_full"),
        EffectKind::LineFull => say!(lang, "impair.line_full"),
        EffectKind::Reset { after } => say!(lang, "impair.reset", bytes = grouped(*after)),
        EffectKind::Joined { writes } => {
            say!(lang, "impair.joined", count = grouped(*writes as u64))
        }
        EffectKind::Split { bytes, most } => say!(
            lang,
            "impair.split",
            bytes = grouped(*bytes),
            most = grouped(*most)
        ),
        EffectKind::Stalled { micros } => say!(lang, "impair.stalled", millis = millis(*micros)),
        EffectKind::ReadSlowly { rate } => say!(lang, "impair.read_slowly", rate = grouped(*rate)),
    }
}
