//! Bind groups in prose: each resource is named once, layout and group come out together.

use super::Gpu;

/// A bind group beside its layout.
#[derive(Debug, Clone)]
pub struct BindGroup {
    /// The layout, for pipelines.
    pub layout: wgpu::BindGroupLayout,
    /// The group, for passes.
    pub group: wgpu::BindGroup,
}

/// Collects the resources of one bind group; bindings are numbered in the order of the calls.
#[derive(Debug)]
pub struct BindGroupBuilder<'a> {
    label: &'a str,
    visibility: wgpu::ShaderStages,
    layout: Vec<wgpu::BindGroupLayoutEntry>,
    entries: Vec<wgpu::BindGroupEntry<'a>>,
}

impl<'a> BindGroupBuilder<'a> {
    /// An empty group seen by these stages.
    pub fn new(label: &'a str, visibility: wgpu::ShaderStages) -> Self {
        Self {
            label,
            visibility,
            layout: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// From the next binding on, what is bound is seen by these stages.
    #[must_use]
    pub fn seen_by(self, visibility: wgpu::ShaderStages) -> Self {
        Self { visibility, ..self }
    }

    /// The next binding: a uniform buffer. A stage that sees more than three may crash Mesa's
    /// software driver of 2022: where a branch reads the fourth, it writes beside its tables.
    #[must_use]
    pub fn uniform(self, buffer: &'a wgpu::Buffer) -> Self {
        self.buffer(buffer, wgpu::BufferBindingType::Uniform)
    }

    /// The next binding: a storage buffer, read only.
    #[must_use]
    pub fn read(self, buffer: &'a wgpu::Buffer) -> Self {
        self.buffer(buffer, wgpu::BufferBindingType::Storage { read_only: true })
    }

    /// The next binding: a storage buffer, read and written (compute stages only).
    #[must_use]
    pub fn write(self, buffer: &'a wgpu::Buffer) -> Self {
        self.buffer(
            buffer,
            wgpu::BufferBindingType::Storage { read_only: false },
        )
    }

    /// The next binding: a 2D texture; `filterable` says whether a sampler may read it
    /// (`rgba32float` may not).
    #[must_use]
    pub fn texture(self, view: &'a wgpu::TextureView, filterable: bool) -> Self {
        self.entry(
            wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable },
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            wgpu::BindingResource::TextureView(view),
        )
    }

    /// The next binding: a depth, which may have several samples a texel.
    #[must_use]
    pub fn depth_texture(self, view: &'a wgpu::TextureView, multisampled: bool) -> Self {
        self.entry(
            wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Depth,
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled,
            },
            wgpu::BindingResource::TextureView(view),
        )
    }

    /// The next binding: a 2D texture that a compute stage writes.
    #[must_use]
    pub fn storage_texture(self, view: &'a wgpu::TextureView, format: wgpu::TextureFormat) -> Self {
        self.entry(
            wgpu::BindingType::StorageTexture {
                access: wgpu::StorageTextureAccess::WriteOnly,
                format,
                view_dimension: wgpu::TextureViewDimension::D2,
            },
            wgpu::BindingResource::TextureView(view),
        )
    }

    /// The next binding: a filtering sampler.
    #[must_use]
    pub fn sampler(self, sampler: &'a wgpu::Sampler) -> Self {
        self.entry(
            wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
            wgpu::BindingResource::Sampler(sampler),
        )
    }

    /// Layout and group.
    pub fn build(self, gpu: &Gpu) -> BindGroup {
        let layout = gpu
            .device
            .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(self.label),
                entries: &self.layout,
            });
        let group = self.group_of(gpu, &layout);
        BindGroup { layout, group }
    }

    /// The group alone, on a layout that an earlier call built from the same kinds of resources.
    pub fn build_on(self, gpu: &Gpu, layout: &wgpu::BindGroupLayout) -> BindGroup {
        let group = self.group_of(gpu, layout);
        BindGroup {
            layout: layout.clone(),
            group,
        }
    }

    fn group_of(&self, gpu: &Gpu, layout: &wgpu::BindGroupLayout) -> wgpu::BindGroup {
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(self.label),
            layout,
            entries: &self.entries,
        })
    }

    fn buffer(self, buffer: &'a wgpu::Buffer, ty: wgpu::BufferBindingType) -> Self {
        self.entry(
            wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            buffer.as_entire_binding(),
        )
    }

    fn entry(mut self, ty: wgpu::BindingType, resource: wgpu::BindingResource<'a>) -> Self {
        let binding = u32::try_from(self.entries.len()).expect("a handful of bindings");
        self.layout.push(wgpu::BindGroupLayoutEntry {
            binding,
            visibility: self.visibility,
            ty,
            count: None,
        });
        self.entries
            .push(wgpu::BindGroupEntry { binding, resource });
        self
    }
}
