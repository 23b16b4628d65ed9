//! Lays the trails out on the image before they are drawn: for each frame, a compute stage walks
//! every trail and writes the joints of its ribbon, in the order of the descents.
//!
//! Points that fall on the same pixel or on one line are merged, long steps are cut so that the
//! ribbon follows the surface, and what the camera does not see is left out. The work on the GPU
//! is measure, count, prefix sum, write, stand; no atomics, so that the same frame has the same
//! bits in every run.

use super::target::PassBase;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use crate::simulation::Descents;
use bytemuck::{Pod, Zeroable};

/// Room for teams in the passes' tables of colours.
pub const MAX_TEAMS: usize = 64;

/// The most bytes of joints: WebGPU's default limit on a storage binding.
const MAX_JOINT_BYTES: u64 = 128 << 20;

/// Threads a workgroup of the two walks, as the WGSL says.
const WALKERS: u32 = 16;

/// Threads a workgroup of the kernels over all steps and over all joints, as the WGSL says.
const STRIDERS: u32 = 64;

/// The most workgroups of a kernel; each strides over what is left. Enough for any GPU, and few
/// enough that idle ones cost nothing.
const MOST_GROUPS: u32 = 1024;

/// Bytes of a `Step` in `shaders/lay_trails.wgsl`.
const STEP_BYTES: u64 = 12;

/// A colour for each team: display-encoded red, green and blue from 0 to 1, and 1 where the team
/// is shown or 0 where it is hidden. Rows beyond the last team are not read.
pub type TeamColours = [[f32; 4]; MAX_TEAMS];

/// How the trails are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailStyle {
    /// The teams' colours.
    pub teams: TeamColours,
    /// The ribbon's width in points.
    pub width_pt: f32,
    /// The dark outline's width on either side, in points; 0 draws none.
    pub outline_pt: f32,
    /// Opacity of the outline, 0 to 1.
    pub outline_opacity: f32,
    /// Opacity where a trail starts, 0 to 1; it grows along the trail to 1 at the head.
    pub oldest_opacity: f32,
    /// Whether trails follow the surface; else each step is a straight chord.
    pub draped: bool,
    /// Cells a side of the surface's drawn mesh, which must not swallow a trail.
    pub mesh_cells: u32,
    /// Where trails leave the landscape's plane, the farthest that the domain reaches from it, in
    /// units of the parameters: ribbons get fainter and thinner up to there. They are then seen,
    /// faintly, through the surface as well.
    pub reach: Option<f32>,
}

impl Default for TrailStyle {
    fn default() -> Self {
        Self {
            teams: [[1.0; 4]; MAX_TEAMS],
            width_pt: 1.6,
            outline_pt: 0.6,
            outline_opacity: 0.5,
            oldest_opacity: 0.7,
            draped: true,
            mesh_cells: 256,
            reach: None,
        }
    }
}

/// `TrailStyle` in `shaders/lay_trails.wgsl` and `shaders/trails.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(
    missing_docs,
    reason = "`TrailStyle` and the WGSL twin document each field"
)]
pub struct TrailUniform {
    pub teams: TeamColours,
    pub width_pt: f32,
    pub outline_pt: f32,
    pub oldest_opacity: f32,
    pub outline_opacity: f32,
    pub mesh_cells: f32,
    pub draped: u32,
    pub capacity: u32,
    pub fade: f32,
}

/// `Span` in `shaders/lay_trails.wgsl`: where a trail's joints lie.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct Span {
    pub first: u32,
    pub room: u32,
    pub candidates: u32,
    pub trail_length: f32,
}

/// `Joint` in `shaders/lay_trails.wgsl` and `shaders/trails.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct Joint {
    pub px: [f32; 2],
    pub depth_per_px: [f32; 2],
    pub depth: f32,
    pub greatest_tilt: f32,
    pub look: u32,
    pub freshness: f32,
}

/// The buffers that a frame's joints are laid into.
#[derive(Debug)]
pub struct TrailBuffers {
    /// The [`TrailUniform`].
    pub style: wgpu::Buffer,
    /// What the steps are on the image: for the use of the stage itself.
    steps: wgpu::Buffer,
    /// A [`Span`] a trail.
    pub spans: wgpu::Buffer,
    /// The [`Joint`]s of all trails, and two more that end the last one.
    pub joints: wgpu::Buffer,
    /// The arguments of the indirect draw.
    pub draw: wgpu::Buffer,
    /// Room in `joints`, the last two not counted.
    pub capacity: u32,
    trails: u32,
    trail_points: u32,
}

