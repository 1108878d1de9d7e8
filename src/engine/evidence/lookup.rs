//! Questions about a target that is written as a name.

use super::{LONGEST, Question, Transport};
use crate::engine::sys::endpoint::{Endpoint, Host, socket_address};
use crate::engine::sys::resolver;
use crate::traffic::{Cause, Failure, Operation};
use std::net::SocketAddr;

impl Question {
    /// Asks why nothing comes back from a target. A name is looked up for at most [`LONGEST`]; the
    /// question is about its first address. Blocks: run it as a job.
    ///
    /// # Errors
    /// Why the name has no address.
    pub fn of_target(transport: Transport, to: &Endpoint) -> Result<Self, Failure> {
        let (first, all) = addresses(to)?;
        Ok(Self::Target {
            transport,
            to: first,
            name: match &to.host {
                Host::Ip { .. } => None,
                Host::Name(name) => Some((name.clone(), all)),
            },
        })
    }
}

/// The address of who should send to a receiver at `local`: of a name, the first one of an IP
/// version that comes there. A name is looked up for at most [`LONGEST`]. Blocks: run it as a job.
///
/// # Errors
/// Why the name has no address.
pub fn look_up_sender(from: &Endpoint, local: Option<SocketAddr>) -> Result<SocketAddr, Failure> {
    let (first, all) = addresses(from)?;
    let comes_there = |from: &SocketAddr| {
        local.is_none_or(|local| {
            let is_all = local.is_ipv6() && local.ip().is_unspecified();
            is_all || local.is_ipv4() == from.is_ipv4()
        })
    };
    Ok(all.into_iter().find(comes_there).unwrap_or(first))
}

/// The first address, and all.
fn addresses(of: &Endpoint) -> Result<(SocketAddr, Vec<SocketAddr>), Failure> {
    let name = match &of.host {
        Host::Ip { ip, scope } => {
            let only = socket_address(*ip, *scope, of.port);
            return Ok((only, vec![only]));
        }
        Host::Name(name) => name,
    };
    let failed = |cause| Failure {
        operation: Operation::Resolve,
        address: name.clone(),
        cause,
    };
    let found = resolver::look_up_within(name, LONGEST).map_err(failed)?;
    let all: Vec<SocketAddr> = found
        .into_iter()
        .map(|ip| SocketAddr::new(ip, of.port))
        .collect();
    let Some(first) = all.first().copied() else {
        let detail = String::new();
        return Err(failed(Cause::NoSuchHost { detail }));
    };
    Ok((first, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: Host) -> Result<Question, Failure> {
        Question::of_target(Transport::Udp, &Endpoint { host, port: 7 })
    }

    #[test]
    fn an_address_is_asked_about_as_it_is_and_a_name_with_all_of_its_addresses() {
        let ip = [127, 0, 0, 1].into();
        let to = SocketAddr::new(ip, 7);
        let target = |name| Question::Target {
            transport: Transport::Udp,
            to,
            name,
        };
        assert_eq!(asked(Host::Ip { ip, scope: 0 }), Ok(target(None)));
        match asked(Host::Name("localhost".into())) {
            Ok(Question::Target { to, name, .. }) => {
                let (name, all) = name.unwrap();
                assert_eq!((name.as_str(), all.first()), ("localhost", Some(&to)));
                assert!(to.ip().is_loopback() && to.port() == 7, "{to}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_name_that_does_not_exist_is_a_failure_with_that_name() {
        let failure = asked(Host::Name("no-such-host.invalid".into())).unwrap_err();
        assert_eq!(failure.operation, Operation::Resolve);
        assert_eq!(failure.address, "no-such-host.invalid");
    }

    #[test]
    fn a_sender_has_the_ip_version_of_the_receiver_where_its_name_has_both() {
        let localhost = Endpoint {
            host: Host::Name("localhost".into()),
            port: 0,
        };
        let at = |local: &str| look_up_sender(&localhost, local.parse().ok()).unwrap();
        assert_eq!(at("127.0.0.1:7"), SocketAddr::from(([127, 0, 0, 1], 0)));
        assert!(at("[::]:7").ip().is_loopback());
    }
}
