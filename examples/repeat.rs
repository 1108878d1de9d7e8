//! How exactly messages are repeated: `repeat MICROS COUNT`.
//!
//! Sends COUNT datagrams, one every MICROS microseconds, first from a bare loop that
//! sleeps until absolute deadlines, then from a session's worker. Prints a line for each:
//! `name mean-interval median-deviation p99-deviation longest-deviation`, in microseconds;
//! a deviation is that of a datagram's arrival from its own deadline, on average of none.

use netpeer::automation::Plan;
use netpeer::net::{self, Command, Event, Setup, Target};
use netpeer::payload::message::Message;
use netpeer::traffic::{Body, Notice};
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|text| text.parse::<u32>().ok());
    let (Some(micros), Some(count)) = (number(), number()) else {
        eprintln!("usage: repeat MICROS COUNT");
        std::process::exit(2);
    };
    let interval = Duration::from_micros(micros.into());
    report("bare", &bare(interval, count), interval);
    report("worker", &worker(interval, count), interval);
}

/// When each datagram arrived, after the first.
fn arrivals(socket: UdpSocket, count: u32) -> std::thread::JoinHandle<Vec<Duration>> {
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        let mut first = None;
        (0..count)
            .map(|_| {
                socket.recv(&mut buffer).expect("a datagram");
                let now = Instant::now();
                now - *first.get_or_insert(now)
            })
            .collect()
    })
}

fn receiver() -> (UdpSocket, std::net::SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let timeout = Some(Duration::from_secs(10));
    socket.set_read_timeout(timeout).expect("a timeout");
    let address = socket.local_addr().expect("an address");
    (socket, address)
}

fn bare(interval: Duration, count: u32) -> Vec<Duration> {
    let (receiver, to) = receiver();
    let arrivals = arrivals(receiver, count);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let began = Instant::now();
    for number in 0..count {
        let due = began + interval * number;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        socket.send_to(b"tick", to).expect("sent");
    }
    arrivals.join().expect("arrivals")
}

fn worker(interval: Duration, count: u32) -> Vec<Duration> {
    let (receiver, to) = receiver();
    let arrivals = arrivals(receiver, count);
    let local = "127.0.0.1:0".parse().expect("an address");
    let link = net::open(Setup::udp(local), || {}).expect("a worker");
    let message = Arc::new(Message::from(Arc::from(&b"tick"[..])));
    let plan = Plan::every(interval, message, Some(count.into()));
    let to = Target::Peer(to);
    link.order(Command::Repeat { to, plan });
    let mut sent = 0;
    while sent < count {
        if let Event::Rows(chunk) = link.events().recv().expect("an event") {
            for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
                match record.body {
                    Body::Sent { .. } => sent += 1,
                    Body::Notice(Notice::Failed(failure)) => panic!("{failure:?}"),
                    _ => {}
                }
            }
        }
    }
    arrivals.join().expect("arrivals")
}

fn report(name: &str, arrivals: &[Duration], interval: Duration) {
    let micros = |duration: &Duration| duration.as_secs_f64() * 1e6;
    let times: Vec<f64> = arrivals.iter().map(micros).collect();
    let steps = (times.len() - 1) as f64;
    let mean = (times[times.len() - 1] - times[0]) / steps;
    let late: Vec<f64> = times
        .iter()
        .enumerate()
        .map(|(number, time)| time - number as f64 * micros(&interval))
        .collect();
    let usual = late.iter().sum::<f64>() / late.len() as f64;
    let mut deviations: Vec<f64> = late.iter().map(|late| (late - usual).abs()).collect();
    deviations.sort_by(f64::total_cmp);
    let at = |part: f64| deviations[((deviations.len() - 1) as f64 * part) as usize];
    println!(
        "{name} {mean:.3} {:.1} {:.1} {:.1}",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
