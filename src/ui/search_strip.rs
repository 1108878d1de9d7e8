//! The strip that reports the matches of the filter, beside the titles of the log.

use super::log_view::{LogView, OnShow, SearchView};
use super::search_box::{SearchBox, SearchDirection, SearchFailure, matching, step};
use super::{UiContext, controls, grouped, theme};
use crate::session::Session;
use crate::traffic::Rows;
use crate::{explain, t};
use egui::accesskit::Role;
use egui::{Align, Layout, ProgressBar, RichText, Ui, UiBuilder, WidgetInfo, vec2};

/// The greatest width of the report on the matches, beside the titles of the log.
const STRIP: f32 = 480.0;
/// The width of its buttons, and of the box of its switch.
const STEPS: f32 = 128.0;
const CLOSE: f32 = 44.0;
/// Beside narrower titles the numbers stand without words, close together, and so does the switch
/// where its caption has no room: the width of the buttons and the box there.
const NARROW: f32 = 900.0;
const NARROW_STEPS: f32 = 142.0;
const NARROW_GAP: f32 = 4.0;
/// The room of the titles up to the last one, in the usual widths.
const TITLES: f32 = 460.0;
/// The least width of the bar of progress after the number of matches.
const LEAST_BAR: f32 = 16.0;
/// The part of the titles that a sentence may take.
const SENTENCE: f32 = 0.65;

impl SearchBox {
    /// The number of matches and the actions on them: at the right of the log's titles, which are
    /// drawn below it and leave it the returned width.
    pub fn strip_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, mut shown: OnShow<'_>) -> f32 {
        let titles = ui.available_rect_before_wrap();
        let titles = titles.with_max_y(titles.top() + theme::LOG_HEADER);
        let is_narrow = titles.width() < NARROW;
        // An error is a sentence: it leaves the first titles their room, and the tooltip has
        // all of it.
        let wrong = self.wrong(cx);
        let width_of = |text: &str, font| {
            let text = text.to_owned();
            let galley = ui.painter().layout_no_wrap(text, font, cx.palette.dim);
            galley.size().x
        };
        let caption = width_of(&t!(cx.lang, "search.only"), theme::body());
        let mut around = match is_narrow {
            true => NARROW_STEPS,
            false => caption + STEPS + CLOSE,
        };
        let room = titles.width() - TITLES - around - 2.0 * theme::PADDING;
        let mut is_captioned = !is_narrow;
        let words = shown.sought.map(|sought| {
            let words = |is_short| wording(cx, &shown, sought, is_short);
            let fits = |words: &str, room: f32| width_of(words, theme::small()) <= room;
            let is_long = |words: &Wording| !is_narrow && fits(&words.whole(), room);
            let long = Some(words(false)).filter(is_long);
            let mut words = long.unwrap_or_else(|| words(true));
            // The numbers of matches and the last title are worth more than the caption, and that
            // is worth more than the place.
            let mut room = room;
            if is_narrow && fits(&words.count, room - caption) {
                is_captioned = true;
                around += caption;
                room -= caption;
            }
            words.is_placed = !is_narrow || fits(&words.whole(), room);
            words
        });
        let words = words.unwrap_or_default();
        let width = match (&wrong, shown.sought) {
            (Some(wrong), _) => {
                let most = STRIP.max(titles.width() * SENTENCE);
                (width_of(wrong, theme::small()) + CLOSE).min(most)
            }
            (None, Some(_)) => {
                let width = width_of(&words.shown(), theme::small());
                (width + around).min(STRIP)
            }
            (None, None) => 0.0,
        };
        let width = (width + 2.0 * theme::PADDING).min(titles.width());
        let rect = titles.with_min_x(titles.right() - width);
        let inner = rect.shrink2(vec2(theme::PADDING, 0.0));
        let strip = UiBuilder::new().id_salt("search strip").max_rect(inner);
        let ui = &mut ui.new_child(strip);
        match wrong {
            Some(wrong) => self.wrong_ui(ui, cx, &wrong),
            None => {
                if is_narrow {
                    ui.spacing_mut().item_spacing.x = NARROW_GAP;
                }
                self.found_ui(ui, cx, &mut shown, (words, is_captioned));
            }
        }
        width
    }

    /// Why there are no matches to report.
    fn wrong(&self, cx: UiContext<'_>) -> Option<String> {
        if let Some(mistake) = &self.mistake {
            return Some(explain::filter_mistake(cx.lang, mistake));
        }
        Some(match self.failure.as_ref()? {
            SearchFailure::NoThread => t!(cx.lang, "search.no_thread"),
            SearchFailure::Died(died) => {
                let reason = explain::died(cx.lang, died);
                t!(cx.lang, "search.died", reason = reason)
            }
        })
    }

    fn found_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        shown: &mut OnShow<'_>,
        (words, is_captioned): (Wording, bool),
    ) {
        let (session, sought) = (shown.session, shown.sought);
        // The search of a new text begins with the next frame.
        let Some(sought) = sought else { return };
        let matches = matching(session, sought, shown.view);
        let count = matches.count();
        let rows = session.log.count().rows();
        let done = matches.looked_through();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            self.close_ui(ui, cx);
            let none = (count.rows() == 0).then(|| t!(cx.lang, "search.nothing"));
            controls::unless(ui, none.as_deref(), |ui| {
                let next = t!(cx.lang, "search.next");
                let button = controls::small(ui, "↓", &next);
                if controls::tooltip_with_key(button, &next, "Enter").clicked() {
                    step(shown, SearchDirection::On);
                }
                let previous = t!(cx.lang, "search.previous");
                let button = controls::small(ui, "↑", &previous);
                if controls::tooltip_with_key(button, &previous, "Shift+Enter").clicked() {
                    step(shown, SearchDirection::Back);
                }
            });
            let only = t!(cx.lang, "search.only");
            let text = if is_captioned { only.as_str() } else { "" };
            let check = controls::check(ui, &mut self.only, text, "", theme::body(), cx.palette);
            let check = controls::named(ui, check, &only);
            let is_changed = check.changed();
            if !is_captioned {
                check.on_hover_text(&only);
            }
            if is_changed {
                shown.view.keep_in_place();
                self.focus(ui.ctx());
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let (text, whole) = (words.shown(), words.whole());
                let text = RichText::new(text).font(theme::small());
                let label = ui.add(egui::Label::new(text.color(cx.palette.dim)).truncate());
                label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &whole));
                if !words.is_placed {
                    label.on_hover_text(&whole);
                }
                let room = ui.available_width();
                if done < rows && room >= LEAST_BAR {
                    let part = done as f32 / rows.max(1) as f32;
                    let name = t!(cx.lang, "search.progress", part = (part * 100.0) as u32);
                    let bar = ui.add(
                        ProgressBar::new(part)
                            .desired_width(room.min(90.0))
                            .desired_height(5.0),
                    );
                    controls::named(ui, bar, &name);
                }
            });
        });
    }

    /// The reason why there are no matches to report.
    fn wrong_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, wrong: &str) {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            self.close_ui(ui, cx);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = RichText::new(wrong)
                    .font(theme::small())
                    .color(cx.palette.error);
                ui.add(egui::Label::new(words).truncate());
            });
        });
    }

    fn close_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let close = t!(cx.lang, "search.close");
        if controls::icon_button(ui, "×", &close, cx.palette).clicked() {
            self.text.clear();
        }
    }
}

