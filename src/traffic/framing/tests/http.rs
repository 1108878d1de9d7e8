//! Tests of the messages of HTTP/1.1.

use super::*;

fn http(reads: &[&[u8]]) -> Vec<(usize, FrameEnd)> {
    let frames = cut(&Framing::Http, LONGEST, reads);
    let frames = frames.iter();
    frames
        .map(|frame| (frame.length as usize, frame.end))
        .collect()
}

#[test]
fn http_messages_end_by_length_by_chunk_and_with_the_connection() {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let post = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    let chunked: &[u8] =
        b"POST / HTTP/1.1\r\ntransfer-encoding: gzip, Chunked\r\n\r\n2\r\nab\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n";
    let none = b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n";
    let reply = b"HTTP/1.1 200 OK\r\n\r\nup to the end";
    let wire = [&get[..], post, chunked, none, reply].concat();
    let whole = |length| (length, FrameEnd::Whole);
    let expected = [
        whole(get.len()),
        whole(post.len()),
        whole(chunked.len()),
        whole(none.len()),
        whole(reply.len()),
    ];
    for read in [1, 2, 3, 7, wire.len()] {
        let reads: Vec<&[u8]> = wire.chunks(read).collect();
        assert_eq!(http(&reads), expected, "{read} bytes a read");
    }
}

#[test]
fn another_stream_begins_with_a_message() {
    let mut framer = Framer::new(&Framing::Http);
    let mut frames = Vec::new();
    let (garbage, get) = (b"garbage\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n");
    for read in [&garbage[..], get] {
        framer.push(0, 0, read, &mut frames);
        frames.extend(framer.finish());
    }
    let ends: Vec<_> = frames.iter().map(|frame| frame.end).collect();
    assert_eq!(ends, [FrameEnd::Garbled, FrameEnd::Whole]);
}

#[test]
fn after_an_http_message_that_contradicts_itself_nothing_more_is_one() {
    for head in [
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "garbage\r\n\r\n",
    ] {
        let next = b"GET / HTTP/1.1\r\n\r\n";
        let found = http(&[head.as_bytes(), next]);
        let expected = [
            (head.len(), FrameEnd::Garbled),
            (next.len(), FrameEnd::Unfinished),
        ];
        assert_eq!(found, expected, "{head}");
    }
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for chunk in ["xyz\r\n", "3\r\nabcXX\n"] {
        let wire = format!("{chunked}{chunk}");
        assert_eq!(http(&[wire.as_bytes()]), [(wire.len(), FrameEnd::Garbled)]);
    }
    let endless = vec![b'x'; 200_000];
    let ends: Vec<_> = http(&[&endless]).iter().map(|(_, end)| *end).collect();
    assert_eq!(ends, [FrameEnd::TooLong, FrameEnd::Unfinished]);
}
