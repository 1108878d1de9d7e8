//! The window on a compositor without an X server, at scale factors 1 to 3.

use super::driver::{Running, config_of, free_local, until};
use crate::skips::have;
use netpeer::settings::{LoadedSettings, file_in, load};
use regex::Regex;
use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

/// The screen, in pixels; weston takes its size in points.
const SCREEN: (u32, u32) = (1280, 800);
const SOCKET: &str = "wayland-test";
/// The libraries that the program checks before it opens a window, and the dependencies of its
/// packages.
const CHECKED: &str = include_str!("../../src/start/libraries.rs");
const PACKAGED: &str = include_str!("../../Cargo.toml");

struct Compositor {
    folder: tempfile::TempDir,
    _server: Running,
}

impl Compositor {
    /// Starts weston without a screen; `None`, with the reason, if it is missing.
    fn start(scale: u32) -> Option<Self> {
        if !have(&["weston"]) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let own = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder.path(), own).unwrap();
        let server = Command::new("weston")
            .args(["--backend=headless-backend.so", "--no-config"])
            .args(["--idle-time=0", &format!("--socket={SOCKET}")])
            .args([
                format!("--width={}", SCREEN.0 / scale),
                format!("--height={}", SCREEN.1 / scale),
                format!("--scale={scale}"),
            ])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("weston");
        let server = Running(server);
        let socket = folder.path().join(SOCKET);
        until("the compositor", || UnixStream::connect(&socket).ok());
        Some(Self {
            folder,
            _server: server,
        })
    }

    /// The program, which writes to this file the messages of the protocol and the names of the
    /// libraries that it opens.
    fn program(&self, config: &std::path::Path, messages: File) -> Running {
        let program = Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(["--lang", "zh", "--config"])
            .arg(config)
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("WAYLAND_DISPLAY", SOCKET)
            .env("WAYLAND_DEBUG", "1")
            .env("LD_DEBUG", "libs")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_SOCKET")
            .env_remove("DISPLAY")
            .stderr(messages)
            .spawn();
        Running(program.unwrap())
    }
}

/// The requests of the program to the compositor.
struct Messages(String);

impl Messages {
    /// The numbers of the last message that this pattern matches.
    fn last(&self, pattern: &str) -> Option<Vec<i64>> {
        let pattern = Regex::new(pattern).unwrap();
        let found = pattern.captures_iter(&self.0).last()?;
        let numbers = found.iter().skip(1).flatten();
        Some(
            numbers
                .map(|number| number.as_str().parse().unwrap())
                .collect(),
        )
    }

    /// The libraries of Wayland that the program looked for; Mesa needs that of compositors.
    fn libraries(&self) -> Vec<String> {
        let pattern = Regex::new(r"find library=(libwayland-[a-z]+\.so\.\d+)").unwrap();
        let names = pattern.captures_iter(&self.0);
        let names: Vec<String> = names.map(|found| found[1].to_owned()).collect();
        assert!(
            names.iter().any(|name| name.contains("client")),
            "{names:?}"
        );
        let is_own = |name: &String| !name.contains("server");
        names.into_iter().filter(is_own).collect()
    }

    /// How often the window was painted.
    fn frames(&self) -> Option<usize> {
        let surface = self.last(r"get_xdg_surface\(.*wl_surface[@#](\d+)\)")?;
        let painted = format!(r"wl_surface[@#]{}\.attach\(wl_buffer", surface[0]);
        let painted = Regex::new(&painted).unwrap();
        Some(painted.find_iter(&self.0).count())
    }
}

#[test]
fn the_window_opens_fits_and_ends_under_wayland_at_every_scale_factor() {
    for scale in [1, 2, 3] {
        let Some(compositor) = Compositor::start(scale) else {
            return;
        };
        let dir = config_of(free_local(), 9);
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut program = compositor.program(dir.path(), log.reopen().unwrap());
        let read = || Messages(String::from_utf8_lossy(&std::fs::read(log.path()).unwrap()).into());
        // As the user sees it: with its title bar.
        let geometry = r"set_window_geometry\(-?\d+, -?\d+, (\d+), (\d+)\)";
        let (width, height) = (i64::from(SCREEN.0 / scale), i64::from(SCREEN.1 / scale));
        until("a window that fits", || {
            let messages = read();
            let size = messages.last(geometry)?;
            let fits = (1..=width).contains(&size[0]) && (1..=height).contains(&size[1]);
            (fits && messages.frames()? >= 2).then_some(())
        });
        let least = read().last(r"set_min_size\((\d+), (\d+)\)").unwrap();
        assert!(
            least[0] <= width && least[1] <= height,
            "{scale}: {least:?}"
        );
        assert!(program.0.try_wait().unwrap().is_none(), "it runs");
        for library in read().libraries() {
            let is_in = |text: &str| text.contains(&library);
            assert!(is_in(CHECKED) && is_in(PACKAGED), "{library}");
        }

        let id = program.0.id().to_string();
        Command::new("kill").arg(id).status().unwrap();
        let status = until("the program to end", || program.0.try_wait().unwrap());
        assert!(status.success(), "{scale}: {status}");
        let LoadedSettings {
            settings,
            set_aside: aside,
        } = load(&file_in(dir.path()));
        assert!(aside.is_none() && settings.tabs.len() == 1);
    }
}
