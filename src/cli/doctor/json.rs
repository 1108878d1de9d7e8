//! A diagnosis as one line of JSON.

use crate::engine::evidence::{Evidence, Unseen};
use crate::explain::doctor::words::{self, AskedFrom, FindingText};
use crate::explain::doctor::{Certainty, Cure, Diagnosis, Finding, Situation, Subject};
use crate::words::Lang;
use serde::Serialize;

/// The whole answer.
#[derive(Serialize)]
struct Answer<'a> {
    /// The first finding; `null` if nothing wrong was seen.
    verdict: Option<&'static str>,
    findings: Vec<FoundSituation<'a>>,
    ruled_out: Vec<&'static str>,
    unknown: Vec<UnknownSituation>,
    /// What to do next, where nothing was found; `null` otherwise.
    next: Option<NextStepLine<'a>>,
    /// What was looked at.
    evidence: &'a Evidence,
}

#[derive(Serialize)]
struct FoundSituation<'a> {
    id: &'static str,
    subject: &'static str,
    certainty: &'static str,
    what: String,
    seen: Vec<String>,
    cure: String,
    /// A command that helps.
    command: Option<&'a str>,
}

#[derive(Serialize)]
struct UnknownSituation {
    id: &'static str,
    reason: &'static str,
    why: String,
    how: String,
}

#[derive(Serialize)]
struct NextStepLine<'a> {
    /// The situation that it tells.
    id: &'static str,
    how: String,
    command: Option<&'a str>,
}

/// The line of a diagnosis, in the words of this language.
///
/// # Errors
/// The evidence cannot be written as JSON.
pub fn line(
    lang: Lang,
    evidence: &Evidence,
    diagnosis: &Diagnosis,
) -> Result<String, serde_json::Error> {
    let findings: Vec<FoundSituation<'_>> = diagnosis
        .findings
        .iter()
        .map(|finding| found(lang, finding))
        .collect();
    let unknown = diagnosis.unknown.iter().map(|missing| {
        let text = words::unseen(lang, &missing.reason, AskedFrom::Terminal);
        UnknownSituation {
            id: missing.situation.id(),
            reason: reason(&missing.reason),
            why: text.why,
            how: text.how,
        }
    });
    let answer = Answer {
        verdict: findings.first().map(|finding| finding.id),
        findings,
        ruled_out: diagnosis.ruled_out.iter().map(|one| one.id()).collect(),
        unknown: unknown.collect(),
        next: diagnosis.next.as_ref().map(|step| NextStepLine {
            id: step.situation.id(),
            how: words::next_step(lang, step, AskedFrom::Terminal),
            command: step.cure.as_ref().and_then(Cure::command),
        }),
        evidence,
    };
    let mut line = serde_json::to_string(&answer)?;
    line.push('\n');
    Ok(line)
}

fn found(lang: Lang, finding: &Finding) -> FoundSituation<'_> {
    let FindingText { what, seen, cure } = words::finding(lang, finding);
    FoundSituation {
        id: finding.situation.id(),
        subject: subject(finding.situation),
        certainty: match finding.certainty {
            Certainty::Shown => "shown",
            Certainty::Likely => "likely",
        },
        what,
        seen,
        cure,
        command: finding.cure.as_ref().and_then(Cure::command),
    }
}

fn subject(situation: Situation) -> &'static str {
    match situation.subject() {
        Subject::Local => "local",
        Subject::Firewall => "firewall",
        Subject::Path => "path",
        Subject::Peer => "peer",
        Subject::Content => "content",
    }
}

fn reason(unseen: &Unseen) -> &'static str {
    match unseen {
        Unseen::NotPermitted { .. } => "not-permitted",
        Unseen::NotHere => "not-here",
        Unseen::TooSlow => "too-slow",
        Unseen::Unreadable(_) => "unreadable",
        Unseen::NotAsked => "not-asked",
        Unseen::OtherProgram { .. } => "other-program",
        Unseen::Quiet => "quiet",
        Unseen::NoAnswer => "no-answer",
        Unseen::Reporter { .. } => "reporter",
        Unseen::Rule(_) => "rule",
        Unseen::SetByHand { .. } => "set-by-hand",
        Unseen::NothingBack => "nothing-back",
        Unseen::LineEnd { .. } => "line-end",
        Unseen::EncodingSent { .. } => "encoding-sent",
        Unseen::Acknowledged { .. } => "acknowledged",
        Unseen::NatMayForget { .. } => "nat-may-forget",
        Unseen::Strays { .. } => "strays",
        Unseen::OtherClient { .. } => "other-client",
        Unseen::WatchAnswers { .. } => "watch-answers",
        Unseen::WatchArrivals { .. } => "watch-arrivals",
        Unseen::NarrowMask { .. } => "narrow-mask",
        Unseen::ModbusSent { .. } => "modbus-sent",
        Unseen::ReadsSlowly => "reads-slowly",
        Unseen::WatchSender { .. } => "watch-sender",
        Unseen::FullWidth { .. } => "full-width",
        Unseen::EscapeSent { .. } => "escape-sent",
        Unseen::OneNetwork { .. } => "one-network",
        Unseen::NothingSent { .. } => "nothing-sent",
        Unseen::NoGroup { .. } => "no-group",
        Unseen::WideMask { .. } => "wide-mask",
        Unseen::MarkSent { .. } => "mark-sent",
        Unseen::LengthSent { .. } => "length-sent",
        Unseen::BadChecksums { .. } => "bad-checksums",
        Unseen::WhichInterface { .. } => "which-interface",
        Unseen::LargerUnanswered { .. } => "larger-unanswered",
        Unseen::OneAddress { .. } => "one-address",
        Unseen::SenderUnknown => "sender-unknown",
        Unseen::AtSender { .. } => "at-sender",
        Unseen::InterfaceOff { .. } => "interface-off",
        Unseen::PeerUnnamed { .. } => "peer-unnamed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::evidence::{Permission, Question, Transport};
    use crate::explain::doctor::Missing;

    #[test]
    fn the_line_has_the_verdict_the_lists_and_the_evidence() {
        let question = Question::Port {
            transport: Transport::Udp,
            local: ([127, 0, 0, 1], 9).into(),
            from: None,
        };
        let evidence = Evidence::gather(question, None, Permission::default());
        let diagnosis = Diagnosis {
            findings: vec![Finding {
                situation: Situation::NotBound,
                certainty: Certainty::Likely,
                clues: Vec::new(),
                cure: Some(Cure::CopyCommand("ss -lun".into())),
            }],
            ruled_out: vec![Situation::NoRoute],
            unknown: vec![Missing {
                situation: Situation::MtuHole,
                reason: Unseen::NotAsked,
            }],
            ..Diagnosis::default()
        };
        let line = line(Lang::English, &evidence, &diagnosis).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        let at = |path: &str| read.pointer(path).unwrap().clone();
        assert_eq!(at("/verdict"), "not-bound");
        assert_eq!(at("/findings/0/subject"), "local");
        assert_eq!(at("/findings/0/certainty"), "likely");
        assert_eq!(at("/findings/0/command"), "ss -lun");
        assert_eq!(at("/ruled_out/0"), "no-route");
        assert_eq!(at("/unknown/0/reason"), "not-asked");
        assert!(read.pointer("/evidence/question").is_some(), "{line}");
        // The evidence can be judged again.
        let again: Evidence = serde_json::from_value(at("/evidence")).unwrap();
        assert_eq!(again, evidence);
    }
}
