//! Closed tabs and cleared logs can be restored.

use super::driver::Window;
use crate::sockets::far_side;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::automation::rules::Rule;
use netpeer::settings::tab::StepDraft;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::UdpSocket;

const REOPEN: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

#[test]
fn a_cleared_log_comes_back_before_what_came_since() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, _) = far_side();
        far.send_to(b"before", local).unwrap();
        window.until_says("before");
        window.press(Modifiers::COMMAND, Key::L);
        assert!(!window.says("before"), "{}", window.labels());
        let cleared = window.name("日志已清空", "The log was cleared").to_owned();
        assert!(window.says(&cleared), "{}", window.labels());
        far.send_to(b"since", local).unwrap();
        window.until_says("since");
        window.click("撤销", "Undo");
        assert!(window.says("before") && window.says("since"));
        assert!(!window.has("撤销") && !window.has("Undo"));
        // Later rows are appended to it.
        far.send_to(b"later", local).unwrap();
        window.until_says("later");
    }
}

#[test]
fn a_log_cleared_twice_comes_back_whole() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (far, _) = far_side();
    for text in ["earlier", "afterwards"] {
        far.send_to(text.as_bytes(), local).unwrap();
        window.until_says(text);
        window.press(Modifiers::COMMAND, Key::L);
    }
    assert!(!window.says("earlier") && !window.says("afterwards"));
    window.press(REOPEN, Key::T);
    assert!(window.says("earlier") && window.says("afterwards"));
}

#[test]
fn the_key_says_when_there_is_nothing_to_undo() {
    for (lang, nothing) in [
        (Lang::Chinese, "没有可以撤销的操作"),
        (Lang::English, "Nothing to undo"),
    ] {
        let mut window = Window::udp(lang);
        assert!(!window.says(nothing));
        window.press(REOPEN, Key::T);
        assert!(window.says(nothing), "{}", window.labels());
    }
}

#[test]
fn a_closed_tab_comes_back_with_its_log_and_drafts() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, _) = far_side();
        far.send_to(b"in the log", local).unwrap();
        window.until_says("in the log");
        window.fill("发送内容", "Message", "a draft");
        window.press(Modifiers::COMMAND, Key::W);
        assert!(!window.says("in the log"));
        // The tab is still closed: its port is free.
        window.until("the port is free", |_| UdpSocket::bind(local).is_ok());
        window.press(REOPEN, Key::T);
        assert!(window.says("in the log"), "{}", window.labels());
        assert_eq!(window.value("发送内容", "Message"), "a draft");
    }
}

#[test]
fn of_many_closed_tabs_the_last_three_come_back_in_order() {
    let mut window = Window::udp(Lang::English);
    for number in 0..4 {
        window.press(Modifiers::COMMAND, Key::N);
        window.fill("发送内容", "Message", &format!("draft {number}"));
    }
    for _ in 0..4 {
        window.press(Modifiers::COMMAND, Key::W);
    }
    for number in 1..4 {
        window.press(REOPEN, Key::T);
        let draft = window.value("发送内容", "Message");
        assert!(draft.starts_with("draft "), "{number}: {draft}");
    }
    let tabs = |window: &Window| window.harness.query_all_by_role(Role::Tab).count();
    let before = tabs(&window);
    assert!(!window.says("Nothing to undo"));
    window.press(REOPEN, Key::T);
    assert!(window.says("Nothing to undo"));
    assert_eq!(tabs(&window), before);
}

#[test]
fn all_tabs_that_one_command_closed_come_back_together() {
    for lang in Lang::ALL {
        let tabs = (0..6).map(|number| TabSettings {
            title: format!("tab {number}"),
            ..TabSettings::default()
        });
        let settings = Settings {
            tabs: tabs.collect(),
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        let titles = |window: &Window| -> Vec<String> {
            let tabs = window.harness.query_all_by_role(Role::Tab);
            tabs.filter_map(|tab| tab.accesskit_node().label())
                .collect()
        };
        let before = titles(&window);
        assert_eq!(before.len(), 6);
        window.harness.get_by_label("tab 2").click_secondary();
        window.steps();
        window.click("关闭其他", "Close others");
        assert_eq!(titles(&window), ["tab 2"]);
        assert!(window.says(window.name("已关闭 5 个标签", "5 tabs were closed")));
        window.click("撤销", "Undo");
        assert_eq!(titles(&window), before);
    }
}

#[test]
fn the_only_tab_comes_back_without_the_empty_one_that_took_its_place() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.fill("发送内容", "Message", "the only draft");
        let before = window.labels();
        window.press(Modifiers::COMMAND, Key::W);
        assert_eq!(window.value("发送内容", "Message"), "");
        window.press(REOPEN, Key::T);
        assert_eq!(window.value("发送内容", "Message"), "the only draft");
        assert_eq!(window.labels(), before);
        // A tab that was used stays.
        window.press(Modifiers::COMMAND, Key::W);
        window.fill("发送内容", "Message", "another draft");
        window.press(REOPEN, Key::T);
        window.press(Modifiers::COMMAND, Key::W);
        assert_eq!(window.value("发送内容", "Message"), "another draft");
    }
}

#[test]
fn a_removed_rule_comes_back_where_it_stood() {
    for lang in Lang::ALL {
        let mut tab = TabSettings::default();
        tab.rules.rules = ["first", "second", "third"].map(rule).to_vec();
        let mut window = Window::with_settings(
            lang,
            Settings {
                tabs: vec![tab],
                ..Settings::default()
            },
        );
        window.click("自动应答规则", "Auto-reply rules");
        window.click_name("second");
        let below = window.harness.get_by_label("third").rect();
        window.click("删除", "Remove");
        assert!(!window.has("second"), "{}", window.labels());
        window.click("撤销", "Undo");
        assert!(window.has("second"), "{}", window.labels());
        assert_eq!(window.harness.get_by_label("third").rect(), below);
    }
}

fn rule(name: &str) -> Rule {
    Rule {
        name: name.into(),
        ..Rule::default()
    }
}

#[test]
fn a_removed_step_of_a_sequence_comes_back_in_its_place() {
    for lang in Lang::ALL {
        let mut window = super::automatic::window(lang, |tab| {
            let step = |name: &str| StepDraft {
                name: name.into(),
                ..StepDraft::default()
            };
            tab.sequence.steps = ["first", "second"].map(step).to_vec();
        });
        window.click("发送序列", "Send sequence");
        let remove = format!("{} 1", window.name("删除", "Remove"));
        window.click_name(&remove);
        let first = |window: &Window| window.value("步骤 1 的名称", "Name of step 1");
        assert_eq!(first(&window), "second");
        assert!(window.says(window.name("步骤已删除", "The step was removed")));
        window.press(REOPEN, Key::T);
        assert_eq!(first(&window), "first");
    }
}
