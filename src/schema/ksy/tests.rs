use super::*;
use crate::schema::{Fault, Schema, SchemaMistake, Tree};

const PROBE: &str = r#"
meta:
  id: probe
  title: A probe of everything
  file-extension: [prb, probe]
  license: CC0-1.0
  ks-version: '0.10'
  xref: {rfc: 1234}
  endian: be
  bit-endian: le
  encoding: ASCII
doc: |
  Several
  lines.
doc-ref:
  - https://example.com/
-webide-representation: '{y}'
seq:
  - id: magic
    contents: ["P", 0x0, [1, "!"]]
  - id: y
    -orig-id: why
    type: b4
    enum: kind
    doc-ref: section 1
  - id: no
    type: b4
  - id: count
    type: u1
    valid:
      any-of: [2, 0x3]
  - size: 1
  - id: all
    type: item(_index, "a")
    repeat: expr
    repeat-expr: count
  - id: text
    type: strz
    eos-error: false
  - id: rest
    type:
      switch-on: y
      cases:
        kind::number: u2le
        '_': str
    size-eos: true
types:
  item:
    params:
      - id: at
        type: u4
        doc: Its place.
      - id: letter
        type: str
    seq:
      - id: value
        type: u1
        valid: 'at + 5'
    instances:
      name:
        value: >-
          letter +
          at.to_s
  empty: {}
instances:
  first:
    pos: 0
    type: u1
  is_number:
    value: y == kind::number
enums:
  kind:
    0b1:
      id: number
      doc: A number.
    0x02: true
    -1: none
"#;

fn checked(text: &str) -> Schema {
    let file = KsyFile::read(text).unwrap_or_else(|mistake| panic!("{mistake:?}"));
    Schema::new(file.spec).unwrap_or_else(|mistake| panic!("{mistake:?}"))
}

/// The line of the mistake in a text, and the problem.
fn wrong(text: &str) -> (usize, SchemaProblem) {
    match KsyFile::read(text) {
        Err(mistake) => (mistake.at.line, mistake.problem),
        Ok(_) => panic!("nothing is wrong with {text}"),
    }
}

#[test]
fn a_description_in_yaml_reads_messages() {
    let schema = checked(PROBE);
    assert_eq!(schema.name(), "probe");
    let doc = schema.spec().doc.as_deref();
    assert_eq!(doc, Some("Several\nlines."));
    let message = b"P\0\x01!\x31\x02-\x05\x06hi\0\x01\x02";
    let mut tree = Tree::default();
    assert_eq!((schema.decode(message, &mut tree), tree.fault()), (0, None));
    let line = schema.summary(&tree, message, 1_000);
    for part in [
        "y=number  no=3  count=2",
        "all[0].value=5  all[0].name=\"a0\"  all[1].value=6  all[1].name=\"a1\"",
        "text=\"hi\"  rest=513  first=80  is_number=true",
    ] {
        assert!(line.contains(part), "{line}");
    }
    let mut changed = *message;
    changed[8] = 9;
    schema.decode(&changed, &mut tree);
    let fault = tree.fault().map(|(node, fault)| (node, fault.clone()));
    let (node, fault) = fault.unwrap();
    assert_eq!(schema.path(&tree, node), "all[1].value");
    assert_eq!(fault, Fault::Invalid);
}

#[test]
fn what_is_not_supported_is_refused_by_its_line() {
    use ExpectedValue as Expected;
    use SchemaProblem as Problem;
    let unsupported = |what: &str| Problem::Unsupported(what.to_owned());
    for (text, line, problem) in [
        (
            "seq:\n  - id: a\n    size: 4\n    process: zlib\n",
            4,
            unsupported("process"),
        ),
        (
            "seq:\n  - id: a\n    parent: _root\n",
            3,
            unsupported("parent"),
        ),
        (
            "meta:\n  endian:\n    switch-on: a\n    cases: {1: be}\n",
            2,
            unsupported("endian: switch-on"),
        ),
        (
            "meta:\n  imports:\n    - common/vlq\n    - ../x.ksy\n",
            4,
            unsupported("imports: ../x.ksy"),
        ),
        (
            "instances:\n  a:\n    value: 1 + sizeof<u4>\n",
            3,
            unsupported("sizeof"),
        ),
        (
            "types:\n  a:\n    seq:\n      - id: b\n        tipe: u1\n",
            5,
            Problem::UnknownKey("tipe".to_owned()),
        ),
        (
            "meta:\n  ident: a\n",
            2,
            Problem::UnknownKey("ident".to_owned()),
        ),
        ("seqq: []\n", 1, Problem::UnknownKey("seqq".to_owned())),
        ("seq:\n  a: 1\n", 2, Problem::Expected(Expected::List)),
        ("seq:\n  - u1\n", 2, Problem::Expected(Expected::Map)),
        (
            "seq:\n  - id: a\n    size-eos: 1\n",
            3,
            Problem::Expected(Expected::Flag),
        ),
        (
            "seq:\n  - id: a\n    contents: [256]\n",
            3,
            Problem::Expected(Expected::Byte),
        ),
        (
            "seq:\n  - id: [a]\n    type: u1\n",
            2,
            Problem::Expected(Expected::Text),
        ),
        (
            "enums:\n  k:\n    one: 1\n",
            3,
            Problem::Expected(Expected::Integer),
        ),
        (
            "enums:\n  k:\n    1: {doc: one}\n",
            3,
            Problem::MissingKey("id"),
        ),
        (
            "seq:\n  - id: a\n    type:\n      cases: {1: u1}\n",
            4,
            Problem::MissingKey("switch-on"),
        ),
    ] {
        assert_eq!(wrong(text), (line, problem), "{text}");
    }
}

