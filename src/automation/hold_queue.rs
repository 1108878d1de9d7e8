//! The hold queue of a relay: intercepted packets that wait until a person releases them. A
//! packet is a datagram, or bytes of a stream.

use super::rules::RelayDirection;
use crate::connection_id::ConnectionId;
use crate::peer::Peer;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// The most packets and bytes in the queue.
const PACKETS: usize = 1_000;
const BYTES: usize = 16 << 20;
/// Bytes of a packet that the list shows.
const BEGIN: usize = 64;

/// One direction of one connection through the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RelayFlow {
    pub connection: usize,
    pub toward: RelayDirection,
}

/// An intercepted packet on its way from one side to the other.
#[derive(Clone, Debug)]
pub struct InterceptedPacket {
    pub flow: RelayFlow,
    pub from: Peer,
    pub to: Peer,
    /// The connection it arrived on.
    pub connection: Option<ConnectionId>,
    pub bytes: Arc<[u8]>,
    /// The rule that edited it.
    pub rule: Option<Arc<str>>,
    /// Whether a person must release it; otherwise it only waits for those before it.
    pub by_hand: bool,
}

/// All intercepted packets of a relay.
#[derive(Debug, Default)]
pub struct HoldQueue {
    all: bool,
    packets: BTreeMap<u64, InterceptedPacket>,
    /// The numbers of each flow's packets, in order, and their bytes.
    flows: HashMap<RelayFlow, (VecDeque<u64>, usize)>,
    bytes: usize,
    count: u64,
    changed: bool,
}

/// A snapshot of the hold queue for front ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldSummary {
    /// Whether everything is intercepted.
    pub all: bool,
    /// In the order of their numbers, which is the order of arrival.
    pub packets: Arc<[InterceptedEntry]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterceptedEntry {
    pub number: u64,
    pub from: Peer,
    pub to: Peer,
    pub length: usize,
    /// Its first bytes.
    pub begin: Arc<[u8]>,
    /// Whether it goes by itself once those before it have gone.
    pub is_queued: bool,
}

impl HoldQueue {
    /// Sets whether everything is intercepted from now on.
    pub fn hold_all(&mut self, all: bool) {
        self.all = all;
        self.changed = true;
    }

    pub fn holds_all(&self) -> bool {
        self.all
    }

    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// Whether another packet of `length` bytes fits.
    pub fn has_room(&self, length: usize) -> bool {
        self.packets.len() < PACKETS && self.bytes + length <= BYTES
    }

    /// Adds a packet; returns its number.
    pub fn push(&mut self, packet: InterceptedPacket) -> u64 {
        self.count += 1;
        self.changed = true;
        self.bytes += packet.bytes.len();
        let (numbers, bytes) = self.flows.entry(packet.flow).or_default();
        numbers.push_back(self.count);
        *bytes += packet.bytes.len();
        self.packets.insert(self.count, packet);
        self.count
    }

    /// Intercepted bytes of this flow; `None` if no packet of it is intercepted.
    pub fn bytes_of(&self, flow: RelayFlow) -> Option<usize> {
        if self.flows.is_empty() {
            return None;
        }
        self.flows.get(&flow).map(|(_, bytes)| *bytes)
    }

    /// Removes and returns the packet of this number, or all (`None`).
    pub fn take(&mut self, number: Option<u64>) -> Vec<(u64, InterceptedPacket)> {
        let numbers: Vec<u64> = match number {
            Some(number) => vec![number],
            None => self.packets.keys().copied().collect(),
        };
        let take = |number| Some((number, self.remove(number)?));
        numbers.into_iter().filter_map(take).collect()
    }

    /// Releases the packet of this number, or all (`None`): each goes once those before it have
    /// gone. Returns their connections.
    pub fn release(&mut self, number: Option<u64>) -> Vec<usize> {
        let mut connections = Vec::new();
        for (_, packet) in self
            .packets
            .iter_mut()
            .filter(|(known, _)| number.is_none_or(|number| number == **known))
        {
            packet.by_hand = false;
            connections.push(packet.flow.connection);
            self.changed = true;
        }
        connections.dedup();
        connections
    }

