//! A cure whose button was pressed: whether it is done, and what to do next.

use super::asked::AskedAbout;
use crate::engine::Command;
use crate::explain::doctor::{Cure, words};
use crate::session::{Session, SessionRole, SessionState};
use crate::settings::tab::GroupFault;
use crate::ui::{Action, UiContext, controls, grouped, theme};
use crate::{explain, t};
use egui::accesskit::Live;
use egui::{Label, RichText, Ui};
use std::sync::Arc;

/// A cure that was carried out.
#[derive(Debug)]
pub struct Cured {
    cure: Cure,
    /// Whether the session opens with it anew.
    reopens: bool,
    /// Why the group cannot be joined.
    fault: Option<GroupFault>,
    /// The session before it.
    before: AskedAbout,
    /// The message that was sent last before it, which may be sent again.
    message: Option<Arc<[u8]>>,
}

/// How far a cure has come.
#[derive(Debug, PartialEq, Eq)]
enum Progress<'a> {
    /// The session closes and opens again.
    Opening,
    /// It is of use only while the session is open, which it is not.
    NotOpen,
    /// The system was asked to join the group.
    Asked,
    Refused(&'a GroupFault),
    Done,
}

/// What the page knows of the session that was cured.
#[derive(Clone, Copy)]
pub struct AfterCure<'a> {
    pub session: &'a Session,
    pub now: &'a AskedAbout,
    /// Sends the last message again; `None` where that is not possible.
    pub resend: Option<&'a Command>,
}

impl Cured {
    /// A cure that changed settings; `reopens` says whether the session opens with them anew.
    pub fn new(cure: Cure, before: AskedAbout, reopens: bool) -> Self {
        Self {
            cure,
            reopens,
            fault: None,
            before,
            message: None,
        }
    }

    /// The same with the reason why the group cannot be joined.
    pub fn refused(self, fault: Option<GroupFault>) -> Self {
        Self { fault, ..self }
    }

    /// The same with the message that was sent last before it.
    pub fn after_message(self, message: Option<Arc<[u8]>>) -> Self {
        Self { message, ..self }
    }

    /// The message that was sent last before it; `None` if none is known.
    pub fn message(&self) -> Option<&Arc<[u8]>> {
        self.message.as_ref()
    }

    pub fn cure(&self) -> &Cure {
        &self.cure
    }

    /// The session opens anew with it.
    pub fn set_reopens(&mut self) {
        self.reopens = true;
    }

    /// Whether it writes the message anew: in another encoding, or with another end.
    pub fn rewrites(&self) -> bool {
        matches!(
            self.cure,
            Cure::Encoding(_)
                | Cure::LineEnd(_)
                | Cure::Checksum { .. }
                | Cure::SendAsHex
                | Cure::Escapes
        )
    }

    /// Whether the peer may hold what was sent before it, in the same stream, as the beginning of
    /// the message that is sent again.
    fn may_hold_old(&self, session: &Session) -> bool {
        self.rewrites() && !self.reopens && is_client(session) && session.is_open()
    }

