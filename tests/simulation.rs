//! Field and race on the GPU against the f64 evaluation of the same graph.

mod common;

use common::gpu;
use thalweg::gpu::BufferReadback;
use thalweg::loss::{self, Loss};
use thalweg::optimizer::{self, Setting, Settings, Stepper, Update};
use thalweg::scene::pcg4d;
use thalweg::simulation::descents::{Head, heads_from_bytes};
use thalweg::simulation::field::{Field, Plane, nodes_from_bytes};
use thalweg::simulation::{Ends, Grouping, Race, RacePlan, TeamPlan};

fn read(readback: BufferReadback) -> Vec<u8> {
    readback.wait(gpu()).expect("the device answers")
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(bytemuck::pod_read_unaligned)
        .collect()
}

/// Starts over the loss's domain, on a grid that avoids its symmetry lines.
fn starts(loss: &Loss, count: usize) -> Vec<Vec<f32>> {
    (0..count)
        .map(|i| {
            let golden = 0.618_033_988_75;
            let across = [
                (i as f64 + 0.5) / count as f64,
                (i as f64 * golden + 0.31).fract(),
            ];
            loss.domain
                .iter()
                .zip(across)
                .map(|([low, high], t)| (low + (high - low) * (0.05 + 0.9 * t)) as f32)
                .collect()
        })
        .collect()
}

fn plan(trail_points: u32, stride: u32, ends: Option<Ends>) -> RacePlan {
    RacePlan {
        trail_points,
        stride,
        ends,
        ..RacePlan::of_numbers(2)
    }
}

/// The plane that a loss's landscape has by default, in numbers that f32 holds.
fn plane_of(loss: &Loss) -> Plane {
    let held = loss.minima.first().map(Vec::as_slice).unwrap_or_default();
    let held: Vec<_> = held.iter().map(|w| f64::from(*w as f32)).collect();
    match loss.domain[..] {
        [range] => Plane::of_one_parameter(range),
        [first, second] => Plane::of_two_parameters([first, second]),
        [first, second, ..] => Plane::of_axes([0, 1], &held, [first, second]),
        [] => unreachable!("a loss has parameters"),
    }
}

/// The field over the loss's domain: each node's point and what the GPU made of it.
///
/// 44 cells: the middle lines are nodes, but the grid does not keep step with any catalogue
/// entry's waves.
fn field_nodes(loss: &Loss) -> Vec<(Vec<f64>, [f32; 4])> {
    let graph = loss.graph().expect("a catalogue entry");
    let text = graph.wgsl().expect("numbers within f32");
    let field = Field::evaluate(gpu(), &text, plane_of(loss), 44).expect("a small field");
    let readback = field.request_nodes(gpu());
    let bytes = readback.wait(gpu()).expect("the device answers");
    let nodes = nodes_from_bytes(&bytes);
    let side = field.cells.map(|cells| cells as usize + 1);
    assert_eq!(nodes.len(), side[0] * side[1]);
    let at = |axis: usize, i: usize| {
        let [low, high] = field.plane.domain[axis].map(|bound| bound as f32);
        f64::from(low + (high - low) * (i as f32 / field.cells[axis] as f32))
    };
    let point = |index: usize| {
        let place = [at(0, index % side[0]), at(1, index / side[0])];
        field.plane.point_at(place)
    };
    let numbered = nodes.into_iter().enumerate();
    numbered.map(|(index, node)| (point(index), node)).collect()
}

fn largest(parts: impl IntoIterator<Item = f64>) -> f64 {
    parts.into_iter().map(f64::abs).fold(0.0, f64::max)
}

/// How far value and gradient move, at most, when a parameter moves by 1e-7 of its range.
fn spread(loss: &Loss, w: &[f64]) -> [f64; 2] {
    let here = loss.evaluate(w).expect("a catalogue entry");
    let mut most = [0.0_f64; 2];
    for (axis, sign) in (0..w.len()).flat_map(|axis| [(axis, -1.0), (axis, 1.0)]) {
        let mut w = w.to_vec();
        w[axis] += sign * 1e-7 * (loss.domain[axis][1] - loss.domain[axis][0]);
        let there = loss.evaluate(&w).expect("a catalogue entry");
        let slopes = there.gradient.iter().zip(&here.gradient);
        most[0] = most[0].max((there.value - here.value).abs());
        most[1] = most[1].max(largest(slopes.map(|(a, b)| a - b)));
    }
    most
}

