//! Sending a file.

use super::Blocked;
use crate::capture::CaptureFormat;
use crate::engine::{
    FileProgress, FileRequest, MAX_DATAGRAM_V4, ReplayRequest, ReplaySelection, Target,
};
use crate::payload::width;
use crate::session::{Session, SessionKind};
use crate::settings::tab::FileDraft;
use crate::t;
use crate::ui::controls::{self, TextField};
use crate::ui::path_field::{FileDialogKind, PathField};
use crate::ui::{UiContext, grouped, size, theme};
use egui::{ProgressBar, RichText, Ui};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

/// Bytes of one write over TCP.
const WRITE: usize = 64 << 10;

impl FileDraft {
    /// # Errors
    /// The field that is missing or out of range.
    pub fn request(&self, to: Target, kind: SessionKind) -> Result<FileRequest, Blocked> {
        let path = self.path.path().ok_or(Blocked::NoPath)?;
        let replay = self.replay()?;
        let block = match !kind.is_stream() && replay.is_none() {
            true => self.block().ok_or(Blocked::Block)?,
            false => WRITE,
        };
        Ok(FileRequest {
            to,
            path: Arc::from(path.as_path()),
            block,
            rate: match replay {
                Some(_) => None,
                None => self.rate()?,
            },
            replay,
        })
    }

    /// A file was dropped on the window.
    pub fn dropped(&mut self, path: &Path) {
        self.path.set(path);
    }

    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        field: &mut PathField,
        (session, kind): (&Session, SessionKind),
    ) {
        let name = t!(cx.lang, "file.path");
        field.ui(ui, cx, &mut self.path, (&name, FileDialogKind::Open));
        ui.horizontal_wrapped(|ui| {
            if self.is_recorded() {
                self.replay_ui(ui, cx);
            }
            if !self.is_replay() {
                self.pace_ui(ui, cx, kind);
            }
            match &session.activity().file {
                Some(progress) => progress_ui(ui, cx, progress),
                None => {
                    let hint = match !kind.is_stream() && !self.is_replay() {
                        true => t!(cx.lang, "file.udp_hint"),
                        false => t!(cx.lang, "file.drop_hint"),
                    };
                    let hint = RichText::new(hint).color(cx.palette.faint);
                    ui.add(egui::Label::new(hint).truncate());
                }
            }
        });
    }

    /// Whether the file is one that was recorded.
    fn is_recorded(&self) -> bool {
        let path = self.path.path();
        let extension = path.as_deref().and_then(Path::extension);
        let extension = extension.and_then(OsStr::to_str);
        extension.is_some_and(|end| CaptureFormat::to_read(end).is_some())
    }

    /// Whether its records are sent, not its bytes.
    fn is_replay(&self) -> bool {
        self.replays && self.is_recorded()
    }

    fn replay(&self) -> Result<Option<ReplayRequest>, Blocked> {
        if !self.is_replay() {
            return Ok(None);
        }
        let text = width::to_ascii(&self.speed);
        let speed = match text.trim() {
            "" => None,
            text => {
                let speed: f64 = text.parse().map_err(|_| Blocked::Speed)?;
                let sensible = (0.001..=1_000_000.0).contains(&speed);
                Some(sensible.then_some(speed).ok_or(Blocked::Speed)?)
            }
        };
        Ok(Some(ReplayRequest {
            speed,
            which: self.which,
        }))
    }

    /// How a recorded file is sent again.
    fn replay_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let text = t!(cx.lang, "replay.on");
        controls::check(ui, &mut self.replays, &text, "", theme::body(), cx.palette);
        if !self.replays {
            return;
        }
        let caption = t!(cx.lang, "replay.speed");
        let faulty = self.replay().is_err();
        let hint = t!(cx.lang, "replay.fastest");
        let field = TextField::new(&mut self.speed, &caption, &hint, 62.0).faulty(faulty);
        controls::captioned(ui, &caption, 62.0, cx.palette, |ui| {
            field.show(ui, cx.palette)
        });
        let choices = [
            (ReplaySelection::Received, t!(cx.lang, "replay.received")),
            (ReplaySelection::Sent, t!(cx.lang, "replay.sent")),
            (ReplaySelection::All, t!(cx.lang, "replay.all")),
        ];
        for (which, text) in choices {
            controls::item_of(ui, &mut self.which, which, text);
        }
    }

    /// In which pieces it goes, and how fast.
    fn pace_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, kind: SessionKind) {
        if !kind.is_stream() {
            let caption = t!(cx.lang, "file.block");
            let faulty = self.block().is_none();
            let field = TextField::new(&mut self.block, &caption, "1400", 66.0).faulty(faulty);
            controls::captioned(ui, &caption, 66.0, cx.palette, |ui| {
                field.show(ui, cx.palette)
            });
        }
        let caption = t!(cx.lang, "file.rate");
        let faulty = self.rate().is_err();
        let hint = t!(cx.lang, "file.no_limit");
        let field = TextField::new(&mut self.rate, &caption, &hint, 90.0).faulty(faulty);
        controls::captioned(ui, &caption, 90.0, cx.palette, |ui| {
            field.show(ui, cx.palette)
        });
    }

    fn block(&self) -> Option<usize> {
        let block = width::to_ascii(&self.block).trim().parse().ok()?;
        (1..=MAX_DATAGRAM_V4).contains(&block).then_some(block)
    }

    /// Bytes a second.
    fn rate(&self) -> Result<Option<u64>, Blocked> {
        let text = width::to_ascii(&self.rate);
        if text.trim().is_empty() {
            return Ok(None);
        }
        let rate: f64 = text.trim().parse().map_err(|_| Blocked::Rate)?;
        let bytes = rate * 1024.0;
        let sensible = (1.0..1e15).contains(&bytes);
        sensible.then_some(Some(bytes as u64)).ok_or(Blocked::Rate)
    }
}

