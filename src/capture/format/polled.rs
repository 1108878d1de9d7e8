//! The values of a poll table as CSV (RFC 4180), a line for each.

use super::append::push_number;
use super::csv::end_cell;
use super::points::push_text;
use super::stamp::{Form, Stamps};
use crate::disk::{Existing, Replacement};
use crate::jobs::Running;
use crate::traffic::Micros;
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// A value of a line of the table.
#[derive(Clone, Debug, Default)]
pub struct SavedPoll {
    /// The name of the line.
    pub name: String,
    /// The path of the field; empty for all of the reply.
    pub field: String,
    /// Without its unit; empty if there is none.
    pub value: String,
    pub unit: String,
    /// When the reply came, and how long it took.
    pub reply: Option<(Micros, Duration)>,
    pub requests: u64,
    pub replies: u64,
    /// Requests that brought no value.
    pub errors: u64,
}

/// Writes values to a file. Returns their number; `None` if the job was cancelled, and the file is
/// as it was.
///
/// # Errors
/// Those of the file.
pub fn save(
    values: &[SavedPoll],
    zone: &TimeZone,
    (path, existing): (&Path, Existing),
    job: &Running,
) -> io::Result<Option<u64>> {
    let mut file = Replacement::create(path, existing)?;
    file.write_all(&written(values, zone)?)?;
    let count = values.len() as u64;
    Ok(file.finish_if(|| job.commit())?.then_some(count))
}

fn written(values: &[SavedPoll], zone: &TimeZone) -> io::Result<Vec<u8>> {
    // The byte order mark, without which Excel assumes the system's encoding.
    let mut out = "\u{FEFF}name,field,value,unit,time,round_trip_ms,requests,replies,errors\r\n"
        .as_bytes()
        .to_vec();
    let mut stamps = Stamps::new(Form::Iso);
    for one in values {
        push_text(&mut out, &one.name);
        out.push(b',');
        push_text(&mut out, &one.field);
        out.push(b',');
        // A negative number is no formula.
        match one.value.parse::<f64>() {
            Ok(_) => out.extend_from_slice(one.value.as_bytes()),
            Err(_) => push_text(&mut out, &one.value),
        }
        out.push(b',');
        push_text(&mut out, &one.unit);
        out.push(b',');
        if let Some((time, round_trip)) = one.reply {
            let start = out.len();
            stamps.push(&mut out, time, zone);
            end_cell(&mut out, start);
            write!(out, ",{}", round_trip.as_secs_f64() * 1e3)?;
        } else {
            out.push(b',');
        }
        for count in [one.requests, one.replies, one.errors] {
            out.push(b',');
            push_number(&mut out, count);
        }
        out.extend_from_slice(b"\r\n");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_a_line() {
        let values = [
            SavedPoll {
                name: "炉, 1".into(),
                field: "temp".into(),
                value: "-0.5".into(),
                unit: "°C".into(),
                reply: Some((1_500_001, Duration::from_micros(2_500))),
                requests: 9,
                replies: 8,
                errors: 1,
            },
            SavedPoll::default(),
        ];
        let text = String::from_utf8(written(&values, &TimeZone::UTC).unwrap()).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(
            lines[1..],
            [
                "\"炉, 1\",temp,-0.5,°C,1970-01-01T00:00:01.500001+00:00,2.5,9,8,1",
                ",,,,,,0,0,0",
                "",
            ]
        );
    }
}
