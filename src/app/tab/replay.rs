//! A log that is read back into a tab: of an earlier run, or of a file.

use super::Tab;
use crate::config::typed_name;
use crate::engine;
use crate::journal::{RecoveredFiles, UnreadableFiles};
use crate::peer::Peer;
use crate::session::KindClue;
use crate::traffic::{Chunk, Notice};
use crossbeam_channel::Receiver;

impl Tab {
    /// Reads the log of an earlier run, or a file, into this tab. `guesses` says whether to infer
    /// the kind of session from the rows.
    pub fn replay(&mut self, events: Receiver<engine::Event>, guesses: bool) {
        (self.replay, self.guesses) = (Some(events), guesses);
        if !guesses {
            self.session.read_back_as(self.drafts.network.kind);
        }
    }

    /// Names the files of the log that is read back. They are deleted once this tab's journal has
    /// all their rows.
    pub fn comes_from(&mut self, origin: RecoveredFiles) {
        self.origin = Some(origin);
    }

    /// Whether a log is being read into this tab.
    pub fn is_read_back(&self) -> bool {
        self.replay.is_some()
    }

    /// The part of an earlier run's log that could not be read, reported once.
    pub fn unread(&self) -> Option<UnreadableFiles> {
        self.origin.as_ref()?.unread()
    }

    /// Whether the tab is empty and nothing is running or being read.
    pub fn is_vacant(&self) -> bool {
        let is_idle = self.link.is_none() && self.replay.is_none();
        is_idle && self.file.is_none() && self.session.log.is_empty() && self.cleared.is_none()
    }

    /// Stores the tab's settings with the log on disk, so that it can be restored into its tab.
    pub(super) fn describe_log(&self) {
        if let (Some(journal), Ok(drafts)) = (&self.journal, ron::to_string(&self.drafts)) {
            // Without the settings the rows are restored too, into a new tab.
            journal.describe(&drafts).ok();
        }
    }

    /// Infers the kind of the session and its local address from rows read back.
    pub(super) fn guess(&mut self, rows: &Chunk) {
        let begins = self.session.log.is_empty();
        let network = &mut self.drafts.network;
        match KindClue::of(rows) {
            // Only traffic distinguishes a relay from a socket or a server.
            Some(KindClue::Relay) => network.kind = network.kind.relay(),
            Some(KindClue::Kind(kind)) if begins || kind.is_relay() => network.kind = kind,
            _ => {}
        }
        // A user who opens a file does not want the address of its writer.
        if !begins || self.file.is_some() {
            return;
        }
        let stood = rows.notices().iter().find_map(|notice| match notice {
            Notice::Bound { local, .. } | Notice::Listening { local } => Some(*local),
            _ => None,
        });
        match stood {
            Some(Peer::Ip(local)) => {
                network.local_host = local.ip().to_string();
                network.local_port = local.port().to_string();
            }
            Some(Peer::Named(name)) => network.local_name = typed_name(name),
            Some(Peer::Unnamed(_)) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::SessionKind;
    use crate::settings::TabSettings;
    use crate::settings::tab::NetworkDraft;
    use crate::traffic::{Arrival, ChunkBuilder, RecordOrigin as Cause};
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    /// The events of a UDP relay on port 8085, with its traffic in a chunk of its own.
    fn relay(local: SocketAddr, client: SocketAddr) -> Vec<engine::Event> {
        let mut chunk = ChunkBuilder::default();
        chunk.notice(
            0,
            Notice::Bound {
                local: local.into(),
                receive_buffer: 0,
                asked: 0,
            },
        );
        let mut traffic = ChunkBuilder::default();
        let origin = Cause {
            other: Some(SocketAddr::from(([127, 0, 0, 1], 9)).into()),
            ..Cause::default()
        };
        traffic.received_for(1, client, b"passed on", Arrival::default(), origin);
        let rows = |chunk: &mut ChunkBuilder| engine::Event::Rows(Arc::new(chunk.finish()));
        vec![rows(&mut chunk), rows(&mut traffic), engine::Event::Closed]
    }

    fn read_back(guesses: bool) -> Tab {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let (sender, events) = crossbeam_channel::unbounded();
        for event in relay(address(8085), address(7)) {
            sender.send(event).unwrap();
        }
        let mut tab = Tab::new(0, TabSettings::default(), 1 << 20);
        tab.replay(events, guesses);
        tab.drain(Instant::now() + Duration::from_secs(10), 5);
        assert_eq!(tab.session.log.rows(), 0..2);
        tab
    }

    #[test]
    fn rows_that_are_read_back_are_no_traffic_of_now() {
        let tab = read_back(true);
        assert_eq!(tab.session.totals.received.records, 1);
        assert_eq!(tab.session.rates.last(6).received.records, 0);
        assert_eq!(tab.session.rates.next_picture(5, 60), None);
    }

    #[test]
    fn a_relay_is_recognized_by_its_rows_alone() {
        let network = read_back(true).drafts.network;
        assert_eq!(network.kind, SessionKind::RelayUdp);
        assert_eq!(network.local_port, "8085");
        let network = read_back(false).drafts.network;
        assert_eq!(network, NetworkDraft::default());
    }

    #[test]
    fn a_file_waits_for_the_disk_before_its_rows_fill_the_memory() {
        let dir = tempfile::tempdir().unwrap();
        let mut tab = Tab::new(0, TabSettings::default(), 256 << 20);
        tab.keep_in(dir.path(), 1 << 30, || {}).unwrap();
        let (sender, events) = crossbeam_channel::unbounded();
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        let (count, row) = (100, vec![b'x'; 1 << 20]);
        for _ in 0..count {
            let mut chunk = ChunkBuilder::default();
            chunk.received(1, peer, &row, Arrival::default());
            sender
                .send(engine::Event::Rows(Arc::new(chunk.finish())))
                .unwrap();
        }
        tab.replay(events, false);
        let deadline = Instant::now() + Duration::from_secs(10);
        // Nothing is written before `spill`.
        tab.drain(deadline, 0);
        assert!(!tab.has_more());
        let memory = tab.session.log.memory();
        assert!(memory < 36 << 20, "{memory}");
        while tab.session.log.rows().end < count {
            assert!(Instant::now() < deadline);
            assert!(tab.spill(0).is_none());
            tab.drain(deadline, 0);
            std::thread::yield_now();
        }
        tab.discard();
    }

    #[test]
    fn rows_reach_the_disk_each_second_however_steadily_they_come() {
        let dir = tempfile::tempdir().unwrap();
        let mut tab = Tab::new(0, TabSettings::default(), 1 << 20);
        tab.keep_in(dir.path(), 1 << 30, || {}).unwrap();
        let (sender, events) = crossbeam_channel::unbounded();
        tab.replay(events, false);
        let deadline = Instant::now() + Duration::from_secs(10);
        // Every frame has a new row.
        for second in 0..3 {
            let mut chunk = ChunkBuilder::default();
            let peer = SocketAddr::from(([127, 0, 0, 1], 9));
            chunk.received(1, peer, b"steady", Arrival::default());
            let rows = engine::Event::Rows(Arc::new(chunk.finish()));
            sender.send(rows).unwrap();
            tab.drain(deadline, second);
            assert!(tab.spill(second).is_none());
        }
        while !tab.session.log.is_spilled(1) {
            assert!(Instant::now() < deadline);
            assert!(tab.spill(0).is_none());
            std::thread::yield_now();
        }
        tab.discard();
    }
}
