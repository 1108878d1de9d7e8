//! Tests of formulas.

use super::*;

const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "type", type: "u1", enum: "kind"),
        (id: "seq", type: "u1"),
        (id: "temp", type: "s2", scale: 0.1, if: "type == kind::measurement"),
        (id: "count", type: "u1", if: "type == kind::measurement"),
        (id: "all", type: "u1", repeat: "expr", repeat_expr: "count", if: "type == kind::measurement"),
    ],
    enums: {"kind": {1: "request", 2: "measurement"}},
)"#;

fn composed(fields: &[(&str, &str)], request: &[u8]) -> Result<Vec<u8>, FormulaMistake> {
    let schema = Schema::read(SENSOR).unwrap();
    let fields = fields
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let formulas = schema.formulas(&fields.collect())?;
    let mut moment = Moment {
        count: 3,
        seconds: 15.0,
        random: fastrand::Rng::with_seed(1),
    };
    Ok(schema.compose(&formulas, request, &mut moment)?)
}

#[test]
fn fields_are_computed_from_the_request_the_time_and_the_count() {
    let fields = [
        ("type", "measurement"),
        ("seq", "= req.seq + 1"),
        ("temp", "= 20 + sine(60, 5)"),
        ("all", "= [count, 7]"),
    ];
    let reply = composed(&fields, &[1, 9]);
    assert_eq!(reply, Ok(vec![2, 10, 0, 250, 2, 3, 7]));
    // A scaled number of the request is the one that is shown; a list is taken as a whole.
    let fields = [
        ("type", "= kind::measurement"),
        ("temp", "= req.temp * 2"),
        ("all", "= req.all"),
    ];
    let reply = composed(&fields, &[2, 9, 0, 101, 2, 5, 6]);
    assert_eq!(reply, Ok(vec![2, 0, 0, 202, 2, 5, 6]));
}

#[test]
fn a_formula_that_means_nothing_is_refused_with_its_field() {
    let wrong = |path: &str, text: &str| composed(&[(path, text)], &[1, 9]).unwrap_err();
    use FormulaProblem as Problem;
    for (path, text, problem) in [
        ("sequence", "1", Problem::UnknownField { similar: None }),
        (
            "sqe",
            "1",
            Problem::UnknownField {
                similar: Some("seq".into()),
            },
        ),
        (
            "seq",
            "= request.seq",
            Problem::UnknownName("request".into()),
        ),
        ("seq", "= req.zork", Problem::UnknownName("req.zork".into())),
        (
            "seq",
            "= kind::reply",
            Problem::UnknownName("kind::reply".into()),
        ),
        (
            "seq",
            "= cosine(1, 2)",
            Problem::UnknownFunction("cosine".into()),
        ),
        (
            "seq",
            "= sine(1)",
            Problem::Arguments {
                function: "sine".into(),
                count: 2,
            },
        ),
        (
            "seq",
            "= req.temp",
            Problem::Value(EncodeProblem::Expression(EvaluationFault::Absent)),
        ),
        (
            "seq",
            "= 200 + 100",
            Problem::Value(EncodeProblem::Range {
                bits: 8,
                signed: false,
            }),
        ),
        (
            "seq",
            "= random(5, 1)",
            Problem::Value(EncodeProblem::Expression(EvaluationFault::Argument)),
        ),
        (
            "seq",
            "= sine(0, 5)",
            Problem::Value(EncodeProblem::Expression(EvaluationFault::Argument)),
        ),
        (
            "seq",
            "300",
            Problem::Value(EncodeProblem::Range {
                bits: 8,
                signed: false,
            }),
        ),
    ] {
        let expected = FormulaMistake {
            path: path.to_owned(),
            problem,
        };
        assert_eq!(wrong(path, text), expected, "{text}");
    }
    assert!(matches!(
        wrong("seq", "= 1 +").problem,
        Problem::Expression(_)
    ));
}

#[test]
fn names_and_questions_of_a_request_stand_in_a_reply() {
    let schema = crate::schema::ReadyMade::named("dns")
        .unwrap()
        .schema()
        .unwrap();
    let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\0\0\x01\0\x01";
    let made = |fields: &[(&str, &str)]| {
        let fields = fields
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let formulas = schema.formulas(&fields.collect()).unwrap();
        let mut moment = Moment {
            count: 1,
            seconds: 0.0,
            random: fastrand::Rng::with_seed(1),
        };
        schema.compose(&formulas, query, &mut moment)
    };
    let answer = [
        ("id", "= req.id"),
        ("flags.response", "true"),
        ("answers[0].name", "= req.queries[0].name"),
        ("answers[0].type", "a"),
        ("answers[0].class", "in"),
        ("answers[0].ttl", "60"),
        ("answers[0].data.address", "192.0.2.9"),
    ];
    let expected = [
        &b"\x12\x34\x80\0\0\x01\0\x01\0\0\0\0\x03www\x07example\0\0\x01\0\x01"[..],
        b"\x03www\x07example\0\0\x01\0\x01\0\0\0\x3C\0\x04\xC0\0\x02\x09",
    ]
    .concat();
    for question in [
        [("queries", "= req.queries")].as_slice(),
        &[("queries[0]", "= req.queries[0]")],
        &[
            ("queries[0].name", "= req.queries[0].name"),
            ("queries[0].type", "= req.queries[0].type"),
            ("queries[0].class", "= req.queries[0].class"),
        ],
    ] {
        let fields = [question, &answer[..]].concat();
        assert_eq!(made(&fields), Ok(expected.clone()), "{question:?}");
    }
}

#[test]
fn a_value_within_another_is_refused_with_both_paths() {
    let json = Schema::read(r#"(meta: (id: "json"), json: true)"#).unwrap();
    let refused = |given: &[(&str, &str)]| {
        let given = given
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        json.formulas(&given.collect()).unwrap_err()
    };
    let overlap = |path: &str, around: &str| FormulaMistake {
        path: path.to_owned(),
        problem: FormulaProblem::Overlap(around.to_owned()),
    };
    let inner = refused(&[("others.a", "1"), ("others.a.b", "2")]);
    assert_eq!(inner, overlap("others.a.b", "others.a"));
    // With the name of the protocol, and without it.
    let twice = refused(&[("json.others.a", "1"), ("others.a", "2")]);
    assert_eq!(twice, overlap("others.a", "others.a"));
}
