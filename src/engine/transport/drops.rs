//! Drops: datagrams the kernel dropped because the receive buffer was full.
//!
//! `SO_RXQ_OVFL` (socket(7)) delivers the drop count with the next datagram; the last column of
//! /proc/net/udp (proc(5)) shows it at any time. Both are the same counter, which starts at 0
//! with the socket.

use crate::engine::command::Receiving;
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::sys::datagram_socket::Datagram;
use crate::engine::sys::datagram_socket::DatagramSocket;
use crate::engine::sys::interfaces::Interfaces;
use crate::traffic::{Cause, LossPlace, Operation};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Whether the system reports the drops of each socket. Otherwise their number is unknown.
pub const REPORTED: bool = cfg!(target_os = "linux");
/// Interval between queries of the kernel's count, and minimum interval between two rows.
const INTERVAL: Duration = Duration::from_secs(1);
const APART: Duration = Duration::from_millis(100);

/// The drops of one socket and the state of their rows.
#[derive(Debug, Default)]
pub struct KernelDrops {
    local: Option<SocketAddr>,
    inode: Option<u64>,
    /// The granted and the requested receive buffer in bytes.
    receive_buffer: usize,
    asked: usize,
    /// Whether the kernel merges datagrams (UDP_GRO) and counts a merged one as one drop.
    merges: bool,
    drops: Drops,
    /// Drops without a row yet, and the number of gaps between received datagrams they are in.
    unreported: u64,
    places: u64,
    reported: Option<Instant>,
    /// When to query the kernel next; `None` while no datagram arrives.
    due: Option<Instant>,
}

impl KernelDrops {
    /// For a single socket: the kernel's drop count is queried too.
    pub fn of(
        socket: &dyn DatagramSocket,
        local: SocketAddr,
        receive_buffer: usize,
        receiving: Receiving,
    ) -> Self {
        Self {
            local: Some(local),
            inode: inode_of(socket),
            receive_buffer,
            asked: receiving.buffer,
            merges: receiving.merge,
            ..Self::default()
        }
    }

    /// For one of many sockets: the kernel is not queried, so drops are known with the next
    /// datagram only.
    pub fn of_many(local: SocketAddr, receive_buffer: usize, receiving: Receiving) -> Self {
        Self {
            local: Some(local),
            receive_buffer,
            asked: receiving.buffer,
            merges: receiving.merge,
            ..Self::default()
        }
    }

    /// Takes the drop count that arrived with a datagram. Returns the cause of a row for new drops,
    /// to be written before the datagram's row; `None` if the last such row is too recent, so that
    /// the drops wait for the next one.
    fn before(&mut self, count: Option<u32>, now: Instant) -> Option<Cause> {
        let lost = self.drops.seen(count?);
        if lost == 0 {
            return None;
        }
        self.unreported += lost;
        self.places += 1;
        let place = if self.places == 1 {
            LossPlace::Here
        } else {
            LossPlace::Above {
                places: self.places,
            }
        };
        self.may_report(now).then(|| self.take(place, now))?
    }

    /// Writes the row of drops before this datagram. `known_by` is the socket's address in rows.
    pub fn report_before(
        &mut self,
        datagram: &Datagram<'_>,
        now: Instant,
        known_by: SocketAddr,
        interfaces: &Interfaces,
        sink: &mut EventSink,
    ) {
        if let Some(cause) = self.before(datagram.lost, now) {
            sink.failure(Operation::Receive, interfaces.show(known_by), cause);
        }
    }

    /// Schedules a query within a second of a datagram: the count in control messages arrives with
    /// the next datagram only.
    pub fn watch(&mut self, now: Instant) {
        self.due.get_or_insert(now + INTERVAL);
    }

    /// Writes the pending row of drops, unless the last one is too recent.
    pub fn report(&mut self, last_read: Instant, cx: &mut Context<'_>) {
        let now = cx.now;
        if self.due.is_some_and(|due| now >= due) {
            // Once after the last datagram: while datagrams arrive, they carry the count and show
            // the place of the gap.
            let quiet = now.duration_since(last_read) >= INTERVAL;
            if quiet {
                self.ask();
            }
            self.due = (!quiet).then_some(now + INTERVAL);
        }
        if self.unreported > 0 && self.may_report(now) {
            self.write(now, cx);
        }
    }

    /// Queries the kernel and writes the pending row, for a socket that is about to close.
    pub fn report_all(&mut self, cx: &mut Context<'_>) {
        self.ask();
        self.write(cx.now, cx);
    }

    /// When [`Self::report`] has work again.
    pub fn deadline(&self) -> Option<Instant> {
        let unreported = self
            .reported
            .filter(|_| self.unreported > 0)
            .map(|reported| reported + APART);
        self.due.into_iter().chain(unreported).min()
    }

