//! The two framings of Modbus: RTU, with a CRC, and TCP, with a header (MBAP).

use super::line_end::PATIENCE;
use crate::engine::evidence::{Evidence, Sample, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::Target;
use crate::payload::checksum::Checksum;
use crate::payload::hex;

/// The most bytes of a message that are shown.
const SHOWN: usize = 16;

/// How a message is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Rtu,
    Tcp,
}

impl Framing {
    /// The framing of a whole message; `None` if it is of neither.
    fn of(sample: &Sample) -> Option<Self> {
        let bytes = sample.bytes.as_slice();
        let is_rtu = || Checksum::named("CRC-16/MODBUS")?.verify(bytes);
        if !sample.is_whole() {
            return None;
        }
        // A request in RTU can be taken for one of TCP, since its numbers are small; its CRC is no
        // coincidence. Unit and function stand first (Modbus over Serial Line §2.5.1).
        if bytes.len() >= 4 && is_rtu() == Some(true) {
            return Some(Self::Rtu);
        }
        // Transaction, protocol 0, length, unit, function (Modbus Messaging on TCP/IP §3.1.3).
        let [_, _, 0, 0, high, low, _, function, ..] = bytes else {
            return None;
        };
        let said = usize::from(u16::from_be_bytes([*high, *low]));
        // An exception has one byte more, its code.
        let is_one = *function < 0x80 || said == 3;
        (is_one && said + 6 == bytes.len()).then_some(Self::Tcp)
    }

    fn other(self) -> Self {
        match self {
            Self::Rtu => Self::Tcp,
            Self::Tcp => Self::Rtu,
        }
    }

    /// A whole message of this framing in the other one. Its transaction is number 1.
    fn in_other(self, message: &[u8]) -> Option<Vec<u8>> {
        /// The bytes before the unit (Modbus Messaging on TCP/IP §3.1.3), and those of the CRC.
        const HEADER: usize = 6;
        const CRC: usize = 2;
        match self {
            Self::Rtu => {
                let body = message.get(..message.len().checked_sub(CRC)?)?;
                let [high, low] = u16::try_from(body.len()).ok()?.to_be_bytes();
                Some([&[0, 1, 0, 0, high, low], body].concat())
            }
            Self::Tcp => {
                let body = message.get(HEADER..)?;
                let sum = Checksum::named("CRC-16/MODBUS")?.of(body).ok()?;
                Some([body, &sum].concat())
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rtu => "Modbus RTU",
            Self::Tcp => "Modbus TCP",
        }
    }
}

pub fn is_of_other_framing(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.is_tcp) else {
        return Outcome::DoesNotApply;
    };
    let (sent, received) = (target.sent(), target.received());
    let Some((last, ours)) = sent
        .last()
        .and_then(|last| Some((last, Framing::of(last)?)))
    else {
        return Outcome::DoesNotApply;
    };
    let shown = |sample: &Sample| hex::format(sample.bytes.get(..SHOWN).unwrap_or(&sample.bytes));
    let other = received
        .iter()
        .find_map(|came| Some((came, Framing::of(came).filter(|theirs| *theirs != ours)?)));
    if let Some((came, theirs)) = other {
        let values = [
            ("ours", ours.name().to_owned()),
            ("peer", theirs.name().to_owned()),
            ("sent", shown(last)),
            ("came", shown(came)),
        ];
        let clue = Clue::new("doctor.content.modbus_framings", values);
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    let is_silent = received.is_empty() && target.is_unanswered(PATIENCE);
    match ours.in_other(&last.bytes).filter(|_| is_silent) {
        Some(instead) => Outcome::Unseen(Unseen::ModbusSent {
            ours: ours.name().to_owned(),
            other: ours.other().name().to_owned(),
            instead: hex::format(&instead),
        }),
        None => Outcome::IsNot,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::doctor::peer::tests::{found, tcp, udp};
    use crate::explain::doctor::{Situation, judge};

    const RTU: &[u8] = &[1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
    const TCP: &[u8] = &[0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 2];
    /// The answer of a server for Modbus TCP that read the RTU request as its own.
    const EXCEPTION: &[u8] = &[1, 3, 0, 0, 0, 3, 0xC4, 0x8B, 1];

    #[test]
    fn an_answer_in_the_other_framing_shows_which_one_the_peer_speaks() {
        let expected = [(Situation::ModbusFraming, Certainty::Shown)];
        assert_eq!(found(&tcp(&[RTU], &[EXCEPTION])), expected);
        assert_eq!(found(&tcp(&[TCP], &[RTU])), expected);
        let answer: &[u8] = &[0, 1, 0, 0, 0, 7, 1, 3, 4, 0, 10, 0, 20];
        assert_eq!(found(&tcp(&[TCP], &[answer])), []);
        assert_eq!(found(&tcp(&[b"hello"], &[EXCEPTION])), []);
        let is_it =
            |(situation, _): &(Situation, Certainty)| *situation == Situation::ModbusFraming;
        assert!(
            !found(&udp(&[RTU], &[EXCEPTION])).iter().any(is_it),
            "not over TCP"
        );
    }

    #[test]
    fn a_silent_peer_may_speak_the_other_framing() {
        for (sent, ours, other, instead) in [
            (RTU, "Modbus RTU", "Modbus TCP", TCP),
            (TCP, "Modbus TCP", "Modbus RTU", RTU),
        ] {
            let mut unknown = judge(&tcp(&[sent], &[])).unknown.into_iter();
            let missing = unknown.find(|one| one.situation == Situation::ModbusFraming);
            let reason = Unseen::ModbusSent {
                ours: ours.into(),
                other: other.into(),
                instead: hex::format(instead),
            };
            assert_eq!(missing.unwrap().reason, reason);
        }
        let wrong: &[u8] = &[1, 3, 0, 0, 0, 2, 0x0B, 0xC4];
        for other in [wrong, b"hello world"] {
            let unknown = judge(&tcp(&[other], &[])).unknown;
            let is_it =
                |one: &crate::explain::doctor::Missing| one.situation == Situation::ModbusFraming;
            assert!(!unknown.iter().any(is_it), "{other:?}");
        }
    }
}
