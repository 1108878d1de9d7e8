//! The actions on the selected row.

use super::Inspector;
use crate::engine::Command;
use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::composition::{Composition, TextFormat};
use crate::payload::quote::Quote;
use crate::payload::reading::Reading;
use crate::session::Session;
use crate::t;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Record, RecordKind};
use crate::ui::description::FieldsView;
use crate::ui::log_view::newer_source;
use crate::ui::{Action, Composed, FilledForm, UiContext, controls, grouped, log_view};
use egui::Ui;

impl Inspector {
    pub(super) fn actions_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        record: &Record<'_>,
        (read, fields): (&Streamed, Option<&FieldsView<'_>>),
    ) -> Option<Action> {
        let action = send_ui(ui, cx, session, record);
        let action = action.or(edit_ui(ui, cx, session, record, read.reading));
        let about = (record, read.reading);
        let filled = fields.and_then(|fields| fill_ui(ui, cx, session, about, fields));
        let action = action.or(filled);
        let copy = t!(cx.lang, "inspector.copy");
        if controls::small(ui, &copy, &copy).clicked() {
            ui.ctx().copy_text(log_view::copied(record, read, cx));
        }
        if !record.bytes().is_empty() {
            self.copy_as_ui(ui, cx, record.bytes(), read);
        }
        action
    }

    /// The bytes marked, or all of them, as another program would write them.
    fn copy_as_ui(&self, ui: &mut Ui, cx: UiContext<'_>, bytes: &[u8], read: &Streamed) {
        let marked = self.marked.clone().and_then(|marked| bytes.get(marked));
        let name = match marked {
            Some(part) => {
                let count = grouped(part.len() as u64);
                t!(cx.lang, "inspector.copy_marked", count = count)
            }
            None => t!(cx.lang, "inspector.copy_as"),
        };
        let part = marked.unwrap_or(bytes);
        let button = controls::small(ui, &format!("{name} ▾"), &name);
        controls::menu(&button).show(|ui| {
            for quote in Quote::ALL {
                if ui.button(quote.name()).clicked() {
                    ui.ctx().copy_text(quote.of(part));
                }
            }
            let raw_hint = t!(cx.lang, "inspector.copy_raw_hint");
            let button = ui.button(t!(cx.lang, "inspector.copy_raw"));
            if button.on_hover_text(raw_hint).clicked() {
                let text = match marked {
                    Some(part) => raw(part, read.reading),
                    None => raw(&read.joined(bytes), read.reading),
                };
                ui.ctx().copy_text(text);
            }
            controls::close_when_chosen(ui);
        });
        controls::regain_focus(ui, &button);
    }
}

/// Making its peer the target, and sending it again.
fn send_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    record: &Record<'_>,
) -> Option<Action> {
    if let Some(peer) = newer_source(record, session) {
        let name = t!(cx.lang, "send.newer", peer = cx.interfaces.show(peer));
        let clicked = controls::small(ui, &format!("↩ {name}"), &name).clicked();
        return clicked.then(|| Action::SetTarget(peer.into()));
    }
    let far = record.far()?;
    let mut action = None;
    let target = t!(cx.lang, "inspector.set_target");
    if controls::small(ui, &format!("↩ {target}"), &target).clicked() {
        action = Some(Action::SetTarget(far));
    }
    let resend = match record.kind() {
        RecordKind::Sent => t!(cx.lang, "inspector.resend"),
        _ => t!(cx.lang, "inspector.send_back"),
    };
    let button = controls::small_if(ui, session.is_open(), &format!("↻ {resend}"), &resend);
    let button = controls::unusable(ui, button, &t!(cx.lang, "inspector.not_open"));
    let hint = format!("→ {}", cx.interfaces.show(far.peer));
    if button.on_hover_text(hint).clicked() {
        let to = session.target_of(far);
        action = Some(Action::Worker(Command::send(to, record.bytes())));
    }
    action
}

/// Putting it into the send box, with its peer as the target.
fn edit_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    record: &Record<'_>,
    reading: Reading,
) -> Option<Action> {
    let composed = Composed::of(session, record, reading)?;
    let name = t!(cx.lang, "inspector.edit");
    let clicked = controls::small(ui, &name, &name).clicked();
    clicked.then_some(Action::Compose(composed))
}

/// Putting the values of its first message into the form of fields.
fn fill_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    (record, reading): (&Record<'_>, Reading),
    fields: &FieldsView<'_>,
) -> Option<Action> {
    // One that cannot be made of values goes as it is.
    let composed = Composed::of(session, record, reading)?;
    let message = fields.messages.first()?;
    let name = t!(cx.lang, "form.fill");
    if !controls::small(ui, &name, &name).clicked() {
        return None;
    }
    Some(match fields.schema.written_values(&message.bytes) {
        Some(fields) => Action::FillForm(FilledForm {
            fields,
            to: record.far(),
        }),
        None => Action::Compose(composed),
    })
}

impl Composed {
    /// The bytes of a row as a message to its peer; `None` for a row without a message, and in a
    /// relay, which sends only forwarded data.
    pub fn of(session: &Session, record: &Record<'_>, reading: Reading) -> Option<Self> {
        let is_data = matches!(record.kind(), RecordKind::Received | RecordKind::Sent);
        if !is_data || session.kind().is_relay() {
            return None;
        }
        let bytes = record.bytes();
        let charset = match reading {
            Reading::Text(charset) => Some(charset),
            Reading::Empty => Some(Charset::default()),
            Reading::Binary => None,
        };
        let composition = Composition::of(bytes, charset);
        let is_text = composition.format == TextFormat::Text;
        Some(Self {
            composition,
            charset: charset.filter(|_| is_text),
            to: record.far(),
        })
    }
}

/// The text as it arrived, with undecodable bytes as U+FFFD.
fn raw(bytes: &[u8], reading: Reading) -> String {
    let Reading::Text(charset) = reading else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let text = |part| match part {
        DecodedPart::Text(text) => text,
        DecodedPart::Bad(_) => "\u{FFFD}".into(),
    };
    charset.decode(bytes).into_iter().map(text).collect()
}
