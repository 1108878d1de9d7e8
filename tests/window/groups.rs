//! Multicast groups of a UDP socket in the left panel.

use super::automatic::window;
use super::driver::Window;
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

#[test]
#[cfg(target_os = "linux")]
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
