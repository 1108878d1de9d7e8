//! When a record was written, as files say it.

use crate::traffic::Micros;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// `2019-07-11 21:59:45.162`, as a clock in `zone` shows it.
pub(super) fn clock(time: Micros, zone: &TimeZone) -> String {
    zoned(time, zone)
        .strftime("%Y-%m-%d %H:%M:%S.%3f")
        .to_string()
}

/// `2019-07-11T21:59:45.162000+08:00` (ISO 8601).
pub(super) fn iso(time: Micros, zone: &TimeZone) -> String {
    zoned(time, zone)
        .strftime("%Y-%m-%dT%H:%M:%S.%6f%:z")
        .to_string()
}

/// `2019-07-11T13:59:45.162000Z` (RFC 3339). `None` outside of the years -9999 to 9999.
pub(super) fn utc(time: Micros) -> Option<String> {
    let stamp = Timestamp::from_microsecond(time).ok()?;
    Some(format!("{stamp:.6}"))
}

/// A time no calendar has becomes the calendar's end it is nearer to.
fn zoned(time: Micros, zone: &TimeZone) -> Zoned {
    let end = if time < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_microsecond(time)
        .unwrap_or(end)
        .to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_to_their_last_digit() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let time = 1_562_853_585_162_000;
        assert_eq!(clock(time, &zone), "2019-07-11 21:59:45.162");
        assert_eq!(iso(time, &zone), "2019-07-11T21:59:45.162000+08:00");
        assert_eq!(utc(time).unwrap(), "2019-07-11T13:59:45.162000Z");
        assert_eq!(utc(-1).unwrap(), "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn a_time_no_calendar_has_is_its_end() {
        assert!(clock(i64::MAX, &TimeZone::UTC).starts_with("9999-12-30"));
        assert!(iso(i64::MIN, &TimeZone::UTC).starts_with("-9999-01-02"));
        assert_eq!(utc(i64::MAX), None);
    }
}
