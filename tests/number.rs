//! Holds both twins of the house's mathematics to their bounds: the f64 one to
//! values from mpmath (60 digits), `number.wgsl` to the f64 one on whatever
//! adapter is here. `cargo test --test number -- --nocapture` prints the table
//! that `number-errors.md` keeps.

#[path = "common/number_bounds.rs"]
mod number_bounds;

use number_bounds::Range::{self, Even, Integers, None as Unused, Numbers, Signed};
use number_bounds::{ROWS, Row, row, ulp};
use std::f32::consts::PI;
use std::sync::LazyLock;

use thalweg::formula::number;
use wgpu::util::DeviceExt;

const NUMBER_WGSL: &str = include_str!("../shaders/include/number.wgsl");
const SPOTS: &str = include_str!("data/number.csv");
/// Points of each row of [`ROWS`].
const POINTS: usize = 1 << 17;

/// One function under its name, its WGSL call and its f64 twin. A function of one
/// variable ignores `y`.
struct Function {
    name: &'static str,
    wgsl: &'static str,
    twin: fn(f64, f64) -> f64,
}

const fn function(name: &'static str, wgsl: &'static str, twin: fn(f64, f64) -> f64) -> Function {
    Function { name, wgsl, twin }
}

#[rustfmt::skip]
const FUNCTIONS: &[Function] = &[
    function("sin", "n_sin(x)", |x, _| x.sin()),
    function("cos", "n_cos(x)", |x, _| x.cos()),
    function("tan", "n_tan(x)", |x, _| x.tan()),
    function("asin", "n_asin(x)", |x, _| x.asin()),
    function("acos", "n_acos(x)", |x, _| x.acos()),
    function("atan", "n_atan(x)", |x, _| x.atan()),
    function("atan2", "n_atan2(x, y)", f64::atan2),
    function("exp", "n_exp(x)", |x, _| x.exp()),
    function("expm1", "n_expm1(x)", |x, _| x.exp_m1()),
    function("exp2", "n_exp2(x)", |x, _| x.exp2()),
    function("log", "n_log(x)", |x, _| x.ln()),
    function("log1p", "n_log1p(x)", |x, _| x.ln_1p()),
    function("log2", "n_log2(x)", |x, _| x.log2()),
    function("log10", "n_log10(x)", |x, _| x.log10()),
    function("sinh", "n_sinh(x)", |x, _| x.sinh()),
    function("cosh", "n_cosh(x)", |x, _| x.cosh()),
    function("tanh", "n_tanh(x)", |x, _| x.tanh()),
    function("asinh", "n_asinh(x)", |x, _| x.asinh()),
    function("acosh", "n_acosh(x)", |x, _| number::acosh(x)),
    function("atanh", "n_atanh(x)", |x, _| x.atanh()),
    function("erf", "n_erf(x)", |x, _| number::erf(x)),
    function("cbrt", "n_cbrt(x)", |x, _| x.cbrt()),
    function("pow", "n_pow(x, y)", number::pow),
    function("sigmoid", "n_sigmoid(x)", |x, _| number::sigmoid(x)),
    function("softplus", "n_softplus(x)", |x, _| number::softplus(x)),
    function("hypot", "n_hypot(x, y)", number::hypot),
    function("mod", "n_mod(x, y)", number::modulo),
    function("sign", "n_sign(x)", |x, _| number::sign(x)),
];

fn named(name: &str) -> &'static Function {
    FUNCTIONS
        .iter()
        .find(|function| function.name == name)
        .unwrap_or_else(|| panic!("no function {name}"))
}

/// A fixed stream of random bits (PCG, O'Neill 2014).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u32 {
        let state = self.0;
        self.0 = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let shifted = (((state >> 18) ^ state) >> 27) as u32;
        shifted.rotate_right((state >> 59) as u32)
    }

    /// In `[0, 1]`.
    fn unit(&mut self) -> f64 {
        f64::from(self.bits()) / f64::from(u32::MAX)
    }
}

