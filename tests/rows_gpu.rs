//! Losses over rows on the GPU, against the f64 evaluation of the same loss.

use std::sync::OnceLock;
use thalweg::gpu::Gpu;
use thalweg::loss::{self, Data, Loss, Table};
use thalweg::optimizer::{self, Rule, Setting, Settings, Stepper, Update};
use thalweg::simulation::field::nodes_from_bytes;
use thalweg::simulation::{Field, Plane, Race, RacePlan, Refined, TeamPlan};

fn gpu() -> &'static Gpu {
    static GPU: OnceLock<Gpu> = OnceLock::new();
    GPU.get_or_init(|| Gpu::headless().expect("the tests need a Vulkan driver"))
}

fn table(columns: &[(&str, Vec<f64>)]) -> Data {
    let headers: Vec<_> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let columns = columns.iter().map(|(_, column)| Ok(column.clone()));
    Data::new(Table::new(&headers, columns.collect()).expect("a table"))
}

/// The whole field, and how often it became finer on the way.
fn field(loss: &Loss, domain: [[f64; 2]; 2], cells: u32) -> (Vec<[f32; 4]>, usize) {
    let text = loss
        .graph()
        .expect("checked")
        .over_rows()
        .expect("within f32");
    let text = text.expect("it goes over rows");
    let plane = Plane::of_two_parameters(domain);
    let mut field = Field::over_rows(gpu(), &text, plane, cells).expect("a valid loss");
    let mut finer = 0;
    while !field.is_whole() {
        match field.refine(gpu()) {
            Refined::Finer => finer += 1,
            Refined::Same | Refined::Whole => {}
        }
        gpu().wait(None).expect("it ends");
    }
    let bytes = field
        .request_nodes(gpu())
        .wait(gpu())
        .expect("it comes back");
    (nodes_from_bytes(&bytes), finer)
}

/// Each node within `tolerance` of the f64 evaluation, relative to the largest value there is.
fn assert_is_field(loss: &Loss, nodes: &[[f32; 4]], cells: u32, tolerance: f64) {
    let [x, y] = [loss.domain[0], loss.domain[1]];
    let at = |k: u32, [low, high]: [f64; 2]| low + (high - low) * f64::from(k) / f64::from(cells);
    let mut worst = 0.0_f64;
    // A sample of a few hundred: an evaluation in f64 makes the graph anew.
    let every = (nodes.len() / 200).max(1);
    for (number, node) in nodes.iter().enumerate().step_by(every) {
        let (i, j) = (number as u32 % (cells + 1), number as u32 / (cells + 1));
        let w = [at(i, x), at(j, y)].map(|w| f64::from(w as f32));
        let truth = loss.evaluate(&w).expect("checked");
        let size = truth.value.abs().max(1.0);
        worst = worst.max((f64::from(node[0]) - truth.value).abs() / size);
        for (got, slope) in node[1..3].iter().zip(&truth.gradient) {
            worst = worst.max((f64::from(*got) - slope).abs() / slope.abs().max(1.0));
        }
        assert!(node[3] == 1.0, "{}: a hole at {w:?}", loss.name);
    }
    println!("{}: {worst:.1e} of {tolerance:.1e}", loss.name);
    assert!(worst <= tolerance, "{}: {worst:e}", loss.name);
}

#[test]
fn the_catalogues_data_losses_have_their_fields() {
    for loss in loss::all().iter().filter(|loss| loss.data.is_some()) {
        let domain = [loss.domain[0], loss.domain[1]];
        let (nodes, finer) = field(loss, domain, 33);
        assert_is_field(loss, &nodes, 33, 1e-5);
        assert_eq!(finer, 1, "a coarse grid of two comes first");
    }
}

/// More rows than a uniform has room for: blocks of 1,024 in f32 lose at most as many roundings as
/// a block has rows and a table has blocks. One sum of all would lose as many as there are rows.
#[test]
fn long_tables_do_not_drift_in_f32() {
    let rows = 20_000;
    let x: Vec<f64> = (0..rows).map(|i| f64::from(i) / f64::from(rows)).collect();
    let y = x.iter().map(|x| 0.5 * x + 0.25).collect();
    let data = table(&[("x", x), ("y", y)]);
    let mut loss = Loss::over("mean((w1*x + w2 - y)^2 + 0.1)", None, data).expect("a loss");
    loss.domain = vec![[-1.0, 2.0]; 2];
    let (nodes, _) = field(&loss, [[-1.0, 2.0]; 2], 4);
    let roundings = 1024.0 + f64::from(rows) / 1024.0 + 8.0;
    // What is lost is far below so many roundings: about their root.
    assert_is_field(&loss, &nodes, 4, 8.0 * roundings.sqrt() / 2.0_f64.powi(24));
}

