//! Positions in the text of a RON file: byte offsets, lines and columns.

use super::outline;

/// The byte offset of the first of these paths that exists.
pub fn place(text: &str, paths: &[String]) -> Option<usize> {
    let mut found = paths
        .iter()
        .flat_map(|path| outline::find(text, |here| here == path));
    found.next().map(|(at, _)| at)
}

/// The byte offset of the first wrong number whose path ends with `end`. If no number is wrong,
/// it is the first one.
pub fn place_of_number(text: &str, end: &str, is_wrong: impl Fn(f64) -> bool) -> Option<usize> {
    let ending = |end: &str| {
        outline::find(text, |path| {
            path.strip_suffix(end)
                .is_some_and(|path| path.ends_with('.'))
        })
    };
    let mut found = ending(end);
    if found.is_empty() {
        // The name of a variant is the value of the field before it.
        found = ending(end.rsplit_once('.').map_or(end, |(field, _)| field));
    }
    let number = |text: &str| {
        let text = text.trim_start_matches([':', ' ']);
        let number = text.split([',', ')', '\n']).next().unwrap_or_default();
        number.trim().parse::<f64>().ok()
    };
    let wrong = |(_, after): &&(usize, &str)| number(after).is_some_and(&is_wrong);
    let one = found.iter().find(wrong).or(found.first());
    one.map(|(at, _)| *at)
}

/// The position of byte `at` of a text, as `line:column`.
pub fn shown_place(text: &str, at: usize) -> String {
    let (line, column) = line_and_column(text, at);
    format!("{line}:{column}")
}

/// The line and column of byte `at` of a text, both counted from 1, the column in characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The byte offset of a line and column in a text.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines.by_ref().take(line - 1).map(str::len).sum();
    let rest = lines.next().unwrap_or_default();
    let after = rest.char_indices().nth(column - 1);
    before + after.map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_the_end_of_its_path() {
        let text =
            "(incoming: (loss: Random(percent: 5)),\n outgoing: (loss: Random(percent: 500)))";
        let place = place_of_number(text, "loss.percent", |number| number > 100.0);
        assert_eq!(
            place.map(|at| shown_place(text, at)).as_deref(),
            Some("2:26")
        );
        assert_eq!(place_of_number(text, "delay.millis", |_| true), None);
        assert!(place_of_number(text, "loss.EveryNth", |_| true).is_some());
    }
}
