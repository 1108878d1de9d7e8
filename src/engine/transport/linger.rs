//! Lingering close: after our FIN, received bytes are discarded until the peer's FIN or a time
//! limit. A close with unread bytes would reset the connection, and the peer would lose our last
//! bytes (RFC 1122 §4.2.2.13, RFC 9112 §9.6).

use crate::peer::Peer;
use crate::traffic::{Automatic, Notice};
use std::time::{Duration, Instant};

/// Time limit without a received byte.
const SILENCE: Duration = Duration::from_secs(2);
/// Time limit in all.
const LONGEST: Duration = Duration::from_secs(30);

/// The state of a lingering close.
#[derive(Clone, Copy, Debug)]
pub struct Linger {
    /// The overall deadline.
    end: Instant,
    /// The deadline without another byte.
    silent: Instant,
    /// Number of discarded bytes.
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

    /// Records `count` discarded bytes.
    pub fn came(&mut self, count: usize, now: Instant) {
        self.bytes += count as u64;
        self.silent = now + SILENCE;
    }

    /// When to close without the peer's FIN.
    pub fn until(&self) -> Instant {
        self.end.min(self.silent)
    }

    /// The row of the discarded bytes, if there were any.
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
