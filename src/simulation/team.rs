//! One team on the GPU: its kernel, its numbers, its step table.

use super::SimulationError;
use super::descents::{Descents, Head};
use super::field::MAX_PARAMETERS;
use super::plane::{Plane, PlaneUniform};
use super::race::{Ends, OPERATIONS_A_DISPATCH, RacePlan, TeamPlan};
use super::rows_bindings;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::optimizer::{Kernel, StepTable};
use crate::shader;
use bytemuck::{Pod, Zeroable};
use std::ops::Range;

/// The table's length: the largest uniform that every WebGPU device has room for.
const TABLE_VEC4: usize = 4096;

/// Invocations of one workgroup.
const WORKGROUP: u32 = 64;

/// Operations of one invocation at most, where there are steps enough to choose: a single thread of
/// a GPU does about a hundred million a second.
const OPERATIONS_AN_INVOCATION: u64 = 1 << 24;

/// `Job` in `shaders/step_descents.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct JobUniform {
    pub count: u32,
    pub first: u32,
    pub steps_before: u32,
    pub steps: u32,
    pub trail_points: u32,
    pub stride: u32,
    pub team: u32,
    pub converged_gradient_square: f32,
    pub converged_loss: f32,
    pub seed: u32,
    pub begin: u32,
    pub end: u32,
    pub centre: [f32; MAX_PARAMETERS],
    pub reach: [f32; MAX_PARAMETERS],
}

/// A team's pipeline and buffers.
#[derive(Debug)]
pub struct Team {
    /// Number k of descent i at k · count + i.
    pub numbers: wgpu::Buffer,
    kernel: Kernel,
    table: StepTable,
    /// Numbers before the first step, as the buffer holds them.
    initial: Vec<f32>,
    heads: Vec<Head>,
    first: u32,
    number: u32,
    seed: u32,
    job: wgpu::Buffer,
    table_buffer: wgpu::Buffer,
    bindings: BindGroup,
    /// The table that the loss goes over.
    rows: Option<BindGroup>,
    pipeline: wgpu::ComputePipeline,
}

impl Team {
    /// Compiles the team's kernel; its descents are those from `first` on.
    pub fn new(
        gpu: &Gpu,
        plan: &TeamPlan,
        number: u32,
        first: u32,
        descents: &Descents,
        race: &RacePlan,
    ) -> Result<Self, SimulationError> {
        let mut kernel = Kernel::new(&plan.update)?;
        let initial = initial_numbers(plan, kernel.numbers);
        let numbers = gpu.buffer(
            "Team::numbers",
            size_of_val(initial.as_slice()) as u64,
            wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_DST
                | wgpu::BufferUsages::COPY_SRC,
        );
        let job = gpu.uniform::<JobUniform>("Team::job");
        let plane = gpu.uniform::<PlaneUniform>("Team::plane");
        gpu.write(&plane, &[PlaneUniform::new(&race.plane)]);
        let table_buffer = gpu.uniform::<[[f32; 4]; TABLE_VEC4]>("Team::table");
        let bindings = BindGroupBuilder::new("Team::bindings", wgpu::ShaderStages::COMPUTE)
            .uniform(&job)
            .uniform(&table_buffer)
            .write(&numbers)
            .write(&descents.trails)
            .write(&descents.heads)
            .uniform(&plane)
            .build(gpu);
        let packed = kernel.packed.take();
        let rows = packed.map(|packed| rows_bindings(gpu, &packed));
        let groups: Vec<_> = std::iter::once(&bindings).chain(&rows).collect();
        let text = shader::step_descents(&kernel.wgsl);
        let constants = [race.ends.is_some(), kernel.pairs()];
        let key = format!("{constants:?} {text}");
        let pipeline = gpu.kept_pipeline(&key, || pipeline(gpu, &text, &groups, constants))?;
        Ok(Self {
            table: StepTable::new(&plan.update, &kernel),
            heads: heads_at_start(plan, number, &race.plane),
            numbers,
            kernel,
            initial,
            first,
            number,
            seed: plan.update.seed,
            job,
            table_buffer,
            bindings,
            rows,
            pipeline,
        })
    }

    /// The point that is drawn of each descent, from the bytes of `numbers`.
    pub fn positions_from_bytes(&self, bytes: &[u8]) -> Vec<Vec<f32>> {
        let count = self.heads.len();
        let number = |k: usize, i: usize| {
            let at = size_of::<f32>() * (k * count + i);
            bytemuck::pod_read_unaligned(&bytes[at..at + size_of::<f32>()])
        };
        let shown = self.kernel.shown_at..self.kernel.shown_at + self.kernel.parameters;
        (0..count)
            .map(|i| shown.clone().map(|k| number(k, i)).collect())
            .collect()
    }

    /// Bytes of state, parameters included.
    pub fn bytes_a_descent(&self) -> usize {
        self.kernel.numbers * size_of::<f32>()
    }

    /// Operations of one step of all its descents.
    pub fn operations_a_step(&self) -> u64 {
        self.kernel.work * self.heads.len() as u64
    }

