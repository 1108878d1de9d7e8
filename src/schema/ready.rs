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

/// The description of this name, whose file has the name too.
macro_rules! ready {
    ($name:literal, $title:literal) => {
        ReadyMade {
            name: $name,
            title: $title,
            text: include_str!(concat!("../../assets/protocols/", $name, ".ron")),
        }
    };
}

/// All of them.
pub const READY_MADE: [ReadyMade; 23] = [
    ready!("modbus_tcp", "Modbus TCP"),
    ready!("modbus_rtu", "Modbus RTU"),
    ready!("dns", "DNS, mDNS"),
    ready!("mqtt", "MQTT 3.1.1"),
    ready!("mqtt5", "MQTT 5"),
    ready!("coap", "CoAP"),
    ready!("snmp", "SNMP v1, v2c"),
    ready!("ntp", "NTP"),
    ready!("tftp", "TFTP"),
    ready!("stun", "STUN"),
    ready!("rtp", "RTP"),
    ready!("dhcp", "DHCP"),
    ready!("artnet", "Art-Net"),
    ready!("osc", "OSC"),
    ready!("mavlink", "MAVLink"),
    ready!("tls", "TLS"),
    ready!("websocket", "WebSocket"),
    ready!("http", "HTTP/1.1"),
    ready!("sip", "SIP"),
    ready!("syslog", "Syslog"),
    ready!("nmea0183", "NMEA 0183"),
    ready!("json", "JSON"),
    ready!("key_value", "key=value"),
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
