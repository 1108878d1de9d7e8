//! Remarks about options that have no effect in a kind of session.

use super::diagnostics;
use crate::automation::Capabilities;
use crate::automation::impair::Impairment;
use crate::automation::rules::Rule;
use crate::explain;
use crate::t;
use crate::words::Lang;

/// Prints a line for each rule and impairment without effect.
pub fn remark(place: Capabilities, rules: &[Rule], conditions: Option<&Impairment>, lang: Lang) {
    for rule in rules.iter().filter(|rule| rule.on) {
        if let Some(idle) = place.idle_in(rule) {
            let why = explain::idle(lang, idle);
            diagnostics::say(&t!(lang, "cli.idle_rule", rule = rule.name, why = why));
        }
    }
    let conditions = conditions.map(|conditions| place.idle_among(conditions));
    for idle in conditions.into_iter().flatten() {
        let why = explain::idle(lang, idle);
        diagnostics::say(&t!(lang, "cli.idle_network", why = why));
    }
}
