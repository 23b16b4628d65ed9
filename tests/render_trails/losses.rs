//! Losses as the field's kernel and as f64 see them, and trails down them.

use glam::{DVec2, DVec3};
use thalweg::render::frame::BOX_HEIGHT;
use thalweg::render::height::{HeightLaw, HeightScale};

pub const DOMAIN: [[f64; 2]; 2] = [[-5.0, 5.0], [-5.0, 5.0]];

/// A loss as the field's kernel and as f64 see it, and its range of heights.
pub struct Loss {
    pub wgsl: &'static str,
    pub value: fn(f64, f64) -> f64,
    pub slope: fn(f64, f64) -> [f64; 2],
    pub log: bool,
    pub range: [f64; 2],
}

pub const HIMMELBLAU: Loss = Loss {
    wgsl: "let a = w[0] * w[0] + w[1] - 11.0; let b = w[0] + w[1] * w[1] - 7.0;
           return Evaluation(a * a + b * b, array(4.0 * w[0] * a + 2.0 * b, 2.0 * a + 4.0 * w[1] * b));",
    value: |x, y| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
    slope: |x, y| {
        let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
        [4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b]
    },
    log: true,
    range: [0.0, 2.96],
};

pub const EGG_CRATE: Loss = Loss {
    wgsl:
        "return Evaluation(sin(1.6 * w[0]) * cos(1.3 * w[1]), array(
               1.6 * cos(1.6 * w[0]) * cos(1.3 * w[1]), -1.3 * sin(1.6 * w[0]) * sin(1.3 * w[1])));",
    value: |x, y| (1.6 * x).sin() * (1.3 * y).cos(),
    slope: |x, y| {
        [
            1.6 * (1.6 * x).cos() * (1.3 * y).cos(),
            -1.3 * (1.6 * x).sin() * (1.3 * y).sin(),
        ]
    },
    log: false,
    range: [-3.0, 3.0],
};

pub const STYBLINSKI: Loss = Loss {
    wgsl: "let s = vec2f(w[0] * w[0], w[1] * w[1]);
           let v = 0.5 * (s * s - 16.0 * s + 5.0 * vec2f(w[0], w[1]));
           let g = 2.0 * s * vec2f(w[0], w[1]) - 16.0 * vec2f(w[0], w[1]) + 2.5;
           return Evaluation(v.x + v.y, array(g.x, g.y));",
    value: |x, y| {
        0.5 * [x, y]
            .map(|w| w.powi(4) - 16.0 * w * w + 5.0 * w)
            .iter()
            .sum::<f64>()
    },
    slope: |x, y| [x, y].map(|w| 2.0 * w.powi(3) - 16.0 * w + 2.5),
    log: false,
    range: [-80.0, 260.0],
};

pub const SADDLE: Loss = Loss {
    wgsl: "return Evaluation(w[0] * w[1], array(w[1], w[0]));",
    value: |x, y| x * y,
    slope: |x, y| [y, x],
    log: false,
    range: [-30.0, 30.0],
};

pub const WAVES: Loss = Loss {
    wgsl: "return Evaluation(
               0.1 * (w[0] * w[0] + w[1] * w[1]) + sin(2.0 * w[0]),
               array(0.2 * w[0] + 2.0 * cos(2.0 * w[0]), 0.2 * w[1]));",
    value: |x, y| 0.1 * (x * x + y * y) + (2.0 * x).sin(),
    slope: |x, y| [0.2 * x + 2.0 * (2.0 * x).cos(), 0.2 * y],
    log: false,
    range: [-2.0, 7.0],
};

pub const RAMP: Loss = Loss {
    wgsl: "return Evaluation(w[1], array(0.0, 1.0));",
    value: |_, y| y,
    slope: |_, _| [0.0, 1.0],
    log: false,
    range: [-20.0, 20.0],
};

