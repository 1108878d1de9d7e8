//! The page of the doctor: asked, answered, cured.

use super::driver::Window;
use crate::ports::quiet;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::NodeT as _;
use netpeer::automation::impair::{DatagramPlan, Loss};
use netpeer::settings::{SMALLEST, Settings, TabSettings};
use netpeer::words::Lang;
use std::net::SocketAddr;

pub const PAGE: (&str, &str) = ("诊断收不到数据", "Diagnose silence");
const ASK: (&str, &str) = ("诊断", "Diagnose");
const PROBE: (&str, &str) = ("发探测再试", "Try with probes");
const ASK_AGAIN: (&str, &str) = ("重新诊断", "Ask again");
pub const SEND_AGAIN: (&str, &str) = ("重新发送", "Send again");
const OUTDATED: (&str, &str) = ("已过时", "out of date");
const SENDER: (&str, &str) = ("应该由谁发来？", "Who should send?");
const BACK: (&str, &str) = ("回到诊断", "Back to the diagnosis");

pub fn has(window: &Window, name: (&str, &str)) -> bool {
    window.has(window.name(name.0, name.1))
}

/// Asks, and waits for the answer.
pub fn ask(window: &mut Window) {
    window.click(ASK.0, ASK.1);
    let probe = window.name(PROBE.0, PROBE.1).to_owned();
    window.until(&probe, |window| window.has(&probe));
}

/// A window whose only session has a free port and is not open.
fn not_open(lang: Lang) -> Window {
    let mut tab = TabSettings::default();
    tab.network.local_port = quiet().to_string();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

/// Sends a message to this address.
pub fn send(window: &mut Window, to: SocketAddr, text: &str) {
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.fill("发送内容", "Message", text);
    window.press(Modifiers::COMMAND, Key::Enter);
    window.until_says(text);
}

#[test]
fn a_session_that_is_not_open_is_the_verdict_and_a_button_opens_it() {
    for lang in Lang::ALL {
        let mut window = not_open(lang);
        window.click(PAGE.0, PAGE.1);
        let hint = window.name("不向别人发送任何东西", "sends nothing to others");
        assert!(window.says(hint), "{}", window.labels());
        assert!(!has(&window, PROBE), "nothing is asked yet");
        ask(&mut window);
        let entry = window
            .name("说明 not-bound", "Explain not-bound")
            .to_owned();
        assert!(window.has(&entry), "{}", window.labels());
        // The entry, and back to the answer.
        window.click_name(&entry);
        let capture = window.name("抓包里的样子", "In a packet capture");
        assert!(window.has(capture), "{}", window.labels());
        // It has the port of the verdict.
        let cure = window.name("启动应当在端口 ", "should receive at port ");
        assert!(window.says(cure), "{}", window.labels());
        window.click(BACK.0, BACK.1);
        assert!(window.has(&entry), "{}", window.labels());
        let bind = window
            .name("改为绑定 127.0.0.1", "Bind 127.0.0.1")
            .to_owned();
        let bind = window.row(&bind);
        window.click_name(&bind);
        let bound = window
            .name("已绑定 127.0.0.1", "Bound to 127.0.0.1")
            .to_owned();
        window.until_says(&bound);
    }
}

#[test]
fn a_session_that_works_has_no_verdict_and_both_lists_unfold() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, address) = far_side();
        far.send_to(b"ping", local).unwrap();
        window.until_says("ping");
        send(&mut window, address, "pong");
        far.send_to(b"thanks", local).unwrap();
        window.until_says("thanks");
        window.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::G);
        ask(&mut window);
        let nothing = window.name("没有看到问题", "Nothing wrong was seen");
        assert!(window.says(nothing), "{}", window.labels());
        let ruled_out = window.row(window.name("已排除：", "Ruled out: "));
        window.click_name(&ruled_out);
        let entry = window
            .name("说明 not-bound", "Explain not-bound")
            .to_owned();
        window.until(&entry, |window| window.has(&entry));
    }
}

