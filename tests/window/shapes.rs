//! Shapes that distinguish the same things as colours.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::Color32;
use egui::epaint::ColorMode;
use netpeer::ui::theme::palette;
use netpeer::words::Lang;

#[test]
fn a_closed_session_has_rings_and_an_open_one_filled_circles() {
    let mut window = Window::udp(Lang::English);
    let rings = |painted: &Painted| {
        let rings = painted.circles.iter();
        let rings = rings.filter(|circle| circle.fill.a() == 0 && circle.stroke.width > 0.0);
        rings.count()
    };
    let ok = palette(&window.harness.ctx).ok;
    let filled = |painted: &Painted| {
        let filled = painted.circles.iter();
        filled.filter(|circle| circle.fill == ok).count()
    };
    let closed = Painted::of(&window);
    // One on the tab, and one in the status bar.
    assert_eq!((rings(&closed), filled(&closed)), (2, 0));
    window.connect();
    let open = Painted::of(&window);
    // One on the button too.
    assert_eq!((rings(&open), filled(&open)), (0, 3));
}

#[test]
fn the_curve_of_sent_messages_has_dashes_and_the_other_none() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, to) = far_side();
    socket.send_to(b"received", local).unwrap();
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.fill("发送内容", "Message", "sent");
    window.click("发送", "Send");
    window.click("最近几分钟的速率", "Rates of the last minutes");
    let colours = palette(&window.harness.ctx);
    // The line in the status bar has more points.
    let is_curve = |painted: &Painted, colour: Color32| {
        let mut paths = painted.paths.iter();
        paths.any(|path| {
            let is_it = matches!(path.stroke.color, ColorMode::Solid(of) if of == colour);
            is_it && path.stroke.width > 0.0 && path.points.len() < 30
        })
    };
    // Two dashes stand in the legend of each of the two plots.
    let dashes = |painted: &Painted| {
        let dashes = painted.lines.iter();
        dashes.filter(|stroke| stroke.color == colours.sent).count()
    };
    window.until("the first seconds", |window| {
        let painted = Painted::of(window);
        is_curve(&painted, colours.received) && dashes(&painted) > 4
    });
    assert!(!is_curve(&Painted::of(&window), colours.sent));
}