impl TrailBuffers {
    /// Room for `trails` trails of `trail_points` points: eight joints a point, within the limits
    /// of WebGPU.
    fn new(gpu: &Gpu, trails: u32, trail_points: u32) -> Self {
        let capacity = joint_capacity(trails, trail_points);
        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        let joint_bytes = size_of::<Joint>() as u64;
        let span_bytes = size_of::<Span>() as u64;
        Self {
            style: gpu.uniform::<TrailUniform>("TrailBuffers::style"),
            steps: gpu.buffer(
                "TrailBuffers::steps",
                u64::from(trails) * (u64::from(trail_points) + 1) * STEP_BYTES,
                storage,
            ),
            spans: gpu.buffer(
                "TrailBuffers::spans",
                u64::from(trails) * span_bytes,
                storage,
            ),
            joints: gpu.buffer(
                "TrailBuffers::joints",
                (u64::from(capacity) + 2) * joint_bytes,
                storage,
            ),
            draw: gpu.buffer(
                "TrailBuffers::draw",
                size_of::<wgpu::util::DrawIndirectArgs>() as u64,
                storage | wgpu::BufferUsages::INDIRECT,
            ),
            capacity,
            trails,
            trail_points,
        }
    }
}

/// Room for joints: when trails need more, they are thinned, each by the same share.
fn joint_capacity(trails: u32, trail_points: u32) -> u32 {
    let most = MAX_JOINT_BYTES / size_of::<Joint>() as u64 - 2;
    let wanted = u64::from(trails) * u64::from(trail_points) * 8;
    u32::try_from(wanted.clamp(1 << 16, most)).expect("the limit is far below 2^32")
}

/// The compute stage.
#[derive(Debug)]
pub struct LayTrails {
    measure: wgpu::ComputePipeline,
    count: wgpu::ComputePipeline,
    place: wgpu::ComputePipeline,
    write: wgpu::ComputePipeline,
    stand: wgpu::ComputePipeline,
    bindings: BindGroup,
    buffers: TrailBuffers,
}

impl LayTrails {
    /// The pipelines; groups 0 and 1 must be visible to compute stages.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let buffers = TrailBuffers::new(gpu, 1, 1);
        let bindings = bind(&buffers).build(gpu);
        let module = gpu.shader("LayTrails::shader", &shader::lay_trails(base.text));
        let groups = [base.groups[0], base.groups[1], &bindings.layout];
        let pipeline = |entry| gpu.compute_pipeline("LayTrails::pipeline", &groups, &module, entry);
        Self {
            measure: pipeline("measure_steps"),
            count: pipeline("count_joints"),
            place: pipeline("place_spans"),
            write: pipeline("write_joints"),
            stand: pipeline("stand_joints"),
            bindings,
            buffers,
        }
    }

    /// Makes room for the trails of `descents` and takes the style over. Returns whether the
    /// buffers are new ones.
    pub fn prepare(&mut self, gpu: &Gpu, descents: &Descents, style: &TrailStyle) -> bool {
        let had = (self.buffers.trails, self.buffers.trail_points);
        let is_new = had != (descents.trail_count(), descents.trail_points);
        if is_new {
            self.buffers = TrailBuffers::new(gpu, descents.trail_count(), descents.trail_points);
            self.bindings = bind(&self.buffers).build_on(gpu, &self.bindings.layout);
        }
        let uniform = TrailUniform::new(style, self.buffers.capacity);
        gpu.write(&self.buffers.style, &[uniform]);
        is_new
    }

    /// Lays the joints; the caller has set groups 0 and 1.
    pub fn lay(&self, pass: &mut wgpu::ComputePass) {
        let TrailBuffers {
            trails,
            trail_points,
            ..
        } = self.buffers;
        let steps = (trails * (trail_points + 1)).div_ceil(STRIDERS);
        let steps = steps.min(MOST_GROUPS);
        let walks = trails.div_ceil(WALKERS).min(MOST_GROUPS);
        pass.set_bind_group(2, &self.bindings.group, &[]);
        for (pipeline, groups) in [
            (&self.measure, steps),
            (&self.count, walks),
            (&self.place, 1),
            (&self.write, walks),
            (&self.stand, (steps / 8).max(1)),
        ] {
            pass.set_pipeline(pipeline);
            pass.dispatch_workgroups(groups, 1, 1);
        }
    }

    /// What [`LayTrails::lay`] writes.
    pub fn buffers(&self) -> &TrailBuffers {
        &self.buffers
    }
}

/// How much nearness a unit of distance takes: none where nothing lies beside the plane.
pub(super) fn fade_of(reach: Option<f32>) -> f32 {
    reach.map_or(0.0, |reach| 1.0 / reach.max(f32::MIN_POSITIVE))
}

impl TrailUniform {
    pub(super) fn new(style: &TrailStyle, capacity: u32) -> Self {
        Self {
            teams: style.teams,
            width_pt: style.width_pt,
            outline_pt: style.outline_pt,
            oldest_opacity: style.oldest_opacity,
            outline_opacity: style.outline_opacity,
            mesh_cells: style.mesh_cells as f32,
            draped: u32::from(style.draped),
            capacity,
            fade: fade_of(style.reach),
        }
    }
}

fn bind(buffers: &TrailBuffers) -> BindGroupBuilder<'_> {
    BindGroupBuilder::new("LayTrails::bindings", wgpu::ShaderStages::COMPUTE)
        .uniform(&buffers.style)
        .write(&buffers.steps)
        .write(&buffers.spans)
        .write(&buffers.joints)
        .write(&buffers.draw)
}
