//! Reads our own JSON lines: the inverse of the writer.

use crate::capture::format::entry::FormatReader;
use crate::capture::import_error::{ImportError, ImportPosition, ImportProblem, Json};
use crate::capture::import_source::ImportSource;
use crate::capture::import_summary::{ImportSummary, REASONS};
use crate::capture::{CaptureFormat, Carrier};
use crate::connection_id::ConnectionId;
use crate::peer::Peer;
use crate::traffic::{Arrival, Body, Notice, Record, RecordOrigin, SkipReason};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::fmt::temporal::Pieces;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::ops::ControlFlow;

/// The fields of a line; unknown fields are ignored.
#[derive(Deserialize)]
struct JsonLine<'a> {
    #[serde(borrow)]
    time: Option<JsonTime<'a>>,
    #[serde(borrow)]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    peer: Option<Text<'a>>,
    to: Option<IpAddr>,
    #[serde(default)]
    interface: u32,
    #[serde(default)]
    kernel_time: bool,
    #[serde(default)]
    truncated: bool,
    whole: Option<u32>,
    #[serde(borrow)]
    rule: Option<Text<'a>>,
    other: Option<Peer>,
    connection: Option<ConnectionId>,
    local: Option<Peer>,
    length: Option<u64>,
    #[serde(borrow)]
    hex: Option<Text<'a>>,
    notice: Option<Notice>,
    packet: Option<Packet>,
}

/// The packet that carried a record.
#[derive(Deserialize)]
struct Packet {
    local: Peer,
    transport: JsonTransport,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum JsonTransport {
    Udp,
    Tcp,
    Unix,
    UnixDatagram,
}

/// A string borrowed from the line, unless it contains escapes. In an `Option`, serde borrows a
/// `Cow` only within a newtype.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

enum JsonTime<'a> {
    Micros(i64),
    Text(Cow<'a, str>),
}

/// Not `untagged`, which would build an error message for each text because it is no number.
impl<'de: 'a, 'a> Deserialize<'de> for JsonTime<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimeVisitor)
    }
}

struct TimeVisitor;

