//! The functions of formulas: waves over time, chance, and numbers of two.

use super::evaluated::Evaluated;
use crate::payload::EvaluationFault;
use crate::schema::moment::Moment;
use std::f64::consts::TAU;

/// The functions, and how many arguments they have.
pub const FUNCTIONS: [(&str, usize); 10] = [
    ("sine", 2),
    ("square", 2),
    ("triangle", 2),
    ("sawtooth", 2),
    ("noise", 1),
    ("random", 2),
    ("min", 2),
    ("max", 2),
    ("abs", 1),
    ("round", 1),
];

/// The value of a function.
pub(super) fn value(
    name: &str,
    arguments: &[Evaluated],
    moment: &mut Moment,
) -> Result<Evaluated, EvaluationFault> {
    use Evaluated::{Float, Integer};
    let real = |value: &Evaluated| match value {
        Integer(value) => Ok(*value as f64),
        Float(value) => Ok(*value),
        _ => Err(EvaluationFault::Kind),
    };
    match (name, arguments) {
        ("sine" | "square" | "triangle" | "sawtooth", [period, height]) => {
            let (period, height) = (real(period)?, real(height)?);
            if period.is_nan() || period <= 0.0 {
                return Err(EvaluationFault::Argument);
            }
            let phase = (moment.seconds / period).rem_euclid(1.0);
            let wave = match name {
                "sine" => (TAU * phase).sin(),
                "square" if phase < 0.5 => 1.0,
                "square" => -1.0,
                // It begins at 0 and rises, as a sine does.
                "triangle" => 4.0 * (phase - (phase + 0.5).floor()).abs() - 1.0,
                _ => 2.0 * phase - 1.0,
            };
            Ok(Float(height * wave))
        }
        ("noise", [deviation]) => Ok(Float(real(deviation)? * normal(&mut moment.random))),
        ("random", [Integer(least), Integer(most)]) if least <= most => {
            Ok(Integer(moment.random.i128(*least..=*most)))
        }
        ("random", [Integer(_), Integer(_)]) => Err(EvaluationFault::Argument),
        ("random", [least, most]) => {
            let (least, most) = (real(least)?, real(most)?);
            match least <= most {
                true => Ok(Float(least + (most - least) * moment.random.f64())),
                false => Err(EvaluationFault::Argument),
            }
        }
        ("min", [Integer(one), Integer(other)]) => Ok(Integer(*one.min(other))),
        ("max", [Integer(one), Integer(other)]) => Ok(Integer(*one.max(other))),
        ("min", [one, other]) => Ok(Float(real(one)?.min(real(other)?))),
        ("max", [one, other]) => Ok(Float(real(one)?.max(real(other)?))),
        ("abs", [Integer(value)]) => {
            let value = value.checked_abs().ok_or(EvaluationFault::Overflow)?;
            Ok(Integer(value))
        }
        ("abs", [value]) => Ok(Float(real(value)?.abs())),
        ("round", [Integer(value)]) => Ok(Integer(*value)),
        ("round", [value]) => {
            let value = real(value)?.round();
            match value.abs() < 1e30 {
                true => Ok(Integer(value as i128)),
                false => Err(EvaluationFault::Overflow),
            }
        }
        _ => Err(EvaluationFault::Unsupported),
    }
}

/// A number of the normal distribution around 0 with deviation 1 (Box and Muller, 1958).
fn normal(random: &mut fastrand::Rng) -> f64 {
    // The logarithm of 0 is none.
    let distance = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
    distance * (TAU * random.f64()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64, name: &str, arguments: &[f64]) -> f64 {
        let mut moment = Moment {
            count: 1,
            seconds,
            random: fastrand::Rng::with_seed(7),
        };
        let arguments: Vec<_> = arguments.iter().copied().map(Evaluated::Float).collect();
        match value(name, &arguments, &mut moment) {
            Ok(Evaluated::Float(value)) => value,
            Ok(Evaluated::Integer(value)) => value as f64,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn waves_repeat_with_their_period_and_reach_their_height() {
        for (name, quarters) in [
            ("sine", [0.0, 5.0, 0.0, -5.0]),
            ("square", [5.0, 5.0, -5.0, -5.0]),
            ("triangle", [-5.0, 0.0, 5.0, 0.0]),
            ("sawtooth", [-5.0, -2.5, 0.0, 2.5]),
        ] {
            for (quarter, expected) in quarters.into_iter().enumerate() {
                for period in [0.0, 60.0, 60_000.0] {
                    let found = at(period + 15.0 * quarter as f64, name, &[60.0, 5.0]);
                    assert!((found - expected).abs() < 1e-9, "{name} {quarter}: {found}");
                }
            }
        }
    }

    #[test]
    fn noise_has_its_deviation() {
        let mut moment = Moment {
            count: 1,
            seconds: 0.0,
            random: fastrand::Rng::with_seed(1),
        };
        let all: Vec<f64> = (0..10_000).map(|_| normal(&mut moment.random)).collect();
        let mean = all.iter().sum::<f64>() / 1e4;
        let deviation = (all.iter().map(|value| value * value).sum::<f64>() / 1e4).sqrt();
        assert!(
            mean.abs() < 0.05 && (deviation - 1.0).abs() < 0.05,
            "{mean} {deviation}"
        );
    }

    #[test]
    fn every_function_is_known_with_its_number_of_arguments() {
        for (name, count) in FUNCTIONS {
            assert!(at(1.0, name, &vec![1.0; count]).is_finite(), "{name}");
        }
    }
}
