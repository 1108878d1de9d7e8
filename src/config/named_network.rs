//! Named networks: simulated networks with published figures. `docs/en/impairment.md` names the
//! source of each figure.

use super::ron_file;
use crate::automation::impair::{DatagramPlan, DirectionPlan, Impairment, StreamPlan};
use std::sync::LazyLock;

/// The name of a network with published figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkName {
    Mobile,
    SlowMobile,
    Weak,
    Wifi,
    Satellite,
}

impl NetworkName {
    pub const ALL: [Self; 5] = [
        Self::Mobile,
        Self::SlowMobile,
        Self::Weak,
        Self::Wifi,
        Self::Satellite,
    ];

    /// Its word on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mobile => "3g",
            Self::SlowMobile => "slow-3g",
            Self::Weak => "weak",
            Self::Wifi => "wifi",
            Self::Satellite => "satellite",
        }
    }

    /// The network of this word; `None` if the word is no name.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.word() == word)
    }

    /// The network, as RON.
    pub fn text(self) -> &'static str {
        match self {
            Self::Mobile => include_str!("../../assets/networks/3g.ron"),
            Self::SlowMobile => include_str!("../../assets/networks/slow-3g.ron"),
            Self::Weak => include_str!("../../assets/networks/weak.ron"),
            Self::Wifi => include_str!("../../assets/networks/wifi.ron"),
            Self::Satellite => include_str!("../../assets/networks/satellite.ron"),
        }
    }
}

/// A network with published figures.
#[derive(Debug)]
pub struct NamedNetwork {
    pub name: NetworkName,
    pub impairment: Impairment,
}

/// The named network that settings have.
#[derive(Clone, Copy, Debug)]
pub struct RecognisedNetwork {
    pub network: &'static NamedNetwork,
    /// Whether there are other settings besides.
    pub has_others: bool,
}

static NETWORKS: LazyLock<Vec<NamedNetwork>> = LazyLock::new(|| {
    // A network that cannot be read is missing, which a test forbids.
    let networks = NetworkName::ALL.into_iter().filter_map(|name| {
        let impairment = ron_file::parse(name.text()).ok()?;
        Some(NamedNetwork { name, impairment })
    });
    networks.collect()
});

/// All named networks.
pub fn named_networks() -> &'static [NamedNetwork] {
    &NETWORKS
}

/// The name of the network that these are, whatever their seed.
pub fn name_of(conditions: &Impairment) -> Option<NetworkName> {
    let is_it = |network: &&NamedNetwork| {
        let Impairment {
            seed: _,
            outgoing,
            incoming,
        } = &network.impairment;
        *outgoing == conditions.outgoing && *incoming == conditions.incoming
    };
    let found = named_networks().iter().find(is_it);
    found.map(|network| network.name)
}

/// The named network that these settings have. Only the settings of streams count, or those of
/// datagrams; the seed does not.
pub fn recognised(conditions: &Impairment, is_stream: bool) -> Option<RecognisedNetwork> {
    let is_same = |one: &Impairment, other: &Impairment| {
        let directions = [
            (&one.outgoing, &other.outgoing),
            (&one.incoming, &other.incoming),
        ];
        directions.iter().all(|(one, other)| match is_stream {
            true => one.stream == other.stream,
            false => one.datagrams == other.datagrams,
        })
    };
    named_networks().iter().find_map(|network| {
        let named = &network.impairment;
        let has_all = is_same(&changed(conditions, named, Change::Set), conditions);
        has_all.then(|| RecognisedNetwork {
            network,
            has_others: !is_same(named, conditions),
        })
    })
}

impl NamedNetwork {
    /// Sets the settings that the network has, and resets those of the named network before it.
    /// All others stay, as those of other options do beside `--impair 3g`, and so does the seed.
    pub fn choose(&self, conditions: &mut Impairment, is_stream: bool) {
        if let Some(before) = recognised(conditions, is_stream) {
            *conditions = changed(conditions, &before.network.impairment, Change::Reset);
        }
        *conditions = changed(conditions, &self.impairment, Change::Set);
    }
}

/// A change of the settings that a named network has.
#[derive(Clone, Copy)]
enum Change {
    /// They become those of the network.
    Set,
    /// They become the default, unless they are others than those of the network.
    Reset,
}

/// These settings after a change of those that the network has. It has those that are not the
/// default.
fn changed(conditions: &Impairment, named: &Impairment, change: Change) -> Impairment {
    Impairment {
        seed: conditions.seed,
        outgoing: direction(&conditions.outgoing, &named.outgoing, change),
        incoming: direction(&conditions.incoming, &named.incoming, change),
    }
}

