//! Passes datagrams through the outgoing direction of a simulated network on a virtual clock, for
//! tests: `impaired NETWORK.ron COUNT INTERVAL BYTES`, the interval in nanoseconds.
//!
//! Each datagram that comes out is a line: its number, the nanoseconds since the first was sent,
//! its length and the number of flipped bits.

use netpeer::automation::impair::{DatagramImpairer, Impairment};
use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let mut word = || {
        words
            .next()
            .ok_or("usage: impaired NETWORK.ron COUNT INTERVAL BYTES")
    };
    let network: Impairment = ron::from_str(&std::fs::read_to_string(word()?)?)?;
    network.check().map_err(|mistake| format!("{mistake:?}"))?;
    let count: u64 = word()?.parse()?;
    let interval: u64 = word()?.parse()?;
    let bytes: Arc<[u8]> = vec![0; word()?.parse()?].into();

    let began = Instant::now();
    let plan = network.outgoing.datagrams;
    let mut line = DatagramImpairer::new(plan, network.seed, began);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut effects = Vec::new();
    for number in 0..count {
        let now = began + Duration::from_nanos(interval * number);
        take(&mut line, began, Some(now), &mut out)?;
        line.push(now, Arc::clone(&bytes), (), &mut effects);
        effects.clear();
    }
    take(&mut line, began, None, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Prints the datagrams that come out until a moment, or all of them, each when it is due.
fn take(
    line: &mut DatagramImpairer<()>,
    began: Instant,
    until: Option<Instant>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    while let Some(at) = line.deadline() {
        if until.is_some_and(|until| at > until) {
            break;
        }
        while let Some(due) = line.due(at) {
            let flipped: u32 = due.bytes.iter().map(|byte| byte.count_ones()).sum();
            let (number, length) = (due.number, due.bytes.len());
            let nanos = at.duration_since(began).as_nanos();
            writeln!(out, "{number} {nanos} {length} {flipped}")?;
        }
    }
    Ok(())
}
