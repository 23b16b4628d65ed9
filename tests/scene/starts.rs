//! Chance and start points.

use thalweg::scene::{Sigma, Start, normal, pcg4d, starts, uniform};

/// pcg4d written apart: wide integers, reduced after every operation.
fn pcg4d_wide(input: [u64; 4]) -> [u64; 4] {
    const M: u64 = 1 << 32;
    let [mut x, mut y, mut z, mut w] = input.map(|v| (v * 1_664_525 + 1_013_904_223) % M);
    for round in 0..2 {
        x = (x + y * w % M) % M;
        y = (y + z * x % M) % M;
        z = (z + x * y % M) % M;
        w = (w + y * z % M) % M;
        if round == 0 {
            [x, y, z, w] = [x, y, z, w].map(|v| v ^ (v / 65_536));
        }
    }
    [x, y, z, w]
}

#[test]
fn pcg4d_is_the_papers() {
    for i in 0..1000_u32 {
        let input = [i, i.wrapping_mul(2_654_435_761), u32::MAX - i, i * i];
        assert_eq!(
            pcg4d(input).map(u64::from),
            pcg4d_wide(input.map(u64::from))
        );
    }
}

const SQUARE: [[f64; 2]; 2] = [[-5.0, 5.0], [0.0, 1.0]];

fn points(start: &Start, domain: &[[f64; 2]]) -> Vec<Vec<f32>> {
    starts(start, domain, 7).expect("a good pattern")
}

#[test]
fn uniform_starts_are_the_hash_scaled_to_the_domain() {
    let points = points(&Start::Uniform { uniform: 100 }, &SQUARE);
    assert_eq!(points.len(), 100);
    for (descent, point) in points.iter().enumerate() {
        let unit = |parameter| {
            (pcg4d_wide([7, descent as u64, 0, parameter])[0] / 256) as f64 / 16_777_216.0
        };
        assert_eq!(
            point[0].to_bits(),
            ((-5.0 + 10.0 * unit(0)) as f32).to_bits()
        );
        assert_eq!(point[1].to_bits(), (unit(1) as f32).to_bits());
    }
}

#[test]
fn uniform_starts_fill_the_domain_evenly() {
    let points = points(&Start::Uniform { uniform: 16_000 }, &SQUARE);
    let mut cells = [0_u32; 16];
    for point in &points {
        let column = ((point[0] + 5.0) / 2.5) as usize;
        let row = (point[1] * 4.0) as usize;
        cells[row * 4 + column] += 1;
    }
    // Chi squared, 15 degrees of freedom: 37.7 is passed once in a thousand.
    let chi_squared: f64 = cells
        .iter()
        .map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0)
        .sum();
    assert!(chi_squared < 37.7, "{chi_squared}");
}

#[test]
fn normal_starts_have_their_mean_and_spread() {
    let start = Start::Normal {
        normal: 20_000,
        at: Some(vec![1.0, -2.0]),
        sigma: Sigma::Each(vec![2.0, 0.5]),
    };
    let points = points(&start, &SQUARE);
    for (axis, mean, sigma) in [(0, 1.0, 2.0), (1, -2.0, 0.5)] {
        let scaled = points
            .iter()
            .map(|point| (f64::from(point[axis]) - mean) / sigma);
        let moment = |power| scaled.clone().map(|z: f64| z.powi(power)).sum::<f64>() / 20_000.0;
        // Moments 0, 1, 0, 3, each within four standard errors.
        for (power, expected, error) in [
            (1, 0.0, 1.0_f64),
            (2, 1.0, 2.0),
            (3, 0.0, 15.0),
            (4, 3.0, 96.0),
        ] {
            let off = (moment(power) - expected).abs();
            assert!(
                off < 4.0 * (error / 20_000.0).sqrt(),
                "axis {axis}, moment {power}: {off}"
            );
        }
        let within: f64 = scaled.filter(|z| z.abs() < 1.0).count() as f64 / 20_000.0;
        assert!((within - 0.682_69).abs() < 0.015, "{within}");
    }
    let product: f64 = points
        .iter()
        .map(|point| (f64::from(point[0]) - 1.0) * (f64::from(point[1]) + 2.0))
        .sum();
    assert!(
        (product / 20_000.0).abs() < 4.0 / 20_000_f64.sqrt(),
        "correlated"
    );
}

