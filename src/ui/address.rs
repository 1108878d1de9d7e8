//! Fields for hosts and ports: this machine's addresses, how pasted text is read, and who can reach
//! a local address.

use super::{Action, UiContext, controls, theme};
use crate::engine::endpoint;
use crate::payload::{host_name, width};
use crate::{explain, t};
use egui::containers::menu::MenuButton;
use egui::{Label, RichText, Ui};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

/// The button beside the local host that lists this machine's addresses.
pub fn own_addresses_ui(ui: &mut Ui, cx: UiContext<'_>, host: &mut String) -> Option<Action> {
    let mut action = None;
    let arrow = egui::Button::new(RichText::new("▾").color(cx.palette.dim))
        .frame_when_inactive(false)
        .min_size(ui.available_size());
    let (response, _) = MenuButton::from_button(arrow).ui(ui, |ui| {
        let all = t!(cx.lang, "network.whole_network");
        let any = [
            ("0.0.0.0", format!("{all} · IPv4")),
            ("::", format!("{all} · IPv4 + IPv6")),
        ];
        let own = cx.interfaces.iter().map(|interface| {
            let scope = if is_link_local(interface.ip) {
                format!("%{}", interface.name)
            } else {
                String::new()
            };
            (format!("{}{scope}", interface.ip), interface.name.clone())
        });
        for (address, name) in own.chain(any.map(|(address, name)| (address.to_owned(), name))) {
            let text = RichText::new(&address).font(theme::mono());
            if ui
                .add(
                    egui::Button::new(text)
                        .right_text(RichText::new(name).color(cx.palette.dim))
                        .frame_when_inactive(false),
                )
                .clicked()
            {
                *host = address;
                ui.close();
            }
        }
    });
    let name = format!("{} ▾", t!(cx.lang, "network.local_host"));
    if controls::named(ui, response, &name).clicked() {
        action = Some(Action::ReadInterfaces);
    }
    action
}

fn is_link_local(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

/// The key for an address that only this machine reaches.
pub const ONLY_HERE: &str = "network.only_this_machine";

/// The senders that can reach this local host, as a key of the words.
pub fn reach(host: &str) -> Option<&'static str> {
    let text = width::to_ascii(host);
    let ip: IpAddr = match text.as_ref() {
        "localhost" => Ipv4Addr::LOCALHOST.into(),
        other => other.split('%').next()?.parse().ok()?,
    };
    Some(match ip {
        ip if ip.is_loopback() => ONLY_HERE,
        ip if ip.is_unspecified() => "network.whole_network",
        _ => "network.one_interface",
    })
}

/// Normalises pasted text. A pasted `host:port` fills both fields, so that each field shows its own
/// error.
pub fn normalise(host: &mut String, port: Option<&mut String>) {
    // `http://example.com` has no port.
    let is_port = |port: &str| !port.is_empty() && !port.contains('/');
    if let Some(port) = port
        && let Some((host_part, port_part)) =
            endpoint::split_last(host).filter(|(_, port)| is_port(port))
    {
        (*host, *port) = (host_part, port_part);
    }
    let ascii = width::to_ascii(host).into_owned();
    *host = ascii;
}

/// The error of the field above, or the way its text is read, or the other form of a host name. A
/// warning if the name may pass for another.
pub fn remark_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str, fault: Option<&str>) {
    if let Some(fault) = fault {
        controls::error_line(ui, fault, cx.palette);
        return;
    }
    let read = width::to_ascii(text);
    let remark = match (&read, host_name::counterpart(text)) {
        (Cow::Owned(read), _) => Some(t!(cx.lang, "network.normalised", text = read)),
        (_, Some(name)) => Some(t!(cx.lang, "network.punycode", name = name)),
        (_, None) => None,
    };
    let warning = explain::homograph_warning(cx.lang, &read);
    for (text, ink) in [(remark, cx.palette.dim), (warning, cx.palette.error)] {
        if let Some(text) = text {
            let text = RichText::new(text).font(theme::small());
            ui.add(Label::new(text.color(ink)).wrap());
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
    fn a_port_that_is_none_is_wrong_in_its_own_field() {
        for (pasted, expected) in [
            ("127.0.0.1:80x", ("127.0.0.1", "80x")),
            ("[::1]:80x", ("::1", "80x")),
            ("localhost:", ("localhost:", "8080")),
            ("http://example.com", ("http://example.com", "8080")),
            ("fe80::1%eth0", ("fe80::1%eth0", "8080")),
        ] {
            let (mut host, mut port) = (pasted.to_owned(), "8080".to_owned());
            normalise(&mut host, Some(&mut port));
            assert_eq!((host.as_str(), port.as_str()), expected, "{pasted}");
        }
        let fault = endpoint::parse_port("80x");
        assert_eq!(fault, Err(endpoint::PortError::NotANumber));
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