/// The place of the selected row among those found, from 1.
fn number_of(session: &Session, sought: SearchView<'_>, view: &LogView) -> Option<u64> {
    let rows = matching(session, sought, view);
    let id = view.selected_id().filter(|id| rows.is_found(*id))?;
    Some(rows.rank_of(id)? + 1)
}

/// What is said of the matches.
#[derive(Default)]
struct Wording {
    /// The place of the selected row among them.
    place: String,
    count: String,
    /// Whether the place is shown, too.
    is_placed: bool,
}

impl Wording {
    fn whole(&self) -> String {
        format!("{}{}", self.place, self.count)
    }

    fn shown(&self) -> String {
        match self.is_placed {
            true => self.whole(),
            false => self.count.clone(),
        }
    }
}

/// `12 matches in 3,456 rows`, if it is to be short `12 / 3,456`; those found may be of a kind that
/// is hidden.
fn wording(
    cx: UiContext<'_>,
    shown: &OnShow<'_>,
    sought: SearchView<'_>,
    is_short: bool,
) -> Wording {
    let count = matching(shown.session, sought, shown.view).count();
    let all = Rows::new(&shown.session.log, shown.view.shown, None).count();
    let rows = grouped(all.rows());
    let found = grouped(count.rows());
    let mut text = match is_short {
        true => format!("{found} / {rows}"),
        false => t!(cx.lang, "search.count", count = found, rows = rows),
    };
    let hidden = count.rows() - count.of(shown.view.shown);
    if hidden > 0 {
        text.push_str(&t!(cx.lang, "search.hidden", count = grouped(hidden)));
    }
    let number = number_of(shown.session, sought, shown.view);
    let place = number.map(|number| t!(cx.lang, "search.number", number = grouped(number)));
    Wording {
        place: place.unwrap_or_default(),
        count: text,
        is_placed: true,
    }
}