fn progress_ui(ui: &mut Ui, cx: UiContext<'_>, progress: &FileProgress) {
    let seconds = progress.elapsed.as_secs_f64();
    let rate = progress.sent as f64 / seconds.max(0.001);
    let (sent, rate_words) = (size(progress.sent), size(rate as u64));
    let text = if progress.length == 0 {
        // How much a recorded file holds is known when it ends.
        let blocks = grouped(progress.blocks);
        t!(
            cx.lang,
            "replay.progress",
            blocks = blocks,
            sent = sent,
            rate = rate_words
        )
    } else {
        let part = progress.sent as f32 / progress.length as f32;
        let bar = ProgressBar::new(part).desired_width(110.0);
        let bar = ui.add(bar.desired_height(6.0));
        controls::named(ui, bar, &t!(cx.lang, "file.bar"));
        let left = progress.length.saturating_sub(progress.sent) as f64 / rate.max(1.0);
        t!(
            cx.lang,
            "file.progress",
            sent = sent,
            length = size(progress.length),
            rate = rate_words,
            left = clock(left as u64)
        )
    };
    ui.label(RichText::new(text).color(cx.palette.dim));
}

/// Seconds as `0:42` or `1:02:03`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(block: &str, rate: &str) -> Result<FileRequest, Blocked> {
        let mut draft = FileDraft {
            block: block.into(),
            rate: rate.into(),
            ..FileDraft::default()
        };
        draft.dropped(Path::new("/tmp/a b.bin"));
        draft.request(Target::All, SessionKind::Udp)
    }

    #[test]
    fn a_rate_is_kibibytes_a_second_or_nothing() {
        assert_eq!(request("1400", "").unwrap().rate, None);
        assert_eq!(request("1400", "0.5").unwrap().rate, Some(512));
        for bad in ["0", "-1", "NaN", "1e30", "fast"] {
            assert_eq!(request("1400", bad).err(), Some(Blocked::Rate), "{bad}");
        }
    }

    #[test]
    fn a_block_is_what_a_datagram_holds() {
        assert_eq!(request("65507", "").unwrap().block, 65_507);
        for bad in ["0", "65508", "", "x"] {
            assert_eq!(request(bad, "").err(), Some(Blocked::Block), "{bad}");
        }
    }

    #[test]
    fn time_left_reads_like_a_clock() {
        assert_eq!([5, 65, 3_723].map(clock), ["0:05", "1:05", "1:02:03"]);
    }
}
