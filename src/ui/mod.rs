//! Layer 4: the window's panels, one file each.
//!
//! A panel edits a draft of [`settings`](crate::settings::tab), and owns only state that is not
//! saved. It reads a [`Session`](crate::session::Session) and returns the [`Action`] that the
//! user requested. Colours and sizes come from
//! [`theme`], words from the locales.

mod action;
pub mod address;
pub mod as_command;
pub mod banner;
mod charset_choice;
mod checksum_choice;
pub mod connection_life;
pub mod controls;
pub mod course;
mod csv_file;
pub mod description;
pub mod description_editor;
pub mod dock;
pub mod doctor;
pub mod edge;
pub mod export_window;
pub mod field_plot;
mod field_values;
pub mod file_dialog;
mod filter_help;
mod filter_terms;
pub mod first_run;
pub mod fonts;
mod format_choice;
pub mod framing_choice;
pub mod go_to;
pub mod group_panel;
pub mod help;
pub mod hold_queue;
mod icons;
pub mod inspector;
mod kept_file;
pub mod library;
pub mod log_view;
pub mod measure;
mod narrow;
pub mod network_panel;
pub mod open_window;
pub mod palette;
pub mod path_field;
mod peer_code;
pub mod peer_list;
mod peer_sign;
mod plot;
pub mod poll;
pub mod rate_panel;
pub mod receive_panel;
pub mod recording;
pub mod region;
pub mod rules;
pub mod scenario;
pub mod search_box;
mod search_strip;
pub mod send;
pub mod sequence;
pub mod settings_window;
pub mod simulated_network;
mod sparkline;
pub mod status_bar;
pub mod tabs;
mod text_file;
mod text_format;
pub mod theme;
pub mod toolbar;
pub mod topic;
mod window_bar;

pub use action::{Action, Composed, FilledForm};

use crate::engine::Interfaces;
use crate::settings::columns::TimeFormat;
use crate::traffic::Micros;
pub use crate::words::grouped;

use crate::words::Lang;

/// The context that every panel is drawn with.
#[derive(Clone, Copy)]
pub struct UiContext<'a> {
    pub lang: Lang,
    pub palette: &'a theme::Palette,
    pub interfaces: &'a Interfaces,
    pub zone: &'a jiff::tz::TimeZone,
    /// Whole seconds since the program began.
    pub second: u64,
    pub now: Micros,
}

impl UiContext<'_> {
    /// A time in the local zone.
    pub fn time(&self, time: Micros, format: TimeFormat) -> String {
        self.formatted(
            time,
            match format {
                TimeFormat::Millis => "%H:%M:%S.%3f",
                TimeFormat::Micros => "%H:%M:%S.%6f",
                TimeFormat::Date => "%Y-%m-%d %H:%M:%S.%3f",
            },
        )
    }

    /// A time in the local zone, in whole seconds: `14:03:31`.
    pub fn clock(&self, time: Micros) -> String {
        self.formatted(time, "%H:%M:%S")
    }

    fn formatted(&self, time: Micros, format: &str) -> String {
        let Ok(timestamp) = jiff::Timestamp::from_microsecond(time) else {
            return crate::traffic::unix_seconds(time, 6);
        };
        timestamp
            .to_zoned(self.zone.clone())
            .strftime(format)
            .to_string()
    }
}

/// `bytes` with a unit a person reads at a glance: `312 B`, `66.0 KiB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    format!("{value:.1} {unit}")
}

/// `1500032` as `1.5M`, where there is little room; exact up to four digits.
pub fn short(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{}k", number / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1}M", (number / 100_000) as f64 / 10.0),
        _ => format!("{:.1}G", (number / 100_000_000) as f64 / 10.0),
    }
}

#[cfg(test)]
impl UiContext<'static> {
    /// English and light, in UTC, at time 0, without interfaces.
    fn for_tests() -> Self {
        static INTERFACES: std::sync::LazyLock<Interfaces> =
            std::sync::LazyLock::new(Interfaces::default);
        static ZONE: jiff::tz::TimeZone = jiff::tz::TimeZone::UTC;
        Self {
            lang: Lang::English,
            palette: &theme::LIGHT,
            interfaces: &INTERFACES,
            zone: &ZONE,
            second: 0,
            now: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_at_a_glance() {
        assert_eq!(size(312), "312 B");
        assert_eq!(size(67_584), "66.0 KiB");
        assert_eq!(size(5 << 30), "5.0 GiB");
    }

    #[test]
    fn little_room_has_room_for_a_rough_number() {
        let shown = [0, 9_999, 10_000, 999_999, 1_500_032, 12_000_000_000].map(short);
        assert_eq!(shown, ["0", "9999", "10k", "999k", "1.5M", "12.0G"]);
    }
}
