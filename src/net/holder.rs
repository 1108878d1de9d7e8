//! Which program holds a port, where the system shows it (Linux: /proc, see proc(5)).

use super::socket::Transport;
use crate::traffic::Holder;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};

/// How many ports above a taken one are tried.
const TRIED: u16 = 100;

/// The program whose socket is bound to `port`; `None` where the system hides it.
pub fn holder_of(transport: Transport, port: u16) -> Option<Holder> {
    let tables: &[&str] = match transport {
        Transport::Udp => &["/proc/net/udp", "/proc/net/udp6"],
        Transport::Tcp => &["/proc/net/tcp", "/proc/net/tcp6"],
    };
    let inodes: Vec<String> = tables
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| inodes_at(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if inodes.is_empty() {
        return None;
    }
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let pid = processes
        .filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok())
        .find(|pid| {
            let open = std::fs::read_dir(format!("/proc/{pid}/fd"))
                .into_iter()
                .flatten()
                .flatten();
            open.filter_map(|file| std::fs::read_link(file.path()).ok())
                .any(|link| {
                    link.to_str()
                        .is_some_and(|link| inodes.iter().any(|inode| inode == link))
                })
        })?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(Holder {
        name: name.trim().to_owned(),
        pid,
    })
}

/// The next port above `taken` that could be bound just now.
pub fn free_port_after(transport: Transport, taken: SocketAddr) -> Option<u16> {
    let last = taken.port().saturating_add(TRIED);
    (taken.port().saturating_add(1)..=last).find(|&port| can_bind(transport, taken.ip(), port))
}

fn can_bind(transport: Transport, ip: IpAddr, port: u16) -> bool {
    match transport {
        Transport::Udp => UdpSocket::bind((ip, port)).is_ok(),
        Transport::Tcp => TcpListener::bind((ip, port)).is_ok(),
    }
}

/// The inodes of the sockets bound to `port` in a table such as /proc/net/udp. A TCP
/// table also lists connections: only state 0A, listening, holds the port.
fn inodes_at(table: &str, port: u16) -> Vec<u64> {
    let suffix = format!(":{port:04X}");
    let line_inode = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (local, state) = (fields.get(1)?, fields.get(3)?);
        let bound = local.ends_with(&suffix) && matches!(*state, "07" | "0A");
        bound.then(|| fields.get(9)?.parse().ok()).flatten()
    };
    table.lines().skip(1).filter_map(line_inode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  119: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4242 2 0000000000000000 0
  120: 00000000:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4343 2 0000000000000000 0
  121: 0100007F:1F90 0100007F:AAAA 01 00000000:00000000 00:00000000 00000000     0        0 4444 2 0000000000000000 0
";

    #[test]
    fn the_table_names_the_socket_at_a_port() {
        assert_eq!(inodes_at(TABLE, 8080), [4242]);
        assert_eq!(inodes_at(TABLE, 8081), [4343]);
        assert!(inodes_at(TABLE, 80).is_empty());
        assert!(inodes_at("", 80).is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_port_of_ours_is_held_by_us() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        assert_eq!(
            holder_of(Transport::Udp, port).map(|holder| holder.pid),
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
