//! The lists of a diagnosis, as they are shown: what was ruled out, and what is not known.

use super::{Diagnosis, Situation, Subject};
use crate::engine::evidence::Unseen;

impl Diagnosis {
    /// The situations that were ruled out, by subject.
    pub fn ruled_out_by_subject(&self) -> Vec<(Subject, Vec<Situation>)> {
        let mut groups: Vec<(Subject, Vec<Situation>)> = Vec::new();
        for situation in &self.ruled_out {
            add(&mut groups, situation.subject(), *situation);
        }
        groups
    }

    /// The situations that are not known, by the reason, which many share.
    pub fn unknown_by_reason(&self) -> Vec<(&Unseen, Vec<Situation>)> {
        let mut groups: Vec<(&Unseen, Vec<Situation>)> = Vec::new();
        for missing in &self.unknown {
            add(&mut groups, &missing.reason, missing.situation);
        }
        groups
    }
}

fn add<K: PartialEq>(groups: &mut Vec<(K, Vec<Situation>)>, key: K, situation: Situation) {
    match groups.iter_mut().find(|(known, _)| *known == key) {
        Some((_, situations)) => situations.push(situation),
        None => groups.push((key, vec![situation])),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Missing;
    use super::*;

    #[test]
    fn situations_are_grouped_by_what_they_share_in_their_order() {
        let missing = |situation, reason| Missing { situation, reason };
        let diagnosis = Diagnosis {
            ruled_out: vec![
                Situation::NotBound,
                Situation::NoRoute,
                Situation::WrongPort,
            ],
            unknown: vec![
                missing(Situation::DropIn, Unseen::NotHere),
                missing(Situation::MtuHole, Unseen::NotAsked),
                missing(Situation::DropOut, Unseen::NotHere),
            ],
            ..Diagnosis::default()
        };
        let ruled_out = diagnosis.ruled_out_by_subject();
        let local = vec![Situation::NotBound, Situation::WrongPort];
        let path = vec![Situation::NoRoute];
        assert_eq!(ruled_out, [(Subject::Local, local), (Subject::Path, path)]);
        let unknown = diagnosis.unknown_by_reason();
        let dropped = vec![Situation::DropIn, Situation::DropOut];
        assert_eq!(unknown.first(), Some(&(&Unseen::NotHere, dropped)));
        assert_eq!(unknown.len(), 2);
    }
}
