//! Scenario files as both front ends see them. The terminal reads and runs one
//! (`netpeer run`), and with `--json` prints the lines of [`report`]. The window starts a
//! [`process`] of this program for that, and checks an exercise of the course by an
//! [`exercise_check`]; both are a [`reported_run`]. A [`group`] is a process with its children.

pub mod exercise_check;
pub mod group;
pub mod process;
pub mod report;
pub mod reported_run;

use crate::config::ron_file;
use crate::engine::open_file;
use std::io::Read as _;
use std::path::Path;

/// The number of bytes at the start of a file that are checked.
const HEAD: u64 = 64 << 10;

/// Whether a file is opened as a scenario: its extension is `.ron`, or it looks like one.
pub fn opens(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("ron")) || is_scenario(path)
}

/// Whether a file looks like a scenario, even one with errors: it begins with a parenthesis, after
/// any comments, and has a field `sessions` or `steps`.
pub fn is_scenario(path: &Path) -> bool {
    head(path).is_some_and(|text| begins_so(&text))
}

/// Whether a file looks like an exercise of the course: a scenario with a field `exercise`.
pub fn is_exercise(path: &Path) -> bool {
    head(path).is_some_and(|text| begins_so(&text) && has(&text, "exercise"))
}

/// The text at the start of a file; `None` if it cannot be read.
fn head(path: &Path) -> Option<String> {
    let mut head = Vec::new();
    open_file(path)
        .ok()?
        .take(HEAD)
        .read_to_end(&mut head)
        .ok()?;
    Some(String::from_utf8_lossy(&head).into_owned())
}

fn begins_so(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    ron_file::begins_with(text, '(') && (has(text, "sessions") || has(text, "steps"))
}

/// Whether a text seems to have a field of this name.
fn has(text: &str, field: &str) -> bool {
    let mut after = text.split(field).skip(1);
    after.any(|rest| rest.trim_start().starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_known_by_how_it_begins() {
        for text in [
            "(sessions: {}, steps: [])",
            "\u{feff}// Mine.\n(\n  steps : [Wiat",
        ] {
            assert!(begins_so(text), "{text}");
        }
        for text in [
            "(see the steps below)",
            "{\"sessions\": 1}",
            "[(name: \"a\")]",
            "sessions: {}",
            "",
        ] {
            assert!(!begins_so(text), "{text}");
        }
    }

    #[test]
    fn what_is_named_so_is_opened_as_one() {
        assert!(opens(Path::new("/no/such/play.RON")));
        assert!(!opens(Path::new("/no/such/log.jsonl")));
        assert!(opens(Path::new("tests/scenarios/udp_chat.ron")));
        assert!(!is_scenario(Path::new("Cargo.toml")));
        assert!(is_exercise(Path::new(
            "assets/course/03-udp-recvfrom/check.ron"
        )));
        assert!(!is_exercise(Path::new("tests/scenarios/udp_chat.ron")));
    }
}
