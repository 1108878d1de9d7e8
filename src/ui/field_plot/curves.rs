//! The curves of a plot.

use crate::capture::points::CurvePoints;
use crate::peer::Peer;
use crate::plotter::PlotBatch;
use crate::traffic::plot::Series;
use crate::ui::plot::Dash;
use crate::ui::theme::Palette;
use egui::Color32;

/// The most curves: each has a colour and a dash of its own.
pub const MOST: usize = 12;
/// The most points of all curves together, 24 bytes each.
const POINTS: usize = 4_000_000;

/// The numbers of a field, of one peer or of all.
#[derive(Debug)]
pub(super) struct Curve {
    pub(super) field: String,
    pub(super) peer: Option<Peer>,
    pub(super) series: Series,
    /// The place of its field among those that are plotted.
    place: usize,
}

impl Curve {
    fn new((place, field): (usize, &str), peer: Option<Peer>) -> Self {
        Self {
            field: field.to_owned(),
            peer,
            series: Series::default(),
            place,
        }
    }

    /// Its field, with its peer.
    pub(super) fn name(&self) -> String {
        match self.peer {
            Some(peer) => format!("{} · {peer}", self.field),
            None => self.field.clone(),
        }
    }
}

/// All curves, and what they do not show.
#[derive(Debug, Default)]
pub(super) struct Curves {
    fields: Vec<String>,
    by_peer: bool,
    list: Vec<Curve>,
    /// Changes with the points.
    version: u64,
    /// Messages that are not as described.
    faulty: u64,
    /// Numbers for which there is no curve left.
    left_out: u64,
    /// Rows that could not be read.
    unread: u64,
}

impl Curves {
    /// The curves of these fields, without points; with `by_peer` each begins with its first point.
    pub(super) fn new(fields: &[String], by_peer: bool) -> Self {
        let fields: Vec<String> = fields.iter().take(MOST).cloned().collect();
        let known = fields.iter().enumerate().filter(|_| !by_peer);
        Self {
            list: known
                .map(|(place, field)| Curve::new((place, field), None))
                .collect(),
            by_peer,
            fields,
            ..Self::default()
        }
    }

    /// Adds the numbers of some rows.
    pub(super) fn take(&mut self, batch: &PlotBatch) {
        self.version += 1;
        self.faulty += batch.collected.faulty;
        self.unread += batch.gone;
        for sample in &batch.collected.samples {
            let peer = sample.peer.filter(|_| self.by_peer);
            let is_it = |curve: &Curve| curve.place == sample.field && curve.peer == peer;
            if !self.list.iter().any(is_it) {
                let field = self.fields.get(sample.field);
                let Some(field) = field.filter(|_| self.list.len() < MOST) else {
                    self.left_out += 1;
                    continue;
                };
                self.list.push(Curve::new((sample.field, field), peer));
            }
            if let Some(curve) = self.list.iter_mut().find(|curve| is_it(curve)) {
                curve.series.push(sample.point);
            }
        }
        let most = POINTS / self.list.len().max(1);
        for curve in &mut self.list {
            curve.series.keep(most);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Curve> {
        self.list.iter()
    }

    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn faulty(&self) -> u64 {
        self.faulty
    }

    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn unread(&self) -> u64 {
        self.unread
    }

    /// The number of points that were dropped for newer ones.
    pub(super) fn dropped(&self) -> u64 {
        self.list.iter().map(|curve| curve.series.dropped()).sum()
    }

    /// The least and the greatest x of all points; `None` if there is none.
    pub(super) fn across(&self) -> Option<(f64, f64)> {
        let spans = self.list.iter().filter_map(|curve| curve.series.across());
        spans.reduce(|all, span| (all.0.min(span.0), all.1.max(span.1)))
    }

    /// The points of all curves, as they are now.
    pub(super) fn saved(&self) -> Vec<CurvePoints> {
        let of = |curve: &Curve| CurvePoints {
            field: curve.field.clone(),
            peer: curve.peer.map(|peer| peer.to_string()).unwrap_or_default(),
            series: curve.series.clone(),
        };
        self.list.iter().map(of).collect()
    }
}

/// The colour and the dash of the curve at this place.
pub(super) fn look(place: usize, palette: &Palette) -> (Color32, Dash) {
    let colours = palette.peers;
    let colour = colours.get(place % colours.len()).copied();
    let dash = match (place / colours.len()).is_multiple_of(2) {
        true => Dash::Solid,
        false => Dash::Dashed,
    };
    (colour.unwrap_or(palette.text), dash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::plot::{Collected, PlotPoint, PlotSample};
    use crate::ui::theme::{DARK, LIGHT};

    fn batch(samples: &[(usize, u16)]) -> PlotBatch {
        let sample = |(row, (field, port)): (u64, &(usize, u16))| PlotSample {
            field: *field,
            peer: Some(Peer::from(([127, 0, 0, 1], *port))),
            point: PlotPoint {
                x: row as f64,
                value: 1.0,
                row,
            },
        };
        let collected = Collected {
            samples: (0..).zip(samples).map(sample).collect(),
            faulty: 2,
        };
        PlotBatch { collected, gone: 0 }
    }

    fn names(curves: &Curves) -> Vec<(String, usize)> {
        let named = |curve: &Curve| (curve.name(), curve.series.len());
        curves.iter().map(named).collect()
    }

    #[test]
    fn peers_share_the_curve_of_a_field_or_have_their_own() {
        let fields = ["a".to_owned(), "b".to_owned()];
        let samples = batch(&[(1, 7), (1, 8), (0, 7)]);
        let mut shared = Curves::new(&fields, false);
        shared.take(&samples);
        assert_eq!(names(&shared), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
        let mut own = Curves::new(&fields, true);
        own.take(&samples);
        let own: Vec<String> = names(&own).into_iter().map(|(name, _)| name).collect();
        let expected = ["b · 127.0.0.1:7", "b · 127.0.0.1:8", "a · 127.0.0.1:7"];
        assert_eq!(own, expected);
    }

    #[test]
    fn curves_beyond_the_most_are_counted() {
        let samples: Vec<(usize, u16)> = (1..=20).map(|port| (0, port)).collect();
        let mut curves = Curves::new(&["a".to_owned()], true);
        curves.take(&batch(&samples));
        assert_eq!(curves.iter().count(), MOST);
        assert_eq!(curves.left_out(), 20 - MOST as u64);
        assert_eq!(curves.faulty(), 2);
        assert_eq!(curves.across(), Some((0.0, MOST as f64 - 1.0)));
    }

    #[test]
    fn every_curve_looks_different_in_both_themes() {
        for palette in [LIGHT, DARK] {
            for place in 0..MOST {
                let own = look(place, &palette);
                assert!((0..place).all(|other| look(other, &palette) != own));
            }
        }
    }
}
