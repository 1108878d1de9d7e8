//! The dock: one page at a time beside the log, or below it, and never over it.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::{far_side, receive};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::settings::SMALLEST;
use netpeer::words::Lang;

/// Every page by the name of its button in the strip, in Chinese and English.
pub const PAGES: [(&str, &str); 15] = [
    ("详情", "Details"),
    ("诊断收不到数据", "Diagnose silence"),
    ("连接过程", "Connection life"),
    ("自动应答规则", "Auto-reply rules"),
    ("弱网模拟", "Simulated network"),
    ("已拦截数据", "Intercepted data"),
    ("压力与测量", "Load and measure"),
    ("最近几分钟的速率", "Rates of the last minutes"),
    ("字段曲线", "Plot of fields"),
    ("轮询", "Poll"),
    ("片段与历史", "Snippets and history"),
    ("发送序列", "Send sequence"),
    ("打开文件", "Open a file"),
    ("导出日志", "Export the log"),
    ("程序设置", "Program settings"),
];

const PLOT: (&str, &str) = ("字段曲线", "Plot of fields");
const DIAGNOSE: (&str, &str) = ("诊断收不到数据", "Diagnose silence");
const MEASURE: (&str, &str) = ("压力与测量", "Load and measure");

fn edge(window: &Window) -> Rect {
    window.place("调整此页大小", "Resize the page")
}

fn log(window: &Window) -> Rect {
    window.place("数据日志", "Log")
}

fn is_measuring(window: &Window) -> bool {
    window.has("开始打流") || window.has("Start load")
}

#[test]
fn no_page_covers_the_log() {
    for lang in Lang::ALL {
        for (width, height) in [(1280.0, 800.0), (1000.0, 700.0), SMALLEST] {
            let mut window = Window::udp(lang);
            window.harness.set_size(vec2(width, height));
            window.steps();
            for (chinese, english) in PAGES {
                window.click(chinese, english);
                assert!(window.is_chosen(chinese, english), "{english} is open");
                let (log, edge) = (log(&window), edge(&window));
                let close = window.place("关闭此页", "Close page");
                let apart = |part: Rect| !log.shrink(0.5).intersects(part);
                assert!(
                    apart(edge) && apart(close),
                    "{english} {width}: {log} {edge}"
                );
                // At least two rows of it.
                assert!(log.width() >= 200.0 && log.height() >= 44.0, "{log}");
                let whole = Rect::from_min_size(egui::Pos2::ZERO, vec2(width, height));
                assert!(whole.contains_rect(close), "{english} {width}: {close}");
            }
        }
    }
}

#[test]
fn the_icons_of_the_strip_have_words_below_them_also_below_a_message() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        for _ in 0..2 {
            let painted = Painted::of(&window);
            for (chinese, english) in [("应答", "Reply"), ("测量", "Measure"), ("序列", "Sequence")]
            {
                let words = painted.places_of(window.name(chinese, english));
                let button = window.place("自动应答规则", "Auto-reply rules");
                let is_on_strip = |word: &&Rect| button.x_range().contains(word.center().x);
                assert_eq!(words.iter().filter(is_on_strip).count(), 1, "{english}");
            }
            window.drop_file(std::path::Path::new("/no/such/file"));
        }
    }
}

#[test]
fn a_page_that_opens_leaves_every_row_where_it_is() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, _) = far_side();
        socket.send_to(b"a row of the log", local).unwrap();
        window.until_says("a row of the log");
        let row = window.row("a row of the log");
        let top = |window: &Window| window.harness.get_by_label(&row).rect().top();
        let before = top(&window);
        for (chinese, english) in PAGES {
            window.click(chinese, english);
            assert_eq!(top(&window), before, "{english}");
        }
    }
}

