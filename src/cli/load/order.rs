//! The options of a load: number, rate and size of packets.

use crate::automation::Load;
use crate::cli::values;
use crate::config::units::Speed;
use crate::engine::{FloodRequest, MAX_DATAGRAM_V4, Target};
use crate::t;
use crate::traffic::meter::Header;
use crate::words::Lang;
use clap::Args;

/// The options of a load.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "load")]
pub struct LoadOptions {
    #[arg(
        long,
        value_name = "N|max",
        default_value = "1000",
        allow_hyphen_values = true
    )]
    pub rate: Speed,
    #[arg(long, value_name = "N", value_parser = values::number(1, u64::MAX))]
    pub count: Option<u64>,
    #[arg(long, value_name = "BYTES", default_value_t = 64, value_parser = values::bytes(0, MAX_DATAGRAM_V4))]
    pub size: usize,
}

impl LoadOptions {
    /// The order to send this load. Each has a random flow number, so that stray packets of an
    /// earlier load are not counted.
    pub fn to(&self, to: Target, numbered: bool) -> FloodRequest {
        FloodRequest {
            to,
            load: Load {
                rate: self.rate.0,
                count: self.count,
            },
            size: self.size,
            flow: numbered.then(|| fastrand::u32(1..)),
        }
    }

    /// Checks the size of a packet.
    ///
    /// # Errors
    /// The message that names the allowed sizes.
    pub fn check(&self, numbered: bool, lang: Lang) -> Result<(), String> {
        let least = if numbered { Header::LENGTH } else { 0 };
        let most = MAX_DATAGRAM_V4;
        match (least..=most).contains(&self.size) {
            true => Ok(()),
            false => Err(t!(lang, "argument.size", least = least, most = most)),
        }
    }
}