    fn may_report(&self, now: Instant) -> bool {
        self.reported
            .is_none_or(|reported| now.duration_since(reported) >= APART)
    }

    fn ask(&mut self) {
        let ours = self.local.zip(self.inode);
        let count = ours.and_then(|(local, inode)| of_socket(local, inode));
        self.unreported += count.map_or(0, |count| self.drops.seen(count));
    }

    fn write(&mut self, now: Instant, cx: &mut Context<'_>) {
        let place = match self.places {
            0 => LossPlace::Behind,
            places => LossPlace::Above { places },
        };
        if let (Some(local), Some(cause)) = (self.local, self.take(place, now)) {
            let address = cx.interfaces.show(local);
            cx.sink.failure(Operation::Receive, address, cause);
        }
    }

    fn take(&mut self, place: LossPlace, now: Instant) -> Option<Cause> {
        self.places = 0;
        let count = std::mem::take(&mut self.unreported);
        (count > 0).then(|| {
            self.reported = Some(now);
            Cause::Dropped {
                count,
                place,
                receive_buffer: self.receive_buffer,
                asked: self.asked,
                at_least: self.merges,
            }
        })
    }
}

/// The drop counter of one socket, from both sources.
#[derive(Debug, Default)]
struct Drops {
    known: u32,
}

impl Drops {
    /// Takes a count and returns the number of drops since the last one.
    fn seen(&mut self, count: u32) -> u64 {
        // The counter wraps. A small step back is the older value of the two sources.
        let new = count.wrapping_sub(self.known);
        if new == 0 || new > u32::MAX / 2 {
            return 0;
        }
        self.known = count;
        u64::from(new)
    }
}

/// The drop count of the socket bound to `local` with this inode; `None` if the system does not
/// provide it.
fn of_socket(local: SocketAddr, inode: u64) -> Option<u32> {
    let table = if local.is_ipv4() {
        "/proc/net/udp"
    } else {
        "/proc/net/udp6"
    };
    drops_in(&std::fs::read_to_string(table).ok()?, inode)
}

/// The inode of a socket, from the link of its descriptor (proc(5)).
#[cfg(target_os = "linux")]
fn inode_of(socket: &dyn DatagramSocket) -> Option<u64> {
    use std::os::fd::AsRawFd as _;
    let number = socket.system()?.as_raw_fd();
    let link = std::fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
    link.to_str()?
        .strip_prefix("socket:[")?
        .strip_suffix(']')?
        .parse()
        .ok()
}

/// Other systems have no socket inodes.
#[cfg(not(target_os = "linux"))]
fn inode_of(_socket: &dyn DatagramSocket) -> Option<u64> {
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
    fn each_loss_is_counted_once_whichever_source_reports_first() {
        let mut drops = Drops::default();
        assert_eq!(
            [0, 5, 5, 3, 9].map(|count| drops.seen(count)),
            [0, 5, 0, 0, 4]
        );
    }

    #[test]
    fn a_loss_is_reported_where_it_is_and_those_too_close_together_later() {
        let (mut losses, now) = (KernelDrops::default(), Instant::now());
        let mut before = |count, millis| {
            let cause = losses.before(Some(count), now + Duration::from_millis(millis));
            cause.map(|cause| match cause {
                Cause::Dropped { count, place, .. } => (count, place),
                other => panic!("{other:?}"),
            })
        };
        assert_eq!(before(0, 0), None);
        assert_eq!(before(5, 0), Some((5, LossPlace::Here)));
        assert_eq!(
            (before(7, 10), before(8, 20), before(8, 200)),
            (None, None, None)
        );
        assert_eq!(before(10, 300), Some((5, LossPlace::Above { places: 3 })));
        assert_eq!(before(11, 900), Some((1, LossPlace::Here)));
    }

    #[test]
    fn merged_datagrams_are_counted_as_one_so_the_count_is_a_minimum() {
        for merges in [false, true] {
            let mut losses = KernelDrops {
                merges,
                ..KernelDrops::default()
            };
            let cause = losses.before(Some(3), Instant::now());
            let message =
                matches!(cause, Some(Cause::Dropped { at_least, .. }) if at_least == merges);
            assert!(message, "{cause:?}");
        }
    }

    #[test]
    fn the_counter_may_wrap() {
        let mut drops = Drops {
            known: u32::MAX - 1,
        };
        assert_eq!(drops.seen(3), 5);
    }

    #[test]
    fn the_table_gives_the_drops_of_one_socket() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  119: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4242 2 0000000000000000 991
  120: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4343 2 0000000000000000 0
";
        assert_eq!(drops_in(table, 4242), Some(991));
        assert_eq!(drops_in(table, 4343), Some(0));
        assert_eq!(drops_in(table, 1), None);
    }
}
