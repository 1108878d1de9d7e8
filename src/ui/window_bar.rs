//! The right end of the tab bar: the controls of the whole window.

use super::controls::{self, icon_button, tooltip_with_key};
use super::palette::{WindowCommand, key_text, with_key};
use super::{Action, UiContext, theme};
use crate::settings::dock::Page;
use crate::settings::theme::ThemeSetting;
use crate::t;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Context, RichText, Ui, vec2};

/// The field that opens the palette is this wide in a window of at least this width, in points.
/// In a narrower one signs stand alone, which leaves the room to the tabs.
const COMMANDS: f32 = 200.0;
const ROOMY: f32 = 1_100.0;

/// From left to right.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, theme: &mut ThemeSetting) -> Option<Action> {
    let mut action = commands_ui(ui, cx).then_some(Action::Command(WindowCommand::Palette));
    let language = t!(cx.lang, "tabs.language");
    if icon_button(ui, &language, &language, cx.palette)
        .on_hover_text(t!(cx.lang, "tabs.language_hint"))
        .clicked()
    {
        action = Some(Action::SwitchLanguage);
    }
    theme_ui(ui, cx, theme);
    let open = t!(cx.lang, "open.name");
    let button = icon_button(ui, &open, &open, cx.palette);
    let hint = t!(cx.lang, "open.hint");
    if with_key(button, &hint, WindowCommand::Page(Page::Open)).clicked() {
        action = Some(Action::ShowPage(Page::Open));
    }
    let settings = t!(cx.lang, "tabs.settings");
    let button = icon_button(ui, &sign(ui.ctx(), "⚙", &settings), &settings, cx.palette);
    if with_key(button, &settings, WindowCommand::Page(Page::Settings)).clicked() {
        action = Some(Action::TogglePage(Page::Settings));
    }
    let help = t!(cx.lang, Page::Help.entry().short);
    let button = icon_button(ui, "?", &help, cx.palette);
    if with_key(button, &help, WindowCommand::Page(Page::Help)).clicked() {
        action = Some(Action::TogglePage(Page::Help));
    }
    action
}

/// The field that opens the palette: a sign alone where there is little room.
fn commands_ui(ui: &mut Ui, cx: UiContext<'_>) -> bool {
    let name = t!(cx.lang, "palette.name");
    let key = key_text(ui.ctx(), WindowCommand::Palette);
    let button = match is_narrow(ui.ctx()) {
        true => icon_button(ui, "🔍", &name, cx.palette),
        false => {
            let text = RichText::new(format!("🔍 {name}")).color(cx.palette.dim);
            let key = RichText::new(&key).font(theme::small_mono());
            let button = egui::Button::new(text)
                .right_text(key.color(cx.palette.dim))
                .fill(cx.palette.field)
                .min_size(vec2(COMMANDS, theme::SMALL_BUTTON));
            let button = ui.add(button);
            controls::named(ui, button, &name)
        }
    };
    tooltip_with_key(button, &name, &key).clicked()
}

fn theme_ui(ui: &mut Ui, cx: UiContext<'_>, theme: &mut ThemeSetting) {
    let name = t!(cx.lang, "tabs.theme");
    let text = RichText::new(sign(ui.ctx(), "◐", &name)).color(cx.palette.dim);
    let button = egui::Button::new(text)
        .frame_when_inactive(false)
        .min_size(vec2(0.0, 28.0));
    let look = MenuConfig::new().style(controls::menu_look);
    let menu = MenuButton::from_button(button).config(look);
    let menu = menu.ui(ui, |ui| {
        for choice in ThemeSetting::ALL {
            let text = match choice {
                ThemeSetting::System => t!(cx.lang, "tabs.theme_system"),
                ThemeSetting::Light => t!(cx.lang, "tabs.theme_light"),
                ThemeSetting::Dark => t!(cx.lang, "tabs.theme_dark"),
            };
            if controls::item_of(ui, theme, choice, text).clicked() {
                ui.close();
            }
        }
    });
    controls::named(ui, menu.0, &name).on_hover_text(&name);
}

/// The sign, before its word where there is room.
fn sign(ctx: &Context, sign: &str, word: &str) -> String {
    match is_narrow(ctx) {
        true => sign.to_owned(),
        false => format!("{sign} {word}"),
    }
}

fn is_narrow(ctx: &Context) -> bool {
    ctx.content_rect().width() < ROOMY
}
