//! Settings files of any version: what is read is written, and read again as the same.

use super::texts::stands_in;
use netpeer::config::{SettingsMistake, ron_file};
use netpeer::settings::parse;

pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse(&text) {
        Ok(settings) => {
            // As text, since no number equals NaN.
            let kept = ron_file::written(&settings);
            let again = parse(&kept).expect("what was written");
            assert_eq!(ron_file::written(&again), kept);
        }
        Err(SettingsMistake::Syntax(mistake)) => stands_in(&text, &mistake),
        Err(mistake) => assert!(!mistake.to_string().is_empty()),
    }
}
