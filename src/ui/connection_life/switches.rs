//! What makes reads, windows and ends differ on purpose: the actions of other pages in one row, and
//! TCP_NODELAY.

use crate::automation::impair::{Stall, StreamPlan};
use crate::connection_id::ConnectionId;
use crate::engine::{Command, ConnectionCommand};
use crate::session::{Session, SessionKind};
use crate::settings::dock::Page;
use crate::settings::tab::{ImpairmentDraft, NetworkDraft};
use crate::t;
use crate::ui::simulated_network::number::Number;
use crate::ui::{Action, UiContext, controls, theme};
use egui::{Label, RichText, Ui};

/// What a switch begins with: bytes of a piece, milliseconds, and bytes a second.
const PIECE: usize = 5;
const PAUSE: f64 = 200.0;
const JOIN: f64 = 200.0;
const SLOW: u64 = 100;
/// The width of a number, in points.
const NUMBER: f32 = 74.0;

/// The settings that the switches change.
pub(super) struct Switches<'a> {
    pub network: &'a mut NetworkDraft,
    pub bad: &'a mut ImpairmentDraft,
    pub kind: SessionKind,
}

impl Switches<'_> {
    /// Shows the switches of a session, and the ends of the chosen connection.
    pub(super) fn ui(
        self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        chosen: Option<ConnectionId>,
    ) -> Option<Action> {
        controls::heading(ui, &t!(cx.lang, "life.provoke"), cx.palette);
        let Self { network, bad, kind } = self;
        let mut action = None;
        ui.horizontal_wrapped(|ui| {
            // The plans of a relay have two directions: its own page shows them.
            if kind.is_relay() {
                let name = t!(cx.lang, "dock.network_name");
                if controls::small(ui, &name, &name).clicked() {
                    action = Some(Action::ShowPage(Page::Network));
                }
            } else {
                split_ui(ui, cx, bad);
                join_ui(ui, cx, bad);
                slow_ui(ui, cx, bad);
                let text = t!(cx.lang, "life.nodelay");
                controls::check(
                    ui,
                    &mut network.nodelay,
                    &text,
                    "",
                    theme::body(),
                    cx.palette,
                )
                .on_hover_text(t!(cx.lang, "life.nodelay_hint"));
            }
            action = action.take().or(ends_ui(ui, cx, session, kind, chosen));
        });
        if !kind.is_relay() && does_more(bad) {
            let text = t!(cx.lang, "life.more_impairments");
            let link = ui.link(&text);
            if controls::named(ui, link, &text).clicked() {
                action = Some(Action::ShowPage(Page::Network));
            }
        }
        let hint = RichText::new(t!(cx.lang, "life.provoke_hint"));
        ui.add(Label::new(hint.color(cx.palette.dim)).wrap());
        action
    }
}

/// A switch of the simulated network: turned on, it turns that on.
fn switch(
    ui: &mut Ui,
    cx: UiContext<'_>,
    bad: &mut ImpairmentDraft,
    (key, is_set): (&str, bool),
    set: &mut dyn FnMut(&mut ImpairmentDraft, bool),
) -> bool {
    let mut on = bad.on && is_set;
    let was_on = on;
    let text = t!(cx.lang, key);
    controls::check(ui, &mut on, &text, "", theme::body(), cx.palette);
    if on != was_on {
        if on || bad.on {
            set(bad, on);
        }
        bad.on = on || bad.on && !bad.conditions.is_nothing();
        ui.ctx().request_repaint();
    }
    on
}

fn split_ui(ui: &mut Ui, cx: UiContext<'_>, bad: &mut ImpairmentDraft) {
    let is_set = bad.conditions.outgoing.stream.split > 0;
    let on = switch(
        ui,
        cx,
        bad,
        ("life.split_writes", is_set),
        &mut |bad, on| {
            let plan = &mut bad.conditions.outgoing.stream;
            plan.split = if on { plan.split.max(PIECE) } else { 0 };
            plan.stall = match on {
                true => stall(plan.split, PAUSE),
                false => Stall::default(),
            };
        },
    );
    if on {
        let plan = &mut bad.conditions.outgoing.stream;
        let before = plan.split;
        let name = t!(cx.lang, "bad.split");
        let number = Number::new(&name, 1.0, 65_536.0).unit(" B").width(NUMBER);
        number.ui(ui, &mut plan.split);
        if plan.split != before {
            plan.stall = stall(plan.split, plan.stall.millis);
        }
        let name = t!(cx.lang, "life.pause");
        let number = Number::new(&name, 0.0, 60_000.0).unit(" ms").width(NUMBER);
        number.ui(ui, &mut plan.stall.millis);
    }
}

