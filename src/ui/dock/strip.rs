//! The strip of buttons, one a page: a column beside the log, a row below it.

use super::{PAGES, PageEntry, close_ui, is_below};
use crate::settings::dock::Page;
use crate::t;
use crate::ui::controls::group;
use crate::ui::region::{self, Region};
use crate::ui::{Action, UiContext, controls, icons, theme};
use crate::words::Lang;
use egui::accesskit::Role;
use egui::{
    Align, Color32, CornerRadius, FontId, Frame, Id, Layout, Margin, Panel, Rect, Response,
    ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

/// The height of the row.
pub const ROW: f32 = 34.0;
/// Heights of a button of the column: the greatest, the least at which each has its word, the
/// least of a word, and the least. A word must be nearer to its own icon than to the next one.
const HIGH: f32 = 42.0;
const ROOMY: f32 = 38.0;
const WORDED: f32 = 33.0;
const LOW: f32 = 22.0;
/// The narrowest column, and its margin beside the words.
const COLUMN: f32 = 48.0;
const BESIDE: f32 = 12.0;
/// Between buttons, and around all of them.
const GAP: f32 = 3.0;
pub const AROUND: f32 = 6.0;
/// The same in a window in which the column has too little room otherwise, and the height of its
/// buttons there.
const LOW_GAP: f32 = 1.0;
const LOW_AROUND: f32 = 2.0;
const LOWEST: f32 = 16.0;
/// The width of a button without words.
const BARE: f32 = 30.0;

/// The content of a button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ButtonContent {
    /// Its icon with the word below.
    Both,
    Word,
    Icon,
}

/// How wide the column is: words of both languages have room.
pub fn width(ui: &Ui, lang: Lang) -> f32 {
    let words = PAGES.iter().map(|page| word_width(ui, lang, page, small()));
    COLUMN.max(words.fold(0.0, f32::max).ceil() + BESIDE)
}

/// Shows the strip here: a row where the dock stands below the log, else a column.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    place: Rect,
    open: Option<Page>,
    marked: &[Page],
) -> Option<Action> {
    let frame = Frame::new();
    let builder = UiBuilder::new().id_salt("strip").max_rect(place);
    let mut ui = ui.new_child(builder);
    let shown = match is_below(ui.ctx()) {
        true => Panel::bottom("strip")
            .exact_size(place.height())
            .resizable(false)
            .frame(frame.inner_margin(Margin::symmetric(12, 0)))
            .show(&mut ui, |ui| row_ui(ui, cx, open, marked)),
        false => Panel::right("strip")
            .exact_size(place.width())
            .resizable(false)
            .frame(frame)
            .show(&mut ui, |ui| column_ui(ui, cx, open, marked)),
    };
    shown.inner
}

pub fn column_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    open: Option<Page>,
    marked: &[Page],
) -> Option<Action> {
    // An open page is the part, and the strip beside it.
    if open.is_none() {
        region::gate(ui, Region::Dock);
    }
    // Where words do not fit, the icons stay. The line beside the column takes a point of it.
    let is_wide = ui.available_width() + 1.5 >= width(ui, cx.lang);
    let column = Column::of(ui.available_height(), is_wide);
    let Column { gap, around, .. } = column;
    let spare = column.spare.max(2.0 * gap);
    let width = ui.available_width() - 8.0;
    let first_aside = PAGES.iter().find(|page| page.page.is_aside());
    let first_aside = first_aside.map(|page| page.page);
    let mut asked = None;
    ScrollArea::vertical()
        .id_salt("strip")
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(around);
            ui.vertical_centered(|ui| {
                ui.spacing_mut().item_spacing.y = gap;
                for page in &PAGES {
                    if Some(page.page) == first_aside {
                        ui.add_space(spare);
                    }
                    let state = ButtonState::of(ui, page, open, marked);
                    let (content, height) = match page.page.is_aside() {
                        true => column.aside,
                        false => column.page,
                    };
                    let size = vec2(width, height);
                    if button_ui(ui, cx, page, state, (content, size)).clicked() {
                        asked = Some(Action::TogglePage(page.page));
                    }
                }
            });
        });
    asked
}

