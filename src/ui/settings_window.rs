//! The page of the settings of the whole program.

use super::{UiContext, controls, theme};
use crate::settings::preferences::{MAX_DAYS, Preferences};
use crate::t;
use egui::{Align, Context, DragValue, Id, Layout, Response, RichText, Ui, vec2};
use std::path::Path;

/// Under which is kept the name of the setting that is looked for.
const SOUGHT: &str = "sought setting";

/// The width of a number, and the greatest of a row.
const NUMBER: f32 = 84.0;
const WIDEST: f32 = 420.0;

/// Brings the setting of this name into sight the next time the page is shown, and gives it the
/// keys.
pub fn seek(ctx: &Context, name: String) {
    ctx.data_mut(|data| data.insert_temp(Id::unique(SOUGHT), Some(name)));
}

/// Under which is kept which renderers failed.
const RENDERERS: &str = "failed renderers";

/// Has the page say which renderers of the window failed, and why.
pub fn report_failed_renderers(ctx: &Context, failed: String) {
    ctx.data_mut(|data| data.insert_temp(Id::unique(RENDERERS), failed));
}

/// Follows [`seek`] where this is the setting that is looked for.
fn find(ui: &Ui, setting: &Response, name: &str) {
    let found = ui.data_mut(|data| {
        let sought: &mut Option<String> = data.get_temp_mut_or_default(Id::unique(SOUGHT));
        sought.take_if(|sought| sought.as_str() == name).is_some()
    });
    if found {
        setting.request_focus();
        setting.scroll_to_me(None);
    }
}

impl Preferences {
    /// The page; `file` is where settings are kept.
    pub fn page_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, file: Option<&Path>) {
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            self.numbers_ui(ui, cx);
        });
        if cfg!(target_os = "linux") {
            let name = t!(cx.lang, "settings.merge");
            let (merge, font) = (&mut self.merge, theme::small());
            let check = controls::check(ui, merge, &name, "", font, cx.palette);
            find(ui, &check, &name);
            check.on_hover_text(t!(cx.lang, "settings.merge_hint"));
        }
        let text = t!(cx.lang, "send.enter_sends");
        let (sends, font) = (&mut self.enter_sends, theme::small());
        let check = controls::check(ui, sends, &text, "", font, cx.palette);
        find(ui, &check, &text);
        controls::heading(ui, &t!(cx.lang, "settings.file"), cx.palette);
        let file = file.map_or_else(
            || t!(cx.lang, "settings.unknown"),
            |file| file.display().to_string(),
        );
        let file = RichText::new(file).font(theme::small_mono());
        let file = egui::Label::new(file.color(cx.palette.dim));
        ui.add(file.wrap().selectable(true));
        let failed: Option<String> = ui.data(|data| data.get_temp(Id::unique(RENDERERS)));
        if let Some(failed) = failed.filter(|failed| !failed.is_empty()) {
            let failed = t!(cx.lang, "settings.renderers", failed = failed);
            ui.add(egui::Label::new(RichText::new(failed).color(cx.palette.dim)).wrap());
        }
    }

    fn numbers_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let next = t!(cx.lang, "settings.from_next");
        let seconds = format!(" {}", t!(cx.lang, "settings.seconds"));
        let disk_hint = t!(cx.lang, "settings.disk_budget_hint");
        let name = t!(cx.lang, "settings.log_budget");
        number(
            ui,
            cx,
            &name,
            "",
            DragValue::new(&mut self.log_mib)
                .range(1..=64 << 10)
                .suffix(" MiB"),
        );
        let name = t!(cx.lang, "settings.disk_budget");
        number(
            ui,
            cx,
            &name,
            &disk_hint,
            DragValue::new(&mut self.disk_mib)
                .range(16..=1 << 30)
                .suffix(" MiB"),
        );
        let name = t!(cx.lang, "settings.kept");
        let hint = t!(cx.lang, "settings.kept_hint");
        let days = format!(" {}", t!(cx.lang, "settings.days"));
        number(
            ui,
            cx,
            &name,
            &hint,
            DragValue::new(&mut self.kept_days)
                .range(0..=MAX_DAYS)
                .suffix(days),
        );
        let name = t!(cx.lang, "settings.connect_timeout");
        number(
            ui,
            cx,
            &name,
            &next,
            DragValue::new(&mut self.connect_seconds)
                .range(1..=600)
                .suffix(seconds),
        );
        let name = t!(cx.lang, "settings.receive_buffer");
        let hint = format!("{} {next}", t!(cx.lang, "settings.receive_buffer_hint"));
        number(
            ui,
            cx,
            &name,
            &hint,
            DragValue::new(&mut self.receive_kib)
                .range(4..=1 << 20)
                .suffix(" KiB"),
        );
    }
}

/// A number in a column at the right, and its name at the left.
fn number(ui: &mut Ui, cx: UiContext<'_>, name: &str, hint: &str, value: DragValue<'_>) {
    let size = vec2(NUMBER, theme::SMALL_BUTTON);
    let whole = ui.available_width().min(WIDEST);
    let rest = whole - size.x - ui.spacing().item_spacing.x;
    ui.horizontal(|ui| {
        ui.set_min_height(theme::FIELD);
        let left = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(vec2(rest, theme::FIELD), left, |ui| {
            ui.set_min_width(rest);
            ui.add(egui::Label::new(RichText::new(name).color(cx.palette.dim)).wrap());
        });
        let value = ui.add_sized(size, value.update_while_editing(false));
        let value = controls::named(ui, value, name);
        find(ui, &value, name);
        if !hint.is_empty() {
            value.on_hover_text(hint);
        }
    });
}
