//! netpeer's engine into its log, without a window, for benches. `engine ADDRESS`; ends
//! when its standard input does, and prints what it received and what the kernel dropped.

use netpeer::net::{self, Setup};
use netpeer::session::Session;
use std::io::Read as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let local = std::env::args()
        .nth(1)
        .ok_or("usage: engine ADDRESS")?
        .parse()?;
    let setup = Setup::udp(local);
    let mut session = Session::default();
    session.opening(&setup);
    let link = net::open(setup, || {}).map_err(|failure| format!("{failure:?}"))?;
    let (end, ended) = crossbeam_channel::bounded::<()>(0);
    std::thread::Builder::new()
        .name("input".into())
        .spawn(move || {
            std::io::stdin().read_to_end(&mut Vec::new()).ok();
            drop(end);
        })?;
    loop {
        crossbeam_channel::select! {
            recv(link.events()) -> event => session.apply(event?),
            recv(ended) -> _ => break,
        }
    }
    println!(
        "{} {}",
        session.totals.received.records, session.totals.dropped
    );
    Ok(())
}
