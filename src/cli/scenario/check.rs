//! Checks that every name in a scenario is defined, before it starts.

use super::file::Scenario;
use super::names::{is_port, spoken};
use super::steps::Step;
use crate::config::ron_file;
use std::collections::BTreeSet;

/// Checks the names in a scenario.
///
/// # Errors
/// The first name that is not defined.
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
    // A text with a colon is an address; a number is a port of this machine.
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
        program.places().try_for_each(in_braces)?;
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

/// The first session or program that waits for an address which no earlier one provides. A
/// program provides an address only if the file says how it prints it.
pub fn circle(scenario: &Scenario) -> Option<&str> {
    let sessions = scenario.sessions.0.iter().map(|(name, session)| {
        let needs: Vec<&str> = session.places().flat_map(spoken).collect();
        (name.as_str(), needs, true)
    });
    let programs = scenario.programs.iter().map(|program| {
        let needs = program.places().flat_map(spoken);
        // A program with a port knows it before it starts.
        let has_port = program.port.is_some();
        let needs = needs.filter(|name| !(has_port && *name == program.name));
        let has_address = has_port || program.address.is_some();
        (program.name.as_str(), needs.collect(), has_address)
    });
    let mut waiting: Vec<(&str, Vec<&str>, bool)> = sessions.chain(programs).collect();
    let mut known = BTreeSet::new();
    loop {
        let is_ready = |needs: &[&str]| needs.iter().all(|name| known.contains(name));
        let ready = waiting.iter().position(|(_, needs, _)| is_ready(needs));
        let Some(ready) = ready else {
            return waiting.first().map(|(name, ..)| *name);
        };
        let (name, _, has_address) = waiting.remove(ready);
        if has_address {
            known.insert(name);
        }
    }
}

/// The position `line:column` of the first use of this name.
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

    /// A step without names.
    const WAIT: &str = r#"Wait("1s")"#;

    #[test]
    fn what_waits_for_itself_is_found_before_anything_begins() {
        let circle = |sessions: &str, program: &str| {
            let program = format!(r#"(name: "p", run: ["p"{program})"#);
            let text =
                format!("(sessions: {{{sessions}}}, programs: [{program}], steps: [{WAIT}])");
            circle(&Scenario::read(&text).unwrap()).map(str::to_owned)
        };
        let address = r#"], address: "on (.*)""#;
        let (to_p, both) = (
            r#""a": TcpClient(to: "{p}")"#,
            r#", "{a}"], address: "on (.*)""#,
        );
        assert_eq!(circle(to_p, address), None);
        assert_eq!(circle(to_p, both).as_deref(), Some("a"));
        // The program prints no address.
        assert_eq!(circle(to_p, "]").as_deref(), Some("a"));
        let pair = r#""a": Udp(bind: "{b}"), "b": Udp(bind: "{a}")"#;
        assert_eq!(circle(pair, "]").as_deref(), Some("a"));
    }

    #[test]
    fn a_program_that_binds_a_port_knows_it_before_it_starts() {
        let circle = |port: &str| {
            let program = r#"name: "p", run: ["p", "{p.port}"], env: {"AT": "{p}"}"#;
            let session = r#""a": TcpClient(to: "p")"#;
            let text = format!(
                "(sessions: {{{session}}}, programs: [({program}{port})], steps: [{WAIT}])"
            );
            let scenario = Scenario::read(&text).unwrap();
            assert_eq!(check(&scenario), Ok(()));
            circle(&scenario).map(str::to_owned)
        };
        assert_eq!(circle(", port: Tcp"), None);
        assert_eq!(circle("").as_deref(), Some("a"));
    }

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
