//! A description is edited in tables, beside a message that it reads, or as text.

use super::driver::Window;
use super::messages::client;
use super::painted::Painted;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::NodeT as _;
use netpeer::settings::SMALLEST;
use netpeer::words::Lang;
use std::path::{Path, PathBuf};

const PUMP: &str = "// A pump.
(
    meta: (id: \"pump\", endian: \"be\"),
    seq: [
        (id: \"kind\", type: \"u1\", enum: \"kind\"),
        // In litres.
        (id: \"flow\", type: \"u2\"),
    ],
    enums: {\"kind\": {1: \"small\"}},
)
";

/// A description of six fields, and a message of it.
const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "first", type: "u1"),
        (id: "second", type: "u1"),
        (id: "third", type: "u1", if: "first == 1 and second == 2"),
        (id: "fourth", type: "u1"),
        (id: "fifth", type: "u1"),
        (id: "sixth", type: "u1"),
    ],
)"#;
const MEASURED: &str = "01 02 03 04 05 06";

/// The editor of a pump, and the file.
fn editor(lang: Lang, dir: &Path) -> (Window, PathBuf) {
    editor_of(lang, dir, PUMP)
}

/// The editor of this description, and the file.
fn editor_of(lang: Lang, dir: &Path, description: &str) -> (Window, PathBuf) {
    let folder = dir.join("descriptions");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("pump.ron");
    std::fs::write(&file, description).unwrap();
    let mut window = Window::in_dir(lang, dir);
    window.switch(lang);
    window.click("字段", "Fields");
    window.scroll_to("管理描述…", "Manage descriptions…");
    window.click("管理描述…", "Manage descriptions…");
    let edit = window.name("编辑 pump", "Edit pump").to_owned();
    window.until("it is listed", |window| window.has(&edit));
    window.click_name(&edit);
    let name = window
        .name("第 2 个字段的名称", "Name of field 2")
        .to_owned();
    window.until("it is open", |window| window.has(&name));
    (window, file)
}

/// Waits for a control of this name.
fn until_has(window: &mut Window, (chinese, english): (&str, &str)) {
    let name = window.name(chinese, english).to_owned();
    window.until(&name, |window| window.has(&name));
}

fn saved(window: &mut Window, file: &Path, expected: &str) {
    window.click("保存描述", "Save the description");
    window.until("it is saved", |_| {
        std::fs::read_to_string(file).is_ok_and(|text| text == expected)
    });
}

#[test]
fn a_cell_is_edited_beside_the_message_it_reads_and_the_rest_of_the_file_stays() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, file) = editor(lang, dir.path());
        window.fill("消息的字节", "Bytes of a message", "01 00 00 00 2A");
        window.until_says("kind: small");
        window.fill("第 2 个字段的类型", "Type of field 2", "u4");
        window.until_says("flow: 42");
        window.fill("第 2 个字段的单位", "Unit of field 2", "l");
        window.until_says("flow: 42 l");
        let expected = PUMP.replace("\"u2\"", "\"u4\", unit: \"l\"");
        saved(&mut window, &file, &expected);
    }
}

#[test]
fn a_mistake_is_said_and_a_text_that_cannot_be_written_keeps_it_from_being_saved() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, _file) = editor(lang, dir.path());
        window.fill("第 2 个字段的条件", "Only if of field 2", "none == 1");
        let mistake = window
            .name(
                "7:9: 这个类型没有字段“none”",
                "7:9: This type has no field “none”",
            )
            .to_owned();
        window.until_says(&mistake);
        window.fill("第 2 个字段的条件", "Only if of field 2", "");
        window.until("it is mended", |window| !window.says(&mistake));
        window.fill("第 2 个字段的倍率", "Scale of field 2", "much");
        assert!(!window.is_enabled("保存描述", "Save the description"));
    }
}

#[test]
fn a_mistake_leads_to_its_cell_or_line_and_the_fields_are_said_to_be_older() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, _file) = editor(lang, dir.path());
        window.fill("消息的字节", "Bytes of a message", "01 00 2A");
        window.until_says("flow: 42");
        let stale = window
            .name("这是按上一个正确版本解析的", "Of the last correct version")
            .to_owned();
        assert!(!window.says(&stale), "{}", window.labels());
        window.fill("第 2 个字段的条件", "Only if of field 2", "none == 1");
        window.until_says(&stale);
        assert!(window.says("flow: 42"), "{}", window.labels());
        let other = window.name("第 1 个字段的名称", "Name of field 1");
        window.control(other).focus();
        window.steps();
        // The description is checked on a thread.
        until_has(&mut window, ("转到第 2 个字段", "Go to field 2"));
        window.click("转到第 2 个字段", "Go to field 2");
        let cell = window.name("第 2 个字段的条件", "Only if of field 2");
        assert!(
            window.control(cell).accesskit_node().is_focused(),
            "{}",
            window.labels()
        );
        window.fill("第 2 个字段的条件", "Only if of field 2", "");
        window.until("it is mended", |window| !window.says(&stale));
        // The head has no cell for it in the table.
        window.fill("字节序", "Byte order", "middle");
        window.until_says(&stale);
        until_has(&mut window, ("转到第 3 行", "Go to line 3"));
        window.click("转到第 3 行", "Go to line 3");
        let text = window.name("描述的文本", "Text of the description");
        assert!(
            window.control(text).accesskit_node().is_focused(),
            "{}",
            window.labels()
        );
    }
}

