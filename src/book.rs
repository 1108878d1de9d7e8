//! The book of `docs/` as it is installed: its pages for a browser.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use std::path::{Path, PathBuf};

/// The bytes of a path that a URL writes as `%20` (RFC 3986, and the `:` of a drive).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b':')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An installed book: a folder with one of pages for each language.
#[derive(Debug, PartialEq, Eq)]
pub struct Book {
    folder: PathBuf,
}

impl Book {
    /// The book that came with an executable, given by its whole path, or that `scripts/book`
    /// built beside it; `None` without one.
    pub fn of(program: &Path) -> Option<Self> {
        let beside = program.parent().filter(|_| program.is_absolute())?;
        let root = beside.parent().unwrap_or(beside);
        let built = program
            .ancestors()
            .find(|folder| folder.ends_with("target"));
        let places = [
            // Packages for Linux, for Windows and for macOS.
            root.join("share/doc/netpeer/book"),
            beside.join("book"),
            root.join("Resources/book"),
        ];
        let mut places = places
            .into_iter()
            .chain(built.map(|target| target.join("book")));
        let folder = places.find(|book| book.join("en/index.html").is_file())?;
        Some(Self { folder })
    }

    /// The `file` URL of a page in the language of this folder. The page is its name, with an
    /// anchor after a `#`: `tasks#look-closer`.
    pub fn url(&self, language: &str, page: &str) -> String {
        let (page, anchor) = match page.split_once('#') {
            Some((page, anchor)) => (page, format!("#{anchor}")),
            None => (page, String::new()),
        };
        let file = self.folder.join(language).join(page);
        format!("{}.html{anchor}", file_url(&file))
    }
}

/// A whole path as a `file` URL (RFC 8089).
pub fn file_url(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut escaped = percent_encode(bytes, ESCAPED).to_string();
    if cfg!(windows) {
        escaped = escaped.replace("%5C", "/");
    }
    match escaped.strip_prefix("//") {
        // A share of Windows: its server stands where a URL has the host.
        Some(share) => format!("file://{share}"),
        None => format!("file:///{}", escaped.trim_start_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk;

    /// A folder with a book at this place.
    fn with_book(place: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let english = root.path().join(place).join("en");
        std::fs::create_dir_all(&english).unwrap();
        std::fs::write(english.join("index.html"), "").unwrap();
        root
    }

    #[test]
    fn each_package_has_its_book_where_the_program_looks() {
        let places = [
            ("usr/bin/netpeer", "usr/share/doc/netpeer/book"),
            ("netpeer-0.1.0/netpeerw.exe", "netpeer-0.1.0/book"),
            (
                "netpeer.app/Contents/MacOS/netpeer",
                "netpeer.app/Contents/Resources/book",
            ),
            ("target/release/netpeer", "target/book"),
            (
                "target/aarch64-unknown-linux-gnu/dist/netpeer",
                "target/book",
            ),
        ];
        for (program, book) in places {
            let root = with_book(book);
            let found = Book::of(&root.path().join(program)).unwrap();
            assert_eq!(found.folder, root.path().join(book), "{program}");
        }
    }

    #[test]
    fn a_program_without_a_book_finds_none() {
        let root = with_book("elsewhere/book");
        assert_eq!(Book::of(&root.path().join("bin/netpeer")), None);
        assert_eq!(Book::of(Path::new("netpeer")), None);
    }

    #[test]
    fn a_page_has_a_url_that_leads_back_to_its_file() {
        let folder = std::env::temp_dir().join("手 册#1%");
        let book = Book {
            folder: folder.clone(),
        };
        let url = book.url("zh", "tasks#look-closer");
        let (file, anchor) = url.split_once('#').unwrap();
        assert_eq!(anchor, "look-closer");
        assert!(file.is_ascii() && !file.contains(' '), "{file}");
        assert_eq!(disk::path_of(file), folder.join("zh").join("tasks.html"));
    }

    #[cfg(windows)]
    #[test]
    fn a_drive_and_a_share_of_windows_have_urls() {
        let url = |path: &str| file_url(Path::new(path));
        assert_eq!(url(r"C:\lab\book"), "file:///C:/lab/book");
        assert_eq!(url(r"\\server\lab"), "file://server/lab");
    }
}
