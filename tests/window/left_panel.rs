//! The panel at the left: the session, its peers, and how what comes is read.

use super::driver::Window;
use netpeer::session::Kind;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

/// A tab of this kind that binds to what is free, as a test needs it.
fn window_of(lang: Lang, kind: Kind, change: impl FnOnce(&mut TabSettings)) -> Window {
    let mut tab = TabSettings::of_kind(kind);
    tab.network.local_port = "0".into();
    change(&mut tab);
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

/// What opens a session of this kind and what closes it, each in Chinese and English.
fn buttons(kind: Kind) -> [(&'static str, &'static str); 2] {
    match kind {
        Kind::Udp | Kind::UnixDatagram => [("打开端口", "Open port"), ("关闭端口", "Close port")],
        Kind::TcpClient | Kind::UnixClient => [("连接", "Connect"), ("断开", "Disconnect")],
        Kind::TcpServer | Kind::UnixServer => {
            [("开始监听", "Listen"), ("停止监听", "Stop listening")]
        }
        Kind::RelayUdp | Kind::RelayTcp => {
            [("开始转发", "Start relay"), ("停止转发", "Stop relay")]
        }
    }
}

#[test]
fn the_button_says_what_it_does_with_each_kind_of_session() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let _unix_server = UnixListener::bind(path("server")).unwrap();
    for lang in Lang::ALL {
        for kind in Kind::here() {
            let mut window = window_of(lang, kind, |tab| {
                tab.network.remote_port = server.local_addr().unwrap().port().to_string();
                tab.network.local_name = path("own");
                tab.network.remote_name = path("server");
            });
            let [opens, closes] = buttons(kind);
            for (button, other) in [(opens, closes), (closes, opens)] {
                let name = window.name(button.0, button.1);
                window.until(name, |window| window.has(name));
                assert!(!window.has(window.name(other.0, other.1)), "{kind:?}");
                window.click_name(name);
            }
            window.until_closed();
        }
    }
}
