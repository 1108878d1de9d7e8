//! Findings that only follow from another one.

use super::Situation;
use super::diagnosis::{Certainty, Finding};
use crate::engine::evidence::Question;

/// Leaves out findings that follow from one that is shown: beside their cause, they say nothing
/// more, or the contrary.
pub(super) fn leave_out(findings: &mut Vec<Finding>, question: &Question) {
    let shown = findings
        .iter()
        .filter(|finding| finding.certainty == Certainty::Shown);
    let causes: Vec<Situation> = shown.map(|finding| finding.situation).collect();
    findings.retain(|finding| {
        let mut causes = causes.iter();
        !causes.any(|cause| follows(finding.situation, *cause, question))
    });
}

fn follows(situation: Situation, cause: Situation, question: &Question) -> bool {
    let keeps_closed = match cause {
        Situation::PortTaken
        | Situation::PrivilegedPort
        | Situation::TimeWait
        | Situation::NotLocal => true,
        // Descriptors are those of this process.
        Situation::DescriptorLimit => matches!(question, Question::Session { .. }),
        _ => false,
    };
    // Their cures lead back to the interface at which the target is not.
    let is_elsewhere = cause == Situation::SameNetwork
        && matches!(
            situation,
            Situation::HostUnreachable | Situation::AsymmetricRoute
        );
    // The loopback loses its routes when it goes down: no route is to be added.
    let is_loopback = || {
        let to = question.other_side().map(|to| to.ip().to_canonical());
        to.is_some_and(|to| to.is_loopback() || to.is_unspecified())
    };
    let is_down = cause == Situation::InterfaceDown && situation == Situation::NoRoute;
    keeps_closed && situation == Situation::NotBound || is_elsewhere || is_down && is_loopback()
}
