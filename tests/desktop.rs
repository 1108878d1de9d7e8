//! The real program in a real window on a virtual display, with real key and mouse
//! events, down to the far side's bytes.
#![cfg(target_os = "linux")]

use netpeer::settings::{Settings, TabSettings, file_in, save};
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(20);

/// Places of controls in the window of 1280 × 800 points.
const CONNECT: (u32, u32) = (131, 212);
const MESSAGE: (u32, u32) = (700, 715);
const LAST_SOURCE: (u32, u32) = (685, 645);
const SEND: (u32, u32) = (1209, 700);

/// Ends the process with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Asked to end rather than killed, so that Xvfb removes its lock and socket.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.0.kill().ok();
        }
        self.0.wait().ok();
    }
}

struct Desktop {
    display: String,
    _server: Running,
}

impl Desktop {
    /// `None`, with the reason, where the tools are missing.
    fn start() -> Option<Self> {
        for tool in ["Xvfb", "xdotool"] {
            if Command::new("which")
                .arg(tool)
                .stdout(Stdio::null())
                .status()
                .is_ok_and(|status| !status.success())
            {
                eprintln!("skipped: {tool} is not installed (scripts/test installs it)");
                return None;
            }
        }
        // Without -noreset it starts over whenever its last client leaves, and refuses the next.
        let mut server = Command::new("Xvfb")
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

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    fn xdotool(&self, arguments: &[&str]) -> String {
        let output = self.command("xdotool").args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The program with the settings in `config`, connected, and its window.
    fn connected(&self, config: &Path, local: SocketAddr) -> (Running, String) {
        self.connected_with(config, local, |_| {})
    }

    /// The same after `prepare` changed how it is started.
    fn connected_with(
        &self,
        config: &Path,
        local: SocketAddr,
        prepare: impl Fn(&mut Command),
    ) -> (Running, String) {
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
        self.xdotool(&["windowfocus", "--sync", &window]);
        self.click(CONNECT);
        // Trying to bind it would take it from the program.
        until("the port to be bound", || line_of(local).map(drop));
        (program, window)
    }

    fn click(&self, (x, y): (u32, u32)) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    }
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::yield_now();
    }
}

fn far_side() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

fn receive(socket: &UdpSocket) -> Option<(String, SocketAddr)> {
    let mut buffer = [0; 1024];
    let (count, sender) = socket.recv_from(&mut buffer).ok()?;
    Some((
        String::from_utf8_lossy(&buffer[..count]).into_owned(),
        sender,
    ))
}

#[test]
fn a_person_connects_types_and_sends() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let (first, second) = (far_side(), far_side());
    let local = SocketAddr::from(([127, 0, 0, 1], crate::ports::quiet()));
    let dir = tempfile::tempdir().unwrap();
    let mut tab = TabSettings::default();
    tab.network.local_port = local.port().to_string();
    tab.send.target_port = first.local_addr().unwrap().port().to_string();
    tab.send.composition.text = String::new();
    save(
        &file_in(dir.path()),
        &Settings {
            tabs: vec![tab],
            ..Settings::default()
        },
    )
    .unwrap();
    let (_program, _) = desktop.connected(dir.path(), local);

    desktop.click(MESSAGE);
    desktop.xdotool(&["type", "hello"]);
    // The port is bound a moment before the window has heard of it.
    first
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let sent = until("hello", || {
        desktop.xdotool(&["key", "ctrl+Return"]);
        receive(&first)
    });
    assert_eq!(sent, ("hello".into(), local));

    // What arrives becomes the target with one click, and the button sends to it.
    second.send_to("来信".as_bytes(), local).unwrap();
    until("the reply to the second", || {
        desktop.click(LAST_SOURCE);
        desktop.click(SEND);
        second
            .set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        let mut buffer = [0; 64];
        second
            .recv_from(&mut buffer)
            .ok()
            .filter(|(count, _)| buffer[..*count] == *b"hello")
    });
}

/// What /proc/net/udp says of the socket.
fn line_of(local: SocketAddr) -> Option<String> {
    let place = format!("0100007F:{:04X}", local.port());
    let table = std::fs::read_to_string("/proc/net/udp").unwrap();
    let line = table.lines().find(|line| line.contains(&place));
    line.map(str::to_owned)
}