/// Each node's loss and gradient within 2e-5 of the largest magnitude that the field holds: f32
/// rounds each operation to 6e-8 of its operands, and cancellation leaves no smaller bound that
/// holds for every formula. One node in two hundred may lie by a crease (Bukin's) and be off by 20
/// times what a disturbance of f32's size makes of it in f64; on a GPU, which may fuse products and
/// sums and so round differences of squares unevenly (Schaffer's), up to half of them.
#[test]
fn the_field_is_the_graph_in_f64() {
    // Fields over tables are filled by other kernels: tests/rows_gpu.rs has them.
    for loss in loss::all().iter().filter(|loss| loss.data.is_none()) {
        let nodes = field_nodes(loss);
        let mut scale = [0.0_f64; 2];
        let mut errors = Vec::new();
        for (w, node) in &nodes {
            let truth = loss.evaluate(w).expect("a catalogue entry");
            assert_eq!(node[3], 1.0, "{} is finite at {w:?}", loss.name);
            let slopes = node[1..3]
                .iter()
                .zip(&truth.gradient[..truth.gradient.len().min(2)]);
            let slope_error = largest(slopes.map(|(got, want)| f64::from(*got) - want));
            errors.push([(f64::from(node[0]) - truth.value).abs(), slope_error]);
            scale[0] = scale[0].max(truth.value.abs());
            scale[1] = scale[1].max(largest(truth.gradient));
        }
        let mut worst = [0.0_f64; 2];
        let mut creased = 0;
        for ((w, _), error) in nodes.iter().zip(&errors) {
            let share = [error[0] / scale[0], error[1] / scale[1]];
            if share[0] <= 2e-5 && share[1] <= 2e-5 {
                worst = [worst[0].max(share[0]), worst[1].max(share[1])];
                continue;
            }
            creased += 1;
            let spread = spread(loss, w);
            for part in 0..2 {
                let bound = 2e-5 * scale[part] + 20.0 * spread[part];
                assert!(error[part] <= bound, "{} at {w:?}: {error:?}", loss.name);
            }
        }
        println!(
            "{}: value {:.1e}, gradient {:.1e} of the largest; {creased} nodes by a crease",
            loss.name, worst[0], worst[1]
        );
        let in_software = gpu().adapter.get_info().device_type == wgpu::DeviceType::Cpu;
        let most = nodes.len() / if in_software { 200 } else { 2 };
        assert!(creased <= most, "{}: {creased}", loss.name);
    }
}

/// Where the loss has no value there is a hole, not a number.
#[test]
fn the_field_has_holes_where_the_loss_has_no_value() {
    let loss = Loss::from_formula("log(x) + y^2", None).expect("a formula");
    let text = loss
        .graph()
        .expect("a graph")
        .wgsl()
        .expect("numbers within f32");
    let field = Field::evaluate(gpu(), &text, Plane::of_two_parameters([[-1.0, 1.0]; 2]), 8)
        .expect("a small field");
    let readback = field.request_nodes(gpu());
    let bytes = readback.wait(gpu()).expect("the device answers");
    for (index, node) in nodes_from_bytes(&bytes).iter().enumerate() {
        let positive = index % 9 > 4;
        assert_eq!(node[3], f32::from(u8::from(positive)), "node {index}");
        assert!(node.iter().all(|part| part.is_finite()), "node {index}");
    }
}

fn settings(pairs: &[(&str, f64)]) -> Settings {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Setting::Number(*value)))
        .collect()
}

/// What is drawn of a descent in f64 after steps that each end `noise` (relative) beside the point
/// that they should: a fresh disturbance every step, from a seed.
fn stepped(
    update: &Update,
    (descent, start): (usize, &[f64]),
    steps: u32,
    (noise, seed): (f64, u32),
) -> Vec<f64> {
    let mut stepper = Stepper::of_descent(update, start, descent as u32);
    let mut shown = start.to_vec();
    for step in 0..steps {
        stepper.step();
        shown = stepper.shown().to_vec();
        if noise > 0.0 {
            let mut point = stepper.parameters();
            for (axis, x) in point.iter_mut().enumerate() {
                let word = pcg4d([seed, step, axis as u32, 0])[0];
                *x += noise * x.abs().max(1.0) * (f64::from(word) / 2.0_f64.powi(31) - 1.0);
            }
            stepper.move_to(&point);
        }
    }
    shown
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let parts = a
        .iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs() / b.abs().max(1.0));
    parts.fold(0.0, f64::max)
}

