//! The message or file, the line below it, and the button that sends it.

use super::below::{Below, LINE};
use super::head::ComposerInputs;
use super::shared_state::SharedState;
use super::{Blocked, SendPanel, repeat};
use crate::engine::{Command, SenderCommand};
use crate::payload::composition::{Composition, TextFormat};
use crate::session::{Session, SessionKind};
use crate::settings::tab::{ReadAs, SendDraft, SendSource};
use crate::t;
use crate::ui::palette::{WindowCommand, key_text};
use crate::ui::{Action, UiContext, controls, grouped, theme};
use egui::{
    Button, Context, Event, FontSelection, Key, KeyboardShortcut, Margin, Modifiers, PointerButton,
    Response, RichText, ScrollArea, TextEdit, Ui, Vec2, vec2,
};

/// Characters the message may have: enough for the longest datagram in hexadecimal. A
/// longer text is sent from a file.
const LONGEST: usize = 262_144;
/// The button, and the space before it.
const BUTTON: f32 = 118.0;
const GAP: f32 = 10.0;
/// The height of the hint below the button.
const HINT: f32 = theme::SMALL_BUTTON;
/// The most height that a form, or the options of a file, have besides that of a message.
const FORM_ROOM: f32 = 130.0;
/// The narrowest message.
const LEAST: f32 = 80.0;

