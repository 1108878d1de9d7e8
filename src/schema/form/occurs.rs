//! Fields that messages have.

use crate::schema::Schema;
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldKind, Repeat};
use crate::schema::tree::Tree;
use std::collections::BTreeMap;

impl Schema {
    /// Whether a message with these values of fields, by their paths, has a field at this path;
    /// without values, whether every message has.
    pub fn occurs(&self, values: &BTreeMap<String, String>, path: &str) -> bool {
        if values.is_empty() {
            let steps: Vec<&str> = path.split('.').collect();
            return self.is_always(0, &steps);
        }
        if values.contains_key(path) {
            return true;
        }
        let form = self.form(values);
        let (bytes, _) = self.made(&form.given);
        let mut tree = Tree::default();
        self.decode(&bytes, &mut tree);
        let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
        self.at_path(&tree, &steps, &mut |_| true)
    }

    fn is_always(&self, number: usize, path: &[&str]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return true;
        };
        // A text may leave out what it likes.
        if self.plan().form_of(number).is_some() {
            return false;
        }
        let (mut seq, _) = self.plan().fields_of(number);
        seq.any(|index| {
            let field = self.plan().field(index);
            let field = field.filter(|field| field.name == **first && field.condition.is_none());
            let once = field.filter(|field| matches!(field.repeat, Repeat::Once));
            match once.map(|field| &field.kind) {
                Some(FieldKind::Type(FieldType::Struct(of))) => self.is_always(*of, rest),
                Some(FieldKind::Type(_)) => rest.is_empty(),
                Some(FieldKind::Chosen { .. }) | None => false,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_occurs_where_its_condition_holds() {
        let schema = r#"(
            seq: [
                (id: "type", type: "u1", enum: "kind"),
                (id: "seq", type: "u1"),
                (id: "temp", type: "u1", if: "type == kind::measurement"),
                (id: "flags", type: "flags"),
            ],
            types: {"flags": (seq: [(id: "alarm", type: "u1")])},
            enums: {"kind": {1: "request", 2: "measurement"}},
        )"#;
        let schema = Schema::read(schema).unwrap();
        let occurs = |kind: Option<&str>, path: &str| {
            let kind = kind.map(|kind| ("type".to_owned(), kind.to_owned()));
            schema.occurs(&kind.into_iter().collect(), path)
        };
        for (kind, path, expected) in [
            (None, "seq", true),
            (None, "flags.alarm", true),
            (None, "temp", false),
            (Some("request"), "temp", false),
            (Some("request"), "flags.alarm", true),
            (Some("measurement"), "temp", true),
            (Some("measurement"), "wind", false),
        ] {
            assert_eq!(occurs(kind, path), expected, "{kind:?} {path}");
        }
    }

    #[test]
    fn what_a_text_has_is_known_of_its_values() {
        let schema = Schema::read(r#"(json: true, seq: [(id: "cmd"), (id: "temp")])"#).unwrap();
        let get = BTreeMap::from([("cmd".to_owned(), "get".to_owned())]);
        assert!(schema.occurs(&get, "cmd") && !schema.occurs(&get, "temp"));
        assert!(!schema.occurs(&BTreeMap::new(), "cmd"));
    }
}
