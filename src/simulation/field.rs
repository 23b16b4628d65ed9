//! The field: the dense grid of loss and gradient over a landscape's plane, on the GPU.

use crate::gpu::{BindGroupBuilder, Gpu, GpuError, TextureReadback};
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// Room for parameters in a plane's vectors: the design's limit on N.
pub const MAX_PARAMETERS: usize = 16;

/// A plane through parameter space: `w = origin + a·u + b·v` for plane coordinates (a, b).
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// The parameters at (0, 0).
    pub origin: Vec<f64>,
    /// The direction of the first plane coordinate.
    pub u: Vec<f64>,
    /// The direction of the second plane coordinate.
    pub v: Vec<f64>,
    /// The range of each plane coordinate that the landscape shows.
    pub domain: [[f64; 2]; 2],
}

impl Plane {
    /// The plane of two parameters themselves.
    pub fn of_two_parameters(domain: [[f64; 2]; 2]) -> Self {
        Self {
            origin: vec![0.0; 2],
            u: vec![1.0, 0.0],
            v: vec![0.0, 1.0],
            domain,
        }
    }
}

/// `Plane` in `shaders/evaluate_field.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct PlaneUniform {
    pub origin: [f32; MAX_PARAMETERS],
    pub u: [f32; MAX_PARAMETERS],
    pub v: [f32; MAX_PARAMETERS],
    pub domain_min: [f32; 2],
    pub domain_max: [f32; 2],
    pub cells: u32,
    pub padding: [u32; 3],
}

impl PlaneUniform {
    /// The uniform of `plane` cut into `cells` a side.
    pub fn new(plane: &Plane, cells: u32) -> Self {
        let vector = |values: &[f64]| {
            let mut padded = [0.0; MAX_PARAMETERS];
            for (slot, value) in padded.iter_mut().zip(values) {
                *slot = *value as f32;
            }
            padded
        };
        let corner = |side: usize| [plane.domain[0][side] as f32, plane.domain[1][side] as f32];
        Self {
            origin: vector(&plane.origin),
            u: vector(&plane.u),
            v: vector(&plane.v),
            domain_min: corner(0),
            domain_max: corner(1),
            cells,
            padding: [0; 3],
        }
    }
}

/// The grid on the GPU: an `rgba32float` texture of (cells + 1)² nodes, each (f, ∂f/∂a, ∂f/∂b,
/// valid).
#[derive(Debug)]
pub struct Field {
    /// The nodes.
    pub texture: wgpu::Texture,
    /// The whole texture.
    pub view: wgpu::TextureView,
    /// Cells a side.
    pub cells: u32,
    /// The plane that it lies on.
    pub plane: Plane,
}

impl Field {
    /// Evaluates `loss`, the WGSL text that defines `PARAMETERS`, `Evaluation` and
    /// `evaluate_loss`, over `plane`, with `cells` a side.
    ///
    /// # Errors
    /// [`GpuError::Refused`] when the shader does not compile or memory is short.
    pub fn evaluate(gpu: &Gpu, loss: &str, plane: Plane, cells: u32) -> Result<Self, GpuError> {
        let texture = gpu.checked(|| node_texture(gpu, cells + 1))?;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        dispatch(gpu, loss, &plane, cells, &view)?;
        Ok(Self {
            texture,
            view,
            cells,
            plane,
        })
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

fn node_texture(gpu: &Gpu, nodes: u32) -> wgpu::Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("Field::texture"),
        size: wgpu::Extent3d {
            width: nodes,
            height: nodes,
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
    plane: &Plane,
    cells: u32,
    view: &wgpu::TextureView,
) -> Result<(), GpuError> {
    let uniform = gpu.uniform::<PlaneUniform>("Field::plane");
    gpu.write(&uniform, &[PlaneUniform::new(plane, cells)]);
    let bindings = BindGroupBuilder::new("Field::bindings", wgpu::ShaderStages::COMPUTE)
        .uniform(&uniform)
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
        let groups = (cells + 1).div_ceil(8);
        pass.dispatch_workgroups(groups, groups, 1);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
    })
}
