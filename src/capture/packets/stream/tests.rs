//! Facts about one direction of a connection.

use super::*;
use proptest::prelude::*;

/// A segment of this sequence number and text.
fn data(sequence: u32, text: &str) -> Segment<'_> {
    Segment {
        sequence,
        bytes: text.as_bytes(),
        missing: 0,
        fin: false,
    }
}

fn fin(sequence: u32, text: &str) -> Segment<'_> {
    Segment {
        fin: true,
        ..data(sequence, text)
    }
}

/// Pushes a segment, and appends the output of the stream to `out`: `$` for a FIN, `?` for each
/// byte that was not captured.
fn take(stream: &mut CapturedStream<()>, out: &mut String, segment: &Segment<'_>) -> InsertResult {
    let added = stream.push(segment, (), 0);
    let mut part = |bytes: &[u8], missing: u32| {
        out.push_str(std::str::from_utf8(bytes).unwrap());
        out.push_str(&"?".repeat(missing as usize));
    };
    if let InsertResult::Next(from) = added {
        let (bytes, missing) = segment.rest(from);
        part(bytes, missing);
    }
    while let Some(ready) = stream.pop() {
        match ready {
            NextPart::Part(ready) => part(&ready.bytes, ready.missing),
            NextPart::Fin(()) => part(b"$", 0),
        }
    }
    added
}

