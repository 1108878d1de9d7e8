//! Settings and actions that have no effect in a kind of session, in words.

use crate::automation::Idle;
use crate::t;
use crate::words::Lang;

pub fn idle(lang: Lang, idle: Idle) -> String {
    match idle {
        Idle::Close => t!(lang, "idle.close"),
        Idle::Pass => t!(lang, "idle.pass"),
        Idle::Toward => t!(lang, "idle.toward"),
        Idle::Datagrams => t!(lang, "idle.datagrams"),
        Idle::Stream => t!(lang, "idle.stream"),
        Idle::Incoming => t!(lang, "idle.incoming"),
        Idle::SlowRead => t!(lang, "idle.slow_read"),
    }
}
