//! Denials of SELinux and AppArmor in logs that may be read.

use crate::engine::evidence::{Question, Seen, Unseen};
use crate::engine::sys::clock::Clock;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

/// The logs in which distributions keep them.
const LOGS: [&str; 4] = [
    "/var/log/audit/audit.log",
    "/var/log/kern.log",
    "/var/log/syslog",
    "/var/log/messages",
];
/// The end of each log that is read, in bytes.
const READ: u64 = 256 << 10;
/// How old a denial may be in seconds, and how many are kept.
const OLDEST: u64 = 3600;
const MOST: usize = 8;
/// The longest name that is kept, in characters; the kernel's are shorter.
const LONGEST_NAME: usize = 64;

/// An access to the network that a security module denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// `SELinux` or `AppArmor`.
    pub module: String,
    pub program: String,
    pub pid: Option<u32>,
    /// What was denied: `name_bind`, `create`.
    pub access: String,
    /// The port, if the denial names one.
    pub port: Option<u16>,
    pub seconds_ago: u64,
}

/// The denials of the last hour that name this process or a port in question.
pub(super) fn read(question: &Question, clock: &Clock) -> Seen<Vec<Denial>> {
    let is_active = ["/sys/fs/selinux/enforce", "/sys/kernel/security/apparmor"]
        .iter()
        .any(|path| std::path::Path::new(path).exists());
    if !is_active {
        return Seen::Unseen(Unseen::NotHere);
    }
    let ports: Vec<u16> = [question.local(), question.to()]
        .into_iter()
        .flatten()
        .map(|address| address.port())
        .filter(|&port| port != 0)
        .collect();
    let now = u64::try_from(clock.now().max(0)).map_or(0, |now| now / 1_000_000);
    let (mut is_read, mut is_denied) = (false, false);
    let mut found = Vec::new();
    for log in LOGS {
        match tail(log) {
            Ok(text) => {
                is_read = true;
                concerning(&text, &ports, std::process::id(), now, &mut found);
            }
            Err(error) => is_denied |= error.kind() == io::ErrorKind::PermissionDenied,
        }
    }
    let command = "sudo journalctl -k -g denied".to_owned();
    match (found.is_empty(), is_denied, is_read) {
        (true, true, _) => Seen::Unseen(Unseen::NotPermitted { command }),
        // There is a journal alone.
        (true, false, false) => Seen::Unseen(Unseen::OtherProgram { command }),
        _ => Seen::Known(found),
    }
}

/// The end of a file.
fn tail(path: &str) -> io::Result<String> {
    // Opening a pipe in its place would block.
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(about.len().saturating_sub(READ)))?;
    let mut bytes = Vec::new();
    file.take(READ).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn concerning(text: &str, ports: &[u16], own: u32, now: u64, found: &mut Vec<Denial>) {
    for line in text.lines().rev() {
        if found.len() >= MOST {
            return;
        }
        let Some(denial) = denial(line, now) else {
            continue;
        };
        let is_it = match denial.port {
            Some(port) => ports.contains(&port),
            None => denial.pid == Some(own),
        };
        if is_it && !found.contains(&denial) {
            found.push(denial);
        }
    }
}

/// Reads a line of the audit log: `avc:  denied  { name_bind } for pid=… comm="…" src=8080
/// tclass=udp_socket`, or `apparmor="DENIED" operation="create" … family="inet"`.
fn denial(line: &str, now: u64) -> Option<Denial> {
    let value = |name: &str| {
        let (_, after) = line.split_once(&format!(" {name}="))?;
        match after.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => after.split_whitespace().next(),
        }
    };
    let (module, access) = if line.contains("avc:") && line.contains("denied") {
        let is_socket = value("tclass").is_some_and(|class| class.ends_with("_socket"));
        let (_, after) = line.split_once('{')?;
        let access = after.split('}').next()?.trim();
        is_socket.then_some(("SELinux", access))?
    } else if line.contains("apparmor=\"DENIED\"") {
        let is_network = value("family").is_some_and(|family| family.starts_with("inet"));
        is_network.then_some(("AppArmor", value("operation")?))?
    } else {
        return None;
    };
    let (_, stamp) = line.split_once("audit(")?;
    let at: u64 = stamp.split('.').next()?.parse().ok()?;
    let seconds_ago = now.checked_sub(at).filter(|&ago| ago <= OLDEST)?;
    let short = |text: &str| text.chars().take(LONGEST_NAME).collect::<String>();
    let port = ["src", "dest", "lport", "fport"]
        .iter()
        .find_map(|name| value(name)?.parse().ok());
    Some(Denial {
        module: module.to_owned(),
        program: short(value("comm").unwrap_or_default()),
        pid: value("pid").and_then(|pid| pid.parse().ok()),
        access: short(access),
        port,
        seconds_ago,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SELINUX: &str = r#"type=AVC msg=audit(1000.123:45): avc:  denied  { name_bind } for  pid=12 comm="python3" src=8080 scontext=a tcontext=b tclass=udp_socket permissive=0"#;
    const APPARMOR: &str = r#"kernel: audit: type=1400 audit(1000.5:9): apparmor="DENIED" operation="create" profile="snap.x" pid=77 comm="x" family="inet6" sock_type="dgram" protocol=0"#;

    #[test]
    fn denials_of_sockets_are_read() {
        let found = denial(SELINUX, 1060).unwrap();
        assert_eq!((found.module.as_str(), found.port), ("SELinux", Some(8080)));
        assert_eq!((found.program.as_str(), found.seconds_ago), ("python3", 60));
        let found = denial(APPARMOR, 1000).unwrap();
        assert_eq!((found.access.as_str(), found.pid), ("create", Some(77)));
    }

    #[test]
    fn denials_of_other_things_or_times_are_left_out() {
        let file = SELINUX.replace("udp_socket", "file");
        for (line, now) in [
            (file.as_str(), 1060),
            (SELINUX, 999),
            (SELINUX, 1000 + OLDEST + 1),
            ("avc: denied {", 1000),
            ("apparmor=\"DENIED\" operation=", 1000),
            ("", 1000),
        ] {
            assert_eq!(denial(line, now), None, "{line}");
        }
    }

    #[test]
    fn only_those_of_the_port_or_of_this_process_are_kept() {
        let log = format!("{SELINUX}\n{APPARMOR}\n").repeat(50_000);
        let kept = |ports: &[u16], own: u32| {
            let mut found = Vec::new();
            concerning(&log, ports, own, 1010, &mut found);
            found.len()
        };
        assert_eq!(kept(&[8080], 1), 1);
        assert_eq!(kept(&[80], 77), 1);
        assert_eq!(kept(&[80], 12), 0);
    }
}
