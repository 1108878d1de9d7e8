//! The connection table: serves ready and due connections in turn. Its cost depends on their
//! activity, not on their number.

use crate::automation::Schedule;
use crate::connection_id::ConnectionId;
use crate::engine::command::QueuedBytes;
use crate::engine::context::Context;
use crate::peer::Peer;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

/// Number of closed connections whose peers are kept, for late references to them.
const REMEMBERED: usize = 256;
/// Connections served per turn, so that commands are handled in between.
const SERVED: usize = 64;

/// An entry of the table: a connection, or a proxied connection with its two sides.
pub trait TableEntry {
    /// Reads and writes within a fair share.
    fn turn(&mut self, number: usize, buffer: &mut [u8], cx: &mut Context<'_>) -> Turn;
    /// When the entry needs a turn without readiness.
    fn deadline(&self, now: Instant) -> Option<Instant>;
    /// Queued bytes of each connection.
    fn unsent(&self) -> impl Iterator<Item = QueuedBytes>;
    /// Closes the entry at the end of the session and writes its last rows.
    fn close(&mut self, buffer: &mut [u8], cx: &mut Context<'_>);
}

/// The result of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing to do until the next readiness or deadline.
    Idle,
    /// More work is possible at once.
    More,
    /// The connection has ended; its last row is written.
    Over,
}

/// Connections by number and by id, with the list of those that are ready.
pub struct Table<T> {
    slots: HashMap<usize, TableSlot<T>>,
    /// The entry number and peer of each connection; both sides of a proxied connection share a
    /// number.
    by_id: HashMap<ConnectionId, (usize, Peer)>,
    /// The peers of recently closed connections and of one being dialled.
    absent: VecDeque<(ConnectionId, Peer)>,
    /// Numbers of the entries that are due for a turn.
    ready: VecDeque<usize>,
    deadlines: Schedule<usize>,
    next: usize,
    buffer: Vec<u8>,
    unsent_changed: bool,
    /// The versions of the rules and the simulated network that all entries know.
    versions: (u64, u64),
}

struct TableSlot<T> {
    entry: T,
    ids: Vec<ConnectionId>,
    /// Whether the entry is in the list of ready entries.
    listed: bool,
    /// The earliest time of the entry in `deadlines`.
    due: Option<Instant>,
    /// Number of queued bytes at the last look.
    unsent: usize,
}

impl<T: TableEntry> TableSlot<T> {
    fn count_unsent(&self) -> usize {
        self.entry.unsent().map(|queued| queued.bytes).sum()
    }
}

impl<T: TableEntry> Table<T> {
    /// An empty table. `read` is the size of the read buffer in bytes.
    pub fn new(read: usize) -> Self {
        Self {
            slots: HashMap::new(),
            by_id: HashMap::new(),
            absent: VecDeque::new(),
            ready: VecDeque::new(),
            deadlines: Schedule::default(),
            next: 0,
            buffer: vec![0; read],
            unsent_changed: false,
            versions: (0, 0),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The number of the next entry. Numbers are never reused.
    pub fn next(&self) -> usize {
        self.next
    }

    /// Adds an entry with its connections, lists it for a turn and returns its number.
    pub fn add(
        &mut self,
        sides: impl IntoIterator<Item = (ConnectionId, Peer)>,
        entry: T,
    ) -> usize {
        let number = self.next;
        self.next += 1;
        let mut ids = Vec::new();
        for (id, peer) in sides {
            self.by_id.insert(id, (number, peer));
            ids.push(id);
        }
        let slot = TableSlot {
            entry,
            ids,
            listed: false,
            due: None,
            unsent: 0,
        };
        self.slots.insert(number, slot);
        self.list(number);
        number
    }

    pub fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        self.slots.get_mut(&number).map(|slot| &mut slot.entry)
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.slots.values().map(|slot| &slot.entry)
    }

    /// All numbers in ascending order, the oldest entry first.
    pub fn numbers(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = self.slots.keys().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    /// The entry of this connection.
    pub fn at(&self, id: ConnectionId) -> Option<&T> {
        let slot = self.slots.get(&self.number(id)?);
        slot.map(|slot| &slot.entry)
    }

    /// The number of this connection's entry.
    pub fn number(&self, id: ConnectionId) -> Option<usize> {
        self.by_id.get(&id).map(|(number, _)| *number)
    }

    /// The peer of a connection that is open, was closed recently or is being dialled.
    pub fn peer_of(&self, id: ConnectionId) -> Option<Peer> {
        let open = self.by_id.get(&id).map(|(_, peer)| *peer);
        let is_it = |absent: &&(ConnectionId, Peer)| absent.0 == id;
        let absent = || self.absent.iter().find(is_it).map(|(_, peer)| *peer);
        open.or_else(absent)
    }

    /// Lists an entry for a turn.
    pub fn list(&mut self, number: usize) {
        if let Some(slot) = self.slots.get_mut(&number)
            && !std::mem::replace(&mut slot.listed, true)
        {
            self.ready.push_back(number);
        }
    }

    /// Serves the ready connections. Returns whether there is more to do at once.
    pub fn work(&mut self, cx: &mut Context<'_>) -> bool {
        let versions = (cx.responder.version(), cx.impair.version());
        if std::mem::replace(&mut self.versions, versions) != versions {
            // Each entry takes up the new rules and the new simulated network.
            self.numbers()
                .into_iter()
                .for_each(|number| self.list(number));
        }
        if self.deadlines.deadline().is_some() {
            let now = cx.now;
            while let Some(number) = self.deadlines.due(now) {
                if let Some(slot) = self.slots.get_mut(&number) {
                    slot.due = None;
                }
                self.list(number);
            }
        }
        for _ in 0..self.ready.len().min(SERVED) {
            if !cx.sink.has_room() {
                return false;
            }
            let Some(number) = self.ready.pop_front() else {
                return false;
            };
            match self.serve(number, cx) {
                Turn::Idle => {}
                Turn::More => self.list(number),
                Turn::Over => self.remove(number),
            }
        }
        !self.ready.is_empty()
    }

    fn serve(&mut self, number: usize, cx: &mut Context<'_>) -> Turn {
        let Some(slot) = self.slots.get_mut(&number) else {
            return Turn::Idle;
        };
        slot.listed = false;
        let turn = slot.entry.turn(number, &mut self.buffer, cx);
        let after = slot.count_unsent();
        let before = std::mem::replace(&mut slot.unsent, after);
        self.unsent_changed |= before != 0 || after != 0;
        if turn == Turn::Idle
            && let Some(deadline) = slot.entry.deadline(cx.now)
            && slot.due.is_none_or(|due| deadline < due)
        {
            slot.due = Some(deadline);
            self.deadlines.push(deadline, number);
        }
        turn
    }

    /// When an entry needs a turn without readiness.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadlines.deadline()
    }

    /// Queued bytes of each connection, if they may have changed since the last call.
    pub fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        if !std::mem::take(&mut self.unsent_changed) {
            return None;
        }
        let mut waiting = Vec::new();
        for slot in self.slots.values_mut() {
            // Bytes reported here were queued since the entry's last turn and may be sent in the
            // next.
            slot.unsent = slot.count_unsent();
            waiting.extend(slot.entry.unsent().filter(|queued| queued.bytes > 0));
        }
        Some(waiting)
    }

