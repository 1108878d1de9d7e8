//! The log as the well-known network assistants write it.
//!
//! ```text
//! [2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>
//! hello
//!
//! [2019-07-11 21:59:46.004]# Client 192.168.56.1:13474 gets offline.
//!
//! ```

use super::{About, stamp};
use crate::payload::reading::Reading;
use crate::payload::{hex, printable};
use crate::traffic::{Body, Notice, Record};
use jiff::tz::TimeZone;

/// The line above a payload that is shown as `reading`; for a notice, the line up to its
/// words.
///
/// ```
/// # use netpeer::{payload::reading::Reading, traffic::*};
/// let peer = "192.168.56.1:13474".parse().unwrap();
/// let body = Body::Received { peer, bytes: b"hi" };
/// let record = Record { time: 1_562_882_385_162_000, body, arrival: Arrival::default(), origin: Origin::default() };
/// assert_eq!(
///     export::classic::header(&record, Reading::of(b"hi"), &jiff::tz::TimeZone::UTC),
///     "[2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>"
/// );
/// ```
pub fn header(record: &Record<'_>, reading: Reading, zone: &TimeZone) -> String {
    let time = stamp::clock(record.time, zone);
    let shown = match reading {
        Reading::Binary => "HEX",
        Reading::Text(_) | Reading::Empty => "ASCII",
    };
    match record.body {
        Body::Received { peer, .. } => {
            let (ip, port) = (peer.ip(), peer.port());
            format!("[{time}]# RECV {shown} FROM {ip} :{port}>")
        }
        Body::Sent { peer, .. } => {
            let (ip, port) = (peer.ip(), peer.port());
            format!("[{time}]# SEND {shown} TO {ip} :{port}>")
        }
        Body::Notice(_) => format!("[{time}]# "),
    }
}

/// Finds out whether we connected to the peer, or it to us.
pub(super) fn note(connected: &mut bool, notice: &Notice) {
    match notice {
        Notice::Connecting { .. } | Notice::Connected { .. } => *connected = true,
        Notice::Listening { .. } | Notice::Joined { .. } => *connected = false,
        _ => {}
    }
}

/// The record with the empty line behind it.
pub(super) fn push(out: &mut Vec<u8>, record: &Record<'_>, connected: bool, about: &About) {
    let bytes = record.bytes();
    let reading = Reading::of(bytes);
    let mut text = header(record, reading, &about.zone);
    match record.body {
        Body::Notice(notice) => text.push_str(&said(notice, connected, about)),
        Body::Received { .. } | Body::Sent { .. } => {
            text.push('\n');
            match reading {
                Reading::Empty => {}
                Reading::Text(charset) => text.push_str(&printable::paragraph(charset, bytes)),
                Reading::Binary => text.push_str(&hex::format(bytes)),
            }
        }
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push('\n');
    out.extend_from_slice(text.as_bytes());
}

/// A client's coming and going in the words these programs have for it.
fn said(notice: &Notice, connected: bool, about: &About) -> String {
    match notice {
        notice if connected => (about.describe)(notice),
        Notice::Joined { peer } => format!("Client {peer} gets online."),
        Notice::Closed { peer, .. }
        | Notice::PeerReset { peer, .. }
        | Notice::Reset { peer, .. } => {
            format!("Client {peer} gets offline.")
        }
        notice => (about.describe)(notice),
    }
}

#[cfg(test)]
mod tests {
    use crate::traffic::export::Format;
    use crate::traffic::export::tests::{about, notice, received, sent, written};
    use crate::traffic::{Notice, Record};

    #[test]
    fn a_server_we_connected_to_is_no_client() {
        let (peer, local) = ("1.2.3.4:5".parse().unwrap(), "1.2.3.5:6".parse().unwrap());
        let connected = Notice::Connected { peer, local };
        let closed = Notice::Closed { peer, unsent: 0 };
        let text = classic(&[notice(0, &connected), notice(0, &closed)]);
        assert!(!text.contains("Client"), "{text}");
    }

    fn classic(records: &[Record<'_>]) -> String {
        String::from_utf8(written(Format::Classic, about(), records)).unwrap()
    }

    #[test]
    fn payloads_stand_below_the_line_the_assistants_write() {
        let time = 1_562_882_385_162_000;
        let peer = "192.168.56.1:13474".parse().unwrap();
        let text = classic(&[
            received(time, peer, b"hello"),
            sent(time, peer, "你好\r\n".as_bytes()),
            sent(time, peer, &[1, 2, 255]),
            received(time, peer, b""),
        ]);
        let expected = "[2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>\nhello\n\n\
             [2019-07-11 21:59:45.162]# SEND ASCII TO 192.168.56.1 :13474>\n你好\n\n\
             [2019-07-11 21:59:45.162]# SEND HEX TO 192.168.56.1 :13474>\n01 02 FF\n\n\
             [2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>\n\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn clients_come_and_go_in_the_assistants_words() {
        let peer = "192.168.56.1:13474".parse().unwrap();
        let (joined, closed) = (Notice::Joined { peer }, Notice::Closed { peer, unsent: 0 });
        let other = Notice::PeerFinished { peer };
        let text = classic(&[notice(0, &joined), notice(0, &closed), notice(0, &other)]);
        let expected = "[1970-01-01 00:00:00.000]# Client 192.168.56.1:13474 gets online.\n\n\
             [1970-01-01 00:00:00.000]# Client 192.168.56.1:13474 gets offline.\n\n\
             [1970-01-01 00:00:00.000]# PeerFinished { peer: 192.168.56.1:13474 }\n\n";
        assert_eq!(text, expected);
    }
}
