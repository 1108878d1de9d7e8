//! Scenario files: a mistake has its place, and what is right has an outline. Scenarios that are
//! made of rows are right.

use super::input::Input;
use super::rows;
use super::texts::{is_safe, stands_in};
use netpeer::capture::CaptureFormat;
use netpeer::cli::Scenario;
use netpeer::scenario::report::Outline;

pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Scenario::read(&text) {
        Ok(scenario) => outline(&scenario),
        Err(mistake) => stands_in(&text, &mistake),
    }
    let rows = rows::chunk(&mut Input::new(bytes));
    if let Ok(made) = rows::written(CaptureFormat::Scenario, &rows) {
        let made = String::from_utf8(made).expect("a scenario is text");
        match Scenario::read(&made) {
            Ok(scenario) => outline(&scenario),
            Err(mistake) => panic!("{mistake}\n{made}"),
        }
    }
}

fn outline(scenario: &Scenario) {
    let shown = scenario.outline(false);
    assert_eq!(shown.steps.len(), scenario.steps.len());
    shown.steps.iter().for_each(|step| is_safe(step));
    let line = serde_json::to_string(&scenario.outline(true));
    let read = serde_json::from_str::<Outline>(&line.expect("JSON"));
    let read = read.expect("the outline that was written");
    assert_eq!(read.steps.len(), shown.steps.len());
}
