//! The files, ports and programs that a run of the program touches, traced with strace, against
//! those that the book lists.
#![cfg(target_os = "linux")]

/// The lines of strace.
mod calls;

use crate::readme::pages;
use calls::{CALLS, Touch, listening_unbound, own_ports, touched};
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

/// The port of name servers (RFC 1035).
const DOMAIN: u16 = 53;

const PROGRAM: &str = env!("CARGO_BIN_EXE_netpeer");

/// The part of the program that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Session,
    Doctor,
    Window,
}

/// What a run may touch beyond the list.
#[derive(Clone, Copy, Default)]
pub struct Own<'a> {
    /// Files in the folder of the run; a name may end with `…`.
    pub files: &'a [&'a str],
    /// The address and port of each socket that it binds.
    pub binds: &'a [&'a str],
    /// The addresses and ports to which it connects or sends.
    pub targets: &'a [&'a str],
}

/// The list of the book: of each row what is done, and the names it is done to.
pub struct List(Vec<(String, Vec<String>)>);

impl List {
    pub fn of_book() -> Self {
        let page = pages()
            .into_iter()
            .find(|page| page.path.ends_with("en/security.md"));
        let text = page.unwrap().text;
        let (_, section) = text.split_once("## Files, ports and programs").unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter(|line| line.starts_with("| "));
        let rows = rows.map(|row| {
            let (touch, rest) = row.trim_start_matches("| ").split_once(" | ").unwrap();
            let (names, _) = rest.split_once(" | ").unwrap();
            let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
            (touch.to_owned(), names.collect())
        });
        Self(rows.collect())
    }

    /// Whether the list has this: for all parts of the program, or for this one. Of addresses and
    /// ports it has the families.
    pub fn has(&self, part: Part, touch: Touch, name: &str) -> bool {
        let does = match touch {
            Touch::Read => "reads",
            Touch::Write => "writes",
            Touch::Run => "runs",
            Touch::Bind => "binds",
            Touch::Connect => "connects",
            Touch::Send => "sends to",
            Touch::Socket => {
                let mut uses = [Touch::Bind, Touch::Connect].into_iter();
                return uses.any(|touch| self.has(part, touch, name));
            }
        };
        let of_part = match part {
            Part::Session => does.to_owned(),
            Part::Doctor => format!("the doctor {does}"),
            Part::Window => format!("the window {does}"),
        };
        // A program is looked for in every folder of the path.
        let name = match (touch, name.parse::<SocketAddr>()) {
            (Touch::Run, _) => name.rsplit('/').next().unwrap(),
            (_, Ok(address)) if address.is_ipv4() => "AF_INET",
            (_, Ok(_)) => "AF_INET6",
            _ => name,
        };
        let rows = self.0.iter();
        let rows = rows.filter(|(touch, _)| *touch == does || *touch == of_part);
        rows.flat_map(|(_, names)| names)
            .any(|listed| stands_for(listed, name))
    }
}

/// Whether a listed name is this one. One that ends with `…` stands for all that begin as it does.
fn stands_for(listed: &str, name: &str) -> bool {
    match listed.strip_suffix('…') {
        Some(beginning) => name.starts_with(beginning),
        None => name == listed,
    }
}

/// The name servers of the system, resolv.conf(5).
fn name_servers() -> Vec<IpAddr> {
    let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("nameserver"));
    let mut found: Vec<_> = lines.filter_map(|ip| ip.trim().parse().ok()).collect();
    if found.is_empty() {
        found.push(Ipv4Addr::LOCALHOST.into());
    }
    found
}

/// Makes `strace` one of the program, in a folder that is its home, too. The arguments of the
/// program follow.
pub fn trace(strace: &mut Command, folder: &Path, to: &Path) {
    strace
        .args(["-f", "-qq", "-s", "512", "-e", "signal=none", "-e", CALLS])
        .arg("-o")
        .arg(to)
        .arg(PROGRAM)
        .current_dir(folder)
        .env("HOME", folder)
        .env("XDG_CACHE_HOME", folder.join(".cache"))
        // Those of cargo.
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("XDG_CONFIG_HOME");
}

/// The lines of a trace that are of the program itself, not of those that it runs.
fn own_lines(text: &str) -> Vec<&str> {
    let mut others = HashSet::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let process = line.split(' ').next().unwrap();
        if others.contains(process) {
            continue;
        }
        lines.push(line);
        let runs = line.contains("execve") && line.ends_with(" = 0");
        if runs && !line.contains(PROGRAM) {
            others.insert(process);
        }
    }
    lines
}

