//! Parsing of times as users type them.

use super::Micros;
use crate::payload::width;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Parses `14:03`, `14:03:31.552` or `2026-11-22 14:03` in this time zone. A time without a
/// date is the last such time that is not after `newest`. `None` if the text is no time.
pub fn moment(text: &str, newest: Micros, zone: &TimeZone) -> Option<Micros> {
    let text = width::to_ascii(text);
    let text = text.trim();
    let micros = |at: DateTime| Some(at.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond());
    if let Some((date, time)) = text.split_once([' ', 'T']) {
        let date: jiff::civil::Date = date.parse().ok()?;
        return micros(date.to_datetime(clock(time.trim())?));
    }
    let newest_at = Timestamp::from_microsecond(newest).ok()?;
    let today = newest_at
        .to_zoned(zone.clone())
        .date()
        .to_datetime(clock(text)?);
    match micros(today)? {
        time if time <= newest => Some(time),
        _ => micros(today.checked_sub(1.day()).ok()?),
    }
}

/// The seconds since 1970 with this many decimals, at most 6: `253402300799.999999`. It stands for
/// a time that no calendar has.
pub fn unix_seconds(time: Micros, decimals: usize) -> String {
    let sign = if time < 0 { "-" } else { "" };
    let micros = time.unsigned_abs();
    let fraction = format!("{:06}", micros % 1_000_000);
    let fraction = fraction.get(..decimals).unwrap_or(&fraction);
    format!("{sign}{}.{fraction}", micros / 1_000_000)
}

/// Parses `14:03`, `14:03:31` or `14:03:31.552`.
fn clock(text: &str) -> Option<Time> {
    let (hour, _) = text.split_once(':')?;
    // The parser would accept an offset and a leap second, and ignore them.
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.'));
    if !plain
        || text
            .split(':')
            .nth(2)
            .is_some_and(|second| second.starts_with("60"))
    {
        return None;
    }
    let padded = if hour.len() == 1 { "0" } else { "" };
    format!("{padded}{text}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 14:03:31.552 UTC.
    const NEWEST: Micros = 1_795_356_211_552_000;

    fn reported(text: &str) -> Option<String> {
        let time = moment(text, NEWEST, &TimeZone::UTC)?;
        Some(Timestamp::from_microsecond(time).unwrap().to_string())
    }

    #[test]
    fn a_time_without_a_date_is_the_last_one() {
        for (text, expected) in [
            ("14:03", "2026-11-22T14:03:00Z"),
            ("9:00", "2026-11-22T09:00:00Z"),
            ("14:03:31.552", "2026-11-22T14:03:31.552Z"),
            ("14:03:32", "2026-11-21T14:03:32Z"),
            ("１４：０３", "2026-11-22T14:03:00Z"),
            ("2026-11-20 23:59:59", "2026-11-20T23:59:59Z"),
        ] {
            assert_eq!(reported(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_leads_nowhere() {
        for text in [
            "",
            "14",
            "25:00",
            "14:60",
            "soon",
            "2026-13-01 14:00",
            "14:03:60",
            "2026-11-20T14:03:37+09:00",
        ] {
            assert_eq!(reported(text), None, "{text}");
        }
    }
}
