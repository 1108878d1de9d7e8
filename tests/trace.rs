//! The files, ports and programs that a run of the program touches, traced with strace, against
//! those that the book lists.
#![cfg(target_os = "linux")]

use crate::readme::pages;
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

/// The system calls that touch a file or a port by its name.
const CALLS: &str = "trace=open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,\
    renameat2,link,linkat,symlink,symlinkat,chmod,fchmodat,execve,bind,connect";

const PROGRAM: &str = env!("CARGO_BIN_EXE_netpeer");

/// The part of the program that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Session,
    Doctor,
    Window,
}

/// What a call does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    Read,
    Write,
    Run,
    Bind,
    Connect,
}

/// The list of the book: of each row what is done, and the names it is done to.
pub struct List(Vec<(String, Vec<String>)>);

impl List {
    pub fn of_book() -> Self {
        let page = pages()
            .into_iter()
            .find(|page| page.path.ends_with("en/security.md"));
        let text = page.unwrap().text;
        let (_, section) = text.split_once("## Files, ports and programs").unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter(|line| line.starts_with("| "));
        let rows = rows.map(|row| {
            let (touch, rest) = row.trim_start_matches("| ").split_once(" | ").unwrap();
            let (names, _) = rest.split_once(" | ").unwrap();
            let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
            (touch.to_owned(), names.collect())
        });
        Self(rows.collect())
    }

    /// Whether the list has this: for all parts of the program, or for this one.
    pub fn has(&self, part: Part, touch: Touch, name: &str) -> bool {
        let does = match touch {
            Touch::Read => "reads",
            Touch::Write => "writes",
            Touch::Run => "runs",
            Touch::Bind => "binds",
            Touch::Connect => "connects",
        };
        let of_part = match part {
            Part::Session => does.to_owned(),
            Part::Doctor => format!("the doctor {does}"),
            Part::Window => format!("the window {does}"),
        };
        // A program is looked for in every folder of the path.
        let name = match touch {
            Touch::Run => name.rsplit('/').next().unwrap(),
            _ => name,
        };
        let rows = self.0.iter();
        let rows = rows.filter(|(touch, _)| *touch == does || *touch == of_part);
        rows.flat_map(|(_, names)| names)
            .any(|listed| stands_for(listed, name))
    }
}

/// Whether a listed name is this one. One that ends with `…` stands for all that begin as it does.
fn stands_for(listed: &str, name: &str) -> bool {
    match listed.strip_suffix('…') {
        Some(beginning) => name.starts_with(beginning),
        None => name == listed,
    }
}

/// What a line of strace says: each name that it touches.
pub fn touched(line: &str) -> Vec<(Touch, String)> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let Some((call, rest)) = line.split_once('(') else {
        return Vec::new();
    };
    let quoted = || rest.split('"').skip(1).step_by(2);
    let first = quoted().next().unwrap_or_default().to_owned();
    let touch = match call {
        "execve" => return vec![(Touch::Run, first)],
        "open" | "openat" => match ["O_WRONLY", "O_RDWR", "O_CREAT"]
            .iter()
            .any(|flag| rest.contains(flag))
        {
            true => Touch::Write,
            false => Touch::Read,
        },
        "bind" | "connect" => {
            let touch = match call {
                "bind" => Touch::Bind,
                _ => Touch::Connect,
            };
            let family = rest.split("sa_family=").nth(1).unwrap_or_default();
            let family: String = family
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let name = match family.as_str() {
                "AF_UNIX" => first,
                _ => family,
            };
            return vec![(touch, name)];
        }
        // A rename or a link has two names.
        _ => {
            return quoted()
                .map(|name| (Touch::Write, name.to_owned()))
                .collect();
        }
    };
    vec![(touch, first)]
}

/// Makes `strace` one of the program, in a folder that is its home, too. The arguments of the
/// program follow.
pub fn trace(strace: &mut Command, folder: &Path, to: &Path) {
    strace
        .args(["-f", "-qq", "-s", "512", "-e", "signal=none", "-e", CALLS])
        .arg("-o")
        .arg(to)
        .arg(PROGRAM)
        .current_dir(folder)
        .env("HOME", folder)
        .env("XDG_CACHE_HOME", folder.join(".cache"))
        // Those of cargo.
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("XDG_CONFIG_HOME");
}

