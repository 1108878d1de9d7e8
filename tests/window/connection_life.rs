//! The page of a connection's life: its time line, its reads, and the switches.

use super::driver::Window;
use super::left_panel::window_of;
use egui::{Key, Modifiers};
use netpeer::session::SessionKind;
use netpeer::words::Lang;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

const PAGE: (&str, &str) = ("连接过程", "Connection life");
const HALF_CLOSE: (&str, &str) = ("结束发送（FIN）", "Half-close (FIN)");
const RESET: (&str, &str) = ("复位（RST）", "Reset (RST)");

/// Waits for these words.
fn until(window: &mut Window, chinese: &str, english: &str) {
    let words = window.name(chinese, english).to_owned();
    window.until_says(&words);
}

/// A server with a client.
fn served(lang: Lang) -> (Window, TcpStream) {
    let mut window = window_of(lang, SessionKind::TcpServer, |_| {});
    window.open_session();
    let listening = window.name("正在监听 ", "Listening on ").to_owned();
    window.until_says(&format!("{listening}127"));
    let client = TcpStream::connect(window.local_address(&listening)).unwrap();
    client.set_nodelay(true).unwrap();
    let deadline = Some(Duration::from_secs(10));
    client.set_read_timeout(deadline).unwrap();
    window.click(PAGE.0, PAGE.1);
    until(&mut window, "连接建立", "Established");
    (window, client)
}

#[test]
fn each_event_says_where_it_is_known_from() {
    for lang in Lang::ALL {
        let (mut window, mut client) = served(lang);
        until(
            &mut window,
            "◀ SYN · SYN+ACK ▶ · ◀ ACK · 推断",
            "◀ SYN · SYN+ACK ▶ · ◀ ACK · inferred",
        );
        client.write_all(b"hello").unwrap();
        until(
            &mut window,
            "◀ 0–5：5 字节，读了 1 次 · 第 3 条",
            "◀ 0–5: 5 bytes in 1 read · row 3",
        );
        client.shutdown(Shutdown::Write).unwrap();
        until(&mut window, "◀ FIN · 第 4 条", "◀ FIN · row 4");
        // The server closes with its client.
        until(&mut window, "本端关闭 · 第 5 条", "Closed by us · row 5");
        until(&mut window, "FIN ▶ · 推断", "FIN ▶ · inferred");
        until(
            &mut window,
            "对端 TIME_WAIT：第一个 FIN 是对端发的 · 推断",
            "TIME_WAIT at the peer, which sent the first FIN · inferred",
        );
    }
}

#[test]
fn the_ends_of_a_connection_are_made_from_the_page() {
    for lang in Lang::ALL {
        let (mut window, mut client) = served(lang);
        window.scroll_to(HALF_CLOSE.0, HALF_CLOSE.1);
        window.click(HALF_CLOSE.0, HALF_CLOSE.1);
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        until(&mut window, "FIN ▶ · 第 3 条", "FIN ▶ · row 3");
        assert!(!window.is_enabled(HALF_CLOSE.0, HALF_CLOSE.1));
        window.scroll_to(RESET.0, RESET.1);
        window.click(RESET.0, RESET.1);
        until(&mut window, "RST ▶ · 第 4 条", "RST ▶ · row 4");
        assert!(client.read(&mut [0]).is_err() || client.write_all(b"x").is_err());
        assert!(!window.is_enabled(RESET.0, RESET.1));
    }
}

#[test]
fn reads_stand_beside_the_messages_in_them() {
    for lang in Lang::ALL {
        let (mut window, mut client) = served(lang);
        client.write_all(b"one\ntwo\nth").unwrap();
        let name = "第 3 条，一次读取：从第 0 字节起，10 字节";
        until(&mut window, name, "Read in row 3: from byte 0, 10 bytes");
        until(
            &mut window,
            "一次读取不等于一条消息",
            "A read is no message",
        );
        window.click("分帧", "Messages");
        window.click("按行", "lines");
        client.write_all(b"ree\n").unwrap();
        until(
            &mut window,
            "读取 2 次 · 消息 3 条 · 一次读到多条消息（粘包）1 次 · 一条消息分几次读到（半包）1 条",
            "2 reads · 3 messages · 1 read with several messages · 1 message in several reads",
        );
        // The switch of the log, both ways: a message in two reads is one line.
        assert!(!window.says("three"), "{}", window.labels());
        let messages = ("日志按消息显示", "Show messages in the log");
        let reads = ("日志按读取显示", "Show reads in the log");
        window.scroll_to(messages.0, messages.1);
        window.click(messages.0, messages.1);
        window.until_says("three");
        window.scroll_to(reads.0, reads.1);
        window.click(reads.0, reads.1);
        window.until("reads", |window| !window.says("three"));
        // A read leads to its row.
        let read = window.row(window.name("第 3 条，一次读取", "Read in row 3"));
        window.scroll_to(&read, &read);
        window.click_name(&read);
        window.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::D);
        let title = window.name("第 3 条", "Row 3").to_owned();
        assert!(window.says(&title), "{}", window.labels());
    }
}

#[test]
fn a_refused_attempt_infers_the_reset() {
    for lang in Lang::ALL {
        let port = crate::ports::quiet();
        let mut window = Window::tcp_client(lang, ([127, 0, 0, 1], port).into());
        window.click(PAGE.0, PAGE.1);
        until(
            &mut window,
            "◀ RST，回应 SYN：那里没有程序监听 · 推断",
            "◀ RST in answer to the SYN: nobody listens there · inferred",
        );
    }
}

#[test]
fn split_writes_reach_the_peer_in_pieces() {
    for lang in Lang::ALL {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
        let (mut peer, _) = listener.accept().unwrap();
        window.click(PAGE.0, PAGE.1);
        let split = ("拆开写", "Split writes");
        window.scroll_to(split.0, split.1);
        window.click(split.0, split.1);
        assert!(window.is_ticked(split.0, split.1));
        window.fill("发送内容", "Message", "abcdefgh");
        window.press(Modifiers::COMMAND, Key::Enter);
        until(
            &mut window,
            "▶ 0–8：8 字节，写了 2 次",
            "▶ 0–8: 8 bytes in 2 writes",
        );
        let mut bytes = [0; 8];
        peer.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"abcdefgh");
        window.scroll_to(split.0, split.1);
        window.click(split.0, split.1);
        assert!(!window.is_ticked(split.0, split.1));
        // It is the switch of the simulated network.
        window.click("弱网模拟", "Simulated network");
        assert!(!window.is_ticked("启用", "On"));
    }
}

#[test]
fn only_tcp_has_such_a_life() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.click(PAGE.0, PAGE.1);
        let words = window.name("只有 TCP 连接有这样的过程", "Only TCP connections have");
        assert!(window.says(words), "{}", window.labels());
        assert!(!window.has("NODELAY"));
        window.click("TCP 客户端", "TCP client");
        assert!(window.has("NODELAY"));
        assert!(window.is_ticked("NODELAY", "NODELAY"), "as it always was");
    }
}