/// Settings and how many steps: fewer for rules that rounding sends elsewhere, as where a search
/// along a line compares losses that differ by less than f32 tells apart. BFGS divides one small
/// difference of slopes by another within each step, which no disturbance between steps shows.
fn trial(name: &str) -> (&'static [(&'static str, f64)], u32) {
    match name {
        "gradient-descent" | "sgd" | "asgd" | "qhm" | "schedule-free-sgd" => (&[("lr", 1e-3)], 200),
        "momentum" | "nesterov" | "heavy-ball" | "sam" | "noisy-gradient" | "langevin" => {
            (&[("lr", 1e-4)], 200)
        }
        "rmsprop" => (&[("lr", 2e-3)], 200),
        "adadelta" => (&[("lr", 0.2)], 200),
        "newton" => (&[("lr", 0.5)], 200),
        "damped-newton" => (&[("lr", 0.5), ("damping", 10.0)], 200),
        "polyak-step" | "sophia" => (&[("lr", 0.02)], 50),
        "barzilai-borwein" | "armijo" | "conjugate-gradient" | "bfgs" => (&[], 4),
        _ => (&[("lr", 0.02)], 200),
    }
}

/// 200 steps (some rules: fewer) of every optimizer on Himmelblau and Rosenbrock, 63 descents each, within
/// 5e-6 + 20 times what a disturbance of 1e-7 a step (f32 rounds to 6e-8, at every operation)
/// makes of the path in f64, relative to max(1, |w|). Some rules are chaotic near a ridge or in a narrow
/// valley; there the second term is large, and the test says how many descents that holds for. A rule that
/// jumps (a sign, a branch) may jump where five disturbances do not: one descent may be outside.
#[test]
fn two_hundred_steps_of_each_optimizer() {
    for loss in ["himmelblau", "rosenbrock"].map(|name| loss::named(name).expect("known")) {
        for optimizer in optimizer::all() {
            let (pairs, steps) = trial(&optimizer.name);
            let update = Update::new(&optimizer.rule, &loss, &settings(pairs))
                .unwrap_or_else(|error| panic!("{}: {error}", optimizer.name));
            let starts = starts(&loss, 63);
            let team = TeamPlan {
                update: update.clone(),
                starts: starts.clone(),
            };
            let mut race = Race::new(gpu(), &[team], plan(0, 1, None)).expect("a race");
            race.advance_to(gpu(), steps);
            let bytes = read(race.request_positions(gpu(), 0));
            let positions = race.positions_from_bytes(0, &bytes);
            let (mut worst, mut chaotic, mut outside) = (0.0_f64, 0, Vec::new());
            for (i, start) in starts.iter().enumerate() {
                let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
                let truth = stepped(&update, (i, &start), steps, (0.0, 0));
                let spread = (0..5)
                    .map(|seed| stepped(&update, (i, &start), steps, (1e-7, seed)))
                    .map(|beside| distance(&beside, &truth))
                    .fold(0.0, f64::max);
                let got: Vec<_> = positions[i].iter().map(|x| f64::from(*x)).collect();
                let error = distance(&got, &truth);
                let within_a_step = if optimizer.name == "bfgs" { 2e-4 } else { 5e-6 };
                let bound = within_a_step + 20.0 * spread;
                if error > bound {
                    outside.push(format!(
                        "{start:?}: {got:?}, not {truth:?}; {error:.1e}, not {bound:.1e}"
                    ));
                    continue;
                }
                if bound < 1e-3 {
                    worst = worst.max(error);
                } else {
                    chaotic += 1;
                }
            }
            println!(
                "{} on {}: worst {worst:.1e}; {chaotic} of 63 chaotic",
                optimizer.name, loss.name
            );
            assert!(
                outside.len() <= 1,
                "{} on {}: {outside:#?}",
                optimizer.name,
                loss.name
            );
            assert!(
                chaotic <= 12,
                "{} on {}: the test says little",
                optimizer.name,
                loss.name
            );
        }
    }
}

