//! Multicast groups of a UDP socket in the left panel.

use super::automatic::window;
use super::driver::Window;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use netpeer::config::session::NamedGroup;
use netpeer::words::Lang;

/// A window bound to this address, with the list of groups open.
fn bound(lang: Lang, host: &str, group: &str) -> Window {
    let mut window = window(lang, |tab| {
        tab.network.local_host = host.into();
        tab.groups.address = group.into();
        tab.groups.interface = "lo".into();
    });
    window.open_session();
    let bound = window.name("已绑定 ", "Bound to ").to_owned();
    window.until_says(&bound);
    window.click("组播", "Multicast");
    window.steps();
    window
}

/// The number of rows with these words.
fn rows(window: &Window, words: &str) -> usize {
    let labels = window.labels();
    labels.lines().filter(|line| line.contains(words)).count()
}

#[test]
fn a_group_that_cannot_arrive_at_the_bound_address_is_remarked_upon() {
    for lang in Lang::ALL {
        let words = match lang {
            Lang::Chinese => "发往 239.0.0.1 的数据收不到",
            Lang::English => "Nothing sent to 239.0.0.1 can arrive",
        };
        let mut window = bound(lang, "127.0.0.1", "239.0.0.1");
        assert!(window.says(words), "{}", window.labels());
        assert!(window.says("0.0.0.0"));
        // It is no obstacle.
        window.click("加入", "Join");
        let joined = window.name("已加入组播 239.0.0.1", "Joined group 239.0.0.1");
        let joined = joined.to_owned();
        window.until_says(&joined);
        assert!(window.says(words));
        let window = bound(lang, "0.0.0.0", "239.0.0.1");
        assert!(!window.says(words));
        let window = bound(lang, "239.0.0.1", "239.0.0.1");
        assert!(!window.says(words));
    }
}

#[test]
fn a_group_whose_interface_is_gone_is_a_row_and_stays_in_the_list() {
    for lang in Lang::ALL {
        let mut window = window(lang, |tab| {
            tab.network.local_host = "0.0.0.0".into();
            let kept = |group: [u8; 4], interface: &str| NamedGroup {
                group: group.into(),
                interface: interface.into(),
            };
            tab.groups.joined = vec![kept([239, 0, 0, 2], "gone0"), kept([239, 0, 0, 3], "lo")];
        });
        window.click("组播", "Multicast");
        window.steps();
        window.open_session();
        window.until_says(match lang {
            Lang::Chinese => "没有加入组 239.0.0.2：没有网卡 gone0",
            Lang::English => "Group 239.0.0.2 is not joined: there is no interface gone0",
        });
        window.until_says(match lang {
            Lang::Chinese => "已加入组播 239.0.0.3 lo",
            Lang::English => "Joined group 239.0.0.3 lo",
        });
        assert!(!window.is_closed());
        window.click("不再加入 239.0.0.2", "Do not join 239.0.0.2 any more");
        assert!(!window.has("239.0.0.2 gone0") && window.has("239.0.0.3 lo"));
    }
}

#[test]
fn groups_are_joined_again_when_the_port_is_opened_again() {
    for lang in Lang::ALL {
        let mut window = bound(lang, "0.0.0.0", "239.0.0.1");
        window.click("加入", "Join");
        let joined = window.name("已加入组播 239.0.0.1 lo", "Joined group 239.0.0.1 lo");
        let joined = joined.to_owned();
        window.until_says(&joined);
        let once = rows(&window, &joined);
        for times in 2..4 {
            window.close_session();
            window.until_closed();
            window.open_session();
            window.until("another row", |window| {
                rows(window, &joined) == times * once
            });
        }
        // A group that was left is not joined again.
        let leave = window.name("退出 239.0.0.1", "Leave 239.0.0.1").to_owned();
        window.click_name(&leave);
        let left = window.name("已退出组播", "Left group").to_owned();
        window.until_says(&left);
        window.close_session();
        window.until_closed();
        window.open_session();
        window.until("open", |window| !window.is_closed());
        window.steps();
        assert_eq!(rows(&window, &joined), 3 * once);
    }
}

#[test]
fn enter_in_the_field_joins_the_group() {
    for lang in Lang::ALL {
        let mut window = bound(lang, "0.0.0.0", "239.0.0.1");
        let field = window.name("组播地址", "Group").to_owned();
        window.harness.get_by_label(&field).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::Enter);
        let joined = window.name("已加入组播 239.0.0.1", "Joined group 239.0.0.1");
        let joined = joined.to_owned();
        window.until_says(&joined);
    }
}

#[test]
fn the_interfaces_for_a_group_are_listed_with_their_addresses() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.click("组播", "Multicast");
        window.click("网卡", "Interface");
        assert!(window.has("lo · 127.0.0.1"), "{}", window.labels());
        window.click("lo · 127.0.0.1", "lo · 127.0.0.1");
        assert_eq!(window.value("网卡", "Interface"), "lo");
    }
}
