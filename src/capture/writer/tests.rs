//! Shared helpers for the tests of all formats.

use super::{CaptureContext, CaptureWriter};
use crate::capture::{CaptureFormat, KnownSession};
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Body, Micros, Notice, Record, Upstreams};
use jiff::tz::TimeZone;
use std::net::SocketAddr;
use std::sync::Arc;

pub(in crate::capture) fn context() -> CaptureContext {
    CaptureContext {
        local: None,
        is_stream: false,
        upstreams: Upstreams::default(),
        zone: TimeZone::UTC,
        describe: Arc::new(|notice| format!("{notice:?}")),
        reader: StreamTextReader::default(),
        fields: None,
        session: KnownSession::default(),
        before: 0,
    }
}

pub(in crate::capture) fn received(time: Micros, peer: SocketAddr, bytes: &[u8]) -> Record<'_> {
    let peer = peer.into();
    Record::new(time, Body::Received { peer, bytes })
}

pub(in crate::capture) fn sent(time: Micros, peer: SocketAddr, bytes: &[u8]) -> Record<'_> {
    let peer = peer.into();
    Record::new(time, Body::Sent { peer, bytes })
}

pub(in crate::capture) fn notice(time: Micros, notice: &Notice) -> Record<'_> {
    Record::new(time, Body::Notice(notice))
}

/// The file that these records become.
pub(in crate::capture) fn written(
    format: CaptureFormat,
    context: CaptureContext,
    records: &[Record<'_>],
) -> Vec<u8> {
    let mut writer = CaptureWriter::new(format, context, Vec::new()).unwrap();
    for (row, record) in records.iter().enumerate() {
        writer.write(row as u64, record).unwrap();
    }
    let length = writer.written();
    let bytes = writer.finish().unwrap();
    assert_eq!(bytes.len() as u64, length);
    bytes
}

#[test]
fn an_output_that_fails_says_so() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let kind = |error: std::io::Error| error.kind();
    let full = Some(std::io::ErrorKind::StorageFull);
    assert_eq!(
        CaptureWriter::new(CaptureFormat::Csv, context(), Full)
            .err()
            .map(kind),
        full
    );
    let mut writer = CaptureWriter::new(CaptureFormat::HexDump, context(), Full).unwrap();
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    writer.write(0, &sent(0, peer, b"a")).unwrap();
    assert_eq!(writer.finish().err().map(kind), full);
}

#[test]
fn what_is_gathered_does_not_grow() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    for format in CaptureFormat::written() {
        let mut writer = CaptureWriter::new(format, context(), std::io::sink()).unwrap();
        for row in 0..2_000 {
            writer.write(row, &sent(0, peer, &[7; 600])).unwrap();
        }
        assert!(writer.written() > 1_000_000);
        assert!(
            writer.buffer.capacity() <= 4 * super::GATHERED,
            "{format:?}"
        );
    }
}

#[test]
fn a_stream_reads_as_one_from_the_first_notice_that_names_it() {
    let (peer, local) = (
        "127.0.0.1:1".parse().unwrap(),
        "127.0.0.1:2".parse().unwrap(),
    );
    let reported = [
        Notice::Listening { local },
        Notice::Joined { peer },
        Notice::Connected { peer, local },
    ];
    for reported in &reported {
        let records = [
            notice(0, reported),
            received(1, peer.address().unwrap(), b"ok\xE6\xB8"),
            received(2, peer.address().unwrap(), b"\xA9!"),
        ];
        // A recording begins before its session is known to use TCP.
        for (format, expected) in [
            (
                CaptureFormat::JsonLines,
                ["\"text\":\"ok\"", "\"text\":\"温!\""],
            ),
            (CaptureFormat::Csv, ["UTF-8,ok E6 B8 →,", "UTF-8,温!,"]),
            (CaptureFormat::Classic, [">\nok E6 B8 →\n", ">\n温!\n"]),
        ] {
            let text = String::from_utf8(written(format, context(), &records)).unwrap();
            for words in expected {
                assert!(text.contains(words), "{format:?}: {words}\n{text}");
            }
        }
    }
}

#[test]
fn what_is_left_out_is_still_read() {
    let (peer, local) = (
        "127.0.0.1:1".parse().unwrap(),
        "127.0.0.1:2".parse().unwrap(),
    );
    let reported = Notice::Connected { peer, local };
    let mut writer = CaptureWriter::new(CaptureFormat::JsonLines, context(), Vec::new()).unwrap();
    writer.pass_over(&notice(0, &reported));
    writer.pass_over(&received(1, peer.address().unwrap(), b"ok\xE6\xB8"));
    writer
        .write(2, &received(2, peer.address().unwrap(), b"\xA9!"))
        .unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert!(text.contains("\"text\":\"温!\""), "{text}");
}
