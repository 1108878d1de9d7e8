//! The composer's form of fields.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use egui_kittest::kittest::NodeT as _;
use egui_kittest::kittest::Queryable as _;
use netpeer::words::Lang;
use std::net::UdpSocket;
use std::path::Path;

const SENSOR: &str = include_str!("../descriptions/sensor.ron");

const REQUEST: [u8; 6] = [0x00, 0x04, 0x01, 0x07, 0x01, 0xB7];
const MEASURED: [u8; 14] = [
    0x00, 0x0C, 0x81, 0x07, 0x41, 0xBC, 0x00, 0x00, 0x42, 0x41, 0x00, 0x00, 0xD7, 0x14,
];

/// An open port whose target is a socket, and the form of this description.
fn form(lang: Lang, dir: &Path, description: &str) -> (Window, UdpSocket) {
    let path = dir.join("description.ron");
    std::fs::write(&path, description).unwrap();
    let mut window = Window::udp(lang);
    window.connect();
    let (far, to) = far_side();
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.click("按字段", "By fields");
    let hint = window.name(
        "请在左侧“字段”里选一个描述",
        "Choose a description under Fields",
    );
    assert!(window.says(hint), "{}", window.labels());
    window.click("字段", "Fields");
    window.click("来自文件…", "from a file…");
    window.fill("描述文件", "Description", path.to_str().unwrap());
    let seq = window.name("seq 的值", "Value of seq").to_owned();
    window.until("the form", |window| window.has(&seq));
    (window, far)
}

fn choose_type(window: &mut Window, kind: &str) {
    window.scroll_to("type 的值", "Value of type");
    window.click("type 的值", "Value of type");
    window.click_name(kind);
}

#[test]
fn a_form_sends_its_fields_and_keeps_those_that_go_away() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, far) = form(lang, dir.path(), SENSOR);
        window.fill("seq 的值", "Value of seq", "7");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), REQUEST);
        assert!(!window.has(window.name("temp 的值", "Value of temp")));
        choose_type(&mut window, "measurement");
        window.fill("temp 的值", "Value of temp", "23.5");
        window.fill("hum 的值", "Value of hum", "48.25");
        // The length and the checksum follow.
        assert!(window.says("0x14D7"), "{}", window.labels());
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), MEASURED);
        choose_type(&mut window, "request");
        assert!(!window.has(window.name("temp 的值", "Value of temp")));
        let kept = window.name("保留了 2 个值", "2 values of fields");
        assert!(window.says(kept), "{}", window.labels());
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), REQUEST);
        choose_type(&mut window, "measurement");
        assert_eq!(window.value("temp 的值", "Value of temp"), "23.5");
        // An empty field has its usual value.
        window.fill("seq 的值", "Value of seq", "");
        window.fill("hum 的值", "Value of hum", "1");
        assert_eq!(window.value("seq 的值", "Value of seq"), "0");
    }
}

#[test]
fn a_computed_checksum_is_changed_on_purpose_and_computed_again() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, far) = form(lang, dir.path(), SENSOR);
        window.fill("seq 的值", "Value of seq", "7");
        let change = (
            "改 crc：现在是自动计算的值",
            "Change crc, which is computed",
        );
        window.scroll_to(change.0, change.1);
        window.click(change.0, change.1);
        let field = window.name("crc 的值", "Value of crc");
        let field = window.control(field);
        assert!(field.accesskit_node().is_focused(), "{}", window.labels());
        window.fill("crc 的值", "Value of crc", "0x1234");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), [0x00, 0x04, 0x01, 0x07, 0x34, 0x12]);
        window.scroll_to("crc 恢复自动计算", "Compute crc again");
        window.click("crc 恢复自动计算", "Compute crc again");
        assert!(!window.has(window.name("crc 的值", "Value of crc")));
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), REQUEST);
    }
}

#[test]
fn a_mistake_is_said_at_its_field_and_formulas_count() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, far) = form(lang, dir.path(), SENSOR);
        window.fill("seq 的值", "Value of seq", "300");
        let mistake = window.name("数字应在 0 到 255 之间", "the number must be from 0 to 255");
        assert!(window.says(mistake), "{}", window.labels());
        assert!(!window.is_enabled("发送", "Send"));
        window.fill("seq 的值", "Value of seq", "= count + 10");
        assert!(window.is_enabled("发送", "Send"), "{}", window.labels());
        for number in [11, 12] {
            window.press(Modifiers::COMMAND, Key::Enter);
            assert_eq!(receive(&far)[3], number);
        }
        // Of these options, fields have the repetition alone.
        assert!(!window.is_enabled("解析变量", "Variables"));
        assert!(window.is_enabled("循环发送 每", "Repeat every"));
    }
}

#[test]
fn elements_are_added_and_taken_away() {
    const LIST: &str = r#"(
        seq: [
            (id: "seq", type: "u1"),
            (id: "count", type: "u1"),
            (id: "all", type: "u1", repeat: "expr", repeat_expr: "count"),
        ],
    )"#;
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, far) = form(lang, dir.path(), LIST);
        for (at, value) in ["5", "6", "7"].into_iter().enumerate() {
            window.scroll_to("给 all 加一个元素", "Add an element to all");
            window.click("给 all 加一个元素", "Add an element to all");
            let (chinese, english) = (format!("all[{at}] 的值"), format!("Value of all[{at}]"));
            window.fill(&chinese, &english, value);
        }
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), [0, 3, 5, 6, 7]);
        window.scroll_to("去掉 all[1]", "Remove all[1]");
        window.click("去掉 all[1]", "Remove all[1]");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), [0, 2, 5, 7]);
    }
}

#[test]
fn a_row_fills_the_form() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, _) = form(lang, dir.path(), SENSOR);
        let (peer, from) = far_side();
        peer.send_to(&MEASURED, window.bound()).unwrap();
        window.until_says("temp=23.5 °C");
        // The page of the details has a button with the same name.
        window.click("片段与历史", "Snippets and history");
        let row = window.row("temp=23.5 °C");
        window.harness.get_by_label(&row).click_secondary();
        window.steps();
        window.click("填入字段表单", "Fill the form with it");
        assert_eq!(window.value("temp 的值", "Value of temp"), "23.5");
        assert_eq!(window.value("seq 的值", "Value of seq"), "7");
        let port = window.value("目标端口", "Target port");
        assert_eq!(port, from.port().to_string());
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&peer), MEASURED);
    }
}