/// Whether the resolver may connect there: to a name server, or to a target without a port, which
/// sends nothing and tells whether a route leads there (RFC 6724).
fn is_of_resolver(to: SocketAddr, targets: &[SocketAddr]) -> bool {
    let is_trial = to.port() == 0 && targets.iter().any(|target| target.ip() == to.ip());
    is_trial || (to.port() == DOMAIN && name_servers().contains(&to.ip()))
}

/// What a run touched beyond the list, in a folder of its own where it may touch these files and
/// ports, too.
pub fn beyond(list: &List, part: Part, folder: &Path, own: Own<'_>, text: &str) -> Vec<String> {
    assert!(text.contains("execve("), "{text}");
    let lines = own_lines(text);
    let ports = own_ports(&lines);
    let addresses = |names: &[&str]| -> Vec<SocketAddr> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    };
    let (mut binds, targets) = (addresses(own.binds), addresses(own.targets));
    let is_own_port = |to: SocketAddr| {
        let is_it = |own: &SocketAddr| {
            let is_any = own.ip().is_unspecified() && to.ip().is_loopback();
            own.port() == to.port() && (own.ip() == to.ip() || is_any)
        };
        ports.iter().any(is_it)
    };
    let mut is_named = |touch: Touch, address: SocketAddr| match touch {
        // Each is bound once.
        Touch::Bind => {
            let named = binds.iter().position(|bind| *bind == address);
            named.map(|at| binds.swap_remove(at)).is_some()
        }
        Touch::Connect if is_of_resolver(address, &targets) => true,
        _ => targets.contains(&address) || is_own_port(address),
    };
    let folder = folder.to_str().unwrap();
    let is_own_file = |name: &str| {
        let file = name.strip_prefix(folder).unwrap_or(name);
        let file = file.trim_start_matches("./").trim_start_matches('/');
        // A file is written beside its name, and then renamed.
        let is_part = |own: &str| file.starts_with(&format!(".{own}.")) && file.ends_with(".part");
        let mut own = own.files.iter();
        own.any(|&own| stands_for(own, file) || is_part(own))
    };
    let mut is_known = |touch: Touch, name: &str| {
        if let Ok(address) = name.parse() {
            return list.has(part, touch, name) && is_named(touch, address);
        }
        // These families stand in the list for addresses, which a call has to name.
        if matches!(name, "AF_INET" | "AF_INET6" | "AF_UNIX") && touch != Touch::Socket {
            return false;
        }
        let is_it = match touch {
            Touch::Run => name == PROGRAM,
            Touch::Socket => false,
            _ => is_own_file(name),
        };
        let in_folder = name.strip_prefix(folder).map(|file| format!("~{file}"));
        is_it || list.has(part, touch, in_folder.as_deref().unwrap_or(name))
    };
    let unbound = listening_unbound(&lines).into_iter();
    let unbound = unbound.map(|name| format!("Listen {name}, which has no address"));
    let all = lines.into_iter().flat_map(touched);
    let others = all.filter(|(touch, name)| !is_known(*touch, name));
    let others: Vec<_> = others
        .map(|(touch, name)| format!("{touch:?} {name}"))
        .collect();
    others.into_iter().chain(unbound).collect()
}

