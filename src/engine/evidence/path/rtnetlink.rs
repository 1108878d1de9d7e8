//! Routes and neighbours, as the kernel answers (rtnetlink(7)).

use super::{GatewayFacts, Neighbour, Route};
use crate::engine::evidence::{Transport, Unseen};
use crate::engine::sys::clock::Clock;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::netlink::{self, attributes, u16_at, u32_at};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// How long a machine that was just asked may take to answer.
const PATIENCE: Duration = Duration::from_millis(330);

const RTM_GETLINK: u16 = 18;
const RTM_GETROUTE: u16 = 26;
const RTM_GETNEIGH: u16 = 30;
const RTN_LOCAL: u8 = 2;
const RTA_DST: u16 = 1;
const RTA_SRC: u16 = 2;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PREFSRC: u16 = 7;
const RTA_METRICS: u16 = 8;
/// A gateway of the other IP version: its address family, then its address.
const RTA_VIA: u16 = 18;
/// The protocol above IP, and the destination port: routing rules may name them.
const RTA_IP_PROTO: u16 = 27;
const RTA_DPORT: u16 = 29;
const RTAX_MTU: u16 = 2;
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;
const IFLA_MTU: u16 = 4;
/// Lengths of rtmsg, ndmsg and ifinfomsg.
const ROUTE_HEADER: usize = 12;
const NEIGHBOUR_HEADER: usize = 12;
const LINK_HEADER: usize = 16;

/// A route, with what only the kernel's answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) route: Route,
    pub(super) index: u32,
    /// The path MTU in bytes that ICMP has reported, or that the route has been given.
    pub(super) learned_mtu: Option<u32>,
    /// Whether the interface has hardware addresses, unlike a tunnel and the loopback.
    pub(super) has_neighbours: bool,
}

/// The route to a target from our own address, or the error number (errno(3)) of the kernel. An
/// address that is not of this machine is left out of the question.
pub(super) fn route(
    (to, transport): (SocketAddr, Transport),
    source: Option<IpAddr>,
    interfaces: &Interfaces,
    until: Instant,
) -> Result<Result<Found, i32>, Unseen> {
    let is_ipv4 = to.ip().to_canonical().is_ipv4();
    let source = source.filter(|source| {
        source.is_ipv4() == is_ipv4 && interfaces.iter().any(|own| own.ip == *source)
    });
    let request = request(to, transport, source).map_err(|error| unseen(&error))?;
    let mut found = None;
    let mut each = |content: &[u8]| {
        found = found.take().or_else(|| read_route(content, interfaces));
    };
    let answer = netlink::ask(netlink::ROUTE, RTM_GETROUTE, &request, until, &mut each);
    match (answer.map_err(|error| unseen(&error))?, found) {
        (Err(code), _) => Ok(Err(code)),
        (Ok(()), Some(found)) => Ok(Ok(with_link(found, until))),
        (Ok(()), None) => Err(Unseen::Unreadable("RTM_GETROUTE".to_owned())),
    }
}

fn unseen(error: &io::Error) -> Unseen {
    match error.kind() {
        ErrorKind::TimedOut => Unseen::TooSlow,
        _ => Unseen::Unreadable(error.to_string()),
    }
}

pub(super) fn family(ip: IpAddr) -> u8 {
    /// AF_INET and AF_INET6 of Linux.
    const INET: u8 = 2;
    const INET6: u8 = 10;
    match ip {
        IpAddr::V4(_) => INET,
        IpAddr::V6(_) => INET6,
    }
}

