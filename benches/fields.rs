//! The speed of reading messages into fields. `cargo bench --bench fields`
//!
//! Each figure is the median of several runs, with the least and the most beside it. With tshark
//! installed, the time it takes for the same capture, without its start, is compared.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot run may say so by panicking"
)]

use jiff::tz::TimeZone;
use netpeer::capture::{CaptureContext, CaptureFormat, CaptureWriter};
use netpeer::schema::{PlainValue, ReadyMade, Schema, Tree};
use netpeer::traffic::plot::{PlotPoint, Series, columns};
use netpeer::traffic::{Arrival, Body, ChunkBuilder, Filter, MessageSchema, Record, Upstreams};
use std::fmt::Write as _;
use std::hint::black_box;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUNS: usize = 7;
const MESSAGES: usize = 1_000_000;
/// The columns of pixels of a plot.
const COLUMNS: usize = 1_200;
/// The packets of a capture.
const PACKETS: usize = 100_000;

/// Ten fields: lengths, numbers, a named value and a checksum.
const TEN: &str = r#"(
    meta: (id: "ten", endian: "be"),
    seq: [
        (id: "len", type: "u2", counts: "kind.."),
        (id: "kind", type: "u1", enum: "kind"),
        (id: "flags", type: "u1"),
        (id: "seq", type: "u4"),
        (id: "time", type: "u8"),
        (id: "temp", type: "f4"),
        (id: "hum", type: "f4"),
        (id: "level", type: "s2"),
        (id: "id", type: "u4"),
        (id: "crc", type: "u2le", checksum: "CRC-16/MODBUS"),
    ],
    enums: {"kind": {1: "measurement"}},
)"#;

/// A message of ten fields whose temperature is this.
fn message(number: u32, temp: f32) -> Vec<u8> {
    let mut bytes = vec![0, 30, 1, 0];
    bytes.extend(number.to_be_bytes());
    bytes.extend(u64::from(number).to_be_bytes());
    bytes.extend(temp.to_be_bytes());
    bytes.extend(40_f32.to_be_bytes());
    bytes.extend((-5_i16).to_be_bytes());
    bytes.extend(7_u32.to_be_bytes());
    let modbus = netpeer::payload::checksum::Sum::named("CRC-16/MODBUS").unwrap();
    bytes.extend((modbus.of(&bytes) as u16).to_le_bytes());
    bytes
}

fn peer() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 53))
}

fn main() {
    let schema = Schema::read(TEN).unwrap();
    let all: Vec<Vec<u8>> = (0..MESSAGES as u32)
        .map(|number| message(number, if number % 1_000 == 0 { 50.0 } else { 20.0 }))
        .collect();
    let mut tree = Tree::default();
    assert_eq!(schema.decode(&all[0], &mut tree), 0);
    assert!(tree.fault().is_none(), "{:?}", tree.fault());
    let reads = measure(|| {
        for message in &all {
            black_box(schema.decode(message, &mut tree));
        }
    });
    print("read ten fields", &reads, MESSAGES);
    let lines = measure(|| {
        for message in all.iter().take(MESSAGES / 10) {
            schema.decode(message, &mut tree);
            black_box(schema.summary(&tree, message, 512));
        }
    });
    print("read and write as a line", &lines, MESSAGES / 10);
    filter(&schema, &all);
    plot();
    COMPARED.iter().for_each(beside_tshark);
}

/// A filter by a field over all messages, on one thread.
fn filter(schema: &Schema, all: &[Vec<u8>]) {
    let chunks: Vec<_> = all
        .chunks(10_000)
        .map(|messages| {
            let mut chunk = ChunkBuilder::default();
            for message in messages {
                chunk.received(0, peer(), message, Arrival::default());
            }
            chunk.finish()
        })
        .collect();
    let described = Arc::new(MessageSchema {
        schema: schema.clone(),
        framing: netpeer::traffic::framing::SessionFraming::default(),
    });
    let filter = Filter::new(
        "temp:>30",
        Arc::new(|_| String::new()),
        &|_| None,
        Some(&described),
    );
    let filter = filter.unwrap().unwrap();
    let mut found = 0;
    let runs = measure(|| {
        found = chunks
            .iter()
            .map(|chunk| filter.hits(chunk).count().rows())
            .sum();
    });
    assert_eq!(found, MESSAGES as u64 / 1_000);
    print("filter by a field", &runs, MESSAGES);
}