fn himmelblau_race(plan: RacePlan) -> Race {
    let loss = loss::named("himmelblau").expect("known");
    let teams: Vec<_> = ["adam", "momentum", "rmsprop"]
        .iter()
        .map(|name| TeamPlan {
            update: Update::new(
                &optimizer::named(name).expect("known").rule,
                &loss,
                &settings(&[("lr", 0.002)]),
            )
            .expect("a rule"),
            starts: starts(&loss, 37),
        })
        .collect();
    Race::new(gpu(), &teams, plan).expect("a race")
}

/// How steps and descents are grouped into dispatches, and whether the race went back to its start
/// before, changes no bit of positions, trails and heads.
#[test]
fn grouping_changes_no_bit() {
    let run = |grouping: Grouping, detour: bool| {
        let mut race = himmelblau_race(RacePlan {
            grouping,
            ..plan(40, 3, Some(far_ends()))
        });
        if detour {
            race.advance_to(gpu(), 150);
            race.advance_to(gpu(), 20);
        }
        race.advance_to(gpu(), 100);
        let heads = read(race.request_heads(gpu()));
        let size = u64::from(race.descents.count * 40 * 16);
        let trails = read(BufferReadback::request(gpu(), &race.descents.trails, size));
        let positions: Vec<_> = (0..3)
            .map(|team| (team, read(race.request_positions(gpu(), team))))
            .map(|(team, bytes)| race.positions_from_bytes(team, &bytes))
            .collect();
        // A detour leaves later points in the trails; those up to step 99 are compared.
        let kept: Vec<_> = trails
            .chunks_exact(40 * 16)
            .flat_map(|trail| trail[..34 * 16].to_vec())
            .collect();
        (heads, kept, positions)
    };
    let by = |steps: Option<u32>, descents: Option<u32>| Grouping {
        steps,
        descents,
        copies: None,
    };
    let whole = run(Grouping::default(), false);
    assert!(whole == run(by(Some(7), None), false), "7 steps a dispatch");
    assert!(
        whole == run(by(None, Some(5)), false),
        "5 descents a dispatch"
    );
    assert!(
        whole == run(by(Some(1), Some(16)), true),
        "one step of 16 descents a dispatch, after a detour"
    );
    // Of 37 descents, the last of four invocations' lack some.
    for copies in COPIES {
        let grouping = Grouping {
            copies: Some(copies),
            ..Grouping::default()
        };
        assert!(whole == run(grouping, false), "{copies:?}");
    }
}

/// Descents an invocation and steps a block: what the shader knows.
const COPIES: [[u32; 2]; 6] = [[4, 4], [4, 2], [2, 2], [2, 1], [1, 4], [1, 0]];

/// Nor does it for any optimizer: no compiler may join what two steps of a block compute, as where
/// a rule remembers the point before.
#[test]
fn grouping_changes_no_bit_of_any_rule() {
    let loss = Loss::from_formula("sin(x) + y^2 + 0.1*x*y", None).expect("a formula");
    let starts = starts(&loss, 24);
    let mut changed = Vec::new();
    for optimizer in optimizer::all() {
        let update = Update::new(&optimizer.rule, &loss, &Settings::new()).expect("a rule");
        let run = |steps: Option<u32>, copies: Option<[u32; 2]>| {
            let team = TeamPlan {
                update: update.clone(),
                starts: starts.clone(),
            };
            let plan = RacePlan {
                grouping: Grouping {
                    steps,
                    descents: None,
                    copies,
                },
                ..RacePlan::of_numbers(2)
            };
            let mut race = Race::new(gpu(), &[team], plan).expect("a race");
            race.advance_to(gpu(), 60);
            read(race.request_positions(gpu(), 0))
        };
        let whole = run(None, None);
        for steps in [1, 3] {
            if run(Some(steps), None) != whole {
                changed.push(format!("{}: {steps} steps a dispatch", optimizer.name));
            }
        }
        for copies in [[4, 2], [1, 1], [1, 0]] {
            if optimizer.rule.is_elementwise() && run(None, Some(copies)) != whole {
                changed.push(format!("{}: {copies:?} copies", optimizer.name));
            }
        }
    }
    assert!(changed.is_empty(), "{changed:#?}");
}

