//! Automation in the window: replies by rules, and the simulated network.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use netpeer::automation::impair::{DatagramPlan, Loss};
use netpeer::automation::rules::Rule;
use netpeer::automation::{Limits, ReplyRate};
use netpeer::session::SessionKind;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::time::Duration;

/// A window with one tab on a free port, changed like this.
pub fn window(lang: Lang, change: impl FnOnce(&mut TabSettings)) -> Window {
    let mut tab = TabSettings::default();
    tab.network.local_port = "0".into();
    change(&mut tab);
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

#[test]
fn a_ready_made_rule_is_taken_tried_and_answers() {
    for lang in Lang::ALL {
        let mut window = window(lang, |_| {});
        window.click("自动应答规则", "Auto-reply rules");
        window.click("添加", "Add");
        window.click("加前缀", "Prefix");
        assert!(!window.is_ticked("启用规则 1", "Use rule 1"));
        window.click("启用规则 1", "Use rule 1");
        window.fill("试用数据", "Bytes to try", "abc");
        let prefix = match lang {
            Lang::Chinese => "来自服务器",
            Lang::English => "From server: ",
        };
        assert!(window.says(&format!("→ {prefix}abc")), "the trial");
        window.connect();
        let (socket, _) = far_side();
        socket.send_to("你好".as_bytes(), window.bound()).unwrap();
        assert_eq!(receive(&socket), format!("{prefix}你好").into_bytes());
        let named = match lang {
            Lang::Chinese => "规则“加前缀”",
            Lang::English => "rule “Prefix”",
        };
        window.until_says(named);
    }
}

#[test]
fn a_rule_behind_one_for_everything_says_that_it_is_never_reached() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.rules.on = true;
            tab.rules.rules = ["first", "late"].map(rule).to_vec();
        });
        window.click("自动应答规则", "Auto-reply rules");
        let said = window.name("“late”永远不会生效", "“late” is never reached");
        let said = said.to_owned();
        assert!(window.says(&said), "{}", window.labels());
        window.click("启用规则 1", "Use rule 1");
        assert!(!window.says(&said));
    }
}

fn rule(name: &str) -> Rule {
    Rule {
        name: name.into(),
        ..Rule::default()
    }
}

#[test]
fn a_reply_has_several_lines_or_is_in_hexadecimal() {
    let mut window = window(Lang::English, |tab| {
        tab.rules.on = true;
        tab.rules.rules = vec![rule("answer")];
    });
    window.connect();
    let (socket, _) = far_side();
    let ask = |window: &Window| {
        socket.send_to(b"x", window.bound()).unwrap();
        receive(&socket)
    };
    window.click("自动应答规则", "Auto-reply rules");
    window.click("动作 1", "Action 1");
    window.click("回复", "Reply");
    window.fill("回复内容 1", "Reply 1", "one\ntwo");
    assert!(window.is_chosen("文本 →1", "Text →1"));
    window.until("its lines", |window| ask(window) == b"one\ntwo");
    window.click("HEX →1", "HEX →1");
    assert!(window.is_chosen("HEX →1", "HEX →1"));
    window.fill("回复内容 1", "Reply 1", "41 42\n43");
    window.until("its bytes", |window| ask(window) == b"ABC");
}

#[test]
fn a_long_name_of_a_rule_keeps_the_page_as_wide_as_it_is() {
    let mut window = window(Lang::English, |tab| {
        tab.rules.rules = vec![Rule {
            name: "a long name ".repeat(40),
            ..Rule::default()
        }];
    });
    window.click("自动应答规则", "Auto-reply rules");
    let before = window.place("试用数据", "Bytes to try");
    window.fill("试用数据", "Bytes to try", "abc");
    assert!(window.says("applies"));
    let after = window.place("试用数据", "Bytes to try");
    assert_eq!(before.x_range(), after.x_range());
}

