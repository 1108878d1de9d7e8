//! What is set once for the whole program.

use super::{Look, controls, theme};
use crate::say;
use egui::{Align2, DragValue, RichText};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Memory one session's log may hold, in MiB.
    pub log_mib: usize,
    /// Disk one session's log may take, in MiB.
    pub disk_mib: u64,
    /// How long a TCP client waits for one address, in seconds.
    pub connect_seconds: u64,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            log_mib: 256,
            disk_mib: 4096,
            connect_seconds: 5,
        }
    }
}

impl Preferences {
    pub fn log_budget(&self) -> usize {
        self.log_mib.clamp(1, 64 << 10) << 20
    }

    /// What was set, but at most a tenth of what is free in `folder`.
    pub fn disk_budget(&self, folder: &Path) -> u64 {
        let asked = self.disk_mib.clamp(16, 1 << 30) << 20;
        crate::journal::free_space(folder).map_or(asked, |free| asked.min(free / 10))
    }

    pub fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_seconds.clamp(1, 600))
    }

    pub fn window(
        &mut self,
        ctx: &egui::Context,
        look: Look<'_>,
        open: &mut bool,
        file: Option<&Path>,
    ) {
        if *open
            && ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape))
        {
            *open = false;
        }
        let window = egui::Window::new(
            RichText::new(say!(look.lang, "settings.title")).font(theme::bold(13.0)),
        );
        window
            .id(egui::Id::unique("settings"))
            .open(open)
            .collapsible(false)
            .resizable(false)
            .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
            .show(ctx, |ui| {
                ui.spacing_mut().item_spacing.y = 10.0;
                egui::Grid::new("settings")
                    .num_columns(2)
                    .spacing([18.0, 10.0])
                    .show(ui, |ui| {
                        let name = say!(look.lang, "settings.log_budget");
                        ui.label(&name);
                        let value = ui.add(
                            DragValue::new(&mut self.log_mib)
                                .update_while_editing(false)
                                .range(1..=64 << 10)
                                .suffix(" MiB"),
                        );
                        controls::named(ui, value, &name);
                        ui.end_row();
                        let name = say!(look.lang, "settings.disk_budget");
                        ui.label(&name);
                        let disk = DragValue::new(&mut self.disk_mib)
                            .update_while_editing(false)
                            .range(16..=1 << 30)
                            .suffix(" MiB");
                        let value = ui
                            .add(disk)
                            .on_hover_text(say!(look.lang, "settings.disk_budget_hint"));
                        controls::named(ui, value, &name);
                        ui.end_row();
                        let name = say!(look.lang, "settings.connect_timeout");
                        ui.label(&name);
                        let suffix = format!(" {}", say!(look.lang, "settings.seconds"));
                        let value = ui.add(
                            DragValue::new(&mut self.connect_seconds)
                                .update_while_editing(false)
                                .range(1..=600)
                                .suffix(suffix),
                        );
                        controls::named(ui, value, &name);
                        ui.end_row();
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
}
