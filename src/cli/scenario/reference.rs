//! The reference of the book names all that a scenario, its rules and its networks may contain.

use super::file::Scenario;
use crate::config::ron_file;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_book_names_every_field_and_variant_of_a_scenario() {
    let names = ron_file::all_names::<Scenario>();
    for deep in ["bad_loss", "HighFirst", "dropped_on_purpose", "Windows1252"] {
        assert!(names.contains(deep), "{deep}: {names:?}");
    }
    for language in ["en", "zh"] {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        let page = |name: &str| {
            let file = docs.join(language).join(name).with_extension("md");
            std::fs::read_to_string(file).unwrap()
        };
        let text = ["scenarios", "rules", "impairment", "course"]
            .map(page)
            .concat();
        let code = text.split('`').skip(1).step_by(2);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let named: BTreeSet<&str> = code.flat_map(|code| code.split(|c| !is_part(c))).collect();
        let missing: Vec<&&str> = names.difference(&named).collect();
        assert!(missing.is_empty(), "{language}: {missing:?}");
    }
}