impl Loss {
    pub fn height(&self) -> HeightScale {
        let law = match self.log {
            true => HeightLaw::Log { unit: 1.0 },
            false => HeightLaw::Linear,
        };
        HeightScale::of(law, self.range)
    }

    /// World z above a place, in f64 and without the frame's own functions.
    pub fn z(&self, place: DVec2) -> f64 {
        let f = (self.value)(place.x, place.y);
        let h = if self.log { f.ln_1p() / 10f64.ln() } else { f };
        let level = (h - self.range[0]) / (self.range[1] - self.range[0]);
        (level.clamp(0.0, 1.0) - 0.5) * f64::from(BOX_HEIGHT)
    }

    /// Of length one, upwards, by differences.
    pub fn normal(&self, place: DVec2) -> DVec3 {
        let across = |offset: DVec2| self.world(place + offset) - self.world(place - offset);
        across(DVec2::new(1e-4, 0.0))
            .cross(across(DVec2::new(0.0, 1e-4)))
            .normalize()
    }

    pub fn world(&self, place: DVec2) -> DVec3 {
        (place / 10.0).extend(self.z(place))
    }
}

/// A descent's recorded points, the last of them its head.
pub type Trail = Vec<[f64; 2]>;

/// Gradient descent on a loss, as the stills show it.
fn descend(loss: &Loss, start: [f64; 2], lr: f64, momentum: f64, steps: usize) -> Trail {
    let (mut place, mut velocity) = (start, [0.0; 2]);
    let mut trail = vec![start];
    for _ in 0..steps {
        let slope = (loss.slope)(place[0], place[1]);
        for axis in 0..2 {
            velocity[axis] = momentum * velocity[axis] + slope[axis];
            place[axis] -= lr * velocity[axis];
        }
        trail.push(place);
    }
    trail
}

/// Numbers from 0 to 1 (`SplitMix64` by Steele, Lea and Flood).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

pub fn race(count: usize, steps: usize) -> Vec<Trail> {
    let mut random = Random(7);
    (0..count)
        .map(|i| {
            let start = [random.between(-4.8, 4.8), random.between(-4.8, 4.8)];
            let team = i * 5 / count;
            let (lr, momentum) = [
                (0.004, 0.0),
                (0.0015, 0.9),
                (0.002, 0.8),
                (0.01, 0.0),
                (0.0005, 0.5),
            ][team];
            descend(&HIMMELBLAU, start, lr, momentum, steps)
        })
        .collect()
}

/// The places along a trail, at most `step` apart on the plane.
pub fn places(trail: &Trail, step: f64) -> Vec<DVec2> {
    let mut places = Vec::new();
    for pair in trail.windows(2) {
        let (a, b) = (DVec2::from(pair[0]), DVec2::from(pair[1]));
        let count = (a.distance(b) / step).ceil().max(1.0) as usize;
        places.extend((0..count).map(|i| a.lerp(b, i as f64 / count as f64)));
    }
    places
}

/// Curves over the whole landscape, of many short steps and of a few long ones.
pub fn curves(random: &mut Random) -> Vec<Trail> {
    [150, 9]
        .into_iter()
        .map(|points| {
            let [a, b, c, d] = [0; 4].map(|_| random.between(0.5, 3.0));
            (0..points)
                .map(|i| {
                    let t = f64::from(i) / f64::from(points - 1) * 2.5;
                    [4.7 * (a * t + b).sin(), 4.7 * (c * t + d).cos()]
                })
                .collect()
        })
        .collect()
}

/// Zigzags across the whole domain want more joints than there is room for.
pub fn zigzags(count: usize, points: usize) -> Vec<Trail> {
    (0..count)
        .map(|i| {
            let point = |k: usize| {
                let side = if k.is_multiple_of(2) { -4.9 } else { 4.9 };
                [side, -4.9 + 9.8 * (k + i) as f64 / (points + count) as f64]
            };
            (0..points).map(point).collect()
        })
        .collect()
}
