//! The multicast groups that a socket joined, watched for the end of their interfaces.

use crate::engine::command::GroupCommand;
use crate::engine::context::Context;
use crate::engine::sys::datagram_socket::BoundSocket;
use crate::engine::sys::socket::UdpSocket;
use crate::engine::transport::group;
use crate::traffic::{Cause, Notice, Operation};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// Interval between two looks at the interfaces.
const INTERVAL: Duration = Duration::from_secs(1);
/// A port to look up a route with; nothing is sent there (discard, RFC 863).
const DISCARD: u16 = 9;

/// The groups of one socket.
#[derive(Default)]
pub struct Memberships {
    joined: Vec<Membership>,
    /// When to look at the interfaces next.
    due: Option<Instant>,
}

struct Membership {
    group: IpAddr,
    /// The index that was asked for (0: the system chose), and its name in rows.
    asked: u32,
    interface: String,
    /// The interface whose datagrams arrive, where it is known, and its name.
    used: Option<u32>,
    name: String,
}

impl Memberships {
    /// Joins or leaves a group. Success and failure are both rows.
    pub fn command(&mut self, command: GroupCommand, socket: &UdpSocket, cx: &mut Context<'_>) {
        match command {
            GroupCommand::Join { group, interface } => {
                if group::join(socket, group, interface, cx) {
                    self.add(group, interface, cx);
                }
            }
            GroupCommand::Leave { group, interface } => {
                group::leave(socket, group, interface, cx);
                let left = (group, interface);
                self.joined
                    .retain(|joined| (joined.group, joined.asked) != left);
            }
        }
    }

    fn add(&mut self, group: IpAddr, asked: u32, cx: &Context<'_>) {
        let used = match asked {
            0 => chosen(group, cx),
            index => Some(index),
        };
        self.joined.push(Membership {
            group,
            asked,
            interface: cx.interfaces.name_of(asked),
            used,
            name: used.map_or_else(String::new, |index| cx.interfaces.name_of(index)),
        });
        self.due.get_or_insert(cx.now + INTERVAL);
    }

    /// Leaves the groups whose interface no longer exists. Each gives a row.
    pub fn check(&mut self, socket: &UdpSocket, cx: &mut Context<'_>) {
        let (joined, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.joined)
            .into_iter()
            .partition(|joined| joined.used.is_none_or(|used| cx.world.has_interface(used)));
        self.joined = joined;
        self.due = (!self.joined.is_empty()).then(|| cx.now + INTERVAL);
        for membership in gone {
            let Membership {
                group,
                asked,
                interface,
                name,
                ..
            } = membership;
            // The kernel may have forgotten the membership already.
            group::try_leave(socket, group, asked).ok();
            let cause = Cause::InterfaceGone { interface: name };
            cx.sink.failure(Operation::Receive, group, cause);
            cx.sink.notice(Notice::GroupLeft { group, interface });
        }
    }

    /// When to call [`Self::check`].
    pub fn deadline(&self) -> Option<Instant> {
        self.due
    }
}

/// The interface that the system chooses for a group: the one of the route there.
fn chosen(group: IpAddr, cx: &Context<'_>) -> Option<u32> {
    let any: IpAddr = match group {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let BoundSocket { socket, .. } = cx.world.udp(SocketAddr::new(any, 0), 0).ok()?;
    socket.connect(SocketAddr::new(group, DISCARD)).ok()?;
    let local = socket.local().ok()?.ip();
    let mut all = cx.interfaces.iter();
    let found = all.find(|interface| interface.ip == local)?;
    (found.index != 0).then_some(found.index)
}
