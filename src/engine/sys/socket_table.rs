//! The tables of sockets that Linux shows: /proc/net/udp, udp6, tcp and tcp6 (proc_pid_net(5)).

use crate::engine::sys::socket::Transport;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketEntry {
    /// IPv4-mapped addresses are IPv4 addresses here.
    pub local: SocketAddr,
    /// The unspecified address and port 0 where it is not connected.
    pub remote: SocketAddr,
    /// The state (net/tcp_states.h): 0x01 established, 0x06 TIME_WAIT, 0x07 an unconnected UDP
    /// socket, 0x0A listening.
    pub state: u8,
    /// Bytes that are written and not acknowledged.
    pub unsent: u64,
    /// Bytes that are received and not read; connections that are not accepted.
    pub unread: u64,
    /// The socket's inode; 0 for a connection without a process.
    pub inode: u64,
    /// Seconds until a closed connection is removed; an upper bound if unknown.
    pub seconds: u64,
    /// Datagrams that were dropped on arrival; TCP has no such number.
    pub dropped: Option<u64>,
}

impl SocketEntry {
    /// Whether this is an unconnected UDP socket (07) or a listening TCP socket (0A).
    pub fn is_bound(&self) -> bool {
        matches!(self.state, 0x07 | 0x0A)
    }

    /// Whether we closed the connection first: FIN_WAIT1, FIN_WAIT2, TIME_WAIT or CLOSING
    /// (net/tcp_states.h).
    pub fn is_closed(&self) -> bool {
        self.inode == 0 && matches!(self.state, 0x04 | 0x05 | 0x06 | 0x0B)
    }
}

