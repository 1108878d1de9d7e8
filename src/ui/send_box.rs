//! The target row, the message, and the button that sends it.

use super::address::normalise;
use super::controls::{self, Field};
use super::read_as::ReadAs;
use super::send_draft::{Blocked, Format, SendDraft};
use super::{Action, Look, grouped, theme};
use crate::net::Command;
use crate::payload::charset::Charset;
use crate::say;
use crate::session::{Kind, Peer, Session};
use egui::{Align, ComboBox, FontSelection, Layout, Margin, RichText, TextEdit, Ui, vec2};
use std::net::SocketAddr;

/// Characters the message may have: enough for the longest datagram in hexadecimal.
const LONGEST: usize = 262_144;
/// Above this a datagram does not fit into one Ethernet frame: 1500 less the headers.
const FRAGMENTS_V4: usize = 1472;

impl SendDraft {
    pub fn box_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        session: &Session,
        kind: Kind,
        read_as: &ReadAs,
    ) -> Option<Action> {
        let charset = self.charset(look, session, read_as);
        let outcome = self.command(look, session, charset);
        let mut action = ui
            .horizontal(|ui| {
                ui.set_min_height(theme::FIELD);
                let action = match kind {
                    Kind::Udp => self.target_ui(ui, look, session, outcome.as_ref().err()),
                    Kind::TcpClient | Kind::TcpServer => self.peer_ui(ui, look, session, kind),
                };
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.size_ui(ui, look, kind, session.peers().len(), charset)
                });
                action
            })
            .inner;
        let fault = outcome
            .as_ref()
            .err()
            .filter(|blocked| blocked.is_fault())
            .and_then(|blocked| blocked.explain(look));
        let room = if fault.is_some() { 22.0 } else { 0.0 };
        let height = (ui.available_height() - room).max(40.0);
        ui.horizontal(|ui| {
            let button = 118.0;
            let size = vec2(ui.available_width() - button - 10.0, height);
            self.message_ui(ui, look, size);
            ui.spacing_mut().item_spacing.y = 6.0;
            ui.vertical(|ui| {
                let text = say!(look.lang, "send.send");
                let waiting = outcome
                    .as_ref()
                    .err()
                    .and_then(|blocked| blocked.explain(look));
                let response = ui.add_enabled_ui(outcome.is_ok(), |ui| {
                    controls::primary(ui, vec2(button, height - 26.0), &text, look.palette)
                });
                let clicked = response.inner.clicked();
                if let Some(waiting) = waiting {
                    response.response.on_hover_text(waiting);
                }
                let (rect, _) = ui.allocate_exact_size(vec2(button, 20.0), egui::Sense::hover());
                ui.painter().text(
                    rect.center(),
                    egui::Align2::CENTER_CENTER,
                    "Ctrl+Enter",
                    theme::body(),
                    look.palette.dim,
                );
                if clicked && let Ok(command) = outcome {
                    action = Some(Action::Order(command));
                }
            });
        });
        if let Some(fault) = fault {
            controls::error_line(ui, &fault, look.palette);
        }
        action
    }

    fn message_ui(&mut self, ui: &mut Ui, look: Look<'_>, size: egui::Vec2) {
        let name = say!(look.lang, "send.message");
        let hint = if self.format == Format::Hex {
            say!(look.lang, "send.hex_hint")
        } else {
            say!(look.lang, "send.message_hint")
        };
        egui::Frame::new()
            .fill(look.palette.field)
            .stroke(egui::Stroke::new(1.0, look.palette.line))
            .corner_radius(6)
            .show(ui, |ui| {
                ui.set_min_size(size);
                ui.set_max_size(size);
                egui::ScrollArea::vertical()
                    .id_salt("message")
                    .auto_shrink(false)
                    .show(ui, |ui| {
                        let edit = TextEdit::multiline(&mut self.message)
                            .font(FontSelection::FontId(theme::mono()))
                            .hint_text(RichText::new(hint).color(look.palette.faint))
                            .frame(egui::Frame::NONE.inner_margin(Margin::symmetric(10, 7)))
                            .align(egui::Align2::LEFT_TOP)
                            .char_limit(LONGEST)
                            .desired_width(f32::INFINITY)
                            .min_size(vec2(0.0, size.y - 2.0));
                        let response = ui.add(edit);
                        let response = controls::named(ui, response, &name);
                        if response.changed() {
                            self.edited();
                        }
                    });
            });
    }

    /// Where a datagram goes.
    fn target_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        session: &Session,
        blocked: Option<&Blocked>,
    ) -> Option<Action> {
        let mut action = None;
        controls::caption(ui, &say!(look.lang, "send.target_host"), 0.0, look.palette);
        let name = say!(look.lang, "send.target_host");
        // What stands behind the host needs its room first.
        let width = (ui.available_width() - 280.0).clamp(100.0, 180.0);
        let faulty = matches!(blocked, Some(Blocked::Host(_)));
        let host = Field {
            text: &mut self.target_host,
            name: &name,
            hint: "",
            width,
            faulty,
            id: None,
        }
        .show(ui, look.palette);
        controls::caption(ui, &say!(look.lang, "send.port"), 0.0, look.palette);
        let name = say!(look.lang, "send.target_port");
        let faulty = matches!(blocked, Some(Blocked::Port(_)));
        let port = Field {
            text: &mut self.target_port,
            name: &name,
            hint: "",
            width: 76.0,
            faulty,
            id: None,
        }
        .show(ui, look.palette);
        if host.lost_focus() {
            normalise(&mut self.target_host, Some(&mut self.target_port));
        }
        if port.lost_focus() {
            normalise(&mut self.target_port, None);
        }
        let name = say!(look.lang, "send.last_source");
        let source = session.last_source();
        let button = ui
            .add_enabled_ui(source.is_some(), |ui| {
                controls::small(ui, &format!("↩ {name}"), &name)
            })
            .inner;
        if button
            .on_hover_text(say!(look.lang, "send.last_source_hint"))
            .clicked()
        {
            action = source.map(Action::SetTarget);
        }
        action
    }

    /// Which TCP connection it goes to.
    fn peer_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        session: &Session,
        kind: Kind,
    ) -> Option<Action> {
        let name = say!(look.lang, "send.peer");
        controls::caption(ui, &name, 0.0, look.palette);
        let everybody = match session.peers().len() {
            0 => say!(look.lang, "send.nobody"),
            count => say!(look.lang, "send.everybody", count = count),
        };
        let only = session
            .peers()
            .keys()
            .next()
            .copied()
            .filter(|_| kind == Kind::TcpClient);
        let chosen = only.or(self.peer);
        let text = chosen.map_or(everybody.clone(), |peer| peer_text(look, session, peer));
        let combo = ComboBox::from_id_salt("peer")
            .icon(controls::combo_arrow)
            .selected_text(RichText::new(text).font(theme::mono()))
            .width(220.0)
            .height(320.0)
            .show_ui(ui, |ui| {
                if kind == Kind::TcpServer {
                    ui.selectable_value(&mut self.peer, None, everybody);
                }
                let peers: Vec<SocketAddr> = session.peers().keys().copied().collect();
                egui::ScrollArea::vertical().max_height(300.0).show_rows(
                    ui,
                    theme::SMALL_BUTTON,
                    peers.len(),
                    |ui, rows| {
                        for peer in peers.get(rows).unwrap_or_default() {
                            let text =
                                RichText::new(peer_text(look, session, *peer)).font(theme::mono());
                            ui.selectable_value(&mut self.peer, Some(*peer), text);
                        }
                    },
                );
            });
        controls::named(ui, combo.response, &name);
        chosen.and_then(|peer| connection_ui(ui, look, peer, session.peers().get(&peer)?))
    }

    /// How much it is.
    fn size_ui(&mut self, ui: &mut Ui, look: Look<'_>, kind: Kind, peers: usize, charset: Charset) {
        let Ok(bytes) = self.payload(charset) else {
            return;
        };
        let count = grouped(bytes.len() as u64);
        let text = match kind {
            Kind::Udp if bytes.len() > FRAGMENTS_V4 => {
                say!(look.lang, "send.fragments", bytes = count)
            }
            Kind::Udp => say!(look.lang, "send.datagram", bytes = count),
            Kind::TcpServer if self.peer.is_none() => say!(
                look.lang,
                "send.bytes_to",
                bytes = count,
                peers = grouped(peers as u64)
            ),
            Kind::TcpClient | Kind::TcpServer => say!(look.lang, "send.bytes", bytes = count),
        };
        ui.add(egui::Label::new(RichText::new(text).color(look.palette.dim)).truncate());
    }
}

