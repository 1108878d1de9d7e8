//! The width of the longest cure of the failures in the log, which decides how high their rows are.

use super::scene::Scene;
use crate::explain;
use crate::traffic::{Body, Notice, Record};
use crate::ui::theme;
use crate::words::Lang;
use egui::{Color32, Painter};

/// The log counts lines, so that all rows of failures are equally high: as high as the longest cure
/// needs that was painted since the log was cleared. Rows do not shrink again when it leaves the
/// view.
#[derive(Debug, Default)]
pub(super) struct LongestCure {
    /// In one line, in points.
    width: f32,
    /// The language that it was measured in.
    lang: Lang,
}

impl LongestCure {
    /// In one line, in points.
    pub(super) fn width(&self) -> f32 {
        self.width
    }

    /// Measures the cure of a painted row. If it changes the height of rows, they are laid out anew
    /// before they are seen.
    pub(super) fn note(&mut self, painter: &Painter, scene: &Scene<'_>, record: &Record<'_>) {
        let Body::Notice(Notice::Failed(failure)) = record.body else {
            return;
        };
        let lang = scene.cx.lang;
        let cure = explain::failure(lang, failure).cure;
        let galley = painter.layout_no_wrap(cure, theme::mono(), Color32::PLACEHOLDER);
        self.widen(lang, galley.size().x.ceil());
        let columns = scene.columns.with_cure(self.width, scene.area.width());
        if columns.failure_lines != scene.columns.failure_lines {
            let ctx = painter.ctx();
            ctx.request_discard("failures have more or fewer lines");
            ctx.request_repaint();
        }
    }

    fn widen(&mut self, lang: Lang, width: f32) {
        let known = if self.lang == lang { self.width } else { 0.0 };
        (self.width, self.lang) = (known.max(width), lang);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_cure_stays_until_the_language_changes() {
        let mut longest = LongestCure::default();
        for (lang, width, known) in [
            (Lang::Chinese, 450.0, 450.0),
            (Lang::Chinese, 200.0, 450.0),
            (Lang::English, 300.0, 300.0),
            (Lang::English, 757.0, 757.0),
        ] {
            longest.widen(lang, width);
            assert_eq!(longest.width(), known);
        }
    }
}
