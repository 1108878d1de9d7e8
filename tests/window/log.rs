//! The rows of the log.
use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::{Key, Modifiers, vec2};
use netpeer::session::SessionKind;
use netpeer::settings::dock::{DockState, Page};
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;

#[test]
fn the_inspector_shows_the_bytes_and_copies_them_safely() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, peer) = far_side();
    socket
        .send_to("ok\r\n\u{202E}nimda".as_bytes(), local)
        .unwrap();
    window.until_says("\\u{202E}nimda");
    let row = window.row("nimda");
    window.click_name(&row);
    assert!(window.says("Row 2 · received") && window.says(&peer.to_string()));
    window.click("复制文本", "Copy text");
    assert_eq!(window.copied(), "ok\n\\u{202E}nimda");
    window.click("复制为…", "Copy as…");
    window.click_name("HEX  48 65");
    assert_eq!(window.copied(), "6F 6B 0D 0A E2 80 AE 6E 69 6D 64 61");
    window.click("复制为…", "Copy as…");
    window.click("复制原文", "Copy raw");
    assert_eq!(window.copied(), "ok\r\n\u{202E}nimda");
    window.click("设为目标", "Set as target");
    assert_eq!(
        window.value("目标端口", "Target port"),
        peer.port().to_string()
    );
}

#[test]
fn a_selected_row_stays_selected_while_data_arrives() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(b"the one", local).unwrap();
    window.until_says("the one");
    let row = window.row("the one");
    window.click_name(&row);
    for number in 0..300 {
        socket
            .send_to(format!("noise {number}").as_bytes(), local)
            .unwrap();
    }
    window.until_says("In 301");
    assert!(window.says("Row 2 · received") && window.says(&row));
    let pill = window.row("↓ ");
    window.click_name(&pill);
    assert!(window.says("noise 299") && !window.says(&row));
}

#[test]
fn a_pause_loses_nothing() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    window.click("暂停显示", "Pause view");
    socket.send_to(b"meanwhile", local).unwrap();
    window.until_says("In 1 ·");
    assert!(!window.says("meanwhile"));
    window.click("继续显示", "Resume view");
    assert!(window.says("meanwhile"));
}

#[test]
fn kinds_are_hidden_and_shown() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(b"a datagram", local).unwrap();
    window.until_says("a datagram");
    window.click_name("In 1");
    assert!(!window.says("a datagram") && window.says("Bound, receive buffer"));
    window.click_name("In 1");
    window.click_name("Events 1");
    assert!(window.says("a datagram") && !window.says("Bound, receive buffer"));
}

/// The bad inputs that peers freeze or lie on; a frame stays short for each.
/// macOS sends at most 9,216 bytes by default (`net.inet.udp.maxdgram`).
#[cfg(not(target_os = "macos"))]
#[test]
fn hostile_payloads_are_shown_escaped_and_cost_a_frame_nothing() {
    use std::time::{Duration, Instant};

    let payloads: Vec<Vec<u8>> = vec![
        (0..=255).collect(),
        vec![0; 65_507],
        vec![0x1B; 65_507],
        b"\r".repeat(65_507),
        "\u{202E}".as_bytes().repeat(20_000),
        format!("e{}", "\u{301}".repeat(10_000)).into_bytes(),
        "你".as_bytes().repeat(21_000),
    ];
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    let count = payloads.len();
    for payload in payloads {
        socket.send_to(&payload, local).unwrap();
    }
    window.until_says(&format!("In {count}"));
    let labels = window.labels();
    assert!(
        !labels
            .chars()
            .any(|c| c != '\n' && netpeer::payload::printable::deceives(c))
    );
    for row in 2..=count + 1 {
        let label = window.row(&format!("Row {row} "));
        window.click_name(&label);
        let began = Instant::now();
        window.harness.step();
        // The limit is for a debug build on a loaded machine; a layout of the whole text takes
        // longer.
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "row {row}: {:?}",
            began.elapsed()
        );
        window.click_name("Close page");
    }
}

