//! The upstream of a relay: resolves its name and detects a loop to the relay itself.

use crate::engine::context::Context;
use crate::engine::sys::endpoint;
use crate::engine::sys::endpoint::{Endpoint, Host};
use crate::engine::sys::local_sockets::reaches;
use crate::engine::sys::resolver::ResolvedName;
use crate::traffic::{Cause, Notice, Operation};
use std::net::SocketAddr;

/// The upstream as it was written.
pub struct Upstream(pub Endpoint);

/// The addresses of an upstream.
pub enum UpstreamLookup {
    Addresses(Vec<SocketAddr>),
    /// Its name is being resolved.
    Later,
    /// None was found; a row has the cause.
    None,
}

impl Upstream {
    /// The upstream's addresses; a name is resolved first.
    pub fn find(&self, cx: &mut Context<'_>) -> UpstreamLookup {
        match (&self.0.host, self.0.address()) {
            (_, Some(address)) => UpstreamLookup::Addresses(vec![endpoint::reached(address)]),
            (Host::Name(name), None) => match cx.resolver.look_up(name) {
                Ok(()) => UpstreamLookup::Later,
                Err(cause) => {
                    cx.sink.failure(Operation::Resolve, name, cause);
                    UpstreamLookup::None
                }
            },
            (Host::Ip { .. }, None) => UpstreamLookup::None,
        }
    }

    /// The addresses from a resolver's answer; `None` if the answer is about another name.
    pub fn resolved(&self, answer: ResolvedName, cx: &mut Context<'_>) -> Option<UpstreamLookup> {
        if !matches!(&self.0.host, Host::Name(name) if *name == answer.host) {
            return None;
        }
        Some(match answer.addresses {
            Ok(ips) => {
                cx.sink.notice(Notice::Resolved {
                    host: answer.host,
                    addresses: ips.clone(),
                });
                let address = |ip| endpoint::reached(endpoint::socket_address(ip, 0, self.0.port));
                UpstreamLookup::Addresses(ips.into_iter().map(address).collect())
            }
            Err(cause) => {
                cx.sink.failure(Operation::Resolve, answer.host, cause);
                UpstreamLookup::None
            }
        })
    }

    /// Whether one of these addresses is the relay's own. If so, a row says so.
    pub fn is_loop(
        &self,
        local: SocketAddr,
        addresses: &[SocketAddr],
        cx: &mut Context<'_>,
    ) -> bool {
        let is_loop = addresses
            .iter()
            .any(|address| reaches(*address, local, cx.interfaces));
        if is_loop {
            cx.sink
                .failure(Operation::Connect, &self.0, Cause::RelayLoop);
        }
        is_loop
    }
}
