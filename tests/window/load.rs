//! Loads in the window, and the results of their meter.

use super::automatic::window;
use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::{Key, Modifiers, Rect};
use netpeer::automation::Limits;
use netpeer::config::answers;
use netpeer::session::SessionKind;
use netpeer::traffic::meter::NumberField;
use netpeer::words::Lang;
use std::io::Write as _;
use std::net::TcpStream;

#[test]
fn escape_leaves_a_number_before_it_closes_the_page() {
    let mut window = window(Lang::English, |_| {});
    window.click("压力与测量", "Load and measure");
    window.fill("个数", "Count", "50");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(window.has("Start load"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.has("Start load"));
    // A path field needs no second Escape: its page closes at once.
    window.press(Modifiers::COMMAND, Key::S);
    assert!(window.has("Copy scenario"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.has("Copy scenario"));
}

#[test]
fn a_load_is_sent_and_measured_when_it_is_echoed() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let mut window = window(lang, |tab| {
            tab.send.target_port = to.port().to_string();
        });
        window.connect();
        window.click("压力与测量", "Load and measure");
        window.fill("个数", "Count", "50");
        window.click("开始打流", "Start load");
        let place = |window: &Window| window.place("模拟丢包", "Simulated loss").left();
        let begun = place(&window);
        // Every tenth is dropped, and the first is duplicated.
        let echo = std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            for number in 0..50 {
                let (count, from) = socket.recv_from(&mut buffer).unwrap();
                let times = match number {
                    0 => 2,
                    number if number % 10 == 5 => 0,
                    _ => 1,
                };
                for _ in 0..times {
                    socket.send_to(&buffer[..count], from).unwrap();
                }
            }
        });
        window.until("all came", |window| window.says("46"));
        echo.join().unwrap();
        // 5 of 50 are lost; each is a gap of its own.
        window.until_says(match lang {
            Lang::Chinese => "5（10.00%，5 串，最长 1）",
            Lang::English => "5 (10.00%, 5 bursts, longest 1)",
        });
        assert!(window.says(match lang {
            Lang::Chinese => "已发 50 个",
            Lang::English => "50 sent",
        }));
        assert!(
            window.says(" µs / ") || window.says(" ms / "),
            "round trips"
        );
        assert_eq!(place(&window), begun, "figures that grow move nothing");
    }
}

#[test]
fn numbers_that_are_sent_again_by_a_rule_await_no_second_reply() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let mut window = window(lang, |tab| {
            tab.send.target_port = to.port().to_string();
            tab.rules.on = true;
            tab.rules.rules = vec![answers::echo()];
            tab.rules.limits = Limits::none();
        });
        window.connect();
        window.click("压力与测量", "Load and measure");
        window.fill("个数", "Count", "50");
        window.click("开始打流", "Start load");
        // The far side sends all back but the last five, and this side sends those again.
        let echo = std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            let mut known = std::collections::HashSet::new();
            for _ in 0..95 {
                let (count, from) = socket.recv_from(&mut buffer).unwrap();
                // Those sent again come between the others.
                if known.insert(buffer[..count].to_vec()) && known.len() <= 45 {
                    socket.send_to(&buffer[..count], from).unwrap();
                }
            }
        });
        echo.join().unwrap();
        let pending = window.name("尚无回应\n5\n", "No reply yet\n5\n").to_owned();
        window.until("five pending", |window| window.labels().contains(&pending));
    }
}

/// Only Linux reports ICMP errors to an unconnected socket.
#[cfg(target_os = "linux")]
#[test]
fn a_load_that_nobody_takes_is_not_reported_as_no_loss() {
    for (lang, words) in [
        (Lang::Chinese, "没有回应；"),
        (Lang::English, "no replies; "),
    ] {
        let (socket, to) = far_side();
        drop(socket);
        let mut window = window(lang, |tab| {
            tab.send.target_port = to.port().to_string();
        });
        window.connect();
        window.click("压力与测量", "Load and measure");
        window.fill("个数", "Count", "30");
        window.click("开始打流", "Start load");
        window.until_says(words);
    }
}

#[test]
fn a_load_that_cannot_start_says_why() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        window.click("压力与测量", "Load and measure");
        assert!(!window.is_enabled("开始打流", "Start load"));
        let why = window.name("不能开始：还没有打开", "Cannot start: Not open yet");
        let why = why.to_owned();
        assert_eq!(
            Painted::of(&window).places_of(&why).len(),
            1,
            "{}",
            window.labels()
        );
        window.connect();
        assert!(window.is_enabled("开始打流", "Start load") && !window.says(&why));
    }
}

#[test]
fn each_number_of_a_load_stands_behind_its_name() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.click("压力与测量", "Load and measure");
        let painted = Painted::of(&window);
        for (chinese, english) in [("速率", "Rate"), ("个数", "Count"), ("大小", "Size")] {
            let field = window.place(chinese, english);
            let is_before = |words: &Rect| {
                field.y_range().contains(words.center().y) && words.right() < field.left()
            };
            let words = painted.places_of(window.name(chinese, english));
            assert!(words.iter().any(is_before), "{english}: {field} {words:?}");
        }
    }
}

#[test]
fn the_page_says_whether_messages_or_reads_are_measured() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.network.kind = SessionKind::TcpServer;
            tab.measure.on = true;
            tab.measure.field = NumberField::Text {
                prefix: "seq=".into(),
            };
        });
        window.open_session();
        let listening = window.name("正在监听 ", "Listening on ").to_owned();
        window.until_says(&listening);
        let mut peer = TcpStream::connect(window.local_address(&listening)).unwrap();
        peer.set_nodelay(true).unwrap();
        window.click("压力与测量", "Load and measure");
        window.until_says(window.name("每次读取和写入，不是消息", "each write of the stream"));
        window.click("关闭此页", "Close page");
        window.click("分帧", "Messages");
        window.click("按行", "lines");
        window.click("压力与测量", "Load and measure");
        window.until_says(window.name("流里的每条消息", "each message of the stream"));
        peer.write_all(b"seq=1\nse").unwrap();
        window.until_says(window.name("收 1", "In 1"));
        peer.write_all(b"q=2\nseq=4\n").unwrap();
        // One of four is missing.
        window.until_says(match lang {
            Lang::Chinese => "1（25.00%，1 串，最长 1）",
            Lang::English => "1 (25.00%, 1 burst, longest 1)",
        });
    }
}