    fn progress(&self, session: &Session) -> Progress<'_> {
        if let Some(fault) = &self.fault {
            return Progress::Refused(fault);
        }
        let group = match &self.cure {
            Cure::JoinGroup(group) => Some(*group),
            _ => None,
        };
        match session.state() {
            _ if !self.reopens && group.is_none() => Progress::Done,
            SessionState::Opening | SessionState::Closing => Progress::Opening,
            SessionState::Closed => Progress::NotOpen,
            SessionState::Open => {
                let is_in = |group| session.groups().iter().any(|joined| joined.group == group);
                match group.is_none_or(is_in) {
                    true => Progress::Done,
                    false => Progress::Asked,
                }
            }
        }
    }

    /// What was done, in words, and whether to send again is what to do next.
    fn words(&self, cx: UiContext<'_>, after: AfterCure<'_>) -> (String, bool) {
        let lang = cx.lang;
        let cure = words::cure_name(lang, &self.cure).unwrap_or_default();
        let changes = after.now.since(&self.before);
        let text = match (self.progress(after.session), &self.cure) {
            (Progress::Opening, _) => t!(lang, "diagnose.reopening", cure = cure),
            (Progress::NotOpen, _) => t!(lang, "diagnose.cure_not_open", cure = cure),
            (Progress::Asked, _) => t!(lang, "diagnose.cure_asked", cure = cure),
            (Progress::Refused(fault), _) => {
                let why = explain::group_fault(lang, fault);
                t!(lang, "diagnose.cure_refused", cure = cure, why = why)
            }
            (Progress::Done, Cure::ClearFilter) => t!(lang, "diagnose.done_look", cure = cure),
            (Progress::Done, Cure::CopyCommand(_)) => t!(lang, "diagnose.done_copy"),
            (Progress::Done, _) if changes.received > 0 => {
                let count = grouped(changes.received);
                t!(lang, "diagnose.done_came", cure = cure, count = count)
            }
            (Progress::Done, _) if changes.sent > 0 => t!(lang, "diagnose.done_sent", cure = cure),
            (Progress::Done, _) if after.resend.is_some() && self.may_hold_old(after.session) => {
                return (t!(lang, "diagnose.done_connect", cure = cure), true);
            }
            (Progress::Done, _) if after.resend.is_some() => {
                return (t!(lang, "diagnose.done_send", cure = cure), true);
            }
            (Progress::Done, _) => t!(lang, "diagnose.done_wait", cure = cure),
        };
        let sends = matches!(self.cure, Cure::CopyCommand(_)) && changes.sent == 0;
        (text, sends)
    }

    /// Whether its button may be pressed again.
    pub fn may_repeat(&self, session: &Session) -> bool {
        let failed = matches!(
            self.progress(session),
            Progress::NotOpen | Progress::Refused(_)
        );
        failed || matches!(self.cure, Cure::CopyCommand(_))
    }

    /// Says how far it has come, and what to do next.
    pub fn ui(&self, ui: &mut Ui, cx: UiContext<'_>, after: AfterCure<'_>) {
        let (text, _) = self.words(cx, after);
        let ink = match self.progress(after.session) {
            Progress::Refused(_) | Progress::NotOpen => cx.palette.error,
            Progress::Done | Progress::Opening | Progress::Asked => cx.palette.text,
        };
        let words = RichText::new(text).font(theme::bold(13.0)).color(ink);
        let label = ui.add(Label::new(words).wrap().selectable(true));
        controls::announced(ui, label, Live::Polite);
    }

    /// The buttons that connect anew and send the last message again, where that is what to do next.
    pub fn resend_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        after: AfterCure<'_>,
    ) -> Option<Action> {
        let (_, sends) = self.words(cx, after);
        let resend = after.resend.filter(|_| sends)?;
        // It stays when it was pressed, so that the other one does not move.
        if self.rewrites() && is_client(after.session) {
            let name = t!(cx.lang, "diagnose.reconnect");
            let may = self.may_hold_old(after.session);
            if controls::small_if(ui, may, &name, &name).clicked() {
                return Some(Action::OpenCured);
            }
        }
        let name = t!(cx.lang, "diagnose.resend");
        let clicked = controls::small(ui, &name, &name).clicked();
        clicked.then(|| Action::Worker(resend.clone()))
    }
}

/// Whether it is a client of a stream.
fn is_client(session: &Session) -> bool {
    let kind = session.kind();
    kind.is_stream() && kind.role() == SessionRole::Client
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Event, Setup};
    use crate::kind::SessionKind;
    use crate::peer::Peer;
    use crate::settings::TabSettings;
    use crate::traffic::{ChunkBuilder, Notice, ViewOptions};

    fn cured(cure: Cure, reopens: bool) -> Cured {
        let drafts = TabSettings::default();
        let before = AskedAbout::of(&Session::default(), &drafts, None, ViewOptions::default());
        Cured::new(cure, before, reopens)
    }

    #[test]
    fn a_cure_that_opens_the_session_is_done_once_it_is_open() {
        let bound = cured(Cure::BindTo(([0, 0, 0, 0], 9).into()), true);
        let mut session = Session::default();
        assert_eq!(bound.progress(&session), Progress::NotOpen);
        let local = Peer::from(([0, 0, 0, 0], 9));
        session.opening(&Setup::bound(SessionKind::TcpServer, local));
        assert_eq!(bound.progress(&session), Progress::Opening);
        let mut chunk = ChunkBuilder::default();
        chunk.notice(0, Notice::Listening { local });
        session.apply(Event::Rows(Arc::new(chunk.finish())));
        assert_eq!(bound.progress(&session), Progress::Done);
    }

    #[test]
    fn a_setting_is_done_at_once_and_a_group_only_when_it_is_joined() {
        let session = Session::default();
        assert_eq!(
            cured(Cure::StopSimulation, false).progress(&session),
            Progress::Done
        );
        let group = cured(Cure::JoinGroup([239, 1, 1, 1].into()), false);
        assert_eq!(group.progress(&session), Progress::NotOpen);
        let refused = group.refused(Some(GroupFault::OtherFamily));
        let fault = GroupFault::OtherFamily;
        assert_eq!(refused.progress(&session), Progress::Refused(&fault));
    }
}
