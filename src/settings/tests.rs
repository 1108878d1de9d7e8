//! Facts about settings and their files.

use super::*;
use crate::kind::Kind;

fn loaded(content: &[u8]) -> (Settings, Option<SetAside>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    std::fs::write(&file, content).unwrap();
    let (settings, aside) = load(&file);
    (settings, aside, dir)
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
    settings.tabs.push(TabSettings::of_kind(Kind::TcpServer));
    settings.tabs[0].send.composition.text = "多行\n\"引号\" \\ \u{202E}".into();
    let text = ron::ser::to_string_pretty(&settings, ron::ser::PrettyConfig::default()).unwrap();
    let (back, aside, _dir) = loaded(text.as_bytes());
    assert!(aside.is_none());
    assert_eq!(back, settings);
}

#[test]
fn no_file_is_no_problem() {
    let dir = tempfile::tempdir().unwrap();
    let (settings, aside) = load(&file_in(dir.path()));
    assert_eq!(settings, Settings::default());
    assert!(aside.is_none());
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
    let (settings, aside) = load(&file);
    assert_eq!(settings, Settings::default());
    assert!(matches!(aside.unwrap().mistake, SettingsMistake::TooLarge));
}

#[test]
fn an_unknown_field_and_a_missing_one_are_no_problem() {
    let (settings, aside, _dir) = loaded(b"(version: 1, theme: Dark, someday: 7)");
    assert!(aside.is_none());
    assert_eq!(
        settings,
        Settings {
            theme: Choice::Dark,
            ..Settings::default()
        }
    );
}

#[test]
fn impossible_values_are_brought_into_range() {
    let (settings, aside, _dir) = loaded(b"(active: 99, tabs: [], window: (NaN, -5.0))");
    assert!(aside.is_none());
    assert_eq!((settings.active, settings.tabs.len()), (0, 1));
    assert_eq!(settings.window, (800.0, SMALLEST.1));
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
        load(&file).1.unwrap().mistake,
        SettingsMistake::NotFile
    ));
}

#[test]
fn two_files_set_aside_in_one_second_are_both_kept() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    for content in ["(", "["] {
        std::fs::write(&file, content).unwrap();
        assert!(load(&file).1.is_some());
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn a_relay_of_earlier_settings_stays_what_it_was() {
    let read = |relayed: &str| {
        let text = format!("(version: 1, tabs: [(network: (kind: Relay, relayed: {relayed}))])");
        let settings = parse(&text).unwrap();
        let again = parse(&ron::to_string(&settings).unwrap()).unwrap();
        assert_eq!(again, settings);
        let network = &settings.tabs[0].network;
        assert_eq!(network, &TabSettings::of_kind(network.kind).network);
        network.kind
    };
    assert_eq!(read("Udp"), Kind::RelayUdp);
    assert_eq!(read("Tcp"), Kind::RelayTcp);
}

#[test]
fn reply_limits_that_nobody_chose_in_version_1_are_the_usual_ones() {
    let limits = |version: u32, second: u32, peer: u32| {
        let text = format!(
            "(version: {version}, tabs: [(rules: (limits: (per_second: Some({second}), \
             per_peer: Some({peer}), larger: true)))])"
        );
        let (settings, aside, _dir) = loaded(text.as_bytes());
        assert!(aside.is_none(), "{aside:?}");
        assert_eq!(settings.version, VERSION);
        let limits = settings.tabs[0].rules.limits;
        assert!(limits.larger);
        (limits.per_second, limits.per_peer)
    };
    let at_most = |second, peer| (ReplyRate::AtMost(second), ReplyRate::AtMost(peer));
    assert_eq!(limits(1, 100, 10), (ReplyRate::Usual, ReplyRate::Usual));
    assert_eq!(limits(1, 100, 20), at_most(100, 20));
    assert_eq!(limits(2, 100, 10), at_most(100, 10));
}
