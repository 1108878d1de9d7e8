//! Recording traffic to a file as it happens.

use super::path_field::{FileDialogKind, PathField};
use super::{Action, UiContext, controls, format_choice, size, theme};
use crate::capture::CaptureFields;
use crate::capture::recorder::RecordingRequest;
use crate::engine::SessionCommand;
use crate::jobs::{Job, JobOutcome};
use crate::session::Session;
use crate::settings::tab::RecordingDraft;
use crate::t;
use crate::traffic::Describe;
use crate::traffic::framing::SessionFraming;
use crate::traffic::stream_text::StreamTextReader;
use egui::accesskit::Role;
use egui::{
    Align, Button, DragValue, Id, Layout, Popup, PopupCloseBehavior, Response, RichText, Ui,
    WidgetInfo, vec2,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The sign of a recording that runs, where the button that ends it has no room.
pub const SIGN: &str = "●";
/// The icon of the button that ends a recording.
pub const STOP: &str = "■";
const WIDTH: f32 = 320.0;

impl RecordingDraft {
    /// The request to record, if recording is on and a file is named.
    pub fn request(
        &self,
        describe: Describe,
        reader: StreamTextReader,
        (fields, framing): (Option<CaptureFields>, SessionFraming),
    ) -> Option<RecordingRequest> {
        let path = self.path.path_to_write(self.format.extension());
        let path = path.filter(|_| self.on)?;
        Some(RecordingRequest {
            path: Arc::from(path.as_path()),
            open: None,
            format: self.format,
            full: (self.full_mib > 0).then(|| self.full_mib.saturating_mul(1 << 20)),
            describe,
            reader,
            fields,
            framing,
        })
    }
}

/// The state of the recording control besides the settings.
#[derive(Debug, Default)]
pub struct RecordControl {
    field: PathField,
    open: bool,
    /// The second of the program's life in which the recording began.
    since: u64,
    size: FileSize,
}

impl RecordControl {
    /// A recording began in this second.
    pub fn begin(&mut self, second: u64) {
        self.since = second;
        self.size = FileSize::default();
    }

    pub fn open(&mut self) {
        self.open = true;
    }
}

/// Starting and ending the recording of a session.
pub struct RecordingControls<'a> {
    pub draft: &'a mut RecordingDraft,
    pub control: &'a mut RecordControl,
    /// Words for notices and payloads in a file.
    pub words: &'a dyn Fn() -> (Describe, StreamTextReader, Option<CaptureFields>),
    /// How the streams of the session are cut into messages.
    pub framing: SessionFraming,
}

