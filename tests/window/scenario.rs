//! Scenarios in the window: shown first, and run on request.

use super::driver::Window;
use super::keys::closes;
use egui::{Key, Modifiers, ViewportCommand, vec2};
use egui_kittest::kittest::Queryable as _;
use netpeer::words::Lang;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with a scenario whose program creates a file in it.
fn folder(step: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("play.ron"), "made", step);
    let made = folder.path().join("made");
    (folder, made)
}

fn write(path: &Path, makes: &str, step: &str) {
    let text = format!(
        r#"(
            sessions: {{ "near": Udp(), "far": Udp(bind: "127.0.0.1:0") }},
            programs: [(name: "maker", run: ["sh", "-c", "echo > {makes}; echo ready; exec sleep 60"])],
            steps: [Prints(program: "maker", exact: "ready", within: "20s"), {step}],
        )"#
    );
    std::fs::write(path, text).unwrap();
}

fn open(window: &mut Window, path: &Path) {
    window.press(Modifiers::COMMAND, Key::O);
    window.fill("要打开的文件", "File to open", path.to_str().unwrap());
    window.click("打开", "Open");
}

#[test]
fn a_scenario_shows_its_programs_and_runs_when_that_is_asked_for() {
    for lang in Lang::ALL {
        let (folder, made) = folder(r#"Send(session: "near", to: "far", text: "hi")"#);
        let mut window = Window::open(lang);
        open(&mut window, &folder.path().join("play.ron"));
        window.until_says("maker: sh -c 'echo > made; echo ready; exec sleep 60'");
        assert!(
            window.says("far: UDP bind 127.0.0.1:0"),
            "{}",
            window.labels()
        );
        assert!(window.says("2 Send near “hi”"), "{}", window.labels());
        assert!(!made.exists());
        window.click("运行", "Run");
        window.until_says(match lang {
            Lang::Chinese => "通过：2 步",
            Lang::English => "passed: 2 of 2 steps",
        });
        assert!(window.says("✓ 2 Send near “hi”"), "{}", window.labels());
        assert!(made.exists());
        window.click("关闭", "Close");
        window.until("the end of it", |window| !window.says("✓ 2 "));
    }
}

#[test]
fn a_step_that_fails_says_why() {
    let (folder, _) = folder(r#"Expect(session: "near", exact: "x", within: "50ms")"#);
    let mut window = Window::open(Lang::English);
    open(&mut window, &folder.path().join("play.ron"));
    window.until_says("maker: sh");
    window.click("运行", "Run");
    window.until_says("failed: 1 of 2 steps");
    assert!(window.says("✗ 2 Expect near “x”"), "{}", window.labels());
    assert!(window.says("Nothing came."), "{}", window.labels());
    assert!(window.has("Run again"));
}

#[test]
fn a_step_that_fails_stays_in_sight_while_others_follow() {
    let waits = [r#"Wait("1ms")"#; 40].join(", ");
    let fails = r#"Expect(session: "near", exact: "x", within: "5ms")"#;
    let (folder, _) = folder(&format!("{waits}, {fails}, {waits}"));
    let mut window = Window::open(Lang::English);
    window.harness.set_size(vec2(1000.0, 700.0));
    open(&mut window, &folder.path().join("play.ron"));
    window.until_says("maker: sh");
    window.click("运行", "Run");
    window.until_says("failed: 1 of 82 steps");
    let page = window.place("调整此页大小", "Resize the page").y_range();
    window.until("the step is in sight", |window| {
        let step = window.harness.get_by_label_contains("✗ 42 Expect near");
        let rect = step.rect();
        page.contains(rect.top()) && page.contains(rect.bottom())
    });
}

#[test]
fn a_mistake_in_a_scenario_has_line_and_column() {
    for lang in Lang::ALL {
        let folder = tempfile::tempdir().unwrap();
        // It is recognised by its content.
        let path = folder.path().join("play.txt");
        std::fs::write(&path, "(sessions: {},\n  stepps: [])").unwrap();
        let mut window = Window::open(lang);
        window.drop_file(&path);
        window.until_says("play.txt:2:3: ");
        assert!(window.says("stepps"), "{}", window.labels());
        assert!(!window.has("Run") && !window.has("运行"));
        window.click("打开其他文件…", "Open another file…");
        // `value` panics if the field does not exist.
        window.value("要打开的文件", "File to open");
    }
}

#[test]
fn a_file_that_changed_since_it_was_shown_is_not_run() {
    let (folder, made) = folder(r#"Wait("1ms")"#);
    let path = folder.path().join("play.ron");
    let mut window = Window::open(Lang::English);
    open(&mut window, &path);
    window.until_says("echo > made;");
    write(&path, "other", r#"Wait("1ms")"#);
    window.click("运行", "Run");
    window.until_says("The file has changed.");
    assert!(window.says("echo > other;"), "{}", window.labels());
    assert!(!made.exists() && !folder.path().join("other").exists());
    window.click("运行", "Run");
    window.until_says("passed: 2 of 2 steps");
}

#[test]
fn another_scenario_is_not_opened_while_one_is_played() {
    for lang in Lang::ALL {
        let (folder, _) = folder(r#"Wait("50s")"#);
        let other = folder.path().join("other.ron");
        write(&other, "other", r#"Wait("1ms")"#);
        let mut window = Window::open(lang);
        open(&mut window, &folder.path().join("play.ron"));
        window.until_says("maker: sh");
        window.click("运行", "Run");
        let step = match lang {
            Lang::Chinese => "第 2 步，共 2 步",
            Lang::English => "Step 2 of 2",
        };
        window.until_says(step);
        window.drop_file(&other);
        window.until_says(match lang {
            Lang::Chinese => "有场景正在运行：",
            Lang::English => "A scenario is running: ",
        });
        assert!(
            window.says(step) && !window.says("> other"),
            "{}",
            window.labels()
        );
        window.click("取消", "Cancel");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_cancelled_ends_with_its_programs() {
    let (folder, made) = folder(r#"Wait("50s")"#);
    let mut window = Window::open(Lang::English);
    open(&mut window, &folder.path().join("play.ron"));
    window.until_says("maker: sh");
    window.click("运行", "Run");
    window.until_says("Step 2 of 2: Wait 50s");
    assert!(made.exists());
    window.click("取消", "Cancel");
    window.until_says("ended before the last step");
}

#[test]
fn a_scenario_goes_on_behind_a_closed_page_until_the_window_is_to_close() {
    for lang in Lang::ALL {
        let (folder, _) = folder(r#"Wait("50s")"#);
        let mut window = Window::open(lang);
        open(&mut window, &folder.path().join("play.ron"));
        window.until_says("maker: sh");
        window.click("运行", "Run");
        let step = window.name("第 2 步，共 2 步", "Step 2 of 2").to_owned();
        window.until_says(&step);
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!window.says(&step), "the page is closed");
        assert_eq!(closes(&mut window), [ViewportCommand::CancelClose]);
        assert!(window.says(window.name("有场景正在运行", "A scenario is running")));
        window.click("继续运行", "Keep open");
        window.click("打开文件", "Open a file");
        assert!(window.says(&step), "{}", window.labels());
    }
}

#[test]
fn the_sessions_of_a_scenario_become_tabs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("play.ron");
    let text = r#"(
        sessions: {
            "server": TcpServer(bind: "127.0.0.1:4567"),
            "client": TcpClient(to: "{server}", reconnect: "1s"),
            "other": TcpClient(to: "{maker}"),
        },
        programs: [(name: "maker", run: ["sh", "-c", "echo > made"], address: "on (.*)")],
        steps: [Wait("1ms")],
    )"#;
    std::fs::write(&path, text).unwrap();
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        open(&mut window, &path);
        window.until_says("other: ");
        window.click("作为标签页打开", "Open as tabs");
        window.steps();
        assert_eq!(window.value("本地端口", "Local port"), "4567");
        window.press(Modifiers::CTRL, Key::Tab);
        assert_eq!(window.value("远程主机", "Remote host"), "127.0.0.1");
        assert_eq!(window.value("远程端口", "Remote port"), "4567");
        assert!(window.is_ticked("自动重连", "Reconnect"));
        // The next tab is the first one: the scenario opened two sessions.
        window.press(Modifiers::CTRL, Key::Tab);
        assert_eq!(window.value("本地端口", "Local port"), "8080");
        assert!(!folder.path().join("made").exists());
    }
}
