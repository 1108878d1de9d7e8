//! Moments as a person reads them, one after the other.

use crate::traffic::Micros;
use jiff::tz::TimeZone;

/// Remembers the last whole second: records come many in one, and the zone, the date and
/// the offset are worked out once for all of them.
#[derive(Debug)]
pub struct Stamps {
    zone: TimeZone,
    second: Option<i64>,
    /// `2026-11-23 14:03:31`
    text: String,
    /// `+08:00`
    offset: String,
}

impl Stamps {
    pub fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            second: None,
            text: String::new(),
            offset: String::new(),
        }
    }

    /// `2026-11-23 14:03:31.552`
    pub fn millis(&mut self, time: Micros) -> String {
        let fraction = self.turn_to(time) / 1_000;
        format!("{}.{fraction:03}", self.text)
    }

    /// `2026-11-23 14:03:31.552318`
    pub fn micros(&mut self, time: Micros) -> String {
        let fraction = self.turn_to(time);
        format!("{}.{fraction:06}", self.text)
    }

    /// `2026-11-23T14:03:31.552318+08:00` (RFC 3339)
    pub fn with_offset(&mut self, time: Micros) -> String {
        let text = self.micros(time).replacen(' ', "T", 1);
        format!("{text}{}", self.offset)
    }

    /// Microseconds in the second of this moment, which is the one remembered then.
    fn turn_to(&mut self, time: Micros) -> i64 {
        let second = time.div_euclid(1_000_000);
        if self.second != Some(second) {
            let timestamp = jiff::Timestamp::from_second(second).unwrap_or_default();
            let zoned = timestamp.to_zoned(self.zone.clone());
            self.text = zoned.strftime("%Y-%m-%d %H:%M:%S").to_string();
            self.offset = zoned.strftime("%:z").to_string();
            self.second = Some(second);
        }
        time.rem_euclid(1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_three_ways_are_as_they_are_read() {
        let mut stamps = Stamps::new(TimeZone::fixed(jiff::tz::offset(8)));
        let time = 1_795_442_611_552_318;
        assert_eq!(stamps.millis(time), "2026-11-23 22:03:31.552");
        assert_eq!(stamps.micros(time), "2026-11-23 22:03:31.552318");
        assert_eq!(stamps.with_offset(time), "2026-11-23T22:03:31.552318+08:00");
        assert_eq!(stamps.micros(-1), "1970-01-01 07:59:59.999999");
    }

    proptest! {
        #[test]
        fn remembering_changes_nothing(times in prop::collection::vec(0_i64..4_000_000_000_000_000, 1..20)) {
            let mut stamps = Stamps::new(TimeZone::UTC);
            for time in times {
                let timestamp = jiff::Timestamp::from_microsecond(time).unwrap();
                let expected = timestamp.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string();
                prop_assert_eq!(stamps.micros(time), expected);
            }
        }
    }
}
