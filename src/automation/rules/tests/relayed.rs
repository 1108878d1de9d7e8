//! The rules of a relay that cuts its streams into messages.

use super::*;

#[test]
fn reads_are_for_rules_that_decide_about_passing_and_messages_for_the_others() {
    let of = |kind| Rule {
        then: vec![
            RuleAction::default(),
            RuleAction {
                kind,
                ..RuleAction::default()
            },
        ],
        ..Rule::default()
    };
    let fired = |kind: ActionKind, asks| {
        let asked = Inbound {
            asks,
            ..inbound(b"x")
        };
        rules(&[of(kind)]).decide(&asked).is_some()
    };
    for kind in [
        ActionKind::Edit(ReplyContent::Echo),
        ActionKind::Drop,
        ActionKind::Hold,
    ] {
        assert!(fired(kind.clone(), RuleGroup::Passing), "{kind:?}");
        assert!(!fired(kind.clone(), RuleGroup::Observing), "{kind:?}");
        assert!(fired(kind, RuleGroup::All));
    }
    for kind in [ActionKind::default(), ActionKind::Close, ActionKind::Reset] {
        assert!(!fired(kind.clone(), RuleGroup::Passing), "{kind:?}");
        assert!(fired(kind.clone(), RuleGroup::Observing), "{kind:?}");
        assert!(fired(kind, RuleGroup::All));
    }
}
