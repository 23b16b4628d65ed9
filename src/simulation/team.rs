//! One team on the GPU: its kernel, its tiles of descents, its step table.

use super::SimulationError;
use super::descents::{Descents, Head};
use super::ends::Ends;
use super::field::MAX_PARAMETERS;
use super::plane::{Plane, PlaneUniform};
use super::race::{RacePlan, TeamPlan};
use super::rows_bindings;
use crate::gpu::{Batch, BindGroup, BindGroupBuilder, BufferReadback, Gpu, Pace};
use crate::optimizer::{Beginning, Kernel, StepTable};
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// The table's length: the largest uniform that every WebGPU device has room for.
const TABLE_VEC4: usize = 4096;

/// Invocations of one workgroup.
const WORKGROUP: u32 = 64;

/// Descents of an invocation at most: a tile begins with a whole invocation however many it has.
const MOST_DESCENTS: u64 = 4;

/// Bytes of a tile's numbers at most: the largest storage binding of WebGPU's default limits.
const MAX_TILE_BYTES: u64 = 128 << 20;

/// Descents of a tile at most: the workgroups of a dispatch, one descent an invocation.
const MAX_TILE_DESCENTS: u64 = 65_535 * WORKGROUP as u64;

/// Steps of a tile that one dispatch should take, so that beside them its loads and stores are
/// nothing.
const STEPS_A_DISPATCH: u64 = 1024;

/// How many times as many descents as run at once a tile has at least, so that no part of the
/// adapter waits long for the last of them.
const FILLING: u64 = 16;

/// `Job` in `shaders/step_descents.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct JobUniform {
    pub count: u32,
    pub first: u32,
    pub first_of_team: u32,
    pub steps_before: u32,
    pub steps: u32,
    pub trail_points: u32,
    pub stride: u32,
    pub trail_every: u32,
    pub team: u32,
    pub converged_gradient_square: f32,
    pub converged_loss: f32,
    pub seed: u32,
    pub centre: [f32; MAX_PARAMETERS],
    pub reach: [f32; MAX_PARAMETERS],
    pub sure_reach: [f32; MAX_PARAMETERS],
}

/// Some of a team's descents, one after the other: as many as one binding holds and one dispatch
/// can step.
#[derive(Debug)]
struct Tile {
    /// Its job before any step.
    job: JobUniform,
    job_buffer: wgpu::Buffer,
    /// Number k of descent i at k · count + i.
    numbers: wgpu::Buffer,
    bindings: BindGroup,
}

/// A team's pipeline and buffers.
#[derive(Debug)]
pub struct Team {
    kernel: Kernel,
    beginning: Beginning,
    starts: Vec<Vec<f32>>,
    number: u32,
    tiles: Vec<Tile>,
    /// The table that the loss goes over.
    rows: Option<BindGroup>,
    table: StepTable,
    table_buffer: wgpu::Buffer,
    pipeline: wgpu::ComputePipeline,
    /// Descents of an invocation, and steps of a block.
    copies: [u32; 2],
    pace: Pace,
    /// Steps taken.
    step: u32,
}

