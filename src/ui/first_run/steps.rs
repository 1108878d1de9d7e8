//! The next steps, with a command line to copy.

use super::card::Card;
use super::sample_command::{SampleCommand, reachable};
use crate::kind::{Addresses, SessionRole};
use crate::peer::Peer;
use crate::session::Session;
use crate::settings::dock::Page;
use crate::settings::tab::NetworkDraft;
use crate::t;
use crate::ui::network_panel::button_keys;
use crate::ui::{Action, UiContext, controls, theme};
use egui::{Align, Label, Layout, RichText, Ui};
use std::net::{IpAddr, SocketAddr};

/// The widest a step is.
const WIDTH: f32 = 560.0;
/// About the height of all steps.
const HEIGHT: f32 = 170.0;
/// Addresses of this machine that are named.
const MAX: usize = 3;

/// Shows the steps of a card before the session is open, in a part of the log this high;
/// `is_fresh` gives them the keys. Says whether other cards were asked for.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    height: f32,
    (card, is_fresh): (&Card, bool),
    network: &NetworkDraft,
) -> bool {
    let local = TypedAddress::new(&network.local_host, &network.local_port);
    let remote = TypedAddress::new(&network.remote_host, &network.remote_port);
    let tried = match card.sample {
        SampleCommand::Server => &remote,
        SampleCommand::Text | SampleCommand::Modbus | SampleCommand::Meter => &local,
    };
    let line = tried.address.and_then(|at| card.sample.line(card.kind, at));
    let before = t!(
        cx.lang,
        card.before,
        open = t!(cx.lang, button_keys(card.kind).open),
        address = tried.text,
        target = remote.text
    );
    let mut back = false;
    ui.add_space(((height - HEIGHT) / 2.0).max(6.0));
    let middle = (ui.available_width() - width(ui)) / 2.0;
    column(ui, middle, |ui| {
        ui.horizontal(|ui| {
            let title = RichText::new(t!(cx.lang, card.title));
            ui.label(title.font(theme::bold(14.0)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = t!(cx.lang, "first_run.back");
                let button = controls::small(ui, &name, &name);
                if is_fresh {
                    button.request_focus();
                }
                back = button.clicked();
            });
        });
        ui.add(Label::new(before).wrap());
        if let Some(line) = line {
            line_ui(ui, cx, &line);
        }
        ui.add(Label::new(after(cx, card)).wrap());
    });
    back
}

/// The step after the command line.
fn after(cx: UiContext<'_>, card: &Card) -> String {
    let open = t!(cx.lang, button_keys(card.kind).open);
    t!(cx.lang, card.after, open = open)
}

/// Shows who can send to the open session, and a line to try; `card` is the task that was
/// chosen for it. Where something arrived before, it was cleared.
pub(super) fn waiting_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    card: Option<&Card>,
) -> Option<Action> {
    let mut action = None;
    let kind = session.kind();
    ui.add_space(10.0);
    // In line with the row above.
    column(ui, theme::PADDING, |ui| {
        if session.totals.received.records > 0 {
            let cleared = RichText::new(t!(cx.lang, "first_run.cleared"));
            ui.add(Label::new(cleared.color(cx.palette.dim)).wrap());
            return;
        }
        let message = match (kind.role(), session.local()) {
            // Who has sent something knows how.
            (SessionRole::Client, _) if session.totals.sent.records > 0 => None,
            (SessionRole::Client, _) => Some(t!(cx.lang, "first_run.connected")),
            (_, Some(local)) => Some(reach(cx, local)),
            (_, None) => None,
        };
        if let Some(message) = message {
            ui.add(Label::new(RichText::new(message).color(cx.palette.dim)).wrap());
        }
        let sample = card.map_or(SampleCommand::Text, |card| card.sample);
        let local = session
            .local()
            .filter(|_| kind.role() != SessionRole::Client);
        if let Some(line) = local.and_then(|local| sample.line(kind, local)) {
            let text = RichText::new(t!(cx.lang, "first_run.try"));
            ui.add(Label::new(text.color(cx.palette.dim)).wrap());
            line_ui(ui, cx, &line);
        }
        if let Some(card) = card {
            let words = RichText::new(after(cx, card));
            ui.add(Label::new(words.color(cx.palette.dim)).wrap());
        }
        // A client has an offer of its own, once it waits for an answer.
        if local.is_some() && kind.addresses() == Addresses::Internet {
            let text = t!(cx.lang, "first_run.nothing_comes");
            if ui.link(text).clicked() {
                action = Some(Action::ShowPage(Page::Diagnose));
            }
        }
    });
    action
}

