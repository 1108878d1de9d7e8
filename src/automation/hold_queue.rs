//! What a relay keeps until a person lets it go.

use super::rules::Toward;
use crate::connection_id::ConnectionId;
use crate::peer::Peer;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// Pieces and bytes kept at most.
const PIECES: usize = 1_000;
const BYTES: usize = 16 << 20;
/// Bytes of a piece that a person sees in the list.
const BEGIN: usize = 64;

/// One direction of one connection through the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    pub connection: usize,
    pub toward: Toward,
}

/// Something on its way from one side to the other.
#[derive(Clone, Debug)]
pub struct Piece {
    pub flow: Flow,
    pub from: Peer,
    pub to: Peer,
    /// The connection it came by.
    pub connection: Option<ConnectionId>,
    pub bytes: Arc<[u8]>,
    /// The rule that edited it.
    pub rule: Option<Arc<str>>,
    /// Whether a person must release it; otherwise it only waits for those before it.
    pub by_hand: bool,
}

/// All that is kept.
#[derive(Debug, Default)]
pub struct HoldQueue {
    all: bool,
    pieces: BTreeMap<u64, Piece>,
    /// The numbers of each flow's pieces, in order, and their bytes.
    flows: HashMap<Flow, (VecDeque<u64>, usize)>,
    bytes: usize,
    count: u64,
    changed: bool,
}

/// What is kept, to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Whether everything is.
    pub all: bool,
    /// By number, and so in the order they came.
    pub pieces: Arc<[Held]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub number: u64,
    pub from: Peer,
    pub to: Peer,
    pub length: usize,
    /// Its first bytes.
    pub begin: Arc<[u8]>,
    /// It goes by itself once those before it have gone.
    pub behind: bool,
}

impl HoldQueue {
    /// Whether everything is to be kept from now on.
    pub fn hold_all(&mut self, all: bool) {
        self.all = all;
        self.changed = true;
    }

