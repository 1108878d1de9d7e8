//! Tests that reading ends, whatever the description and the message.

use super::*;
use proptest::prelude::*;

#[test]
fn expressions_that_double_texts_or_walk_long_lists_again_and_again_end() {
    let doubling: String = (1..12)
        .map(|at| format!("\"s{at}\": (value: \"s{0} + s{0} + s{0} + s{0}\"),", at - 1))
        .collect();
    let schema = read(&format!(
        "(instances: {{\"s0\": (value: \"'0123456789'\"), {doubling}}})"
    ));
    let mut tree = Tree::default();
    schema.decode(b"", &mut tree);
    let fault = tree.fault().map(|(_, fault)| fault.clone());
    assert_eq!(fault, Some(Fault::Expression(EvaluationFault::TooMuch)));
    let walking = read(
        "(seq: [(id: \"l\", type: \"e\", repeat: \"eos\")], types: {\"e\": (seq: [
            (id: \"x\", type: \"u1\"), (id: \"y\", size: 0, if: \"_root.l.size > 0 and _root.l.first.x >= 0\"),
        ])})",
    );
    let begun = std::time::Instant::now();
    walking.decode(&[0; 60_000], &mut tree);
    assert!(tree.fault().is_some());
    // Without a bound this takes minutes.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn paths_through_a_type_that_contains_itself_end() {
    let fields: String = (0..200)
        .map(|at| format!("(id: \"a{at}\", type: \"t\", if: \"_io.size > 9\"),"))
        .collect();
    let schema = read(&format!(
        "(seq: [(id: \"a\", type: \"t\")], types: {{\"t\": (seq: [{fields}])}})"
    ));
    let begun = std::time::Instant::now();
    assert!(schema.paths(100).is_empty() && schema.written_paths(100).is_empty());
    // Without a bound this takes minutes.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_name_that_points_at_itself_ends() {
    let schema = ReadyMade::named("dns").unwrap().schema().unwrap();
    let query = b"\0\x01\0\0\0\x01\0\0\0\0\0\0\xC0\x0C\0\x01\0\x01";
    let (_, fault, _) = decoded(&schema, query);
    assert_eq!(fault.map(|(_, fault)| fault), Some(Fault::TooMuch));
}

proptest! {
    #[test]
    fn any_bytes_are_read_in_bounded_time(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut tree = Tree::default();
        for schema in &*SCHEMAS {
            let left = schema.decode(&bytes, &mut tree);
            prop_assert!(left <= bytes.len());
            for node in tree.nodes() {
                prop_assert!(node.range.end <= bytes.len());
            }
        }
    }
}