fn far_ends() -> Ends {
    Ends {
        converged_gradient: None,
        converged_loss: None,
        centre: vec![0.0; 2],
        reach: vec![1e6; 2],
    }
}

/// Trail points are the positions at steps 0, stride, 2·stride …, each with its own loss.
#[test]
fn trails_hold_positions_and_losses() {
    let loss = loss::named("himmelblau").expect("known");
    let mut race = himmelblau_race(plan(40, 3, Some(far_ends())));
    race.advance_to(gpu(), 99);
    let size = u64::from(race.descents.count * 40 * 16);
    let trails = floats(&read(BufferReadback::request(
        gpu(),
        &race.descents.trails,
        size,
    )));
    let adam = optimizer::named("adam").expect("known");
    let update = Update::new(&adam.rule, &loss, &settings(&[("lr", 0.002)])).expect("a rule");
    for (i, start) in starts(&loss, 37).iter().enumerate() {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let mut stepper = Stepper::new(&update, &start);
        for point in 0..33 {
            let w = stepper.parameters();
            let at = (i * 40 + point) * 4;
            let truth = [
                w[0],
                w[1],
                loss.evaluate(&w).expect("a catalogue entry").value,
            ];
            for (got, want) in trails[at..at + 3].iter().zip(truth) {
                let error = (f64::from(*got) - want).abs() / want.abs().max(1.0);
                assert!(error < 1e-4, "descent {i}, point {point}: {got} and {want}");
            }
            (0..3).for_each(|_| stepper.step());
        }
    }
}

/// Loss and squared gradient may each be a number while their sum is none: then nothing has ended,
/// and the steps, taken one by one, still leave their trail.
#[test]
fn steps_at_the_end_of_what_32_bits_hold_are_recorded() {
    // f is about 3e38, |∇f|² about 2.9e38.
    let loss = Loss::from_formula("1.7e19*x + 3e38 + y", None).expect("a formula");
    let rule = &optimizer::named("gradient-descent").expect("known").rule;
    let update = Update::new(rule, &loss, &settings(&[("lr", 1e-22)])).expect("a rule");
    let plan = RacePlan {
        trail_points: 40,
        stride: 3,
        ends: Some(far_ends()),
        ..RacePlan::of_numbers(2)
    };
    let teams = [TeamPlan {
        update,
        starts: vec![vec![0.5, 0.25], vec![-1.0, 1.0], vec![1.0, -0.5]],
    }];
    let mut race = Race::new(gpu(), &teams, plan).expect("a race");
    race.advance_to(gpu(), 50);
    race.advance_to(gpu(), 99);
    let heads = heads_from_bytes(&read(race.request_heads(gpu())));
    assert!(
        heads
            .iter()
            .all(|head| (head.status, head.end_step) == (0, 99)),
        "{heads:?}"
    );
    let size = u64::from(race.descents.count * 40 * 16);
    let trails = BufferReadback::request(gpu(), &race.descents.trails, size);
    let trails = floats(&read(trails));
    for (i, start) in teams[0].starts.iter().enumerate() {
        for point in 0..33 {
            let at = (i * 40 + point) * 4;
            let want = f64::from(start[0]) - 1.7e-3 * 3.0 * point as f64;
            assert!((f64::from(trails[at]) - want).abs() < 1e-4, "{i}, {point}");
            assert_eq!(trails[at + 1], start[1]);
        }
    }
}

/// A trail's room keeps the newest points: that of step k · stride lies at k modulo the room.
#[test]
fn a_full_trail_keeps_its_newest_points() {
    const ROOM: usize = 10;
    let loss = loss::named("himmelblau").expect("known");
    let mut race = himmelblau_race(plan(ROOM as u32, 3, Some(far_ends())));
    race.advance_to(gpu(), 50);
    race.advance_to(gpu(), 100);
    let size = u64::from(race.descents.count) * ROOM as u64 * 16;
    let trails = BufferReadback::request(gpu(), &race.descents.trails, size);
    let trails = floats(&read(trails));
    let adam = optimizer::named("adam").expect("known");
    let update = Update::new(&adam.rule, &loss, &settings(&[("lr", 0.002)])).expect("a rule");
    for (i, start) in starts(&loss, 37).iter().enumerate() {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let mut stepper = Stepper::new(&update, &start);
        for point in 0..34 {
            // 34 points up to step 99; of those, 24 to 33 are left.
            let at = (i * ROOM + point % ROOM) * 4;
            let near = stepper
                .parameters()
                .iter()
                .zip(&trails[at..])
                .all(|(want, got)| (f64::from(*got) - want).abs() / want.abs().max(1.0) < 1e-4);
            assert!(near || point < 24, "descent {i}, point {point}");
            (0..3).for_each(|_| stepper.step());
        }
    }
}

