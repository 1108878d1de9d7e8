//! A description is edited in tables, beside a message that it reads, or as text.

use super::driver::Window;
use egui::{Key, Modifiers, vec2};
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

/// The editor of this description, and the file.
fn editor(lang: Lang, dir: &Path) -> (Window, PathBuf) {
    let folder = dir.join("descriptions");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("pump.ron");
    std::fs::write(&file, PUMP).unwrap();
    let mut window = Window::in_dir(lang, dir);
    window.switch(lang);
    window.click("字段", "Fields");
    window.scroll_to("管理描述…", "Manage descriptions…");
    window.click("管理描述…", "Manage descriptions…");
    let more = window.name("pump 的更多操作", "More about pump").to_owned();
    window.until("it is listed", |window| window.has(&more));
    window.click_name(&more);
    window.click("编辑…", "Edit…");
    let name = window
        .name("第 2 个字段的名称", "Name of field 2")
        .to_owned();
    window.until("it is open", |window| window.has(&name));
    (window, file)
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
    }
}