#[test]
fn a_silence_without_a_cause_is_no_all_clear_and_leads_to_the_next_step() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        window.click(PAGE.0, PAGE.1);
        ask(&mut window);
        let no_cause = window.name("在这里没有看到原因", "No cause was seen here");
        assert!(window.says(no_cause), "{}", window.labels());
        let nothing = window.name("没有看到问题", "Nothing wrong was seen");
        assert!(!window.says(nothing), "{}", window.labels());
        // In Chinese, the hint in the log has a button of the same name.
        if lang == Lang::English {
            window.scroll_to("复制命令", "Copy the command");
            window.click("复制命令", "Copy the command");
            window.until_says("Copied.");
        }
    }
}

#[test]
fn a_verdict_is_out_of_date_once_something_came_until_it_is_asked_for_again() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        window.click(PAGE.0, PAGE.1);
        ask(&mut window);
        let (as_of, outdated) = (
            window.name("诊断于 ", "As of ").to_owned(),
            window.name(OUTDATED.0, OUTDATED.1).to_owned(),
        );
        assert!(window.says(&as_of), "{}", window.labels());
        assert!(!window.says(&outdated), "{}", window.labels());
        let (far, address) = far_side();
        far.send_to(b"ping", local).unwrap();
        window.until_says(&outdated);
        let came = window.name("收到 1 条", "1 received");
        assert!(window.says(came), "{}", window.labels());
        // The target is a setting that bears on a silence.
        let port = address.port().to_string();
        window.fill("目标端口", "Target port", &port);
        let set = window.name("设置已更改", "settings changed");
        assert!(window.says(set), "{}", window.labels());
        window.click(ASK_AGAIN.0, ASK_AGAIN.1);
        assert!(!window.says(&outdated), "{}", window.labels());
        window.until_says(&as_of);
        assert!(!window.says(&outdated), "{}", window.labels());
    }
}

#[test]
fn who_should_send_is_asked_of_sessions_that_wait_and_bears_on_the_answer() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        window.click(PAGE.0, PAGE.1);
        window.fill(SENDER.0, SENDER.1, "192.0.2.999");
        let ask_name = window.name(ASK.0, ASK.1).to_owned();
        assert!(window.control(&ask_name).accesskit_node().is_disabled());
        // A machine elsewhere, while the session is bound to the loopback address.
        window.fill(SENDER.0, SENDER.1, "192.0.2.9");
        ask(&mut window);
        let entry = window.name("说明 loopback-only", "Explain loopback-only");
        assert!(window.has(entry), "{}", window.labels());
        window.scroll_to(SENDER.0, SENDER.1);
        window.fill(SENDER.0, SENDER.1, "");
        let set = window.name("设置已更改", "settings changed");
        assert!(window.says(set), "{}", window.labels());
        let client = TabSettings::of_kind(netpeer::kind::SessionKind::TcpClient);
        let settings = Settings {
            tabs: vec![client],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        window.click(PAGE.0, PAGE.1);
        assert!(has(&window, ASK) && !has(&window, SENDER));
    }
}

#[test]
fn a_stream_that_goes_on_does_not_make_an_answer_out_of_date() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, _) = far_side();
        far.send_to(b"first", local).unwrap();
        window.until_says("first");
        window.click(PAGE.0, PAGE.1);
        ask(&mut window);
        let nothing = window.name("没有看到问题", "Nothing wrong was seen");
        assert!(window.says(nothing), "{}", window.labels());
        far.send_to(b"second", local).unwrap();
        window.until_says("second");
        let outdated = window.name(OUTDATED.0, OUTDATED.1);
        assert!(!window.says(outdated), "{}", window.labels());
    }
}

