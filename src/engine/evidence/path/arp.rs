//! Which machines answer for an address of IPv4 (ARP; RFC 826, RFC 5227).

use super::Route;
use super::rtnetlink::hardware_address;
use crate::engine::evidence::{Seen, Unseen};
use crate::engine::sys::clock::Clock;
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{
    AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, recv, sendto, socket,
};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

/// How often it is asked, and how long answers are awaited.
const TIMES: u32 = 2;
const PAUSE: Duration = Duration::from_millis(120);
/// The most hardware addresses that are kept.
const MOST: usize = 4;

/// Asks who has an address in the network of this route. Needs the right to raw packets.
pub(super) fn claimants(ip: Ipv4Addr, route: &Route, until: Instant) -> Seen<Vec<String>> {
    let Some(IpAddr::V4(source)) = route.source else {
        return Seen::Unseen(Unseen::NotHere);
    };
    let Some(link) = link(&route.interface) else {
        return Seen::Unseen(Unseen::NotHere);
    };
    let Some(own) = link.addr() else {
        return Seen::Unseen(Unseen::NotHere);
    };
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let protocol = SockProtocol::EthAll;
    let file = match socket(AddressFamily::Packet, SockType::Raw, flags, protocol) {
        Ok(file) => file,
        Err(Errno::EPERM | Errno::EACCES) => {
            let command = format!("sudo arping -c 3 -I {} {ip}", route.interface);
            return Seen::Unseen(Unseen::NotPermitted { command });
        }
        Err(errno) => return Seen::Unseen(Unseen::Unreadable(errno.to_string())),
    };
    let question = question(own, source, ip);
    let clock = Clock::start();
    let mut found = Vec::new();
    for _ in 0..TIMES {
        // An interface that is down answers nothing, which is no answer either.
        let _ = sendto(file.as_raw_fd(), &question, &link, MsgFlags::empty());
        let end = until.min(clock.instant() + PAUSE);
        while clock.instant() < end {
            read(&file, ip, &mut found);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    Seen::Known(found)
}

/// The hardware address of an interface of Ethernet.
fn link(interface: &str) -> Option<LinkAddr> {
    /// ARPHRD_ETHER.
    const ETHERNET: u16 = 1;
    let mut all = getifaddrs().ok()?;
    all.find_map(|found| {
        let link = *found.address?.as_link_addr()?;
        (found.interface_name == interface && link.hatype() == ETHERNET).then_some(link)
    })
}

/// The frame: who has this address?
fn question(own: [u8; 6], source: Ipv4Addr, ip: Ipv4Addr) -> Vec<u8> {
    let mut frame = vec![0xFF; 6];
    frame.extend(own);
    // ARP for IPv4 on Ethernet: a request.
    frame.extend([0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]);
    frame.extend(own);
    frame.extend(source.octets());
    frame.extend([0; 6]);
    frame.extend(ip.octets());
    frame
}

/// Reads the frames that are there, at most a thousand.
fn read(file: &OwnedFd, ip: Ipv4Addr, found: &mut Vec<String>) {
    let mut frame = [0; 64];
    for _ in 0..1000 {
        let Ok(count) = recv(file.as_raw_fd(), &mut frame, MsgFlags::MSG_TRUNC) else {
            return;
        };
        let frame = frame.get(..count.min(64)).unwrap_or_default();
        if let Some(hardware) = answer(frame, ip)
            && !found.contains(&hardware)
            && found.len() < MOST
        {
            found.push(hardware);
        }
    }
}

/// The hardware address of an answer for this address.
fn answer(frame: &[u8], ip: Ipv4Addr) -> Option<String> {
    let is_reply = frame.get(12..22)? == [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 2];
    let is_it = frame.get(28..32)? == ip.octets();
    let hardware = frame.get(22..28)?;
    (is_reply && is_it).then(|| hardware_address(hardware))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_hardware_address() {
        let ip = Ipv4Addr::new(10, 0, 0, 9);
        let mut frame = question([2, 0, 0, 0, 0, 1], ip, Ipv4Addr::new(10, 0, 0, 2));
        assert_eq!(frame.len(), 42);
        assert_eq!(answer(&frame, ip), None);
        frame[21] = 2;
        assert_eq!(answer(&frame, ip).as_deref(), Some("02:00:00:00:00:01"));
        assert_eq!(answer(&frame, Ipv4Addr::LOCALHOST), None);
        assert_eq!(answer(&frame[..31], ip), None);
        assert_eq!(answer(&[], ip), None);
    }
}
