//! What a relay keeps until a person lets it go.

use super::{Action, UiContext, controls, grouped, theme};
use crate::automation::HeldEntry;
use crate::engine::RelayCommand;
use crate::payload::printable;
use crate::session::Session;
use crate::t;
use egui::{Align, Layout, RichText, ScrollArea, Ui};

/// How high the list may be: only the rows in sight are laid out.
const LIST: f32 = 420.0;

/// The page; `relays` is whether the session is a relay: no other holds anything.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, session: &Session, relays: bool) -> Option<Action> {
    if !relays {
        let hint = RichText::new(t!(cx.lang, "held.relay_only"));
        ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
        return None;
    }
    let holding = &session.activity().held;
    let mut asked = None;
    let any = !holding.pieces.is_empty();
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(theme::FIELD);
        ui.add_enabled_ui(session.is_open(), |ui| {
            let mut all = holding.all;
            let text = t!(cx.lang, "held.all");
            let check = controls::check(ui, &mut all, &text, "", theme::body(), cx.palette);
            if check.on_hover_text(t!(cx.lang, "held.all_hint")).clicked() {
                asked = Some(RelayCommand::HoldAll(all));
            }
        });
        ui.end_row();
        let release = t!(cx.lang, "held.release_all");
        if controls::small_if(ui, any, &release, &release).clicked() {
            asked = Some(RelayCommand::Release { number: None });
        }
        let discard = t!(cx.lang, "held.discard_all");
        if controls::small_if(ui, any, &discard, &discard).clicked() {
            asked = Some(RelayCommand::Discard { number: None });
        }
        let count = grouped(holding.pieces.len() as u64);
        let text = RichText::new(t!(cx.lang, "held.count", count = count));
        ui.label(text.color(cx.palette.dim));
    });
    if !any {
        let hint = RichText::new(t!(cx.lang, "held.hint"));
        ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
    }
    ScrollArea::vertical()
        .id_salt("held")
        .auto_shrink([false, true])
        .max_height(LIST)
        .show_rows(ui, theme::SMALL_BUTTON, holding.pieces.len(), |ui, rows| {
            for held in holding.pieces.get(rows).unwrap_or_default() {
                asked = asked.take().or(piece_ui(ui, cx, held));
            }
        });
    asked.map(|command| Action::Order(command.into()))
}

fn piece_ui(ui: &mut Ui, cx: UiContext<'_>, held: &HeldEntry) -> Option<RelayCommand> {
    let mut asked = None;
    let number = held.number;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (words, name, command) in [
                (
                    t!(cx.lang, "held.discard"),
                    t!(cx.lang, "held.discard_of", number = number),
                    RelayCommand::Discard {
                        number: Some(number),
                    },
                ),
                (
                    t!(cx.lang, "held.release"),
                    t!(cx.lang, "held.release_of", number = number),
                    RelayCommand::Release {
                        number: Some(number),
                    },
                ),
            ] {
                if controls::small(ui, &words, &name).clicked() {
                    asked = Some(command);
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let (from, to) = (cx.interfaces.show(held.from), cx.interfaces.show(held.to));
                let behind = match held.behind {
                    true => t!(cx.lang, "held.behind"),
                    false => String::new(),
                };
                let text = format!(
                    "#{number}  {from} → {to}  {}  {}{behind}",
                    held.length,
                    printable::line(&held.begin)
                );
                ui.add(egui::Label::new(RichText::new(text).font(theme::mono())).truncate());
            });
        });
    });
    asked
}
