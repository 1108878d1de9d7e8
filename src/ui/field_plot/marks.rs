//! The marks along an axis of time.

use crate::settings::columns::TimeFormat;
use crate::traffic::Micros;
use crate::ui::UiContext;
use egui_plot::GridMark;

/// Microseconds.
const SECOND: f64 = 1e6;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// The distances of marks from a second on.
const STEPS: [f64; 19] = [
    SECOND,
    2.0 * SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    15.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    7.0 * DAY,
];

/// Marks at round times, at most `most` of them. `offset` is that of the local time from UTC, in
/// microseconds.
pub(super) fn marks((start, end): (f64, f64), offset: f64, most: usize) -> Vec<GridMark> {
    let step_size = step((end - start) / most.max(1) as f64);
    let first = ((start + offset) / step_size).ceil();
    let last = ((end + offset) / step_size).floor();
    let count = (last - first + 1.0).max(0.0) as usize;
    let mark = |place: usize| GridMark {
        value: (first + place as f64) * step_size - offset,
        step_size,
    };
    (0..count.min(most + 1)).map(mark).collect()
}

/// The least round distance of at least this length.
fn step(least: f64) -> f64 {
    if least > SECOND {
        let known = STEPS.into_iter().find(|step| *step >= least);
        return known.unwrap_or_else(|| (least / DAY).ceil() * DAY);
    }
    let tenth = 10_f64.powf(least.max(1.0).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|part| part * tenth);
    let known = steps.into_iter().find(|step| *step >= least);
    known.unwrap_or(SECOND)
}

/// The words of a mark: as exact as the distance to the next one.
pub(super) fn words(cx: UiContext<'_>, mark: GridMark) -> String {
    let time = mark.value.round() as Micros;
    if mark.step_size >= DAY {
        let date = cx.time(time, TimeFormat::Date);
        let day = date.split(' ').next().and_then(|date| date.split_once('-'));
        return day.map_or_else(|| date.clone(), |(_, day)| day.to_owned());
    }
    if mark.step_size < SECOND / 1e3 {
        return cx.time(time, TimeFormat::Micros);
    }
    let text = cx.time(time, TimeFormat::Millis);
    match text.strip_suffix(".000") {
        Some(whole) if mark.step_size >= SECOND => whole.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(span: (f64, f64), offset: f64, most: usize) -> Vec<f64> {
        let marks = marks(span, offset, most).into_iter();
        marks.map(|mark| mark.value).collect()
    }

    #[test]
    fn marks_stand_at_round_times() {
        let seconds = values((0.3 * SECOND, 9.0 * SECOND), 0.0, 5);
        assert_eq!(seconds, [2e6, 4e6, 6e6, 8e6]);
        let days = values((0.5 * DAY, 3.5 * DAY), 8.0 * HOUR, 4);
        assert_eq!(days, [1.0, 2.0, 3.0].map(|day| day * DAY - 8.0 * HOUR));
        assert_eq!(values((0.0, 40.0), 0.0, 4), [0.0, 10.0, 20.0, 30.0, 40.0]);
    }

    #[test]
    fn there_are_never_more_marks_than_have_room() {
        for width in [1.0, 1e3, 1e6, 3.7e8, 1e12, 1e15] {
            for most in [1, 3, 8] {
                let count = values((1.7e15, 1.7e15 + width), 0.0, most).len();
                assert!(count <= most + 1, "{width} {most}: {count}");
            }
        }
    }

    #[test]
    fn a_mark_says_no_more_than_its_place() {
        let words = |value, step_size| words(UiContext::for_tests(), GridMark { value, step_size });
        assert_eq!(words(61.0 * SECOND, SECOND), "00:01:01");
        assert_eq!(words(61.5 * SECOND, SECOND / 2.0), "00:01:01.500");
        assert_eq!(words(1.0, 1.0), "00:00:00.000001");
        assert_eq!(words(DAY, DAY), "01-02");
    }
}
