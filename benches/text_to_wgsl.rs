//! From text to WGSL: parsing, lowering, gradient and emission of each catalogue entry without a table,
//! and without the driver's part. `cargo bench --bench text_to_wgsl` prints the medians; an entry of a millisecond or
//! more makes it end with 1. A harness of its own, since a median of plain runs is all that is asked.

use std::process::ExitCode;
use std::time::{Duration, Instant};
use thalweg::loss::{self, Loss};

/// Runs of each entry, after one that is not counted.
const RUNS: usize = 201;

/// What every entry must stay below.
const LIMIT: Duration = Duration::from_millis(1);

fn main() -> ExitCode {
    println!("| loss | operations | median, µs | slowest, µs |\n|---|---|---|---|");
    let mut too_slow = 0;
    for loss in loss::all().iter().filter(|loss| loss.data.is_none()) {
        let mut times: Vec<_> = (0..=RUNS).map(|_| time(loss)).skip(1).collect();
        times.sort_unstable();
        let median = times[RUNS / 2];
        let graph = loss.graph().expect("a catalogue entry");
        let outputs = [&[graph.value], graph.gradient.as_slice()].concat();
        println!(
            "| {} | {} | {:.0} | {:.0} |",
            loss.name,
            graph.graph.operations(&outputs),
            median.as_secs_f64() * 1e6,
            times[RUNS - 1].as_secs_f64() * 1e6
        );
        too_slow += usize::from(median >= LIMIT);
    }
    println!(
        "\n{too_slow} of {} take {LIMIT:?} or more",
        loss::all().len()
    );
    ExitCode::from(u8::from(too_slow > 0))
}

fn time(loss: &Loss) -> Duration {
    let start = Instant::now();
    let parsed = Loss::from_formula(&loss.formula, Some(&loss.parameters));
    let wgsl = parsed.and_then(|loss| loss.graph()?.wgsl());
    let time = start.elapsed();
    assert!(
        wgsl.is_ok_and(|text| text.contains("evaluate_loss")),
        "{}",
        loss.name
    );
    time
}
