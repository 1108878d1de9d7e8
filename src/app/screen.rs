//! The place and the first size of the window, fitted to the screens.

use super::App;
use crate::settings;
use crate::settings::window::{self, Corner, ROOM_FOR_ROWS, WindowSize};
use egui::{Context, Pos2, Rect, Vec2, ViewportCommand, pos2, vec2};
use std::time::Duration;

/// The height that most desktops take for a panel, in points.
const DESKTOP_PANEL: f32 = 40.0;
/// The height that a title bar takes where the system does not report it, in points.
const TITLE_BAR: f32 = 40.0;
/// How long to wait for the size of the window's frame: X11 reports it only after the window is
/// shown.
const FRAME: Duration = Duration::from_secs(2);
/// The time between two requests to maximise the window.
const AGAIN: Duration = Duration::from_millis(50);
/// The part of a window's upper edge that must be on a screen, so that it can be moved, in pixels.
const GRIP: Vec2 = vec2(100.0, 24.0);

/// The desktop at the time the window opens, in pixels.
#[derive(Clone, Debug, Default)]
pub struct Desktop {
    pub screens: Vec<Rect>,
    /// The size of the area that panels of the desktop leave.
    pub work: Option<Vec2>,
}

impl App {
    /// Notes the size and the place of the window, to be kept.
    pub(super) fn follow_window(&mut self, ctx: &Context) {
        let zoom = ctx.zoom_factor();
        if zoom != self.place.zoom {
            self.place.zoom = zoom;
            let screen = ctx.input(|input| input.viewport().monitor_size);
            let least = smallest(ctx).min(screen.unwrap_or(Vec2::INFINITY));
            ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least));
            // The reported size of the window is still in points of the previous scale.
            ctx.request_repaint();
            return;
        }
        let (inner, outer, maximised, hidden) = ctx.input(|input| {
            let viewport = input.viewport();
            let hidden = viewport.minimized == Some(true) || viewport.fullscreen == Some(true);
            let (inner, outer) = (viewport.inner_rect, viewport.outer_rect);
            (inner, outer, viewport.maximized, hidden)
        });
        if self.maximises {
            self.maximises = maximised != Some(true) && self.began.elapsed() < FRAME;
            // A window manager of X11 does it only to a window that it shows already.
            if self.maximises {
                ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
                ctx.request_repaint_after(AGAIN);
            }
            return;
        }
        // The window may be made smaller than it was when it was enlarged.
        let most = roomy_zoom(ctx);
        if !hidden && zoom > most {
            ctx.set_zoom_factor(most);
            return;
        }
        self.place.maximised = maximised.unwrap_or(self.place.maximised);
        // The size and the place are those it has again when it is maximised no more.
        if hidden || self.place.maximised {
            return;
        }
        if let Some(inner) = inner {
            let size = (inner.size() * zoom).round();
            self.window = (size.x, size.y).into();
        }
        if let Some(outer) = outer {
            let corner = outer.min.to_vec2() * ctx.pixels_per_point();
            let [x, y] = [corner.x, corner.y].map(|side| side.round() as i32);
            self.place.corner = Some(Corner { x, y });
        }
    }

    /// Brings the window to its kept place, and shrinks it once if it and its frame do not fit on
    /// the screen: the toolkit compares only its content with the bare screen.
    pub(super) fn fit_screen(&mut self, ctx: &Context) {
        let screens = std::mem::take(&mut self.desktop.screens);
        if !screens.is_empty() {
            self.place_on(ctx, &screens);
        }
        if self.fitted || self.place.maximised {
            return;
        }
        let waited = self.began.elapsed();
        self.fitted = waited > FRAME;
        let (screen, inner, outer) = ctx.input(|input| {
            let viewport = input.viewport();
            (
                viewport.monitor_size,
                viewport.inner_rect,
                viewport.outer_rect,
            )
        });
        let Some(screen) = screen else {
            return;
        };
        let (inner, frame) = match (inner, outer) {
            (Some(inner), Some(outer)) => (inner.size(), outer.size() - inner.size()),
            // Wayland does not report it.
            _ => (
                ctx.content_rect().size(),
                vec2(0.0, TITLE_BAR / ctx.zoom_factor()),
            ),
        };
        let work = self.desktop.work;
        // Without a window manager there is no frame.
        if frame.y <= 0.0 && !(self.fitted && work.is_some()) {
            if work.is_some() {
                ctx.request_repaint_after(FRAME.saturating_sub(waited) + Duration::from_millis(1));
            }
            return;
        }
        self.fitted = true;
        let room = match work {
            Some(work) => screen.min(work / ctx.pixels_per_point()),
            None => screen - vec2(0.0, DESKTOP_PANEL / ctx.zoom_factor()),
        };
        if let Some(size) = fitting(inner, room - frame) {
            let least = smallest(ctx).min(size);
            ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least));
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
        }
    }

    /// Sets the least size that the screens have room for, and the kept place.
    fn place_on(&self, ctx: &Context, screens: &[Rect]) {
        let scale = ctx.pixels_per_point();
        let most = screens
            .iter()
            .fold(Vec2::ZERO, |most, screen| most.max(screen.size()));
        let least = smallest(ctx).min(most / scale);
        ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least));
        let Some(Corner { x, y }) = self.place.corner.filter(|_| !self.place.maximised) else {
            return;
        };
        let WindowSize { width, height } = self.window;
        let size = vec2(width, height) * scale / ctx.zoom_factor();
        let corner = on_screen(pos2(x as f32, y as f32), size, screens);
        let corner = (corner.to_vec2() / scale).to_pos2();
        ctx.send_viewport_cmd(ViewportCommand::OuterPosition(corner));
    }
}

