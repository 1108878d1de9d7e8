//! Whether everything a scenario speaks of is there, before anything begins.

use super::file::Scenario;
use super::names::{is_port, spoken};
use super::steps::Step;
use crate::config::ron_file;
use std::collections::BTreeSet;

/// # Errors
/// The first name the scenario speaks of that it does not give to anything.
pub fn check(scenario: &Scenario) -> Result<(), String> {
    let sessions = scenario.sessions.0.iter().map(|(name, _)| name.as_str());
    let sessions: BTreeSet<&str> = sessions.collect();
    let programs = scenario
        .programs
        .iter()
        .map(|program| program.name.as_str());
    let programs: BTreeSet<&str> = programs.collect();
    let in_braces = |text: &str| -> Result<(), String> {
        let unknown =
            spoken(text).find(|name| !sessions.contains(name) && !programs.contains(name));
        unknown.map_or(Ok(()), |name| Err(name.to_owned()))
    };
    // Another name than those is an address, or a port of this machine.
    let place = |text: &Option<String>| -> Result<(), String> {
        let Some(text) = text else { return Ok(()) };
        let known = sessions.contains(text.as_str()) || programs.contains(text.as_str());
        if !known && !text.contains([':', '{']) && !is_port(text) {
            return Err(text.clone());
        }
        in_braces(text)
    };
    let one_of = |names: &BTreeSet<&str>, name: &str| match names.contains(name) {
        true => Ok(()),
        false => Err(name.to_owned()),
    };
    for (_, session) in &scenario.sessions.0 {
        session.places().try_for_each(in_braces)?;
    }
    for program in &scenario.programs {
        program.run.iter().try_for_each(|text| in_braces(text))?;
    }
    for step in &scenario.steps {
        match step {
            Step::Send(send) => {
                one_of(&sessions, &send.session)?;
                place(&send.to)?;
            }
            Step::Expect(expect) => {
                one_of(&sessions, &expect.session)?;
                place(&expect.from)?;
            }
            Step::Rules(rules) => one_of(&sessions, &rules.session)?,
            Step::Impair(impair) => one_of(&sessions, &impair.session)?,
            Step::Flood(flood) => {
                one_of(&sessions, &flood.session)?;
                place(&flood.to)?;
            }
            Step::Assert(assert) => one_of(&sessions, &assert.session)?,
            Step::Close(session) => one_of(&sessions, session)?,
            Step::Type { program, line } => {
                one_of(&programs, program)?;
                in_braces(line)?;
            }
            Step::Prints(prints) => one_of(&programs, &prints.program)?,
            Step::Wait(_) => {}
        }
    }
    Ok(())
}

/// `line:column` where a text first speaks of this name.
pub fn place(text: &str, name: &str) -> String {
    let spoken = [
        format!("\"{name}\""),
        format!("{{{name}}}"),
        format!("{{{name}."),
    ];
    let found = spoken.iter().filter_map(|spoken| text.find(spoken));
    ron_file::shown_place(text, found.min().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step that speaks of nothing.
    const WAIT: &str = r#"Wait("1s")"#;

    #[test]
    fn unknown_names_are_found_before_anything_begins() {
        let unknown = |sessions: &str, steps: &str| {
            let text = format!("(sessions: {{{sessions}}}, steps: [{steps}])");
            check(&Scenario::read(&text).unwrap()).unwrap_err()
        };
        let a = r#""a": Udp()"#;
        assert_eq!(unknown("", r#"Close("b")"#), "b");
        let empty = r#"(sessions: {"": Udp()}, steps: [])"#;
        assert!(Scenario::read(empty).is_err());
        let empty = r#"(sessions: {}, programs: [(name: "", run: [])], steps: [])"#;
        assert!(Scenario::read(empty).is_err());
        assert_eq!(unknown(a, r#"Send(session: "a", to: "b", text: "")"#), "b");
        assert_eq!(
            unknown(a, r#"Expect(session: "a", from: "{c.port}", count: 1)"#),
            "c"
        );
        assert_eq!(unknown(r#""a": TcpClient(to: "{d}")"#, WAIT), "d");
        assert_eq!(unknown(r#""a": Relay(to: "d-2")"#, WAIT), "d-2");
        assert_eq!(unknown(a, r#"Rules(session: "b", rules: [])"#), "b");
        assert_eq!(unknown(a, r#"Impair(session: "b")"#), "b");
        let flood = r#"Flood(session: "a", to: "b", count: 1)"#;
        assert_eq!(unknown(a, flood), "b");
        assert_eq!(unknown(a, r#"Prints(program: "a", exact: "")"#), "a");
        let port = r#"(sessions: {"a": Udp()}, steps: [Send(session: "a", to: "9", text: "")])"#;
        assert!(check(&Scenario::read(port).unwrap()).is_ok());
        assert_eq!(place("(\n  to: \"{b.port}\", \"b\")", "b"), "2:8");
    }
}