impl Team {
    /// Compiles the team's kernel, unless the device keeps one of the same text; its descents are
    /// those from `first` on.
    pub fn new(
        gpu: &Gpu,
        plan: &TeamPlan,
        [number, first]: [u32; 2],
        descents: &Descents,
        race: &RacePlan,
    ) -> Result<Self, SimulationError> {
        let mut kernel = Kernel::new(&plan.update)?;
        let packed = kernel.packed.take();
        let rows = packed.map(|packed| rows_bindings(gpu, &packed));
        let pace = gpu.pace(&shader::measure_pace())?;
        let table_buffer = gpu.uniform::<[[f32; 4]; TABLE_VEC4]>("Team::table");
        let plane = gpu.uniform::<PlaneUniform>("Team::plane");
        gpu.write(&plane, &[PlaneUniform::new(&race.plane)]);
        let most = race.grouping.descents.map_or(u64::MAX, u64::from);
        let tile_count = descents_a_tile(&kernel, pace).min(most);
        let tile_count = tile_count.next_multiple_of(MOST_DESCENTS) as usize;
        let count = plan.starts.len();
        let sure_reach = race
            .ends
            .as_ref()
            .and_then(|ends| ends.sure_reach(&plan.update));
        let job = JobUniform::new(race, descents, plan, sure_reach.as_ref(), [number, first]);
        // A team without descents has an empty tile.
        let tiles = (0..count.max(1)).step_by(tile_count).map(|first_of_team| {
            let job = job.of_tile(first_of_team, tile_count.min(count - first_of_team));
            Tile::new(gpu, job, &kernel, [&table_buffer, &plane], descents)
        });
        let tiles: Vec<_> = gpu.checked(|| tiles.collect())?;
        let groups = std::iter::once(&tiles[0].bindings).chain(&rows);
        let layouts: Vec<_> = groups.map(|group| &group.layout).collect();
        let text = shader::step_descents(&kernel.wgsl);
        let own = kernel.copies(count as u64 / MOST_DESCENTS >= filling(pace));
        let copies = race.grouping.copies.unwrap_or(own);
        let switches = switches(
            copies,
            race,
            sure_reach.is_some(),
            [first, descents.trail_every],
        );
        let key = format!("{switches:?} {text}");
        let pipeline = gpu.kept_pipeline(&key, || pipeline(gpu, &text, &layouts, &switches))?;
        let table = StepTable::new(&plan.update, &kernel);
        gpu.write(&table_buffer, table.constants());
        Ok(Self {
            table,
            beginning: Beginning::new(&plan.update),
            starts: plan.starts.clone(),
            kernel,
            number,
            tiles,
            rows,
            table_buffer,
            pipeline,
            copies,
            pace,
            step: 0,
        })
    }

    /// Steps taken.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Asks for all numbers of each descent: tile after tile, number k of its descent i at
    /// k · count + i.
    pub fn request_numbers(&self, gpu: &Gpu) -> BufferReadback {
        let tiles = self.tiles.iter();
        let parts: Vec<_> = tiles
            .map(|tile| {
                let bytes = self.bytes_a_descent() as u64;
                (&tile.numbers, 0..u64::from(tile.job.count) * bytes)
            })
            .collect();
        BufferReadback::request_parts(gpu, &parts)
    }

    /// Asks for the point that is drawn of each descent.
    pub fn request_positions(&self, gpu: &Gpu) -> BufferReadback {
        let parts: Vec<_> = self
            .tiles
            .iter()
            .map(|tile| {
                let row = u64::from(tile.job.count) * size_of::<f32>() as u64;
                let shown = self.kernel.shown_at as u64 * row;
                let size = self.kernel.parameters as u64 * row;
                (&tile.numbers, shown..shown + size)
            })
            .collect();
        BufferReadback::request_parts(gpu, &parts)
    }

    /// The point that is drawn of each descent, from the bytes that were asked for.
    pub fn positions_from_bytes(&self, mut bytes: &[u8]) -> Vec<Vec<f32>> {
        let mut positions = Vec::with_capacity(self.starts.len());
        for tile in &self.tiles {
            let count = tile.job.count as usize;
            let (own, rest) = bytes.split_at(size_of::<f32>() * count * self.kernel.parameters);
            let numbers: Vec<f32> = bytemuck::pod_collect_to_vec(own);
            let position = |i: usize| numbers[i..].iter().step_by(count).copied().collect();
            positions.extend((0..count).map(position));
            bytes = rest;
        }
        positions
    }

    /// Bytes of state, parameters included.
    pub fn bytes_a_descent(&self) -> usize {
        self.kernel.numbers * size_of::<f32>()
    }

