use super::*;
use proptest::prelude::*;

fn moment() -> TemplateContext<'static> {
    TemplateContext {
        seq: 7,
        time: jiff::civil::date(2026, 11, 23).at(14, 3, 31, 552_318_000),
        micros: 1_795_442_611_552_318,
        peer: "127.0.0.1:8888".into(),
        request: Request::default(),
    }
}

fn parse(text: &str) -> Result<Template, TextMistake> {
    let literal = |text: &str| Ok(text.as_bytes().to_vec());
    Template::parse(text, Charset::Utf8, TemplateScope::Message, literal)
}

fn render(text: &str) -> String {
    let mut random = fastrand::Rng::with_seed(1);
    let bytes = parse(text)
        .unwrap()
        .render(&moment(), 0, usize::MAX, &mut random)
        .unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn variables_become_what_they_are_at_that_moment() {
    assert_eq!(render("n=${seq};"), "n=7;");
    assert_eq!(render("${seq:4}"), "0007");
    assert_eq!(render("${date} ${time}"), "2026-11-23 14:03:31.552");
    assert_eq!(render("→${peer}"), "→127.0.0.1:8888");
}

fn answer(text: &str, data: &[u8]) -> Vec<u8> {
    let literal = |text: &str| Ok(text.as_bytes().to_vec());
    let template = Template::parse(text, Charset::Utf8, TemplateScope::Reply, literal).unwrap();
    let groups = [Some(0..data.len()), Some(1..3), None];
    let request = Request {
        data,
        groups: &groups,
        stream: false,
    };
    let moment = TemplateContext {
        request,
        ..moment()
    };
    let mut random = fastrand::Rng::with_seed(1);
    template
        .render(&moment, 0, usize::MAX, &mut random)
        .unwrap()
}

/// A hexadecimal message, in bytes.
fn render_hex(text: &str) -> Result<Vec<u8>, TooLong> {
    let (charset, scope) = (Charset::Utf8, TemplateScope::Message);
    let template = Template::parse(text, charset, scope, crate::payload::hex::parse);
    let mut random = fastrand::Rng::with_seed(1);
    template
        .unwrap()
        .in_hex()
        .render(&moment(), 0, 1000, &mut random)
}

#[test]
fn variables_with_a_type_are_binary() {
    let expected = [0xAA, 0, 7, 7, 0, 0, 0, 0x3F];
    assert_eq!(
        render_hex("AA ${seq:u16be} ${seq:u32le} 3F").unwrap(),
        expected
    );
    let temperature = [0x41, 0xBC, 0, 0, 1, 0xF4, 0xFF];
    assert_eq!(
        render_hex("${f32be:23.5}${u16be:500}${i8:-1}").unwrap(),
        temperature
    );
    let seconds = 1_795_442_611_u32.to_be_bytes();
    assert_eq!(render_hex("${time:u32be}").unwrap(), seconds);
    let millis = 1_795_442_611_552_u64.to_le_bytes();
    assert_eq!(render_hex("${ms:u64le}").unwrap(), millis);
    assert_eq!(
        render_hex("${us:f64be}").unwrap(),
        1_795_442_611_552_318_f64.to_be_bytes()
    );
    assert_eq!(render_hex("${rand:4}${rand:u16be}").unwrap().len(), 6);
    assert_eq!(
        render("${rand:4}")
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .count(),
        4
    );
}

#[test]
fn a_binary_length_counts_itself_and_has_to_fit() {
    assert_eq!(
        render_hex("${len:u16be} AB CD").unwrap(),
        [0, 4, 0xAB, 0xCD]
    );
    assert_eq!(render_hex("${len:u8} ${len:u16le}").unwrap(), [3, 3, 0]);
    assert_eq!(
        render_hex("AA ${rest:u16be} 01 ${rest:u8} CD").unwrap(),
        [0xAA, 0, 3, 1, 1, 0xCD]
    );
    let long = format!("${{len:u8}} {}", "00 ".repeat(255));
    assert_eq!(render_hex(&long), Err(TooLong { limit: 255 }));
}

#[test]
fn an_answer_has_what_it_answers() {
    let message = |text, data: &str| String::from_utf8(answer(text, data.as_bytes())).unwrap();
    assert_eq!(message("来自服务器${data}", "你好"), "来自服务器你好");
    assert_eq!(message("${1}|${0}|${2}|${9}", "abcd"), "bc|abcd||");
    assert_eq!(message("${data:2}${data:0:1}${data:9:4}", "abcd"), "cda");
    assert_eq!(message("${upper} ${hex}", "ab\n"), "AB\n 61 62 0A");
    let data = [0xFF, 0xFE];
    assert_eq!(answer("${data}!", &data), [0xFF, 0xFE, b'!']);
}

#[test]
fn no_more_is_composed_than_can_be_sent() {
    let data = [b'x'; 1000];
    let request = Request {
        data: &data,
        groups: &[],
        stream: false,
    };
    let moment = TemplateContext {
        request,
        ..moment()
    };
    let compose = |text: &str, limit| {
        let literal = |text: &str| Ok(text.as_bytes().to_vec());
        let template = Template::parse(text, Charset::Utf8, TemplateScope::Reply, literal).unwrap();
        let mut random = fastrand::Rng::with_seed(1);
        let bytes = template.render(&moment, 2, limit, &mut random);
        bytes.map(|bytes| bytes.len())
    };
    // 2 bytes follow.
    assert_eq!(compose("${data}${data}", 2002), Ok(2000));
    let limit = 2001;
    assert_eq!(compose("${data}${data}", limit), Err(TooLong { limit }));
    assert_eq!(compose("${hex}", limit), Err(TooLong { limit }));
    assert_eq!(compose("${data}${len}${crc:modbus}", 1008), Ok(1006));
    let limit = 1007;
    let counted = compose("${data}${len}${crc:modbus}", limit);
    assert_eq!(counted, Err(TooLong { limit }));
}

#[test]
fn a_check_value_covers_what_stands_before_it() {
    assert_eq!(answer("123456789${crc:modbus}", b""), *b"123456789\x37\x4B");
    assert_eq!(
        answer("${data}${crc:modbus:high}!", b"123456789"),
        *b"123456789\x4B\x37!"
    );
    // The length counts the checksum, and the checksum covers the length.
    assert_eq!(answer("${len}${crc:xor-8}", b""), [b'2', b'2']);
}

#[test]
fn a_message_that_answers_nothing_cannot_quote_it() {
    for text in ["${data}", "${1}", "${upper}", "${hex}"] {
        let problem = TextProblem::NoRequest;
        assert_eq!(parse(text), Err(TextMistake { at: 0, problem }), "{text}");
    }
    let problem = TextProblem::UnknownVariable;
    assert_eq!(
        parse("${crc:nonsense}"),
        Err(TextMistake { at: 0, problem })
    );
}

#[test]
fn random_ones_have_the_shape_asked_for() {
    let text = render("${rand:12}");
    assert!(text.len() == 12 && text.chars().all(|c| c.is_ascii_alphanumeric()));
    let uuid = render("${uuid}");
    assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'4'));
    assert_ne!(render("${uuid}"), render("x${rand:1}${uuid}"));
}

