//! Exporting, recording and opening files.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use netpeer::words::Lang;

/// A connected window that received these payloads.
fn receiving(lang: Lang, payloads: &[&str]) -> Window {
    let mut window = Window::udp(lang);
    let local = window.connect();
    let (socket, _) = far_side();
    for payload in payloads {
        socket.send_to(payload.as_bytes(), local).unwrap();
        window.until_says(payload);
    }
    window
}

#[test]
fn what_the_search_shows_is_exported_and_nothing_is_written_over_unasked() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("导出.jsonl");
        let mut window = receiving(lang, &["temp=1", "other", "temp=2"]);
        window.fill("过滤", "Filter", "temp");
        window.until_says(match lang {
            Lang::Chinese => "匹配 2 条",
            Lang::English => "2 matches",
        });
        window.click("导出…", "Export…");
        window.click("文件格式", "File format");
        window.click("JSON 行", "JSON lines");
        window.fill("导出到", "Export to", path.to_str().unwrap());
        window.click("导出", "Export");
        window.until_says(match lang {
            Lang::Chinese => "已导出 2 条",
            Lang::English => "2 rows exported",
        });
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("temp=1") && text.contains("temp=2"));
        window.click("导出", "Export");
        window.until_says(match lang {
            Lang::Chinese => "文件已经存在",
            Lang::English => "The file exists",
        });
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

#[test]
fn selected_rows_become_a_scenario() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("made.ron");
        let mut window = receiving(lang, &["first", "third"]);
        let row = window.row(": third");
        window.harness.get_by_label(&row).click_secondary();
        window.steps();
        window.click("用这些内容新建场景…", "Make a scenario of these rows…");
        window.fill("导出到", "Export to", path.to_str().unwrap());
        window.click("导出", "Export");
        window.until_says(match lang {
            Lang::Chinese => "已导出 1 条",
            Lang::English => "1 row exported",
        });
        let text = std::fs::read_to_string(&path).unwrap();
        let step = r#"Expect(session: "socket", exact: "third", within: "10s"),"#;
        assert!(text.contains(step) && !text.contains("first"), "{text}");
        assert!(
            text.contains(r#"Udp(bind: "127.0.0.1:0"), // 127.0.0.1:"#),
            "{text}"
        );
    }
}

#[test]
fn a_path_that_is_entered_in_one_frame_is_exported_in_the_format_of_its_extension() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.jsonl");
    let mut window = receiving(Lang::English, &["hello"]);
    window.click("导出…", "Export…");
    window.fill("导出到", "Export to", "");
    // Fast typing or a slow frame: all keys arrive at once.
    window
        .harness
        .event(egui::Event::Text(path.to_str().unwrap().into()));
    window.press(Modifiers::NONE, Key::Enter);
    window.until_says("2 rows exported");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn recording_begins_with_the_connection_and_a_wrong_path_is_reported_once() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut window = Window::udp(lang);
        window.click("录制到文件…", "Record to file…");
        let path = dir.path().join("no").join("log");
        window.fill("录制到", "Record to", path.to_str().unwrap());
        window.click("开始录制", "Start recording");
        window.connect();
        window.until_says(match lang {
            Lang::Chinese => "没有这个文件夹",
            Lang::English => "There is no such folder",
        });
        let path = dir.path().join("log");
        window.click("录制到文件…", "Record to file…");
        window.fill("录制到", "Record to", path.to_str().unwrap());
        window.click("开始录制", "Start recording");
        window.until_says(match lang {
            Lang::Chinese => "● 正在录制 log.pcapng",
            Lang::English => "● Recording to log.pcapng",
        });
        assert!(dir.path().join("log.pcapng").exists());
        window.click("停止录制", "Stop recording");
        window.until("the end of it", |window| {
            window.has("录制到文件…") || window.has("Record to file…")
        });
    }
}

#[test]
fn an_exported_file_is_opened_read_only_and_replayed() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.pcapng");
        let mut window = receiving(lang, &["first", "second"]);
        window.click("导出…", "Export…");
        window.fill("导出到", "Export to", path.to_str().unwrap());
        window.click("导出", "Export");
        window.until_says(match lang {
            Lang::Chinese => "已导出",
            Lang::English => "exported",
        });
        window.press(Modifiers::COMMAND, Key::O);
        window.fill("要打开的文件", "File to open", path.to_str().unwrap());
        window.click("打开", "Open");
        window.until_says(match lang {
            Lang::Chinese => "已读完：2 条",
            Lang::English => "was read: 2 records",
        });
        assert!(window.says("first") && window.has("log.pcapng"));
        assert!(!window.has("连接网络") && !window.has("Connect"));
        // A message of the file is edited in a new session.
        let row = window.row(": second");
        window.click_name(&row);
        window.click("编辑并发送", "Edit and send");
        assert_eq!(window.value("发送内容", "Message"), "second");
        window.press(Modifiers::COMMAND, Key::W);
        assert!(window.says(": first"));
        window.click("在新会话里重放…", "Replay in a new session…");
        let (socket, to) = far_side();
        window.fill("本地端口", "Local port", "0");
        window.fill("目标端口", "Target port", &to.port().to_string());
        window.connect();
        window.click("发送", "Send");
        assert_eq!(receive(&socket), b"first");
        assert_eq!(receive(&socket), b"second");
    }
}