impl RecordingControls<'_> {
    /// The text of the button: the duration and size of a recording.
    pub fn text(&mut self, ui: &Ui, cx: UiContext<'_>, session: &Session) -> String {
        let Some(path) = session.recording() else {
            return format!("○ {}", t!(cx.lang, "recording.short"));
        };
        if session.recording_waits() {
            return format!("○ {}", t!(cx.lang, "recording.waits"));
        }
        ui.ctx().request_repaint_after(Duration::from_secs(1));
        let control = &mut *self.control;
        let bytes = control.size.of(ui, path, cx.second);
        let time = clock(cx.second.saturating_sub(control.since));
        match bytes {
            Some(bytes) => format!("● {time} · {}", size(bytes)),
            None => format!("● {time}"),
        }
    }

    /// A sign that this file is written, where the button that ends it has no room.
    pub fn sign_ui(ui: &mut Ui, cx: UiContext<'_>, path: &Path) {
        let size = vec2(ui.spacing().interact_size.x / 2.0, theme::SMALL_BUTTON);
        let (rect, sign) = ui.allocate_exact_size(size, egui::Sense::hover());
        let (centre, ink) = (egui::Align2::CENTER_CENTER, cx.palette.error);
        ui.painter()
            .text(rect.center(), centre, SIGN, theme::body(), ink);
        let name = runs(cx, path);
        sign.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        sign.on_hover_text(path.display().to_string());
    }

    /// The button with this text, and while something is recorded the one that ends that.
    pub fn button_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        (text, width): (&str, f32),
    ) -> (Response, Option<Action>) {
        let recording = session.recording();
        let ink = match recording {
            Some(_) => cx.palette.error,
            None => cx.palette.text,
        };
        let button = Button::new(RichText::new(text).color(ink));
        // One that failed in an open session is no longer on.
        let is_armed = self.draft.on && !session.is_open();
        let button = button.selected(is_armed);
        let button = button.wrap_mode(egui::TextWrapMode::Extend);
        let button = ui.add_sized(vec2(width, theme::SMALL_BUTTON), button);
        let (name, hint) = match recording {
            Some(path) => (runs(cx, path), path.display().to_string()),
            None => {
                let name = t!(cx.lang, "recording.on");
                let armed = t!(cx.lang, "recording.armed");
                let hint = if is_armed { armed } else { name.clone() };
                (name, hint)
            }
        };
        let button = controls::named(ui, button, &name).on_hover_text(hint);
        let mut action = None;
        if recording.is_some() {
            let stop = t!(cx.lang, "recording.stop");
            if controls::small(ui, STOP, &stop)
                .on_hover_text(&stop)
                .clicked()
            {
                action = Some(self.stop());
            }
        } else if button.clicked() {
            self.control.open = !self.control.open;
        }
        (button, action)
    }

    /// Ends the recording and switches recording off.
    pub fn stop(&mut self) -> Action {
        self.draft.on = false;
        Action::Worker(SessionCommand::EndRecording.into())
    }

    /// The settings of the recording, below the control that opened them.
    pub fn popup_ui(
        &mut self,
        cx: UiContext<'_>,
        session: &Session,
        anchor: &Response,
    ) -> Option<Action> {
        let mut open = self.control.open && session.recording().is_none();
        let (was_open, nested) = (open, Popup::is_any_open(&anchor.ctx));
        let was_shown = anchor.ctx.read_response(id()).is_some();
        let popup = Popup::from_response(anchor)
            .id(id())
            .open_bool(&mut open)
            .layout(Layout::top_down(Align::Min))
            // The list of formats stands outside.
            .close_behavior(PopupCloseBehavior::IgnoreClicks)
            .show(|ui| self.file_ui(ui, cx, session));
        let elsewhere = popup
            .as_ref()
            .is_some_and(|popup| popup.response.clicked_elsewhere());
        let asked = popup.and_then(|popup| popup.inner);
        let leaves = was_open && was_shown && elsewhere && !nested;
        self.control.open = open && !leaves && asked.is_none();
        controls::keep_escape(&anchor.ctx, was_open, self.control.open);
        match asked? {
            RecordingAction::Start => {
                self.draft.on = true;
                let (describe, reader, fields) = (self.words)();
                // Otherwise it begins with the session.
                let order = self
                    .draft
                    .request(describe, reader, (fields, self.framing.clone()));
                let order = order.filter(|_| session.is_open())?;
                Some(Action::Worker(SessionCommand::Record(order.into()).into()))
            }
            RecordingAction::Stop => Some(self.stop()),
        }
    }

    fn file_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
    ) -> Option<RecordingAction> {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 6.0;
        controls::heading(ui, &t!(cx.lang, "recording.heading"), cx.palette);
        let draft = &mut *self.draft;
        let name = t!(cx.lang, "recording.path");
        let field = &mut self.control.field;
        let entered = field.ui(ui, cx, &mut draft.path, (&name, FileDialogKind::Save));
        let width = ui.available_width();
        let used = format_choice::FileUse::Recording;
        format_choice::ui(ui, cx, used, &mut draft.format, &mut draft.path, width);
        ui.horizontal(|ui| {
            let caption = t!(cx.lang, "recording.limit");
            controls::caption(ui, &caption, 0.0, cx.palette);
            let name = t!(cx.lang, "recording.full");
            let never = t!(cx.lang, "recording.never");
            let value = DragValue::new(&mut draft.full_mib)
                .range(0..=1 << 30)
                .custom_formatter(move |value, _| match value {
                    0.0 => never.clone(),
                    _ => format!("{value} MiB"),
                });
            let value = ui.add(value.update_while_editing(false));
            controls::named(ui, value, &name).on_hover_text(&name);
        });
        if draft.on && !session.is_open() {
            let armed = RichText::new(t!(cx.lang, "recording.armed"));
            ui.label(armed.font(theme::small()).color(cx.palette.dim));
        }
        ui.horizontal(|ui| {
            let named = draft.path.path().is_some();
            let start = t!(cx.lang, "recording.start");
            let button = controls::small_if(ui, named, &start, &start);
            let button = controls::unusable(ui, button, &t!(cx.lang, "path.needed"));
            if button.clicked() || entered && named {
                return Some(RecordingAction::Start);
            }
            // It begins with the next session, or was to begin in this one and failed.
            let off = t!(cx.lang, "recording.off");
            let stops = draft.on && controls::small(ui, &off, &off).clicked();
            stops.then_some(RecordingAction::Stop)
        })
        .inner
    }
}

#[derive(Clone, Copy)]
enum RecordingAction {
    Start,
    Stop,
}

/// The popup's: one for all tabs, of which one is shown.
fn id() -> Id {
    Id::unique("recording")
}

/// `● Recording to log.pcapng`
pub fn runs(cx: UiContext<'_>, path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    t!(cx.lang, "recording.runs", name = name)
}

/// The size of a file. It is asked for on a thread: a file system may be slow to answer.
#[derive(Debug, Default)]
struct FileSize {
    bytes: Option<u64>,
    asked: Option<Job<Option<u64>>>,
    second: Option<u64>,
}

impl FileSize {
    /// In bytes, as it was known last; asked for once a second.
    fn of(&mut self, ui: &Ui, path: &Path, second: u64) -> Option<u64> {
        if let Some(ended) = self.asked.as_ref().and_then(Job::poll) {
            self.asked = None;
            if let JobOutcome::Done(bytes) = ended {
                self.bytes = bytes;
            }
        }
        if self.asked.is_none() && self.second.replace(second) != Some(second) {
            let (ctx, path) = (ui.ctx().clone(), path.to_owned());
            let wake = move || ctx.request_repaint();
            let job = Job::start("recording size", wake, move |_| {
                Ok(std::fs::metadata(path).ok().map(|file| file.len()))
            });
            self.asked = job.ok();
        }
        self.bytes
    }
}

/// `00:41`, or with hours `1:02:03`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_like_a_clock() {
        assert_eq!([41, 3_723].map(clock), ["00:41", "1:02:03"]);
    }
}
