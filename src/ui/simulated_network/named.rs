//! The choice of a named network, which fills in the settings of the page.

use super::direction_names;
use crate::automation::Capabilities;
use crate::automation::impair::{DirectionPlan, Impairment, Loss};
use crate::config::named_network::{NamedNetwork, NetworkName, named_networks, recognised};
use crate::config::units::{BitRate, Percent};
use crate::t;
use crate::ui::{UiContext, controls};
use crate::words::{Lang, listed};
use egui::{ComboBox, Ui};

/// The greatest width of the list, in points.
const WIDTH: f32 = 220.0;

pub fn ui(ui: &mut Ui, cx: UiContext<'_>, conditions: &mut Impairment, place: Capabilities) {
    let present = recognised(conditions, place.is_stream);
    let shown = match &present {
        Some(known) if known.has_others => {
            let name = title(cx.lang, known.network.name);
            t!(cx.lang, "bad.named_and_others", name = name)
        }
        Some(known) => title(cx.lang, known.network.name),
        None => t!(cx.lang, "bad.named_none"),
    };
    let name = t!(cx.lang, "bad.named");
    let mut chosen = None;
    controls::labelled_row(ui, &name, 0.0, cx.palette, |ui| {
        let width = ui.available_width().min(WIDTH);
        let combo = ComboBox::from_id_salt("named network")
            .icon(controls::combo_arrow)
            .selected_text(shown)
            .truncate()
            .width(width)
            .show_ui(ui, |ui| {
                for network in named_networks() {
                    let on = present.is_some_and(|known| known.network.name == network.name);
                    let item = controls::item(ui, on, title(cx.lang, network.name));
                    let about = about(cx.lang, network, place);
                    if item.on_hover_text(about).clicked() {
                        chosen = Some(network);
                    }
                }
                controls::close_when_chosen(ui);
            });
        let list = controls::drop_down(ui, combo.response, &name);
        if let Some(known) = present {
            list.on_hover_text(about(cx.lang, known.network, place));
        }
    });
    if let Some(network) = chosen {
        network.choose(conditions, place.is_stream);
    }
}

fn title(lang: Lang, name: NetworkName) -> String {
    match name {
        NetworkName::Mobile => t!(lang, "bad.named_mobile"),
        NetworkName::SlowMobile => t!(lang, "bad.named_slow_mobile"),
        NetworkName::Weak => t!(lang, "bad.named_weak"),
        NetworkName::Wifi => t!(lang, "bad.named_wifi"),
        NetworkName::Satellite => t!(lang, "bad.named_satellite"),
    }
}

/// Where the figures come from.
fn source(lang: Lang, name: NetworkName) -> String {
    match name {
        NetworkName::Mobile => t!(lang, "bad.source_mobile"),
        NetworkName::SlowMobile => t!(lang, "bad.source_slow_mobile"),
        NetworkName::Weak => t!(lang, "bad.source_weak"),
        NetworkName::Wifi => t!(lang, "bad.source_wifi"),
        NetworkName::Satellite => t!(lang, "bad.source_satellite"),
    }
}

/// The figures of each direction, their source, and the word for the terminal, each in a line.
fn about(lang: Lang, network: &NamedNetwork, place: Capabilities) -> String {
    let directions = [&network.impairment.outgoing, &network.impairment.incoming];
    // What comes in a stream is delayed only by a relay.
    let has_effect = |is_incoming: bool| !(is_incoming && place.is_stream && !place.relay);
    let names = direction_names(lang, place.relay).into_iter();
    let lines = names.zip(directions).filter(|((is, _), _)| has_effect(*is));
    let lines = lines.map(|((_, direction), plan)| {
        let figures = figures(lang, plan, place.is_stream);
        t!(
            lang,
            "bad.named_figures",
            direction = direction,
            figures = figures
        )
    });
    let mut lines: Vec<String> = lines.collect();
    let source = source(lang, network.name);
    lines.push(t!(lang, "bad.named_source", source = source));
    let word = network.name.word();
    lines.push(t!(lang, "bad.named_word", word = word));
    lines.join("\n")
}