#[test]
fn a_rule_that_is_wrong_says_so_and_the_one_before_goes_on() {
    let mut window = window(Lang::English, |tab| {
        tab.rules.on = true;
        tab.rules.rules = vec![Rule::default()];
    });
    window.connect();
    let (socket, _) = far_side();
    let ask = |window: &Window| {
        socket.send_to(b"x", window.bound()).unwrap();
        receive(&socket)
    };
    assert_eq!(ask(&window), b"x");
    window.click("自动应答规则", "Auto-reply rules");
    window.click("条件 1", "Condition 1");
    window.click("匹配正则", "Matches regex");
    assert!(window.says("Enter the content to match"));
    window.fill("内容 1", "Value 1", "(");
    assert!(window.says("Not a regular expression"));
    assert_eq!(ask(&window), b"x");
}

#[test]
fn a_session_that_cannot_be_meant_says_which_field_and_is_not_opened() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.bad_network.on = true;
            tab.bad_network.conditions.outgoing.datagrams.duplicate = 120.0;
        });
        window.open_session();
        let said = match lang {
            Lang::Chinese => "“弱网模拟”：重复：允许 0 到 100",
            Lang::English => "“Simulated network”: Duplicate: 0 to 100 are allowed",
        };
        window.until_says(said);
        // Changed settings may be valid, so the message disappears.
        window.fill("本地端口", "Local port", "8080");
        window.until("the old mistake gone", |window| !window.says(said));
    }
}

#[test]
fn two_tabs_that_echo_at_each_other_are_stopped_with_a_banner() {
    let mut window = window(Lang::English, |tab| {
        tab.rules.on = true;
        tab.rules.rules = vec![Rule {
            name: "echo".into(),
            ..Rule::default()
        }];
        tab.rules.limits = Limits {
            own: true,
            ..Limits::default()
        };
    });
    window.connect();
    // A peer that echoes.
    let (socket, _) = far_side();
    socket.send_to(b"hello", window.bound()).unwrap();
    // Until the rule is paused: on a busy machine, few echoes may fit into a second.
    let deadline = socket.read_timeout().unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let mut echoed = [0; 16];
    for _ in 0..20_000 {
        let Ok(count) = socket.recv(&mut echoed) else {
            break;
        };
        socket.send_to(&echoed[..count], window.bound()).unwrap();
    }
    socket.set_read_timeout(deadline).unwrap();
    window.until_says("Rule “echo” is paused for");
    window.until("a way to go on", |window| window.has("Resume"));
    window.click("继续", "Resume");
    window.until("the banner is gone", |window| !window.has("Resume"));
    socket.send_to(b"again", window.bound()).unwrap();
    assert_eq!(receive(&socket), b"again");
}

#[test]
fn a_limit_that_is_reached_is_reported_and_raised() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.rules.on = true;
            tab.rules.rules = vec![Rule {
                name: "echo".into(),
                ..Rule::default()
            }];
            tab.rules.limits = Limits {
                per_peer: ReplyRate::AtMost(2),
                ..Limits::default()
            };
        });
        window.connect();
        let (socket, _) = far_side();
        for number in ["1", "2", "3"] {
            socket.send_to(number.as_bytes(), window.bound()).unwrap();
        }
        assert_eq!([receive(&socket), receive(&socket)], [b"1", b"2"]);
        window.until_says(match lang {
            Lang::Chinese => "每秒 2 次的上限",
            Lang::English => "the limit of 2 a second to one address",
        });
        window.click("提高上限", "Raise");
        let raise = match lang {
            Lang::Chinese => "提高上限",
            Lang::English => "Raise",
        };
        window.until("the notice is gone", |window| !window.has(raise));
        let wait = Some(Duration::from_millis(20));
        socket.set_read_timeout(wait).unwrap();
        window.until("it answers again", |window| {
            socket.send_to(b"4", window.bound()).unwrap();
            socket.recv(&mut [0]).is_ok()
        });
    }
}

