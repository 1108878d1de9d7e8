//! Requests of HTTP and its relatives that the server cannot answer: unfinished, or wrong.

use super::line_end::PATIENCE;
use crate::engine::evidence::{Evidence, Sample};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::{Target, is_plain_to_tls};
use crate::payload::printable;

/// The part that an unfinished request lacks.
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

/// A client asked for a WebSocket (RFC 6455 §4.1), and this side has not answered with 101.
pub fn is_of_web_socket(evidence: &Evidence) -> Outcome {
    let Some(session) = evidence
        .session
        .as_ref()
        .filter(|session| session.is_server)
    else {
        return Outcome::DoesNotApply;
    };
    let text = |sample: &Sample| String::from_utf8_lossy(&sample.bytes).to_ascii_lowercase();
    let asks = |sample: &&Sample| {
        let text = text(sample);
        text.starts_with("get ") && text.contains("upgrade: websocket")
    };
    let agrees = |sample: &Sample| text(sample).starts_with("http/1.1 101");
    match session.newest_received.iter().find(asks) {
        Some(asked) if !session.newest_sent.iter().any(agrees) => {
            let clue = Clue::new(
                "doctor.content.upgrade",
                [("address", asked.peer.to_string())],
            );
            Outcome::Is(Certainty::Shown, vec![clue])
        }
        Some(_) => Outcome::IsNot,
        None => Outcome::DoesNotApply,
    }
}

/// The server says that a request is wrong, by the status 400 (RFC 9110 §15.5.1). That of HTTPS says so
/// of plain text, which is a situation of its own.
pub fn is_bad(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.is_tcp) else {
        return Outcome::DoesNotApply;
    };
    let (sent, received) = (target.sent(), target.received());
    let text = |sample: &Sample| String::from_utf8_lossy(&sample.bytes).into_owned();
    let is_of_http = |text: &String| text.lines().next().is_some_and(is_request);
    let Some(request) = sent
        .iter()
        .rev()
        .map(|sample| text(sample))
        .find(is_of_http)
    else {
        return Outcome::DoesNotApply;
    };
    let answer = received.last().map(|sample| text(sample));
    let status = answer.as_deref().and_then(|answer| answer.lines().next());
    let Some(status) = status.filter(|status| is_refusal(status) && !is_plain_to_tls(evidence))
    else {
        return Outcome::IsNot;
    };
    let said = (
        "status",
        printable::line(status.as_bytes())
            .chars()
            .take(60)
            .collect(),
    );
    let mut clues = vec![Clue::new("doctor.content.http_status", [said])];
    let has_host = request
        .lines()
        .any(|line| line.to_ascii_lowercase().starts_with("host:"));
    let is_1_1 = request
        .lines()
        .next()
        .is_some_and(|line| line.ends_with("HTTP/1.1"));
    if is_1_1 && !has_host {
        clues.push(Clue::new("doctor.content.no_host", []));
    }
    Outcome::Is(Certainty::Shown, clues)
}

/// Whether a status line says that the request is to blame.
fn is_refusal(line: &str) -> bool {
    let code = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1));
    code == Some("400")
}

/// The first line of a request in these bytes that is not whole (RFC 9112 §2.1, §6.2), and what it
/// lacks; `None` for anything else, and where a part of it is not known.
fn unfinished(sent: &[&Sample]) -> Option<(String, Lack)> {
    let are_known = sent.iter().all(|sample| sample.is_whole());
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

    #[test]
    fn a_request_that_the_server_refuses_says_how_and_what_it_lacks() {
        let expected = [(Situation::BadRequest, Certainty::Shown)];
        let bad: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        for (request, lacks) in [
            (&b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"[..], true),
            (b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", false),
            (b"GET / HTTP/1.0\r\n\r\n", false),
        ] {
            let evidence = tcp(&[request], &[bad]);
            assert_eq!(found(&evidence), expected);
            let super::Outcome::Is(_, clues) = super::is_bad(&evidence) else {
                panic!("it is refused");
            };
            let names: Vec<&str> = clues.iter().map(|clue| clue.key).collect();
            assert_eq!(names.contains(&"doctor.content.no_host"), lacks);
        }
        let good: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
        assert_eq!(found(&tcp(&[b"GET / HTTP/1.1\r\n\r\n"], &[good])), []);
    }

    #[test]
    fn a_client_of_web_sockets_waits_for_the_handshake() {
        let asked: &[u8] = b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n";
        let agreed: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";
        let of = |sent: &[&[u8]], received: &[&[u8]]| {
            let mut evidence = tcp(sent, received);
            evidence.session.as_mut().unwrap().is_server = true;
            matches!(super::is_of_web_socket(&evidence), super::Outcome::Is(..))
        };
        assert!(of(&[], &[asked]) && of(&[b"hello"], &[asked]));
        assert!(!of(&[agreed], &[asked]) && !of(&[], &[b"GET / HTTP/1.1\r\n\r\n"]));
    }
}
