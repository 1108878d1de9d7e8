//! Tests of values of which no text is made.

use super::tests::{made, read, ready, written};
use crate::payload::EncodeProblem;

#[test]
fn a_text_that_nothing_gives_is_refused_with_its_field() {
    let missing = |path: &str| Err((path.to_owned(), EncodeProblem::NotGiven));
    let nmea = ready("nmea0183");
    assert_eq!(written(nmea, &[("talker", "GP")]), missing("sentence"));
    let schema = read(r#"(pattern: "^(?P<a>\\w+):(?P<b>[a-z]*):(?P<c>OK|\\w+):(?P<d>\\d\\d)$")"#);
    assert_eq!(written(&schema, &[("b", "y")]), missing("a"));
    // What is nothing, fixed or 0 is known.
    assert_eq!(written(&schema, &[("a", "x")]), made("x::OK:00"));
}

#[test]
fn a_field_that_is_computed_is_refused_with_those_it_is_computed_from() {
    let from = |path: &str, fields: &[&str]| {
        let fields = fields.iter().map(|field| (*field).to_owned());
        Err((path.to_owned(), EncodeProblem::Computed(fields.collect())))
    };
    let syslog = written(ready("syslog"), &[("facility", "4")]);
    assert_eq!(syslog, from("facility", &["pri"]));
    let schema = read(
        r#"(seq: [(id: "a", type: "u1"), (id: "b", type: "u1")], instances: {
            "half": (value: "a / 2"), "sum": (value: "half + b"), "far": (pos: "0", type: "u1"),
        })"#,
    );
    assert_eq!(written(&schema, &[("sum", "4")]), from("sum", &["a", "b"]));
    assert_eq!(written(&schema, &[("far", "4")]), from("far", &[]));
}
