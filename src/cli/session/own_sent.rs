//! What a session has sent of its own messages, and how much of a load the kernel took.

use super::unsent_messages;
use crate::connection_id::ConnectionId;
use crate::engine::Flooding;
use crate::traffic::effect::EffectKind;
use crate::traffic::{Automatic, Body, Chunk, Notice, Record};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Counts what the kernel took, without the replies of rules.
#[derive(Debug, Default)]
pub struct OwnSent {
    datagrams: DatagramCounts,
    /// The bytes of each connection.
    bytes: HashMap<ConnectionId, u64>,
    /// The connections that ended with unsent bytes.
    cut: HashSet<ConnectionId>,
    /// The number of loads so far, and the last report of one.
    loads: u64,
    flooding: Option<Flooding>,
}

/// Counters of datagrams.
#[derive(Clone, Copy, Debug, Default)]
struct DatagramCounts {
    /// Those that the kernel took, and those that the simulated network dropped.
    settled: u64,
    /// Copies that the simulated network made, which are settled too.
    copies: u64,
    /// Those that were not sent, such as refused ones.
    unsent: u64,
}

/// A load that has begun, and the counts before it.
#[derive(Debug)]
pub struct StartedLoad {
    order: u64,
    before: DatagramCounts,
    /// The connections that it is sent to, with their bytes before it; `None` for datagrams.
    receivers: Option<BTreeMap<ConnectionId, u64>>,
}

/// How much of a load the kernel took, and the simulated network dropped on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadProgress {
    /// The number of messages; in streams, those that each receiver has.
    pub taken: u64,
    /// Whether no more follow.
    pub is_over: bool,
}

