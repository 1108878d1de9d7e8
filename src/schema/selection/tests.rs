//! Tests of reading selected fields.

use super::*;
use crate::schema::encode::tests::messages;
use crate::schema::tests::{SCHEMAS, read};
use crate::schema::{ReadyMade, Tree, Value};
use proptest::prelude::*;

/// The values at a path of a message, as texts.
fn values(schema: &Schema, tree: &Tree, bytes: &[u8], path: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    schema.at_path(tree, path, &mut |node| {
        let text = schema.plain_text(node, bytes);
        let value = match &node.value {
            Value::Struct(..) => String::new(),
            value => format!("{value:?}"),
        };
        let name = schema.name_of_value(node);
        found.push(format!("{value} {text:?} {name:?}"));
        false
    });
    found
}

fn split(written: &str) -> Vec<String> {
    written.split('.').map(str::to_owned).collect()
}

/// Checks that reading by a selection of each path, and of all of them, finds the same values
/// there as reading everything.
fn check(schema: &Schema, bytes: &[u8]) {
    let (mut whole, mut selected) = (Tree::default(), Tree::default());
    schema.decode(bytes, &mut whole);
    let paths: Vec<_> = schema.paths(60).iter().map(|path| split(path)).collect();
    let by_all = schema.select(paths.iter().map(Vec::as_slice));
    for path in &paths {
        let expected = values(schema, &whole, bytes, path);
        for selection in [&schema.select([path.as_slice()]), &by_all] {
            schema.decode_selected(selection, bytes, &mut selected);
            let found = values(schema, &selected, bytes, path);
            assert_eq!(
                found,
                expected,
                "{} {path:?} of {bytes:02X?}",
                schema.name()
            );
        }
    }
}

#[test]
fn values_of_real_messages_are_found() {
    for (name, bytes) in messages() {
        check(&ReadyMade::named(name).unwrap().schema().unwrap(), &bytes);
    }
}

#[test]
fn what_a_value_depends_on_is_read() {
    let schema = read(
        r#"(
            meta: (endian: "be"),
            seq: [
                (id: "head", type: "head"),
                (id: "unused", size: "head.skip"),
                (id: "more", type: "part", repeat: "expr", repeat_expr: "head.count"),
                (id: "end", type: "u1"),
            ],
            types: {
                "head": (seq: [
                    (id: "skip", type: "u1"),
                    (id: "count", type: "b4"),
                    (id: "rest", type: "b4"),
                ]),
                "part": (
                    seq: [(id: "raw", type: "u1"), (id: "by", type: "u2")],
                    instances: {"product": (value: "raw * by * _root.head.rest")},
                ),
            },
        )"#,
    );
    let bytes = b"\x02\x23ab\x04\0\x05\x06\0\x07\x09";
    check(&schema, bytes);
    let products = split("more.product");
    let mut tree = Tree::default();
    schema.decode_selected(&schema.select([products.as_slice()]), bytes, &mut tree);
    let found = values(&schema, &tree, bytes, &products);
    assert_eq!(found, ["Integer(60) None None", "Integer(126) None None"]);
}

#[test]
fn what_is_not_needed_has_no_node() {
    let dns = ReadyMade::named("dns").unwrap().schema().unwrap();
    let (_, bytes) = messages().swap_remove(5);
    let mut tree = Tree::default();
    dns.decode(&bytes, &mut tree);
    let all = tree.len();
    dns.decode_selected(
        &dns.select([split("answers.ttl").as_slice()]),
        &bytes,
        &mut tree,
    );
    assert!(2 * tree.len() < all, "{} of {all}", tree.len());
}

proptest! {
    #[test]
    fn values_of_changed_messages_are_found(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in any::<prop::sample::Index>(),
    ) {
        let messages = messages();
        let (name, mut bytes) = messages[which.index(messages.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - end.index(4).min(bytes.len()));
        check(&ReadyMade::named(name).unwrap().schema().unwrap(), &bytes);
    }

    #[test]
    fn values_of_any_bytes_are_found(
        which in 0..SCHEMAS.len(),
        bytes in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        check(&SCHEMAS[which], &bytes);
    }
}
