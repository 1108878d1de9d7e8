//! What the far end speaks, by the first bytes of what it says.

use super::{Target, listener};
use crate::engine::evidence::{
    ConnectionEnd, EndOfConnection, Evidence, Sample, Seen, Transport, Unseen,
};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::payload::printable;

/// The port numbers at which TLS is spoken from the first byte (IANA).
const TLS_PORTS: [u16; 14] = [
    443, 465, 563, 636, 853, 989, 990, 992, 993, 995, 5061, 5671, 6697, 8883,
];
/// Seconds after a message in which a server of TLS hangs up on it.
const HANGS_UP: f64 = 1.0;
/// Bytes of the head of a record (RFC 8446 §5.1).
const RECORD_HEAD: u64 = 5;
/// The most characters of a quoted answer.
const QUOTED: usize = 60;

/// Whether the bytes begin a TLS handshake: a record of type 22 and a hello (RFC 8446 §5.1).
fn is_hello(bytes: &[u8]) -> bool {
    matches!(bytes, [0x16, 0x03, 0..=4, _, _, 1 | 2, ..])
}

/// Whether the bytes are a TLS alert: a record of type 21 with two bytes (RFC 8446 §6).
fn is_alert(bytes: &[u8]) -> bool {
    matches!(bytes, [0x15, 0x03, 0..=4, 0, 2, 1 | 2, _, ..])
}

pub fn tls_to_plain(evidence: &Evidence) -> Outcome {
    let Some(session) = evidence.session.as_ref().filter(|_| is_stream(evidence)) else {
        return Outcome::DoesNotApply;
    };
    if let Some(hello) = session
        .newest_received
        .iter()
        .find(|came| is_hello(&came.bytes))
        && !session.newest_sent.iter().any(|sent| is_tls(&sent.bytes))
    {
        let values = [("address", hello.peer.to_string())];
        let clue = Clue::new("doctor.peer.tls_hello", values);
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    let ours = session.newest_sent.iter().any(|sent| is_hello(&sent.bytes));
    let answer = session.newest_received.last();
    match answer {
        Some(answer) if ours && !is_tls(&answer.bytes) => {
            let values = [
                ("address", answer.peer.to_string()),
                ("text", quoted(answer)),
            ];
            let clue = Clue::new("doctor.peer.plain_answer", values);
            Outcome::Is(Certainty::Shown, vec![clue])
        }
        _ => Outcome::IsNot,
    }
}

fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [0x14..=0x17, 0x03, 0..=4, ..])
}

pub fn plain_to_tls(evidence: &Evidence) -> Outcome {
    let Some(session) = evidence.session.as_ref().filter(|_| is_stream(evidence)) else {
        return Outcome::DoesNotApply;
    };
    let sent = &session.newest_sent;
    if sent.is_empty() {
        return Outcome::DoesNotApply;
    }
    if sent.iter().any(|sent| is_tls(&sent.bytes)) {
        return Outcome::IsNot;
    }
    let received = || session.newest_received.iter();
    if let Some(alert) = received().find(|came| is_alert(&came.bytes)) {
        let values = [("address", alert.peer.to_string())];
        let clue = Clue::new("doctor.peer.tls_alert", values);
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    if let Some(answer) = received().find(|came| says_https(&came.bytes)) {
        let values = [
            ("address", answer.peer.to_string()),
            ("text", quoted(answer)),
        ];
        let clue = Clue::new("doctor.peer.https_answer", values);
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    let ended = session.ends.last().filter(|_| !session.is_connected);
    let Some(end) = ended.filter(|end| hung_up(end)) else {
        let bytes: u64 = sent.iter().map(|sent| sent.length).sum();
        let is_late = session.since_sent.is_some_and(|since| since >= HANGS_UP);
        // With fewer bytes than the head of a record, a server of TLS waits for more of them.
        let stays = session.is_connected && is_late && bytes >= RECORD_HEAD;
        return match stays || !session.newest_received.is_empty() {
            true => Outcome::IsNot,
            false => Outcome::DoesNotApply,
        };
    };
    let address = ("address", end.peer.to_string());
    match &evidence.peer.speaks_tls {
        Seen::Known(true) => {
            let clue = Clue::new("doctor.peer.tls_answered", [address]);
            Outcome::Is(Certainty::Shown, vec![clue])
        }
        Seen::Known(false) => Outcome::IsNot,
        Seen::Unseen(_) if TLS_PORTS.contains(&end.peer.port()) => {
            let values = [("port", end.peer.port().to_string())];
            let clue = Clue::new("doctor.peer.tls_port", values);
            Outcome::Is(Certainty::Likely, vec![clue])
        }
        // Of another question it was not asked either.
        Seen::Unseen(Unseen::NotHere) => Outcome::Unseen(Unseen::NotAsked),
        Seen::Unseen(reason) => Outcome::Unseen(reason.clone()),
    }
}

/// Whether plain bytes to a server of TLS explain how the last connection ended.
pub fn is_plain_to_tls(evidence: &Evidence) -> bool {
    matches!(plain_to_tls(evidence), Outcome::Is(..))
}

/// That a server of TLS ends connections so, where it is not known whether this is one.
pub fn tls_clue(evidence: &Evidence, end: &ConnectionEnd) -> Option<Clue> {
    let is_open = matches!(plain_to_tls(evidence), Outcome::Unseen(_)) && hung_up(end);
    let values = [("address", end.peer.to_string())];
    is_open.then(|| Clue::new("doctor.peer.maybe_tls", values))
}

/// Whether the peer ended a connection right after a message, without a byte: libraries of TLS send
/// no alert where the first bytes are no record.
fn hung_up(end: &ConnectionEnd) -> bool {
    let by_peer = matches!(end.how, EndOfConnection::Closed | EndOfConnection::Reset);
    let is_soon = end.since_sent.is_some_and(|since| since < HANGS_UP);
    by_peer && end.received == 0 && is_soon
}

/// How web servers answer plain HTTP at a port for TLS.
fn says_https(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let is_bad = text.starts_with("HTTP/1.") && text.contains(" 400 ");
    let says = ["HTTPS port", "HTTPS server", "SSL-enabled", "requires TLS"];
    is_bad && says.iter().any(|said| text.contains(said))
}

/// A protocol that its first bytes identify.
struct Protocol {
    name: &'static str,
    /// Whether hardly anything else begins so.
    is_sure: bool,
    /// What a server begins with, when it greets or answers.
    begins: &'static [&'static [u8]],
    /// What a client's messages begin with, in capitals.
    requests: &'static [&'static str],
}

