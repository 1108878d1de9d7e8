//! A load of numbered packets, and the results of its measurement.

mod figures;
mod load;
mod plots;

pub use figures::micros;

use super::{Action, UiContext, controls, theme};
use crate::engine::{Command, SenderCommand};
use crate::session::Session;
use crate::settings::tab::{MeasureDraft, SendDraft};
use crate::t;
use crate::traffic::framing::SessionFraming;
use crate::traffic::meter::{Meter, NumberField};
use egui::{ComboBox, DragValue, RichText, Ui};

/// The state of the page besides the draft.
#[derive(Debug, Default)]
pub struct Measure {
    /// Begin to count anew.
    again: bool,
}

impl Measure {
    /// Replaces the meter if the draft asks for another one, or the messages of the session's
    /// streams end in another way.
    pub fn sync(
        &mut self,
        draft: &MeasureDraft,
        framing: SessionFraming,
        meter: &mut Option<Box<Meter>>,
    ) {
        let again = std::mem::take(&mut self.again);
        let is_it = |meter: &Meter| {
            let is_same = *meter.field() == draft.field
                && meter.framing() == Some(&framing).filter(|framing| !framing.is_none());
            is_same && !again
        };
        if !draft.on {
            *meter = None;
        } else if !meter.as_deref().is_some_and(is_it) {
            let field = draft.field.clone();
            *meter = Some(Box::new(Meter::of_messages(field, framing)));
        }
    }

    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut MeasureDraft,
        session: &Session,
        send: &SendDraft,
    ) -> Option<Action> {
        let action = draft.load.ui(ui, cx, session, send);
        if matches!(
            action,
            Some(Action::Worker(Command::Sender(SenderCommand::Flood(_))))
        ) {
            // Its packets are counted from the first.
            (draft.on, self.again) = (true, draft.field == NumberField::Header);
        }
        ui.separator();
        self.field_ui(ui, cx, draft);
        match &session.meter {
            Some(meter) if draft.on => {
                if session.is_stream() {
                    unit_ui(ui, cx, meter);
                }
                figures::ui(ui, cx, meter, session.totals.refused);
                plots::ui(ui, cx, meter);
            }
            _ => {
                let hint = RichText::new(t!(cx.lang, "measure.hint"));
                ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
            }
        }
        action
    }

    /// Where the numbers of packets stand.
    fn field_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, draft: &mut MeasureDraft) {
        ui.horizontal_wrapped(|ui| {
            let text = t!(cx.lang, "measure.on");
            controls::check(ui, &mut draft.on, &text, "", theme::body(), cx.palette);
            let again = t!(cx.lang, "measure.again");
            let button = controls::small_if(ui, draft.on, &again, &again);
            if controls::unusable(ui, button, &t!(cx.lang, "measure.is_off", on = text)).clicked() {
                self.again = true;
            }
            ui.end_row();
            let name = t!(cx.lang, "measure.field");
            let width = controls::MEASURE.width(ui, cx.lang);
            controls::caption(ui, &name, width, cx.palette);
            let kinds = [
                (NumberField::Header, t!(cx.lang, "measure.header")),
                (
                    NumberField::User {
                        offset: 0,
                        width: 4,
                        little_endian: false,
                    },
                    t!(cx.lang, "measure.user"),
                ),
                (
                    NumberField::Text {
                        prefix: "seq=".into(),
                    },
                    t!(cx.lang, "measure.text"),
                ),
            ];
            let present = std::mem::discriminant(&draft.field);
            let is_it = |kind: &NumberField| std::mem::discriminant(kind) == present;
            let words = kinds.iter().find(|(kind, _)| is_it(kind));
            let words = words.map_or("", |(_, words)| words);
            let combo = ComboBox::from_id_salt("field")
                .icon(controls::combo_arrow)
                .selected_text(words)
                .width(150.0)
                .show_ui(ui, |ui| {
                    for (kind, words) in &kinds {
                        if controls::item(ui, is_it(kind), words).clicked() && !is_it(kind) {
                            draft.field = kind.clone();
                        }
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &name);
            place_ui(ui, cx, &mut draft.field);
        });
    }
}

/// Whether messages of a stream are measured, or its reads and writes.
fn unit_ui(ui: &mut Ui, cx: UiContext<'_>, meter: &Meter) {
    let text = match meter.framing() {
        Some(_) => t!(cx.lang, "measure.of_messages"),
        None => t!(cx.lang, "measure.of_reads"),
    };
    let text = RichText::new(text).color(cx.palette.dim);
    ui.add(egui::Label::new(text).wrap());
}

/// Where exactly, for a number of one's own.
fn place_ui(ui: &mut Ui, cx: UiContext<'_>, field: &mut NumberField) {
    match field {
        NumberField::Header => {}
        NumberField::User {
            offset,
            width,
            little_endian,
        } => {
            let name = t!(cx.lang, "measure.offset");
            let drag = DragValue::new(offset).range(0..=65_000).prefix("@ ");
            let drag = ui.add_sized([60.0, theme::SMALL_BUTTON], drag);
            controls::named(ui, drag, &name);
            let shown = |width: u8, little: bool| match (width, little) {
                (1, _) => "u8".to_owned(),
                (width, true) => format!("u{} LE", u32::from(width) * 8),
                (width, false) => format!("u{} BE", u32::from(width) * 8),
            };
            let combo = ComboBox::from_id_salt("width")
                .icon(controls::combo_arrow)
                .selected_text(shown(*width, *little_endian))
                .width(74.0)
                .show_ui(ui, |ui| {
                    for (bytes, little) in [
                        (1, false),
                        (2, false),
                        (2, true),
                        (4, false),
                        (4, true),
                        (8, false),
                        (8, true),
                    ] {
                        let on = (*width, *little_endian) == (bytes, little);
                        if controls::item(ui, on, shown(bytes, little)).clicked() {
                            (*width, *little_endian) = (bytes, little);
                        }
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &t!(cx.lang, "measure.width"));
        }
        NumberField::Text { prefix } => {
            controls::TextField::new(prefix, &t!(cx.lang, "measure.prefix"), "seq=", 110.0)
                .show(ui, cx.palette);
        }
    }
}