/// Point `index` of `POINTS`; every other point is on the grid. `on_grid` is false
/// for a second variable, whose grid would only follow the first one's.
fn point(range: Range, index: usize, on_grid: bool, random: &mut Random) -> f32 {
    let unit = random.unit();
    let part = if on_grid && index.is_multiple_of(2) {
        index as f64 / (POINTS - 2) as f64
    } else {
        unit
    };
    let between = |from: f64, to: f64| from + (to - from) * part;
    let number = |from: f32, to: f32| {
        f32::from_bits(between(f64::from(from.to_bits()), f64::from(to.to_bits())) as u32)
    };
    match range {
        Even(from, to) => between(f64::from(from), f64::from(to)) as f32,
        Numbers(from, to) => number(from, to),
        Signed(from, to) => number(from, to) * [1.0, -1.0][random.bits() as usize % 2],
        Integers(from, to) => between(f64::from(from), f64::from(to)).round() as f32,
        Unused => 0.0,
    }
}

fn points(row: &Row) -> Vec<[f32; 2]> {
    let mut random = Random(2463534242);
    (0..POINTS)
        .map(|i| {
            [
                point(row.x, i, true, &mut random),
                point(row.y, i, false, &mut random),
            ]
        })
        .collect()
}

struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

static GPU: LazyLock<Gpu> = LazyLock::new(|| {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let adapter =
        pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default()))
            .expect("these tests need an adapter, such as Mesa's llvmpipe");
    println!("adapter: {}", adapter.get_info().name);
    let (device, queue) =
        pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default()))
            .expect("an adapter has a device with the default limits");
    Gpu { device, queue }
});

/// A kernel that writes `wgsl`, an f32 expression of x and y, for each point.
fn pipeline(wgsl: &str) -> wgpu::ComputePipeline {
    let source = format!(
        "{NUMBER_WGSL}
        @group(0) @binding(0) var<storage> points: array<vec2f>;
        @group(0) @binding(1) var<storage, read_write> values: array<f32>;
        @compute @workgroup_size(64) fn evaluate(@builtin(global_invocation_id) id: vec3u) {{
            if id.x < arrayLength(&points) {{
                let x = points[id.x].x;
                let y = points[id.x].y;
                values[id.x] = {wgsl};
            }}
        }}"
    );
    let module = GPU
        .device
        .create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(wgsl),
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
    GPU.device
        .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(wgsl),
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        })
}

/// `wgsl`, an f32 expression of x and y, at each point.
fn evaluate(wgsl: &str, points: &[[f32; 2]]) -> Vec<f32> {
    let Gpu { device, queue } = &*GPU;
    let pipeline = pipeline(wgsl);
    let inputs = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("points"),
        contents: bytemuck::cast_slice(points),
        usage: wgpu::BufferUsages::STORAGE,
    });
    let size = (points.len() * 4) as u64;
    let buffer = |label, usage| {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size,
            usage,
            mapped_at_creation: false,
        })
    };
    let values = buffer(
        "values",
        wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
    );
    let readback = buffer(
        "readback",
        wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
    );
    let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[
            wgpu::BindGroupEntry {
                binding: 0,
                resource: inputs.as_entire_binding(),
            },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: values.as_entire_binding(),
            },
        ],
    });
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(points.len().div_ceil(64) as u32, 1, 1);
    }
    encoder.copy_buffer_to_buffer(&values, 0, &readback, 0, size);
    queue.submit([encoder.finish()]);
    readback.slice(..).map_async(wgpu::MapMode::Read, |mapped| {
        mapped.expect("a readback maps");
    });
    device
        .poll(wgpu::PollType::wait_indefinitely())
        .expect("the device answers");
    let view = readback
        .slice(..)
        .get_mapped_range()
        .expect("the readback is mapped");
    bytemuck::cast_slice(&view).to_vec()
}

/// `|got - want|`, counting what f32 cannot hold as held: an infinity in place of
/// a number too large for f32, and anything below 2^-125 in place of another.
fn error(got: f32, want: f64) -> f64 {
    let smallest = 2.0 * f64::from(f32::MIN_POSITIVE);
    let largest = f64::from(f32::MAX);
    let flushed = f64::from(got).abs() <= smallest && want.abs() <= smallest;
    let overflown =
        got.is_infinite() && want.abs() > largest * (1.0 - 1e-6) && (got > 0.0) == (want > 0.0);
    if flushed || overflown || (got.is_nan() && want.is_nan()) {
        0.0
    } else if got.is_nan() || want.is_nan() {
        f64::INFINITY
    } else {
        (f64::from(got) - want.clamp(-2.0 * largest, 2.0 * largest)).abs()
    }
}

/// The worst of a row's points.
#[derive(Default)]
struct Worst {
    ulp: f64,
    absolute: f64,
    /// Where `ulp` was met.
    at: [f32; 2],
    /// The first point out of bounds.
    broken: Option<([f32; 2], f32, f64)>,
}

