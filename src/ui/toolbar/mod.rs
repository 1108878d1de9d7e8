//! The row above the log: the display options, and the actions on the log.

mod chips;
mod toolbar_layout;
mod unit_choice;

use super::go_to::GoTo;
use super::log_view::{LogView, OnShow};
use super::palette::{WindowCommand, with_key};
use super::recording::RecordingControls;
use super::search_box::SearchBox;
use super::{Action, UiContext, controls, recording};
use crate::session::Session;
use crate::settings::dock::Page;
use crate::t;
use crate::traffic::LogUnit;
use egui::{Button, Response, Ui};
use toolbar_layout::{Texts, ToolbarLayout};

/// The filter field is this wide at least, in points, where anything can be left out for it.
const FIELD: f32 = 220.0;

pub struct Toolbar<'a> {
    pub shown: OnShow<'a>,
    pub search: &'a mut SearchBox,
    pub go_to: &'a mut GoTo,
    /// Whether lines of the log are reads, messages or requests.
    pub unit: &'a mut LogUnit,
    /// `None` where nothing can be recorded.
    pub recorder: Option<RecordingControls<'a>>,
}

impl Toolbar<'_> {
    pub fn ui(self, ui: &mut Ui, cx: UiContext<'_>) -> Option<Action> {
        let Self {
            mut shown,
            search,
            go_to,
            unit,
            mut recorder,
        } = self;
        let room = ui.available_width();
        let session = shown.session;
        let record = recorder.as_mut().map(|it| it.text(ui, cx, session));
        let texts =
            ToolbarLayout::ALL.map(|layout| Texts::of(cx, session, record.as_deref(), layout));
        let fits = |texts: &&Texts| texts.width(ui) + FIELD <= room;
        let [.., least] = &texts;
        let texts = texts.iter().find(fits).unwrap_or(least);
        let width = (room - texts.width(ui)).max(0.0);
        search.field_ui(ui, cx, width, &mut shown);
        if let Some(units) = &texts.units {
            unit_choice::ui(ui, cx, units, unit);
        }
        chips::ui(ui, cx, (shown.session, &mut *shown.view), &texts.chips);
        live_ui(ui, cx, (shown.session, &mut *shown.view), texts);
        let mut action = None;
        // Below which the popups open.
        let (record_anchor, time_anchor) = match &texts.buttons {
            Some(buttons) => {
                let mut record_anchor = None;
                if let Some((recorder, text)) = recorder.as_mut().zip(buttons.record.as_deref()) {
                    let text = (text, toolbar_layout::record_width(ui, text));
                    let (button, asked) = recorder.button_ui(ui, cx, session, text);
                    (record_anchor, action) = (Some(button), asked);
                }
                let anchor = go_to.button_ui(ui, cx);
                if controls::small(ui, &buttons.export, &buttons.export).clicked() {
                    action = Some(Action::ShowPage(Page::Export));
                }
                let button = controls::small(ui, &buttons.clear, &buttons.clear);
                if with_key(button, &buttons.clear, WindowCommand::Clear).clicked() {
                    action = Some(Action::Clear);
                }
                (record_anchor.unwrap_or_else(|| anchor.clone()), anchor)
            }
            None => {
                if let Some(path) = session.recording().filter(|_| recorder.is_some()) {
                    RecordingControls::sign_ui(ui, cx, path);
                }
                let unit = texts.units.is_none().then_some(unit);
                let about = (&mut *go_to, recorder.as_mut(), unit);
                let (anchor, asked) = menu_ui(ui, cx, session, about);
                action = asked;
                (anchor.clone(), anchor)
            }
        };
        go_to.popup_ui(cx, &time_anchor, &mut shown);
        let asked = recorder.and_then(|mut it| it.popup_ui(cx, session, &record_anchor));
        action.or(asked)
    }
}

/// One control for a view that follows new rows, or is paused.
fn live_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (session, view): (&Session, &mut LogView),
    texts: &Texts,
) {
    let (text, name) = match view.is_paused() {
        false => (&texts.live, t!(cx.lang, "log.pause")),
        true => (&texts.paused, t!(cx.lang, "log.resume")),
    };
    let size = egui::vec2(texts.live_width(ui), super::theme::SMALL_BUTTON);
    let button = Button::new(text.as_str()).selected(view.is_paused());
    let button = ui.add_sized(size, button.wrap_mode(egui::TextWrapMode::Extend));
    let button = controls::named(ui, button, &name);
    let hint = format!("{name}\n{}", t!(cx.lang, "log.pause_hint"));
    if button.on_hover_text(hint).clicked() {
        view.toggle_pause(&session.log);
    }
}

/// The menu of the buttons, and of the choice, that have no room.
fn menu_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    (go_to, recorder, unit): (
        &mut GoTo,
        Option<&mut RecordingControls<'_>>,
        Option<&mut LogUnit>,
    ),
) -> (Response, Option<Action>) {
    let button = controls::small(ui, toolbar_layout::MORE, &t!(cx.lang, "log.more"));
    let mut action = None;
    controls::menu(&button).show(|ui| {
        if let Some(unit) = unit {
            unit_choice::menu_ui(ui, cx, unit);
            ui.separator();
        }
        if ui.button(t!(cx.lang, "go_to.name")).clicked() {
            go_to.open();
        }
        match (recorder, session.recording()) {
            (Some(recorder), Some(path)) => {
                ui.label(recording::runs(cx, path));
                if ui.button(t!(cx.lang, "recording.stop")).clicked() {
                    action = Some(recorder.stop());
                }
            }
            (Some(recorder), None) => {
                if ui.button(t!(cx.lang, "recording.on")).clicked() {
                    recorder.control.open();
                }
            }
            (None, _) => {}
        }
        if ui.button(t!(cx.lang, "export.open")).clicked() {
            action = Some(Action::ShowPage(Page::Export));
        }
        if ui.button(t!(cx.lang, "log.clear")).clicked() {
            action = Some(Action::Clear);
        }
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
    (button, action)
}
