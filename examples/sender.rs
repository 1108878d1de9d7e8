//! A neutral sender for benches: paced datagrams of equal size to one address.
//!
//! `sender ADDRESS COUNT RATE [SIZE]`. Above 100,000/s it sends in bursts of 64 by
//! segmentation offload (UDP_SEGMENT, udp(7)): an ordinary sender is no faster.

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    use nix::sys::socket::{setsockopt, sockopt};
    use std::time::{Duration, Instant};

    const BURST: usize = 64;
    let mut arguments = std::env::args().skip(1);
    let usage = || std::io::Error::other("usage: sender ADDRESS COUNT RATE [SIZE]");
    let address = arguments.next().ok_or_else(usage)?;
    let mut number = || arguments.next().and_then(|text| text.parse::<usize>().ok());
    let (count, rate) = number().zip(number()).ok_or_else(usage)?;
    let size = number().unwrap_or(64);

    let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(address)?;
    let offload = rate > 100_000;
    if offload {
        setsockopt(
            &socket,
            sockopt::UdpGsoSegment,
            &i32::try_from(size).map_err(std::io::Error::other)?,
        )?;
    }
    let payload = vec![b'x'; size * BURST];
    let began = Instant::now();
    let mut sent = 0;
    while sent < count {
        if offload {
            socket.send(&payload)?;
        } else {
            for _ in 0..BURST {
                socket.send(payload.get(..size).unwrap_or_default())?;
            }
        }
        sent += BURST;
        let due = Duration::from_secs_f64(sent as f64 / rate as f64);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    println!("{sent} {:.3}", began.elapsed().as_secs_f64());
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
