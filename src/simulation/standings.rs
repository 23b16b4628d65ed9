//! The standings: how many of each team's descents run, have converged, have diverged, and its
//! lowest loss, counted on the GPU.

use super::descents::Descents;
use crate::gpu::{BindGroup, BindGroupBuilder, BufferReadback, Gpu, GpuError};
use crate::shader;

/// Workgroups of the count, each of 64 invocations, at most.
const MOST_GROUPS: u32 = 64;

/// A word above that of any number: no loss.
const NONE: u32 = u32::MAX;

const SIGN: u32 = 1 << 31;

/// How a team stands at a step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// Descents that go on.
    pub running: u32,
    /// Descents that have converged.
    pub converged: u32,
    /// Descents that have diverged.
    pub diverged: u32,
    /// The lowest loss of their present points; `None` where none of them has one.
    pub best: Option<f32>,
}

impl Standing {
    /// What has ended, in words: "40 converged, 3 diverged"; nothing where all goes on.
    pub fn ended(&self) -> String {
        let counts = [(self.converged, "converged"), (self.diverged, "diverged")];
        let told = counts.iter().filter(|(count, _)| *count > 0);
        let told: Vec<_> = told.map(|(count, how)| format!("{count} {how}")).collect();
        told.join(", ")
    }
}

/// Counts the teams' descents.
#[derive(Debug)]
pub struct Standings {
    words: wgpu::Buffer,
    teams: usize,
    groups: u32,
    bindings: BindGroup,
    pipeline: wgpu::ComputePipeline,
}

/// A team's numbers in the buffer.
type Row = [u32; 4];

impl Standings {
    /// For `descents` of so many teams.
    ///
    /// # Errors
    /// [`GpuError::Refused`].
    pub fn new(gpu: &Gpu, descents: &Descents, teams: usize) -> Result<Self, GpuError> {
        gpu.checked(|| {
            let words = gpu.buffer(
                "Standings::words",
                (teams * size_of::<Row>()) as u64,
                wgpu::BufferUsages::STORAGE
                    | wgpu::BufferUsages::COPY_DST
                    | wgpu::BufferUsages::COPY_SRC,
            );
            let bindings =
                BindGroupBuilder::new("Standings::bindings", wgpu::ShaderStages::COMPUTE)
                    .uniform(&descents.uniform)
                    .read(&descents.heads)
                    .write(&words)
                    .build(gpu);
            let label = "Standings::pipeline";
            let module = gpu.shader("Standings::shader", &shader::count_standings());
            let layouts = [&bindings.layout];
            Self {
                pipeline: gpu.compute_pipeline(label, &layouts, &module, "count_standings"),
                words,
                teams,
                groups: descents.count.div_ceil(64).clamp(1, MOST_GROUPS),
                bindings,
            }
        })
    }

    /// Counts what the heads show now, and asks for it; [`standings_from_bytes`] reads the answer.
    pub fn request(&self, gpu: &Gpu) -> BufferReadback {
        gpu.write(&self.words, &vec![[0, 0, 0, NONE]; self.teams.max(1)]);
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings.group, &[]);
        pass.dispatch_workgroups(self.groups, 1, 1);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
        let size = self.teams * size_of::<Row>();
        BufferReadback::request(gpu, &self.words, size as u64)
    }
}

/// A standing for each team, from the bytes that were asked for.
pub fn standings_from_bytes(bytes: &[u8]) -> Vec<Standing> {
    let rows: Vec<Row> = bytemuck::pod_collect_to_vec(bytes);
    let standing = |[running, converged, diverged, best]: Row| Standing {
        running,
        converged,
        diverged,
        best: (best != NONE).then(|| number_of(best)),
    };
    rows.into_iter().map(standing).collect()
}

/// The number that the shader's `ordered` made a word of.
fn number_of(word: u32) -> f32 {
    f32::from_bits(if word & SIGN == 0 { !word } else { word ^ SIGN })
}
