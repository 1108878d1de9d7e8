//! The properties of a row that a format loses.

use crate::capture::Carrier;
use crate::traffic::{Record, RecordOrigin};

/// A property that not every format can represent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The row itself: a notice without a packet.
    Row,
    /// The microseconds of its time.
    Micros,
    /// The rule that sent it, or the other side of the relay that forwarded it.
    Origin,
    /// That the datagram is truncated.
    Truncation,
    /// The local address it arrived at, or left from.
    Local,
    /// The interface it arrived on.
    Interface,
    /// That its time is the kernel's receive timestamp.
    KernelTime,
    /// The fields of its messages.
    Fields,
}

impl Lost {
    /// The properties that a row has.
    pub(super) fn of(record: &Record<'_>, carrier: Option<Carrier>) -> impl Iterator<Item = Self> {
        let has_local =
            carrier.is_some() || record.local.is_some() || record.arrival.destination.is_some();
        // Interface 0 means that a capture names none.
        let by = record.arrival.destination;
        let has_interface = by.is_some_and(|by| by.interface != 0);
        let present = [
            (Self::Micros, record.time % 1_000 != 0),
            (Self::Origin, record.origin != RecordOrigin::default()),
            (Self::Truncation, record.arrival.truncated),
            (Self::Local, has_local),
            (Self::Interface, has_interface),
            (Self::KernelTime, record.arrival.kernel_time),
        ];
        let present = present.into_iter().filter(|(_, is_present)| *is_present);
        present.map(|(lost, _)| lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::CaptureFormat;
    use crate::capture::writer::tests::{received, sent};
    use crate::traffic::Arrival;

    fn lost(format: CaptureFormat, record: &Record<'_>) -> Vec<Lost> {
        format.lost(record, None).collect()
    }

    #[test]
    fn a_format_loses_the_fields_it_has_no_place_for() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let plain = sent(5_000, peer, b"x");
        for format in CaptureFormat::written() {
            assert_eq!(lost(format, &plain), [], "{format:?}");
        }
        let mut row = received(5_001, peer, b"x");
        row.arrival = Arrival {
            destination: Some((peer.ip(), 1).into()),
            truncated: true,
            kernel_time: true,
            ..Arrival::default()
        };
        row.origin.rule = Some("echo");
        assert_eq!(lost(CaptureFormat::JsonLines, &row), []);
        let of_packets = [Lost::Origin, Lost::Interface, Lost::KernelTime];
        assert_eq!(lost(CaptureFormat::Pcapng, &row), of_packets);
        let all = [
            Lost::Micros,
            Lost::Origin,
            Lost::Local,
            Lost::Interface,
            Lost::KernelTime,
        ];
        assert_eq!(lost(CaptureFormat::Classic, &row), all);
        // A format that is only read loses nothing.
        assert_eq!(lost(CaptureFormat::Pcap, &row), []);
    }

    #[test]
    fn a_segments_own_address_is_lost_where_rows_have_one_peer() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let (local, is_stream) = ("127.0.0.1:8".parse().unwrap(), true);
        let carrier = Some(Carrier { local, is_stream });
        let row = sent(0, peer, b"x");
        let lost = |format: CaptureFormat| format.lost(&row, carrier).collect::<Vec<_>>();
        assert_eq!(lost(CaptureFormat::Csv), [Lost::Local]);
        assert_eq!(lost(CaptureFormat::Pcapng), []);
    }
}
