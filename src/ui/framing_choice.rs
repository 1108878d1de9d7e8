//! Choosing how a TCP stream, or a datagram, is split into messages.

use super::controls::{self, TextField};
use super::{UiContext, theme};
use crate::engine::SessionCommand;
use crate::kind::SessionKind;
use crate::session::Session;
use crate::settings::tab::{FramingDraft, FramingFault, FramingMethod, ReceiveDraft};
use crate::t;
use crate::traffic::framing::SessionFraming;
use crate::{explain, traffic};
use egui::{ComboBox, DragValue, Ui};

/// The width of a number.
const NUMBER: f32 = 76.0;

/// The framing that the worker of a session got last.
#[derive(Debug, Default)]
pub struct ReportedFraming(SessionFraming);

impl ReportedFraming {
    /// The command that gives the worker the current choice, if it changed. While that is wrong,
    /// the worker keeps the previous one.
    pub fn sync(&mut self, draft: &ReceiveDraft, session: &Session) -> Option<SessionCommand> {
        let kind = session.kind();
        if session.is_closed() || !kind.has_framing() {
            self.0 = SessionFraming::default();
            return None;
        }
        let wanted = draft.checked_framing(kind.is_stream()).ok()?.in_kind(kind);
        let is_none = self.0.is_none() && wanted.is_none();
        if is_none || self.0 == wanted {
            return None;
        }
        self.0.clone_from(&wanted);
        Some(SessionCommand::Frame(wanted))
    }
}

/// The messages that a choice is about.
#[derive(Clone, Copy, Debug)]
struct FramedSide {
    is_sent: bool,
    in_datagrams: bool,
}

impl FramedSide {
    /// The key of the name of the choice.
    fn name(self) -> &'static str {
        match self.is_sent {
            true => "framing.sent",
            false => "framing.name",
        }
    }

    /// The methods that there are: silence does not end a message within a datagram.
    fn methods(self) -> impl Iterator<Item = FramingMethod> {
        let all = FramingMethod::ALL.into_iter();
        all.filter(move |method| !(self.in_datagrams && *method == FramingMethod::IdleGap))
    }

    fn words(self, cx: UiContext<'_>, method: FramingMethod) -> String {
        match method {
            FramingMethod::None if self.is_sent => t!(cx.lang, "framing.same"),
            method => words(cx, method),
        }
    }
}

impl ReceiveDraft {
    /// The framing of received messages, and once there is one, that of sent messages.
    /// What a relay sends is what it received.
    pub(super) fn framing_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, kind: SessionKind) {
        if !kind.has_framing() {
            return;
        }
        let is_stream = kind.is_stream();
        let (received, sent) = self.framing_drafts(is_stream);
        let side = FramedSide {
            is_sent: false,
            in_datagrams: !is_stream,
        };
        received.ui(ui, cx, side);
        let is_framed = |draft: &FramingDraft| draft.method != FramingMethod::None;
        if !kind.is_relay() && (is_framed(received) || is_framed(sent)) {
            let side = FramedSide {
                is_sent: true,
                ..side
            };
            sent.ui(ui, cx, side);
        }
    }
}

impl FramingDraft {
    fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, side: FramedSide) {
        let name = t!(cx.lang, side.name());
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        controls::labelled_row(ui, &name, width, cx.palette, |ui| {
            let combo = ComboBox::from_id_salt(side.name())
                .icon(controls::combo_arrow)
                .selected_text(side.words(cx, self.method))
                .truncate()
                .width(ui.available_width())
                .show_ui(ui, |ui| {
                    for method in side.methods() {
                        let text = side.words(cx, method);
                        controls::item_of(ui, &mut self.method, method, text);
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &name);
        });
        if self.method.has_values() {
            ui.horizontal_wrapped(|ui| self.details_ui(ui, cx));
        }
        let text = match self.framing_in(side.in_datagrams) {
            Ok(_) => return,
            Err(FramingFault::Typed(mistake)) => explain::mistake(cx.lang, &mistake),
            Err(FramingFault::Framing(mistake)) => explain::framing_mistake(cx.lang, mistake),
        };
        controls::error_line(ui, &text, cx.palette);
    }

    fn details_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        match self.method {
            FramingMethod::Delimiter => {
                TextField::new(
                    &mut self.delimiter,
                    &t!(cx.lang, "framing.delimiter"),
                    "\\r\\n",
                    120.0,
                )
                .show(ui, cx.palette);
            }
            FramingMethod::Fixed => {
                let name = t!(cx.lang, "framing.length");
                let most = traffic::framing::LONGEST_MESSAGE;
                number(
                    ui,
                    cx,
                    &name,
                    DragValue::new(&mut self.length).range(1..=most),
                );
            }
            FramingMethod::IdleGap => {
                let name = t!(cx.lang, "framing.gap");
                let value = DragValue::new(&mut self.gap_millis).range(1..=86_400_000);
                number(ui, cx, &name, value.suffix(" ms"));
            }
            FramingMethod::LengthPrefix => {
                for width in [1, 2, 4, 8] {
                    let text = t!(cx.lang, "framing.width", bytes = width);
                    ui.selectable_value(&mut self.width, width, text);
                }
                let (little, big) = (
                    t!(cx.lang, "inspector.little"),
                    t!(cx.lang, "inspector.big"),
                );
                ui.selectable_value(&mut self.big_endian, true, big);
                ui.selectable_value(&mut self.big_endian, false, little);
                self.offset_ui(ui, cx);
                let name = t!(cx.lang, "framing.adjust");
                let value = DragValue::new(&mut self.adjust).range(-65_535..=65_535);
                number(ui, cx, &name, value);
                let (text, font) = (t!(cx.lang, "framing.includes"), theme::body());
                let includes = &mut self.includes_header;
                controls::check(ui, includes, &text, "", font, cx.palette);
            }
            FramingMethod::Varint => self.offset_ui(ui, cx),
            _ => {}
        }
    }

    fn offset_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let name = t!(cx.lang, "framing.offset");
        let value = DragValue::new(&mut self.offset).range(0..=65_535);
        number(ui, cx, &name, value);
    }
}

fn words(cx: UiContext<'_>, method: FramingMethod) -> String {
    let key = match method {
        FramingMethod::None => "framing.none",
        FramingMethod::Lines => "framing.lines",
        FramingMethod::Delimiter => "framing.delimiter",
        FramingMethod::Fixed => "framing.fixed",
        FramingMethod::LengthPrefix => "framing.length_prefix",
        FramingMethod::Mbap => "framing.mbap",
        FramingMethod::Varint => "framing.varint",
        FramingMethod::Cobs => "framing.cobs",
        FramingMethod::Slip => "framing.slip",
        FramingMethod::Http => "framing.http",
        FramingMethod::Nmea => "framing.nmea",
        FramingMethod::At => "framing.at",
        FramingMethod::IdleGap => "framing.idle_gap",
    };
    t!(cx.lang, key)
}

fn number(ui: &mut Ui, cx: UiContext<'_>, name: &str, value: DragValue<'_>) {
    // The boxes begin where those of the other settings do, or else at one place.
    let least = controls::LEFT_PANEL.width(ui, cx.lang);
    let least = least.max(controls::FRAMING.width(ui, cx.lang));
    let caption = (name, least);
    let value = controls::captioned_in(ui, caption, NUMBER, cx.palette, |ui| {
        let size = [NUMBER, theme::SMALL_BUTTON];
        ui.add_sized(size, value.update_while_editing(false))
    });
    controls::named(ui, value, name);
}
