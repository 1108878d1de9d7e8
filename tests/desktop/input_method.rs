//! Chinese typed over XIM: with fcitx5, which shows the word in a window of its own (its
//! default), and with ibus, which shows it in the field.

use super::driver::{
    Desktop, MESSAGE, Running, SEND, config_of, far_side, folder_of, free_local, receive,
    settings_of, until,
};
use crate::skips::have;
use netpeer::automation::rules::Rule;
use netpeer::settings::dock::Page;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const PROFILE: &str = "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=pinyin\n
[Groups/0/Items/0]\nName=keyboard-us\n
[Groups/0/Items/1]\nName=pinyin\n
[GroupOrder]\n0=Default\n";

/// Held by the test that types: input methods answer late where two work at once.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts fcitx5 with Pinyin, off at first. Its messages go to `log`.
fn fcitx5(desktop: &Desktop, home: &Path, log: &Path) -> Running {
    fs::create_dir_all(home.join("fcitx5")).unwrap();
    fs::write(home.join("fcitx5/profile"), PROFILE).unwrap();
    let child = desktop
        .command("fcitx5")
        .args(["--disable", "all", "--enable"])
        .arg("xcb,xim,keyboard,pinyin,punctuation,classicui")
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_DATA_HOME", home)
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        .stdout(Stdio::null())
        .stderr(File::create(log).unwrap())
        .spawn()
        .unwrap();
    let running = Running(child);
    until_loaded(log, "keyboard");
    running
}

fn until_loaded(log: &Path, addon: &str) {
    let line = format!("Loaded addon {addon}");
    until(&line, || {
        let log = fs::read_to_string(log).unwrap();
        log.contains(&line).then_some(())
    });
}

