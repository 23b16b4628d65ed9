//! A field over the rows of a table, filled by and by: a coarse grid first, then the nodes between,
//! each evaluated over all rows once. No dispatch runs long, however many rows there are.

use super::plane::{Plane, PlaneUniform};
use super::rows::rows_bindings;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu, Work};
use crate::loss::RowsText;
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// Operations of one dispatch at most: about 50 ms on the slowest adapter known.
const OPERATIONS_A_DISPATCH: u64 = 1 << 30;

/// Dispatches that are submitted at a time.
const DISPATCHES_AT_A_TIME: u32 = 4;

/// Cells a side of the coarsest grid, about.
const COARSEST_CELLS: u32 = 16;

/// Nodes beyond which nothing is shown before all are there: what is in between has no room in a
/// storage binding.
const MOST_SPREAD_NODES: u64 = (128 << 20) / 16;

/// `Reach` in `shaders/refine_field.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct ReachUniform {
    pub first: u32,
    pub end: u32,
    pub stride: u32,
    pub keeps: u32,
}

/// What has become of a field since it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refined {
    /// It looks as before.
    Same,
    /// A finer grid is there.
    Finer,
    /// Every node is there now.
    Whole,
}

/// What is left to do, and what does it.
#[derive(Debug)]
pub struct RefineField {
    reach: wgpu::Buffer,
    bindings: BindGroup,
    rows: BindGroup,
    evaluate: wgpu::ComputePipeline,
    spread: wgpu::ComputePipeline,
    nodes: [u32; 2],
    /// Each level's distance between nodes, and where its nodes end in the list of all.
    levels: Vec<Level>,
    level: usize,
    done: u32,
    nodes_a_dispatch: u32,
    keeps: bool,
    work: Option<Work>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Level {
    stride: u32,
    end: u32,
}

impl RefineField {
    /// Nothing done yet; `nodes` each way go into the texture behind `view`.
    pub fn new(
        gpu: &Gpu,
        loss: &RowsText,
        plane: &Plane,
        nodes: [u32; 2],
        view: &wgpu::TextureView,
    ) -> Self {
        let (order, levels) = order(nodes);
        let keeps = order.len() as u64 <= MOST_SPREAD_NODES;
        let uniform = gpu.uniform::<PlaneUniform>("RefineField::plane");
        gpu.write(&uniform, &[PlaneUniform::new(plane)]);
        let reach = gpu.uniform::<ReachUniform>("RefineField::reach");
        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST;
        let places = gpu.buffer("RefineField::places", 4 * order.len() as u64, storage);
        gpu.write(&places, &order);
        let room = if keeps { 16 * order.len() as u64 } else { 16 };
        let kept = gpu.buffer("RefineField::kept", room, storage);
        let bindings = BindGroupBuilder::new("RefineField::bindings", wgpu::ShaderStages::COMPUTE)
            .uniform(&uniform)
            .uniform(&reach)
            .read(&places)
            .write(&kept)
            .storage_texture(view, wgpu::TextureFormat::Rgba32Float)
            .build(gpu);
        let rows = rows_bindings(gpu, &loss.packed);
        let module = gpu.shader("RefineField::shader", &shader::refine_field(&loss.wgsl));
        let layouts = [&bindings.layout, &rows.layout];
        let pipeline =
            |entry| gpu.compute_pipeline("RefineField::pipeline", &layouts, &module, entry);
        let (evaluate, spread) = (pipeline("evaluate_nodes"), pipeline("spread_nodes"));
        let most = OPERATIONS_A_DISPATCH / loss.operations.max(1);
        Self {
            nodes_a_dispatch: most.clamp(64, 1 << 20) as u32,
            reach,
            bindings,
            rows,
            evaluate,
            spread,
            nodes,
            levels,
            level: 0,
            done: 0,
            keeps,
            work: None,
        }
    }

