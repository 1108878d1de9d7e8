//! The keys are never nowhere, and what has them is in sight.

use super::automatic::window;
use super::driver::Window;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};
use netpeer::automation::rules::Rule;
use netpeer::settings::SMALLEST;
use netpeer::words::Lang;

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// The name and the place of the control that has the keys.
fn focused(window: &Window) -> Option<(String, Rect)> {
    let all = window.harness.root().children_recursive();
    let mut nodes = all.filter(|node| node.accesskit_node().is_focused());
    nodes.next().map(|node| {
        let name = node.accesskit_node().label().unwrap_or_default();
        (name, node.rect())
    })
}

/// The same control as the toolkit knows it: what is to be seen of it is its `interact_rect`.
fn shown(window: &Window) -> Option<egui::WidgetRect> {
    let ctx = &window.harness.ctx;
    let id = ctx.memory(egui::Memory::focused)?;
    ctx.viewport(|viewport| viewport.prev_pass.widgets.get(id).copied())
}

/// The name of the part of the window that it stands in.
fn region(window: &Window) -> String {
    let all = window.harness.root().children_recursive();
    let mut nodes = all.filter(|node| node.accesskit_node().is_focused());
    let above = nodes.next().map(|node| {
        let parent = node.accesskit_node().parent();
        let mut above = std::iter::successors(parent, AccessKitNode::parent);
        above.find_map(|node| node.label().filter(|_| node.role() == Role::Region))
    });
    above.flatten().unwrap_or_default()
}

fn name(window: &Window) -> String {
    focused(window).map_or_else(String::new, |(name, _)| name)
}

#[test]
fn a_page_scrolls_to_what_the_tab_key_goes_to() {
    for (width, height) in [(1280.0, 800.0), SMALLEST] {
        for (key, least) in [(Key::A, 15), (Key::M, 8), (Key::N, 8), (Key::Comma, 8)] {
            let mut window = window(Lang::English, |tab| {
                tab.rules.rules = vec![Rule::default(); 3];
                tab.measure.on = true;
            });
            window.harness.set_size(vec2(width, height));
            window.steps();
            let modifiers = match key {
                Key::Comma => Modifiers::COMMAND,
                _ => SHIFT,
            };
            window.press(modifiers, key);
            let edge = window.place("调整此页大小", "Resize the page");
            let close = window.place("关闭此页", "Close page");
            let page = Rect::from_two_pos(edge.left_top(), close.right_bottom());
            let mut walked = 0;
            // Out of the page at its end.
            while let Some((name, _)) = focused(&window)
                && let Some(control) = shown(&window)
                && page.x_range().contains(control.rect.center().x)
                && control.rect.bottom() >= page.top()
                && control.layer_id == egui::LayerId::background()
                && !["发送区", "Composer"].contains(&region(&window).as_str())
                && walked < 80
            {
                let (whole, seen) = (control.rect.height(), control.interact_rect.height());
                // A plot may be higher than the page.
                assert!(
                    seen >= whole.min(70.0) - 1.0,
                    "{key:?} {width}: {name} {control:?}"
                );
                walked += 1;
                window.press(Modifiers::NONE, Key::Tab);
                window.steps();
            }
            assert!(walked >= least, "{key:?} {width}: {walked} controls");
        }
    }
}

#[test]
fn a_page_that_a_key_opens_has_the_keys_and_gives_them_back() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        window.press(Modifiers::COMMAND, Key::M);
        let message = name(&window);
        window.press(SHIFT, Key::A);
        let (first, _) = focused(&window).expect("a control of the page");
        let page = window.name("日志旁的页面", "Page beside the log");
        assert_eq!(region(&window), page, "{first}");
        assert_ne!(first, window.name("关闭此页", "Close page"));
        window.press(Modifiers::NONE, Key::Escape);
        window.steps();
        assert_eq!(name(&window), message, "after Escape");
        window.press(SHIFT, Key::A);
        window.press(SHIFT, Key::A);
        window.steps();
        assert_eq!(name(&window), message, "after the key of the page");
        // Details follow the log.
        window.press(SHIFT, Key::D);
        assert_eq!(name(&window), message);
    }
}

#[test]
fn a_field_keeps_the_keys_at_enter() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        let port = window.name("本地端口", "Local port").to_owned();
        window.harness.get_by_label(&port).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::Enter);
        assert_eq!(name(&window), port);
        // The field is locked while the session is open: the keys are elsewhere then.
        window.press(Modifiers::NONE, Key::F5);
        let bound = window.name("已绑定 127", "Bound to 127").to_owned();
        window.until_says(&bound);
        window.steps();
        let now = name(&window);
        assert!(!now.is_empty() && now != port, "{now}");
    }
}

