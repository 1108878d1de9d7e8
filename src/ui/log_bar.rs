//! Which rows are shown, and whether the newest stays in sight.

use super::go_to::GoTo;
use super::log_view::{LogView, OnShow};
use super::search_box::SearchBox;
use super::{Action, Look, controls, grouped, short, theme};
use crate::say;
use crate::session::Session;
use crate::settings::dock::Page;
use egui::{Align, Layout, Ui};

/// The room the buttons need with their words, and without.
const WITH_WORDS: f32 = 360.0;
const WITHOUT_WORDS: f32 = 250.0;
/// What a switch adds to its words, with the gap behind it.
const CHIP: f32 = 44.0;
/// The room the switches need.
const CHIPS: f32 = 250.0;
const FIELD: std::ops::RangeInclusive<f32> = 96.0..=264.0;

pub struct LogBar<'a> {
    pub shown: OnShow<'a>,
    pub search: &'a mut SearchBox,
    pub go_to: &'a mut GoTo,
}

impl LogBar<'_> {
    pub fn ui(self, ui: &mut Ui, look: Look<'_>) -> Option<Action> {
        let Self {
            mut shown,
            search,
            go_to,
        } = self;
        let room = ui.available_width() - CHIPS - WITHOUT_WORDS;
        let width = room.clamp(*FIELD.start(), *FIELD.end());
        search.field_ui(ui, look, width, &mut shown);
        chips_ui(ui, look, shown.session, shown.view);
        // Where words do not fit, the signs stay.
        let words = ui.available_width() >= WITH_WORDS;
        let mut action = None;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let clear = say!(look.lang, "log.clear");
            let button = controls::small(ui, &clear, &clear);
            if controls::tooltip_with_key(button, &clear, "Ctrl+L").clicked() {
                action = Some(Action::Clear);
            }
            let export = say!(look.lang, "export.open");
            if controls::small(ui, &export, &export).clicked() {
                action = Some(Action::ShowPage(Page::Export));
            }
            go_to.ui(ui, look, &mut shown);
            follow_ui(ui, look, shown.view, words);
            pause_ui(ui, look, shown.session, shown.view, words);
        });
        action
    }
}

fn chips_ui(ui: &mut Ui, look: Look<'_>, session: &Session, view: &mut LogView) {
    let count = session.log.count();
    let palette = look.palette;
    let chips = [
        (
            &mut view.shown.received,
            "◀",
            palette.received,
            "log.received",
            count.received,
        ),
        (
            &mut view.shown.sent,
            "▶",
            palette.sent,
            "log.sent",
            count.sent,
        ),
        (
            &mut view.shown.events,
            "●",
            palette.event,
            "log.events",
            count.events(),
        ),
    ];
    let mut changed = false;
    let in_full = chips
        .each_ref()
        .map(|(.., key, count)| format!("{} {}", say!(look.lang, key), grouped(*count)));
    let layout = |text: &String| {
        let galley = ui
            .painter()
            .layout_no_wrap(text.clone(), theme::body(), palette.text);
        galley.size().x + CHIP
    };
    // With what stands between them.
    let gaps = 4.0 * ui.spacing().item_spacing.x;
    let room = ui.available_width() - WITHOUT_WORDS - gaps;
    let fits = |texts: &[String; 3]| texts.iter().map(layout).sum::<f32>() < room;
    let in_short = chips.each_ref().map(|(.., count)| short(*count));
    // Where not even short numbers fit, the signs stay; their names say the rest.
    let texts = match (fits(&in_full), fits(&in_short)) {
        (true, _) => in_full.clone(),
        (false, true) => in_short,
        (false, false) => Default::default(),
    };
    let named = chips.into_iter().zip(in_full).zip(texts);
    for (((on, sign, colour, ..), name), text) in named {
        let chip = controls::chip(ui, *on, (sign, colour), &text, &name, palette);
        if chip
            .on_hover_text(say!(look.lang, "log.shown_hint"))
            .clicked()
        {
            *on = !*on;
            changed = true;
        }
    }
    if changed {
        view.keep_in_place();
    }
}

fn follow_ui(ui: &mut Ui, look: Look<'_>, view: &mut LogView, words: bool) {
    let follow = say!(look.lang, "log.follow");
    let button = ui.add(
        egui::Button::new(label("↧", &follow, words))
            .min_size(egui::vec2(0.0, 25.0))
            .selected(view.follows() && !view.is_paused()),
    );
    if controls::named(ui, button, &follow)
        .on_hover_text(say!(look.lang, "log.follow_hint"))
        .clicked()
    {
        view.follow(!view.follows());
    }
}

fn pause_ui(ui: &mut Ui, look: Look<'_>, session: &Session, view: &mut LogView, words: bool) {
    let (sign, name, text) = match view.waiting(&session.log) {
        None => (
            "⏸",
            say!(look.lang, "log.pause"),
            say!(look.lang, "log.pause"),
        ),
        Some(0) => (
            "▶",
            say!(look.lang, "log.resume"),
            say!(look.lang, "log.resume"),
        ),
        Some(count) => {
            let text = say!(look.lang, "log.resume_more", count = grouped(count));
            ("▶", say!(look.lang, "log.resume"), text)
        }
    };
    let text = label(sign, &text, words);
    let button = ui.add(
        egui::Button::new(text)
            .min_size(egui::vec2(0.0, theme::SMALL_BUTTON))
            .selected(view.is_paused()),
    );
    if controls::named(ui, button, &name)
        .on_hover_text(say!(look.lang, "log.pause_hint"))
        .clicked()
    {
        view.toggle_pause(&session.log);
    }
}

fn label(sign: &str, text: &str, words: bool) -> String {
    if words {
        format!("{sign} {text}")
    } else {
        sign.to_owned()
    }
}
