//! Entries of the catalogue: with the values of a finding, or in general words.

use super::super::{Clue, Finding, Situation};
use super::{key, with_values};
use crate::words::{self, Lang};

/// An entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The cause.
    pub what: String,
    /// What to do about it.
    pub cure: String,
    /// How it looks in a packet capture.
    pub capture: String,
    /// How to make it oneself.
    pub reproduce: String,
}

/// The entry of a situation, in general words.
pub fn entry(lang: Lang, situation: Situation) -> Entry {
    entry_with(lang, situation, &[])
}

/// The entry of a finding, with the values that were seen.
pub fn entry_of(lang: Lang, finding: &Finding) -> Entry {
    entry_with(lang, finding.situation, &finding.clues)
}

fn entry_with(lang: Lang, situation: Situation, clues: &[Clue]) -> Entry {
    let part = |part| part_of(lang, situation, part, clues);
    Entry {
        what: part("what"),
        cure: part("cure"),
        capture: part("capture"),
        reproduce: part("reproduce"),
    }
}

/// The key of the same in general words, without the values of a case.
fn general_key(situation: Situation, part: &str) -> String {
    let name = situation.id().replace('-', "_");
    format!("doctor.general.{name}.{part}")
}

/// A part of an entry: with the values of these clues, and in general words if they lack one.
pub(super) fn part_of(lang: Lang, situation: Situation, part: &str, clues: &[Clue]) -> String {
    let key = key(situation, part);
    let known = |name: &str| {
        let mut values = clues.iter().flat_map(|clue| &clue.values);
        values.any(|(known, _)| *known == name)
    };
    let all_known = words::template(lang, &key)
        .split("%{")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .all(|(name, _)| known(name));
    match all_known {
        true => with_values(lang, &key, clues),
        false => with_values(lang, &general_key(situation, part), &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Certainty;
    use super::*;
    use crate::words::tests::{ENTRY_PARTS, is_of_entry, keys};
    use std::collections::BTreeSet;

    fn clue(name: &'static str, value: &str) -> Clue {
        Clue {
            key: "x",
            values: vec![(name, value.to_owned())],
        }
    }

    #[test]
    fn every_situation_has_an_entry_in_both_languages() {
        for lang in Lang::ALL {
            for situation in Situation::ALL {
                let Entry {
                    what,
                    cure,
                    capture,
                    reproduce,
                } = entry(lang, *situation);
                for text in [what, cure, capture, reproduce] {
                    let is_key = text.starts_with("doctor.");
                    assert!(!is_key && !text.is_empty(), "{}: {text}", situation.id());
                    assert!(!text.contains("%{"), "{}: {text}", situation.id());
                }
            }
        }
    }

    #[test]
    fn every_entry_with_words_is_of_a_situation() {
        let of = |situation: &Situation| ENTRY_PARTS.map(|part| key(*situation, part));
        for lang in Lang::ALL {
            let general = |situation: &Situation| {
                let needed = ENTRY_PARTS.map(|part| {
                    let own = key(*situation, part);
                    let text = words::template(lang, &own);
                    let has_values = text.contains("%{");
                    has_values.then(|| general_key(*situation, part))
                });
                needed.into_iter().flatten()
            };
            let named: BTreeSet<String> = Situation::ALL
                .iter()
                .flat_map(|situation| of(situation).into_iter().chain(general(situation)))
                .collect();
            let entries: BTreeSet<String> = keys(lang)
                .into_iter()
                .filter(|key| is_of_entry(key))
                .collect();
            assert_eq!(entries, named, "{lang:?}");
        }
    }

    #[test]
    fn an_entry_has_the_values_of_the_finding_and_is_general_without_them() {
        let found = Finding {
            situation: Situation::NobodyListens,
            certainty: Certainty::Shown,
            clues: vec![clue("address", "10.0.0.9:7")],
            cure: None,
        };
        for lang in Lang::ALL {
            assert!(entry_of(lang, &found).what.contains("10.0.0.9:7"));
            let general = entry(lang, Situation::NobodyListens).what;
            assert!(!general.contains(['%', '7']), "{general}");
            // One value of two is not enough.
            let clues = vec![clue("port", "9000")];
            let part = part_of(lang, Situation::NotBound, "what", &clues);
            assert!(!part.contains(['%', '9']), "{part}");
        }
        assert!(
            !entry(Lang::English, Situation::LoopbackOnly)
                .what
                .contains("LOCAL")
        );
    }
}
