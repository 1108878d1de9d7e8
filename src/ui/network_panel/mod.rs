//! Which protocol, which addresses, and the button that opens and closes the session.

mod button;

use super::address::{ONLY_HERE, normalise, own_addresses_ui, reach, remark_ui};
use super::controls::{self, SegmentedChoice, TextField};
use super::{Action, UiContext, theme};
use crate::config::session::{ConfigMistake, SessionField as ConfigField};
use crate::kind::Addresses;
use crate::session::{Session, SessionKind, SessionRole, SessionState};
use crate::settings::preferences::Terms;
use crate::settings::tab::{AddressFault, AddressFaults, NetworkDraft};
use crate::traffic::Cause;
use crate::{explain, t};
use button::open_button;
pub use button::{button_keys, take_keys};
use egui::{Align, CollapsingHeader, Layout, Response, RichText, Ui};

/// The width of the button that lists this machine's addresses.
const MENU: f32 = 26.0;

/// The fields that a row of host and port shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EndpointRow {
    Local,
    Remote,
}

impl NetworkDraft {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        terms: Terms,
        mistakes: &[ConfigMistake],
    ) -> Option<Action> {
        let mut action = None;
        controls::heading(ui, &t!(cx.lang, "network.heading"), cx.palette);
        let locked = (!session.is_closed()).then(|| t!(cx.lang, "network.locked"));
        let locked = locked.as_deref();
        let setup = self.setup(cx.interfaces, terms);
        let is_valid = setup.is_ok();
        let faults = setup.err().unwrap_or_default();
        controls::unless(ui, locked, |ui| {
            let before = self.kind;
            self.kind_ui(ui, cx);
            let role = self.kind.role();
            if self.kind != before && role == SessionRole::Relay {
                self.change_target();
            }
            if role == SessionRole::Client {
                action = action
                    .take()
                    .or(self.address_ui(ui, cx, EndpointRow::Remote, &faults));
            }
            action = action
                .take()
                .or(self.address_ui(ui, cx, EndpointRow::Local, &faults));
            if role == SessionRole::Relay {
                self.address_ui(ui, cx, EndpointRow::Remote, &faults);
                self.allow_ui(ui, cx, &faults);
            }
            if let Some(port) = free_port(session)
                .filter(|port| locked.is_none() && *self.local_port_text() != port.to_string())
            {
                let offer = t!(cx.lang, "network.use_port", port = port);
                if controls::small(ui, &offer, &offer).clicked() {
                    *self.local_port_text() = port.to_string();
                    action = Some(Action::Open);
                }
            }
            if role == SessionRole::Server {
                self.close_with_peer_ui(ui, cx);
            }
        });
        let ready = (self.kind, is_valid);
        let action = action.or(open_button(ui, cx, session, ready));
        if self.kind.role() == SessionRole::Client {
            self.more_ui(ui, cx, locked);
        }
        for mistake in mistakes {
            let field = field_name(cx, mistake.field);
            let text = explain::quoted_mistake(cx.lang, &field, &mistake.problem);
            controls::error_line(ui, &text, cx.palette);
        }
        action
    }

    /// The clients that may use a relay.
    fn allow_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, faults: &AddressFaults) {
        let fault = words(cx, faults.allow.as_ref());
        let name = t!(cx.lang, "network.allow");
        let all = t!(cx.lang, "network.allow_all");
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        controls::labelled_row(ui, &name, width, cx.palette, |ui| {
            let field = TextField::new(&mut self.allow, &name, &all, ui.available_width());
            let field = field.fault(fault.as_deref()).show(ui, cx.palette);
            let field = field.on_hover_text(t!(cx.lang, "network.allow_hint"));
            controls::elided(ui, field, &self.allow, 0.0, cx.palette);
        });
        let is_reached = reach(&self.local_host).is_some_and(|who| who != ONLY_HERE);
        if let Some(fault) = &fault {
            controls::error_line(ui, fault, cx.palette);
        } else if is_reached && self.allow.trim().is_empty() {
            let warning = RichText::new(t!(cx.lang, "network.open_relay"));
            ui.label(warning.font(theme::small()).color(cx.palette.dim));
        }
    }

    /// The action of a client when its connection ends. Open at first unless it is the default.
    fn more_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, locked: Option<&str>) {
        let is_set = self.reconnect || !self.close_with_peer;
        let title = RichText::new(t!(cx.lang, "network.more")).color(cx.palette.dim);
        let more = CollapsingHeader::new(title).id_salt("more");
        more.default_open(is_set).show_unindented(ui, |ui| {
            controls::unless(ui, locked, |ui| {
                self.close_with_peer_ui(ui, cx);
                let text = t!(cx.lang, "network.reconnect");
                let hint = t!(cx.lang, "network.reconnect_hint");
                check(ui, cx, &mut self.reconnect, &text).on_hover_text(hint);
            });
        });
    }

    fn close_with_peer_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let text = t!(cx.lang, "network.close_with_peer");
        let hint = t!(cx.lang, "network.close_with_peer_hint");
        check(ui, cx, &mut self.close_with_peer, &text).on_hover_text(hint);
    }

    /// Which kind of session: by the name first, then among those that share it.
    fn kind_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let named = |kind: SessionKind| SegmentedChoice {
            value: kind,
            text: t!(cx.lang, kind.traits().short),
            name: t!(cx.lang, kind.traits().name),
        };
        let mut chosen = self.kind.variants().next().unwrap_or(self.kind);
        let names: Vec<_> = SessionKind::names().map(named).collect();
        let protocol = t!(cx.lang, "network.protocol");
        if controls::segments_ui(ui, &protocol, &mut chosen, &names, cx.palette) {
            self.kind = chosen;
        }
        let variant_name = |kind: SessionKind| Some((kind, t!(cx.lang, kind.traits().variant?)));
        let variants: Vec<_> = self.kind.variants().filter_map(variant_name).collect();
        if !variants.is_empty() {
            let name = t!(cx.lang, self.kind.traits().name);
            let name = t!(cx.lang, "network.variant", name = name);
            controls::segmented(ui, &name, &mut self.kind, &variants, cx.palette);
        }
    }

    /// The action of F5: the same as the button.
    pub fn toggle(session: &Session) -> Option<Action> {
        match session.state() {
            SessionState::Closed => Some(Action::Open),
            SessionState::Opening | SessionState::Open => Some(Action::Close),
            SessionState::Closing => None,
        }
    }

    /// A relay to itself is no suggestion.
    fn change_target(&mut self) {
        let own = (&self.local_host, &self.local_port);
        if own == (&self.remote_host, &self.remote_port) {
            self.remote_port = "8888".into();
        }
    }

    fn local_port_text(&mut self) -> &mut String {
        if self.kind.role() == SessionRole::Client {
            &mut self.client_port
        } else {
            &mut self.local_port
        }
    }

    /// The name of a Unix socket.
    fn name_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        side: EndpointRow,
        faults: &AddressFaults,
    ) {
        let (key, text, fault) = match side {
            EndpointRow::Local => (
                "network.socket_name",
                &mut self.local_name,
                &faults.local_host,
            ),
            EndpointRow::Remote => (
                "network.server_name",
                &mut self.remote_name,
                &faults.remote_host,
            ),
        };
        let fault = words(cx, fault.as_ref());
        let name = t!(cx.lang, key);
        let hint = match (side, self.kind.role()) {
            (EndpointRow::Local, SessionRole::Datagrams) => t!(cx.lang, "network.nameless"),
            _ => String::new(),
        };
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        controls::labelled_row(ui, &name, width, cx.palette, |ui| {
            let field = TextField::new(text, &name, &hint, ui.available_width());
            let field = field.fault(fault.as_deref());
            let help = t!(cx.lang, "network.name_hint");
            let field = field.show(ui, cx.palette).on_hover_text(help);
            controls::elided(ui, field, text, 0.0, cx.palette);
        });
        if let Some(fault) = &fault {
            controls::error_line(ui, fault, cx.palette);
        }
    }

    fn address_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        side: EndpointRow,
        faults: &AddressFaults,
    ) -> Option<Action> {
        if self.kind.addresses() == Addresses::Named {
            if side == EndpointRow::Remote || self.kind.role() != SessionRole::Client {
                self.name_ui(ui, cx, side, faults);
            }
            return None;
        }
        let mut action = None;
        let client = self.kind.role() == SessionRole::Client;
        let (host_name, port_name, host_fault, port_fault) = match side {
            EndpointRow::Local => (
                "network.local_host",
                "network.local_port",
                &faults.local_host,
                &faults.local_port,
            ),
            EndpointRow::Remote if self.kind.is_relay() => (
                "network.target_host",
                "network.target_port",
                &faults.remote_host,
                &faults.remote_port,
            ),
            EndpointRow::Remote => (
                "network.remote_host",
                "network.remote_port",
                &faults.remote_host,
                &faults.remote_port,
            ),
        };
        let host_fault = words(cx, host_fault.as_ref());
        let port_fault = words(cx, port_fault.as_ref());
        let (host_name, port_name) = (t!(cx.lang, host_name), t!(cx.lang, port_name));
        let (host, port) = match side {
            EndpointRow::Remote => (&mut self.remote_host, &mut self.remote_port),
            EndpointRow::Local if client => (&mut self.client_host, &mut self.client_port),
            EndpointRow::Local => (&mut self.local_host, &mut self.local_port),
        };
        let automatic = if side == EndpointRow::Local && client {
            t!(cx.lang, "network.automatic")
        } else {
            String::new()
        };
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        controls::labelled_row(ui, &host_name, width, cx.palette, |ui| {
            let field = TextField::new(host, &host_name, &automatic, ui.available_width());
            let field = field.fault(host_fault.as_deref());
            let response = field.show(ui, cx.palette);
            if response.lost_focus() {
                normalise(host, Some(port));
            }
            let menu = if side == EndpointRow::Local {
                MENU
            } else {
                0.0
            };
            let response = controls::elided(ui, response, host, menu, cx.palette);
            if side == EndpointRow::Local {
                let corner = egui::Rect::from_min_max(
                    egui::pos2(response.rect.right() - MENU, response.rect.top()),
                    response.rect.max,
                );
                // A child of its own takes no room in the row: it stands inside the field.
                let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(corner.shrink(2.0)));
                inside.spacing_mut().button_padding.x = 0.0;
                action = own_addresses_ui(&mut inside, cx, host);
            }
        });
        remark_ui(ui, cx, host, host_fault.as_deref());
        controls::labelled_row(ui, &port_name, width, cx.palette, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(key) = reach(host).filter(|_| side == EndpointRow::Local) {
                    let hint = t!(cx.lang, "network.reach_hint");
                    controls::badge(ui, &t!(cx.lang, key), cx.palette).on_hover_text(hint);
                }
                let width = ui.available_width();
                let field = TextField::new(port, &port_name, &automatic, width);
                let field = field.fault(port_fault.as_deref());
                let mut response = field.show(ui, cx.palette);
                if side == EndpointRow::Local {
                    response = response.on_hover_text(t!(cx.lang, "network.any_port"));
                }
                if response.lost_focus() {
                    normalise(port, None);
                }
            });
        });
        remark_ui(ui, cx, port, port_fault.as_deref());
        action
    }
}

/// The name of a field that is not part of this panel, in quotation marks.
fn field_name(cx: UiContext<'_>, field: ConfigField) -> String {
    let name = match field {
        ConfigField::Allow => t!(cx.lang, "network.allow"),
        ConfigField::Rules => t!(cx.lang, "rules.heading"),
        ConfigField::Conditions => t!(cx.lang, "bad.title"),
        ConfigField::Framing => t!(cx.lang, "framing.name"),
        ConfigField::FramingSent => t!(cx.lang, "framing.sent"),
        field => return format!("`{}`", field.key()),
    };
    format!("“{name}”")
}

fn words(cx: UiContext<'_>, fault: Option<&AddressFault>) -> Option<String> {
    fault.map(|fault| explain::address_fault(cx.lang, fault))
}

/// The next free port, where the last attempt found its port taken.
fn free_port(session: &Session) -> Option<u16> {
    match session.failure()?.cause {
        Cause::PortInUse { free, .. }
        | Cause::Lingering { free, .. }
        | Cause::Excluded { free, .. } => free,
        _ => None,
    }
}

fn check(ui: &mut Ui, cx: UiContext<'_>, on: &mut bool, text: &str) -> Response {
    controls::check(ui, on, text, "", theme::body(), cx.palette)
}
