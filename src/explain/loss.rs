//! Datagrams that the kernel dropped, in words: where, why, and what to do.

use super::buffer_size::buffer_size;
use crate::traffic::{Cause, LossPlace};
use crate::words::grouped;
use crate::{t, words::Lang};

/// Describes how many were dropped, and where; `at_least` marks a lower bound.
pub fn what(lang: Lang, count: u64, place: LossPlace, at_least: bool) -> String {
    let count = drops(lang, count, at_least);
    match place {
        LossPlace::Here => t!(lang, "failure.dropped.here", count = count),
        LossPlace::Above { places: 1 } => t!(lang, "failure.dropped.above_once", count = count),
        LossPlace::Above { places } => {
            let places = grouped(places);
            t!(
                lang,
                "failure.dropped.above",
                count = count,
                places = places
            )
        }
        LossPlace::Behind => t!(lang, "failure.dropped.behind", count = count),
        LossPlace::Hidden => t!(lang, "failure.dropped.hidden", count = count),
    }
}

/// A number of drops; `at_least` marks a lower bound.
pub fn drops(lang: Lang, count: u64, at_least: bool) -> String {
    let count = grouped(count);
    match at_least {
        true => t!(lang, "failure.dropped.at_least", count = count),
        false => count,
    }
}

/// The cure: a larger receive buffer, by the system's limit or in the settings.
pub fn cure(lang: Lang, cause: &Cause) -> String {
    match cause {
        Cause::Dropped {
            receive_buffer,
            asked,
            ..
        } if receive_buffer < asked => {
            t!(
                lang,
                "failure.dropped.system",
                buffer = buffer_size(*receive_buffer)
            )
        }
        Cause::Dropped { receive_buffer, .. } => {
            t!(
                lang,
                "failure.dropped.setting",
                buffer = buffer_size(*receive_buffer)
            )
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_is_not_several() {
        let reported = |lang, places| what(lang, 9, LossPlace::Above { places }, false);
        for lang in [Lang::English, Lang::Chinese] {
            assert!(!reported(lang, 1).contains('1'), "{}", reported(lang, 1));
            assert!(reported(lang, 2).contains('2'), "{}", reported(lang, 2));
        }
    }

    #[test]
    fn where_no_row_is_shown_none_is_named() {
        let reported = |lang| what(lang, 1_234, LossPlace::Hidden, false);
        let english = "The kernel dropped 1,234 datagrams: the receive buffer was full";
        assert_eq!(reported(Lang::English), english);
        assert!(reported(Lang::Chinese).starts_with("内核丢弃了 1,234 个"));
    }
}
