//! How fast the adapter at hand computes, measured once, so that work can be cut into dispatches
//! that none of them holds it for long.

use super::{BindGroupBuilder, Gpu, GpuError};
use std::time::Instant;

/// The longest that one dispatch should take, in seconds: a driver that draws the desktop too is
/// deaf for so long. Half of what is promised, since a machine may be busier than it was when it
/// was measured.
const DISPATCH_S: f64 = 0.025;

/// Operations of a turn in `shaders/measure_pace.wgsl`, weighed as
/// [`crate::formula::Graph::cost`] does.
const OPERATIONS_A_TURN: u64 = 18;

/// What is measured: many invocations for few turns, which fills the adapter, and one workgroup
/// for many, which shows how fast a single invocation can be.
const MANY: [u32; 2] = [1 << 14, 256];
const ONE_GROUP: [u32; 2] = [64, 4096];

/// Invocations of a workgroup, as the WGSL says.
const WORKGROUP: u32 = 64;

/// What fits into one dispatch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Operations of all invocations together.
    pub operations: u64,
    /// Operations that one invocation does after another.
    pub operations_in_a_row: u64,
}

impl Pace {
    /// For adapters that cannot be timed, and the least for those that can, since a machine that is
    /// busy while it is measured would cut work into crumbs: 10 to 20 ms on two cores in software.
    pub const LEAST: Self = Self {
        operations: 1 << 29,
        operations_in_a_row: 1 << 20,
    };

    /// Times the adapter with `text`, which is `shaders/measure_pace.wgsl`: about 30 ms.
    pub(super) fn measure(gpu: &Gpu, text: &str) -> Result<Self, GpuError> {
        if cfg!(target_family = "wasm") {
            // A browser cannot be waited for.
            return Ok(Self::LEAST);
        }
        let bench = Bench::new(gpu, text);
        // The first run is compiled.
        bench.seconds(gpu, [WORKGROUP, 1])?;
        let in_a_row = bench.operations_a_second(gpu, ONE_GROUP)? / f64::from(ONE_GROUP[0]);
        let all = bench.operations_a_second(gpu, MANY)?;
        let fitting = |rate: f64, least: u64| ((rate * DISPATCH_S).min(1e15) as u64).max(least);
        Ok(Self {
            operations: fitting(all, Self::LEAST.operations),
            operations_in_a_row: fitting(in_a_row, Self::LEAST.operations_in_a_row),
        })
    }
}

struct Bench {
    turns: wgpu::Buffer,
    bindings: super::BindGroup,
    pipeline: wgpu::ComputePipeline,
}

impl Bench {
    fn new(gpu: &Gpu, text: &str) -> Self {
        let turns = gpu.uniform::<[u32; 4]>("Pace::turns");
        let numbers = gpu.buffer(
            "Pace::numbers",
            u64::from(MANY[0]) * size_of::<f32>() as u64,
            wgpu::BufferUsages::STORAGE,
        );
        let bindings = BindGroupBuilder::new("Pace::bindings", wgpu::ShaderStages::COMPUTE)
            .uniform(&turns)
            .write(&numbers)
            .build(gpu);
        let module = gpu.shader("Pace::shader", text);
        let layouts = [&bindings.layout];
        let pipeline = gpu.compute_pipeline("Pace::pipeline", &layouts, &module, "measure_pace");
        Self {
            turns,
            bindings,
            pipeline,
        }
    }

    fn operations_a_second(&self, gpu: &Gpu, size: [u32; 2]) -> Result<f64, GpuError> {
        let operations = size.map(u64::from).iter().product::<u64>() * OPERATIONS_A_TURN;
        Ok(operations as f64 / self.seconds(gpu, size)?.max(1e-6))
    }

    /// How long so many invocations take for so many turns.
    fn seconds(&self, gpu: &Gpu, [invocations, turns]: [u32; 2]) -> Result<f64, GpuError> {
        gpu.write(&self.turns, &[turns, 0, 0, 0]);
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings.group, &[]);
        pass.dispatch_workgroups(invocations / WORKGROUP, 1, 1);
        drop(pass);
        gpu.wait(None)?;
        let begun = Instant::now();
        let submission = gpu.queue.submit([encoder.finish()]);
        gpu.wait(Some(submission))?;
        Ok(begun.elapsed().as_secs_f64())
    }
}

/// Compute passes on their way to the queue, submitted whenever a dispatch's worth has come
/// together.
#[derive(Debug)]
pub struct Batch<'a> {
    gpu: &'a Gpu,
    most: u64,
    encoder: Option<wgpu::CommandEncoder>,
    operations: u64,
}

impl<'a> Batch<'a> {
    /// An empty batch of at most so many operations a submission.
    pub fn new(gpu: &'a Gpu, most: u64) -> Self {
        Self {
            gpu,
            most,
            encoder: None,
            operations: 0,
        }
    }

    /// The encoder for a pass of so many operations; what was there before is submitted where both
    /// are too much together.
    pub fn encoder(&mut self, operations: u64) -> &mut wgpu::CommandEncoder {
        if self.operations.saturating_add(operations) > self.most {
            self.submit();
        }
        self.operations += operations;
        let gpu = self.gpu;
        self.encoder
            .get_or_insert_with(|| gpu.device.create_command_encoder(&Default::default()))
    }

    /// Submits what is there.
    pub fn submit(&mut self) {
        if let Some(encoder) = self.encoder.take() {
            self.gpu.queue.submit([encoder.finish()]);
        }
        self.operations = 0;
    }
}