#[test]
fn in_a_small_window_a_page_moves_neither_the_strip_nor_the_composer() {
    let strip = |window: &Window| {
        PAGES.map(|(chinese, english)| {
            let name = window.name(chinese, english);
            let button = window.harness.get_by_role_and_label(Role::Button, name);
            button.rect()
        })
    };
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1));
        window.steps();
        let composer = |window: &Window| {
            let names = [
                ("目标主机", "Target host"),
                ("目标端口", "Target port"),
                ("发送内容", "Message"),
            ];
            let send = window.name("发送", "Send");
            let send = window.harness.get_by_role_and_label(Role::Button, send);
            let fields = names.map(|(chinese, english)| window.place(chinese, english));
            (fields, send.rect())
        };
        let before = (strip(&window), composer(&window));
        // The picture of the plot and a verdict need the place of the composer.
        let high = [PLOT, DIAGNOSE];
        for (chinese, english) in PAGES.into_iter().filter(|page| !high.contains(page)) {
            window.click(chinese, english);
            assert!(window.is_chosen(chinese, english), "{english} is open");
            assert_eq!((strip(&window), composer(&window)), before, "{english}");
        }
        for (chinese, english) in high {
            window.click(chinese, english);
            assert_eq!(strip(&window), before.0, "{english}");
        }
        // At twice the size a page takes the place of the composer.
        window.click("关闭此页", "Close page");
        window.harness.set_size(vec2(640.0, 400.0));
        window.steps();
        let before = strip(&window);
        window.click(MEASURE.0, MEASURE.1);
        assert!(!window.has("发送内容") && !window.has("Message"));
        assert_eq!(strip(&window), before);
    }
}

#[test]
fn below_a_message_the_smallest_window_keeps_its_composer_beside_a_page() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        // As much as its frame leaves of a screen of this size.
        window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1 - 24.0));
        window.drop_file(std::path::Path::new("/no/such/file"));
        assert!(
            window.has("知道了") || window.has("OK"),
            "{}",
            window.labels()
        );
        let high = [PLOT, DIAGNOSE];
        for (chinese, english) in PAGES.into_iter().filter(|page| !high.contains(page)) {
            window.click(chinese, english);
            let target = window.place("目标主机", "Target host");
            let close = window.place("关闭此页", "Close page");
            let log = log(&window);
            assert!(log.height() >= 44.0, "{english}: two rows, {log}");
            assert!(close.top() >= log.bottom() - 0.5, "{english}: {close}");
            // Two lines below the title.
            let page = target.top() - close.bottom();
            assert!(page >= 76.0, "{english}: {page}");
        }
    }
}

#[test]
fn the_tab_key_follows_reading_order() {
    let order = [
        "Filter",
        "Log",
        "Close page",
        "Details",
        "Target host",
        "Message",
        "Send",
        "Reset counters",
    ];
    for size in [(1280.0, 800.0), SMALLEST] {
        let mut window = Window::udp(Lang::English);
        window.harness.set_size(vec2(size.0, size.1));
        window.steps();
        window.click("最近几分钟的速率", "Rates of the last minutes");
        window.harness.get_by_label("Filter").focus();
        window.steps();
        let mut order: Vec<&str> = order.to_vec();
        if size == SMALLEST {
            // The strip is on the rail, before all of them.
            order.remove(3);
        }
        let mut left = order.iter().skip(1);
        let mut next = left.next();
        for _ in 0..80 {
            if next.is_none() {
                break;
            }
            window.press(Modifiers::NONE, Key::Tab);
            let all = window.harness.root().children_recursive();
            let mut nodes = all.filter(|node| node.accesskit_node().is_focused());
            let name = nodes.next().and_then(|node| node.accesskit_node().label());
            if next.is_some_and(|next| name.as_deref() == Some(*next)) {
                next = left.next();
            }
        }
        assert_eq!(next, None, "{size:?}");
    }
}

