//! What comes back from the port in question to one empty datagram, or to the beginning of a
//! connection: an answer, or errors (ICMP) that machines report.

use super::PortFacts;
use crate::engine::evidence::{Seen, Unseen};
use crate::engine::sys::clock::Clock;
use crate::engine::sys::error_queue;
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The longest time for a report. Machines of one country answer within it.
const PATIENCE: Duration = Duration::from_millis(400);
const PAUSE: Duration = Duration::from_millis(10);
/// The most reports that are kept.
const MOST: usize = 8;

/// Sends an empty datagram to a target.
pub(super) fn of_datagram(to: SocketAddr, until: Instant) -> Seen<PortFacts> {
    let send = |socket: &Socket| {
        socket.connect(&to.into())?;
        socket.send(&[]).map(drop)
    };
    known(reports(to, Type::DGRAM, &send, until))
}

/// Begins a connection to a target that refused one, to learn who did.
pub(super) fn of_connection(to: SocketAddr, until: Instant) -> Seen<PortFacts> {
    let connect = |socket: &Socket| match socket.connect(&to.into()) {
        // Nonblocking: the answer follows (connect(2)).
        Err(error) if error.raw_os_error() == Some(nix::libc::EINPROGRESS) => Ok(()),
        done => done,
    };
    known(reports(to, Type::STREAM, &connect, until))
}

fn known(found: io::Result<PortFacts>) -> Seen<PortFacts> {
    match found {
        Ok(facts) => Seen::Known(facts),
        Err(error) => Seen::Unseen(Unseen::Unreadable(error.to_string())),
    }
}

fn reports(
    to: SocketAddr,
    kind: Type,
    begin: &dyn Fn(&Socket) -> io::Result<()>,
    until: Instant,
) -> io::Result<PortFacts> {
    let socket = Socket::new(Domain::for_address(to), kind, None)?;
    socket.set_nonblocking(true)?;
    error_queue::enable(&socket, to.is_ipv6())?;
    begin(&socket)?;
    let clock = Clock::start();
    let end = until.min(clock.instant() + PATIENCE);
    let mut facts = PortFacts::default();
    loop {
        // Before the queue is read: the report of what ended it is there then.
        let answer = answer(&socket, kind == Type::STREAM);
        facts.answered |= answer == Some(true);
        while let Some((_, error, by)) = error_queue::next(&socket) {
            let report = by.map(|by| (by, error.ee_type, error.ee_code));
            let has_room = facts.errors.len() < MOST;
            facts.errors.extend(report.filter(|_| has_room));
        }
        let left = end.saturating_duration_since(clock.instant());
        if !facts.errors.is_empty() || answer.is_some() || left.is_zero() {
            return Ok(facts);
        }
        std::thread::sleep(left.min(PAUSE));
    }
}

/// Whether a datagram or a connection came, which is true, or an error; `None` as long as nothing
/// did.
fn answer(socket: &Socket, is_stream: bool) -> Option<bool> {
    let mut byte = [std::mem::MaybeUninit::uninit()];
    match socket.peek(&mut byte) {
        Ok(_) => Some(true),
        // A connection that is being made has no peer yet.
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            (is_stream && socket.peer_addr().is_ok()).then_some(true)
        }
        Err(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::evidence::Report;
    use std::net::{TcpListener, UdpSocket};

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(2)
    }

    /// Whether an answer came, and the errors.
    fn both(found: Seen<PortFacts>) -> (bool, Vec<Report>) {
        match found {
            Seen::Known(facts) => (facts.answered, facts.errors),
            Seen::Unseen(reason) => panic!("{reason:?}"),
        }
    }

    #[test]
    fn a_port_without_a_program_is_reported_by_its_machine() {
        for ip in ["127.0.0.1", "::1"] {
            let Ok(socket) = UdpSocket::bind((ip, 0)) else {
                continue;
            };
            let to = socket.local_addr().unwrap();
            assert_eq!(both(of_datagram(to, soon())), (false, Vec::new()), "{to}");
            drop(socket);
            let (kind, code) = if to.is_ipv6() { (1, 4) } else { (3, 3) };
            let report = (to.ip(), kind, code);
            assert_eq!(both(of_datagram(to, soon())), (false, vec![report]));
        }
    }

    #[test]
    fn an_answer_is_told_from_silence() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = server.local_addr().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (length, from) = server.recv_from(&mut [0; 8]).unwrap();
                assert_eq!(length, 0);
                server.send_to(b"", from).unwrap();
            });
            assert_eq!(both(of_datagram(to, soon())), (true, Vec::new()));
        });
    }

    #[test]
    fn a_connection_that_is_made_or_reset_has_no_report() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        assert_eq!(both(of_connection(to, soon())), (true, Vec::new()));
        drop(listener);
        assert_eq!(both(of_connection(to, soon())), (false, Vec::new()));
    }
}
