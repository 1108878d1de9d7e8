//! Judges whether two-byte UTF-8 characters could be words, if the same bytes are Han
//! characters in GB 2312-80.
//!
//! Nobody writes most of these UTF-8 characters: phonetic letters, Coptic, combining marks. For
//! the others, the shape of a word nearly always decides: one script, capitals, a vowel, ASCII
//! letters beside it. The list of common Han characters decides few cases.

use crate::payload::charset::{Charset, DecodedPart};

/// Common Han characters whose bytes are also a letter or sign in UTF-8.
const COMMON: &str = "楼漏炉鲁露路鹿录陆忙猫毛冒帽枚梅霉煤没每么模膜磨魔末莫墨默谋某母墓幕木目\
                      牛扭钮浓农弄努怒女暖诺哦欧偶啪啤漂危违围为维伟尾未味胃喂位小校笑效些歇鞋\
                      协斜写谢住注祝驻专转";
/// One-letter words, and the small letters of ISO 8859-1, which are typed to try an encoding.
const LONE: &str = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿавикоезйήηο";
/// Cyrillic and Greek vowels.
const VOWELS: &str = "аеиоуыэюяіїєёАЕИОУЫЭЮЯІЇЄЁαεηιουωάέήίόύώϊϋΐΰΑΕΗΙΟΥΩΆΈΉΊΌΎΏΪΫ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
}

/// Whether all characters beyond ASCII in `text` could be words and their signs. `chinese`
/// prefers Han characters if both are possible.
pub fn could_be_words(text: &str, chinese: bool) -> bool {
    let pieces = pieces(text);
    pieces.iter().enumerate().all(|(at, piece)| {
        let before = at
            .checked_sub(1)
            .and_then(|at| pieces.get(at)?.chars().last());
        let after = pieces.get(at + 1).and_then(|piece| piece.chars().next());
        let Some(first) = piece.chars().next().filter(|_| !piece.is_ascii()) else {
            return true;
        };
        let beside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if matches!(piece.as_str(), "Ω" | "μ") && (beside(before) || beside(after)) {
            return true;
        }
        match script(first) {
            Some(_) => could_be_a_word(piece, chinese),
            None => could_be_a_sign(first, before, after),
        }
    })
}

/// Runs of letters, without the apostrophes inside; every other character by itself.
fn pieces(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |place: Option<usize>| place.and_then(|place| chars.get(place)).copied();
    let is_letter = |c: Option<char>| c.and_then(script).is_some();
    let is_greek = |c: Option<char>| c.and_then(script) == Some(Script::Greek);
    let (mut pieces, mut word) = (Vec::new(), String::new());
    for (place, c) in chars.iter().enumerate() {
        let (before, after) = (at(place.checked_sub(1)), at(Some(place + 1)));
        // The ohm and micro signs, except in Greek text.
        let is_unit = matches!(c, 'Ω' | 'μ') && !is_greek(before) && !is_greek(after);
        let joins = matches!(c, '\'' | '’') && !word.is_empty() && is_letter(after);
        match c {
            _ if joins => {}
            c if script(*c).is_some() && !is_unit => word.push(*c),
            c => {
                pieces.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                pieces.push(c.to_string());
            }
        }
    }
    pieces.extend((!word.is_empty()).then_some(word));
    pieces
}

fn could_be_a_word(word: &str, chinese: bool) -> bool {
    let mut scripts = word.chars().map(script);
    let Some(Some(first)) = scripts.next() else {
        return false;
    };
    let inner = word.chars().skip(1).any(char::is_uppercase);
    let mixed = inner && word.chars().any(char::is_lowercase);
    if mixed || scripts.any(|script| script != Some(first)) {
        return false;
    }
    if word.chars().any(|c| c.is_ascii()) {
        return true;
    }
    let length = word.chars().count();
    let common = word.chars().filter(|c| is_common_han(*c)).count();
    match first {
        Script::Armenian => return length >= 3,
        // Final forms occur only at the end of a word.
        Script::Hebrew if word.chars().take(length - 1).any(|c| "ףץ".contains(c)) => {
            return false;
        }
        _ => {}
    }
    if length == 1 {
        let lone = LONE.contains(word);
        let capital = word.chars().any(char::is_uppercase);
        return match chinese {
            true => lone && common == 0,
            false => lone || common == 0 && !capital && first != Script::Hebrew,
        };
    }
    if common == 0 {
        return true;
    }
    let same = word.chars().all(|c| word.starts_with(c));
    let voiced = word.chars().any(|c| VOWELS.contains(c));
    let needs_vowel = matches!(first, Script::Greek | Script::Cyrillic);
    if same || needs_vowel && !voiced {
        return false;
    }
    length >= 3 || common < length || !chinese
}

fn could_be_a_sign(c: char, before: Option<char>, after: Option<char>) -> bool {
    if !matches!(c, '\u{A1}'..='\u{BF}' | '÷') {
        return false;
    }
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_blank = |c: Option<char>| c.is_none_or(|c| c == ' ');
    match c {
        '¥' | '©' => is_digit(after),
        '¼' | '½' | '³' => is_digit(before) || is_letter(before),
        '·' => is_letter(before) && is_letter(after),
        _ => !(is_common_han(c) || is_blank(before) && is_blank(after)),
    }
}

/// Whether the character's bytes are a common Han character in GB 2312-80.
fn is_common_han(c: char) -> bool {
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).as_bytes();
    matches!(Charset::Gb18030.decode(bytes).as_slice(), [DecodedPart::Text(han)] if COMMON.contains(&**han))
}

fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' | 'A'..='Z' => Some(Script::Latin),
        '×' | '÷' | '\u{3A2}' => None,
        '\u{C0}'..='\u{17E}' | '\u{1A1}' | '\u{1AF}' | '\u{1B0}' | '\u{218}'..='\u{21B}' => {
            Some(Script::Latin)
        }
        '\u{386}'..='\u{3CE}' => Some(Script::Greek),
        '\u{400}'..='\u{45F}' => Some(Script::Cyrillic),
        '\u{531}'..='\u{587}' => Some(Script::Armenian),
        '\u{5D0}'..='\u{5EA}' => Some(Script::Hebrew),
        '\u{621}'..='\u{6D3}' | '\u{6F0}'..='\u{6F9}' => Some(Script::Arabic),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_shape() {
        for word in [
            "Zürich",
            "été",
            "она",
            "και",
            "dov'è",
            "привет",
            "10 μs",
            "20°C",
        ] {
            assert!(could_be_words(word, true), "{word}");
        }
        // 谢谢, 小写 and 铆 as UTF-8.
        for word in ["лл", "Сд", "í\u{F7}\u{2C6}", "ʼŉ", "\u{378}\u{5C7}"] {
            assert!(!could_be_words(word, true), "{word}");
        }
    }

    #[test]
    fn one_letter_is_a_word_where_chinese_is_not_likelier() {
        // 猫 and è have the same bytes.
        assert!(!could_be_words("è", true));
        assert!(could_be_words("è", false));
        assert!(could_be_words("é", true));
        for chinese in [true, false] {
            assert!(could_be_words("ü", chinese) && could_be_words("ü\r\n", chinese));
        }
    }
}
