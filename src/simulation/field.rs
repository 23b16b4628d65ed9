//! The field: the dense grid of loss and gradient over a landscape's plane, on the GPU.

pub use super::plane::Plane;

use super::plane::PlaneUniform;
use super::refine_field::{RefineField, Refined};
use crate::gpu::{BindGroupBuilder, Gpu, GpuError, TextureReadback};
use crate::loss::RowsText;
use crate::shader;

/// Room for parameters in a plane's vectors: the design's limit on N.
pub const MAX_PARAMETERS: usize = 16;

/// Cells of a curve for each cell that is asked for along a side: a row costs little, and a crease
/// is as sharp as the cells are short.
const CURVE_FINENESS: u32 = 8;

/// Cells of a curve at most.
const MOST_CURVE_CELLS: u32 = 4096;

/// The grid on the GPU: an `rgba32float` texture of a node more than cells each way, each
/// (f, ∂f/∂a, ∂f/∂b, valid).
#[derive(Debug)]
pub struct Field {
    /// The nodes.
    pub texture: wgpu::Texture,
    /// The whole texture.
    pub view: wgpu::TextureView,
    /// Cells along each plane coordinate; those of a curve are finer, and one deep.
    pub cells: [u32; 2],
    /// The plane that it lies on.
    pub plane: Plane,
    /// The plane's [`PlaneUniform`].
    pub uniform: wgpu::Buffer,
    /// The loss's text, where it is short enough to be evaluated for every pixel of a picture; else
    /// pictures show what lies between the nodes.
    pub exact: Option<String>,
    /// What fills it, where its loss goes over a table's rows.
    rest: Option<RefineField>,
}

impl Field {
    /// Evaluates `loss`, the WGSL text that defines `PARAMETERS`, `Evaluation` and
    /// `evaluate_loss`, over `plane`, with `cells` a side
    /// (along a line, with eight times as many, up to 4,096).
    ///
    /// # Errors
    /// [`GpuError::Refused`] when the shader does not compile or memory is short.
    pub fn evaluate(gpu: &Gpu, loss: &str, plane: Plane, cells: u32) -> Result<Self, GpuError> {
        let cells = cells_of(&plane, cells);
        let texture = gpu.checked(|| node_texture(gpu, cells.map(|cells| cells + 1)))?;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let uniform = plane_uniform(gpu, &plane);
        dispatch(gpu, loss, &uniform, cells, &view)?;
        Ok(Self {
            texture,
            view,
            cells,
            plane,
            uniform,
            exact: None,
            rest: None,
        })
    }

    /// The same over a table's rows: nothing is there yet, and [`Field::refine`] fills it.
    ///
    /// # Errors
    /// As [`Field::evaluate`].
    pub fn over_rows(
        gpu: &Gpu,
        loss: &RowsText,
        plane: Plane,
        cells: u32,
    ) -> Result<Self, GpuError> {
        gpu.checked(|| {
            let cells = cells_of(&plane, cells);
            let nodes = cells.map(|cells| cells + 1);
            let texture = node_texture(gpu, nodes);
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            let rest = RefineField::new(gpu, loss, &plane, nodes, &view);
            Self {
                texture,
                view,
                cells,
                uniform: plane_uniform(gpu, &plane),
                plane,
                exact: None,
                rest: Some(rest),
            }
        })
    }

    /// Submits what is to be filled in next, unless the device is still at work on what was before;
    /// tells what has been added since the last call.
    pub fn refine(&mut self, gpu: &Gpu) -> Refined {
        let Some(rest) = &mut self.rest else {
            return Refined::Same;
        };
        let refined = rest.advance(gpu);
        if refined == Refined::Whole {
            self.rest = None;
        }
        refined
    }

    /// Whether every node is there.
    pub fn is_whole(&self) -> bool {
        self.rest.is_none()
    }

    /// Asks for the nodes; [`nodes_from_bytes`] reads the answer.
    pub fn request_nodes(&self, gpu: &Gpu) -> TextureReadback {
        TextureReadback::request(gpu, &self.texture)
    }
}

/// The nodes of a field's readback, row by row, the second plane coordinate's lowest first.
pub fn nodes_from_bytes(bytes: &[u8]) -> Vec<[f32; 4]> {
    bytes
        .chunks_exact(size_of::<[f32; 4]>())
        .map(bytemuck::pod_read_unaligned)
        .collect()
}

fn plane_uniform(gpu: &Gpu, plane: &Plane) -> wgpu::Buffer {
    let uniform = gpu.uniform::<PlaneUniform>("Field::uniform");
    gpu.write(&uniform, &[PlaneUniform::new(plane)]);
    uniform
}

fn cells_of(plane: &Plane, cells: u32) -> [u32; 2] {
    if plane.is_line() {
        [(CURVE_FINENESS * cells).min(MOST_CURVE_CELLS), 1]
    } else {
        [cells; 2]
    }
}

fn node_texture(gpu: &Gpu, [width, height]: [u32; 2]) -> wgpu::Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("Field::texture"),
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba32Float,
        usage: wgpu::TextureUsages::STORAGE_BINDING
            | wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    })
}

fn dispatch(
    gpu: &Gpu,
    loss: &str,
    plane: &wgpu::Buffer,
    cells: [u32; 2],
    view: &wgpu::TextureView,
) -> Result<(), GpuError> {
    let bindings = BindGroupBuilder::new("Field::bindings", wgpu::ShaderStages::COMPUTE)
        .uniform(plane)
        .storage_texture(view, wgpu::TextureFormat::Rgba32Float)
        .build(gpu);
    let text = shader::evaluate_field(loss);
    let pipeline = gpu.kept_pipeline(&text, || {
        let module = gpu.shader("Field::shader", &text);
        let groups = [&bindings.layout];
        gpu.compute_pipeline("Field::pipeline", &groups, &module, "evaluate_field")
    })?;
    gpu.checked(|| {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bindings.group, &[]);
        let [across, along] = cells.map(|cells| (cells + 1).div_ceil(8));
        pass.dispatch_workgroups(across, along, 1);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
    })
}
