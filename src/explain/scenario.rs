//! The result of a scenario, and why rows make none, in words.

use crate::capture::ScenarioProblem;
use crate::payload::printable;
use crate::scenario::report::OverallResult;
use crate::t;
use crate::words::{Lang, grouped};

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

/// Says why rows make no scenario, and what to do.
pub fn scenario_problem(lang: Lang, problem: &ScenarioProblem) -> String {
    match problem {
        ScenarioProblem::TooMany(most) => t!(lang, "no_scenario.many", most = grouped(*most)),
        ScenarioProblem::TooLong(most) => {
            t!(lang, "no_scenario.long", most = *most >> 20)
        }
        ScenarioProblem::Empty => t!(lang, "no_scenario.empty"),
        ScenarioProblem::Incomplete(row) => {
            t!(lang, "no_scenario.incomplete", row = grouped(*row))
        }
        ScenarioProblem::NotStuffed(row) => {
            t!(lang, "no_scenario.stuffed", row = grouped(*row))
        }
        ScenarioProblem::Nameless => t!(lang, "no_scenario.nameless"),
        ScenarioProblem::Framing { session, reason } => t!(
            lang,
            "no_scenario.framing",
            session = session,
            reason = printable::line(reason.as_bytes())
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_the_limit_or_the_row() {
        for (problem, number) in [
            (ScenarioProblem::TooMany(10_000), "10,000"),
            (ScenarioProblem::TooLong(8 << 20), "8 MiB"),
            (ScenarioProblem::Incomplete(7), "7"),
            (ScenarioProblem::NotStuffed(1_234), "1,234"),
            (
                ScenarioProblem::Framing {
                    session: "client2".into(),
                    reason: "3 is no width".into(),
                },
                "client2",
            ),
        ] {
            for lang in [Lang::English, Lang::Chinese] {
                let words = scenario_problem(lang, &problem);
                assert!(words.contains(number), "{words}");
            }
        }
    }
}
