//! Messages that may come to another port: what is seen of them, and the capture that shows them.

use super::Answer;
use super::ports::{nearby, port};
use super::scene::{self, clue, likely, seen};
use crate::engine::evidence::{Evidence, Transport, Unseen};
use crate::explain::doctor::diagnosis::Outcome;
use crate::explain::doctor::ends::STEADY;
use std::net::SocketAddr;

/// The packets that came by the loopback during the look.
fn by_loopback(evidence: &Evidence) -> Result<u64, Unseen> {
    let recent = seen(&evidence.local.recent)?;
    let loopback = seen(&evidence.local.interfaces)?.iter();
    let packets = loopback
        .filter(|one| one.is_loopback)
        .filter_map(|one| recent.received.get(&one.name));
    Ok(packets.sum())
}

/// The number of packets, during the look, for ports of this transport without a listener. The
/// counters include what programs of this machine send to each other; all of that comes by the
/// loopback, whose packets are left out.
fn strays(evidence: &Evidence, local: SocketAddr, transport: Transport) -> Result<u64, Unseen> {
    let recent = seen(&evidence.local.recent)?;
    let count = match transport {
        Transport::Udp => recent.grown("Udp.NoPorts") + recent.grown("Udp6NoPorts"),
        Transport::Tcp => recent.grown("Tcp.OutRsts"),
    };
    // For a receiver at a loopback address these are the ones.
    let others = match local.ip().to_canonical().is_loopback() {
        true => 0,
        false => by_loopback(evidence)?,
    };
    Ok(count.saturating_sub(others))
}

/// That only a capture shows where a sender that is named, on another machine, sends to.
fn of_sender(evidence: &Evidence) -> Option<Unseen> {
    let from = evidence.question.sender()?.ip().to_canonical();
    let is_away = !from.is_loopback() && evidence.local.has_address(from) == Some(false);
    is_away.then(|| Unseen::WatchSender {
        from,
        command: format!("sudo tcpdump -n -i any host {from}"),
    })
}

/// That only a capture shows where answers to datagrams go that went to another machine.
fn of_answers(evidence: &Evidence) -> Option<Unseen> {
    scene::session(evidence).filter(|session| session.sent.messages > 0)?;
    let peer = scene::to(evidence)?.ip().to_canonical();
    let is_away = !peer.is_loopback()
        && !peer.is_multicast()
        && !evidence.path.is_broadcast
        && evidence.local.has_address(peer) == Some(false);
    (is_away && !scene::is_tcp(evidence)).then(|| Unseen::WatchAnswers {
        peer,
        command: format!("sudo tcpdump -n -i any host {peer}"),
    })
}

/// The capture that shows all datagrams that come, or attempts to connect.
fn arrivals(transport: Transport) -> String {
    match transport {
        Transport::Udp => "sudo tcpdump -n -i any udp or arp".to_owned(),
        // `tcp[13]`, which has SYN, is of IPv4 alone.
        Transport::Tcp => {
            "sudo tcpdump -n -i any 'arp or tcp[13] & 2 != 0 or ip6 and tcp'".to_owned()
        }
    }
}

/// The capture that shows to which ports such packets come.
fn capture(transport: Transport, local: SocketAddr) -> String {
    let port = local.port();
    match transport {
        Transport::Udp => format!("sudo tcpdump -n -i any udp and not port {port}"),
        // `tcp[13]` would miss IPv6, with which the address of a loopback may be confused.
        Transport::Tcp if local.ip().to_canonical().is_loopback() => {
            "sudo tcpdump -n -i lo tcp".to_owned()
        }
        Transport::Tcp => {
            format!("sudo tcpdump -n -i any 'tcp[13] & 2 != 0 and not port {port}'")
        }
    }
}

/// Why it is not known whether messages come to another port, where `own` packets came to ports of
/// this transport without a listener, and `others` to those of the other one.
fn unseen(evidence: &Evidence, local: SocketAddr, own: u64, others: u64) -> Answer {
    if let Some(reason) = of_sender(evidence) {
        return Err(reason);
    }
    let (transport, other) = match evidence.question.transport() {
        Transport::Udp => (Transport::Udp, Transport::Tcp),
        Transport::Tcp => (Transport::Tcp, Transport::Udp),
    };
    if let Some(reason) = of_answers(evidence) {
        return Err(reason);
    }
    let millis = seen(&evidence.local.recent)?.millis();
    Err(match (own, others) {
        (0, 0) if local.ip().to_canonical().is_loopback() => Unseen::OtherProgram {
            command: capture(transport, local),
        },
        (0, 0) => Unseen::WatchArrivals {
            transport,
            port: local.port(),
            command: arrivals(transport),
        },
        (0, count) => Unseen::Strays {
            transport: other,
            count,
            millis,
            command: format!(
                "sudo tcpdump -n -i any {} port {}",
                other.word(),
                local.port()
            ),
        },
        // No counter tells a refused connection from another reset.
        (count, _) => Unseen::Strays {
            transport,
            count,
            millis,
            command: capture(transport, local),
        },
    })
}

/// Messages come to a port at which nobody listens, and none to this one.
pub(super) fn gets_messages(evidence: &Evidence) -> Answer {
    let Some(local) = scene::receiver(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    let is_deaf = match scene::session(evidence) {
        Some(session) => {
            session.open && session.received.messages == 0 && session.connections.is_empty()
        }
        None => true,
    };
    let listeners = scene::listeners(evidence, local.port())?;
    if listeners.is_empty() {
        // A situation of its own.
        return Ok(Outcome::DoesNotApply);
    }
    // A socket with unread data gets some.
    if !is_deaf || listeners.iter().any(|row| row.unread > 0) {
        return Ok(Outcome::IsNot);
    }
    let count = strays(evidence, local, Transport::Udp)?;
    let resets = strays(evidence, local, Transport::Tcp)?;
    if scene::is_tcp(evidence) {
        return unseen(evidence, local, resets, count);
    }
    let recent = seen(&evidence.local.recent)?;
    // Every address of the machine is served; otherwise the address may be the wrong one.
    let serves_all = listeners.iter().any(|row| row.local.ip().is_unspecified());
    let serves_way = scene::arrives_at(evidence, local.ip())?;
    // One or two may be those of any program of this machine.
    // By the loopback, all programs of this machine send.
    let is_near = local.ip().to_canonical().is_loopback();
    if count < STEADY || is_near || !serves_all && !serves_way {
        return unseen(evidence, local, count, resets);
    }
    let mut values = port(evidence, local.port());
    values.push(("count", count.to_string()));
    values.push(("millis", recent.millis()));
    let mut clues = vec![clue("doctor.clue.no_ports", values)];
    clues.extend(nearby(evidence));
    Ok(likely(clues))
}
