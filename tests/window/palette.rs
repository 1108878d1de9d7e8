//! The command palette, the help and the keys between the parts of the window.

use super::driver::Window;
use crate::sockets::{far_side, receive, receive_from};
use egui::accesskit::{Role, Toggled};
use egui::epaint::{ClippedShape, Shape};
use egui::{Key, Modifiers, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::words::Lang;

/// Chooses the command that these words find.
fn choose(window: &mut Window, words: &str) {
    window.press(Modifiers::COMMAND, Key::K);
    window.fill("查找命令", "Find a command", words);
    window.press(Modifiers::NONE, Key::Enter);
}

#[test]
fn what_is_typed_after_the_key_of_the_palette_is_in_its_field() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let light = window.name("浅色主题", "Light theme").to_owned();
        let close = window.name("关闭会话", "Close session").to_owned();
        window.press(Modifiers::COMMAND, Key::K);
        window.harness.event(egui::Event::Text("theme".into()));
        window.steps();
        assert!(
            window.has(&light) && !window.has(&close),
            "{}",
            window.labels()
        );
    }
}

fn has_palette(window: &Window) -> bool {
    window.has("查找命令") || window.has("Find a command")
}

#[test]
fn a_command_is_found_by_the_words_of_either_language() {
    for lang in Lang::ALL {
        for words in ["弱网模拟", "simulated network"] {
            let mut window = Window::udp(lang);
            choose(&mut window, words);
            assert!(window.is_chosen("弱网模拟", "Simulated network"), "{words}");
            assert!(!has_palette(&window), "it is closed by what it did");
        }
    }
}

#[test]
fn the_field_in_the_tab_bar_opens_the_palette_and_escape_closes_it() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.click("命令与设置", "Commands and settings");
        assert!(has_palette(&window));
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!has_palette(&window));
        // The window's own keys are back.
        window.press(Modifiers::COMMAND, Key::Comma);
        assert!(window.is_chosen("程序设置", "Program settings"));
    }
}

#[test]
fn arrows_choose_from_what_is_found() {
    let mut window = Window::udp(Lang::English);
    window.press(Modifiers::COMMAND, Key::K);
    window.fill("查找命令", "Find a command", "theme");
    let chosen = |window: &Window, name: &str| {
        let node = window.harness.get_by_label(name);
        node.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(chosen(&window, "Theme of the system"), "it begins so");
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert!(chosen(&window, "Light theme"));
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
}

#[test]
fn a_setting_that_is_chosen_gets_the_keys() {
    let mut window = Window::udp(Lang::English);
    choose(&mut window, "connect time-out");
    let nodes = window.harness.get_all_by_label("TCP connect time-out");
    let mut fields = nodes.filter(|node| node.accesskit_node().role() != Role::Label);
    assert!(fields.next().unwrap().accesskit_node().is_focused());
}

#[test]
fn a_tab_is_gone_to_by_its_title_and_by_its_number() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.press(Modifiers::COMMAND, Key::N);
    assert!(window.is_closed());
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(!window.is_closed());
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(window.is_closed());
    window.press(Modifiers::COMMAND, Key::Num9);
    assert!(window.is_closed(), "there is no ninth");
    choose(&mut window, "go to tab 127");
    assert!(!window.is_closed());
}

#[test]
fn what_is_typed_is_sent_from_the_palette_too() {
    let (far, to) = far_side();
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.fill("发送内容", "Message", "hello");
    choose(&mut window, "send the message");
    assert_eq!(receive(&far), b"hello");
}

#[test]
fn f1_helps_with_where_one_is_and_closes_again() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let name = window.name("发送内容", "Message").to_owned();
        window.harness.get_by_label(&name).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::F1);
        let composer = window.name("选项按钮", "The chips add").to_owned();
        assert!(window.says(&composer), "{}", window.labels());
        window.press(Modifiers::NONE, Key::F1);
        assert!(!window.says(&composer));
        let name = window.name("过滤", "Filter").to_owned();
        window.harness.get_by_label(&name).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::F1);
        assert!(window.says("since:14:03"));
    }
}

#[test]
fn everyday_words_find_what_they_are_about() {
    let words = [
        ("组播", "multicast"),
        ("广播", "broadcast"),
        ("校验", "checksum"),
        ("循环", "repeat"),
        ("重连", "reconnect"),
        ("命令行", "command line"),
        ("编码", "gbk"),
        ("编码", "encoding"),
        ("crc", "CRC"),
    ];
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.press(Modifiers::COMMAND, Key::K);
        for (chinese, english) in words {
            // Both, in either language.
            for words in [chinese, english] {
                window.fill("查找命令", "Find a command", words);
                let none = window.name("没有叫这个名字的", "Nothing is called that");
                assert!(!window.says(none), "{words}: {}", window.labels());
            }
        }
    }
}

#[test]
fn a_key_puts_the_cursor_into_the_message() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let message = window.name("发送内容", "Message").to_owned();
        let has_keys = |window: &Window| window.control(&message).is_focused();
        window.press(Modifiers::COMMAND, Key::M);
        assert!(has_keys(&window), "{}", window.labels());
        window.press(Modifiers::COMMAND, Key::F);
        assert!(!has_keys(&window));
        let words = window.name("写消息", "write a message").to_owned();
        choose(&mut window, &words);
        assert!(has_keys(&window));
        window.harness.event(egui::Event::Text("hello".into()));
        window.steps();
        assert_eq!(window.value("发送内容", "Message"), "hello");
    }
}

#[test]
fn enter_on_its_button_opens_the_palette_and_chooses_nothing() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        let button = window
            .name("命令与设置", "Commands and settings")
            .to_owned();
        window.harness.get_by_label(&button).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::Enter);
        assert!(window.has(window.name("查找命令", "Find a command")));
        assert!(!window.is_closed(), "the session was closed");
    }
}

