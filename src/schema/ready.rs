//! The descriptions that the program has.

use super::{Schema, SchemaMistake};

/// A protocol, and its description.
#[derive(Clone, Copy, Debug)]
pub struct ReadyMade {
    /// As command lines and settings have it.
    pub name: &'static str,
    /// The usual name, the same in every language.
    pub title: &'static str,
    pub text: &'static str,
}

/// All of them.
pub const READY_MADE: [ReadyMade; 9] = [
    ReadyMade {
        name: "modbus_tcp",
        title: "Modbus TCP",
        text: include_str!("../../assets/protocols/modbus_tcp.ron"),
    },
    ReadyMade {
        name: "modbus_rtu",
        title: "Modbus RTU",
        text: include_str!("../../assets/protocols/modbus_rtu.ron"),
    },
    ReadyMade {
        name: "dns",
        title: "DNS, mDNS",
        text: include_str!("../../assets/protocols/dns.ron"),
    },
    ReadyMade {
        name: "mqtt",
        title: "MQTT 3.1.1",
        text: include_str!("../../assets/protocols/mqtt.ron"),
    },
    ReadyMade {
        name: "ntp",
        title: "NTP",
        text: include_str!("../../assets/protocols/ntp.ron"),
    },
    ReadyMade {
        name: "tftp",
        title: "TFTP",
        text: include_str!("../../assets/protocols/tftp.ron"),
    },
    ReadyMade {
        name: "stun",
        title: "STUN",
        text: include_str!("../../assets/protocols/stun.ron"),
    },
    ReadyMade {
        name: "rtp",
        title: "RTP",
        text: include_str!("../../assets/protocols/rtp.ron"),
    },
    ReadyMade {
        name: "dhcp",
        title: "DHCP",
        text: include_str!("../../assets/protocols/dhcp.ron"),
    },
];

impl ReadyMade {
    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        READY_MADE.into_iter().find(|known| known.name == name)
    }

    /// Its description.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn schema(self) -> Result<Schema, SchemaMistake> {
        Schema::read(self.text)
    }
}