fn direction(plan: &DirectionPlan, named: &DirectionPlan, change: Change) -> DirectionPlan {
    let (datagrams, stream) = (&plan.datagrams, &plan.stream);
    let (of_datagrams, of_stream) = (&named.datagrams, &named.stream);
    DirectionPlan {
        datagrams: DatagramPlan {
            loss: setting(&datagrams.loss, &of_datagrams.loss, change),
            duplicate: setting(&datagrams.duplicate, &of_datagrams.duplicate, change),
            reorder: setting(&datagrams.reorder, &of_datagrams.reorder, change),
            delay: setting(&datagrams.delay, &of_datagrams.delay, change),
            corrupt: setting(&datagrams.corrupt, &of_datagrams.corrupt, change),
            truncate: setting(&datagrams.truncate, &of_datagrams.truncate, change),
            rate: setting(&datagrams.rate, &of_datagrams.rate, change),
        },
        stream: StreamPlan {
            split: setting(&stream.split, &of_stream.split, change),
            join: setting(&stream.join, &of_stream.join, change),
            delay: setting(&stream.delay, &of_stream.delay, change),
            stall: setting(&stream.stall, &of_stream.stall, change),
            rate: setting(&stream.rate, &of_stream.rate, change),
            slow_read: setting(&stream.slow_read, &of_stream.slow_read, change),
            reset_after: setting(&stream.reset_after, &of_stream.reset_after, change),
        },
    }
}

fn setting<T: Clone + Default + PartialEq>(present: &T, named: &T, change: Change) -> T {
    let is_named = *named != T::default();
    match change {
        Change::Set if is_named => named.clone(),
        Change::Reset if is_named && present == named => T::default(),
        Change::Set | Change::Reset => present.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::impair::{Loss, Rate};

    fn network(name: NetworkName) -> &'static NamedNetwork {
        let mut networks = named_networks().iter();
        networks.find(|network| network.name == name).unwrap()
    }

    /// The name, and whether there are other settings.
    fn found(conditions: &Impairment, is_stream: bool) -> Option<(NetworkName, bool)> {
        let known = recognised(conditions, is_stream)?;
        Some((known.network.name, known.has_others))
    }

    #[test]
    fn every_named_network_can_be_read_and_is_recognised_once_chosen() {
        assert_eq!(named_networks().len(), NetworkName::ALL.len());
        for is_stream in [false, true] {
            for before in NetworkName::ALL {
                for name in NetworkName::ALL {
                    let mut conditions = Impairment {
                        seed: 7,
                        ..Impairment::default()
                    };
                    network(before).choose(&mut conditions, is_stream);
                    network(name).choose(&mut conditions, is_stream);
                    let expected = Impairment {
                        seed: 7,
                        ..network(name).impairment.clone()
                    };
                    assert_eq!(conditions, expected, "{before:?} {name:?}");
                    assert_eq!(found(&conditions, is_stream), Some((name, false)));
                }
            }
        }
    }

    #[test]
    fn settings_that_a_network_does_not_have_stay() {
        let mut conditions = Impairment::default();
        conditions.outgoing.datagrams.duplicate = 5.0;
        conditions.incoming.datagrams.delay.millis = 9.0;
        let kept = conditions.clone();
        // It changes only what is sent.
        network(NetworkName::Wifi).choose(&mut conditions, false);
        assert_eq!(conditions.outgoing.datagrams.delay.millis, 40.0);
        assert_eq!(conditions.outgoing.datagrams.duplicate, 5.0);
        assert_eq!(conditions.incoming, kept.incoming);
        assert_eq!(found(&conditions, false), Some((NetworkName::Wifi, true)));
        network(NetworkName::Satellite).choose(&mut conditions, false);
        let sent = &conditions.outgoing.datagrams;
        assert_eq!((&sent.loss, &sent.rate), (&Loss::None, &Rate::default()));
        assert_eq!((sent.delay.millis, sent.duplicate), (279.0, 5.0));
    }

    #[test]
    fn settings_that_were_changed_are_of_no_named_network() {
        assert_eq!(found(&Impairment::default(), false), None);
        let mut conditions = network(NetworkName::Weak).impairment.clone();
        conditions.incoming.datagrams.delay.millis += 1.0;
        assert_eq!(found(&conditions, false), None);
        // Those of a stream are as they were.
        assert_eq!(found(&conditions, true), Some((NetworkName::Weak, false)));
    }
}
