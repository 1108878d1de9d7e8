//! Values of which one stands in another.

use std::collections::BTreeSet;

/// A value, and another that is given for the same field, or for one around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap<'a> {
    /// The path of the value.
    pub path: &'a str,
    /// The path of the other one.
    pub around: &'a str,
}

/// The values that cannot be given together. `values` are their paths, and whether each is a value of
/// the whole field: an element without a value is only there.
pub fn overlaps<'a>(values: impl Iterator<Item = (&'a str, bool)> + Clone) -> Vec<Overlap<'a>> {
    let (mut whole, mut found) = (BTreeSet::new(), Vec::new());
    for (path, is_whole) in values.clone() {
        if is_whole && !whole.insert(path) {
            found.push(Overlap { path, around: path });
        }
    }
    for (path, _) in values {
        let ends = path.match_indices(['.', '[']);
        let mut outer = ends.filter_map(|(at, _)| path.get(..at));
        let around = outer.find(|around| whole.contains(around));
        found.extend(around.map(|around| Overlap { path, around }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_within_another_is_found_and_one_beside_it_is_none() {
        let of = |paths: &[&'static str]| {
            let found = overlaps(paths.iter().map(|path| (*path, true)));
            let pairs = found.into_iter().map(|found| (found.path, found.around));
            pairs.collect::<Vec<_>>()
        };
        assert_eq!(of(&["a", "a.b"]), [("a.b", "a")]);
        assert_eq!(of(&["a.b.c", "a.b"]), [("a.b.c", "a.b")]);
        assert_eq!(of(&["all", "all[1].x"]), [("all[1].x", "all")]);
        assert_eq!(of(&["a", "b", "a"]), [("a", "a")]);
        assert!(of(&["a", "ab.c", "b.a", "c[0]", "c[1]"]).is_empty());
        let there = [("all[0]", false), ("all[0].x", true)];
        assert!(overlaps(there.into_iter()).is_empty());
    }
}