#[test]
fn a_text_that_is_no_yaml_has_the_line_of_its_mistake() {
    for (text, line) in [
        ("meta:\n  id: a\n  id: b\n", 3),
        ("meta:\n  id: [a\nseq: 1\n", 3),
        ("meta:\n  id: .inf\n", 2),
    ] {
        let (found, problem) = wrong(text);
        assert!(matches!(problem, SchemaProblem::Yaml(_)), "{text}");
        assert!(found >= line - 1 && found <= line + 1, "{text}: {found}");
    }
}

#[test]
fn a_text_that_uses_too_much_is_refused() {
    let deep = format!("doc: {}{}", "[".repeat(100), "]".repeat(100));
    let mut bomb = "-a: &x0 [1]\n".to_owned();
    for level in 1..20 {
        let before = format!("*x{}, ", level - 1).repeat(9);
        bomb += &format!("-a{level}: &x{level} [{before}]\n");
    }
    for text in [&deep, &bomb] {
        assert!(matches!(wrong(text).1, SchemaProblem::YamlTooMuch { .. }));
    }
}

#[test]
fn a_mistake_of_the_check_has_its_line() {
    let text = "meta:\n  encoding: x\nseq:\n  - id: a\n    type: u1\n  - id: b\n    type: u2\ntypes:\n  t:\n    instances:\n      v:\n        value: c\n";
    for (text, line) in [
        (text.to_owned(), 2),
        (text.replace("  encoding: x\n", "  encoding: ASCII\n"), 6),
        (text.replace("  encoding: x\n", "  endian: le\n"), 11),
    ] {
        let file = KsyFile::read(&text).unwrap();
        let SchemaMistake { place, .. } = Schema::new(file.spec).unwrap_err();
        assert_eq!(file.places.find(&place).line, line, "{place}");
    }
    assert_eq!(KsyPlaces::default().find("seq.1"), TextPlace::BEGIN);
}

#[test]
fn an_imported_file_does_not_know_who_imports_it() {
    let text = "meta:\n  id: a\nseq:\n  - id: b\n    type: b4\n    if: my_root > 1\n";
    let meta = KsyFile::read_imported(text).unwrap().spec.meta;
    assert_eq!(meta.bit_endian.as_deref(), Some("be"));
    assert_eq!(meta.encoding.as_deref(), Some("UTF-8"));
    let text = text.replace("my_root", "_root.b");
    assert!(KsyFile::read(&text).is_ok());
    let mistake = KsyFile::read_imported(&text).unwrap_err();
    let found = (mistake.at.line, mistake.problem);
    assert_eq!(found, (6, SchemaProblem::ImportedRoot));
}

/// The line of a message, and its first fault.
fn read(text: &str, message: &[u8]) -> (String, Option<Fault>) {
    let (schema, mut tree) = (checked(text), Tree::default());
    schema.decode(message, &mut tree);
    let fault = tree.fault().map(|(_, fault)| fault.clone());
    (schema.summary(&tree, message, 1_000), fault)
}

#[test]
fn a_choice_without_a_case_for_a_value_is_left_out() {
    let text = "seq:\n  - id: k\n    type: u1\n  - id: a\n    type:\n      switch-on: k\n      cases:\n        1: u1\n  - id: rest\n    size-eos: true\n";
    assert_eq!(
        read(text, &[1, 2, 3]),
        ("k=1  a=2  rest=03".to_owned(), None)
    );
    assert_eq!(read(text, &[9, 2, 3]), ("k=9  rest=02 03".to_owned(), None));
}

#[test]
fn an_instance_knows_the_place_where_it_was_needed() {
    let text = "seq:\n  - size: 2\n  - id: mark\n    size: 0\n    if: at < 0\n  - id: rest\n    size-eos: true\ninstances:\n  at:\n    value: _io.pos\n";
    let (line, fault) = read(text, &[1, 2, 3]);
    assert!(line.contains("at=2") && fault.is_none(), "{line}");
}

#[test]
fn what_fills_a_field_up_stands_behind_its_terminator() {
    let text = "seq:\n  - id: a\n    size: 4\n    pad-right: 0x30\n    terminator: 0x40\n";
    assert_eq!(read(text, b"a0@0"), ("a=61 30".to_owned(), None));
    assert_eq!(read(text, b"a000"), ("a=61".to_owned(), None));
}

#[test]
fn a_computed_value_may_stand_for_a_type_or_a_list() {
    let text = "seq:\n  - id: all\n    type: part\n    repeat: eos\ntypes:\n  part:\n    seq:\n      - id: x\n        type: u1\ninstances:\n  a_last:\n    value: all.last\n  b_again:\n    value: a_last\n  c_x:\n    value: b_again.x\n  d_bytes:\n    value: '[1, 2]'\n  e_size:\n    value: d_bytes.size\n";
    let (line, fault) = read(text, &[5, 6]);
    assert_eq!(fault, None);
    assert!(line.contains("c_x=6  d_bytes=01 02  e_size=2"), "{line}");
}
