//! A client in the window that reconnects.

use super::driver::Window;
use netpeer::words::Lang;
use std::io::Write as _;
use std::net::TcpListener;

#[test]
fn a_client_connects_again_until_it_is_disconnected() {
    for lang in Lang::ALL {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut window = Window::open(lang);
        window.click("TCP 客户端", "TCP client");
        window.fill("远程端口", "Remote port", &port.to_string());
        window.click("更多设置", "More settings");
        assert!(!window.is_ticked("自动重连", "Reconnect"));
        window.click("自动重连", "Reconnect");
        assert!(window.is_ticked("自动重连", "Reconnect"));
        window.open_session();
        for words in [&b"the first"[..], b"the second"] {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(words).unwrap();
            window.until_says(std::str::from_utf8(words).unwrap());
        }
        assert!(window.says(match lang {
            Lang::Chinese => "1 秒后重新连接",
            Lang::English => "Connecting again in 1 s",
        }));
        window.close_session();
        window.until_closed();
    }
}

#[test]
fn only_a_client_can_connect_again() {
    for (kind, has) in [("TCP client", true), ("TCP server", false)] {
        let mut window = Window::open(Lang::English);
        assert!(!window.has("More settings"), "UDP");
        window.click_name(kind);
        assert_eq!(window.has("More settings"), has, "{kind}");
        if has {
            window.click_name("More settings");
            assert!(window.has("Reconnect"));
        }
    }
}
