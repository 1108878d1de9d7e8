//! TCP segments as the rows of a connection: its data, once and in order, and its events.

use super::stream::{CapturedStream, InsertResult, NextPart, Segment};
use super::streams::{CapturedStreams, StreamDirection};
use super::tcp_segment::TcpSegment;
use super::{DeliveryFlow, Head, PacketPath, Packets};
use crate::traffic::{Body, Notice, Record, SkipReason};
use std::ops::ControlFlow::Continue;

/// The most directions that peers have ended and that are remembered.
const REMEMBERED: usize = 256;

impl Packets<'_> {
    /// Takes a segment, of whose payload this number of bytes was not captured.
    pub(super) fn segment(
        &mut self,
        head: Head,
        tcp: &TcpSegment<'_>,
        missing: u32,
    ) -> DeliveryFlow {
        self.summary.is_stream = true;
        let carries = !tcp.payload.is_empty() || missing > 0;
        let is_empty_record = !carries && head.remark.part.is_some();
        // Many captures contain only the headers.
        if self.is_own && carries || is_empty_record {
            self.carried(head, None, tcp.payload, missing)?;
        }
        let says = match self.is_own {
            true => self.event_of_own(&head, tcp)?,
            false => self.in_order(head, tcp, missing)?,
        };
        self.summary.bare += u64::from(!carries && !is_empty_record && !says);
        Continue(())
    }

    /// Delivers the event of a segment that this program wrote: its segments are in order.
    /// Returns whether there is one.
    fn event_of_own(&mut self, head: &Head, tcp: &TcpSegment<'_>) -> DeliveryFlow<bool> {
        let notice = match (tcp.rst, tcp.syn, tcp.fin, head.remark.missing) {
            (true, ..) => Some(self.reset(head)),
            (_, true, ..) => self.opened(head.path, tcp.ack),
            (_, _, true, _) => Some(self.finished(head)),
            // The receiver of the missing bytes acknowledges them.
            (.., Some(bytes)) => Some(Notice::NotCaptured {
                peer: head.path.peer,
                inward: !head.path.inward,
                bytes,
            }),
            _ => None,
        };
        let says = notice.is_some();
        if let Some(notice) = notice {
            self.report(head, &notice)?;
        }
        Continue(says)
    }

    /// Takes a segment in the order of the sequence numbers. Returns whether it is more than an
    /// acknowledgement.
    fn in_order(&mut self, head: Head, tcp: &TcpSegment<'_>, missing: u32) -> DeliveryFlow<bool> {
        let direction = StreamDirection::of(&head.path);
        if tcp.syn && !tcp.rst && !self.begins(direction, &head, tcp)? {
            self.summary.skip(SkipReason::Retransmitted, 1);
            return Continue(true);
        }
        let number = tcp.acknowledgment_number;
        let back = direction.back();
        let lost = |stream: &mut CapturedStream<Head>| stream.acknowledge(number);
        if tcp.ack && self.streams.with(back, lost) == Some(true) {
            self.release(back, CapturedStream::is_acknowledged)?;
        }
        let segment = Segment {
            sequence: tcp.sequence_number.wrapping_add(tcp.syn.into()),
            bytes: tcp.payload,
            missing,
            fin: tcp.fin && !tcp.syn && !tcp.rst,
        };
        let carries = !segment.bytes.is_empty() || missing > 0;
        if carries || segment.fin {
            self.add(direction, &segment, head)?;
        }
        if self.streams.get(direction).is_none() {
            self.begin(direction, CapturedStream::guessed(segment.sequence, head))?;
        }
        if tcp.rst {
            self.flush(direction)?;
            self.flush(back)?;
            let again = self.streams.with(direction, CapturedStream::reset) == Some(true);
            if !again {
                let notice = self.reset(&head);
                self.report(&head, &notice)?;
            }
            return Continue(!again);
        }
        Continue(segment.fin || tcp.syn && tcp.ack)
    }

    /// Takes a SYN. Returns whether it is the first one of its connection.
    fn begins(
        &mut self,
        direction: StreamDirection,
        head: &Head,
        tcp: &TcpSegment<'_>,
    ) -> DeliveryFlow<bool> {
        let (first, answers) = (tcp.sequence_number, tcp.ack);
        let known = self.streams.get(direction);
        if known.is_some_and(|known| known.began_with(first)) {
            return Continue(false);
        }
        self.flush(direction)?;
        if !answers {
            self.flush(direction.back())?;
            self.streams.forget(direction.back());
        }
        self.begin(direction, CapturedStream::opened(first, *head))?;
        if let Some(notice) = self.opened(head.path, answers) {
            self.report(head, &notice)?;
        }
        Continue(true)
    }

    /// Adds the data and the FIN of a segment to its stream.
    fn add(
        &mut self,
        direction: StreamDirection,
        segment: &Segment<'_>,
        head: Head,
    ) -> DeliveryFlow {
        let push = |stream: &mut CapturedStream<Head>| {
            let added = stream.push(segment, head, head.time);
            (added, stream.waits())
        };
        let mut added = self.streams.with(direction, push);
        if matches!(added, None | Some((InsertResult::Far, _))) {
            self.flush(direction)?;
            self.begin(direction, CapturedStream::seen(segment.sequence, head))?;
            added = self.streams.with(direction, push);
        }
        let Some((added, waits)) = added else {
            return Continue(());
        };
        match added {
            InsertResult::Next(from) => {
                let (bytes, missing) = segment.rest(from);
                self.carried(head, None, bytes, missing)?;
            }
            InsertResult::Nothing => self.summary.skip(SkipReason::Retransmitted, 1),
            InsertResult::Probe => self.summary.bare += 1,
            InsertResult::Later | InsertResult::Far => {}
        }
        if waits {
            self.release(direction, |stream| stream.is_late(head.time))?;
        }
        Continue(())
    }

    /// Sets the stream of a direction.
    fn begin(&mut self, direction: StreamDirection, stream: CapturedStream<Head>) -> DeliveryFlow {
        if let Some(oldest) = self.streams.surplus(direction) {
            self.flush(oldest)?;
            self.streams.remove_oldest();
        }
        self.streams.set(direction, stream);
        Continue(())
    }

    /// Delivers all that waits in all streams, and forgets the streams.
    pub(super) fn end_streams(&mut self) -> DeliveryFlow {
        for direction in self.streams.directions() {
            self.flush(direction)?;
        }
        self.streams = CapturedStreams::default();
        Continue(())
    }

    /// Delivers all that waits in a stream.
    fn flush(&mut self, direction: StreamDirection) -> DeliveryFlow {
        self.release(direction, |_| true)?;
        let back = self.streams.get(direction.back());
        let has_ended = back.is_some_and(CapturedStream::is_finished);
        let unseen = |stream: &mut CapturedStream<Head>| stream.unseen(has_ended);
        if let Some((bytes, newest)) = self.streams.with(direction, unseen).flatten() {
            self.not_captured(&newest, bytes)?;
        }
        Continue(())
    }

    /// Delivers the next parts of a stream; as long as `is_lost` holds or too much waits, also the
    /// parts after bytes that were not captured.
    fn release(
        &mut self,
        direction: StreamDirection,
        is_lost: impl Fn(&CapturedStream<Head>) -> bool,
    ) -> DeliveryFlow {
        loop {
            while let Some((ready, head)) = self.streams.with(direction, next).flatten() {
                match ready {
                    NextPart::Part(part) => {
                        self.carried(head, None, &part.bytes, part.missing)?;
                    }
                    NextPart::Fin(_) => {
                        let notice = self.finished(&head);
                        self.report(&head, &notice)?;
                    }
                }
            }
            let full = self.streams.is_full();
            let skip = |stream: &mut CapturedStream<Head>| {
                let (bytes, after) = match full || is_lost(stream) {
                    true => stream.give_up()?,
                    false => return None,
                };
                let time = stream.not_before(after.time);
                Some((bytes, Head { time, ..after }))
            };
            let Some((bytes, head)) = self.streams.with(direction, skip).flatten() else {
                return Continue(());
            };
            self.not_captured(&head, bytes)?;
        }
    }

    fn not_captured(&mut self, head: &Head, bytes: u64) -> DeliveryFlow {
        let PacketPath { inward, peer, .. } = head.path;
        let notice = Notice::NotCaptured {
            peer,
            inward,
            bytes,
        };
        self.report(head, &notice)
    }

    fn report(&mut self, head: &Head, notice: &Notice) -> DeliveryFlow {
        self.finish()?;
        self.summary.records += 1;
        let record = Record::new(head.time, Body::Notice(notice));
        (self.each)(record, Some(head.path.carrier)).map_break(Ok)
    }

    /// The notice of a SYN: one that `answers` shows that the connection is established, and
    /// which side opened it.
    fn opened(&mut self, path: PacketPath, answers: bool) -> Option<Notice> {
        self.is_to_close(path);
        let (peer, local) = (path.peer, path.carrier.local);
        answers.then_some(match path.inward {
            true => Notice::Connected { peer, local },
            false => Notice::Joined { peer },
        })
    }

    /// The notice of an RST.
    fn reset(&mut self, head: &Head) -> Notice {
        self.is_to_close(head.path);
        let (peer, unsent) = (head.path.peer, head.remark.closed.unwrap_or(0));
        match head.path.inward {
            true => Notice::PeerReset { peer, unsent },
            false => Notice::Reset { peer, unsent },
        }
    }

    /// The notice of a FIN.
    fn finished(&mut self, head: &Head) -> Notice {
        let (path, peer) = (head.path, head.path.peer);
        if !path.inward {
            let closes = self.is_to_close(path);
            return match head.remark.closed.or(closes.then_some(0)) {
                Some(unsent) => Notice::Closed { peer, unsent },
                None => Notice::WriteClosed { peer },
            };
        }
        let direction = StreamDirection::of(&path);
        if !self.closing.contains(&direction) {
            self.closing.truncate(REMEMBERED - 1);
            self.closing.insert(0, direction);
        }
        Notice::PeerFinished { peer }
    }

    /// Whether the peer has ended its direction, returned once.
    fn is_to_close(&mut self, path: PacketPath) -> bool {
        let direction = match path.inward {
            true => StreamDirection::of(&path),
            false => StreamDirection::of(&path).back(),
        };
        let known = self.closing.iter().position(|known| *known == direction);
        known.map(|at| self.closing.swap_remove(at)).is_some()
    }
}

/// Removes the next part of a stream; its time is when all bytes before it were there.
fn next(stream: &mut CapturedStream<Head>) -> Option<(NextPart<Head>, Head)> {
    let ready = stream.pop()?;
    let head = match &ready {
        NextPart::Part(part) => part.tag,
        NextPart::Fin(head) => *head,
    };
    let time = stream.not_before(head.time);
    Some((ready, Head { time, ..head }))
}
