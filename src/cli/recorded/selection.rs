//! The selection of rows: a filter, and the encoding of their text.

use super::input::RecordedInput;
use crate::capture::{CaptureFields, Carrier, KnownSession, is_in_stream};
use crate::cli::description::{DescribeOption, FramedFields, RecordedFraming};
use crate::cli::printer::RowReader;
use crate::cli::{diagnostics, values};
use crate::engine::{Clock, Interfaces};
use crate::explain::{self, describe};
use crate::payload::charset::Charset;
use crate::peer::Peer;
use crate::t;
use crate::traffic::framing::SessionFraming;
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Body, Filter, MessageSchema, Micros, Notice, Record, moment};
use crate::words::Lang;
use clap::Args;
use jiff::tz::TimeZone;
use std::cell::OnceCell;
use std::sync::Arc;

/// Three days in microseconds: a change of the current date by them changes a time without a
/// date.
const DAYS: Micros = 3 * 86_400 * 1_000_000;

/// The options that select rows.
#[derive(Debug, Args)]
#[command(next_help_heading = "selection")]
pub struct RowSelection {
    #[arg(value_name = "TERM")]
    terms: Vec<String>,
    #[arg(long, value_name = "TERMS", allow_hyphen_values = true)]
    filter: Option<String>,
    #[arg(long, value_name = "NAME", value_parser = values::charset)]
    encoding: Option<Charset>,
    #[command(flatten)]
    describe: DescribeOption,
    #[command(flatten)]
    framing: RecordedFraming,
}

impl RowSelection {
    /// The filter of the selected rows; `None` selects all of them.
    ///
    /// # Errors
    /// The first invalid term, as text.
    pub fn sieve(
        &self,
        input: &RecordedInput,
        fields: Option<&CaptureFields>,
        lang: Lang,
    ) -> Result<Option<RecordFilter>, String> {
        let newest = || input.newest();
        let now = Clock::start().now();
        let described = fields.map(|fields| &fields.described);
        self.sieve_at(now, &newest, &TimeZone::system(), described, lang)
    }

    /// The encoding and the description by which payloads are read.
    ///
    /// # Errors
    /// Why the description cannot be used, as text.
    pub fn row_reader(&self, lang: Lang) -> Result<RowReader, String> {
        let FramedFields { framing, fields } = self.framing.fields(&self.describe, lang)?;
        Ok(RowReader {
            text: StreamTextReader::new(self.encoding, lang == Lang::Chinese),
            fields,
            framing,
        })
    }

    /// The settings of the session that a scenario repeats, whose streams have this framing.
    pub fn session(&self, framing: SessionFraming) -> KnownSession {
        KnownSession {
            kind: None,
            framing,
            describe: self.describe.whole_path(),
        }
    }

    fn sieve_at(
        &self,
        now: Micros,
        newest: &dyn Fn() -> Micros,
        zone: &TimeZone,
        described: Option<&Arc<MessageSchema>>,
        lang: Lang,
    ) -> Result<Option<RecordFilter>, String> {
        let text = self.text();
        let known = OnceCell::new();
        let time = |text: &str| {
            let at = moment(text, now, zone)?;
            // With a date, the time does not depend on the last row.
            match moment(text, now - DAYS, zone) == Some(at) {
                true => Some(at),
                false => moment(text, *known.get_or_init(newest), zone),
            }
        };
        let describe = describe(lang, Interfaces::read());
        let filter = |described: Option<&Arc<MessageSchema>>| {
            Filter::new(&text, Arc::clone(&describe), &time, described).map_err(|mistake| {
                let mistake = explain::filter_mistake(lang, &mistake);
                t!(lang, "recorded.bad_filter", text = text, mistake = mistake)
            })
        };
        let unframed = described.filter(|described| !described.framing.is_none());
        let unframed = unframed.map(|described| {
            Arc::new(MessageSchema {
                schema: described.schema.clone(),
                framing: SessionFraming::default(),
            })
        });
        let of_datagrams = match &unframed {
            Some(unframed) => filter(Some(unframed))?,
            None => None,
        };
        let filter = filter(described)?;
        if let Some(unknown) = filter.as_ref().and_then(Filter::unknown_key) {
            let hint = explain::unknown_key(lang, unknown);
            diagnostics::print_line(&format!("netpeer: {hint}"));
        }
        Ok(filter.map(|filter| RecordFilter {
            filter,
            of_datagrams,
            local: None,
            is_stream: false,
        }))
    }

    /// The text of the filter; `None` selects all rows.
    pub fn filter_text(&self) -> Option<String> {
        let text = self.text();
        (!text.trim().is_empty()).then_some(text)
    }

