//! The list of rules, and the one that is being edited.

use super::{MAX, RulesPanel, action, condition, request};
use crate::automation::Capabilities;
use crate::automation::rules::preset::Preset;
use crate::automation::rules::{Rule, RuleAction, RuleContext, taken_by};
use crate::settings::tab::RulesDraft;
use crate::t;
use crate::ui::{Action, UiContext, controls, theme};
use crate::words::Lang;
use controls::TextField;
use egui::{RichText, ScrollArea, Ui};
use std::collections::BTreeMap;

/// A rule being edited in less room than this stands below its captions.
const NARROW: f32 = 360.0;
/// Actions a rule may have.
const MAX_ACTIONS: usize = 20;

impl RulesPanel {
    pub(super) fn list_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut RulesDraft,
        height: f32,
    ) -> Option<Action> {
        // One may have been removed.
        self.chosen = self.chosen.min(draft.rules.len().saturating_sub(1));
        let taken: Vec<bool> = (0..draft.rules.len())
            .map(|place| taken_by(&draft.rules, place).is_some())
            .collect();
        let (rules, chosen) = (&mut draft.rules, &mut self.chosen);
        // The first rule that is ticked turns the switch on.
        let is_first = rules.iter().all(|rule| !rule.on);
        let on = &mut draft.on;
        ScrollArea::vertical()
            .id_salt("rules")
            .max_height(height - 34.0)
            .min_scrolled_height(height - 34.0)
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 3.0;
                controls::soft_choice(ui, cx.palette);
                if rules.is_empty() {
                    let hint = RichText::new(t!(cx.lang, "rules.none"));
                    ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
                }
                for ((place, rule), taken) in rules.iter_mut().enumerate().zip(taken) {
                    ui.horizontal(|ui| {
                        let number = place + 1;
                        let name = t!(cx.lang, "rules.use", number = number);
                        let font = theme::body();
                        let check = controls::check(ui, &mut rule.on, "", "", font, cx.palette);
                        let check = controls::named(ui, check, &name);
                        *on |= is_first && check.clicked() && rule.on;
                        let ink = match rule.on {
                            true => cx.palette.text,
                            false => cx.palette.faint,
                        };
                        let sign = if taken { "⚠ " } else { "" };
                        let text = format!("{number}  {sign}{}", rule.name);
                        let text = RichText::new(text).color(ink);
                        let left = egui::Layout::left_to_right(egui::Align::Center)
                            .with_main_justify(true)
                            .with_main_align(egui::Align::LEFT);
                        let label = egui::Button::selectable(*chosen == place, text).truncate();
                        let label = ui.with_layout(left, |ui| ui.add(label)).inner;
                        if controls::named(ui, label, &rule.name).clicked() {
                            *chosen = place;
                        }
                    });
                }
                controls::scroll_by_keys(ui);
            });
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            self.add_ui(ui, cx, draft);
            self.move_ui(ui, cx, &mut draft.rules)
        })
        .inner
    }

    fn add_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, draft: &mut RulesDraft) {
        let name = t!(cx.lang, "rules.add");
        // A choice adds up to two rules.
        let full = draft.rules.len() + 2 > MAX;
        let button = controls::small_if(ui, !full, &format!("{name} ▾"), &name);
        let button = controls::unusable(ui, button, &t!(cx.lang, "rules.full", most = MAX));
        let mut added = Vec::new();
        controls::menu(&button).show(|ui| {
            let empty = t!(cx.lang, "rules.new");
            if ui.button(&empty).clicked() {
                added.push(Rule {
                    name: empty,
                    ..Rule::default()
                });
            }
            ui.separator();
            for ready in Preset::ALL {
                let name = preset_title(cx.lang, ready);
                let mut item = ui.button(&name);
                let prefix = t!(cx.lang, "rules.prefix_text");
                let rules = ready.rules(name, &prefix);
                if rules.iter().any(Rule::amplifies) {
                    item = item.on_hover_text(t!(cx.lang, "rules.ready_larger"));
                }
                if item.clicked() {
                    added = rules;
                }
            }
            controls::close_when_chosen(ui);
        });
        controls::regain_focus(ui, &button);
        for rule in added {
            self.add(draft, rule);
        }
    }

    /// Adds a rule, which is off, and shows it. Does nothing where there are too many.
    pub fn add(&mut self, draft: &mut RulesDraft, mut rule: Rule) {
        if draft.rules.len() >= MAX {
            return;
        }
        // Nobody is answered by a rule that was not looked at yet.
        rule.on = false;
        draft.rules.push(rule);
        self.chosen = draft.rules.len() - 1;
    }

    fn move_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, rules: &mut [Rule]) -> Option<Action> {
        let (at, count) = (self.chosen, rules.len());
        let none = (at >= count).then(|| t!(cx.lang, "rules.none_chosen"));
        let why = |key: &str| none.clone().unwrap_or_else(|| t!(cx.lang, key));
        let up = controls::small_if(ui, at > 0 && at < count, "↑", &t!(cx.lang, "snippets.up"));
        if controls::unusable(ui, up, &why("rules.is_first")).clicked() {
            rules.swap(at, at - 1);
            self.chosen -= 1;
        }
        let down = controls::small_if(ui, at + 1 < count, "↓", &t!(cx.lang, "snippets.down"));
        if controls::unusable(ui, down, &why("rules.is_last")).clicked() {
            rules.swap(at, at + 1);
            self.chosen += 1;
        }
        let remove = t!(cx.lang, "snippets.remove");
        let button = controls::small_if(ui, at < count, "×", &remove);
        let removes = controls::unusable(ui, button, &why("rules.none_chosen")).clicked();
        removes.then_some(Action::RemoveRule(at))
    }

    pub(super) fn editor_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut RulesDraft,
        (context, place): (&RuleContext, Capabilities),
    ) {
        let Some(rule) = draft.rules.get_mut(self.chosen) else {
            if place.is_stream {
                let hint = RichText::new(t!(cx.lang, "rules.how"));
                ui.add(egui::Label::new(hint.color(cx.palette.dim)).wrap());
            }
            return;
        };
        ui.spacing_mut().item_spacing.y = 6.0;
        let caption = t!(cx.lang, "rules.name");
        let width = controls::RULE.width(ui, cx.lang);
        controls::labelled_row(ui, &caption, width, cx.palette, |ui| {
            let width = ui.available_width().floor();
            TextField::new(&mut rule.name, &caption, "", width).show(ui, cx.palette);
        });
        part(ui, cx, &t!(cx.lang, "rules.when"), |ui| {
            condition::ui(ui, cx, &mut rule.when, context, "1");
        });
        part(ui, cx, &t!(cx.lang, "rules.then"), |ui| {
            let request = request::values(&rule.when);
            actions_ui(ui, cx, &mut rule.then, (context, place), &request);
        });
    }
}

