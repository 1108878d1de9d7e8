//! A message of a stream as a row of its own.

use crate::connection_id::FarSide;
use crate::traffic::{Body, FrameFault, Micros, Record, RecordKind, StreamMessage};

/// A message to write, in place of the reads or writes that it came in.
pub(super) struct MessageRow {
    far: FarSide,
    kind: RecordKind,
    /// Without its delimiter and unstuffed; as it came if it is no message.
    pub(super) bytes: Vec<u8>,
    /// The row with its last byte, and the time of that.
    pub(super) row: u64,
    time: Micros,
    /// Why it is no message; `None` if it is one.
    pub(super) fault: Option<FrameFault>,
}

impl From<StreamMessage<'_>> for MessageRow {
    fn from(message: StreamMessage<'_>) -> Self {
        Self {
            far: message.far,
            kind: message.kind,
            bytes: message.bytes.to_vec(),
            row: message.row,
            time: message.time,
            fault: message.fault,
        }
    }
}

/// Why bytes are no message, as files have it.
pub(in crate::capture) fn fault_word(fault: FrameFault) -> &'static str {
    match fault {
        FrameFault::Unfinished => "unfinished",
        FrameFault::TooLong => "too long",
        FrameFault::TooShort => "too short",
        FrameFault::Garbled => "garbled",
    }
}

impl MessageRow {
    pub(super) fn record(&self) -> Record<'_> {
        let (peer, bytes) = (self.far.peer, self.bytes.as_slice());
        let body = match self.kind {
            RecordKind::Sent => Body::Sent { peer, bytes },
            _ => Body::Received { peer, bytes },
        };
        let mut record = Record::new(self.time, body);
        record.connection = self.far.connection;
        record
    }
}

#[cfg(test)]
mod tests {
    use crate::capture::writer::tests::{context, notice, received, sent};
    use crate::capture::{CaptureContext, CaptureFormat, CaptureWriter, KnownSession};
    use crate::traffic::framing::Framing;
    use crate::traffic::{Notice, Record};
    use std::net::SocketAddr;

    fn framed() -> CaptureContext {
        CaptureContext {
            is_stream: true,
            session: KnownSession {
                framing: Framing::Lines.into(),
                ..KnownSession::default()
            },
            ..context()
        }
    }

    fn peer() -> SocketAddr {
        ([1, 2, 3, 4], 5).into()
    }

    fn stream() -> [Record<'static>; 3] {
        [
            received(0, peer(), b"one\r\ntw"),
            sent(1_000, peer(), b"ask\n"),
            received(2_000_000, peer(), "o\n开".as_bytes()),
        ]
    }

    fn text(writer: CaptureWriter<Vec<u8>>) -> String {
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    fn written(format: CaptureFormat, rows: &[Record<'_>]) -> String {
        let mut writer = CaptureWriter::new(format, framed(), Vec::new()).unwrap();
        for (row, record) in rows.iter().enumerate() {
            writer.write(row as u64, record).unwrap();
            assert!(writer.has_taken());
        }
        text(writer)
    }

    #[test]
    fn each_message_is_an_entry_and_an_unfinished_one_says_so() {
        let expected = "[1970-01-01 00:00:00.000]# RECV ASCII FROM 1.2.3.4 :5>\none\n\n\
            [1970-01-01 00:00:00.001]# SEND ASCII TO 1.2.3.4 :5>\nask\n\n\
            [1970-01-01 00:00:02.000]# RECV ASCII FROM 1.2.3.4 :5>\ntwo\n\n\
            [1970-01-01 00:00:02.000]# RECV ASCII FROM 1.2.3.4 :5> (unfinished)\n开\n\n";
        assert_eq!(written(CaptureFormat::Classic, &stream()), expected);
        let table = written(CaptureFormat::Csv, &stream());
        let ends: Vec<&str> = table
            .lines()
            .map(|line| line.splitn(5, ',').nth(4).unwrap())
            .collect();
        let expected = [
            "length,encoding,text,hex,framing",
            "3,UTF-8,one,6F 6E 65,",
            "3,UTF-8,ask,61 73 6B,",
            "3,UTF-8,two,74 77 6F,",
            "3,UTF-8,开,E5 BC 80,unfinished",
        ];
        assert_eq!(ends, expected);
    }

    #[test]
    fn bytes_that_are_not_validly_stuffed_are_written_as_they_came() {
        let cobs = CaptureContext {
            session: KnownSession {
                framing: Framing::Cobs.into(),
                ..KnownSession::default()
            },
            ..framed()
        };
        let mut writer = CaptureWriter::new(CaptureFormat::Csv, cobs, Vec::new()).unwrap();
        let read = received(0, peer(), b"\x02a\0\x05b\0");
        writer.write(0, &read).unwrap();
        let table = text(writer);
        assert!(table.contains(",1,UTF-8,a,61,\n") || table.contains(",1,UTF-8,a,61,\r\n"));
        let garbled = table.lines().last().unwrap().trim_end();
        assert!(garbled.ends_with(",05 62 00,garbled"), "{garbled}");
    }

    #[test]
    fn formats_that_keep_bytes_have_reads() {
        let lines = written(CaptureFormat::JsonLines, &stream());
        assert_eq!(lines.lines().count(), 3, "{lines}");
        assert!(lines.contains("\"hex\":\"6f6e650d0a7477\""), "{lines}");
        let plain = written(CaptureFormat::HexDump, &stream());
        assert!(plain.contains("6F 6E 65 0D 0A 74 77"), "{plain}");
    }

    #[test]
    fn an_end_of_the_stream_comes_after_the_message_that_it_cuts_off() {
        let ends = Notice::PeerFinished {
            peer: peer().into(),
        };
        let rows = [received(0, peer(), b"open"), notice(1_000_000, &ends)];
        let file = written(CaptureFormat::Classic, &rows);
        let (message, event) = file.split_once("(unfinished)\nopen\n").unwrap();
        assert!(
            message.starts_with("[1970-01-01 00:00:00.000]# RECV"),
            "{file}"
        );
        assert!(event.contains("PeerFinished"), "{file}");
    }

    #[test]
    fn a_message_belongs_to_the_row_of_its_last_byte() {
        let mut writer = CaptureWriter::new(CaptureFormat::Classic, framed(), Vec::new()).unwrap();
        let [first, _, last] = stream();
        writer.write(0, &first).unwrap();
        writer.pass_over(&last);
        assert_eq!(text(writer).matches("# RECV").count(), 1);
        let mut writer = CaptureWriter::new(CaptureFormat::Classic, framed(), Vec::new()).unwrap();
        writer.pass_over(&first);
        writer.write(2, &last).unwrap();
        let ends = Notice::PeerFinished {
            peer: peer().into(),
        };
        // It ends a message whose last byte is in a row that is written.
        writer.pass_over(&notice(3, &ends));
        let file = text(writer);
        assert!(
            file.contains("\ntwo\n") && !file.contains("\none\n"),
            "{file}"
        );
        assert!(file.contains("(unfinished)\n开"), "{file}");
    }

    #[test]
    fn a_message_goes_on_in_the_next_file() {
        let new = || CaptureWriter::new(CaptureFormat::Classic, framed(), Vec::new()).unwrap();
        let (mut one, mut two) = (new(), new());
        one.write(0, &received(0, peer(), b"on")).unwrap();
        one.pass_streams(&mut two);
        two.write(1, &received(1, peer(), b"e\n")).unwrap();
        assert_eq!(text(one), "");
        assert!(text(two).ends_with(">\none\n\n"));
    }
}
