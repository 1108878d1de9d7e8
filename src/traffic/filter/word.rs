//! A search word as bytes, in each encoding that is recognised automatically.

use crate::payload::charset::Charset;
use memchr::memmem::Finder;

/// A word to search for.
#[derive(Clone, Debug)]
pub(super) struct Word {
    utf8: Finder<'static>,
    /// The word in GB18030, where it differs from UTF-8.
    gb18030: Option<Finder<'static>>,
}

impl Word {
    pub(super) fn new(text: &str) -> Self {
        let finder = |bytes: &[u8]| Finder::new(bytes).into_owned();
        let gb18030 = Charset::Gb18030.encode(text).ok();
        Self {
            utf8: finder(text.as_bytes()),
            gb18030: gb18030
                .filter(|bytes| **bytes != *text.as_bytes())
                .map(|bytes| finder(&bytes)),
        }
    }

    /// Exactly these bytes, in no encoding.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self {
            utf8: Finder::new(bytes).into_owned(),
            gb18030: None,
        }
    }

    /// The length in UTF-8, in bytes.
    pub(super) fn length(&self) -> usize {
        self.utf8.needle().len()
    }

    /// The finder for displayed text, which is UTF-8.
    pub(super) fn in_text(&self) -> &Finder<'static> {
        &self.utf8
    }

    /// The finders for all encodings.
    pub(super) fn finders(&self) -> impl Iterator<Item = &Finder<'static>> {
        std::iter::once(&self.utf8).chain(&self.gb18030)
    }

    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        self.finders().any(|finder| finder.find(bytes).is_some())
    }
}