impl OwnSent {
    /// Applies the rows of a chunk.
    pub fn take(&mut self, chunk: &Chunk) {
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            self.observe(&record);
        }
    }

    fn observe(&mut self, record: &Record<'_>) {
        match record.body {
            Body::Sent { bytes, .. } if record.origin.rule.is_none() => match record.connection {
                Some(id) => *self.bytes.entry(id).or_default() += bytes.len() as u64,
                None => self.datagrams.settled += 1,
            },
            Body::Notice(
                Notice::PeerReset { unsent, .. }
                | Notice::Reset { unsent, .. }
                | Notice::Closed { unsent, .. },
            ) => self.cut.extend(record.connection.filter(|_| *unsent > 0)),
            Body::Notice(Notice::Automatic(automatic)) => self.impaired(automatic),
            Body::Notice(notice) => self.datagrams.unsent += unsent_messages(notice),
            Body::Sent { .. } | Body::Received { .. } => {}
        }
    }

    fn impaired(&mut self, automatic: &Automatic) {
        let Automatic::Impaired {
            outgoing: true,
            effect,
            ..
        } = automatic
        else {
            return;
        };
        self.datagrams.settled += u64::from(effect.what.is_loss());
        self.datagrams.copies += u64::from(effect.what == EffectKind::Duplicated);
    }

    /// Takes a report of the last load.
    pub fn report(&mut self, flooding: Option<Flooding>) {
        self.flooding = flooding.or(self.flooding);
    }

    /// Begins a load to these connections, or of datagrams. Call it for each.
    pub fn start(&mut self, receivers: Option<Vec<ConnectionId>>) -> StartedLoad {
        self.loads += 1;
        let before = |id| (id, self.bytes_of(id));
        StartedLoad {
            order: self.loads,
            before: self.datagrams,
            receivers: receivers.map(|receivers| receivers.into_iter().map(before).collect()),
        }
    }

    /// The progress of a load. `is_open` says whether a connection is.
    pub fn progress(
        &self,
        load: &StartedLoad,
        is_open: impl Fn(ConnectionId) -> bool,
    ) -> LoadProgress {
        let flooding = self
            .flooding
            .filter(|flooding| flooding.order == load.order);
        let Some(flooding) = flooding else {
            return LoadProgress::default();
        };
        let (taken, unsent) = match &load.receivers {
            Some(receivers) => self.of_streams(receivers, &flooding, is_open),
            None => self.of_datagrams(load.before),
        };
        // The last rows may arrive after the report of the end.
        LoadProgress {
            taken: taken.min(flooding.sent),
            is_over: flooding.over && taken.saturating_add(unsent) >= flooding.sent,
        }
    }

    /// The datagrams of a load that were taken, and those that were not sent.
    fn of_datagrams(&self, before: DatagramCounts) -> (u64, u64) {
        let now = self.datagrams;
        let copies = now.copies - before.copies;
        let settled = now.settled - before.settled;
        (settled.saturating_sub(copies), now.unsent - before.unsent)
    }

    /// The messages that each receiver has, and the rest if nothing more can be sent to those that
    /// have not all. A connection that ended without unsent bytes had all that was for it.
    fn of_streams(
        &self,
        receivers: &BTreeMap<ConnectionId, u64>,
        flooding: &Flooding,
        is_open: impl Fn(ConnectionId) -> bool,
    ) -> (u64, u64) {
        let length = flooding.bytes.checked_div(flooding.sent).unwrap_or(0);
        let (mut taken, mut waits) = (flooding.sent, false);
        for (&id, before) in receivers {
            let is_open = is_open(id);
            if !is_open && !self.cut.contains(&id) {
                continue;
            }
            let bytes = self.bytes_of(id).saturating_sub(*before);
            let whole = match bytes >= flooding.bytes {
                true => flooding.sent,
                // Stuffed messages differ in length: the last one counts with all the bytes.
                false => (bytes / length.max(1)).min(flooding.sent.saturating_sub(1)),
            };
            waits |= is_open && whole < flooding.sent;
            taken = taken.min(whole);
        }
        let unsent = if waits { 0 } else { flooding.sent - taken };
        (taken, unsent)
    }

    fn bytes_of(&self, id: ConnectionId) -> u64 {
        self.bytes.get(&id).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::Load;
    use crate::peer::Peer;
    use crate::traffic::effect::Effect;
    use crate::traffic::{Cause, Failure, Operation, RecordOrigin};
    use std::time::Duration;

    fn peer() -> Peer {
        Peer::from(([127, 0, 0, 1], 9))
    }

    fn id(number: u16) -> ConnectionId {
        ConnectionId::read(number.into()).unwrap()
    }

    fn report(own: &mut OwnSent, order: u64, sent: u64, over: bool) {
        own.report(Some(Flooding {
            order,
            sent,
            bytes: sent * 64,
            load: Load::default(),
            elapsed: Duration::ZERO,
            over,
        }));
    }

    fn sent(own: &mut OwnSent, connection: Option<ConnectionId>, bytes: usize) {
        let bytes = vec![0; bytes];
        let (peer, bytes) = (peer(), bytes.as_slice());
        own.observe(&Record {
            connection,
            ..Record::new(0, Body::Sent { peer, bytes })
        });
    }

    fn impaired(own: &mut OwnSent, what: EffectKind) {
        let automatic = Automatic::Impaired {
            peer: peer(),
            outgoing: true,
            effect: Effect { number: 1, what },
        };
        own.observe(&Record::new(
            0,
            Body::Notice(&Notice::Automatic(Box::new(automatic))),
        ));
    }

    fn progress(own: &OwnSent, load: &StartedLoad, is_open: bool) -> (u64, bool) {
        let LoadProgress { taken, is_over } = own.progress(load, |_| is_open);
        (taken, is_over)
    }

    #[test]
    fn a_datagram_is_taken_dropped_on_purpose_or_refused() {
        let mut own = OwnSent::default();
        sent(&mut own, None, 64);
        let load = own.start(None);
        report(&mut own, 1, 4, true);
        assert_eq!(progress(&own, &load, true), (0, false));
        sent(&mut own, None, 64);
        impaired(&mut own, EffectKind::Lost);
        // The copy is not one of the load.
        impaired(&mut own, EffectKind::Duplicated);
        sent(&mut own, None, 64);
        assert_eq!(progress(&own, &load, true), (2, false));
        let (peer, bytes) = (peer(), b"reply".as_slice());
        own.observe(&Record {
            origin: RecordOrigin {
                rule: Some("echo"),
                other: None,
            },
            ..Record::new(0, Body::Sent { peer, bytes })
        });
        sent(&mut own, None, 64);
        assert_eq!(progress(&own, &load, true), (3, false));
        let failed = Notice::Failed(Failure {
            operation: Operation::Send,
            address: String::new(),
            cause: Cause::System { code: 22 },
        });
        own.observe(&Record::new(0, Body::Notice(&failed)));
        assert_eq!(progress(&own, &load, true), (3, true));
        // A second load like the first has its own report.
        let again = own.start(None);
        assert_eq!(progress(&own, &again, true), (0, false));
        report(&mut own, 2, 0, true);
        assert_eq!(progress(&own, &again, true), (0, true));
    }

    #[test]
    fn a_stream_is_taken_to_its_last_byte_by_each_receiver() {
        let mut own = OwnSent::default();
        sent(&mut own, Some(id(1)), 1_000);
        let load = own.start(Some(vec![id(1), id(2)]));
        report(&mut own, 1, 3, true);
        for number in [1, 2] {
            sent(&mut own, Some(id(number)), 64 * 2 + 63);
        }
        assert_eq!(progress(&own, &load, true), (2, false));
        sent(&mut own, Some(id(1)), 1);
        assert_eq!(progress(&own, &load, true), (2, false));
        sent(&mut own, Some(id(2)), 1);
        assert_eq!(progress(&own, &load, true), (3, true));
    }

    #[test]
    fn stuffed_messages_are_taken_once_all_their_bytes_are() {
        let mut own = OwnSent::default();
        let load = own.start(Some(vec![id(1)]));
        own.report(Some(Flooding {
            order: 1,
            sent: 3,
            bytes: 65 + 65 + 70,
            load: Load::default(),
            elapsed: Duration::ZERO,
            over: true,
        }));
        sent(&mut own, Some(id(1)), 65 + 65 + 69);
        assert_eq!(progress(&own, &load, true), (2, false));
        sent(&mut own, Some(id(1)), 1);
        assert_eq!(progress(&own, &load, true), (3, true));
    }

    #[test]
    fn a_connection_that_ends_with_unsent_bytes_did_not_take_them() {
        let ended = |unsent: usize| {
            let mut own = OwnSent::default();
            let load = own.start(Some(vec![id(1)]));
            report(&mut own, 1, 3, true);
            sent(&mut own, Some(id(1)), 64);
            let closed = Notice::Closed {
                peer: peer(),
                unsent,
            };
            own.observe(&Record {
                connection: Some(id(1)),
                ..Record::new(0, Body::Notice(&closed))
            });
            progress(&own, &load, false)
        };
        assert_eq!(ended(128), (1, true));
        assert_eq!(ended(0), (3, true));
    }
}
