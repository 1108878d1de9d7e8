//! Tests of values of JSON for which no field is declared.

use super::*;

fn json() -> &'static Schema {
    SCHEMAS
        .iter()
        .find(|schema| schema.name() == "json")
        .unwrap()
}

/// The fields of a message as files have them.
fn in_files(message: &str) -> String {
    let (mut tree, mut fields) = (Tree::default(), Vec::new());
    json().decode(message.as_bytes(), &mut tree);
    assert_eq!(tree.fault(), None, "{message}");
    json()
        .push_json(&mut fields, &tree, message.as_bytes())
        .unwrap();
    String::from_utf8(fields).unwrap()
}

/// The values at a path, as filters compare them.
fn compared(message: &str, path: &str) -> Vec<String> {
    let mut tree = Tree::default();
    json().decode(message.as_bytes(), &mut tree);
    let path = json().path_names(path).unwrap();
    let mut found = Vec::new();
    json().at_path(&tree, &path, &mut |node| {
        found.extend(json().node_text(node, message.as_bytes(), true));
        false
    });
    found
}

/// What is made of these values.
fn composed(values: &[(&str, &str)]) -> String {
    let values = values.iter();
    let values = values.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let formulas = json().formulas(&values.collect()).unwrap();
    let made = json().compose(&formulas, &[], &mut Moment::trial());
    String::from_utf8(made.unwrap()).unwrap()
}

#[test]
fn lists_and_objects_without_values_and_names_without_letters_are_shown() {
    let message = r#"{"":5,"value":6,"a":[],"b":{ "":{} }}"#;
    let expected = concat!(
        r#"{"values":[{"name":"\"\"","value":5},{"name":"value","value":6},"#,
        r#"{"name":"a","value":[]},{"name":"b.\"\"","value":{}}]}"#,
    );
    assert_eq!(in_files(message), expected);
    assert_eq!(in_files("{}"), "{}");
    let mut tree = Tree::default();
    json().decode(message.as_bytes(), &mut tree);
    let line = json().summary(&tree, message.as_bytes(), 200);
    assert_eq!(line, r#"""=5  value=6  a=[]  b.""={}"#);
    let values = json().values(&tree, message.as_bytes());
    assert_eq!(json().encode(&values), Ok(message.as_bytes().to_vec()));
    let written = json().written_values(message.as_bytes()).unwrap();
    let formulas = json().formulas(&written).unwrap();
    let again = json().compose(&formulas, &[], &mut Moment::trial());
    let plain = message.replace(' ', "");
    assert_eq!(again, Ok(plain.into_bytes()));
}

#[test]
fn empty_values_and_numbers_are_written_as_json_writes_them() {
    for (text, made) in [
        ("1e400", r#"{"a":1e400}"#),
        ("-0.5", r#"{"a":-0.5}"#),
        ("1e", r#"{"a":"1e"}"#),
        ("[]", r#"{"a":[]}"#),
        ("{ }", r#"{"a":{}}"#),
        ("\"[]\"", r#"{"a":"[]"}"#),
        ("\"1e400\"", r#"{"a":"1e400"}"#),
        ("[1]", r#"{"a":"[1]"}"#),
    ] {
        assert_eq!(composed(&[("values.a", text)]), made, "{text}");
        let written = json().written_values(made.as_bytes()).unwrap();
        let formulas = json().formulas(&written).unwrap();
        let again = json().compose(&formulas, &[], &mut Moment::trial());
        assert_eq!(again, Ok(made.as_bytes().to_vec()), "{written:?}");
    }
    assert_eq!(composed(&[("values.\"\"", "5")]), r#"{"":5}"#);
}

#[test]
fn every_element_of_a_list_is_compared_or_the_one_at_a_place() {
    let list = r#"{"len":[1.5,30],"a":{"b":[{"c":5},{"c":[6,7]}]},"value":"x"}"#;
    for (path, values) in [
        ("values.len", &["1.5", "30"][..]),
        ("values.len[1]", &["30"]),
        ("values.len.1", &["30"]),
        ("values.len[2]", &[]),
        ("values.a.b.c", &["5", "6", "7"]),
        ("json.values.a.b[1].c", &["6", "7"]),
        ("values.a.b", &[]),
        ("values.value", &["1.5", "30", "5", "6", "7", "\"x\""]),
    ] {
        assert_eq!(compared(list, path), values, "{path}");
    }
    let path = json().field_path("values.a.b.c").unwrap();
    let mut tree = Tree::default();
    json().decode(list.as_bytes(), &mut tree);
    let shown = json().shown_value(&tree, list.as_bytes(), &path).unwrap();
    assert_eq!(shown.plain, "5; 6; 7");
}
