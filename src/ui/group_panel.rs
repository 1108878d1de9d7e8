//! Multicast groups of a UDP socket.

use super::controls::{self, TextField};
use super::{Action, UiContext, narrow, theme};
use crate::config::session::{MulticastGroup, NamedGroup};
use crate::engine::{GroupCommand, Interfaces, NoSuchInterface};
use crate::explain;
use crate::peer::Peer;
use crate::session::Session;
use crate::settings::tab::GroupDraft;
use crate::t;
use crate::traffic::{Cause, Failure, Operation};
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
                    let field = TextField::new(&mut self.address, &address, "", width)
                        .fault(words.as_deref())
                        .show(ui, cx.palette);
                    let enter = || ui.input(|input| input.key_pressed(egui::Key::Enter));
                    let entered = field.lost_focus() && enter();
                    let ready = session.is_open() && group.is_ok();
                    let button = controls::small_if(ui, ready, &join, &join);
                    let closed = || t!(cx.lang, "group.not_open");
                    let why = words.clone().unwrap_or_else(closed);
                    let clicked = controls::unusable(ui, button, &why).clicked();
                    if (clicked || entered && ready)
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
                let joined = session.groups();
                let is_other = |group: &&NamedGroup| !joined.contains(group);
                let others: Vec<_> = self.joined.iter().filter(is_other).cloned().collect();
                let groups = joined.iter().map(|group| (group, true));
                for group in groups.chain(others.iter().map(|group| (group, false))) {
                    if let Some(leave) = kept_ui(ui, cx, &mut self.joined, group) {
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
                    controls::item_of(ui, &mut self.interface, String::new(), automatic);
                    for name in cx.interfaces.names() {
                        // People know the address rather than the name.
                        let address = cx.interfaces.address_of(&name);
                        let shown = address.map(|ip| format!("{name} · {ip}"));
                        let shown = shown.unwrap_or_else(|| name.clone());
                        controls::item_of(ui, &mut self.interface, name, shown);
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

/// A group that the tab keeps, with its button. Where it is joined the button leaves it; elsewhere
/// it takes the group from `kept`.
fn kept_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    kept: &mut Vec<NamedGroup>,
    (group, joined): (&NamedGroup, bool),
) -> Option<GroupCommand> {
    let resolved = group.resolve(cx.interfaces);
    let NamedGroup {
        group: address,
        interface,
    } = group;
    let name = match joined {
        true => format!("{} {address}", t!(cx.lang, "group.leave")),
        false => t!(cx.lang, "group.forget", group = address),
    };
    let forget = |kept: &mut Vec<NamedGroup>| kept.retain(|other| other != group);
    ui.horizontal(|ui| {
        let whole = format!("{address} {interface}");
        let room = ui.available_width() - 36.0;
        let fits = |part: &str| narrow::fits(ui.painter(), part, room);
        let shown = narrow::middle_of(&whole, fits);
        let ink = match joined {
            true => cx.palette.text,
            false => cx.palette.dim,
        };
        let shown = ui.label(RichText::new(shown).font(theme::mono()).color(ink));
        match joined {
            true => shown.on_hover_text(whole),
            false => shown.on_hover_text(t!(cx.lang, "group.kept", group = whole)),
        };
        let button = controls::small_if(ui, !joined || resolved.is_ok(), "×", &name);
        let clicked = button.clicked();
        if clicked {
            forget(kept);
        }
        match resolved {
            Ok(MulticastGroup { group, interface }) => {
                (clicked && joined).then_some(GroupCommand::Leave { group, interface })
            }
            Err(missing) => {
                button.on_disabled_hover_text(explain::no_such_interface(cx.lang, &missing));
                None
            }
        }
    })
    .inner
}

/// Follows the groups of a session: the tab keeps those that were joined, and they are joined again
/// when it opens.
#[derive(Debug, Default)]
pub struct GroupPanel {
    /// The groups of the session, as last seen.
    known: Vec<NamedGroup>,
    was_open: bool,
}

impl GroupPanel {
    /// Adds newly joined groups to the draft. Returns the commands to join the kept ones after the
    /// session opened, and a failure for each whose interface does not exist.
    pub fn sync(
        &mut self,
        draft: &mut GroupDraft,
        session: &Session,
        interfaces: &Interfaces,
    ) -> Vec<Result<GroupCommand, Failure>> {
        if self.known != session.groups() {
            let is_new = |group: &&NamedGroup| !self.known.contains(group);
            for group in session.groups().iter().filter(is_new) {
                if !draft.joined.contains(group) {
                    draft.joined.push(group.clone());
                }
            }
            self.known = session.groups().to_vec();
        }
        let is_open = session.is_open();
        let was_open = std::mem::replace(&mut self.was_open, is_open);
        if !is_open || was_open || !session.kind().has_groups() {
            return Vec::new();
        }
        let join = |named: &NamedGroup| match named.resolve(interfaces) {
            Ok(MulticastGroup { group, interface }) => Ok(GroupCommand::Join { group, interface }),
            Err(NoSuchInterface { name, .. }) => Err(Failure {
                operation: Operation::JoinGroup,
                address: named.group.to_string(),
                cause: Cause::InterfaceGone { interface: name },
            }),
        };
        draft.joined.iter().map(join).collect()
    }
}
