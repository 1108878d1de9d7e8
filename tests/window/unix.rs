//! Unix sockets in the window, with the standard library as the peer.

use super::driver::Window;
use netpeer::words::Lang;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::time::Duration;

const DEADLINE: Option<Duration> = Some(Duration::from_secs(10));

#[test]
fn a_stream_server_of_a_typed_name_is_served_and_sent_to() {
    for lang in Lang::ALL {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let mut window = Window::open(lang);
        window.click("Unix", "Unix");
        window.click("流服务器", "Server");
        window.fill("本地名称", "Local name", "");
        assert!(!window.can_open());
        window.fill("本地名称", "Local name", "127.0.0.1:8080");
        assert!(!window.can_open());
        window.until_says("./");
        window.fill("本地名称", "Local name", path.to_str().unwrap());
        window.open_session();
        window.until_says(&format!("unix:{}", path.display()));
        window.until_says(match lang {
            Lang::Chinese => "Unix 流服务器 ",
            Lang::English => "Unix server ",
        });
        let mut client = UnixStream::connect(&path).unwrap();
        client.set_read_timeout(DEADLINE).unwrap();
        client.write_all(b"from a client").unwrap();
        window.until_says("from a client");
        window.fill("发送内容", "Message", "to all");
        window.click("发送", "Send");
        let mut buffer = [0; 6];
        client.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"to all");
        window.close_session();
        window.until("the file gone", |_| !path.exists());
    }
}

#[test]
fn a_datagram_goes_to_a_typed_name_and_its_answer_comes_back() {
    for lang in Lang::ALL {
        let folder = tempfile::tempdir().unwrap();
        let (ours, theirs) = (folder.path().join("a"), folder.path().join("b"));
        let socket = UnixDatagram::bind(&theirs).unwrap();
        socket.set_read_timeout(DEADLINE).unwrap();
        let mut window = Window::open(lang);
        window.click("Unix", "Unix");
        window.click("数据报", "Datagrams");
        window.fill("本地名称", "Local name", ours.to_str().unwrap());
        window.open_session();
        window.until_says(&format!("unix:{}", ours.display()));
        window.fill("目标名称", "Target name", theirs.to_str().unwrap());
        window.fill("发送内容", "Message", "hello");
        window.click("发送", "Send");
        let mut buffer = [0; 16];
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], b"hello");
        socket
            .send_to(b"and back", from.as_pathname().unwrap())
            .unwrap();
        window.until_says("and back");
    }
}
