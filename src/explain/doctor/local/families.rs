//! IPv4 against IPv6.

use super::Answer;
use super::scene::{self, clue, likely, seen, shown};
use crate::engine::evidence::{Evidence, Question, SocketRow, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// An address of this machine at which somebody should receive, and the sockets at its port.
struct Asked<'a> {
    at: SocketAddr,
    rows: Vec<&'a SocketRow>,
}

impl<'a> Asked<'a> {
    /// `None` if the question is about none, or nobody is bound to the port.
    fn of(evidence: &'a Evidence) -> Result<Option<Self>, Unseen> {
        let at = match evidence.question {
            Question::Port { .. } => scene::receiver(evidence),
            Question::Session { .. } | Question::Target { .. } => scene::target_here(evidence)?,
        };
        let Some(at) = at.filter(|at| at.port() != 0) else {
            return Ok(None);
        };
        let rows = scene::listeners(evidence, at.port())?;
        Ok((!rows.is_empty()).then_some(Self { at, rows }))
    }

    /// Whether a socket receives what is sent there; `None` if that is not known.
    fn is_served(&self) -> Option<bool> {
        let all: Vec<Option<bool>> = self
            .rows
            .iter()
            .map(|row| scene::receives(row, self.at.ip()))
            .collect();
        match (all.contains(&Some(true)), all.contains(&None)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }

    /// The loopback address of the other IP version, if somebody receives at it.
    fn other_version(&self) -> Option<SocketAddr> {
        let other: IpAddr = match self.at.ip() {
            IpAddr::V4(_) => Ipv6Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv4Addr::LOCALHOST.into(),
        };
        let receives = |row: &&SocketRow| scene::receives(row, other) == Some(true);
        let mut rows = self.rows.iter().copied();
        rows.any(|row| receives(&row))
            .then(|| SocketAddr::new(other, self.at.port()))
    }

    fn clues(&self) -> Vec<Clue> {
        let mut clues: Vec<Clue> = self
            .rows
            .first()
            .map(|row| versions_clue(row.local, self.at))
            .into_iter()
            .collect();
        clues.extend(self.rows.iter().take(2).map(|row| scene::owner(row)));
        clues
    }
}

/// Where the program of a target on this machine can be reached instead.
pub(super) fn listens_instead(evidence: &Evidence) -> Option<SocketAddr> {
    let asked = Asked::of(evidence).ok()??;
    match evidence.question {
        Question::Session { .. } | Question::Target { .. } => asked.other_version(),
        Question::Port { .. } => None,
    }
}

/// That two ends have different IP versions. No message goes to an unspecified address, which
/// stands for all addresses of its version.
fn versions_clue(local: SocketAddr, to: SocketAddr) -> Clue {
    let key = match to.ip().is_unspecified() {
        true => "doctor.clue.versions_of_all",
        false => "doctor.clue.versions",
    };
    clue(key, versions(local, to))
}

/// The values of two ends of different IP versions: where the program listens, and where messages go.
fn versions(local: SocketAddr, to: SocketAddr) -> Vec<(&'static str, String)> {
    let version = |is_ipv4| String::from(if is_ipv4 { "IPv4" } else { "IPv6" });
    vec![
        ("port", local.port().to_string()),
        ("local", local.to_string()),
        ("to", scene::written(to)),
        ("listens", version(local.is_ipv4())),
        ("sends", version(to.is_ipv4())),
    ]
}

fn is_localhost(evidence: &Evidence) -> bool {
    let Question::Target {
        name: Some((name, _)),
        ..
    } = &evidence.question
    else {
        return false;
    };
    name.eq_ignore_ascii_case("localhost")
}

fn unknown_version() -> Unseen {
    Unseen::OtherProgram {
        command: "ss -6 -lne".to_owned(),
    }
}

/// `localhost` is `::1`, and the program listens at 127.0.0.1.
pub(super) fn localhost(evidence: &Evidence) -> Answer {
    if let Some(local) = scene::receiver(evidence).filter(|_| scene::session(evidence).is_some()) {
        return sent_to_localhost(evidence, local);
    }
    if !is_localhost(evidence) {
        return Ok(Outcome::DoesNotApply);
    }
    let Some(asked) = Asked::of(evidence)?.filter(|asked| asked.at.is_ipv6()) else {
        return Ok(Outcome::IsNot);
    };
    match asked.is_served() {
        Some(true) => Ok(Outcome::IsNot),
        None => Err(unknown_version()),
        Some(false) if asked.other_version().is_some() => Ok(shown(asked.clues())),
        Some(false) => Ok(Outcome::IsNot),
    }
}

/// A session of IPv4 to which nothing comes, while a program sends to its port at `::1`.
fn sent_to_localhost(evidence: &Evidence, local: SocketAddr) -> Answer {
    if !local.is_ipv4() || !is_deaf(evidence) {
        return Ok(Outcome::DoesNotApply);
    }
    if !prefers_v6(evidence)? {
        return Ok(Outcome::IsNot);
    }
    match sent_to_other_version(evidence, local)? {
        Some(clues) => Ok(likely(clues)),
        // All addresses are a likely choice, and the sender may be anywhere.
        None if !local.ip().is_loopback() => Ok(Outcome::DoesNotApply),
        // Who sends without a connection is not seen, and the counters are those of all ports.
        None => Err(Unseen::OtherProgram {
            command: format!("sudo tcpdump -n -i lo ip6 and udp port {}", local.port()),
        }),
    }
}

/// Whether a session of datagrams is open, and nothing has come.
fn is_deaf(evidence: &Evidence) -> bool {
    let is_silent = scene::session(evidence)
        .is_some_and(|session| session.open && session.received.messages == 0);
    is_silent && !scene::is_tcp(evidence)
}

/// Whether programs try `::1` first for localhost.
fn prefers_v6(evidence: &Evidence) -> Result<bool, Unseen> {
    let first = seen(&evidence.local.localhost)?.first();
    Ok(first == Some(&IpAddr::V6(Ipv6Addr::LOCALHOST)))
}

/// That a socket of this machine is connected to the port of a session at the loopback address of
/// the other IP version, where nobody receives.
fn sent_to_other_version(
    evidence: &Evidence,
    local: SocketAddr,
) -> Result<Option<Vec<Clue>>, Unseen> {
    let other: IpAddr = match local.ip() {
        IpAddr::V4(ip) if ip.is_loopback() || ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        _ => return Ok(None),
    };
    let to = SocketAddr::new(other, local.port());
    let rows = seen(&evidence.local.sockets)?;
    let here = || rows.iter().filter(|row| !row.is_tcp && !row.is_elsewhere());
    let senders: Vec<&SocketRow> = here().filter(|row| row.remote == Some(to)).collect();
    if senders.is_empty() || here().any(|row| row.local == to) {
        return Ok(None);
    }
    for row in scene::listeners(evidence, local.port())? {
        match scene::receives(row, other) {
            Some(true) => return Ok(None),
            None => return Err(unknown_version()),
            Some(false) => {}
        }
    }
    let values = versions(local, to);
    let mut clues = vec![clue("doctor.clue.other_version_sender", values)];
    clues.extend(senders.into_iter().take(2).map(scene::owner));
    Ok(Some(clues))
}

/// Bound to `::` without IPv4, and the messages are IPv4.
pub(super) fn v6_only(evidence: &Evidence) -> Answer {
    if let Some(session) = scene::session(evidence).filter(|session| session.open)
        && let Some(local) = scene::receiver(evidence)
        && session.settings.v6_only == Some(true)
        && local.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
        && let Some(to) = scene::other_side(evidence).filter(SocketAddr::is_ipv4)
    {
        return Ok(shown(vec![versions_clue(local, to)]));
    }
    let Some(asked) = Asked::of(evidence)?.filter(|asked| asked.at.is_ipv4()) else {
        return Ok(Outcome::DoesNotApply);
    };
    let is_all = |row: &&SocketRow| row.local.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    match asked.is_served() {
        Some(true) => Ok(Outcome::IsNot),
        None => Err(unknown_version()),
        Some(false) if !asked.rows.iter().copied().any(|row| is_all(&row)) => Ok(Outcome::IsNot),
        // All addresses may stand for those of IPv6 too.
        Some(false) if asked.at.ip().is_unspecified() => Ok(likely(asked.clues())),
        Some(false) => Ok(shown(asked.clues())),
    }
}

/// One is IPv4, the other IPv6.
pub(super) fn v4_against_v6(evidence: &Evidence) -> Answer {
    if scene::session(evidence).is_some_and(|session| session.open)
        && let (Some(local), Some(to)) = (scene::receiver(evidence), scene::other_side(evidence))
    {
        let is_dual = local.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        if local.is_ipv4() != to.is_ipv4() && !is_dual {
            return Ok(shown(vec![versions_clue(local, to)]));
        }
    }
    // That localhost is ::1 is a situation of its own.
    if let Some(local) = scene::receiver(evidence).filter(|_| is_deaf(evidence))
        && !(local.is_ipv4() && prefers_v6(evidence)?)
        && let Some(clues) = sent_to_other_version(evidence, local)?
    {
        return Ok(likely(clues));
    }
    let Some(asked) = Asked::of(evidence)?.filter(|asked| !asked.at.ip().is_unspecified()) else {
        return Ok(Outcome::DoesNotApply);
    };
    let version = |row: &&SocketRow| row.local.is_ipv4();
    let all_other = asked
        .rows
        .iter()
        .all(|row| version(row) != asked.at.is_ipv4());
    let is_all = |row: &&SocketRow| row.local.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    match asked.is_served() {
        Some(true) => Ok(Outcome::IsNot),
        None => Err(unknown_version()),
        // Situations of their own.
        Some(false) if asked.at.is_ipv4() && asked.rows.iter().any(is_all) => {
            Ok(Outcome::DoesNotApply)
        }
        Some(false) if is_localhost(evidence) && asked.at.is_ipv6() => Ok(Outcome::DoesNotApply),
        // Bound to loopback only, while the address is another one: more than the version differs.
        Some(false) if all_other && asked.other_version().is_some() => Ok(shown(asked.clues())),
        Some(false) => Ok(Outcome::IsNot),
    }
}
