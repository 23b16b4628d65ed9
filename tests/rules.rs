//! The rule language: what its functions and loops give in f64 and on the GPU, and what is said
//! of wrong rules.

mod common;

use common::gpu;
use std::array::from_fn;
use std::sync::{Mutex, PoisonError};
use thalweg::loss::Loss;
use thalweg::optimizer::random::Chance;
use thalweg::optimizer::{Kernel, Rule, Setting, Settings, Stepper, Update, UpdateError};
use thalweg::simulation::{Race, RacePlan, TeamPlan};

fn update(rule: &str, loss: &str, settings: &Settings) -> Result<Update, UpdateError> {
    let loss = Loss::from_formula(loss, None).expect("a loss");
    let rule = Rule::parse(rule).map_err(UpdateError::Rule)?;
    Update::new(&rule, &loss, settings)
}

fn update_of(rule: &str, loss: &str) -> Update {
    update(rule, loss, &Settings::new()).unwrap_or_else(|error| panic!("{rule}: {error}"))
}

/// Where a rule goes from `start` in so many steps, in f64.
fn on_cpu(update: &Update, start: &[f64], steps: u32) -> Vec<f64> {
    let mut stepper = Stepper::new(update, start);
    (0..steps).for_each(|_| stepper.step());
    stepper.parameters()
}

/// One descent at a time on the shared device: a readback is taken by who waits for it.
static TURN: Mutex<()> = Mutex::new(());

/// The same by the shaders, for several descents.
fn on_gpu(update: &Update, starts: &[Vec<f64>], steps: u32) -> Vec<Vec<f64>> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let starts = starts.iter();
    let team = TeamPlan {
        update: update.clone(),
        starts: starts
            .map(|start| start.iter().map(|x| *x as f32).collect())
            .collect(),
    };
    let plan = RacePlan::of_numbers(update.parameters.len());
    let mut race = Race::new(gpu(), &[team], plan).expect("a race");
    race.advance_to(gpu(), steps);
    let bytes = race.request_positions(gpu(), 0).wait(gpu()).expect("read");
    let positions = race.positions_from_bytes(0, &bytes);
    let wide = |position: Vec<f32>| position.into_iter().map(f64::from).collect();
    positions.into_iter().map(wide).collect()
}

/// One step from `start` on both: in f64 to 1e-10, by the shaders to `f32_error`, both relative to
/// the largest number.
fn check(rule: &str, loss: &str, start: &[f64], want: &[f64], f32_error: f64) {
    let update = update_of(rule, loss);
    let size = want.iter().fold(1e-3, |size: f64, x| size.max(x.abs()));
    let compare = |place: &str, got: &[f64], bound: f64| {
        let error = got.iter().zip(want).map(|(got, want)| (got - want).abs());
        let worst = error.fold(0.0, f64::max);
        assert!(
            worst <= bound * size,
            "{rule} on {loss}, {place}: {got:?}, not {want:?}"
        );
    };
    compare("cpu", &on_cpu(&update, start, 1), 1e-10);
    compare("gpu", &on_gpu(&update, &[start.to_vec()], 1)[0], f32_error);
}

/// A symmetric matrix with the eigenvalues `values`: D turned by the reflection at `axis`.
fn turned<const N: usize>(values: [f64; N], axis: [f64; N]) -> [[f64; N]; N] {
    let square: f64 = axis.iter().map(|x| x * x).sum();
    let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
    let mirror = |i: usize, j: usize| unit(i, j) - 2.0 * axis[i] * axis[j] / square;
    from_fn(|i| {
        from_fn(|j| {
            (0..N)
                .map(|k| mirror(i, k) * values[k] * mirror(k, j))
                .sum()
        })
    })
}

/// ½ wᵀ A w as a formula, in full digits.
fn quadratic<const N: usize>(a: &[[f64; N]; N]) -> String {
    let terms = (0..N)
        .flat_map(|i| (0..N).map(move |j| format!("({:e})*w{}*w{}/2", a[i][j], i + 1, j + 1)));
    terms.collect::<Vec<_>>().join(" + ")
}

fn times<const N: usize>(a: &[[f64; N]; N], v: [f64; N]) -> [f64; N] {
    a.map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum())
}

