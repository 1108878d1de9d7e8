//! Tests of framing.

mod http;
mod index;
mod sentences;

use super::*;
use proptest::prelude::*;

fn prefix(width: u8, big_endian: bool, offset: u32, includes_header: bool) -> Framing {
    Framing::LengthPrefix {
        width,
        big_endian,
        offset,
        includes_header,
        adjust: 0,
    }
}

/// The frames of these reads, and finally the incomplete one; a frame has at most `limit` bytes.
fn cut(framing: &Framing, limit: u32, reads: &[&[u8]]) -> Vec<Frame> {
    let mut framer = Framer::with_limit(framing, limit);
    let mut frames = Vec::new();
    for (row, read) in reads.iter().enumerate() {
        framer.push(row as u64, row as i64, read, &mut frames);
    }
    frames.extend(framer.finish());
    frames
}

/// All bytes of a frame.
fn bytes(frame: &Frame, reads: &[&[u8]]) -> Vec<u8> {
    let of = |read: &Read| {
        let range = read.range.start as usize..read.range.end as usize;
        reads[read.row as usize][range].to_vec()
    };
    frame.reads.iter().flat_map(of).collect()
}

/// The content and the end of each frame.
fn framed(framing: &Framing, limit: u32, reads: &[&[u8]]) -> Vec<(String, FrameEnd)> {
    let frames = cut(framing, limit, reads);
    let framed = |frame: &Frame| {
        let all = bytes(frame, reads);
        assert_eq!(all.len() as u32, frame.length + frame.end.delimiter());
        let content = &all[..frame.length as usize];
        (String::from_utf8_lossy(content).into_owned(), frame.end)
    };
    frames.iter().map(framed).collect()
}

fn ends(framing: &Framing, reads: &[&[u8]]) -> Vec<(String, FrameEnd)> {
    framed(framing, 20, reads)
}

fn is(content: &str, end: FrameEnd) -> (String, FrameEnd) {
    (content.to_owned(), end)
}

#[test]
fn lines_end_with_either_sign() {
    let reads: [&[u8]; 4] = [b"one\r", b"\ntwo\n\n", b"\r\nth\rr", b"ee"];
    let expected = [
        is("one", FrameEnd::Delimited(2)),
        is("two", FrameEnd::Delimited(1)),
        is("", FrameEnd::Delimited(1)),
        is("", FrameEnd::Delimited(2)),
        is("th\rree", FrameEnd::Unfinished),
    ];
    assert_eq!(ends(&Framing::Lines, &reads), expected);
}

#[test]
fn a_frame_says_when_it_began_and_in_which_rows_it_stands() {
    let frames = cut(&Framing::Lines, 20, &[b"a\nb", b"", b"c", b"d\n"]);
    let expected = Frame {
        time: 0,
        first_row: 0,
        last_row: 3,
        reads: [(0, 2..3), (2, 0..1), (3, 0..2)]
            .map(|(row, range)| Read { row, range })
            .to_vec(),
        length: 3,
        end: FrameEnd::Delimited(1),
    };
    assert_eq!(frames.last(), Some(&expected));
}

#[test]
fn a_delimiter_is_found_across_reads() {
    let framing = Framing::Delimiter(b"ab--".to_vec());
    let reads: [&[u8]; 5] = [b"xaba", b"b", b"-", b"-yab-", b"ab--"];
    let expected = [
        is("xab", FrameEnd::Delimited(4)),
        is("yab-", FrameEnd::Delimited(4)),
    ];
    assert_eq!(ends(&framing, &reads), expected);
}

#[test]
fn fixed_lengths_and_what_is_left() {
    let expected = [
        is("abc", FrameEnd::Whole),
        is("def", FrameEnd::Whole),
        is("g", FrameEnd::Unfinished),
    ];
    assert_eq!(ends(&Framing::Fixed(3), &[b"ab", b"cdefg"]), expected);
}

#[test]
fn lengths_of_every_form_are_read() {
    let reads: [&[u8]; 3] = [b"\0", b"\x02hi\0", b"\0\0\x01!"];
    let expected = [
        is("\0\x02hi", FrameEnd::Whole),
        is("\0\0", FrameEnd::Whole),
        is("\0\x01!", FrameEnd::Whole),
    ];
    assert_eq!(ends(&prefix(2, true, 0, false), &reads), expected);
    let expected = [is("T\x04\0\0\0body", FrameEnd::Whole)];
    assert_eq!(
        ends(&prefix(4, false, 1, false), &[b"T\x04\0\0\0body"]),
        expected
    );
    let expected = [
        is("T\x05abc", FrameEnd::Whole),
        is("T\x02", FrameEnd::Whole),
    ];
    assert_eq!(
        ends(&prefix(1, true, 1, true), &[b"T\x05abcT\x02"]),
        expected
    );
    let expected = [is("\x01\0\0\0\0\0\0\0x", FrameEnd::Whole)];
    assert_eq!(
        ends(&prefix(8, false, 0, false), &[b"\x01\0\0\0\0\0\0\0x"]),
        expected
    );
}

