//! The optimizers beyond torch against transcriptions of their papers' formulas, written here by
//! hand in f64, on losses whose slopes and curvatures are written by hand too.

use std::array::from_fn;
use thalweg::loss;
use thalweg::optimizer::{self, Setting, Settings, Stepper, Update};

type V = [f64; 2];
type M = [[f64; 2]; 2];

/// A loss with its derivatives, from the textbook.
struct Surface {
    name: &'static str,
    start: V,
    f: fn(V) -> f64,
    g: fn(V) -> V,
    h: fn(V) -> M,
}

const SURFACES: [Surface; 2] = [
    Surface {
        name: "rosenbrock",
        start: [-1.2, 1.0],
        f: |[x, y]| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
        g: |[x, y]| {
            let inner = y - x * x;
            [-2.0 * (1.0 - x) - 400.0 * x * inner, 200.0 * inner]
        },
        h: |[x, y]| {
            let mixed = -400.0 * x;
            [[2.0 - 400.0 * y + 1200.0 * x * x, mixed], [mixed, 200.0]]
        },
    },
    Surface {
        name: "himmelblau",
        start: [0.5, -1.3],
        f: |[x, y]| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
        g: |[x, y]| {
            let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
            [4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b]
        },
        h: |[x, y]| {
            let mixed = 4.0 * (x + y);
            let left = 12.0 * x * x + 4.0 * y - 42.0;
            [[left, mixed], [mixed, 12.0 * y * y + 4.0 * x - 26.0]]
        },
    },
];

/// One step: from w at step t (1 at first) to the next w and the point that is drawn.
type Rule = Box<dyn FnMut(&Surface, V, f64) -> (V, V)>;

fn plus(a: V, factor: f64, b: V) -> V {
    from_fn(|i| a[i] + factor * b[i])
}

fn minus(a: V, b: V) -> V {
    plus(a, -1.0, b)
}