impl<'de> Visitor<'de> for TimeVisitor {
    type Value = JsonTime<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time")
    }

    fn visit_i64<E: de::Error>(self, micros: i64) -> Result<Self::Value, E> {
        Ok(JsonTime::Micros(micros))
    }

    fn visit_u64<E: de::Error>(self, micros: u64) -> Result<Self::Value, E> {
        let micros = i64::try_from(micros).map_err(E::custom)?;
        Ok(JsonTime::Micros(micros))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(JsonTime::Text(text.into()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(JsonTime::Text(text.to_owned().into()))
    }
}

/// The byte order mark in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) struct JsonLines;

impl FormatReader for JsonLines {
    /// Accepts white space, or the brace of the first object, after an optional byte order mark.
    fn detects(&self, head: &[u8]) -> bool {
        let text = head.strip_prefix(MARK).unwrap_or(head).trim_ascii_start();
        matches!(text.first(), None | Some(b'{'))
    }

    fn read(
        &self,
        mut source: ImportSource<'_>,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<ImportSummary, ImportError> {
        let mut summary = ImportSummary::new(CaptureFormat::JsonLines);
        let mut last = Last::default();
        let mut seen = false;
        let mut broken: Option<Broken> = None;
        for number in 1.. {
            let Some(line) = source.line(number)? else {
                break;
            };
            let text = match number {
                1 => line.strip_prefix(MARK).unwrap_or(line),
                _ => line,
            };
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            if !seen && text.first() != Some(&b'{') {
                return Err(at(ImportPosition::Byte(0), ImportProblem::Unrecognised));
            }
            seen = true;
            let parsed: Result<JsonLine<'_>, ImportProblem> =
                serde_json::from_slice(text).map_err(|error| problem_of(&error));
            let record = match &parsed {
                Ok(line) => last
                    .record(line)
                    .map(|record| (record, carrier(line)))
                    .map_err(ImportProblem::Json),
                Err(problem) => Err(problem.clone()),
            };
            let (record, carrier) = match record {
                Ok(both) => both,
                Err(problem) => {
                    match &mut broken {
                        Some(broken) => broken.count += 1,
                        None => {
                            let problem = at(ImportPosition::Line(number), problem);
                            let (first, count) = (number, 1);
                            broken = Some(Broken {
                                first,
                                count,
                                problem,
                            });
                        }
                    }
                    continue;
                }
            };
            // Valid lines before and after it show that only these lines are damaged.
            if let Some(Broken { first, count, .. }) = broken.take() {
                let room = summary.skipped.len() + 1 < REASONS;
                summary.skip(SkipReason::Line(if room { first } else { 0 }), count);
            }
            if let Body::Notice(notice) = record.body {
                learn(&mut summary, notice);
            }
            summary.records += 1;
            if each(record, carrier).is_break() {
                break;
            }
        }
        match broken {
            // No record follows, so the file is truncated there.
            Some(broken) => Err(broken.problem.after(summary.skipped)),
            None if seen => Ok(summary),
            None => Err(at(ImportPosition::Byte(0), ImportProblem::Empty)),
        }
    }
}

/// Consecutive lines that are no records.
struct Broken {
    first: u64,
    count: u64,
    /// The problem of the first line.
    problem: ImportError,
}

fn at(place: ImportPosition, problem: ImportProblem) -> ImportError {
    ImportError::at(place, problem)
}

fn problem_of(error: &serde_json::Error) -> ImportProblem {
    use serde_json::error::Category;
    let column = error.column();
    match error.classify() {
        Category::Eof => ImportProblem::Cut,
        Category::Data => ImportProblem::Json(Json::Shape { column }),
        Category::Syntax | Category::Io => ImportProblem::Json(Json::Syntax { column }),
    }
}

/// Values of the previous lines, which the next one usually repeats.
#[derive(Default)]
struct Last {
    /// The text of a second, and its first microsecond.
    second: Option<(Vec<u8>, i64)>,
    peer: Option<(String, Peer)>,
    /// The payload of the last record.
    bytes: Vec<u8>,
}

impl Last {
    /// Converts a line to a record.
    fn record<'a>(&'a mut self, line: &'a JsonLine<'_>) -> Result<Record<'a>, Json> {
        let time = match line.time.as_ref().ok_or(Json::Lacks("time"))? {
            JsonTime::Micros(micros) => *micros,
            JsonTime::Text(text) => self.time(text).ok_or(Json::Bad("time"))?,
        };
        let arrival = Arrival {
            destination: line.to.map(|ip| (ip, line.interface).into()),
            kernel_time: line.kernel_time,
            truncated: line.truncated,
            whole: line.whole.filter(|_| line.truncated),
        };
        let Text(kind) = line.kind.as_ref().ok_or(Json::Lacks("kind"))?;
        if kind == "event" {
            let notice = line.notice.as_ref().ok_or(Json::Lacks("notice"))?;
            let body = Body::Notice(notice);
            return Ok(Record {
                connection: line.connection,
                local: line.local,
                arrival,
                ..Record::new(time, body)
            });
        }
        let Text(peer) = line.peer.as_ref().ok_or(Json::Lacks("peer"))?;
        let peer = self.peer(peer).ok_or(Json::Bad("peer"))?;
        let Text(digits) = line.hex.as_ref().ok_or(Json::Lacks("hex"))?;
        parse(digits, &mut self.bytes).ok_or(Json::Bad("hex"))?;
        let bytes = self.bytes.as_slice();
        if line
            .length
            .is_some_and(|length| length != bytes.len() as u64)
        {
            return Err(Json::Bad("length"));
        }
        let body = match &**kind {
            "received" => Body::Received { peer, bytes },
            "sent" => Body::Sent { peer, bytes },
            _ => return Err(Json::Bad("kind")),
        };
        Ok(Record {
            connection: line.connection,
            arrival,
            origin: RecordOrigin {
                rule: line.rule.as_ref().map(|Text(rule)| &**rule),
                other: line.other,
            },
            ..Record::new(time, body)
        })
    }

    /// Parses a time (RFC 3339), in microseconds.
    fn time(&mut self, text: &str) -> Option<i64> {
        let form = text.as_bytes().split_last_chunk::<7>();
        let form = form.filter(|(second, _)| second.ends_with(b"."));
        let parts = form.and_then(|(second, fraction)| Some((second, micros(fraction)?)));
        let Some((second, micros)) = parts else {
            return instant(text);
        };
        match &self.second {
            Some((known, first)) if known == second => Some(first + micros),
            _ => {
                let time = instant(text)?;
                // Also right before 1970: the fraction counts forward in every year.
                self.second = Some((second.to_vec(), time - micros));
                Some(time)
            }
        }
    }

    fn peer(&mut self, text: &str) -> Option<Peer> {
        match &self.peer {
            Some((known, peer)) if known == text => Some(*peer),
            _ => {
                let peer = text.parse().ok()?;
                self.peer = Some((text.to_owned(), peer));
                Some(peer)
            }
        }
    }
}