    pub fn holds_all(&self) -> bool {
        self.all
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether another piece of this length may be kept.
    pub fn has_room(&self, length: usize) -> bool {
        self.pieces.len() < PIECES && self.bytes + length <= BYTES
    }

    /// Keeps it; says under which number.
    pub fn keep(&mut self, piece: Piece) -> u64 {
        self.count += 1;
        self.changed = true;
        self.bytes += piece.bytes.len();
        let (numbers, bytes) = self.flows.entry(piece.flow).or_default();
        numbers.push_back(self.count);
        *bytes += piece.bytes.len();
        self.pieces.insert(self.count, piece);
        self.count
    }

    /// Bytes of this flow that are kept; `None` if no piece is.
    pub fn kept(&self, flow: Flow) -> Option<usize> {
        if self.flows.is_empty() {
            return None;
        }
        self.flows.get(&flow).map(|(_, bytes)| *bytes)
    }

    /// Takes out the piece of this number, or all.
    pub fn take(&mut self, number: Option<u64>) -> Vec<(u64, Piece)> {
        let numbers: Vec<u64> = match number {
            Some(number) => vec![number],
            None => self.pieces.keys().copied().collect(),
        };
        let take = |number| Some((number, self.remove(number)?));
        numbers.into_iter().filter_map(take).collect()
    }

    /// The piece of this number, or all, may go once those before it have gone; says of
    /// which connections they are.
    pub fn release(&mut self, number: Option<u64>) -> Vec<usize> {
        let mut connections = Vec::new();
        for (_, piece) in self
            .pieces
            .iter_mut()
            .filter(|(known, _)| number.is_none_or(|number| number == **known))
        {
            piece.by_hand = false;
            connections.push(piece.flow.connection);
            self.changed = true;
        }
        connections.dedup();
        connections
    }

    /// Takes out the first piece of a flow if nobody need release it.
    pub fn next_free(&mut self, flow: Flow) -> Option<Piece> {
        let (numbers, _) = self.flows.get(&flow)?;
        let number = *numbers.front()?;
        if self.pieces.get(&number)?.by_hand {
            return None;
        }
        self.remove(number)
    }

    /// A connection is over: what was kept of it goes nowhere. Says how many bytes of it
    /// were to go to the target and to the client.
    pub fn forget(&mut self, connection: usize) -> (usize, usize) {
        let mut forget = |toward| {
            let flow = Flow { connection, toward };
            let kept = self.kept(flow).unwrap_or(0);
            while let Some(number) = self
                .flows
                .get(&flow)
                .and_then(|(numbers, _)| numbers.front())
            {
                self.remove(*number);
            }
            kept
        };
        (forget(Toward::Target), forget(Toward::Client))
    }

    /// Whether what is to be shown changed since it was last asked for.
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// What is kept, to be shown.
    pub fn holding(&mut self) -> Holding {
        self.changed = false;
        let held = |(number, piece): (&u64, &Piece)| Held {
            number: *number,
            from: piece.from,
            to: piece.to,
            length: piece.bytes.len(),
            begin: piece.bytes.iter().copied().take(BEGIN).collect(),
            behind: !piece.by_hand,
        };
        Holding {
            all: self.all,
            pieces: self.pieces.iter().map(held).collect(),
        }
    }

    fn remove(&mut self, number: u64) -> Option<Piece> {
        let piece = self.pieces.remove(&number)?;
        self.changed = true;
        self.bytes -= piece.bytes.len();
        if let Some((numbers, bytes)) = self.flows.get_mut(&piece.flow) {
            numbers.retain(|known| *known != number);
            *bytes -= piece.bytes.len();
            if numbers.is_empty() {
                self.flows.remove(&piece.flow);
            }
        }
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: Flow = Flow {
        connection: 1,
        toward: Toward::Target,
    };

    fn piece(text: &str, by_hand: bool) -> Piece {
        Piece {
            flow: FLOW,
            from: ([127, 0, 0, 1], 1).into(),
            to: ([127, 0, 0, 1], 2).into(),
            connection: None,
            bytes: text.as_bytes().into(),
            rule: None,
            by_hand,
        }
    }

    fn gone(hold_queue: &mut HoldQueue) -> Vec<u8> {
        let free = std::iter::from_fn(|| hold_queue.next_free(FLOW));
        free.flat_map(|piece| piece.bytes.to_vec()).collect()
    }

    #[test]
    fn what_is_released_waits_for_what_stands_before_it() {
        let mut hold_queue = HoldQueue::default();
        let [one, two, _] = [("a", true), ("b", true), ("c", false)]
            .map(|(text, by_hand)| hold_queue.keep(piece(text, by_hand)));
        assert_eq!(hold_queue.kept(FLOW), Some(3));
        assert_eq!(hold_queue.release(Some(two)), [1]);
        assert_eq!(gone(&mut hold_queue), b"");
        hold_queue.release(Some(one));
        assert_eq!(gone(&mut hold_queue), b"abc");
        assert!(hold_queue.is_empty() && hold_queue.kept(FLOW).is_none());
    }

    #[test]
    fn what_is_discarded_lets_the_rest_go() {
        let mut hold_queue = HoldQueue::default();
        let one = hold_queue.keep(piece("a", true));
        hold_queue.keep(piece("b", false));
        assert_eq!(hold_queue.take(Some(one)).len(), 1);
        assert_eq!(gone(&mut hold_queue), b"b");
        assert_eq!(hold_queue.take(Some(one)).len(), 0);
    }

    #[test]
    fn what_is_kept_is_bounded_and_shown_by_its_beginning() {
        let mut hold_queue = HoldQueue::default();
        assert!(!hold_queue.has_room(BYTES + 1));
        for _ in 0..PIECES {
            assert!(hold_queue.has_room(100));
            hold_queue.keep(piece(&"x".repeat(100), true));
        }
        assert!(!hold_queue.has_room(0));
        let holding = hold_queue.holding();
        assert!(!hold_queue.has_changed());
        assert_eq!(holding.pieces.len(), PIECES);
        assert!(
            holding
                .pieces
                .iter()
                .all(|held| (held.length, held.begin.len()) == (100, BEGIN))
        );
        assert_eq!(hold_queue.forget(1), (100 * PIECES, 0));
        assert!(hold_queue.is_empty());
    }
}
