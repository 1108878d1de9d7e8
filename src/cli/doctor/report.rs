//! A diagnosis as text: the verdict first, then what else was found, what was ruled out, and what
//! is not known.

use crate::explain::doctor::words::{self, AskedFrom, FindingText};
use crate::explain::doctor::{Cure, Diagnosis, Finding, Situation};
use crate::payload::printable;
use crate::t;
use crate::words::{Lang, listed};

/// The whole report.
pub fn text(lang: Lang, diagnosis: &Diagnosis) -> String {
    let mut text = match diagnosis.findings.as_slice() {
        [] => nothing(lang, diagnosis),
        [verdict, others @ ..] => {
            let mut text = finding(lang, verdict);
            if !others.is_empty() {
                let title = t!(lang, "diagnose.also", count = others.len());
                text.push_str(&format!("\n{title}\n"));
                for other in others {
                    text.push_str(&finding(lang, other));
                }
            }
            text
        }
    };
    if let Some(probed) = words::probed(lang, diagnosis) {
        text.push_str(&format!("\n{probed}\n"));
    }
    if !diagnosis.ruled_out.is_empty() {
        let count = diagnosis.ruled_out.len();
        let title = t!(lang, "diagnose.ruled_out", count = count);
        text.push_str(&format!("\n{title}\n"));
        for (subject, situations) in diagnosis.ruled_out_by_subject() {
            let line = t!(
                lang,
                "diagnose.ruled_out_line",
                subject = words::subject(lang, subject),
                count = situations.len(),
                ids = ids(lang, &situations)
            );
            text.push_str(&format!("  {line}\n"));
        }
    }
    if !diagnosis.unknown.is_empty() {
        let count = diagnosis.unknown.len();
        let title = t!(lang, "diagnose.unknown", count = count);
        text.push_str(&format!("\n{title}\n"));
        for (reason, situations) in diagnosis.unknown_by_reason() {
            let reason = words::unseen(lang, reason, AskedFrom::Terminal);
            let ids = ids(lang, &situations);
            let line = t!(lang, "diagnose.unknown_line", why = reason.why, ids = ids);
            text.push_str(&format!("  {line}\n"));
            if !reason.how.is_empty() {
                text.push_str(&format!("    {}\n", reason.how));
            }
        }
    }
    text
}

/// The words where no cause was found, with the next step.
fn nothing(lang: Lang, diagnosis: &Diagnosis) -> String {
    let mut text = format!("{}\n", words::nothing(lang, diagnosis));
    if let Some(step) = &diagnosis.next {
        let next = words::next_step(lang, step, AskedFrom::Terminal);
        let next = next.replace('\n', "\n  ");
        text.push_str(&format!("  {next}\n"));
        text.push_str(&command(step.cure.as_ref()));
    }
    text
}

/// The line of a command to run; empty without one.
fn command(cure: Option<&Cure>) -> String {
    match cure.and_then(Cure::command) {
        Some(command) => format!("    {}\n", printable::line(command.as_bytes())),
        None => String::new(),
    }
}

fn finding(lang: Lang, finding: &Finding) -> String {
    let FindingText { what, seen, cure } = words::finding(lang, finding);
    let mut text = format!("✗ {what} [{}]\n", finding.situation.id());
    for seen in seen {
        text.push_str(&format!("  {}\n", t!(lang, "diagnose.seen", fact = seen)));
    }
    text.push_str(&format!("  {}\n", t!(lang, "diagnose.advice", cure = cure)));
    text.push_str(&command(finding.cure.as_ref()));
    let id = finding.situation.id();
    text.push_str(&format!("  {}\n", t!(lang, "diagnose.more", id = id)));
    text
}

fn ids(lang: Lang, situations: &[Situation]) -> String {
    listed(lang, situations.iter().map(|situation| situation.id()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::evidence::{Transport, Unseen};
    use crate::explain::doctor::{Certainty, Missing, NextStep};

    fn found(situation: Situation) -> Finding {
        Finding {
            situation,
            certainty: Certainty::Shown,
            clues: Vec::new(),
            cure: Some(Cure::CopyCommand("sudo nft list ruleset".into())),
        }
    }

    fn missing(situation: Situation, reason: Unseen) -> Missing {
        Missing { situation, reason }
    }

    #[test]
    fn the_verdict_stands_first_and_each_finding_names_its_entry() {
        let diagnosis = Diagnosis {
            findings: vec![found(Situation::DropIn), found(Situation::NoRoute)],
            ..Diagnosis::default()
        };
        let text = text(Lang::English, &diagnosis);
        assert!(
            text.lines().next().unwrap().ends_with("[drop-in]"),
            "{text}"
        );
        let place = |part: &str| text.find(part).unwrap();
        assert!(place("[drop-in]") < place("\nAlso found"));
        assert!(place("\nAlso found") < place("[no-route]"), "{text}");
        assert!(text.contains("netpeer explain no-route"), "{text}");
        assert!(text.contains("    sudo nft list ruleset\n"), "{text}");
    }

    #[test]
    fn without_a_finding_it_says_how_far_that_reaches() {
        let nothing = Diagnosis::default();
        let ruled_out = Diagnosis {
            ruled_out: vec![Situation::NotBound, Situation::NoRoute],
            ..Diagnosis::default()
        };
        let part = Diagnosis {
            unknown: vec![missing(Situation::MtuHole, Unseen::NotAsked)],
            ..ruled_out.clone()
        };
        for lang in Lang::ALL {
            let firsts = [&nothing, &ruled_out, &part].map(|diagnosis| {
                let text = text(lang, diagnosis);
                text.lines().next().unwrap().to_owned()
            });
            assert!(firsts[0] != firsts[1] && firsts[1] != firsts[2] && firsts[0] != firsts[2]);
        }
        let text = text(Lang::English, &part);
        assert!(text.contains("Ruled out: 2"), "{text}");
        assert!(text.contains("not-bound"), "{text}");
        assert!(text.contains("--probe"), "{text}");
    }

    #[test]
    fn a_silence_without_a_cause_begins_with_the_next_step() {
        let reason = Unseen::NotPermitted {
            command: "sudo nft list ruleset".to_owned(),
        };
        let diagnosis = Diagnosis {
            ruled_out: vec![Situation::NotBound],
            unknown: vec![missing(Situation::DropIn, reason.clone())],
            is_silent: true,
            next: Some(NextStep {
                situation: Situation::DropIn,
                reason,
                is_there: false,
                is_firewall: true,
                at: (Transport::Udp, Some(9000)),
                cure: Some(Cure::CopyCommand("sudo nft list ruleset".to_owned())),
            }),
            ..Diagnosis::default()
        };
        for lang in Lang::ALL {
            let text = text(lang, &diagnosis);
            let third = text.lines().nth(2).unwrap();
            assert_eq!(third, "    sudo nft list ruleset", "{text}");
        }
        let text = text(Lang::English, &diagnosis);
        assert!(text.starts_with("No cause was seen here"), "{text}");
        assert!(!text.contains("Nothing wrong"), "{text}");
    }

    #[test]
    fn a_command_that_others_could_have_written_is_safe_text() {
        let mut finding = found(Situation::DropIn);
        finding.cure = Some(Cure::CopyCommand("a\u{1b}[2J\nb".into()));
        let diagnosis = Diagnosis {
            findings: vec![finding],
            ..Diagnosis::default()
        };
        assert!(!text(Lang::English, &diagnosis).contains('\u{1b}'));
    }
}
