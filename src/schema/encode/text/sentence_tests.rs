//! Tests of sentences of NMEA 0183 that are made.

use crate::schema::tests::SCHEMAS;
use crate::schema::{FieldValue, FieldValues};

/// The sentence of RMC with these values.
fn rmc(fields: &[(&str, &str)]) -> String {
    let mut values = FieldValues::default();
    let sentence = [("talker", "GP"), ("sentence", "RMC")];
    for (path, value) in sentence.iter().chain(fields) {
        let value = FieldValue::Written((*value).to_owned());
        values.set(path, value).unwrap();
    }
    let schema = SCHEMAS.iter().find(|schema| schema.name() == "nmea0183");
    String::from_utf8(schema.unwrap().encode(&values).unwrap()).unwrap()
}

#[test]
fn the_fields_of_later_versions_are_written_where_they_are_given() {
    let status = ("fields.status", "V");
    assert_eq!(rmc(&[status]), "$GPRMC,,V,,,,,,,*31\r\n");
    let mode = ("fields.mode", "N");
    assert_eq!(rmc(&[status, mode]), "$GPRMC,,V,,,,,,,,,,N*53\r\n");
    let all = [
        ("fields.variation", "3.1"),
        ("fields.variation_east_west", "E"),
        ("fields.navigational_status", "S"),
        ("fields.rest[0].value", "a"),
    ];
    assert_eq!(rmc(&all), "$GPRMC,,,,,,,,,,3.1,E,,S,a*10\r\n");
}
