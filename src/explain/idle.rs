//! Settings and actions that have no effect in a kind of session, in words.

use crate::automation::Idle;
use crate::say;
use crate::words::Lang;

pub fn idle(lang: Lang, idle: Idle) -> String {
    match idle {
        Idle::Close => say!(lang, "idle.close"),
        Idle::Pass => say!(lang, "idle.pass"),
        Idle::Toward => say!(lang, "idle.toward"),
        Idle::Datagrams => say!(lang, "idle.datagrams"),
        Idle::Stream => say!(lang, "idle.stream"),
        Idle::Incoming => say!(lang, "idle.incoming"),
        Idle::SlowRead => say!(lang, "idle.slow_read"),
    }
}
