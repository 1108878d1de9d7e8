//! Rules that are never reached, because an earlier rule takes every message they would.

use super::{Condition, Rule};

/// The place of the first rule that takes every message which this one would; `None` where there
/// is none, or that is not known. A rule that is off takes nothing.
pub fn taken_by(rules: &[Rule], place: usize) -> Option<usize> {
    let rule = rules.get(place).filter(|rule| rule.on)?;
    let mut earlier = rules.iter().take(place);
    earlier.position(|earlier| earlier.on && rule.when.implies(&earlier.when))
}

impl Condition {
    /// Whether the other condition holds for every message for which this one does; `false`
    /// where that is not known.
    fn implies(&self, other: &Self) -> bool {
        // A rule for messages takes no beginning of a connection.
        if self.is_of_connecting() && !other.is_of_connecting() {
            return false;
        }
        if other.is_always() {
            return true;
        }
        // Counting conditions count different messages.
        if self.counts() || other.counts() {
            return false;
        }
        let implied = |part: &Self| part.implies(other);
        let implies = |part: &Self| self.implies(part);
        self == other
            || matches!(self, Self::All(parts) if parts.iter().any(implied))
            || matches!(self, Self::Any(parts) if !parts.is_empty() && parts.iter().all(implied))
            || matches!(other, Self::Any(parts) if parts.iter().any(implies))
            || matches!(other, Self::All(parts) if !parts.is_empty() && parts.iter().all(implies))
    }

    fn is_always(&self) -> bool {
        match self {
            Self::Always | Self::Every(1) => true,
            Self::Length { least, most } => *least == 0 && *most == usize::MAX,
            Self::All(parts) => !parts.is_empty() && parts.iter().all(Self::is_always),
            Self::Any(parts) => parts.iter().any(Self::is_always),
            _ => false,
        }
    }

    fn counts(&self) -> bool {
        match self {
            Self::Every(_) => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::counts),
            Self::Not(part) => part.counts(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::BytePattern;

    fn rules(conditions: &[Condition]) -> Vec<Rule> {
        let rule = |when: &Condition| Rule {
            when: when.clone(),
            ..Rule::default()
        };
        conditions.iter().map(rule).collect()
    }

    fn contains(text: &str) -> Condition {
        Condition::Contains(BytePattern::text(text))
    }

    #[test]
    fn nothing_is_left_behind_a_rule_for_everything_that_is_on() {
        let mut all = rules(&[contains("a"), Condition::Always, contains("b")]);
        let taken: Vec<_> = (0..3).map(|place| taken_by(&all, place)).collect();
        assert_eq!(taken, [None, None, Some(1)]);
        all[1].on = false;
        assert_eq!(taken_by(&all, 2), None);
    }

    #[test]
    fn what_is_narrower_than_an_earlier_rule_is_not_reached() {
        let (a, b) = (contains("a"), contains("b"));
        let both = Condition::All(vec![a.clone(), b.clone()]);
        let either = Condition::Any(vec![a.clone(), b.clone()]);
        let taken = |first: &Condition, then: &Condition| {
            taken_by(&rules(&[first.clone(), then.clone()]), 1).is_some()
        };
        assert!(taken(&a, &a) && taken(&a, &both) && taken(&either, &a));
        assert!(taken(&either, &both) && taken(&either, &either));
        assert!(!taken(&a, &b) && !taken(&both, &a) && !taken(&a, &either));
    }

    #[test]
    fn of_two_that_count_both_may_be_reached() {
        let every = Condition::Every(2);
        assert_eq!(taken_by(&rules(&[every.clone(), every.clone()]), 1), None);
        assert_eq!(taken_by(&rules(&[Condition::Every(1), every]), 1), Some(0));
    }
}
