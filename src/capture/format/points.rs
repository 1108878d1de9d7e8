//! The points of a plot as CSV (RFC 4180), a line for each, with all digits.

use super::append::push_number;
use super::csv::end_cell;
use super::stamp::{Form, Stamps};
use crate::disk::{Existing, Replacement};
use crate::jobs::Running;
use crate::traffic::Micros;
use crate::traffic::plot::Series;
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::path::Path;

/// The extension of its files.
pub const EXTENSION: &str = "csv";

/// The bytes that are written at a time.
const GATHERED: usize = 64 << 10;

/// A curve with its field and its peer.
#[derive(Clone, Debug)]
pub struct CurvePoints {
    pub field: String,
    /// Empty where the curve is that of all peers.
    pub peer: String,
    pub series: Series,
}

/// The points to write.
#[derive(Clone, Debug)]
pub struct SavedCurves {
    pub curves: Vec<CurvePoints>,
    /// The field along the x axis; `None` for time.
    pub across: Option<String>,
    pub zone: TimeZone,
}

/// Writes the points to a file. Returns their number; `None` if the job was cancelled, and the file
/// is as it was.
///
/// # Errors
/// Those of the file.
pub fn save(
    points: &SavedCurves,
    (path, existing): (&Path, Existing),
    job: &Running,
) -> io::Result<Option<u64>> {
    let mut file = Replacement::create(path, existing)?;
    let Some(count) = write(points, &mut file, &|| !job.is_cancelled())? else {
        return Ok(None);
    };
    Ok(file.finish_if(|| job.commit())?.then_some(count))
}

/// Writes the points, as long as `goes_on` holds.
fn write(
    points: &SavedCurves,
    file: &mut impl Write,
    goes_on: &dyn Fn() -> bool,
) -> io::Result<Option<u64>> {
    // The byte order mark, without which Excel assumes the system's encoding.
    let mut out = "\u{FEFF}number,".as_bytes().to_vec();
    push_text(&mut out, points.across.as_deref().unwrap_or("time"));
    out.extend_from_slice(b",field,peer,value\r\n");
    let mut stamps = Stamps::new(Form::Iso);
    let mut count = 0;
    for curve in &points.curves {
        let mut names = Vec::new();
        push_text(&mut names, &curve.field);
        names.push(b',');
        push_text(&mut names, &curve.peer);
        for point in curve.series.points() {
            // Rows are numbered from 1, as in the window.
            push_number(&mut out, point.row.saturating_add(1));
            out.push(b',');
            if points.across.is_some() {
                push_value(&mut out, point.x)?;
            } else {
                let start = out.len();
                stamps.push(&mut out, point.x as Micros, &points.zone);
                end_cell(&mut out, start);
            }
            out.push(b',');
            out.extend_from_slice(&names);
            out.push(b',');
            push_value(&mut out, point.value)?;
            out.extend_from_slice(b"\r\n");
            count += 1;
            if out.len() >= GATHERED {
                if !goes_on() {
                    return Ok(None);
                }
                file.write_all(&out)?;
                out.clear();
            }
        }
    }
    file.write_all(&out)?;
    Ok(Some(count))
}

pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    let start = out.len();
    out.extend_from_slice(text.as_bytes());
    end_cell(out, start);
}

/// The shortest digits that are read back as the same number.
fn push_value(out: &mut Vec<u8>, value: f64) -> io::Result<()> {
    write!(out, "{value}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::plot::PlotPoint;

    fn points(across: Option<&str>) -> SavedCurves {
        let mut series = Series::default();
        for (x, value, row) in [(1e6, 23.5, 0), (1_500_001.0, -0.1, 4), (2e6, f64::NAN, 6)] {
            series.push(PlotPoint { x, value, row });
        }
        let curve = |field: &str, peer: &str| CurvePoints {
            field: field.to_owned(),
            peer: peer.to_owned(),
            series: series.clone(),
        };
        SavedCurves {
            curves: vec![curve("a,b", ""), curve("temp", "127.0.0.1:9")],
            across: across.map(str::to_owned),
            zone: TimeZone::UTC,
        }
    }

    fn lines(points: &SavedCurves) -> Vec<String> {
        let mut out = Vec::new();
        assert_eq!(write(points, &mut out, &|| true).unwrap(), Some(6));
        let text = String::from_utf8(out).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn each_point_is_a_line_with_its_time_and_all_digits() {
        let lines = lines(&points(None));
        assert_eq!(
            lines.first().unwrap(),
            "\u{FEFF}number,time,field,peer,value"
        );
        assert_eq!(
            lines[1..4],
            [
                "1,1970-01-01T00:00:01.000000+00:00,\"a,b\",,23.5",
                "5,1970-01-01T00:00:01.500001+00:00,\"a,b\",,-0.1",
                "7,1970-01-01T00:00:02.000000+00:00,\"a,b\",,NaN",
            ]
        );
        assert!(lines[5].ends_with(",temp,127.0.0.1:9,-0.1"), "{}", lines[5]);
    }

    #[test]
    fn over_a_field_its_value_stands_in_place_of_the_time() {
        let lines = lines(&points(Some("hum")));
        assert_eq!(lines[0], "\u{FEFF}number,hum,field,peer,value");
        assert_eq!(lines[2], "5,1500001,\"a,b\",,-0.1");
    }

    #[test]
    fn a_file_that_is_given_up_is_not_written_on() {
        let mut all = points(None);
        let curve = all.curves[0].clone();
        all.curves = vec![curve; 2_000];
        let mut out = Vec::new();
        assert_eq!(write(&all, &mut out, &|| false).unwrap(), None);
        assert!(out.is_empty());
    }
}
