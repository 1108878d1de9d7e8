//! Everything about the selected row.

mod actions;
mod bytes;
mod frames;
mod hex_view;

use super::controls;
use super::description::{FieldsView, RowMessage};
use super::log_view::{LogView, OnShow, SearchView, content};
use super::{Action, UiContext, grouped, theme};
use crate::payload::charset::Charset;
use crate::payload::printable;
use crate::payload::reading::Reading;
use crate::session::Session;
use crate::settings::columns::TimeFormat;
use crate::settings::tab::{ReadAs, ReceiveDraft, Scope};
use crate::traffic::framing::{FrameIndex, LONGEST_MESSAGE};
use crate::traffic::messages::{self, MessageId};
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Destination, LogUnit, Record, RecordKind, Rows, ViewOptions};
use crate::words::Lang;
use crate::{explain, t};
use egui::{RichText, Ui, vec2};
use std::ops::Range;

/// In a wide page the bytes have at least this room, in points, beside the facts.
const CONTENT: f32 = 330.0;
const FACTS: f32 = 270.0;

/// The marked part of the selected row.
#[derive(Debug, Default)]
pub struct Inspector {
    row: Option<u64>,
    /// The selected message, if it is one of several rows, which is shown as a whole.
    whole: Option<MessageId>,
    marked: Option<Range<usize>>,
    /// The messages of the selected row's stream.
    frames: Option<FrameIndex>,
    /// The row they were last brought into sight for.
    framed: Option<u64>,
}

/// `Row 5 · received`, while a row is selected.
pub fn title(cx: UiContext<'_>, session: &Session, view: &LogView) -> Option<String> {
    let row = view.selected()?;
    let kind = match session.log.get(row)?.kind() {
        RecordKind::Received => t!(cx.lang, "inspector.received"),
        RecordKind::Sent => t!(cx.lang, "inspector.sent"),
        RecordKind::Notice | RecordKind::Failure => t!(cx.lang, "inspector.event"),
    };
    let number = grouped(row + 1);
    Some(t!(cx.lang, "inspector.title", number = number, kind = kind))
}

