//! The state of connections as the kernel tells it to everybody (sock_diag(7)).

use super::super::{MOST, Seen, Unseen};
use super::{ConnectionFacts, WaitingConnection};
use crate::engine::sys::endpoint::canonical;
use crate::engine::sys::netlink::{self, SOCK_DIAG, u16_at, u32_at, u64_at};
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// SOCK_DIAG_BY_FAMILY.
const BY_FAMILY: u16 = 20;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
/// INET_DIAG_INFO, the attribute with `tcp_info`.
const INFO: u16 = 2;
/// Length of `inet_diag_msg`; the attributes follow.
const MESSAGE: usize = 72;
/// The command that shows the same.
const COMMAND: &str = "ss -tin";

/// The states that have `tcp_info`: all but LISTEN and TIME_WAIT.
const LIVE: u32 = 0xFFF & !(1 << 0x0A) & !(1 << 0x06);
/// FIN_WAIT2 and TIME_WAIT: those that the kernel keeps without a program.
const WAITING: u32 = 1 << 0x05 | 1 << 0x06;
/// The timer of a connection that is kept without a program (`idiag_timer`).
const WAIT_TIMER: u8 = 3;

/// Both ends of a connection, ours first.
type Ends = (SocketAddr, SocketAddr);

/// The connections between these ends.
pub fn of(pairs: &[Ends], until: Instant) -> Seen<Vec<ConnectionFacts>> {
    let read = |message: &[u8]| {
        let facts = connection(message)?;
        Some(((facts.local, facts.peer), facts))
    };
    found(pairs, LIVE, until, &read)
}

/// The connections between these ends that are over, and that the kernel keeps.
pub fn waiting(pairs: &[Ends], until: Instant) -> Seen<Vec<WaitingConnection>> {
    let read = |message: &[u8]| {
        let waiting = waiting_connection(message)?;
        Some(((waiting.local, waiting.peer), waiting))
    };
    found(pairs, WAITING, until, &read)
}

/// Reads the ends of a connection and what is wanted of it from an answer.
type Reading<T> = dyn Fn(&[u8]) -> Option<(Ends, T)>;

fn found<T>(pairs: &[Ends], states: u32, until: Instant, read: &Reading<T>) -> Seen<Vec<T>> {
    let ports: BTreeSet<u16> = pairs.iter().map(|(local, _)| local.port()).collect();
    let mut found = Vec::new();
    for port in ports.into_iter().filter(|port| *port != 0) {
        for family in [AF_INET, AF_INET6] {
            let mut keep = |message: &[u8]| {
                let one = read(message).filter(|(ends, _)| pairs.contains(ends));
                if let Some((_, one)) = one
                    && found.len() < MOST
                {
                    found.push(one);
                }
            };
            let request = request(family, port, states);
            match netlink::dump(SOCK_DIAG, BY_FAMILY, &request, until, &mut keep) {
                Ok(()) => {}
                // A machine without IPv6.
                Err(error) if family == AF_INET6 && is_missing(&error) => {}
                Err(error) => return Seen::Unseen(reason(&error)),
            }
        }
    }
    Seen::Known(found)
}

/// A question for the connections from this port in these states (`inet_diag_req_v2`).
fn request(family: u8, port: u16, states: u32) -> Vec<u8> {
    const TCP: u8 = 6;
    let mut request = vec![family, TCP, 1 << (INFO - 1), 0];
    request.extend(states.to_ne_bytes());
    request.extend(port.to_be_bytes());
    // Any far end: its port, both addresses and the interface.
    request.extend([0; 2 + 32 + 4]);
    // No cookie (INET_DIAG_NOCOOKIE).
    request.extend([0xFF; 8]);
    request
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unsupported)
}

fn reason(error: &io::Error) -> Unseen {
    match error.kind() {
        ErrorKind::TimedOut => Unseen::TooSlow,
        ErrorKind::PermissionDenied => Unseen::NotPermitted {
            command: COMMAND.to_owned(),
        },
        _ if is_missing(error) => Unseen::NotHere,
        _ => Unseen::Unreadable(error.to_string()),
    }
}

/// Reads an answer: `inet_diag_msg` and its attributes. `None` if it is not well formed, or has no
/// `tcp_info`.
fn connection(message: &[u8]) -> Option<ConnectionFacts> {
    let family = *message.first()?;
    let state = *message.get(1)?;
    let local = address(message, family, 4, 8)?;
    let peer = address(message, family, 6, 24)?;
    let (unread, queued) = (u32_at(message, 56)?, u32_at(message, 60)?);
    let mut attributes = netlink::attributes(message.get(MESSAGE..)?);
    let (_, info) = attributes.find(|(kind, _)| *kind == INFO)?;
    // Offsets of `tcp_info` (linux/tcp.h), which grows at its end.
    let unsent = u32_at(info, 144).map(u64::from);
    Some(ConnectionFacts {
        local,
        peer,
        state,
        unread: unread.into(),
        queued: queued.into(),
        unsent,
        window: u32_at(info, 228).map(u64::from),
        acknowledged: u64_at(info, 120),
        progress: None,
        mss: u32_at(info, 16)?,
        probes: (*info.get(3)?).into(),
        retransmits: (*info.get(2)?).into(),
        total_retransmits: u32_at(info, 100)?,
        last_received_ms: u32_at(info, 52)?,
        last_acknowledged_ms: u32_at(info, 56)?,
        rtt_us: u32_at(info, 68)?,
        rtt_deviation_us: u32_at(info, 72)?,
        congestion_window: u32_at(info, 80)?,
    })
}

