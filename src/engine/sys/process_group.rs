//! The processes of a group: their sockets, and what they wait for, where the system shows it in
//! /proc (proc(5)).

use crate::engine::sys::socket::Transport;
use crate::engine::sys::socket_table::{self, SocketEntry};
use std::fs;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The longest time that reading a table takes.
const PATIENCE: Duration = Duration::from_secs(1);

/// A UDP socket with a port, or a TCP socket that listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundSocket {
    pub transport: Transport,
    pub local: SocketAddr,
}

/// What the threads of a group wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ProcessWait {
    /// At least one runs.
    Running,
    /// For a connection (accept(2)).
    Accept,
    /// For a line of the standard input, or for another pipe.
    Input,
    /// For data of a socket, also with a time limit.
    Receive,
    /// For something else.
    Other,
}

/// The bound sockets of a process group; none where the system does not show them.
pub fn group_sockets(leader: u32) -> Vec<BoundSocket> {
    let members = members(leader);
    let files = members
        .iter()
        .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).ok())
        .flatten()
        .flatten();
    let links = files.filter_map(|file| fs::read_link(file.path()).ok());
    let inodes: Vec<u64> = links
        .filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            inode.parse().ok()
        })
        .collect();
    let mut sockets = Vec::new();
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut keep = |entry: SocketEntry| {
            if entry.is_bound() && inodes.contains(&entry.inode) {
                let local = entry.local;
                sockets.push(BoundSocket { transport, local });
            }
        };
        // What is read by then is kept.
        let until = Instant::now() + PATIENCE;
        socket_table::visit(transport, None, until, &mut keep).ok();
    }
    sockets
}

/// What a process group waits for; `None` where the system does not show it. If its threads wait
/// for several things, it is the first of the variants.
pub fn group_wait(leader: u32) -> Option<ProcessWait> {
    let members = members(leader);
    let tasks = members
        .iter()
        .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok())
        .flatten()
        .flatten();
    let waits = tasks.filter_map(|task| {
        let stat = fs::read_to_string(task.path().join("stat")).ok()?;
        if state(&stat)? == "R" {
            return Some(ProcessWait::Running);
        }
        let place = fs::read_to_string(task.path().join("wchan")).ok()?;
        wait_at(&place)
    });
    waits.min_by_key(|wait| *wait as u8)
}

/// The processes of a group.
fn members(leader: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|stat| group(&stat) == Some(leader))
    })
    .collect()
}

/// The fields of a line of stat behind the name, which may contain anything.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    behind.split_whitespace()
}

fn state(stat: &str) -> Option<&str> {
    fields(stat).next()
}

fn group(stat: &str) -> Option<u32> {
    fields(stat).nth(2)?.parse().ok()
}

/// The wait in this function of the kernel; `None` if it is not known.
fn wait_at(place: &str) -> Option<ProcessWait> {
    const KNOWN: [(&str, ProcessWait); 10] = [
        ("accept", ProcessWait::Accept),
        ("pipe_read", ProcessWait::Input),
        ("pipe_wait", ProcessWait::Input),
        ("tty_read", ProcessWait::Input),
        ("skb_wait", ProcessWait::Receive),
        ("wait_for_more_packets", ProcessWait::Receive),
        ("sk_wait_data", ProcessWait::Receive),
        ("wait_woken", ProcessWait::Receive),
        ("poll", ProcessWait::Receive),
        ("select", ProcessWait::Receive),
    ];
    let known = KNOWN.iter().find(|(part, _)| place.contains(part));
    match (known, place) {
        (Some((_, wait)), _) => Some(*wait),
        (None, "" | "0") => None,
        (None, _) => Some(ProcessWait::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let stat = "42 (a) R 9 (b)) S 1 77 42 0 -1";
        assert_eq!(state(stat), Some("S"));
        assert_eq!(group(stat), Some(77));
        assert_eq!((state(""), group("1 (x) S")), (None, None));
    }

    #[test]
    fn functions_of_the_kernel_say_what_a_thread_waits_for() {
        for (place, wait) in [
            ("inet_csk_accept", Some(ProcessWait::Accept)),
            ("__skb_wait_for_more_packets", Some(ProcessWait::Receive)),
            (
                "poll_schedule_timeout.constprop.0",
                Some(ProcessWait::Receive),
            ),
            ("anon_pipe_read", Some(ProcessWait::Input)),
            ("hrtimer_nanosleep", Some(ProcessWait::Other)),
            ("0", None),
            ("", None),
        ] {
            assert_eq!(wait_at(place), wait, "{place}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_sockets_of_our_own_group_are_found() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let local = socket.local_addr().unwrap();
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        let found = group_sockets(group(&stat).unwrap());
        let transport = Transport::Udp;
        assert!(
            found.contains(&BoundSocket { transport, local }),
            "{found:?}"
        );
    }
}