#[test]
fn the_table_and_what_it_reads_are_seen_together() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, _file) = editor_of(lang, dir.path(), SENSOR);
        window.harness.set_size(vec2(1_280.0, 800.0));
        window.steps();
        window.fill("消息的字节", "Bytes of a message", MEASURED);
        window.until_says("sixth: 6");
        let painted = Painted::of(&window);
        for name in ["first", "second", "third", "fourth", "fifth", "sixth"] {
            let places = painted.places_of(name);
            assert!(places.len() >= 2, "{name}: {places:?}");
        }
    }
}

#[test]
fn a_message_of_several_reads_is_taken_whole() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pump.ron");
        std::fs::write(&file, PUMP).unwrap();
        let (mut window, _peer) = client(lang, &["one\nfi", "ve\n"]);
        window.click_name(&window.row(": ve"));
        window.click("字段", "Fields");
        window.click("来自文件…", "from a file…");
        window.fill("描述文件", "Description", file.to_str().unwrap());
        window.scroll_to("编辑…", "Edit…");
        window.click("编辑…", "Edit…");
        let bytes = window.name("消息的字节", "Bytes of a message").to_owned();
        window.until("it is open", |window| window.has(&bytes));
        let taken = window.value("消息的字节", "Bytes of a message");
        assert_eq!(taken, "66 69 76 65");
    }
}

#[test]
fn a_condition_that_is_longer_than_its_cell_is_said_where_the_pointer_rests() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, _file) = editor_of(lang, dir.path(), SENSOR);
        let place = window.place("第 3 个字段的条件", "Only if of field 3");
        let whole = "first == 1 and second == 2";
        window
            .harness
            .event(egui::Event::PointerMoved(place.center()));
        window.until("the whole text", |window| {
            !Painted::of(window).places_of(whole).is_empty()
        });
    }
}

#[test]
fn fields_are_added_moved_and_removed_and_each_is_undone() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, file) = editor(lang, dir.path());
        let name = |window: &Window, row: usize| match lang {
            Lang::Chinese => window.value(&format!("第 {row} 个字段的名称"), ""),
            Lang::English => window.value("", &format!("Name of field {row}")),
        };
        window.click("添加字段", "Add a field");
        window.until("it is added", |window| name(window, 2) == "field");
        window.click("字段上移", "Move the field up");
        window.until("it is moved", |window| name(window, 1) == "field");
        window.click("删除字段", "Remove the field");
        window.until("it is gone", |window| name(window, 1) == "kind");
        for _ in 0..3 {
            window.click("撤销这次修改", "Undo the change");
        }
        assert!(!window.is_enabled("撤销这次修改", "Undo the change"));
        assert!(!window.is_enabled("保存描述", "Save the description"));
        window.click("重做这次修改", "Redo the change");
        window.until("it is added again", |window| name(window, 2) == "field");
        let added = "enum: \"kind\"),\n        (id: \"field\", type: \"u1\"),";
        saved(&mut window, &file, &PUMP.replace("enum: \"kind\"),", added));
    }
}

#[test]
fn an_enumeration_has_a_table_and_the_text_has_all() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, file) = editor(lang, dir.path());
        window.click("描述的部分", "Part of the description");
        window.click("枚举 kind", "enum kind");
        window.fill("第 1 个值的对应的名字", "Its name, value 1", "large");
        window.click("按文本编辑", "Edit as text");
        let text = window.value("描述的文本", "Text of the description");
        assert_eq!(text, PUMP.replace("small", "large"));
        saved(&mut window, &file, &text);
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_replaced_only_if_a_person_says_so() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, file) = editor(lang, dir.path());
        window.fill("第 2 个字段的名称", "Name of field 2", "rate");
        let other = PUMP.replace("A pump", "Another pump");
        std::fs::write(&file, &other).unwrap();
        window.click("保存描述", "Save the description");
        let question = window
            .name("文件被别的程序改过", "changed by another program")
            .to_owned();
        window.until_says(&question);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), other);
        window.click("回答：覆盖文件", "Answer: Replace the file");
        let ours = PUMP.replace("\"flow\"", "\"rate\"");
        window.until("it is replaced", |_| {
            std::fs::read_to_string(&file).is_ok_and(|text| text == ours)
        });
    }
}

#[test]
fn changes_are_not_lost_when_the_window_is_closed() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, file) = editor(lang, dir.path());
        window.fill("第 2 个字段的名称", "Name of field 2", "rate");
        window.press(Modifiers::NONE, Key::Escape);
        window.until_says(window.name("修改还没有保存", "The changes are not saved"));
        window.click("回答：放弃修改", "Answer: Discard the changes");
        let name = window
            .name("第 2 个字段的名称", "Name of field 2")
            .to_owned();
        window.until("it is closed", |window| !window.has(&name));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), PUMP);
    }
}

#[test]
fn the_smallest_window_reaches_all_of_it_by_scrolling() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let (mut window, _file) = editor(lang, dir.path());
        let (width, height) = SMALLEST;
        window.harness.set_size(vec2(width, height));
        window.steps();
        for (chinese, english) in [
            ("第 2 个字段的倍率", "Scale of field 2"),
            ("消息的字节", "Bytes of a message"),
            ("保存描述", "Save the description"),
        ] {
            window.scroll_to(chinese, english);
            let place = window.place(chinese, english);
            assert!(place.right() <= width + 1.0, "{english}: {place}");
            assert!(place.bottom() <= height + 1.0, "{english}: {place}");
        }
        // Its content is as wide as there is room.
        let bytes = window.place("消息的字节", "Bytes of a message");
        let button = window.place("取选中的行", "Take the selected row");
        assert!(bytes.left() < 24.0, "{bytes}");
        assert!(button.right() > width - 32.0, "{button}");
    }
}