/// solve and eigmin where the answer is known: A x = A v has the solution v.
fn check_algebra<const N: usize>(values: [f64; N], axis: [f64; N], on_gpu_too: bool) {
    let a = turned(values, axis);
    let loss = quadratic(&a);
    let start: [f64; N] = from_fn(|i| 0.25 * (i as f64 + 1.0));
    let smallest = values.into_iter().fold(f64::INFINITY, f64::min);
    let damped: [f64; N] = from_fn(|i| times(&a, start)[i] + 2.0 * start[i]);
    let want = [
        ("w = solve(H, g)", start),
        ("w = solve(H, matvec(H, w) + 2*w, 2)", start),
        ("w = matvec(H + 2*I, w)", damped),
        ("w = hvp(w)", times(&a, start)),
        ("w = eigmin(H)", [smallest; N]),
        ("w = diag(H)", from_fn(|i| a[i][i])),
        ("w = matvec(outer(w, g), w)", {
            let slope: f64 = times(&a, start).iter().zip(start).map(|(g, w)| g * w).sum();
            start.map(|x| x * slope)
        }),
    ];
    for (rule, want) in want {
        if on_gpu_too {
            check(rule, &loss, &start, &want, 2e-5);
            continue;
        }
        let got = on_cpu(&update_of(rule, &loss), &start, 1);
        for (got, want) in got.iter().zip(want) {
            assert!((got - want).abs() < 1e-10, "{rule}: {got} and {want}");
        }
    }
}

#[test]
fn linear_algebra_has_known_answers() {
    check_algebra([3.0], [1.0], true);
    check_algebra([3.0, -0.5], [1.0, 0.3], true);
    check_algebra([3.0, 1.5, -2.5], [1.0, 0.3, -0.7], true);
    check_algebra([0.5, 2.0, 7.0, 4.0], [0.2, -1.0, 0.4, 0.9], true);
    let values = from_fn(|i| (i as f64 - 3.3) * 0.7);
    check_algebra::<16>(values, from_fn(|i| 1.0 / (i as f64 + 2.0)), false);
}

/// A zero where the first pivot would be: rows must be exchanged.
#[test]
fn solve_exchanges_rows() {
    let loss = "w1*w2 + w2*w3 + w3^2/2";
    // H = [0 1 0; 1 0 1; 0 1 1], H x = (5, 7, 11): x = (1, 5, 6).
    let rule = "w = solve(H, matvec(H, w))";
    check(rule, loss, &[1.0, 5.0, 6.0], &[1.0, 5.0, 6.0], 1e-6);
}

#[test]
fn loss_and_slope_at_other_points() {
    // f = x² y, ∇f = (2xy, x²), H = [2y 2x; 2x 0].
    let loss = "x^2*y";
    let start = [2.0, 3.0];
    check("w = loss_at(w + 1)", loss, &start, &[36.0; 2], 1e-6);
    check("w = loss_at(-w)", loss, &start, &[-12.0; 2], 1e-6);
    check("w = loss_at(0)", loss, &start, &[0.0; 2], 1e-6);
    check("w = grad_at(2*w)", loss, &start, &[48.0, 16.0], 1e-6);
    check("w = grad_at(g)", loss, &start, &[96.0, 144.0], 1e-6);
    check("w = hvp(g)", loss, &start, &[88.0, 48.0], 1e-6);
    check("d = w/2\nw = hvp(d)", loss, &start, &[12.0, 4.0], 1e-6);
}

