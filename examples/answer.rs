//! Echoes datagrams by a rule without limits, for benchmarks: `answer ADDRESS`. It applies the
//! events to a session as the window does, and ends with its standard input.

use netpeer::automation::Limits;
use netpeer::automation::rules::Rule;
use netpeer::engine::{self, Interfaces, Rulebook, SessionCommand, Setup};
use netpeer::payload::charset::Charset;
use netpeer::session::Session;
use std::io::Read as _;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let local = std::env::args().nth(1).ok_or("usage: answer ADDRESS")?;
    let setup = Setup::udp(local.parse()?);
    let rules = [Rule {
        name: "echo".into(),
        ..Rule::default()
    }];
    let (limits, interfaces) = (Limits::none(), Interfaces::read());
    let book = Rulebook::new(&rules, limits, Charset::Utf8, &interfaces)
        .map_err(|mistake| format!("{mistake:?}"))?;
    let mut session = Session::default();
    session.opening(&setup);
    let link = engine::open(setup, || {}).map_err(|failure| format!("{failure:?}"))?;
    link.command(SessionCommand::Follow(Some(Arc::new(book))));
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
            recv(ended) -> _ => return Ok(()),
        }
    }
}
