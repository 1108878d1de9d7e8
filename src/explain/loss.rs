//! Datagrams the kernel dropped: where, why, and what helps.

use crate::traffic::LossPlace;
use crate::words::grouped;
use crate::{say, words::Lang};

/// What happened and what to do about it. Buffers are in bytes.
pub fn dropped(
    lang: Lang,
    count: u64,
    place: LossPlace,
    receive_buffer: usize,
    asked: usize,
) -> (String, String) {
    let count = grouped(count);
    let what = match place {
        LossPlace::Here => say!(lang, "failure.dropped.here", count = count),
        LossPlace::Above { places } => {
            let places = grouped(places);
            say!(
                lang,
                "failure.dropped.above",
                count = count,
                places = places
            )
        }
        LossPlace::Behind => say!(lang, "failure.dropped.behind", count = count),
    };
    let buffer = receive_buffer / 1024;
    let cure = if receive_buffer < asked {
        say!(lang, "failure.dropped.system", buffer = buffer)
    } else {
        say!(lang, "failure.dropped.setting", buffer = buffer)
    };
    (what, cure)
}
