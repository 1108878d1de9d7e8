//! The page of what is set once for the whole program.

use super::{Look, controls, theme};
use crate::say;
use crate::settings::preferences::{MOST_DAYS, Preferences};
use egui::{DragValue, RichText, Ui};
use std::path::Path;

impl Preferences {
    /// The page; `file` is where settings are kept.
    pub fn page_ui(&mut self, ui: &mut Ui, look: Look<'_>, file: Option<&Path>) {
        self.numbers_ui(ui, look);
        if cfg!(target_os = "linux") {
            let name = say!(look.lang, "settings.merge");
            ui.add(egui::Label::new(&name).wrap());
            let (merge, font) = (&mut self.merge, theme::small_mono());
            let check = controls::check(ui, merge, "UDP_GRO", "", font, look.palette);
            controls::named(ui, check, &name).on_hover_text(say!(look.lang, "settings.merge_hint"));
        }
        let text = say!(look.lang, "send.enter_sends");
        let (sends, font) = (&mut self.enter_sends, theme::small());
        controls::check(ui, sends, &text, "", font, look.palette);
        ui.label(say!(look.lang, "settings.file"));
        let file = file.map_or_else(
            || say!(look.lang, "settings.unknown"),
            |file| file.display().to_string(),
        );
        let file = RichText::new(file).font(theme::small_mono());
        let file = egui::Label::new(file.color(look.palette.dim));
        ui.add(file.wrap().selectable(true));
    }

    fn numbers_ui(&mut self, ui: &mut Ui, look: Look<'_>) {
        let next = say!(look.lang, "settings.from_next");
        let seconds = format!(" {}", say!(look.lang, "settings.seconds"));
        let disk_hint = say!(look.lang, "settings.disk_budget_hint");
        let name = say!(look.lang, "settings.log_budget");
        number(
            ui,
            &name,
            "",
            DragValue::new(&mut self.log_mib)
                .range(1..=64 << 10)
                .suffix(" MiB"),
        );
        let name = say!(look.lang, "settings.disk_budget");
        number(
            ui,
            &name,
            &disk_hint,
            DragValue::new(&mut self.disk_mib)
                .range(16..=1 << 30)
                .suffix(" MiB"),
        );
        let name = say!(look.lang, "settings.kept");
        let hint = say!(look.lang, "settings.kept_hint");
        let days = format!(" {}", say!(look.lang, "settings.days"));
        number(
            ui,
            &name,
            &hint,
            DragValue::new(&mut self.kept_days)
                .range(0..=MOST_DAYS)
                .suffix(days),
        );
        let name = say!(look.lang, "settings.connect_timeout");
        number(
            ui,
            &name,
            &next,
            DragValue::new(&mut self.connect_seconds)
                .range(1..=600)
                .suffix(seconds),
        );
        let name = say!(look.lang, "settings.receive_buffer");
        let hint = format!("{} {next}", say!(look.lang, "settings.receive_buffer_hint"));
        number(
            ui,
            &name,
            &hint,
            DragValue::new(&mut self.receive_kib)
                .range(4..=1 << 20)
                .suffix(" KiB"),
        );
    }
}

fn number(ui: &mut Ui, name: &str, hint: &str, value: DragValue<'_>) {
    ui.add(egui::Label::new(name).wrap());
    let value = ui.add(value.update_while_editing(false));
    let value = controls::named(ui, value, name);
    if !hint.is_empty() {
        value.on_hover_text(hint);
    }
}
