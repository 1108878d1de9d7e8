//! The shapes that a frame paints.

use super::driver::Window;
use egui::epaint::{CircleShape, PathShape, RectShape, TextShape};
use egui::{Color32, Pos2, Shape, Stroke};

/// The shapes of a frame, the lowest first, each with the area it is clipped to.
pub struct Painted {
    pub rects: Vec<(usize, RectShape, egui::Rect)>,
    pub texts: Vec<(usize, TextShape, egui::Rect)>,
    pub circles: Vec<CircleShape>,
    pub paths: Vec<PathShape>,
    /// The strokes of single lines.
    pub lines: Vec<Stroke>,
    /// What the window is cleared with.
    cleared: Color32,
}

impl Painted {
    pub fn of(window: &Window) -> Self {
        let mut painted = Self {
            rects: Vec::new(),
            texts: Vec::new(),
            circles: Vec::new(),
            paths: Vec::new(),
            lines: Vec::new(),
            cleared: window.harness.ctx.global_style().visuals.panel_fill,
        };
        let mut order = 0;
        for shape in &window.harness.output().shapes {
            painted.take(&shape.shape, shape.clip_rect, &mut order);
        }
        painted
    }

    fn take(&mut self, shape: &Shape, clip: egui::Rect, order: &mut usize) {
        *order += 1;
        match shape {
            Shape::Vec(shapes) => {
                for shape in shapes {
                    self.take(shape, clip, order);
                }
            }
            // One that is blurred is a shadow.
            Shape::Rect(rect) if rect.blur_width == 0.0 => {
                self.rects.push((*order, rect.clone(), clip));
            }
            Shape::Text(text) => self.texts.push((*order, text.clone(), clip)),
            Shape::Circle(circle) => self.circles.push(*circle),
            Shape::Path(path) => self.paths.push(path.clone()),
            Shape::LineSegment { stroke, .. } => self.lines.push(*stroke),
            _ => {}
        }
    }

    /// The texts that were painted whole, neither shortened nor cut by their area, and where.
    pub fn whole(&self) -> Vec<(&str, egui::Rect)> {
        let place = |text: &TextShape| text.visual_bounding_rect();
        let texts = self.texts.iter().filter(|(_, text, clip)| {
            !text.galley.elided && clip.expand(1.0).contains_rect(place(text))
        });
        let texts = texts.map(|(_, text, _)| (text.galley.text(), place(text)));
        texts.collect()
    }

    /// Where this text was painted whole.
    pub fn places_of(&self, text: &str) -> Vec<egui::Rect> {
        let whole = self.whole().into_iter();
        let same = whole.filter(|(shown, _)| *shown == text);
        same.map(|(_, place)| place).collect()
    }

    /// The colour at this place below the `order`th shape.
    pub fn ground(&self, at: Pos2, order: usize) -> Color32 {
        let below = self.rects.iter().take_while(|(of, ..)| *of < order);
        let fills = below.filter(|(_, rect, clip)| rect.rect.contains(at) && clip.contains(at));
        fills.fold(self.cleared, |ground, (_, rect, _)| ground.blend(rect.fill))
    }
}