#[test]
fn loops_turn_while_their_condition_holds() {
    let start = [1.0, 10.0];
    let cases: [(&str, [f64; 2]); 8] = [
        // To the first power of 2 from 100 on.
        ("a = 1\nrepeat 30 while a < 100: a = 2*a\nw = a", [128.0; 2]),
        // The bound ends it.
        ("a = 1\nrepeat 3 while a < 100: a = 2*a\nw = a", [8.0; 2]),
        // Not once.
        ("a = 1\nrepeat 3 while a > 1: a = 2*a\nw = a", [1.0; 2]),
        // Lines of the body run in order.
        (
            "a = 1\nb = 0\nrepeat 3 while 1 > 0: a = 2*a; b = b + a\nw = w + b",
            [15.0, 24.0],
        ),
        // What is carried is exchanged, not copied one over the other.
        (
            "a = 1\nb = 2\nc = 0\nrepeat 3 while a > 0: c = a; a = b; b = c\nw = w + 100*a + b",
            [202.0, 211.0],
        ),
        // A vector, and w itself.
        ("repeat 4 while norm(w) < 50: w = 2*w", [8.0, 80.0]),
        // Loops behind each other.
        (
            "a = 1\nrepeat 9 while a < 5: a = a + 1\nrepeat 9 while a < 20: a = 2*a\nw = a",
            [20.0; 2],
        ),
        // A loop of the language's own within one.
        (
            "a = 0\nrepeat 3 while eigmin(H) > 0: a = a + eigmin(H)\nw = a",
            [6.0; 2],
        ),
    ];
    for (rule, want) in cases {
        check(rule, "x^2 + y^2", &start, &want, 1e-6);
    }
    // Each descent turns as often as its own condition says.
    let update = update_of("repeat 50 while norm(w) < 100: w = 2*w", "x^2 + y^2");
    let starts: Vec<_> = (1..=70).map(|i| vec![f64::from(i), 0.0]).collect();
    for (start, got) in starts.iter().zip(on_gpu(&update, &starts, 1)) {
        assert_eq!(got, on_cpu(&update, start, 1), "from {start:?}");
    }
}

/// A rule on one line, as a shell takes it, is the same rule.
#[test]
fn semicolons_end_lines() {
    let rule = "hyper lr = 0.1 in 0..1  # rate; of learning
        flag fast = 1
        state m
        scalar k = 2
        matrix B = I
        m = k*g + m
        a = 1; b = 0
        repeat 3 while a < 100: a = 2*a; b = b + a
        w = w - if(fast, lr, 0)*matvec(B, m) + b
        show w";
    let lines: Vec<_> = rule.lines().map(str::trim).collect();
    let (before, after) = lines.split_at(8);
    let uncommented = before.join(";").replace("  # rate; of learning", "");
    let short = format!("{uncommented}\n{}", after.join("; "));
    let [long, short] = [rule, &short].map(|rule| update_of(rule, "x^2 + 3*y^2"));
    let [a, b] = [long, short].map(|update| on_cpu(&update, &[1.0, 2.0], 5));
    assert_eq!(a, b);
    let meaning = &Rule::parse(rule).expect("a rule").hypers[0].meaning;
    assert_eq!(meaning, "rate; of learning");
}

/// A state's first value is given at the first step: t is 1, as where torch makes its state.
#[test]
fn states_begin_at_the_first_step() {
    for kind in ["state", "scalar"] {
        let rule = format!("{kind} a = warmup(1, 10)\nw = a");
        check(&rule, "x^2 + y^2", &[5.0, 5.0], &[0.1; 2], 1e-6);
        let rule = format!("hyper lr = 1/t\n{kind} a = lr + 3\na = a + t\nw = a");
        check(&rule, "x^2 + y^2", &[5.0, 5.0], &[5.0; 2], 1e-6);
    }
}

/// A loop is written once, and counted with all its turns where work is measured.
#[test]
fn a_loop_is_written_once() {
    let rule = "a = 1\nrepeat 30 while loss_at(w - a*g) > f: a = a/2\nw = w - a*g";
    let kernel =
        Kernel::new(&update_of(rule, "(x^2 + y - 11)^2 + (x + y^2 - 7)^2")).expect("short enough");
    assert_eq!(kernel.wgsl.matches("for (").count(), 1, "{}", kernel.wgsl);
    assert!(kernel.operations < 60, "{}", kernel.operations);
    assert!(kernel.work > 300, "{}", kernel.work);
}

/// The words are equal bit by bit, or the numbers would be others altogether.
#[test]
fn chance_is_the_same_on_both() {
    let starts = vec![vec![0.0, 0.0]; 200];
    let mut numbers = Vec::new();
    for seed in [1, 4_000_000_000] {
        for k in [0, 3] {
            let rule = format!("w = normal({k})");
            let update = update_of(&rule, "x^2 + y^2").with_seed(seed);
            for steps in [1, 7] {
                for (i, got) in on_gpu(&update, &starts, steps).iter().enumerate() {
                    let mut stepper = Stepper::of_descent(&update, &starts[i], i as u32);
                    (0..steps).for_each(|_| stepper.step());
                    for (got, want) in got.iter().zip(stepper.parameters()) {
                        assert!((got - want).abs() < 2e-6, "descent {i}: {got} and {want}");
                        numbers.push(want);
                    }
                }
            }
        }
    }
    // Mean and variance of 3,200 standard normal numbers, to four standard errors.
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let variance = numbers.iter().map(|x| x * x).sum::<f64>() / count;
    assert!(mean.abs() < 4.0 / count.sqrt(), "{mean}");
    assert!(
        (variance - 1.0).abs() < 4.0 * (2.0 / count).sqrt(),
        "{variance}"
    );
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    assert_eq!(numbers.len(), count as usize, "all draws differ");
}

