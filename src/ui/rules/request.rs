//! What is known of the messages that a rule answers.

use crate::automation::rules::Condition;
use crate::schema::Schema;
use std::collections::BTreeMap;

/// The values of fields that a condition asks for, by their paths.
pub(super) fn values(condition: &Condition) -> BTreeMap<String, String> {
    match condition {
        Condition::Fields(tests) => tests.iter().filter_map(|test| value(test)).collect(),
        Condition::All(parts) => parts.iter().flat_map(values).collect(),
        _ => BTreeMap::new(),
    }
}

/// The path and the value of a test that asks for one value.
fn value(test: &str) -> Option<(String, String)> {
    let (path, value) = test.trim().split_once(':')?;
    let is_other = value.starts_with(['>', '<', '~', '=', '!', '-'])
        || value.contains("..")
        || matches!(value, "" | "ok" | "bad");
    (!is_other && !path.starts_with('-')).then(|| (path.to_owned(), value.to_owned()))
}

/// The value that is proposed for a field of the reply: that of the request, where it has the
/// field.
pub(super) fn proposed(schema: &Schema, request: &BTreeMap<String, String>, path: &str) -> String {
    let is_common = schema.reply_by() == Some(path);
    match is_common || schema.occurs(request, path) {
        true => format!("= req.{path}"),
        false => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_says_values_of_the_request() {
        let tests = ["type:request", "seq:>3", "crc:ok", "temp:1..2", "id:7"];
        let fields = Condition::Fields(tests.map(str::to_owned).to_vec());
        let known = values(&Condition::All(vec![Condition::Always, fields]));
        let expected = [("id", "7"), ("type", "request")];
        let expected = expected.map(|(path, value)| (path.to_owned(), value.to_owned()));
        assert_eq!(known, BTreeMap::from(expected));
        assert!(values(&Condition::Always).is_empty());
    }

    #[test]
    fn only_fields_of_the_request_are_proposed() {
        let schema = r#"(
            meta: (reply_by: "seq"),
            seq: [
                (id: "type", type: "u1"),
                (id: "seq", type: "u1", if: "type == 2"),
                (id: "temp", type: "u1", if: "type == 2"),
            ],
        )"#;
        let schema = Schema::read(schema).unwrap();
        let request = |kind: &str| BTreeMap::from([("type".to_owned(), kind.to_owned())]);
        assert_eq!(proposed(&schema, &request("1"), "type"), "= req.type");
        assert_eq!(proposed(&schema, &request("1"), "temp"), "0");
        assert_eq!(proposed(&schema, &request("2"), "temp"), "= req.temp");
        assert_eq!(proposed(&schema, &BTreeMap::new(), "seq"), "= req.seq");
    }
}
