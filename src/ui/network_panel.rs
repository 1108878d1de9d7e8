//! Which protocol, which addresses, and the button that connects.

use super::address::{self, normalise, own_addresses_ui, reach, remark_ui};
use super::controls::{self, Field};
use super::settings_window::Terms;
use super::{Action, Look, theme};
use crate::net::endpoint::{self, HostError, PortError, socket_address};
use crate::net::{Endpoint, Host, Setup, Transport};
use crate::session::{Kind, Session, State};
use crate::traffic::Cause;
use crate::{explain, say};
use egui::{Align, Layout, Ui};
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};

/// What the user is about to open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkPanel {
    pub kind: Kind,
    pub local_host: String,
    pub local_port: String,
    /// Where a TCP client's connection leaves from; empty: the system chooses.
    pub client_host: String,
    pub client_port: String,
    pub remote_host: String,
    pub remote_port: String,
    pub close_with_peer: bool,
    /// What a relay passes on.
    pub relayed: Relayed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relayed {
    #[default]
    Udp,
    Tcp,
}

impl Default for NetworkPanel {
    fn default() -> Self {
        Self {
            kind: Kind::Udp,
            local_host: "127.0.0.1".into(),
            local_port: "8080".into(),
            client_host: String::new(),
            client_port: String::new(),
            remote_host: "127.0.0.1".into(),
            remote_port: "8080".into(),
            close_with_peer: true,
            relayed: Relayed::Udp,
        }
    }
}

/// What is wrong with each field, in words; `None` where nothing is.
#[derive(Default)]
struct Faults {
    local_host: Option<String>,
    local_port: Option<String>,
    remote_host: Option<String>,
    remote_port: Option<String>,
}

/// Which fields a row of host and port stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Local,
    Remote,
}