/// An address as typed, and its meaning.
struct TypedAddress {
    text: String,
    address: Option<Peer>,
}

impl TypedAddress {
    fn new(host: &str, port: &str) -> Self {
        let ip: Option<IpAddr> = host.trim().parse().ok();
        let port = port.trim();
        let address = ip.and_then(|ip| Some(SocketAddr::new(ip, port.parse().ok()?)));
        Self {
            text: address.map_or_else(|| format!("{host}:{port}"), |at| at.to_string()),
            address: address.map(Peer::from),
        }
    }
}

/// The width of the lines.
fn width(ui: &Ui) -> f32 {
    (ui.available_width() - 2.0 * theme::PADDING).min(WIDTH)
}

/// Adds left-aligned lines at this distance from the left edge.
fn column(ui: &mut Ui, margin: f32, add: impl FnOnce(&mut Ui)) {
    let width = width(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space(margin);
        ui.vertical(|ui| {
            ui.set_max_width(width);
            ui.spacing_mut().item_spacing.y = 5.0;
            add(ui);
        });
    });
}

/// A command line, and the button that copies it.
fn line_ui(ui: &mut Ui, cx: UiContext<'_>, line: &str) {
    ui.horizontal(|ui| {
        let name = t!(cx.lang, "first_run.copy");
        if controls::small(ui, &name, &name).clicked() {
            ui.ctx().copy_text(line.to_owned());
        }
        let text = RichText::new(line).font(theme::mono());
        let text = text.background_color(cx.palette.field);
        ui.add(Label::new(text).wrap().selectable(true));
    });
}

/// Which machines can send to this address.
fn reach(cx: UiContext<'_>, local: Peer) -> String {
    let Peer::Ip(address) = local else {
        return t!(cx.lang, "first_run.reach_file");
    };
    let here = cx.interfaces.show(reachable(address));
    let ip = address.ip();
    if !ip.is_loopback() && !ip.is_unspecified() {
        return t!(cx.lang, "first_run.reach_network", address = here);
    }
    let others = match ip.is_loopback() {
        true => Vec::new(),
        false => others(cx, address),
    };
    match others.is_empty() {
        true => t!(cx.lang, "first_run.reach_machine", address = here),
        false => t!(
            cx.lang,
            "first_run.reach_networks",
            address = here,
            others = others.join(" · ")
        ),
    }
}

/// The addresses by which other machines reach a socket that is bound to all of them.
fn others(cx: UiContext<'_>, address: SocketAddr) -> Vec<String> {
    let is_for_others = |ip: &IpAddr| match ip {
        IpAddr::V4(v4) => !v4.is_loopback(),
        IpAddr::V6(v6) => address.is_ipv6() && !v6.is_loopback() && !v6.is_unicast_link_local(),
    };
    let own = cx.interfaces.iter().map(|interface| interface.ip);
    let own = own.filter(is_for_others).take(MAX);
    own.map(|ip| SocketAddr::new(ip, address.port()).to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_shown_as_the_address_it_means() {
        let typed = |host, port| {
            let typed = TypedAddress::new(host, port);
            (typed.text, typed.address.is_some())
        };
        assert_eq!(typed("::1", " 80"), ("[::1]:80".into(), true));
        assert_eq!(typed("example.com", "80"), ("example.com:80".into(), false));
        assert_eq!(typed("127.0.0.1", ""), ("127.0.0.1:".into(), false));
    }
}
