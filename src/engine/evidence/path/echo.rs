//! Echo requests of several sizes (ping; RFC 792, RFC 4443 §4.1).
//!
//! A socket of the kernel's ping (ping_group_range, icmp(7)) needs no rights, a raw one those of
//! root; without both, the program `ping` is run, which usually has them. Packets that fit into
//! the path MTU go with "don't fragment", as is usual for sockets of Linux.

use super::EchoFacts;
use crate::engine::evidence::{Seen, Unseen, reports};
use crate::engine::sys::child::{self, ChildFailure};
use crate::engine::sys::clock::Clock;
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind, Read as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How often each size is sent, the pause between two rounds, and the wait after the last one.
const ROUNDS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_millis(400);
/// Sizes of packets in bytes, besides the largest of the link.
const SIZES: [u32; 6] = [64, 576, 1000, 1280, 1400, 1480];
/// The largest packet that is tried in one piece, and what a packet in fragments has more.
const MOST: u32 = 9000;
const MORE: u32 = 1000;
/// The most errors that are kept.
const MOST_ERRORS: usize = 8;
/// The header of ICMP.
const HEADER: u32 = 8;

/// Asks the target, within a second. `mtu` is the largest packet of the way as far as it is known.
pub(super) fn probe(to: SocketAddr, mtu: Option<u32>, until: Instant) -> Seen<EchoFacts> {
    let clock = Clock::start();
    let until = until.min(clock.instant() + Duration::from_secs(1));
    match Prober::open(to, mtu) {
        Ok(mut prober) => Seen::Known(prober.run(&clock, until)),
        Err(error) => by_program(to, mtu, &error, until),
    }
}

struct Prober {
    socket: Socket,
    is_ipv6: bool,
    /// Whether it is a raw socket: the checksum is ours, and IPv4 has its header before answers.
    is_raw: bool,
    /// The sizes of packets, each with whether it was answered.
    sizes: Vec<(u32, bool)>,
    /// The largest size that fits into one packet.
    whole: u32,
    identity: u16,
    facts: EchoFacts,
}

impl Prober {
    fn open(to: SocketAddr, mtu: Option<u32>) -> io::Result<Self> {
        let ip = to.ip().to_canonical();
        let is_ipv6 = ip.is_ipv6();
        let (domain, protocol) = match is_ipv6 {
            true => (Domain::IPV6, Protocol::ICMPV6),
            false => (Domain::IPV4, Protocol::ICMPV4),
        };
        let (socket, is_raw) = match Socket::new(domain, Type::DGRAM, Some(protocol)) {
            Ok(socket) => (socket, false),
            Err(_) => (Socket::new(domain, Type::RAW, Some(protocol))?, true),
        };
        let mut target = to;
        target.set_ip(ip);
        target.set_port(0);
        reports::watch(&socket, target)?;
        socket.connect(&target.into())?;
        let whole = mtu.unwrap_or(1500).min(MOST);
        let mut sizes: Vec<u32> = SIZES.into_iter().filter(|&size| size < whole).collect();
        sizes.extend([whole, whole + MORE]);
        Ok(Self {
            socket,
            is_ipv6,
            is_raw,
            sizes: sizes.into_iter().map(|size| (size, false)).collect(),
            whole,
            identity: fastrand::u16(..),
            facts: EchoFacts::default(),
        })
    }

    fn run(&mut self, clock: &Clock, until: Instant) -> EchoFacts {
        let began = clock.instant();
        let mut round = 0;
        loop {
            let now = clock.instant();
            let end = (began + PAUSE * (ROUNDS - 1) + PATIENCE).min(until);
            let is_done = self.sizes.iter().all(|(_, answered)| *answered);
            if now >= end || is_done {
                break;
            }
            let due = began + PAUSE * round;
            if round < ROUNDS && now >= due {
                self.send_all();
                round += 1;
                continue;
            }
            let next = if round < ROUNDS { due.min(end) } else { end };
            self.receive(next.saturating_duration_since(now));
            self.read_errors();
        }
        let answered = |(size, answered): &(u32, bool)| answered.then_some(*size);
        let all = self.sizes.iter().filter_map(answered);
        let largest = all.filter(|&size| size <= self.whole).max();
        EchoFacts {
            answered: largest.is_some(),
            tried: Some(self.whole),
            largest,
            fragmented: self.sizes.last().map(|(_, answered)| *answered),
            errors: std::mem::take(&mut self.facts.errors),
        }
    }

