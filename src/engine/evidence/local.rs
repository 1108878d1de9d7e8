//! This machine's sockets, programs, interfaces and limits.

mod counters;
mod interfaces;
mod limits;
mod localhost;
mod missed;
mod namespaces;
mod owner;
mod owners;
mod recent;
#[cfg(target_os = "linux")]
mod socket_diag;
mod socket_row;
mod sockets;

pub use counters::KernelCounters;
pub use interfaces::InterfaceFacts;
pub use limits::LimitFacts;
#[cfg(target_os = "linux")]
pub(super) use limits::ephemeral as outgoing_ports;
pub(super) use missed::MissedWatch;
pub use missed::{MissedDatagram, bound_to_one};
pub use owner::Owner;
pub(super) use recent::FirstLook;
pub use recent::Recent;
pub use socket_row::SocketRow;

use super::{Question, Seen, SessionFacts, Unseen};
use serde::{Deserialize, Serialize};
use sockets::Wanted;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// The longest time that one source takes; twice as long for one that looks at all processes.
const EACH: Duration = Duration::from_millis(300);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalFacts {
    /// The sockets at the ports in question, of every program and of both transports
    /// (/proc/net/udp, tcp; proc_pid_net(5)), those connected to the target, and those of other
    /// network namespaces that nobody here hides ([`SocketRow::is_elsewhere`]).
    pub sockets: Seen<Vec<SocketRow>>,
    /// Bound sockets of the same transport at other ports, the nearest ports first; a few.
    pub others: Vec<SocketRow>,
    /// The number of other network namespaces that were searched: 0 if somebody listens here.
    pub namespaces: Seen<u64>,
    pub interfaces: Seen<Vec<InterfaceFacts>>,
    /// Counters of the kernel, now.
    pub counters: Seen<KernelCounters>,
    /// What changed while the evidence was gathered.
    pub recent: Seen<Recent>,
    pub limits: Seen<LimitFacts>,
    /// The addresses that `localhost` has, in the order in which programs try them.
    pub localhost: Seen<Vec<IpAddr>>,
    /// Datagrams to broadcast and group addresses that came while the evidence was gathered, and
    /// that the receiver in question does not get because it is bound to one address.
    #[serde(default = "not_watched")]
    pub missed: Seen<Vec<MissedDatagram>>,
}

fn not_watched() -> Seen<Vec<MissedDatagram>> {
    Seen::Unseen(Unseen::NotHere)
}

impl LocalFacts {
    /// Nothing could be read, for this reason.
    pub fn unseen(reason: &Unseen) -> Self {
        Self {
            sockets: Seen::Unseen(reason.clone()),
            others: Vec::new(),
            namespaces: Seen::Unseen(reason.clone()),
            interfaces: Seen::Unseen(reason.clone()),
            counters: Seen::Unseen(reason.clone()),
            recent: Seen::Unseen(reason.clone()),
            limits: Seen::Unseen(reason.clone()),
            localhost: Seen::Unseen(reason.clone()),
            missed: Seen::Unseen(reason.clone()),
        }
    }

    /// Gathers them but for [`recent`](Self::recent), which is not known before the end. Takes a
    /// fraction of a second on a machine that is not busy, and never longer than until `until`.
    pub fn gather(question: &Question, session: Option<&SessionFacts>, until: Instant) -> Self {
        let share = || until.min(Instant::now() + EACH);
        let localhost = localhost::look_up(share());
        let interfaces = interfaces::read(share());
        let own: &[InterfaceFacts] = interfaces.known().map_or(&[], Vec::as_slice);
        let wanted = Wanted::new(question, session, own);
        let (sockets, others, limits) = match sockets::read(&wanted, own, share()) {
            Ok(found) => {
                let limits = limits::read(found.ephemeral_taken);
                (Seen::Known(found.rows), found.others, limits)
            }
            Err(reason) => (Seen::Unseen(reason), Vec::new(), limits::read(None)),
        };
        let mut facts = Self {
            sockets,
            others,
            namespaces: Seen::Known(0),
            interfaces,
            counters: counters::read(),
            recent: Seen::Unseen(Unseen::NotHere),
            limits,
            localhost,
            missed: not_watched(),
        };
        // They look at every process of the machine.
        let longer = || until.min(Instant::now() + 2 * EACH);
        facts.add_owners(longer());
        facts.add_namespaces(&wanted, longer());
        facts
    }

    fn add_owners(&mut self, until: Instant) {
        let Seen::Known(rows) = &mut self.sockets else {
            return;
        };
        owners::find(rows.iter_mut().chain(&mut self.others), until);
    }

    /// Looks into other namespaces for a listener, if nobody listens here.
    fn add_namespaces(&mut self, wanted: &Wanted, until: Instant) {
        let (Seen::Known(rows), Some(port)) = (&mut self.sockets, wanted.listens) else {
            return;
        };
        let transport = wanted.transport;
        if rows.iter().any(|row| row.listens_at(transport, port)) {
            return;
        }
        let (found, searched) = namespaces::listeners(transport, port, until);
        rows.extend(found);
        self.namespaces = searched;
    }

    /// The addresses of this machine; `None` if they are not known.
    pub fn has_address(&self, ip: IpAddr) -> Option<bool> {
        let ip = ip.to_canonical();
        if ip.is_loopback() || ip.is_unspecified() {
            return Some(true);
        }
        let interfaces = self.interfaces.known()?;
        Some(interfaces.iter().any(|interface| interface.has(ip)))
    }
}

/// An address without the IPv6 form of IPv4.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Why a source was not read; `command` shows it to root.
fn reason(error: &io::Error, command: &str) -> Unseen {
    match error.kind() {
        ErrorKind::TimedOut => Unseen::TooSlow,
        ErrorKind::NotFound | ErrorKind::Unsupported => Unseen::NotHere,
        ErrorKind::PermissionDenied => Unseen::NotPermitted {
            command: command.to_owned(),
        },
        _ => Unseen::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
