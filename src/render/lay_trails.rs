//! Lays the trails out on the image before they are drawn: for each frame, a compute stage walks
//! every trail and writes the joints of its ribbon, in the order of the descents.
//!
//! Points that fall on the same pixel or on one line are merged, long steps are cut so that the
//! ribbon follows the surface, and what the camera does not see is left out. The work on the GPU
//! is measure, count, prefix sum, write, stand; no atomics, so that the same frame has the same
//! bits in every run.

use super::lazy::{Lazy, Module};
use super::pipeline::PassBase;
use super::relief::MESH_CELLS;
use super::ribbons::BATCH;
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

/// Threads a workgroup of the kernels over all stretches and over all joints, as the WGSL says.
const STRIDERS: u32 = 64;

/// Steps of a stretch, as the WGSL says.
const STRETCH: u32 = 16;

/// The most workgroups of a kernel; each strides over what is left. Enough for any GPU, and few
/// enough that idle ones cost nothing.
const MOST_GROUPS: u32 = 1024;

/// Joints after the last trail's: what fills a batch, and two that its last piece looks ahead to.
const MORE_JOINTS: u64 = BATCH as u64 + 2;

/// Bytes of a `Draw` in `shaders/lay_trails.wgsl`.
const DRAW_BYTES: u64 = 24;

/// Bytes of a `Step` in `shaders/include/trail_steps.wgsl`.
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
    /// units of the parameters: ribbons get fainter and thinner up to there.
    pub reach: Option<f32>,
    /// Opacity of the whole, 0 to 1.
    pub opacity: f32,
    /// Opacity of what the surface hides, beside the rest, 0 to 1; 0 does not draw it.
    pub hidden_opacity: f32,
    /// Strength of the glow around the ribbon, 0 to 1; 0 draws none.
    pub glow: f32,
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
            mesh_cells: MESH_CELLS,
            reach: None,
            opacity: 1.0,
            hidden_opacity: 0.0,
            glow: 0.0,
        }
    }
}

/// `TrailStyle` in `shaders/include/trail.wgsl`.
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
    pub opacity: f32,
    pub hidden_opacity: f32,
    pub glow: f32,
    pub padding: f32,
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

/// `Joint` in `shaders/include/trail.wgsl`.
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

/// Where the trails lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// On the surface, or as chords from one of its points to the next.
    Surface,
    /// On the floor under it: their projection.
    Floor,
}

/// The buffers that a frame's joints are laid into.
#[derive(Debug)]
pub struct TrailBuffers {
    /// Where they lie.
    pub lie: Lie,
    /// The [`TrailUniform`].
    pub style: wgpu::Buffer,
    /// What the steps are on the image: for the use of the stage itself.
    steps: wgpu::Buffer,
    /// A [`Span`] a trail.
    pub spans: wgpu::Buffer,
    /// The [`Joint`]s of all trails, and more that fill the last batch of ribbons.
    pub joints: wgpu::Buffer,
    /// The arguments of the indexed indirect draw, and how many joints there are.
    pub draw: wgpu::Buffer,
    /// Room in `joints`, those that fill a batch not counted.
    pub capacity: u32,
    trails: u32,
    trail_points: u32,
}

impl TrailBuffers {
    /// Room for `trails` trails of `trail_points` points within the limits of WebGPU: eight
    /// joints a point on the surface, two where all is straight.
    fn new(gpu: &Gpu, lie: Lie, trails: u32, trail_points: u32) -> Self {
        let joints_a_point = if lie == Lie::Surface { 8 } else { 2 };
        let capacity = joint_capacity(trails, trail_points, joints_a_point);
        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        let joint_bytes = size_of::<Joint>() as u64;
        let span_bytes = size_of::<Span>() as u64;
        Self {
            lie,
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
                (u64::from(capacity) + MORE_JOINTS) * joint_bytes,
                storage,
            ),
            draw: gpu.buffer(
                "TrailBuffers::draw",
                DRAW_BYTES,
                storage | wgpu::BufferUsages::INDIRECT,
            ),
            capacity,
            trails,
            trail_points,
        }
    }
}

/// Room for joints: when trails need more, they are thinned, each by the same share.
fn joint_capacity(trails: u32, trail_points: u32, joints_a_point: u64) -> u32 {
    let most = MAX_JOINT_BYTES / size_of::<Joint>() as u64 - MORE_JOINTS;
    let wanted = u64::from(trails) * u64::from(trail_points) * joints_a_point;
    u32::try_from(wanted.clamp(1 << 16, most)).expect("the limit is far below 2^32")
}

/// The compute stage.
#[derive(Debug)]
pub struct LayTrails {
    surface: Kernels,
    floor: Kernels,
    layout: wgpu::BindGroupLayout,
}

