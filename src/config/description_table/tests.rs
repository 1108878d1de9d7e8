//! A change in a table is one of the text, which keeps the rest.

use super::*;
use crate::schema::READY_MADE;

const SENSOR: &str = r#"// A sensor.
(
    meta: (id: "sensor", endian: "be"),
    seq: [
        // Counts what follows.
        (id: "len", type: "u2", counts: "type.."),
        (id: "type", type: "u1", enum: "kind"), // request or measurement
        (id: "temp", type: "f4", unit: "°C", if: "type == 0x81"),
        (id: "body", type: (switch_on: "type", cases: {
            "1": "part",
        }), size: "len - 5"),
    ],
    types: {
        "part": (seq: [(id: "a", type: "u1")]),
    },
    enums: {"kind": {1: "request", 0x81: "measurement"}},
)
"#;

fn table(text: &str) -> DescriptionTable {
    DescriptionTable::read(text).unwrap()
}

fn set(text: &str, row: usize, column: Column, value: &str) -> String {
    table(text).with_cell("", row, column, value).unwrap()
}

/// The lines of comments.
fn comments(text: &str) -> Vec<&str> {
    let found = text.lines().filter_map(|line| line.split_once("// "));
    let mut found: Vec<&str> = found.map(|(_, comment)| comment.trim_end()).collect();
    found.sort_unstable();
    found
}

#[test]
fn a_cell_changes_its_value_and_nothing_else() {
    assert_eq!(
        set(SENSOR, 0, Column::Type, "u4"),
        SENSOR.replace("\"u2\"", "\"u4\"")
    );
    assert_eq!(set(SENSOR, 2, Column::Unit, "K"), SENSOR.replace("°C", "K"));
    let added = SENSOR.replace("enum: \"kind\")", "enum: \"kind\", valid: (min: 1))");
    assert_eq!(set(SENSOR, 1, Column::Valid, "1.."), added);
    let without = SENSOR.replace(", if: \"type == 0x81\"", "");
    assert_eq!(set(SENSOR, 2, Column::Condition, ""), without);
    let cell = table(SENSOR).cell("", 3, Column::Type);
    assert!(
        cell.is_locked && cell.text.starts_with("(switch_on:"),
        "{cell:?}"
    );
    assert_eq!(
        table(SENSOR).with_cell("", 3, Column::Type, "u1"),
        Err(BadCell)
    );
}

#[test]
fn every_cell_of_every_ready_made_description_keeps_its_meaning_when_it_is_written_again() {
    let mut written = 0;
    for ready in READY_MADE {
        let table = table(ready.text);
        for of in table.types() {
            for row in 0..table.rows(&of) {
                for column in Column::all() {
                    let cell = table.cell(&of, row, column);
                    if cell.is_locked || cell.text.is_empty() {
                        continue;
                    }
                    let place = format!("{} {of} {row} {column:?}", ready.name);
                    let again = table.with_cell(&of, row, column, &cell.text);
                    let again = again.unwrap_or_else(|_| panic!("{place}: {}", cell.text));
                    let read = DescriptionTable::read(&again).unwrap();
                    assert_eq!(read.spec, table.spec, "{place}");
                    assert_eq!(comments(&again), comments(ready.text), "{place}");
                    written += 1;
                }
            }
        }
    }
    assert!(written > 1_000, "{written}");
}

#[test]
fn rows_of_every_ready_made_description_are_moved_added_and_removed() {
    for ready in READY_MADE {
        let before = table(ready.text);
        for of in before.types() {
            let rows = before.rows(&of);
            let names = |table: &DescriptionTable| -> Vec<String> {
                let rows = 0..table.rows(&of);
                rows.map(|row| table.cell(&of, row, Column::Name).text)
                    .collect()
            };
            // The first, one within and the last.
            let some: std::collections::BTreeSet<usize> =
                [0, rows / 2, rows.saturating_sub(1)].into();
            for row in some.into_iter().filter(|row| *row < rows) {
                let place = format!("{} {of} {row}", ready.name);
                let added = before.with_row(&of, row + 1).unwrap();
                let added = table(&added);
                assert_eq!(added.rows(&of), rows + 1, "{place}");
                assert_eq!(comments(added.text()), comments(ready.text), "{place}");
                let back = added.without_row(&of, row + 1).unwrap();
                assert_eq!(table(&back).spec, before.spec, "{place}");
                let fewer = table(&before.without_row(&of, row).unwrap());
                assert_eq!(fewer.rows(&of), rows - 1, "{place}");
                if row + 1 < rows {
                    let moved = table(&before.swapped(&of, row).unwrap());
                    let mut expected = names(&before);
                    expected.swap(row, row + 1);
                    assert_eq!(names(&moved), expected, "{place}");
                    assert_eq!(comments(moved.text()), comments(ready.text), "{place}");
                    let back = moved.swapped(&of, row).unwrap();
                    assert_eq!(table(&back).spec, before.spec, "{place}");
                }
            }
        }
    }
}