    /// Removes an entry after `end` closed it.
    pub fn end(&mut self, number: usize, end: impl FnOnce(&mut T, &mut [u8])) {
        if let Some(slot) = self.slots.get_mut(&number) {
            end(&mut slot.entry, &mut self.buffer);
            self.remove(number);
        }
    }

    /// Closes all entries in the order they were added.
    pub fn close(&mut self, cx: &mut Context<'_>) {
        for number in self.numbers() {
            if let Some(mut slot) = self.slots.remove(&number) {
                slot.entry.close(&mut self.buffer, cx);
            }
        }
        self.by_id.clear();
    }

    /// Removes an entry and drops its sockets.
    fn remove(&mut self, number: usize) {
        let Some(slot) = self.slots.remove(&number) else {
            return;
        };
        for id in slot.ids {
            if let Some((_, peer)) = self.by_id.remove(&id) {
                self.remember(id, peer);
            }
        }
        self.unsent_changed = true;
    }

    /// Remembers the peer of a connection that is closed or being dialled.
    pub fn remember(&mut self, id: ConnectionId, peer: Peer) {
        self.absent.retain(|(other, _)| *other != id);
        self.absent.push_back((id, peer));
        if self.absent.len() > REMEMBERED {
            self.absent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::context::test_context::TestContext;
    use std::cell::Cell;
    use std::net::SocketAddr;

    /// An entry that gets bytes between its turns and sends all of them in a turn.
    struct Queue {
        id: ConnectionId,
        waiting: usize,
        sums: Cell<usize>,
    }

    impl TableEntry for Queue {
        fn turn(&mut self, _: usize, _: &mut [u8], _: &mut Context<'_>) -> Turn {
            self.waiting = 0;
            Turn::Idle
        }

        fn deadline(&self, _: Instant) -> Option<Instant> {
            None
        }

        fn unsent(&self) -> impl Iterator<Item = QueuedBytes> {
            self.sums.set(self.sums.get() + 1);
            std::iter::once(QueuedBytes {
                connection: self.id,
                bytes: self.waiting,
            })
        }

        fn close(&mut self, _: &mut [u8], _: &mut Context<'_>) {}
    }

    fn add(table: &mut Table<Queue>) -> (ConnectionId, usize) {
        let id = ConnectionId::next();
        let queue = Queue {
            id,
            waiting: 0,
            sums: Cell::default(),
        };
        (id, table.add([(id, peer())], queue))
    }

    fn peer() -> Peer {
        SocketAddr::from(([127, 0, 0, 1], 9)).into()
    }

    #[test]
    fn of_those_that_are_over_the_last_are_known() {
        let mut table = Table::new(64);
        let all: Vec<_> = (0..=REMEMBERED).map(|_| add(&mut table)).collect();
        let known = |table: &Table<Queue>| {
            let known = all.iter().filter(|(id, _)| table.peer_of(*id).is_some());
            known.count()
        };
        assert_eq!(known(&table), REMEMBERED + 1);
        for (_, number) in &all {
            table.end(*number, |_, _| {});
        }
        assert_eq!(known(&table), REMEMBERED);
        assert_eq!(table.number(all[0].0), None);
        assert_eq!(table.peer_of(all[1].0), Some(peer()));
    }

    #[test]
    fn a_turn_sums_once_what_is_unsent() {
        let mut test = TestContext::new();
        let mut table = Table::new(64);
        let (_, number) = add(&mut table);
        table.work(&mut test.cx());
        table.list(number);
        table.work(&mut test.cx());
        assert_eq!(table.get_mut(number).unwrap().sums.get(), 2);
        assert_eq!(table.unsent(), None, "nothing waited");
    }

    #[test]
    fn bytes_reported_as_unsent_are_reported_as_gone() {
        let mut test = TestContext::new();
        let mut table = Table::new(64);
        let (connection, number) = add(&mut table);
        let (_, gone) = add(&mut table);
        table.work(&mut test.cx());
        table.get_mut(number).unwrap().waiting = 5;
        // The end of another entry triggers the report before its turn.
        table.end(gone, |_, _| {});
        let bytes = 5;
        assert_eq!(
            table.unsent(),
            Some(vec![QueuedBytes { connection, bytes }])
        );
        table.list(number);
        table.work(&mut test.cx());
        assert_eq!(table.unsent(), Some(Vec::new()));
        assert_eq!(table.unsent(), None);
    }
}
