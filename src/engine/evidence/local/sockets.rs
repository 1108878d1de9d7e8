//! Sockets at the ports in question.

use super::super::{Question, SessionFacts, Transport, Unseen};
use super::interfaces::InterfaceFacts;
use super::socket_row::SocketRow;
use super::{canonical, limits, reason};
use crate::engine::sys::socket;
use crate::engine::sys::socket_table::{self, SocketEntry};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

const BOTH: [socket::Transport; 2] = [socket::Transport::Udp, socket::Transport::Tcp];
/// The most connections that are kept.
const CONNECTIONS: usize = 256;
/// The most bound sockets at the ports in question that are kept.
const BOUND: usize = 1024;
/// The most sockets at other ports that are kept.
const OTHERS: usize = 8;

/// The sockets that a question is about.
pub(super) struct Wanted {
    pub(super) transport: Transport,
    /// The port at which somebody of this machine should listen.
    pub(super) listens: Option<u16>,
    ports: Vec<u16>,
    to: Option<SocketAddr>,
    /// The port of a session at the loopback address of the other IP version: what is sent there
    /// does not reach it.
    other_version: Option<SocketAddr>,
}

impl Wanted {
    pub(super) fn new(
        question: &Question,
        session: Option<&SessionFacts>,
        own: &[InterfaceFacts],
    ) -> Self {
        let to = question.to().map(canonical);
        let is_here = |to: &SocketAddr| {
            let ip = to.ip();
            ip.is_loopback() || ip.is_unspecified() || own.iter().any(|interface| interface.has(ip))
        };
        let here = to.filter(is_here).map(|to| to.port());
        let local = question.local().map(|local| local.port());
        let bound = session.and_then(|session| session.local);
        let all = [local, bound.map(|local| local.port()), here];
        let mut ports: Vec<u16> = all
            .into_iter()
            .flatten()
            .filter(|&port| port != 0)
            .collect();
        ports.dedup();
        let listens = match question {
            Question::Port { local, .. } => Some(local.port()),
            Question::Session { .. } | Question::Target { .. } => here,
        };
        let own = match question {
            Question::Session { .. } => bound.or(question.local()).map(canonical),
            Question::Target { .. } | Question::Port { .. } => None,
        };
        Self {
            transport: question.transport(),
            listens: listens.filter(|&port| port != 0),
            ports,
            to,
            other_version: own.and_then(loopback_of_other_version),
        }
    }

    /// The far ends in question.
    fn remotes(&self) -> impl Iterator<Item = SocketAddr> + use<> {
        let other = self.other_version.filter(|other| self.to != Some(*other));
        self.to.into_iter().chain(other)
    }

    fn is_wanted(&self, entry: &SocketEntry) -> bool {
        self.ports.contains(&entry.local.port())
            || self.remotes().any(|remote| remote == entry.remote)
    }

    /// The distance to the nearest port in question.
    fn distance(&self, port: u16) -> u16 {
        let all = self.ports.iter().map(|wanted| wanted.abs_diff(port));
        all.min().unwrap_or(u16::MAX)
    }
}

/// The port of a loopback address, or of all addresses, at the loopback address of the other IP
/// version.
fn loopback_of_other_version(local: SocketAddr) -> Option<SocketAddr> {
    let (ip, port) = (local.ip(), local.port());
    let is_here = ip.is_loopback() || ip.is_unspecified();
    let other: IpAddr = match ip {
        IpAddr::V4(_) => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv4Addr::LOCALHOST.into(),
    };
    (is_here && port != 0).then(|| SocketAddr::new(other, port))
}

/// The sockets that were found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rows: Vec<SocketRow>,
    pub(super) others: Vec<SocketRow>,
    /// Ports of outgoing connections that a further one to the target cannot have; `None` if not
    /// all sockets were looked at in time.
    pub(super) ephemeral_taken: Option<u64>,
}

impl Found {
    fn keep(&mut self, row: SocketRow) {
        let is_bound = row.is_bound();
        let alike = self.rows.iter().filter(|one| one.is_bound() == is_bound);
        let most = if is_bound { BOUND } else { CONNECTIONS };
        if alike.count() < most {
            self.rows.push(row);
        }
    }
}

/// Reads the sockets of both transports.
pub(super) fn read(
    wanted: &Wanted,
    interfaces: &[InterfaceFacts],
    until: Instant,
) -> Result<Found, Unseen> {
    let mut found = Found::default();
    let is_asked = ask(wanted, interfaces, until, &mut found);
    if !is_asked {
        found = Found::default();
    }
    match scan(wanted, until, is_asked, &mut found) {
        Ok(taken) => found.ephemeral_taken = Some(taken),
        // With very many sockets, those at the ports in question are known all the same.
        Err(_) if is_asked => {}
        Err(error) => return Err(reason(&error, "ss -anp")),
    }
    Ok(found)
}

