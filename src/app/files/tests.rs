//! Several files that are opened or dropped together.

use super::super::saving::tests::{until, window};
use super::*;
use crate::words::Lang;
use egui_kittest::Harness;
use std::sync::Arc;

const SCENARIO: &str = "(sessions: {}, steps: [])";
const EXERCISE: &str = "(exercise: (), sessions: {}, steps: [])";

/// The files that the banner says are not opened, and what it says.
fn left_out(window: &mut Harness<'static, App>) -> (Vec<PathBuf>, [String; 2]) {
    let app = window.state_mut();
    let Some(Banner::NotTaken { refused, left: 0 }) = &app.banner else {
        panic!("another message, or none");
    };
    let is_other = |(_, reason): &(PathBuf, FileRefusal)| *reason == FileRefusal::OneAtATime;
    assert!(refused.iter().all(is_other), "{refused:?}");
    let paths = refused.iter().map(|(path, _)| path.clone()).collect();
    let words = Lang::ALL.map(|lang| {
        app.lang = lang;
        app.banner_now().unwrap().text
    });
    (paths, words)
}

#[test]
fn of_files_opened_together_the_first_scenario_is_shown_and_the_other_ones_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("first.ron"), SCENARIO).unwrap();
    std::fs::write(path("exercise.ron"), EXERCISE).unwrap();
    std::fs::write(path("rows.jsonl"), "").unwrap();
    let mut window = window(None);
    let tabs = window.state().tabs.len();
    let ctx = window.ctx.clone();
    // Those that are missing are named, too.
    let files = [
        "exercise.ron",
        "missing.jsonl",
        "first.ron",
        "missing.ron",
        "rows.jsonl",
        "third.ron",
    ];
    let files = files.map(path).to_vec();
    window.state_mut().open_files(&ctx, files);
    let (left, words) = left_out(&mut window);
    assert_eq!(left, [path("missing.ron"), path("third.ron")]);
    for said in words {
        assert!(said.contains("missing.ron"), "{said}");
        assert!(said.contains("third.ron"), "{said}");
    }
    assert!(window.state().scenario.is_open());
    // A capture behind it does not hide it.
    assert_eq!(window.state().dock.open, Some(Page::Open));
    assert_eq!(window.state().tabs.len(), tabs + 2);
}

#[test]
fn one_scenario_is_opened_without_a_message() {
    let mut window = window(None);
    let ctx = window.ctx.clone();
    for name in ["/no/such/first.ron", "/no/such/second.ron"] {
        window.state_mut().open_files(&ctx, vec![name.into()]);
        assert!(window.state().banner.is_none());
    }
    window.state_mut().open_files(&ctx, Vec::new());
    assert!(window.state().banner.is_none());
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".into())
    }
}

#[test]
fn of_scenarios_dropped_together_the_ones_that_are_not_shown_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window(None);
    let paths = ["first", "second", "third"].map(|name| dir.path().join(name));
    for path in &paths {
        std::fs::write(path, SCENARIO).unwrap();
        let file = Arc::new(Dropped(path.clone()));
        window.input_mut().dropped_files.push(file);
    }
    until(&mut window, "the scenario", |app| app.scenario.is_open());
    let (left, words) = left_out(&mut window);
    assert_eq!(left, paths[1..]);
    for said in words {
        assert!(said.contains("third"), "{said}");
    }
}