    /// Whether every node is there.
    pub fn is_whole(&self) -> bool {
        self.level == self.levels.len()
    }

    /// Submits what comes next once the device has done what came before; tells what there is.
    pub fn advance(&mut self, gpu: &Gpu) -> Refined {
        if self.is_whole() || self.work.as_ref().is_some_and(|work| !work.is_done()) {
            return Refined::Same;
        }
        let mut refined = Refined::Same;
        for _ in 0..DISPATCHES_AT_A_TIME {
            let level = self.levels[self.level];
            let end = level.end.min(self.done + self.nodes_a_dispatch);
            self.submit(gpu, end, level.stride);
            self.done = end;
            if end < level.end {
                continue;
            }
            self.level += 1;
            if self.is_whole() {
                refined = Refined::Whole;
                break;
            }
            if self.keeps {
                refined = Refined::Finer;
                break;
            }
        }
        self.work = Some(gpu.watch());
        refined
    }

    /// Evaluates the nodes up to `end`; where that ends a level, fills what is between its nodes.
    fn submit(&self, gpu: &Gpu, end: u32, stride: u32) {
        let ends_level = end == self.levels[self.level].end;
        gpu.write(
            &self.reach,
            &[ReachUniform {
                first: self.done,
                end,
                stride,
                keeps: u32::from(self.keeps),
            }],
        );
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_bind_group(0, &self.bindings.group, &[]);
        pass.set_bind_group(1, &self.rows.group, &[]);
        pass.set_pipeline(&self.evaluate);
        pass.dispatch_workgroups((end - self.done).div_ceil(64), 1, 1);
        if ends_level && stride > 1 && self.keeps {
            pass.set_pipeline(&self.spread);
            let [across, along] = self.nodes.map(|nodes| nodes.div_ceil(8));
            pass.dispatch_workgroups(across, along, 1);
        }
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
    }
}

/// Every node once, x in the lower half and y in the upper half of a word, coarse grids first; and
/// the grids.
fn order([width, height]: [u32; 2]) -> (Vec<u32>, Vec<Level>) {
    let coarsest = ((width.max(height) - 1) / COARSEST_CELLS).max(1).ilog2();
    let mut order = Vec::with_capacity(width as usize * height as usize);
    let mut levels = Vec::new();
    for exponent in (0..=coarsest).rev() {
        let stride = 1 << exponent;
        let on_grid = |at: u32, last: u32, stride: u32| at.is_multiple_of(stride) || at == last;
        for y in (0..height).filter(|y| on_grid(*y, height - 1, stride)) {
            for x in (0..width).filter(|x| on_grid(*x, width - 1, stride)) {
                let is_known = exponent < coarsest
                    && on_grid(x, width - 1, 2 * stride)
                    && on_grid(y, height - 1, 2 * stride);
                if !is_known {
                    order.push(x | y << 16);
                }
            }
        }
        let end = order.len() as u32;
        levels.push(Level { stride, end });
    }
    (order, levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_node_comes_once_and_each_grid_is_whole_before_the_next() {
        for nodes in [[2, 2], [3, 9], [17, 17], [258, 258], [101, 64]] {
            let (order, levels) = order(nodes);
            let all: HashSet<_> = order.iter().copied().collect();
            assert_eq!(all.len(), order.len(), "{nodes:?}: a node twice");
            assert_eq!(order.len() as u32, nodes[0] * nodes[1]);
            assert_eq!(
                levels.last().map(|level| (level.stride, level.end)),
                Some((1, order.len() as u32))
            );
            for level in &levels {
                let there: HashSet<_> = order[..level.end as usize].iter().copied().collect();
                let grid = |last: u32| (0..last).step_by(level.stride as usize).chain([last]);
                for y in grid(nodes[1] - 1) {
                    for x in grid(nodes[0] - 1) {
                        assert!(there.contains(&(x | y << 16)), "{nodes:?}: {x}, {y}");
                    }
                }
            }
        }
    }
}