/// What a frame of a plot costs: a curve is reduced to columns of pixels, and its figures are found.
fn plot() {
    let mut series = Series::default();
    for number in 0..MESSAGES {
        let x = number as f64;
        let value = (x / 1_000.0).sin() + if number % 977 == 0 { 3.0 } else { 0.0 };
        series.push(PlotPoint {
            x,
            value,
            row: number as u64,
        });
    }
    let sights = [
        ("all of 1 M points", 0.0..=MESSAGES as f64),
        ("a tenth of 1 M points", 400_000.0..=500_000.0),
    ];
    for (name, sight) in sights {
        let runs = measure(|| {
            black_box(columns(&series, &sight, COLUMNS));
            black_box(series.figures(&sight));
        });
        let millis = |run: &Duration| run.as_secs_f64() * 1e3;
        let (least, most) = (runs.iter().min().unwrap(), runs.iter().max().unwrap());
        println!(
            "plot {name}: {:.2} ms ({:.2}–{:.2})",
            millis(&middle(&runs)),
            millis(least),
            millis(most)
        );
    }
}

/// A reply with a name that points back and two addresses.
fn dns_reply(number: u16) -> Vec<u8> {
    let mut bytes = number.to_be_bytes().to_vec();
    bytes.extend(b"\x81\x80\0\x01\0\x02\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01");
    for last in [1, 2] {
        bytes.extend(b"\xC0\x0C\0\x01\0\x01\0\0\0\x3C\0\x04\xC0\0\x02");
        bytes.push(last);
    }
    bytes
}

/// A reply of an NTP server.
fn ntp_reply(number: u16) -> Vec<u8> {
    let mut bytes = b"\x24\x02\x06\xEC\0\0\x10\0\0\0\x20\0\x7F\0\0\x01".to_vec();
    for time in 0..4_u32 {
        bytes.extend((3_900_000_000 + time + u32::from(number)).to_be_bytes());
        bytes.extend((1_u32 << 31).to_be_bytes());
    }
    bytes
}

/// Fields of the messages of a capture: by a description, and by `tshark -T fields`.
struct Compared {
    protocol: &'static str,
    port: u16,
    message: fn(u16) -> Vec<u8>,
    /// What the fields are called here and there.
    fields: &'static [(&'static str, &'static str)],
    /// A line of ours.
    line: &'static str,
}

const COMPARED: [Compared; 2] = [
    Compared {
        protocol: "ntp",
        port: 123,
        message: ntp_reply,
        fields: &[
            ("leap", "ntp.flags.li"),
            ("version", "ntp.flags.vn"),
            ("mode", "ntp.flags.mode"),
            ("times.stratum", "ntp.stratum"),
            ("times.poll", "ntp.ppoll"),
            ("times.precision", "ntp.precision"),
            ("times.root_delay.seconds", "ntp.rootdelay"),
            ("times.root_dispersion.seconds", "ntp.rootdispersion"),
            ("times.reference_id", "ntp.refid"),
            ("times.transmit.unix", "ntp.xmt"),
        ],
        line: "no_warning,\t4,\tserver,\t2,\t6,\t-20,\t0.0625,\t0.125,\t127.0.0.1,\t1691045666.5,\t",
    },
    Compared {
        protocol: "dns",
        port: 53,
        message: dns_reply,
        fields: &[
            ("queries.name", "dns.qry.name"),
            ("answers.data.address", "dns.a"),
        ],
        line: "www.example.com,\t192.0.2.1,192.0.2.2,\t",
    },
];