/// A caption with its controls at the right, or below it in a narrow page.
fn part(ui: &mut Ui, cx: UiContext<'_>, caption: &str, add: impl FnOnce(&mut Ui)) {
    if ui.available_width() < NARROW {
        controls::caption(ui, caption, 0.0, cx.palette);
        ui.vertical(add);
        return;
    }
    ui.horizontal_top(|ui| {
        let width = controls::RULE.width(ui, cx.lang);
        controls::caption(ui, caption, width, cx.palette);
        ui.vertical(add);
    });
}

fn actions_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    then: &mut Vec<RuleAction>,
    about: (&RuleContext, Capabilities),
    request: &BTreeMap<String, String>,
) {
    let mut removed = None;
    let several = then.len() > 1;
    for (place, action) in then.iter_mut().enumerate() {
        ui.push_id(place, |ui| {
            if action::ui(ui, cx, action, about, request, place + 1, several) {
                removed = Some(place);
            }
        });
    }
    if let Some(place) = removed {
        then.remove(place);
    }
    let add = t!(cx.lang, "rules.add_action");
    let button = controls::small_if(ui, then.len() < MAX_ACTIONS, &add, &add);
    let full = t!(cx.lang, "rules.most_actions", most = MAX_ACTIONS);
    if controls::unusable(ui, button, &full).clicked() {
        then.push(RuleAction::default());
    }
}

/// The name of a preset, and of its rule.
pub fn preset_title(lang: Lang, ready: Preset) -> String {
    match ready {
        Preset::Echo => t!(lang, "rules.ready_echo"),
        Preset::Prefix => t!(lang, "rules.ready_prefix"),
        Preset::Fixed => t!(lang, "rules.ready_fixed"),
        Preset::UpperCase => t!(lang, "rules.ready_upper"),
        Preset::Modbus => t!(lang, "rules.ready_modbus"),
        Preset::Http => t!(lang, "rules.ready_http"),
        Preset::Ntp => t!(lang, "rules.ready_ntp"),
        Preset::Dns => t!(lang, "rules.ready_dns"),
        Preset::Tftp => t!(lang, "rules.ready_tftp"),
    }
}
