//! Keeping what comes and goes in a file as it happens.

use super::path_field::{PathField, Way};
use super::{Action, Look, controls, format_choice, theme};
use crate::capture::recorder::RecordingRequest;
use crate::engine::SessionCommand;
use crate::say;
use crate::session::Session;
use crate::settings::tab::RecordingDraft;
use crate::traffic::Describe;
use crate::traffic::stream_text::StreamTextReader;
use egui::{DragValue, RichText, Ui};
use std::sync::Arc;

impl RecordingDraft {
    /// What to record, if it is wanted and a file is named.
    pub fn order(&self, describe: Describe, reader: StreamTextReader) -> Option<RecordingRequest> {
        let path = self.path.path_to_write(self.format.extension());
        let path = path.filter(|_| self.on)?;
        Some(RecordingRequest {
            path: Arc::from(path.as_path()),
            open: None,
            format: self.format,
            full: (self.full_mib > 0).then(|| self.full_mib.saturating_mul(1 << 20)),
            describe,
            reader,
        })
    }

    /// The tick, and what it needs once it is ticked. `words` are for notices and payloads in
    /// a file.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        session: &Session,
        field: &mut PathField,
        words: impl FnOnce() -> (Describe, StreamTextReader),
    ) -> Option<Action> {
        let name = say!(look.lang, "recording.on");
        let before = self.on;
        controls::check(ui, &mut self.on, &name, "", theme::body(), look.palette);
        let mut order = (before && !self.on).then_some(SessionCommand::EndRecording);
        if self.on {
            let name = say!(look.lang, "recording.path");
            let entered = field.ui(ui, look, &mut self.path, (&name, Way::Save));
            ui.horizontal(|ui| {
                let width = ui.available_width() - 84.0;
                format_choice::ui(ui, look, &mut self.format, &mut self.path, width);
                let name = say!(look.lang, "recording.full");
                let never = say!(look.lang, "recording.never");
                let value = DragValue::new(&mut self.full_mib)
                    .range(0..=1 << 30)
                    .custom_formatter(move |value, _| match value {
                        0.0 => never.clone(),
                        _ => format!("{value} MiB"),
                    });
                let value = ui.add(value.update_while_editing(false));
                controls::named(ui, value, &name).on_hover_text(&name);
            });
            let recording = session.recording();
            if session.is_open() && recording.is_none() {
                let start = say!(look.lang, "recording.start");
                let named = self.path.path().is_some();
                let button = ui.add_enabled_ui(named, |ui| controls::small(ui, &start, &start));
                if button.inner.clicked() || (entered && named) {
                    let (describe, reader) = words();
                    order = self.order(describe, reader).map(SessionCommand::Record);
                }
            } else if let Some(path) = recording {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let text = RichText::new(say!(look.lang, "recording.runs", name = name));
                let text = text.font(theme::small()).color(look.palette.ok);
                let label = ui.add(egui::Label::new(text).truncate());
                label.on_hover_text(path.display().to_string());
            }
        }
        order.map(|command| Action::Order(command.into()))
    }
}
