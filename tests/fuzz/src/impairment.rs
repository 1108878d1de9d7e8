//! Simulated networks: as text, and drawn from the input. They are read as they are written; what
//! goes in comes out, but for what they report, and the same for the same seed.

use super::input::Input;
use super::texts::stands_in;
use netpeer::automation::impair::{
    Corrupt, DatagramImpairer, DatagramPlan, Delay, DirectionPlan, Distribution, EffectKind,
    Impairment, Loss, Rate, Reorder, ShaperOutput, Stall, StreamPlan, StreamShaper, Truncate,
};
use netpeer::config::ron_file;
use std::time::{Duration, Instant};

const DATAGRAMS: usize = 40;
const MILLI: Duration = Duration::from_millis(1);

pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match ron_file::parse::<Impairment>(&text) {
        Ok(read) => use_it(&read, bytes),
        Err(mistake) => stands_in(&text, &mistake),
    }
    let mut input = Input::new(bytes);
    let drawn = Impairment {
        seed: input.number(),
        outgoing: direction(&mut input),
        incoming: direction(&mut input),
    };
    use_it(&drawn, input.rest());
}

fn use_it(impairment: &Impairment, bytes: &[u8]) {
    // As text, since no number equals NaN.
    let kept = ron_file::written(impairment);
    let read = ron_file::parse::<Impairment>(&kept).expect("what was written");
    assert_eq!(ron_file::written(&read), kept);
    if impairment.check().is_ok() {
        let (plan, seed) = (&impairment.outgoing, impairment.seed);
        let once = datagrams(&plan.datagrams, seed);
        assert_eq!(once, datagrams(&plan.datagrams, seed));
        stream(&plan.stream, seed, bytes);
    }
}

/// Sends datagrams, and returns the number and the length of each that comes out.
fn datagrams(plan: &DatagramPlan, seed: u64) -> Vec<(u64, usize)> {
    let mut now = Instant::now();
    let mut line = DatagramImpairer::new(plan.clone(), seed, now);
    let (mut effects, mut out) = (Vec::new(), Vec::new());
    for length in 0..DATAGRAMS {
        now += MILLI;
        line.push(now, vec![7_u8; length].into(), (), &mut effects);
        while let Some(datagram) = line.due(now) {
            out.push((datagram.number, datagram.bytes.len()));
        }
    }
    while let Some(deadline) = line.deadline() {
        assert!(deadline > now, "it asks for the past");
        now = deadline;
        while let Some(datagram) = line.due(now) {
            out.push((datagram.number, datagram.bytes.len()));
        }
        assert!(out.len() <= 2 * DATAGRAMS);
    }
    let count = |is_it: fn(&EffectKind) -> bool| {
        let effects = effects.iter().filter(|effect| is_it(&effect.what));
        effects.count()
    };
    let copies = count(|what| matches!(what, EffectKind::Duplicated));
    assert_eq!(out.len() + count(EffectKind::is_loss), DATAGRAMS + copies);
    out
}

/// Sends a stream: its bytes come out in order, up to a reset.
fn stream(plan: &StreamPlan, seed: u64, bytes: &[u8]) {
    let mut now = Instant::now();
    let mut shaper = StreamShaper::new(plan, seed, now);
    let (mut out, mut was_reset) = (Vec::new(), false);
    let mut take = |shaper: &mut StreamShaper, now: Instant| {
        while let Some(output) = shaper.due(now) {
            match output {
                ShaperOutput::Bytes(piece) => {
                    assert!(!was_reset && !piece.is_empty());
                    assert!(plan.split == 0 || piece.len() <= plan.split);
                    out.extend_from_slice(&piece);
                }
                ShaperOutput::Reset => was_reset = true,
            }
        }
    };
    for write in bytes.chunks(100) {
        now += MILLI;
        shaper.push(now, write.into());
        take(&mut shaper, now);
    }
    shaper.finish(now);
    take(&mut shaper, now);
    while let Some(deadline) = shaper.deadline() {
        assert!(deadline > now, "it asks for the past");
        now = deadline;
        take(&mut shaper, now);
    }
    assert_eq!(shaper.unsent(), 0);
    let most = plan.reset_after.map(usize::try_from);
    let most = most
        .and_then(Result::ok)
        .filter(|most| *most <= bytes.len());
    assert_eq!(was_reset, most.is_some());
    assert_eq!(out, bytes[..most.unwrap_or(bytes.len())]);
}

fn direction(input: &mut Input<'_>) -> DirectionPlan {
    let datagrams = DatagramPlan {
        loss: match input.below(4) {
            0 => Loss::None,
            1 => Loss::Random {
                percent: percent(input),
                correlation: percent(input),
            },
            2 => Loss::Burst {
                p: percent(input),
                r: percent(input),
                good_loss: percent(input),
                bad_loss: percent(input),
            },
            _ => Loss::EveryNth(1 + input.below(5) as u64),
        },
        duplicate: percent(input),
        reorder: Reorder {
            percent: percent(input),
            gap: 1 + input.below(6) as u32,
            delay: millis(input),
        },
        delay: delay(input),
        corrupt: Corrupt {
            percent: percent(input),
            bits: 1 + input.below(5) as u32,
        },
        truncate: Truncate {
            percent: percent(input),
            to: input.below(30),
        },
        rate: rate(input),
    };
    let stream = StreamPlan {
        split: input.below(20),
        join: millis(input),
        delay: delay(input),
        stall: Stall {
            every: input.below(100) as u64,
            percent: percent(input),
            millis: millis(input),
        },
        rate: rate(input),
        slow_read: input.below(3) as u64,
        reset_after: input.flag().then(|| input.below(200) as u64),
    };
    DirectionPlan { datagrams, stream }
}

/// Mostly a number that is allowed.
fn percent(input: &mut Input<'_>) -> f64 {
    match input.byte() {
        255 => f64::from_bits(input.number()),
        byte => f64::from(byte % 101),
    }
}

fn millis(input: &mut Input<'_>) -> f64 {
    match input.byte() {
        254 => 3_600_000.0,
        255 => f64::from_bits(input.number()),
        byte => f64::from(byte / 2),
    }
}

fn delay(input: &mut Input<'_>) -> Delay {
    Delay {
        millis: millis(input),
        jitter: millis(input),
        distribution: match input.below(3) {
            0 => Distribution::Uniform,
            1 => Distribution::Normal,
            _ => Distribution::Pareto,
        },
        correlation: percent(input),
    }
}

fn rate(input: &mut Input<'_>) -> Rate {
    Rate {
        bits_per_second: match input.byte() {
            255 => input.number(),
            byte => u64::from(byte) * 1_000,
        },
        queue: input.below(256) * 100,
    }
}
