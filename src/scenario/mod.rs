//! Scenario files as both front ends see them. The terminal reads and runs one
//! (`netpeer run`), and with `--json` prints the lines of [`report`]. The window starts a
//! [`process`] of this program for that. A [`group`] is a process with its children.

pub mod group;
pub mod process;
pub mod report;

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
    let Ok(file) = open_file(path) else {
        return false;
    };
    let mut head = Vec::new();
    let read = file.take(HEAD).read_to_end(&mut head);
    read.is_ok() && begins_so(&String::from_utf8_lossy(&head))
}

fn begins_so(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let has = |field: &str| {
        let mut after = text.split(field).skip(1);
        after.any(|rest| rest.trim_start().starts_with(':'))
    };
    ron_file::begins_with(text, '(') && (has("sessions") || has("steps"))
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
    }
}
