//! The simulated network: the options, and the [`mod@file`] of impairments.

mod file;

pub use file::checked;

use super::{diagnostics, values};
use crate::automation::Capabilities;
use crate::automation::impair::{DirectionPlan, Impairment};
use crate::config::impairment::{ImpairmentOptions, Setting, TrafficDirection, settings};
use crate::explain;
use crate::t;
use crate::words::Lang;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use std::path::PathBuf;

/// The impairment options of datagrams.
pub type DatagramNetwork = Network<false, true>;
/// The impairment options of a stream. The direction follows from the option: writes or reads.
pub type StreamNetwork = Network<true, false>;
/// The impairment options of a relayed stream, with the options for the direction.
pub type RelayedStream = Network<true, true>;

/// The options for streams or for datagrams, and with `WAYS` those for the direction.
#[derive(Clone, Debug)]
pub struct Network<const STREAM: bool, const DIRECTIONS: bool>(pub NetworkOptions);

/// The options of the simulated network.
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    options: ImpairmentOptions,
    file: Option<PathBuf>,
}

impl NetworkOptions {
    /// The impairment of all options; `None` if there is none.
    ///
    /// # Errors
    /// The error in the file, as text.
    pub fn conditions(&self, lang: Lang) -> Result<Option<Impairment>, String> {
        let conditions = match &self.file {
            Some(path) => file::read(path, lang)?,
            None => Impairment::default(),
        };
        let conditions = self.options.conditions(conditions);
        conditions.map_err(|mistake| explain::argument_mistake(lang, &mistake))
    }
}

/// The identifier of an option in clap.
fn id(name: &str) -> String {
    name.replace('-', "_")
}

fn option(name: &'static str) -> Arg {
    let option = Arg::new(id(name)).long(name);
    option.help_heading("network")
}

fn of_setting(setting: &'static Setting) -> Arg {
    let is_value = move |text: &str| {
        let set = setting.set(&mut DirectionPlan::default(), text);
        set.map(|()| text.to_owned())
    };
    option(setting.name)
        .value_name(setting.value())
        .allow_hyphen_values(true)
        .value_parser(is_value)
}

impl<const STREAM: bool, const DIRECTIONS: bool> Args for Network<STREAM, DIRECTIONS> {
    fn augment_args(command: Command) -> Command {
        let file = option("impair").value_name("FILE.ron");
        let seed = option("seed").value_name("N");
        let command = command
            .args(settings(STREAM).iter().map(of_setting))
            .arg(file.value_parser(values::path()))
            .arg(seed.value_parser(values::number(0, u64::MAX)));
        if !DIRECTIONS {
            return command;
        }
        let options = TrafficDirection::ALL
            .into_iter()
            .filter_map(TrafficDirection::option);
        let options: Vec<&str> = options.collect();
        command.args(options.iter().map(|&direction| {
            let others = options.iter().filter(|&&other| other != direction);
            option(direction)
                .action(ArgAction::SetTrue)
                .conflicts_with_all(others.map(|&other| id(other)))
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const STREAM: bool, const DIRECTIONS: bool> FromArgMatches for Network<STREAM, DIRECTIONS> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let chosen = settings(STREAM).iter().filter_map(|setting| {
            let text = matches.get_one::<String>(&id(setting.name))?;
            Some((setting, text.clone()))
        });
        let is_given = |direction: &TrafficDirection| {
            direction
                .option()
                .is_some_and(|name| matches.get_flag(&id(name)))
        };
        let direction = DIRECTIONS.then(|| {
            TrafficDirection::ALL
                .into_iter()
                .find(is_given)
                .unwrap_or_default()
        });
        Ok(Self(NetworkOptions {
            options: ImpairmentOptions {
                chosen: chosen.collect(),
                seed: matches.get_one("seed").copied(),
                direction,
            },
            file: matches.get_one::<PathBuf>("impair").cloned(),
        }))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Prints that a simulated network is active, its direction, and the seed to repeat it.
pub fn announce(place: Capabilities, conditions: &Impairment, lang: Lang) {
    let direction = direction(place, conditions, lang);
    diagnostics::print_line(&t!(
        lang,
        "cli.seed",
        way = direction,
        seed = conditions.seed
    ));
}

/// The impaired direction, as text.
fn direction(place: Capabilities, conditions: &Impairment, lang: Lang) -> String {
    let is_bad = |plan: &DirectionPlan| match place.is_stream {
        true => !plan.stream.is_nothing(),
        false => !plan.datagrams.is_nothing(),
    };
    let (out, back) = (is_bad(&conditions.outgoing), is_bad(&conditions.incoming));
    match (place.relay, out, back) {
        (true, true, false) => t!(lang, "cli.way_to_target"),
        (true, false, true) => t!(lang, "cli.way_to_clients"),
        (false, true, false) => t!(lang, "cli.way_sent"),
        (false, false, true) => t!(lang, "cli.way_received"),
        // No direction, if all of it is for another protocol: a remark reports that.
        (_, true, true) | (_, false, false) => t!(lang, "cli.way_both"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The impairment of these options.
    fn read<const STREAM: bool, const DIRECTIONS: bool>(options: &str) -> Impairment {
        let command = Command::new("netpeer").no_binary_name(true);
        let command = Network::<STREAM, DIRECTIONS>::augment_args(command);
        let matches = command.try_get_matches_from(options.split_whitespace());
        let network = Network::<STREAM, DIRECTIONS>::from_arg_matches(&matches.unwrap()).unwrap();
        let conditions = network.0.conditions(Lang::English).unwrap();
        conditions.unwrap_or_default()
    }

    #[test]
    fn options_are_about_what_is_sent_unless_they_say_otherwise() {
        let conditions = read::<false, true>("--loss 5% --seed 7");
        assert_eq!(conditions.seed, 7);
        assert!(!conditions.is_nothing() && conditions.incoming == DirectionPlan::default());
        let conditions = read::<false, true>("--loss 5% --impair-incoming");
        assert!(!conditions.is_nothing() && conditions.outgoing == DirectionPlan::default());
    }

    #[test]
    fn a_relay_of_streams_has_either_direction_and_the_words_name_it() {
        let place = Capabilities {
            is_stream: true,
            relay: true,
        };
        let (out, back) = ([Some(9), None], [None, Some(9)]);
        let cases = [
            ("", out, "from the clients to the target"),
            ("--impair-incoming", back, "from the target to the clients"),
            ("--impair-both", [Some(9), Some(9)], "in both directions"),
        ];
        for (option, expected, words) in cases {
            let options = format!("--reset-after 9 --slow-read 9 {option}");
            let conditions = read::<true, true>(&options);
            let plans = [&conditions.outgoing, &conditions.incoming];
            assert_eq!(
                plans.map(|plan| plan.stream.reset_after),
                expected,
                "{option}"
            );
            let slow = expected.map(|bytes| bytes.unwrap_or(0));
            assert_eq!(plans.map(|plan| plan.stream.slow_read), slow, "{option}");
            assert_eq!(direction(place, &conditions, Lang::English), words);
        }
    }

    #[test]
    fn a_session_names_what_is_sent_and_what_is_received() {
        let place = Capabilities {
            is_stream: true,
            relay: false,
        };
        let words = |options| direction(place, &read::<true, false>(options), Lang::English);
        assert_eq!(words("--split 7"), "for what is sent");
        assert_eq!(words("--slow-read 9"), "for what is received");
    }

    #[test]
    fn nothing_bad_is_nothing() {
        assert_eq!(read::<true, false>("--seed 7"), Impairment::default());
    }
}
