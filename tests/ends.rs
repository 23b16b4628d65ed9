//! How descents end on the GPU, against the same rules in f64.

mod common;

use common::ends::{CONVERGED, DIVERGED, RUNNING, Rules};
use common::gpu;
use std::sync::{Mutex, MutexGuard, PoisonError};
use thalweg::gpu::BufferReadback;
use thalweg::loss::{self, Loss};
use thalweg::optimizer::{self, Optimizer, Rule, Setting, Settings, Update};
use thalweg::scene::{Start, starts};
use thalweg::simulation::descents::{Head, heads_from_bytes};
use thalweg::simulation::{
    Ends, Grouping, Race, RacePlan, Standings, TeamPlan, standings_from_bytes,
};

/// One test at a time on the shared device: a readback is told by who waits for it.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lr(lr: f64) -> Settings {
    [("lr".to_owned(), Setting::Number(lr))].into()
}

fn update(rule: &Rule, loss: &Loss, settings: &Settings) -> Update {
    Update::new(rule, loss, settings).unwrap_or_else(|error| panic!("{}: {error}", loss.name))
}

fn uniform(count: u32, domain: &[[f64; 2]]) -> Vec<Vec<f32>> {
    starts(&Start::Uniform { uniform: count }, domain, 7).expect("a pattern")
}

fn far(domain: &[[f64; 2]]) -> Ends {
    Ends::far(domain, 1e6)
}

/// The heads of a race of teams on one loss after so many steps, team after team.
fn heads(teams: &[TeamPlan], ends: &Ends, steps: u32) -> Vec<Head> {
    heads_from_bytes(&race_of(teams, ends, steps, Grouping::default())[0])
}

/// The bytes of heads and trails, which keep the newest 16 points.
fn race_of(teams: &[TeamPlan], ends: &Ends, steps: u32, grouping: Grouping) -> [Vec<u8>; 2] {
    let plan = RacePlan {
        ends: Some(ends.clone()),
        trail_points: 16,
        stride: 3,
        grouping,
        ..RacePlan::of_numbers(ends.centre.len())
    };
    let mut race = Race::new(gpu(), teams, plan).expect("a race");
    race.advance_to(gpu(), steps);
    let trails = BufferReadback::request(gpu(), &race.descents.trails, race.descents.trails.size());
    let trails = trails.wait(gpu()).expect("read");
    [race.request_heads(gpu()).wait(gpu()).expect("read"), trails]
}

/// Runs a rule on both and compares each descent's end: how, when (give or take `late` steps) and
/// where. `ways` says which ends are met: running, converged, diverged.
fn check_ends(
    (rule, settings): (&str, &Settings),
    formula: &str,
    ends: &Ends,
    late: u32,
    ways: [bool; 3],
) {
    let _turn = turn();
    let loss = Loss::from_formula(formula, None).expect("a formula");
    let rule = match optimizer::named(rule) {
        Some(known) => known.rule.clone(),
        None => Rule::parse(rule).expect("a rule"),
    };
    let team = TeamPlan {
        update: update(&rule, &loss, settings),
        starts: uniform(101, &[[-2.0, 2.0]; 2]),
    };
    let raced = |grouping| race_of(std::slice::from_ref(&team), ends, 200, grouping);
    let by = |copies, steps| Grouping {
        copies: Some(copies),
        steps,
        descents: None,
    };
    let [heads, trails] = raced(Grouping::default());
    for (copies, steps) in [([4, 2], None), ([2, 4], Some(7)), ([1, 0], None)] {
        let [other_heads, other_trails] = raced(by(copies, steps));
        assert!(other_heads == heads, "{formula}: {copies:?}");
        assert!(other_trails == trails, "{formula}: trails of {copies:?}");
    }
    let heads = heads_from_bytes(&heads);
    let mut rules = Rules::new(&team.update, &loss, ends);
    let mut counts = [0; 3];
    for ((start, descent), head) in team.starts.iter().zip(0..).zip(&heads) {
        let truth = rules.stand(descent, start, 200);
        assert_eq!(head.status, truth.status, "{formula}: {head:?}, {truth:?}");
        let apart = head.end_step.abs_diff(truth.end_step);
        assert!(apart <= late, "{formula}: {head:?}, {truth:?}");
        // A step late is as far beside as that step was long.
        for (got, want) in head.place.iter().zip(&truth.place) {
            let error = (f64::from(*got) - want).abs() / want.abs().max(1.0);
            let most = if apart == 0 { 1e-4 } else { 1e-2 };
            assert!(error <= most, "{formula}: {head:?}, {truth:?}");
        }
        counts[head.status as usize] += 1;
    }
    assert_eq!(counts.map(|count| count > 0), ways, "{formula}: {counts:?}");
}

const BOWL: &str = "x^2 + 3*y^2";

const RUN: [bool; 3] = [true, false, false];
const CONVERGE: [bool; 3] = [false, true, false];
const DIVERGE: [bool; 3] = [false, false, true];
const SOME_DIVERGE: [bool; 3] = [true, false, true];

