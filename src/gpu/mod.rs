//! The GPU room: device, bind groups, readback, and the one function that waits.
//!
//! It knows buffers and textures only; what they mean is said in
//! [`crate::simulation`] and [`crate::render`].

mod bindings;
mod kept;
mod pace;
mod readback;
mod staging;

pub use bindings::{BindGroup, BindGroupBuilder};
pub use pace::{Batch, Pace};
pub use readback::{BufferReadback, TextureReadback};
pub use staging::{Staging, Texels};

use kept::Kept;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The longest that one submission may take before the device is given up, in seconds.
///
/// A dispatch is sized to about 50 ms; a driver in software on a busy machine may take many times
/// that for the first one, which it compiles.
const PATIENCE_S: u64 = 120;

/// Why there is no device to work with. All of these end the program with exit code 3.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// No driver answered.
    #[error(
        "no usable graphics adapter was found ({0})\n\
         install a Vulkan driver; on a machine without a GPU: apt install mesa-vulkan-drivers libvulkan1"
    )]
    NoAdapter(String),
    /// The adapter exists, but cannot give WebGPU's default limits.
    #[error(
        "the adapter {adapter} cannot give a WebGPU device: {reason}\n`thalweg doctor` lists the adapters; WGPU_BACKEND=vulkan|gl|metal|dx12 chooses another"
    )]
    NoDevice {
        /// The adapter's name.
        adapter: String,
        /// What the driver said.
        reason: String,
    },
    /// The device did not finish in time, or was lost.
    #[error("the graphics device stopped answering: {0}")]
    Lost(String),
    /// The validation layer, the shader compiler or the memory said no.
    #[error("the graphics device refused: {0}")]
    Refused(String),
}

/// Submissions that are being worked on.
#[derive(Debug, Clone)]
pub struct Work {
    done: Arc<AtomicBool>,
}

impl Work {
    /// Whether they are done, as far as [`Gpu::poll`] or [`Gpu::wait`] have heard.
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }
}

/// A device, its queue and the adapter that both came from.
#[derive(Debug, Clone)]
pub struct Gpu {
    /// The adapter, for its name and kind.
    pub adapter: wgpu::Adapter,
    /// The device, with WebGPU's default limits.
    pub device: wgpu::Device,
    /// The queue.
    pub queue: wgpu::Queue,
    kept: Kept,
    pace: Arc<OnceLock<Pace>>,
}

impl Gpu {
    /// What is used where an adapter has it: blending in full floats.
    const WELCOME: wgpu::Features = wgpu::Features::FLOAT32_BLENDABLE;

    /// A device without a window, on the best adapter that answers.
    ///
    /// `WGPU_BACKEND` and `WGPU_POWER_PREF` choose among several, as everywhere with wgpu.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] and [`GpuError::NoDevice`].
    pub fn headless() -> Result<Self, GpuError> {
        let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
        Self::new(&wgpu::Instance::new(descriptor), None)
    }

