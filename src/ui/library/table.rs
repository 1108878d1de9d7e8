//! The table of snippets: each row is edited and sent, and all of them in turn.

use super::destination::{SnippetRefusal, SnippetTarget, filled};
use crate::engine::SenderCommand;
use crate::payload::composition::Composition;
use crate::settings::library::{InTurn, Snippet, Snippets};
use crate::ui::controls::{self, TextField};
use crate::ui::send::{preview, repeat};
use crate::ui::{Action, Composed, UiContext, text_format, theme};
use crate::{explain, t};
use egui::{Button, DragValue, RichText, Ui};

/// In a page this wide a row is one line.
const WIDE: f32 = 460.0;
const NAME: f32 = 110.0;
const SEND: f32 = 56.0;
const MORE: f32 = 28.0;
const GAP: f32 = 6.0;
/// Under which is kept which row was just added.
const ADDED: &str = "added snippet";

/// The user's request to one row.
enum SnippetAction {
    Send,
    Compose,
    Options,
    Up,
    Down,
    Remove,
}

/// The table. `refused` becomes the reason why a snippet is not sent.
pub(super) fn table_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    snippets: &mut Snippets,
    to: SnippetTarget<'_>,
    refused: &mut Option<SnippetRefusal>,
) -> Option<Action> {
    if snippets.is_empty() {
        let hint = RichText::new(t!(cx.lang, "snippets.empty"));
        ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
    }
    let mut asked = None;
    for (place, group) in snippets.groups.iter_mut().enumerate() {
        let name = t!(cx.lang, "snippets.group_name", number = place + 1);
        TextField::new(&mut group.name, &name, "", 150.0).show(ui, cx.palette);
        for (at, snippet) in group.snippets.iter_mut().enumerate() {
            let number = format!("{}.{}", place + 1, at + 1);
            // The added row gets the keys.
            if ui.data(|data| data.get_temp(egui::Id::unique(ADDED).with("place")))
                == Some((place, at))
            {
                ui.data_mut(|data| {
                    data.remove::<(usize, usize)>(egui::Id::unique(ADDED).with("place"))
                });
                controls::focus_next(ui, egui::Id::unique(ADDED));
            }
            if let Some(wanted) = row_ui(ui, cx, snippet, &number, to) {
                asked = Some((place, at, wanted));
            }
        }
    }
    let add = t!(cx.lang, "snippets.add");
    if controls::small(ui, &add, &add).clicked() {
        let group = match snippets.groups.last() {
            Some(group) => group.name.clone(),
            None => t!(cx.lang, "snippets.default_group"),
        };
        let composition = to.composition(to.send.composition.format, String::new());
        let name = String::new();
        snippets.add(&group, Snippet { name, composition });
        let added = snippets.groups.last().map(|group| group.snippets.len());
        if let Some(at) = added.and_then(|count| count.checked_sub(1)) {
            let place = (snippets.groups.len().saturating_sub(1), at);
            ui.data_mut(|data| data.insert_temp(egui::Id::unique(ADDED).with("place"), place));
        }
    }
    let (place, at, asked) = asked?;
    let snippet = snippets.groups.get_mut(place)?.snippets.get_mut(at)?;
    match asked {
        SnippetAction::Send => to.ordered(cx, to.once(cx, snippet), refused),
        SnippetAction::Compose => Some(composed(&snippet.composition)),
        SnippetAction::Options => {
            let text = std::mem::take(&mut snippet.composition.text);
            snippet.composition = to.composition(snippet.composition.format, text);
            None
        }
        SnippetAction::Remove => Some(Action::RemoveSnippet { group: place, at }),
        SnippetAction::Up | SnippetAction::Down => {
            change(snippets, place, at, &asked);
            None
        }
    }
}

/// The control that sends all of them, at an interval, once or until it is stopped.
pub(super) fn in_turn_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    snippets: &Snippets,
    in_turn: &mut InTurn,
    to: SnippetTarget<'_>,
    refused: &mut Option<SnippetRefusal>,
) -> Option<Action> {
    let repeating = to.session.activity().repeating;
    let running = repeating.filter(|repeating| !repeating.over);
    let mut clicked = false;
    ui.horizontal_wrapped(|ui| {
        let name = t!(cx.lang, "snippets.interval");
        controls::caption(ui, &name, 0.0, cx.palette);
        let interval = DragValue::new(&mut in_turn.interval)
            .range(1..=86_400_000)
            .suffix(" ms");
        let size = [84.0, theme::SMALL_BUTTON];
        let interval = ui.add_sized(size, interval.update_while_editing(false));
        controls::named(ui, interval, &name);
        let (text, font) = (t!(cx.lang, "snippets.loops"), theme::body());
        controls::check(ui, &mut in_turn.loops, &text, "", font, cx.palette);
        let name = match running {
            Some(_) => t!(cx.lang, "snippets.stop"),
            None => t!(cx.lang, "snippets.in_turn"),
        };
        let is_filled = filled(snippets).next().is_some();
        let enabled = running.is_some() || is_filled && !to.is_relay();
        let button = controls::small_if(ui, enabled, &name, &name);
        let why = match to.is_relay() {
            true => t!(cx.lang, "snippets.relay"),
            false => t!(cx.lang, "snippets.none_filled"),
        };
        clicked = controls::unusable(ui, button, &why).clicked();
        if let Some(repeating) = running {
            let wording = repeat::progress(&repeating, cx);
            ui.label(RichText::new(wording).color(cx.palette.dim));
        }
    });
    let asked = match (clicked, running) {
        (false, _) => None,
        (true, Some(_)) => Some(Action::Worker(SenderCommand::EndRepeat.into())),
        (true, None) => to.ordered(cx, to.in_turn(cx, snippets, *in_turn), refused),
    };
    *refused = refused.take().filter(|refusal| refusal.holds(to.session));
    if let Some(refusal) = refused {
        controls::error_line(ui, &refusal.message, cx.palette);
    }
    asked
}

