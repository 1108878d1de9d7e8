//! The menu of a tab.

use super::title::NAME;
use crate::t;
use crate::ui::{Action, UiContext, controls};
use egui::Ui;

/// The width of the field for the name of a tab.
const RENAME: f32 = 180.0;

/// Shows the menu of the tab at this place, of `count`.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    given: &str,
    (place, count): (usize, usize),
) -> Option<Action> {
    let mut chosen = None;
    let (name, hint) = (t!(cx.lang, "tabs.rename"), t!(cx.lang, "tabs.rename_hint"));
    let mut title = given.to_owned();
    controls::caption(ui, &name, 0.0, cx.palette);
    let field = controls::TextField::new(&mut title, &name, &hint, RENAME);
    let field = ui.scope(|ui| {
        controls::edged(ui, cx.palette);
        field.show(ui, cx.palette)
    });
    let field = field.inner;
    if field.changed() {
        let title = title.chars().take(NAME).collect();
        chosen = Some(Action::RenameTab(place, title));
    }
    if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
        ui.close();
    }
    let items = [
        ("tabs.close", Action::CloseTab(place), None),
        (
            "tabs.close_others",
            Action::CloseOtherTabs(place),
            (count <= 1).then_some("tabs.is_alone"),
        ),
        ("tabs.duplicate", Action::DuplicateTab(place), None),
        (
            "tabs.move_left",
            Action::MoveTab(place, place.saturating_sub(1)),
            (place == 0).then_some("tabs.is_first"),
        ),
        (
            "tabs.move_right",
            Action::MoveTab(place, place + 1),
            (place + 1 >= count).then_some("tabs.is_last"),
        ),
    ];
    for (name, action, why) in items {
        let item = egui::Button::new(t!(cx.lang, name));
        let item = ui.add_enabled(why.is_none(), item);
        let item = match why {
            Some(why) => controls::unusable(ui, item, &t!(cx.lang, why)),
            None => item,
        };
        if item.clicked() {
            chosen = Some(action);
            ui.close();
        }
    }
    chosen
}