/// Positions after `steps` steps of a team on the GPU, and of the same descents in f64.
fn both(update: &Update, starts: &[[f32; 2]], parameters: usize, steps: u32) -> [Vec<Vec<f64>>; 2] {
    let starts: Vec<Vec<f32>> = starts
        .iter()
        .map(|start| start[..parameters].to_vec())
        .collect();
    let team = TeamPlan {
        update: update.clone(),
        starts: starts.clone(),
    };
    let mut race = Race::new(gpu(), &[team], RacePlan::of_numbers(parameters)).expect("a race");
    race.advance_to(gpu(), steps);
    let bytes = race
        .request_numbers(gpu(), 0)
        .wait(gpu())
        .expect("they come back");
    let on_gpu = race.positions_from_bytes(0, &bytes).into_iter();
    let on_gpu = on_gpu.map(|w| w.into_iter().map(f64::from).collect());
    let on_cpu = starts.iter().enumerate().map(|(number, start)| {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let mut stepper = Stepper::of_descent(update, &start, number as u32);
        for _ in 0..steps {
            stepper.step();
        }
        stepper.parameters()
    });
    [on_gpu.collect(), on_cpu.collect()]
}

/// A line through so many points with a little noise.
fn noisy_line(rows: u32) -> Loss {
    let x: Vec<f64> = (0..rows)
        .map(|i| f64::from(i) / f64::from(rows) * 4.0 - 2.0)
        .collect();
    let noise = (0..rows).map(|i| f64::from(i * 7919 % 1000) / 1000.0 - 0.5);
    let y = x.iter().zip(noise).map(|(x, noise)| 0.75 * x - 0.5 + noise);
    let y = y.collect();
    let data = table(&[("x", x), ("y", y)]);
    Loss::over("mean((w1*x + w2 - y)^2)", None, data).expect("a loss")
}

/// Some drivers in software end the loops of an invocation after 65,535 turns, all together: many
/// steps over many rows, a search within a step, and one sum over more rows than that.
#[test]
fn long_loops_turn_to_their_end() {
    let cases = [
        ("gradient-descent", 1000, 400),
        ("armijo", 300, 120),
        ("adam", 100_001, 2),
    ];
    for (name, rows, steps) in cases {
        let rule = &optimizer::named(name).expect("known").rule;
        let update = Update::new(rule, &noisy_line(rows), &settings(0.002)).expect("an update");
        let [on_gpu, on_cpu] = both(&update, &[[2.0, 2.0], [-1.0, 0.5]], 2, steps);
        for (gpu, cpu) in on_gpu.iter().flatten().zip(on_cpu.iter().flatten()) {
            assert!((gpu - cpu).abs() < 1e-4, "{name}: {gpu}, not {cpu}");
        }
    }
    let loss = noisy_line(200_001);
    let (nodes, _) = field(&loss, [[-3.0, 3.0]; 2], 2);
    let truth = loss.evaluate(&[-3.0, -3.0]).expect("checked").value;
    let got = f64::from(nodes[0][0]);
    assert!((got / truth - 1.0).abs() < 1e-5, "{got}, not {truth}");
}

fn settings(lr: f64) -> Settings {
    Settings::from([("lr".to_owned(), Setting::Number(lr))])
}

/// w goes down by the number of each row drawn: whole numbers, which f32 adds without loss, so that
/// one row drawn otherwise would show.
#[test]
fn a_batch_has_the_same_rows_on_both_sides() {
    // Once in a uniform, once in storage.
    for rows in [64, 32_768] {
        for batch in [1, 3, 32] {
            let numbers = (0..rows).map(f64::from).collect();
            let data = Data {
                batch: Some(batch),
                ..table(&[("k", numbers)])
            };
            // A batch's sum is scaled by rows / batch.
            let loss = Loss::over(&format!("w1*sum(k)/{rows}*{batch}"), None, data);
            let rule = Rule::parse("w = w - g").expect("a rule");
            let update = Update::new(&rule, &loss.expect("a loss"), &Settings::new());
            let update = update.expect("an update").with_seed(11);
            let [on_gpu, on_cpu] = both(&update, &[[0.0; 2]; 40], 1, 8);
            for (gpu, cpu) in on_gpu.iter().zip(&on_cpu) {
                let close = (gpu[0] - cpu[0]).abs() <= 1e-6 * cpu[0].abs();
                assert!(close, "{rows} rows, {batch} a step: {gpu:?}, not {cpu:?}");
            }
            let distinct = on_cpu.iter().map(|w| w[0].to_bits());
            let distinct: std::collections::BTreeSet<_> = distinct.collect();
            assert!(distinct.len() > 30, "descents draw on their own");
        }
    }
}

