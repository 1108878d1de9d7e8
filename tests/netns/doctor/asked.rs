//! Asks the doctor in a process of its own: without capabilities, and as root.
use netpeer::engine::evidence::{Evidence, LONGEST, Permission, Question, SessionFacts};
use netpeer::explain::doctor::{Diagnosis, judge};
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Variables of the environment: the question as JSON, whether all descriptors are used up, and
/// whether packets may be sent to others.
const ASKED: &str = "NETPEER_DOCTOR_ASKED";
const FULL: &str = "NETPEER_DOCTOR_FULL";
const PROBES: &str = "NETPEER_DOCTOR_PROBES";
/// The limit of descriptors of a process that uses them up.
const DESCRIPTORS: u32 = 64;
/// For a machine that is busy.
const SLACK: Duration = Duration::from_secs(1);

/// The user of [`without_rights`].
const NOBODY: [&str; 4] = [
    "--reuid=65534",
    "--clear-groups",
    "--bounding-set=-all",
    "--inh-caps=-all",
];

/// A command without capabilities, and with the rights of nobody where that user can run it.
pub fn without_rights(command: &str) -> Command {
    let tried = Command::new("setpriv")
        .args(NOBODY)
        .args(["test", "-x", command])
        .status();
    let mut wrapped = Command::new("setpriv");
    match tried {
        Ok(status) if status.success() => wrapped.args(NOBODY),
        // Root without a capability may not look at other processes either.
        _ => wrapped.args(&NOBODY[2..]),
    };
    wrapped.arg(command);
    wrapped
}

/// The verdicts of both, which are to be the same: the id of the situation, or `none`.
pub fn verdict(question: &Question, session: Option<&SessionFacts>) -> String {
    let [user, root] = both(question, session, false);
    assert_eq!(user, root, "{question:?}");
    root
}

/// As [`verdict`], in processes that have no descriptor left.
pub fn verdict_without_descriptors(question: &Question, session: &SessionFacts) -> String {
    let [user, root] = both(question, Some(session), true);
    assert_eq!(user, root, "{question:?}");
    root
}

/// What the doctor says: ids of situations.
#[derive(Debug)]
pub struct Answer {
    /// The first is the verdict.
    pub findings: Vec<String>,
    pub unknown: Vec<String>,
    /// The findings with all that was seen, and what is unknown with its reasons.
    pub text: String,
}

impl Answer {
    pub fn verdict(&self) -> &str {
        self.findings.first().map_or("none", String::as_str)
    }
}

/// The verdict without capabilities, and that of root.
pub fn both(question: &Question, session: Option<&SessionFacts>, is_full: bool) -> [String; 2] {
    let variable = if is_full { Some(FULL) } else { None };
    ask(question, session, variable).map(|answer| answer.verdict().to_owned())
}

/// The answer without capabilities, and that of root.
pub fn answers_to(question: &Question, session: Option<&SessionFacts>) -> [Answer; 2] {
    ask(question, session, None)
}

/// As [`answers_to`], with the permission to send packets to others.
pub fn answers_with_probes(question: &Question, session: Option<&SessionFacts>) -> [Answer; 2] {
    ask(question, session, Some(PROBES))
}

fn ask(question: &Question, session: Option<&SessionFacts>, variable: Option<&str>) -> [Answer; 2] {
    let itself = std::env::current_exe().unwrap();
    let itself = itself.to_str().unwrap();
    let asked = serde_json::to_string(&(question, session)).unwrap();
    let begin = |mut command: Command| {
        command
            .args(["--exact", "netns::doctor::asked::answers"])
            .args(["--ignored", "--nocapture"])
            .env(ASKED, &asked)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(variable) = variable {
            command.env(variable, "1");
        }
        command.spawn().unwrap()
    };
    let [user, root] = [without_rights(itself), Command::new(itself)];
    // Machines limit the errors that probes of both would bring.
    if variable == Some(PROBES) {
        return [user, root].map(|command| answer(begin(command)));
    }
    [begin(user), begin(root)].map(answer)
}

/// What a process that was asked says.
fn answer(process: Child) -> Answer {
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let ids = |name: &str| {
        let line = said.lines().find_map(|line| line.split_once(name));
        let Some((_, ids)) = line else {
            panic!("{said}{}", String::from_utf8_lossy(&output.stderr));
        };
        ids.split_whitespace().map(str::to_owned).collect()
    };
    Answer {
        findings: ids("findings="),
        unknown: ids("unknown="),
        text: said.clone().into_owned(),
    }
}

#[test]
#[ignore = "run by the tests of situations, in their network namespace"]
fn answers() {
    let asked = std::env::var(ASKED).unwrap();
    let (question, session): (Question, Option<SessionFacts>) =
        serde_json::from_str(&asked).unwrap();
    if std::env::var(FULL).is_ok() && std::env::var("NETPEER_DOCTOR_LIMITED").is_err() {
        // A process lowers its own limit by a shell.
        let limit = format!("ulimit -n {DESCRIPTORS}; exec \"$@\"");
        let limited = ["env", "NETPEER_DOCTOR_LIMITED=1"];
        let wrapped: Vec<&str> = ["sh", "-c", &limit, "sh"]
            .into_iter()
            .chain(limited)
            .collect();
        return println!("{}", relayed(&wrapped));
    }
    let mut kept = Vec::new();
    if std::env::var(FULL).is_ok() {
        while let Ok(file) = File::open("/dev/null") {
            kept.push(file);
        }
    }
    let permission = Permission {
        probes: std::env::var(PROBES).is_ok(),
    };
    let began = Instant::now();
    let evidence = Evidence::gather(question, session, permission);
    let took = began.elapsed();
    drop(kept);
    assert!(took < LONGEST + SLACK, "{took:?}");
    let Diagnosis {
        findings, unknown, ..
    } = judge(&evidence);
    let found: Vec<_> = findings.iter().map(|one| one.situation.id()).collect();
    let missing: Vec<_> = unknown.iter().map(|one| one.situation.id()).collect();
    println!(
        "\nfindings={}\nunknown={}",
        found.join(" "),
        missing.join(" ")
    );
    for finding in &findings {
        println!("{finding:?}");
    }
    for missing in &unknown {
        println!("{missing:?}");
    }
}

/// Runs this test again in a process started by this command; returns what it says.
fn relayed(wrapped: &[&str]) -> String {
    let itself = std::env::current_exe().unwrap();
    let output = Command::new(wrapped[0])
        .args(&wrapped[1..])
        .arg(itself)
        .args(["--exact", "netns::doctor::asked::answers"])
        .args(["--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said + &String::from_utf8_lossy(&output.stderr)
}