#[test]
fn a_megabyte_without_a_newline_is_cut_and_whole_on_copy() {
    use std::io::Write as _;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let window = &mut Window::tcp_client(Lang::English, listener.local_addr().unwrap());
    let (mut server, _) = listener.accept().unwrap();
    let writer = std::thread::spawn(move || {
        server.write_all(&vec![b'Z'; 1 << 20]).unwrap();
        server
    });
    window.until_says("1.0 MiB");
    let _server = writer.join().unwrap();
    let longest = window.labels().lines().map(str::len).max();
    assert!(longest < Some(1_000), "{longest:?}");
}

#[test]
fn keys_move_through_the_log_once_it_was_clicked() {
    use egui::{Key, Modifiers};
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    for number in 0..100 {
        socket
            .send_to(format!("number {number}").as_bytes(), local)
            .unwrap();
    }
    window.until_says("number 99");
    let row = window.row("number 99");
    window.click_name(&row);
    assert!(window.says("Row 101 ·"));
    window.press(Modifiers::NONE, Key::Home);
    assert!(window.says("Row 1 ·"), "{}", window.labels());
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert!(window.says("Row 2 ·"));
    window.press(Modifiers::NONE, Key::End);
    assert!(window.says("Row 101 ·"));
}

#[test]
fn counters_and_columns_are_offered_where_they_mean_something() {
    let mut window = Window::udp(Lang::English);
    assert!(window.says("Dropped "), "{}", window.labels());
    window.click("TCP 客户端", "TCP client");
    assert!(!window.says("Dropped "), "{}", window.labels());
    assert!(window.is_enabled("显示时间和来源", "Show time and peer"));
    window.click("经典", "Classic");
    assert!(!window.is_enabled("显示时间和来源", "Show time and peer"));
}

/// Only Linux reports ICMP errors to an unconnected socket.
#[cfg(target_os = "linux")]
#[test]
fn a_repeated_failure_is_one_row_with_its_count_until_it_is_unfolded() {
    use egui_kittest::kittest::Queryable as _;
    use std::time::{Duration, Instant};

    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        let nobody = far_side().1.port().to_string();
        window.fill("目标端口", "Target port", &nobody);
        window.fill("发送内容", "Message", "hello");
        let failed = window.name(" 失败: ", " failure: ").to_owned();
        let failures = |window: &Window| {
            let rows = window.harness.query_all_by_label_contains(&failed);
            rows.count()
        };
        let folded = window.name("，最后 ", ", last ").to_owned();
        // Failures are folded within a second, which a slow machine may need for two.
        let deadline = Instant::now() + Duration::from_secs(10);
        while !window.says(&folded) {
            window.click("发送", "Send");
            assert!(Instant::now() < deadline, "{}", window.labels());
        }
        let before = failures(&window);
        window.click("日志的列", "Columns of the log");
        window.click("合并重复的失败", "Fold repeated failures");
        assert!(failures(&window) > before);
        assert!(!window.says(&folded));
    }
}

#[test]
fn a_failure_and_its_cure_are_whole_also_beside_a_page_and_in_a_small_window() {
    for lang in Lang::ALL {
        for (size, open) in [
            (vec2(1280.0, 800.0), Some(Page::Measure)),
            (vec2(1280.0, 800.0), None),
            (vec2(1920.0, 1080.0), None),
            (vec2(760.0, 480.0), None),
        ] {
            let mut tab = TabSettings::of_kind(SessionKind::TcpClient);
            tab.network.remote_port = crate::ports::quiet().to_string();
            let settings = Settings {
                tabs: vec![tab],
                dock: DockState {
                    open,
                    ..DockState::default()
                },
                ..Settings::default()
            };
            let mut window = Window::with_settings(lang, settings);
            window.harness.set_size(size);
            window.steps();
            window.press(Modifiers::NONE, Key::F5);
            let what = window.name("拒绝连接", "refused the connection");
            let cure = window.name("或核对端口号", "or check the port.");
            window.until_says(what);
            window.steps();
            let painted = Painted::of(&window);
            let whole = painted.whole();
            for part in [what, cure] {
                let is_whole = whole.iter().any(|(text, _)| text.contains(part));
                assert!(is_whole, "{size} {open:?} {part}: {whole:?}");
            }
        }
    }
}