impl NetworkPanel {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        session: &Session,
        terms: Terms,
    ) -> Option<Action> {
        let mut action = None;
        controls::heading(ui, &say!(look.lang, "network.heading"), look.palette);
        let editable = session.is_closed();
        let (setup, faults) = self.setup(look, terms);
        ui.add_enabled_ui(editable, |ui| {
            let kinds = [
                (Kind::Udp, say!(look.lang, "protocol.udp")),
                (Kind::TcpClient, say!(look.lang, "protocol.tcp_client")),
                (Kind::TcpServer, say!(look.lang, "protocol.tcp_server")),
                (Kind::Relay, say!(look.lang, "protocol.relay")),
            ];
            controls::segmented(ui, &mut self.kind, &kinds, look.palette);
            if self.kind == Kind::Relay {
                let relayed = [
                    (Relayed::Udp, "UDP".to_owned()),
                    (Relayed::Tcp, "TCP".to_owned()),
                ];
                controls::segmented(ui, &mut self.relayed, &relayed, look.palette);
            }
            if self.kind == Kind::TcpClient {
                action = action
                    .take()
                    .or(self.address_ui(ui, look, Side::Remote, &faults));
            }
            action = action
                .take()
                .or(self.address_ui(ui, look, Side::Local, &faults));
            if self.kind == Kind::Relay {
                self.address_ui(ui, look, Side::Remote, &faults);
            }
            if let Some(port) = free_port(session)
                .filter(|port| editable && *self.local_port_text() != port.to_string())
            {
                let offer = say!(look.lang, "network.use_port", port = port);
                if controls::small(ui, &offer, &offer).clicked() {
                    *self.local_port_text() = port.to_string();
                    action = self.setup(look, terms).0.map(Action::Open);
                }
            }
            if matches!(self.kind, Kind::TcpClient | Kind::TcpServer) {
                let text = say!(look.lang, "network.close_with_peer");
                let hint = say!(look.lang, "network.close_with_peer_hint");
                controls::check(
                    ui,
                    &mut self.close_with_peer,
                    &text,
                    "",
                    theme::body(),
                    look.palette,
                )
                .on_hover_text(hint);
            }
        });
        action.or(connect_button(ui, look, session, setup))
    }

    /// What would be opened now.
    pub fn setup_now(&self, look: Look<'_>, terms: Terms) -> Option<Setup> {
        self.setup(look, terms).0
    }

    /// Whether a relay is to pass on TCP connections.
    pub fn relays_streams(&self) -> bool {
        self.relayed == Relayed::Tcp
    }

    /// What the fields mean together, and what is wrong with each.
    fn setup(&self, look: Look<'_>, terms: Terms) -> (Option<Setup>, Faults) {
        let mut faults = Faults::default();
        let local = self.local(look, &mut faults);
        let setup = match self.kind {
            Kind::Udp => local.flatten().map(|local| Setup::Udp {
                local,
                receiving: terms.receiving,
            }),
            Kind::Relay => {
                let target = self.remote(look, &mut faults);
                let transport = match self.relayed {
                    Relayed::Udp => Transport::Udp,
                    Relayed::Tcp => Transport::Tcp,
                };
                let places = local.flatten().zip(target);
                places.map(|(local, target)| Setup::relay(transport, local, target))
            }
            Kind::TcpServer => local.flatten().map(|local| Setup::TcpServer {
                local,
                close_with_peer: self.close_with_peer,
            }),
            Kind::TcpClient => {
                let remote = self.remote(look, &mut faults);
                local.zip(remote).map(|(local, remote)| Setup::TcpClient {
                    local,
                    remote,
                    timeout: terms.connect_timeout,
                    close_with_peer: self.close_with_peer,
                })
            }
        };
        (setup, faults)
    }

    /// The far side of a TCP client, or a relay's target.
    fn remote(&self, look: Look<'_>, faults: &mut Faults) -> Option<Endpoint> {
        let host = Host::parse(&self.remote_host, look.interfaces);
        let port = endpoint::parse_port(&self.remote_port);
        let host_error = host.as_ref().err();
        faults.remote_host = host_error.map(|error| explain::host_error(look.lang, error));
        let port_error = port.as_ref().err();
        faults.remote_port = port_error.map(|error| explain::port_error(look.lang, *error));
        let (host, port) = (host.ok()?, port.ok()?);
        Some(Endpoint { host, port })
    }

    /// The local address; `Some(None)` if a TCP client leaves it to the system.
    fn local(&self, look: Look<'_>, faults: &mut Faults) -> Option<Option<SocketAddr>> {
        let (host, port) = match self.kind {
            Kind::TcpClient => (self.client_host.trim(), self.client_port.trim()),
            _ => (self.local_host.as_str(), self.local_port.as_str()),
        };
        let optional = self.kind == Kind::TcpClient;
        let port = match endpoint::parse_local_port(port) {
            Err(PortError::Empty) if optional => Ok(0),
            other => other,
        };
        faults.local_port = port
            .as_ref()
            .err()
            .map(|error| explain::port_error(look.lang, *error));
        let ip = match Host::parse(host, look.interfaces) {
            Err(HostError::Empty) if optional => Ok(None),
            Ok(Host::Ip { ip, scope }) => Ok(Some((ip, scope))),
            Ok(Host::Name(name)) if name.eq_ignore_ascii_case("localhost") => {
                Ok(Some((Ipv4Addr::LOCALHOST.into(), 0)))
            }
            Ok(Host::Name(_)) => Err(say!(look.lang, "network.local_name")),
            Err(error) => Err(explain::host_error(look.lang, &error)),
        };
        faults.local_host = ip.as_ref().err().cloned();
        match (ip.ok()?, port.ok()?) {
            (None, 0) => Some(None),
            (None, port) => Some(Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))),
            (Some((ip, scope)), port) => Some(Some(socket_address(ip, scope, port))),
        }
    }

    fn local_port_text(&mut self) -> &mut String {
        if self.kind == Kind::TcpClient {
            &mut self.client_port
        } else {
            &mut self.local_port
        }
    }

    fn address_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        side: Side,
        faults: &Faults,
    ) -> Option<Action> {
        let mut action = None;
        let client = self.kind == Kind::TcpClient;
        let (host_name, port_name, host_fault, port_fault) = match side {
            Side::Local => (
                "network.local_host",
                "network.local_port",
                &faults.local_host,
                &faults.local_port,
            ),
            Side::Remote if self.kind == Kind::Relay => (
                "network.target_host",
                "network.target_port",
                &faults.remote_host,
                &faults.remote_port,
            ),
            Side::Remote => (
                "network.remote_host",
                "network.remote_port",
                &faults.remote_host,
                &faults.remote_port,
            ),
        };
        let (host_name, port_name) = (say!(look.lang, host_name), say!(look.lang, port_name));
        let (host, port) = match side {
            Side::Remote => (&mut self.remote_host, &mut self.remote_port),
            Side::Local if client => (&mut self.client_host, &mut self.client_port),
            Side::Local => (&mut self.local_host, &mut self.local_port),
        };
        let automatic = if side == Side::Local && client {
            say!(look.lang, "network.automatic")
        } else {
            String::new()
        };
        let captions: &[&str] = match self.kind {
            Kind::TcpClient => &[
                "network.remote_host",
                "network.remote_port",
                "network.local_host",
                "network.local_port",
            ],
            Kind::Relay => &[
                "network.local_host",
                "network.local_port",
                "network.target_host",
                "network.target_port",
            ],
            Kind::Udp | Kind::TcpServer => &["network.local_host", "network.local_port"],
        };
        let width = captions
            .iter()
            .map(|key| address::caption_width(ui, &say!(look.lang, *key)))
            .fold(58.0, f32::max);
        controls::labelled_row(ui, &host_name, width, look.palette, |ui| {
            let field = Field {
                text: host,
                name: &host_name,
                hint: &automatic,
                width: ui.available_width(),
                faulty: host_fault.is_some(),
                id: None,
            };
            let response = field.show(ui, look.palette);
            if response.lost_focus() {
                normalise(host, Some(port));
            }
            if side == Side::Local {
                let corner = egui::Rect::from_min_max(
                    egui::pos2(response.rect.right() - 26.0, response.rect.top()),
                    response.rect.max,
                );
                // A child of its own takes no room in the row: it stands inside the field.
                let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(corner.shrink(2.0)));
                action = own_addresses_ui(&mut inside, look, host);
            }
        });
        remark_ui(ui, look, host, host_fault.as_deref());
        controls::labelled_row(ui, &port_name, width, look.palette, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(key) = reach(host).filter(|_| side == Side::Local) {
                    let hint = say!(look.lang, "network.reach_hint");
                    controls::badge(ui, &say!(look.lang, key), look.palette).on_hover_text(hint);
                }
                let (width, faulty) = (ui.available_width(), port_fault.is_some());
                let field = Field {
                    text: port,
                    name: &port_name,
                    hint: &automatic,
                    width,
                    faulty,
                    id: None,
                };
                let mut response = field.show(ui, look.palette);
                if side == Side::Local {
                    response = response.on_hover_text(say!(look.lang, "network.any_port"));
                }
                if response.lost_focus() {
                    normalise(port, None);
                }
            });
        });
        remark_ui(ui, look, port, port_fault.as_deref());
        action
    }
}

