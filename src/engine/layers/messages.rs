//! The framing layer: cuts a stream into messages, and stuffs those that are sent if the framing
//! says so.

use super::{Layer, LayerError, LayerItem};
use crate::traffic::Micros;
use crate::traffic::framing::{FrameEnd, Framing, MessageCutter};
use std::time::{Duration, Instant};

/// A layer that cuts received bytes into messages.
#[derive(Debug)]
pub struct Messages {
    cutter: MessageCutter,
    /// Times are counted from here.
    begin: Option<Instant>,
    last: Option<Instant>,
    out: Vec<u8>,
}

impl Messages {
    /// A layer with this framing.
    pub fn new(framing: Framing) -> Self {
        Self {
            cutter: MessageCutter::new(framing),
            begin: None,
            last: None,
            out: Vec::new(),
        }
    }

    /// The length of the incomplete message so far, in bytes.
    pub fn unfinished(&self) -> u32 {
        self.cutter.unfinished()
    }

    fn micros(&mut self, now: Instant) -> Micros {
        let begin = *self.begin.get_or_insert(now);
        let since = now.saturating_duration_since(begin).as_micros();
        Micros::try_from(since).unwrap_or(Micros::MAX)
    }
}

fn item(bytes: &[u8], end: FrameEnd) -> LayerItem<'_> {
    LayerItem {
        bytes,
        end: Some(end),
        kind: None,
    }
}

