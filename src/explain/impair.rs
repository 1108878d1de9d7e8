//! What is wrong with a bad network, in words.

use crate::automation::impair::{Field, PlanMistake};
use crate::say;
use crate::words::Lang;

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
