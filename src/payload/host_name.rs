//! Host names with letters beyond ASCII, beside their form in the DNS (punycode, RFC 3492): names
//! that look alike in one form differ in the other.

use super::printable;

/// The beginning of a label in punycode (RFC 5890 §2.3.2.1).
const PREFIX: &str = "xn--";

/// The name in its other form, as one line of safe text: with punycode for one that has letters
/// beyond ASCII, with letters for one in punycode. `None` for a name in ASCII alone.
///
/// ```
/// # use netpeer::payload::host_name::counterpart;
/// assert_eq!(counterpart("p\u{430}ypal.com").as_deref(), Some("xn--pypal-4ve.com"));
/// assert_eq!(counterpart("paypal.com"), None);
/// ```
pub fn counterpart(name: &str) -> Option<String> {
    let other = match name.is_ascii() {
        true => name.split('.').map(letters).collect::<Vec<_>>().join("."),
        false => name
            .split('.')
            .map(ascii)
            .collect::<Option<Vec<_>>>()?
            .join("."),
    };
    (other != name).then(|| printable::line(other.as_bytes()))
}

/// A label in ASCII; `None` if punycode has no form for it.
fn ascii(label: &str) -> Option<String> {
    match label.is_ascii() {
        true => Some(label.to_owned()),
        // Names are the same in either case.
        false => {
            let code = idna::punycode::encode_str(&label.to_lowercase())?;
            Some(format!("{PREFIX}{code}"))
        }
    }
}

/// A label with its letters; as it is if it is not punycode.
pub(super) fn letters(label: &str) -> String {
    let prefix = label.get(..PREFIX.len());
    let is_code = prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(PREFIX));
    let code = label.get(PREFIX.len()..).filter(|_| is_code);
    let decoded = code.and_then(idna::punycode::decode_to_string);
    decoded.unwrap_or_else(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_told_apart() {
        // Cyrillic a in a name of Latin letters, and Greek omicron.
        let other = counterpart("p\u{430}ypal.com");
        assert_eq!(other.as_deref(), Some("xn--pypal-4ve.com"));
        assert_ne!(counterpart("g\u{3BF}ogle.com"), None);
        assert_eq!(counterpart("paypal.com"), None);
        assert_eq!(counterpart("127.0.0.1"), None);
    }

    #[test]
    fn punycode_stands_beside_its_letters_in_either_direction() {
        let bücher = "bücher.example";
        assert_eq!(
            counterpart(bücher).as_deref(),
            Some("xn--bcher-kva.example")
        );
        assert_eq!(
            counterpart("XN--bcher-kva.example").as_deref(),
            Some(bücher)
        );
        assert_eq!(
            counterpart("例子.测试").as_deref(),
            Some("xn--fsqu00a.xn--0zwm56d")
        );
    }

    #[test]
    fn letters_in_punycode_cannot_change_the_text_around_them() {
        let hidden = format!(
            "xn--{}.com",
            idna::punycode::encode_str("a\u{202E}b").unwrap()
        );
        let shown = counterpart(&hidden).unwrap();
        assert!(
            !shown.contains('\u{202E}') && shown.contains("\\u{202E}"),
            "{shown}"
        );
        // What is no punycode stays.
        assert_eq!(counterpart("xn--\u{7F}"), None);
        assert_eq!(counterpart("xn--!!!.com"), None);
    }
}