/// The message in the box, which goes where the box says.
pub(super) fn composed(composition: &Composition) -> Action {
    Action::Compose(Composed {
        composition: composition.clone(),
        charset: None,
        to: None,
    })
}

/// One row: the name, the message, and the send button; in a narrow page the message stands below
/// the rest.
fn row_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    snippet: &mut Snippet,
    number: &str,
    to: SnippetTarget<'_>,
) -> Option<SnippetAction> {
    let is_wide = ui.available_width() >= WIDE;
    let rest = ui.available_width() - text_format::WIDTH - SEND - MORE - 3.0 * GAP;
    let mut asked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let name = t!(cx.lang, "snippets.item_name", number = number);
        let hint = t!(cx.lang, "snippets.item");
        let width = if is_wide { NAME } else { rest };
        TextField::new(&mut snippet.name, &name, &hint, width).show(ui, cx.palette);
        if is_wide {
            content_ui(ui, cx, snippet, number, rest - NAME - GAP);
        }
        text_format::ui(ui, cx, &mut snippet.composition.format, number);
        let name = t!(cx.lang, "snippets.send_of", number = number);
        let send = Button::new(t!(cx.lang, "send.send"));
        let size = [SEND, theme::SMALL_BUTTON];
        let send = ui.add_enabled_ui(!to.is_relay(), |ui| ui.add_sized(size, send));
        let send = controls::named(ui, send.inner, &name);
        let send = controls::unusable(ui, send, &t!(cx.lang, "snippets.relay"));
        let send = send.on_hover_ui(|ui| match snippet.composition.message(to.charset) {
            Ok(message) => preview::ui(ui, cx, &message, to.charset, ""),
            Err(mistake) => {
                ui.label(explain::mistake(cx.lang, &mistake));
            }
        });
        if send.clicked() {
            asked = Some(SnippetAction::Send);
        }
        asked = asked.take().or(more_ui(ui, cx, number));
    });
    if !is_wide {
        content_ui(ui, cx, snippet, number, ui.available_width());
        ui.add_space(GAP);
    }
    asked
}

fn content_ui(ui: &mut Ui, cx: UiContext<'_>, snippet: &mut Snippet, number: &str, width: f32) {
    let name = t!(cx.lang, "snippets.content_of", number = number);
    let hint = t!(cx.lang, "snippets.content");
    let text = &mut snippet.composition.text;
    TextField::new(text, &name, &hint, width).show(ui, cx.palette);
}

/// The other actions on a row.
fn more_ui(ui: &mut Ui, cx: UiContext<'_>, number: &str) -> Option<SnippetAction> {
    let name = t!(cx.lang, "snippets.more_of", number = number);
    let more = ui.add_sized([MORE, theme::SMALL_BUTTON], Button::new("▾"));
    let more = controls::named(ui, more, &name);
    let mut asked = None;
    controls::menu(&more).show(|ui| {
        let items = [
            (t!(cx.lang, "snippets.compose"), SnippetAction::Compose),
            (t!(cx.lang, "snippets.options"), SnippetAction::Options),
            (t!(cx.lang, "snippets.up"), SnippetAction::Up),
            (t!(cx.lang, "snippets.down"), SnippetAction::Down),
            (t!(cx.lang, "snippets.remove"), SnippetAction::Remove),
        ];
        for (text, item) in items {
            if ui.button(text).clicked() {
                asked = Some(item);
            }
        }
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &more);
    asked
}

/// Moves one within its group.
fn change(snippets: &mut Snippets, group: usize, at: usize, asked: &SnippetAction) {
    let Some(of) = snippets.groups.get_mut(group) else {
        return;
    };
    match asked {
        SnippetAction::Up if at > 0 => of.snippets.swap(at, at - 1),
        SnippetAction::Down if at + 1 < of.snippets.len() => of.snippets.swap(at, at + 1),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::destination::tests::snippets;
    use super::*;

    #[test]
    fn one_is_moved_within_its_group() {
        let mut all = snippets(&["01", "02"]);
        change(&mut all, 0, 0, &SnippetAction::Down);
        assert_eq!(all.groups[0].snippets[0].name, "no. 02");
        change(&mut all, 0, 1, &SnippetAction::Down);
        change(&mut all, 0, 0, &SnippetAction::Up);
        assert_eq!(all.groups[0].snippets[0].name, "no. 02");
        change(&mut all, 0, 1, &SnippetAction::Up);
        assert_eq!(all, snippets(&["01", "02"]));
    }
}
