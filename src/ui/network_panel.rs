//! Which protocol, which addresses, and the button that connects.

use super::controls::{self, Field};
use super::{Action, Look, theme};
use crate::net::endpoint::{self, HostError, PortError, socket_address};
use crate::net::{CONNECT_TIMEOUT, Endpoint, Host, Setup};
use crate::payload::width;
use crate::session::{Kind, Session, State};
use crate::traffic::Cause;
use crate::{explain, say};
use egui::containers::menu::MenuButton;
use egui::{RichText, Ui};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

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
        timeout: Option<Duration>,
    ) -> Option<Action> {
        let mut action = None;
        controls::heading(ui, &say!(look.lang, "network.heading"), look.palette);
        let editable = session.is_closed();
        let (setup, faults) = self.setup(look, timeout.unwrap_or(CONNECT_TIMEOUT));
        ui.add_enabled_ui(editable, |ui| {
            let kinds = [
                (Kind::Udp, say!(look.lang, "protocol.udp")),
                (Kind::TcpClient, say!(look.lang, "protocol.tcp_client")),
                (Kind::TcpServer, say!(look.lang, "protocol.tcp_server")),
            ];
            controls::segmented(ui, &mut self.kind, &kinds, look.palette);
            if self.kind == Kind::TcpClient {
                action = action
                    .take()
                    .or(self.address_ui(ui, look, Side::Remote, &faults));
            }
            action = action
                .take()
                .or(self.address_ui(ui, look, Side::Local, &faults));
            if let Some(port) = free_port(session)
                .filter(|port| editable && *self.local_port_text() != port.to_string())
            {
                let offer = say!(look.lang, "network.use_port", port = port);
                if controls::small(ui, &offer, &offer).clicked() {
                    *self.local_port_text() = port.to_string();
                }
            }
            if self.kind != Kind::Udp {
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

    /// What the fields mean together, and what is wrong with each.
    fn setup(&self, look: Look<'_>, timeout: Duration) -> (Option<Setup>, Faults) {
        let mut faults = Faults::default();
        let local = self.local(look, &mut faults);
        let setup = match self.kind {
            Kind::Udp => local.flatten().map(|local| Setup::Udp { local }),
            Kind::TcpServer => local.flatten().map(|local| Setup::TcpServer {
                local,
                close_with_peer: self.close_with_peer,
            }),
            Kind::TcpClient => {
                let host = Host::parse(&self.remote_host, look.interfaces);
                let port = endpoint::parse_port(&self.remote_port);
                faults.remote_host = host
                    .as_ref()
                    .err()
                    .map(|error| explain::host_error(look.lang, error));
                faults.remote_port = port
                    .as_ref()
                    .err()
                    .map(|error| explain::port_error(look.lang, *error));
                match (local, host, port) {
                    (Some(local), Ok(host), Ok(port)) => {
                        let (remote, close_with_peer) =
                            (Endpoint { host, port }, self.close_with_peer);
                        Some(Setup::TcpClient {
                            local,
                            remote,
                            timeout,
                            close_with_peer,
                        })
                    }
                    _ => None,
                }
            }
        };
        (setup, faults)
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
        let width = caption_width(ui, &[&host_name, &port_name]);
        controls::labelled_row(ui, &host_name, width, look.palette, |ui| {
            let field = Field {
                text: host,
                name: &host_name,
                hint: &automatic,
                width: ui.available_width(),
                faulty: host_fault.is_some(),
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
                ui.scope_builder(egui::UiBuilder::new().max_rect(corner.shrink(2.0)), |ui| {
                    action = own_addresses_ui(ui, look, host)
                });
            }
        });
        remark_ui(ui, look, host, host_fault.as_deref());
        controls::labelled_row(ui, &port_name, width, look.palette, |ui| {
            let remark = if side == Side::Local {
                reach(host)
            } else {
                None
            };
            let remark = remark.map(|key| say!(look.lang, key));
            let width = if remark.is_some() {
                94.0
            } else {
                ui.available_width()
            };
            let field = Field {
                text: port,
                name: &port_name,
                hint: &automatic,
                width,
                faulty: port_fault.is_some(),
            };
            let mut response = field.show(ui, look.palette);
            if side == Side::Local {
                response = response.on_hover_text(say!(look.lang, "network.any_port"));
            }
            if response.lost_focus() {
                normalise(port, None);
            }
            if let Some(remark) = remark {
                controls::badge(ui, &remark, look.palette)
                    .on_hover_text(say!(look.lang, "network.reach_hint"));
            }
        });
        remark_ui(ui, look, port, port_fault.as_deref());
        action
    }
}

/// The captions of a column, as wide as the widest of them and at least the picture's.
fn caption_width(ui: &Ui, captions: &[&str]) -> f32 {
    let width = |text: &str| {
        ui.painter()
            .layout_no_wrap(text.to_owned(), theme::body(), egui::Color32::PLACEHOLDER)
            .size()
            .x
    };
    captions.iter().map(|text| width(text)).fold(58.0, f32::max)
}

/// The button beside the local host that lists this machine's addresses.
fn own_addresses_ui(ui: &mut Ui, look: Look<'_>, host: &mut String) -> Option<Action> {
    let mut action = None;
    let arrow = egui::Button::new(RichText::new("▾").color(look.palette.dim))
        .frame_when_inactive(false)
        .min_size(ui.available_size());
    let (response, _) = MenuButton::from_button(arrow).ui(ui, |ui| {
        let any = [("0.0.0.0", "IPv4"), ("::", "IPv4 + IPv6")];
        let own = look.interfaces.iter().map(|interface| {
            let scope = if is_link_local(interface.ip) {
                format!("%{}", interface.name)
            } else {
                String::new()
            };
            (format!("{}{scope}", interface.ip), interface.name.clone())
        });
        for (address, name) in
            own.chain(any.map(|(address, name)| (address.to_owned(), name.to_owned())))
        {
            let text = RichText::new(&address).font(theme::mono());
            if ui
                .add(
                    egui::Button::new(text)
                        .right_text(RichText::new(name).color(look.palette.dim))
                        .frame_when_inactive(false),
                )
                .clicked()
            {
                *host = address;
                ui.close();
            }
        }
    });
    let name = format!("{} ▾", say!(look.lang, "network.local_host"));
    if controls::named(ui, response, &name).clicked() {
        action = Some(Action::ReadInterfaces);
    }
    action
}

fn is_link_local(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

/// Who can send to this local host, as a key of the words.
fn reach(host: &str) -> Option<&'static str> {
    let text = width::to_ascii(host);
    let ip: IpAddr = match text.as_ref() {
        "localhost" => Ipv4Addr::LOCALHOST.into(),
        other => other.split('%').next()?.parse().ok()?,
    };
    Some(match ip {
        ip if ip.is_loopback() => "network.only_this_machine",
        ip if ip.is_unspecified() => "network.whole_network",
        _ => "network.one_interface",
    })
}

/// Brings pasted text to what it means; a pasted `host:port` fills both fields.
pub fn normalise(host: &mut String, port: Option<&mut String>) {
    if let Some(port) = port
        && let Some((host_part, port_part)) = endpoint::split_port(host)
    {
        (*host, *port) = (host_part, port_part);
    }
    let ascii = width::to_ascii(host).into_owned();
    *host = ascii;
}

/// What is wrong with the field above, or what it is read as.
fn remark_ui(ui: &mut Ui, look: Look<'_>, text: &str, fault: Option<&str>) {
    if let Some(fault) = fault {
        controls::error_line(ui, fault, look.palette);
    } else if let std::borrow::Cow::Owned(read) = width::to_ascii(text) {
        let remark = say!(look.lang, "network.normalised", text = read);
        ui.label(
            RichText::new(remark)
                .font(theme::small())
                .color(look.palette.dim),
        );
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
    pub fn toggle(&self, look: Look<'_>, session: &Session, timeout: Duration) -> Option<Action> {
        match session.state() {
            State::Closed => self.setup(look, timeout).0.map(Action::Open),
            State::Opening | State::Open => Some(Action::Close),
            State::Closing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_endpoint_fills_both_fields() {
        let (mut host, mut port) = ("１９２.168.1.5：９０００".to_owned(), "8080".to_owned());
        normalise(&mut host, Some(&mut port));
        assert_eq!((host.as_str(), port.as_str()), ("192.168.1.5", "9000"));
        let mut v6 = "::1".to_owned();
        normalise(&mut v6, Some(&mut port));
        assert_eq!((v6.as_str(), port.as_str()), ("::1", "9000"));
    }

    #[test]
    fn the_badge_says_who_can_send_here() {
        assert_eq!(reach("127.0.0.1"), Some("network.only_this_machine"));
        assert_eq!(reach("localhost"), Some("network.only_this_machine"));
        assert_eq!(reach("0.0.0.0"), Some("network.whole_network"));
        assert_eq!(reach("192.168.1.5"), Some("network.one_interface"));
        assert_eq!(reach("fe80::1%eth0"), Some("network.one_interface"));
        assert_eq!(reach("nonsense"), None);
    }
}