fn dot(a: V, b: V) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn times(m: M, v: V) -> V {
    [dot(m[0], v), dot(m[1], v)]
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// A rule whose drawn point is w.
fn rule(mut next: impl FnMut(&Surface, V, f64) -> V + 'static) -> Rule {
    Box::new(move |surface, w, t| {
        let w = next(surface, w, t);
        (w, w)
    })
}

/// A rule by coordinate: from the coordinate's slope, its own numbers and t to its step.
fn by_coordinate(step: impl Fn(f64, &mut [f64; 4], f64) -> f64 + 'static, state: [f64; 4]) -> Rule {
    let mut state = [state; 2];
    rule(move |surface, w, t| {
        let g = (surface.g)(w);
        from_fn(|i| w[i] - step(g[i], &mut state[i], t))
    })
}

/// The first of a, a/2, a/4 … that lowers f along `d` by enough; the last after 30.
fn backtracked(surface: &Surface, w: V, d: V, mut a: f64) -> V {
    let slope = dot((surface.g)(w), d);
    let f = (surface.f)(w);
    for _ in 0..30 {
        if (surface.f)(plus(w, a, d)) <= f + 1e-4 * a * slope {
            break;
        }
        a *= 0.5;
    }
    plus(w, a, d)
}

/// Cramer's rule.
fn solved([[a, b], [c, d]]: M, [p, q]: V) -> V {
    let determinant = a * d - b * c;
    [(p * d - b * q) / determinant, (a * q - p * c) / determinant]
}

fn heavy_ball() -> Rule {
    let mut before = None;
    rule(move |surface, w, _| {
        let last = before.replace(w).unwrap_or(w);
        let rolled = plus(w, 0.9, minus(w, last));
        plus(rolled, -1e-4, (surface.g)(w))
    })
}

fn adan() -> Rule {
    let (b1, b2, b3) = (0.98, 0.92, 0.99);
    let step = move |g: f64, [m, d, n, before]: &mut [f64; 4], t: f64| {
        let change = if t == 1.0 { 0.0 } else { g - *before };
        *before = g;
        *m = b1 * *m + (1.0 - b1) * g;
        *d = b2 * *d + (1.0 - b2) * change;
        *n = b3 * *n + (1.0 - b3) * (g + b2 * change).powi(2);
        let above = *m / (1.0 - b1.powf(t)) + b2 * *d / (1.0 - b2.powf(t));
        0.02 * above / ((*n / (1.0 - b3.powf(t))).sqrt() + 1e-8)
    };
    by_coordinate(step, [0.0; 4])
}

fn qhadam() -> Rule {
    let (b1, b2, nu1, nu2) = (0.995, 0.999, 0.7, 0.9);
    let step = move |g: f64, [m, v, ..]: &mut [f64; 4], t: f64| {
        *m = b1 * *m + (1.0 - b1) * g;
        *v = b2 * *v + (1.0 - b2) * g * g;
        let (mean, square) = (*m / (1.0 - b1.powf(t)), *v / (1.0 - b2.powf(t)));
        let below = ((1.0 - nu2) * g * g + nu2 * square).sqrt() + 1e-8;
        0.02 * ((1.0 - nu1) * g + nu1 * mean) / below
    };
    by_coordinate(step, [0.0; 4])
}

fn adabelief() -> Rule {
    let (b1, b2) = (0.9, 0.999);
    let step = move |g: f64, [m, s, ..]: &mut [f64; 4], t: f64| {
        *m = b1 * *m + (1.0 - b1) * g;
        *s = b2 * *s + (1.0 - b2) * (g - *m).powi(2) + 1e-16;
        0.02 * (*m / (1.0 - b1.powf(t))) / ((*s / (1.0 - b2.powf(t))).sqrt() + 1e-16)
    };
    by_coordinate(step, [0.0; 4])
}

fn yogi() -> Rule {
    let (b1, b2) = (0.9, 0.999);
    let step = move |g: f64, [m, v, ..]: &mut [f64; 4], t: f64| {
        *m = b1 * *m + (1.0 - b1) * g;
        *v -= (1.0 - b2) * sign(*v - g * g) * g * g;
        0.01 * (*m / (1.0 - b1.powf(t))) / ((*v / (1.0 - b2.powf(t))).sqrt() + 1e-3)
    };
    by_coordinate(step, [0.0, 1e-6, 0.0, 0.0])
}

fn amsgrad() -> Rule {
    let (b1, b2) = (0.9, 0.999);
    let step = move |g: f64, [m, v, largest, _]: &mut [f64; 4], t: f64| {
        *m = b1 * *m + (1.0 - b1) * g;
        *v = b2 * *v + (1.0 - b2) * g * g;
        *largest = largest.max(*v);
        let below = (*largest / (1.0 - b2.powf(t))).sqrt() + 1e-8;
        0.02 * (*m / (1.0 - b1.powf(t))) / below
    };
    by_coordinate(step, [0.0; 4])
}

fn schedule_free() -> Rule {
    let mut points: Option<[V; 2]> = None;
    Box::new(move |surface, y, t| {
        let [z, x] = points.unwrap_or([y, y]);
        let z = plus(z, -5e-4, (surface.g)(y));
        let x = plus(x, 1.0 / t, minus(z, x));
        points = Some([z, x]);
        (from_fn(|i| 0.1 * z[i] + 0.9 * x[i]), x)
    })
}

fn barzilai_borwein() -> Rule {
    let mut before: Option<[V; 2]> = None;
    rule(move |surface, w, _| {
        let g = (surface.g)(w);
        let mut length = 1e-3;
        if let Some([point, slope]) = before.replace([w, g]) {
            let (s, y) = (minus(w, point), minus(g, slope));
            if dot(s, y) > 0.0 {
                length = dot(s, s) / dot(s, y);
            }
        }
        plus(w, -length, g)
    })
}

fn conjugate_gradient() -> Rule {
    let mut before: Option<[V; 2]> = None;
    rule(move |surface, w, _| {
        let g = (surface.g)(w);
        let mut d = plus([0.0; 2], -1.0, g);
        if let Some([slope, direction]) = before
            && dot(slope, slope) > 0.0
        {
            let beta = (dot(g, minus(g, slope)) / dot(slope, slope)).max(0.0);
            d = plus(d, beta, direction);
        }
        if dot(d, g) >= 0.0 {
            d = plus([0.0; 2], -1.0, g);
        }
        before = Some([g, d]);
        backtracked(surface, w, d, 1.0)
    })
}

/// As the books have it: (I - ρ s yᵀ) B (I - ρ y sᵀ) + ρ s sᵀ, after the step.
fn bfgs() -> Rule {
    const I: M = [[1.0, 0.0], [0.0, 1.0]];
    let mut b = I;
    rule(move |surface, w, _| {
        let g = (surface.g)(w);
        let mut d = plus([0.0; 2], -1.0, times(b, g));
        if dot(d, g) >= 0.0 {
            b = I;
            d = plus([0.0; 2], -1.0, g);
        }
        let next = backtracked(surface, w, d, 1.0);
        let (s, y) = (minus(next, w), minus((surface.g)(next), g));
        if dot(s, y) > 1e-10 {
            let rho = 1.0 / dot(s, y);
            let left: M = from_fn(|i| from_fn(|j| I[i][j] - rho * s[i] * y[j]));
            let half: M = from_fn(|i| from_fn(|j| left[i][0] * b[0][j] + left[i][1] * b[1][j]));
            b = from_fn(|i| {
                from_fn(|j| half[i][0] * left[j][0] + half[i][1] * left[j][1] + rho * s[i] * s[j])
            });
        }
        next
    })
}

fn damped_newton() -> Rule {
    rule(|surface, w, _| {
        let mut h = (surface.h)(w);
        let (trace, determinant) = (h[0][0] + h[1][1], h[0][0] * h[1][1] - h[0][1] * h[1][0]);
        let smallest = trace / 2.0 - (trace * trace / 4.0 - determinant).max(0.0).sqrt();
        let damping = (1e-3 - smallest).max(0.0);
        h[0][0] += damping;
        h[1][1] += damping;
        minus(w, solved(h, (surface.g)(w)))
    })
}

fn sophia() -> Rule {
    let mut state = [[0.0; 2]; 2];
    rule(move |surface, w, t| {
        let (g, h) = ((surface.g)(w), (surface.h)(w));
        let [m, curvature] = &mut state;
        *m = from_fn(|i| 0.965 * m[i] + 0.035 * g[i]);
        if (t - 1.0) % 10.0 == 0.0 {
            *curvature = from_fn(|i| 0.99 * curvature[i] + 0.01 * h[i][i]);
        }
        from_fn(|i| w[i] - 0.01 * (m[i] / (0.01 * curvature[i]).max(1e-12)).clamp(-1.0, 1.0))
    })
}

fn sam() -> Rule {
    rule(|surface, w, _| {
        let g = (surface.g)(w);
        let length = dot(g, g).sqrt();
        plus(w, -1e-4, (surface.g)(plus(w, 0.05 / length, g)))
    })
}

/// pcg4d as its paper prints it, with u64 so that nothing wraps by itself.
fn words(input: [u64; 4]) -> [u64; 4] {
    const BITS: u64 = 0xffff_ffff;
    let mut v = input.map(|word| (word * 1_664_525 + 1_013_904_223) & BITS);
    for round in 0..2 {
        v[0] = (v[0] + ((v[1] * v[3]) & BITS)) & BITS;
        v[1] = (v[1] + ((v[2] * v[0]) & BITS)) & BITS;
        v[2] = (v[2] + ((v[0] * v[1]) & BITS)) & BITS;
        v[3] = (v[3] + ((v[1] * v[2]) & BITS)) & BITS;
        if round == 0 {
            v = v.map(|word| word ^ (word >> 16));
        }
    }
    v
}

/// The Gaussian of seed 1, descent 0: of the first two, Box and Muller's cosine and sine.
fn gaussian(step: f64, draw: usize) -> f64 {
    let [a, b, ..] = words([1, 0, step as u64, 0]);
    let unit = |word: u64| (word / 256) as f64 / 16_777_216.0;
    let radius = (-2.0 * (1.0 - unit(a)).ln()).sqrt();
    let angle = 2.0 * std::f64::consts::PI * b as f64 / 4_294_967_296.0;
    radius * [angle.cos(), angle.sin()][draw]
}

fn langevin() -> Rule {
    rule(|surface, w, t| {
        let g = (surface.g)(w);
        from_fn(|i| w[i] - 1e-4 * g[i] + (2.0 * 1e-4 * 0.7_f64).sqrt() * gaussian(t, i))
    })
}

fn noisy_gradient() -> Rule {
    rule(|surface, w, t| {
        let g = (surface.g)(w);
        from_fn(|i| w[i] - 1e-4 * (g[i] + 3.0 * gaussian(t, i)))
    })
}

/// A rule's name, the settings that its transcription has, and that.
type Transcription = (&'static str, &'static [(&'static str, f64)], Rule);

fn transcriptions() -> Vec<Transcription> {
    let polyak = |surface: &Surface, w: V, _: f64| {
        let g = (surface.g)(w);
        match dot(g, g) {
            0.0 => w,
            square => plus(w, -(surface.f)(w) / square, g),
        }
    };
    let newton =
        |surface: &Surface, w: V, _: f64| plus(w, -0.5, solved((surface.h)(w), (surface.g)(w)));
    let armijo = |surface: &Surface, w: V, _: f64| {
        let d = plus([0.0; 2], -1.0, (surface.g)(w));
        backtracked(surface, w, d, 1.0)
    };
    let descent = |surface: &Surface, w: V, _: f64| plus(w, -1e-3, (surface.g)(w));
    let sign_step = |g: f64, _: &mut [f64; 4], _: f64| 0.01 * sign(g);
    let qhm = |g: f64, [m, ..]: &mut [f64; 4], _: f64| {
        *m = 0.999 * *m + 0.001 * g;
        1e-3 * (0.3 * g + 0.7 * *m)
    };
    let lion = |g: f64, [m, ..]: &mut [f64; 4], _: f64| {
        let c = 0.9 * *m + 0.1 * g;
        *m = 0.99 * *m + 0.01 * g;
        0.01 * sign(c)
    };
    vec![
        ("gradient-descent", &[("lr", 1e-3)], rule(descent)),
        ("heavy-ball", &[("lr", 1e-4)], heavy_ball()),
        ("sign-sgd", &[], by_coordinate(sign_step, [0.0; 4])),
        ("lion", &[("lr", 0.01)], by_coordinate(lion, [0.0; 4])),
        ("qhm", &[("lr", 1e-3)], by_coordinate(qhm, [0.0; 4])),
        ("qhadam", &[("lr", 0.02), ("nu2", 0.9)], qhadam()),
        ("adabelief", &[("lr", 0.02)], adabelief()),
        ("yogi", &[], yogi()),
        ("amsgrad", &[("lr", 0.02)], amsgrad()),
        ("adan", &[("lr", 0.02)], adan()),
        ("schedule-free-sgd", &[("lr", 5e-4)], schedule_free()),
        ("polyak-step", &[], rule(polyak)),
        ("barzilai-borwein", &[], barzilai_borwein()),
        ("armijo", &[], rule(armijo)),
        ("conjugate-gradient", &[], conjugate_gradient()),
        ("newton", &[("lr", 0.5)], rule(newton)),
        ("damped-newton", &[], damped_newton()),
        ("bfgs", &[], bfgs()),
        ("sophia", &[], sophia()),
        ("sam", &[("lr", 1e-4)], sam()),
        (
            "noisy-gradient",
            &[("lr", 1e-4), ("sigma", 3.0)],
            noisy_gradient(),
        ),
        ("langevin", &[("lr", 1e-4), ("T", 0.7)], langevin()),
    ]
}

/// The largest error over 100 steps, relative to max(1, |w|), as a share of what it may be:
/// 1e-9 + 20 times what a start 1e-15 beside makes of the transcription. Also how many steps were
/// compared: none after those in which that disturbance has grown to 1e-6.
fn compare(update: &Update, surface: &Surface, rules: &mut [Rule; 2]) -> (f64, u32) {
    let mut stepper = Stepper::new(update, &surface.start);
    let mut points = [surface.start, surface.start.map(|x| x + 1e-15)];
    let (mut worst, mut spread) = (0.0_f64, 0.0_f64);
    for t in 1..=100 {
        stepper.step();
        let [(w, shown), (beside, _)] = from_fn(|k| rules[k](surface, points[k], f64::from(t)));
        points = [w, beside];
        spread = spread.max(distance(&beside, &w));
        if spread.is_nan() || spread > 1e-6 {
            return (worst, t - 1);
        }
        let error = distance(&stepper.parameters(), &w).max(distance(stepper.shown(), &shown));
        worst = worst.max(error / (1e-9 + 20.0 * spread));
    }
    (worst, 100)
}

fn distance(got: &[f64], want: &[f64]) -> f64 {
    let errors = got.iter().zip(want).map(|(got, want)| {
        let error = (got - want).abs() / want.abs().max(1.0);
        if error.is_nan() { f64::INFINITY } else { error }
    });
    errors.fold(0.0, f64::max)
}

#[test]
fn rules_are_their_papers_formulas() {
    let mut wrong = Vec::new();
    for surface in &SURFACES {
        let beside = transcriptions().into_iter().map(|(.., rule)| rule);
        for ((name, pairs, rule), beside) in transcriptions().into_iter().zip(beside) {
            let loss = loss::named(surface.name).expect("in the catalogue");
            let optimizer = optimizer::named(name).unwrap_or_else(|| panic!("{name} is missing"));
            let settings: Settings = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Setting::Number(*value)))
                .collect();
            let update = Update::new(&optimizer.rule, &loss, &settings)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let (share, steps) = compare(&update, surface, &mut [rule, beside]);
            println!(
                "{share:.3} of the bound over {steps} steps: {name} on {}",
                surface.name
            );
            if share > 1.0 || steps < 20 {
                wrong.push(format!(
                    "{name} on {}: {share:.1e}, {steps} steps",
                    surface.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every optimizer of the catalogue is held to torch or to a transcription.
#[test]
fn every_optimizer_has_an_independent_truth() {
    let torch = "sgd adagrad adadelta rmsprop adam adamw adamax nadam radam rprop asgd";
    // SGD's settings under names of their own.
    let of_sgd = ["momentum", "nesterov"];
    let transcribed = transcriptions();
    for name in optimizer::names() {
        let known = torch.split(' ').any(|known| known == name)
            || of_sgd.contains(&name)
            || transcribed.iter().any(|(known, ..)| *known == name);
        assert!(known, "{name} is compared with nothing");
    }
}
