//! Trying rules on bytes before they answer anybody.

use crate::automation::rules::{
    Inbound, PreparedActionKind, Rule, RuleContext, RuleOutcome, Rules,
};
use crate::engine::SEND_QUEUE;
use crate::payload::answer::modbus::Devices;
use crate::payload::charset::Charset;
use crate::payload::composition::{Composition, TextFormat};
use crate::payload::message::NotComposed;
use crate::payload::template::TemplateContext;
use crate::payload::{hex, printable};
use crate::peer::Peer;
use crate::traffic::Record;
use crate::ui::{UiContext, controls, text_format, theme};
use crate::{explain, t};
use controls::TextField;
use egui::{Label, RichText, ScrollArea, Ui};
use std::net::{Ipv4Addr, SocketAddr};

/// Bytes of a reply that are shown.
const SHOWN: usize = 200;

/// The message of the dry run when no row is selected.
#[derive(Clone, Debug, Default)]
pub struct DryRun {
    format: TextFormat,
    text: String,
    /// The bytes of the selected row are tried.
    row: bool,
    ready: Option<Made>,
}

/// Rules made ready to be tried, which takes too long for each frame.
#[derive(Clone, Debug)]
struct Made {
    of: Vec<Rule>,
    context: RuleContext,
    tried: Rules,
}

/// The message of the dry run and its sender.
struct Sample {
    bytes: Vec<u8>,
    peer: Peer,
}

impl DryRun {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        (rules, context): (&[Rule], &RuleContext),
        row: Option<Record<'_>>,
    ) {
        let row = row.filter(|record| record.peer().is_some() && !record.bytes().is_empty());
        let sample = ui
            .horizontal_wrapped(|ui| {
                let narrow = ui.available_width() < 400.0;
                controls::caption(ui, &t!(cx.lang, "rules.try"), 0.0, cx.palette);
                text_format::ui(ui, cx, &mut self.format, "?");
                let typed = self.typed(context.charset.unwrap_or_default());
                let has_row = row.is_some();
                // The words in the empty field need a line of their own there.
                let beside = if narrow { 0.0 } else { 280.0 };
                if narrow {
                    self.row_ui(ui, cx, has_row);
                    ui.end_row();
                }
                let name = t!(cx.lang, "rules.try_bytes");
                let hint = t!(cx.lang, "rules.try_hint");
                let width = (ui.available_width() - beside).max(120.0);
                let field = TextField::new(&mut self.text, &name, &hint, width);
                let field = field.faulty(typed.is_none());
                if field.show(ui, cx.palette).changed() {
                    self.row = false;
                }
                if !narrow {
                    self.row_ui(ui, cx, has_row);
                }
                match row {
                    Some(record) if self.row => Some(Sample {
                        bytes: record.bytes().to_vec(),
                        peer: record.peer().unwrap_or(SOMEBODY),
                    }),
                    _ if self.text.is_empty() => None,
                    _ => typed.map(|bytes| Sample {
                        bytes,
                        peer: SOMEBODY,
                    }),
                }
            })
            .inner;
        if let Some(sample) = sample {
            let tried = self.made(rules, context);
            // In a small window the rules need the room more.
            let height = ui.ctx().content_rect().height();
            ScrollArea::vertical()
                .id_salt("trial")
                .max_height((height * 0.15).max(84.0))
                .show(ui, |ui| outcome_ui(ui, cx, rules, tried, &sample));
        }
    }

    /// Whether the selected row is tried.
    fn row_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, has_row: bool) {
        ui.add_enabled_ui(has_row, |ui| {
            let text = t!(cx.lang, "rules.try_row");
            let check = controls::check(ui, &mut self.row, &text, "", theme::body(), cx.palette);
            controls::unusable(ui, check, &t!(cx.lang, "rules.no_row"));
        });
    }

    /// The rules to try, as they were before anything was tried.
    fn made(&mut self, rules: &[Rule], context: &RuleContext) -> Rules {
        let same = |made: &Made| made.context == *context && made.of == rules;
        let made = self.ready.take().filter(same);
        let made = made.unwrap_or_else(|| Made::new(rules, context));
        self.ready.insert(made).tried.clone()
    }

    fn typed(&self, charset: Charset) -> Option<Vec<u8>> {
        let composition = Composition {
            format: self.format,
            text: self.text.clone(),
            escapes: true,
            ..Composition::default()
        };
        let message = composition.message(charset).ok()?;
        message.fixed().map(|bytes| bytes.to_vec())
    }
}

