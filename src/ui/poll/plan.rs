//! The plan of a poll table, and the mistakes in its lines.

use crate::automation::rules::{PreparedPayload, RuleContext, RuleProblem};
use crate::automation::{PollTiming, SHORTEST_PERIOD};
use crate::engine::{PlannedPoll, PollPlan, PolledRequest};
use crate::payload::TextMistake;
use crate::schema::FormulaMistake;
use crate::settings::tab::{PollDraft, PollLineDraft, PollRequestDraft};
use crate::traffic::messages::Pairing;
use crate::ui::UiContext;
use crate::{explain, t};
use std::time::Duration;

/// The shortest period, and the longest period and timeout, a day, in milliseconds.
pub(super) const SHORTEST: u64 = SHORTEST_PERIOD.as_millis() as u64;
pub(super) const LONGEST: u64 = 86_400_000;

/// A mistake in a line that is on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PollMistake {
    /// The place of the line, from 0.
    pub place: usize,
    pub fault: LineFault,
}

/// Why a line cannot be polled.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineFault {
    Text(TextMistake),
    /// There is nothing to send.
    Empty,
    Fields(RuleProblem),
    /// A value is taken from a message that is answered.
    Asks,
    /// The description has no such field.
    UnknownField(String),
    /// Fields are to be shown, and there is no description.
    NoDescription,
    /// The period or the timeout is out of range.
    Times,
}

impl LineFault {
    pub fn explain(&self, cx: UiContext<'_>) -> String {
        match self {
            Self::Text(mistake) => explain::mistake(cx.lang, mistake),
            Self::Empty => t!(cx.lang, "poll.empty_message"),
            Self::Fields(problem) => explain::rule_problem(cx.lang, problem),
            Self::Asks => t!(cx.lang, "poll.asks"),
            Self::UnknownField(word) => t!(cx.lang, "description.no_such_field", word = word),
            Self::NoDescription => t!(cx.lang, "poll.no_description"),
            Self::Times => t!(cx.lang, "poll.bad_times"),
        }
    }
}

/// The plan of all lines.
///
/// # Errors
/// The first mistake in a line that is on.
pub(super) fn plan(
    draft: &PollDraft,
    context: &RuleContext,
    pairing: Pairing,
) -> Result<PollPlan, PollMistake> {
    let planned = |(place, line): (usize, &PollLineDraft)| -> Result<PlannedPoll, PollMistake> {
        let request = line.on.then(|| request(line, context)).transpose();
        let request = request.map_err(|fault| PollMistake { place, fault })?;
        Ok(PlannedPoll {
            id: line.id,
            request,
        })
    };
    let lines = draft.lines.iter().enumerate().map(planned);
    Ok(PollPlan {
        lines: lines.collect::<Result<_, _>>()?,
        overlaps: draft.overlaps,
        pairing,
        described: context.described.clone(),
    })
}

/// The request of a line.
///
/// # Errors
/// The first mistake in it.
pub(super) fn request(
    line: &PollLineDraft,
    context: &RuleContext,
) -> Result<PolledRequest, LineFault> {
    let (period, timeout) = (line.period, line.timeout);
    let is_short = period < SHORTEST || timeout == 0;
    if is_short || period.max(timeout) > LONGEST {
        return Err(LineFault::Times);
    }
    let message = match &line.request {
        PollRequestDraft::Written(composition) => {
            let message = composition.message(context.charset.unwrap_or_default());
            let message = message.map_err(LineFault::Text)?;
            if message.fixed().is_some_and(|bytes| bytes.is_empty()) {
                return Err(LineFault::Empty);
            }
            PreparedPayload::Written { message, gbk: None }
        }
        PollRequestDraft::Fields(fields) => {
            let described = context.described.as_ref();
            let described = described.ok_or(LineFault::Fields(RuleProblem::NoDescription))?;
            let wrong =
                |mistake: FormulaMistake| LineFault::Fields(RuleProblem::Field(Box::new(mistake)));
            if described.schema.formulas(fields).map_err(wrong)?.asks() {
                return Err(LineFault::Asks);
            }
            PreparedPayload::Written {
                message: described.message(fields).map_err(wrong)?,
                gbk: None,
            }
        }
    };
    let path = |path: &str| {
        let described = context.described.as_ref();
        let schema = &described.ok_or(LineFault::NoDescription)?.schema;
        let found = schema.field_path(path);
        found.ok_or_else(|| LineFault::UnknownField(path.to_owned()))
    };
    Ok(PolledRequest {
        timing: PollTiming {
            period: Duration::from_millis(period),
            timeout: Duration::from_millis(timeout),
        },
        message,
        show: line.paths().map(path).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::composition::Composition;
    use std::collections::BTreeMap;

    fn written(text: &str, show: &str) -> PollLineDraft {
        PollLineDraft {
            request: PollRequestDraft::Written(Composition {
                text: text.into(),
                ..Composition::default()
            }),
            show: show.into(),
            ..PollLineDraft::default()
        }
    }

    fn modbus() -> RuleContext {
        RuleContext::of_ready_made("modbus_tcp")
    }

    #[test]
    fn a_mistake_is_found_in_its_line_and_none_in_a_line_that_is_off() {
        let mut draft = PollDraft {
            lines: vec![written("a", ""), written("", "")],
            overlaps: false,
        };
        let found = plan(&draft, &RuleContext::default(), Pairing::Order).err();
        let fault = LineFault::Empty;
        assert_eq!(found, Some(PollMistake { place: 1, fault }));
        draft.lines[1].on = false;
        let plan = plan(&draft, &RuleContext::default(), Pairing::Order).unwrap();
        assert_eq!(plan.lines.len(), 2);
        assert!(plan.lines[1].request.is_none());
    }

    #[test]
    fn fields_of_requests_and_replies_are_checked() {
        let fault = |line: &PollLineDraft, context: &RuleContext| request(line, context).err();
        let none = RuleContext::default();
        let found = fault(&written("a", "temp"), &none);
        assert_eq!(found, Some(LineFault::NoDescription));
        let found = fault(&written("a", "unit, temp"), &modbus());
        assert_eq!(found, Some(LineFault::UnknownField("temp".into())));
        assert_eq!(fault(&written("a", "body.values[0]"), &modbus()), None);
        let late = PollLineDraft {
            period: 9,
            ..written("a", "")
        };
        assert_eq!(fault(&late, &none), Some(LineFault::Times));
        let fields = |pairs: [(&str, &str); 2]| PollLineDraft {
            request: PollRequestDraft::Fields(BTreeMap::from(
                pairs.map(|(path, value)| (path.to_owned(), value.to_owned())),
            )),
            ..PollLineDraft::default()
        };
        let asks = fields([("unit", "= req.unit"), ("function", "3")]);
        assert_eq!(fault(&asks, &modbus()), Some(LineFault::Asks));
        let unknown = fields([("unit", "1"), ("temp", "1")]);
        let found = fault(&unknown, &modbus());
        assert!(matches!(found, Some(LineFault::Fields(_))), "{found:?}");
    }
}
