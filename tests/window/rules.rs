//! The page of auto-reply: its switch, its list, and its messages.

use super::automatic::window;
use super::driver::Window;
use super::painted::Painted;
use crate::sockets::{far_side, receive};
use egui::Rect;
use egui_kittest::kittest::Queryable as _;
use netpeer::automation::rules::{Condition, Rule};
use netpeer::settings::dock::{DockState, Page};
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;

fn rule(name: &str, on: bool) -> Rule {
    Rule {
        name: name.into(),
        on,
        ..Rule::default()
    }
}

#[test]
fn a_ticked_rule_turns_auto_reply_on_or_says_above_the_list_that_it_is_off() {
    for lang in Lang::ALL {
        for other in [false, true] {
            let mut tab = TabSettings::default();
            tab.rules.rules = vec![rule("first", false), rule("second", other)];
            let settings = Settings {
                tabs: vec![tab],
                ..Settings::default()
            };
            let mut window = Window::with_settings(lang, settings);
            window.click("自动应答规则", "Auto-reply rules");
            let list = window.place("启用规则 1", "Use rule 1");
            window.click("启用规则 1", "Use rule 1");
            assert_eq!(window.is_ticked("启用", "On"), !other);
            let said = window.name("自动应答没有启用", "auto-reply is off");
            assert_eq!(window.says(said), other, "{}", window.labels());
            if other {
                let said = window.harness.get_by_label_contains(said).rect();
                assert!(said.bottom() <= list.top(), "{said} {list}");
                window.click("启用", "On");
            }
            assert!(window.is_ticked("启用", "On"));
            assert_eq!(window.place("启用规则 1", "Use rule 1"), list);
        }
    }
}

/// A window of this size with one rule on its page, which has this width.
fn page(lang: Lang, rule: Rule, width: f32, size: egui::Vec2) -> Window {
    let mut tab = TabSettings::default();
    tab.rules.rules = vec![rule];
    let settings = Settings {
        tabs: vec![tab],
        dock: DockState {
            open: Some(Page::AutoReply),
            width,
            ..DockState::default()
        },
        ..Settings::default()
    };
    let mut window = Window::with_settings(lang, settings);
    window.harness.set_size(size);
    window.steps();
    window
}

#[test]
fn a_caption_and_its_field_stand_in_one_line() {
    let pairs = [
        (("总共", "In all"), ("总共", "In all")),
        (
            ("同一地址", "To one address"),
            ("同一地址", "To one address"),
        ),
        (("延迟", "After"), ("延迟 1", "Delay 1")),
    ];
    for lang in Lang::ALL {
        for width in (0..12).map(|step| 300.0 + 30.0 * step as f32) {
            let window = page(lang, rule("echo", true), width, egui::vec2(1280.0, 1_400.0));
            for (caption, field) in pairs {
                let caption = window.name(caption.0, caption.1);
                let field = window.place(field.0, field.1);
                let words = Painted::of(&window).places_of(caption);
                let is_beside = |words: &Rect| field.y_range().contains(words.center().y);
                assert!(words.iter().any(is_beside), "{width}: {caption} {field}");
            }
        }
    }
}

fn faulty() -> Rule {
    Rule {
        when: Condition::Matches(r"name=(\w+".into()),
        ..rule("faulty", true)
    }
}

#[test]
fn a_mistake_says_which_rules_are_in_use() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.rules.rules = vec![rule("echo", true), faulty()];
        });
        window.connect();
        window.click("自动应答规则", "Auto-reply rules");
        window.click("启用", "On");
        let none = window
            .name("所有规则都不起作用", "no rule is in use")
            .to_owned();
        let kept = window.name("沿用改动前的规则", "stay in use").to_owned();
        assert!(window.says(&none), "{}", window.labels());
        let (socket, _) = far_side();
        // Without the faulty rule the first one replies, and goes on when the other is back.
        window.click("启用规则 2", "Use rule 2");
        assert!(!window.says(&none) && !window.says(&kept));
        window.until("an answer", |window| {
            socket.send_to(b"x", window.bound()).unwrap();
            receive(&socket) == b"x"
        });
        window.click("启用规则 2", "Use rule 2");
        assert!(window.says(&kept), "{}", window.labels());
        socket.send_to(b"y", window.bound()).unwrap();
        assert_eq!(receive(&socket), b"y");
        window.click("启用", "On");
        assert!(!window.says(&kept) && !window.says(&none));
        window.click_name("faulty");
        assert!(window.says(window.name("“faulty”有误", "“faulty” has a mistake")));
    }
}

#[test]
fn a_mistake_of_a_rule_that_was_corrected_while_closed_is_forgotten() {
    let mut window = window(Lang::English, |tab| {
        tab.rules.on = true;
        tab.rules.rules = vec![faulty()];
    });
    window.click("自动应答规则", "Auto-reply rules");
    assert!(window.says("no rule is in use"));
    window.fill("内容 1", "Value 1", r"name=(\w+)");
    assert!(!window.says("mistake"), "{}", window.labels());
}

#[test]
fn a_mistake_moves_nothing() {
    for lang in Lang::ALL {
        for width in [340.0, 520.0, 720.0] {
            let mut window = page(lang, faulty(), width, egui::vec2(1920.0, 1_080.0));
            let names = [
                ("内容 1", "Value 1"),
                ("动作 1", "Action 1"),
                ("延迟 1", "Delay 1"),
                ("试用数据", "Bytes to try"),
            ];
            let places = |window: &Window| names.map(|(zh, en)| window.place(zh, en));
            let before = places(&window);
            window.fill("内容 1", "Value 1", r"name=(\w+)");
            assert!(!window.says(window.name("有误", "mistake")));
            assert_eq!(places(&window), before, "{width}");
            window.click("动作 1", "Action 1");
            window.click("回复", "Reply");
            let before = places(&window);
            window.fill("回复内容 1", "Reply 1", "a${nothing}");
            assert!(window.says(window.name("有误", "mistake")));
            assert_eq!(places(&window), before, "{width}");
        }
    }
}

#[test]
fn a_rule_has_the_height_of_a_wide_page_that_nothing_else_takes() {
    for lang in Lang::ALL {
        let size = egui::vec2(1_280.0, 1_000.0);
        let mut window = page(lang, rule("first", true), 720.0, size);
        window.steps();
        let log = window.place("数据日志", "Log");
        let last = window.place("允许回复自己", "Answer own tabs");
        assert!(last.bottom() <= log.bottom(), "{last} {log}");
        assert!(log.bottom() - last.bottom() < 60.0, "{last} {log}");
    }
}
