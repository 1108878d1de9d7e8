//! Interarrival jitter.

use crate::traffic::Micros;

/// The interarrival jitter (RFC 3550 §6.4.1), in microseconds. The clocks of sender and
/// receiver need not agree: their offset cancels out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InterarrivalJitter {
    estimate: f64,
    /// The transit time of the previous packet, measured by both clocks.
    transit: Option<Micros>,
    /// Whether two packets have been compared.
    known: bool,
}

impl InterarrivalJitter {
    /// Takes packets in the order of arrival, whatever their numbers.
    pub(super) fn take(&mut self, sent: Micros, arrived: Micros) {
        let transit = arrived.wrapping_sub(sent);
        if let Some(before) = self.transit.replace(transit) {
            let difference = transit.wrapping_sub(before).unsigned_abs() as f64;
            self.estimate += (difference - self.estimate) / 16.0;
            self.known = true;
        }
    }

    /// The jitter in microseconds. `None` before there are two packets.
    pub(super) fn micros(&self) -> Option<f64> {
        self.known.then_some(self.estimate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jitter(packets: &[(Micros, Micros)]) -> Option<f64> {
        let mut jitter = InterarrivalJitter::default();
        for (sent, arrived) in packets {
            jitter.take(*sent, *arrived);
        }
        jitter.micros()
    }

    #[test]
    fn it_is_that_of_rfc_3550() {
        // Transit times of 5,000, 5,800, 5,000 and 4,200 µs: three differences of 800.
        let packets = [
            (0, 5_000),
            (20_000, 25_800),
            (40_000, 45_000),
            (60_000, 64_200),
        ];
        // 800 / 16 = 50; 50 + 750 / 16 = 96.875; 96.875 + 703.125 / 16 = 140.8203125.
        assert_eq!(jitter(&packets[..2]), Some(50.0));
        assert_eq!(jitter(&packets[..3]), Some(96.875));
        assert_eq!(jitter(&packets), Some(140.820_312_5));
    }

    #[test]
    fn clocks_that_differ_do_not_matter() {
        let near = [(0, 10), (100, 130), (200, 215)];
        let far = near.map(|(sent, arrived)| (sent + 1_700_000_000_000_000, arrived));
        assert_eq!(jitter(&near), jitter(&far));
    }

    #[test]
    fn one_packet_has_none_and_even_ones_have_zero() {
        assert_eq!(jitter(&[(0, 10)]), None);
        assert_eq!(jitter(&[(0, 10), (100, 110)]), Some(0.0));
    }

    #[test]
    fn times_without_sense_do_no_harm() {
        let packets = [(Micros::MIN, Micros::MAX), (Micros::MAX, Micros::MIN)];
        assert!(jitter(&packets).is_some_and(f64::is_finite));
    }
}
