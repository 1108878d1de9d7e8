//! The log as reads, as messages, and as requests with their replies.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use netpeer::payload::composition::Composition;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

/// A client that has received these reads, whose messages are lines.
pub fn client(lang: Lang, reads: &[&str]) -> (Window, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
    let (mut peer, _) = listener.accept().unwrap();
    peer.set_nodelay(true).unwrap();
    window.click("分帧", "Messages");
    window.click("按行", "lines");
    for (read, number) in reads.iter().zip(1..) {
        peer.write_all(read.as_bytes()).unwrap();
        // Each is a read of its own.
        let count = match lang {
            Lang::Chinese => format!("收 {number}"),
            Lang::English => format!("In {number}"),
        };
        window.until_says(&count);
    }
    (window, peer)
}

#[test]
fn messages_say_which_reads_they_came_in_and_whether_they_go_on() {
    for lang in Lang::ALL {
        let (mut window, mut peer) = client(lang, &["temp=21\r\nte", "mp=22\r\n", "open"]);
        let whole = window
            .name(": temp=22 2 次读取", ": temp=22 2 reads")
            .to_owned();
        assert!(!window.says(&whole), "{}", window.labels());
        window.click("按消息显示", "Show messages");
        window.until_says(&whole);
        for (chinese, english) in [
            ("第 3 条里的消息", "Message in row 3"),
            ("第 3–4 条里的消息", "Message in rows 3–4"),
            (": （未完）open", ": (unfinished) open"),
        ] {
            let words = window.name(chinese, english);
            assert!(window.says(words), "{words}\n{}", window.labels());
        }
        // The rest ends it, and the next one is cut off where the connection ends.
        peer.write_all(b"ed\npart").unwrap();
        let ended = window
            .name(": opened 2 次读取", ": opened 2 reads")
            .to_owned();
        window.until_says(&ended);
        drop(peer);
        window.until_says(window.name(": （未完）part", ": (unfinished) part"));
        // The details list the reads of a message.
        window.click_name(&window.row(&whole));
        window.until_says("2 · 7 B");
        window.click("按读取显示", "Show reads");
        window.until("reads again", |window| !window.says(&whole));
        assert!(window.says(": mp=22"), "{}", window.labels());
    }
}

#[test]
fn the_details_of_a_message_of_several_reads_have_all_its_bytes() {
    for lang in Lang::ALL {
        let (mut window, _peer) = client(lang, &["abc", "defg\n"]);
        window.click("按消息显示", "Show messages");
        let message = window
            .name(": abcdefg 2 次读取", ": abcdefg 2 reads")
            .to_owned();
        window.until_says(&message);
        window.click_name(&window.row(&message));
        let all = window.name("7 字节", "7 B").to_owned();
        window.until("the length of all", |window| window.has(&all));
        window.click("按读取显示", "Show reads");
        window.until_says(": defg");
        // The read that ended the message stays selected.
        let part = window.name("5 字节", "5 B").to_owned();
        window.until("the length of a read", |window| window.has(&part));
        assert!(!window.has(&all), "{}", window.labels());
    }
}

#[test]
fn a_note_covers_nothing_before_the_content_beside_the_way_to_the_newest_row() {
    for lang in Lang::ALL {
        // Each read but the first one ends a message of two reads.
        let reads: Vec<&str> = std::iter::once("x").chain(vec!["y\nx"; 40]).collect();
        let (mut window, _peer) = client(lang, &reads);
        window.harness.set_size(egui::vec2(1280.0, 800.0));
        window.click("按消息显示", "Show messages");
        window.click("自动应答规则", "Auto-reply rules");
        let message = window.name(": xy 2 次读取", ": xy 2 reads").to_owned();
        window.until_says(&message);
        let first = window.harness.query_all_by_label_contains(&message).next();
        first.unwrap().click();
        window.steps();
        window.press(Modifiers::NONE, Key::Home);
        let newest = window.name("↓ 最新", "↓ Newest").to_owned();
        window.until_says(&newest);
        let painted = Painted::of(&window);
        let head = painted.places_of(window.name("内容", "Content"));
        let note = window.name("2 次读取", "2 reads");
        let notes = painted
            .texts
            .iter()
            .filter(|(_, text, _)| text.galley.text() == note);
        let lefts: Vec<f32> = notes
            .map(|(_, text, _)| text.visual_bounding_rect().left())
            .collect();
        assert!(lefts.len() > 5, "{lefts:?}");
        assert!(lefts.iter().all(|left| *left > head[0].left()), "{lefts:?}");
    }
}