const HTTP: &[&str] = &[
    "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PRI ",
];
const MAIL: &[&str] = &[
    "HELO", "EHLO", "MAIL", "RCPT", "QUIT", "NOOP", "USER", "PASS", "AUTH", "STARTTLS", "HELP",
    "RSET", "LIST", "RETR", "PASV", "SYST", "FEAT", "CWD", "PWD", "TYPE", "STAT",
];

const PROTOCOLS: &[Protocol] = &[
    Protocol {
        name: "HTTP",
        is_sure: true,
        begins: &[b"HTTP/1."],
        requests: HTTP,
    },
    Protocol {
        name: "SSH",
        is_sure: true,
        begins: &[b"SSH-2.0-", b"SSH-1."],
        requests: &["SSH-"],
    },
    Protocol {
        name: "SMTP / FTP",
        is_sure: false,
        begins: &[b"220 ", b"220-"],
        requests: MAIL,
    },
    Protocol {
        name: "POP3",
        is_sure: false,
        begins: &[b"+OK ", b"+OK\r\n"],
        requests: MAIL,
    },
    Protocol {
        name: "IMAP",
        is_sure: false,
        begins: &[b"* OK ", b"* BYE ", b"* PREAUTH "],
        requests: &["A", "0", "1"],
    },
    Protocol {
        name: "Redis",
        is_sure: true,
        begins: &[b"-ERR ", b"-NOAUTH ", b"-DENIED "],
        requests: &["*", "PING", "AUTH", "HELLO"],
    },
    Protocol {
        name: "VNC (RFB)",
        is_sure: true,
        begins: &[b"RFB 00"],
        requests: &["RFB "],
    },
    Protocol {
        name: "AMQP",
        is_sure: true,
        begins: &[b"AMQP\x00"],
        requests: &["AMQP"],
    },
];

/// The protocol that an answer belongs to.
fn protocol_of(bytes: &[u8]) -> Option<&'static Protocol> {
    let begins =
        |protocol: &&Protocol| protocol.begins.iter().any(|begin| bytes.starts_with(begin));
    PROTOCOLS.iter().find(begins).or_else(|| {
        // The handshake of MySQL: length, number 0, version 10, and a text that begins with a digit.
        const MYSQL: Protocol = Protocol {
            name: "MySQL",
            is_sure: true,
            begins: &[],
            requests: &[],
        };
        matches!(bytes, [_, _, 0, 0, 10, b'0'..=b'9', ..]).then_some(&MYSQL)
    })
}

pub fn is_other(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.is_tcp) else {
        return Outcome::DoesNotApply;
    };
    let Some(session) = target.session().filter(|session| !session.is_server) else {
        return Outcome::DoesNotApply;
    };
    let sent = target.sent();
    // Who has said nothing may only want to see the greeting.
    if sent.is_empty() || session.received.messages == 0 {
        return Outcome::DoesNotApply;
    }
    let received = target.received();
    let found = received
        .iter()
        .find_map(|came| Some((came, protocol_of(&came.bytes)?)));
    let Some((answer, protocol)) = found else {
        return Outcome::IsNot;
    };
    let speaks_it = |sent: &&Sample| {
        let text = String::from_utf8_lossy(&sent.bytes).to_ascii_uppercase();
        let asks = |request: &&str| text.trim_start().starts_with(request);
        protocol.requests.iter().any(asks) || protocol_of(&sent.bytes).is_some()
    };
    if sent.iter().any(speaks_it) {
        return Outcome::IsNot;
    }
    let values = [
        ("address", answer.peer.to_string()),
        ("protocol", protocol.name.to_owned()),
        ("text", quoted(answer)),
    ];
    let mut clues = vec![Clue::new("doctor.peer.speaks", values)];
    clues.extend(listener::twin(&target).map(listener::bound_clue));
    match protocol.is_sure {
        true => Outcome::Is(Certainty::Shown, clues),
        false => Outcome::Is(Certainty::Likely, clues),
    }
}

fn is_stream(evidence: &Evidence) -> bool {
    evidence.question.transport() == Transport::Tcp
}

/// The first line of an answer, without signs that change the text around it.
fn quoted(answer: &Sample) -> String {
    let mut lines = answer.bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    let line = lines.next().unwrap_or_default();
    printable::line(line).chars().take(QUOTED).collect()
}
