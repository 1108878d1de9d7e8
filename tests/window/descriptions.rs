//! The descriptions that the user keeps, and those used last.

use super::driver::Window;
use egui::{Key, Modifiers};
use netpeer::words::Lang;

const PAGE: (&str, &str) = ("管理描述…", "Manage descriptions…");
const WRONG: &str = "(seq: [(id: \"a\", type: \"u2\")])";

/// A window with this folder of settings, and the page of descriptions.
fn page(lang: Lang, dir: &std::path::Path) -> Window {
    let mut window = Window::in_dir(lang, dir);
    window.switch(lang);
    window.click("字段", "Fields");
    window.scroll_to(PAGE.0, PAGE.1);
    window.click(PAGE.0, PAGE.1);
    window
}

#[test]
fn a_description_is_made_used_renamed_and_deleted_and_comes_back() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("descriptions");
        let mut window = page(lang, dir.path());
        window.click("新建…", "New…");
        window.fill("描述的名称", "Name of the description", "pump");
        window.click("创建", "Make it");
        window.until("it is made", |_| folder.join("pump.ron").exists());
        // It is edited at once.
        let cell = window
            .name("第 1 个字段的名称", "Name of field 1")
            .to_owned();
        window.until("it is open", |window| window.has(&cell));
        window.press(Modifiers::NONE, Key::Escape);
        window.until("it is closed", |window| !window.has(&cell));
        let use_of = window.name("使用 pump", "Use pump").to_owned();
        window.until("it is listed", |window| window.has(&use_of));
        window.click_name(&use_of);
        window.until("it is chosen", |window| {
            window.value("字段", "Fields") == "pump"
        });
        window.click("pump 的更多操作", "More about pump");
        window.click("改名…", "Rename…");
        window.fill("描述的名称", "Name of the description", "valve");
        window.click("改名", "Rename");
        window.until("it is renamed", |_| folder.join("valve.ron").exists());
        window.until("the tab follows", |window| {
            window.value("字段", "Fields") == "valve"
        });
        window.click("valve 的更多操作", "More about valve");
        window.click("删除", "Delete");
        window.until("it is gone", |_| !folder.join("valve.ron").exists());
        let restore = window
            .name("撤销删除 valve", "Undo deleting valve")
            .to_owned();
        window.until("it can come back", |window| window.has(&restore));
        window.click_name(&restore);
        window.until("it is back", |_| folder.join("valve.ron").exists());
    }
}

#[test]
fn a_kept_description_is_edited_by_its_button_or_a_double_click_and_its_page_stands_first() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("descriptions");
        std::fs::create_dir(&folder).unwrap();
        let text = "(seq: [(id: \"a\", type: \"u1\")])";
        std::fs::write(folder.join("meter.ron"), text).unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        window.switch(lang);
        window.click("字段", "Fields");
        let manage = window.place(PAGE.0, PAGE.1);
        let off = window.place("不解析", "off");
        assert!(manage.bottom() <= off.top(), "{manage} {off}");
        window.click(PAGE.0, PAGE.1);
        let use_of = window.name("使用 meter", "Use meter").to_owned();
        window.until("it is listed", |window| window.has(&use_of));
        let cell = window
            .name("第 1 个字段的名称", "Name of field 1")
            .to_owned();
        window.click("编辑 meter", "Edit meter");
        window.until("it is open", |window| window.has(&cell));
        window.press(Modifiers::NONE, Key::Escape);
        window.until("it is closed", |window| !window.has(&cell));
        window.double_click(&use_of);
        window.until("it is open again", |window| window.has(&cell));
    }
}

#[test]
fn a_file_with_a_mistake_is_listed_with_it_and_a_copy_has_a_free_name() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("descriptions");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("wrong.ron"), WRONG).unwrap();
        let mut window = page(lang, dir.path());
        window.until_says(window.name(
            "1:8: 类型“u2”缺少字节序",
            "1:8: Type “u2” needs a byte order",
        ));
        window.click("复制内置的描述", "Copy a ready-made description");
        window.scroll_to("NTP", "NTP");
        window.click("NTP", "NTP");
        window.until("it is copied", |_| folder.join("ntp_2.ron").exists());
    }
}

#[test]
fn a_file_that_was_used_is_offered_again() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("meter.ron");
        std::fs::write(&file, "(seq: [(id: \"a\", type: \"u1\")])").unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        window.switch(lang);
        window.click("字段", "Fields");
        window.click("来自文件…", "from a file…");
        window.fill("描述文件", "Description", file.to_str().unwrap());
        window.until("it is read", |window| {
            window.value("字段", "Fields") == "meter.ron"
        });
        window.click("字段", "Fields");
        window.click("不解析", "off");
        window.click("字段", "Fields");
        window.click("meter.ron", "meter.ron");
        assert_eq!(window.value("字段", "Fields"), "meter.ron");
    }
}