    fn send_all(&self) {
        for (place, (size, answered)) in self.sizes.iter().enumerate() {
            let (false, Ok(sequence)) = (*answered, u16::try_from(place)) else {
                continue;
            };
            // A pending error is reported by the next send; the errors have their queue.
            let packet = self.request(*size, sequence);
            let _ = self
                .socket
                .send(&packet)
                .or_else(|_| self.socket.send(&packet));
        }
    }

    fn request(&self, size: u32, sequence: u16) -> Vec<u8> {
        let ip_header = if self.is_ipv6 { 40 } else { 20 };
        let content = size.saturating_sub(ip_header + HEADER);
        let kind: u8 = if self.is_ipv6 { 128 } else { 8 };
        let mut packet = vec![kind, 0, 0, 0];
        packet.extend(self.identity.to_be_bytes());
        packet.extend(sequence.to_be_bytes());
        packet.extend((0..content).map(|place| place.to_be_bytes()[3]));
        if self.is_raw && !self.is_ipv6 {
            let sum = checksum(&packet).to_be_bytes();
            for (place, byte) in packet.iter_mut().skip(2).zip(sum) {
                *place = byte;
            }
        }
        packet
    }

    fn receive(&mut self, wait: Duration) {
        // Zero would wait for ever.
        let wait = wait.max(Duration::from_millis(1));
        let mut buffer = vec![0; 1 << 16];
        if self.socket.set_read_timeout(Some(wait)).is_err() {
            return;
        }
        if let Ok(count) = self.socket.read(&mut buffer) {
            self.answer(buffer.get(..count).unwrap_or_default());
        }
    }

    fn answer(&mut self, mut packet: &[u8]) {
        if self.is_raw && !self.is_ipv6 {
            let words = packet.first().map_or(0, |first| usize::from(first & 0xF));
            packet = packet.get(words * 4..).unwrap_or_default();
        }
        let kind = if self.is_ipv6 { 129 } else { 0 };
        let [first, _, _, _, id @ .., high, low] = packet.get(..8).unwrap_or_default() else {
            return;
        };
        // The kernel of a ping socket compares the identity.
        let is_ours = !self.is_raw || *id == self.identity.to_be_bytes();
        let place = usize::from(u16::from_be_bytes([*high, *low]));
        if *first == kind
            && is_ours
            && let Some((_, answered)) = self.sizes.get_mut(place)
        {
            *answered = true;
        }
    }

    fn read_errors(&mut self) {
        for found in reports::waiting(&self.socket) {
            if !self.facts.errors.contains(&found) && self.facts.errors.len() < MOST_ERRORS {
                self.facts.errors.push(found);
            }
        }
    }
}

/// The checksum of the internet (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|word| match word {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(*high) << 8,
        _ => 0,
    });
    // Packets have less than 2^16 words.
    let sum: u32 = words.sum();
    let folded = (sum & 0xFFFF) + (sum >> 16);
    let folded = (folded & 0xFFFF) + (folded >> 16);
    u16::try_from(!folded & 0xFFFF).unwrap_or_default()
}

/// An address as `ping` takes it: with the interface, where it is valid on one link only.
fn written(to: SocketAddr) -> String {
    let ip = to.ip().to_canonical();
    match to {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{ip}%{}", v6.scope_id()),
        _ => ip.to_string(),
    }
}