/// The kernels in their order, for trails that lie somewhere.
#[derive(Debug)]
struct Kernels {
    measure: Lazy<wgpu::ComputePipeline>,
    count: Lazy<wgpu::ComputePipeline>,
    place: Lazy<wgpu::ComputePipeline>,
    write: Lazy<wgpu::ComputePipeline>,
    stand: Lazy<wgpu::ComputePipeline>,
}

/// Trails of one style that lie somewhere: their buffers, bound for the stage.
#[derive(Debug)]
pub struct LaidTrails {
    buffers: TrailBuffers,
    bindings: BindGroup,
}

impl LayTrails {
    /// The pipelines; groups 0 and 1 must be visible to compute stages.
    pub fn new(base: PassBase<'_>) -> Self {
        let layout = LaidTrails::unbound(base.gpu, Lie::Surface).bindings.layout;
        let module = base.shader("LayTrails::shader", shader::lay_trails);
        Self {
            surface: Kernels::new(base, &module, &layout, Lie::Surface),
            floor: Kernels::new(base, &module, &layout, Lie::Floor),
            layout,
        }
    }

    /// Trails without room yet.
    pub fn begin(&self, gpu: &Gpu, lie: Lie) -> LaidTrails {
        LaidTrails::new(gpu, &self.layout, lie, 1, 1)
    }

    /// Makes room for the trails of `descents` and takes the style over. Returns whether the
    /// buffers are new ones.
    pub fn prepare(
        &self,
        gpu: &Gpu,
        laid: &mut LaidTrails,
        descents: &Descents,
        style: &TrailStyle,
    ) -> bool {
        let had = (laid.buffers.trails, laid.buffers.trail_points);
        let (count, points) = (descents.trail_count(), descents.trail_points);
        let is_new = had != (count, points);
        if is_new {
            *laid = LaidTrails::new(gpu, &self.layout, laid.buffers.lie, count, points);
        }
        let uniform = TrailUniform::new(style, laid.buffers.capacity);
        gpu.write(&laid.buffers.style, &[uniform]);
        is_new
    }

    /// Lays the joints; the caller has set groups 0 and 1.
    pub fn lay(&self, pass: &mut wgpu::ComputePass, laid: &LaidTrails) {
        let TrailBuffers {
            lie,
            trails,
            trail_points,
            ..
        } = laid.buffers;
        let kernels = match lie {
            Lie::Surface => &self.surface,
            Lie::Floor => &self.floor,
        };
        let walks = trails.div_ceil(WALKERS).min(MOST_GROUPS);
        let stretches = (trails * (trail_points + 1).div_ceil(STRETCH)).div_ceil(STRIDERS);
        let joints = (trails * (trail_points + 1)).div_ceil(8 * STRIDERS);
        pass.set_bind_group(2, &laid.bindings.group, &[]);
        for (pipeline, groups) in [
            (&kernels.measure, stretches.min(MOST_GROUPS)),
            (&kernels.count, walks),
            (&kernels.place, 1),
            (&kernels.write, walks),
            (&kernels.stand, joints.min(MOST_GROUPS / 8)),
        ] {
            pass.set_pipeline(pipeline);
            pass.dispatch_workgroups(groups, 1, 1);
        }
    }
}

impl Kernels {
    fn new(base: PassBase<'_>, module: &Module, own: &wgpu::BindGroupLayout, lie: Lie) -> Self {
        let on_floor = [("on_floor", f64::from(u8::from(lie == Lie::Floor)))];
        let pipeline =
            |entry_point| base.kernel("LayTrails::pipeline", (own, module), entry_point, &on_floor);
        Self {
            measure: pipeline("measure_steps"),
            count: pipeline("count_joints"),
            place: pipeline("place_spans"),
            write: pipeline("write_joints"),
            stand: pipeline("stand_joints"),
        }
    }
}

impl LaidTrails {
    fn unbound(gpu: &Gpu, lie: Lie) -> Self {
        let buffers = TrailBuffers::new(gpu, lie, 1, 1);
        Self {
            bindings: bind(&buffers).build(gpu),
            buffers,
        }
    }

    fn new(
        gpu: &Gpu,
        layout: &wgpu::BindGroupLayout,
        lie: Lie,
        trails: u32,
        trail_points: u32,
    ) -> Self {
        let buffers = TrailBuffers::new(gpu, lie, trails, trail_points);
        Self {
            bindings: bind(&buffers).build_on(gpu, layout),
            buffers,
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
            opacity: style.opacity,
            hidden_opacity: style.hidden_opacity,
            glow: style.glow,
            padding: 0.0,
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