impl SendPanel {
    pub fn box_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut SendDraft,
        (session, kind): (&Session, SessionKind),
        read_as: &ReadAs,
        mut shared: SharedState<'_>,
    ) -> Option<Action> {
        self.frame = ui.ctx().cumulative_frame_nr();
        self.focuses &= draft.source != SendSource::File;
        if self.has_keys(ui) {
            let history = shared.library.history.entries();
            self.recall(ui, &mut draft.composition, history);
        }
        let entered = *shared.enter_sends && self.has_keys(ui) && is_entered(ui);
        let charset = draft.charset(cx, session, read_as);
        let outcome = self.command(draft, cx, (session, kind), charset);
        let blocked = outcome.as_ref().err();
        let inputs = ComposerInputs {
            session,
            kind,
            charset,
        };
        let mut action = self.head_ui(ui, cx, draft, &inputs, blocked, &mut shared);
        self.refused &= outcome.is_err();
        let below = self.below(cx, draft, &inputs, read_as, blocked);
        let height = (ui.available_height() - 2.0).max(LINE + 20.0);
        ui.horizontal_top(|ui| {
            let size = vec2((ui.available_width() - BUTTON - GAP).max(LEAST), height);
            let asked = self.field_ui(ui, cx, draft, &inputs, (size, *shared.enter_sends), below);
            action = action.take().or(asked);
            ui.spacing_mut().item_spacing.y = 6.0;
            ui.vertical(|ui| {
                let stop = draft.stop(session);
                let button = button_ui(ui, cx, stop.is_some(), height, &outcome);
                // An input method may hold a word that is still to be committed there.
                let is_typed = draft.source == SendSource::Typed;
                self.focuses |= is_typed && button.clicked_by(PointerButton::Primary);
                self.hint_ui(ui, cx, draft, session, shared.enter_sends);
                if button.clicked() || entered {
                    // Text typed or committed in the same frame is in the box by now.
                    let outcome = self.command(draft, cx, (session, kind), charset);
                    action = action.take().or(self.press(ui, stop, outcome));
                }
            });
        });
        action
    }

    /// The message or the file, and the line below it, in one frame.
    fn field_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut SendDraft,
        inputs: &ComposerInputs<'_>,
        (size, enter_sends): (Vec2, bool),
        below: Below,
    ) -> Option<Action> {
        let frame = egui::Frame::new()
            .fill(cx.palette.field)
            .stroke(egui::Stroke::new(1.0, cx.palette.edge))
            .corner_radius(6);
        let shown = frame.show(ui, |ui| {
            ui.set_min_size(size);
            ui.set_max_size(size);
            let field = ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let height = size.y - LINE;
                match draft.source {
                    SendSource::Typed => {
                        self.set_form_room(ui.ctx(), 0.0);
                        let composition = &mut draft.composition;
                        self.message_ui(ui, cx, composition, height, enter_sends);
                    }
                    SendSource::Fields => {
                        let shown = scroll("fields", height).show(ui, |ui| {
                            let frame = egui::Frame::new().inner_margin(Margin::symmetric(10, 6));
                            frame.show(ui, |ui| {
                                ui.spacing_mut().item_spacing.y = 4.0;
                                self.form_ui(ui, cx, &mut draft.fields);
                            });
                        });
                        self.make_room(ui.ctx(), shown.content_size.y, height);
                    }
                    SendSource::File => {
                        let shown = scroll("file", height).show(ui, |ui| {
                            let frame = egui::Frame::new().inner_margin(Margin::symmetric(10, 6));
                            frame.show(ui, |ui| {
                                ui.spacing_mut().item_spacing.y = 6.0;
                                let inputs = (inputs.session, inputs.kind);
                                draft.file.ui(ui, cx, &mut self.file, inputs);
                            });
                        });
                        // An error of the dialog stands above the path, and options may be wrapped.
                        self.make_room(ui.ctx(), shown.content_size.y, height);
                    }
                }
                self.below_ui(ui, cx, draft, inputs, below)
            });
            field.inner
        });
        if let Some(text) = self.text {
            controls::ring_around(ui.ctx(), text, shown.response.rect);
        }
        shown.inner
    }

    /// Gives the composer the height that is missing for this content of the box, which is now
    /// this high.
    fn make_room(&mut self, ctx: &Context, content: f32, height: f32) {
        let missing = content - (height - self.form_room);
        self.set_form_room(ctx, missing.clamp(0.0, FORM_ROOM));
    }

    /// Whether typed text goes into the message.
    fn has_keys(&self, ui: &Ui) -> bool {
        let has_focus = |id| ui.memory(|memory| memory.has_focus(id));
        self.text.is_some_and(has_focus)
    }

    /// Refuses a paste that does not fit instead of cutting it.
    fn refuse_long_paste(&mut self, ui: &Ui, present: &str) {
        let mut refused = None;
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let (egui::Event::Paste(text) | egui::Event::MiddleClickPaste { text, .. }) = event
                else {
                    return true;
                };
                let count = text.chars().count();
                let fits = present.chars().count() + count <= LONGEST;
                if !fits {
                    refused = Some(count);
                }
                fits
            });
        });
        self.too_much = refused.or(self.too_much);
    }

    pub(super) fn too_much_words(&self, cx: UiContext<'_>, draft: &SendDraft) -> Option<String> {
        let count = self
            .too_much
            .filter(|_| draft.source == SendSource::Typed)?;
        Some(t!(
            cx.lang,
            "send.too_much",
            count = grouped(count as u64),
            most = grouped(LONGEST as u64)
        ))
    }

    /// The key that sends, and the choice of it; while a message is repeated, how it goes.
    fn hint_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &SendDraft,
        session: &Session,
        enter_sends: &mut bool,
    ) {
        let repeating = session.activity().repeating;
        let wording = repeating.filter(|_| draft.source != SendSource::File);
        let wording = wording.map(|repeating| repeat::progress(&repeating, cx));
        ui.allocate_ui(vec2(BUTTON, HINT), |ui| {
            ui.centered_and_justified(|ui| match wording {
                Some(wording) => {
                    let wording = RichText::new(wording).color(cx.palette.dim);
                    ui.add(egui::Label::new(wording).truncate());
                }
                None => key_ui(ui, cx, enter_sends),
            });
        });
    }

    /// Sends the message, or ends the running automatic sender.
    fn press(
        &mut self,
        ui: &Ui,
        stop: Option<SenderCommand>,
        outcome: Result<Command, Blocked>,
    ) -> Option<Action> {
        match (stop, outcome) {
            (Some(stop), _) => Some(Action::Worker(stop.into())),
            (None, Ok(command)) => Some(Action::Send(command)),
            (None, Err(_)) => {
                self.refuse();
                ui.ctx().request_repaint();
                None
            }
        }
    }

    fn message_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        composition: &mut Composition,
        height: f32,
        enter_sends: bool,
    ) {
        let name = t!(cx.lang, "send.message");
        let hint = if composition.format == TextFormat::Hex {
            t!(cx.lang, "send.hex_hint")
        } else {
            t!(cx.lang, "send.message_hint")
        };
        scroll("message", height).show(ui, |ui| {
            let id = ui.scope_id().with("text");
            self.text = Some(id);
            if std::mem::take(&mut self.focuses) {
                ui.memory_mut(|memory| memory.request_focus(id));
            }
            if self.has_keys(ui) {
                self.refuse_long_paste(ui, &composition.text);
            }
            let new_line = match enter_sends {
                true => Modifiers::SHIFT,
                false => Modifiers::NONE,
            };
            let edit = TextEdit::multiline(&mut composition.text)
                .id(id)
                .font(FontSelection::FontId(theme::mono()))
                .hint_text(RichText::new(hint).color(cx.palette.faint))
                .frame(egui::Frame::NONE.inner_margin(Margin::symmetric(10, 7)))
                .align(egui::Align2::LEFT_TOP)
                .char_limit(LONGEST)
                .desired_width(f32::INFINITY)
                .desired_rows(1)
                .min_size(vec2(0.0, height))
                .return_key(KeyboardShortcut::new(new_line, Key::Enter));
            let edit = edit.show(ui);
            self.recall.follow(&edit);
            let response = edit.response.response;
            if response.changed() {
                self.too_much = None;
            }
            controls::named(ui, response, &name);
        });
    }
}

