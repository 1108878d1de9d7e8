//! The calls in a trace, and what each touches.

use std::collections::HashSet;
use std::net::SocketAddr;

/// The system calls that touch a file or a port by its name, and those that tell which port the
/// system chose. `?` stands before those that some machines lack.
pub const CALLS: &str = "trace=?open,openat,?openat2,?creat,?truncate,?mkdir,mkdirat,?mknod,mknodat,\
    ?rmdir,?unlink,unlinkat,?rename,?renameat,renameat2,?link,linkat,?symlink,symlinkat,?chmod,\
    fchmodat,?fchmodat2,?chown,?lchown,fchownat,execve,execveat,socket,bind,connect,listen,\
    getsockname,sendto,sendmsg,sendmmsg";

/// What a call does to a file, a port or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    Read,
    Write,
    Run,
    /// Makes a socket of a family; a `raw` one sees packets of other programs.
    Socket,
    Bind,
    Connect,
    /// Sends a message to an address.
    Send,
}

/// The name of the call in a line of strace, and what follows it; of a call that another thread
/// interrupted, the second line has what the system returned.
fn call(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    match line.strip_prefix("<... ") {
        Some(resumed) => resumed.split_once(" resumed>"),
        None => line.split_once('('),
    }
}

/// The text between these two.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    text.split_once(begin)?.1.split_once(end).map(|(it, _)| it)
}

/// The addresses in a line of strace: an address and port of the internet, the name of a Unix
/// socket, or the family of another one.
fn addresses(rest: &str) -> Vec<String> {
    let address = |text: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let family = text.split(|c| !is_part(c)).next().unwrap_or_default();
        let found = match family {
            "AF_INET" => between(text, "inet_addr(\"", "\"")
                .zip(between(text, "sin_port=htons(", ")"))
                .map(|(ip, port)| format!("{ip}:{port}")),
            "AF_INET6" => between(text, "inet_pton(AF_INET6, \"", "\"")
                .zip(between(text, "sin6_port=htons(", ")"))
                .map(|(ip, port)| format!("[{ip}]:{port}")),
            "AF_UNIX" => between(text, "sun_path=", "}")
                .and_then(|path| between(path, "\"", "\""))
                .map(str::to_owned),
            _ => None,
        };
        found.unwrap_or_else(|| family.to_owned())
    };
    rest.split("sa_family=").skip(1).map(address).collect()
}

/// What a line of strace says: each name that it touches.
pub fn touched(line: &str) -> Vec<(Touch, String)> {
    let Some((call, rest)) = call(line) else {
        return Vec::new();
    };
    let is_resumed = line.contains(" resumed>");
    let quoted = || rest.split('"').skip(1).step_by(2);
    let first = quoted().next().unwrap_or_default().to_owned();
    let touch = match call {
        "bind" => Touch::Bind,
        "connect" => Touch::Connect,
        "sendto" | "sendmsg" | "sendmmsg" => Touch::Send,
        "listen" | "getsockname" => return Vec::new(),
        // The first line of a call has its names.
        _ if is_resumed => return Vec::new(),
        "socket" => {
            let family = rest.split(',').next().unwrap_or_default();
            let is_raw = family != "AF_NETLINK" && rest.contains("SOCK_RAW");
            let raw = if is_raw { " raw" } else { "" };
            return vec![(Touch::Socket, format!("{family}{raw}"))];
        }
        "execve" | "execveat" => return vec![(Touch::Run, first)],
        "open" | "openat" | "openat2" => {
            let mut writing = ["O_WRONLY", "O_RDWR", "O_CREAT"].iter();
            return match writing.any(|flag| rest.contains(flag)) {
                true => vec![(Touch::Write, first)],
                false => vec![(Touch::Read, first)],
            };
        }
        // A rename or a link has two names.
        _ => {
            return quoted()
                .map(|name| (Touch::Write, name.to_owned()))
                .collect();
        }
    };
    let all = addresses(rest).into_iter();
    all.map(|name| (touch, name)).collect()
}

/// The ports that a run got from the system: the program may reach itself there.
pub fn own_ports(lines: &[&str]) -> Vec<SocketAddr> {
    let told = lines.iter().filter_map(|line| call(line));
    let told = told.filter(|(call, _)| *call == "getsockname");
    let told = told.flat_map(|(_, rest)| addresses(rest));
    told.filter_map(|address| address.parse().ok()).collect()
}

/// The descriptors of sockets on which a run listens without a bind: the system then chooses a
/// port, at all addresses.
pub fn listening_unbound(lines: &[&str]) -> Vec<String> {
    let of = |wanted: &str| {
        let calls = lines.iter().filter_map(|line| call(line));
        let calls = calls.filter(|(call, _)| *call == wanted);
        let descriptors = calls.filter_map(|(_, rest)| rest.split([',', ' ']).next());
        let is_number = |text: &&str| text.parse::<u32>().is_ok();
        let descriptors = descriptors.filter(is_number).map(str::to_owned);
        descriptors.collect::<HashSet<_>>()
    };
    of("listen").difference(&of("bind")).cloned().collect()
}
