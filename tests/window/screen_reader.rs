//! Texts for a screen reader beside the names of controls.

use super::driver::Window;
use crate::sockets::far_side;
use egui::accesskit::{Live, Role};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::UdpSocket;

/// Whether a text is announced in this way when it appears.
fn announces(window: &Window, part: &str, live: Live) -> bool {
    let mut nodes = window.harness.root().children_recursive();
    nodes.any(|node| {
        let node = node.accesskit_node();
        node.live() == live && node.value().is_some_and(|text| text.contains(part))
    })
}

#[test]
fn one_tab_of_the_list_is_selected() {
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        window.press(Modifiers::COMMAND, Key::N);
        let nodes = window.harness.root().children_recursive();
        let tabs: Vec<_> = nodes
            .map(|node| node.accesskit_node())
            .filter(|node| node.role() == Role::Tab)
            .collect();
        let selected: Vec<_> = tabs.iter().map(AccessKitNode::is_selected).collect();
        assert_eq!(selected, [Some(false), Some(true)]);
        for tab in tabs {
            assert_eq!(tab.toggled(), None);
            let list = tab.parent().unwrap();
            assert_eq!(list.role(), Role::TabList);
            assert_eq!(
                list.label().as_deref(),
                Some(window.name("会话", "Sessions"))
            );
        }
    }
}

#[test]
fn every_list_says_what_is_chosen() {
    let mut window = Window::udp(Lang::English);
    window.click("弱网模拟", "Simulated network");
    let nodes = window.harness.root().children_recursive();
    let lists: Vec<_> = nodes
        .map(|node| node.accesskit_node())
        .filter(|node| node.role() == Role::ComboBox)
        .collect();
    assert!(lists.len() >= 4, "{}", lists.len());
    for list in lists {
        let (name, value) = (list.label(), list.value());
        assert!(name.is_some() && value.is_some(), "{name:?}: {value:?}");
        assert_eq!(list.description(), value, "{name:?}");
    }
}

#[test]
fn a_wrong_field_says_what_is_wrong() {
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        let name = window.name("本地端口", "Local port");
        let description = |window: &Window| {
            let field = window.harness.get_by_label(name);
            field.accesskit_node().description()
        };
        let before = description(&window);
        window.fill("本地端口", "Local port", "70000");
        let fault = description(&window).expect("a fault");
        assert_ne!(Some(&fault), before.as_ref());
        assert!(announces(&window, &fault, Live::Assertive), "{fault}");
    }
}

#[test]
fn a_wrong_target_says_what_is_wrong() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.fill("目标端口", "Target port", "65536");
    let field = window.harness.get_by_label("Target port");
    let fault = field.accesskit_node().description().expect("a fault");
    assert!(fault.contains("Out of range"), "{fault}");
    assert!(announces(&window, &fault, Live::Assertive));
    let host = window.harness.get_by_label("Target host");
    assert_eq!(host.accesskit_node().description(), None);
}

#[test]
fn what_happens_to_a_session_is_announced() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let (closed, bound) = (
            window.name("未打开", "Closed"),
            window.name("已绑定 ", "Bound to "),
        );
        assert!(announces(&window, closed, Live::Polite));
        let local = window.connect();
        assert!(announces(&window, bound, Live::Polite));
        let (socket, _) = far_side();
        socket.send_to(b"something", local).unwrap();
        let arrived = window.name("新到 1 条数据", "1 message arrived");
        window.until(arrived, |window| announces(window, arrived, Live::Polite));
    }
}

#[test]
fn why_a_session_does_not_open_is_announced() {
    for lang in Lang::ALL {
        let taken = UdpSocket::bind(("127.0.0.1", crate::ports::quiet())).unwrap();
        let mut tab = TabSettings::default();
        tab.network.local_port = taken.local_addr().unwrap().port().to_string();
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        window.open_session();
        let reason = window.name("占用", "is in use by");
        window.until(reason, |window| announces(window, reason, Live::Assertive));
    }
}

#[test]
fn the_parts_of_the_window_and_the_line_of_rates_have_names() {
    for lang in Lang::ALL {
        let window = Window::udp(lang);
        for (role, chinese, english) in [
            (
                Role::Region,
                "网络与接收设置",
                "Network and receive settings",
            ),
            (Role::Region, "发送区", "Composer"),
            (Role::Toolbar, "日志工具栏", "Tools of the log"),
            (Role::Status, "状态与计数", "State and counters"),
            (
                Role::Image,
                "最近一分钟每秒的条数，最高 0",
                "Messages per second in the last minute, 0 at most",
            ),
        ] {
            let node = window.harness.get_by_label(window.name(chinese, english));
            assert_eq!(node.accesskit_node().role(), role, "{english}");
        }
    }
}