fn peer_text(look: Look<'_>, session: &Session, peer: SocketAddr) -> String {
    let address = look.interfaces.show(peer);
    match session.peers().get(&peer) {
        Some(Peer { unsent, .. }) if *unsent > 0 => format!(
            "{address}  {}",
            say!(look.lang, "send.unsent", bytes = grouped(*unsent as u64))
        ),
        Some(known) if known.write_closed => {
            format!("{address}  {}", say!(look.lang, "send.we_finished"))
        }
        Some(known) if known.peer_finished => {
            format!("{address}  {}", say!(look.lang, "send.peer_finished"))
        }
        _ => address,
    }
}

/// What can be done with one connection besides sending.
fn connection_ui(ui: &mut Ui, look: Look<'_>, peer: SocketAddr, state: &Peer) -> Option<Action> {
    let mut action = None;
    let finish = say!(look.lang, "send.finish_writing");
    let button = ui
        .add_enabled_ui(!state.write_closed, |ui| {
            controls::small(ui, &finish, &finish)
        })
        .inner;
    if button
        .on_hover_text(say!(look.lang, "send.finish_writing_hint"))
        .clicked()
    {
        action = Some(Action::Order(Command::FinishWriting { peer }));
    }
    let disconnect = say!(look.lang, "send.disconnect_peer");
    if controls::small(ui, &disconnect, &disconnect).clicked() {
        action = Some(Action::Order(Command::Disconnect { peer }));
    }
    if state.unsent > 0 {
        let text = say!(
            look.lang,
            "send.unsent",
            bytes = grouped(state.unsent as u64)
        );
        ui.label(RichText::new(text).color(look.palette.event));
    }
    action
}