/// Parses a time (RFC 3339), in microseconds. A [`Timestamp`] exists in every time zone, so the
/// first and the last day of the calendar are none.
fn instant(text: &str) -> Option<i64> {
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Some(stamp.as_microsecond());
    }
    let pieces = Pieces::parse(text).ok()?;
    let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
    let since_1970 = pieces
        .date()
        .to_datetime(time)
        .duration_since(date(1970, 1, 1).at(0, 0, 0, 0));
    let micros = i64::try_from(since_1970.as_micros()).ok()?;
    Some(micros - i64::from(offset.seconds()) * 1_000_000)
}

/// Parses six digits and a `Z` as microseconds.
fn micros(fraction: &[u8; 7]) -> Option<i64> {
    let (b'Z', digits) = fraction.split_last()? else {
        return None;
    };
    digits.iter().try_fold(0, |micros, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        Some(micros * 10 + i64::from(digit))
    })
}

fn carrier(line: &JsonLine<'_>) -> Option<Carrier> {
    let packet = line.packet.as_ref()?;
    Some(Carrier {
        local: packet.local,
        is_stream: matches!(packet.transport, JsonTransport::Tcp | JsonTransport::Unix),
    })
}

/// Parses two hexadecimal digits a byte, without separators.
fn parse(digits: &str, bytes: &mut Vec<u8>) -> Option<()> {
    bytes.clear();
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        return None;
    };
    // Without a branch for each byte: wrong digits are detected at the end.
    let mut wrong = 0;
    bytes.extend(pairs.iter().map(|[high, low]| {
        let (high, low) = (digit(*high), digit(*low));
        wrong |= high | low;
        high << 4 | low & 0xF
    }));
    (wrong <= 0xF).then_some(())
}

/// The value of a hexadecimal digit; more than 15 for any other character.
fn digit(character: u8) -> u8 {
    DIGITS.get(usize::from(character)).copied().unwrap_or(NONE)
}

const NONE: u8 = 0xFF;

static DIGITS: [u8; 256] = {
    let mut digits = [NONE; 256];
    let mut rest: &mut [u8] = &mut digits;
    let mut byte = 0_u8;
    while let [digit, after @ ..] = rest {
        *digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => NONE,
        };
        byte = byte.wrapping_add(1);
        rest = after;
    }
    digits
};

/// Takes the first local address of the notices, and whether they are about TCP.
fn learn(summary: &mut ImportSummary, notice: &Notice) {
    match *notice {
        Notice::Bound { local, .. } => {
            summary.local = summary.local.or(Some(local));
        }
        Notice::Listening { local } | Notice::Connected { local, .. } => {
            summary.local = summary.local.or(Some(local));
            summary.is_stream = true;
        }
        Notice::Joined { .. } => summary.is_stream = true,
        _ => {}
    }
}