#[test]
fn the_length_counts_itself() {
    assert_eq!(render("${len}"), "1");
    assert_eq!(render("12345678${len}"), "123456789");
    assert_eq!(render("123456789${len}"), "12345678911");
    assert_eq!(
        render(&format!("{}${{len}}${{len}}", "x".repeat(95)))[95..],
        *"9999"
    );
    let longer = render(&format!("{}${{len}}${{len}}", "x".repeat(96)));
    assert_eq!(longer[96..], *"102102");
}

#[test]
fn dollars_that_are_no_variables_stay() {
    assert_eq!(render("$5 and $${seq}"), "$5 and ${seq}");
    assert_eq!(parse("$5 {}").unwrap().fixed(), Some(b"$5 {}".to_vec()));
    assert_eq!(parse("a${seq}").unwrap().fixed(), None);
}

#[test]
fn mistakes_are_pointed_at() {
    let mistakes = [
        ("你${sec}", 1, TextProblem::UnknownVariable),
        ("${seq", 0, TextProblem::UnclosedVariable),
        ("ab${rand}", 2, TextProblem::VariableNumber),
        ("${rand:0}", 0, TextProblem::VariableNumber),
        ("${rand:99999}", 0, TextProblem::VariableNumber),
        ("${time:3}", 0, TextProblem::VariableNumber),
        ("${seq:u24be}", 0, TextProblem::NumberType),
        ("${len:u16}", 0, TextProblem::NumberType),
        ("${u8:256}", 0, TextProblem::NumberRange),
        ("${u16be}", 0, TextProblem::NumberRange),
        ("${ms}", 0, TextProblem::UnknownVariable),
    ];
    for (text, at, problem) in mistakes {
        assert_eq!(parse(text), Err(TextMistake { at, problem }), "{text}");
    }
}

#[test]
fn a_mistake_between_variables_has_its_place_in_the_whole() {
    let template = Template::parse(
        "01 ${seq} 0g",
        Charset::Utf8,
        TemplateScope::Message,
        crate::payload::hex::parse,
    );
    let problem = TextProblem::NotHex('g');
    assert_eq!(template, Err(TextMistake { at: 11, problem }));
}

proptest! {
    #[test]
    fn the_length_written_is_the_length_there_is(rest in "[a-z]{0,1100}", times in 1_usize..5, after in 0_usize..1000) {
        let text = format!("{rest}{}", "|${len}".repeat(times));
        let mut random = fastrand::Rng::with_seed(1);
        let template = parse(&text).unwrap();
        let bytes = template.render(&moment(), after, usize::MAX, &mut random).unwrap();
        let message = String::from_utf8(bytes.clone()).unwrap();
        let message: usize = message.rsplit('|').next().unwrap().parse().unwrap();
        prop_assert_eq!(message, bytes.len() + after);
    }

    #[test]
    fn nothing_typed_panics(text: String) {
        parse(&text).ok();
    }
}

#[test]
fn the_book_explains_every_variable() {
    let pages = [
        include_str!("../../../docs/en/variables.md"),
        include_str!("../../../docs/zh/variables.md"),
    ];
    for variable in Variable::WRITTEN.iter().chain(&Variable::QUOTING) {
        for page in pages {
            assert!(page.contains(&format!("`{variable}`")), "{variable}");
        }
    }
}