#[test]
fn a_key_answers_the_last_source() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (peer, address) = far_side();
        let target = |window: &Window| window.value("目标端口", "Target port");
        let before = target(&window);
        window.press(Modifiers::COMMAND, Key::R);
        assert_eq!(target(&window), before, "nobody has sent");
        peer.send_to(b"who", local).unwrap();
        window.until_says("who");
        window.press(Modifiers::COMMAND, Key::R);
        assert_eq!(target(&window), address.port().to_string());
        window.harness.event(egui::Event::Text("me".into()));
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive_from(&peer), ("me".into(), local));
    }
}

/// Where the control stands that has the keys.
fn focused(window: &Window) -> Rect {
    let all = window.harness.root().children_recursive();
    let mut nodes = all.filter(|node| node.accesskit_node().is_focused());
    nodes.next().expect("a control with the keys").rect()
}

#[test]
fn f6_goes_through_the_parts_of_the_window_and_back() {
    let mut window = Window::udp(Lang::English);
    window.press(Modifiers::NONE, Key::F6);
    let mut places = vec![focused(&window)];
    for _ in 0..5 {
        window.press(Modifiers::NONE, Key::F6);
        places.push(focused(&window));
    }
    let [tabs, left, toolbar, log, dock, composer] = places[..] else {
        panic!("{places:?}");
    };
    assert!(tabs.bottom() <= 40.0 && left.right() <= 240.0);
    assert!(toolbar.top() >= 40.0 && toolbar.bottom() <= 80.0);
    assert_eq!(log, window.place("数据日志", "Log"));
    assert!(dock.left() >= log.right() && composer.top() >= log.bottom());
    window.press(Modifiers::NONE, Key::F6);
    assert_eq!(focused(&window), tabs);
    window.press(Modifiers::SHIFT, Key::F6);
    assert_eq!(focused(&window), composer);
}

#[test]
fn a_group_is_one_stop_and_arrows_move_inside() {
    let mut window = Window::udp(Lang::English);
    let kind = |window: &Window, name: &str| {
        let role = Role::RadioButton;
        window.harness.get_by_role_and_label(role, name).rect()
    };
    let role = Role::RadioButton;
    window.harness.get_by_role_and_label(role, "UDP").focus();
    window.steps();
    window.press(Modifiers::NONE, Key::ArrowRight);
    assert!(window.is_chosen("TCP 客户端", "TCP client"));
    assert_eq!(focused(&window), kind(&window, "TCP client"));
    window.press(Modifiers::NONE, Key::Tab);
    assert_eq!(focused(&window), window.place("远程主机", "Remote host"));
    // The strip of the dock: its buttons are pressed, not only chosen.
    window.harness.get_by_label("Details").focus();
    window.steps();
    window.press(Modifiers::NONE, Key::ArrowDown);
    let next = window.place("诊断收不到数据", "Diagnose silence");
    assert_eq!(focused(&window), next);
    assert!(!window.has("Close page"));
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.has("Close page"));
}

#[test]
fn a_ring_of_two_points_is_around_what_has_the_keys() {
    for name in ["Message", "Clear", "Details", "Log", "Open port"] {
        let mut window = Window::udp(Lang::English);
        window.harness.get_by_label(name).focus();
        window.steps();
        let place = window.harness.get_by_label(name).rect();
        let is_ring = |shape: &ClippedShape| match &shape.shape {
            Shape::Rect(rect) => {
                let near = rect.rect.expand(3.0).contains_rect(place.shrink(2.0));
                rect.stroke.width == 2.0 && near
            }
            _ => false,
        };
        let shapes = &window.harness.output().shapes;
        assert!(shapes.iter().any(is_ring), "{name}");
    }
}

#[test]
fn the_menu_of_a_tab_duplicates_it_and_closes_the_others() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.fill("目标端口", "Target port", "4321");
        let tabs = |window: &Window| {
            let all = window.harness.query_all_by_role(Role::Tab);
            all.count()
        };
        let menu = |window: &mut Window, item: (&str, &str)| {
            let tabs: Vec<_> = window.harness.query_all_by_role(Role::Tab).collect();
            tabs.last().unwrap().click_secondary();
            window.steps();
            window.click(item.0, item.1);
        };
        menu(&mut window, ("复制一份", "Duplicate"));
        assert_eq!(tabs(&window), 2);
        assert_eq!(window.value("目标端口", "Target port"), "4321");
        menu(&mut window, ("关闭其他", "Close others"));
        assert_eq!(tabs(&window), 1);
    }
}

#[test]
fn a_tab_is_renamed_in_its_menu_and_keeps_its_name() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        let role = Role::Tab;
        window.harness.get_by_role(role).click_secondary();
        window.steps();
        window.fill("标签名称", "Name of the tab", "boiler");
        assert!(window.has("boiler"), "{}", window.labels());
        window.close();
        let window = Window::in_dir(lang, dir.path());
        let tab = window.harness.get_by_role_and_label(role, "boiler");
        assert!(tab.rect().width() > 50.0);
    }
}

#[test]
fn a_page_that_the_palette_opens_has_the_keys() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        choose(&mut window, "auto-reply");
        window.steps();
        let page = window.place("关闭此页", "Close page");
        let mut nodes = window.harness.root().children_recursive();
        let focused = nodes
            .find(egui_kittest::Node::is_focused)
            .expect("the keys");
        let place = focused.rect();
        assert!(
            place.left() > page.left() - 400.0 && place.top() >= page.top() - 1.0,
            "{:?} {place:?} {page:?}",
            focused.accesskit_node().label()
        );
    }
}
