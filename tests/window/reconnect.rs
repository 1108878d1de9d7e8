//! A client in the window that connects again.

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
        assert!(!window.is_ticked("自动重连", "Reconnect"));
        window.click("自动重连", "Reconnect");
        assert!(window.is_ticked("自动重连", "Reconnect"));
        window.click("连接网络", "Connect");
        for words in [&b"the first"[..], b"the second"] {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(words).unwrap();
            window.until_says(std::str::from_utf8(words).unwrap());
        }
        assert!(window.says(match lang {
            Lang::Chinese => "1 秒后重新连接",
            Lang::English => "Connecting again in 1 s",
        }));
        window.click("断开网络", "Disconnect");
        window.until("the session closed", |window| {
            window.has(match lang {
                Lang::Chinese => "连接网络",
                Lang::English => "Connect",
            })
        });
    }
}

#[test]
fn only_a_client_can_connect_again() {
    for (kind, has) in [("TCP client", true), ("TCP server", false)] {
        let mut window = Window::open(Lang::English);
        assert!(!window.has("Reconnect"), "UDP");
        window.click_name(kind);
        assert_eq!(window.has("Reconnect"), has, "{kind}");
    }
}
