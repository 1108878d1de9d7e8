//! What the kernel dropped because the receive buffer was full.
//!
//! `SO_RXQ_OVFL` (socket(7)) gives the count with the next datagram after the loss; the
//! last column of /proc/net/udp (proc(5)) gives it at once. Both count the same thing
//! for one socket, from its beginning.

use super::role::Desk;
use crate::traffic::{Cause, Operation};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How often the kernel is asked while data comes, and how close two rows may be.
const INTERVAL: Duration = Duration::from_secs(1);
const APART: Duration = Duration::from_millis(100);

/// What one socket lost, and the rows that tell of it.
#[derive(Debug, Default)]
pub struct Losses {
    local: Option<SocketAddr>,
    inode: Option<u64>,
    /// In bytes.
    receive_buffer: usize,
    drops: Drops,
    /// Lost datagrams that have no row yet.
    untold: u64,
    told: Option<Instant>,
    /// When the kernel is asked next; never while nothing comes.
    due: Option<Instant>,
}

impl Losses {
    pub fn of(socket: &mio::net::UdpSocket, local: SocketAddr, receive_buffer: usize) -> Self {
        Self {
            local: Some(local),
            inode: inode_of(socket),
            receive_buffer,
            ..Self::default()
        }
    }

    /// A datagram came with this count of those lost before it.
    pub fn seen(&mut self, count: Option<u32>) {
        self.untold += count.map_or(0, |count| self.drops.seen(count));
    }

    /// Data comes: the kernel is asked within a second, because the count that comes
    /// with datagrams only speaks with the next one.
    pub fn watch(&mut self, now: Instant) {
        self.due.get_or_insert(now + INTERVAL);
    }

    /// Writes a row where datagrams were lost, not too close to the last.
    pub fn tell(&mut self, last_read: Instant, desk: &mut Desk<'_>) {
        let now = Instant::now();
        if self.due.is_some_and(|due| now >= due) {
            self.ask();
            // Once more after the last datagram, then never until the next one.
            let quiet = now.duration_since(last_read) > INTERVAL;
            self.due = (!quiet).then_some(now + INTERVAL);
        }
        if self.untold > 0
            && self
                .told
                .is_none_or(|told| now.duration_since(told) >= APART)
        {
            self.told = Some(now);
            self.write(desk);
        }
    }

    /// Asks once more and writes what is left to tell: the socket is about to close.
    pub fn tell_all(&mut self, desk: &mut Desk<'_>) {
        self.ask();
        self.write(desk);
    }

    /// When [`Self::tell`] next has something to do.
    pub fn deadline(&self) -> Option<Instant> {
        let untold =
            (self.untold > 0).then(|| self.told.map_or_else(Instant::now, |told| told + APART));
        self.due.into_iter().chain(untold).min()
    }

    fn ask(&mut self) {
        let count = self
            .local
            .zip(self.inode)
            .and_then(|(local, inode)| of_socket(local, inode));
        self.seen(count);
    }

    fn write(&mut self, desk: &mut Desk<'_>) {
        let count = std::mem::take(&mut self.untold);
        if let Some(local) = self.local.filter(|_| count > 0) {
            let cause = Cause::Dropped {
                count,
                receive_buffer: self.receive_buffer,
            };
            desk.outbox
                .failure(Operation::Receive, desk.interfaces.show(local), cause);
        }
    }
}

/// Follows one socket's count, from both sources.
#[derive(Debug, Default)]
struct Drops {
    known: u32,
}

impl Drops {
    /// Takes a count in; returns how many were lost since the last one.
    fn seen(&mut self, count: u32) -> u64 {
        // The counter wraps; a small step back is the older of two sources.
        let new = count.wrapping_sub(self.known);
        if new == 0 || new > u32::MAX / 2 {
            return 0;
        }
        self.known = count;
        u64::from(new)
    }
}

/// The count of the socket bound to `local` and of the kernel's number `inode`; `None`
/// where the system does not tell.
fn of_socket(local: SocketAddr, inode: u64) -> Option<u32> {
    let table = if local.is_ipv4() {
        "/proc/net/udp"
    } else {
        "/proc/net/udp6"
    };
    drops_in(&std::fs::read_to_string(table).ok()?, inode)
}

/// The kernel's number of a socket: what its descriptor links to (proc(5)).
#[cfg(target_os = "linux")]
fn inode_of(socket: &mio::net::UdpSocket) -> Option<u64> {
    use std::os::fd::AsRawFd as _;
    let link = std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok()?;
    link.to_str()?
        .strip_prefix("socket:[")?
        .strip_suffix(']')?
        .parse()
        .ok()
}

/// Other systems have no such number.
#[cfg(not(target_os = "linux"))]
fn inode_of(_socket: &mio::net::UdpSocket) -> Option<u64> {
    None
}

fn drops_in(table: &str, inode: u64) -> Option<u32> {
    let inode = inode.to_string();
    let fields = table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut ours = fields.filter(|fields| fields.get(9) == Some(&inode.as_str()));
    ours.next()?.last()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_is_counted_once_whichever_source_tells_first() {
        let mut drops = Drops::default();
        assert_eq!(
            [0, 5, 5, 3, 9].map(|count| drops.seen(count)),
            [0, 5, 0, 0, 4]
        );
    }

    #[test]
    fn the_counter_may_wrap() {
        let mut drops = Drops {
            known: u32::MAX - 1,
        };
        assert_eq!(drops.seen(3), 5);
    }

    #[test]
    fn the_table_tells_the_drops_of_one_socket() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  119: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4242 2 0000000000000000 991
  120: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4343 2 0000000000000000 0
";
        assert_eq!(drops_in(table, 4242), Some(991));
        assert_eq!(drops_in(table, 4343), Some(0));
        assert_eq!(drops_in(table, 1), None);
    }
}
