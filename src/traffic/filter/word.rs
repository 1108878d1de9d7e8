//! A word as bytes, in each encoding that is recognised by itself.

use crate::payload::charset::Charset;
use memchr::memmem::Finder;

#[derive(Clone, Debug)]
pub(super) struct Word {
    utf8: Finder<'static>,
    /// In GB18030, where that differs.
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

    /// These bytes alone, in no encoding.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self {
            utf8: Finder::new(bytes).into_owned(),
            gb18030: None,
        }
    }

    /// Bytes of it in UTF-8.
    pub(super) fn length(&self) -> usize {
        self.utf8.needle().len()
    }

    /// As it is in shown text.
    pub(super) fn in_text(&self) -> &Finder<'static> {
        &self.utf8
    }

    pub(super) fn finders(&self) -> impl Iterator<Item = &Finder<'static>> {
        std::iter::once(&self.utf8).chain(&self.gb18030)
    }

    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        self.finders().any(|finder| finder.find(bytes).is_some())
    }
}
