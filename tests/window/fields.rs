//! Messages are read into fields by a description.

use super::driver::Window;
use crate::sockets::far_side;
use egui_kittest::kittest::Queryable as _;
use netpeer::words::Lang;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

const SENSOR: &str = include_str!("../descriptions/thermometer.ron");

/// A message of the sensor, with its checksum.
const MEASURED: [u8; 9] = [0x00, 0x07, 0x81, 0x41, 0xBC, 0x00, 0x00, 0xF3, 0x71];

#[test]
fn a_file_names_the_fields_of_rows_and_of_the_selected_one() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sensor.ron");
        std::fs::write(&path, SENSOR).unwrap();
        let mut window = Window::udp(lang);
        let local = window.connect();
        window.click("字段", "Fields");
        window.click("来自文件…", "from a file…");
        window.fill("描述文件", "Description", path.to_str().unwrap());
        let (far, _) = far_side();
        far.send_to(&MEASURED, local).unwrap();
        window.until_says("type=measurement  temp=23.5 °C");
        let mut wrong = MEASURED;
        wrong[8] ^= 1;
        far.send_to(&wrong, local).unwrap();
        let fault = window
            .name("crc: 应为 0x71F3", "crc: should be 0x71F3")
            .to_owned();
        window.until_says(&fault);
        let row = window.row(&fault);
        window.harness.get_by_label(&row).click();
        window.until_says("temp: 23.5 °C");
        assert!(
            window.says("type: measurement (129)"),
            "{}",
            window.labels()
        );
        let crc = window.name(
            "crc: 0x70F3 · 应为 0x71F3",
            "crc: 0x70F3 · should be 0x71F3",
        );
        assert!(window.says(crc), "{}", window.labels());
        // The bytes of a field are marked with it.
        window.click_name("temp: 23.5 °C");
        let marked = window
            .name("0x0003 起，选中 4 字节", "Marked: 4 B from 0x0003")
            .to_owned();
        assert!(window.says(&marked), "{}", window.labels());
    }
}

#[test]
fn rows_are_filtered_by_fields_that_the_description_completes() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sensor.ron");
        std::fs::write(&path, SENSOR).unwrap();
        let mut window = Window::udp(lang);
        let local = window.connect();
        window.click("字段", "Fields");
        window.click("来自文件…", "from a file…");
        window.fill("描述文件", "Description", path.to_str().unwrap());
        let (far, _) = far_side();
        far.send_to(&MEASURED, local).unwrap();
        let mut cold = MEASURED;
        cold[3..7].copy_from_slice(&(-5.5_f32).to_be_bytes());
        far.send_to(&cold, local).unwrap();
        window.until_says("temp=-5.5 °C");
        window.fill("过滤", "Filter", "te");
        window.press(egui::Modifiers::NONE, egui::Key::Tab);
        assert_eq!(window.value("过滤", "Filter"), "temp:");
        window.fill("过滤", "Filter", "temp:>20");
        window.until("one hidden", |window| !window.says("temp=-5.5 °C"));
        assert!(window.says("temp=23.5 °C"));
        window.fill("过滤", "Filter", "crc:bad");
        window.until("the other", |window| window.says("temp=-5.5 °C"));
        assert!(!window.says("temp=23.5 °C"));
        window.fill("过滤", "Filter", "temp:>warm");
        window.until_says(window.name("“>warm”不能与字段比较", "“>warm” is no number"));
    }
}

