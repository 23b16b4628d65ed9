//! Field and race on the GPU against the f64 evaluation of the same graph.

mod common;

use common::gpu;
use thalweg::gpu::BufferReadback;
use thalweg::loss::{self, Loss};
use thalweg::optimizer::{self, Setting, Settings, Stepper, Update};
use thalweg::scene::pcg4d;
use thalweg::simulation::descents::Head;
use thalweg::simulation::field::{Field, Plane, nodes_from_bytes};
use thalweg::simulation::{Ends, Race, RacePlan, TeamPlan};

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
/// times what a disturbance of f32's size makes of it in f64.
#[test]
fn the_field_is_the_graph_in_f64() {
    for loss in loss::all() {
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
        assert!(creased <= nodes.len() / 200, "{}: {creased}", loss.name);
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

/// Where a descent in f64 stands after steps that each end `noise` (relative) beside the
/// point that they should: a fresh disturbance every step, from a seed.
fn stepped(
    update: &Update,
    (descent, start): (usize, &[f64]),
    steps: u32,
    (noise, seed): (f64, u32),
) -> Vec<f64> {
    let mut stepper = Stepper::of_descent(update, start, descent as u32);
    for step in 0..steps {
        stepper.step();
        let mut point = stepper.parameters();
        for (axis, x) in point.iter_mut().enumerate() {
            let word = pcg4d([seed, step, axis as u32, 0])[0];
            *x += noise * x.abs().max(1.0) * (f64::from(word) / 2.0_f64.powi(31) - 1.0);
        }
        stepper.move_to(&point);
    }
    stepper.parameters()
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
            let numbers = floats(&read(race.request_numbers(gpu(), 0)));
            let (mut worst, mut chaotic, mut outside) = (0.0_f64, 0, Vec::new());
            for (i, start) in starts.iter().enumerate() {
                let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
                let truth = stepped(&update, (i, &start), steps, (0.0, 0));
                let spread = (0..5)
                    .map(|seed| stepped(&update, (i, &start), steps, (1e-7, seed)))
                    .map(|beside| distance(&beside, &truth))
                    .fold(0.0, f64::max);
                let got: Vec<_> = (0..2).map(|k| f64::from(numbers[k * 63 + i])).collect();
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

/// How steps are grouped into dispatches, and whether the race went back to its start before,
/// changes no bit of numbers, trails and heads.
#[test]
fn grouping_of_steps_changes_no_bit() {
    let run = |steps_a_dispatch: Option<u32>, detour: bool| {
        let mut race = himmelblau_race(RacePlan {
            steps_a_dispatch,
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
        let numbers: Vec<_> = (0..3)
            .map(|team| read(race.request_numbers(gpu(), team)))
            .collect();
        // A detour leaves later points in the trails; those up to step 99 are compared.
        let kept: Vec<_> = trails
            .chunks_exact(40 * 16)
            .flat_map(|trail| trail[..34 * 16].to_vec())
            .collect();
        (heads, kept, numbers)
    };
    let whole = run(None, false);
    assert!(whole == run(Some(7), false), "7 steps a dispatch");
    assert!(
        whole == run(Some(1), true),
        "one step a dispatch, after a detour"
    );
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