    /// Writes the start points and the state before the first step, and the heads there.
    pub fn reset(&mut self, gpu: &Gpu, descents: &Descents, plane: &Plane) {
        self.step = 0;
        for tile in &self.tiles {
            let count = tile.job.count as usize;
            let first = tile.job.first_of_team as usize;
            let mut numbers = vec![0.0_f32; count * self.kernel.numbers];
            let mut heads = Vec::with_capacity(count);
            for (i, start) in self.starts[first..first + count].iter().enumerate() {
                for (k, number) in self.beginning.at(start).iter().enumerate() {
                    numbers[k * count + i] = *number;
                }
                heads.push(Head::at(start, self.number, plane));
            }
            gpu.write(&tile.numbers, &numbers);
            let at = u64::from(tile.job.first) * size_of::<Head>() as u64;
            let heads = bytemuck::cast_slice(&heads);
            gpu.queue.write_buffer(&descents.heads, at, heads);
        }
    }

    /// Adds to `batch` as many of the steps up to `target` as one dispatch takes; with none left,
    /// the heads alone are written.
    pub fn advance(&mut self, gpu: &Gpu, batch: &mut Batch, race: &RacePlan, target: u32) {
        let steps = (target - self.step).min(self.steps_a_dispatch(race));
        let (before, after) = (self.step.into(), (self.step + steps).into());
        let rows = bytemuck::cast_slice(self.table.rows(before, after));
        let first_row = (self.kernel.constant_vec4 * size_of::<[f32; 4]>()) as u64;
        gpu.queue.write_buffer(&self.table_buffer, first_row, rows);
        for tile in &self.tiles {
            let job = JobUniform {
                steps_before: self.step,
                steps,
                ..tile.job
            };
            gpu.write(&tile.job_buffer, &[job]);
            let work = self.kernel.work * u64::from(tile.job.count) * u64::from(steps);
            let encoder = batch.encoder(work);
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("Team::advance"),
                timestamp_writes: None,
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &tile.bindings.group, &[]);
            if let Some(rows) = &self.rows {
                pass.set_bind_group(1, &rows.group, &[]);
            }
            let [descents, _] = self.copies;
            let invocations = tile.job.count.div_ceil(descents);
            pass.dispatch_workgroups(invocations.div_ceil(WORKGROUP), 1, 1);
        }
        self.step += steps;
    }

    /// Whatever is chosen here, the same numbers come out.
    fn steps_a_dispatch(&self, race: &RacePlan) -> u32 {
        let tile = self.tiles.iter().map(|tile| tile.job.count).max();
        let work = self.kernel.work.max(1);
        let by_work = self.pace.operations / (work * u64::from(tile.unwrap_or(1)));
        let in_a_row = self.pace.operations_in_a_row / work;
        let rows = (TABLE_VEC4 - self.kernel.constant_vec4) / self.kernel.row_vec4;
        let by_table = rows as u64;
        let most = race.grouping.steps.map_or(u64::MAX, u64::from);
        let most = most.min(self.kernel.most_steps(self.copies));
        by_work.min(in_a_row).min(by_table).min(most).max(1) as u32
    }
}

/// As many as a binding holds and as one dispatch can take many steps of, since each dispatch loads
/// and stores what a descent keeps; but no fewer than fill the adapter.
fn descents_a_tile(kernel: &Kernel, pace: Pace) -> u64 {
    let bytes = (kernel.numbers * size_of::<f32>()) as u64;
    let a_step = pace.operations / kernel.work.max(1);
    let wanted = (a_step / STEPS_A_DISPATCH).max(filling(pace).min(a_step));
    wanted
        .next_multiple_of(WORKGROUP.into())
        .min(MAX_TILE_BYTES / bytes / MOST_DESCENTS * MOST_DESCENTS)
        .min(MAX_TILE_DESCENTS)
}

/// How many invocations fill the adapter.
fn filling(pace: Pace) -> u64 {
    FILLING * pace.operations.div_ceil(pace.operations_in_a_row)
}

impl Tile {
    fn new(
        gpu: &Gpu,
        job: JobUniform,
        kernel: &Kernel,
        [table, plane]: [&wgpu::Buffer; 2],
        descents: &Descents,
    ) -> Self {
        let numbers = gpu.buffer(
            "Tile::numbers",
            u64::from(job.count) * (kernel.numbers * size_of::<f32>()) as u64,
            wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_DST
                | wgpu::BufferUsages::COPY_SRC,
        );
        let job_buffer = gpu.uniform::<JobUniform>("Tile::job");
        let bindings = BindGroupBuilder::new("Tile::bindings", wgpu::ShaderStages::COMPUTE)
            .uniform(&job_buffer)
            .uniform(table)
            .write(&numbers)
            .write(&descents.trails)
            .write(&descents.heads)
            .uniform(plane)
            .build(gpu);
        Self {
            job,
            job_buffer,
            numbers,
            bindings,
        }
    }
}

