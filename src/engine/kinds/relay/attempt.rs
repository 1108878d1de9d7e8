//! A client whose connection to the target is being made.

use crate::engine::context::Context;
use crate::engine::kinds::relay::end::End;
use crate::engine::kinds::relay::pair::for_client;
use crate::engine::kinds::tcp_client::{Stands, outcome};
use crate::engine::sys::failure;
use crate::engine::sys::socket;
use crate::engine::sys::socket::ConnectError;
use crate::engine::transport::read_out::read_out_stream;
use crate::engine::transport::stream::Turn;
use crate::traffic::{Cause, Notice, Operation, Origin};
use mio::net::TcpStream;
use mio::{Interest, Token};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub struct Attempt {
    /// What the connection to the target is watched under.
    token: Token,
    pub client: End,
    /// The target's addresses that were not tried yet.
    rest: VecDeque<SocketAddr>,
    timeout: Duration,
    under_way: Option<(TcpStream, SocketAddr, Instant)>,
}

/// What became of it.
pub enum Outcome {
    UnderWay,
    /// The connection to the target stands.
    Made(Box<End>),
    /// It is over; its last row is written.
    Over,
}

impl Attempt {
    pub fn new(token: Token, client: End, addresses: &[SocketAddr], timeout: Duration) -> Self {
        Self {
            token,
            client,
            rest: addresses.iter().copied().collect(),
            timeout,
            under_way: None,
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.under_way.as_ref().map(|(_, _, deadline)| *deadline)
    }

    /// Begins to connect to the next address; if none is left, the client is reset.
    pub fn begin(&mut self, cx: &mut Context<'_>) -> Turn {
        while let Some(remote) = self.rest.pop_front() {
            match self.connect(remote, cx) {
                Ok(socket) => {
                    self.tell(Notice::Connecting { remote }, cx);
                    let deadline = Instant::now() + self.timeout;
                    self.under_way = Some((socket, remote, deadline));
                    return Turn::Idle;
                }
                Err(error) => failed(remote, of(&error), cx),
            }
        }
        let (peer, unsent) = (self.client.peer, 0);
        cx.sink.notice(if self.client.will_reset() {
            Notice::Reset { peer, unsent }
        } else {
            Notice::Closed { peer, unsent }
        });
        Turn::Over
    }

    fn connect(&self, remote: SocketAddr, cx: &Context<'_>) -> io::Result<TcpStream> {
        let connected = socket::connect(None, remote);
        let mut socket = connected.map_err(|error| match error {
            ConnectError::Bind(_, error) | ConnectError::Connect(error) => error,
        })?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        cx.registry.register(&mut socket, self.token, interest)?;
        Ok(socket)
    }

    /// Looks whether the connection stands, failed, or is still under way.
    pub fn check(&mut self, now: Instant, cx: &mut Context<'_>) -> Outcome {
        let Some((socket, remote, deadline)) = self.under_way.take() else {
            return Outcome::Over;
        };
        // The client may be gone before anybody reads of it.
        self.client.take_error();
        if self.client.failed.is_some() {
            let (peer, unsent) = (self.client.peer, 0);
            cx.sink.notice(Notice::PeerReset { peer, unsent });
            self.tell(Notice::Cancelled { remote }, cx);
            return Outcome::Over;
        }
        let cause = match outcome(&socket) {
            Ok(Some(Stands {
                local,
                failed: error,
            })) => {
                let peer = remote;
                self.tell(Notice::Connected { peer, local }, cx);
                let target = End::new(socket, remote, error);
                return Outcome::Made(Box::new(target));
            }
            Ok(None) if now < deadline => {
                self.under_way = Some((socket, remote, deadline));
                return Outcome::UnderWay;
            }
            Ok(None) => Cause::TimedOut {
                millis: u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX),
            },
            Err(error) => of(&error),
        };
        failed(remote, cause, cx);
        drop(socket);
        match self.begin(cx) {
            Turn::Over => Outcome::Over,
            Turn::Idle | Turn::More => Outcome::UnderWay,
        }
    }

    /// Gives it up, with a row for each side, after those of what the client has sent.
    pub fn cancel(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) {
        let remote = self.under_way.as_ref().map(|(_, remote, _)| *remote);
        let (peer, unsent) = (self.client.peer, 0);
        read_out_stream(&self.client.socket, buffer, |bytes| {
            let origin = Origin {
                rule: None,
                other: remote,
            };
            cx.sink.received_for(peer, bytes, origin);
        });
        if let Some(remote) = remote {
            self.tell(Notice::Cancelled { remote }, cx);
        }
        cx.sink.notice(Notice::Closed { peer, unsent });
    }

    fn tell(&self, notice: Notice, cx: &mut Context<'_>) {
        cx.sink.notice(for_client(self.client.peer, notice));
    }
}

fn failed(remote: SocketAddr, cause: Cause, cx: &mut Context<'_>) {
    let remote = cx.interfaces.show(remote);
    cx.sink.failure(Operation::Connect, remote, cause);
}

fn of(error: &io::Error) -> Cause {
    failure::out_of_descriptors(error).unwrap_or_else(|| failure::cause(error))
}
