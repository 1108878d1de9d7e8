//! The offer to diagnose a silence, below the log.

use super::doctor::{PAGE, SEND_AGAIN, ask, has, send};
use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use egui_kittest::kittest::NodeT as _;
use netpeer::words::Lang;
use std::cell::OnceCell;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

const OFFER: (&str, &str) = ("诊断为什么没有数据", "Diagnose the silence");
const CONNECT_ANEW: (&str, &str) = ("重新连接", "Connect anew");
const DISMISS: (&str, &str) = ("不再提示诊断", "Dismiss the offer to diagnose");

#[test]
fn a_silence_of_ten_seconds_offers_a_diagnosis_below_the_log() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, address) = far_side();
        send(&mut window, address, "anybody?");
        assert!(!has(&window, OFFER));
        let offer = window.name(OFFER.0, OFFER.1).to_owned();
        wait_for_silence(&mut window, &offer);
        let log = window.place("数据日志", "Log");
        let line = window.place(OFFER.0, OFFER.1);
        assert!(line.top() >= log.bottom() - 0.5, "{log} {line}");
        let offers = window
            .labels()
            .lines()
            .filter(|name| *name == offer)
            .count();
        assert_eq!(offers, 1, "it is offered once");
        match lang {
            Lang::Chinese => {
                far.send_to(b"here", local).unwrap();
                window.until("an answer", |window| !has(window, OFFER));
                send(&mut window, address, "and now?");
                wait_for_silence(&mut window, &offer);
                window.click(DISMISS.0, DISMISS.1);
                assert!(!has(&window, OFFER), "it was dismissed");
            }
            Lang::English => {
                tab_to(&mut window, &offer);
                window.press(Modifiers::NONE, Key::Enter);
                assert!(window.is_chosen(PAGE.0, PAGE.1), "its page is open");
                assert!(!has(&window, OFFER), "it was accepted");
            }
        }
    }
}

#[test]
fn a_silence_that_was_diagnosed_is_not_offered_again() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    let (_far, address) = far_side();
    send(&mut window, address, "anybody?");
    wait_for_silence(&mut window, OFFER.1);
    window.click(PAGE.0, PAGE.1);
    ask(&mut window);
    window.click("关闭此页", "Close page");
    assert!(!has(&window, OFFER), "{}", window.labels());
}

/// Moves the keys to a control with the Tab key.
fn tab_to(window: &mut Window, name: &str) {
    const MOST: usize = 100;
    for _ in 0..MOST {
        if window.control(name).accesskit_node().is_focused() {
            return;
        }
        window.press(Modifiers::NONE, Key::Tab);
    }
    panic!("the Tab key does not reach {name}");
}

/// Runs frames until the offer stands; it comes after 10 s.
fn wait_for_silence(window: &mut Window, offer: &str) {
    let began = std::time::Instant::now();
    while !window.has(offer) {
        let waited = began.elapsed();
        assert!(waited.as_secs() < 30, "{}", window.labels());
        std::thread::sleep(std::time::Duration::from_millis(50));
        window.steps();
    }
    assert!(began.elapsed().as_secs() >= 9, "too early");
}

#[test]
fn escapes_that_went_out_as_characters_are_read_and_sent_again() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    let (far, address) = far_side();
    send(&mut window, address, r"AT\r\n");
    assert_eq!(receive(&far), br"AT\r\n");
    wait_for_silence(&mut window, OFFER.1);
    window.click(PAGE.0, PAGE.1);
    ask(&mut window);
    window.scroll_to("识别消息里的转义", "Read escapes in the message");
    window.click("识别消息里的转义", "Read escapes in the message");
    window.scroll_to("重新发送", "Send again");
    window.click("重新发送", "Send again");
    assert_eq!(receive(&far), b"AT\r\n");
}

#[test]
fn below_an_empty_log_a_link_leads_to_the_doctor() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        window.click("收不到数据？查找原因", "Nothing comes? Find out why");
        assert!(window.is_chosen(PAGE.0, PAGE.1), "its page is open");
        let (far, _) = far_side();
        far.send_to(b"here", local).unwrap();
        let link = ("收不到数据？查找原因", "Nothing comes? Find out why");
        window.until("no link", |window| !has(window, link));
    }
}

#[test]
fn after_a_cure_a_client_connects_anew_so_that_the_peer_gets_the_whole_message_alone() {
    for (lang, cure) in [
        (Lang::Chinese, "识别消息里的转义"),
        (Lang::English, "Read escapes in the message"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
        let first = accepted(&mut window, &listener);
        window.fill("发送内容", "Message", r"AT\r\n");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(read(&first, 6), br"AT\r\n");
        wait_for_silence(&mut window, window_name(lang, OFFER));
        window.click(PAGE.0, PAGE.1);
        ask(&mut window);
        window.scroll_to(cure, cure);
        window.click(cure, cure);
        window.scroll_to(CONNECT_ANEW.0, CONNECT_ANEW.1);
        window.click(CONNECT_ANEW.0, CONNECT_ANEW.1);
        let second = accepted(&mut window, &listener);
        window.until("it is open again", |window| has(window, SEND_AGAIN));
        let again = window.is_enabled(CONNECT_ANEW.0, CONNECT_ANEW.1);
        assert!(!again, "once is enough");
        window.scroll_to(SEND_AGAIN.0, SEND_AGAIN.1);
        window.click(SEND_AGAIN.0, SEND_AGAIN.1);
        assert_eq!(read(&second, 4), b"AT\r\n");
    }
}

fn window_name(lang: Lang, (chinese, english): (&'static str, &'static str)) -> &'static str {
    match lang {
        Lang::Chinese => chinese,
        Lang::English => english,
    }
}

/// The next connection, which the window makes within some frames.
fn accepted(window: &mut Window, listener: &TcpListener) -> TcpStream {
    let stream = OnceCell::new();
    window.until("a connection", |_| match listener.accept() {
        Ok((accepted, _)) => stream.set(accepted).is_ok(),
        Err(_) => false,
    });
    let stream = stream.into_inner().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream
}

/// Reads so many bytes, or fails after some seconds.
fn read(mut stream: &TcpStream, count: usize) -> Vec<u8> {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}
