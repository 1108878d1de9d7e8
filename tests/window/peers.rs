//! The peers of a session in the left panel: their list, and their menus.

use super::driver::Window;
use super::left_panel::{sender, window_of};
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::session::SessionKind;
use netpeer::words::Lang;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// Presses an item of the menu of the client at this address.
fn choose(window: &mut Window, client: &TcpStream, (chinese, english): (&str, &str)) {
    let address = client.local_addr().unwrap();
    let part = window
        .name("@ #", "Menu of @ #")
        .replace('@', &address.to_string());
    window.until_says(&part);
    let menu = window.row(&part);
    window.click_name(&menu);
    window.click(chinese, english);
}

fn send(window: &mut Window, text: &str) {
    window.fill("发送内容", "Message", text);
    window.click("发送", "Send");
}

fn read<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_menu_of_a_client_acts_on_that_client_alone() {
    for lang in Lang::ALL {
        let mut window = window_of(lang, SessionKind::TcpServer, |_| {});
        window.open_session();
        let listening = window.name("正在监听 ", "Listening on ");
        window.until_says(&format!("{listening}127"));
        let local = window.local_address(listening);
        let [mut first, mut second, mut third] = [0; 3].map(|_| {
            let client = TcpStream::connect(local).unwrap();
            let deadline = Some(Duration::from_secs(10));
            client.set_read_timeout(deadline).unwrap();
            client
        });
        choose(&mut window, &first, ("只发给它", "Send only to this one"));
        send(&mut window, "one");
        assert_eq!(&read::<3>(&mut first), b"one");
        window.until_says(window.name("客户端连接 3", "Connections 3"));
        window.click("全部", "All");
        send(&mut window, "all");
        for client in [&mut first, &mut second, &mut third] {
            assert_eq!(&read::<3>(client), b"all");
        }
        choose(&mut window, &first, ("结束发送（FIN）", "Half-close (FIN)"));
        assert_eq!(first.read(&mut [0]).unwrap(), 0);
        first.write_all(b"goes on").unwrap();
        window.until_says("goes on");
        choose(&mut window, &second, ("断开此客户端", "Disconnect client"));
        assert_eq!(second.read(&mut [0]).unwrap(), 0);
        until_left(&mut window, &second);
        choose(&mut window, &third, ("复位（RST）", "Reset (RST)"));
        let reset = third.read(&mut [0]).unwrap_err();
        assert_eq!(reset.kind(), ErrorKind::ConnectionReset);
        until_left(&mut window, &third);
    }
}

/// Waits until the line of this client says that it left.
fn until_left(window: &mut Window, client: &TcpStream) {
    let line = line_of(window, client);
    let left = window.name(" · 已离开", " · left");
    window.until("it left", move |window| {
        window.says(&line) && window.row(&line).ends_with(left)
    });
}

/// How the line of this client begins.
fn line_of(window: &Window, client: &TcpStream) -> String {
    let line = window.name("@：收", "@: 0 in");
    line.replace('@', &client.local_addr().unwrap().to_string())
}

#[test]
fn no_line_moves_away_from_under_the_pointer_when_a_client_leaves() {
    for lang in Lang::ALL {
        let mut window = window_of(lang, SessionKind::TcpServer, |_| {});
        window.open_session();
        let listening = window.name("正在监听 ", "Listening on ");
        window.until_says(&format!("{listening}127"));
        let local = window.local_address(listening);
        let [first, second] = [0; 2].map(|_| TcpStream::connect(local).unwrap());
        let line = line_of(&window, &second);
        window.until_says(&line);
        let place = |window: &Window| window.control(&window.row(&line)).rect();
        let stood = place(&window);
        window.control(&window.row(&line)).hover();
        window.steps();
        first.shutdown(Shutdown::Both).unwrap();
        until_left(&mut window, &first);
        assert_eq!(place(&window), stood, "under the pointer");
        let third = TcpStream::connect(local).unwrap();
        window.until_says(&line_of(&window, &third));
        assert_eq!(place(&window), stood, "a new one follows");
        window.harness.event(egui::Event::PointerGone);
        window.steps();
        assert!(place(&window).top() < stood.top(), "the pointer is gone");
    }
}

#[test]
fn the_log_is_filtered_to_a_sender_and_answers_go_to_it() {
    for lang in Lang::ALL {
        let mut window = window_of(lang, SessionKind::Udp, |_| {});
        let local = window.connect();
        let (one, address) = far_side();
        let (other, _) = far_side();
        one.send_to(b"from one", local).unwrap();
        other.send_to(b"from another", local).unwrap();
        window.until_says("from another");
        let menu = sender(&address, lang);
        window.click_name(&menu);
        window.click("只看它的行", "Show only its rows");
        window.until("the other hidden", |window| !window.says("from another"));
        assert!(window.says("from one"));
        window.click_name(&menu);
        window.click("只发给它", "Send only to this one");
        send(&mut window, "answer");
        assert_eq!(receive(&one), b"answer");
        let counted = match lang {
            Lang::Chinese => format!("{address}：收 1（8 B），发 1（6 B）"),
            Lang::English => format!("{address}: 1 in (8 B), 1 out (6 B)"),
        };
        window.until_says(&counted);
        assert!(window.is_chosen(&counted, &counted), "it is the target");
    }
}

#[test]
fn only_the_senders_in_sight_are_drawn_and_the_keys_reach_the_others() {
    let mut window = window_of(Lang::English, SessionKind::Udp, |_| {});
    let local = window.connect();
    let far: Vec<UdpSocket> = (0..40).map(|_| far_side().0).collect();
    for socket in &far {
        socket.send_to(b"here", local).unwrap();
    }
    window.until_says("Recent peers 40");
    let drawn = window.labels().matches("Menu of ").count();
    assert!((3..16).contains(&drawn), "{drawn}");
    let peers = far.iter().map(|socket| socket.local_addr().unwrap());
    let peers: Vec<SocketAddr> = peers.collect();
    let menus: Vec<String> = peers
        .iter()
        .map(|peer| sender(peer, Lang::English))
        .collect();
    window.harness.get_by_label(&menus[0]).focus();
    window.steps();
    for menu in &menus[1..] {
        // The line itself, then its menu.
        window.press(Modifiers::NONE, Key::Tab);
        window.press(Modifiers::NONE, Key::Tab);
        let node = window.harness.get_by_label(menu);
        assert!(node.accesskit_node().is_focused(), "{menu}");
    }
    for menu in menus[..39].iter().rev() {
        window.press(Modifiers::SHIFT, Key::Tab);
        window.press(Modifiers::SHIFT, Key::Tab);
        let node = window.harness.get_by_label(menu);
        assert!(node.accesskit_node().is_focused(), "{menu} again");
    }
}

#[test]
fn a_key_opens_the_menu_of_a_peer() {
    let mut window = window_of(Lang::English, SessionKind::Udp, |_| {});
    let local = window.connect();
    let (socket, address) = far_side();
    socket.send_to(b"here", local).unwrap();
    let line = format!("{address}: 1 in (4 B), 0 out (0 B)");
    window.until("the sender", |window| window.has(&line));
    window.harness.get_by_label(&line).focus();
    window.steps();
    window.press(Modifiers::SHIFT, Key::F10);
    assert!(window.has("Show only its rows"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.has("Show only its rows"));
    assert!(window.harness.get_by_label(&line).is_focused());
}
