//! The first size of the window, fitted to its screen.

use super::App;
use crate::settings;
use egui::{Context, Vec2, ViewportCommand, vec2};
use std::time::Duration;

/// The height that most desktops take for a panel, in points.
const DESKTOP_PANEL: f32 = 40.0;
/// How long to wait for the size of the window's frame: X11 reports it only after the window is
/// shown.
const FRAME: Duration = Duration::from_secs(2);

impl App {
    /// Shrinks the window once if it and its frame do not fit on the screen: the toolkit compares
    /// only its content with the bare screen. Without a known frame, as on Wayland, the compositor
    /// decides.
    pub(super) fn fit_screen(&mut self, ctx: &Context) {
        if self.fitted {
            return;
        }
        self.fitted = self.began.elapsed() > FRAME;
        let (screen, inner, outer) = ctx.input(|input| {
            let viewport = input.viewport();
            (
                viewport.monitor_size,
                viewport.inner_rect,
                viewport.outer_rect,
            )
        });
        let (Some(screen), Some(inner), Some(outer)) = (screen, inner, outer) else {
            return;
        };
        let frame = outer.size() - inner.size();
        if frame.y <= 0.0 {
            return;
        }
        self.fitted = true;
        if let Some(size) = fitting(inner.size(), frame, screen) {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
        }
    }
}

/// The largest size that fits, if `inner` with the window's frame does not; `None` if it fits.
/// All sizes are in points.
fn fitting(inner: Vec2, frame: Vec2, screen: Vec2) -> Option<Vec2> {
    let smallest = vec2(settings::SMALLEST.0, settings::SMALLEST.1);
    let room = screen - frame - vec2(0.0, DESKTOP_PANEL);
    let size = inner.min(room.max(smallest));
    (size != inner).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_with_its_frame_fits_its_screen() {
        let fit = |frame, screen| fitting(vec2(1280.0, 800.0), frame, screen);
        let frame = vec2(4.0, 30.0);
        assert_eq!(fit(frame, vec2(1920.0, 1080.0)), None);
        assert_eq!(fit(frame, vec2(1280.0, 800.0)), Some(vec2(1276.0, 730.0)));
        assert_eq!(fit(frame, vec2(1366.0, 768.0)), Some(vec2(1280.0, 698.0)));
        let smallest = vec2(settings::SMALLEST.0, settings::SMALLEST.1);
        assert_eq!(fit(frame, vec2(320.0, 240.0)), Some(smallest));
    }
}
