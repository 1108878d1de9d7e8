//! The hold queue of a relay: intercepted data that waits for a person.

use super::log_view::Content;
use super::{Action, UiContext, controls, grouped, narrow, theme};
use crate::automation::InterceptedEntry;
use crate::engine::RelayCommand;
use crate::session::Session;
use crate::settings::dock::Page;
use crate::settings::tab::ReceiveDraft;
use crate::t;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Record};
use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};

/// How high the list may be: only the rows in sight are laid out.
const LIST: f32 = 420.0;
/// The height of a message: a line with buttons, and two below it.
const ROW: f32 = theme::SMALL_BUTTON + 2.0 * 20.0;

/// The page, which shows bytes as the log does; `relays` is whether the session is a relay: no
/// other holds anything.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    receive: &ReceiveDraft,
    relays: bool,
) -> Option<Action> {
    if !relays {
        let hint = RichText::new(t!(cx.lang, "intercepted.relay_only"));
        ui.add(Label::new(hint.color(cx.palette.dim)).wrap());
        return None;
    }
    let holding = &session.activity().hold_queue;
    let mut asked = None;
    let any = !holding.packets.is_empty();
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(theme::FIELD);
        ui.add_enabled_ui(session.is_open(), |ui| {
            let mut all = holding.all;
            let text = t!(cx.lang, "intercepted.all");
            let check = controls::check(ui, &mut all, &text, "", theme::body(), cx.palette);
            let check = controls::unusable(ui, check, &t!(cx.lang, "intercepted.not_open"));
            if check
                .on_hover_text(t!(cx.lang, "intercepted.all_hint"))
                .clicked()
            {
                asked = Some(RelayCommand::HoldAll(all));
            }
        });
        ui.end_row();
        let release = t!(cx.lang, "intercepted.release_all");
        let none = t!(cx.lang, "intercepted.none");
        let button = controls::small_if(ui, any, &release, &release);
        if controls::unusable(ui, button, &none).clicked() {
            asked = Some(RelayCommand::Release { number: None });
        }
        let discard = t!(cx.lang, "intercepted.discard_all");
        let button = controls::small_if(ui, any, &discard, &discard);
        if controls::unusable(ui, button, &none).clicked() {
            asked = Some(RelayCommand::Discard { number: None });
        }
        let count = grouped(holding.packets.len() as u64);
        let text = RichText::new(t!(cx.lang, "intercepted.count", count = count));
        ui.label(text.color(cx.palette.dim));
    });
    let mut hints = vec![t!(cx.lang, "intercepted.change")];
    if !any {
        hints.insert(0, t!(cx.lang, "intercepted.hint"));
    }
    for hint in hints {
        let hint = RichText::new(hint).color(cx.palette.dim);
        ui.add(Label::new(hint).wrap());
    }
    let rules = t!(cx.lang, "intercepted.to_rules");
    if controls::small(ui, &rules, &rules).clicked() {
        return Some(Action::ShowPage(Page::AutoReply));
    }
    ScrollArea::vertical()
        .id_salt("held")
        .auto_shrink([false, true])
        .max_height(LIST)
        .show_rows(ui, ROW, holding.packets.len(), |ui, rows| {
            for entry in holding.packets.get(rows).unwrap_or_default() {
                let content = content(cx, session, receive, entry);
                // A released one takes its identity along.
                let released = ui.push_id(entry.number, |ui| packet_ui(ui, cx, entry, &content));
                asked = asked.take().or(released.inner);
            }
        });
    asked.map(|command| Action::Worker(command.into()))
}

