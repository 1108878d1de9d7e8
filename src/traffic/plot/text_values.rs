//! Numbers with a name in text: `temp=23.5`, `temp: 23.5 °C`, `"temp": 23.5`.

/// The longest name and the longest unit, in bytes.
const NAME: usize = 64;
const UNIT: usize = 12;

/// A number in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextValue<'a> {
    pub name: &'a str,
    pub value: f64,
    /// The letters right behind it; empty if there are none.
    pub unit: &'a str,
}

/// Passes each number that has a name to `take`, in order. Times, dates, addresses and versions are
/// no numbers.
pub fn text_values<'a>(text: &'a str, take: &mut dyn FnMut(TextValue<'a>)) {
    for (at, sign) in text.match_indices(['=', ':', '＝', '：']) {
        let before = text.get(..at).and_then(name_before);
        let after = text.get(at + sign.len()..).unwrap_or_default();
        if let Some((name, (value, unit))) =
            before.zip(number(after.trim_start_matches([' ', '\t'])))
        {
            take(TextValue { name, value, unit });
        }
    }
}

/// The name at the end of a text: in quotation marks, or a word that begins with a letter.
fn name_before(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(' ');
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_suffix(quote) {
            let begin = inner.rfind(quote)? + quote.len_utf8();
            let name = inner.get(begin..)?;
            return (!name.is_empty() && name.len() <= NAME).then_some(name);
        }
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
    let begin = text.trim_end_matches(is_part).len();
    let name = text.get(begin..)?;
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (is_name && name.len() <= NAME).then_some(name)
}

/// The number that a text begins with, and its unit.
fn number(text: &str) -> Option<(f64, &str)> {
    let (value, rest) = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) => {
            let length = leading(digits, u8::is_ascii_hexdigit);
            let (digits, rest) = digits.split_at_checked(length)?;
            // Larger ones are no exact numbers.
            (u64::from_str_radix(digits, 16).ok()? as f64, rest)
        }
        None => {
            let (digits, rest) = text.split_at_checked(decimal(text)?)?;
            (digits.parse().ok()?, rest)
        }
    };
    let is_unit = |c: char| c.is_alphabetic() || matches!(c, '%' | '°' | '℃' | '℉' | '‰');
    let length = rest.len() - rest.trim_start_matches(is_unit).len();
    let (unit, behind) = rest.split_at_checked(length)?;
    // `12ab34` is a name, `12:30` a time, `1.2.3` a version, `2024-01-02` a date.
    let mut next = behind.chars();
    let is_part = match (next.next(), next.next()) {
        (Some(first), _) if first.is_ascii_digit() || first == '_' => true,
        (Some('.' | ':' | '-' | '/'), Some(second)) => second.is_ascii_digit(),
        _ => false,
    };
    (!is_part).then_some((value, if unit.len() <= UNIT { unit } else { "" }))
}

/// The length of the decimal number that a text begins with; `None` if there is none.
fn decimal(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| leading(text.get(from..).unwrap_or_default(), u8::is_ascii_digit);
    let sign = usize::from(matches!(bytes, [b'-' | b'+', ..]));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut part = 0;
    if bytes.get(end) == Some(&b'.') {
        part = digits(end + 1);
        // `23.` ends a sentence.
        end += if part > 0 { part + 1 } else { 0 };
    }
    if whole + part == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits(end + 1 + sign);
        end += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    Some(end)
}

/// The number of bytes at the beginning for which `is_it` holds.
fn leading(text: &str, is_it: impl Fn(&u8) -> bool) -> usize {
    text.bytes().take_while(is_it).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(&str, f64, &str)> {
        let mut found = Vec::new();
        text_values(text, &mut |value| {
            found.push((value.name, value.value, value.unit));
        });
        found
    }

    #[test]
    fn numbers_with_a_name_are_found_as_devices_write_them() {
        for (text, values) in [
            ("temp=23.5", &[("temp", 23.5, "")][..]),
            (
                "temp = -5 hum:48.25%\r\n",
                &[("temp", -5.0, ""), ("hum", 48.25, "%")],
            ),
            (
                r#"{"temp": 23.5, "on": true, "n":1e3}"#,
                &[("temp", 23.5, ""), ("n", 1e3, "")],
            ),
            (r#"{"room temp":21}"#, &[("room temp", 21.0, "")]),
            (
                "温度：23.5℃ 湿度＝48",
                &[("温度", 23.5, "℃"), ("湿度", 48.0, "")],
            ),
            (
                "ch[2].v=0x1F,rate=115200bps",
                &[("ch[2].v", 31.0, ""), ("rate", 115_200.0, "bps")],
            ),
            ("x=+.5;y=7.", &[("x", 0.5, ""), ("y", 7.0, "")]),
            ("v=3.3V i=12mA", &[("v", 3.3, "V"), ("i", 12.0, "mA")]),
            ("rpm=1500e", &[("rpm", 1500.0, "e")]),
        ] {
            assert_eq!(found(text), values, "{text}");
        }
    }

    #[test]
    fn times_dates_addresses_and_names_are_no_numbers() {
        for text in [
            "time: 12:30:05",
            "2024-01-02T12:30:05",
            "date=2024-01-02",
            "ip=10.0.0.1:80",
            "version: 1.2.3",
            "id=12ab34",
            "http://10.0.0.1",
            "=5",
            "12=5",
            "a=b",
            "a=-",
            "a>=b",
            "n=1_000",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    proptest! {
        #[test]
        fn a_written_number_is_read_exactly(value in any::<f64>()) {
            prop_assume!(value.is_finite());
            let text = format!("x={value:e}");
            prop_assert_eq!(found(&text), [("x", value, "")]);
        }

        #[test]
        fn any_text_has_values_or_none(text in "[ -~é温\"=:.0-9]{0,40}") {
            for (name, value, _) in found(&text) {
                prop_assert!(!name.is_empty() && !value.is_nan());
            }
        }
    }
}