/// Asks the kernel for the sockets at the ports in question; whether it answered.
#[cfg(target_os = "linux")]
fn ask(wanted: &Wanted, own: &[InterfaceFacts], until: Instant, found: &mut Found) -> bool {
    use super::socket_diag::{self, Ports};
    let local = wanted.ports.iter().map(|&local| Ports { local, remote: 0 });
    for transport in BOTH {
        for ports in local.clone() {
            let mut keep = |row: SocketRow| {
                if row.local.port() == ports.local {
                    found.keep(row);
                }
            };
            if socket_diag::visit(transport, (ports, true), own, until, &mut keep).is_err() {
                return false;
            }
            // Of many connections, those that were read in time are enough.
            socket_diag::visit(transport, (ports, false), own, until, &mut keep).ok();
        }
        for to in wanted.remotes() {
            let ports = Ports {
                local: 0,
                remote: to.port(),
            };
            let mut keep = |row: SocketRow| {
                if row.remote == Some(to) && !wanted.ports.contains(&row.local.port()) {
                    found.keep(row);
                }
            };
            socket_diag::visit(transport, (ports, false), own, until, &mut keep).ok();
        }
    }
    true
}

#[cfg(not(target_os = "linux"))]
fn ask(_: &Wanted, _: &[InterfaceFacts], _: Instant, _: &mut Found) -> bool {
    false
}

/// Reads all tables: for sockets at other ports, and for those in question unless they are known.
/// Returns the number of ports that an outgoing connection cannot have.
fn scan(wanted: &Wanted, until: Instant, is_known: bool, found: &mut Found) -> io::Result<u64> {
    let outgoing = limits::ephemeral();
    let mut taken = BTreeSet::new();
    for transport in BOTH {
        let is_tcp = transport == socket::Transport::Tcp;
        let is_asked = is_tcp == (wanted.transport == Transport::Tcp);
        let mut keep = |entry: SocketEntry| {
            let port = entry.local.port();
            // A TCP port serves another target too, unless somebody listens at it.
            let takes = !is_tcp || entry.is_bound() || wanted.to == Some(entry.remote);
            let is_outgoing = outgoing.is_some_and(|(first, last)| (first..=last).contains(&port));
            if is_asked && takes && is_outgoing {
                taken.insert(port);
            }
            let row = || SocketRow::new(transport, &entry);
            match wanted.is_wanted(&entry) {
                true if !is_known => found.keep(row()),
                false if is_asked && entry.is_bound() => nearest(wanted, &mut found.others, row()),
                true | false => {}
            }
        };
        socket_table::visit(transport, None, until, &mut keep)?;
    }
    Ok(taken.len() as u64)
}

/// Keeps the sockets at the nearest ports.
fn nearest(wanted: &Wanted, others: &mut Vec<SocketRow>, row: SocketRow) {
    if others
        .iter()
        .any(|other| other.local.port() == row.local.port())
    {
        return;
    }
    let key = |row: &SocketRow| (wanted.distance(row.local.port()), row.local.port());
    let place = others.partition_point(|other| key(other) < key(&row));
    if place < OTHERS {
        others.insert(place, row);
        others.truncate(OTHERS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sockets_at_the_nearest_ports_are_kept() {
        let question = Question::Port {
            transport: Transport::Udp,
            local: "0.0.0.0:8080".parse().unwrap(),
            from: None,
        };
        let wanted = Wanted::new(&question, None, &[]);
        let mut others = Vec::new();
        for port in (1..60_000).filter(|port| port % 7 == 0) {
            let entry = SocketEntry {
                local: SocketAddr::from(([0, 0, 0, 0], port)),
                remote: "0.0.0.0:0".parse().unwrap(),
                state: 7,
                unsent: 0,
                unread: 0,
                inode: 1,
                seconds: 60,
                dropped: None,
            };
            nearest(
                &wanted,
                &mut others,
                SocketRow::new(socket::Transport::Udp, &entry),
            );
        }
        let ports: Vec<u16> = others.iter().map(|row| row.local.port()).collect();
        assert_eq!(ports, [8078, 8085, 8071, 8092, 8064, 8099, 8057, 8106]);
    }

    #[test]
    fn senders_to_the_other_loopback_address_of_a_session_are_wanted() {
        let remote = |local: &str| {
            let question = Question::Session {
                transport: Transport::Udp,
                local: Some(local.parse().unwrap()),
                to: None,
                from: None,
            };
            let wanted = Wanted::new(&question, None, &[]);
            wanted.remotes().next().map(|to| to.to_string())
        };
        assert_eq!(remote("127.0.0.1:80").as_deref(), Some("[::1]:80"));
        assert_eq!(remote("0.0.0.0:80").as_deref(), Some("[::1]:80"));
        assert_eq!(remote("[::1]:80").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(remote("192.0.2.1:80"), None);
        assert_eq!(remote("127.0.0.1:0"), None);
    }

    #[test]
    fn the_port_of_a_target_counts_only_on_this_machine() {
        let target = |to: &str| Question::Target {
            transport: Transport::Tcp,
            to: to.parse().unwrap(),
            name: None,
        };
        let listens = |to: &str| Wanted::new(&target(to), None, &[]).listens;
        assert_eq!(listens("127.0.0.1:80"), Some(80));
        assert_eq!(listens("[::ffff:127.0.0.1]:80"), Some(80));
        assert_eq!(listens("192.0.2.1:80"), None);
        assert_eq!(listens("127.0.0.1:0"), None);
    }
}
