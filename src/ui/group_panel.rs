//! Multicast groups of a UDP socket.

use super::controls::{self, TextField};
use super::{Action, UiContext, narrow, theme};
use crate::config::session::{MulticastGroup, NamedGroup};
use crate::engine::GroupCommand;
use crate::explain;
use crate::peer::Peer;
use crate::session::Session;
use crate::settings::tab::GroupDraft;
use crate::t;
use egui::accesskit::Live;
use egui::{ComboBox, Label, RichText, Ui};
use std::net::IpAddr;

impl GroupDraft {
    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, session: &Session) -> Option<Action> {
        let mut action = None;
        let title = RichText::new(t!(cx.lang, "group.heading")).color(cx.palette.dim);
        egui::CollapsingHeader::new(title)
            .id_salt("groups")
            .show(ui, |ui| {
                let local = session.local().and_then(Peer::address);
                let group = self.group(cx.interfaces, local);
                let fault = group.as_ref().err();
                let words = fault.map(|fault| explain::group_fault(cx.lang, fault));
                let (address, join) = (t!(cx.lang, "group.address"), t!(cx.lang, "group.join"));
                ui.horizontal(|ui| {
                    let button = 52.0;
                    let width = ui.available_width() - button - 8.0;
                    TextField::new(&mut self.address, &address, "", width)
                        .fault(words.as_deref())
                        .show(ui, cx.palette);
                    let ready = session.is_open() && group.is_ok();
                    let button = controls::small_if(ui, ready, &join, &join);
                    let closed = || t!(cx.lang, "group.not_open");
                    let why = words.clone().unwrap_or_else(closed);
                    if controls::unusable(ui, button, &why).clicked()
                        && let Ok(MulticastGroup { group, interface }) = group
                    {
                        action = Some(Action::Worker(
                            GroupCommand::Join { group, interface }.into(),
                        ));
                    }
                });
                if let Some(words) = &words {
                    controls::error_line(ui, words, cx.palette);
                }
                let typed = group.as_ref().ok().map(|typed| typed.group);
                remark_ui(ui, cx, session, typed);
                self.interface_ui(ui, cx);
                for joined in session.groups() {
                    if let Some(leave) = joined_ui(ui, cx, joined) {
                        action = Some(Action::Worker(leave.into()));
                    }
                }
            });
        action
    }

    fn interface_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let automatic = t!(cx.lang, "group.automatic");
        let name = t!(cx.lang, "group.interface");
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        controls::labelled_row(ui, &name, width, cx.palette, |ui| {
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
                    for name in cx.interfaces.names() {
                        ui.selectable_value(&mut self.interface, name.clone(), name);
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &name);
        });
    }
}

/// Remarks that a joined group, or the one that is typed, cannot arrive at the bound address.
fn remark_ui(ui: &mut Ui, cx: UiContext<'_>, session: &Session, typed: Option<IpAddr>) {
    let Some(local) = session.local().and_then(Peer::address) else {
        return;
    };
    let joined = session.groups().iter().map(|joined| joined.group);
    let mut groups = joined.chain(typed);
    let unheard = groups.find_map(|group| explain::unheard(cx.lang, local.ip(), group));
    if let Some(words) = unheard {
        let words = RichText::new(words).font(theme::small());
        let remark = ui.add(Label::new(words.color(cx.palette.event)).wrap());
        controls::announced(ui, remark, Live::Polite);
    }
}

/// A joined group with its button; returns the command to leave it.
fn joined_ui(ui: &mut Ui, cx: UiContext<'_>, joined: &NamedGroup) -> Option<GroupCommand> {
    let resolved = joined.resolve(cx.interfaces);
    let NamedGroup { group, interface } = joined;
    let leave = format!("{} {group}", t!(cx.lang, "group.leave"));
    ui.horizontal(|ui| {
        let whole = format!("{group} {interface}");
        let room = ui.available_width() - 36.0;
        let fits = |part: &str| narrow::fits(ui.painter(), part, room);
        let shown = narrow::middle_of(&whole, fits);
        let shown = RichText::new(shown).font(theme::mono());
        ui.label(shown).on_hover_text(whole);
        let button = controls::small_if(ui, resolved.is_ok(), "×", &leave);
        match resolved {
            Ok(MulticastGroup { group, interface }) => button
                .clicked()
                .then_some(GroupCommand::Leave { group, interface }),
            Err(missing) => {
                button.on_disabled_hover_text(explain::no_such_interface(cx.lang, &missing));
                None
            }
        }
    })
    .inner
}
