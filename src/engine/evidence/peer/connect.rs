//! A connection to the target, as a probe.

use super::super::reports::{self, Report};
use super::super::{Seen, Unseen};
use super::ConnectOutcome;
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The time in which a connection is to be answered. It has two attempts: the second SYN goes after
/// a second (RFC 6298 §2).
pub const CONNECT_PATIENCE: Duration = Duration::from_millis(1_300);
/// The longest time for the first bytes.
const GREETING: Duration = Duration::from_millis(400);
/// A ClientHello of TLS 1.2 (RFC 5246 §7.4.1.2) with four common cipher suites and no extension:
/// servers answer with their hello or with an alert.
const HELLO: &[u8] = b"\x16\x03\x01\x00\x33\x01\x00\x00\x2F\x03\x03\
    netpeer asks whether this is TLS\
    \x00\x00\x08\xC0\x2F\xC0\x2B\x00\x9C\x00\x2F\x01\x00";
/// The most bytes of a greeting.
const MOST: usize = 256;

/// What became of a connection.
pub struct Attempt {
    pub outcome: Seen<ConnectOutcome>,
    /// The first bytes of the far end.
    pub greeting: Seen<Vec<u8>>,
    /// The errors that machines reported where it was not made; none on systems that do not tell
    /// them.
    pub reports: Vec<Report>,
}

/// Connects, listens to what the far end says first, and closes.
pub fn probe(to: SocketAddr, until: Instant) -> Attempt {
    // With less time, a silence shows nothing.
    let patience = left(until, CONNECT_PATIENCE).filter(|left| *left == CONNECT_PATIENCE);
    let Some(patience) = patience else {
        return Attempt {
            outcome: Unseen::TooSlow.into(),
            greeting: Unseen::TooSlow.into(),
            reports: Vec::new(),
        };
    };
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None);
    let made = socket.and_then(|socket| {
        reports::watch(&socket, to)?;
        Ok((socket.connect_timeout(&to.into(), patience), socket))
    });
    match made {
        Ok((Ok(()), socket)) => Attempt {
            outcome: Seen::Known(ConnectOutcome::Connected),
            greeting: greeting(socket.into(), until),
            reports: Vec::new(),
        },
        Ok((Err(error), socket)) => Attempt {
            outcome: Seen::Known(outcome(&error)),
            greeting: Unseen::NotHere.into(),
            reports: reports::waiting(&socket),
        },
        Err(error) => Attempt {
            outcome: Seen::Known(outcome(&error)),
            greeting: Unseen::NotHere.into(),
            reports: Vec::new(),
        },
    }
}

/// The time for a step; `None` if there is none left.
fn left(until: Instant, most: Duration) -> Option<Duration> {
    let left = until.saturating_duration_since(Instant::now()).min(most);
    (!left.is_zero()).then_some(left)
}

fn outcome(error: &io::Error) -> ConnectOutcome {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::ConnectionRefused, _) => ConnectOutcome::Refused,
        (ErrorKind::TimedOut, _) | (_, None) => ConnectOutcome::Silent,
        (_, Some(code)) => ConnectOutcome::Failed(code),
    }
}

/// The first bytes; none if nothing comes in time, or the far end closes.
fn greeting(mut stream: TcpStream, until: Instant) -> Seen<Vec<u8>> {
    let Some(patience) = left(until, GREETING) else {
        return Unseen::TooSlow.into();
    };
    if let Err(error) = stream.set_read_timeout(Some(patience)) {
        return Unseen::Unreadable(error.to_string()).into();
    }
    let mut bytes = vec![0; MOST];
    // A reset and a silence both mean that nothing was said.
    let count = stream.read(&mut bytes).unwrap_or_default();
    bytes.truncate(count);
    Seen::Known(bytes)
}

/// Whether the far end answers a TLS hello in TLS. A connection of its own.
pub fn speaks_tls(to: SocketAddr, until: Instant) -> Seen<bool> {
    let Some(patience) = left(until, GREETING) else {
        return Unseen::TooSlow.into();
    };
    let mut head = [0; 3];
    let asked = TcpStream::connect_timeout(&to, patience).and_then(|mut stream| {
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(HELLO)?;
        stream.read_exact(&mut head)
    });
    match asked {
        // A handshake or an alert (RFC 8446 §5.1).
        Ok(()) => Seen::Known(matches!(head, [0x15 | 0x16, 3, 0..=4])),
        // A server of TLS can hang up on a hello too.
        Err(_) => Unseen::NoAnswer.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[test]
    fn a_server_that_greets_is_heard() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                stream.write_all(b"220 ready\r\n").unwrap();
            });
            let made = probe(to, soon());
            assert_eq!(made.outcome, Seen::Known(ConnectOutcome::Connected));
            assert_eq!(made.greeting, Seen::Known(b"220 ready\r\n".to_vec()));
        });
    }

    #[test]
    fn a_port_where_nobody_listens_refuses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        drop(listener);
        let refused = Seen::Known(ConnectOutcome::Refused);
        assert_eq!(probe(to, soon()).outcome, refused);
    }

    #[test]
    fn a_connection_that_is_made_or_reset_has_no_report() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        let both = || {
            let attempt = probe(to, soon());
            (attempt.outcome, attempt.reports)
        };
        let connected = Seen::Known(ConnectOutcome::Connected);
        assert_eq!(both(), (connected, Vec::new()));
        drop(listener);
        let refused = Seen::Known(ConnectOutcome::Refused);
        assert_eq!(both(), (refused, Vec::new()));
    }

    #[test]
    fn a_server_of_tls_answers_a_hello_and_another_one_does_not() {
        let answered = |answer: &'static [u8]| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let to = listener.local_addr().unwrap();
            std::thread::scope(|scope| {
                scope.spawn(move || {
                    let (mut stream, _) = listener.accept().unwrap();
                    let mut hello = [0; HELLO.len()];
                    stream.read_exact(&mut hello).unwrap();
                    let lengths = (hello[4], hello[8]);
                    assert_eq!(lengths, (HELLO.len() as u8 - 5, HELLO.len() as u8 - 9));
                    stream.write_all(answer).unwrap();
                });
                speaks_tls(to, soon())
            })
        };
        assert_eq!(answered(&[0x15, 3, 3, 0, 2, 2, 40]), Seen::Known(true));
        assert_eq!(answered(&[0x16, 3, 3, 0, 74, 2]), Seen::Known(true));
        assert_eq!(answered(b"500 what?\\r\\n"), Seen::Known(false));
        assert_eq!(answered(b""), Unseen::NoAnswer.into());
    }

    #[test]
    fn a_silent_server_has_no_greeting_and_no_time_no_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        assert_eq!(probe(to, soon()).greeting, Seen::Known(Vec::new()));
        assert_eq!(probe(to, Instant::now()).outcome, Unseen::TooSlow.into());
    }
}