    /// Steps of one dispatch at most: those that the table has room for, and so many that no
    /// invocation runs long where each step goes over many rows.
    pub fn most_steps(&self) -> u32 {
        let in_table = (TABLE_VEC4 / self.kernel.row_vec4) as u32;
        match self.rows {
            None => in_table,
            Some(_) => {
                let by_depth = OPERATIONS_AN_INVOCATION / self.kernel.work.max(1);
                in_table.min(by_depth.clamp(1, 4096) as u32)
            }
        }
    }

    /// Writes the start points and the state before the first step.
    pub fn reset(&self, gpu: &Gpu, descents: &Descents) {
        gpu.write(&self.numbers, &self.initial);
        gpu.queue.write_buffer(
            &descents.heads,
            u64::from(self.first) * size_of::<Head>() as u64,
            bytemuck::cast_slice(&self.heads),
        );
    }

    /// Submits `steps` steps after the first `before`; with none, the heads alone are written. A step
    /// over many rows is split by descents, so that no dispatch runs long.
    pub fn step(&mut self, gpu: &Gpu, race: &RacePlan, before: u32, steps: u32) {
        let rows = self.table.rows(before.into(), (before + steps).into());
        gpu.write(&self.table_buffer, rows);
        let count = self.heads.len() as u32;
        let work = self.kernel.work * u64::from(steps.max(1));
        let most = (OPERATIONS_A_DISPATCH / work.max(1)).max(WORKGROUP.into());
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let mut begin = 0;
        while begin < count {
            let end = match self.rows {
                Some(_) => count.min(begin.saturating_add(most)),
                None => count,
            };
            gpu.write(&self.job, &[self.job(race, before, steps, &(begin..end))]);
            self.dispatch(gpu, end - begin);
            begin = end;
        }
    }

    fn dispatch(&self, gpu: &Gpu, descents: u32) {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some("Team::step"),
            timestamp_writes: None,
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings.group, &[]);
        if let Some(rows) = &self.rows {
            pass.set_bind_group(1, &rows.group, &[]);
        }
        let invocations = match self.kernel.pairs() {
            true => descents.div_ceil(2),
            false => descents,
        };
        pass.dispatch_workgroups(invocations.div_ceil(WORKGROUP), 1, 1);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
    }

    fn job(&self, race: &RacePlan, before: u32, steps: u32, range: &Range<u32>) -> JobUniform {
        let ends = race.ends.as_ref();
        let tolerance = |pick: fn(&Ends) -> Option<f64>| ends.and_then(pick);
        let vector = |pick: fn(&Ends) -> &[f64]| {
            let mut padded = [0.0; MAX_PARAMETERS];
            for (slot, value) in padded.iter_mut().zip(ends.map_or(&[][..], pick)) {
                *slot = *value as f32;
            }
            padded
        };
        JobUniform {
            count: self.heads.len() as u32,
            first: self.first,
            steps_before: before,
            steps,
            trail_points: race.trail_points,
            stride: race.stride,
            team: self.number,
            converged_gradient_square: tolerance(|ends| ends.converged_gradient)
                .map_or(-1.0, |gradient| (gradient * gradient) as f32),
            converged_loss: tolerance(|ends| ends.converged_loss)
                .map_or(f32::NEG_INFINITY, |loss| loss as f32),
            seed: self.seed,
            begin: range.start,
            end: range.end,
            centre: vector(|ends| &ends.centre),
            reach: vector(|ends| &ends.reach),
        }
    }
}

fn pipeline(
    gpu: &Gpu,
    text: &str,
    groups: &[&BindGroup],
    [ends, pairs]: [bool; 2],
) -> wgpu::ComputePipeline {
    let layouts: Vec<_> = groups.iter().map(|group| &group.layout).collect();
    let label = "Team::pipeline";
    let module = gpu.shader("Team::shader", text);
    gpu.device
        .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(label),
            layout: Some(&gpu.pipeline_layout(label, &layouts)),
            module: &module,
            entry_point: Some("step_descents"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &[
                    ("ends", f64::from(u8::from(ends))),
                    ("pairs", f64::from(u8::from(pairs))),
                ],
                ..Default::default()
            },
            cache: None,
        })
}

/// Every descent's numbers, number after number.
fn initial_numbers(plan: &TeamPlan, numbers: usize) -> Vec<f32> {
    let count = plan.starts.len();
    let mut initial = vec![0.0; numbers * count];
    let starts = plan.starts.iter();
    let starts: Vec<Vec<_>> = starts
        .map(|start| start.iter().map(|x| f64::from(*x)).collect())
        .collect();
    let all = Kernel::initial_numbers(&plan.update, &starts);
    for (i, values) in all.iter().enumerate() {
        for (k, value) in values.iter().enumerate() {
            initial[k * count + i] = *value as f32;
        }
    }
    initial
}

/// Until the first dispatch has written them: no loss yet.
fn heads_at_start(plan: &TeamPlan, team: u32, plane: &Plane) -> Vec<Head> {
    let head = |start: &Vec<f32>| {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let foot = plane.foot_of(&start);
        Head {
            place: foot.place.map(|coordinate| coordinate as f32),
            loss: 0.0,
            status: 0,
            end_step: 0,
            team,
            distance: foot.distance as f32,
            padding: 0,
        }
    };
    plan.starts.iter().map(head).collect()
}
