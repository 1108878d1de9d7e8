//! Sends typed lines and the first message.

use super::Terminal;
use crate::automation::Plan;
use crate::cli::diagnostics;
use crate::connection_id::ConnectionId;
use crate::engine::{Interfaces, Repeating, SenderCommand, Target};
use crate::explain;
use crate::kind::SessionRole;
use crate::payload::charset::Charset;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::session::ConnectionState;
use crate::t;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The maximum number of lines sent between two events.
const IN_TURN: usize = 64;
/// The length in bytes from which a line waits until nothing is in flight, because the send queue
/// does not hold both.
const LONG: usize = 1 << 20;

impl Terminal {
    /// Sends the available lines, at most [`IN_TURN`]: neither a fast peer nor endless input delays
    /// the other direction.
    pub(super) fn send_lines(&mut self) {
        for _ in 0..IN_TURN {
            self.send_line();
            if !self.takes_input() {
                return;
            }
            match self.lines.try_recv() {
                Ok(input) => self.read(Some(input)),
                // No line is available, or the input has ended, which the loop detects.
                Err(_) => return,
            }
        }
        // The last line read must not wait for the next event.
        self.send_line();
    }

    /// Sends the waiting line, unless there is no peer yet or the in-flight window is full.
    pub(super) fn send_line(&mut self) {
        let long = self.line.as_ref().is_some_and(|line| line.len() >= LONG);
        let in_flight = &self.running.in_flight;
        let room = in_flight.has_room() && (!long || in_flight.is_empty());
        let ends = self.running.is_stopping() || self.running.has_parted;
        let may = !ends && self.first.is_none() && room && self.may_replace();
        let Some(to) = self.target().filter(|_| may) else {
            return;
        };
        let Some(line) = self.line.take() else { return };
        if self.session_options.source.binary {
            let message = Message::from(Arc::<[u8]>::from(line));
            return self.send(to, Arc::new(message), None);
        }
        // Input from a file or a program is not converted.
        let receivers = match self.typed {
            true => {
                let log = &self.running.session.log;
                let known = |peer| log.recognition().known(log.rows().end, peer);
                receivers(to, self.running.session.connections(), known)
            }
            false => vec![(to, None)],
        };
        for (to, charset) in receivers {
            match self
                .session_options
                .text_options
                .following(charset)
                .line(&line)
            {
                Ok(message) => self.send(to, message, Some(self.lines_read)),
                Err(mistake) => {
                    self.bad_input = true;
                    let mistake = explain::mistake(self.lang, &mistake);
                    let (line, lang) = (self.lines_read, self.lang);
                    diagnostics::print_line(&t!(
                        lang,
                        "cli.bad_line",
                        line = line,
                        mistake = mistake
                    ));
                    return;
                }
            }
        }
    }

    /// The progress of the current repetition.
    pub(super) fn reported_repeat(&self) -> Option<Repeating> {
        let reported = self.running.session.activity().repeating;
        reported.filter(|repeating| repeating.order == self.repeating)
    }

    /// Whether the next line may replace the repeated message. A typed line always does; a line
    /// of a file or a program waits until the previous one was sent as often as requested, or
    /// once if that is unlimited.
    fn may_replace(&self) -> bool {
        if self.typed || self.repeating == 0 {
            return true;
        }
        let endless = self.session_options.times.is_none();
        self.reported_repeat()
            .is_some_and(|reported| reported.over || endless && reported.sent > 0)
    }

    pub(super) fn send_first(&mut self) {
        if let Some(to) = self.target()
            && let Some(message) = self.first.take()
        {
            self.send(to, message, None);
        }
    }

    pub(super) fn send(&mut self, to: Target, message: Arc<Message>, line: Option<u64>) {
        self.look_once(&to);
        if let Some(duration) = self.session_options.repeat {
            let plan = Plan::every(duration.0, message, self.session_options.times);
            self.repeating += 1;
            return self.running.command(SenderCommand::Repeat { to, plan });
        }
        self.running.send(to, message, line);
    }

