//! The simulated network: invalid values and effects, in words.

use crate::automation::impair::{EffectKind, PlanField, PlanMistake};
use crate::t;
use crate::words::{Lang, grouped};

/// Names the invalid field, and the range of its values.
pub fn plan_mistake(lang: Lang, mistake: PlanMistake) -> String {
    let (least, most) = mistake.field.allowed();
    t!(
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
        | PlanField::LossEvery => t!(lang, "bad.loss"),
        PlanField::DuplicatePercent => t!(lang, "bad.duplicate"),
        PlanField::ReorderPercent | PlanField::ReorderGap | PlanField::ReorderDelay => {
            t!(lang, "bad.reorder")
        }
        PlanField::Delay | PlanField::Jitter | PlanField::DelayCorrelation => {
            t!(lang, "bad.delay")
        }
        PlanField::CorruptPercent | PlanField::CorruptBits => t!(lang, "bad.corrupt"),
        PlanField::TruncatePercent | PlanField::TruncateTo => t!(lang, "bad.truncate"),
        PlanField::RateBits | PlanField::RateQueue => t!(lang, "bad.rate"),
        PlanField::Split => t!(lang, "bad.split"),
        PlanField::Join => t!(lang, "bad.join"),
        PlanField::StallEvery | PlanField::StallPercent | PlanField::StallMillis => {
            t!(lang, "bad.stall")
        }
        PlanField::SlowRead => t!(lang, "bad.slow_read"),
        PlanField::ResetAfter => t!(lang, "bad.reset_after"),
    }
}

/// Describes an effect of the simulated network on a datagram or a piece of a stream.
pub(super) fn impaired(lang: Lang, what: &EffectKind) -> String {
    let millis = |micros: u64| format!("{:.1}", micros as f64 / 1e3);
    match what {
        EffectKind::Lost => t!(lang, "impair.lost"),
        EffectKind::Duplicated => t!(lang, "impair.duplicated"),
        EffectKind::Reordered { gap, micros } => t!(
            lang,
            "impair.reordered",
            gap = gap,
            millis = millis(*micros)
        ),
        EffectKind::Delayed { micros } => t!(lang, "impair.delayed", millis = millis(*micros)),
        EffectKind::Corrupted { bits } => {
            let places: Vec<String> = bits.iter().take(8).map(ToString::to_string).collect();
            let (count, places) = (bits.len(), places.join(" "));
            t!(lang, "impair.corrupted", count = count, places = places)
        }
        EffectKind::Truncated { from, to } => t!(lang, "impair.truncated", from = from, to = to),
        EffectKind::QueueFull => t!(lang, "impair.queue_full"),
        EffectKind::LineFull => t!(lang, "impair.line_full"),
        EffectKind::Reset { after } => t!(lang, "impair.reset", bytes = grouped(*after)),
        EffectKind::Joined { writes } => {
            t!(lang, "impair.joined", count = grouped(*writes as u64))
        }
        EffectKind::Split { bytes, most } => t!(
            lang,
            "impair.split",
            bytes = grouped(*bytes),
            most = grouped(*most)
        ),
        EffectKind::Stalled { micros } => t!(lang, "impair.stalled", millis = millis(*micros)),
        EffectKind::ReadSlowly { rate } => t!(lang, "impair.read_slowly", rate = grouped(*rate)),
    }
}
