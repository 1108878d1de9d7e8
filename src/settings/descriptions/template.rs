//! The text that a new description begins with.

/// A description of a byte and a number, with the name of the protocol after that of the file.
pub(super) fn template(name: &str) -> String {
    let is_part = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let letter = |c: char| Some(c.to_ascii_lowercase()).filter(is_part).unwrap_or('_');
    let id: String = name.chars().map(letter).collect();
    let id = id.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let id = id.trim_end_matches('_');
    let id = if id.is_empty() { "message" } else { id };
    format!(
        "(\n    meta: (id: \"{id}\", endian: \"be\"),\n    seq: [\n        (id: \"type\", type: \
         \"u1\"),\n        (id: \"value\", type: \"u2\"),\n    ],\n)\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::description;

    #[test]
    fn a_new_description_is_right_and_has_the_name_of_its_file() {
        for (name, id) in [
            ("My Sensor 2", "my_sensor_2"),
            ("传感器", "message"),
            ("7\"", "message"),
        ] {
            let schema = description::read(&template(name)).unwrap();
            assert_eq!(schema.name(), id);
        }
    }
}