    /// Removes and returns the first packet of a flow, if no person has to release it.
    pub fn next_free(&mut self, flow: RelayFlow) -> Option<InterceptedPacket> {
        let (numbers, _) = self.flows.get(&flow)?;
        let number = *numbers.front()?;
        if self.packets.get(&number)?.by_hand {
            return None;
        }
        self.remove(number)
    }

    /// Discards the packets of a flow. Returns their bytes.
    pub fn discard(&mut self, flow: RelayFlow) -> usize {
        let bytes = self.bytes_of(flow).unwrap_or(0);
        while let Some(number) = self
            .flows
            .get(&flow)
            .and_then(|(numbers, _)| numbers.front())
        {
            self.remove(*number);
        }
        bytes
    }

    /// Whether [`holding`](Self::holding) would differ from the last call.
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// A snapshot for front ends.
    pub fn holding(&mut self) -> HoldSummary {
        self.changed = false;
        let entry = |(number, packet): (&u64, &InterceptedPacket)| InterceptedEntry {
            number: *number,
            from: packet.from,
            to: packet.to,
            length: packet.bytes.len(),
            begin: packet.bytes.iter().copied().take(BEGIN).collect(),
            is_queued: !packet.by_hand,
        };
        HoldSummary {
            all: self.all,
            packets: self.packets.iter().map(entry).collect(),
        }
    }

    fn remove(&mut self, number: u64) -> Option<InterceptedPacket> {
        let packet = self.packets.remove(&number)?;
        self.changed = true;
        self.bytes -= packet.bytes.len();
        if let Some((numbers, bytes)) = self.flows.get_mut(&packet.flow) {
            numbers.retain(|known| *known != number);
            *bytes -= packet.bytes.len();
            if numbers.is_empty() {
                self.flows.remove(&packet.flow);
            }
        }
        Some(packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: RelayFlow = RelayFlow {
        connection: 1,
        toward: RelayDirection::Target,
    };

    fn packet(text: &str, by_hand: bool) -> InterceptedPacket {
        InterceptedPacket {
            flow: FLOW,
            from: ([127, 0, 0, 1], 1).into(),
            to: ([127, 0, 0, 1], 2).into(),
            connection: None,
            bytes: text.as_bytes().into(),
            rule: None,
            by_hand,
        }
    }

    fn released(hold_queue: &mut HoldQueue) -> Vec<u8> {
        let free = std::iter::from_fn(|| hold_queue.next_free(FLOW));
        free.flat_map(|packet| packet.bytes.to_vec()).collect()
    }

    #[test]
    fn a_released_packet_waits_for_those_before_it() {
        let mut hold_queue = HoldQueue::default();
        let [one, two, _] = [("a", true), ("b", true), ("c", false)]
            .map(|(text, by_hand)| hold_queue.push(packet(text, by_hand)));
        assert_eq!(hold_queue.bytes_of(FLOW), Some(3));
        assert_eq!(hold_queue.release(Some(two)), [1]);
        assert_eq!(released(&mut hold_queue), b"");
        hold_queue.release(Some(one));
        assert_eq!(released(&mut hold_queue), b"abc");
        assert!(hold_queue.is_empty() && hold_queue.bytes_of(FLOW).is_none());
    }

    #[test]
    fn a_discarded_packet_lets_the_rest_go() {
        let mut hold_queue = HoldQueue::default();
        let one = hold_queue.push(packet("a", true));
        hold_queue.push(packet("b", false));
        assert_eq!(hold_queue.take(Some(one)).len(), 1);
        assert_eq!(released(&mut hold_queue), b"b");
        assert_eq!(hold_queue.take(Some(one)).len(), 0);
    }

    #[test]
    fn the_queue_is_bounded_and_shows_beginnings() {
        let mut hold_queue = HoldQueue::default();
        assert!(!hold_queue.has_room(BYTES + 1));
        for _ in 0..PACKETS {
            assert!(hold_queue.has_room(100));
            hold_queue.push(packet(&"x".repeat(100), true));
        }
        assert!(!hold_queue.has_room(0));
        let holding = hold_queue.holding();
        assert!(!hold_queue.has_changed());
        assert_eq!(holding.packets.len(), PACKETS);
        assert!(
            holding
                .packets
                .iter()
                .all(|entry| (entry.length, entry.begin.len()) == (100, BEGIN))
        );
        assert_eq!(hold_queue.discard(FLOW), 100 * PACKETS);
        assert!(hold_queue.is_empty());
    }
}
