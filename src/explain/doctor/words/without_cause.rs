//! What is said where no cause was found: how far that reaches, what to do next, and what probes
//! brought.

use super::{AskedFrom, entry, unseen, with_values};
use crate::engine::evidence::{Transport, Unseen};
use crate::explain::doctor::{Cure, Diagnosis, NextStep};
use crate::t;
use crate::words::{self, Lang};

/// The verdict where nothing was found: how far that reaches.
pub fn nothing(lang: Lang, diagnosis: &Diagnosis) -> String {
    // What stands first must fit the step that stands below it.
    let is_root_next = || {
        let next = diagnosis.next.as_ref();
        next.is_some_and(|step| matches!(step.reason, Unseen::NotPermitted { .. }))
    };
    match (diagnosis.ruled_out.is_empty(), diagnosis.unknown.is_empty()) {
        (true, _) => t!(lang, "diagnose.nothing_known"),
        (false, true) => t!(lang, "diagnose.nothing"),
        (false, false) if !diagnosis.is_silent => t!(lang, "diagnose.nothing_so_far"),
        (false, false) if is_root_next() => t!(lang, "diagnose.no_cause_for_user"),
        (false, false) => t!(lang, "diagnose.no_cause"),
    }
}

/// What to do next; its command stands below it.
pub fn next_step(lang: Lang, step: &NextStep, asked: AskedFrom) -> String {
    let Some(command) = step.cure.as_ref().and_then(Cure::command) else {
        let how = unseen(lang, &step.reason, asked).how;
        return t!(lang, "diagnose.next", how = how);
    };
    match (&step.reason, step.at) {
        _ if step.is_there => t!(lang, "diagnose.next_there"),
        (_, (transport, port)) if step.is_firewall => {
            let transport = transport.word().to_ascii_uppercase();
            let port = port.map_or(String::new(), |port| format!(" {port}"));
            let at = format!("{transport}{port}");
            t!(lang, "diagnose.next_firewall", at = at)
        }
        (Unseen::WatchSender { .. }, _) => t!(lang, "diagnose.next_watch"),
        (Unseen::WatchAnswers { .. }, _) => t!(lang, "diagnose.next_answers"),
        (
            Unseen::WatchArrivals {
                transport, port, ..
            },
            _,
        ) => {
            let key = match transport {
                Transport::Udp => "diagnose.next_arrivals",
                Transport::Tcp => "diagnose.next_attempts",
            };
            t!(lang, key, port = port, swapped = port.swap_bytes())
        }
        (Unseen::Strays { .. }, (_, Some(port))) => {
            let why = unseen(lang, &step.reason, asked).why;
            let (key, swapped) = ("diagnose.next_strays", port.swap_bytes());
            t!(lang, key, why = why, port = port, swapped = swapped)
        }
        _ => {
            let what = entry(lang, step.situation).what;
            match command.contains("tcpdump") {
                true => t!(lang, "diagnose.next_capture", what = what),
                false => t!(lang, "diagnose.next_run", what = what),
            }
        }
    }
}

/// What was sent as probes and what came back, in one line; `None` without probes.
pub fn probed(lang: Lang, diagnosis: &Diagnosis) -> Option<String> {
    let facts = diagnosis.probed.iter();
    let facts = facts.map(|clue| with_values(lang, clue.key, std::slice::from_ref(clue)));
    let facts: Vec<String> = facts.collect();
    (!facts.is_empty()).then(|| t!(lang, "diagnose.probed", facts = words::listed(lang, facts)))
}
