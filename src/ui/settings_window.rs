//! What is set once for the whole program.

use super::{Look, controls, theme};
use crate::engine::Receiving;
use crate::say;
use egui::{DragValue, RichText, Ui};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// The longest that logs are kept, in days.
const MOST_DAYS: u32 = 3650;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Memory one session's log may hold, in MiB.
    pub log_mib: usize,
    /// Disk one session's log may take, in MiB.
    pub disk_mib: u64,
    /// How long logs stay on disk after a clean end, in days; 0 keeps none.
    pub kept_days: u32,
    /// How long a TCP client waits for one address, in seconds.
    pub connect_seconds: u64,
    /// The receive buffer a UDP socket asks for, in KiB.
    pub receive_kib: usize,
    /// Whether the kernel may merge datagrams on their way to us.
    pub merge: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            log_mib: 256,
            disk_mib: 4096,
            kept_days: 7,
            connect_seconds: 5,
            receive_kib: 4096,
            merge: false,
        }
    }
}

/// What is the same for every connection.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub connect_timeout: Duration,
    pub receiving: Receiving,
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

    /// How long logs stay on disk after a clean end.
    pub fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.kept_days.min(MOST_DAYS)) * 24 * 3600)
    }

    /// How connections are opened.
    pub fn terms(&self) -> Terms {
        Terms {
            connect_timeout: Duration::from_secs(self.connect_seconds.clamp(1, 600)),
            receiving: Receiving {
                buffer: self.receive_kib.clamp(4, 1 << 20) << 10,
                merge: self.merge,
            },
        }
    }

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
