//! The line below the message: why it cannot be sent, or the bytes it becomes. Its room is
//! reserved, so that nothing moves when it appears.

use super::head::ComposerInputs;
use super::{Blocked, SendPanel, preview};
use crate::session::SessionRole;
use crate::settings::tab::{ReadAs, SendDraft, SendSource};
use crate::ui::network_panel::button_keys;
use crate::ui::{Action, UiContext, controls, grouped, theme};
use crate::{explain, t};
use egui::accesskit::Live;
use egui::{Align, Button, Color32, Label, Layout, Rect, RichText, Sense, Ui, UiBuilder, vec2};

/// The height of the line: that of a small button.
pub(super) const LINE: f32 = theme::SMALL_BUTTON;

/// The content of the line.
pub(super) enum Below {
    Nothing,
    /// Why it cannot go, and whether opening the session helps.
    Fault(String, bool),
    /// The bytes are more than the plain text.
    Bytes,
    /// A warning: the message may have another effect than expected.
    Warning(String),
}

impl SendPanel {
    pub(super) fn below(
        &self,
        cx: UiContext<'_>,
        draft: &SendDraft,
        inputs: &ComposerInputs<'_>,
        read_as: &ReadAs,
        blocked: Option<&Blocked>,
    ) -> Below {
        let session = inputs.session;
        let fault = self.too_much_words(cx, draft).or_else(|| {
            let reported = |blocked: &&Blocked| self.refused || blocked.is_fault();
            blocked.filter(reported)?.explain(cx)
        });
        if let Some(fault) = fault {
            let is_closed = session.is_closed() && matches!(blocked, Some(Blocked::NotOpen));
            return Below::Fault(fault, self.refused && is_closed);
        }
        // Described messages need not be texts.
        let may_be_mixed = draft.is_text() && !self.form.has_description();
        if may_be_mixed && draft.is_mixed(cx, session, read_as) {
            let charset = inputs.charset.name();
            return Below::Warning(t!(cx.lang, "send.charset_mixed", charset = charset));
        }
        let has_more = match draft.source {
            SendSource::Typed => draft.composition.is_special() || draft.returns() > 0,
            SendSource::Fields => true,
            SendSource::File => false,
        };
        if has_more {
            return Below::Bytes;
        }
        let astray = match inputs.kind.role() {
            SessionRole::Datagrams => draft.astray(cx, inputs),
            SessionRole::Client | SessionRole::Server | SessionRole::Relay => None,
        };
        astray.map_or(Below::Nothing, Below::Warning)
    }

    /// Shows the line at the bottom of the box.
    pub(super) fn below_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut SendDraft,
        inputs: &ComposerInputs<'_>,
        below: Below,
    ) -> Option<Action> {
        let size = vec2(ui.available_width(), LINE);
        // It looks like a part of the field, and a click into it goes there.
        let (rect, line) = ui.allocate_exact_size(size, Sense::CLICK);
        if line.clicked() {
            self.focus();
        }
        let mut place = rect.shrink2(vec2(10.0, 0.0));
        if !matches!(below, Below::Fault(..)) {
            let length = self.length_ui(ui, cx, draft, inputs, place);
            place.max.x -= length;
        }
        let inner = UiBuilder::new()
            .max_rect(place)
            .layout(Layout::left_to_right(Align::Center));
        let mut ui = ui.new_child(inner);
        match below {
            Below::Nothing => {}
            Below::Fault(fault, opens) => {
                let open = t!(cx.lang, button_keys(inputs.kind).open);
                let connect = t!(cx.lang, "send.open_now", open = open);
                // Lower than others, so that it stands clear of the frame.
                let opens = opens && ui.add(Button::new(connect).small()).clicked();
                line_ui(&mut ui, fault, cx.palette.error, Live::Assertive);
                return opens.then_some(Action::Open);
            }
            Below::Bytes => {
                let returns = draft.returns();
                if returns > 0 {
                    draft.returns_ui(&mut ui, cx, returns);
                }
                if let Ok(message) = self.message_of(draft, inputs.charset) {
                    let peer = draft.peer_words(cx, inputs.session);
                    preview::ui(&mut ui, cx, &message, inputs.charset, &peer);
                }
            }
            Below::Warning(warning) => {
                line_ui(&mut ui, warning, cx.palette.event, Live::Polite);
            }
        }
        None
    }
}

impl SendPanel {
    /// How long the message is, at the right of the line. Returns the width that it takes.
    fn length_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &SendDraft,
        inputs: &ComposerInputs<'_>,
        place: Rect,
    ) -> f32 {
        let is_message = draft.source != SendSource::File;
        let words = is_message.then(|| self.length_words(cx, draft, inputs));
        let Some(words) = words.flatten() else {
            return 0.0;
        };
        let right = Layout::right_to_left(Align::Center);
        let mut ui = ui.new_child(UiBuilder::new().max_rect(place).layout(right));
        let words = RichText::new(words).font(theme::small());
        let label = ui.add(Label::new(words.color(cx.palette.dim)).truncate());
        label.rect.width() + 10.0
    }
}

/// As much as there is room for; the whole of it under the mouse, and to screen readers.
fn line_ui(ui: &mut Ui, text: String, colour: Color32, live: Live) {
    let text = RichText::new(text).font(theme::small()).color(colour);
    let line = ui.add(Label::new(text).truncate());
    controls::announced(ui, line, live);
}

impl SendDraft {
    /// Why data for the target may reach nobody, or get no answer.
    fn astray(&self, cx: UiContext<'_>, inputs: &ComposerInputs<'_>) -> Option<String> {
        let session = inputs.session;
        let to = self
            .destination(cx.interfaces, session.kind())
            .ok()?
            .endpoint()?;
        let (local, to) = (session.local()?.address()?, to.address()?);
        let (lang, groups) = (cx.lang, session.groups());
        explain::astray(lang, local.ip(), to.ip(), groups, cx.interfaces)
    }

    /// Line endings of CR LF in typed text: a text that was pasted keeps them.
    fn returns(&self) -> usize {
        let text = self.is_text();
        let count = || self.composition.text.matches("\r\n").count();
        if text { count() } else { 0 }
    }

    fn returns_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, count: usize) {
        let name = t!(cx.lang, "send.to_lf", count = grouped(count as u64));
        let hint = t!(cx.lang, "send.to_lf_hint");
        if controls::small(ui, &name, &name)
            .on_hover_text(hint)
            .clicked()
        {
            self.composition.text = self.composition.text.replace("\r\n", "\n");
        }
    }
}
