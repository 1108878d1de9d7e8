//! The load generator without a rate limit, for benchmarks: `flood ADDRESS SECONDS SIZE`. It
//! applies the events to a session as the window does. It prints the number of datagrams that the
//! kernel accepted, and the seconds from the order until the last of them.

use netpeer::automation::Load;
use netpeer::engine::{self, Command, Event, FloodRequest, SenderCommand, Setup, Target};
use netpeer::session::Session;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, seconds, size] = words.as_slice() else {
        return Err("usage: flood ADDRESS SECONDS SIZE".into());
    };
    let lasting = Duration::try_from_secs_f64(seconds.parse()?)?;
    let setup = Setup::udp("127.0.0.1:0".parse()?);
    let mut session = Session::default();
    session.opening(&setup);
    let link = engine::open(setup, || {}).map_err(|failure| format!("{failure:?}"))?;
    while !session.is_open() {
        session.apply(link.events().recv()?);
    }
    let order = FloodRequest {
        to: Target::Peer(address.parse()?),
        load: Load::default(),
        size: size.parse()?,
        flow: Some(1),
    };
    let (began, mut last) = (Instant::now(), Instant::now());
    let end = crossbeam_channel::after(lasting);
    link.command(SenderCommand::Flood(order));
    loop {
        crossbeam_channel::select! {
            recv(link.events()) -> event => {
                let event = event?;
                match event {
                    Event::Closed => break,
                    Event::Rows(_) => last = Instant::now(),
                    _ => {}
                }
                session.apply(event);
            }
            recv(end) -> _ => {
                link.command(SenderCommand::EndFlood);
                link.command(Command::Stop);
            }
        }
    }
    let took = last.duration_since(began);
    println!("{} {:.6}", session.totals.sent.records, took.as_secs_f64());
    Ok(())
}
