//! Bad input gets a clear message, and nothing is lost.

use super::driver::Window;
use crate::sockets::far_side;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::UdpSocket;

#[test]
fn ports_are_normalised_or_refused_under_the_field() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    let (socket, peer) = far_side();
    for (text, message) in [
        ("0", "0 is not a destination port"),
        ("65536", "Out of range"),
        ("-1", "Out of range"),
        ("", "Give a port"),
        ("80a", "whole number"),
    ] {
        window.fill("目标端口", "Target port", text);
        assert!(window.says(message), "{text}: {}", window.labels());
        assert!(!window.is_enabled("发送", "Send"), "{text}");
    }
    let full_width: String = peer
        .port()
        .to_string()
        .chars()
        .map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap())
        .collect();
    window.fill("目标端口", "Target port", &full_width);
    window.click("发送", "Send");
    assert_eq!(crate::sockets::receive(&socket), b"");
    assert_eq!(
        window.value("目标端口", "Target port"),
        peer.port().to_string(),
        "shown as it is read"
    );
}

#[test]
fn local_fields_say_what_is_wrong_and_keep_the_button_off() {
    for (host, port, message) in [
        ("127.1", "8080", "four numbers"),
        ("fe80::1", "8080", "needs its interface"),
        ("fe80::1%nosuch0", "8080", "no interface nosuch0"),
        ("example.com", "8080", "not a name"),
        ("127.0.0.1", "99999", "Out of range"),
    ] {
        let mut window = Window::open(Lang::English);
        window.fill("本地主机", "Local host", host);
        window.fill("本地端口", "Local port", port);
        assert!(window.says(message), "{host} {port}: {}", window.labels());
        assert!(!window.can_open());
    }
}

#[test]
fn a_host_name_that_may_pass_for_another_has_a_warning_beside_its_punycode() {
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        window.click("TCP 客户端", "TCP client");
        window.fill("远程主机", "Remote host", "p\u{430}ypal.com");
        assert!(window.says("xn--pypal-4ve.com"), "{}", window.labels());
        let mixed = match lang {
            Lang::Chinese => "⚠ 混用文字（拉丁、西里尔）",
            Lang::English => "⚠ Mixes scripts (Latin, Cyrillic)",
        };
        assert!(window.says(mixed), "{}", window.labels());
        window.fill("远程主机", "Remote host", "xn--80ak6aa92e.com");
        assert!(window.says(window.name("其实是西里尔字母", "is Cyrillic")));
        for name in ["例子.测试", "bücher.example", "host-7.example.com"] {
            window.fill("远程主机", "Remote host", name);
            let warning = window.name("可能冒充", "may pass for");
            assert!(!window.says(warning), "{name}: {}", window.labels());
        }
        assert!(!window.says("xn--"));
    }
}

#[test]
fn a_taken_port_names_its_owner_and_offers_the_next() {
    for lang in Lang::ALL {
        let taken = UdpSocket::bind(("127.0.0.1", crate::ports::quiet())).unwrap();
        let mut tab = TabSettings::default();
        tab.network.local_port = taken.local_addr().unwrap().port().to_string();
        let mut window = Window::with_settings(
            lang,
            Settings {
                tabs: vec![tab],
                ..Settings::default()
            },
        );
        window.open_session();
        window.until_says(if lang == Lang::Chinese {
            "占用"
        } else {
            "is in use by"
        });
        if cfg!(target_os = "linux") {
            assert!(window.says(&std::process::id().to_string()));
        }
        let next = taken.local_addr().unwrap().port() + 1;
        let offer = match lang {
            Lang::Chinese => format!("改用端口 {next}"),
            Lang::English => format!("Use port {next}"),
        };
        // The offer appears once the attempt has ended.
        window.until_says(&offer);
        window.click_name(&offer);
        window.until_says(if lang == Lang::Chinese {
            "已绑定 127"
        } else {
            "Bound to 127"
        });
    }
}

#[test]
fn an_address_of_another_machine_lists_our_own() {
    let mut window = Window::open(Lang::English);
    window.fill("本地主机", "Local host", "203.0.113.1");
    window.open_session();
    window.until_says("is not an address of this machine");
    assert!(window.says("127.0.0.1"));
}