#[test]
fn messages_of_a_stream_stand_where_they_end_however_the_reads_cut_them() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sensor.ron");
        std::fs::write(&path, SENSOR).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
        let (mut peer, _) = listener.accept().unwrap();
        peer.set_nodelay(true).unwrap();
        window.click("分帧", "Messages");
        window.click("长度前缀", "length prefix");
        window.click("字段", "Fields");
        window.click("来自文件…", "from a file…");
        window.fill("描述文件", "Description", path.to_str().unwrap());
        let two = [MEASURED, MEASURED].concat();
        for (part, number) in [&two[..], &MEASURED[..4], &MEASURED[4..]].iter().zip(1..) {
            peer.write_all(part).unwrap();
            let count = match lang {
                Lang::Chinese => format!("收 {number}"),
                Lang::English => format!("In {number}"),
            };
            window.until_says(&count);
        }
        let line = "type=measurement  temp=23.5 °C";
        window.until_says(&format!("{line}  |  {line}"));
        // The message that two reads have stands in the second one.
        let end = window
            .name("5 字节: type=measurement", "5 bytes: type=measurement")
            .to_owned();
        window.until_says(&end);
        let row = window.row(&end);
        window.harness.get_by_label(&row).click();
        window.until_says(window.name("字段（sensor，第 3 帧）", "Fields (sensor, message 3)"));
        // Its checksum is in this row, and its temperature in part in the other one.
        window.click_name("crc: 0x71F3");
        assert!(window.says(window.name("0x0003 起，选中 2 字节", "Marked: 2 B from 0x0003")));
    }
}

#[test]
fn a_mistake_in_a_description_is_said_with_its_place_until_it_is_mended() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sensor.ron");
        std::fs::write(&path, SENSOR.replace("\"f4\"", "\"f5\"")).unwrap();
        let mut window = Window::udp(lang);
        window.click("字段", "Fields");
        window.click("来自文件…", "from a file…");
        window.fill("描述文件", "Description", path.to_str().unwrap());
        let mistake = window
            .name("6:9: 没有类型“f5”", "6:9: There is no type “f5”")
            .to_owned();
        window.until_says(&mistake);
        std::fs::write(&path, SENSOR).unwrap();
        window.click("重新读取文件", "Read the file again");
        window.until("it is read", |window| !window.says(&mistake));
    }
}

#[test]
fn ready_made_descriptions_are_in_the_list_and_stay_chosen() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        window.click("字段", "Fields");
        window.click("DNS, mDNS", "DNS, mDNS");
        let (far, _) = far_side();
        let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x1C\0\x01";
        far.send_to(query, local).unwrap();
        window.until_says("queries[0].name=\"example.com\"");
        assert_eq!(window.value("字段", "Fields"), "DNS, mDNS");
    }
}

#[test]
fn a_description_brings_its_framing_and_keeps_one_that_a_person_chose() {
    for lang in Lang::ALL {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = Window::tcp_client(lang, listener.local_addr().unwrap());
        let (mut peer, _) = listener.accept().unwrap();
        let chosen = |window: &Window| window.value("分帧", "Messages");
        let is = |zh: &'static str, en: &'static str| {
            move |window: &Window| chosen(window) == window.name(zh, en)
        };
        window.click("字段", "Fields");
        window.click("DNS, mDNS", "DNS, mDNS");
        window.until("that of DNS", is("长度前缀", "length prefix"));
        // Another description, another framing.
        window.click("字段", "Fields");
        window.click("MQTT 3.1.1", "MQTT 3.1.1");
        window.until("that of MQTT", is("变长长度", "varint length"));
        peer.write_all(b"\xC0\0\xC0\0").unwrap();
        window.until_says("  |  ");
        window.click("分帧", "Messages");
        window.click("按行", "lines");
        window.click("字段", "Fields");
        window.click("DNS, mDNS", "DNS, mDNS");
        window.until("what was chosen", is("按行", "lines"));
    }
}

#[test]
fn rows_of_many_connections_have_fields() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sensor.ron");
    std::fs::write(&path, SENSOR).unwrap();
    let mut window =
        super::composer::of_kind(Lang::English, netpeer::session::SessionKind::TcpServer);
    window.open_session();
    window.until_says("Listening on 127");
    let local = window.local_address("Listening on ");
    window.click("分帧", "Messages");
    window.click("长度前缀", "length prefix");
    window.click("字段", "Fields");
    window.click("来自文件…", "from a file…");
    window.fill("描述文件", "Description", path.to_str().unwrap());
    let clients: Vec<TcpStream> = (0..9)
        .map(|_| {
            let mut client = TcpStream::connect(local).unwrap();
            client.write_all(&MEASURED).unwrap();
            client
        })
        .collect();
    window.until_says("In 9");
    let line = "type=measurement  temp=23.5 °C";
    window.until("all have fields", |window| {
        window.harness.query_all_by_label_contains(line).count() >= clients.len()
    });
}
