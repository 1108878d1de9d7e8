//! The framing layer: cuts a stream into messages by lines, lengths or delimiters.

use super::{Layer, LayerError, LayerItem};
use crate::traffic::framing::{Frame, FrameEnd, Framer, Framing};
use std::collections::VecDeque;

/// A layer that cuts received bytes into messages and sends bytes unchanged.
pub struct Messages {
    framer: Framer,
    /// The reads of the current message, with their numbers.
    reads: VecDeque<(u64, Vec<u8>)>,
    next: u64,
    out: Vec<u8>,
}

impl Messages {
    /// A layer with this framing. Silence ends no message: a layer has no clock.
    pub fn new(framing: &Framing) -> Self {
        Self {
            framer: Framer::new(framing),
            reads: VecDeque::new(),
            next: 0,
            out: Vec::new(),
        }
    }

    fn hand_up(&mut self, frame: &Frame, take: &mut dyn FnMut(LayerItem<'_>)) {
        let mut bytes = Vec::with_capacity(frame.length as usize);
        for read in &frame.reads {
            let of_read = |(number, _): &&(u64, Vec<u8>)| *number == read.row;
            if let Some((_, held)) = self.reads.iter().find(of_read) {
                let range = read.range.start as usize..read.range.end as usize;
                bytes.extend_from_slice(held.get(range).unwrap_or_default());
            }
        }
        // Cuts off the delimiter.
        bytes.truncate(frame.length as usize);
        take(LayerItem {
            bytes: &bytes,
            ends_message: Some(frame.end != FrameEnd::Unfinished),
            kind: None,
        });
    }
}

impl Layer for Messages {
    fn receive(
        &mut self,
        wire: &[u8],
        take: &mut dyn FnMut(LayerItem<'_>),
    ) -> Result<(), LayerError> {
        let mut frames = Vec::new();
        self.framer.push(self.next, 0, wire, &mut frames);
        self.reads.push_back((self.next, wire.to_vec()));
        self.next += 1;
        for frame in &frames {
            self.hand_up(frame, take);
        }
        let first = self.framer.unfinished().map(|frame| frame.first_row);
        let first = first.unwrap_or(self.next);
        self.reads.retain(|(number, _)| *number >= first);
        Ok(())
    }

    fn send(&mut self, message: &[u8]) -> Result<(), LayerError> {
        self.out.extend_from_slice(message);
        Ok(())
    }

    fn take_wire(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn close(&mut self) {}

    fn finish(&mut self, take: &mut dyn FnMut(LayerItem<'_>)) -> bool {
        if let Some(frame) = self.framer.finish() {
            self.hand_up(&frame, take);
        }
        self.reads.clear();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unfinished_message_is_handed_up_at_the_end_as_such() {
        let mut layer = Messages::new(&Framing::Lines);
        let mut items = Vec::new();
        let mut take = |item: LayerItem<'_>| items.push((item.bytes.to_vec(), item.ends_message));
        layer.receive(b"one\r\ntw", &mut take).unwrap();
        layer.receive(b"o\nthr", &mut take).unwrap();
        layer.finish(&mut take);
        let expected = [
            (b"one".to_vec(), Some(true)),
            (b"two".to_vec(), Some(true)),
            (b"thr".to_vec(), Some(false)),
        ];
        assert_eq!(items, expected);
    }

    proptest! {
        #[test]
        fn messages_are_the_same_however_the_wire_is_split(
            lines in proptest::collection::vec("[a-z]{0,9}", 0..9),
            cuts in proptest::collection::vec(1_usize..7, 1..40),
        ) {
            let mut layer = Messages::new(&Framing::Lines);
            for line in &lines {
                layer.send(format!("{line}\n").as_bytes()).unwrap();
            }
            let (wire, mut items) = (layer.take_wire(), Vec::new());
            let mut take = |item: LayerItem<'_>| items.push(String::from_utf8_lossy(item.bytes).into_owned());
            let (mut rest, mut cuts) = (wire.as_slice(), cuts.iter().cycle());
            while !rest.is_empty() {
                let length = rest.len().min(*cuts.next().unwrap());
                layer.receive(&rest[..length], &mut take).unwrap();
                rest = &rest[length..];
            }
            prop_assert_eq!(items, lines);
        }
    }
}
