//! The course: every solution passes, and the mistake of a wrong program is named.
//!
//! Wrong programs are made by `mutations.json` and, in C, by `mutations-c.json`: an operator is an
//! edit of the text of a solution, and the mistake that has to be named. `only` limits it to some exercises, `skip` leaves those
//! out where the program stays right, and `other` has the mistakes that an exercise shows instead.
#![cfg(target_os = "linux")]

mod language;

use crate::cli::program::run;
use crate::skips::have;
use language::ProgramLanguage;
use netpeer::course::{CourseResult, CourseVerdict, MistakeName, READY_MADE};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// How many programs run at the same time.
const AT_ONCE: usize = 4;
/// In the ordinary run, one of so many wrong programs is checked.
const SAMPLE: usize = 12;
/// The share of wrong programs, in percent, whose mistake has to be named.
const SHARE: usize = 90;
/// A group that one program has joined reaches all sockets of the machine (ip(7),
/// `IP_MULTICAST_ALL`), so these run one at a time.
static MULTICAST: Mutex<()> = Mutex::new(());

/// An edit of the text of a solution.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Operator {
    operator: String,
    find: String,
    replace: String,
    mistake: MistakeName,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    skip: Vec<String>,
    #[serde(default)]
    other: BTreeMap<String, MistakeName>,
}

/// A wrong program.
#[derive(Debug)]
struct Variant {
    language: ProgramLanguage,
    exercise: &'static str,
    operator: String,
    text: String,
    mistake: MistakeName,
}

fn operators(language: ProgramLanguage) -> Vec<Operator> {
    serde_json::from_str(language.mutations()).unwrap()
}

/// All wrong programs in this language, exercise by exercise.
fn variants(language: ProgramLanguage) -> Vec<Variant> {
    let operators = operators(language);
    let mut variants = Vec::new();
    for ready in READY_MADE {
        let Some(solution) = language.solution(ready.name) else {
            continue;
        };
        let text = std::fs::read_to_string(solution).unwrap();
        let number = ready.name.split('-').next().unwrap();
        let is_here = |names: &[String]| names.iter().any(|name| name == number);
        for operator in &operators {
            let is_of = operator.only.is_empty() || is_here(&operator.only);
            if !is_of || is_here(&operator.skip) || !text.contains(&operator.find) {
                continue;
            }
            variants.push(Variant {
                language,
                exercise: ready.name,
                operator: operator.operator.clone(),
                text: text.replace(&operator.find, &operator.replace),
                mistake: *operator.other.get(number).unwrap_or(&operator.mistake),
            });
        }
    }
    variants
}

/// Checks the program that this command runs, and returns the result file and what was printed.
fn checked(exercise: &str, program: &Path, command: &[String]) -> (CourseResult, String) {
    let alone = exercise.contains("multicast").then_some(&MULTICAST);
    let _guard = alone.map(|lock| lock.lock().unwrap_or_else(PoisonError::into_inner));
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("result.json");
    let words = ["learn", "check", exercise, program.to_str().unwrap()];
    let words = words.into_iter().chain(["--lang", "en", "--name", "Ann"]);
    let words: Vec<&str> = words
        .chain(["--result", result.to_str().unwrap(), "--"])
        .chain(command.iter().map(String::as_str))
        .collect();
    let ended = run(&words);
    let text = std::fs::read_to_string(&result);
    let text = text.unwrap_or_else(|error| panic!("{exercise}: {error}\n{}", ended.err));
    let result: CourseResult = serde_json::from_str(&text).unwrap();
    let status = match result.verdict {
        CourseVerdict::Passed => 0,
        CourseVerdict::Failed => 1,
    };
    assert_eq!(ended.status, Some(status), "{}{}", ended.out, ended.err);
    (result, ended.out)
}

/// Applies `work` to all, some at a time, and returns the results in the same order.
fn in_parallel<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = Mutex::new(0);
    let results = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let at = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    let Some(one) = all.get(at) else { return };
                    let result = work(one);
                    results.lock().unwrap().insert(at, result);
                }
            });
        }
    });
    results.into_inner().unwrap().into_values().collect()
}

