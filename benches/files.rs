//! The cost of files of traffic: export, import, and recording.
//! `cargo bench --bench files`
//!
//! Each figure is the median of several runs, with the least and the most beside it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot run may say so by panicking"
)]

use netpeer::capture::export::{Export, ExportOutcome, ExportPart, ExportRequest};
use netpeer::capture::{CaptureContext, CaptureFormat};
use netpeer::disk::Existing;
use netpeer::engine::Event;
use netpeer::importer;
use netpeer::traffic::{Arrival, BytesLocation, Chunk, ChunkBuilder, ViewOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUNS: usize = 5;
const SIZE: usize = 64;
const RECORDS: u64 = 1_000_000;
/// Records in a chunk as the worker closes it under load: 1 MiB.
const IN_CHUNK: u64 = (1 << 20) / (SIZE as u64 + 16);

/// The first argument of the process that measures memory.
const MEMORY: &str = "memory";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, work, records, path] = arguments.as_slice()
        && first == MEMORY
    {
        return memory_of(work, records.parse().expect("a number"), Path::new(path));
    }
    let folder = std::env::temp_dir().join(format!("netpeer-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let chunks = chunks(RECORDS);
    for format in [
        CaptureFormat::Pcapng,
        CaptureFormat::JsonLines,
        CaptureFormat::Csv,
        CaptureFormat::Classic,
    ] {
        let path = folder.join("export").with_extension(format.extension());
        let mut bytes = 0;
        let rates = runs(|| {
            let (took, written) = export(&chunks, format, &path);
            bytes = written;
            written as f64 / took.as_secs_f64() / 1e6
        });
        let bare = runs(|| bytes as f64 / bare(&folder, bytes).as_secs_f64() / 1e6);
        let name = format.extension();
        print("MB/s", &format!("export 1 M records as {name}"), &rates);
        print(
            "MB/s",
            &format!("bare write of as many bytes ({name})"),
            &bare,
        );
        println!(
            "{:46} {:.2}",
            format!("ratio ({name})"),
            median(&rates) / median(&bare)
        );
        if matches!(format, CaptureFormat::Pcapng | CaptureFormat::JsonLines) {
            let rates = runs(|| bytes as f64 / import(&path).as_secs_f64() / 1e6);
            print("MB/s", &format!("read back {name}"), &rates);
        }
    }
    memory(&folder);
    std::fs::remove_dir_all(&folder).expect("to remove the folder");
}

/// Memory that exporting and reading back take, at two sizes, each in a process of its own: memory
/// that was freed before would hide it.
fn memory(folder: &Path) {
    let path = folder.join("memory.pcapng");
    let own = std::env::current_exe().expect("this program");
    for records in [RECORDS / 4, RECORDS * 4] {
        let count = format!("{:.2} M records", records as f64 / 1e6);
        for (work, what) in [
            ("export", format!("memory of exporting {count}")),
            ("import", format!("memory of reading {count} back")),
        ] {
            let mut process = Command::new(&own);
            process
                .args([MEMORY, work, &records.to_string()])
                .arg(&path);
            let output = process.output().expect("a process");
            assert!(output.status.success(), "{output:?}");
            let taken = String::from_utf8(output.stdout).expect("a number");
            println!("{what:46} {} MB", taken.trim());
        }
    }
}

/// The process that [`memory`] starts: prints how much more memory the work takes, in MB.
fn memory_of(work: &str, records: u64, path: &Path) {
    let taken = match work {
        "export" => {
            let chunks = chunks(records);
            extra(|| {
                export(&chunks, CaptureFormat::Pcapng, path);
            })
        }
        _ => extra(|| {
            import(path);
        }),
    };
    println!("{taken:.1}");
}

/// How much more memory the process had at its peak than before, in MB.
fn extra(work: impl FnOnce()) -> f64 {
    let figure = |name: &str| {
        let status = std::fs::read_to_string("/proc/self/status").expect("proc");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.expect(name) / 1e3
    };
    // Begins a new peak (proc(5), clear_refs).
    std::fs::write("/proc/self/clear_refs", "5").expect("a new peak");
    let before = figure("VmRSS:");
    work();
    figure("VmHWM:") - before
}

fn chunks(records: u64) -> Vec<Arc<Chunk>> {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let chunk = |start: u64| {
        let mut builder = ChunkBuilder::default();
        for row in start..(start + IN_CHUNK).min(records) {
            let payload =
                format!("{row:012} sensor pressure 42 value 23.5 humidity 48 ok ..........");
            let payload = payload.as_bytes().get(..SIZE).unwrap_or_default();
            builder.received(row as i64, peer, payload, Arrival::default());
        }
        Arc::new(builder.finish())
    };
    (0..records).step_by(IN_CHUNK as usize).map(chunk).collect()
}

fn export(chunks: &[Arc<Chunk>], format: CaptureFormat, path: &Path) -> (Duration, u64) {
    let mut first = 0;
    let part = |chunk: &Arc<Chunk>| {
        let rows = chunk.len() as u64;
        first += rows;
        ExportPart {
            first: first - rows,
            source: BytesLocation::Memory(Arc::clone(chunk)),
            hits: None,
            rows,
        }
    };
    let order = ExportRequest {
        path: path.to_owned(),
        existing: Existing::Replace,
        format,
        context: CaptureContext {
            reader: netpeer::traffic::stream_text::StreamTextReader::default(),
            fields: None,
            session: netpeer::capture::KnownSession::default(),
            before: 0,
            local: Some(SocketAddr::from(([127, 0, 0, 1], 80)).into()),
            upstreams: netpeer::traffic::Upstreams::default(),
            is_stream: false,
            zone: jiff::tz::TimeZone::UTC,
            describe: Arc::new(|_| String::new()),
        },
        shown: ViewOptions::default(),
        selected: None,
        parts: chunks.iter().map(part).collect(),
    };
    let began = Instant::now();
    let (woken, wake) = crossbeam_channel::bounded(1);
    let export = Export::start(order, move || {
        woken.try_send(()).ok();
    })
    .expect("a thread");
    wake.recv().expect("an end");
    match export.outcome() {
        Some(ExportOutcome::Done { bytes, .. }) => (began.elapsed(), bytes),
        other => panic!("{other:?}"),
    }
}

/// As many bytes, written and brought to the disk the same way.
fn bare(folder: &Path, bytes: u64) -> Duration {
    let block = vec![b'x'; 256 << 10];
    let began = Instant::now();
    let mut file = std::fs::File::create(folder.join("bare")).expect("a file");
    let mut left = bytes as usize;
    while left > 0 {
        let part = block.get(..left.min(block.len())).unwrap_or_default();
        file.write_all(part).expect("written");
        left -= part.len();
    }
    file.sync_all().expect("synced");
    began.elapsed()
}

fn import(path: &Path) -> Duration {
    let began = Instant::now();
    let events = importer::open(path.to_owned(), || {}).expect("a thread");
    while !matches!(events.recv().expect("an event"), Event::Closed) {}
    began.elapsed()
}

fn runs(mut run: impl FnMut() -> f64) -> Vec<f64> {
    let mut figures: Vec<f64> = (0..RUNS).map(|_| run()).collect();
    figures.sort_by(f64::total_cmp);
    figures
}

fn median(figures: &[f64]) -> f64 {
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

fn print(unit: &str, what: &str, figures: &[f64]) {
    let (least, most) = (figures.first(), figures.last());
    let (least, most) = (least.copied().unwrap_or(0.0), most.copied().unwrap_or(0.0));
    println!(
        "{what:46} {:.0} {unit} [{least:.0}–{most:.0}]",
        median(figures)
    );
}
