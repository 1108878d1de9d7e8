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
        let name = match &to.host {
            Host::Ip { ip, scope } => {
                return Ok(Self::Target {
                    transport,
                    to: socket_address(*ip, *scope, to.port),
                    name: None,
                });
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
            .map(|ip| SocketAddr::new(ip, to.port))
            .collect();
        let Some(first) = all.first().copied() else {
            let detail = String::new();
            return Err(failed(Cause::NoSuchHost { detail }));
        };
        Ok(Self::Target {
            transport,
            to: first,
            name: Some((name.clone(), all)),
        })
    }
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
}
