//! Requests of HTTP and its relatives that are not whole: the server waits for the rest.

use super::line_end::PATIENCE;
use crate::engine::evidence::{Evidence, Sample};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::Target;

/// What the header of an unfinished request lacks.
enum Lack {
    /// The empty line after the header.
    EmptyLine,
    /// Bytes of the body that the header announces.
    Body { said: u64, came: u64 },
}

pub fn is_unfinished(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.is_tcp) else {
        return Outcome::DoesNotApply;
    };
    if target.session().is_none_or(|session| session.is_server) {
        return Outcome::DoesNotApply;
    }
    let waiting = target.sent_by_answer().1;
    let Some((line, lack)) = unfinished(&waiting) else {
        return Outcome::DoesNotApply;
    };
    // What did not arrive, or was not read, is no proof.
    if !target.is_unanswered(PATIENCE) || !target.has_all() {
        return Outcome::DoesNotApply;
    }
    let line = ("line", line);
    let clue = match lack {
        Lack::EmptyLine => Clue::new("doctor.content.no_empty_line", [line]),
        Lack::Body { said, came } => {
            let values = [line, ("said", said.to_string()), ("came", came.to_string())];
            Clue::new("doctor.content.short_body", values)
        }
    };
    Outcome::Is(Certainty::Shown, vec![clue])
}

/// The first line of a request in these bytes that is not whole (RFC 9112 §2.1, §6.2), and what it
/// lacks; `None` for anything else, and where a part of it is not known.
fn unfinished(sent: &[&Sample]) -> Option<(String, Lack)> {
    let are_known = sent
        .iter()
        .all(|sample| sample.length == sample.bytes.len() as u64);
    let bytes: Vec<u8> = sent
        .iter()
        .flat_map(|sample| sample.bytes.clone())
        .collect();
    let text = std::str::from_utf8(&bytes).ok().filter(|_| are_known)?;
    let line = text.lines().next().filter(|line| is_request(line))?;
    let shown = line.chars().take(60).collect();
    // A bare LF ends a line for most servers too.
    let ends = ["\r\n\r\n", "\n\n"].into_iter();
    let end = ends
        .filter_map(|end| Some(text.find(end)? + end.len()))
        .min();
    let Some(end) = end else {
        return Some((shown, Lack::EmptyLine));
    };
    let (header, body) = text.split_at_checked(end)?;
    let said = header.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<u64>().ok())?
    })?;
    let came = body.len() as u64;
    (came < said).then_some((shown, Lack::Body { said, came }))
}

/// Whether a line asks for something: a method, a target, and a version of HTTP, RTSP or SIP.
fn is_request(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    let [method, target, version] = words[..] else {
        return false;
    };
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_version = ["HTTP/1.", "RTSP/1.", "SIP/2."]
        .iter()
        .any(|name| version.starts_with(name));
    is_method && !target.is_empty() && is_version
}

#[cfg(test)]
mod tests {
    use crate::explain::doctor::Situation;
    use crate::explain::doctor::diagnosis::Certainty;
    use crate::explain::doctor::peer::tests::{found, tcp};

    #[test]
    fn a_request_without_its_empty_line_or_its_body_is_unfinished() {
        let expected = [(Situation::UnfinishedRequest, Certainty::Shown)];
        for sent in [
            &[&b"GET / HTTP/1.1\r\nHost: a\r\n"[..]][..],
            &[b"GET / HTTP/1.1", b"\r\nHost: a"],
            &[b"GET / HTTP/1.0\n"],
            &[b"POST /x HTTP/1.1\r\ncontent-length: 5\r\n\r\nabc"],
        ] {
            assert_eq!(found(&tcp(sent, &[])), expected, "{sent:?}");
        }
    }

    #[test]
    fn whole_requests_and_other_texts_are_not() {
        let is_it = |sent: &[&[u8]], received: &[&[u8]]| {
            let found = found(&tcp(sent, received));
            found
                .iter()
                .any(|(of, _)| *of == Situation::UnfinishedRequest)
        };
        for sent in [
            &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..],
            b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
            b"GET / HTTP",
            b"hello HTTP/1.1 world\r\n",
            b"get / HTTP/1.1\r\n",
        ] {
            assert!(!is_it(&[sent], &[]), "{sent:?}");
        }
        assert!(!is_it(&[b"GET / HTTP/1.1\r\n"], &[b"HTTP/1.1 200 OK\r\n"]));
        let mut on_its_way = tcp(&[b"GET / HTTP/1.1\r\n"], &[]);
        on_its_way.session.as_mut().unwrap().unsent = 3;
        assert_eq!(found(&on_its_way), []);
    }
}