/// The next free port, where the last attempt found its port taken.
fn free_port(session: &Session) -> Option<u16> {
    match session.failure()?.cause {
        Cause::PortInUse { free, .. } => free,
        _ => None,
    }
}

fn connect_button(
    ui: &mut Ui,
    look: Look<'_>,
    session: &Session,
    setup: Option<Setup>,
) -> Option<Action> {
    let palette = look.palette;
    let (text, dot, filled, enabled) = match session.state() {
        State::Closed => (
            say!(look.lang, "network.connect"),
            None,
            true,
            setup.is_some(),
        ),
        State::Opening => (
            say!(look.lang, "network.disconnect"),
            Some(palette.event),
            false,
            true,
        ),
        State::Open => (
            say!(look.lang, "network.disconnect"),
            Some(palette.ok),
            false,
            true,
        ),
        State::Closing => (say!(look.lang, "network.closing"), None, false, false),
    };
    let response = ui
        .add_enabled_ui(enabled, |ui| {
            controls::wide(ui, &text, dot, filled, palette)
        })
        .inner;
    let clicked = controls::tooltip_with_key(response, &text, "F5").clicked();
    match (clicked, session.is_closed()) {
        (false, _) => None,
        (true, true) => setup.map(Action::Open),
        (true, false) => Some(Action::Close),
    }
}

impl NetworkPanel {
    /// What F5 does: the same as the button.
    pub fn toggle(&self, look: Look<'_>, session: &Session, terms: Terms) -> Option<Action> {
        match session.state() {
            State::Closed => self.setup(look, terms).0.map(Action::Open),
            State::Opening | State::Open => Some(Action::Close),
            State::Closing => None,
        }
    }
}
