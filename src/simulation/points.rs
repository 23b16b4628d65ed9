//! A loss at single points on the GPU, for `thalweg eval --on gpu` and for what is tested.

use crate::gpu::{BindGroupBuilder, BufferReadback, Gpu, GpuError};
use crate::shader;

/// Invocations of one workgroup.
const WORKGROUP: u32 = 64;

/// What `kernel`, the WGSL text that defines `PARAMETERS`, `OUTPUTS` and `evaluate_point`, makes
/// of each of `points`, which have a number a parameter: `outputs` numbers a point.
///
/// # Errors
/// [`GpuError::Refused`] when the shader does not compile or memory is short.
pub fn evaluate_points(
    gpu: &Gpu,
    kernel: &str,
    outputs: usize,
    points: &[Vec<f32>],
) -> Result<Vec<Vec<f32>>, GpuError> {
    let readback = gpu.checked(|| dispatch(gpu, kernel, outputs, points))?;
    let bytes = readback.wait(gpu)?;
    let numbers: Vec<f32> = bytes
        .chunks_exact(size_of::<f32>())
        .map(bytemuck::pod_read_unaligned)
        .collect();
    Ok(numbers.chunks_exact(outputs).map(<[f32]>::to_vec).collect())
}

fn dispatch(gpu: &Gpu, kernel: &str, outputs: usize, points: &[Vec<f32>]) -> BufferReadback {
    let count = points.len() as u32;
    let size = (points.len() * outputs * size_of::<f32>()) as u64;
    let storage = wgpu::BufferUsages::STORAGE;
    let count_buffer = gpu.uniform::<u32>("points::count");
    gpu.write(&count_buffer, &[count]);
    let flat = points.concat();
    let points_buffer = gpu.buffer(
        "points::points",
        size_of_val(flat.as_slice()) as u64,
        storage | wgpu::BufferUsages::COPY_DST,
    );
    gpu.write(&points_buffer, &flat);
    let outputs_buffer = gpu.buffer(
        "points::outputs",
        size,
        storage | wgpu::BufferUsages::COPY_SRC,
    );
    let bindings = BindGroupBuilder::new("points::bindings", wgpu::ShaderStages::COMPUTE)
        .uniform(&count_buffer)
        .read(&points_buffer)
        .write(&outputs_buffer)
        .build(gpu);
    let module = gpu.shader("points::shader", &shader::evaluate_points(kernel));
    let layouts = [&bindings.layout];
    let pipeline = gpu.compute_pipeline("points::pipeline", &layouts, &module, "evaluate_points");
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline);
    pass.set_bind_group(0, &bindings.group, &[]);
    pass.dispatch_workgroups(count.div_ceil(WORKGROUP), 1, 1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    BufferReadback::request(gpu, &outputs_buffer, size)
}
