//! The window of what is set once for the whole program.

use super::{Look, controls, theme};
use crate::say;
use crate::settings::preferences::{MOST_DAYS, Preferences};
use egui::{DragValue, RichText, Ui};
use std::path::Path;

impl Preferences {
    pub fn window(
        &mut self,
        ctx: &egui::Context,
        look: Look<'_>,
        open: &mut bool,
        file: Option<&Path>,
    ) {
        let title = say!(look.lang, "settings.title");
        controls::window(ctx, "settings", &title, open, 440.0, |ui| {
            ui.spacing_mut().item_spacing.y = 10.0;
            egui::Grid::new("settings")
                .num_columns(2)
                .spacing([18.0, 10.0])
                .show(ui, |ui| {
                    self.numbers_ui(ui, look);
                    if cfg!(target_os = "linux") {
                        let name = say!(look.lang, "settings.merge");
                        ui.label(&name);
                        let (merge, font) = (&mut self.merge, theme::small_mono());
                        let check = controls::check(ui, merge, "UDP_GRO", "", font, look.palette);
                        controls::named(ui, check, &name)
                            .on_hover_text(say!(look.lang, "settings.merge_hint"));
                        ui.end_row();
                    }
                    ui.label(say!(look.lang, "settings.file"));
                    let file = file.map_or_else(
                        || say!(look.lang, "settings.unknown"),
                        |file| file.display().to_string(),
                    );
                    ui.add(
                        egui::Label::new(
                            RichText::new(file)
                                .font(theme::small_mono())
                                .color(look.palette.dim),
                        )
                        .wrap()
                        .selectable(true),
                    );
                    ui.end_row();
                });
        });
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
    ui.label(name);
    let value = ui.add(value.update_while_editing(false));
    let value = controls::named(ui, value, name);
    if !hint.is_empty() {
        value.on_hover_text(hint);
    }
    ui.end_row();
}
