//! Ends of lines.

use super::line_end::{PATIENCE, is_text, line_end, name};
use super::tried::Tried;
use crate::engine::endpoint::canonical;
use crate::engine::evidence::{Evidence, Sample, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::Target;

pub fn no_line_end(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.is_tcp) else {
        return Outcome::DoesNotApply;
    };
    let Some(session) = target
        .session()
        .filter(|known| !known.newest_sent.is_empty())
    else {
        return Outcome::DoesNotApply;
    };
    if let Some(tried) = Tried::of(&target) {
        return match tried.ours() {
            None => Outcome::Is(Certainty::Likely, tried.clues()),
            // A situation of its own.
            Some(_) => Outcome::DoesNotApply,
        };
    }
    let (answered, waiting) = target.sent_by_answer();
    let is_line = |sample: &&Sample| is_text(&sample.bytes) && line_end(&sample.bytes).is_none();
    if waiting.is_empty() || !waiting.iter().all(is_line) {
        return Outcome::IsNot;
    }
    if session.is_server || !target.is_unanswered(PATIENCE) {
        return Outcome::DoesNotApply;
    }
    // Only if the peer has everything, and may still answer.
    if !target.has_all() {
        return Outcome::DoesNotApply;
    }
    // A peer that reads all and never answers looks the same as one that waits for the line end.
    // That it answered lines is the difference.
    let answers_lines = !target.received().is_empty()
        && answered
            .last()
            .is_some_and(|last| is_text(&last.bytes) && line_end(&last.bytes).is_some());
    if !answers_lines {
        return untried(next_end(&target));
    }
    let clue = Clue::new(
        "doctor.content.no_line_end",
        [("count", waiting.len().to_string())],
    );
    Outcome::Is(Certainty::Likely, vec![clue])
}

pub fn other_line_end(evidence: &Evidence) -> Outcome {
    let Some((ours, theirs, certainty)) = ends(evidence) else {
        return match evidence.session {
            Some(_) => untried(may_wait_for(evidence)),
            None => Outcome::DoesNotApply,
        };
    };
    let values = [
        ("ours", name(ours).to_owned()),
        ("peer", name(theirs).to_owned()),
    ];
    let mut clues = vec![Clue::new("doctor.content.line_ends", values)];
    let target = Target::of(evidence);
    let tried = target.and_then(|target| Tried::of(&target));
    clues.extend(tried.iter().flat_map(Tried::clues));
    Outcome::Is(certainty, clues)
}

/// What is said where this line end is still to be tried, or none.
fn untried(end: Option<&str>) -> Outcome {
    match end.map(setting) {
        Some(end) => Outcome::Unseen(Unseen::LineEnd { end: end.into() }),
        None => Outcome::IsNot,
    }
}

/// The line end that a peer may wait for to which other lines went, which has everything and has said
/// nothing.
fn may_wait_for(evidence: &Evidence) -> Option<&'static str> {
    let target = Target::of(evidence).filter(|target| target.is_tcp)?;
    let is_client = target.session().is_some_and(|known| !known.is_server);
    let is_silent = target.received().is_empty() && target.is_unanswered(PATIENCE);
    let sent = target.sent();
    let may_wait = is_client
        && is_silent
        && target.has_all()
        && sent.iter().all(|sample| is_text(&sample.bytes))
        && sent.iter().any(|sample| line_end(&sample.bytes).is_some());
    next_end(&target).filter(|_| may_wait)
}

/// The first end of lines with which the newest text was not tried, in this connection or in an
/// earlier one.
fn next_end(target: &Target<'_>) -> Option<&'static str> {
    let session = target.session()?;
    let newest = target
        .sent()
        .last()
        .map(|sample| without_end(&sample.bytes))?;
    let before = session.before.iter();
    let before = before.filter(|(sample, reply)| {
        canonical(sample.peer) == target.to && (reply.came || reply.waited >= PATIENCE)
    });
    let tried = before.map(|(sample, _)| sample).chain(target.sent());
    let tried = tried.filter(|sample| without_end(&sample.bytes) == newest);
    let tried: Vec<_> = tried.map(|sample| line_end(&sample.bytes)).collect();
    let ends = ["\r\n", "\n", "\r"];
    ends.into_iter().find(|end| !tried.contains(&Some(end)))
}

/// A message without the end of its line.
fn without_end(bytes: &[u8]) -> &[u8] {
    let end = line_end(bytes).map_or(0, str::len);
    bytes.get(..bytes.len() - end).unwrap_or(bytes)
}

/// The name of the line end that texts lack: that of a line that was answered.
pub fn missing_line_end(evidence: &Evidence) -> Option<String> {
    let target = Target::of(evidence)?;
    let answered = match Tried::of(&target) {
        Some(tried) => Some(tried.theirs()),
        None => {
            let (answered, _) = target.sent_by_answer();
            answered.last().and_then(|last| line_end(&last.bytes))
        }
    };
    Some(setting(answered.unwrap_or("\n")).to_owned())
}

/// The name of the line end that the peer uses, where ours is another one.
pub fn peer_line_end(evidence: &Evidence) -> Option<String> {
    let (_, theirs, _) = ends(evidence)?;
    Some(setting(theirs).to_owned())
}

/// Our line end and the peer's, where they differ and that explains something.
fn ends(evidence: &Evidence) -> Option<(&'static str, &'static str, Certainty)> {
    let target = Target::of(evidence)?;
    target.session()?;
    if let Some(tried) = Tried::of(&target) {
        return Some((tried.ours()?, tried.theirs(), Certainty::Likely));
    }
    let (sent, received) = (target.sent(), target.received());
    let ours = common_end(&sent)?;
    // The peer ends a line at LF, and takes the CR for a part of it: it comes back inside.
    if ours == "\r\n" && received.iter().any(|came| has_stray_return(&sent, came)) {
        return Some((ours, "\n", Certainty::Likely));
    }
    let theirs = common_end(&received)?;
    // What did not arrive, or was not read, is no line without an end.
    let waits = theirs == "\r\n" && target.is_unanswered(PATIENCE) && target.has_all();
    (ours != theirs && waits).then_some((ours, theirs, Certainty::Likely))
}

/// The line end of all of these messages.
fn common_end(all: &[&Sample]) -> Option<&'static str> {
    let is_known = |sample: &&&Sample| sample.is_whole();
    let mut all = all.iter().filter(is_known);
    let first = all.next().filter(|sample| is_text(&sample.bytes))?;
    let first = line_end(&first.bytes)?;
    let is_same =
        |sample: &&Sample| is_text(&sample.bytes) && line_end(&sample.bytes) == Some(first);
    all.all(is_same).then_some(first)
}

/// Whether an answer repeats a line of ours with its CR, and goes on after it without LF.
fn has_stray_return(sent: &[&Sample], came: &Sample) -> bool {
    sent.iter().any(|sent| {
        let Some(line) = sent.bytes.strip_suffix(b"\n").filter(|line| line.len() > 2) else {
            return false;
        };
        memchr::memmem::find(&came.bytes, line).is_some_and(|at| {
            let after = came.bytes.get(at + line.len());
            after.is_some_and(|after| *after != b'\n')
                // The rest of a long answer is not known.
                || after.is_none() && came.is_whole()
        })
    })
}

/// The name of a line end in settings.
fn setting(end: &str) -> &'static str {
    match end {
        "\r\n" => "crlf",
        "\n" => "lf",
        _ => "cr",
    }
}
