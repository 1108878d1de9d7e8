//! Our own JSON lines, read back: the inverse of what is written.

use crate::capture::format::FormatReader;
use crate::capture::import::source::Source;
use crate::capture::import::{ImportError, Json, Place, Problem, REASONS, Summary};
use crate::capture::{Carrier, Format};
use crate::connection_id::ConnectionId;
use crate::peer::Peer;
use crate::traffic::{Arrival, Body, Notice, Origin, Other, Record};
use serde::Deserialize;
use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::ControlFlow;

/// What a line may say; what a reader does not need is passed over.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    time: Option<Time<'a>>,
    #[serde(borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    peer: Option<Cow<'a, str>>,
    to: Option<IpAddr>,
    #[serde(default)]
    interface: u32,
    #[serde(default)]
    kernel_time: bool,
    #[serde(default)]
    truncated: bool,
    whole: Option<u32>,
    #[serde(borrow)]
    rule: Option<Cow<'a, str>>,
    other: Option<Peer>,
    connection: Option<ConnectionId>,
    local: Option<Peer>,
    length: Option<u64>,
    #[serde(borrow)]
    hex: Option<Cow<'a, str>>,
    notice: Option<Notice>,
    packet: Option<Packet>,
}

/// The packet that a record was in.
#[derive(Deserialize)]
struct Packet {
    local: Peer,
    transport: Transport,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Transport {
    Udp,
    Tcp,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Time<'a> {
    Micros(i64),
    #[serde(borrow)]
    Text(Cow<'a, str>),
}

/// The byte order mark in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) struct JsonLines;

impl FormatReader for JsonLines {
    /// A text: white space, or the brace of the first object, behind a byte order mark if
    /// there is one.
    fn detects(&self, head: &[u8]) -> bool {
        let text = head.strip_prefix(MARK).unwrap_or(head).trim_ascii_start();
        matches!(text.first(), None | Some(b'{'))
    }

    fn read(
        &self,
        mut source: Source<'_>,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<Summary, ImportError> {
        let mut summary = Summary::new(Format::JsonLines);
        let mut bytes = Vec::new();
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
                return Err(at(Place::Byte(0), Problem::Unrecognised));
            }
            seen = true;
            let parsed: Result<Line<'_>, Problem> =
                serde_json::from_slice(text).map_err(|error| problem_of(&error));
            let record = match &parsed {
                Ok(line) => record(line, &mut bytes)
                    .map(|record| (record, carrier(line)))
                    .map_err(Problem::Json),
                Err(problem) => Err(problem.clone()),
            };
            let (record, carrier) = match record {
                Ok(both) => both,
                Err(problem) => {
                    match &mut broken {
                        Some(broken) => broken.count += 1,
                        None => {
                            let problem = at(Place::Line(number), problem);
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
            // What was written before and behind it stands.
            if let Some(Broken { first, count, .. }) = broken.take() {
                let room = summary.skipped.len() + 1 < REASONS;
                summary.skip(Other::Line(if room { first } else { 0 }), count);
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
            // No record follows: the file ends there.
            Some(broken) => Err(broken.problem),
            None if seen => Ok(summary),
            None => Err(at(Place::Byte(0), Problem::Empty)),
        }
    }
}

/// Lines, one behind the other, that are no records.
struct Broken {
    first: u64,
    count: u64,
    /// What is wrong with the first.
    problem: ImportError,
}

fn at(place: Place, problem: Problem) -> ImportError {
    ImportError { place, problem }
}

fn problem_of(error: &serde_json::Error) -> Problem {
    use serde_json::error::Category;
    let column = error.column();
    match error.classify() {
        Category::Eof => Problem::Cut,
        Category::Data => Problem::Json(Json::Shape { column }),
        Category::Syntax | Category::Io => Problem::Json(Json::Syntax { column }),
    }
}

/// The record a line says; its bytes are put into `bytes`.
fn record<'a>(line: &'a Line<'_>, bytes: &'a mut Vec<u8>) -> Result<Record<'a>, Json> {
    let time = match line.time.as_ref().ok_or(Json::Lacks("time"))? {
        Time::Micros(micros) => *micros,
        Time::Text(text) => text
            .parse::<jiff::Timestamp>()
            .map_err(|_| Json::Bad("time"))?
            .as_microsecond(),
    };
    let arrival = Arrival {
        destination: line.to.map(|ip| (ip, line.interface)),
        kernel_time: line.kernel_time,
        truncated: line.truncated,
        whole: line.whole.filter(|_| line.truncated),
    };
    let kind = line.kind.as_deref().ok_or(Json::Lacks("kind"))?;
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
    let peer = line.peer.as_deref().ok_or(Json::Lacks("peer"))?;
    let peer = peer.parse().map_err(|_| Json::Bad("peer"))?;
    let digits = line.hex.as_deref().ok_or(Json::Lacks("hex"))?;
    parse(digits, bytes).ok_or(Json::Bad("hex"))?;
    if line
        .length
        .is_some_and(|length| length != bytes.len() as u64)
    {
        return Err(Json::Bad("length"));
    }
    let bytes = bytes.as_slice();
    let body = match kind {
        "received" => Body::Received { peer, bytes },
        "sent" => Body::Sent { peer, bytes },
        _ => return Err(Json::Bad("kind")),
    };
    Ok(Record {
        connection: line.connection,
        arrival,
        origin: Origin {
            rule: line.rule.as_deref(),
            other: line.other,
        },
        ..Record::new(time, body)
    })
}

fn carrier(line: &Line<'_>) -> Option<Carrier> {
    let packet = line.packet.as_ref()?;
    Some(Carrier {
        local: packet.local,
        tcp: packet.transport == Transport::Tcp,
    })
}

/// Two digits a byte, without anything between.
fn parse(digits: &str, bytes: &mut Vec<u8>) -> Option<()> {
    bytes.clear();
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let digit = |c: u8| char::from(c).to_digit(16);
    for [high, low] in pairs {
        bytes.push((digit(*high)? << 4 | digit(*low)?) as u8);
    }
    Some(())
}

/// The first address of our own that is told.
fn learn(summary: &mut Summary, notice: &Notice) {
    match *notice {
        Notice::Bound { local, .. } => {
            summary.local = summary.local.or(Some(local));
        }
        Notice::Listening { local } | Notice::Connected { local, .. } => {
            summary.local = summary.local.or(Some(local));
            summary.tcp = true;
        }
        Notice::Joined { .. } => summary.tcp = true,
        _ => {}
    }
}