impl JobUniform {
    /// That of a team without tiles.
    fn new(
        race: &RacePlan,
        descents: &Descents,
        team: &TeamPlan,
        sure_reach: Option<&Vec<f64>>,
        [number, first]: [u32; 2],
    ) -> Self {
        let ends = race.ends.as_ref();
        let vector = |values: Option<&Vec<f64>>| {
            let mut padded = [0.0; MAX_PARAMETERS];
            for (slot, value) in padded.iter_mut().zip(values.into_iter().flatten()) {
                *slot = value.clamp(f32::MIN.into(), f32::MAX.into()) as f32;
            }
            padded
        };
        Self {
            count: 0,
            first,
            first_of_team: 0,
            steps_before: 0,
            steps: 0,
            trail_points: race.trail_points,
            stride: race.stride,
            trail_every: descents.trail_every,
            team: number,
            converged_gradient_square: ends
                .and_then(|ends| ends.converged_gradient)
                .map_or(-1.0, |gradient| (gradient * gradient) as f32),
            converged_loss: ends
                .and_then(|ends| ends.converged_loss)
                .map_or(f32::NEG_INFINITY, |loss| loss as f32),
            seed: team.update.seed,
            centre: vector(ends.map(|ends| &ends.centre)),
            reach: vector(ends.map(|ends| &ends.reach)),
            sure_reach: vector(sure_reach.or(ends.map(|ends| &ends.reach))),
        }
    }
}

impl JobUniform {
    /// That of so many of the team's descents.
    fn of_tile(self, first_of_team: usize, count: usize) -> Self {
        Self {
            count: count as u32,
            first: self.first + first_of_team as u32,
            first_of_team: first_of_team as u32,
            ..self
        }
    }
}

/// What the kernel's text leaves open.
fn switches(
    [descents, block]: [u32; 2],
    race: &RacePlan,
    is_sure: bool,
    trails: [u32; 2],
) -> [(&'static str, f64); 7] {
    let ends = race.ends.as_ref();
    let switch = |on: bool| f64::from(u8::from(on));
    let slots = match race.trail_points {
        0 => 0,
        _ => trail_slots(descents, trails),
    };
    [
        ("ends", switch(ends.is_some())),
        ("converges", switch(ends.is_some_and(Ends::converge))),
        ("sure", switch(is_sure)),
        (
            "rests",
            switch(slots > 0 && !race.stride.is_multiple_of(block.max(1))),
        ),
        ("descents", f64::from(descents)),
        ("block", f64::from(block)),
        ("trail_slots", f64::from(slots)),
    ]
}

/// Bit k is set where the k-th of an invocation's descents may have a trail: those of the team's
/// tiles begin at `first` and whole invocations behind it, and one of `every` descents has one.
fn trail_slots(descents: u32, [first, every]: [u32; 2]) -> u32 {
    // In each invocation the same remain: `descents` is a power of two.
    let period = descents.min(1 << every.trailing_zeros());
    (0..descents)
        .filter(|k| (first + k).is_multiple_of(period))
        .map(|k| 1 << k)
        .sum()
}

fn pipeline(
    gpu: &Gpu,
    text: &str,
    layouts: &[&wgpu::BindGroupLayout],
    switches: &[(&str, f64)],
) -> wgpu::ComputePipeline {
    let label = "Team::pipeline";
    let module = gpu.shader("Team::shader", text);
    gpu.device
        .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(label),
            layout: Some(&gpu.pipeline_layout(label, layouts)),
            module: &module,
            entry_point: Some("step_descents"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: switches,
                ..Default::default()
            },
            cache: None,
        })
}
