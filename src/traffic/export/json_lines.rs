//! One JSON object a line, from which every record is rebuilt as it was.

use super::About;
use crate::traffic::{Body, Notice, Record};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// A line: what stands in it, in this order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line<'a> {
    /// RFC 3339 in UTC, with microseconds.
    pub time: String,
    /// `received`, `sent` or `event`.
    pub kind: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<SocketAddr>,
    /// The address it was sent to, and the number of the interface it came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<u32>,
    /// Whether `time` is when it reached the kernel.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kernel_time: bool,
    /// Whether only its beginning is there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// The payload, two digits a byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hex: Option<Cow<'a, str>>,
    /// The payload as text, where it is UTF-8; for people, reading ignores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// The notice in words; for people too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Cow<'a, str>>,
}

pub fn write(record: &Record<'_>, about: &About, out: &mut Vec<u8>) -> io::Result<()> {
    let timestamp = jiff::Timestamp::from_microsecond(record.time).unwrap_or_default();
    let mut line = Line {
        time: timestamp.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string(),
        kind: "event".into(),
        peer: record.peer(),
        to: record.arrival.destination.map(|(ip, _)| ip),
        interface: record.arrival.destination.map(|(_, interface)| interface),
        kernel_time: record.arrival.kernel_time,
        truncated: record.arrival.truncated,
        length: None,
        hex: None,
        text: None,
        notice: None,
        said: None,
    };
    match record.body {
        Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
            line.kind = match record.body {
                Body::Received { .. } => "received".into(),
                _ => "sent".into(),
            };
            line.length = Some(bytes.len());
            line.hex = Some(digits(bytes).into());
            line.text = std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        Body::Notice(notice) => {
            line.said = Some((about.describe)(notice).into());
            line.notice = Some(notice.clone());
        }
    }
    serde_json::to_writer(&mut *out, &line)?;
    out.push(b'\n');
    Ok(())
}

fn digits(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| {
        DIGITS
            .get(usize::from(nibble))
            .map_or('0', |d| char::from(*d))
    };
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
