//! The restriction itself, by Landlock (Linux 5.13 and later).

use super::Enforcement;
use crate::cli::options::SessionOptions;
use crate::config::SessionConfig;
use crate::disk::private_file;
use crate::engine::Remote;
use crate::kind::Addresses;
use crate::peer::Peer;
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, NetPort, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The rights that are asked for, of Linux 6.12; older kernels enforce a part of them.
const TESTED: ABI = ABI::V6;

/// What the resolver, the clock and the explanations of failures read: names of hosts, time zones,
/// libraries of the resolver, and the state of the kernel's sockets and interfaces.
const SYSTEM: [&str; 18] = [
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/timezone",
    "/run/systemd/resolve",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/zoneinfo",
    "/proc",
    "/sys/class/net",
    "/sys/devices",
];
/// The port of name servers, for answers that do not fit into a datagram (RFC 7766).
const DOMAIN: u16 = 53;

/// The files and ports of a session.
#[derive(Debug, Default)]
struct Needs {
    reads: Vec<PathBuf>,
    /// The recording.
    writes: Option<PathBuf>,
    /// The folder where a Unix socket is made and removed.
    sockets: Option<PathBuf>,
    /// Whether it may connect to abstract Unix sockets of other programs.
    is_unix: bool,
    /// The TCP ports that are bound and connected to.
    binds: Vec<u16>,
    connects: Vec<u16>,
}

/// Restricts this thread, and those it starts, to what this session needs.
///
/// # Errors
/// Those of the system.
pub fn enter(config: &SessionConfig, options: &SessionOptions) -> io::Result<Enforcement> {
    let needs = Needs::of(config, options);
    needs.make_recording()?;
    restrict(&needs)
}

impl Needs {
    fn of(config: &SessionConfig, options: &SessionOptions) -> Self {
        let is_tcp = config.kind.is_stream();
        let local = config.local.filter(|_| is_tcp).and_then(Peer::address);
        let remote = match &config.remote {
            Some(Remote::Endpoint(to)) if is_tcp => Some(to.port),
            _ => None,
        };
        let system = SYSTEM.iter().map(PathBuf::from);
        let record = options.record.clone();
        Self {
            reads: system.chain(options.source.file.clone()).collect(),
            writes: record.filter(|_| !options.records_to_output()),
            sockets: config.local.and_then(folder_of),
            is_unix: config.kind.addresses() == Addresses::Named,
            binds: local.map(|local| local.port()).into_iter().collect(),
            connects: remote.into_iter().chain([DOMAIN]).collect(),
        }
    }

    /// Makes the file of the recording, which no rule can name before it exists.
    fn make_recording(&self) -> io::Result<()> {
        let Some(path) = &self.writes else {
            return Ok(());
        };
        if path.exists() {
            return Ok(());
        }
        private_file().append(true).create(true).open(path)?;
        Ok(())
    }
}

/// The folder of a Unix socket that is a file.
fn folder_of(local: Peer) -> Option<PathBuf> {
    let Peer::Named(name) = local else {
        return None;
    };
    let bytes = name.bytes();
    let path = Path::new(OsStr::from_bytes(&bytes));
    if name.is_abstract() {
        return None;
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.unwrap_or(Path::new(".")).to_path_buf())
}

/// Restricts this thread, and those it starts, for good.
fn restrict(needs: &Needs) -> io::Result<Enforcement> {
    let scope: BitFlags<Scope> = match needs.is_unix {
        true => Scope::Signal.into(),
        false => Scope::from_all(TESTED),
    };
    let make = || -> Result<RulesetStatus, RulesetError> {
        let read = AccessFs::ReadFile | AccessFs::ReadDir;
        let written = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
        let sockets = AccessFs::MakeSock | AccessFs::RemoveFile;
        let ruleset = Ruleset::default()
            .handle_access(AccessFs::from_all(TESTED))?
            .handle_access(AccessNet::from_all(TESTED))?
            .scope(scope)?
            .create()?
            .add_rules(path_beneath_rules(&needs.reads, read))?
            .add_rules(path_beneath_rules(&needs.writes, written))?
            .add_rules(path_beneath_rules(&needs.sockets, sockets))?
            .add_rules(ports(&needs.binds, AccessNet::BindTcp))?
            .add_rules(ports(&needs.connects, AccessNet::ConnectTcp))?;
        Ok(ruleset.restrict_self()?.ruleset)
    };
    match make().map_err(io::Error::other)? {
        RulesetStatus::FullyEnforced => Ok(Enforcement::Whole),
        RulesetStatus::PartiallyEnforced => Ok(Enforcement::Part),
        RulesetStatus::NotEnforced => Ok(Enforcement::None),
    }
}

