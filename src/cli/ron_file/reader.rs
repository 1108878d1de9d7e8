//! Whom a file, or a command line, is read for. Serde and clap hand a value that reads itself
//! nothing but what is written; what is wrong with it is said in the language kept here
//! meanwhile.

use crate::words::Lang;
use std::cell::Cell;

thread_local! {
    static LANG: Cell<Lang> = const { Cell::new(Lang::English) };
}

/// The language of whoever has it read; English where nobody does.
pub fn lang() -> Lang {
    LANG.get()
}

/// Reads for somebody who speaks this language.
pub fn reading<T>(lang: Lang, read: impl FnOnce() -> T) -> T {
    let before = LANG.replace(lang);
    let value = read();
    LANG.set(before);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_one_who_reads() {
        let inner = reading(Lang::Chinese, || (reading(Lang::English, lang), lang()));
        assert_eq!(inner, (Lang::English, Lang::Chinese));
        assert_eq!(lang(), Lang::English);
    }
}
