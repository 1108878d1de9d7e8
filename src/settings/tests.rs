//! Tests of settings and their files.

mod version_1;

use super::tab::{Display, FramingMethod, SendSource};
use super::*;
use crate::automation::impair::Loss;
use crate::automation::rules::{ActionKind, Condition};
use crate::capture::CaptureFormat;
use crate::engine::ReplaySelection;
use crate::kind::SessionKind;
use crate::payload::charset::Charset;
use crate::payload::composition::{Composition, TextFormat};
use crate::payload::message::LineEnding;
use crate::traffic::meter::NumberField;

fn loaded(content: &[u8]) -> (Settings, Option<SetAside>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    std::fs::write(&file, content).unwrap();
    let loaded = load(&file);
    (loaded.settings, loaded.set_aside, dir)
}

fn is_set_aside(content: &[u8]) {
    let (settings, aside, _dir) = loaded(content);
    assert_eq!(settings, Settings::default());
    let aside = aside.expect("set aside");
    let name = aside.path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("settings.ron.corrupt-"), "{name}");
    assert_eq!(
        std::fs::metadata(&aside.path).unwrap().len(),
        content.len() as u64
    );
    for lang in Lang::ALL {
        assert!(crate::explain::set_aside(lang, &aside).contains(name));
    }
}

#[test]
fn what_was_saved_comes_back() {
    let mut settings = Settings {
        lang: Some(Lang::English),
        ..Settings::default()
    };
    settings
        .tabs
        .push(TabSettings::of_kind(SessionKind::TcpServer));
    settings.tabs[0].send.composition.text = "多行\n\"引号\" \\ \u{202E}".into();
    let text = ron::ser::to_string_pretty(&settings, ron::ser::PrettyConfig::default()).unwrap();
    let (back, aside, _dir) = loaded(text.as_bytes());
    assert!(aside.is_none());
    assert_eq!(back, settings);
}

#[test]
fn no_file_is_no_problem() {
    let dir = tempfile::tempdir().unwrap();
    let loaded = load(&file_in(dir.path()));
    assert_eq!(loaded.settings, Settings::default());
    assert!(loaded.set_aside.is_none());
}

#[test]
fn an_empty_file_is_set_aside() {
    is_set_aside(b"");
    is_set_aside(b"\n");
}

#[test]
fn half_a_file_is_set_aside() {
    let text = ron::to_string(&Settings::default()).unwrap();
    is_set_aside(&text.as_bytes()[..text.len() / 2]);
}

#[test]
fn a_deeply_nested_file_is_set_aside() {
    is_set_aside("(".repeat(10_000).as_bytes());
    is_set_aside(format!("(tabs:{})", "[".repeat(10_000)).as_bytes());
}

#[test]
fn a_newer_file_is_set_aside_even_if_it_parses() {
    is_set_aside(b"(version: 999)");
    is_set_aside(b"(version: 999, tabs: Something(else))");
}

#[test]
fn bytes_that_are_no_text_are_set_aside() {
    is_set_aside(&[0xFF; 64]);
}

#[test]
fn a_gigabyte_is_set_aside_without_being_read() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    std::fs::File::create(&file)
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    let loaded = load(&file);
    assert_eq!(loaded.settings, Settings::default());
    let mistake = loaded.set_aside.unwrap().mistake;
    assert!(matches!(mistake, SettingsMistake::TooLarge));
}

#[test]
fn an_unknown_field_and_a_missing_one_are_no_problem() {
    let (settings, aside, _dir) = loaded(b"(version: 1, theme: Dark, someday: 7)");
    assert!(aside.is_none());
    assert_eq!(
        settings,
        Settings {
            theme: ThemeSetting::Dark,
            ..Settings::default()
        }
    );
}

#[test]
fn the_platforms_directories_have_one_of_this_program() {
    let (settings, logs) = (default_dir().unwrap(), state_dir().unwrap());
    assert!(settings.ends_with(NAME) && logs.ends_with(Path::new(NAME).join("journal")));
    for named in [settings.as_path(), logs.parent().unwrap()] {
        let above = named.parent().and_then(Path::file_name);
        assert_ne!(above, named.file_name(), "{}", named.display());
    }
    if cfg!(windows) {
        assert!(logs.components().any(|part| part.as_os_str() == "Local"));
    }
}

#[test]
fn a_program_is_portable_where_its_folder_for_settings_is() {
    let dir = tempfile::tempdir().unwrap();
    let (program, beside) = (dir.path().join("netpeer"), dir.path().join(PORTABLE));
    assert_eq!(portable_dir(&program), None);
    std::fs::write(&beside, "").unwrap();
    assert_eq!(portable_dir(&program), None);
    std::fs::remove_file(&beside).unwrap();
    std::fs::create_dir(&beside).unwrap();
    assert_eq!(portable_dir(&program), Some(beside));
}

#[test]
fn impossible_values_are_brought_into_range() {
    let text = b"(active: 99, tabs: [], window: (NaN, -5.0), place: (zoom: -1.0), dock: (width: NaN, height: -1.0, composer: inf, left: -2.0), columns: (peer: NaN, time: 1.0))";
    let (settings, aside, _dir) = loaded(text);
    assert!(aside.is_none());
    assert_eq!((settings.active, settings.tabs.len()), (0, 1));
    assert_eq!(settings.window, WindowSize::from((800.0, LEAST_WINDOW)));
    assert_eq!(settings.place, WindowPlace::default());
    assert_eq!(settings.dock, DockState::default());
    assert_eq!(settings.columns, ColumnWidths::default());
}

#[cfg(unix)]
#[test]
fn a_pipe_is_set_aside_and_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&file)
            .status()
            .unwrap()
            .success()
    );
    assert!(matches!(
        load(&file).set_aside.unwrap().mistake,
        SettingsMistake::NotFile
    ));
}

#[test]
fn two_files_set_aside_in_one_second_are_both_kept() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    for content in ["(", "["] {
        std::fs::write(&file, content).unwrap();
        assert!(load(&file).set_aside.is_some());
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_settings() {
    let (settings, aside, _dir) = loaded("\u{FEFF}(version: 1, theme: Dark)".as_bytes());
    assert!(aside.is_none());
    assert_eq!(settings.theme, loaded(b"(version: 1, theme: Dark)").0.theme);
    assert_ne!(settings.theme, Settings::default().theme);
    is_set_aside("\u{FEFF}\n".as_bytes());
}