#[test]
fn a_new_session_has_the_keys_in_its_settings() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        window.press(Modifiers::COMMAND, Key::M);
        window.press(Modifiers::COMMAND, Key::N);
        window.steps();
        let left = window.name("网络与接收设置", "Network and receive settings");
        assert_eq!(region(&window), left, "{}", name(&window));
    }
}

#[test]
fn an_added_snippet_has_the_keys() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        window.press(SHIFT, Key::H);
        let add = window.name("添加一行", "Add a row").to_owned();
        for number in ["1.1", "1.2"] {
            window.harness.get_by_label(&add).focus();
            window.steps();
            window.press(Modifiers::NONE, Key::Enter);
            window.steps();
            assert!(name(&window).contains(number), "{}", name(&window));
        }
    }
}

#[test]
fn the_arrows_go_on_from_the_chosen_item_of_a_list() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.network.kind = netpeer::session::SessionKind::TcpServer;
            tab.receive.framing.method = netpeer::settings::tab::FramingMethod::Lines;
        });
        let list = window.name("分帧", "Messages").to_owned();
        window.harness.get_by_label(&list).focus();
        window.steps();
        for key in [Key::Enter, Key::ArrowDown, Key::Enter] {
            window.press(Modifiers::NONE, key);
            window.steps();
        }
        let next = window.name("分隔符", "delimiter");
        assert_eq!(window.value("分帧", "Messages"), next);
        assert_eq!(name(&window), list, "the keys are at the list again");
    }
}

#[test]
fn the_keys_stay_where_a_step_is_added_and_follow_to_another_page() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.network.kind = netpeer::session::SessionKind::RelayUdp;
            tab.network.remote_port = "9".into();
        });
        window.press(SHIFT, Key::S);
        let add = window
            .name("加入当前内容", "Add current message")
            .to_owned();
        window.harness.get_by_label(&add).focus();
        window.steps();
        for _ in 0..2 {
            window.press(Modifiers::NONE, Key::Enter);
            window.steps();
            assert_eq!(name(&window), add);
        }
        window.press(SHIFT, Key::I);
        let rules = window.name("打开规则", "Open rules").to_owned();
        window.harness.get_by_label(&rules).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::Enter);
        window.steps();
        let page = window.name("日志旁的页面", "Page beside the log");
        assert_eq!(region(&window), page, "{}", name(&window));
        assert!(window.is_chosen("自动应答规则", "Auto-reply rules"));
    }
}

#[test]
fn the_tab_key_stays_in_an_open_popup() {
    for lang in Lang::ALL {
        for back in [false, true] {
            let mut window = window(lang, |_| {});
            window.click("录制到文件…", "Record to file…");
            let field = window.name("录制到", "Record to").to_owned();
            window.control(&field).focus();
            window.steps();
            let modifiers = match back {
                true => Modifiers::SHIFT,
                false => Modifiers::NONE,
            };
            let mut walked = vec![];
            for _ in 0..12 {
                window.press(modifiers, Key::Tab);
                let control = shown(&window).expect("the keys are somewhere");
                assert_eq!(
                    control.layer_id.order,
                    egui::Order::Foreground,
                    "{walked:?}"
                );
                walked.push(name(&window));
            }
            assert!(walked.contains(&field), "around: {walked:?}");
        }
    }
}

#[test]
fn page_keys_scroll_the_page_that_has_the_keys() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        window.harness.set_size(SMALLEST.into());
        window.steps();
        window.press(Modifiers::NONE, Key::F1);
        let links = window.harness.query_all_by_role(Role::Link);
        let mut links = links.filter_map(|link| link.accesskit_node().label());
        let last = links.next_back().expect("a topic");
        drop(links);
        // From the message to the page above it.
        window.control(window.name("发送内容", "Message")).focus();
        window.steps();
        window.press(Modifiers::SHIFT, Key::F6);
        assert_eq!(
            region(&window),
            window.name("日志旁的页面", "Page beside the log")
        );
        let top = |window: &Window| window.control(&last).rect().top();
        let stood = top(&window);
        window.press(Modifiers::NONE, Key::PageDown);
        window.steps();
        let moved = top(&window);
        assert!(stood - moved > 40.0, "{stood} {moved}");
        window.press(Modifiers::NONE, Key::PageUp);
        window.steps();
        assert!(
            (top(&window) - stood).abs() < 1.0,
            "{stood} {}",
            top(&window)
        );
    }
}
