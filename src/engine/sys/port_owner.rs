//! The owner of a port, where the system shows it: in /proc (proc(5)), or in tables of sockets.

use crate::engine::sys::process;
use crate::engine::sys::socket::Transport;
use crate::engine::sys::socket_table::{self, SocketEntry};
use crate::traffic::PortOwner;
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::time::{Duration, Instant};

/// The longest time that reading the tables, and finding a process, takes.
const PATIENCE: Duration = Duration::from_secs(1);
/// Number of ports tried above a taken one.
const TRIED: u16 = 100;

/// The process with a socket bound to `port`; `None` if the system does not show it.
pub fn owner_of(transport: Transport, port: u16) -> Option<PortOwner> {
    in_proc(transport, port).or_else(|| in_tables(transport, port))
}

/// Linux has /proc.
#[cfg(target_os = "linux")]
fn in_tables(_transport: Transport, _port: u16) -> Option<PortOwner> {
    None
}

#[cfg(not(target_os = "linux"))]
fn in_tables(transport: Transport, port: u16) -> Option<PortOwner> {
    use listeners::{Protocol, SocketState};
    let protocol = match transport {
        Transport::Udp => Protocol::UDP,
        Transport::Tcp => Protocol::TCP,
    };
    let all = listeners::get_all().ok()?.into_iter();
    // A closed connection has no process.
    let at = all.filter(|socket| {
        socket.protocol == protocol && socket.socket.port() == port && socket.process.pid != 0
    });
    // A connection occupies its port too.
    let owner = at.min_by_key(|socket| socket.state != SocketState::Listen)?;
    Some(PortOwner {
        name: owner.process.name,
        pid: owner.process.pid,
    })
}

fn in_proc(transport: Transport, port: u16) -> Option<PortOwner> {
    let entries = entries_at(transport, port);
    let inodes_of = |entries: &mut dyn Iterator<Item = &SocketEntry>| {
        let inodes = entries.map(|entry| entry.inode);
        inodes.filter(|&inode| inode != 0).collect::<BTreeSet<_>>()
    };
    let mut inodes = inodes_of(&mut entries.iter().filter(|entry| entry.is_bound()));
    if inodes.is_empty() {
        // A connection occupies its port too.
        inodes = inodes_of(&mut entries.iter());
    }
    let holders = process::holders(&inodes, Instant::now() + PATIENCE);
    let pid = holders.into_values().next()?;
    Some(PortOwner {
        name: process::name_of(pid)?,
        pid,
    })
}

/// Maximum number of seconds for which closed connections still occupy the port at this address;
/// `None` if there are none, or if a process owns the port. A closed connection has no process.
pub fn lingering_at(local: SocketAddr) -> Option<u64> {
    lingers(&entries_at(Transport::Tcp, local.port()), local.ip())
}

fn lingers(entries: &[SocketEntry], at: IpAddr) -> Option<u64> {
    let held = entries.iter().any(|entry| entry.inode != 0);
    let closed = entries
        .iter()
        .filter(|entry| entry.is_closed() && (at.is_unspecified() || entry.local.ip() == at));
    closed.map(|entry| entry.seconds).max().filter(|_| !held)
}

/// Whether a UDP socket at this port is connected (udp(7)).
pub fn is_connected(port: u16) -> bool {
    /// ESTABLISHED (net/tcp_states.h).
    const CONNECTED: u8 = 0x01;
    let entries = entries_at(Transport::Udp, port);
    entries.iter().any(|entry| entry.state == CONNECTED)
}

/// The next port above `taken` that can be bound at present.
pub fn free_port_after(transport: Transport, taken: SocketAddr) -> Option<u16> {
    let last = taken.port().saturating_add(TRIED);
    (taken.port().saturating_add(1)..=last).find(|&port| can_bind(transport, taken.ip(), port))
}

/// Whether a UDP socket is bound to `port`, or a TCP socket listens there; `false` if the system
/// does not show it.
pub fn is_bound(transport: Transport, port: u16) -> bool {
    let entries = entries_at(transport, port);
    entries.iter().any(SocketEntry::is_bound) || in_tables(transport, port).is_some()
}

