//! The window with the three programs of a socket course as peers, run by a real Python.

use crate::window::driver::Window;
use netpeer::words::Lang;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A Python program and the lines it prints.
struct Peer {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Peer {
    fn run(program: &str, port: u16) -> Self {
        let path = format!("{}/tests/peers/{program}", env!("CARGO_MANIFEST_DIR"));
        let mut child = Command::new("python3")
            .args([path, port.to_string()])
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3");
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (line, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(output)
                .lines()
                .map_while(Result::ok)
                .try_for_each(|text| line.send(text))
        });
        Self {
            child,
            input,
            lines,
        }
    }

    fn line(&self) -> String {
        self.lines
            .recv_timeout(Duration::from_secs(10))
            .expect("a line")
    }

    /// The first line that contains `part`.
    fn line_with(&self, part: &str) -> String {
        std::iter::repeat_with(|| self.line())
            .find(|line| line.contains(part))
            .unwrap()
    }

    /// The port of a line such as `bound to 127.0.0.1:7788`.
    fn port(&self) -> String {
        self.line().rsplit_once(':').unwrap().1.to_owned()
    }

    fn types(&mut self, text: &str) {
        writeln!(self.input, "{text}").unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have already ended.
        self.child.kill().ok();
        self.child.wait().unwrap();
    }
}

#[test]
fn the_client_sends_its_name_and_prints_our_reply() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let client = Peer::run("client.py", local.port());
        window.until_says("client.py");
        window.click("最近来源", "Last source");
        window.fill("发送内容", "Message", "我已经接收到数据了");
        window.click("发送", "Send");
        assert_eq!(client.line(), format!("{local} 我已经接收到数据了"));
    }
}

#[test]
fn the_server_answers_with_its_prefix() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let server = Peer::run("server.py", 0);
        let port = server.port();
        window.connect();
        window.fill("目标端口", "Target port", &port);
        window.fill("发送内容", "Message", "你好");
        window.click("发送", "Send");
        assert!(server.line().ends_with(" 你好"));
        window.until_says("来自服务器你好");
    }
}

#[test]
fn the_chat_sends_and_receives_in_turn() {
    let mut window = Window::udp(Lang::Chinese);
    let local = window.connect();
    let mut chat = Peer::run("chat.py", 0);
    let port = chat.port();
    for text in ["1", "127.0.0.1", &local.port().to_string(), "在吗"] {
        chat.types(text);
    }
    window.until_says("在吗");
    window.click("最近来源", "Last source");
    assert_eq!(window.value("目标端口", "Target port"), port);
    chat.types("2");
    window.fill("发送内容", "Message", "在的");
    window.click("发送", "Send");
    assert!(chat.line_with("在的").contains(&format!("{local} 在的")));
    chat.types("0");
}