/// Reads an answer about a connection that is kept without a program. `None` for any other.
fn waiting_connection(message: &[u8]) -> Option<WaitingConnection> {
    let family = *message.first()?;
    (*message.get(2)? == WAIT_TIMER).then_some(())?;
    Some(WaitingConnection {
        local: address(message, family, 4, 8)?,
        peer: address(message, family, 6, 24)?,
        state: *message.get(1)?,
        left_ms: u32_at(message, 52)?,
    })
}

/// The address with its port at these places.
fn address(message: &[u8], family: u8, port: usize, at: usize) -> Option<SocketAddr> {
    // Ports are in network byte order.
    let port = u16::from_be(u16_at(message, port)?);
    let bytes = message.get(at..)?;
    let ip = match family {
        AF_INET => IpAddr::from(*bytes.first_chunk::<4>()?),
        AF_INET6 => IpAddr::from(*bytes.first_chunk::<16>()?),
        _ => return None,
    };
    Some(canonical(SocketAddr::new(ip, port)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    /// A connection on loopback: our end, and the other one.
    fn connected() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (theirs, _) = listener.accept().unwrap();
        (ours, theirs)
    }

    fn ends(stream: &TcpStream) -> (SocketAddr, SocketAddr) {
        (stream.local_addr().unwrap(), stream.peer_addr().unwrap())
    }

    #[test]
    fn a_connection_whose_peer_does_not_read_has_a_closed_window() {
        let (mut ours, _theirs) = connected();
        ours.set_nonblocking(true).unwrap();
        while ours.write(&[7; 65_536]).is_ok() {}
        let (ends, deadline) = (ends(&ours), soon());
        loop {
            let Seen::Known(found) = of(&[ends], deadline) else {
                panic!("the kernel tells it to everybody");
            };
            assert_eq!(found.len(), 1);
            let facts = &found[0];
            assert_eq!(((facts.local, facts.peer), facts.state), (ends, 1));
            // The last segments are on their way for a moment.
            if facts.unacknowledged() == Some(0) && facts.window.unwrap() < facts.mss.into() {
                assert!(facts.unsent.unwrap() > 0, "{facts:?}");
                break;
            }
        }
    }

    #[test]
    fn only_the_connection_that_is_asked_for_is_found() {
        let (ours, theirs) = connected();
        let Seen::Known(found) = of(&[ends(&theirs)], soon()) else {
            panic!("the kernel tells it to everybody");
        };
        assert_eq!((found[0].local, found[0].peer), ends(&theirs));
        let other = (ours.local_addr().unwrap(), "192.0.2.1:9".parse().unwrap());
        assert_eq!(of(&[other], soon()), Seen::Known(Vec::new()));
        assert_eq!(of(&[], soon()), Seen::Known(Vec::new()));
    }

    #[test]
    fn the_end_that_closes_first_is_kept_in_time_wait() {
        let (ours, theirs) = connected();
        let (our_ends, their_ends) = (ends(&ours), ends(&theirs));
        drop(ours);
        // It gets the FIN before it closes too.
        assert_eq!((&theirs).read(&mut [0; 1]).unwrap(), 0);
        drop(theirs);
        let deadline = soon();
        loop {
            let Seen::Known(found) = waiting(&[our_ends, their_ends], deadline) else {
                panic!("the kernel tells it to everybody");
            };
            assert!(found.iter().all(|one| (one.local, one.peer) == our_ends));
            // The last acknowledgement is on its way for a moment.
            if let Some(one) = found.first().filter(|one| one.state == 6) {
                assert!(one.left_ms > 0 && one.left_ms <= 120_000, "{one:?}");
                break;
            }
        }
        assert_eq!(of(&[our_ends], soon()), Seen::Known(Vec::new()));
    }

    #[test]
    fn a_malformed_answer_is_no_connection() {
        let mut message = vec![0; MESSAGE];
        message[0] = AF_INET;
        assert_eq!(connection(&message), None, "no tcp_info");
        let mut short = message.clone();
        short.extend(12_u16.to_ne_bytes());
        short.extend(INFO.to_ne_bytes());
        short.extend([0; 8]);
        assert_eq!(connection(&short), None, "a cut tcp_info");
        let mut old = message.clone();
        old.extend((4 + 104_u16).to_ne_bytes());
        old.extend(INFO.to_ne_bytes());
        old.extend([1; 104]);
        let facts = connection(&old).unwrap();
        assert_eq!((facts.window, facts.unsent), (None, None), "an old kernel");
        assert_eq!(facts.unacknowledged(), None, "only their sum is known");
        message[0] = 99;
        assert_eq!(connection(&message), None);
        for length in 0..old.len() {
            assert_eq!(connection(&old[..length]), None, "{length}");
        }
        assert_eq!(waiting_connection(&old), None, "no timer of TIME_WAIT");
    }
}