/// The shader's Gaussians against what Gaussians are: moments, shares of the tails, and no bond
/// between parameters, steps and neighbours; and each against the same in f64.
#[test]
fn gaussians_are_gaussian() {
    let starts = vec![vec![0.0, 0.0]; 20_000];
    let update = update_of("w = normal(0)", "x^2 + y^2");
    let [first, second] = [1, 2].map(|steps| on_gpu(&update, &starts, steps));
    for (i, got) in (0..).zip(&second) {
        let chance = Chance {
            seed: 1,
            descent: i,
            step: 2,
        };
        for (got, draw) in got.iter().zip(0..) {
            let want = chance.normal(draw);
            assert!((got - want).abs() < 2e-6, "descent {i}: {got} and {want}");
        }
    }
    let x: Vec<_> = first.iter().map(|w| w[0]).collect();
    let y: Vec<_> = first.iter().map(|w| w[1]).collect();
    let later: Vec<_> = second.iter().map(|w| w[0]).collect();
    let beside = [&x[1..], &x[..1]].concat();
    // To five standard errors, each from the moments of the normal distribution.
    let mean_is = |what: &str, of: &dyn Fn(usize) -> f64, mean: f64, variance: f64| {
        let got = (0..x.len()).map(of).sum::<f64>() / x.len() as f64;
        let most = 5.0 * (variance / x.len() as f64).sqrt();
        assert!((got - mean).abs() < most, "{what}: {got}, not {mean}");
    };
    for (name, x) in [("x", &x), ("y", &y)] {
        mean_is(name, &|i| x[i], 0.0, 1.0);
        mean_is(&format!("{name}^2"), &|i| x[i].powi(2), 1.0, 2.0);
        mean_is(&format!("{name}^3"), &|i| x[i].powi(3), 0.0, 15.0);
        mean_is(&format!("{name}^4"), &|i| x[i].powi(4), 3.0, 96.0);
        for (beyond, share) in [(1.0, 0.317311), (2.0, 0.0455003), (3.0, 0.00269980)] {
            let is_beyond = |i: usize| f64::from(u8::from(x[i].abs() > beyond));
            mean_is(&format!("|{name}| > {beyond}"), &is_beyond, share, share);
        }
    }
    for (name, other) in [("y", &y), ("x later", &later), ("x beside", &beside)] {
        mean_is(&format!("x and {name}"), &|i| x[i] * other[i], 0.0, 1.0);
        let squares = |i: usize| (x[i].powi(2) - 1.0) * (other[i].powi(2) - 1.0);
        mean_is(&format!("squares of x and {name}"), &squares, 0.0, 4.0);
    }
}