/// Checks these wrong programs, and asserts the share of mistakes that are named.
fn judge(variants: &[Variant]) {
    let results = in_parallel(variants, |variant| {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("program.{}", variant.language.extension());
        let program = folder.path().join(name);
        std::fs::write(&program, &variant.text).unwrap();
        let command = variant.language.command(&program, folder.path(), &["-w"]);
        checked(variant.exercise, &program, &command)
    });
    let mut table: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (variant, (result, out)) in variants.iter().zip(&results) {
        let is_right = result.mistake == Some(variant.mistake);
        let row = table.entry(format!("{:?}", variant.mistake)).or_default();
        row[0] += usize::from(is_right);
        row[1] += 1;
        if !is_right {
            let Variant {
                exercise,
                operator,
                mistake,
                ..
            } = variant;
            let named = result.mistake;
            wrong.push(format!(
                "{exercise}, {operator}: {mistake:?}, named {named:?}\n{out}"
            ));
        }
    }
    println!("{:24} named of", "mistake");
    for (name, [named, of]) in &table {
        println!("{name:24} {named:5} {of:2}");
    }
    let named = variants.len() - wrong.len();
    println!("{:24} {named:5} {:2}", "all", variants.len());
    let is_enough = named * 100 >= variants.len() * SHARE;
    for line in &wrong {
        println!("{line}");
    }
    assert!(
        is_enough,
        "{named} of {}\n{}",
        variants.len(),
        wrong.join("\n")
    );
}

/// The languages whose tools are installed.
fn languages() -> impl Iterator<Item = ProgramLanguage> {
    let all = ProgramLanguage::ALL.into_iter();
    all.filter(|language| have(language.tools()))
}

#[test]
fn all_solutions_pass() {
    for language in languages() {
        let solved = READY_MADE.iter().filter_map(|ready| {
            let solution = language.solution(ready.name)?;
            Some((ready.name, solution))
        });
        let solved: Vec<_> = solved.collect();
        assert!(solved.len() >= 20, "{language:?}");
        in_parallel(&solved, |(exercise, solution)| {
            let folder = tempfile::tempdir().unwrap();
            let warnings = ["-Wall", "-Wextra", "-Werror"];
            let command = language.command(solution, folder.path(), &warnings);
            let (result, out) = checked(exercise, solution, &command);
            let verdict = result.verdict;
            assert_eq!(verdict, CourseVerdict::Passed, "{exercise}: {out}");
            assert_eq!(result.exercise, *exercise);
            assert_eq!(result.name.as_deref(), Some("Ann"));
        });
    }
}

#[test]
fn a_sample_of_wrong_programs_hears_its_mistake() {
    for language in languages() {
        let all = variants(language).into_iter().step_by(SAMPLE);
        judge(&all.collect::<Vec<_>>());
    }
}

#[test]
#[ignore = "takes minutes: scripts/course runs it"]
fn wrong_programs_hear_their_mistakes() {
    for language in languages() {
        println!("{language:?}");
        judge(&variants(language));
    }
}

#[test]
fn there_are_a_hundred_wrong_programs_and_every_operator_makes_one() {
    for language in ProgramLanguage::ALL {
        let variants = variants(language);
        assert!(variants.len() >= 100, "{}", variants.len());
        let used: BTreeSet<&str> = variants.iter().map(|one| one.operator.as_str()).collect();
        for operator in operators(language) {
            assert!(used.contains(operator.operator.as_str()), "{operator:?}");
        }
        let exercises: BTreeSet<&str> = variants.iter().map(|one| one.exercise).collect();
        let solved = READY_MADE
            .iter()
            .filter_map(|ready| language.solution(ready.name));
        assert_eq!(exercises.len(), solved.count());
    }
}

#[test]
fn the_start_of_an_exercise_replaces_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("new");
    let start = || run(&["learn", "start", "3", "--to", to.to_str().unwrap()]);
    let ended = start();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let program = to.join("03-udp-recvfrom.py");
    assert!(to.join("03-udp-recvfrom.md").exists());
    std::fs::write(&program, "mine").unwrap();
    assert_eq!(start().status, Some(2));
    assert_eq!(std::fs::read_to_string(&program).unwrap(), "mine");
}

#[test]
fn an_exercise_of_a_teacher_is_one_file_and_any_command_may_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.ron");
    let exercise = r#"(
        exercise: (title: (en: "Print", zh: "打印"), task: (en: "Print ready.", zh: "打印 ready。"), ends: true),
        sessions: {},
        programs: [(name: "program", run: ["$program"])],
        steps: [Prints(program: "program", exact: "ready", within: "5s")],
    )"#;
    std::fs::write(&file, exercise).unwrap();
    let file = file.to_str().unwrap();
    let shown = run(&["learn", "show", file, "--lang", "zh"]);
    assert_eq!(shown.out.trim(), "打印 ready。");
    let check = |script: &str| {
        let words = [
            "learn", "check", file, file, "--lang", "en", "--", "sh", "-c", script,
        ];
        run(&words)
    };
    let passed = check("echo ready");
    assert_eq!(passed.status, Some(0), "{}{}", passed.out, passed.err);
    let failed = check("echo b\"'ready'\"");
    assert_eq!(failed.status, Some(1), "{}", failed.err);
    assert!(failed.out.contains("(b'…')"), "{}", failed.out);
    let forever = check("echo ready; exec sleep 60");
    assert!(forever.out.contains("does not end"), "{}", forever.out);
}