#[test]
fn an_impossible_length_is_cut_after_its_header() {
    let expected = [
        is("\u{7F}", FrameEnd::TooLong),
        is("\x01a", FrameEnd::Whole),
    ];
    assert_eq!(ends(&prefix(1, true, 0, false), &[b"\x7F\x01a"]), expected);
    let expected = [
        is("T\x01", FrameEnd::TooShort),
        is("T\x03a", FrameEnd::Whole),
    ];
    assert_eq!(ends(&prefix(1, true, 1, true), &[b"T\x01T\x03a"]), expected);
    let most = [0xFF; 8];
    let frames = cut(&prefix(8, true, 3, false), LONGEST, &[b"abc", &most, b"x"]);
    assert_eq!(frames[0].end, FrameEnd::TooLong);
    assert_eq!((frames[0].length, frames[1].length), (11, 1));
}

#[test]
fn what_has_no_end_is_cut_at_the_longest() {
    let reads: [&[u8]; 2] = [b"abcdef", b"gh\r\n"];
    let expected = [
        is("abcd", FrameEnd::TooLong),
        is("efgh", FrameEnd::TooLong),
        is("\r\n", FrameEnd::TooLong),
    ];
    assert_eq!(framed(&Framing::Lines, 4, &reads), expected);
    let expected = [
        is("abc", FrameEnd::TooLong),
        is("def", FrameEnd::TooLong),
        is("\r\n", FrameEnd::TooLong),
    ];
    assert_eq!(framed(&Framing::Lines, 3, &[b"abcdef\r\n"]), expected);
    let mut framer = Framer::new(&Framing::Lines);
    let mut frames = Vec::new();
    let read = vec![b'x'; 1 << 20];
    for row in 0..17 {
        framer.push(row, 0, &read, &mut frames);
    }
    assert_eq!((frames.len(), frames[0].length), (1, LONGEST));
    assert_eq!(framer.unfinished().map(|frame| frame.length), Some(1 << 20));
}

#[test]
fn silence_ends_a_frame() {
    let mut framer = Framer::new(&Framing::IdleGap(10));
    let mut frames = Vec::new();
    for (row, time) in [0, 9, 15, 25, 20].into_iter().enumerate() {
        framer.push(row as u64, time, b"ab", &mut frames);
    }
    frames.extend(framer.finish());
    let framed = frames
        .iter()
        .map(|frame| (frame.time, frame.length, frame.end));
    assert_eq!(
        framed.collect::<Vec<_>>(),
        [(0, 6, FrameEnd::Whole), (25, 4, FrameEnd::Whole)]
    );
}

#[test]
fn unusable_controls_say_why() {
    for (framing, mistake) in [
        (Framing::Delimiter(vec![]), FramingMistake::EmptyDelimiter),
        (
            Framing::Delimiter(vec![0; 257]),
            FramingMistake::LongDelimiter(256),
        ),
        (Framing::Fixed(0), FramingMistake::ZeroLength),
        (
            Framing::Fixed(LONGEST_MESSAGE + 1),
            FramingMistake::TooLong(LONGEST_MESSAGE),
        ),
        (
            Framing::Varint {
                offset: LONGEST_MESSAGE,
            },
            FramingMistake::TooLong(LONGEST_MESSAGE),
        ),
        (prefix(3, true, 0, false), FramingMistake::Width(3)),
        (
            prefix(8, true, u32::MAX, false),
            FramingMistake::TooLong(LONGEST_MESSAGE),
        ),
        (Framing::IdleGap(0), FramingMistake::NoGap),
    ] {
        assert_eq!(framing.check(), Err(mistake));
        assert_eq!(framing.check_in(false), Err(mistake));
    }
    let mistake = Err(FramingMistake::GapInDatagrams);
    assert_eq!(Framing::IdleGap(1).check_in(true), mistake);
    for framing in [
        Framing::Lines,
        Framing::Delimiter(vec![0]),
        Framing::Fixed(LONGEST_MESSAGE),
        prefix(4, true, 4, true),
        Framing::Nmea,
        Framing::At,
        Framing::IdleGap(1),
    ] {
        assert_eq!(framing.check(), Ok(()));
        let text = ron::to_string(&framing).unwrap();
        assert_eq!(ron::from_str(&text), Ok(framing));
    }
}

