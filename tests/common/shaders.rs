//! The text of every shader, as the house assembles it.

use thalweg::loss;
use thalweg::optimizer::{self, Kernel, Settings, Update};
use thalweg::shader::{self, LandscapeText};

pub fn text() -> LandscapeText {
    LandscapeText::default()
}

pub fn exact() -> LandscapeText {
    let loss = loss::named("himmelblau").expect("a catalogue entry");
    let graph = loss.graph().expect("a catalogue entry");
    LandscapeText {
        loss: Some(graph.wgsl().expect("numbers within f32")),
        ..text()
    }
}

pub fn evaluate_field() -> String {
    let loss = loss::named("himmelblau").expect("a catalogue entry");
    let graph = loss.graph().expect("a catalogue entry");
    shader::evaluate_field(&graph.wgsl().expect("numbers within f32"))
}

pub fn refine_field() -> String {
    let loss = loss::named("line-fit").expect("a catalogue entry");
    let graph = loss.graph().expect("a catalogue entry");
    let text = graph.over_rows().expect("numbers within f32");
    shader::refine_field(&text.expect("it goes over rows").wgsl)
}

pub fn step_descents() -> String {
    let loss = loss::named("himmelblau").expect("a catalogue entry");
    let adam = optimizer::named("adam").expect("a catalogue entry");
    let update = Update::new(&adam.rule, &loss, &Settings::default()).expect("its defaults");
    shader::step_descents(&Kernel::new(&update).expect("numbers within f32").wgsl)
}

/// Each shader by its name, over a loss that is short enough for every pixel and from its field.
pub fn every_shader() -> Vec<(&'static str, String)> {
    type Stage = fn(&LandscapeText) -> String;
    let stages: [(&str, Stage); 20] = [
        ("backdrop", shader::backdrop),
        ("bake_relief", shader::bake_relief),
        ("bake_light", shader::bake_light),
        ("surface", shader::surface),
        ("surface_seen", shader::surface_seen),
        ("curve", shader::curve),
        ("contour_map", shader::contour_map),
        ("lay_trails", shader::lay_trails),
        ("trails", shader::trails),
        ("heads", shader::heads),
        ("crowd", |text| shader::crowd(text, false)),
        ("crowd of many samples", |text| shader::crowd(text, true)),
        ("crowd_layer", shader::crowd_layer),
        ("slopes", shader::slopes),
        ("marks", shader::marks),
        ("arrows", shader::arrows),
        ("patches", shader::patches),
        ("find_silhouettes", shader::find_silhouettes),
        ("silhouettes", shader::silhouettes),
        ("develop", |_| shader::develop()),
    ];
    let of_landscape = stages
        .iter()
        .flat_map(|(name, stage)| [text(), exact()].map(|text| (*name, stage(&text))));
    of_landscape
        .chain([
            ("blit", shader::blit()),
            ("count_standings", shader::count_standings()),
            ("evaluate_field", evaluate_field()),
            ("refine_field", refine_field()),
            ("step_descents", step_descents()),
            ("measure_pace", shader::measure_pace()),
        ])
        .collect()
}
