//! What comes back from the port in question to one empty datagram: an answer, or errors (ICMP)
//! that machines report.

use super::PortFacts;
use crate::engine::evidence::{Seen, Unseen, reports};
use crate::engine::sys::clock::Clock;
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The longest time for a report. Machines of one country answer within it.
const PATIENCE: Duration = Duration::from_millis(400);
const PAUSE: Duration = Duration::from_millis(10);

/// Sends an empty datagram to a target.
pub(super) fn of_datagram(to: SocketAddr, until: Instant) -> Seen<PortFacts> {
    match facts(to, until) {
        Ok(facts) => Seen::Known(facts),
        Err(error) => Seen::Unseen(Unseen::Unreadable(error.to_string())),
    }
}

fn facts(to: SocketAddr, until: Instant) -> io::Result<PortFacts> {
    let socket = Socket::new(Domain::for_address(to), Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    reports::watch(&socket, to)?;
    socket.connect(&to.into())?;
    socket.send(&[])?;
    let clock = Clock::start();
    let end = until.min(clock.instant() + PATIENCE);
    loop {
        // Before the queue is read: the report of what ended it is there then.
        let answer = answer(&socket);
        let errors = reports::waiting(&socket);
        let left = end.saturating_duration_since(clock.instant());
        if !errors.is_empty() || answer.is_some() || left.is_zero() {
            let answered = answer == Some(true);
            return Ok(PortFacts { answered, errors });
        }
        std::thread::sleep(left.min(PAUSE));
    }
}

/// Whether a datagram came, which is true, or an error; `None` as long as nothing did.
fn answer(socket: &Socket) -> Option<bool> {
    let mut byte = [std::mem::MaybeUninit::uninit()];
    match socket.peek(&mut byte) {
        Ok(_) => Some(true),
        Err(error) if error.kind() == ErrorKind::WouldBlock => None,
        Err(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::evidence::Report;
    use std::net::UdpSocket;

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
}
