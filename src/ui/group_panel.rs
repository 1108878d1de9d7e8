//! Multicast groups of a UDP socket.

use super::controls::{self, Field};
use super::{Action, UiContext, narrow};
use crate::engine::{GroupCommand, Host};
use crate::peer::Peer;
use crate::session::Session;
use crate::settings::tab::GroupDraft;
use crate::t;
use egui::{ComboBox, Ui};
use std::net::IpAddr;

impl GroupDraft {
    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, session: &Session) -> Option<Action> {
        let mut action = None;
        let title = egui::RichText::new(t!(cx.lang, "group.heading")).color(cx.palette.dim);
        egui::CollapsingHeader::new(title)
            .id_salt("groups")
            .show(ui, |ui| {
                let group = self.group(cx, session);
                let (address, join) = (t!(cx.lang, "group.address"), t!(cx.lang, "group.join"));
                ui.horizontal(|ui| {
                    let button = 52.0;
                    let width = ui.available_width() - button - 8.0;
                    Field::new(&mut self.address, &address, "", width)
                        .fault(group.as_ref().err().map(String::as_str))
                        .show(ui, cx.palette);
                    let ready = session.is_open() && group.is_ok();
                    if ui
                        .add_enabled_ui(ready, |ui| controls::small(ui, &join, &join))
                        .inner
                        .clicked()
                        && let Ok(group) = group
                    {
                        let interface = cx.interfaces.index_of(&self.interface).unwrap_or(0);
                        action = Some(Action::Order(
                            GroupCommand::Join { group, interface }.into(),
                        ));
                    }
                });
                if let Err(fault) = &group {
                    controls::error_line(ui, fault, cx.palette);
                }
                self.interface_ui(ui, cx);
                for (group, interface) in session.groups() {
                    let leave = t!(cx.lang, "group.leave");
                    ui.horizontal(|ui| {
                        let whole = format!("{group} {interface}");
                        let room = ui.available_width() - 36.0;
                        let fits = |part: &str| narrow::fits(ui.painter(), part, room);
                        let shown = narrow::middle_of(&whole, fits);
                        let shown = egui::RichText::new(shown).font(super::theme::mono());
                        ui.label(shown).on_hover_text(whole);
                        if controls::small(ui, "×", &format!("{leave} {group}")).clicked() {
                            let interface = cx.interfaces.index_of(interface).unwrap_or(0);
                            let group = *group;
                            let leave = GroupCommand::Leave { group, interface };
                            action = Some(Action::Order(leave.into()));
                        }
                    });
                }
            });
        action
    }

    fn interface_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let automatic = t!(cx.lang, "group.automatic");
        let name = t!(cx.lang, "group.interface");
        controls::labelled_row(ui, &name, 58.0, cx.palette, |ui| {
            let chosen = if self.interface.is_empty() {
                automatic.clone()
            } else {
                self.interface.clone()
            };
            let combo = ComboBox::from_id_salt("interface")
                .icon(controls::combo_arrow)
                .selected_text(chosen)
                .truncate()
                .width(ui.available_width())
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.interface, String::new(), automatic);
                    for (name, _) in cx.interfaces.names() {
                        ui.selectable_value(&mut self.interface, name.to_owned(), name);
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &name);
        });
    }

    fn group(&self, cx: UiContext<'_>, session: &Session) -> Result<IpAddr, String> {
        let group = match Host::parse(&self.address, cx.interfaces) {
            Ok(Host::Ip { ip, .. }) if ip.is_multicast() => ip,
            _ => return Err(t!(cx.lang, "group.not_multicast")),
        };
        match session.local().and_then(Peer::address) {
            Some(local) if local.is_ipv4() != group.is_ipv4() => {
                Err(t!(cx.lang, "group.wrong_family"))
            }
            _ => Ok(group),
        }
    }
}