#[test]
fn types_enumerations_and_the_head_are_changed() {
    let text = table(SENSOR).with_type("", "more").unwrap();
    assert_eq!(table(&text).types(), ["", "more", "part"]);
    assert_eq!(table(&text).without_type("more").unwrap(), SENSOR);
    assert_eq!(table(SENSOR).with_type("", "part"), None);
    assert_eq!(table(SENSOR).with_enum("", "kind"), None);
    let inner = table(SENSOR).with_type("part", "inner").unwrap();
    assert_eq!(table(&inner).types(), ["", "part", "part::inner"]);
    let names = table(&inner).type_names("part::inner");
    assert!(
        ["u2", "part", "inner"]
            .iter()
            .all(|name| names.contains(&(*name).to_owned()))
    );

    let values = table(SENSOR).values("", "kind");
    assert_eq!(
        (values[1].value.as_str(), values[1].name.as_str()),
        ("0x81", "measurement")
    );
    let text = table(SENSOR)
        .with_named("", "kind", 1, ("0x82", "alarm"))
        .unwrap();
    assert_eq!(
        text,
        SENSOR.replace("0x81: \"measurement\"", "0x82: \"alarm\"")
    );
    for wrong in ["x", "1, 2", "1 // a", ""] {
        let changed = table(SENSOR).with_named("", "kind", 1, (wrong, "alarm"));
        assert_eq!(changed, Err(BadCell), "{wrong}");
    }
    let text = table(SENSOR).with_value("", "kind").unwrap();
    assert_eq!(table(&text).values("", "kind").len(), 3);
    assert_eq!(table(&text).without_value("", "kind", 2).unwrap(), SENSOR);

    let text = table(SENSOR).with_meta("framing", "length:2").unwrap();
    assert_eq!(
        text,
        SENSOR.replace("\"be\")", "\"be\", framing: \"length:2\")")
    );
    assert_eq!(table(&text).with_meta("framing", "").unwrap(), SENSOR);
    let text = table("()").with_meta("id", "one").unwrap();
    assert_eq!(table(&text).check().unwrap().name(), "one");
}

#[test]
fn a_mistake_is_placed_at_its_cell() {
    let place = |text: &str| {
        let wrong = table(text).check().unwrap_err();
        let place = wrong.place.unwrap();
        (place.of, place.row, place.column)
    };
    let found = |row, column| (String::new(), Some(row), Some(column));
    for (row, column, value) in [
        (0, Column::Type, "u9"),
        (0, Column::Counts, "temp..len"),
        (1, Column::Enum, "none"),
        (1, Column::Repeat, "len +"),
        (2, Column::Condition, "nothing == 1"),
        (2, Column::Checksum, "CRC-99"),
    ] {
        let text = set(SENSOR, row, column, value);
        assert_eq!(place(&text), found(row, column), "{column:?}");
    }
    let inner = table(SENSOR)
        .with_cell("part", 0, Column::Type, "u2xx")
        .unwrap();
    assert_eq!(
        place(&inner),
        ("part".to_owned(), Some(0), Some(Column::Type))
    );
}

#[test]
fn what_the_tables_do_not_show_is_named_and_stays() {
    let text =
        "(seq: [(id: \"a\", type: \"u1\", pad_right: 0)], instances: {\"x\": (value: \"a\")})";
    assert_eq!(table(text).hidden(""), ["instances"]);
    let changed = table(text).with_cell("", 0, Column::Name, "b").unwrap();
    assert_eq!(changed, text.replace("id: \"a\"", "id: \"b\""));
    let unknown = DescriptionTable::read("(seq: [(id: \"a\", tipe: \"u1\")])");
    assert_eq!((unknown.unwrap_err()).line, 1);
}