#[test]
fn descents_over_rows_follow_those_in_f64() {
    let starts = [[3.0, -2.0], [-1.5, 0.5], [0.25, 4.0]];
    for (name, batch) in [
        ("line-fit", None),
        ("logistic-regression", Some(4)),
        ("sigmoid-fit", None),
    ] {
        let loss = loss::named(name).expect("known");
        let data = loss.data.clone().expect("it goes over rows");
        let loss = loss.with_data(Data { batch, ..data }).expect("the same");
        for optimizer in ["sgd", "adam"] {
            let rule = &optimizer::named(optimizer).expect("known").rule;
            let update = Update::new(rule, &loss, &settings(0.05)).expect("an update");
            let [on_gpu, on_cpu] = both(&update, &starts, 2, 50);
            for (gpu, cpu) in on_gpu.iter().flatten().zip(on_cpu.iter().flatten()) {
                assert!(
                    (gpu - cpu).abs() < 1e-4,
                    "{name}, {optimizer}: {gpu}, not {cpu}"
                );
            }
        }
    }
}

/// A rule that tries points of its own and a matrix of second derivatives, over rows.
#[test]
fn rules_that_look_elsewhere_go_over_the_rows_as_well() {
    let loss = loss::named("logistic-regression").expect("known");
    for text in [
        "w = w - 0.2*grad_at(w - 0.1*g)",
        "w = w - 0.5*solve(H, g, 0.01)",
        "w = w - 0.1*hvp(g)",
    ] {
        let rule = Rule::parse(text).expect("a rule");
        let update = Update::new(&rule, &loss, &Settings::new()).expect("an update");
        let [on_gpu, on_cpu] = both(&update, &[[0.5, -0.5], [1.0, 1.0]], 2, 10);
        for (gpu, cpu) in on_gpu.iter().flatten().zip(on_cpu.iter().flatten()) {
            assert!((gpu - cpu).abs() < 1e-4, "{text}: {gpu}, not {cpu}");
        }
    }
}

/// A million rows are read, summed and drawn; in software on a coarser grid, where 256² nodes take
/// a quarter of an hour.
#[test]
#[ignore = "a million rows take minutes in software"]
fn a_million_rows_have_a_landscape() {
    let rows = 1_000_000;
    let noise = |i: i32| f64::from(i % 1000 * 7919 % 1000) / 1000.0 - 0.5;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("points.csv");
    let mut text = "x,y\n".to_owned();
    for i in 0..rows {
        let x = 4.0 * f64::from(i) / f64::from(rows) - 2.0;
        text += &format!("{x},{}\n", 0.75 * x - 0.5 + noise(i));
    }
    std::fs::write(&path, text).expect("written");
    let begun = std::time::Instant::now();
    let table = thalweg::load::table(&path).expect("a table");
    println!("read in {:.2} s", begun.elapsed().as_secs_f64());
    let loss = Loss::over("mean((w1*x + w2 - y)^2)", None, Data::new(table)).expect("a loss");
    let begun = std::time::Instant::now();
    let is_software = gpu().adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    let cells: usize = if is_software { 64 } else { 256 };
    let (nodes, _) = field(&loss, [[-3.0, 3.0]; 2], cells as u32);
    println!(
        "{cells} x {cells} in {:.2} s on {}",
        begun.elapsed().as_secs_f64(),
        gpu().adapter.get_info().name
    );
    for (number, w) in [
        (0, [-3.0, -3.0]),
        (cells / 2 * (cells + 2), [0.0, 0.0]),
        ((cells + 1) * (cells + 1) - 1, [3.0, 3.0]),
    ] {
        let truth = loss.evaluate(&w).expect("checked").value;
        let got = f64::from(nodes[number][0]);
        println!(
            "{w:?}: {got}, in f64 {truth}: off by {:.1e} of it",
            (got / truth - 1.0).abs()
        );
        assert!((got / truth - 1.0).abs() < 2e-6);
    }
}