/// How the buttons share the height of the column.
struct Column {
    gap: f32,
    around: f32,
    /// What the buttons of the pages show, and their height.
    page: (ButtonContent, f32),
    /// The same of those that open no page of the session.
    aside: (ButtonContent, f32),
    /// The height that is left over.
    spare: f32,
}

impl Column {
    fn of(whole: f32, is_wide: bool) -> Self {
        let asides = PAGES.iter().filter(|page| page.page.is_aside()).count() as f32;
        let count = PAGES.len() as f32;
        let room_of = |gap: f32, around: f32| (whole - 2.0 * around - 2.0 * gap) / count - gap;
        let wide = room_of(GAP, AROUND);
        // The words of the pages are worth more than those of the others.
        let bare = asides * (LOW + LOW_GAP);
        let pages = whole - 2.0 * LOW_AROUND - 2.0 * LOW_GAP - bare;
        let worded = pages / (count - asides) - LOW_GAP;
        let (icon, both) = (ButtonContent::Icon, ButtonContent::Both);
        let all =
            |content, height, gap, around| (gap, around, (content, height), (content, height));
        let (gap, around, page, aside) = if is_wide && wide >= ROOMY {
            all(both, wide.min(HIGH), GAP, AROUND)
        } else if is_wide && worded >= WORDED {
            let height = worded.min(HIGH);
            (LOW_GAP, LOW_AROUND, (both, height), (icon, LOW))
        } else if wide >= LOW {
            all(icon, wide.min(HIGH), GAP, AROUND)
        } else {
            // Buttons stand closer where they have too little room otherwise.
            let tight = room_of(LOW_GAP, LOW_AROUND);
            all(icon, tight.clamp(LOWEST, HIGH), LOW_GAP, LOW_AROUND)
        };
        let buttons = (count - asides) * (page.1 + gap) + asides * (aside.1 + gap);
        Self {
            gap,
            around,
            page,
            aside,
            spare: whole - 2.0 * around - buttons,
        }
    }
}

fn row_ui(ui: &mut Ui, cx: UiContext<'_>, open: Option<Page>, marked: &[Page]) -> Option<Action> {
    let mut asked = None;
    let size = ui.available_size();
    if open.is_none() {
        region::gate(ui, Region::Dock);
    }
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = GAP;
        let widths = PAGES.iter().map(|page| match page.page.is_aside() {
            true => BARE,
            false => word_width(ui, cx.lang, page, theme::body()) + BESIDE,
        });
        let widths: Vec<f32> = widths.collect();
        let all: f32 = widths.iter().map(|width| width + GAP).sum();
        let content = match all + BARE <= ui.available_width() {
            true => ButtonContent::Word,
            // Where words do not fit, the icons stay.
            false => ButtonContent::Icon,
        };
        for (page, width) in PAGES.iter().zip(widths) {
            let (content, width) = match content == ButtonContent::Icon || page.page.is_aside() {
                true => (ButtonContent::Icon, BARE),
                false => (content, width),
            };
            let state = ButtonState::of(ui, page, open, marked);
            if button_ui(ui, cx, page, state, (content, vec2(width, 26.0))).clicked() {
                asked = Some(Action::TogglePage(page.page));
            }
        }
        if let Some(open) = open {
            let right = Layout::right_to_left(Align::Center);
            let closed = ui.with_layout(right, |ui| close_ui(ui, cx, open)).inner;
            asked = asked.take().or(closed);
        }
    });
    asked
}

#[derive(Clone, Copy)]
struct ButtonState {
    open: bool,
    marked: bool,
    /// The Tab key stops at it: the one that had the keys last.
    stop: bool,
}