fn octets(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

pub(super) fn ip_in(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(v4.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}

fn request(to: SocketAddr, transport: Transport, source: Option<IpAddr>) -> io::Result<Vec<u8>> {
    let ip = to.ip().to_canonical();
    let bits = |ip: IpAddr| if ip.is_ipv4() { 32 } else { 128 };
    let mut request = vec![0; ROUTE_HEADER];
    let header = [family(ip), bits(ip), source.map_or(0, bits)];
    for (place, value) in request.iter_mut().zip(header) {
        *place = value;
    }
    attribute(&mut request, RTA_DST, &octets(ip))?;
    if let Some(source) = source {
        attribute(&mut request, RTA_SRC, &octets(source))?;
    }
    if let SocketAddr::V6(v6) = to
        && v6.scope_id() != 0
    {
        attribute(&mut request, RTA_OIF, &v6.scope_id().to_ne_bytes())?;
    }
    // Numbers of IP (RFC 790).
    let protocol: u8 = match transport {
        Transport::Tcp => 6,
        Transport::Udp => 17,
    };
    attribute(&mut request, RTA_IP_PROTO, &[protocol])?;
    if to.port() != 0 {
        attribute(&mut request, RTA_DPORT, &to.port().to_be_bytes())?;
    }
    Ok(request)
}

/// Adds an attribute, and what makes its length one of whole words.
fn attribute(request: &mut Vec<u8>, kind: u16, content: &[u8]) -> io::Result<()> {
    let length = u16::try_from(4 + content.len()).map_err(|_| ErrorKind::InvalidInput)?;
    request.extend(length.to_ne_bytes());
    request.extend(kind.to_ne_bytes());
    request.extend(content);
    request.resize(request.len().next_multiple_of(4), 0);
    Ok(())
}

fn read_route(content: &[u8], interfaces: &Interfaces) -> Option<Found> {
    let kind = *content.get(7)?;
    let (mut index, mut gateway, mut source, mut learned_mtu) = (0, None, None, None);
    for (name, value) in attributes(content.get(ROUTE_HEADER..)?) {
        match name {
            RTA_OIF => index = u32_at(value, 0)?,
            RTA_GATEWAY => gateway = ip_in(value),
            RTA_VIA => gateway = ip_in(value.get(2..)?),
            RTA_PREFSRC => source = ip_in(value),
            RTA_METRICS => {
                let mtu = attributes(value).find(|(metric, _)| *metric == RTAX_MTU);
                learned_mtu = mtu
                    .and_then(|(_, mtu)| u32_at(mtu, 0))
                    .filter(|&mtu| mtu > 0);
            }
            _ => {}
        }
    }
    let interface = interface_name(index, interfaces);
    let gateway = gateway
        .filter(|ip| !ip.is_unspecified())
        .map(|ip| GatewayFacts {
            ip,
            is_on_link: interfaces.is_on_link(ip),
            is_own: interfaces.iter().any(|own| own.ip == ip),
        });
    let route = Route {
        mtu: None,
        interface,
        gateway,
        source,
        is_local: kind == RTN_LOCAL,
    };
    Some(Found {
        route,
        index,
        learned_mtu,
        has_neighbours: true,
    })
}

/// The name of an interface, which may have no address.
fn interface_name(index: u32, interfaces: &Interfaces) -> String {
    let name = nix::net::if_::if_indextoname(index).ok();
    name.and_then(|name| name.into_string().ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| interfaces.name_of(index))
}

/// Adds what the kernel says of the interface. The files of /sys may be those of another network
/// namespace.
fn with_link(mut found: Found, until: Instant) -> Found {
    /// IFF_LOOPBACK, IFF_POINTOPOINT and IFF_NOARP (netdevice(7)).
    const WITHOUT: u32 = 0x8 | 0x10 | 0x80;
    let mut request = [0; LINK_HEADER];
    for (place, byte) in request.iter_mut().skip(4).zip(found.index.to_ne_bytes()) {
        *place = byte;
    }
    let mut each = |content: &[u8]| {
        if let Some(flags) = u32_at(content, 8) {
            found.has_neighbours = flags & WITHOUT == 0;
        }
        let mut known = attributes(content.get(LINK_HEADER..).unwrap_or_default());
        let mtu = known.find(|(name, _)| *name == IFLA_MTU);
        found.route.mtu = mtu.and_then(|(_, mtu)| u32_at(mtu, 0));
    };
    // Without an answer, the MTU stays unknown.
    let _ = netlink::ask(netlink::ROUTE, RTM_GETLINK, &request, until, &mut each);
    found
}

/// What is known of a machine by this interface, and the number of others there that answered
/// lately.
pub(super) fn neighbours(
    ip: IpAddr,
    index: u32,
    until: Instant,
) -> Result<(Neighbour, u32), Unseen> {
    let clock = Clock::start();
    let deadline = until.min(clock.instant() + PATIENCE);
    loop {
        let known = table(ip, index, until).map_err(|error| unseen(&error))?;
        let left = deadline.saturating_duration_since(clock.instant());
        if known.0 != Neighbour::Asked || left.is_zero() {
            return Ok(known);
        }
        std::thread::sleep(left.min(Duration::from_millis(20)));
    }
}

fn table(ip: IpAddr, index: u32, until: Instant) -> io::Result<(Neighbour, u32)> {
    let mut request = [0; NEIGHBOUR_HEADER];
    if let Some(first) = request.first_mut() {
        *first = family(ip);
    }
    let mut found = Neighbour::Never;
    let mut others = 0_u32;
    let mut each = |content: &[u8]| {
        if let Some((at, whose, state)) = read_neighbour(content)
            && at == index
        {
            if whose == ip {
                found = state;
            } else if matches!(state, Neighbour::Reachable(_)) {
                others = others.saturating_add(1);
            }
        }
    };
    netlink::dump(netlink::ROUTE, RTM_GETNEIGH, &request, until, &mut each)?;
    Ok((found, others))
}

/// The index of the interface, the address, and the state (NUD_*).
fn read_neighbour(content: &[u8]) -> Option<(u32, IpAddr, Neighbour)> {
    let index = u32_at(content, 4)?;
    let state = u16_at(content, 8)?;
    let (mut ip, mut hardware) = (None, String::new());
    for (name, value) in attributes(content.get(NEIGHBOUR_HEADER..)?) {
        match name {
            NDA_DST => ip = ip_in(value),
            NDA_LLADDR => hardware = hardware_address(value),
            _ => {}
        }
    }
    let state = match state {
        0x02 => Neighbour::Reachable(hardware),
        0x80 => Neighbour::Permanent(hardware),
        0x04 | 0x08 | 0x10 => Neighbour::Stale(hardware),
        0x20 => Neighbour::Failed,
        0x01 => Neighbour::Asked,
        0x40 => Neighbour::Needless,
        _ => Neighbour::Never,
    };
    Some((index, ip?, state))
}

/// Formats `02:00:00:00:00:01`.
pub(super) fn hardware_address(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until() -> Instant {
        Instant::now() + Duration::from_secs(2)
    }

    #[test]
    fn the_way_to_this_machine_is_local() {
        let to = "127.0.0.1:9".parse().unwrap();
        let found = route((to, Transport::Udp), None, &Interfaces::read(), until());
        let found = found.unwrap().unwrap();
        assert!(found.route.is_local && found.route.gateway.is_none());
        assert_eq!(found.route.interface, "lo");
        assert!(!found.has_neighbours && found.route.mtu.is_some());
    }

    #[test]
    fn an_address_that_is_not_ours_is_left_out_of_the_question() {
        let to = "127.0.0.1:9".parse().unwrap();
        let foreign = "192.0.2.1".parse().ok();
        let found = route((to, Transport::Tcp), foreign, &Interfaces::read(), until());
        assert!(found.unwrap().is_ok());
    }

    #[test]
    fn neighbours_are_read_with_their_states() {
        let message = |state: u16, attributes: &[u8]| {
            let mut bytes = vec![0; 4];
            bytes.extend(7_u32.to_ne_bytes());
            bytes.extend(state.to_ne_bytes());
            bytes.extend([0; 2]);
            bytes.extend(attributes);
            bytes
        };
        let mut attributes = Vec::new();
        attribute(&mut attributes, NDA_DST, &[10, 0, 0, 9]).unwrap();
        let read = |state| read_neighbour(&message(state, &attributes));
        let ip = IpAddr::from([10, 0, 0, 9]);
        assert_eq!(read(0x20), Some((7, ip, Neighbour::Failed)));
        assert_eq!(read(0x01), Some((7, ip, Neighbour::Asked)));
        let known = read(0x04).unwrap().2;
        assert_eq!(known, Neighbour::Stale(String::new()));
        // It is used without asking, so it says nothing of the machine.
        let set = read(0x80).unwrap().2;
        assert_eq!(set, Neighbour::Permanent(String::new()));
        assert_eq!(read_neighbour(&message(0x20, &[])), None);
        assert_eq!(read_neighbour(&[0; 11]), None);
        assert_eq!(hardware_address(&[2, 0, 255]), "02:00:ff");
    }

    #[test]
    fn a_route_that_is_cut_is_none() {
        let interfaces = Interfaces::default();
        let mut bytes = vec![0; ROUTE_HEADER];
        bytes[7] = 1;
        attribute(&mut bytes, RTA_GATEWAY, &[10, 0, 0, 1]).unwrap();
        let whole = read_route(&bytes, &interfaces).unwrap();
        let gateway = whole.route.gateway.unwrap();
        assert!(!gateway.is_on_link && !gateway.is_own);
        assert_eq!(read_route(&bytes[..9], &interfaces), None);
        attribute(&mut bytes, RTA_OIF, &[1]).unwrap();
        assert_eq!(read_route(&bytes, &interfaces), None);
    }
}
