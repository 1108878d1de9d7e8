//! Chinese typed with fcitx5 over XIM, which shows the word in a window of its own (its default).

use super::driver::{
    Desktop, MESSAGE, Running, SEND, config_of, far_side, free_local, receive, until,
};
use crate::skips::have;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

const PROFILE: &str = "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=pinyin\n
[Groups/0/Items/0]\nName=keyboard-us\n
[Groups/0/Items/1]\nName=pinyin\n
[GroupOrder]\n0=Default\n";

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

#[test]
fn pinyin_stays_on_through_clicks() {
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
    // Keys reach the program in the order of the input method, clicks do not.
    for (typed, word) in [
        ("nihao ", "你好"),
        ("shijie ", "世界"),
        ("wangluo ", "网络"),
    ] {
        desktop.xdotool(&["type", "--delay", "50", typed]);
        desktop.xdotool(&["key", "ctrl+Return"]);
        assert_eq!(next(), word);
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