/// The stream after a SYN of this sequence number, as text, and the result of each segment.
fn stream(first: u32, segments: &[Segment<'_>]) -> (String, Vec<InsertResult>) {
    let (mut stream, mut out) = (CapturedStream::opened(first, ()), String::new());
    let added = segments.iter();
    let added = added.map(|segment| take(&mut stream, &mut out, segment));
    let added = added.collect();
    assert!(!stream.waits() && stream.held() == 0);
    (out, added)
}

#[test]
fn segments_come_in_the_order_of_their_numbers_also_where_these_wrap_around() {
    for first in [0, 7, u32::MAX - 3, u32::MAX] {
        let at = |offset: u32| first.wrapping_add(1 + offset);
        let (text, added) = stream(
            first,
            &[
                data(at(0), "ab"),
                fin(at(6), "gh"),
                data(at(4), "ef"),
                data(at(2), "cd"),
            ],
        );
        assert_eq!(text, "abcdefgh$", "{first}");
        let expected = [
            InsertResult::Next(0),
            InsertResult::Later,
            InsertResult::Later,
            InsertResult::Next(0),
        ];
        assert_eq!(added, expected, "{first}");
    }
}

#[test]
fn what_comes_again_adds_nothing_and_of_an_overlap_the_first_counts() {
    let (text, added) = stream(
        0,
        &[
            data(1, "abc"),
            data(1, "abc"),
            data(2, "XXdef"),
            data(9, "ij"),
            data(9, "ij"),
            // Both sides of a part that waits, and the FIN that it had before.
            fin(8, "hXXk"),
            fin(8, "hXXk"),
            data(7, "g"),
            fin(12, ""),
        ],
    );
    assert_eq!(text, "abcdefghijk$");
    let expected = [
        InsertResult::Next(0),
        InsertResult::Nothing,
        InsertResult::Next(2),
        InsertResult::Later,
        InsertResult::Nothing,
        InsertResult::Later,
        InsertResult::Nothing,
        InsertResult::Next(0),
        InsertResult::Nothing,
    ];
    assert_eq!(added, expected);
}

#[test]
fn a_probe_is_one_byte_that_was_acknowledged() {
    let mut stream = CapturedStream::opened(0, ());
    let mut out = String::new();
    take(&mut stream, &mut out, &data(1, "abc"));
    let again = take(&mut stream, &mut out, &data(3, "c"));
    assert_eq!(again, InsertResult::Nothing);
    assert!(!stream.acknowledge(4));
    let probe = take(&mut stream, &mut out, &data(3, "\0"));
    assert_eq!((probe, out.as_str()), (InsertResult::Probe, "abc"));
}

#[test]
fn a_stream_whose_first_segment_was_a_probe_begins_behind_it() {
    let mut stream = CapturedStream::guessed(9, ());
    let mut out = String::new();
    take(&mut stream, &mut out, &data(10, "ab"));
    take(&mut stream, &mut out, &data(13, "d"));
    assert_eq!(out, "ab");
    assert_eq!(stream.give_up(), Some((1, ())));
}

#[test]
fn bytes_that_were_acknowledged_and_not_captured_are_counted() {
    let mut stream = CapturedStream::opened(0, ());
    let mut out = String::new();
    take(&mut stream, &mut out, &data(1, "ab"));
    take(&mut stream, &mut out, &data(6, "fg"));
    assert!(!stream.acknowledge(3) && stream.waits());
    assert!(stream.acknowledge(8) && stream.is_acknowledged());
    assert_eq!(stream.give_up(), Some((3, ())));
    let again = take(&mut stream, &mut out, &data(3, "cde"));
    assert_eq!((again, out.as_str()), (InsertResult::Nothing, "abfg"));
    assert_eq!(stream.unseen(false), None);
    // At the end nothing waits after them.
    assert!(!stream.acknowledge(11));
    assert_eq!(stream.unseen(true), Some((2, ())));
    assert_eq!(stream.unseen(false), None);
}

#[test]
fn what_waits_for_two_minutes_is_late() {
    let mut stream = CapturedStream::opened(0, ());
    stream.push(&data(2, "b"), (), 5);
    stream.push(&data(3, "c"), (), 5 + PATIENCE);
    assert!(!stream.is_late(5 + PATIENCE) && stream.is_late(6 + PATIENCE));
    assert_eq!(stream.give_up(), Some((1, ())));
    assert!(matches!(stream.pop(), Some(NextPart::Part(_))));
}

#[test]
fn a_segment_beyond_any_window_is_of_another_connection() {
    let mut stream = CapturedStream::opened(0, ());
    for sequence in [(1 << 30) + 2, 0x8000_0000, 0xBFFF_FFFF] {
        assert_eq!(stream.push(&data(sequence, "x"), (), 0), InsertResult::Far);
    }
    assert_eq!(
        stream.push(&data((1 << 30) + 1, "x"), (), 0),
        InsertResult::Later
    );
    assert!(!stream.acknowledge(0x8000_0000));
}

#[test]
fn a_tail_that_was_not_captured_has_its_place_in_the_stream() {
    let cut = |sequence, bytes, missing| Segment {
        missing,
        ..data(sequence, bytes)
    };
    let (text, _) = stream(
        0,
        &[
            cut(1, "ab", 2),
            cut(7, "gh", 1),
            cut(4, "XYZ", 1),
            cut(10, "j", 1),
        ],
    );
    assert_eq!(text, "ab??YZgh?j?");
}

/// A text, and the segments that a sender may make of it: each byte at least once, some several
/// times, in any order.
fn sent() -> impl Strategy<Value = (Vec<u8>, Vec<(usize, usize)>)> {
    let text = prop::collection::vec(any::<u8>(), 0..200);
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..20);
    let more = prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..20);
    let made = (text, cuts, more).prop_map(|(text, cuts, more)| {
        let place = |index: &prop::sample::Index| index.index(text.len() + 1);
        let mut cuts: Vec<usize> = cuts.iter().map(place).chain([0, text.len()]).collect();
        cuts.sort_unstable();
        let whole = cuts.windows(2).map(|pair| (pair[0], pair[1]));
        let more = more.iter().map(|(from, to)| (place(from), place(to)));
        let more = more.map(|(from, to)| (from.min(to), from.max(to)));
        let all: Vec<(usize, usize)> = whole.chain(more).filter(|(from, to)| from < to).collect();
        (text, all)
    });
    made.prop_flat_map(|(text, all)| (Just(text), Just(all).prop_shuffle()))
}

proptest! {
    #[test]
    fn any_segments_in_any_order_give_the_stream((text, segments) in sent(), first: u32, fin_at: prop::sample::Index) {
        let mut stream = CapturedStream::opened(first, ());
        let (mut out, mut finished) = (Vec::new(), 0);
        let fin = first.wrapping_add(1).wrapping_add(text.len() as u32);
        let mut segments: Vec<_> = segments
            .iter()
            .map(|(from, to)| Segment {
                sequence: first.wrapping_add(1 + *from as u32),
                bytes: &text[*from..*to],
                missing: 0,
                fin: false,
            })
            .collect();
        let end = Segment { sequence: fin, bytes: &[], missing: 0, fin: true };
        segments.insert(fin_at.index(segments.len() + 1), end);
        for segment in &segments {
            if let InsertResult::Next(from) = stream.push(segment, (), 0) {
                out.extend_from_slice(segment.rest(from).0);
            }
            while let Some(ready) = stream.pop() {
                prop_assert_eq!(finished, 0);
                match ready {
                    NextPart::Part(part) => out.extend(part.bytes),
                    NextPart::Fin(()) => finished += 1,
                }
            }
        }
        prop_assert_eq!(out, text);
        prop_assert_eq!((finished, stream.waits(), stream.held()), (1, false, 0));
    }
}
