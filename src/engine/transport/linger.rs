//! A lingering close: our direction has ended, and what the peer still sends is read and
//! discarded until it ends its own. Closing with unread bytes would reset the connection, and
//! the peer would lose our last bytes with it (RFC 1122 §4.2.2.13, RFC 9112 §9.6).

use crate::peer::Peer;
use crate::traffic::{Automatic, Notice};
use std::time::{Duration, Instant};

/// How long to wait for another byte, or for the end.
const SILENCE: Duration = Duration::from_secs(2);
/// How long to wait in all.
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
pub struct Linger {
    /// When to close at the latest.
    end: Instant,
    /// When to close if no byte comes until then.
    silent: Instant,
    /// Bytes that came and were discarded.
    bytes: u64,
}

impl Linger {
    pub fn begin(now: Instant) -> Self {
        Self {
            end: now + LONGEST,
            silent: now + SILENCE,
            bytes: 0,
        }
    }

    /// So many bytes came, and are discarded.
    pub fn came(&mut self, count: usize, now: Instant) {
        self.bytes += count as u64;
        self.silent = now + SILENCE;
    }

    /// When to close though the peer has not ended.
    pub fn until(&self) -> Instant {
        self.end.min(self.silent)
    }

    /// The row of what was discarded, if anything was.
    pub fn row(&self, peer: Peer, finished: bool) -> Option<Notice> {
        let bytes = self.bytes;
        let drained = Automatic::Drained {
            peer,
            bytes,
            finished,
        };
        (bytes > 0).then(|| Notice::Automatic(Box::new(drained)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    #[test]
    fn it_ends_with_silence_and_at_the_latest_after_its_time() {
        let begin = Instant::now();
        let mut linger = Linger::begin(begin);
        assert_eq!(linger.until(), begin + SILENCE);
        linger.came(1, begin + SILENCE / 2);
        assert_eq!(linger.until(), begin + SILENCE * 3 / 2);
        linger.came(1, begin + LONGEST);
        assert_eq!(linger.until(), begin + LONGEST);
    }

    #[test]
    fn what_was_discarded_has_a_row() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        let mut linger = Linger::begin(Instant::now());
        assert_eq!(linger.row(peer.into(), true), None);
        linger.came(7, Instant::now());
        linger.came(5, Instant::now());
        let row = Automatic::Drained {
            peer: peer.into(),
            bytes: 12,
            finished: false,
        };
        assert_eq!(
            linger.row(peer.into(), false),
            Some(Notice::Automatic(Box::new(row)))
        );
    }
}