/// The figures of a direction in one line. Named networks have no others.
fn figures(lang: Lang, plan: &DirectionPlan, is_stream: bool) -> String {
    let (delay, rate) = match is_stream {
        true => (&plan.stream.delay, &plan.stream.rate),
        false => (&plan.datagrams.delay, &plan.datagrams.rate),
    };
    let mut figures = Vec::new();
    if delay.millis > 0.0 {
        figures.push(format!("{} {} ms", t!(lang, "bad.delay"), delay.millis));
    }
    if rate.bits_per_second > 0 {
        let rate = BitRate(rate.bits_per_second);
        figures.push(format!("{} {rate}/s", t!(lang, "bad.rate")));
    }
    if let (Loss::Random { percent, .. }, false) = (&plan.datagrams.loss, is_stream) {
        figures.push(format!("{} {}", t!(lang, "bad.loss"), Percent(*percent)));
    }
    match figures.is_empty() {
        true => t!(lang, "bad.named_unchanged"),
        false => listed(lang, figures),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::impair::{DatagramPlan, Delay, Rate, StreamPlan};

    fn lines(name: NetworkName, place: Capabilities) -> Vec<String> {
        let mut networks = named_networks().iter();
        let network = networks.find(|network| network.name == name).unwrap();
        let about = about(Lang::English, network, place);
        about.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_hover_text_has_the_figures_of_what_the_session_sends_and_receives() {
        let datagrams = Capabilities {
            is_stream: false,
            relay: false,
        };
        let found = lines(NetworkName::Weak, datagrams);
        let sent = "Sent: Delay 440 ms, Rate 200kbit/s, Loss 1%";
        assert_eq!(found[0], sent);
        let received = "Received: Delay 400 ms, Rate 240kbit/s, Loss 1%";
        assert_eq!(found[1], received);
        assert!(found[2].contains("Edge-Lossy"), "{}", found[2]);
        assert!(found[3].contains("--impair weak"), "{}", found[3]);
        let found = lines(NetworkName::Wifi, datagrams);
        assert_eq!(found[1], "Received: unchanged");
        let stream = Capabilities {
            is_stream: true,
            relay: false,
        };
        let found = lines(NetworkName::Weak, stream);
        assert_eq!(found[0], "Sent: Delay 440 ms, Rate 200kbit/s");
        assert!(found[1].starts_with("Source"), "{}", found[1]);
        let relay = Capabilities {
            relay: true,
            ..stream
        };
        assert_eq!(lines(NetworkName::Weak, relay).len(), 4);
    }

    #[test]
    fn named_networks_have_only_the_figures_that_the_hover_text_shows() {
        let shown = |plan: &DirectionPlan| DirectionPlan {
            datagrams: DatagramPlan {
                loss: match plan.datagrams.loss {
                    Loss::Random { percent, .. } => Loss::Random {
                        percent,
                        correlation: 0.0,
                    },
                    _ => Loss::None,
                },
                delay: delay(&plan.datagrams.delay),
                rate: rate(&plan.datagrams.rate),
                ..DatagramPlan::default()
            },
            stream: StreamPlan {
                delay: delay(&plan.stream.delay),
                rate: rate(&plan.stream.rate),
                ..StreamPlan::default()
            },
        };
        for NamedNetwork { name, impairment } in named_networks() {
            for plan in [&impairment.outgoing, &impairment.incoming] {
                assert_eq!(shown(plan), *plan, "{name:?}");
            }
        }
    }

    fn delay(delay: &Delay) -> Delay {
        Delay {
            millis: delay.millis,
            ..Delay::default()
        }
    }

    fn rate(rate: &Rate) -> Rate {
        Rate {
            bits_per_second: rate.bits_per_second,
            ..Rate::default()
        }
    }
}