#[test]
fn a_file_that_the_list_lacks_is_noticed() {
    let list = List::of_book();
    let has = |touch, name: &str| list.has(Part::Session, touch, name);
    let line = r#"12 openat(AT_FDCWD, "/home/a/.ssh/id", O_RDONLY|O_CLOEXEC) = 3"#;
    let [(touch, name)] = &touched(line)[..] else {
        panic!("{line}");
    };
    assert_eq!((*touch, name.as_str()), (Touch::Read, "/home/a/.ssh/id"));
    assert!(!has(*touch, name));
    assert!(has(Touch::Read, "/etc/hosts"));
    assert!(!has(Touch::Write, "/etc/hosts"));
    let renamed = touched(r#"rename("a", "/etc/b") = 0"#);
    assert_eq!(renamed[1], (Touch::Write, "/etc/b".into()));
    let run = touched(r#"7 execve("/bin/sh", ["sh"], 0x7f /* 3 vars */) = 0"#);
    assert!(!has(run[0].0, &run[0].1));
    let to = touched(r#"connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0"#);
    assert_eq!(to, [(Touch::Connect, "/run/x".into())]);
    for call in ["truncate", "rmdir", "mknod"] {
        let changed = touched(&format!("7 {call}(\"/etc/b\", 0) = 0"));
        assert_eq!(changed, [(Touch::Write, "/etc/b".into())]);
    }
}

/// What is noticed of a session that may bind 127.0.0.1:0 and send to 127.0.0.1:9.
fn noticed(lines: &str) -> Vec<String> {
    let own = Own {
        binds: &["127.0.0.1:0"],
        targets: &["127.0.0.1:9"],
        ..Own::default()
    };
    let text = format!("1 execve(\"{PROGRAM}\", [\"netpeer\"], 0x7f) = 0\n{lines}\n");
    beyond(
        &List::of_book(),
        Part::Session,
        Path::new("/folder"),
        own,
        &text,
    )
}

#[test]
fn a_port_or_a_target_that_was_not_named_is_noticed() {
    let inet = |ip: &str, port: u16| {
        format!("{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"{ip}\")}}")
    };
    let local = inet("127.0.0.1", 0);
    let named = [
        format!("1 bind(3, {local}, 16) = 0"),
        format!(
            "1 getsockname(3, {}, [128 => 16]) = 0",
            inet("127.0.0.1", 4_000)
        ),
        format!("1 connect(3, {}, 16) = 0", inet("127.0.0.1", 4_000)),
        format!(
            "1 sendto(3, \"hi\", 2, 0, {}, 16) = 2",
            inet("127.0.0.1", 9)
        ),
        "1 sendto(3, \"hi\", 2, 0, NULL, 0) = 2".to_owned(),
        "1 listen(3, 4096) = 0".to_owned(),
    ]
    .join("\n");
    assert_eq!(noticed(&named), Vec::<String>::new());
    let [any, other] = [inet("0.0.0.0", 0), inet("192.0.2.1", 9)];
    let six = "{sa_family=AF_INET6, sin6_port=htons(9), sin6_flowinfo=htonl(0), \
        inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr), sin6_scope_id=0}";
    let strays = [
        (format!("bind(4, {local}, 16) = 0"), "Bind 127.0.0.1:0"),
        (format!("bind(4, {any}, 16) = 0"), "Bind 0.0.0.0:0"),
        (
            format!("bind(4, {}, 16 <unfinished ...>", inet("127.0.0.1", 9)),
            "Bind 127.0.0.1:9",
        ),
        (
            "listen(9, 4096) = 0".into(),
            "Listen 9, which has no address",
        ),
        (
            format!("connect(4, {other}, 16) = 0"),
            "Connect 192.0.2.1:9",
        ),
        (
            format!("connect(4, {}, 16) = 0", inet("127.0.0.1", 10)),
            "Connect 127.0.0.1:10",
        ),
        (
            format!("sendto(4, \"x\", 1, 0, {six}, 28) = 1"),
            "Send [2001:db8::1]:9",
        ),
        (
            format!("sendmsg(4, {{msg_name={other}, msg_namelen=16}}, 0) = 1"),
            "Send 192.0.2.1:9",
        ),
        (
            format!(
                "<... sendmmsg resumed>[{{msg_hdr={{msg_name={other}}}, msg_len=1}}], 1, 0) = 1"
            ),
            "Send 192.0.2.1:9",
        ),
        (
            "socket(AF_PACKET, SOCK_RAW, htons(0x3)) = 4".into(),
            "Socket AF_PACKET raw",
        ),
        (
            "socket(AF_INET, SOCK_RAW|SOCK_CLOEXEC, IPPROTO_ICMP) = 4".into(),
            "Socket AF_INET raw",
        ),
    ];
    for (line, stray) in strays {
        assert_eq!(noticed(&format!("{named}\n2 {line}")), [stray], "{line}");
    }
}

#[test]
fn each_part_of_the_program_has_a_list_of_its_own() {
    let list = List::of_book();
    let has = |part| list.has(part, Touch::Run, "/usr/sbin/nft");
    let found = [Part::Session, Part::Doctor, Part::Window].map(has);
    assert_eq!(found, [false, true, false]);
    let has = |part| list.has(part, Touch::Read, "~/.Xauthority");
    let found = [Part::Session, Part::Doctor, Part::Window].map(has);
    assert_eq!(found, [false, false, true]);
}

#[test]
fn what_a_program_touches_that_was_run_is_not_ours() {
    let text = format!(
        "1 execve(\"{PROGRAM}\", [\"netpeer\"], 0x7f) = 0\n\
         1 open(\"/own\", O_RDONLY) = 3\n\
         2 execve(\"/a/nft\", [\"nft\"], 0x7f) = -1 ENOENT (No such file or directory)\n\
         2 execve(\"/usr/sbin/nft\", [\"nft\"], 0x7f <unfinished ...>\n\
         2 <... execve resumed>) = 0\n\
         2 open(\"/theirs\", O_RDONLY) = 3\n"
    );
    let list = List::of_book();
    let folder = Path::new("/folder");
    let found = beyond(&list, Part::Doctor, folder, Own::default(), &text);
    assert_eq!(found, ["Read /own"]);
}