fn framings() -> impl Strategy<Value = Framing> {
    prop_oneof![
        Just(Framing::Lines),
        prop::collection::vec(0_u8..3, 0..4).prop_map(Framing::Delimiter),
        (0_u32..9).prop_map(Framing::Fixed),
        (0_u8..10, any::<bool>(), 0_u32..4, any::<bool>())
            .prop_map(|(width, big, offset, whole)| prefix(width, big, offset, whole)),
        (0_u32..4).prop_map(|offset| Framing::Varint { offset }),
        Just(Framing::Cobs),
        Just(Framing::Slip),
        Just(Framing::Http),
        Just(Framing::Nmea),
        Just(Framing::At),
    ]
}

/// Streams of few distinct bytes, so that delimiters and lengths occur.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![0_u8..4, Just(b'\r'), Just(b'\n'), Just(0xC0), Just(0x80)];
    let http = prop::sample::select(vec![
        "POST / HTTP/1.1\r\n",
        "HTTP/1.1 200 OK\r\n",
        "Content-Length: 7\r\n",
        "Transfer-Encoding: chunked\r\n",
        "\r\n",
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "0123456",
    ]);
    let http = prop::collection::vec(http, 0..9).prop_map(|parts| parts.concat().into_bytes());
    let sign = prop::sample::select(b"$!> a\r\n\x1a\x1b".to_vec());
    let signs = prop::collection::vec(sign, 0..120);
    prop_oneof![prop::collection::vec(byte, 0..120), http, signs]
}

fn split<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let (mut rest, mut reads) = (bytes, Vec::new());
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (head, tail) = rest.split_at((*cut).min(rest.len()));
        reads.push(head);
        rest = tail;
    }
    reads
}

proptest! {
    #[test]
    fn any_split_gives_the_same_frames_and_no_byte_is_lost(
        framing in framings(),
        stream in stream(),
        cuts in prop::collection::vec(1_usize..7, 1..20),
        limit in prop_oneof![1_u32..12, Just(LONGEST)],
    ) {
        let reads = split(&stream, &cuts);
        let frames = cut(&framing, limit, &reads);
        let all: Vec<u8> = frames.iter().flat_map(|frame| bytes(frame, &reads)).collect();
        // Between the lines of a modem stand their ends.
        let kept = |bytes: &[u8]| {
            let is_kept = |byte: &u8| framing != Framing::At || !b"\r\n".contains(byte);
            bytes.iter().copied().filter(is_kept).collect::<Vec<u8>>()
        };
        prop_assert_eq!(kept(&all), kept(&stream));
        prop_assert_eq!(framed(&framing, limit, &reads), framed(&framing, limit, &[&stream]));
        for frame in &frames {
            prop_assert!(frame.length + frame.end.delimiter() <= limit.max(1));
            prop_assert_eq!(frame.first_row, frame.reads[0].row);
            prop_assert_eq!(Some(frame.last_row), frame.reads.last().map(|read| read.row));
        }
    }

    #[test]
    fn lines_are_those_of_the_text(text in "[ab\r\n]{0,60}", cuts in prop::collection::vec(1_usize..7, 1..20)) {
        let reads = split(text.as_bytes(), &cuts);
        let lines: Vec<String> = framed(&Framing::Lines, LONGEST, &reads)
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        let expected: Vec<&str> = text
            .split_inclusive('\n')
            .map(|line| line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line)))
            .collect();
        prop_assert_eq!(lines, expected);
    }
}

#[test]
fn lengths_of_seven_bits_a_byte_and_corrected_ones_are_read() {
    let long = [&[0xAC, 0x02][..], &[b'x'; 300], &[0]].concat();
    let reads: Vec<&[u8]> = long.chunks(1).collect();
    let found = framed(&Framing::Varint { offset: 0 }, 1000, &reads);
    let lengths: Vec<_> = found
        .iter()
        .map(|(text, end)| (text.chars().count(), *end))
        .collect();
    assert_eq!(lengths, [(302, FrameEnd::Whole), (1, FrameEnd::Whole)]);
    let endless = [0xFF; 10];
    assert_eq!(
        framed(&Framing::Varint { offset: 0 }, 1000, &[&endless])[0].1,
        FrameEnd::Garbled
    );
    // As MQTT: a byte stands before the length.
    let packets = b"\x40\x00\x30\x03abc\x20";
    let found = ends(&Framing::Varint { offset: 1 }, &[packets]);
    let whole = FrameEnd::Whole;
    let expected = [
        is("@\0", whole),
        is("0\x03abc", whole),
        is(" ", FrameEnd::Unfinished),
    ];
    assert_eq!(found, expected);
    // The length counts everything but itself and a checksum of two bytes.
    let corrected = Framing::LengthPrefix {
        width: 1,
        big_endian: true,
        offset: 0,
        includes_header: false,
        adjust: 2,
    };
    let found = ends(&corrected, &[b"\x01aCC\x00CC"]);
    assert_eq!(
        found,
        [is("\x01aCC", FrameEnd::Whole), is("\0CC", FrameEnd::Whole)]
    );
}
