//! Timestamps in capture files.

use super::append::push_digits;
use crate::traffic::{Micros, unix_seconds};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The number of microseconds in a second.
const SECOND: Micros = 1_000_000;

/// The notation of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `2019-07-11 21:59:45.162`, local time.
    Clock,
    /// `2019-07-11T21:59:45.162000+08:00` (ISO 8601).
    Iso,
    /// `2019-07-11T13:59:45.162000Z` (RFC 3339).
    Utc,
}

impl Form {
    /// Formats a time. A time outside the calendar becomes its seconds since 1970; `None` in UTC.
    fn text(self, time: Micros, zone: &TimeZone) -> Option<String> {
        let stamp = Timestamp::from_microsecond(time).ok();
        let zoned = stamp.map(|stamp| stamp.to_zoned(zone.clone()));
        match (self, zoned) {
            (Self::Clock, Some(zoned)) => Some(strftime(&zoned, "%Y-%m-%d %H:%M:%S.%3f")),
            (Self::Clock, None) => Some(unix_seconds(time, 3)),
            (Self::Iso, Some(zoned)) => Some(strftime(&zoned, "%Y-%m-%dT%H:%M:%S.%6f%:z")),
            (Self::Iso, None) => Some(unix_seconds(time, 6)),
            (Self::Utc, _) => Some(format!("{:.6}", stamp?)),
        }
    }

    /// The texts before and after the fraction of a whole second.
    fn around(self, stamp: Timestamp, zone: &TimeZone) -> Option<(String, String)> {
        if self == Self::Utc {
            let text = format!("{stamp:.6}");
            return Some((text.strip_suffix("000000Z")?.to_owned(), "Z".to_owned()));
        }
        let zoned = stamp.to_zoned(zone.clone());
        Some(match self {
            Self::Iso => (
                strftime(&zoned, "%Y-%m-%dT%H:%M:%S."),
                strftime(&zoned, "%:z"),
            ),
            _ => (strftime(&zoned, "%Y-%m-%d %H:%M:%S."), String::new()),
        })
    }
}

/// Writes the times of rows, most of which fall in the same second as the row before.
pub(super) struct Stamps {
    form: Form,
    /// The second that was formatted last.
    second: Option<Micros>,
    /// The texts before and after its fraction.
    around: (String, String),
}

impl Stamps {
    pub(super) fn new(form: Form) -> Self {
        Self {
            form,
            second: None,
            around: (String::new(), String::new()),
        }
    }

    /// Appends a time in `zone`, which must always be the same. Returns `false`, and appends
    /// nothing, if the form is UTC and the year is outside -9999 to 9999.
    pub(super) fn push(&mut self, out: &mut Vec<u8>, time: Micros, zone: &TimeZone) -> bool {
        let second = time.div_euclid(SECOND);
        if self.second != Some(second) {
            let stamp = Timestamp::from_second(second).ok();
            // The last second of the calendar is incomplete.
            let stamp = stamp.filter(|_| second < Timestamp::MAX.as_second());
            let Some(around) = stamp.and_then(|stamp| self.form.around(stamp, zone)) else {
                let text = self.form.text(time, zone);
                out.extend_from_slice(text.as_deref().unwrap_or_default().as_bytes());
                return text.is_some();
            };
            self.second = Some(second);
            self.around = around;
        }
        let micros = time.rem_euclid(SECOND) as u32;
        let (before, after) = &self.around;
        out.extend_from_slice(before.as_bytes());
        match self.form {
            Form::Clock => push_digits::<3>(out, micros / 1_000),
            Form::Iso | Form::Utc => push_digits::<6>(out, micros),
        }
        out.extend_from_slice(after.as_bytes());
        true
    }
}

fn strftime(zoned: &Zoned, form: &str) -> String {
    zoned.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(form: Form, time: Micros, zone: &TimeZone) -> Option<String> {
        let mut out = Vec::new();
        let known = Stamps::new(form).push(&mut out, time, zone);
        known.then(|| String::from_utf8(out).unwrap())
    }

    #[test]
    fn times_are_written_to_their_last_digit() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let time = 1_562_853_585_162_000;
        for (form, expected) in [
            (Form::Clock, "2019-07-11 21:59:45.162"),
            (Form::Iso, "2019-07-11T21:59:45.162000+08:00"),
            (Form::Utc, "2019-07-11T13:59:45.162000Z"),
        ] {
            assert_eq!(text(form, time, &zone).unwrap(), expected);
        }
        let before = text(Form::Utc, -1, &TimeZone::UTC).unwrap();
        assert_eq!(before, "1969-12-31T23:59:59.999999Z");
    }

    /// Windows has no zone files, so the program brings the zones itself.
    #[cfg(windows)]
    #[test]
    fn zones_are_known_by_name() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let shown = text(Form::Clock, 1_562_853_585_162_000, &zone).unwrap();
        assert_eq!(shown, "2019-07-11 21:59:45.162");
    }

    #[test]
    fn a_time_no_calendar_has_is_the_number_of_its_second() {
        let at = |form, time| text(form, time, &TimeZone::UTC);
        for (time, clock, iso) in [
            (i64::MAX, "9223372036854.775", "9223372036854.775807"),
            (i64::MIN, "-9223372036854.775", "-9223372036854.775808"),
            (
                253_402_300_799_999_999,
                "253402300799.999",
                "253402300799.999999",
            ),
        ] {
            assert_eq!(at(Form::Clock, time).as_deref(), Some(clock));
            assert_eq!(at(Form::Iso, time).as_deref(), Some(iso));
            assert_eq!(at(Form::Utc, time), None);
        }
        let last = at(Form::Iso, 253_402_207_200_000_000).unwrap();
        assert_eq!(last, "9999-12-30T22:00:00.000000+00:00");
    }

    proptest! {
        #[test]
        fn a_second_that_is_remembered_reads_as_one_that_is_not(
            steps in proptest::collection::vec(prop_oneof![any::<i64>(), -2_000_000_i64..2_000_000], 0..20),
            offset in -90_000_i32..90_000,
        ) {
            let offset = jiff::tz::Offset::from_seconds(offset).unwrap();
            let zone = TimeZone::fixed(offset);
            for form in [Form::Clock, Form::Iso, Form::Utc] {
                let mut stamps = Stamps::new(form);
                // Start at both ends of the calendar, and near the present.
                for begin in [253_402_207_200_999_990, -377_705_023_201_000_000, 1_562_853_585_162_000] {
                    let mut time: i64 = begin;
                    for step in &steps {
                        let mut out = Vec::new();
                        let known = stamps.push(&mut out, time, &zone);
                        let written = known.then(|| String::from_utf8(out).unwrap());
                        prop_assert_eq!(written, form.text(time, &zone));
                        time = time.saturating_add(*step);
                    }
                }
            }
        }
    }
}