#[test]
fn normal_starts_are_box_and_mullers() {
    let start = Start::Normal {
        normal: 10,
        at: None,
        sigma: Sigma::All(3.0),
    };
    for (descent, point) in points(&start, &SQUARE).iter().enumerate() {
        let [a, b, ..] =
            pcg4d_wide([7, descent as u64, 0, 1]).map(|word| (word / 256) as f64 / 16_777_216.0);
        let z = (-2.0 * (1.0 - a).ln()).sqrt() * (2.0 * std::f64::consts::PI * b).cos();
        assert_eq!(point[1], (0.5 + 3.0 * z) as f32);
    }
    // The words' ends are finite.
    assert!(normal(u32::MAX, 0).is_finite() && normal(0, u32::MAX) == 0.0);
    assert!(uniform(u32::MAX) < 1.0 && uniform(255) == 0.0);
}

#[test]
fn the_same_pattern_gives_every_team_the_same_starts() {
    let few = points(&Start::Uniform { uniform: 5 }, &SQUARE);
    let many = points(&Start::Uniform { uniform: 50 }, &SQUARE);
    assert_eq!(few[..], many[..5]);
    let other = starts(&Start::Uniform { uniform: 5 }, &SQUARE, 8).expect("good");
    assert_ne!(few, other);
}

#[test]
fn patterns_lie_where_they_should() {
    let at = Start::At {
        at: vec![vec![1.5, -2.0]],
    };
    assert_eq!(points(&at, &SQUARE), [[1.5, -2.0]]);
    let grid = Start::Grid { grid: vec![2, 4] };
    assert_eq!(
        points(&grid, &SQUARE),
        [
            [-2.5, 0.125],
            [2.5, 0.125],
            [-2.5, 0.375],
            [2.5, 0.375],
            [-2.5, 0.625],
            [2.5, 0.625],
            [-2.5, 0.875],
            [2.5, 0.875],
        ]
    );
    let line = Start::Line {
        line: 3,
        from: vec![0.0, 0.1],
        to: vec![1.0, 0.7],
    };
    assert_eq!(points(&line, &SQUARE), [[0.0, 0.1], [0.5, 0.4], [1.0, 0.7]]);
    let one = Start::Line {
        line: 1,
        from: vec![2.0],
        to: vec![1.0],
    };
    assert_eq!(points(&one, &[[0.0, 1.0]]), [[2.0]]);
    let cube = [[-1.0, 1.0], [0.0, 2.0], [4.0, 6.0]];
    let ring = Start::Ring {
        ring: 4,
        radius: 2.0,
        at: None,
    };
    let expected: [[f32; 3]; 4] = [
        [2.0, 1.0, 5.0],
        [0.0, 3.0, 5.0],
        [-2.0, 1.0, 5.0],
        [0.0, -1.0, 5.0],
    ];
    for (point, expected) in points(&ring, &cube)
        .iter()
        .flatten()
        .zip(expected.as_flattened())
    {
        assert!((point - expected).abs() < 1e-6, "{point} {expected}");
    }
}

#[test]
fn a_pattern_of_another_dimension_is_refused() {
    let cases = [
        (
            Start::At {
                at: vec![vec![0.0; 2], vec![0.0; 3]],
            },
            2,
            "`start.at` has 3 numbers a point; the loss has 2 parameters",
        ),
        (
            Start::Grid { grid: vec![2] },
            2,
            "`start.grid` has 1 number a point; the loss has 2 parameters",
        ),
        (
            Start::Normal {
                normal: 1,
                at: None,
                sigma: Sigma::Each(vec![1.0]),
            },
            2,
            "`start.sigma` has 1 number a point; the loss has 2 parameters",
        ),
        (
            Start::Ring {
                ring: 3,
                radius: 1.0,
                at: None,
            },
            1,
            "`start.ring` needs a loss of two or more parameters; `start.line` or `start.grid` \
             spreads points over one",
        ),
        (
            Start::Line {
                line: 2,
                from: vec![0.0],
                to: vec![1.0, 2.0],
            },
            1,
            "`start.to` has 2 numbers a point; the loss has 1 parameter",
        ),
    ];
    for (start, parameters, message) in cases {
        let domain = vec![[0.0, 1.0]; parameters];
        let error = starts(&start, &domain, 1).expect_err(message).to_string();
        assert_eq!(error, message);
    }
}
