//! The source files of the crate and the paths that they import.

use regex::Regex;
use std::path::{Path, PathBuf};

/// A source file without its tests.
pub(super) struct SourceFile {
    /// Relative to `src`.
    pub(super) path: PathBuf,
    /// Its module path, outermost first.
    pub(super) modules: Vec<String>,
    pub(super) code: String,
}

impl SourceFile {
    pub(super) fn new(path: PathBuf, text: &str) -> Self {
        let inside = path.with_extension("");
        let names = inside.iter().map(|name| name.to_str().unwrap().to_owned());
        let modules = names.filter(|name| name != "mod").collect();
        let lines = text
            .lines()
            .take_while(|line| !line.starts_with("#[cfg(test)]"));
        let code = lines.map(|line| match line.trim_start().starts_with("//") {
            true => "",
            false => line,
        });
        let code = code.collect::<Vec<_>>().join("\n");
        Self {
            path,
            modules,
            code,
        }
    }

    /// The top-level module it belongs to.
    pub(super) fn top(&self) -> &str {
        self.modules.first().map_or("", String::as_str)
    }

    /// The lines with their numbers from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.code.lines().enumerate();
        lines.map(|(number, line)| (number + 1, line.trim()))
    }

    pub(super) fn imports(&self) -> Vec<Vec<String>> {
        imports_in(&self.code, &self.modules)
    }
}

/// All paths that begin with `crate` or `super`, from the crate's root.
pub(super) fn imports_in(code: &str, modules: &[String]) -> Vec<Vec<String>> {
    let words = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<_>>();
    let code = code.replace("pub(super)", "pub");
    let mut found = Vec::new();
    let path = Regex::new(r"\b(crate|super)((?:::\w+)*)(::\{[^;]*)?").unwrap();
    for part in path.captures_iter(&code) {
        let mut base = match &part[1] {
            "crate" => Vec::new(),
            _ => modules[..modules.len().saturating_sub(1)].to_vec(),
        };
        for word in words(part[2].trim_start_matches("::")) {
            match word.as_str() {
                "" => {}
                "super" => drop(base.pop()),
                _ => base.push(word),
            }
        }
        // For a list right after `crate` or a module, the first word of each path is enough.
        let Some(list) = part.get(3) else {
            found.push(base);
            continue;
        };
        let mut depth = 0;
        for item in list
            .as_str()
            .trim_start_matches("::")
            .split_inclusive(['{', ',', '}'])
        {
            let item_path = item.trim_end_matches(['{', ',', '}']).trim();
            if depth == 1 && !item_path.is_empty() {
                let tail = words(item_path.trim_end_matches("::"));
                found.push([base.clone(), tail].concat());
            }
            depth += item.matches('{').count();
            depth -= item.matches('}').count().min(depth);
        }
    }
    found
}

/// The files of the crate without comments and tests, which may import anything.
pub(super) fn files() -> Vec<SourceFile> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&src, &mut paths);
    assert!(paths.len() > 20, "only {} files found", paths.len());
    let is_test =
        |path: &Path| path.ends_with("tests.rs") || path.iter().any(|part| part == "tests");
    let paths = paths.into_iter().filter(|path| {
        let within = path.strip_prefix(&src).unwrap_or(path);
        !is_test(within)
    });
    let files = paths.map(|path| {
        let text = std::fs::read_to_string(&path).unwrap();
        SourceFile::new(path.strip_prefix(&src).unwrap().to_path_buf(), &text)
    });
    files.collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
