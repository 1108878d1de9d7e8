//! The part of a plot that is in sight.

/// The part of a range that is added at each end, so that no point stands on the edge.
const MARGIN: f64 = 0.04;
/// The narrowest range, as a part of its greatest number: beyond that, numbers are not exact.
const NARROWEST: f64 = 1e-14;

/// A range of numbers, the lesser one first.
pub(super) type Span = (f64, f64);

/// The ranges that the user chose; `None` shows all points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sight {
    pub(super) across: Option<Span>,
    pub(super) up: Option<Span>,
}

impl Sight {
    /// Whether the user chose a part.
    pub(super) fn is_chosen(&self) -> bool {
        self.across.is_some() || self.up.is_some()
    }

    /// The range along the x axis: the chosen one, or the last `width` of all points, or all of
    /// them. `beside` is the room on both sides of a single place.
    pub(super) fn across(&self, all: Span, width: Option<f64>, beside: f64) -> Span {
        let (first, last) = all;
        let begin = width.map_or(first, |width| first.max(last - width));
        self.across.unwrap_or_else(|| roomy((begin, last), beside))
    }

    /// Shows a part `factor` times as wide, in which `at` stands where it stood.
    pub(super) fn zoom(&mut self, present: Span, at: f64, factor: f64) {
        let (start, end) = present;
        let zoomed = (at - (at - start) * factor, at + (end - at) * factor);
        if is_wide(zoomed) {
            self.across = Some(zoomed);
        }
    }

    /// Shows these ranges; one that is too narrow leaves its axis as it is.
    pub(super) fn choose(&mut self, across: Option<Span>, up: Option<Span>) {
        self.across = across.filter(|span| is_wide(*span)).or(self.across);
        self.up = up.filter(|span| is_wide(*span)).or(self.up);
    }
}

/// A range with some room on both sides; around a single number it is `beside`.
pub(super) fn roomy((low, high): Span, beside: f64) -> Span {
    let margin = match (high - low) * MARGIN {
        0.0 => beside,
        // The greatest numbers have no room beside them.
        margin if !margin.is_finite() => 0.0,
        margin => margin,
    };
    (low - margin, high + margin)
}

/// The room on both sides of a single value.
pub(super) fn beside(value: f64) -> f64 {
    (value.abs() * MARGIN).max(0.5)
}

fn is_wide((start, end): Span) -> bool {
    let least = start.abs().max(end.abs()) * NARROWEST;
    start.is_finite() && end.is_finite() && end - start > least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_points_are_in_sight_or_the_last_of_them() {
        let sight = Sight::default();
        assert_eq!(sight.across((0.0, 100.0), None, 0.5), (-4.0, 104.0));
        assert_eq!(sight.across((0.0, 100.0), Some(50.0), 0.5), (48.0, 102.0));
        assert_eq!(sight.across((0.0, 100.0), Some(500.0), 0.5), (-4.0, 104.0));
        assert_eq!(sight.across((5.0, 5.0), None, beside(5.0)), (4.5, 5.5));
        assert!(!sight.is_chosen());
    }

    #[test]
    fn what_is_zoomed_at_stays_where_it_is() {
        let mut sight = Sight::default();
        sight.zoom((0.0, 100.0), 25.0, 0.5);
        assert_eq!(sight.across((0.0, 100.0), None, 0.5), (12.5, 62.5));
        assert!(sight.is_chosen());
    }

    #[test]
    fn times_are_not_zoomed_beyond_what_they_are_exact_to() {
        let now = 1.78e15;
        let (mut sight, mut present) = (Sight::default(), (now - 1e6, now));
        for _ in 0..1_000 {
            sight.zoom(present, now, 0.5);
            present = sight.across(present, None, 0.5);
            assert!(present.0 < present.1);
        }
        assert!(present.1 - present.0 < 100.0, "{present:?}");
    }

    #[test]
    fn a_range_without_width_is_not_chosen() {
        let mut sight = Sight::default();
        sight.choose(Some((1.0, 1.0)), Some((2.0, 3.0)));
        assert_eq!((sight.across, sight.up), (None, Some((2.0, 3.0))));
    }
}