/// Starts ibus with Pinyin on, and the bus it needs.
fn ibus(desktop: &Desktop, home: &Path) -> [Running; 2] {
    let mut bus = desktop.command("dbus-daemon");
    bus.args(["--session", "--nofork", "--print-address=1"]);
    let mut bus = bus.stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    let out = bus.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut address).unwrap();
    let command = |program: &str| {
        let mut command = desktop.command(program);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", address.trim())
            .env("GSETTINGS_BACKEND", "memory")
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home)
            .env("XDG_CACHE_HOME", home)
            .env("XDG_DATA_HOME", home)
            .stderr(Stdio::null());
        command
    };
    // The engine waits in vain for settings where nothing keeps them.
    let daemon = command("ibus-daemon")
        .args(["--xim", "--panel", "disable", "--emoji-extension=disable"])
        .args(["--config", "/usr/libexec/ibus-memconf"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let started = [Running(daemon), Running(bus)];
    until("Pinyin", || {
        // Its status is 1 even where it succeeds.
        let chosen = command("ibus").args(["engine", "libpinyin"]).output();
        let engine = command("ibus").arg("engine").output().unwrap().stdout;
        (chosen.is_ok() && engine.starts_with(b"libpinyin")).then_some(())
    });
    started
}

/// The program with its port open, in the locale of an input method.
fn opened(desktop: &Desktop, method: &str, far: &UdpSocket) -> (Running, tempfile::TempDir) {
    far.set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let local: SocketAddr = free_local();
    // A program that starts before it may not find it.
    until("the XIM server", || desktop.root_value("XIM_SERVERS"));
    let mut settings = settings_of(local, far.local_addr().unwrap().port());
    settings.dock.open = Some(Page::AutoReply);
    for tab in &mut settings.tabs {
        tab.rules.rules = vec![Rule::default()];
    }
    let dir = folder_of(&settings);
    let (program, _) = desktop.connected_with(dir.path(), local, |command| {
        command
            .env("XMODIFIERS", format!("@im={method}"))
            .env("LC_ALL", "C.UTF-8");
    });
    (program, dir)
}

/// A field: its name, the keys typed into it, the word that this means, and the way to the field.
type Field = (&'static str, &'static str, &'static str, fn(&Desktop));

const FIELDS: [Field; 5] = [
    ("message", "nihao ", "你好", |desktop| {
        desktop.click(MESSAGE)
    }),
    ("filter", "shijie ", "世界", |desktop| {
        desktop.xdotool(&["key", "ctrl+f"]);
    }),
    ("name of a tab", "wangluo ", "网络", |desktop| {
        desktop.xdotool(&["mousemove", "138", "20", "click", "3"]);
        desktop.click((232, 68));
    }),
    ("name of a rule", "zhongguo ", "中国", |desktop| {
        // A menu takes the first click.
        desktop.click((1050, 205));
        desktop.click((1050, 205));
        desktop.click((1050, 317));
    }),
    ("target host", "xuesheng ", "学生", |desktop| {
        desktop.click((345, 636));
    }),
];

/// Types a word into each field, and copies its content. All of it is repeated if a click
/// came before the window showed the field.
fn check_fields(desktop: &Desktop) {
    for (field, typed, word, focus) in FIELDS {
        until(&format!("{word} in the {field}"), || {
            focus(desktop);
            desktop.xdotool(&["key", "ctrl+a"]);
            desktop.xdotool(&["type", "--delay", "50", typed]);
            desktop.xdotool(&["key", "ctrl+a", "ctrl+c"]);
            // Keys arrive by way of the input method, after xdotool has ended.
            let patience = Instant::now() + Duration::from_secs(5);
            loop {
                let mut xclip = desktop.command("xclip");
                let copied = xclip.args(["-o", "-selection", "clipboard"]).output();
                if copied.unwrap().stdout == word.as_bytes() {
                    return Some(());
                }
                if Instant::now() > patience {
                    return None;
                }
            }
        });
    }
}

/// Switches Pinyin on in the message.
fn switch_on(desktop: &Desktop, log: &Path) {
    desktop.click(MESSAGE);
    desktop.xdotool(&["key", "ctrl+space"]);
    // It loads its dictionary at the first key.
    desktop.xdotool(&["key", "n"]);
    until_loaded(log, "pinyin");
    desktop.xdotool(&["key", "Escape"]);
}

#[test]
fn with_ibus_pinyin_reaches_every_field() {
    let _alone = alone();
    let Some(desktop) = Desktop::start() else {
        return;
    };
    if !have(&["ibus-daemon", "dbus-daemon", "xclip"]) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let _ibus = ibus(&desktop, home.path());
    let far = far_side();
    let (_program, _dir) = opened(&desktop, "ibus", &far);
    check_fields(&desktop);
}

/// Xlib waits forever for the answer of a server that is gone, if an input method is open.
#[test]
fn the_program_ends_with_its_x_server() {
    let _alone = alone();
    let Some(desktop) = Desktop::start_apart() else {
        return;
    };
    if !have(&["fcitx5"]) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("log");
    let _fcitx5 = fcitx5(&desktop, home.path(), &log);
    let far = far_side();
    let (mut program, _dir) = opened(&desktop, "fcitx", &far);
    switch_on(&desktop, &log);
    drop(desktop);
    until("the program to end", || program.0.try_wait().unwrap());
}

#[test]
fn pinyin_stays_on_through_clicks() {
    let _alone = alone();
    let Some(desktop) = Desktop::start() else {
        return;
    };
    if !have(&["fcitx5"]) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("log");
    let _fcitx5 = fcitx5(&desktop, home.path(), &log);
    let (far, local) = (far_side(), free_local());
    let patience = Some(Duration::from_millis(500));
    far.set_read_timeout(patience).unwrap();
    let dir = config_of(local, far.local_addr().unwrap().port());
    let (_program, _) = desktop.connected_with(dir.path(), local, |command| {
        command
            .env("XMODIFIERS", "@im=fcitx")
            .env("LC_ALL", "C.UTF-8");
    });
    desktop.click(MESSAGE);
    desktop.xdotool(&["key", "ctrl+space"]);
    // It loads its dictionary at the first key.
    desktop.xdotool(&["key", "n"]);
    until_loaded(&log, "pinyin");
    desktop.xdotool(&["key", "Escape"]);
    // The port is bound a moment before the window shows it.
    until("an empty message", || {
        desktop.xdotool(&["key", "ctrl+Return"]);
        receive(&far)
    });
    while receive(&far).is_some() {}
    let next = || until("a datagram", || receive(&far)).0;
    // More of the empty ones may still be on their way to a busy window.
    let word_of = || {
        let first = next();
        if first.is_empty() { next() } else { first }
    };
    // Keys reach the program in the order of the input method, clicks do not.
    for (typed, word) in [
        ("nihao ", "你好"),
        ("shijie ", "世界"),
        ("wangluo ", "网络"),
    ] {
        desktop.xdotool(&["type", "--delay", "50", typed]);
        desktop.xdotool(&["key", "ctrl+Return"]);
        assert_eq!(word_of(), word);
        // The message has the keys again after the click.
        desktop.click(SEND);
        assert_eq!(next(), word);
        desktop.xdotool(&["key", "ctrl+a", "Delete", "ctrl+Return"]);
        assert_eq!(next(), "");
    }
    // The program does not know of the word, which is still in the input method's window.
    desktop.xdotool(&["type", "--delay", "50", "zhongguo"]);
    desktop.click(SEND);
    assert_eq!(next(), "");
    desktop.xdotool(&["key", "space", "ctrl+Return"]);
    assert_eq!(next(), "中国");
}