impl Made {
    fn new(rules: &[Rule], context: &RuleContext) -> Self {
        // A wrong rule must not hide the results of the others.
        let sound: Vec<Rule> = rules.iter().map(|rule| sound(rule, context)).collect();
        Self {
            of: rules.to_vec(),
            context: context.clone(),
            tried: Rules::new(&sound, context.clone()).unwrap_or_default(),
        }
    }
}

/// The sender of typed bytes.
const SOMEBODY: Peer = Peer::Ip(SocketAddr::V4(std::net::SocketAddrV4::new(
    Ipv4Addr::LOCALHOST,
    50_000,
)));

/// The rule, off if it cannot be followed.
fn sound(rule: &Rule, context: &RuleContext) -> Rule {
    let on = rule.on && Rules::new(std::slice::from_ref(rule), context.clone()).is_ok();
    Rule { on, ..rule.clone() }
}

fn outcome_ui(ui: &mut Ui, cx: UiContext<'_>, rules: &[Rule], mut tried: Rules, sample: &Sample) {
    let inbound = Inbound::new(sample.peer, &sample.bytes);
    ui.spacing_mut().item_spacing.y = 2.0;
    let outcomes = tried.dry_run(&inbound);
    let nothing = !outcomes.contains(&RuleOutcome::Fires);
    // The rule that applies stands first, however many rules precede it.
    let all = || rules.iter().zip(&outcomes);
    let fires = |(_, outcome): &(&Rule, &RuleOutcome)| **outcome == RuleOutcome::Fires;
    for (rule, outcome) in all().filter(fires).chain(all().filter(|one| !fires(one))) {
        let fires = *outcome == RuleOutcome::Fires;
        let (sign, ink) = match fires {
            true => ("✓", cx.palette.ok),
            false => ("✗", cx.palette.dim),
        };
        ui.horizontal(|ui| {
            ui.label(RichText::new(sign).color(ink));
            let name = RichText::new(&rule.name).color(cx.palette.text);
            ui.scope(|ui| {
                // The outcome follows the name.
                ui.set_max_width(ui.available_width() / 2.0);
                ui.add(Label::new(name).truncate());
            });
            let wording = match outcome {
                RuleOutcome::Off if rule.on => t!(cx.lang, "rule.wrong"),
                outcome => explain::outcome(cx.lang, outcome),
            };
            ui.label(RichText::new(wording).color(cx.palette.dim));
        });
        if fires {
            replies_ui(ui, cx, &mut tried, &inbound);
        }
    }
    if nothing {
        let text = RichText::new(t!(cx.lang, "rules.none_fires"));
        ui.label(text.color(cx.palette.dim));
    }
}

/// The exact replies of the rule that applies.
fn replies_ui(ui: &mut Ui, cx: UiContext<'_>, tried: &mut Rules, inbound: &Inbound<'_>) {
    let Some(fired) = tried.decide(inbound) else {
        return;
    };
    let time = jiff::Timestamp::from_microsecond(cx.now).unwrap_or_default();
    let mut random = fastrand::Rng::with_seed(7);
    // Nobody has written to these yet.
    let mut devices = Devices::default();
    for action in fired.actions.iter() {
        let (PreparedActionKind::Reply { answer, .. } | PreparedActionKind::Edit(answer)) =
            &action.kind
        else {
            continue;
        };
        let moment = TemplateContext {
            seq: 1,
            time: cx.zone.to_datetime(time),
            micros: cx.now,
            peer: inbound.peer.to_string(),
            request: fired.request(inbound),
        };
        let answers = answer.bytes(&moment, cx.now, SEND_QUEUE, &mut random, &mut devices);
        let text = match answers {
            Ok(answers) => {
                let why = answers.silence.map(|silence| {
                    let reason = explain::silence(cx.lang, silence);
                    t!(cx.lang, "rules.no_answer", reason = reason)
                });
                let reply = answers.bytes.map(|bytes| {
                    let head = bytes.get(..SHOWN).unwrap_or(&bytes);
                    format!("→ {}    {}", printable::line(head), hex::format(head))
                });
                let parts: Vec<String> = reply.into_iter().chain(why).collect();
                parts.join("    ")
            }
            Err(NotComposed::Short(_)) => t!(cx.lang, "rules.too_short"),
            Err(NotComposed::Long(_)) => t!(cx.lang, "rules.too_long"),
            Err(NotComposed::Field(mistake)) => explain::encode_mistake(cx.lang, &mistake),
        };
        let label = RichText::new(text).font(theme::mono());
        ui.add(Label::new(label).truncate().selectable(true));
    }
}