#[test]
fn descents_converge_by_gradient_or_loss() {
    let bowl = |gradient, loss| Ends {
        converged_gradient: gradient,
        converged_loss: loss,
        ..far(&[[-2.0, 2.0]; 2])
    };
    let slow = ("gradient-descent", &lr(0.05));
    check_ends(slow, BOWL, &bowl(None, None), 0, RUN);
    check_ends(slow, BOWL, &bowl(Some(1e-3), None), 1, CONVERGE);
    check_ends(slow, BOWL, &bowl(None, Some(1e-5)), 1, CONVERGE);
    // The one or the other.
    check_ends(slow, BOWL, &bowl(Some(1e-9), Some(1e-5)), 1, CONVERGE);
    check_ends(slow, BOWL, &bowl(Some(1e-12), Some(-1.0)), 1, RUN);
}

/// Out of reach; where the loss has no value; where it outgrows 32 bits; a start without a value.
#[test]
fn descents_diverge_at_their_last_finite_point() {
    let ends = far(&[[-2.0, 2.0]; 2]);
    let steep = ("gradient-descent", &lr(1.1));
    check_ends(steep, BOWL, &ends, 0, DIVERGE);
    // A wall that is jumped over: x > 0 alone has a value.
    let wall = "x - log(x) + y^2";
    check_ends(("gradient-descent", &lr(0.5)), wall, &ends, 0, SOME_DIVERGE);
    check_ends(("sgd", &lr(1e-3)), wall, &ends, 0, SOME_DIVERGE);
    // The sign of no slope is 0: nothing but the loss tells that the descent has left.
    let edge = "sqrt(x) + y^2";
    check_ends(("sign-sgd", &lr(0.3)), edge, &ends, 0, DIVERGE);
    check_ends(
        ("w = 2*w", &Settings::new()),
        "exp(x^2 + y^2)",
        &ends,
        0,
        DIVERGE,
    );
    // A quotient by a 0 that stands in the shader's text.
    let over_nothing = ("w = w - grad/0", &Settings::new());
    check_ends(over_nothing, BOWL, &ends, 0, DIVERGE);
    // The average that is drawn lags behind.
    let lagging = ("schedule-free-sgd", &lr(30.0));
    check_ends(lagging, BOWL, &ends, 0, DIVERGE);
}

/// Where nothing is to end, nothing does: numbers run to infinity, as in f64.
#[test]
fn without_ends_numbers_run_to_infinity() {
    let _turn = turn();
    let loss = Loss::from_formula(BOWL, None).expect("a formula");
    let rule = &optimizer::named("gradient-descent").expect("known").rule;
    let team = TeamPlan {
        update: update(rule, &loss, &lr(10.0)),
        starts: vec![vec![1.0, -1.0]; 3],
    };
    let mut race = Race::new(gpu(), &[team], RacePlan::of_numbers(2)).expect("a race");
    race.advance_to(gpu(), 20);
    let bytes = race.request_positions(gpu(), 0).wait(gpu()).expect("read");
    // 1 - 2*10 and 1 - 6*10, each to the 20th.
    for position in race.positions_from_bytes(0, &bytes) {
        let want = [19.0_f64.powi(20), -(59.0_f64.powi(20))];
        for (got, want) in position.iter().zip(want) {
            assert!((f64::from(*got) / want - 1.0).abs() < 1e-4, "{got} {want}");
        }
    }
    race.advance_to(gpu(), 100);
    let bytes = race.request_positions(gpu(), 0).wait(gpu()).expect("read");
    for position in race.positions_from_bytes(0, &bytes) {
        assert!(position.iter().all(|x| !x.is_finite()), "{position:?}");
    }
    let heads = race.request_heads(gpu()).wait(gpu()).expect("read");
    let heads = heads_from_bytes(&heads);
    let ran_on = |head: &Head| (head.status, head.end_step) == (RUNNING, 100);
    assert!(heads.iter().all(ran_on), "{heads:?}");
}

/// What is counted on the GPU is what the heads show.
#[test]
fn standings_count_the_heads() {
    let _turn = turn();
    let loss = Loss::from_formula(BOWL, None).expect("a formula");
    let rule = &optimizer::named("gradient-descent").expect("known").rule;
    let sizes = [1, 333, 70, 5000];
    let teams: Vec<_> = [1e-4, 0.1, 3.0, 0.33]
        .iter()
        .zip(sizes)
        .map(|(rate, count)| TeamPlan {
            update: update(rule, &loss, &lr(*rate)),
            starts: uniform(count, &[[-2.0, 2.0]; 2]),
        })
        .collect();
    let ends = Ends {
        converged_loss: Some(1e-6),
        ..far(&[[-2.0, 2.0]; 2])
    };
    let plan = RacePlan {
        ends: Some(ends),
        ..RacePlan::of_numbers(2)
    };
    let mut race = Race::new(gpu(), &teams, plan).expect("a race");
    let standings = Standings::new(gpu(), &race.descents, teams.len()).expect("a count");
    for step in [0, 7, 100] {
        race.advance_to(gpu(), step);
        let bytes = standings.request(gpu()).wait(gpu()).expect("read");
        let got = standings_from_bytes(&bytes);
        let heads = race.request_heads(gpu()).wait(gpu()).expect("read");
        let heads = heads_from_bytes(&heads);
        for (team, got) in got.iter().enumerate() {
            let own = heads.iter().filter(|head| head.team == team as u32);
            let count = |status| own.clone().filter(|head| head.status == status).count() as u32;
            let best = own.clone().map(|head| head.loss).reduce(f32::min);
            let counted = [got.running, got.converged, got.diverged];
            assert_eq!(counted, [RUNNING, CONVERGED, DIVERGED].map(count), "{team}");
            assert_eq!(got.best, best, "team {team} at step {step}");
        }
    }
    assert_eq!(got_words(&race), ["", "333 converged", "70 diverged"]);
}

