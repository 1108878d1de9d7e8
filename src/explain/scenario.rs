//! The result of a scenario, in words.

use crate::scenario::report::OverallResult;
use crate::t;
use crate::words::Lang;

/// Says how many steps passed or failed, and how many were not run.
pub fn scenario(lang: Lang, end: &OverallResult) -> String {
    let (steps, failed) = (end.steps, end.failed);
    match (end.passed, end.not_played) {
        (true, _) => t!(lang, "cli.passed", steps = steps),
        (false, 0) => t!(lang, "cli.failed", steps = steps, failed = failed),
        (false, left) => t!(
            lang,
            "cli.failed_early",
            steps = steps,
            failed = failed,
            left = left
        ),
    }
}