fn ports(ports: &[u16], access: AccessNet) -> impl Iterator<Item = Result<NetPort, RulesetError>> {
    ports
        .iter()
        .map(move |port| Ok(NetPort::new(*port, access)))
}

#[cfg(test)]
#[path = "../../../tests/skips.rs"]
#[expect(dead_code, reason = "other tests ask for tools")]
mod skips;

#[cfg(test)]
mod tests {
    use super::skips::skip;
    use super::*;
    use nix::errno::Errno;
    use nix::sys::signal::kill;
    use nix::unistd::Pid;
    use std::fs;
    use std::io::ErrorKind;
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    /// Runs `check` in a thread of its own that is restricted. It is left out where the kernel
    /// restricts nothing, or not all.
    fn restricted(needs: &Needs, check: impl FnOnce() + Send) {
        std::thread::scope(|scope| {
            let checked = scope.spawn(|| match restrict(needs).unwrap() {
                Enforcement::Whole => check(),
                other => skip("Landlock", &format!("this kernel enforces {other:?} of it")),
            });
            checked.join().unwrap();
        });
    }

    fn denied<T>(result: io::Result<T>) -> bool {
        result.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    }

    #[test]
    fn only_named_files_are_read_and_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for name in ["input", "recording", "other"] {
            fs::write(path(name), "x").unwrap();
        }
        let needs = Needs {
            reads: vec![path("input")],
            writes: Some(path("recording")),
            ..Needs::default()
        };
        restricted(&needs, || {
            assert!(fs::read(path("input")).is_ok());
            assert!(fs::write(path("recording"), "y").is_ok());
            assert!(denied(fs::read(path("other"))));
            assert!(denied(fs::write(path("input"), "y")));
            assert!(denied(fs::write(path("new"), "y")));
            assert!(denied(fs::remove_file(path("other"))));
            assert!(denied(fs::rename(path("other"), path("input"))));
            assert!(denied(fs::read("/etc/passwd")));
        });
    }

    #[test]
    fn only_its_ports_are_bound_and_no_program_is_run() {
        let needs = Needs {
            reads: SYSTEM.iter().map(PathBuf::from).collect(),
            binds: vec![0],
            ..Needs::default()
        };
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let free = free.local_addr().unwrap();
        restricted(&needs, || {
            let bound = TcpListener::bind("127.0.0.1:0").unwrap();
            let to = bound.local_addr().unwrap();
            assert!(denied(std::net::TcpStream::connect(to)));
            assert!(denied(TcpListener::bind(free)));
            assert!(denied(Command::new("/bin/true").status()));
        });
    }

    #[test]
    fn a_socket_is_made_only_in_its_folder_and_no_signal_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        let [own, other] = ["own", "other"].map(|name| dir.path().join(name));
        for folder in [&own, &other] {
            fs::create_dir(folder).unwrap();
        }
        let needs = Needs {
            sockets: Some(own.clone()),
            is_unix: true,
            ..Needs::default()
        };
        let mut program = Command::new("sleep").arg("60").spawn().unwrap();
        let id = Pid::from_raw(program.id().try_into().unwrap());
        restricted(&needs, || {
            UnixListener::bind(own.join("socket")).unwrap();
            fs::remove_file(own.join("socket")).unwrap();
            assert!(denied(fs::write(own.join("file"), "x")));
            assert!(denied(fs::create_dir(own.join("folder"))));
            assert!(denied(UnixListener::bind(other.join("socket"))));
            assert!(denied(UnixListener::bind(dir.path().join("socket"))));
            // Signal 0 asks only whether another one may be sent (kill(2)).
            assert_eq!(kill(id, None), Err(Errno::EPERM));
        });
        assert_eq!(kill(id, None), Ok(()));
        program.kill().unwrap();
        program.wait().unwrap();
    }

    #[test]
    fn a_recording_that_is_not_there_is_made_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new.pcapng");
        let needs = Needs {
            writes: Some(path.clone()),
            ..Needs::default()
        };
        needs.make_recording().unwrap();
        let known = fs::metadata(&path).unwrap();
        assert_eq!(
            (known.len(), known.permissions().mode() & 0o777),
            (0, 0o600)
        );
        fs::write(&path, "kept").unwrap();
        needs.make_recording().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"kept");
    }
}
