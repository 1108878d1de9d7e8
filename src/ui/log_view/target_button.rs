//! Offering the peer that sent since as the target, in the row of a failure.

use super::scene::Scene;
use crate::peer::Peer;
use crate::session::Session;
use crate::t;
use crate::traffic::{Body, Cause, Notice, Record};
use crate::ui::{UiContext, theme};
use egui::{
    Color32, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2,
    vec2,
};
use std::sync::Arc;

/// The peer that sent since, where a row says that no program listens at the target, and could be
/// the target instead.
pub fn newer_source(record: &Record<'_>, session: &Session) -> Option<Peer> {
    let Body::Notice(Notice::Failed(failure)) = record.body else {
        return None;
    };
    match failure.cause {
        Cause::PortUnreachable { newer, .. } if session.is_open() => newer,
        _ => None,
    }
}

/// The button at the right of a row that makes another peer the target.
pub(super) struct TargetButton {
    pub(super) peer: Peer,
    name: String,
    galley: Arc<egui::Galley>,
}

impl TargetButton {
    pub(super) fn of(peer: Peer, cx: UiContext<'_>, painter: &egui::Painter) -> Self {
        let name = t!(cx.lang, "send.newer", peer = cx.interfaces.show(peer));
        let colour = cx.palette.accent;
        let galley = painter.layout_no_wrap(format!("↩ {name}"), theme::small(), colour);
        Self { peer, name, galley }
    }

    pub(super) fn width(&self) -> f32 {
        self.galley.size().x + 12.0
    }

    /// Shows it; says whether it was clicked.
    pub(super) fn ui(
        &self,
        ui: &Ui,
        scene: &Scene<'_>,
        painter: &egui::Painter,
        (rect, row): (Rect, u64),
    ) -> bool {
        let palette = scene.cx.palette;
        let size = vec2(self.width(), self.galley.size().y + 6.0);
        let left = rect.right() - theme::PADDING - size.x;
        let place = Rect::from_min_size(pos2(left, rect.center().y - size.y / 2.0), size);
        let response = ui.interact(
            place.intersect(scene.area),
            scene.table.with((row, "newer")),
            Sense::click(),
        );
        let ground = match response.hovered() {
            true => palette.hover,
            false => Color32::TRANSPARENT,
        };
        let edge = Stroke::new(1.0, palette.edge);
        let round = CornerRadius::same(4);
        painter.rect(place, round, ground, edge, StrokeKind::Inside);
        let galley = Arc::clone(&self.galley);
        painter.galley(place.min + vec2(6.0, 3.0), galley, palette.accent);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &self.name));
        response.clicked()
    }
}