/// The button that sends, or ends the running automatic sender.
fn button_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    stops: bool,
    height: f32,
    outcome: &Result<Command, Blocked>,
) -> Response {
    let size = vec2(BUTTON, height - HINT - 6.0);
    let text = match stops {
        true => t!(cx.lang, "send.stop"),
        false => t!(cx.lang, "send.send"),
    };
    // An error of the message is shown below it; other obstacles are explained on request.
    let answers = |blocked: &Blocked| !blocked.is_fault() && *blocked != Blocked::Empty;
    let blocked = outcome.as_ref().err();
    let enabled = stops || blocked.is_none_or(answers);
    let response = ui.add_enabled_ui(enabled, |ui| controls::primary(ui, size, &text, cx.palette));
    let waiting = blocked.and_then(|blocked| blocked.explain(cx));
    if let Some(waiting) = waiting.filter(|_| !stops) {
        response.response.on_hover_text(waiting);
    }
    response.inner
}

/// The choice of the key that sends.
fn key_ui(ui: &mut Ui, cx: UiContext<'_>, enter_sends: &mut bool) {
    let key = match *enter_sends {
        true => "Enter".to_owned(),
        false => key_text(ui.ctx(), WindowCommand::Send),
    };
    let name = t!(cx.lang, "send.key");
    let words = RichText::new(format!("{key} ▾")).color(cx.palette.dim);
    let button = Button::new(words).frame_when_inactive(false);
    let button = ui.add(button.min_size(vec2(0.0, HINT)));
    let button = controls::named(ui, button, &name);
    controls::menu(&button).show(|ui| {
        let with_control = t!(cx.lang, "send.ctrl_enter_sends");
        controls::item_of(ui, enter_sends, false, with_control);
        controls::item_of(ui, enter_sends, true, t!(cx.lang, "send.enter_sends"));
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
}

/// Whether Enter was pressed without another key; a repeated key press sends once.
fn is_entered(ui: &Ui) -> bool {
    let is_it = |event: &Event| {
        matches!(event, Event::Key { key: Key::Enter, pressed: true, repeat: false, modifiers, .. }
            if *modifiers == Modifiers::NONE)
    };
    ui.input(|input| input.events.iter().any(is_it))
}

/// Scrolls content that does not fit into `height`.
fn scroll(name: &str, height: f32) -> ScrollArea {
    ScrollArea::vertical()
        .id_salt(name)
        .auto_shrink(false)
        .max_height(height)
        // By itself it is never lower than 64 points, and pushes the rows out.
        .min_scrolled_height(0.0)
}
