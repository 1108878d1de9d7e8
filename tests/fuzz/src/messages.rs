//! Messages of the ready-made descriptions: what is read of them, shown, and made of it again.

use super::input::Input;
use super::texts::is_safe;
use netpeer::schema::{READY_MADE, Schema, Tree, Value};
use serde::de::IgnoredAny;
use std::sync::LazyLock;

/// The characters of a line, as rows show it.
const LINE: usize = 512;
/// More nodes than a message has, and the number of those that are shown here.
const NODES: usize = 100_000;
const SHOWN: usize = 64;

/// Made once: their expressions take time.
static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let schemas = READY_MADE.iter();
    let schemas = schemas.map(|ready| ready.schema().expect(ready.name));
    schemas.collect()
});

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let schema = input.choose(&SCHEMAS);
    let message = input.rest();
    let tree = read(schema, message);
    is_safe(&schema.summary(&tree, message, LINE));
    if tree.fault().is_none()
        && let Ok(made) = schema.encode(&schema.values(&tree, message))
    {
        assert_eq!(made, message, "{}", schema.name());
    }
}

/// Reads a message: its fields lie within it, and are shown and written as JSON.
pub fn read(schema: &Schema, message: &[u8]) -> Tree {
    let mut tree = Tree::default();
    let behind = schema.decode(message, &mut tree);
    let whole = tree.node(0).expect("the message itself");
    assert_eq!(whole.range.end + behind, message.len());
    assert!(tree.len() <= NODES, "{} nodes", tree.len());
    for node in tree.nodes() {
        let ranges = match &node.value {
            Value::Text(_, value) | Value::Bytes(value) => [&node.range, value],
            _ => [&node.range; 2],
        };
        let is_within = ranges.map(|range| message.get(range.clone()).is_some());
        assert_eq!(is_within, [true; 2], "{node:?}");
    }
    for (number, node) in tree.nodes().iter().enumerate().take(SHOWN) {
        let depth = schema.path(&tree, number).split('.').count();
        assert!(depth <= tree.len());
        let shown = schema.node_text(node, message, false).unwrap_or_default();
        assert!(shown.len() <= 16 << 10, "{} bytes", shown.len());
    }
    let line = schema.summary(&tree, message, LINE);
    let most = (64 << 10) + 8 * message.len();
    assert!(line.len() <= most, "{} bytes in a line", line.len());
    let mut json = Vec::new();
    let written = schema.push_json(&mut json, &tree, message);
    written.expect("writing to memory");
    let json = String::from_utf8(json).expect("JSON is text");
    serde_json::from_str::<IgnoredAny>(&json).expect("the fields are JSON");
    tree
}