/// What the kernel keeps for the socket, in bytes, and what it dropped.
fn queue_and_drops(local: SocketAddr) -> (u64, u64) {
    // The table is read piece by piece: while sockets come and go, a line may be missing.
    let line = until("the socket's line", || line_of(local));
    let fields: Vec<&str> = line.split_whitespace().collect();
    let queue = fields[4].split(':').nth(1).unwrap();
    (
        u64::from_str_radix(queue, 16).unwrap(),
        fields[12].parse().unwrap(),
    )
}

#[test]
fn a_hidden_window_loses_nothing() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let local = SocketAddr::from(([127, 0, 0, 1], crate::ports::quiet()));
    let dir = tempfile::tempdir().unwrap();
    let mut tab = TabSettings::default();
    tab.network.local_port = local.port().to_string();
    let tabs = vec![tab];
    let settings = Settings {
        tabs,
        ..Settings::default()
    };
    save(&file_in(dir.path()), &settings).unwrap();
    let (_program, window) = desktop.connected(dir.path(), local);
    desktop.xdotool(&["windowunmap", "--sync", &window]);
    // Far more than the channel to the window and the receive buffer hold, at a pace
    // that leaves even this unoptimised program time.
    let (far, began) = (far_side(), Instant::now());
    for number in 0..60_000_u32 {
        far.send_to(&[b'x'; 64], local).unwrap();
        let due = Duration::from_micros(50) * number;
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    until("everything to be read", || {
        (queue_and_drops(local).0 == 0).then_some(())
    });
    assert_eq!(queue_and_drops(local), (0, 0));
}

/// Settings with one UDP tab that binds to `local` and sends to `target`, in a new folder.
fn config_of(local: SocketAddr, target: u16) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut tab = TabSettings::default();
    tab.network.local_port = local.port().to_string();
    tab.send.target_port = target.to_string();
    tab.send.composition.text = String::new();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    save(&file_in(dir.path()), &settings).unwrap();
    dir
}

/// A configuration of fontconfig that knows the fonts of these folders only.
fn fonts_in(folders: &[&Path]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let folders: Vec<String> = folders
        .iter()
        .map(|folder| format!("<dir>{}</dir>", folder.display()))
        .collect();
    let text = format!("<fontconfig>{}</fontconfig>", folders.concat());
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    file
}

/// Characters of every script: each hundredth of those that are assigned, and some that
/// fonts often lack. The whole of Unicode is sent by `scripts/unicode`.
fn characters() -> Vec<char> {
    let every = std::env::var("NETPEER_UNICODE_STEP").ok();
    let step = every.and_then(|step| step.parse().ok()).unwrap_or(101);
    let sample = (0..=0x10_FFFF_u32).step_by(step).filter_map(char::from_u32);
    let odd = "龘สวัสดี𓀀𠀀🏳️‍🌈क्षि\u{FFFF}\u{10FFFF}".chars();
    odd.chain(sample).collect()
}

#[test]
fn the_window_lives_through_every_script_without_fonts_with_one_and_with_all() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let empty = tempfile::tempdir().unwrap();
    let one = tempfile::tempdir().unwrap();
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/fonts/NotoSansSigns.ttf");
    std::fs::copy(font, one.path().join("one.ttf")).unwrap();
    let configurations = [
        Some(fonts_in(&[empty.path()])),
        Some(fonts_in(&[one.path()])),
        None,
    ];
    for (number, fonts) in configurations.iter().enumerate() {
        let (far, local) = (far_side(), free_local());
        let target = far.local_addr().unwrap().port();
        let dir = config_of(local, target);
        let (mut program, _window) = desktop.connected_with(dir.path(), local, |command| {
            if let Some(fonts) = fonts {
                command.env("FONTCONFIG_FILE", fonts.path());
            }
        });
        // A screen at a time, so that each row is drawn.
        for screen in characters().chunks(12 * 60) {
            for row in screen.chunks(60) {
                let text: String = row.iter().collect();
                far.send_to(text.as_bytes(), local).unwrap();
            }
            until("the screen to be read", || {
                (queue_and_drops(local).0 == 0).then_some(())
            });
            assert!(program.0.try_wait().unwrap().is_none(), "fonts {number}");
        }
        far.set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        until("the window to send", || {
            desktop.click(MESSAGE);
            desktop.xdotool(&["key", "ctrl+a"]);
            desktop.xdotool(&["type", "alive"]);
            desktop.xdotool(&["key", "ctrl+Return"]);
            receive(&far).filter(|(text, _)| text == "alive")
        });
    }
}