/// A port that no socket has at any address of this machine at present.
///
/// # Errors
/// The system has no port or descriptor left.
pub fn free_port(transport: Transport) -> io::Result<u16> {
    let any = (Ipv4Addr::UNSPECIFIED, 0);
    let local = match transport {
        Transport::Udp => UdpSocket::bind(any)?.local_addr()?,
        Transport::Tcp => TcpListener::bind(any)?.local_addr()?,
    };
    Ok(local.port())
}

fn can_bind(transport: Transport, ip: IpAddr, port: u16) -> bool {
    match transport {
        Transport::Udp => UdpSocket::bind((ip, port)).is_ok(),
        Transport::Tcp => TcpListener::bind((ip, port)).is_ok(),
    }
}

fn entries_at(transport: Transport, port: u16) -> Vec<SocketEntry> {
    let mut found = Vec::new();
    let mut keep = |entry: SocketEntry| {
        if entry.local.port() == port {
            found.push(entry);
        }
    };
    // What is read so far is kept: the owner is named if it is among it.
    socket_table::visit(transport, None, Instant::now() + PATIENCE, &mut keep).ok();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  119: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4242 2 0000000000000000 0
  120: 00000000:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4343 2 0000000000000000 0
  121: 0100007F:1F90 0100007F:AAAA 01 00000000:00000000 00:00000000 00000000     0        0 4444 2 0000000000000000 0
";

    /// The rows of a table at a port.
    fn entries(table: &str, port: u16) -> Vec<SocketEntry> {
        let mut found = Vec::new();
        let until = Instant::now() + Duration::from_secs(60);
        socket_table::rows(Transport::Tcp, table.as_bytes(), until, &mut |entry| {
            found.push(entry);
        })
        .unwrap();
        found.retain(|entry| entry.local.port() == port);
        found
    }

    #[test]
    fn the_table_names_the_sockets_at_a_port() {
        let at = |port| {
            let entries = entries(TABLE, port).into_iter();
            entries
                .map(|entry| (entry.inode, entry.is_bound()))
                .collect::<Vec<_>>()
        };
        assert_eq!(at(8080), [(4242, true), (4444, false)]);
        assert_eq!(at(8081), [(4343, true)]);
        assert_eq!(at(80), []);
        assert!(entries("", 80).is_empty());
    }

    #[test]
    fn a_closed_connection_says_how_long_it_stays() {
        const HEADER: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when";
        // TIME_WAIT with 12.34 s left, and FIN_WAIT1 with another timer.
        let waits = "   0: 0100007F:1F90 0100007F:AAAA 06 00000000:00000000 03:000004D2 00000000     0        0 0 3 0";
        let ends = "   1: 0100007F:1F90 0100007F:AAAB 04 00000001:00000000 01:00000014 00000000     0        0 0 3 0";
        let lives = "   2: 0100007F:1F90 0100007F:AAAC 01 00000000:00000000 00:00000000 00000000     0        0 77 3 0";
        let table = |lines: &[&str]| format!("{HEADER}\n{}\n", lines.join("\n"));
        let of = |lines: &[&str]| lingers(&entries(&table(lines), 8080), [127, 0, 0, 1].into());
        assert_eq!(of(&[waits]), Some(13));
        assert_eq!(of(&[waits, ends]), Some(60));
        assert_eq!(of(&[waits, lives]), None, "a program has the port");
        assert_eq!(of(&[]), None);
        let waiting = entries(&table(&[waits]), 8080);
        assert_eq!(lingers(&waiting, [127, 0, 0, 2].into()), None);
        assert_eq!(lingers(&waiting, [0, 0, 0, 0].into()), Some(13));
        assert!(entries(&table(&[waits]), 8081).is_empty());
    }

    #[test]
    fn a_connection_holds_its_port_too() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let port = client.local_addr().unwrap().port();
        let holder = owner_of(Transport::Tcp, port).map(|holder| holder.pid);
        assert_eq!(holder, Some(std::process::id()));
    }

    #[test]
    fn a_port_of_ours_is_held_by_us() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        assert_eq!(
            owner_of(Transport::Udp, port).map(|holder| holder.pid),
            Some(std::process::id())
        );
    }

    #[test]
    fn the_next_free_port_is_above() {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = socket.local_addr().unwrap();
        if taken.port() < u16::MAX - TRIED {
            assert!(free_port_after(Transport::Tcp, taken).is_some_and(|port| port > taken.port()));
        }
    }
}
