//! What is wrong with a simulated network, and what it does, in words.

use crate::automation::impair::{Field, PlanMistake, What};
use crate::say;
use crate::words::{Lang, grouped};

/// The number that cannot be meant, and what may be written there.
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

fn field(lang: Lang, field: Field) -> String {
    match field {
        Field::LossPercent
        | Field::LossCorrelation
        | Field::BurstBegins
        | Field::BurstEnds
        | Field::BurstGoodLoss
        | Field::BurstBadLoss
        | Field::LossEvery => say!(lang, "bad.loss"),
        Field::DuplicatePercent => say!(lang, "bad.duplicate"),
        Field::ReorderPercent | Field::ReorderGap | Field::ReorderDelay => {
            say!(lang, "bad.reorder")
        }
        Field::Delay | Field::Jitter | Field::DelayCorrelation => say!(lang, "bad.delay"),
        Field::CorruptPercent | Field::CorruptBits => say!(lang, "bad.corrupt"),
        Field::TruncatePercent | Field::TruncateTo => say!(lang, "bad.truncate"),
        Field::RateBits | Field::RateQueue => say!(lang, "bad.rate"),
        Field::Split => say!(lang, "bad.split"),
        Field::Join => say!(lang, "bad.join"),
        Field::StallEvery | Field::StallPercent | Field::StallMillis => say!(lang, "bad.stall"),
        Field::SlowRead => say!(lang, "bad.slow_read"),
        Field::ResetAfter => say!(lang, "bad.reset_after"),
    }
}

/// What a simulated network did to a datagram, or to a piece of a stream.
pub(super) fn impaired(lang: Lang, what: &What) -> String {
    let millis = |micros: u64| format!("{:.1}", micros as f64 / 1e3);
    match what {
        What::Lost => say!(lang, "impair.lost"),
        What::Duplicated => say!(lang, "impair.duplicated"),
        What::Reordered { gap, micros } => say!(
            lang,
            "impair.reordered",
            gap = gap,
            millis = millis(*micros)
        ),
        What::Delayed { micros } => say!(lang, "impair.delayed", millis = millis(*micros)),
        What::Corrupted { bits } => {
            let places: Vec<String> = bits.iter().take(8).map(ToString::to_string).collect();
            let (count, places) = (bits.len(), places.join(" "));
            say!(lang, "impair.corrupted", count = count, places = places)
        }
        What::Truncated { from, to } => say!(lang, "impair.truncated", from = from, to = to),
        What::QueueFull => say!(lang, "impair.queue_full"),
        What::LineFull => say!(lang, "impair.line_full"),
        What::Reset { after } => say!(lang, "impair.reset", bytes = grouped(*after)),
        What::Joined { writes } => say!(lang, "impair.joined", count = grouped(*writes as u64)),
        What::Split { bytes, most } => say!(
            lang,
            "impair.split",
            bytes = grouped(*bytes),
            most = grouped(*most)
        ),
        What::Stalled { micros } => say!(lang, "impair.stalled", millis = millis(*micros)),
        What::ReadSlowly { rate } => say!(lang, "impair.read_slowly", rate = grouped(*rate)),
    }
}
