//! Settings and actions that have no effect in a kind of session, in words.

use crate::automation::InactiveReason;
use crate::t;
use crate::words::Lang;

pub fn idle(lang: Lang, idle: InactiveReason) -> String {
    match idle {
        InactiveReason::Close => t!(lang, "idle.close"),
        InactiveReason::Pass => t!(lang, "idle.pass"),
        InactiveReason::Toward => t!(lang, "idle.toward"),
        InactiveReason::Datagrams => t!(lang, "idle.datagrams"),
        InactiveReason::Stream => t!(lang, "idle.stream"),
        InactiveReason::Incoming => t!(lang, "idle.incoming"),
        InactiveReason::SlowRead => t!(lang, "idle.slow_read"),
    }
}