    /// Prints, once, that the input waits for a first datagram, whose sender becomes the target.
    pub(super) fn report_wait(&mut self) {
        let session = &self.running.session;
        let is_given = self.line.is_some() || self.first.is_some() || self.sends_file();
        let waits =
            is_given && session.is_open() && session.kind().role() == SessionRole::Datagrams;
        if waits && self.target().is_none() && !std::mem::replace(&mut self.wait_reported, true) {
            diagnostics::print_line(&t!(self.lang, "cli.waits_for_datagram"));
        }
    }

    /// Prints a warning, once, if datagrams may not reach the target or replies may not return.
    pub(super) fn look_once(&mut self, to: &Target) {
        if std::mem::replace(&mut self.looked, true) {
            return;
        }
        let Target::Endpoint(to) = to else { return };
        let session = &self.running.session;
        let local = session.local().and_then(Peer::address);
        if let (Some(local), Some(to)) = (local, to.address()) {
            let (groups, interfaces) = (session.groups(), Interfaces::read());
            let astray = explain::astray(self.lang, local.ip(), to.ip(), groups, &interfaces);
            if let Some(words) = astray {
                diagnostics::print_line(&format!("netpeer: {words}"));
            }
        }
    }

    /// The target of typed lines; `None` while there is no peer.
    pub(super) fn target(&self) -> Option<Target> {
        if !self.running.session.is_open() {
            return None;
        }
        if self.reconnects {
            // A repetition continues on the next connection.
            return Some(Target::All);
        }
        let to = self.to.clone().map(Target::from);
        to.or_else(|| self.running.session.usual_target())
    }
}

/// The receivers of a typed line, each with its last known encoding. All connections are one
/// receiver if their encodings are equal.
fn receivers(
    to: Target,
    connections: &BTreeMap<ConnectionId, ConnectionState>,
    known: impl Fn(Peer) -> Option<Charset>,
) -> Vec<(Target, Option<Charset>)> {
    match to {
        Target::Endpoint(endpoint) => {
            let charset = endpoint.address().and_then(|to| known(to.into()));
            vec![(Target::Endpoint(endpoint), charset)]
        }
        Target::Peer(peer) => vec![(Target::Peer(peer), known(peer))],
        Target::Connection(id) => {
            let peer = connections.get(&id).map(|connection| connection.peer);
            vec![(Target::Connection(id), peer.and_then(known))]
        }
        Target::All => {
            let each: Vec<_> = connections
                .iter()
                .map(|(id, connection)| (Target::Connection(*id), known(connection.peer)))
                .collect();
            let first = each.first().and_then(|(_, charset)| *charset);
            let is_first =
                |charset: Option<Charset>| charset.unwrap_or_default() == first.unwrap_or_default();
            match each.iter().all(|(_, charset)| is_first(*charset)) {
                true => vec![(Target::All, first)],
                false => each,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::SessionKind;
    use crate::traffic::Volume;

    fn peer(port: u16) -> Peer {
        Peer::from(([127, 0, 0, 1], port))
    }

    fn id(port: u16) -> ConnectionId {
        ConnectionId::read(port.into()).unwrap()
    }

    fn connection(port: u16) -> ConnectionState {
        ConnectionState {
            peer: peer(port),
            local: None,
            kind: SessionKind::TcpServer,
            unsent: 0,
            received: Volume::default(),
            sent: Volume::default(),
            peer_finished: false,
            write_closed: false,
        }
    }

    #[test]
    fn each_receiver_gets_a_line_in_its_own_encoding() {
        let gbk = Some(Charset::Gb18030);
        let known = |of: Peer| gbk.filter(|_| of == peer(2));
        let to = |to: Target, ports: &[u16]| {
            let each = ports.iter().map(|port| (id(*port), connection(*port)));
            let connections: BTreeMap<_, _> = each.collect();
            receivers(to, &connections, known)
        };
        let endpoint = Target::datagram_to(peer(2));
        assert_eq!(to(endpoint.clone(), &[]), [(endpoint, gbk)]);
        let by = |number| Target::Connection(id(number));
        assert_eq!(to(by(1), &[1]), [(by(1), None)]);
        let each = [(by(1), None), (by(2), gbk)];
        assert_eq!(to(Target::All, &[1, 2]), each);
        // Equal encodings: one order.
        assert_eq!(to(Target::All, &[2]), [(Target::All, gbk)]);
        assert_eq!(to(Target::All, &[1, 3]), [(Target::All, None)]);
    }
}
