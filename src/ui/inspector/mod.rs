//! Everything about the selected row.

mod hex_view;

use super::controls;
use super::log_view::{
    self, LogView,
    ink::{self, Ink},
};
use super::read_as::{ReadAs, Scope};
use super::{Action, Look, grouped, theme};
use crate::net::{Command, Target};
use crate::payload::charset::{Charset, Part};
use crate::payload::hex;
use crate::payload::printable::{self, Piece};
use crate::payload::reading::Reading;
use crate::session::Session;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Kind, Record, Rows};
use crate::{explain, say};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Layout, RichText, Ui};

/// Bytes of text laid out; the hex dump and copies have all of them.
const TEXT: usize = 4096;

pub fn ui(
    ui: &mut Ui,
    look: Look<'_>,
    session: &Session,
    view: &mut LogView,
    read_as: &mut ReadAs,
) -> Option<Action> {
    let row = view.selected()?;
    let Some(record) = session.log.get(row) else {
        // It was evicted, or the log was cleared.
        view.select(None);
        return None;
    };
    ui.horizontal(|ui| {
        let kind = match record.kind() {
            Kind::Received => say!(look.lang, "inspector.received"),
            Kind::Sent => say!(look.lang, "inspector.sent"),
            Kind::Notice | Kind::Failure => say!(look.lang, "inspector.event"),
        };
        let title = say!(
            look.lang,
            "inspector.title",
            number = grouped(row + 1),
            kind = kind
        );
        ui.label(RichText::new(title).font(theme::bold(13.0)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if controls::icon_button(ui, "×", &say!(look.lang, "inspector.close"), look.palette)
                .clicked()
            {
                view.select(None);
            }
        });
    });
    let before = Rows::new(&session.log, view.shown, None)
        .previous(row)
        .and_then(|row| session.log.get(row));
    let in_stream = session.kind() != crate::session::Kind::Udp;
    let read = read_as.read(&session.log, row, &record, in_stream);
    facts_ui(ui, look, &record, before.as_ref());
    match record.body {
        Body::Notice(notice) => notice_ui(ui, look, notice),
        Body::Received { bytes, .. } | Body::Sent { bytes, .. } => bytes_ui(ui, look, bytes, &read),
    }
    if !record.bytes().is_empty() {
        read_as_ui(ui, look, read_as, row, &record, read.reading);
    }
    actions_ui(ui, look, session, &record, &read)
}

fn facts_ui(ui: &mut Ui, look: Look<'_>, record: &Record<'_>, before: Option<&Record<'_>>) {
    let mut facts = vec![(
        say!(look.lang, "inspector.time"),
        look.time(record.time, true),
    )];
    if let Some(before) = before {
        facts.push((
            say!(look.lang, "inspector.gap"),
            gap(record.time - before.time),
        ));
    }
    if let Some(peer) = record.peer() {
        let side = match record.kind() {
            Kind::Received => say!(look.lang, "inspector.source"),
            Kind::Sent => say!(look.lang, "inspector.destination"),
            Kind::Notice | Kind::Failure => say!(look.lang, "inspector.peer"),
        };
        facts.push((side, look.interfaces.show(peer)));
    }
    if let Some((ip, interface)) = record.arrival.destination {
        let interface = look.interfaces.name_of(interface).unwrap_or_default();
        facts.push((
            say!(look.lang, "inspector.arrived_at"),
            format!("{ip} {interface}"),
        ));
    }
    egui::Grid::new("facts")
        .num_columns(2)
        .spacing([12.0, 3.0])
        .min_col_width(52.0)
        .min_row_height(19.0)
        .show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 19.0;
            let clock = match record.arrival.kernel_time {
                true => say!(look.lang, "inspector.kernel_time"),
                false => say!(look.lang, "inspector.read_time"),
            };
            for (row, (name, value)) in facts.into_iter().enumerate() {
                ui.label(RichText::new(name).color(look.palette.dim));
                let value =
                    egui::Label::new(RichText::new(value).font(theme::mono())).selectable(true);
                let label = ui.add(value);
                if row == 0 {
                    label.on_hover_text(&clock);
                }
                ui.end_row();
            }
            if !matches!(record.body, Body::Notice(_)) {
                let length = say!(
                    look.lang,
                    "inspector.bytes",
                    bytes = grouped(record.bytes().len() as u64)
                );
                ui.label(
                    RichText::new(say!(look.lang, "inspector.length")).color(look.palette.dim),
                );
                let cut = if record.arrival.truncated {
                    say!(look.lang, "inspector.truncated")
                } else {
                    String::new()
                };
                ui.label(format!("{length}{cut}"));
                ui.end_row();
            }
        });
}

fn notice_ui(ui: &mut Ui, look: Look<'_>, notice: &crate::traffic::Notice) {
    ui.separator();
    if let crate::traffic::Notice::Failed(failure) = notice {
        let explained = explain::failure(look.lang, failure);
        ui.add(
            egui::Label::new(RichText::new(explained.what).color(look.palette.error))
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
            egui::Label::new(RichText::new(explained.cure).color(look.palette.dim))
                .wrap()
                .selectable(true),
        );
    } else {
        let text = explain::notice(look.lang, notice, look.interfaces);
        ui.add(egui::Label::new(text).wrap().selectable(true));
    }
}

