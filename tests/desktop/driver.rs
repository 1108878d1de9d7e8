//! The program in a window on a virtual display.

use crate::skips::have;
use netpeer::settings::{Settings, TabSettings, file_in, save};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, PropMode};
use x11rb::wrapper::ConnectionExt as _;

pub const DEADLINE: Duration = Duration::from_secs(20);

/// The positions of controls in the window of 1280 × 800 points.
pub const CONNECT: (u32, u32) = (120, 188);
pub const MESSAGE: (u32, u32) = (690, 700);
pub const LAST_SOURCE: (u32, u32) = (505, 636);
pub const SEND: (u32, u32) = (1209, 692);

/// A child process that ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM rather than SIGKILL, so that Xvfb removes its lock and socket.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        let deadline = Instant::now() + DEADLINE;
        while asked.as_ref().is_ok_and(std::process::ExitStatus::success) {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            if Instant::now() > deadline {
                break;
            }
            std::thread::yield_now();
        }
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

pub struct Desktop {
    display: String,
    _server: Running,
}

impl Desktop {
    /// Starts the virtual display; `None`, with the reason, if the tools are missing.
    pub fn start() -> Option<Self> {
        Self::start_as(&[])
    }

    /// As [`Self::start`], for a test that ends the display before its programs: no other test
    /// gets its number, which these would then reach.
    pub fn start_apart() -> Option<Self> {
        Self::start_as(&[&format!(":{}", 7_000 + std::process::id() % 900)])
    }

    fn start_as(number: &[&str]) -> Option<Self> {
        if !have(&["Xvfb", "xdotool"]) {
            return None;
        }
        // Without -noreset Xvfb restarts when its last client leaves, and refuses the next one.
        let mut server = Command::new("Xvfb")
            .args(number)
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        Some(Self {
            display: format!(":{}", number.trim()),
            _server: Running(server),
        })
    }

    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// A program whose text can be pasted until it ends.
    pub fn owner_of_clipboard(&self, text: &str) -> Running {
        let mut owner = self
            .command("xclip")
            .args(["-selection", "clipboard", "-quiet"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = owner.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        Running(owner)
    }

    pub fn xdotool(&self, arguments: &[&str]) -> String {
        let output = self.command("xdotool").args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts the program with the settings in `config` and connects; returns it and its window.
    pub fn connected(&self, config: &Path, local: SocketAddr) -> (Running, String) {
        self.connected_with(config, local, |_| {})
    }

    /// As [`Self::connected`], after `prepare` has changed the command.
    pub fn connected_with(
        &self,
        config: &Path,
        local: SocketAddr,
        prepare: impl Fn(&mut Command),
    ) -> (Running, String) {
        let (program, window) = self.opened(config, prepare);
        self.xdotool(&["windowfocus", "--sync", &window]);
        self.click(CONNECT);
        // A test bind could take the port from the program.
        until("the port to be bound", || line_of(local).map(drop));
        (program, window)
    }

    /// Starts the program with the settings in `config`; returns it and its window.
    pub fn opened(&self, config: &Path, prepare: impl Fn(&mut Command)) -> (Running, String) {
        let mut command = self.command(env!("CARGO_BIN_EXE_netpeer"));
        command.args(["--lang", "zh", "--config"]).arg(config);
        prepare(&mut command);
        let program = Running(command.spawn().unwrap());
        let window = until("the window", || {
            self.xdotool(&["search", "--onlyvisible", "--class", "netpeer"])
                .lines()
                .next()
                .map(str::to_owned)
        });
        (program, window)
    }

    /// The place and the size of a window, in pixels.
    pub fn geometry(&self, window: &str) -> [i64; 4] {
        let geometry = self.xdotool(&["getwindowgeometry", "--shell", window]);
        ["X=", "Y=", "WIDTH=", "HEIGHT="].map(|name| {
            let value = geometry.lines().find_map(|line| line.strip_prefix(name));
            value.and_then(|value| value.parse().ok()).unwrap_or(-1)
        })
    }

    /// Starts a window manager; `None`, with the reason, if it is missing.
    pub fn start_window_manager(&self) -> Option<Running> {
        if !have(&["openbox"]) {
            return None;
        }
        let mut manager = self.command("openbox");
        manager.stdout(Stdio::null()).stderr(Stdio::null());
        let manager = Running(manager.spawn().unwrap());
        until("the window manager", || {
            self.root_value("_NET_SUPPORTING_WM_CHECK")
        });
        Some(manager)
    }

    /// The first number of a property of the root window.
    pub fn root_value(&self, name: &str) -> Option<u32> {
        let (connection, screen) = x11rb::connect(Some(&self.display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let name = connection.intern_atom(false, name.as_bytes()).unwrap();
        let name = name.reply().unwrap().atom;
        let value = connection.get_property(false, root, name, AtomEnum::ANY, 0, 1);
        let value = value.unwrap().reply().unwrap();
        value.value32()?.next()
    }

    /// Sets the area that panels leave, as a window manager does (EWMH).
    pub fn set_work_area(&self, area: [u32; 4]) {
        let (connection, screen) = x11rb::connect(Some(&self.display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let name = connection.intern_atom(false, b"_NET_WORKAREA").unwrap();
        let name = name.reply().unwrap().atom;
        connection
            .change_property32(PropMode::REPLACE, root, name, AtomEnum::CARDINAL, &area)
            .unwrap()
            .check()
            .unwrap();
    }

    pub fn click(&self, (x, y): (u32, u32)) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    }
}

pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::yield_now();
    }
}

pub fn far_side() -> UdpSocket {
    crate::sockets::far_side().0
}

pub fn receive(socket: &UdpSocket) -> Option<(String, SocketAddr)> {
    let mut buffer = [0; 1024];
    let (count, sender) = socket.recv_from(&mut buffer).ok()?;
    Some((
        String::from_utf8_lossy(&buffer[..count]).into_owned(),
        sender,
    ))
}

/// The line of the socket in /proc/net/udp.
pub fn line_of(local: SocketAddr) -> Option<String> {
    let place = format!("0100007F:{:04X}", local.port());
    let table = std::fs::read_to_string("/proc/net/udp").unwrap();
    let line = table.lines().find(|line| line.contains(&place));
    line.map(str::to_owned)
}

/// The bytes queued for the socket, and the number of dropped datagrams.
pub fn queue_and_drops(local: SocketAddr) -> (u64, u64) {
    // The kernel returns the table in parts: a line may be missing while sockets come and go.
    let line = until("the socket's line", || line_of(local));
    let fields: Vec<&str> = line.split_whitespace().collect();
    let queue = fields[4].split(':').nth(1).unwrap();
    (
        u64::from_str_radix(queue, 16).unwrap(),
        fields[12].parse().unwrap(),
    )
}

/// Settings with one UDP tab that binds to `local` and sends to `target`, in a new folder.
pub fn config_of(local: SocketAddr, target: u16) -> tempfile::TempDir {
    folder_of(&settings_of(local, target))
}

/// Settings with one UDP tab that binds to `local` and sends to `target`.
pub fn settings_of(local: SocketAddr, target: u16) -> Settings {
    let mut tab = TabSettings::default();
    tab.network.local_port = local.port().to_string();
    tab.send.target_port = target.to_string();
    tab.send.composition.text = String::new();
    Settings {
        tabs: vec![tab],
        ..Settings::default()
    }
}

/// A new folder with these settings.
pub fn folder_of(settings: &Settings) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    save(&file_in(dir.path()), settings).unwrap();
    dir
}

pub fn free_local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], crate::ports::quiet()))
}
