//! The synthetic TCP sequence numbers of one connection (RFC 9293 §3.4).

use super::packet::{PacketDirection, Route, SegmentFields};
use super::{missing, segment};
use crate::capture::packets::{RecordPart, Remark};
use crate::traffic::{Micros, Record};

/// The number of segments after which the other side acknowledges: Wireshark keeps all
/// unacknowledged segments in memory.
const UNACKNOWLEDGED: u32 = 16;

/// One direction of the connection.
#[derive(Default)]
struct SequenceState {
    /// The sequence number of the next byte.
    next: u32,
    finished: bool,
    /// The number of segments since the last acknowledgement by the other side.
    unacknowledged: u32,
}

/// The two directions of a connection.
pub(super) struct CapturedConnection {
    route: Route,
    ours: SequenceState,
    theirs: SequenceState,
}

impl CapturedConnection {
    /// A connection with initial sequence numbers derived from `first`.
    pub(super) fn new(route: Route, first: u32) -> Self {
        let side = |first: u32| SequenceState {
            next: first.wrapping_add(1),
            ..SequenceState::default()
        };
        Self {
            route,
            ours: side(first),
            theirs: side(!first),
        }
    }

    /// Appends the three-way handshake; `from` is the side that connects.
    pub(super) fn shake_hands(&mut self, out: &mut Vec<u8>, time: Micros, from: PacketDirection) {
        for (direction, answers) in [(from, false), (from.other(), true)] {
            let before = |side: &SequenceState| side.next.wrapping_sub(1);
            let mut syn = self.bare(direction);
            syn.sequence = before(self.side(direction));
            syn.acknowledged = answers.then(|| self.side(from).next);
            syn.syn = true;
            segment(out, time, self.route, Remark::default(), &syn);
        }
        self.acknowledge(out, time, from);
    }

    /// Appends the segments of one read or write.
    pub(super) fn carry(
        &mut self,
        out: &mut Vec<u8>,
        record: &Record<'_>,
        bytes: &[u8],
        direction: PacketDirection,
    ) {
        let room = self.route.room(20);
        let parts = Remark::parts(record, self.route.peer, bytes, room);
        for (mut remark, part) in parts {
            if part.is_empty() {
                // Without a part number it would count as a bare acknowledgement.
                remark.part = Some(RecordPart::WHOLE);
            }
            let mut carrier = self.bare(direction);
            carrier.bytes = part;
            carrier.missing = missing(record, (bytes, part), remark, room);
            segment(out, record.time, self.route, remark, &carrier);
            self.side_mut(direction.other()).unacknowledged = 0;
            let side = self.side_mut(direction);
            let length = part.len() + carrier.missing;
            side.next = side.next.wrapping_add(length as u32);
            side.unacknowledged += 1;
            if side.unacknowledged >= UNACKNOWLEDGED {
                self.acknowledge(out, record.time, direction.other());
            }
        }
    }

    /// Ends one direction with FIN; the other side acknowledges.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>, time: Micros, direction: PacketDirection) {
        self.end(out, time, direction, Remark::default());
    }

    fn end(&mut self, out: &mut Vec<u8>, time: Micros, direction: PacketDirection, remark: Remark) {
        if self.side(direction).finished {
            return;
        }
        let mut fin = self.bare(direction);
        fin.fin = true;
        segment(out, time, self.route, remark, &fin);
        let side = self.side_mut(direction);
        side.finished = true;
        side.next = side.next.wrapping_add(1);
        self.acknowledge(out, time, direction.other());
    }

    /// Closes our direction, if it has not ended before, with this number of bytes unsent.
    pub(super) fn close(&mut self, out: &mut Vec<u8>, time: Micros, unsent: usize) {
        // The second FIN of a connection says that it is closed.
        let is_reported = self.theirs.finished && unsent == 0;
        let remark = Remark {
            closed: (!is_reported).then_some(unsent),
            ..Remark::default()
        };
        self.end(out, time, PacketDirection::Out, remark);
    }

    /// Resets the connection from one side (RST), with this number of bytes unsent.
    pub(super) fn reset(
        &mut self,
        out: &mut Vec<u8>,
        time: Micros,
        direction: PacketDirection,
        unsent: usize,
    ) {
        let mut rst = self.bare(direction);
        rst.rst = true;
        let remark = Remark {
            closed: (unsent > 0).then_some(unsent),
            ..Remark::default()
        };
        segment(out, time, self.route, remark, &rst);
    }

    /// Appends an acknowledgement of bytes of one direction that the capture lacks.
    pub(super) fn skip(
        &mut self,
        out: &mut Vec<u8>,
        time: Micros,
        direction: PacketDirection,
        missing: u64,
    ) {
        let side = self.side_mut(direction);
        side.next = side.next.wrapping_add(missing as u32);
        side.unacknowledged = 0;
        let remark = Remark {
            missing: Some(missing),
            ..Remark::default()
        };
        let bare = self.bare(direction.other());
        segment(out, time, self.route, remark, &bare);
    }

    fn acknowledge(&mut self, out: &mut Vec<u8>, time: Micros, direction: PacketDirection) {
        let bare = self.bare(direction);
        segment(out, time, self.route, Remark::default(), &bare);
        self.side_mut(direction.other()).unacknowledged = 0;
    }

    /// A segment with sequence and acknowledgement numbers, and nothing else.
    fn bare<'a>(&self, direction: PacketDirection) -> SegmentFields<'a> {
        SegmentFields {
            direction,
            sequence: self.side(direction).next,
            acknowledged: Some(self.side(direction.other()).next),
            syn: false,
            fin: false,
            rst: false,
            bytes: &[],
            missing: 0,
        }
    }

    fn side(&self, direction: PacketDirection) -> &SequenceState {
        match direction {
            PacketDirection::In => &self.theirs,
            PacketDirection::Out => &self.ours,
        }
    }

    fn side_mut(&mut self, direction: PacketDirection) -> &mut SequenceState {
        match direction {
            PacketDirection::In => &mut self.theirs,
            PacketDirection::Out => &mut self.ours,
        }
    }
}
