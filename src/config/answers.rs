//! The rules that options of a command line mean.

use crate::automation::rules::{Act, Rule, Then, What, When, ready};

/// The rule of `--echo`.
pub fn echo() -> Rule {
    Rule {
        name: "echo".into(),
        ..Rule::default()
    }
}

/// The rule of `--reply`.
pub fn reply(text: &str) -> Rule {
    let what = What::Written(ready::composition(text));
    Rule {
        name: "reply".into(),
        on: true,
        when: When::Always,
        then: vec![Then {
            act: Act::Reply { what, to: None },
            ..Then::default()
        }],
    }
}