/// Both times, and the ratio. The runs alternate.
fn beside_tshark(compared: &Compared) {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, count: usize| {
        let path = dir.path().join(name);
        let context = CaptureContext {
            local: Some(SocketAddr::from(([127, 0, 0, 1], 40_000)).into()),
            is_stream: false,
            upstreams: Upstreams::default(),
            zone: TimeZone::UTC,
            describe: Arc::new(|_| String::new()),
            reader: netpeer::traffic::stream_text::StreamTextReader::default(),
            fields: None,
            session: netpeer::capture::KnownSession::default(),
            before: 0,
        };
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = CaptureWriter::new(CaptureFormat::Pcapng, context, file).unwrap();
        for number in 0..count {
            let bytes = (compared.message)(number as u16);
            let body = Body::Received {
                peer: SocketAddr::from(([127, 0, 0, 1], compared.port)).into(),
                bytes: &bytes,
            };
            let record = Record::new(number as i64, body);
            writer.write(number as u64, &record).unwrap();
        }
        writer.finish().unwrap();
        path
    };
    let (one, all) = (write("one.pcapng", 1), write("all.pcapng", PACKETS));
    let schema = ReadyMade::named(compared.protocol).unwrap();
    let schema = schema.schema().unwrap();
    let messages: Vec<_> = (0..PACKETS)
        .map(|number| (compared.message)(number as u16))
        .collect();
    let mut tree = Tree::default();
    let paths: Vec<Vec<String>> = compared
        .fields
        .iter()
        .map(|(path, _)| path.split('.').map(str::to_owned).collect())
        .collect();
    let selection = schema.select(paths.iter().map(Vec::as_slice));
    let mut line = String::new();
    let mut read = || {
        for message in &messages {
            schema.decode_selected(&selection, message, &mut tree);
            line.clear();
            for path in &paths {
                schema.at_path(&tree, path, &mut |node| {
                    match schema.plain_value(node, message) {
                        PlainValue::Number(number) => write!(line, "{number}").unwrap(),
                        PlainValue::Text(text) => line.push_str(&text),
                        other => panic!("{other:?}"),
                    }
                    line.push(',');
                    false
                });
                line.push('\t');
            }
            black_box(&line);
        }
        assert_eq!(line, compared.line);
    };
    let tshark = |path: &std::path::Path| {
        let begun = Instant::now();
        let mut tshark = Command::new("tshark");
        tshark.arg("-r").arg(path).args(["-T", "fields"]);
        for (_, field) in compared.fields {
            tshark.args(["-e", field]);
        }
        let status = tshark.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.ok().filter(std::process::ExitStatus::success)?;
        Some(begun.elapsed())
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begun = Instant::now();
        read();
        ours.push(begun.elapsed());
        if let (Some(start), Some(all)) = (tshark(&one), tshark(&all)) {
            theirs.push(all.saturating_sub(start));
        }
    }
    let name = format!("{} fields of {}", compared.fields.len(), compared.protocol);
    print(&name, &ours, PACKETS);
    if theirs.is_empty() {
        println!("tshark: not installed");
        return;
    }
    print("tshark -T fields, without its start", &theirs, PACKETS);
    let ratio = middle(&theirs).as_secs_f64() / middle(&ours).as_secs_f64();
    println!("ratio: {ratio:.1}");
}

fn measure(mut work: impl FnMut()) -> Vec<Duration> {
    let run = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..RUNS).map(run).collect()
}

fn middle(runs: &[Duration]) -> Duration {
    let mut runs = runs.to_vec();
    runs.sort();
    runs[runs.len() / 2]
}

fn print(name: &str, runs: &[Duration], count: usize) {
    let rate = |run: Duration| count as f64 / run.as_secs_f64() / 1e6;
    let (least, most) = (runs.iter().max().unwrap(), runs.iter().min().unwrap());
    println!(
        "{name}: {:.2} M/s ({:.2}–{:.2})",
        rate(middle(runs)),
        rate(*least),
        rate(*most)
    );
}
