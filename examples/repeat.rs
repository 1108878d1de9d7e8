//! Measures the precision of repeated messages: `repeat MICROS COUNT`.
//!
//! Sends COUNT datagrams, one every MICROS microseconds, first from a bare loop that
//! sleeps until absolute deadlines, then from a session's worker. Prints a line for each:
//! `name mean-interval median-deviation p99-deviation longest-deviation`, in microseconds. A
//! deviation is that of a datagram's lateness from the mean lateness.

use netpeer::automation::Plan;
use netpeer::engine::{self, Event, SenderCommand, Setup, Target};
use netpeer::payload::message::Message;
use netpeer::traffic::{Body, Notice};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|text| text.parse::<u32>().ok());
    let (Some(micros), Some(count)) = (number(), number()) else {
        return Err("usage: repeat MICROS COUNT".into());
    };
    let interval = Duration::from_micros(micros.into());
    report("bare", &bare(interval, count)?, interval);
    report("worker", &worker(interval, count)?, interval);
    Ok(())
}

/// The address of a receiver, and its thread, which returns the arrival times since the first.
fn receiver(count: u32) -> io::Result<(SocketAddr, JoinHandle<io::Result<Vec<Duration>>>)> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    let address = socket.local_addr()?;
    let thread = std::thread::Builder::new().spawn(move || {
        let mut buffer = [0; 64];
        let mut first = None;
        let arrival = |_| {
            socket.recv(&mut buffer)?;
            let now = Instant::now();
            Ok(now - *first.get_or_insert(now))
        };
        (0..count).map(arrival).collect()
    })?;
    Ok((address, thread))
}

fn joined(thread: JoinHandle<io::Result<Vec<Duration>>>) -> Outcome<Vec<Duration>> {
    Ok(thread.join().map_err(|_| "the receiver panicked")??)
}

fn bare(interval: Duration, count: u32) -> Outcome<Vec<Duration>> {
    let (to, arrivals) = receiver(count)?;
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let began = Instant::now();
    for number in 0..count {
        let due = began + interval * number;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        socket.send_to(b"tick", to)?;
    }
    joined(arrivals)
}

fn worker(interval: Duration, count: u32) -> Outcome<Vec<Duration>> {
    let (to, arrivals) = receiver(count)?;
    let opened = engine::open(Setup::udp("127.0.0.1:0".parse()?), || {});
    let link = opened.map_err(|failure| format!("{failure:?}"))?;
    let message = Arc::new(Message::from(Arc::from(&b"tick"[..])));
    let plan = Plan::every(interval, message, Some(count.into()));
    let to = Target::Peer(to.into());
    link.command(SenderCommand::Repeat { to, plan });
    let mut sent = 0;
    while sent < count {
        if let Event::Rows(chunk) = link.events().recv()? {
            for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
                match record.body {
                    Body::Sent { .. } => sent += 1,
                    Body::Notice(Notice::Failed(failure)) => {
                        return Err(format!("{failure:?}").into());
                    }
                    _ => {}
                }
            }
        }
    }
    joined(arrivals)
}

fn report(name: &str, arrivals: &[Duration], interval: Duration) {
    let micros = |duration: &Duration| duration.as_secs_f64() * 1e6;
    let times: Vec<f64> = arrivals.iter().map(micros).collect();
    let steps = times.len().saturating_sub(1).max(1) as f64;
    let mean = times.last().copied().unwrap_or(0.0) / steps;
    let numbered = times.iter().zip(0_u32..);
    let late: Vec<f64> = numbered
        .map(|(time, number)| time - f64::from(number) * micros(&interval))
        .collect();
    let usual = late.iter().sum::<f64>() / late.len() as f64;
    let mut deviations: Vec<f64> = late.iter().map(|late| (late - usual).abs()).collect();
    deviations.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let place = (deviations.len().saturating_sub(1) as f64 * part) as usize;
        deviations.get(place).copied().unwrap_or(0.0)
    };
    let (median, p99, longest) = (at(0.5), at(0.99), at(1.0));
    println!("{name} {mean:.3} {median:.1} {p99:.1} {longest:.1}");
}