#[test]
fn the_window_has_a_name_and_the_rows_are_in_the_table() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let name = window.harness.root().accesskit_node().label();
        assert_eq!(
            name.as_deref(),
            Some(window.name("网络调试助手", "netpeer"))
        );
        let local = window.connect();
        let (socket, _) = far_side();
        socket.send_to(b"something", local).unwrap();
        window.until_says("something");
        let nodes = window.harness.root().children_recursive();
        let rows: Vec<_> = nodes
            .map(|node| node.accesskit_node())
            .filter(|node| node.role() == Role::Row)
            .collect();
        assert!(!rows.is_empty());
        for row in rows {
            let mut around = std::iter::successors(row.parent(), AccessKitNode::parent);
            assert!(around.any(|node| node.role() == Role::Table));
        }
    }
}

#[test]
fn rows_have_cells_and_columns_have_heads() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, to) = far_side();
        socket.send_to(b"hello", local).unwrap();
        window.until_says("hello");
        let named = |role: Role| -> Vec<String> {
            let nodes = window.harness.query_all_by_role(role);
            nodes
                .filter_map(|node| node.accesskit_node().label())
                .collect()
        };
        let heads = [("对端", "Peer"), ("长度", "Length"), ("内容", "Content")];
        for (chinese, english) in heads {
            let head = window.name(chinese, english).to_owned();
            assert!(named(Role::ColumnHeader).contains(&head), "{head}");
        }
        for cell in [to.to_string(), "5".to_owned(), "hello".to_owned()] {
            assert!(named(Role::Cell).contains(&cell), "{cell}");
        }
        // Cells are inside their rows.
        for cell in window.harness.query_all_by_role(Role::Cell) {
            let around = cell.accesskit_node().parent();
            let mut around = std::iter::successors(around, AccessKitNode::parent);
            assert!(around.any(|node| node.role() == Role::Row));
        }
    }
}

#[test]
fn unusable_controls_say_why() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let reason = |window: &Window, chinese: &str, english: &str| {
            let name = window.name(chinese, english);
            let node = window.harness.get_by_role_and_label(Role::Button, name);
            let node = node.accesskit_node();
            assert!(node.is_disabled(), "{name}");
            node.description().unwrap_or_default()
        };
        let needed = window.name("请先填写文件路径", "Enter the path of a file first");
        let source = reason(&window, "最近来源", "Last source");
        let nobody = window.name("还没有收到数据。", "Nobody has sent anything yet.");
        assert_eq!(source, nobody);
        window.click("打开文件", "Open a file");
        assert_eq!(reason(&window, "打开", "Open"), needed);
        window.click("发送序列", "Send sequence");
        let steps = window.name("请先添加步骤", "Add a step first");
        assert_eq!(reason(&window, "运行序列", "Run sequence"), steps);
        window.click("转发", "Relay");
        window.click("已拦截数据", "Intercepted data");
        let name = window.name("全部拦截", "Intercept all");
        let all = window.harness.get_by_label(name);
        let start = window.name("请先开始转发", "Start the relay first");
        assert_eq!(all.accesskit_node().description().as_deref(), Some(start));
    }
}

#[test]
fn groups_of_options_have_names() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        for (chinese, english) in [
            ("协议", "Protocol"),
            ("显示", "Show as"),
            ("消息格式", "Format of the message"),
        ] {
            let name = window.name(chinese, english);
            window.harness.get_by_role_and_label(Role::RadioGroup, name);
        }
        window.click("转发", "Relay");
        let name = window.name("转发类型", "Kind of Relay");
        window.harness.get_by_role_and_label(Role::RadioGroup, name);
    }
}

#[test]
fn what_an_open_session_locks_says_why() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let locked = window.name(
            "会话打开期间不能修改",
            "Cannot be changed while the session is open",
        );
        let says = |window: &Window| {
            let mut nodes = window.harness.root().children_recursive();
            nodes.any(|node| node.accesskit_node().description().as_deref() == Some(locked))
        };
        assert!(!says(&window));
        window.connect();
        assert!(says(&window));
    }
}
