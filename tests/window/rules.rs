//! The page of auto-reply: its switch, its list, and its messages.

use super::driver::Window;
use super::painted::Painted;
use egui::Rect;
use egui_kittest::kittest::Queryable as _;
use netpeer::automation::rules::Rule;
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

#[test]
fn a_caption_and_its_field_stand_in_one_line() {
    let pairs = [
        (("总共", "in all"), ("总共", "in all")),
        (
            ("同一地址", "to one address"),
            ("同一地址", "to one address"),
        ),
        (("延迟", "after"), ("延迟 1", "Delay 1")),
    ];
    for lang in Lang::ALL {
        for width in (0..12).map(|step| 300.0 + 30.0 * step as f32) {
            let mut tab = TabSettings::default();
            tab.rules.rules = vec![rule("echo", true)];
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
            window.harness.set_size(egui::vec2(1280.0, 1_400.0));
            window.steps();
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
