//! The status bar below the log.

use super::driver::Window;
use crate::sockets::far_side;
use egui::{Rect, vec2};
use netpeer::settings::SMALLEST;
use netpeer::words::Lang;

#[test]
fn it_says_how_many_rows_are_shown_of_how_many() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, _) = far_side();
        socket.send_to(b"a datagram", local).unwrap();
        let said = |chinese: &'static str, english: &'static str| match lang {
            Lang::Chinese => chinese,
            Lang::English => english,
        };
        window.until_says(said("显示 2 / 2 行", "Shown 2 / 2 rows"));
        window.click("收 1", "In 1");
        assert!(window.says(said("显示 1 / 2 行", "Shown 1 / 2 rows")));
    }
}

#[test]
fn nothing_of_it_is_cut_in_the_smallest_window() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        let (width, height) = SMALLEST;
        window.harness.set_size(vec2(width, height));
        window.steps();
        let whole = Rect::from_min_size(egui::Pos2::ZERO, vec2(width, height));
        let reset = window.place("复位计数", "Reset counters");
        let shown = window.place("显示 1 / 1 行", "Shown 1 / 1 row");
        assert!(whole.contains_rect(reset), "{reset}");
        assert!(whole.contains_rect(shown), "{shown}");
        assert!(shown.right() < reset.left(), "{shown} {reset}");
    }
}