#[test]
fn a_row_that_is_looked_at_has_its_details_unless_another_page_is_open() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(b"look at me", local).unwrap();
    window.until_says("look at me");
    let row = window.row("look at me");
    window.click_name(&row);
    assert!(window.says("Row 2 · received"));
    window.click("关闭此页", "Close page");
    assert!(!window.says("Row 2 · received"));
    window.click(MEASURE.0, MEASURE.1);
    window.click_name(&row);
    assert!(is_measuring(&window) && !window.says("Row 2 · received"));
    window.click("详情", "Details");
    assert!(window.says("Row 2 · received") && !is_measuring(&window));
}

#[test]
fn the_open_page_and_its_size_are_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.click(MEASURE.0, MEASURE.1);
    let before = edge(&window).left();
    window.harness.get_by_label("Resize the page").focus();
    window.steps();
    window.press(Modifiers::NONE, Key::ArrowLeft);
    let wider = edge(&window).left();
    assert!(wider < before - 10.0, "{wider} {before}");
    window.close();
    let window = Window::in_dir(Lang::English, dir.path());
    assert!(window.is_chosen(MEASURE.0, MEASURE.1) && is_measuring(&window));
    assert_eq!(edge(&window).left(), wider);
}

#[test]
fn a_page_is_opened_and_closed_by_its_key() {
    let mut window = Window::udp(Lang::English);
    let key = |window: &mut Window, key| {
        window.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), key);
    };
    key(&mut window, Key::M);
    assert!(is_measuring(&window));
    key(&mut window, Key::D);
    assert!(!is_measuring(&window) && window.has("Close page"));
    key(&mut window, Key::D);
    assert!(!window.has("Close page"));
    // The same keys without Shift keep their meaning.
    key(&mut window, Key::S);
    assert!(window.has("Run sequence"));
    window.press(Modifiers::COMMAND, Key::S);
    assert!(window.has("Export to"));
}

#[test]
fn escape_closes_the_page_only_while_it_was_used_last() {
    let mut window = Window::udp(Lang::English);
    window.click(MEASURE.0, MEASURE.1);
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!is_measuring(&window));
    window.click(MEASURE.0, MEASURE.1);
    window.click("发送内容", "Message");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(is_measuring(&window));
}

/// Press and release reach the program in one frame, as from a touchpad.
#[test]
fn a_quick_click_elsewhere_leaves_the_page_to_its_button() {
    let mut window = Window::udp(Lang::English);
    window.click(MEASURE.0, MEASURE.1);
    window.double_click("Message");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(is_measuring(&window));
}

#[test]
fn escape_closes_a_menu_before_the_page() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.click(MEASURE.0, MEASURE.1);
        window.harness.get_by_role(Role::Tab).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::Menu);
        let field = window.name("标签名称", "Name of the tab").to_owned();
        assert!(window.has(&field));
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!window.has(&field) && is_measuring(&window));
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!is_measuring(&window));
    }
}

#[test]
fn the_sessions_keys_go_on_beside_a_page() {
    for (chinese, english) in PAGES {
        let (far, to) = far_side();
        let mut window = Window::udp(Lang::English);
        window.connect();
        window.fill("目标端口", "Target port", &to.port().to_string());
        window.fill("发送内容", "Message", "hello");
        window.click(chinese, english);
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), b"hello", "{english}");
    }
}

#[test]
fn what_was_sent_is_taken_from_the_page_of_snippets() {
    let (far, to) = far_side();
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.fill("发送内容", "Message", "again");
    window.click("发送", "Send");
    assert_eq!(receive(&far), b"again");
    window.fill("发送内容", "Message", "other");
    window.click("片段与历史", "Snippets and history");
    window.click_name("again");
    assert_eq!(window.value("发送内容", "Message"), "again");
}

#[test]
fn only_a_relay_intercepts() {
    let mut window = Window::udp(Lang::English);
    window.click("已拦截数据", "Intercepted data");
    assert!(window.says("Only a relay") && !window.has("Intercept all"));
}