#[test]
fn what_cannot_be_opened_says_what_and_where() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bad.jsonl");
        let good =
            r#"{"time":"2026-11-23T14:03:31Z","kind":"received","peer":"10.0.0.7:1","hex":"6f6b"}"#;
        std::fs::write(&path, format!("{good}\nnonsense\n")).unwrap();
        let mut window = Window::open(lang);
        window.click("打开…", "Open…");
        window.fill("要打开的文件", "File to open", path.to_str().unwrap());
        window.click("打开", "Open");
        window.until_says(match lang {
            Lang::Chinese => "第 2 行不是这里的 JSON",
            Lang::English => "line 2 is not the JSON",
        });
        assert!(window.says("10.0.0.7:1"), "what stands before it");
        // The next path replaces this one.
        window.press(Modifiers::COMMAND, Key::O);
        let other = format!("{}/missing.jsonl", "long".repeat(200));
        window.harness.event(egui::Event::Paste(other.clone()));
        window.steps();
        assert_eq!(window.value("要打开的文件", "File to open"), other);
    }
}

#[test]
fn a_file_of_which_nothing_can_be_read_leaves_no_dead_session() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("empty.pcapng");
        std::fs::write(&path, "").unwrap();
        let mut window = Window::open(lang);
        let open = |window: &mut Window| {
            window.press(Modifiers::COMMAND, Key::O);
            window.fill("要打开的文件", "File to open", path.to_str().unwrap());
            window.click("打开", "Open");
        };
        let (another, close) = match lang {
            Lang::Chinese => ("打开其他文件…", "关闭此标签页"),
            Lang::English => ("Open another file…", "Close this session"),
        };
        open(&mut window);
        window.until("the offers", |window| window.has(close));
        window.click_name(close);
        window.until("the end of it", |window| !window.has(close));
        open(&mut window);
        window.until("the offers", |window| window.has(another));
        window.click_name(another);
        // `value` panics if the field does not exist.
        window.value("要打开的文件", "File to open");
    }
}

#[test]
fn classic_lines_look_as_the_known_tools_write_them() {
    let mut window = receiving(Lang::Chinese, &["hello"]);
    window.click_name("经典");
    assert!(
        window.says("# RECV ASCII FROM 127.0.0.1 :"),
        "{}",
        window.labels()
    );
}

#[test]
fn what_was_recorded_is_in_its_file_when_the_program_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.jsonl");
    let mut window = Window::udp(Lang::English);
    window.click("录制到文件…", "Record to file…");
    window.click("文件格式", "File format");
    window.click("JSON 行", "JSON lines");
    window.fill("录制到", "Record to", path.to_str().unwrap());
    window.click("开始录制", "Start recording");
    let local = window.connect();
    window.until_says("● Recording to log.jsonl");
    let (socket, _) = far_side();
    for number in 0..50 {
        socket
            .send_to(format!("n={number};").as_bytes(), local)
            .unwrap();
    }
    window.until_says("n=49;");
    window.close();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("n=49;") && text.contains("the port is free again"));
}

#[test]
fn what_a_recording_takes_fits_into_the_window() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.click("录制到文件…", "Record to file…");
        let most = 1280.0;
        for (chinese, english) in [
            ("文件格式", "File format"),
            (
                "文件达到这个大小就换下一个",
                "Start a new file at this size",
            ),
        ] {
            let right = window.place(chinese, english).right();
            assert!(right <= most + 0.5, "{english}: {right} of {most}");
        }
    }
}

#[test]
fn a_recording_that_is_not_wanted_any_more_is_no_fault() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("missing").join("log.jsonl");
    let mut window = Window::udp(Lang::English);
    window.click("录制到文件…", "Record to file…");
    window.fill("录制到", "Record to", path.to_str().unwrap());
    window.click("开始录制", "Start recording");
    window.connect();
    window.until("a fault", |window| window.has("OK"));
    window.click("录制到文件…", "Record to file…");
    window.click("不再录制", "Turn recording off");
    window.until("none", |window| !window.has("OK"));
}
