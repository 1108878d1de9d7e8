//! Answers NTP requests with a given time (RFC 5905).

use super::Silence;

/// Bytes of a packet without extension fields.
const LENGTH: usize = 48;

const CLIENT: u8 = 3;
const SERVER: u8 = 4;

/// Seconds from 1900, when NTP's first era began, to 1970.
const SECONDS_TO_1970: i64 = 2_208_988_800;

/// The clock's resolution as a power of two: 2^-20 s, about a microsecond.
const PRECISION: i8 = -20;

/// Answers a client's request (mode 3, versions 1 to 4). `now` is the time in microseconds
/// since 1970, used as the time of reception and of sending. Extension fields and
/// authentication are left out.
///
/// The server reports stratum 1 with the reference `LOCL`, an uncalibrated local clock (RFC
/// 4330, section 4), so that clients accept its time.
///
/// # Errors
/// Why there is no answer.
pub fn answer(request: &[u8], now: i64) -> Result<Vec<u8>, Silence> {
    let whole = request.split_first_chunk::<LENGTH>();
    let (request, _) = whole.ok_or(Silence::NotARequest)?;
    let [flags, _, poll, ..] = *request;
    let (version, mode) = (flags >> 3 & 0b111, flags & 0b111);
    if mode == SERVER {
        return Err(Silence::IsAnswer);
    }
    if mode != CLIENT || !(1..=4).contains(&version) {
        return Err(Silence::NotARequest);
    }
    let last = request.split_last_chunk::<8>();
    let (_, transmitted) = last.ok_or(Silence::NotARequest)?;
    let now = timestamp(now).to_be_bytes();
    let mut answer = Vec::with_capacity(LENGTH);
    // Leap indicator 0: no leap second is announced.
    answer.extend([version << 3 | SERVER, 1, poll, PRECISION.cast_unsigned()]);
    let (root_delay, root_dispersion) = ([0; 4], [0; 4]);
    answer.extend(root_delay);
    answer.extend(root_dispersion);
    answer.extend(b"LOCL");
    let (reference, received, sent) = (now, now, now);
    for time in [reference, *transmitted, received, sent] {
        answer.extend(time);
    }
    Ok(answer)
}

/// An NTP timestamp: the seconds of the era in the upper half, their fraction in the lower. The
/// era of 1900 ends in 2036, and the next begins at 0 (RFC 5905, section 6).
fn timestamp(micros: i64) -> u64 {
    let seconds = micros.div_euclid(1_000_000) + SECONDS_TO_1970;
    let fraction = (micros.rem_euclid(1_000_000).cast_unsigned() << 32) / 1_000_000;
    seconds.cast_unsigned() << 32 | fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(request: &[u8], now: i64) -> Option<Vec<u8>> {
        super::answer(request, now).ok()
    }

    fn request(flags: u8) -> [u8; LENGTH] {
        let mut request = [0; LENGTH];
        request[0] = flags;
        request[2] = 6;
        request[40..].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        request
    }

    #[test]
    fn a_client_gets_its_own_time_and_ours() {
        // 2024-01-01 00:00:00.5 UTC is 3,913,056,000.5 s after 1900.
        let answer = answer(&request(0x23), 1_704_067_200_500_000).unwrap();
        let now = [0xE9, 0x3C, 0x7F, 0x00, 0x80, 0, 0, 0];
        let expected = [
            &[0x24, 1, 6, 0xEC, 0, 0, 0, 0, 0, 0, 0, 0][..],
            b"LOCL",
            &now,
            &[1, 2, 3, 4, 5, 6, 7, 8],
            &now,
            &now,
        ];
        assert_eq!(answer, expected.concat());
    }

    #[test]
    fn times_are_those_of_the_eras() {
        // RFC 5905, figure 4: the first day of UNIX, and of the second era.
        assert_eq!(timestamp(0), 2_208_988_800 << 32);
        assert_eq!(timestamp(2_085_978_496_000_000), 0);
        assert_eq!(timestamp(-2_208_988_800_000_000), 0);
        assert_eq!(timestamp(2_085_978_496_250_000), 1 << 30);
    }

    #[test]
    fn the_version_is_that_of_the_request() {
        for version in 1..=4 {
            let answer = answer(&request(version << 3 | CLIENT), 0).unwrap();
            assert_eq!(answer[0], version << 3 | SERVER);
        }
    }

    #[test]
    fn only_clients_are_answered() {
        for flags in [0x24, 0x1B & !0b111, 0x03, 0x2B, 0x25, 0x21] {
            assert_eq!(answer(&request(flags), 0), None, "{flags:02X}");
        }
        assert_eq!(answer(&request(0x23)[..47], 0), None);
        assert_eq!(super::answer(&request(0x24), 0), Err(Silence::IsAnswer));
        assert_eq!(super::answer(&request(0x25), 0), Err(Silence::NotARequest));
    }

    proptest! {
        #[test]
        fn any_bytes_may_come_at_any_time(bytes in prop::collection::vec(any::<u8>(), 0..100), now: i64) {
            if let Some(answer) = answer(&bytes, now) {
                prop_assert_eq!(answer.len(), LENGTH);
                prop_assert_eq!(&answer[24..32], &bytes[40..48]);
                prop_assert!(super::answer(&answer, now).is_err());
            }
            answer(&[&request(0x23)[..], &bytes].concat(), now);
        }
    }
}
