//! What is typed on its way to the peer.

use super::Terminal;
use crate::automation::Plan;
use crate::cli::complaint;
use crate::engine::{Command, Endpoint, Interfaces, Target};
use crate::explain;
use crate::payload::message::Message;
use crate::say;
use crate::session::Kind;
use std::sync::Arc;

/// Lines that are sent between two events.
const IN_TURN: usize = 64;

impl Terminal {
    /// Sends the lines that are there, up to a fair share: a peer that sends without end does
    /// not keep them back, nor does an input without end keep back what is received.
    pub(super) fn send_lines(&mut self) {
        for _ in 0..IN_TURN {
            self.send_line();
            if !self.takes_input() {
                return;
            }
            match self.lines.try_recv() {
                Ok(input) => self.read(Some(input)),
                // There is none now; or none any more, which the loop finds.
                Err(_) => return,
            }
        }
    }

    /// Lines wait until there is somebody to send them to, and while much is under way.
    pub(super) fn send_line(&mut self) {
        let may = !self.stopping && self.first.is_none() && self.credit.has_room();
        if !may || self.target().is_none() {
            return;
        }
        let Some(line) = self.line.take() else { return };
        match self.talk.writing.line(&line) {
            Ok(message) => self.send(message, Some(self.lines_read)),
            Err(mistake) => {
                self.bad_input = true;
                let mistake = explain::mistake(self.lang, &mistake);
                let (line, lang) = (self.lines_read, self.lang);
                complaint::say(&say!(lang, "cli.bad_line", line = line, mistake = mistake));
            }
        }
    }

    pub(super) fn send_first(&mut self) {
        if self.target().is_some()
            && let Some(message) = self.first.take()
        {
            self.send(message, None);
        }
    }

    pub(super) fn send(&mut self, message: Arc<Message>, line: Option<u64>) {
        // Asked for just before.
        let Some(to) = self.target() else { return };
        if !std::mem::replace(&mut self.looked, true) {
            self.look(&to);
        }
        if let Some(span) = self.talk.repeat {
            let plan = Plan::every(span.0, message, self.talk.times);
            self.repeating = true;
            return self.link.order(Command::Repeat { to, plan });
        }
        let length = message.fixed().map(|bytes| bytes.len());
        let receivers = match to {
            Target::All => self.session.peers().len(),
            Target::Endpoint(_) | Target::Peer(_) => 1,
        };
        self.credit.ordered(line, length, receivers);
        self.link.order(Command::Send { to, message });
    }

    /// Says so where nobody may get what is sent there, or answer it.
    pub(super) fn look(&self, to: &Target) {
        let Target::Endpoint(to) = to else { return };
        if let (Some(local), Some(to)) = (self.session.local(), to.address()) {
            let (groups, interfaces) = (self.session.groups(), Interfaces::read());
            let astray = explain::astray(self.lang, local.ip(), to.ip(), groups, &interfaces);
            if let Some(words) = astray {
                complaint::say(&format!("netpeer: {words}"));
            }
        }
    }

    /// Whom what is typed goes to; nobody as long as there is no one.
    pub(super) fn target(&self) -> Option<Target> {
        if !self.session.is_open() {
            return None;
        }
        match self.session.kind() {
            Kind::Udp => {
                let last = self.session.last_source().map(Endpoint::from);
                self.to.clone().or(last).map(Target::Endpoint)
            }
            Kind::TcpClient => self
                .session
                .peers()
                .keys()
                .next()
                .copied()
                .map(Target::Peer),
            Kind::TcpServer => (!self.session.peers().is_empty()).then_some(Target::All),
            Kind::Relay => None,
        }
    }
}
