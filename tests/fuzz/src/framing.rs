//! Any framing of any bytes: however they are split into reads, the messages are the same, and no
//! byte is lost.

use super::input::Input;
use netpeer::config::FramingWord;
use netpeer::traffic::Micros;
use netpeer::traffic::framing::{Frame, FrameEnd, Framer, Framing, LONGEST, MessageCutter};

/// A read, and when it came.
type Read<'a> = (Micros, &'a [u8]);

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let framing = framing(&mut input);
    written(&framing);
    let size = 1 + input.below(16);
    let reads = reads(&mut input);
    // Where a read arrives in parts, no time passes between them.
    let split: Vec<Read<'_>> = reads
        .iter()
        .flat_map(|(time, bytes)| bytes.chunks(size).map(move |part| (*time, part)))
        .collect();
    assert_eq!(frames(&framing, &reads), frames(&framing, &split));
    assert_eq!(messages(&framing, &reads), messages(&framing, &split));
}

fn framing(input: &mut Input<'_>) -> Framing {
    match input.below(10) {
        0 => Framing::Lines,
        1 => {
            let length = input.below(5);
            Framing::Delimiter(input.take(length).to_vec())
        }
        2 => Framing::Fixed(input.below(40) as u32),
        3 => Framing::LengthPrefix {
            width: input.below(10) as u8,
            big_endian: input.flag(),
            offset: input.below(6) as u32,
            includes_header: input.flag(),
            adjust: match input.flag() {
                true => input.number().cast_signed(),
                false => input.below(9) as i64 - 4,
            },
        },
        4 => Framing::Varint {
            offset: input.below(6) as u32,
        },
        5 => Framing::Cobs,
        6 => Framing::Slip,
        7 => Framing::Http,
        8 => Framing::IdleGap((1 + input.below(256) as Micros) * 1_000),
        _ => Framing::mbap(),
    }
}

/// A framing that is right is read as it is written.
fn written(framing: &Framing) {
    if framing.check().is_ok() {
        let word = FramingWord(framing.clone());
        let read = word.to_string().parse::<FramingWord>();
        assert_eq!(read, Ok(word));
    }
}

/// Up to four reads, of which the last one has the rest.
fn reads<'a>(input: &mut Input<'a>) -> Vec<Read<'a>> {
    let mut time = 0;
    let mut reads = Vec::new();
    for _ in 0..input.below(4) {
        time += input.below(256) as Micros * 1_000;
        reads.push((time, input.piece()));
    }
    reads.push((time, input.rest()));
    reads
}

/// The bytes of each frame, its length without the delimiter, its end and its time.
fn frames(framing: &Framing, reads: &[Read<'_>]) -> Vec<(Vec<u8>, u32, FrameEnd, Micros)> {
    let mut framer = Framer::new(framing);
    let mut frames: Vec<Frame> = Vec::new();
    for (row, (time, bytes)) in (0..).zip(reads) {
        framer.push(row, *time, bytes, &mut frames);
    }
    frames.extend(framer.finish());
    let of_frame = |frame: Frame| {
        let mut all = Vec::new();
        for read in &frame.reads {
            let range = read.range.start as usize..read.range.end as usize;
            all.extend_from_slice(&reads[read.row as usize].1[range]);
        }
        let length = frame.length + frame.end.delimiter();
        assert!(length as usize == all.len() && length <= LONGEST);
        (all, frame.length, frame.end, frame.time)
    };
    let frames: Vec<_> = frames.into_iter().map(of_frame).collect();
    let framed: Vec<u8> = frames.iter().flat_map(|frame| frame.0.clone()).collect();
    let sent: Vec<&[u8]> = reads.iter().map(|(_, bytes)| *bytes).collect();
    assert_eq!(framed, sent.concat());
    frames
}

/// The messages, unstuffed.
fn messages(framing: &Framing, reads: &[Read<'_>]) -> Vec<(Vec<u8>, FrameEnd)> {
    let mut cutter = MessageCutter::new(framing.clone());
    let mut messages = Vec::new();
    let mut take = |bytes: &[u8], end: FrameEnd| messages.push((bytes.to_vec(), end));
    for (time, bytes) in reads {
        cutter.receive(bytes, *time, &mut take);
    }
    cutter.finish(&mut take);
    let length: usize = messages.iter().map(|(bytes, _)| bytes.len()).sum();
    let received: usize = reads.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(length <= received);
    messages
}