fn bytes_ui(ui: &mut Ui, look: Look<'_>, bytes: &[u8], read: &Streamed) {
    if bytes.is_empty() {
        ui.label(RichText::new(say!(look.lang, "log.empty_datagram")).color(look.palette.dim));
        return;
    }
    let charset = match read.reading {
        Reading::Text(charset) => Some(charset),
        Reading::Empty | Reading::Binary => None,
    };
    hex_view::ui(ui, bytes, charset, look.palette);
    let Some(charset) = charset else { return };
    ui.label(
        RichText::new(say!(look.lang, "inspector.text"))
            .font(theme::bold(12.0))
            .color(look.palette.dim),
    );
    let text = read.joined_head(bytes, TEXT);
    let (parts, _) = charset.decode_head(&text, TEXT);
    let whole = bytes.len() <= TEXT;
    let job = text_job(printable::pieces_of(parts), look);
    egui::Frame::new()
        .fill(look.palette.field)
        .stroke(egui::Stroke::new(1.0, look.palette.line))
        .corner_radius(theme::ROUND)
        .inner_margin(8)
        .show(ui, |ui| {
            egui::ScrollArea::vertical()
                .id_salt("text")
                .max_height(150.0)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    ui.add(egui::Label::new(job).wrap());
                });
        });
    if !whole {
        let text = say!(look.lang, "inspector.shown", bytes = grouped(TEXT as u64));
        ui.label(
            RichText::new(text)
                .font(theme::small())
                .color(look.palette.dim),
        );
    }
}

/// Text with its escapes in colour, broken where its own line breaks are.
fn text_job(pieces: Vec<Piece<'_>>, look: Look<'_>) -> LayoutJob {
    let mut job = LayoutJob::default();
    for piece in pieces {
        ink::append(&mut job, piece.text(), Ink::of(&piece), look.palette, None);
        if piece.text() == "␊" {
            job.append(
                "\n",
                0.0,
                TextFormat::simple(theme::mono(), look.palette.text),
            );
        }
    }
    job
}

/// As what the row, its peer's rows or all of them are read.
fn read_as_ui(
    ui: &mut Ui,
    look: Look<'_>,
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
        (Scope::Row(row), say!(look.lang, "read_as.row")),
        (Scope::Session, say!(look.lang, "read_as.session")),
    ];
    if let Some(peer) = record.peer() {
        let peer_words = say!(look.lang, "read_as.peer", peer = look.interfaces.show(peer));
        scopes.insert(1, (Scope::Peer(peer), peer_words));
    }
    let name = say!(look.lang, "read_as.name", charset = shown);
    let button = controls::small(ui, &format!("{name} ▾"), &name);
    egui::Popup::menu(&button).show(|ui| {
        for (scope, words) in scopes {
            ui.menu_button(words, |ui| {
                let said = read_as.get(scope);
                let recognised = say!(look.lang, "receive.charset_auto");
                let choices =
                    Charset::ALL.map(|charset| (Some(charset), charset.name().to_owned()));
                for (choice, words) in [(None, recognised)].into_iter().chain(choices) {
                    if ui.selectable_label(said == choice, words).clicked() {
                        read_as.set(scope, choice);
                        ui.close();
                    }
                }
            });
        }
    });
}

/// The text as it came, with what is none as U+FFFD.
fn raw(bytes: &[u8], reading: Reading) -> String {
    let Reading::Text(charset) = reading else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let text = |part| match part {
        Part::Text(text) => text,
        Part::Bad(_) => "\u{FFFD}".into(),
    };
    charset.decode(bytes).into_iter().map(text).collect()
}

fn actions_ui(
    ui: &mut Ui,
    look: Look<'_>,
    session: &Session,
    record: &Record<'_>,
    read: &Streamed,
) -> Option<Action> {
    let mut action = None;
    let lang = look.lang;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
        if let (Body::Received { peer, bytes } | Body::Sent { peer, bytes }, open) =
            (record.body, session.is_open())
        {
            let target = say!(lang, "inspector.set_target");
            if controls::small(ui, &format!("↩ {target}"), &target).clicked() {
                action = Some(Action::SetTarget(peer));
            }
            let resend = match record.kind() {
                Kind::Sent => say!(lang, "inspector.resend"),
                _ => say!(lang, "inspector.send_back"),
            };
            let button = ui
                .add_enabled_ui(open, |ui| {
                    controls::small(ui, &format!("⟳ {resend}"), &resend)
                })
                .inner;
            if button
                .on_hover_text(format!("→ {}", look.interfaces.show(peer)))
                .clicked()
            {
                action = Some(Action::Order(Command::send(Target::Peer(peer), bytes)));
            }
        }
        let copy = say!(lang, "inspector.copy");
        if controls::small(ui, &copy, &copy).clicked() {
            ui.ctx().copy_text(log_view::copied(record, read, look));
        }
        if record.bytes().is_empty() {
            return;
        }
        let copy = say!(lang, "inspector.copy_hex");
        if controls::small(ui, &copy, &copy).clicked() {
            ui.ctx().copy_text(hex::format(record.bytes()));
        }
        let copy = say!(lang, "inspector.copy_raw");
        if controls::small(ui, &copy, &copy)
            .on_hover_text(say!(lang, "inspector.copy_raw_hint"))
            .clicked()
        {
            ui.ctx()
                .copy_text(raw(&read.joined(record.bytes()), read.reading));
        }
    });
    action
}

/// The time since the row before, in the unit it is read best in.
fn gap(micros: i64) -> String {
    match micros.abs() {
        0..1_000 => format!("{micros:+} µs"),
        1_000..1_000_000 => format!("{:+.3} ms", micros as f64 / 1e3),
        _ => format!("{:+.3} s", micros as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_read_at_a_glance() {
        assert_eq!(gap(7), "+7 µs");
        assert_eq!(gap(1_234), "+1.234 ms");
        assert_eq!(gap(5_433_000), "+5.433 s");
        assert_eq!(gap(-5), "-5 µs");
    }
}
