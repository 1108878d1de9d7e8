//! The recognition rate of text encodings. `cargo test --test all recognition -- --nocapture`
//! prints the table.

use netpeer::payload::charset::Charset;
use netpeer::payload::reading::{Reading, ReadingContext};

const EVERYDAY: &str = include_str!("everyday.txt");
const LANGUAGES: &str = include_str!("languages.txt");
const GBK: Charset = Charset::Gb18030;
const UTF8: Charset = Charset::Utf8;

/// The characters of level 1 of GB 2312-80, by pronunciation.
fn level_1() -> Vec<String> {
    let bytes = (0xB0..=0xD7_u8).flat_map(|row| (0xA1..=0xFE_u8).map(move |cell| [row, cell]));
    let assigned = bytes.filter(|pair| *pair <= [0xD7, 0xF9]);
    let all: Vec<String> = assigned.map(|pair| text_of(&pair)).collect();
    assert_eq!(all.len(), 3_755);
    all
}

fn text_of(bytes: &[u8]) -> String {
    let parts = GBK.decode(bytes).into_iter().map(|part| match part {
        netpeer::payload::charset::DecodedPart::Text(text) => text.into_owned(),
        netpeer::payload::charset::DecodedPart::Bad(bad) => panic!("{bad:X?}"),
    });
    parts.collect()
}

/// Pseudo-random words of `length` characters each, equal in each run.
fn random_words(characters: &[String], length: usize, count: usize) -> Vec<String> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % characters.len()
    };
    let word = |_| (0..length).map(|_| characters[next()].as_str()).collect();
    (0..count).map(word).collect()
}

/// The percentage of words that are read in their encoding, `charset`.
fn right(words: &[String], charset: Charset, context: ReadingContext) -> f64 {
    let is_right = |word: &&String| {
        let bytes = charset.encode(word).unwrap();
        Reading::with(&bytes, context) == Reading::Text(charset)
    };
    words.iter().filter(is_right).count() as f64 * 100.0 / words.len() as f64
}

/// Prints a row of the table, and checks it against its minimum.
fn check(name: &str, words: &[String], charset: Charset, cold_least: f64) {
    let context = |known, prefers_chinese| ReadingContext {
        known,
        prefers_chinese,
        in_stream: false,
    };
    let cold = [true, false].map(|chinese| right(words, charset, context(None, chinese)));
    let known = [true, false].map(|chinese| right(words, charset, context(Some(charset), chinese)));
    let [zh, other] = cold;
    let [known_zh, known_other] = known;
    println!(
        "{name:<28} {:>6} {zh:>8.2} {other:>8.2} {known_zh:>8.2} {known_other:>8.2}",
        words.len()
    );
    assert!(
        cold.iter().all(|share| *share >= cold_least),
        "{name}: {cold:?}"
    );
    assert!(
        known.iter().all(|share| *share >= 99.5),
        "{name}: {known:?}"
    );
}

#[test]
fn text_is_read_as_it_was_written() {
    println!("percent read right            words  cold zh    other known zh    other");
    let alone = level_1();
    let everyday: Vec<String> = EVERYDAY.lines().map(str::to_owned).collect();
    assert!(everyday.len() >= 300);
    let sets = [
        // 猫 and è, 茅 and é have the same bytes: without a peer nothing distinguishes them.
        ("level 1 alone", alone.clone(), 98.0),
        ("level 1 pairs", random_words(&alone, 2, 10_000), 99.5),
        ("level 1 triples", random_words(&alone, 3, 10_000), 99.5),
        ("everyday words", everyday, 97.0),
    ];
    for (name, words, least) in &sets {
        check(&format!("GBK {name}"), words, GBK, *least);
        check(&format!("UTF-8 {name}"), words, UTF8, 99.0);
    }
    let mut languages = 0;
    for line in LANGUAGES.lines() {
        let (name, words) = line.split_once(": ").unwrap();
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        assert!(words.iter().all(|word| !word.is_ascii()), "{name}");
        check(&format!("UTF-8 {name}"), &words, UTF8, 97.0);
        languages += 1;
    }
    assert!(languages >= 20);
}
