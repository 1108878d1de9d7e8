//! Numbers in messages are plotted.

use super::driver::Window;
use crate::sockets::far_side;
use egui::{Key, Modifiers};
use netpeer::payload::checksum::Sum;
use netpeer::settings::SMALLEST;
use netpeer::words::Lang;
use std::net::SocketAddr;

const SENSOR: &str = include_str!("../descriptions/thermometer.ron");

/// A message of the sensor, with its checksum.
fn measured(temp: f32) -> Vec<u8> {
    let mut bytes = vec![0x00, 0x07, 0x81];
    bytes.extend(temp.to_be_bytes());
    let sum = Sum::named("CRC-16/MODBUS").unwrap().of(&bytes) as u16;
    bytes.extend(sum.to_le_bytes());
    bytes
}

/// Opens the page and ticks these fields.
fn plot(window: &mut Window, fields: &[&str]) {
    window.click("字段曲线", "Plot of fields");
    window.click("选择字段", "Choose fields");
    for field in fields {
        window.click_name(field);
    }
    window.press(Modifiers::NONE, Key::Escape);
}

/// A window that received these texts.
fn with_texts(lang: Lang, texts: &[&str]) -> (Window, std::net::UdpSocket, SocketAddr) {
    let mut window = Window::udp(lang);
    let local = window.connect();
    let (far, _) = far_side();
    for text in texts {
        far.send_to(text.as_bytes(), local).unwrap();
        window.until_says(text);
    }
    (window, far, local)
}

#[test]
fn a_field_is_plotted_with_its_unit_and_messages_with_faults_are_counted() {
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
        let mut wrong = measured(99.0);
        wrong[8] ^= 1;
        for message in [measured(23.5), wrong, measured(-5.5)] {
            far.send_to(&message, local).unwrap();
        }
        window.until_says("temp=-5.5 °C");
        plot(&mut window, &["temp"]);
        window.until_says("temp  -5.5 °C");
        let figures = window
            .name(
                "最小 -5.5 · 平均 9 · 最大 23.5 · 最后 -5.5 · 可见 2 个值",
                "min -5.5 · mean 9 · max 23.5 · last -5.5 · 2 values in sight",
            )
            .to_owned();
        assert!(window.says(&figures), "{}", window.labels());
        let faults = window.name("1 条有错的消息没有画出", "1 message with faults left out");
        assert!(window.says(faults), "{}", window.labels());
        // The keys go to the first point, and from there to its row.
        let chart = window.name("temp 的曲线", "Plot of temp").to_owned();
        window.control(&chart).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::ArrowRight);
        window.until_says("temp 23.5 °C · ");
        window.press(Modifiers::NONE, Key::Enter);
        window.click("详情", "Details");
        assert!(window.says("temp: 23.5 °C"), "{}", window.labels());
    }
}

#[test]
fn numbers_in_text_are_plotted_over_time_or_over_another_one_and_saved() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("points");
        let (mut window, far, local) = with_texts(lang, &["temp=1.5C hum: 40", "temp=3C hum: 50"]);
        plot(&mut window, &["temp"]);
        window.until_says("temp  3 C");
        window.fill("数据点文件", "File of the points", path.to_str().unwrap());
        window.scroll_to("数据点存为 CSV", "Save points as CSV");
        window.click("数据点存为 CSV", "Save points as CSV");
        window.until_says(window.name("已写入 2 个点", "2 points written"));
        let text = std::fs::read_to_string(path.with_extension("csv")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "\u{FEFF}number,time,field,peer,value");
        assert!(lines[1].ends_with(",temp,,1.5"), "{text}");
        assert_eq!(lines.len(), 3, "{text}");
        window.scroll_to("横轴", "Over");
        window.click("横轴", "Over");
        window.click_name("hum");
        let chart = window.name("temp 的曲线", "Plot of temp").to_owned();
        window.until("the other axis", |window| window.has(&chart));
        window.control(&chart).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::ArrowRight);
        window.until_says("temp 1.5 C · hum 40 · ");
        // For a projector.
        window.scroll_to("大号数字", "Large numbers");
        window.click("大号数字", "Large numbers");
        window.until("the last value alone", |window| {
            window.has("3 C") && !window.has(&chart)
        });
        far.send_to(b"temp=7C hum: 50", local).unwrap();
        window.until("the next value", |window| window.has("7 C"));
    }
}

#[test]
fn a_paused_plot_takes_up_later_what_came_meanwhile() {
    for lang in Lang::ALL {
        let (mut window, far, local) = with_texts(lang, &["a=1"]);
        plot(&mut window, &["a"]);
        window.until_says("a  1");
        window.click("暂停曲线", "Pause plot");
        far.send_to(b"a=2", local).unwrap();
        window.until_says("a=2");
        let waits = window
            .name("还有 1 行没有读取", "1 row not read yet")
            .to_owned();
        window.until_says(&waits);
        assert!(!window.says("a  2"), "{}", window.labels());
        window.click("继续曲线", "Resume plot");
        window.until_says("a  2");
        assert!(!window.says(&waits));
    }
}

#[test]
fn what_the_filter_hides_is_not_plotted() {
    for lang in Lang::ALL {
        let (mut window, ..) = with_texts(lang, &["a=1 left", "a=2 right"]);
        plot(&mut window, &["a"]);
        window.until_says("a  2");
        let filtered = window
            .name(
                "只画过滤和开关显示的行",
                "Only rows that the filter and the switches show",
            )
            .to_owned();
        assert!(!window.says(&filtered));
        window.fill("过滤", "Filter", "left");
        window.until_says(&filtered);
        window.until_says("a  1");
        window.fill("过滤", "Filter", "");
        window.until_says("a  2");
        assert!(!window.says(&filtered));
    }
}

#[test]
fn each_peer_may_have_a_curve_of_its_own_and_a_cleared_log_has_none() {
    for lang in Lang::ALL {
        let (mut window, far, local) = with_texts(lang, &["a=1"]);
        let (other, _) = far_side();
        other.send_to(b"a=2", local).unwrap();
        window.until_says("a=2");
        plot(&mut window, &["a"]);
        window.click("每个对端一条曲线", "A curve for each peer");
        for (socket, value) in [(&far, 1), (&other, 2)] {
            let port = socket.local_addr().unwrap().port();
            window.until_says(&format!("a · 127.0.0.1:{port}  {value}"));
        }
        window.press(Modifiers::COMMAND, Key::L);
        let none = window
            .name("目前还没有消息", "No message so far")
            .to_owned();
        window.until_says(&none);
    }
}

#[test]
fn a_small_window_shows_most_of_the_picture_without_scrolling() {
    for lang in Lang::ALL {
        let (mut window, ..) = with_texts(lang, &["a=1", "a=2"]);
        let (width, height) = SMALLEST;
        window.harness.set_size(egui::vec2(width, height));
        window.steps();
        plot(&mut window, &["a"]);
        window.until_says("a  2");
        let chart = window.place("a 的曲线", "Plot of a");
        let status = window.place("复位计数", "Reset counters");
        let in_sight = chart.bottom().min(status.top()) - chart.top();
        assert!(in_sight >= 160.0, "{in_sight}: {chart} {status}");
        // The other choices are behind a button.
        window.click("曲线选项", "Plot options");
        window.click("暂停曲线", "Pause plot");
        assert!(window.has(window.name("继续曲线", "Resume plot")));
    }
}