impl Inspector {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        shown: OnShow<'_>,
        receive: &mut ReceiveDraft,
    ) -> Option<Action> {
        let OnShow {
            session,
            sought,
            view,
        } = shown;
        let in_stream = session.is_stream();
        let framing = receive.framing_of(session.kind(), in_stream);
        let ReceiveDraft { read_as, .. } = receive;
        let Some(row) = view.selected() else {
            let hint = RichText::new(t!(cx.lang, "inspector.none"));
            ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
            return None;
        };
        let whole = view.selected_message(&session.log);
        let whole = whole.filter(|message| !message.is_in_one_row());
        let id = whole.map(|message| message.id);
        let is_other = std::mem::replace(&mut self.whole, id) != id;
        if self.row.replace(row) != Some(row) || is_other {
            self.marked = None;
        }
        let Some(record) = session.log.get(row) else {
            // It was trimmed, or the log was cleared.
            view.select(None);
            return None;
        };
        let reads = ViewOptions {
            unit: LogUnit::Read,
            ..view.shown
        };
        let before = Rows::new(&session.log, reads, None)
            .previous(row)
            .and_then(|row| session.log.get(row));
        let joined = whole.map(|message| {
            let (bytes, _) = messages::bytes(&session.log, &message, LONGEST_MESSAGE as usize);
            (message, bytes)
        });
        let record = match &joined {
            Some((_, bytes)) => record.with_bytes(bytes),
            None => record,
        };
        let read = match &joined {
            Some(_) => Streamed::alone(read_as.reading(&session.log, row, &record)),
            None => read_as.read(&session.log, row, &record, in_stream),
        };
        let found = match record.body {
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
                let is_found = |sought: &SearchView<'_>| sought.found.has(row, &session.log);
                sought
                    .filter(is_found)
                    .map_or_else(Vec::new, |sought| sought.found.filter().marked_bytes(bytes))
            }
            Body::Notice(_) => Vec::new(),
        };
        let described = view.schema.clone();
        let bytes = record.bytes();
        let messages = match &described {
            None => Vec::new(),
            Some(described) if described.framing.of(record.kind()).is_some() => match &joined {
                Some((message, bytes)) => {
                    let message = self.whole_message(message, bytes, described);
                    message.into_iter().collect()
                }
                None => self.messages_at(session, row, &described.schema),
            },
            Some(_) if bytes.is_empty() || record.peer().is_none() => Vec::new(),
            Some(_) => vec![RowMessage::of(bytes)],
        };
        let fields = described.as_ref().map(|described| FieldsView {
            schema: &described.schema,
            messages,
        });
        let fields = fields.as_ref();
        let mut action = None;
        let mut actions_ui = |panel: &Self, ui: &mut Ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
                if !record.bytes().is_empty() {
                    read_as_ui(ui, cx, read_as, row, &record, read.reading);
                }
                action = panel.actions_ui(ui, cx, session, &record, (&read, fields));
            });
        };
        let left = ui.available_width() - FACTS - 2.0 * ui.spacing().item_spacing.x;
        if left >= CONTENT {
            ui.horizontal_top(|ui| {
                ui.allocate_ui(vec2(left, 0.0), |ui| {
                    ui.vertical(|ui| {
                        ui.set_width(left);
                        self.content_ui(ui, cx, &record, (&read, fields), &found);
                    });
                });
                ui.add_space(ui.spacing().item_spacing.x);
                ui.vertical(|ui| {
                    facts_ui(ui, cx, &record, before.as_ref());
                    actions_ui(self, ui);
                });
            });
        } else {
            facts_ui(ui, cx, &record, before.as_ref());
            if matches!(record.body, Body::Notice(_)) {
                ui.separator();
            }
            self.content_ui(ui, cx, &record, (&read, fields), &found);
            actions_ui(self, ui);
        }
        if in_stream || !framing.is_none() {
            self.frames_ui(ui, cx, session, &record, row, (view, &framing));
        } else {
            self.frames = None;
        }
        action
    }

    /// The bytes of the row, or its message.
    fn content_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        record: &Record<'_>,
        (read, fields): (&Streamed, Option<&FieldsView<'_>>),
        found: &[Range<usize>],
    ) {
        match record.body {
            Body::Notice(notice) => notice_ui(ui, cx, notice),
            // Its length says that nothing of it was kept.
            Body::Received { bytes: [], .. } | Body::Sent { bytes: [], .. }
                if record.arrival.truncated => {}
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
                if let Some(fields) = fields {
                    fields.ui(ui, cx, &mut self.marked);
                }
                self.bytes_ui(ui, cx, bytes, read, found);
            }
        }
    }
}

fn facts_ui(ui: &mut Ui, cx: UiContext<'_>, record: &Record<'_>, before: Option<&Record<'_>>) {
    let mut facts = vec![(
        t!(cx.lang, "inspector.time"),
        cx.time(record.time, TimeFormat::Micros),
    )];
    if let Some(before) = before {
        facts.push((
            t!(cx.lang, "inspector.gap"),
            gap(cx.lang, record.time.saturating_sub(before.time)),
        ));
    }
    if let Some(peer) = record.peer() {
        let side = match record.kind() {
            RecordKind::Received => t!(cx.lang, "inspector.source"),
            RecordKind::Sent => t!(cx.lang, "inspector.destination"),
            RecordKind::Notice | RecordKind::Failure => t!(cx.lang, "inspector.peer"),
        };
        facts.push((side, cx.interfaces.show(peer)));
    }
    if let Some(Destination { ip, interface }) = record.arrival.destination {
        let interface = cx.interfaces.name_of(interface);
        facts.push((
            t!(cx.lang, "inspector.arrived_at"),
            format!("{ip} {interface}"),
        ));
    }
    if let Some(other) = record.origin.other {
        facts.push((t!(cx.lang, "inspector.other"), cx.interfaces.show(other)));
    }
    if let Some(rule) = record.origin.rule {
        let rule = printable::line(rule.as_bytes());
        facts.push((t!(cx.lang, "inspector.rule"), rule));
    }
    egui::Grid::new("facts")
        .num_columns(2)
        .spacing([12.0, 3.0])
        .min_col_width(controls::FACTS.width(ui, cx.lang))
        .min_row_height(19.0)
        .show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 19.0;
            let clock = match record.arrival.kernel_time {
                true => t!(cx.lang, "inspector.kernel_time"),
                false => t!(cx.lang, "inspector.read_time"),
            };
            for (row, (name, value)) in facts.into_iter().enumerate() {
                ui.label(RichText::new(name).color(cx.palette.dim));
                let value =
                    egui::Label::new(RichText::new(value).font(theme::mono())).selectable(true);
                let label = ui.add(value);
                if row == 0 {
                    label.on_hover_text(&clock);
                }
                ui.end_row();
            }
            if !matches!(record.body, Body::Notice(_)) {
                ui.label(RichText::new(t!(cx.lang, "inspector.length")).color(cx.palette.dim));
                ui.label(if record.arrival.truncated {
                    content::cut(cx.lang, record)
                } else {
                    let bytes = grouped(record.bytes().len() as u64);
                    t!(cx.lang, "inspector.bytes", bytes = bytes)
                });
                ui.end_row();
            }
        });
}