#[test]
fn a_failure_is_as_high_as_its_words_need() {
    use egui::accesskit::Role;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    for lang in Lang::ALL {
        for open in [Some(Page::Settings), None] {
            let mut tab = TabSettings::of_kind(SessionKind::TcpClient);
            tab.network.remote_port = crate::ports::quiet().to_string();
            let dock = DockState {
                open,
                ..DockState::default()
            };
            let settings = Settings {
                tabs: vec![tab],
                dock,
                ..Settings::default()
            };
            let mut window = Window::with_settings(lang, settings);
            window.press(Modifiers::NONE, Key::F5);
            let what = window.name("拒绝连接", "refused the connection");
            let cure = window.name("或核对端口号", "or check the port.");
            window.until_says(what);
            window.steps();
            let mut nodes = window.harness.query_all_by_label_contains(what);
            let row = nodes.find(|node| node.accesskit_node().role() == Role::Row);
            let height = row.unwrap().rect().height();
            let painted = Painted::of(&window);
            let mut texts = painted.texts.iter().map(|(_, text, _)| &text.galley);
            let cure = texts.find(|galley| galley.text().contains(cure)).unwrap();
            assert!(!cure.elided, "{open:?}");
            let needed = 22.0 * (1.0 + cure.rows.len() as f32);
            assert!((height - needed).abs() < 0.5, "{open:?}: {height} {needed}");
        }
    }
}

#[test]
fn a_long_interval_stands_clear_of_the_next_column() {
    let times = [
        "1971-01-01T00:00:00Z",
        "2026-11-23T14:00:00Z",
        "2026-11-23T14:10:11Z",
        "2026-11-23T15:10:10Z",
        "2026-11-25T15:09:10Z",
    ];
    let line = |time: &str| {
        format!(r#"{{"time":"{time}","kind":"received","peer":"10.0.0.7:1","hex":"6f6b"}}"#)
    };
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("slow.jsonl");
    std::fs::write(&path, times.map(line).join("\n")).unwrap();
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        window.press(Modifiers::COMMAND, Key::O);
        window.fill("要打开的文件", "File to open", path.to_str().unwrap());
        window.click("打开", "Open");
        let read = window
            .name("已读完：5 条", "was read: 5 records")
            .to_owned();
        window.until_says(&read);
        for size in [vec2(1280.0, 800.0), vec2(760.0, 480.0)] {
            window.harness.set_size(size);
            window.steps();
            let handle = window.place("“间隔”列宽", "Width of column “Interval”");
            let end = handle.center().x + 7.0;
            let painted = Painted::of(&window);
            for interval in ["+20415d", "+10m11s", "+59m59s", "+47h59m"] {
                let places = painted.places_of(interval);
                assert_eq!(places.len(), 1, "{size} {interval}");
                assert!(places[0].right() + 4.0 <= end, "{size} {interval}");
            }
        }
    }
}

#[test]
fn names_from_a_file_hide_nothing_in_the_log_and_its_details() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("names.jsonl");
    let lines = [
        r#"{"time":1,"kind":"sent","peer":"unix:p\u202eq","rule":"a\u202e\u001b\nb","length":2,"hex":"6869"}"#,
        r#"{"time":1,"kind":"event","notice":{"Automatic":{"Paused":{"rule":"c\u202e\u001b\nd","peer":"127.0.0.1:9"}}}}"#,
    ];
    std::fs::write(&path, lines.join("\n")).unwrap();
    let mut window = Window::open(Lang::English);
    window.press(Modifiers::COMMAND, Key::O);
    window.fill("要打开的文件", "File to open", path.to_str().unwrap());
    window.click("打开", "Open");
    window.until_says("a\\u{202E}␛␊b");
    window.until_says("c\\u{202E}␛␊d");
    let row = window.row("␊b");
    window.click_name(&row);
    window.until_says("Row 1 · sent");
    let labels = window.labels();
    assert!(labels.contains(r"unix:p\E2\80\AEq"), "{labels}");
    assert!(!labels.contains(['\u{202E}', '\u{1B}']), "{labels:?}");
}
