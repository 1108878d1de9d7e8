//! A file of the folder in the list.

use super::words;
use crate::settings::descriptions::OwnDescription;
use crate::t;
use crate::ui::{UiContext, controls, theme};
use egui::{Align, Button, Label, Layout, RichText, Ui, vec2};
use std::path::Path;

/// The width of the button with the menu.
const MORE: f32 = 28.0;
const GAP: f32 = 6.0;

/// The user's request to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryAction {
    Use,
    Edit,
    Rename,
    Copy,
    Export,
    Delete,
}

/// Shows a file of the folder: its name, its title if that is another one, and its menu.
pub(super) fn own_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    own: &OwnDescription,
    is_used: bool,
) -> Option<EntryAction> {
    let asked = row_ui(ui, cx, &words::name(&own.path), is_used, |ui, cx| {
        let items = [
            ("descriptions.use", EntryAction::Use),
            ("descriptions.rename", EntryAction::Rename),
            ("descriptions.copy", EntryAction::Copy),
            ("descriptions.export", EntryAction::Export),
            ("descriptions.delete", EntryAction::Delete),
        ];
        items_ui(ui, cx, &items)
    });
    let (text, ink) = match &own.read {
        // Its title is often its name.
        Ok(title) if *title == words::name(&own.path) => return asked,
        Ok(title) => (title.clone(), cx.palette.dim),
        Err(problem) => (words::mistake(cx, problem), cx.palette.error),
    };
    let text = RichText::new(text).font(theme::small()).color(ink);
    ui.add(Label::new(text).wrap());
    asked
}

/// Shows a file elsewhere that was used lately.
pub(super) fn recent_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    path: &Path,
    is_used: bool,
) -> Option<EntryAction> {
    let asked = row_ui(ui, cx, &words::name(path), is_used, |ui, cx| {
        let items = [
            ("descriptions.use", EntryAction::Use),
            ("descriptions.keep", EntryAction::Copy),
            ("descriptions.forget", EntryAction::Delete),
        ];
        items_ui(ui, cx, &items)
    });
    let text = RichText::new(path.display().to_string()).font(theme::small_mono());
    ui.add(Label::new(text.color(cx.palette.dim)).truncate());
    asked
}

fn row_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    name: &str,
    is_used: bool,
    menu: impl FnOnce(&mut Ui, UiContext<'_>) -> Option<EntryAction>,
) -> Option<EntryAction> {
    let mut asked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let edit = t!(cx.lang, "editor.edit");
        let beside = controls::small_width(ui, &edit) + MORE + 2.0 * GAP;
        let width = (ui.available_width() - beside).max(60.0);
        ui.scope(|ui| {
            controls::soft_choice(ui, cx.palette);
            let button = Button::selectable(is_used, name).truncate();
            let left = Layout::left_to_right(Align::Center)
                .with_main_justify(true)
                .with_main_align(Align::LEFT);
            let size = vec2(width, theme::SMALL_BUTTON);
            let button = ui.allocate_ui_with_layout(size, left, |ui| ui.add(button));
            let label = t!(cx.lang, "descriptions.use_of", name = name);
            let button = controls::named(ui, button.inner, &label);
            if button.double_clicked() {
                asked = Some(EntryAction::Edit);
            } else if button.clicked() {
                asked = Some(EntryAction::Use);
            }
        });
        let label = t!(cx.lang, "descriptions.edit_of", name = name);
        if controls::small(ui, &edit, &label).clicked() {
            asked = Some(EntryAction::Edit);
        }
        let more = ui.add_sized([MORE, theme::SMALL_BUTTON], Button::new("▾"));
        let label = t!(cx.lang, "descriptions.more_of", name = name);
        let more = controls::named(ui, more, &label);
        let chosen = controls::menu(&more).show(|ui| menu(ui, cx));
        asked = asked.take().or(chosen.and_then(|chosen| chosen.inner));
        controls::regain_focus(ui, &more);
    });
    asked
}

fn items_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    items: &[(&'static str, EntryAction)],
) -> Option<EntryAction> {
    let mut asked = None;
    for (key, action) in items {
        if ui.button(t!(cx.lang, key)).clicked() {
            asked = Some(*action);
        }
    }
    controls::close_when_chosen(ui);
    asked
}
