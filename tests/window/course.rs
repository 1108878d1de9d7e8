//! The page of the course: exercises, checks in a child process, verdicts and results.
#![cfg(target_os = "linux")]

use super::driver::Window;
use crate::skips::have;
use egui::{Key, Modifiers, vec2};
use netpeer::course::{CourseResult, CourseVerdict};
use netpeer::settings::SMALLEST;
use netpeer::words::Lang;
use std::path::{Path, PathBuf};

const PATH: (&str, &str) = ("程序文件", "Program file");
const SAVE: (&str, &str) = ("保存起始程序", "Save the starting program");
const CHECK: (&str, &str) = ("检查", "Check");
const STOP: (&str, &str) = ("停止", "Stop");
const BACK: (&str, &str) = ("全部练习", "All exercises");

fn open_page(window: &mut Window) {
    window.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::B);
}

/// Opens the page at its first exercise.
fn first(window: &mut Window) {
    open_page(window);
    let row = window
        .name("1 发送一个数据报：未开始", "1 Send a datagram: not begun")
        .to_owned();
    window.click_name(&row);
}

/// Chooses this program, and presses Check.
fn check(window: &mut Window, program: &Path) {
    window.fill(PATH.0, PATH.1, program.to_str().unwrap());
    window.scroll_to(CHECK.0, CHECK.1);
    window.click(CHECK.0, CHECK.1);
}

fn solution() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/course/01-udp-send/solution.py")
}

#[test]
fn a_wrong_program_hears_its_mistake_and_a_right_one_passes() {
    if !have(&["python3"]) {
        return;
    }
    for lang in Lang::ALL {
        let folder = tempfile::tempdir().unwrap();
        let mut window = Window::open(lang);
        first(&mut window);
        let task = window.name("创建一个 UDP 套接字", "Create a UDP socket");
        assert!(window.says(task), "{}", window.labels());
        // Without its extension.
        let program = folder.path().join("send");
        window.fill(PATH.0, PATH.1, program.to_str().unwrap());
        window.click(SAVE.0, SAVE.1);
        window.until_says(window.name("已保存。", "Saved. Change").to_owned().as_str());
        let saved = folder.path().join("send.py");
        let text = std::fs::read_to_string(&saved).unwrap();
        assert!(text.contains("TODO"), "{text}");
        check(&mut window, &saved);
        let mistake = window
            .name("✗ 什么也没有到达", "✗ Nothing arrived")
            .to_owned();
        window.until_says(&mistake);
        check(&mut window, &solution());
        let passed = window
            .name("✓ 01-udp-send：通过", "✓ 01-udp-send: passed")
            .to_owned();
        window.until_says(&passed);
        window.scroll_to(BACK.0, BACK.1);
        window.click(BACK.0, BACK.1);
        let row = window.name("1 发送一个数据报：已通过", "1 Send a datagram: passed");
        assert!(window.has(row), "{}", window.labels());
    }
}

#[test]
fn a_saved_program_replaces_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("mine.py");
    std::fs::write(&program, "mine").unwrap();
    let mut window = Window::open(Lang::English);
    first(&mut window);
    window.fill(PATH.0, PATH.1, program.to_str().unwrap());
    window.click(SAVE.0, SAVE.1);
    for _ in 0..20 {
        window.steps();
    }
    assert_eq!(std::fs::read_to_string(&program).unwrap(), "mine");
}