#[test]
fn a_cure_says_that_it_is_done_and_sends_the_last_message_again() {
    for lang in Lang::ALL {
        let mut tab = TabSettings::default();
        tab.network.local_port = "0".into();
        tab.bad_network.on = true;
        tab.bad_network.conditions.incoming.datagrams = DatagramPlan {
            loss: Loss::EveryNth(1),
            ..DatagramPlan::default()
        };
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        window.connect();
        let (far, address) = far_side();
        send(&mut window, address, "hello");
        assert_eq!(receive(&far), b"hello");
        window.click(PAGE.0, PAGE.1);
        ask(&mut window);
        assert!(!has(&window, SEND_AGAIN), "nothing was cured");
        window.scroll_to("关闭弱网模拟", "Turn the simulated network off");
        window.click("关闭弱网模拟", "Turn the simulated network off");
        let done = window
            .name(
                "已完成：关闭弱网模拟。请重新发送",
                "Done: Turn the simulated network off. Send again",
            )
            .to_owned();
        assert!(window.says(&done), "{}", window.labels());
        assert!(window.says(window.name(OUTDATED.0, OUTDATED.1)));
        window.scroll_to(SEND_AGAIN.0, SEND_AGAIN.1);
        window.click(SEND_AGAIN.0, SEND_AGAIN.1);
        assert_eq!(receive(&far), b"hello");
        let sent = window.name("已经重新发送", "It was sent again").to_owned();
        window.until_says(&sent);
        assert!(!has(&window, SEND_AGAIN), "{}", window.labels());
    }
}

#[test]
fn a_unix_session_says_that_it_cannot_be_diagnosed() {
    for lang in Lang::ALL {
        let tab = TabSettings::of_kind(netpeer::kind::SessionKind::UnixDatagram);
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        window.click(PAGE.0, PAGE.1);
        let why = window.name(
            "只能诊断使用 IP 地址的会话",
            "Only sessions with IP addresses",
        );
        assert!(window.says(why), "{}", window.labels());
        assert!(!has(&window, ASK));
    }
}

#[test]
fn the_page_is_whole_in_the_smallest_window() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1));
        window.steps();
        window.click(PAGE.0, PAGE.1);
        ask(&mut window);
        // What is below the edge of the page is reached by scrolling.
        window.scroll_to(PROBE.0, PROBE.1);
        let (probe, close) = (
            window.place(PROBE.0, PROBE.1),
            window.place("关闭此页", "Close page"),
        );
        assert!(probe.right() <= SMALLEST.0 && close.right() <= SMALLEST.0);
        assert!(
            probe.width() > 20.0 && probe.bottom() <= SMALLEST.1,
            "{probe}"
        );
    }
}

#[test]
fn a_verdict_with_its_button_needs_no_scrolling_in_the_smallest_window() {
    for lang in Lang::ALL {
        let mut window = not_open(lang);
        window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1));
        window.steps();
        window.click(PAGE.0, PAGE.1);
        ask(&mut window);
        let status = window.name("复位计数", "Reset counters").to_owned();
        let status = window.control(&status).rect();
        let entry = window.place("说明 not-bound", "Explain not-bound");
        let bind = window.row(window.name("改为绑定 127.0.0.1", "Bind 127.0.0.1"));
        let bind = window.control(&bind).rect();
        let close = window.place("关闭此页", "Close page");
        assert!(bind.top() > close.bottom() && entry.top() > close.bottom());
        assert!(bind.bottom() < status.top(), "{bind} {status}");
        assert!(entry.bottom() < status.top(), "{entry} {status}");
    }
}

/// Only Linux reports ICMP errors to an unconnected socket.
#[cfg(target_os = "linux")]
#[test]
fn a_failure_without_a_listener_leads_to_its_entry() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        let nobody = SocketAddr::from(([127, 0, 0, 1], quiet()));
        send(&mut window, nobody, "hello");
        let entry = window
            .name("说明 port-unreachable", "Explain port-unreachable")
            .to_owned();
        window.until(&entry, |window| window.has(&entry));
        window.click_name(&entry);
        assert!(window.is_chosen(PAGE.0, PAGE.1), "its page is open");
        window.until_says("port-unreachable · ");
    }
}
