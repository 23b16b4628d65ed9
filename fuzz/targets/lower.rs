//! Any text as a loss: to nodes, to derivatives, to f64 at some points, and to WGSL that naga takes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use thalweg_fuzz::formula::FormulaError;
use thalweg_fuzz::loss::{Loss, PointKernel};
use thalweg_fuzz::{check_error, check_wgsl};

fuzz_target!(|text: &str| {
    if let Err(error) = all(text) {
        check_error(&error, text);
    }
});

fn all(text: &str) -> Result<(), FormulaError> {
    let loss = Loss::from_formula(text, None)?;
    let graph = loss.graph()?;
    if graph.graph.len() < 5_000 {
        for place in [-1.5, 0.0, 2.0] {
            let at = loss.evaluate(&vec![place; loss.parameters.len()])?;
            assert_eq!(at.gradient.len(), loss.parameters.len());
        }
    }
    check_wgsl(&graph.wgsl()?);
    check_wgsl(&PointKernel::new(&graph)?.wgsl);
    Ok(())
}