impl ButtonState {
    fn of(ui: &Ui, page: &PageEntry, open: Option<Page>, marked: &[Page]) -> Self {
        let [first, ..] = &PAGES;
        let last: Option<Page> = ui.data(|data| data.get_temp(Id::unique(STOP)));
        Self {
            open: open == Some(page.page),
            marked: marked.contains(&page.page),
            stop: last.unwrap_or(first.page) == page.page,
        }
    }
}

/// Under which is kept which button had the keys last.
const STOP: &str = "stop of the strip";

fn button_id(page: Page) -> Id {
    Id::unique(("strip", page))
}

/// Moves the keys from this button to the next by the arrows.
fn keys(ui: &Ui, page: &PageEntry) {
    let place = PAGES.iter().position(|other| other.page == page.page);
    let moved = place.and_then(|place| {
        let count = PAGES.len();
        group::arrow(ui, button_id(page.page), place, count)
    });
    if let Some(next) = moved.and_then(|next| PAGES.get(next)) {
        ui.data_mut(|data| data.insert_temp(Id::unique(STOP), next.page));
        group::focus(ui, button_id(next.page));
    }
}

fn button_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    page: &PageEntry,
    state: ButtonState,
    (content, size): (ButtonContent, Vec2),
) -> Response {
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = ui.interact(rect, button_id(page.page), group::sense(state.stop));
    keys(ui, page);
    let name = t!(cx.lang, page.name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, state.open, &name));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    let palette = cx.palette;
    let (fill, ink) = match (state.open, response.hovered()) {
        (true, _) => (palette.accent_soft, palette.text),
        (false, true) => (palette.hover, palette.text),
        (false, false) => (Color32::TRANSPARENT, palette.dim),
    };
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(6), fill);
    let middle = rect.center();
    let (icon, font) = match content {
        ButtonContent::Both => (Some(middle - vec2(0.0, 8.0)), small()),
        ButtonContent::Word => (None, theme::body()),
        ButtonContent::Icon => (Some(middle), small()),
    };
    if let Some(icon) = icon {
        icons::paint(painter, page.icon, icon, ink);
    }
    if content != ButtonContent::Icon {
        let word = painter.layout_no_wrap(t!(cx.lang, page.short), font, ink);
        let down = if content == ButtonContent::Both {
            9.0
        } else {
            0.0
        };
        let centre = middle + vec2(0.0, down);
        painter.galley(centre - word.size() / 2.0, word, ink);
    }
    if state.marked {
        let corner = pos2(rect.right() - 5.0, rect.top() + 5.0);
        painter.circle_filled(corner, 3.0, palette.accent);
    }
    let key = ui.ctx().format_shortcut(&page.shortcut);
    controls::tooltip_with_key(response, &name, &key)
}

fn small() -> FontId {
    FontId::proportional(11.0)
}

fn word_width(ui: &Ui, lang: Lang, page: &PageEntry, font: FontId) -> f32 {
    let word = t!(lang, page.short);
    let word = ui
        .painter()
        .layout_no_wrap(word, font, Color32::PLACEHOLDER);
    word.size().x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buttons_of_the_column_fit_in_its_height() {
        for whole in 300..1200 {
            for is_wide in [false, true] {
                let column = Column::of(whole as f32, is_wide);
                assert!(column.spare >= 0.0, "{whole}: {}", column.spare);
                let (content, height) = column.page;
                assert!(content == ButtonContent::Icon || height >= WORDED);
            }
        }
    }

    #[test]
    fn the_pages_keep_their_words_longest() {
        let words = |whole: f32| {
            let column = Column::of(whole, true);
            [column.page.0, column.aside.0].map(|content| content == ButtonContent::Both)
        };
        assert_eq!(words(700.0), [true, true]);
        // A window of 1280×800.
        assert_eq!(words(532.0), [true, false]);
        assert_eq!(words(300.0), [false, false]);
    }
}