#[test]
fn a_rule_added_while_connected_is_off_until_it_is_ticked() {
    let mut window = window(Lang::English, |tab| tab.rules.on = true);
    window.connect();
    window.click("自动应答规则", "Auto-reply rules");
    window.click("添加", "Add");
    window.click("加前缀", "Prefix");
    assert!(window.says("is off: tick it in the list"));
    let (socket, _) = far_side();
    let wait = Some(Duration::from_millis(20));
    socket.set_read_timeout(wait).unwrap();
    socket.send_to(b"early", window.bound()).unwrap();
    window.until_says("early");
    window.click("启用规则 1", "Use rule 1");
    window.until("it answers", |window| {
        socket.send_to(b"x", window.bound()).unwrap();
        socket.peek(&mut [0]).is_ok()
    });
    assert_eq!(receive(&socket), b"From server: x");
}

#[test]
fn a_datagram_dropped_by_the_simulated_network_is_a_row() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let mut window = window(lang, |tab| {
            tab.send.target_port = to.port().to_string();
            tab.send.composition.text = "hi".into();
            tab.bad_network.conditions.outgoing.datagrams = DatagramPlan {
                loss: Loss::EveryNth(2),
                ..DatagramPlan::default()
            };
        });
        window.click("弱网模拟", "Simulated network");
        window.click("启用", "On");
        window.connect();
        for _ in 0..3 {
            window.click("发送", "Send");
        }
        window.until_says(match lang {
            Lang::Chinese => "#2 发出的数据报：模拟丢包",
            Lang::English => "#2 of those sent: simulated loss",
        });
        assert_eq!([receive(&socket), receive(&socket)], [b"hi", b"hi"]);
    }
}

#[test]
fn a_relay_passes_on_and_what_is_held_is_released_by_hand() {
    for lang in Lang::ALL {
        let (target, to) = far_side();
        let mut window = window(lang, |tab| {
            tab.network.kind = SessionKind::RelayUdp;
            tab.network.remote_port = to.port().to_string();
        });
        window.connect();
        let (client, _) = far_side();
        client.send_to(b"one", window.bound()).unwrap();
        assert_eq!(receive(&target), b"one");
        window.click("已拦截数据", "Intercepted data");
        window.click("全部拦截", "Intercept all");
        window.until("it holds", |window| {
            window.is_ticked("全部拦截", "Intercept all")
        });
        client.send_to(b"two", window.bound()).unwrap();
        client.send_to(b"three", window.bound()).unwrap();
        window.until("both are listed", |window| {
            window.has(match lang {
                Lang::Chinese => "放行 #2",
                Lang::English => "Release #2",
            })
        });
        window.click("丢弃 #1", "Discard #1");
        // The other row takes its place.
        window.until("one is left", |window| {
            !window.has(match lang {
                Lang::Chinese => "丢弃 #1",
                Lang::English => "Discard #1",
            })
        });
        window.click("放行 #2", "Release #2");
        assert_eq!(receive(&target), b"three", "`two` was thrown away");
    }
}

#[test]
fn a_tab_is_shown_as_a_command_line_and_saved_as_a_scenario() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut window = window(lang, |tab| {
            tab.network.local_port = "8123".into();
            tab.send.target_port = "8888".into();
            tab.rules.on = true;
            tab.rules.rules = vec![Rule {
                name: "回显".into(),
                ..Rule::default()
            }];
        });
        window.press(Modifiers::COMMAND, Key::S);
        let line = "netpeer udp --bind 127.0.0.1:8123 --to 127.0.0.1:8888 --rules rules.ron";
        assert!(window.says(line));
        window.click("复制命令行", "Copy command line");
        let copied = window.copied();
        assert!(
            copied.starts_with("cat > rules.ron") && copied.contains(line),
            "{copied}"
        );
        let file = dir.path().join("session.ron");
        window.fill("场景文件", "Scenario file", file.to_str().unwrap());
        window.click("保存场景", "Save scenario");
        window.until_says(match lang {
            Lang::Chinese => "已保存",
            Lang::English => "Saved",
        });
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("\"session\": Udp("), "{text}");
    }
}
