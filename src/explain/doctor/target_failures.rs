//! The failures of a session with the target that a question is about.

use crate::engine::endpoint::reached;
use crate::engine::evidence::Evidence;
use crate::traffic::Failure;
use std::net::SocketAddr;

/// The failures with the target, newest first. Those with another address say nothing of it.
pub(super) fn failures(evidence: &Evidence) -> impl Iterator<Item = &Failure> {
    let to = evidence.question.to().map(reached);
    let all = evidence.session.iter().flat_map(|known| &known.failures);
    all.rev()
        .filter(move |failure| match failure.address.parse::<SocketAddr>() {
            Ok(address) => to == Some(reached(address)),
            // A name, or an address with the name of an interface.
            Err(_) => to.is_some(),
        })
}