/// The first teams' ends in words.
fn got_words(race: &Race) -> [String; 3] {
    let standings = Standings::new(gpu(), &race.descents, 4).expect("a count");
    let bytes = standings.request(gpu()).wait(gpu()).expect("read");
    let all = standings_from_bytes(&bytes);
    std::array::from_fn(|team| all[team].ended())
}

/// Descents a team in the sweeps, and their steps.
const COUNT: u32 = 100;
const STEPS: u32 = 50;
/// Walks with other rounding errors, of which one must end as a descent did.
const WALKS: u32 = 400;

/// One optimizer on one loss at several learning rates: nothing drawn is NaN, every end is in its
/// place, and a descent diverges where it does in f64. Where one does not, it must be chaotic: of
/// many walks in numbers as narrow as f32's, one must end as it does, or lead where a sine has no
/// meaning in f32. One descent in a hundred may be so rarely. Gives what is wrong.
fn sweep(optimizer: &Optimizer, loss: &Loss, rates: &[f64]) -> Vec<String> {
    let starts = uniform(COUNT, &loss.domain);
    let team = |rate: &f64| TeamPlan {
        update: update(&optimizer.rule, loss, &lr(*rate)),
        starts: starts.clone(),
    };
    let teams: Vec<_> = rates.iter().map(team).collect();
    let ends = far(&loss.domain);
    let heads = heads(&teams, &ends, STEPS);
    let mut faults = Vec::new();
    for ((team, rate), heads) in teams.iter().zip(rates).zip(heads.chunks(COUNT as usize)) {
        let title = format!("{} at {rate:e} on {}", optimizer.name, loss.name);
        let is_drawn = |head: &Head| head.place.iter().all(|x| x.is_finite());
        let in_order = |head: &&Head| is_drawn(head) && head.end_step <= STEPS;
        if let Some(head) = heads.iter().find(|head| !in_order(head)) {
            faults.push(format!("{title}: {head:?}"));
        }
        let mut rules = Rules::new(&team.update, loss, &ends);
        let mut otherwise = Vec::new();
        for ((descent, start), head) in (0..).zip(&team.starts).zip(heads) {
            let truth = rules.stand(descent, start, STEPS);
            let mut ends_so = |seed| {
                let rounded = rules.rounded_stand(descent, start, STEPS, seed);
                rounded.status == head.status || rounded.is_lost
            };
            if truth.status != head.status && !(0..WALKS).any(&mut ends_so) {
                otherwise.push((start, *head, truth));
            }
        }
        if otherwise.len() > COUNT as usize / 100 {
            let first = &otherwise[0];
            faults.push(format!(
                "{title}: {} end otherwise: {first:?}",
                otherwise.len()
            ));
        }
    }
    faults
}

/// Each optimizer on one loss.
#[test]
fn senseless_learning_rates_end_in_order() {
    let _turn = turn();
    let pairs = optimizer::all().iter().zip(loss::all().iter().cycle());
    let faults: Vec<_> = pairs
        .flat_map(|(optimizer, loss)| sweep(optimizer, loss, &[1e-9, 1.0, 1e9]))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
#[ignore = "every optimizer on every loss takes some minutes in release"]
fn senseless_learning_rates_end_in_order_everywhere() {
    sweep_all(|loss| loss.data.is_none());
}

#[test]
#[ignore = "every optimizer on every loss over a table takes a minute in release"]
fn senseless_learning_rates_end_in_order_over_tables() {
    sweep_all(|loss| loss.data.is_some());
}

/// Each optimizer on each of the catalogue's losses that are asked for.
fn sweep_all(is_asked: impl Fn(&&Loss) -> bool) {
    let _turn = turn();
    let rates = [1e-9, 1e-6, 1e-3, 1e-1, 1.0, 10.0, 1e3, 1e6, 1e9];
    let mut faults = Vec::new();
    for optimizer in optimizer::all() {
        for loss in loss::all().iter().filter(&is_asked) {
            faults.extend(sweep(optimizer, loss, &rates));
        }
        println!("{}: {} faults so far", optimizer.name, faults.len());
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
