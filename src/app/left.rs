//! The left panel: the connection, its peers, and the display of received data.

use super::tab::Tab;
use crate::session::SessionKind;
use crate::settings::preferences::Terms;
use crate::ui::description::OfferedDescriptions;
use crate::ui::dock::is_below;
use crate::ui::peer_list::{self, PeerList};
use crate::ui::region::{self, Region};
use crate::ui::{Action, UiContext, controls, edge, open_window, theme};
use egui::{Context, Frame, Margin, Panel, Ui};

/// The least width at which nothing is cut.
const LEAST: f32 = 240.0;
/// Between its lines: in a window of at least this height, and in a lower one.
const TALL: f32 = 740.0;
const GAP: f32 = 8.0;
const LOW_GAP: f32 = 4.0;
/// The width of its scroll bar, and of one under the pointer.
const BAR: f32 = 4.0;
const WIDE_BAR: f32 = 6.0;

/// The left panel: the settings of the connection and of receiving.
pub(super) fn left_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    tab: &mut Tab,
    (kind, terms, place): (SessionKind, Terms, usize),
    offered: OfferedDescriptions<'_>,
    width: &mut f32,
) -> Option<Action> {
    let mut action = None;
    // The scroll bar stands beside the edge, where that can be dragged.
    let beside = Margin {
        right: match is_below(ui.ctx()) {
            true => 0,
            false => edge::NEAR as i8,
        },
        ..Margin::ZERO
    };
    let panel = Panel::left("left")
        .exact_size(width_in(ui.ctx(), *width))
        .resizable(false)
        .frame(Frame::new().inner_margin(beside))
        .show(ui, |ui| {
            region::enter(ui, Region::Left);
            region::name(ui, cx, "regions.left");
            // The list of peers gets the height that the other controls left over in the last
            // frame.
            let (whole, rest_id) = (ui.available_height(), ui.scope_id().with("rest"));
            let rest: f32 = ui.data(|data| data.get_temp(rest_id)).unwrap_or(whole);
            let room = whole - rest;
            let has_peers = peer_list::is_for(kind) && tab.file.is_none();
            let bar = &mut ui.spacing_mut().scroll;
            bar.dormant_handle_opacity = 0.6;
            (bar.floating_width, bar.bar_width) = (BAR, WIDE_BAR);
            let scroll = egui::ScrollArea::vertical()
                .id_salt("left")
                .auto_shrink(false);
            scroll.show(ui, |ui| {
                let frame = Frame::new().inner_margin(Margin {
                    right: 12 - beside.right,
                    ..Margin::same(12)
                });
                let frame = frame.show(ui, |ui| {
                    let is_tall = ui.ctx().content_rect().height() >= TALL;
                    ui.spacing_mut().item_spacing.y = if is_tall { GAP } else { LOW_GAP };
                    if let Some(failure) = &tab.unreadable {
                        action = open_window::unreadable_ui(ui, cx, failure, place);
                    } else if let Some(file) = &tab.file {
                        action = open_window::file_ui(ui, cx, file);
                    } else {
                        let mistakes = tab.panels.mistakes(&tab.drafts);
                        let network = &mut tab.drafts.network;
                        action = network.ui(ui, cx, &tab.session, terms, mistakes);
                    }
                    if kind.has_groups() && tab.file.is_none() {
                        action = action.take().or(tab.drafts.groups.ui(ui, cx, &tab.session));
                    }
                    if has_peers {
                        rule(ui, cx.palette);
                        let list = PeerList {
                            session: &tab.session,
                            kind,
                            send: &mut tab.drafts.send,
                        };
                        let asked = ui.vertical(|ui| {
                            ui.spacing_mut().item_spacing.y = LOW_GAP;
                            list.ui(ui, cx, room)
                        });
                        action = action.take().or(asked.inner);
                    }
                    rule(ui, cx.palette);
                    // The log may be that of the session before, whose kind is not known of all that is
                    // read back.
                    let logged = tab.session.kind();
                    let kind = match tab.session.is_stream() && logged.is_stream() {
                        true => logged,
                        false => kind,
                    };
                    let described = &mut tab.panels.description;
                    let receive = &mut tab.drafts.receive;
                    let asked = receive.ui(ui, cx, kind, (described, offered));
                    action = action.take().or(asked);
                });
                controls::scroll_by_keys(ui);
                let lines = match has_peers {
                    true => peer_list::height(&tab.session, room),
                    false => 0.0,
                };
                let now = frame.response.rect.height() - lines;
                if (now - rest).abs() > 0.5 {
                    ui.data_mut(|data| data.insert_temp(rest_id, now));
                    ui.ctx().request_repaint();
                }
            });
        });
    if !is_below(ui.ctx()) {
        let asked = edge::ui(
            ui,
            cx,
            panel.response.rect,
            edge::PanelEdge::Right,
            "left.edge",
        );
        *width = asked.map_or(*width, |asked| width_in(ui.ctx(), asked));
    }
    action
}

/// The width in this window, where `wished` is that from now on; in a narrow one the least.
pub(super) fn width_in(ctx: &Context, wished: f32) -> f32 {
    match is_below(ctx) {
        true => LEAST,
        false => wished.max(LEAST).min(ctx.content_rect().width() / 3.0),
    }
}

/// A horizontal line across the whole panel.
fn rule(ui: &mut Ui, palette: &theme::Palette) {
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 5.0), egui::Sense::hover());
    let across = rect.left() - theme::PADDING..=rect.right() + theme::PADDING;
    let painter = ui
        .painter()
        .with_clip_rect(rect.expand2(egui::vec2(theme::PADDING, 0.0)));
    painter.hline(
        across,
        rect.center().y,
        egui::Stroke::new(1.0, palette.line),
    );
}