    fn text(&self) -> String {
        let terms = self.terms.iter().chain(&self.filter);
        terms.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// A filter, and the local address as the rows so far report it.
pub struct RecordFilter {
    filter: Filter,
    /// The same filter for datagrams, where that is another one: the framing is that of streams.
    of_datagrams: Option<Filter>,
    local: Option<Peer>,
    /// Whether the rows so far are reads and writes of streams.
    is_stream: bool,
}

impl RecordFilter {
    /// Whether the next row is selected.
    pub fn lets_through(&mut self, record: &Record<'_>, carrier: Option<Carrier>) -> bool {
        if let Body::Notice(
            Notice::Bound { local, .. }
            | Notice::Listening { local }
            | Notice::Connected { local, .. },
        ) = record.body
        {
            self.local = Some(*local);
        }
        let in_stream = is_in_stream(record, carrier, &mut self.is_stream);
        let of_datagrams = self.of_datagrams.as_ref().filter(|_| !in_stream);
        let filter = of_datagrams.unwrap_or(&self.filter);
        let of_packet = carrier.map(|carrier| carrier.local);
        filter.lets_through(record, of_packet.or(self.local))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::schema::ReadyMade;

    /// 2026-11-22 14:03:31 UTC.
    const NEWEST: Micros = 1_795_356_211_000_000;
    const HOUR: Micros = 3_600 * 1_000_000;

    fn sieve(terms: &[&str], filter: Option<&str>) -> Result<Option<RecordFilter>, String> {
        let selection = RowSelection {
            describe: DescribeOption::default(),
            framing: RecordedFraming::default(),
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
            filter: filter.map(str::to_owned),
            encoding: None,
        };
        let now = NEWEST + 400 * 24 * HOUR;
        selection.sieve_at(now, &|| NEWEST, &TimeZone::UTC, None, Lang::English)
    }

    fn received(time: Micros, bytes: &[u8]) -> Record<'_> {
        let peer = "127.0.0.1:9".parse().unwrap();
        Record::new(time, Body::Received { peer, bytes })
    }

    fn passes(sieve: &mut RecordFilter, time: Micros, bytes: &[u8]) -> bool {
        sieve.lets_through(&received(time, bytes), None)
    }

    #[test]
    fn terms_in_both_places_hold_together() {
        assert!(sieve(&[], None).unwrap().is_none());
        let mut both = sieve(&["len:>2", "b"], Some("-c")).unwrap().unwrap();
        assert!(passes(&mut both, 0, b"abd"));
        for other in ["ab", "aad", "abc"] {
            assert!(!passes(&mut both, 0, other.as_bytes()), "{other}");
        }
        let mistake = sieve(&["len:x"], None).err().unwrap();
        assert!(mistake.contains("“x” is not a length"), "{mistake}");
    }

    #[test]
    fn a_time_of_day_is_the_last_before_the_end_of_the_file() {
        for term in ["since:14:00", "since:\"2026-11-22 14:00\""] {
            let mut since = sieve(&[term], None).unwrap().unwrap();
            assert!(passes(&mut since, NEWEST, b"x"), "{term}");
            assert!(!passes(&mut since, NEWEST - HOUR, b"x"), "{term}");
        }
        // On the previous day, because 15:00 of the same day is after the last row.
        let mut since = sieve(&["since:15:00"], None).unwrap().unwrap();
        assert!(passes(&mut since, NEWEST - HOUR, b"x"));
        assert!(!passes(&mut since, NEWEST - 24 * HOUR, b"x"));
    }

    #[test]
    fn a_port_of_our_own_is_that_of_the_packet_or_the_last_reported_one() {
        let mut to = sieve(&["to:7000"], None).unwrap().unwrap();
        assert!(!passes(&mut to, 0, b"x"));
        let bound = Notice::Listening {
            local: "127.0.0.1:7000".parse().unwrap(),
        };
        let reported = Record {
            body: Body::Notice(&bound),
            ..received(0, b"")
        };
        to.lets_through(&reported, None);
        assert!(passes(&mut to, 0, b"x"));
        let (local, is_stream) = ("127.0.0.1:7001".parse().unwrap(), true);
        let carrier = Some(Carrier { local, is_stream });
        assert!(!to.lets_through(&received(0, b"x"), carrier));
    }

    #[test]
    fn a_peer_is_also_the_near_side_of_the_packet() {
        let (local, is_stream) = ("127.0.0.1:7001".parse().unwrap(), true);
        let carrier = Some(Carrier { local, is_stream });
        for (term, is_shown) in [
            ("peer:7001", true),
            ("peer::7001", true),
            ("peer:127.0.0.1:7001", true),
            ("peer:9", true),
            ("peer:7002", false),
        ] {
            let mut peer = sieve(&[term], None).unwrap().unwrap();
            let shown = peer.lets_through(&received(0, b"x"), carrier);
            assert_eq!(shown, is_shown, "{term}");
        }
    }

    #[test]
    fn fields_of_a_datagram_are_found_without_the_framing_of_streams() {
        let schema = ReadyMade::named("dns").unwrap().schema().unwrap();
        let framing = config::description::framing(&schema).into();
        let described = Arc::new(MessageSchema { schema, framing });
        let selection = RowSelection {
            describe: DescribeOption::default(),
            framing: RecordedFraming::default(),
            terms: vec!["id:4660".to_owned()],
            filter: None,
            encoding: None,
        };
        let sieve = selection.sieve_at(0, &|| 0, &TimeZone::UTC, Some(&described), Lang::English);
        let mut sieve = sieve.unwrap().unwrap();
        let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01";
        let counted = [&b"\0\x13"[..], query].concat();
        for (is_stream, bytes, is_shown) in [
            (false, &query[..], true),
            (true, &counted[..], true),
            (false, &counted[..], false),
            (true, &query[..], false),
        ] {
            let local = "127.0.0.1:7001".parse().unwrap();
            let carrier = Some(Carrier { local, is_stream });
            let shown = sieve.lets_through(&received(0, bytes), carrier);
            assert_eq!(shown, is_shown, "{is_stream} {bytes:?}");
        }
    }
}
