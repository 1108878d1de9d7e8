//! A connection to the target, as a probe.

use super::super::{Seen, Unseen};
use super::ConnectOutcome;
use std::io::{self, ErrorKind, Read as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The longest time for the connection and for its first bytes.
const CONNECT: Duration = Duration::from_millis(600);
const GREETING: Duration = Duration::from_millis(400);
/// The most bytes of a greeting.
const MOST: usize = 256;

/// Connects, listens to what the far end says first, and closes. Takes at most a second.
pub fn probe(to: SocketAddr, until: Instant) -> (Seen<ConnectOutcome>, Seen<Vec<u8>>) {
    let Some(patience) = left(until, CONNECT) else {
        return (Unseen::TooSlow.into(), Unseen::TooSlow.into());
    };
    match TcpStream::connect_timeout(&to, patience) {
        Ok(stream) => (
            Seen::Known(ConnectOutcome::Connected),
            greeting(stream, until),
        ),
        Err(error) => (Seen::Known(outcome(&error)), Unseen::NotHere.into()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
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
            let (connect, greeting) = probe(to, soon());
            assert_eq!(connect, Seen::Known(ConnectOutcome::Connected));
            assert_eq!(greeting, Seen::Known(b"220 ready\r\n".to_vec()));
        });
    }

    #[test]
    fn a_port_where_nobody_listens_refuses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(probe(to, soon()).0, Seen::Known(ConnectOutcome::Refused));
    }

    #[test]
    fn a_silent_server_has_no_greeting_and_no_time_no_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        assert_eq!(probe(to, soon()).1, Seen::Known(Vec::new()));
        assert_eq!(probe(to, Instant::now()).0, Unseen::TooSlow.into());
    }
}