/// Asks with the program `ping` (iputils), since a socket failed with this error.
fn by_program(
    to: SocketAddr,
    mtu: Option<u32>,
    error: &io::Error,
    until: Instant,
) -> Seen<EchoFacts> {
    let address = written(to);
    let without = || match error.kind() {
        // Where a user may not send echo requests, `ping` usually may.
        ErrorKind::PermissionDenied => Unseen::OtherProgram {
            command: format!("ping {address}"),
        },
        _ => Unseen::Unreadable(error.to_string()),
    };
    let ping = |more: &[&str]| {
        let first = ["-n", "-q", "-c", "2", "-i", "0.2", "-W", "1"];
        let words = [&first[..], more, &[&address]].concat();
        match child::output("ping", &words, 1 << 16, until) {
            Ok(_) => Ok(true),
            // It says nothing of silence on its standard error.
            Err(ChildFailure::Failed(message)) if message.is_empty() => Ok(false),
            Err(ChildFailure::TooSlow) => Ok(false),
            Err(ChildFailure::Failed(_) | ChildFailure::Missing | ChildFailure::TooLong) => {
                Err(without())
            }
        }
    };
    let answered = match ping(&[]) {
        Ok(answered) => answered,
        Err(reason) => return Seen::Unseen(reason),
    };
    let mut facts = EchoFacts {
        answered,
        ..EchoFacts::default()
    };
    let header = if to.ip().to_canonical().is_ipv6() {
        48
    } else {
        28
    };
    if let Some(mtu) = mtu.filter(|&mtu| answered && mtu > header) {
        let content = (mtu - header).to_string();
        if let Ok(is_answered) = ping(&["-M", "do", "-s", &content]) {
            facts.tried = Some(mtu);
            // Those without a size have 56 bytes of content.
            facts.largest = Some(if is_answered { mtu } else { 56 + header });
        }
    }
    Seen::Known(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_user_may_not_ask_ping_is_named_without_root() {
        let to = SocketAddr::from(([127, 0, 0, 1], 9));
        let reason = |error: ErrorKind| {
            // No time to run a program, or none that answers.
            match by_program(to, None, &error.into(), Instant::now()) {
                Seen::Unseen(reason) => Some(reason),
                Seen::Known(_) => None,
            }
        };
        let command = "ping 127.0.0.1".to_owned();
        let named = Unseen::OtherProgram { command };
        assert!(reason(ErrorKind::PermissionDenied).is_none_or(|reason| reason == named));
        assert!(reason(ErrorKind::Unsupported).is_none_or(|reason| reason != named));
    }

    #[test]
    fn an_address_of_one_link_has_its_interface() {
        let six = std::net::SocketAddrV6::new("fe80::1".parse().unwrap(), 9, 0, 3);
        assert_eq!(written(six.into()), "fe80::1%3");
        assert_eq!(written("[::ffff:10.0.0.1]:9".parse().unwrap()), "10.0.0.1");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn both_versions_of_ip_are_asked_by_those_who_may() {
        if Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4)).is_err() {
            return;
        }
        for ip in ["127.0.0.1", "::1"] {
            let to = SocketAddr::new(ip.parse().unwrap(), 0);
            if std::net::UdpSocket::bind(to).is_err() {
                continue;
            }
            let found = probe(to, Some(1500), Instant::now() + Duration::from_secs(2));
            assert!(found.known().is_some_and(|echo| echo.answered), "{found:?}");
        }
    }

    #[test]
    fn the_checksum_makes_the_sum_of_all_words_zero() {
        for length in [8, 9, 1500] {
            let bytes: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[0] | 1).collect();
            let even = length % 2 == 0;
            let sum = checksum(&bytes);
            let whole = match even {
                true => [bytes, sum.to_be_bytes().to_vec()].concat(),
                false => [bytes, vec![0], sum.to_be_bytes().to_vec()].concat(),
            };
            assert_eq!(checksum(&whole), 0, "{length}");
        }
    }
}
