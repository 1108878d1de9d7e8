//! The button at the right of a failure's row: it makes the peer that sent since the target, or
//! shows the entry that says more.

use super::scene::Scene;
use crate::explain::doctor::Situation;
use crate::peer::Peer;
use crate::session::Session;
use crate::t;
use crate::traffic::{Body, Cause, Failure, Notice, Record};
use crate::ui::{Action, UiContext, theme};
use egui::{
    Color32, CornerRadius, Painter, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    accesskit::Role, pos2, vec2,
};
use std::sync::Arc;

/// The peer that sent since, where a row says that no program listens at the target, and could be
/// the target instead.
pub fn newer_source(record: &Record<'_>, session: &Session) -> Option<Peer> {
    match failure_of(record)?.cause {
        Cause::PortUnreachable { newer, .. } if session.is_open() => newer,
        _ => None,
    }
}

/// The entry that says more about the failure in a row.
pub(super) fn entry_of(record: &Record<'_>) -> Option<Situation> {
    Situation::of_failure(failure_of(record)?)
}

fn failure_of<'a>(record: &Record<'a>) -> Option<&'a Failure> {
    match record.body {
        Body::Notice(Notice::Failed(failure)) => Some(failure),
        _ => None,
    }
}

/// The button of a row.
pub(super) struct RowButton {
    pub(super) action: Action,
    name: String,
    galley: Arc<egui::Galley>,
    sense: Sense,
}

impl RowButton {
    /// The button of this row, if it has one.
    pub(super) fn of(
        record: &Record<'_>,
        session: &Session,
        cx: UiContext<'_>,
        painter: &Painter,
    ) -> Option<Self> {
        let laid = |text: String| painter.layout_no_wrap(text, theme::small(), cx.palette.accent);
        if let Some(peer) = newer_source(record, session) {
            let name = t!(cx.lang, "send.newer", peer = cx.interfaces.show(peer));
            return Some(Self {
                action: Action::SetTarget(peer.into()),
                galley: laid(format!("↩ {name}")),
                name,
                sense: Sense::click(),
            });
        }
        let situation = entry_of(record)?;
        Some(Self {
            action: Action::ShowEntry(situation),
            galley: laid("?".to_owned()),
            name: t!(cx.lang, "diagnose.open_entry", id = situation.id()),
            // No stop of the Tab key, since every failure has one: the menu of the row has it too.
            sense: Sense::CLICK,
        })
    }

    pub(super) fn width(&self) -> f32 {
        self.galley.size().x + 12.0
    }

    /// Shows it; returns its action if it was clicked.
    pub(super) fn ui(
        self,
        ui: &Ui,
        scene: &Scene<'_>,
        painter: &Painter,
        (rect, row): (Rect, u64),
    ) -> Option<Action> {
        let palette = scene.cx.palette;
        let size = vec2(self.width(), self.galley.size().y + 6.0);
        let left = rect.right() - theme::PADDING - size.x;
        let place = Rect::from_min_size(pos2(left, rect.center().y - size.y / 2.0), size);
        let response = ui.interact(
            place.intersect(scene.area),
            scene.table.with((row, "button")),
            self.sense,
        );
        let ground = match response.hovered() {
            true => palette.hover,
            false => Color32::TRANSPARENT,
        };
        let edge = Stroke::new(1.0, palette.edge);
        let round = CornerRadius::same(4);
        painter.rect(place, round, ground, edge, StrokeKind::Inside);
        painter.galley(place.min + vec2(6.0, 3.0), self.galley, palette.accent);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &self.name));
        response.clicked().then_some(self.action)
    }
}
