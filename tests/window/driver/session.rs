//! Opens and closes the session in front, and reads its address from the status bar.

use super::Window;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::net::SocketAddr;

/// The labels of the button that opens a session, and of the one that closes it, in Chinese and
/// English.
const OPENS: [(&str, &str); 4] = [
    ("打开端口", "Open port"),
    ("连接", "Connect"),
    ("开始监听", "Listen"),
    ("开始转发", "Start relay"),
];
const CLOSES: [(&str, &str); 5] = [
    ("关闭端口", "Close port"),
    ("断开", "Disconnect"),
    ("停止监听", "Stop listening"),
    ("停止转发", "Stop relay"),
    ("取消", "Cancel"),
];

impl Window {
    /// The button that opens or closes a session, if it exists.
    fn session_button(&self, names: &[(&'static str, &'static str)]) -> Option<&'static str> {
        let mut names = names
            .iter()
            .map(|&(chinese, english)| self.name(chinese, english));
        names.find(|name| self.has(name))
    }

    /// Presses the button that opens the session, whatever its kind.
    pub fn open_session(&mut self) {
        let name = self.session_button(&OPENS).expect("a closed session");
        self.click_name(name);
    }

    /// Presses the button that closes the session, or cancels its opening.
    pub fn close_session(&mut self) {
        let name = self.session_button(&CLOSES).expect("an open session");
        self.click_name(name);
    }

    /// Whether the session in front is closed.
    pub fn is_closed(&self) -> bool {
        self.session_button(&OPENS).is_some()
    }

    /// Whether the settings allow it to open.
    pub fn can_open(&self) -> bool {
        let name = self.session_button(&OPENS).expect("a closed session");
        self.is_enabled(name, name)
    }

    pub fn until_closed(&mut self) {
        self.until("the end of the session", Self::is_closed);
    }

    /// Opens the session, and reads from the status bar which port the system chose.
    pub fn connect(&mut self) -> SocketAddr {
        self.open_session();
        let bound = self.name("已绑定 127", "Bound to 127").to_owned();
        self.until_says(&bound);
        self.bound()
    }

    /// The local address of the UDP socket in the status bar.
    pub fn bound(&self) -> SocketAddr {
        self.local_address(self.name("已绑定 ", "Bound to "))
    }

    pub fn local_address(&self, before: &str) -> SocketAddr {
        let node = self
            .harness
            .query_all_by_label_contains(before)
            .next()
            .expect("a status");
        let text = node
            .accesskit_node()
            .label()
            .unwrap_or_else(|| node.value().unwrap_or_default());
        text.trim_start_matches(before)
            .trim()
            .parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }
}