#[test]
fn the_filter_sees_messages_that_reads_have_cut() {
    for lang in Lang::ALL {
        let (mut window, _peer) = client(lang, &["temp=21\r\nte", "mp=22\r\n"]);
        window.fill("过滤", "Filter", "temp=22");
        window.until("no read has it", |window| !window.says("temp=21"));
        assert!(!window.says(": mp=22"), "{}", window.labels());
        window.click("按消息显示", "Show messages");
        window.until_says(": temp=22");
        assert!(!window.says(": temp=21"), "{}", window.labels());
        window.fill("过滤", "Filter", "");
        window.until_says(": temp=21");
    }
}

#[test]
fn messages_are_copied_whole() {
    let (mut window, _peer) = client(Lang::English, &["one\ntw", "o\n"]);
    window.click("按消息显示", "Show messages");
    window.until_says(": two 2 reads");
    let row = window.row(": two 2 reads");
    window.click_name(&row);
    window.at_once([egui::Event::Copy]);
    assert_eq!(window.copied(), "two");
    // As the others of the same read, it is selected by itself.
    window.press(Modifiers::NONE, Key::ArrowUp);
    window.at_once([egui::Event::Copy]);
    assert_eq!(window.copied(), "one");
}

#[test]
fn a_request_stands_in_one_line_with_its_reply_or_without() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let mut tab = TabSettings::default();
        tab.network.local_port = "0".into();
        tab.send.target_port = to.port().to_string();
        tab.send.composition = Composition {
            text: "ask".into(),
            ..Composition::default()
        };
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        window.connect();
        window.click("按对话显示", "Show conversation");
        window.click("发送", "Send");
        assert_eq!(receive(&socket), b"ask");
        socket.send_to(b"answer", window.bound()).unwrap();
        window.until_says("ask   →  answer");
        assert!(!window.says(": answer"), "{}", window.labels());
        socket.send_to(b"push", window.bound()).unwrap();
        window.until_says(window.name(": （无请求）push", ": (no request) push"));
        window.click("发送", "Send");
        assert_eq!(receive(&socket), b"ask");
        let nothing = window
            .name("ask   →  未应答", "ask   →  unanswered")
            .to_owned();
        window.until_says(&nothing);
        // A late reply still belongs to it.
        socket.send_to(b"late", window.bound()).unwrap();
        window.until_says("ask   →  late");
        assert!(!window.says(&nothing), "{}", window.labels());
    }
}

/// The number of visible characters of a text in the log, and its place; `None` if it is not there.
fn painted(window: &Window, begin: &str) -> Option<(usize, egui::Rect)> {
    let painted = Painted::of(window);
    let log = window.place("数据日志", "Log");
    let texts = painted.texts.iter().map(|(_, text, _)| {
        let rows = text.galley.rows.iter();
        let glyphs: String = rows.map(|row| row.row.text()).collect();
        (glyphs, text.visual_bounding_rect())
    });
    let mut found = texts.filter(|(glyphs, place)| {
        glyphs.trim_start().starts_with(begin) && log.contains(place.center())
    });
    let (glyphs, place) = found.next()?;
    Some((glyphs.chars().count(), place))
}

#[test]
fn a_request_and_its_reply_are_both_read_beside_a_page() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let mut tab = TabSettings::default();
        tab.network.local_port = "0".into();
        tab.send.target_port = to.port().to_string();
        let request = format!("request {}", "a".repeat(80));
        let reply = format!("reply {}", "b".repeat(80));
        tab.send.composition = Composition {
            text: request.clone(),
            ..Composition::default()
        };
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        window.connect();
        window.click("按对话显示", "Show conversation");
        window.click("发送", "Send");
        assert_eq!(receive(&socket), request.as_bytes());
        socket.send_to(reply.as_bytes(), window.bound()).unwrap();
        window.until_says("→  reply bbb");
        let shown = |window: &Window| [painted(window, "request aaa"), painted(window, "→  reply")];
        let [asked, answered] = shown(&window);
        let (asked, answered) = (asked.unwrap(), answered.unwrap());
        assert!(asked.0 > 20 && answered.0 > 20, "{asked:?} {answered:?}");
        assert!(answered.1.left() > asked.1.right() - 1.0, "side by side");
        window.click("自动应答规则", "Auto-reply rules");
        window.steps();
        let [asked, answered] = shown(&window);
        let (asked, answered) = (asked.unwrap(), answered.unwrap());
        assert!(asked.0 > 12 && answered.0 > 12, "{asked:?} {answered:?}");
        assert!(answered.1.top() > asked.1.center().y, "one below the other");
        // All of it is shown at the pointer.
        window.control(&window.row("→  reply bbb")).hover();
        window.until_says(&format!("{request}\n→  {reply}"));
    }
}
