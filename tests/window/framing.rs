//! The messages of a TCP stream, beside its actual reads.

use super::driver::Window;
use netpeer::words::Lang;
use std::io::Write as _;
use std::net::TcpListener;

#[test]
fn lines_are_separated_whatever_the_reads_were() {
    for lang in Lang::ALL {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
        let (mut peer, _) = listener.accept().unwrap();
        peer.set_nodelay(true).unwrap();
        for (part, number) in ["temp=21\r\nte", "mp=22\r\n", "open"].iter().zip(1..) {
            peer.write_all(part.as_bytes()).unwrap();
            // Each part is a read of its own.
            let count = match lang {
                Lang::Chinese => format!("收 {number}"),
                Lang::English => format!("In {number}"),
            };
            window.until_says(&count);
        }
        let row = window.row("temp=21");
        window.click_name(&row);
        window.click("分帧", "Messages");
        window.click("按行（LF / CR LF）", "lines (LF or CR LF)");
        let expected = match lang {
            Lang::Chinese => [
                "2 帧，另有 4 字节未完",
                "1 · 7 B · 第 3 条 · temp=21",
                "2 · 7 B · 第 3–4 条 · temp=22",
            ],
            Lang::English => [
                "2 messages, and 4 bytes of one that goes on",
                "1 · 7 B · row 3 · temp=21",
                "2 · 7 B · row 3–4 · temp=22",
            ],
        };
        for words in expected {
            assert!(window.says(words), "{words}\n{}", window.labels());
        }
        // An incomplete message does not count when the connection closes.
        drop(peer);
        window.until_says(match lang {
            Lang::Chinese => "2 帧 · 另有 1 帧到连接结束时未完（4 字节）",
            Lang::English => "2 messages · 1 cut off by an end of the connection (4 bytes)",
        });
    }
}