type Schedule = (&'static str, fn(f64) -> f64);

/// The named schedules against their formulas, as a default and as a setting; none of it is left
/// to the shader.
#[test]
fn schedules_are_formulas_of_t() {
    let schedules: [Schedule; 6] = [
        ("cosine(0.1, 0.02, 10)", |t| {
            let share = ((t - 1.0) / 10.0).min(1.0);
            0.02 + 0.04 * (1.0 + (std::f64::consts::PI * share).cos())
        }),
        ("linear(1, 3, 8)", |t| {
            if t > 9.0 { 3.0 } else { 1.0 + 0.25 * (t - 1.0) }
        }),
        ("step_decay(2, 0.5, 5)", |t| {
            2.0 * 0.5_f64.powi(((t - 1.0) / 5.0).floor() as i32)
        }),
        (
            "warmup(0.3, 4)",
            |t| if t < 4.0 { 0.3 * t / 4.0 } else { 0.3 },
        ),
        ("invsqrt(0.5, 4)", |t| {
            if t < 4.0 { 0.5 } else { 1.0 / t.sqrt() }
        }),
        ("min(warmup(1, 5), invsqrt(1, 5))", |t| {
            if t < 5.0 { t / 5.0 } else { (5.0 / t).sqrt() }
        }),
    ];
    for (text, formula) in schedules {
        let by_default = update_of(&format!("hyper lr = {text}\nw = lr"), "x^2 + y^2");
        let set = [("lr".to_owned(), Setting::Formula(text.to_owned()))];
        let by_setting = update("hyper lr = 1\nw = lr", "x^2 + y^2", &set.into()).expect(text);
        for update in [by_default, by_setting] {
            let mut stepper = Stepper::new(&update, &[0.0, 0.0]);
            for t in 1..30 {
                stepper.step();
                let (got, want) = (stepper.parameters()[0], formula(f64::from(t)));
                assert!(
                    (got - want).abs() < 1e-14,
                    "{text} at {t}: {got} and {want}"
                );
            }
            let wgsl = Kernel::new(&update).expect("short").wgsl;
            let step = wgsl.split("fn walker_step").nth(1).expect("defined");
            let step = step.split("fn loss_of").next().expect("before it");
            assert!(!step.contains("n_") && !step.contains("sqrt"), "{step}");
        }
    }
}

/// What is wrong with a rule: the text under the caret, and the reason.
fn fault(rule: &str) -> (String, String) {
    let result = update(rule, "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", &Settings::new())
        .and_then(|update| Kernel::new(&update).map(|_| ()));
    match result {
        Err(UpdateError::Rule(error)) => (rule[error.span].to_owned(), error.message),
        other => panic!("{rule}: {other:?}"),
    }
}

/// A wrong rule, the text under its caret, and how its reason begins or ends.
const FAULTS: [[&str; 3]; 48] = [
    [
        "w = w - 0.1*gg",
        "gg",
        "unknown name `gg`; did you mean `g*g`?",
    ],
    ["hyper lr = 0.1\nw = w - l*g", "l", "did you mean `lr`?"],
    [
        "w = w - η*∇w",
        "η",
        "what it declares: hyper η = 0.01, or state η",
    ],
    [
        "w = w - squrt(g)",
        "squrt",
        "unknown function `squrt`; did you mean `sqrt`?",
    ],
    ["m = 0.9*m + g\nw = w - m", "m", "declare it: state m"],
    [
        "state m\nm = m + g",
        "m",
        "the rule never assigns the parameters, `w`; the plainest rule is `w = w - g`",
    ],
    ["θ = 2 - g", "θ", "the plainest rule is `w = w - g`"],
    ["", "", "the plainest rule is `w = w - g`"],
    [
        "hypr lr = 0.1\nw = w - lr*g",
        "hypr",
        "did you mean `hyper`?",
    ],
    ["sclar s\nw = w - s*g", "sclar", "did you mean `scalar`?"],
    [
        "hyper lr\nw = w - lr*g",
        "lr",
        "the hyperparameter `lr` needs a default: hyper lr = 0.01",
    ],
    ["hyper lr = g\nw = w - lr*g", "g", "`g` is not known to it"],
    [
        "hyper lr = 0.1 in 1..0\nw = w - lr*g",
        "1..0",
        "a range goes from the smaller number to the larger: 1e-6..1",
    ],
    [
        "hyper lr = 0.1 in 0 to 1\nw = w - lr*g",
        "0 to 1",
        "a range is written so: 1e-6..1",
    ],
    [
        "hyper 0.1\nw = w - g",
        "0.1",
        "a declaration is written so: hyper lr = 0.01 in 1e-6..1",
    ],
    [
        "state m, v\nw = w - g",
        ",",
        "a comma stands only between the values of a function",
    ],
    [
        "flag fast = 2\nw = w - g",
        "fast",
        "the flag `fast` is 0 or 1: flag fast = 0",
    ],
    [
        "hyper lr = 1\nhyper lr = 2\nw = w - lr*g",
        "lr",
        "the name `lr` is taken already",
    ],
    ["state w\nw = w - g", "w", "the name `w` is taken already"],
    [
        "g = 2*g\nw = w - g",
        "g",
        "`g` is given and cannot be assigned; choose another name",
    ],
    [
        "w -= 0.1*g",
        "-=",
        "write `w = w - …` instead of `w -= 0.1*g`",
    ],
    [
        "w = w - g\nw + 1",
        "w + 1",
        "a line of a rule assigns: write `name = …`",
    ],
    ["w[0] = 1", "w", "`w[…]` is no part of `w`"],
    ["w = w - sqrt(g", "(", "this `(` is not closed"],
    ["w = w - 0.1*/g", "/", "a value is missing before this `/`"],
    ["w = w - g @ g", "@", "`@` means nothing here"],
    [
        "scalar s\ns = g\nw = w - s*g",
        "s",
        "`s` is a number, but this gives it a vector",
    ],
    [
        "matrix B = w\nw = w - matvec(B, g)",
        "w",
        "this is a vector, but a matrix is wanted; `state` declares one",
    ],
    ["w = H", "w", "`w` is a vector, but this gives it a matrix"],
    ["w = w - H*g", "*", "`matvec(M, v)` is their product"],
    [
        "w = w - solve(g, H)",
        "solve",
        "`solve` takes a matrix here, but this is a vector",
    ],
    [
        "w = w - eigmin(g)",
        "eigmin",
        "`eigmin` takes a matrix here, but this is a vector",
    ],
    [
        "w = w - loss_at(H)",
        "loss_at",
        "`loss_at` takes a vector here, but this is a matrix",
    ],
    [
        "w = w - normal(0.5)",
        "normal",
        "known in advance: normal(0), normal(1), …",
    ],
    [
        "state z = normal(0)\nw = w - z",
        "normal(0",
        "a state begins without it",
    ],
    ["w = w - dot(g)", "dot", "`dot` takes 2 values, 1 was given"],
    [
        "hyper lr = cosine(1, 0)\nw = w - lr*g",
        "cosine",
        "this schedule is written so: cosine(first, last, steps)",
    ],
    [
        "w = w - g\nshow z",
        "z",
        "unknown name `z`; this rule can show w",
    ],
    [
        "w = w - g\nshow",
        "show",
        "a state is wanted behind this: show x",
    ],
    [
        "a = norm(g)\nw = w - g\nshow a",
        "a",
        "`a` is a vector, but this gives it a number",
    ],
    [
        "repeat while f > 0: w = w - g",
        "while f > 0: w = w - g",
        "a loop is written so: repeat 30 while loss_at(w - a*g) > f: a = a/2",
    ],
    [
        "repeat 30 while f > 0 w = w - g",
        "30 while f > 0 w = w - g",
        "a loop is written so: repeat 30 while loss_at(w - a*g) > f: a = a/2",
    ],
    [
        "repeat 9999 while f > 0: w = w - g",
        "9999",
        "from 1 to 1000 at most",
    ],
    [
        "repeat 3 while f > 0: a = 2\nw = w - g",
        "a",
        "`a` needs a value before the loop",
    ],
    [
        "a = 1\nrepeat 3 while a < 2: a = g\nw = w - g",
        "a",
        "`a` is a number, but this gives it a vector",
    ],
    [
        "repeat 3 while g > 0: w = w - g",
        "g > 0",
        "`norm(…)` or `dot(…, …)` make one",
    ],
    [
        "w = w - 1e99*g",
        "1e99",
        "`trace --on cpu` can still answer",
    ],
    [
        "w = w - sum(k, 1, 300, sin(k*g))",
        "w - sum(k, 1, 300",
        "a shader holds 1024; `--on cpu` has no such limit",
    ],
];

#[test]
fn wrong_rules_are_told_where_and_why() {
    let mut wrong = Vec::new();
    for [rule, place, reason] in FAULTS {
        let (got_place, message) = fault(rule);
        let tells = message.starts_with(reason) || message.ends_with(reason);
        if got_place != place || !tells {
            wrong.push(format!("{rule:?}: {got_place:?}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A loss that is too long is told in the loss's own text.
#[test]
fn a_long_loss_is_the_losss_fault() {
    let update = update_of("w = w - g", "sum(k, 1, 400, sin(k*x)) + y^2");
    let error = Kernel::new(&update).expect_err("too long");
    let UpdateError::Loss(error) = error else {
        panic!("{error:?}");
    };
    assert!(error.message.contains("a shader holds 1024"), "{error}");
}

/// Names that only a rule knows are not a loss's.
#[test]
fn a_loss_knows_no_rule() {
    for text in ["loss_at(x) + y", "x + warmup(1, 5) + y"] {
        let error = Loss::from_formula(text, None).expect_err(text);
        assert!(error.message.contains("for update rules"), "{error}");
    }
}