/// An exercise of a teacher whose step waits for a minute, and whose program writes its number.
fn slow_exercise(folder: &Path) -> PathBuf {
    let file = folder.join("slow.ron");
    let text = r#"(
        exercise: (title: (en: "Slow", zh: "慢"), task: (en: "Take your time.", zh: "慢慢来。")),
        sessions: {"peer": Udp()},
        programs: [
            (name: "program", run: ["$program"]),
            (name: "other", run: ["sh", "-c", "exec sleep 61"]),
        ],
        steps: [Expect(session: "peer", exact: "x", within: "50s")],
    )"#;
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn stop_ends_a_check_with_its_programs() {
    if !have(&["python3"]) {
        return;
    }
    for lang in Lang::ALL {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program.py");
        let text = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n";
        std::fs::write(&program, text).unwrap();
        let mut window = Window::open(lang);
        window.drop_file(&slow_exercise(folder.path()));
        let task = window.name("慢慢来。", "Take your time.").to_owned();
        window.until_says(&task);
        assert!(window.says("sh -c 'exec sleep 61'"), "{}", window.labels());
        // A program is dropped, too.
        window.drop_file(&program);
        assert_eq!(window.value(PATH.0, PATH.1), program.to_str().unwrap());
        window.scroll_to(CHECK.0, CHECK.1);
        window.click(CHECK.0, CHECK.1);
        let pid = folder.path().join("pid");
        let number = || std::fs::read_to_string(&pid).unwrap_or_default();
        window.until("the program runs", |_| !number().is_empty());
        assert!(!window.is_enabled(CHECK.0, CHECK.1));
        window.scroll_to(STOP.0, STOP.1);
        window.click(STOP.0, STOP.1);
        let stopped = window.name("检查已停止。", "The check was stopped.");
        window.until_says(stopped.to_owned().as_str());
        let process = PathBuf::from(format!("/proc/{}", number()));
        window.until("the program has ended", |_| !process.exists());
    }
}

#[test]
fn a_file_that_is_no_exercise_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.ron");
    std::fs::write(&file, "(exercise: (), sessions: {}, stepps: [])").unwrap();
    let mut window = Window::open(Lang::English);
    open_page(&mut window);
    window.scroll_to("练习文件", "Exercise file");
    window.fill("练习文件", "Exercise file", file.to_str().unwrap());
    window.scroll_to("打开练习", "Open the exercise");
    window.click("打开练习", "Open the exercise");
    window.until_says("bad.ron:1:");
    assert!(!window.has(CHECK.1), "{}", window.labels());
}

#[test]
fn the_result_of_a_check_is_a_file_with_the_name() {
    if !have(&["python3"]) {
        return;
    }
    for lang in Lang::ALL {
        let folder = tempfile::tempdir().unwrap();
        let mut window = Window::open(lang);
        first(&mut window);
        check(&mut window, &solution());
        let passed = window.name("：通过", ": passed").to_owned();
        window.until_says(&passed);
        let result = folder.path().join("result.json");
        window.scroll_to("你的姓名", "Your name");
        window.fill("你的姓名", "Your name", "小明");
        window.scroll_to("结果文件", "Result file");
        window.fill("结果文件", "Result file", result.to_str().unwrap());
        window.scroll_to("保存结果", "Save the result");
        window.click("保存结果", "Save the result");
        window.until_says(
            window
                .name("结果已保存", "The result is saved")
                .to_owned()
                .as_str(),
        );
        let text = std::fs::read_to_string(&result).unwrap();
        let read: CourseResult = serde_json::from_str(&text).unwrap();
        assert_eq!(read.verdict, CourseVerdict::Passed);
        assert_eq!(read.name.as_deref(), Some("小明"));
        assert_eq!(read.exercise, "01-udp-send");
    }
}

#[test]
fn the_first_page_of_a_session_leads_to_the_course() {
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        let link = (
            "或做练习，学习套接字编程",
            "or learn to program sockets with exercises",
        );
        window.click(link.0, link.1);
        let row = window.name(
            "25 带 CRC 的二进制协议：未开始",
            "25 A binary protocol with CRC: not begun",
        );
        assert!(window.has(row), "{}", window.labels());
    }
}

#[test]
fn the_page_is_whole_in_the_smallest_window() {
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1));
        window.steps();
        first(&mut window);
        window.scroll_to(CHECK.0, CHECK.1);
        let (check, path) = (window.place(CHECK.0, CHECK.1), window.place(PATH.0, PATH.1));
        assert!(
            check.right() <= SMALLEST.0 && check.bottom() <= SMALLEST.1,
            "{check}"
        );
        assert!(path.right() <= SMALLEST.0 && path.width() > 80.0, "{path}");
    }
}