fn notice_ui(ui: &mut Ui, cx: UiContext<'_>, notice: &crate::traffic::Notice) {
    if let crate::traffic::Notice::Failed(failure) = notice {
        let explained = explain::failure(cx.lang, failure);
        ui.add(
            egui::Label::new(RichText::new(explained.what).color(cx.palette.error))
                .wrap()
                .selectable(true),
        );
        if !explained.detail.is_empty() {
            ui.add(
                egui::Label::new(RichText::new(explained.detail).font(theme::small_mono()))
                    .wrap()
                    .selectable(true),
            );
        }
        ui.add(
            egui::Label::new(RichText::new(explained.cure).color(cx.palette.dim))
                .wrap()
                .selectable(true),
        );
    } else {
        let text = explain::notice(cx.lang, notice, cx.interfaces);
        ui.add(egui::Label::new(text).wrap().selectable(true));
    }
}

/// The reading of the row, of its peer's rows, or of all rows.
fn read_as_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    read_as: &mut ReadAs,
    row: u64,
    record: &Record<'_>,
    reading: Reading,
) {
    let shown = match reading {
        Reading::Text(charset) => charset.name(),
        Reading::Empty | Reading::Binary => "HEX",
    };
    let mut scopes = vec![
        (Scope::Row(row), t!(cx.lang, "read_as.row")),
        (Scope::Session, t!(cx.lang, "read_as.session")),
    ];
    if let Some(peer) = record.peer() {
        let peer_words = t!(cx.lang, "read_as.peer", peer = cx.interfaces.show(peer));
        scopes.insert(1, (Scope::Peer(peer), peer_words));
    }
    let name = t!(cx.lang, "read_as.name", charset = shown);
    let button = controls::small(ui, &format!("{name} ▾"), &name);
    controls::menu(&button).show(|ui| {
        for (scope, words) in scopes {
            ui.menu_button(words, |ui| {
                let current = read_as.get(scope);
                let recognised = t!(cx.lang, "receive.charset_auto");
                let choices =
                    Charset::ALL.map(|charset| (Some(charset), charset.full_name().to_owned()));
                for (choice, words) in [(None, recognised)].into_iter().chain(choices) {
                    if controls::item(ui, current == choice, words).clicked() {
                        read_as.set(scope, choice);
                        ui.close();
                    }
                }
            });
        }
    });
    controls::regain_focus(ui, &button);
}

/// The time since the previous row, in a suitable unit. Rows are in the order in which they were
/// handled: delayed data may have arrived before the row above it.
fn gap(lang: Lang, micros: i64) -> String {
    let time = micros.unsigned_abs();
    let time = match time {
        0..1_000 => format!("{time} µs"),
        1_000..1_000_000 => format!("{}.{:03} ms", time / 1_000, time % 1_000),
        // Cut off, not rounded: 59.9996 s is no minute.
        _ => format!("{}.{:03} s", time / 1_000_000, time / 1_000 % 1_000),
    };
    match micros < 0 {
        true => t!(lang, "inspector.earlier", time = time),
        false => format!("+{time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_read_at_a_glance() {
        let gap = |micros| gap(Lang::English, micros);
        assert_eq!(gap(0), "+0 µs");
        assert_eq!(gap(7), "+7 µs");
        assert_eq!(gap(1_234), "+1.234 ms");
        assert_eq!(gap(5_433_000), "+5.433 s");
        assert_eq!(gap(59_999_900), "+59.999 s");
        assert_eq!(gap(3_723_000_400), "+3723.000 s");
        assert_eq!(gap(-2_665), "2.665 ms before the row above");
    }
}