fn free_local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], crate::ports::quiet()))
}

#[test]
fn a_clipboard_owner_that_never_answers_freezes_nothing() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let (far, local) = (far_side(), free_local());
    let dir = config_of(local, far.local_addr().unwrap().port());
    let (_program, _window) = desktop.connected(dir.path(), local);
    let mut owner = desktop
        .command("xclip")
        .args(["-selection", "clipboard", "-quiet"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let text = "a\r\nb";
    std::io::Write::write_all(&mut owner.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let owner = Running(owner);
    let pasted = until("the paste", || {
        desktop.click(MESSAGE);
        desktop.xdotool(&["key", "ctrl+a", "ctrl+v", "ctrl+Return"]);
        far.set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        receive(&far).filter(|(text, _)| !text.is_empty())
    });
    assert_eq!(pasted.0, text, "its bytes are kept");

    let signal = |name: &str| {
        let id = owner.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    };
    signal("-STOP");
    let began = Instant::now();
    desktop.click(MESSAGE);
    desktop.xdotool(&["key", "ctrl+a", "ctrl+v"]);
    desktop.xdotool(&["type", "still here"]);
    let sent = until("the window to go on", || {
        desktop.xdotool(&["key", "ctrl+Return"]);
        receive(&far).filter(|(text, _)| text.ends_with("still here"))
    });
    signal("-CONT");
    assert_eq!(sent.1, local);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(6), "{took:?}");
}

#[test]
fn a_request_to_end_is_a_clean_end() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    for signal in ["-TERM", "-INT"] {
        for hidden in [false, true] {
            let (far, local) = (far_side(), free_local());
            let dir = config_of(local, 9);
            let (mut program, window) = desktop.connected(dir.path(), local);
            far.send_to(b"a row", local).unwrap();
            if hidden {
                desktop.xdotool(&["windowunmap", "--sync", &window]);
            }
            let id = program.0.id().to_string();
            Command::new("kill").args([signal, &id]).status().unwrap();
            let status = until("the program to end", || program.0.try_wait().unwrap());
            assert!(status.success(), "{signal} {hidden}: {status}");
            let kept = netpeer::journal::leftovers(
                &dir.path().join("journal"),
                Duration::from_secs(3_600),
            );
            assert!(kept.iter().all(|log| log.ended), "left as by a crash");
        }
    }
}

/// Without a display the program says so, with the line that helps, and ends.
#[test]
fn without_a_display_it_explains_itself() {
    for (lang, words) in [("zh", "没有可用的显示"), ("en", "There is no display")] {
        let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(["--lang", lang])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert!(
            said.contains(words) && said.contains("xvfb-run") && !said.contains("panicked"),
            "{said}"
        );
    }
}

/// A display that is named and not there: which, why, and what to do.
#[test]
fn a_display_that_is_not_there_is_named() {
    let named = [
        ("DISPLAY", ":7391"),
        ("WAYLAND_DISPLAY", "wayland-7391"),
        ("DISPLAY", "nonsense"),
    ];
    for (lang, words) in [("zh", "连不上"), ("en", "cannot be reached")] {
        for (variable, display) in named {
            let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
                .args(["--lang", lang])
                .env_remove("DISPLAY")
                .env_remove("WAYLAND_DISPLAY")
                .env_remove("WAYLAND_SOCKET")
                .env(variable, display)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success());
            for part in [words, variable, display, "xvfb-run"] {
                assert!(said.contains(part), "{part}: {said}");
            }
            assert!(!said.contains(".rs"), "{said}");
        }
    }
}

/// As after `su`: the compositor that is named is another user's, the X server is there.
#[test]
fn without_its_compositor_the_window_opens_on_the_x_server() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let local = SocketAddr::from(([127, 0, 0, 1], crate::ports::quiet()));
    let dir = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    let mut tab = TabSettings::default();
    tab.network.local_port = local.port().to_string();
    settings.tabs = vec![tab];
    save(&file_in(dir.path()), &settings).unwrap();
    desktop.connected_with(dir.path(), local, |command| {
        command.env("WAYLAND_DISPLAY", "wayland-7391");
    });
}
