//! The places and sizes of parts that are easily lost or misread.

use super::composer::of_kind;
use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::{Rect, vec2};
use netpeer::session::SessionKind;
use netpeer::words::Lang;

#[test]
fn every_button_of_the_rail_is_in_sight_in_the_lowest_window() {
    for lang in Lang::ALL {
        // 1280×720 at 200 %.
        for size in [(640.0, 380.0), (640.0, 360.0)] {
            let mut window = Window::udp(lang);
            window.harness.set_size(vec2(size.0, size.1));
            window.steps();
            let bottom = window.place("复位计数", "Reset counters").top();
            for (chinese, english) in [("详情", "Details"), ("程序设置", "Program settings")]
            {
                let button = window.place(chinese, english);
                assert!(button.bottom() < bottom, "{english} {size:?} {button}");
            }
        }
    }
}

#[test]
fn the_items_of_a_menu_stand_close() {
    let mut window = Window::udp(Lang::English);
    window.click("行尾", "Line end");
    let top = |window: &Window, name| window.place(name, name).top();
    let apart = top(&window, "LF  \\n") - top(&window, "CR  \\r");
    assert!((20.0..=28.0).contains(&apart), "{apart}");
}

#[test]
fn a_time_that_is_none_moves_nothing() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        window.click("跳到时间", "Go to time");
        let popup = |window: &Window| {
            let field = window.place("时间", "Go to this time");
            let around = |rect: &Rect| rect.contains_rect(field) && rect.width() < 400.0;
            let painted = Painted::of(window);
            let frames = painted.rects.iter().map(|(_, rect, _)| rect.rect);
            let frame = frames
                .filter(around)
                .max_by(|a, b| a.area().total_cmp(&b.area()));
            (field, frame.unwrap())
        };
        let before = popup(&window);
        let (field, frame) = before;
        let (left, right) = (field.left() - frame.left(), frame.right() - field.right());
        assert!((left - right).abs() < 1.5, "{field} {frame}");
        window.fill("时间", "Go to this time", "zz");
        window.until_says("2026-11-22 14:03");
        assert_eq!(popup(&window), before);
    }
}

#[test]
fn details_below_the_log_show_the_bytes_beside_the_facts() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, _) = far_side();
        far.send_to(b"hello", local).unwrap();
        window.until_says("hello");
        window.harness.set_size(vec2(760.0, 480.0));
        window.steps();
        let row = window.row("hello");
        window.click_name(&row);
        let painted = Painted::of(&window);
        let place = |words: &str| painted.places_of(words).first().copied().unwrap();
        let source = match lang {
            Lang::Chinese => "来源",
            Lang::English => "Source",
        };
        let whole = painted.whole().into_iter();
        let mut dumps = whole.filter(|(text, _)| text.starts_with("0000"));
        let (_, bytes) = dumps.next_back().unwrap();
        let source = place(source);
        assert!(bytes.right() < source.left(), "{bytes} {source}");
        assert!(bytes.top() < source.top(), "{bytes} {source}");
    }
}

#[test]
fn an_empty_message_is_not_sent_over_tcp_whether_open_or_not() {
    for lang in Lang::ALL {
        let mut window = of_kind(lang, SessionKind::TcpClient);
        assert!(!window.is_enabled("发送", "Send"));
        window.fill("发送内容", "Message", "a");
        assert!(
            window.is_enabled("发送", "Send"),
            "it says to connect first"
        );
        let window = of_kind(lang, SessionKind::Udp);
        assert!(window.is_enabled("发送", "Send"), "a datagram may be empty");
    }
}

#[test]
fn an_empty_page_of_rules_explains_streams_only_for_them() {
    for (kind, explains) in [(SessionKind::Udp, false), (SessionKind::TcpServer, true)] {
        let mut window = of_kind(Lang::English, kind);
        window.click("自动应答规则", "Auto-reply rules");
        assert_eq!(window.says("A stream has no message boundaries"), explains);
    }
}
