//! The scripts that the READMEs and the book show work as described.

use super::program::Ended;
use super::readme::ROOT;
use crate::ports::quiet;
use crate::skips::have;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

#[test]
fn every_part_of_the_benches_is_there_and_has_its_table() {
    for page in [
        include_str!("../../docs/en/performance.md"),
        include_str!("../../docs/zh/performance.md"),
    ] {
        let shown = page.split("`scripts/bench ").skip(1);
        let shown = shown.filter_map(|text| text.split('`').next());
        let parts: Vec<&str> = shown.flat_map(str::split_whitespace).collect();
        assert!(!parts.is_empty());
        for part in parts.into_iter().filter(|part| *part != "--book") {
            let file = Path::new(ROOT).join(format!("scripts/benches/{part}.py"));
            assert!(file.is_file(), "{part}");
            assert!(page.contains(&format!("<!-- {part} -->\n")), "{part}");
        }
    }
}

/// A folder with substitutes for build and install tools, and one with the program as they build it;
/// `None`, with the reason, if the window's dependencies are missing.
fn built() -> Option<(TempDir, String)> {
    if !have(&["Xvfb", "xdotool", "import", "python3"]) {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    executable(&path.join("cargo"), ":");
    executable(&path.join("dpkg-query"), "printf 'install ok installed'");
    let program = env!("CARGO_BIN_EXE_netpeer");
    for profile in ["first", "release"] {
        let built = path.join("target").join(profile);
        std::fs::create_dir_all(&built).unwrap();
        std::os::unix::fs::symlink(program, built.join("netpeer")).unwrap();
    }
    let folders = std::env::var("PATH").unwrap();
    let folders = format!("{}:{folders}", path.display());
    Some((folder, folders))
}

fn executable(path: &Path, line: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{line}\n")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(path, mode).unwrap();
}

/// Runs a script without a display, for at most a minute.
fn script(words: &[&str], folder: &Path, folders: &str) -> Ended {
    let mut script = Command::new("timeout");
    script.args(["--kill-after=5", "60"]).args(words);
    script.current_dir(folder).env("PATH", folders);
    script.env("CARGO_TARGET_DIR", folder.join("target"));
    script.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let output = script.stdin(Stdio::null()).output().unwrap();
    Ended {
        status: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn scripts_run_opens_a_window_without_a_display() {
    let Some((folder, folders)) = built() else {
        return;
    };
    let path = folder.path();
    let port = quiet();
    std::fs::create_dir(path.join("mine")).unwrap();
    let settings = format!("(version: 1, tabs: [(network: (local_port: \"{port}\"))])");
    std::fs::write(path.join("mine/settings.ron"), settings).unwrap();
    let run = format!("{ROOT}/scripts/run");
    let ended = script(&[&run, "--lang", "en"], path, &folders);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    // A relative folder refers to the caller's folder.
    let ended = script(&[&run, "--config", "mine", "--lang", "zh"], path, &folders);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let said = format!("received a datagram on 127.0.0.1:{port}");
    assert!(ended.out.contains(&said), "{}", ended.out);
    assert!(path.join("target/window.png").is_file());
    // A problem that keeps the window from opening is reported at once.
    let ended = script(&[&run, "--config"], path, &folders);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(ended.err.contains("--config"), "{}", ended.err);
}

#[test]
fn windows_of_the_benches_end_when_they_are_stopped() {
    let Some((folder, folders)) = built() else {
        return;
    };
    let path = folder.path();
    let python = |lines: &str| {
        let begin = format!("import sys; sys.path.insert(0, '{ROOT}/scripts/benches')");
        let lines = format!("{begin}\nimport common\n{lines}");
        script(&["python3", "-B", "-c", &lines], path, &folders)
    };
    let lines = "
window = common.Window()
window.start(connect=False)
window.stop()
print('status', window.process.returncode)
";
    let ended = python(lines);
    assert_eq!(ended.out, "status -9\n", "{}", ended.err);
    // A tool whose window does not open is skipped, and ended.
    executable(&path.join("packetsender"), "exec sleep 50");
    let lines = "
wait = common.wait_until
common.wait_until = lambda condition, what: wait(condition, what, 1)
window = common.PacketSender()
try:
    window.start()
except common.Skipped as reason:
    print(reason, window.process.returncode)
";
    let ended = python(lines);
    let expected = "waited in vain for Packet Sender's window -9\n";
    assert_eq!(ended.out, expected, "{}", ended.err);
}
