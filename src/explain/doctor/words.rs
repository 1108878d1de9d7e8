//! Findings and entries of the catalogue in words. Others chose some of the values: all of it is
//! safe text.

mod entry;
mod unseen;
mod without_cause;

pub use entry::{Entry, entry, entry_of};
pub use unseen::{AskedFrom, UnseenText, unseen};
pub use without_cause::{next_step, nothing, probed};

use super::{Certainty, Clue, Cure, Finding, Situation, Subject};
use crate::payload::message::LineEnding;
use crate::payload::printable;
use crate::t;
use crate::words::{self, Lang};
use std::fmt::Display;

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingText {
    /// The cause, and whether it is only likely.
    pub what: String,
    /// What was seen, a sentence each.
    pub seen: Vec<String>,
    pub cure: String,
}

/// A finding, with the values that were seen.
pub fn finding(lang: Lang, finding: &Finding) -> FindingText {
    let of = |part| entry::part_of(lang, finding.situation, part, &finding.clues);
    let what = of("what");
    FindingText {
        what: match finding.certainty {
            Certainty::Shown => what,
            Certainty::Likely => t!(lang, "diagnose.likely", what = what),
        },
        seen: finding
            .clues
            .iter()
            .map(|clue| with_values(lang, clue.key, std::slice::from_ref(clue)))
            .collect(),
        cure: of("cure"),
    }
}

/// The name of a subject.
pub fn subject(lang: Lang, subject: Subject) -> String {
    match subject {
        Subject::Local => t!(lang, "diagnose.subject.local"),
        Subject::Firewall => t!(lang, "diagnose.subject.firewall"),
        Subject::Path => t!(lang, "diagnose.subject.path"),
        Subject::Peer => t!(lang, "diagnose.subject.peer"),
        Subject::Content => t!(lang, "diagnose.subject.content"),
    }
}

/// The name of the button that carries out a cure; `None` where the program has nothing to set.
pub fn cure_name(lang: Lang, cure: &Cure) -> Option<String> {
    Some(match cure {
        Cure::BindTo(address) => t!(lang, "diagnose.cure.bind", address = address),
        Cure::SendTo(address) => t!(lang, "diagnose.cure.send", address = address),
        Cure::JoinGroup(group) => t!(lang, "diagnose.cure.join", group = group),
        Cure::ClearFilter => t!(lang, "diagnose.cure.show_all"),
        Cure::StopSimulation => t!(lang, "diagnose.cure.stop_simulation"),
        Cure::Encoding(name) => t!(lang, "diagnose.cure.encoding", name = name),
        Cure::LineEnd(name) => {
            let ending = LineEnding::named(name)?;
            t!(lang, "diagnose.cure.line_end", name = ending.title())
        }
        Cure::Checksum { checksum, .. } => {
            let name = checksum.sum.name();
            t!(lang, "diagnose.cure.checksum", name = name)
        }
        Cure::SendAsHex => t!(lang, "diagnose.cure.hex"),
        Cure::Escapes => t!(lang, "diagnose.cure.escapes"),
        Cure::CopyCommand(_) => t!(lang, "diagnose.cure.copy"),
        // Sessions allow broadcasts by themselves, and have no setting of the time to live.
        Cure::AllowBroadcast | Cure::SetTtl(_) => return None,
    })
}

/// The key of a part of a situation's entry.
pub(super) fn key(situation: Situation, part: &str) -> String {
    format!("doctor.{}.{part}", situation.id().replace('-', "_"))
}

/// The text with a key, with the values of these clues.
fn with_values(lang: Lang, key: &str, clues: &[Clue]) -> String {
    let all = clues.iter().flat_map(|clue| &clue.values);
    let values: Vec<(&str, String)> = all
        .map(|(name, value)| (*name, printable::line(value.as_bytes())))
        .collect();
    let values: Vec<(&str, &dyn Display)> = values
        .iter()
        .map(|(name, value)| (*name, value as &dyn Display))
        .collect();
    words::numbered(words::text(lang, key, &values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clue(key: &'static str, values: &[(&'static str, &str)]) -> Clue {
        Clue {
            key,
            values: values
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_hostile_name_is_one_line_of_safe_text() {
        let clues = [clue(
            "x",
            &[("count", "1"), ("size", "a\u{1b}[2J\nb%{count}")],
        )];
        let text = with_values(Lang::English, "journal.kept", &clues);
        assert!(!text.contains(['\u{1b}', '\n']), "{text:?}");
        assert!(text.contains("%{count}"), "{text:?}");
    }

    #[test]
    fn only_what_the_program_can_set_has_a_button() {
        let name = |cure: &Cure| cure_name(Lang::English, cure);
        assert_eq!(name(&Cure::AllowBroadcast), None);
        let bind = name(&Cure::BindTo(([0, 0, 0, 0], 8080).into()));
        assert!(bind.unwrap().contains("0.0.0.0:8080"));
    }
}