/// The least size of the content, in points of this zoom factor.
fn smallest(ctx: &Context) -> Vec2 {
    let (width, height) = settings::SMALLEST;
    (vec2(width, height) / ctx.zoom_factor()).max(ROOM_FOR_ROWS.into())
}

/// The largest zoom factor above 100 % at which rows of the log have room in the window.
pub(super) fn roomy_zoom(ctx: &Context) -> f32 {
    let Vec2 { x, y } = ctx.content_rect().size() * ctx.zoom_factor();
    window::roomy_zoom((x, y))
}

/// The largest size that fits into `room`, if `inner` does not; `None` if it fits. All sizes are
/// in points.
fn fitting(inner: Vec2, room: Vec2) -> Option<Vec2> {
    let size = inner.min(room.max(Vec2::splat(settings::LEAST_WINDOW)));
    (size != inner).then_some(size)
}

/// The corner, if a window of this size can be moved from there; otherwise that of a window in
/// the middle of the first screen.
fn on_screen(corner: Pos2, size: Vec2, screens: &[Rect]) -> Pos2 {
    let edge = Rect::from_min_size(corner, vec2(size.x, GRIP.y));
    let is_seen = |screen: &Rect| {
        let seen = screen.intersect(edge).size();
        seen.x >= GRIP.x && seen.y >= GRIP.y / 2.0
    };
    match screens.first() {
        Some(first) if !screens.iter().any(is_seen) => (first.center() - size / 2.0).max(first.min),
        _ => corner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_with_its_frame_fits_its_screen() {
        let fit = |room| fitting(vec2(1280.0, 800.0), room);
        assert_eq!(fit(vec2(1916.0, 1010.0)), None);
        assert_eq!(fit(vec2(1276.0, 730.0)), Some(vec2(1276.0, 730.0)));
        assert_eq!(fit(vec2(1362.0, 698.0)), Some(vec2(1280.0, 698.0)));
        assert_eq!(
            fit(vec2(423.0, 120.0)),
            Some(vec2(423.0, settings::LEAST_WINDOW))
        );
    }

    #[test]
    fn a_kept_place_is_used_where_a_screen_is_there() {
        let screen = |x, width| Rect::from_min_size(pos2(x, 0.0), vec2(width, 1080.0));
        let both = [screen(0.0, 1920.0), screen(1920.0, 1280.0)];
        let size = vec2(1280.0, 800.0);
        let kept = |x, y| on_screen(pos2(x, y), size, &both) == pos2(x, y);
        assert!(kept(0.0, 0.0) && kept(2000.0, 100.0) && kept(-1100.0, 1000.0));
        assert!(!kept(3150.0, 0.0) && !kept(0.0, -100.0) && !kept(0.0, 1075.0));
        // The second screen was taken away.
        let alone = on_screen(pos2(2000.0, 100.0), size, &both[..1]);
        assert_eq!(alone, pos2(320.0, 140.0));
        // A window larger than the screen begins at its corner.
        let large = on_screen(pos2(9000.0, 0.0), vec2(4000.0, 3000.0), &both);
        assert_eq!(large, pos2(0.0, 0.0));
    }
}
