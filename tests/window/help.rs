//! F1 opens the book at the page about where one is.

use super::driver::Window;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use netpeer::settings::Settings;
use netpeer::words::Lang;
use std::path::Path;

const LINK: (&str, &str) = ("在手册里看详细说明", "More about this in the book");

/// Presses F1 in a control, and returns the page of the book that its link opens.
fn helped(window: &mut Window, control: (&str, &str)) -> String {
    let name = window.name(control.0, control.1).to_owned();
    window.harness.get_by_label(&name).focus();
    window.steps();
    window.press(Modifiers::NONE, Key::F1);
    window.click(LINK.0, LINK.1);
    window.opened().to_owned()
}

fn window(lang: Lang, folder: &Path) -> Window {
    Window::of_program(lang, Settings::default(), &folder.join("bin/netpeer"))
}

#[test]
fn f1_opens_the_book_at_the_topic_in_the_language_of_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("share/doc/netpeer/book");
    std::fs::create_dir_all(book.join("en")).unwrap();
    std::fs::write(book.join("en/index.html"), "").unwrap();
    for (lang, language) in [(Lang::Chinese, "zh"), (Lang::English, "en")] {
        let mut window = window(lang, folder.path());
        let filter = helped(&mut window, ("过滤", "Filter"));
        assert!(
            filter.starts_with("file:///") && filter.ends_with(&format!("/{language}/filter.html")),
            "{filter}"
        );
        let sending = helped(&mut window, ("发送内容", "Message"));
        assert!(
            sending.ends_with("/tasks.html#send-bytes-instead-of-text"),
            "{sending}"
        );
    }
}

#[test]
fn without_an_installed_book_the_help_says_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for lang in Lang::ALL {
        let mut window = window(lang, folder.path());
        window.press(Modifiers::NONE, Key::F1);
        let place = window.name("源码的 docs 文件夹", "the folder docs of the source code");
        assert!(window.says(place), "{}", window.labels());
        assert!(!window.has(window.name(LINK.0, LINK.1)));
    }
}
