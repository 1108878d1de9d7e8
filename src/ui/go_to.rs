//! Going to the row of a time.

use super::log_view::OnShow;
use super::palette::{WindowCommand, with_key};
use super::{UiContext, controls};
use crate::settings::columns::TimeFormat;
use crate::t;
use crate::traffic::{Micros, moment};
use egui::{Align, Key, Layout, Popup, PopupCloseBehavior, Response, Ui, vec2};

/// The icon of the button.
pub const SIGN: &str = "🕓";
const WIDTH: f32 = 290.0;
/// The height of a message.
const LINE: f32 = 17.0;
/// A time this much before the first row is still taken for the first, in microseconds.
const MINUTE: Micros = 60_000_000;

#[derive(Debug, Default)]
pub struct GoTo {
    text: String,
    open: bool,
    was_open: bool,
}

impl GoTo {
    pub fn open(&mut self) {
        self.open = true;
    }

    pub fn button_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> Response {
        let name = t!(cx.lang, "go_to.name");
        let button = controls::small(ui, SIGN, &name);
        let button = with_key(button, &name, WindowCommand::GoTo);
        if button.clicked() {
            self.open = !self.open;
        }
        button
    }

    /// The field, below the control that opened it.
    pub fn popup_ui(&mut self, cx: UiContext<'_>, anchor: &Response, shown: &mut OnShow<'_>) {
        let mut open = self.open;
        let opened = open && !self.was_open;
        let popup = Popup::from_response(anchor)
            .open_bool(&mut open)
            .layout(Layout::top_down(Align::Min))
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| self.field_ui(ui, cx, shown, opened));
        let gone = popup.is_some_and(|popup| popup.inner);
        self.open = open && !gone;
        controls::keep_escape(&anchor.ctx, opened || self.was_open, self.open);
        self.was_open = self.open;
    }

    /// The field, its text selected when it was just opened; says whether it went there.
    fn field_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        shown: &mut OnShow<'_>,
        opened: bool,
    ) -> bool {
        ui.set_width(WIDTH);
        let log = &shown.session.log;
        let at = |row: u64| log.get(row).map(|record| record.time);
        let (first, newest) = (
            at(log.rows().start),
            log.rows().end.checked_sub(1).and_then(at),
        );
        let time = newest.and_then(|newest| moment(&self.text, newest, cx.zone));
        let before_all = time
            .zip(first)
            .is_some_and(|(time, first)| time < first - MINUTE);
        let row = time
            .filter(|_| !before_all)
            .and_then(|time| log.row_at(time));
        let name = t!(cx.lang, "go_to.field");
        controls::caption(ui, &name, 0.0, cx.palette);
        let faulty = !self.text.trim().is_empty() && row.is_none();
        let message = faulty.then(|| match (time, first) {
            (Some(_), Some(first)) if before_all => {
                let first = cx.time(first, TimeFormat::Millis);
                t!(cx.lang, "go_to.before_all", time = first)
            }
            (Some(_), _) => t!(cx.lang, "go_to.after_all"),
            (None, _) => t!(cx.lang, "go_to.not_a_time"),
        });
        let width = ui.available_width();
        let field = controls::TextField::new(&mut self.text, &name, "14:03:31.552", width);
        let field = field.fault(message.as_deref());
        let response = field.show(ui, cx.palette);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if opened {
            controls::select_all(ui.ctx(), response.id, &self.text);
        } else if !response.has_focus() && !entered {
            response.request_focus();
        }
        // The room of the message is reserved, so that nothing moves when it appears.
        let size = vec2(width, LINE);
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
            ui.set_min_size(size);
            if let Some(message) = &message {
                controls::error_line(ui, message, cx.palette);
            }
        });
        let Some(row) = row.filter(|_| entered) else {
            return false;
        };
        shown.go_to_row(row);
        true
    }
}
