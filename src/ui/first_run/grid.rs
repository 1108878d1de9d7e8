//! The cards side by side.

use super::card::{CARDS, Card};
use crate::t;
use crate::ui::dock::rail;
use crate::ui::{UiContext, theme};
use egui::{
    Align2, Color32, CornerRadius, FontId, Label, Response, RichText, Sense, Stroke, StrokeKind,
    Ui, Vec2, WidgetInfo, accesskit::Role, vec2,
};

/// The width of all cards, and the least of one with its words.
const WIDTH: f32 = 600.0;
const LEAST: f32 = 180.0;
const GAP: f32 = 12.0;
/// Between a card's edge and its words.
const PADDING: Vec2 = vec2(14.0, 10.0);
/// Heights: of a card with its title alone, and of a title above other words.
const LOW: f32 = 30.0;
const TITLE: f32 = 20.0;
/// Between cards that show their titles alone.
const LOW_GAP: f32 = 6.0;

/// What was clicked.
pub(super) enum FirstChoice {
    Card(&'static Card),
    /// The page of the course.
    Course,
}

/// Shows all cards in a part of the log this high; `open` is the name of the button that opens
/// the session.
pub(super) fn ui(ui: &mut Ui, cx: UiContext<'_>, height: f32, open: &str) -> Option<FirstChoice> {
    let all = (ui.available_width() - 2.0 * GAP).min(WIDTH);
    let columns: usize = match all {
        all if all >= 3.0 * LEAST + 2.0 * GAP => 3,
        all if all >= 2.0 * LEAST + GAP => 2,
        _ => 1,
    };
    let width = (all - GAP * (columns - 1) as f32) / columns as f32;
    let rows = CARDS.len().div_ceil(columns) as f32;
    let manual = match rail::is_shown(ui.ctx()) {
        true => t!(cx.lang, "first_run.manual_on_rail", open = open),
        false => t!(cx.lang, "first_run.manual", open = open),
    };
    let below = text_height(ui, manual.clone(), theme::body(), ui.available_width());
    let around = |gap: f32| (TITLE + gap, below + gap);
    let needed = |card: f32, gap: f32| {
        let (heading, manual) = around(gap);
        rows * (card + gap) + heading + manual
    };
    let high = card_height(ui, cx, width);
    // Only the titles are shown where the words would push the last line out.
    let is_roomy = needed(high, GAP) <= height;
    let (card, gap) = match is_roomy {
        true => (high, GAP),
        false => (LOW, LOW_GAP),
    };
    // Beside an open page only the cards may have room.
    let (heading, manual_height) = around(gap);
    let mut needed = needed(card, gap);
    let has_manual = needed <= height;
    needed -= if has_manual { 0.0 } else { manual_height };
    let has_heading = needed <= height;
    needed -= if has_heading { 0.0 } else { heading };
    // The way to the course takes only room that nothing else needs.
    let learn = t!(cx.lang, "first_run.learn");
    let link = text_height(ui, learn.clone(), theme::body(), ui.available_width()) + gap;
    let has_link = has_manual && needed + link <= height;
    needed += if has_link { link } else { 0.0 };
    let size = vec2(width, card);
    ui.spacing_mut().item_spacing = vec2(GAP, gap);
    ui.add_space(((height - needed) / 2.0).max(0.0));
    if has_heading {
        ui.vertical_centered(|ui| {
            let heading = RichText::new(t!(cx.lang, "first_run.heading"));
            ui.label(heading.font(theme::bold(if is_roomy { 16.0 } else { 13.0 })));
        });
    }
    let margin = (ui.available_width() - all) / 2.0;
    let mut clicked = None;
    for row in CARDS.chunks(columns) {
        ui.horizontal(|ui| {
            ui.add_space(margin.max(0.0));
            for card in row {
                if card_ui(ui, cx, card, (size, is_roomy)).clicked() {
                    clicked = Some(FirstChoice::Card(card));
                }
            }
        });
    }
    if has_manual {
        ui.vertical_centered(|ui| {
            let manual = RichText::new(manual).color(cx.palette.dim);
            ui.add(Label::new(manual).wrap());
        });
    }
    if has_link {
        ui.vertical_centered(|ui| {
            if ui.link(&learn).clicked() {
                clicked = Some(FirstChoice::Course);
            }
        });
    }
    clicked
}

/// The height of the card with the most words.
fn card_height(ui: &Ui, cx: UiContext<'_>, width: f32) -> f32 {
    let room = width - 2.0 * PADDING.x;
    let words = CARDS.iter().map(|card| t!(cx.lang, card.about));
    let heights = words.map(|about| text_height(ui, about, theme::small(), room));
    heights.fold(0.0, f32::max) + TITLE + 2.0 * PADDING.y
}

fn text_height(ui: &Ui, text: String, font: FontId, width: f32) -> f32 {
    let words = ui.painter().layout(text, font, Color32::PLACEHOLDER, width);
    words.size().y
}

fn card_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    card: &Card,
    (size, is_roomy): (Vec2, bool),
) -> Response {
    let palette = cx.palette;
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let (title, about) = (t!(cx.lang, card.title), t!(cx.lang, card.about));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &title));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_description(about.clone());
    });
    let (outline, fill) = match response.hovered() {
        true => (palette.accent, palette.hover),
        false => (palette.edge, palette.panel),
    };
    let painter = ui.painter();
    let stroke = Stroke::new(1.0, outline);
    painter.rect(
        rect,
        CornerRadius::same(8),
        fill,
        stroke,
        StrokeKind::Inside,
    );
    let (corner, font) = (rect.min + PADDING, theme::bold(13.0));
    if is_roomy {
        painter.text(corner, Align2::LEFT_TOP, title, font, palette.text);
        let room = size.x - 2.0 * PADDING.x;
        let words = painter.layout(about, theme::small(), palette.dim, room);
        painter.galley(corner + vec2(0.0, TITLE), words, palette.dim);
        return response;
    }
    let left = rect.left_center() + vec2(PADDING.x, 0.0);
    painter.text(left, Align2::LEFT_CENTER, title, font, palette.text);
    response.on_hover_text(about)
}
