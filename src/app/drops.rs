//! Files that are dragged over the window and dropped on it.

use super::files::{FileRefusal, OpenedTogether};
use super::{App, left};
use crate::scenario::is_scenario;
use crate::settings::dock::Page;
use crate::ui::dock::rail;
use crate::ui::theme;
use crate::{engine, t};
use egui::{
    Align2, Color32, Context, CornerRadius, Id, LayerId, Order, Rect, Stroke, StrokeKind, pos2,
};
use std::path::PathBuf;

impl App {
    /// Handles dropped files. The first scenario and the first exercise are shown. A tab that
    /// shows a file opens each other file in a new tab; any other tab prepares to send the first
    /// one.
    pub(super) fn take_drops(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        let (scenarios, dropped): (Vec<PathBuf>, Vec<PathBuf>) =
            dropped.into_iter().partition(|path| is_scenario(path));
        let mut together = OpenedTogether::default();
        for scenario in scenarios {
            self.open_next(ctx, scenario, &mut together);
        }
        let dropped = self.take_program(dropped);
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        let shows_file = tab.file.is_some();
        let relays = tab.session_kind().is_relay();
        let (mut left, mut fit) = (0, Vec::new());
        for path in dropped {
            let reason = match engine::open_file(&path) {
                _ if relays => Some(FileRefusal::Relay),
                Ok(_) => None,
                Err(crate::traffic::Cause::NoFile) => Some(FileRefusal::NoFile),
                Err(_) => Some(FileRefusal::Unreadable),
            };
            match reason {
                Some(reason) => together.refused.push((path, reason)),
                None => fit.push(path),
            }
        }
        if shows_file {
            for path in fit {
                self.open_next(ctx, path, &mut together);
            }
        } else if let Some(first) = fit.first() {
            tab.drafts.send.drop_file(first);
            left = fit.len() - 1;
        }
        self.report_not_taken(together.refused, left);
    }

    /// Makes the first program for Python the user's in the exercise on show; returns the files
    /// that are left.
    fn take_program(&mut self, mut dropped: Vec<PathBuf>) -> Vec<PathBuf> {
        let is_program = |path: &PathBuf| path.extension().is_some_and(|end| end == "py");
        let place = dropped.iter().position(is_program);
        let place = place.filter(|_| self.dock.open == Some(Page::Course));
        if let Some(place) = place
            && let Some(path) = dropped.get(place)
            && self.course.take_program(path)
        {
            dropped.remove(place);
        }
        dropped
    }

    /// Marks the area where a dragged file would be dropped.
    pub(super) fn drop_target_ui(&self, ctx: &Context) {
        let hovers = ctx.input(|input| !input.raw.hovered_files.is_empty());
        let Some(tab) = self.tabs.get(self.active).filter(|_| hovers) else {
            return;
        };
        let whole = ctx.content_rect();
        let (rect, text) = if tab.file.is_some() {
            (whole, t!(self.lang, "drop.open"))
        } else if tab.session_kind().is_relay() {
            (whole, t!(self.lang, "drop.relay"))
        } else {
            let bottom = whole.bottom() - theme::STATUS_BAR;
            let rail = if rail::is_shown(ctx) {
                rail::WIDTH
            } else {
                0.0
            };
            let panel = match rail == 0.0 || self.left_open {
                true => left::width_in(ctx, self.dock.left),
                false => 0.0,
            };
            let left = whole.left() + rail + panel;
            let top = bottom - self.dock.composer;
            let rect = Rect::from_min_max(pos2(left, top), pos2(whole.right(), bottom));
            (rect, t!(self.lang, "drop.send"))
        };
        let palette = theme::palette(ctx);
        let layer = LayerId::new(Order::Foreground, Id::unique("drop target"));
        let painter = ctx.layer_painter(layer);
        let ground: Color32 = palette.accent_soft.gamma_multiply(0.9);
        painter.rect(
            rect.shrink(4.0),
            CornerRadius::same(8),
            ground,
            Stroke::new(2.0, palette.accent),
            StrokeKind::Inside,
        );
        let (middle, font) = (rect.center(), theme::bold(15.0));
        painter.text(middle, Align2::CENTER_CENTER, text, font, palette.text);
    }
}