/// A message: its number and its buttons, and below them its direction and its content.
fn packet_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    entry: &InterceptedEntry,
    content: &str,
) -> Option<RelayCommand> {
    let size = vec2(ui.available_width(), ROW);
    let packet = ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.y = 0.0;
        let head = vec2(size.x, theme::SMALL_BUTTON);
        let in_line = Layout::left_to_right(Align::Center);
        let asked = ui.allocate_ui_with_layout(head, in_line, |ui| {
            let after = match entry.is_queued {
                true => t!(cx.lang, "intercepted.queued"),
                false => String::new(),
            };
            let length = grouped(entry.length as u64);
            let length = t!(cx.lang, "send.bytes", bytes = length);
            let text = RichText::new(format!("#{}  {length}{after}", entry.number));
            let buttons = buttons(cx, entry.number);
            let gap = ui.spacing().item_spacing.x;
            let width = buttons
                .iter()
                .map(|(words, ..)| controls::small_width(ui, words) + gap);
            let room = vec2(size.x - width.sum::<f32>(), head.y);
            ui.allocate_ui_with_layout(room, in_line, |ui| {
                ui.set_min_width(room.x - gap);
                ui.add(Label::new(text.color(cx.palette.dim)).truncate());
            });
            let mut asked = None;
            for (words, name, command) in buttons {
                if controls::small(ui, &words, &name).clicked() {
                    asked = Some(command);
                }
            }
            asked
        });
        route_ui(ui, cx, entry);
        let content = RichText::new(content).font(theme::mono());
        ui.add(Label::new(content).truncate());
        asked.inner
    });
    packet.inner
}

/// The text of the message's row in the log, of its first bytes.
fn content(
    cx: UiContext<'_>,
    session: &Session,
    receive: &ReceiveDraft,
    entry: &InterceptedEntry,
) -> String {
    let body = Body::Received {
        peer: entry.from,
        bytes: &entry.begin,
    };
    let (log, record) = (&session.log, Record::new(0, body));
    let reading = receive.read_as.reading(log, log.rows().end, &record);
    Content::of(
        &record,
        &Streamed::alone(reading),
        (receive.display, None),
        cx,
    )
    .line()
}

/// Its sender and its receiver, by port in a narrow page.
fn route_ui(ui: &mut Ui, cx: UiContext<'_>, entry: &InterceptedEntry) {
    let (from, to) = (cx.interfaces.show(entry.from), cx.interfaces.show(entry.to));
    let whole = format!("{from} → {to}");
    let room = ui.available_width();
    let fits = |text: &str| narrow::fits(ui.painter(), text, room);
    let shown = match fits(&whole) {
        true => whole.clone(),
        false => {
            let half = |address: &str| {
                let fits_twice = |part: &str| fits(&format!("{part} → {part}"));
                narrow::middle_of(address, fits_twice)
            };
            format!("{} → {}", half(&from), half(&to))
        }
    };
    let label = Label::new(
        RichText::new(shown)
            .font(theme::mono())
            .color(cx.palette.dim),
    );
    let label = ui.add(label.truncate());
    controls::named(ui, label, &whole).on_hover_text(whole.as_str());
}

/// The buttons of a message: their words, names and commands.
fn buttons(cx: UiContext<'_>, number: u64) -> [(String, String, RelayCommand); 2] {
    let number_of = Some(number);
    [
        (
            t!(cx.lang, "intercepted.release"),
            t!(cx.lang, "intercepted.release_of", number = number),
            RelayCommand::Release { number: number_of },
        ),
        (
            t!(cx.lang, "intercepted.discard"),
            t!(cx.lang, "intercepted.discard_of", number = number),
            RelayCommand::Discard { number: number_of },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    #[test]
    fn a_message_reads_as_its_row_in_the_log() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 9)).into();
        let read = |bytes: &[u8]| {
            let entry = InterceptedEntry {
                number: 1,
                from: peer,
                to: peer,
                length: bytes.len(),
                begin: bytes.into(),
                is_queued: false,
            };
            let session = Session::default();
            let receive = ReceiveDraft::default();
            content(UiContext::for_tests(), &session, &receive, &entry)
        };
        assert_eq!(
            read(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B]),
            "01 03 00 00 00 02 C4 0B"
        );
        assert_eq!(read("你好\r\n".as_bytes()), "你好␍␊");
    }
}