/// A million descents within WebGPU's default limits: all of them step, an even sample has trails.
#[test]
fn a_million_descents_take_steps() {
    const COUNT: u32 = 1_000_000;
    let loss = loss::named("booth").expect("known");
    let adam = optimizer::named("adam").expect("known");
    let update = Update::new(&adam.rule, &loss, &settings(&[("lr", 0.1)])).expect("a rule");
    let at = |i: u32| {
        [
            (i % 1000) as f32 / 100.0 - 5.0,
            (i / 1000) as f32 / 100.0 - 5.0,
        ]
    };
    let team = TeamPlan {
        update: update.clone(),
        starts: (0..COUNT).map(|i| at(i).to_vec()).collect(),
    };
    let plan = RacePlan {
        ends: Some(far_ends()),
        ..RacePlan::of_numbers(2)
    };
    let plan = plan.with_trails(COUNT as usize, 512, 30);
    let points = plan.trail_points;
    let mut race = Race::new(gpu(), &[team], plan).expect("a race");
    race.advance_to(gpu(), 30);
    let heads = read(race.request_heads(gpu()));
    let every = race.descents.trail_every;
    assert!(race.descents.trail_count() <= 65_536 && race.descents.trail_count() > 60_000);
    let size = u64::from(race.descents.trail_count() * points) * 16;
    assert!(size <= 128 << 20, "{size}");
    let trails = floats(&read(BufferReadback::request(
        gpu(),
        &race.descents.trails,
        size,
    )));
    for i in (0..COUNT).step_by(9973).chain([COUNT - 1]) {
        let start = at(i).map(f64::from);
        let mut stepper = Stepper::new(&update, &start);
        (0..30).for_each(|_| stepper.step());
        let bytes = i as usize * size_of::<Head>();
        let head: Head = bytemuck::pod_read_unaligned(&heads[bytes..bytes + size_of::<Head>()]);
        let place = head.place.map(f64::from);
        assert!(
            distance(&place, &stepper.parameters()) < 1e-4,
            "descent {i}"
        );
        // The trail of the last descent before this one that has one begins at its start.
        let trail = i / every;
        let begins = &trails[(trail * points * 4) as usize..][..2];
        assert_eq!(begins, at(trail * every), "trail {trail}");
    }
}

/// A descent that runs away stops at its last finite point and is counted; one that converges
/// stays where it is.
#[test]
fn descents_end() {
    let loss = loss::named("himmelblau").expect("known");
    let rule = &optimizer::named("gradient-descent").expect("known").rule;
    let team = |lr: f64| TeamPlan {
        update: Update::new(rule, &loss, &settings(&[("lr", lr)])).expect("a rule"),
        starts: starts(&loss, 20),
    };
    let ends = Ends {
        converged_gradient: Some(1e-2),
        ..far_ends()
    };
    let mut race =
        Race::new(gpu(), &[team(0.005), team(1.0)], plan(0, 1, Some(ends))).expect("a race");
    race.advance_to(gpu(), 500);
    let bytes = read(race.request_heads(gpu()));
    let heads: Vec<Head> = bytes
        .chunks_exact(size_of::<Head>())
        .map(bytemuck::pod_read_unaligned)
        .collect();
    for (i, head) in heads.iter().enumerate() {
        let (team, status) = if i < 20 { (0, 1) } else { (1, 2) };
        assert_eq!(
            (head.team, head.status),
            (team, status),
            "descent {i}: {head:?}"
        );
        assert!(
            head.end_step < 500 && head.place.iter().all(|x| x.is_finite()),
            "{head:?}"
        );
        if status == 1 {
            let w = head.place.map(f64::from);
            let slope = loss.evaluate(&w).expect("a catalogue entry").gradient;
            assert!(slope[0].hypot(slope[1]) < 1.1e-2, "{head:?}");
        }
    }
}
