//! Tests of lengths in BER.

use super::*;

/// A message of SNMP v2c with one variable that has no value.
fn message(pdu: u8, second: u8, third: u8) -> Vec<u8> {
    let pdu = [pdu, 0x13, 2, 1, 7, 2, 1, second, 2, 1, third];
    let list = b"\x30\x08\x30\x06\x06\x02\x2B\x06\x05\0";
    [&b"\x30\x20\x02\x01\x01\x04\x06public"[..], &pdu, list].concat()
}

fn json(message: &[u8]) -> String {
    let schema = SCHEMAS.iter().find(|schema| schema.name() == "snmp");
    let (schema, mut tree, mut out) = (schema.unwrap(), Tree::default(), Vec::new());
    schema.decode(message, &mut tree);
    assert_eq!(tree.fault(), None);
    schema.push_json(&mut out, &tree, message).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_length_of_a_pdu_has_its_value_and_its_size() {
    let json = json(&message(0xA2, 0, 0));
    for length in ["length", "community_length", "pdu_length", "list_length"] {
        let begin = format!("\"{length}\":{{\"first\":");
        let (_, rest) = json.split_once(&begin).unwrap();
        let (first, rest) = rest.split_once(',').unwrap();
        let expected = format!("\"size\":1,\"value\":{first}}}");
        assert!(rest.starts_with(&expected), "{length}: {json}");
    }
}

#[test]
fn the_numbers_of_a_request_are_called_as_in_the_rfc() {
    let request = json(&message(0xA0, 0, 0));
    for part in ["\"error_status\":\"no_error\"", "\"error_index\":0"] {
        assert!(request.contains(part), "{request}");
    }
    let bulk = json(&message(0xA5, 0, 10));
    for part in ["\"non_repeaters\":0", "\"max_repetitions\":10"] {
        assert!(bulk.contains(part), "{bulk}");
    }
}
