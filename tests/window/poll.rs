//! The page of polling, against devices in the test.

use super::driver::Window;
use crate::sockets::far_side;
use egui::{Key, Modifiers};
use netpeer::payload::checksum::Sum;
use netpeer::payload::composition::{Composition, TextFormat};
use netpeer::settings::tab::{PollLineDraft, PollRequestDraft};
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const PAGE: (&str, &str) = ("轮询", "Poll");
const START: (&str, &str) = ("开始轮询", "Start polling");

/// Requests have one byte, replies two measurements and a checksum.
const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "unit", type: "u1"),
        (id: "values", type: "s2", scale: 0.1, unit: "°C", repeat: "expr", repeat_expr: "2", if: "_io.size > 3"),
        (id: "crc", type: "u2le", checksum: "CRC-16/MODBUS"),
    ],
)"#;

/// What the device does with a request.
const ANSWERS: u8 = 0;
const GARBLES: u8 = 1;
const KEEPS_SILENT: u8 = 2;

/// A device that measures 23.5 and -0.5 °C, and what it does.
fn device() -> (SocketAddr, Arc<AtomicU8>) {
    let (socket, address) = far_side();
    let mode = Arc::new(AtomicU8::new(ANSWERS));
    let of_device = Arc::clone(&mode);
    std::thread::spawn(move || serve(&socket, &of_device));
    (address, mode)
}

fn serve(socket: &UdpSocket, mode: &AtomicU8) {
    let mut buffer = [0; 64];
    while let Ok((count, from)) = socket.recv_from(&mut buffer) {
        let mut reply = vec![buffer[0], 0x00, 0xEB, 0xFF, 0xFB];
        let sum = Sum::named("CRC-16/MODBUS").unwrap().of(&reply) as u16;
        reply.extend(sum.to_le_bytes());
        match mode.load(Ordering::Relaxed) {
            GARBLES => reply[2] ^= 1,
            KEEPS_SILENT => continue,
            _ => {}
        }
        assert_eq!(count, 3, "{:02X?}", &buffer[..count]);
        socket.send_to(&reply, from).unwrap();
    }
}

/// A window with these lines whose target is the device.
fn with_lines(lang: Lang, to: SocketAddr, lines: Vec<PollLineDraft>) -> Window {
    let mut tab = TabSettings::default();
    tab.network.local_port = "0".into();
    tab.send.target_port = to.port().to_string();
    tab.poll.lines = lines;
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(lang, settings);
    window.connect();
    window
}

/// Asks unit 7 for its measurements.
fn line(name: &str, show: &str) -> PollLineDraft {
    let mut request = vec![7_u8];
    let sum = Sum::named("CRC-16/MODBUS").unwrap().of(&request) as u16;
    request.extend(sum.to_le_bytes());
    let bytes: Vec<String> = request.iter().map(|byte| format!("{byte:02X}")).collect();
    PollLineDraft {
        name: name.into(),
        request: PollRequestDraft::Written(Composition {
            format: TextFormat::Hex,
            text: bytes.join(" "),
            ..Composition::default()
        }),
        period: 30,
        timeout: 200,
        show: show.into(),
        ..PollLineDraft::default()
    }
}

fn describe(window: &mut Window, dir: &std::path::Path) {
    let path = dir.join("sensor.ron");
    std::fs::write(&path, SENSOR).unwrap();
    window.click("字段", "Fields");
    window.click("来自文件…", "from a file…");
    window.fill("描述文件", "Description", path.to_str().unwrap());
}

#[test]
fn the_last_value_of_each_line_is_shown_with_its_errors_and_exported() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (to, mode) = device();
        let lines = vec![line("oven", "values[0]"), line("yard", "values[1]")];
        let mut window = with_lines(lang, to, lines);
        window.click(PAGE.0, PAGE.1);
        // Fields have names only with a description.
        assert!(!window.is_enabled(START.0, START.1));
        describe(&mut window, dir.path());
        window.until("a plan", |window| window.is_enabled(START.0, START.1));
        window.click(START.0, START.1);
        for (chinese, english) in [
            ("oven 的值：23.5 °C", "Value of oven: 23.5 °C"),
            ("yard 的值：-0.5 °C", "Value of yard: -0.5 °C"),
        ] {
            let value = window.name(chinese, english).to_owned();
            window.until_says(&value);
        }
        // A reply with a wrong checksum is counted, and the value stays.
        mode.store(GARBLES, Ordering::Relaxed);
        let faulty = window.name("条应答有错", "with a fault").to_owned();
        window.until_says(&faulty);
        let value = window.name("oven 的值：23.5 °C", "Value of oven: 23.5 °C");
        assert!(window.says(value), "{}", window.labels());
        mode.store(KEEPS_SILENT, Ordering::Relaxed);
        let silent = window.name("200 毫秒内没有应答", "No reply within 200 ms");
        window.until_says(silent);
        // The values stay when the session closes, which is said.
        window.close_session();
        window.until_closed();
        let closed = window
            .name(
                "轮询已停止：会话已关闭",
                "Polling stopped: the session closed",
            )
            .to_owned();
        window.until_says(&closed);
        let path = dir.path().join("values");
        window.scroll_to("数值文件", "File of the values");
        window.fill("数值文件", "File of the values", path.to_str().unwrap());
        window.scroll_to("数值导出为 CSV", "Export values as CSV");
        window.click("数值导出为 CSV", "Export values as CSV");
        let saved = window.name("已写入 2 个数值", "2 values written");
        window.until_says(saved);
        let text = std::fs::read_to_string(path.with_extension("csv")).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows[1].starts_with("oven,values[0],23.5,°C,"), "{text}");
        assert!(rows[2].starts_with("yard,values[1],-0.5,°C,"), "{text}");
    }
}

#[test]
fn a_line_is_added_edited_turned_off_and_brought_back() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let mut window = with_lines(lang, to, Vec::new());
        window.fill("发送内容", "Message", "ask");
        window.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O);
        assert!(!window.is_enabled(START.0, START.1), "nothing to poll");
        window.click("加入当前内容", "Add current message");
        window.fill("周期", "Period", "40");
        window.click(START.0, START.1);
        let mut buffer = [0; 64];
        let (count, from) = socket.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], b"ask");
        socket.send_to(b"23.5 V", from).unwrap();
        let value = window.name("轮询 1 的值：23.5 V", "Value of Poll 1: 23.5 V");
        window.until_says(value);
        // A change holds at once.
        window.fill("请求", "Request", "more");
        loop {
            let (count, from) = socket.recv_from(&mut buffer).unwrap();
            socket.send_to(b"48 V", from).unwrap();
            window.harness.step();
            if &buffer[..count] == b"more" {
                break;
            }
        }
        let value = window.name("轮询 1 的值：48 V", "Value of Poll 1: 48 V");
        window.until_says(value);
        window.click("停止轮询", "Stop polling");
        window.until("the end", |window| {
            window.has(window.name(START.0, START.1))
        });
        window.click("启用轮询 1", "Use poll 1");
        assert!(!window.is_enabled(START.0, START.1), "it is off");
        window.click("启用轮询 1", "Use poll 1");
        window.click("删除", "Remove");
        let line = window.name("轮询 1", "Poll 1").to_owned();
        window.until("none", |window| !window.has(&line));
        window.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::T);
        window.until("the line again", |window| window.has(&line));
    }
}
