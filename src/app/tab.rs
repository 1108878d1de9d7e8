//! One tab: its drafts, its session, and the link to its worker.

use crate::net::{self, Command, Link, Setup};
use crate::session::Session;
use crate::settings::TabSettings;
use crate::traffic::{ChunkBuilder, Notice};
use crate::ui::group_panel::GroupPanel;
use crate::ui::log_view::LogView;
use crate::ui::network_panel::NetworkPanel;
use crate::ui::receive_panel::ReceivePanel;
use crate::ui::send_draft::SendDraft;
use crossbeam_channel::TryRecvError;
use std::sync::Arc;
use std::time::Instant;

pub struct Tab {
    /// Tells tabs apart for the toolkit; never used again.
    pub id: u64,
    pub network: NetworkPanel,
    pub groups: GroupPanel,
    pub receive: ReceivePanel,
    pub send: SendDraft,
    pub view: LogView,
    pub session: Session,
    link: Option<Link>,
}

impl Tab {
    pub fn new(id: u64, settings: TabSettings, log_budget: usize) -> Self {
        let TabSettings {
            network,
            groups,
            receive,
            send,
        } = settings;
        let mut session = Session::default();
        session.log.set_budget(log_budget);
        Self {
            id,
            network,
            groups,
            receive,
            send,
            view: LogView::default(),
            session,
            link: None,
        }
    }

    /// What is kept of it between runs.
    pub fn settings(&self) -> TabSettings {
        TabSettings {
            network: self.network.clone(),
            groups: self.groups.clone(),
            receive: self.receive.clone(),
            send: self.send.clone(),
        }
    }

    pub fn open(&mut self, setup: Setup, wake: impl Fn() + Send + 'static) {
        if self.link.is_some() {
            return;
        }
        self.session.opening(&setup);
        self.send.peer = None;
        match net::open(setup, wake) {
            Ok(link) => self.link = Some(link),
            Err(failure) => {
                let mut chunk = ChunkBuilder::default();
                chunk.notice(net::Clock::start().now(), Notice::Failed(failure));
                self.session
                    .apply(net::Event::Rows(Arc::new(chunk.finish())));
                self.session.apply(net::Event::Closed);
            }
        }
    }

    pub fn close(&mut self) {
        self.order(Command::Stop);
        self.session.closing();
    }

    pub fn order(&self, command: Command) {
        if let Some(link) = &self.link {
            link.order(command);
        }
    }

    /// Applies what the worker reported, until `deadline`; says whether more waits.
    pub fn drain(&mut self, deadline: Instant, second: u64) -> bool {
        while let Some(link) = &self.link {
            let event = match link.events().try_recv() {
                Ok(event) => event,
                Err(TryRecvError::Empty) => return false,
                // A worker that ended without a word: it must not stay "connected".
                Err(TryRecvError::Disconnected) => net::Event::Closed,
            };
            let closed = matches!(event, net::Event::Closed);
            self.session.apply_at(event, second);
            if closed {
                self.link = None;
            }
            if Instant::now() >= deadline {
                return true;
            }
        }
        false
    }

    pub fn clear(&mut self) {
        self.session.log.clear();
        self.view.reset();
    }
}