/// The lines of a trace that are of the program itself, not of those that it runs.
fn own_lines(text: &str) -> Vec<&str> {
    let mut others = HashSet::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let process = line.split(' ').next().unwrap();
        if others.contains(process) {
            continue;
        }
        lines.push(line);
        let runs = line.contains("execve") && line.ends_with(" = 0");
        if runs && !line.contains(PROGRAM) {
            others.insert(process);
        }
    }
    lines
}

/// What a run touched beyond the list, in a folder where it may touch the files `own`, which may
/// end with `…`, too.
pub fn beyond(list: &List, part: Part, folder: &Path, own: &[&str], text: &str) -> Vec<String> {
    assert!(text.contains("execve("), "{text}");
    let folder = folder.to_str().unwrap();
    let is_known = |touch: Touch, name: &str| {
        let in_folder = name.strip_prefix(folder);
        let file = in_folder.unwrap_or(name).trim_start_matches("./");
        let file = file.trim_start_matches('/');
        // A file is written beside its name, and then renamed.
        let is_part = |own: &str| file.starts_with(&format!(".{own}.")) && file.ends_with(".part");
        let mut own = own.iter();
        let is_own = own.any(|&own| stands_for(own, file) || is_part(own));
        let is_it = match touch {
            Touch::Run => name == PROGRAM,
            _ => is_own,
        };
        let home = in_folder.map(|file| format!("~{file}"));
        is_it || list.has(part, touch, home.as_deref().unwrap_or(name))
    };
    let all = own_lines(text).into_iter().flat_map(touched);
    let others = all.filter(|(touch, name)| !is_known(*touch, name));
    others
        .map(|(touch, name)| format!("{touch:?} {name}"))
        .collect()
}

#[test]
fn a_file_that_the_list_lacks_is_noticed() {
    let list = List::of_book();
    let has = |touch, name: &str| list.has(Part::Session, touch, name);
    let line = r#"12 openat(AT_FDCWD, "/home/a/.ssh/id", O_RDONLY|O_CLOEXEC) = 3"#;
    let [(touch, name)] = &touched(line)[..] else {
        panic!("{line}");
    };
    assert_eq!((*touch, name.as_str()), (Touch::Read, "/home/a/.ssh/id"));
    assert!(!has(*touch, name));
    assert!(has(Touch::Read, "/etc/hosts"));
    assert!(!has(Touch::Write, "/etc/hosts"));
    let renamed = touched(r#"rename("a", "/etc/b") = 0"#);
    assert_eq!(renamed[1], (Touch::Write, "/etc/b".into()));
    let run = touched(r#"7 execve("/bin/sh", ["sh"], 0x7f /* 3 vars */) = 0"#);
    assert!(!has(run[0].0, &run[0].1));
    let bound = touched("7 bind(3, {sa_family=AF_INET, sin_port=htons(0)}, 16) = 0");
    assert_eq!(bound, [(Touch::Bind, "AF_INET".into())]);
    assert!(!touched(r#"connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0"#).is_empty());
}

#[test]
fn each_part_of_the_program_has_a_list_of_its_own() {
    let list = List::of_book();
    let has = |part| list.has(part, Touch::Run, "/usr/sbin/nft");
    let found = [Part::Session, Part::Doctor, Part::Window].map(has);
    assert_eq!(found, [false, true, false]);
    let has = |part| list.has(part, Touch::Read, "~/.Xauthority");
    let found = [Part::Session, Part::Doctor, Part::Window].map(has);
    assert_eq!(found, [false, false, true]);
}

#[test]
fn what_a_program_touches_that_was_run_is_not_ours() {
    let text = format!(
        "1 execve(\"{PROGRAM}\", [\"netpeer\"], 0x7f) = 0\n\
         1 open(\"/own\", O_RDONLY) = 3\n\
         2 execve(\"/a/nft\", [\"nft\"], 0x7f) = -1 ENOENT (No such file or directory)\n\
         2 execve(\"/usr/sbin/nft\", [\"nft\"], 0x7f <unfinished ...>\n\
         2 <... execve resumed>) = 0\n\
         2 open(\"/theirs\", O_RDONLY) = 3\n"
    );
    let list = List::of_book();
    let folder = Path::new("/folder");
    let found = beyond(&list, Part::Doctor, folder, &[], &text);
    assert_eq!(found, ["Read /own"]);
}