    /// A device that can present on `surface`, if there is one.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] and [`GpuError::NoDevice`].
    pub fn new(
        instance: &wgpu::Instance,
        surface: Option<&wgpu::Surface<'_>>,
    ) -> Result<Self, GpuError> {
        let adapter =
            pollster::block_on(
                instance.request_adapter(&wgpu::RequestAdapterOptions {
                    power_preference: wgpu::PowerPreference::from_env()
                        .unwrap_or(wgpu::PowerPreference::HighPerformance),
                    compatible_surface: surface,
                    ..Default::default()
                }),
            )
            .map_err(|error| GpuError::NoAdapter(error.to_string()))?;
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("Gpu::device"),
            required_features: adapter.features() & Self::WELCOME,
            required_limits: wgpu::Limits::default(),
            ..Default::default()
        }))
        .map_err(|error| GpuError::NoDevice {
            adapter: adapter.get_info().name,
            reason: error.to_string(),
        })?;
        if adapter.get_info().device_type == wgpu::DeviceType::Cpu {
            keep_freed_memory();
        }
        Ok(Self {
            adapter,
            device,
            queue,
            kept: Kept::default(),
            pace: Arc::default(),
        })
    }

    /// Every adapter that answers, for `doctor`.
    pub fn adapters() -> Vec<wgpu::AdapterInfo> {
        let instance =
            wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
        pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()))
            .iter()
            .map(wgpu::Adapter::get_info)
            .collect()
    }

    /// Whether the adapter is a software driver on the CPU.
    pub fn is_cpu(&self) -> bool {
        self.adapter.get_info().device_type == wgpu::DeviceType::Cpu
    }

    /// What the adapter does in one dispatch's time. The first call measures it with `text`, the
    /// text of `shaders/measure_pace.wgsl`.
    ///
    /// # Errors
    /// [`GpuError::Lost`].
    pub fn pace(&self, text: &str) -> Result<Pace, GpuError> {
        if let Some(pace) = self.pace.get() {
            return Ok(*pace);
        }
        let pace = Pace::measure(self, text)?;
        Ok(*self.pace.get_or_init(|| pace))
    }

    /// Waits until `submission` is done, or all submitted so far: the one place that blocks on the
    /// GPU.
    ///
    /// # Errors
    /// [`GpuError::Lost`] after two minutes without an end.
    pub fn wait(&self, submission: Option<wgpu::SubmissionIndex>) -> Result<(), GpuError> {
        self.device
            .poll(wgpu::PollType::Wait {
                submission_index: submission,
                timeout: Some(Duration::from_secs(PATIENCE_S)),
            })
            .map(|_| ())
            .map_err(|error| GpuError::Lost(error.to_string()))
    }

    /// Lets finished work call back, without blocking.
    ///
    /// # Errors
    /// [`GpuError::Lost`].
    pub fn poll(&self) -> Result<(), GpuError> {
        self.device
            .poll(wgpu::PollType::Poll)
            .map(|_| ())
            .map_err(|error| GpuError::Lost(error.to_string()))
    }

    /// Watches what was submitted so far.
    pub fn watch(&self) -> Work {
        let done = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&done);
        self.queue
            .on_submitted_work_done(move || told.store(true, Ordering::Release));
        Work { done }
    }

    /// Runs `build` and turns what the validation layer, the shader compiler or the allocator
    /// say about it into an error.
    ///
    /// # Errors
    /// [`GpuError::Refused`] with the device's own message.
    pub fn checked<T>(&self, build: impl FnOnce() -> T) -> Result<T, GpuError> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let built = build();
        let validation = pollster::block_on(validation.pop());
        let memory = pollster::block_on(memory.pop());
        match validation.or(memory) {
            None => Ok(built),
            Some(error) => Err(GpuError::Refused(error.to_string())),
        }
    }

    /// A shader module from assembled text.
    pub fn shader(&self, label: &str, text: &str) -> wgpu::ShaderModule {
        self.device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(label),
                source: wgpu::ShaderSource::Wgsl(text.into()),
            })
    }

    /// A pipeline layout of these groups, group 0 first.
    pub fn pipeline_layout(
        &self,
        label: &str,
        groups: &[&wgpu::BindGroupLayout],
    ) -> wgpu::PipelineLayout {
        let groups: Vec<_> = groups.iter().map(|group| Some(*group)).collect();
        self.device
            .create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(label),
                bind_group_layouts: &groups,
                ..Default::default()
            })
    }

    /// A compute pipeline with the entry point named.
    pub fn compute_pipeline(
        &self,
        label: &str,
        groups: &[&wgpu::BindGroupLayout],
        module: &wgpu::ShaderModule,
        entry_point: &str,
    ) -> wgpu::ComputePipeline {
        self.device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(label),
                layout: Some(&self.pipeline_layout(label, groups)),
                module,
                entry_point: Some(entry_point),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
    }

    /// The compute pipeline of `text`, made by `make` unless one of the same text was made before:
    /// drivers take long to compile. `text` must tell apart all that `make` would make otherwise.
    ///
    /// # Errors
    /// As [`Gpu::checked`]; nothing is kept then.
    pub fn kept_pipeline(
        &self,
        text: &str,
        make: impl FnOnce() -> wgpu::ComputePipeline,
    ) -> Result<wgpu::ComputePipeline, GpuError> {
        if let Some(pipeline) = self.kept.get(text) {
            return Ok(pipeline);
        }
        let pipeline = self.checked(make)?;
        self.kept.put(text, &pipeline);
        Ok(pipeline)
    }

    /// A buffer of `size` bytes, zeroed; never of no bytes, which a binding would refuse.
    pub fn buffer(&self, label: &str, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: size.max(16).next_multiple_of(4),
            usage,
            mapped_at_creation: false,
        })
    }

    /// A uniform buffer for one `T`, to be written with [`Gpu::write`].
    pub fn uniform<T: bytemuck::Pod>(&self, label: &str) -> wgpu::Buffer {
        self.buffer(
            label,
            size_of::<T>() as u64,
            wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        )
    }

    /// Writes plain data to the start of `buffer`.
    pub fn write<T: bytemuck::Pod>(&self, buffer: &wgpu::Buffer, data: &[T]) {
        self.queue
            .write_buffer(buffer, 0, bytemuck::cast_slice(data));
    }
}

/// glibc gives large blocks back to the system when they are freed, which a driver in software does
/// several times a frame, and has new ones cleared page by page; unless a block as large was freed
/// before: `M_MMAP_THRESHOLD` in <https://man7.org/linux/man-pages/man3/mallopt.3.html>. Elsewhere
/// it changes nothing.
fn keep_freed_memory() {
    const LARGEST: usize = 31 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGEST)));
}