#[test]
fn a_refused_connection_and_an_unknown_host_read_differently() {
    for lang in Lang::ALL {
        let closed = std::net::SocketAddr::from(([127, 0, 0, 1], crate::ports::quiet()));
        let mut window = Window::open(lang);
        window.click("TCP 客户端", "TCP client");
        window.fill("远程端口", "Remote port", &closed.port().to_string());
        window.open_session();
        window.until_says(if lang == Lang::Chinese {
            "拒绝连接"
        } else {
            "refused the connection"
        });
        window.until_closed();
        window.fill("远程主机", "Remote host", "no-such-host.invalid");
        window.open_session();
        window.until_says(if lang == Lang::Chinese {
            "找不到主机"
        } else {
            "Cannot find the host"
        });
    }
}

#[test]
fn a_datagram_too_long_is_not_sent_and_both_sizes_are_shown() {
    let mut tab = TabSettings::default();
    tab.network.local_port = "0".into();
    tab.send.composition.text = "x".repeat(65_508);
    let mut window = Window::with_settings(
        Lang::English,
        Settings {
            tabs: vec![tab],
            ..Settings::default()
        },
    );
    window.connect();
    assert!(window.says("65,508") && window.says("65,507"));
    assert!(!window.is_enabled("发送", "Send"));
    window.press(egui::Modifiers::COMMAND, egui::Key::Enter);
    assert!(window.says("Out 0 · 0 B"));
}

#[test]
fn mistakes_in_hex_and_escapes_are_pointed_at() {
    let cases = [
        (true, "123", "Character 1: a byte takes two digits"),
        (true, "zz", "Character 1: “z”"),
        (true, "48 0x", "Character 4: hexadecimal digits are missing"),
        (
            false,
            r"ab\x",
            "Character 3: hexadecimal digits are missing",
        ),
        (false, r"\u{D800}", "U+D800 is not a character"),
        (false, r"\q", "there is no escape"),
    ];
    for (hex, text, message) in cases {
        let mut tab = TabSettings::default();
        tab.network.local_port = "0".into();
        tab.send.composition.format = if hex {
            netpeer::payload::composition::TextFormat::Hex
        } else {
            netpeer::payload::composition::TextFormat::Text
        };
        tab.send.composition.escapes = true;
        let mut window = Window::with_settings(
            Lang::English,
            Settings {
                tabs: vec![tab],
                ..Settings::default()
            },
        );
        window.connect();
        window.fill("发送内容", "Message", text);
        assert!(window.says(message), "{text}: {}", window.labels());
        assert!(!window.is_enabled("发送", "Send"), "{text}");
        assert_eq!(
            window.value("发送内容", "Message"),
            text,
            "nothing typed is lost"
        );
    }
}

#[test]
fn an_empty_datagram_has_a_row_that_says_so() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        far_side().0.send_to(b"", local).unwrap();
        window.until_says(if lang == Lang::Chinese {
            "空数据报"
        } else {
            "empty datagram"
        });
    }
}

#[test]
fn a_settings_file_that_cannot_be_read_is_set_aside_and_reported() {
    for (content, lang) in [
        ("", Lang::Chinese),
        ("(version: 1, tabs: [", Lang::English),
        ("(version: 42)", Lang::English),
    ] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("settings.ron"), content).unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        assert!(window.says("settings.ron.corrupt-"), "{}", window.labels());
        window.click("知道了", "OK");
        assert!(!window.says("settings.ron.corrupt-"));
    }
}

#[test]
fn settings_of_others_write_nothing_until_a_session_is_opened() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("settings");
        std::fs::create_dir(&folder).unwrap();
        let [new, kept] = ["new.pcapng", "kept.pcapng"].map(|name| folder.join("..").join(name));
        std::fs::write(&kept, "years").unwrap();
        for path in [&new, &kept] {
            let mut tab = TabSettings::default();
            tab.network.local_port = "0".into();
            tab.receive.recording.path.set(path);
            tab.receive.recording.on = true;
            tab.send.file.path.set(path);
            let settings = Settings {
                tabs: vec![tab],
                ..Settings::default()
            };
            let mut window = Window::with_settings(lang, settings);
            window.steps();
            assert_eq!(new.exists(), path == &kept, "{path:?}");
            window.connect();
            match path == &kept {
                false => window.until("the recording", |_| new.exists()),
                true => window.until_says(match lang {
                    Lang::Chinese => "不是同一格式的完整文件",
                    Lang::English => "not a whole file of the same format",
                }),
            }
        }
        // What is there already, and is no recording, stays.
        assert_eq!(std::fs::read(&kept).unwrap(), b"years");
    }
}