fn measure(row: &Row) -> Worst {
    let function = named(row.name);
    let points = points(row);
    let mut worst = Worst::default();
    for (&[x, y], &got) in points.iter().zip(&evaluate(function.wgsl, &points)) {
        let want = (function.twin)(f64::from(x), f64::from(y));
        let off = error(got, want);
        let off_ulp = off / ulp(want);
        if off_ulp > worst.ulp {
            worst.ulp = off_ulp;
            worst.at = [x, y];
        }
        worst.absolute = worst.absolute.max(off);
        if off > row.absolute.max(row.ulp * ulp(want)) && worst.broken.is_none() {
            worst.broken = Some(([x, y], got, want));
        }
    }
    worst
}

fn shown(range: Range) -> String {
    match range {
        Even(from, to) => format!("{from} … {to}"),
        Numbers(from, to) => format!("{from:e} … {to:e}"),
        Signed(from, to) => format!("±{from:e} … ±{to:e}"),
        Integers(from, to) => format!("{from}, …, {to}"),
        Unused => String::new(),
    }
}

fn bound(row: &Row) -> String {
    match row.absolute {
        0.0 => format!("{} ulp", row.ulp),
        absolute => format!("{} ulp or {absolute:e}", row.ulp),
    }
}

#[test]
fn every_function_keeps_its_bound() {
    println!("| function | x | y | bound | worst, ulp | worst, absolute | at |");
    println!("|---|---|---|---|---|---|---|");
    let mut broken = Vec::new();
    for row in ROWS {
        let worst = measure(row);
        println!(
            "| {} | {} | {} | {} | {:.2} | {:.1e} | {:?} |",
            row.name,
            shown(row.x),
            shown(row.y),
            bound(row),
            worst.ulp,
            worst.absolute,
            worst.at
        );
        if let Some((at, got, want)) = worst.broken {
            broken.push(format!("{} at {at:?}: {got:e} for {want:e}", row.name));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_function_has_a_row() {
    for function in FUNCTIONS {
        assert!(
            ROWS.iter().any(|row| row.name == function.name),
            "{}",
            function.name
        );
    }
}

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;

/// Values that hold exactly: expression of x and y, x, y, value.
#[rustfmt::skip]
const EXACT: &[(&str, f32, f32, f32)] = &[
    ("n_over_zero(x)", 2.0, 0.0, INF), ("n_over_zero(x)", -2.0, 0.0, -INF), ("n_over_zero(x)", 0.0, 0.0, NAN),
    ("n_over_zero(x)", -0.0, 0.0, NAN), ("n_over_zero(x)", NAN, 0.0, NAN), ("n_over_zero(x)", -INF, 0.0, -INF),
    ("n_sin(x)", 0.0, 0.0, 0.0), ("n_sin(x)", INF, 0.0, NAN), ("n_sin(x)", -INF, 0.0, NAN),
    ("n_cos(x)", 0.0, 0.0, 1.0), ("n_cos(x)", INF, 0.0, NAN), ("n_tan(x)", INF, 0.0, NAN), ("n_tan(x)", 0.0, 0.0, 0.0),
    ("n_asin(x)", 0.0, 0.0, 0.0), ("n_asin(x)", -0.0, 0.0, -0.0), ("n_asin(x)", 1.0000001, 0.0, NAN), ("n_asin(x)", -INF, 0.0, NAN),
    ("n_acos(x)", 1.0, 0.0, 0.0), ("n_acos(x)", -1.5, 0.0, NAN), ("n_acos(x)", INF, 0.0, NAN),
    ("n_atan(x)", INF, 0.0, PI / 2.0), ("n_atan(x)", -INF, 0.0, -PI / 2.0), ("n_atan(x)", -0.0, 0.0, -0.0),
    ("n_atan2(x, y)", 0.0, 0.0, 0.0), ("n_atan2(x, y)", -0.0, 1.0, -0.0), ("n_atan2(x, y)", 0.0, -0.0, PI),
    ("n_atan2(x, y)", -0.0, -1.0, -PI), ("n_atan2(x, y)", 1.0, 0.0, PI / 2.0), ("n_atan2(x, y)", INF, 5.0, PI / 2.0),
    ("n_atan2(x, y)", 5.0, INF, 0.0), ("n_atan2(x, y)", INF, INF, PI / 4.0), ("n_atan2(x, y)", INF, -INF, 2.3561945),
    ("n_atan2(x, y)", 1.0, NAN, NAN),
    ("n_exp(x)", 0.0, 0.0, 1.0), ("n_exp(x)", -INF, 0.0, 0.0), ("n_exp(x)", INF, 0.0, INF), ("n_exp(x)", 89.0, 0.0, INF), ("n_exp(x)", -110.0, 0.0, 0.0),
    ("n_expm1(x)", 0.0, 0.0, 0.0), ("n_expm1(x)", -INF, 0.0, -1.0), ("n_expm1(x)", INF, 0.0, INF),
    ("n_exp2(x)", 10.0, 0.0, 1024.0), ("n_exp2(x)", -125.0, 0.0, 2.0 * f32::MIN_POSITIVE), ("n_exp2(x)", 128.0, 0.0, INF), ("n_exp2(x)", -INF, 0.0, 0.0),
    ("n_log(x)", 1.0, 0.0, 0.0), ("n_log(x)", 0.0, 0.0, -INF), ("n_log(x)", -0.0, 0.0, -INF), ("n_log(x)", 1e-40, 0.0, -INF),
    ("n_log(x)", -1.0, 0.0, NAN), ("n_log(x)", INF, 0.0, INF), ("n_log(x)", -INF, 0.0, NAN),
    ("n_log2(x)", 0.125, 0.0, -3.0), ("n_log2(x)", 0.0, 0.0, -INF), ("n_log2(x)", -2.0, 0.0, NAN), ("n_log2(x)", INF, 0.0, INF),
    ("n_log10(x)", 1.0, 0.0, 0.0), ("n_log10(x)", 1000.0, 0.0, 3.0), ("n_log10(x)", 0.0, 0.0, -INF), ("n_log10(x)", -2.0, 0.0, NAN),
    ("n_log1p(x)", 0.0, 0.0, 0.0), ("n_log1p(x)", -1.0, 0.0, -INF), ("n_log1p(x)", -1.5, 0.0, NAN), ("n_log1p(x)", INF, 0.0, INF),
    ("n_sinh(x)", -0.0, 0.0, -0.0), ("n_sinh(x)", INF, 0.0, INF), ("n_sinh(x)", -INF, 0.0, -INF), ("n_cosh(x)", 0.0, 0.0, 1.0), ("n_cosh(x)", -INF, 0.0, INF),
    ("n_tanh(x)", -0.0, 0.0, -0.0), ("n_tanh(x)", INF, 0.0, 1.0), ("n_tanh(x)", -INF, 0.0, -1.0),
    ("n_asinh(x)", -0.0, 0.0, -0.0), ("n_asinh(x)", -INF, 0.0, -INF), ("n_acosh(x)", 1.0, 0.0, 0.0), ("n_acosh(x)", 0.5, 0.0, NAN), ("n_acosh(x)", INF, 0.0, INF),
    ("n_acosh(x)", -INF, 0.0, NAN), ("n_atanh(x)", 1.0, 0.0, INF), ("n_atanh(x)", -1.0, 0.0, -INF), ("n_atanh(x)", 1.5, 0.0, NAN), ("n_atanh(x)", -0.0, 0.0, -0.0),
    ("n_erf(x)", -0.0, 0.0, -0.0), ("n_erf(x)", INF, 0.0, 1.0), ("n_erf(x)", -INF, 0.0, -1.0), ("n_erf(x)", 4.5, 0.0, 1.0),
    ("n_cbrt(x)", 27.0, 0.0, 3.0), ("n_cbrt(x)", -8.0, 0.0, -2.0), ("n_cbrt(x)", -0.0, 0.0, -0.0), ("n_cbrt(x)", -INF, 0.0, -INF),
    ("n_pow(x, y)", 0.0, 0.0, 1.0), ("n_pow(x, y)", INF, 0.0, 1.0), ("n_pow(x, y)", NAN, 0.0, NAN), ("n_pow(x, y)", 1.0, NAN, NAN),
    ("n_pow(x, y)", 0.0, 2.0, 0.0), ("n_pow(x, y)", 0.0, -2.0, INF), ("n_pow(x, y)", -0.0, -3.0, -INF), ("n_pow(x, y)", -0.0, 3.0, -0.0),
    ("n_pow(x, y)", -2.0, 3.0, -8.0), ("n_pow(x, y)", -2.0, 2.0, 4.0), ("n_pow(x, y)", -2.0, 0.5, NAN), ("n_pow(x, y)", 3.0, 4.0, 81.0),
    ("n_pow(x, y)", INF, 0.5, INF), ("n_pow(x, y)", INF, -0.5, 0.0), ("n_pow(x, y)", -INF, 3.0, -INF), ("n_pow(x, y)", 2.0, INF, INF),
    ("n_pow(x, y)", 0.5, INF, 0.0), ("n_pow(x, y)", 2.0, -INF, 0.0), ("n_pow(x, y)", 1.0, INF, 1.0), ("n_pow(x, y)", -1.0, INF, 1.0),
    ("n_pow(x, y)", 1.0, 1e30, 1.0), ("n_pow(x, y)", -1.0, 16777215.0, -1.0), ("n_pow(x, y)", 2.0, 127.0, 1.7014118e38), ("n_pow(x, y)", 2.0, 128.0, INF),
    ("n_pow(x, y)", 10.0, -50.0, 0.0), ("n_pow(x, y)", -3.0, 3.0, -27.0), ("n_pow(x, y)", 2.0, -2.0, 0.25),
    ("n_sigmoid(x)", 0.0, 0.0, 0.5), ("n_sigmoid(x)", INF, 0.0, 1.0), ("n_sigmoid(x)", -INF, 0.0, 0.0),
    ("n_softplus(x)", 100.0, 0.0, 100.0), ("n_softplus(x)", -INF, 0.0, 0.0), ("n_softplus(x)", INF, 0.0, INF), ("n_softplus(x)", 3e38, 0.0, 3e38),
    ("n_hypot(x, y)", 3.0, -4.0, 5.0), ("n_hypot(x, y)", 0.0, 0.0, 0.0), ("n_hypot(x, y)", INF, 1.0, INF), ("n_hypot(x, y)", -3e38, 0.0, 3e38), ("n_hypot(x, y)", INF, NAN, NAN),
    ("n_mod(x, y)", 7.5, 2.0, 1.5), ("n_mod(x, y)", -7.5, 2.0, 0.5), ("n_mod(x, y)", 7.5, -2.0, -0.5), ("n_mod(x, y)", -7.5, -2.0, -1.5), ("n_mod(x, y)", 6.0, 3.0, 0.0),
    ("n_mod(x, y)", 1.0, 0.0, NAN), ("n_mod(x, y)", INF, 2.0, NAN), ("n_mod(x, y)", 1.0, INF, NAN), ("n_mod(x, y)", 1.0, NAN, NAN),
    ("n_sign(x)", 0.0, 0.0, 0.0), ("n_sign(x)", -0.0, 0.0, 0.0), ("n_sign(x)", -INF, 0.0, -1.0), ("n_sign(x)", 1e-30, 0.0, 1.0),
    ("n_nan()", 0.0, 0.0, NAN), ("n_inf()", 0.0, 0.0, INF), ("f32(n_is_nan(x))", NAN, 0.0, 1.0), ("f32(n_is_nan(x))", INF, 0.0, 0.0),
    ("f32(n_is_finite(x))", NAN, 0.0, 0.0), ("f32(n_is_finite(x))", -INF, 0.0, 0.0), ("f32(n_is_finite(x))", f32::MAX, 0.0, 1.0),
];

#[test]
fn edges_are_exact() {
    let mut calls: Vec<&str> = EXACT.iter().map(|edge| edge.0).collect();
    calls.dedup();
    let mut broken = Vec::new();
    for call in calls {
        let edges: Vec<_> = EXACT.iter().filter(|edge| edge.0 == call).collect();
        let points: Vec<_> = edges.iter().map(|edge| [edge.1, edge.2]).collect();
        for (edge, got) in edges.iter().zip(evaluate(call, &points)) {
            let want = edge.3;
            let same_zero = got == 0.0 && got.is_sign_negative() == want.is_sign_negative();
            if !(got == want && (want != 0.0 || same_zero) || got.is_nan() && want.is_nan()) {
                broken.push(format!(
                    "{call} at {}, {}: {got:e} for {want:e}",
                    edge.1, edge.2
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The f64 twin agrees with [`EXACT`] to f32's precision.
#[test]
fn twins_share_their_edges() {
    for function in FUNCTIONS {
        for &(_, x, y, want) in EXACT
            .iter()
            .filter(|edge| edge.0 == function.wgsl && edge.1 != 1e-40)
        {
            let got = (function.twin)(f64::from(x), f64::from(y));
            let close = error(want, got) <= ulp(got);
            assert!(close, "{} at {x}, {y}: {got:e} for {want:e}", function.name);
        }
    }
}

#[test]
fn nan_in_nan_out() {
    let mut numbers = Vec::new();
    for function in FUNCTIONS {
        let mut points = vec![[NAN, 1.5], [-NAN, 2.0]];
        if function.wgsl.contains("y)") {
            points.extend([[1.5, NAN], [0.0, NAN], [NAN, NAN]]);
        }
        for (point, got) in points.iter().zip(evaluate(function.wgsl, &points)) {
            let twin = (function.twin)(f64::from(point[0]), f64::from(point[1]));
            if !(got.is_nan() && twin.is_nan()) {
                let name = function.name;
                numbers.push(format!("{name} at {point:?}: {got}, twin {twin}"));
            }
        }
    }
    assert!(numbers.is_empty(), "{numbers:#?}");
}

/// Near a pole the angle's own error counts, so it is part of the bound.
#[test]
fn tangent_is_that_of_a_near_angle() {
    let row = row("tan", Even(-100.0, 100.0), Unused, 6.0, 0.0);
    let points = points(&row);
    for (&[x, _], got) in points.iter().zip(evaluate("n_tan(x)", &points)) {
        let want = f64::from(x).tan();
        let bound = row.ulp * ulp(want) + 2e-11 * (1.0 + want * want);
        assert!(error(got, want) <= bound, "tan {x}: {got:e} for {want:e}");
    }
}

#[test]
fn sine_of_a_huge_angle_is_bounded() {
    let points: Vec<[f32; 2]> = (0..1 << 16)
        .map(|i| [f32::from_bits(1e5f32.to_bits() + i * 1500), 0.0])
        .collect();
    for call in ["n_sin(x)", "n_cos(x)"] {
        assert!(
            evaluate(call, &points)
                .iter()
                .all(|value| value.abs() <= 1.0),
            "{call}"
        );
    }
}

/// At and beside whole multiples, where a quotient may be rounded across one.
#[test]
fn modulo_knows_whole_multiples() {
    let mut random = Random(7);
    let points: Vec<[f32; 2]> = (0..POINTS)
        .map(|_| {
            let y = (random.unit() * 20.0 - 10.0) as f32;
            let multiple = (f64::from(y) * f64::from(random.bits() % 2000)) as f32;
            [f32::from_bits(multiple.to_bits() + random.bits() % 2), y]
        })
        .collect();
    for (&[x, y], got) in points.iter().zip(evaluate("n_mod(x, y)", &points)) {
        let want = number::modulo(f64::from(x), f64::from(y));
        let close = error(got, want) <= ulp(want);
        assert!(
            close && got.abs() <= y.abs(),
            "{x} mod {y}: {got:e} for {want:e}"
        );
    }
}

#[test]
fn f64_agrees_with_mpmath() {
    let mut broken = Vec::new();
    for line in SPOTS.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [x, y, want] = [1, 2, 3].map(|i| fields[i].parse::<f64>().expect("a number"));
        let got = (named(fields[0]).twin)(x, y);
        let off = ((got - want) / want).abs();
        if off.is_nan() && got != want || off > 2e-15 {
            broken.push(format!(
                "{} at {x:e}, {y:e}: {got:e} for {want:e}, off {off:.1e}",
                fields[0]
            ));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The names that are called in WGSL text: an identifier before a parenthesis.
fn called_names(wgsl: &str) -> Vec<&str> {
    let code = wgsl
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let before = code.flat_map(|line| line.match_indices('(').map(move |(at, _)| &line[..at]));
    before
        .map(|text| {
            text.rsplit(|c: char| !(c.is_alphanumeric() || c == '_' || c == '<' || c == '>'))
                .next()
                .unwrap_or_default()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn only_trusted_built_ins_are_called() {
    let trusted = [
        "select",
        "abs",
        "floor",
        "trunc",
        "sqrt",
        "bitcast<f32>",
        "bitcast<u32>",
        "vec2f",
        "f32",
        "i32",
    ];
    for name in called_names(NUMBER_WGSL) {
        assert!(
            name.starts_with("n_") || trusted.contains(&name),
            "{name} may be off by more than 2.5 ulp"
        );
    }
}
