//! The messages of a TCP stream, beside its actual reads.

use super::automatic::window;
use super::driver::Window;
use crate::sockets::{far_side, receive};
use netpeer::automation::rules::Rule;
use netpeer::session::SessionKind;
use netpeer::words::Lang;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

#[test]
fn lines_are_separated_whatever_the_reads_were() {
    for lang in Lang::ALL {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
        let (mut peer, _) = listener.accept().unwrap();
        peer.set_nodelay(true).unwrap();
        for (part, number) in ["temp=21\r\nte", "mp=22\r\n", "open"].iter().zip(1..) {
            peer.write_all(part.as_bytes()).unwrap();
            // Each part is a read of its own.
            let count = match lang {
                Lang::Chinese => format!("收 {number}"),
                Lang::English => format!("In {number}"),
            };
            window.until_says(&count);
        }
        let row = window.row("temp=21");
        window.click_name(&row);
        window.click("分帧", "Messages");
        window.click("按行", "lines");
        let expected = match lang {
            Lang::Chinese => [
                "2 帧，另有 4 字节未完",
                "1 · 7 B · 第 3 条 · temp=21",
                "2 · 7 B · 第 3–4 条 · temp=22",
            ],
            Lang::English => [
                "2 messages, and 4 bytes of one that goes on",
                "1 · 7 B · row 3 · temp=21",
                "2 · 7 B · row 3–4 · temp=22",
            ],
        };
        for words in expected {
            assert!(window.says(words), "{words}\n{}", window.labels());
        }
        // An incomplete message does not count when the connection closes.
        drop(peer);
        window.until_says(match lang {
            Lang::Chinese => "2 帧 · 另有 1 帧到连接结束时未完（4 字节）",
            Lang::English => "2 messages · 1 cut off by an end of the connection (4 bytes)",
        });
    }
}

#[test]
fn a_rule_answers_each_line_however_the_reads_cut_them() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.network.kind = SessionKind::TcpServer;
            tab.rules.on = true;
            tab.rules.rules = vec![Rule::default()];
        });
        window.click("分帧", "Messages");
        window.click("按行", "lines");
        window.open_session();
        let listening = window.name("正在监听 ", "Listening on ").to_owned();
        window.until_says(&listening);
        let mut peer = TcpStream::connect(window.local_address(&listening)).unwrap();
        peer.write_all(b"one\r\ntwo\nth").unwrap();
        window.until_says(window.name("发 2", "Out 2"));
        peer.write_all(b"ree\n").unwrap();
        window.until_says(window.name("发 3", "Out 3"));
        // Without framing, the next read is one message.
        window.click("分帧", "Messages");
        window.click("不分帧", "off");
        peer.write_all(b"a\nb\n").unwrap();
        window.until_says(window.name("发 4", "Out 4"));
        let mut answers = [0; 19];
        peer.read_exact(&mut answers).unwrap();
        assert_eq!(&answers, b"one\r\ntwo\nthree\na\nb\n");
    }
}

#[test]
fn a_datagram_is_answered_line_by_line_in_another_framing() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.rules.on = true;
            tab.rules.rules = vec![Rule::default()];
        });
        let sent = window.name("发送分帧", "Sent as").to_owned();
        assert!(!window.says(&sent), "nothing is framed yet");
        window.click("分帧", "Messages");
        assert!(!window.says(window.name("空闲间隔", "idle gap")));
        window.click("按行", "lines");
        window.click("发送分帧", "Sent as");
        window.scroll_to("SLIP", "SLIP");
        window.click("SLIP", "SLIP");
        window.connect();
        let (socket, _) = far_side();
        socket.send_to(b"a\nb\n", window.bound()).unwrap();
        assert_eq!(receive(&socket), b"a\n\xC0");
        assert_eq!(receive(&socket), b"b\n\xC0");
    }
}

#[test]
fn the_numbers_of_a_length_prefix_begin_at_one_place() {
    for lang in Lang::ALL {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
        window.click("分帧", "Messages");
        window.click("长度前缀", "length prefix");
        let offset = window.place("之前的字节", "Bytes before it");
        let adjust = window.place("长度加", "Added to it");
        assert_eq!(offset.left(), adjust.left(), "{offset} {adjust}");
        assert!(adjust.top() > offset.top(), "{offset} {adjust}");
    }
}