/// A pause between any two pieces of this length.
fn stall(piece: usize, millis: f64) -> Stall {
    Stall {
        every: piece as u64,
        millis,
        ..Stall::default()
    }
}

fn join_ui(ui: &mut Ui, cx: UiContext<'_>, bad: &mut ImpairmentDraft) {
    let is_set = bad.conditions.outgoing.stream.join > 0.0;
    let on = switch(ui, cx, bad, ("life.join_writes", is_set), &mut |bad, on| {
        bad.conditions.outgoing.stream.join = if on { JOIN } else { 0.0 };
    });
    if on {
        let name = t!(cx.lang, "bad.join");
        let number = Number::new(&name, 1.0, 60_000.0).unit(" ms").width(NUMBER);
        number.ui(ui, &mut bad.conditions.outgoing.stream.join);
    }
}

fn slow_ui(ui: &mut Ui, cx: UiContext<'_>, bad: &mut ImpairmentDraft) {
    let is_set = bad.conditions.incoming.stream.slow_read > 0;
    let on = switch(ui, cx, bad, ("life.slow_reads", is_set), &mut |bad, on| {
        bad.conditions.incoming.stream.slow_read = if on { SLOW } else { 0 };
    });
    if on {
        let name = t!(cx.lang, "bad.slow_read");
        let number = Number::new(&name, 1.0, 1e9).unit(" B/s").width(NUMBER);
        number.ui(ui, &mut bad.conditions.incoming.stream.slow_read);
    }
}

/// The buttons that end the chosen connection.
fn ends_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    session: &Session,
    kind: SessionKind,
    chosen: Option<ConnectionId>,
) -> Option<Action> {
    let open = chosen.and_then(|id| Some((id, session.connections().get(&id)?)));
    let ends = [
        (
            // A relay forwards the ends of its peers' directions.
            !kind.is_relay(),
            "peers.half_close",
            ConnectionCommand::FinishWriting,
        ),
        (true, "peers.reset", ConnectionCommand::Reset),
    ];
    let mut action = None;
    for (is_offered, key, command) in ends {
        if !is_offered {
            continue;
        }
        let why = match open {
            None => Some(t!(cx.lang, "life.not_open")),
            Some((_, known))
                if known.write_closed && command == ConnectionCommand::FinishWriting =>
            {
                Some(t!(cx.lang, "send.we_finished"))
            }
            Some(_) => None,
        };
        let name = t!(cx.lang, key);
        let button = controls::small_if(ui, why.is_none(), &name, &name);
        let button = controls::unusable(ui, button, &why.unwrap_or_default());
        if let Some((id, _)) = open.filter(|_| button.clicked()) {
            action = Some(Action::Worker(Command::Connection(id, command)));
        }
    }
    action
}

/// Whether the simulated network is on and does more to streams than the switches show.
fn does_more(bad: &ImpairmentDraft) -> bool {
    let shown = |plan: &StreamPlan| StreamPlan {
        split: 0,
        join: 0.0,
        stall: match plan.split > 0 && plan.stall.every == plan.split as u64 {
            true => Stall::default(),
            false => plan.stall.clone(),
        },
        ..plan.clone()
    };
    let outgoing = shown(&bad.conditions.outgoing.stream);
    let incoming = StreamPlan {
        slow_read: 0,
        ..bad.conditions.incoming.stream.clone()
    };
    bad.on && !(outgoing.is_nothing() && incoming.is_nothing())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_switches_do_not_show_is_said() {
        let mut bad = ImpairmentDraft::default();
        let plan = &mut bad.conditions.outgoing.stream;
        (plan.split, plan.join) = (5, 10.0);
        plan.stall = stall(5, 200.0);
        bad.conditions.incoming.stream.slow_read = 10;
        bad.on = true;
        assert!(!does_more(&bad));
        bad.conditions.outgoing.stream.reset_after = Some(10);
        assert!(does_more(&bad));
        bad.on = false;
        assert!(!does_more(&bad), "it is off");
        bad.on = true;
        let plan = &mut bad.conditions.outgoing.stream;
        (plan.reset_after, plan.stall.every) = (None, 7);
        assert!(does_more(&bad), "a pause elsewhere");
    }
}
