//! JSON lines as `export` writes them.

use super::{Each, FileProblem, ImportError, LONGEST, Place, Problem, Summary};
use crate::payload::hex;
use crate::traffic::export::Line;
use crate::traffic::{Arrival, Body, Micros, Record};
use std::io::{BufRead as _, BufReader, Read};

pub fn read(input: impl Read, each: Each<'_>) -> Result<Summary, ImportError> {
    let mut input = BufReader::with_capacity(256 << 10, input);
    let mut summary = Summary::default();
    let mut text = Vec::new();
    for number in 1.. {
        let failed = |problem| ImportError {
            place: Place::Line(number),
            problem,
        };
        text.clear();
        let mut limited = input.by_ref().take(LONGEST as u64 + 1);
        let count = limited
            .read_until(b'\n', &mut text)
            .map_err(|error| failed(Problem::Io(error)))?;
        if count > LONGEST {
            return Err(failed(Problem::File(FileProblem::TooLong(count as u64))));
        }
        if count == 0 {
            break;
        }
        let line = text.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&text);
        if line.trim_ascii().is_empty() {
            continue;
        }
        match record(line, each) {
            Ok(true) => summary.records += 1,
            Ok(false) => break,
            // A file somebody still writes to ends like this.
            Err(_) if !text.ends_with(b"\n") => {
                return Err(failed(Problem::File(FileProblem::Cut)));
            }
            Err(reason) => return Err(failed(Problem::File(FileProblem::Corrupt(reason)))),
        }
    }
    Ok(summary)
}

/// Hands the record of a line on; says whether more are wanted.
fn record(line: &[u8], each: Each<'_>) -> Result<bool, String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let time: jiff::Timestamp = line
        .time
        .parse()
        .map_err(|error: jiff::Error| error.to_string())?;
    let arrival = Arrival {
        destination: line.to.map(|ip| (ip, line.interface.unwrap_or(0))),
        kernel_time: line.kernel_time,
        truncated: line.truncated,
    };
    let payload = || {
        let digits = line.hex.as_deref().ok_or("missing field `hex`")?;
        hex::parse(digits).map_err(|_| "`hex` is not hexadecimal")
    };
    let peer = || line.peer.ok_or("missing field `peer`");
    let bytes;
    let body = match line.kind.as_ref() {
        "received" => {
            bytes = payload()?;
            Body::Received {
                peer: peer()?,
                bytes: &bytes,
            }
        }
        "sent" => {
            bytes = payload()?;
            Body::Sent {
                peer: peer()?,
                bytes: &bytes,
            }
        }
        "event" => Body::Notice(line.notice.as_ref().ok_or("missing field `notice`")?),
        other => return Err(format!("unknown kind `{other}`")),
    };
    let record = Record {
        time: Micros::from(time.as_microsecond()),
        body,
        arrival,
    };
    Ok(each(record).is_continue())
}