impl Layer for Messages {
    fn receive(
        &mut self,
        wire: &[u8],
        now: Instant,
        take: &mut dyn FnMut(LayerItem<'_>),
    ) -> Result<(), LayerError> {
        let time = self.micros(now);
        self.last = Some(now);
        self.cutter
            .receive(wire, time, &mut |bytes, end| take(item(bytes, end)));
        Ok(())
    }

    fn deadline(&self) -> Option<Instant> {
        let Framing::IdleGap(gap) = *self.cutter.framing() else {
            return None;
        };
        if self.cutter.unfinished() == 0 {
            return None;
        }
        let gap = Duration::from_micros(u64::try_from(gap).ok()?);
        self.last?.checked_add(gap)
    }

    fn due(&mut self, now: Instant, take: &mut dyn FnMut(LayerItem<'_>)) {
        if self.deadline().is_some_and(|due| due <= now) {
            self.finish(take);
        }
    }

    fn send(&mut self, message: &[u8]) -> Result<(), LayerError> {
        match self.cutter.framing().stuffing() {
            Some(way) => self.out.extend(way.stuff(message)),
            None => self.out.extend_from_slice(message),
        }
        Ok(())
    }

    fn take_wire(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn close(&mut self) {}

    fn finish(&mut self, take: &mut dyn FnMut(LayerItem<'_>)) -> bool {
        self.cutter.finish(&mut |bytes, end| take(item(bytes, end)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::framing::LONGEST_MESSAGE;
    use proptest::prelude::*;

    /// The messages that a layer passes on of these reads, a millisecond apart, and at the end.
    fn items(framing: Framing, reads: &[&[u8]]) -> Vec<(Vec<u8>, FrameEnd)> {
        let (mut layer, mut items, begin) = (Messages::new(framing), Vec::new(), Instant::now());
        let mut take = |item: LayerItem<'_>| items.push((item.bytes.to_vec(), item.end.unwrap()));
        for (count, read) in (0..).zip(reads) {
            let now = begin + Duration::from_millis(count);
            layer.due(now, &mut take);
            layer.receive(read, now, &mut take).unwrap();
        }
        layer.finish(&mut take);
        items
    }

    #[test]
    fn an_unfinished_message_is_handed_up_at_the_end_as_such() {
        let items = items(Framing::Lines, &[b"one\r\ntw", b"o\nthr"]);
        let expected = [
            (b"one\r\n".to_vec(), FrameEnd::Delimited(2)),
            (b"two\n".to_vec(), FrameEnd::Delimited(1)),
            (b"thr".to_vec(), FrameEnd::Unfinished),
        ];
        assert_eq!(items, expected);
    }

    #[test]
    fn a_message_ends_once_it_was_silent_for_the_gap() {
        let framing = Framing::IdleGap(1500);
        let (mut layer, begin) = (Messages::new(framing), Instant::now());
        let mut items = Vec::new();
        let mut take = |item: LayerItem<'_>| items.push((item.bytes.to_vec(), item.end.unwrap()));
        layer.receive(b"a", begin, &mut take).unwrap();
        let later = begin + Duration::from_millis(1);
        layer.receive(b"b", later, &mut take).unwrap();
        let due = layer.deadline().unwrap();
        assert_eq!(due - later, Duration::from_micros(1500));
        layer.due(due - Duration::from_micros(1), &mut take);
        layer.due(due, &mut take);
        assert_eq!(layer.deadline(), None);
        assert_eq!(items, [(b"ab".to_vec(), FrameEnd::Whole)]);
    }

    #[test]
    fn after_a_message_beyond_the_limit_the_next_one_is_found() {
        let limit = LONGEST_MESSAGE as usize;
        let prefix = Framing::LengthPrefix {
            width: 4,
            big_endian: true,
            offset: 0,
            includes_header: false,
            adjust: 0,
        };
        let framed = |framing: &Framing, length: usize| {
            let body = vec![b'x'; length];
            match framing {
                Framing::LengthPrefix { .. } => {
                    [&(length as u32).to_be_bytes()[..], &body].concat()
                }
                _ => [&body[..], b"\r\n"].concat(),
            }
        };
        for framing in [Framing::Lines, Framing::Delimiter(b"\r\n".to_vec()), prefix] {
            for length in [limit - 3, limit - 1, limit, limit + 1, 3 * limit] {
                let wire = [framed(&framing, length), framed(&framing, 2)].concat();
                // However the reads cut it.
                for read in [65_536, 100_000, limit - 1, wire.len()] {
                    let reads: Vec<&[u8]> = wire.chunks(read).collect();
                    let ends: Vec<_> = items(framing.clone(), &reads)
                        .iter()
                        .map(|(bytes, end)| (bytes.len(), *end == FrameEnd::TooLong))
                        .collect();
                    let whole = framed(&framing, length).len();
                    let first = match whole > limit {
                        true => (0, true),
                        false => (whole, false),
                    };
                    let next = (framed(&framing, 2).len(), false);
                    assert_eq!(ends, [first, next], "{framing:?} {length} by {read}");
                }
            }
        }
    }

    #[test]
    fn stuffed_messages_come_unstuffed_and_what_is_not_stuffed_is_said() {
        let mut layer = Messages::new(Framing::Cobs);
        layer.send(b"a\0b").unwrap();
        assert_eq!(layer.take_wire(), b"\x02a\x02b\0");
        let found = items(Framing::Cobs, &[b"\x02a\x02", b"b\0\0\x05a\0\x01"]);
        let expected = [
            (b"a\0b".to_vec(), FrameEnd::Whole),
            // As it came.
            (b"\x05a\0".to_vec(), FrameEnd::Garbled),
            (b"\x01".to_vec(), FrameEnd::Unfinished),
        ];
        assert_eq!(found, expected);
        let found = items(Framing::Slip, &[b"\xC0a\xDB", b"\xDC\xC0\xC0b\xC0"]);
        let expected = [
            (b"a\xC0".to_vec(), FrameEnd::Whole),
            (b"b".to_vec(), FrameEnd::Whole),
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn messages_are_the_same_however_the_wire_is_split(
            lines in proptest::collection::vec("[a-z]{0,9}", 0..9),
            cuts in proptest::collection::vec(1_usize..7, 1..40),
        ) {
            let wire: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let (mut rest, mut cuts, mut reads) = (wire.as_bytes(), cuts.iter().cycle(), Vec::new());
            while !rest.is_empty() {
                let (read, after) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
                reads.push(read);
                rest = after;
            }
            let items = items(Framing::Lines, &reads);
            let found: Vec<_> = items.iter().map(|(bytes, _)| String::from_utf8_lossy(bytes)).collect();
            let wanted: Vec<_> = lines.iter().map(|line| format!("{line}\n")).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
