//! The engine with its log and without a window, for benchmarks: `engine ADDRESS [tcp]`. It ends
//! with its standard input, and prints the number of received rows and of datagrams that the
//! kernel dropped. As a TCP server it also prints the time of each thousandth connection, in
//! seconds since the first.

use netpeer::engine::{self, Setup};
use netpeer::session::Session;
use std::io::Read as _;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let local = std::env::args()
        .nth(1)
        .ok_or("usage: engine ADDRESS")?
        .parse()?;
    let setup = match std::env::args().nth(2) {
        Some(_) => Setup::tcp_server(local),
        None => Setup::udp(local),
    };
    let mut session = Session::default();
    session.opening(&setup);
    let link = engine::open(setup, || {}).map_err(|failure| format!("{failure:?}"))?;
    let (end, ended) = crossbeam_channel::bounded::<()>(0);
    std::thread::Builder::new()
        .name("input".into())
        .spawn(move || {
            std::io::stdin().read_to_end(&mut Vec::new()).ok();
            drop(end);
        })?;
    let (mut thousands, mut first) = (0, None);
    loop {
        crossbeam_channel::select! {
            recv(link.events()) -> event => session.apply(event?),
            recv(ended) -> _ => break,
        }
        let peers = session.connections().len();
        if peers > 0 {
            let began = *first.get_or_insert_with(Instant::now);
            while peers / 1_000 > thousands {
                thousands += 1;
                println!("{} {:.3}", thousands * 1_000, began.elapsed().as_secs_f64());
            }
        }
    }
    println!(
        "{} {}",
        session.totals.received.records, session.totals.dropped
    );
    Ok(())
}
