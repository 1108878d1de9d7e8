//! Text in the encodings that other programs use.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use netpeer::payload::charset::Charset;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

#[test]
fn gbk_and_utf8_stand_side_by_side_and_neither_is_garbled() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, _) = far_side();
        let gbk = Charset::Gb18030.encode("来自Windows的你好").unwrap();
        socket.send_to(&gbk, local).unwrap();
        socket.send_to("来自Linux的你好".as_bytes(), local).unwrap();
        socket
            .send_to(&[0xAA, 0x55, 0x01, 0xC4, 0x0B], local)
            .unwrap();
        window.until_says("AA 55 01 C4 0B");
        assert!(window.says("来自Windows的你好") && window.says("来自Linux的你好"));
        let row = window.row("来自Windows的你好");
        window.click_name(&row);
        window.click("复制文本", "Copy text");
        assert_eq!(window.copied(), "来自Windows的你好");
    }
}

#[test]
fn a_row_a_peer_or_all_are_read_in_the_chosen_encoding() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let ((socket, peer), (other, _)) = (far_side(), far_side());
    let latin = Charset::Latin1.encode("café olé").unwrap();
    socket.send_to(&latin, local).unwrap();
    socket.send_to(&latin, local).unwrap();
    other.send_to(&latin, local).unwrap();
    window.until_says("In 3 ·");
    let shown = |window: &Window| {
        let labels = window.labels();
        let is_it = |label: &&str| label.starts_with("Row ") && label.contains("café olé");
        labels.lines().filter(is_it).count()
    };
    assert_eq!(shown(&window), 0);
    let row = window.row("Row 2 ");
    window.click_name(&row);
    for (scope, expected) in [
        ("This row".to_owned(), 1),
        (format!("All rows of {peer}"), 2),
        ("All rows of this session".to_owned(), 3),
    ] {
        let button = window.row("Read as ");
        window.click_name(&button);
        window.click_name(&scope);
        window.click_name("Latin-1");
        assert_eq!(shown(&window), expected, "{scope}");
    }
}

#[test]
fn a_character_cut_by_a_tcp_read_appears_where_it_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut window = Window::tcp_client(Lang::English, listener.local_addr().unwrap());
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_nodelay(true).unwrap();
    let bytes = Charset::Gb18030.encode("来自服务器").unwrap();
    stream.write_all(&bytes[..5]).unwrap();
    // Each part is a read of its own: the next is sent after the last has appeared.
    window.until_says("来自 B7 →");
    stream.write_all(&bytes[5..]).unwrap();
    window.until_says("服务器");
}

#[test]
fn all_connections_that_write_differently_are_pointed_at() {
    let mut tab = TabSettings::of_kind(netpeer::session::SessionKind::TcpServer);
    tab.network.local_port = "0".into();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(Lang::English, settings);
    window.open_session();
    window.until_says("Listening on 127");
    let local = window.local_address("Listening on ");
    let [mut first, mut second] = [0; 2].map(|_| TcpStream::connect(local).unwrap());
    first.write_all("来自Linux的你好".as_bytes()).unwrap();
    window.until_says("来自Linux的你好");
    assert!(!window.says("different encodings"));
    let gbk = Charset::Gb18030.encode("来自Windows的你好").unwrap();
    second.write_all(&gbk).unwrap();
    window.until_says("different encodings");
    window.click("连接对象", "Send to");
    window.click_name(&second.local_addr().unwrap().to_string());
    window.until("the encoding of the one", |window| {
        !window.says("different encodings") && window.value("发送编码", "Send as").contains("GBK")
    });
}

/// A peer that writes GBK, and becomes the target.
fn follows_gbk(window: &mut Window, local: std::net::SocketAddr) -> std::net::UdpSocket {
    let (socket, _) = far_side();
    let gbk = Charset::Gb18030.encode("你好").unwrap();
    socket.send_to(&gbk, local).unwrap();
    window.until_says("你好");
    window.click("最近来源", "Last source");
    socket
}

#[test]
fn text_is_sent_as_the_peer_writes_it() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let socket = follows_gbk(&mut window, local);
    window.fill("发送内容", "Message", "收到");
    window.until("the encoding of the peer", |window| {
        window.value("发送编码", "Send as").contains("GBK")
    });
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(receive(&socket), &*Charset::Gb18030.encode("收到").unwrap());
}

#[test]
fn the_name_of_the_encoding_that_is_followed_stays_in_the_panel() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let right = |window: &Window| window.place("发送编码", "Send as").right();
        let before = right(&window);
        follows_gbk(&mut window, local);
        window.until("the encoding of the peer", |window| {
            window.value("发送编码", "Send as").contains("GBK")
        });
        window.steps();
        assert!(right(&window) <= before, "{} {before}", right(&window));
    }
}

#[test]
fn what_follows_the_peer_is_as_long_while_disconnected() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    follows_gbk(&mut window, local);
    window.fill("发送内容", "Message", "收到");
    window.until_says("4 B · 1 datagram");
    window.close_session();
    window.until_closed();
    assert!(window.says("4 B · 1 datagram"), "{}", window.labels());
    assert!(window.value("发送编码", "Send as").contains("GBK"));
}

#[test]
fn a_character_the_encoding_lacks_is_pointed_at() {
    let mut tab = TabSettings::default();
    tab.send.charset = Some(Charset::Big5);
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(Lang::English, settings);
    window.fill("发送内容", "Message", "好😀");
    window.until_says("Big5 has no “😀”");
}