/// Reads both tables of a transport row by row: those of the network namespace of a process, or
/// of this one.
///
/// # Errors
/// [`ErrorKind::TimedOut`] if they are not read by `until`, [`ErrorKind::InvalidData`] if no row
/// is understood, and the errors of reading. A machine without IPv6 has one table.
pub fn visit(
    transport: Transport,
    process: Option<u32>,
    until: Instant,
    each: &mut dyn FnMut(SocketEntry),
) -> io::Result<()> {
    let names = match transport {
        Transport::Udp => ["udp", "udp6"],
        Transport::Tcp => ["tcp", "tcp6"],
    };
    let folder = process.map_or_else(|| "/proc/net".to_owned(), |pid| format!("/proc/{pid}/net"));
    let mut missing = 0;
    for name in names {
        match File::open(format!("{folder}/{name}")) {
            Ok(file) => rows(transport, BufReader::new(file), until, each)?,
            Err(error) if error.kind() == ErrorKind::NotFound && missing == 0 => missing += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads one table; see [`visit`].
pub fn rows(
    transport: Transport,
    mut table: impl BufRead,
    until: Instant,
    each: &mut dyn FnMut(SocketEntry),
) -> io::Result<()> {
    /// Rows between two looks at the clock.
    const ROWS: usize = 256;
    let (mut understood, mut other) = (0_usize, 0_usize);
    let mut line = Vec::new();
    for number in 0_usize.. {
        line.clear();
        if table.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        // The first line names the columns.
        if number == 0 || line.trim_ascii().is_empty() {
            continue;
        }
        if number % ROWS == 0 && Instant::now() >= until {
            return Err(ErrorKind::TimedOut.into());
        }
        let text = std::str::from_utf8(&line).ok();
        match text.and_then(|text| entry(transport, text)) {
            Some(entry) => {
                understood += 1;
                each(entry);
            }
            None => other += 1,
        }
    }
    match understood == 0 && other > 0 {
        true => Err(ErrorKind::InvalidData.into()),
        false => Ok(()),
    }
}

fn entry(transport: Transport, line: &str) -> Option<SocketEntry> {
    /// Seconds Linux keeps a closed connection (TCP_TIMEWAIT_LEN, tcp_fin_timeout).
    const KEPT: u64 = 60;
    /// Clock ticks a second in /proc (USER_HZ, time(7)).
    const TICKS: u64 = 100;
    let mut fields = line.split_ascii_whitespace();
    let local = address_in(fields.nth(1)?)?;
    let remote = address_in(fields.next()?)?;
    let state = u8::from_str_radix(fields.next()?, 16).ok()?;
    let (unsent, unread) = fields.next()?.split_once(':')?;
    let (kind, ticks) = fields.next()?.split_once(':')?;
    let inode = fields.nth(3)?.parse().ok()?;
    // 3 is the timer of TIME_WAIT; other values are timers of retransmission.
    let left = u64::from_str_radix(ticks, 16).ok().filter(|_| kind == "03");
    let dropped = match transport {
        Transport::Udp => fields.nth(2).and_then(|drops| drops.parse().ok()),
        Transport::Tcp => None,
    };
    Some(SocketEntry {
        local,
        remote,
        state,
        unsent: u64::from_str_radix(unsent, 16).ok()?,
        unread: u64::from_str_radix(unread, 16).ok()?,
        inode,
        seconds: left.map_or(KEPT, |ticks| ticks.div_ceil(TICKS)),
        dropped,
    })
}

fn address_in(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::new(ip_in(ip)?, port))
}

/// Parses an address: words of 32 bits in the machine's byte order.
fn ip_in(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| {
        let word = hex.get(8 * at..8 * at + 8)?;
        Some(u32::from_str_radix(word, 16).ok()?.to_ne_bytes())
    };
    let ip = match hex.len() {
        8 => IpAddr::from(word(0)?),
        32 => {
            let mut bytes = [0; 16];
            for (at, part) in bytes.chunks_exact_mut(4).enumerate() {
                part.copy_from_slice(&word(at)?);
            }
            IpAddr::from(bytes)
        }
        _ => return None,
    };
    Some(ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const HEADER: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";
    const BOUND: &str = "  119: 0100007F:1F90 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 4242 2 0000000000000000 7\n";

    fn read(transport: Transport, table: &str) -> io::Result<Vec<SocketEntry>> {
        let until = Instant::now() + Duration::from_secs(60);
        let mut all = Vec::new();
        rows(transport, table.as_bytes(), until, &mut |entry| {
            all.push(entry)
        })?;
        Ok(all)
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_row_of_a_bound_socket_is_read() {
        let all = read(Transport::Udp, &format!("{HEADER}{BOUND}")).unwrap();
        let expected = SocketEntry {
            local: "127.0.0.1:8080".parse().unwrap(),
            remote: "0.0.0.0:0".parse().unwrap(),
            state: 7,
            unsent: 0,
            unread: 0x300,
            inode: 4242,
            seconds: 60,
            dropped: Some(7),
        };
        assert_eq!(all, [expected]);
        assert!(all[0].is_bound() && !all[0].is_closed());
        let tcp = read(Transport::Tcp, &format!("{HEADER}{BOUND}")).unwrap();
        assert_eq!(tcp[0].dropped, None);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn addresses_are_read_as_the_system_writes_them() {
        let ip = |text: &str| text.parse::<IpAddr>().ok();
        assert_eq!(ip_in("0100007F"), ip("127.0.0.1"));
        assert_eq!(ip_in("00000000000000000000000001000000"), ip("::1"));
        assert_eq!(ip_in("0000000000000000FFFF00000100007F"), ip("127.0.0.1"));
        for wrong in ["", "0100007", "0100007F01000000", "G100007F", "é00007F"] {
            assert_eq!(ip_in(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_table_in_another_form_is_an_error_and_an_empty_one_is_not() {
        let other = read(Transport::Udp, "a table\nof something\n\u{FFFD}\n").unwrap_err();
        assert_eq!(other.kind(), ErrorKind::InvalidData);
        for empty in ["", HEADER] {
            assert_eq!(read(Transport::Udp, empty).unwrap(), []);
        }
        let some = format!("{HEADER}half a row\n{BOUND}");
        assert_eq!(read(Transport::Udp, &some).unwrap().len(), 1);
    }

    #[test]
    fn a_table_of_a_hundred_thousand_sockets_is_read_and_its_reading_bounded() {
        let table = format!("{HEADER}{}", BOUND.repeat(100_000));
        assert_eq!(read(Transport::Udp, &table).unwrap().len(), 100_000);
        let mut seen = 0;
        let over = Instant::now();
        let late = rows(Transport::Udp, table.as_bytes(), over, &mut |_| seen += 1);
        assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(seen < 1_000, "{seen}");
    }
}
