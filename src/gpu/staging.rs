//! Buffers that texels travel through to the CPU, used again and again.

use super::Gpu;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers that are free for a copy; clones share them. New memory would be cleared by the system
/// page by page, which a film's frames take more time for than for the copy.
#[derive(Debug, Clone, Default)]
pub struct Staging(Arc<Mutex<Vec<wgpu::Buffer>>>);

impl Staging {
    /// A free buffer of `size` bytes, else a new one. Those of another size are dropped.
    pub(super) fn take(&self, gpu: &Gpu, size: u64) -> wgpu::Buffer {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.retain(|buffer| buffer.size() == size);
        free.pop().unwrap_or_else(|| new_buffer(gpu, size))
    }

    fn put(&self, buffer: wgpu::Buffer) {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(buffer);
    }
}

/// A buffer that bytes can be copied into and read from.
pub(super) fn new_buffer(gpu: &Gpu, size: u64) -> wgpu::Buffer {
    let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
    gpu.buffer("gpu::staging", size, usage)
}

/// A texture's texels where the device has put them; its buffer is free again when they are dropped.
#[derive(Debug)]
pub struct Texels {
    pub(super) buffer: wgpu::Buffer,
    /// `None` when they are being dropped.
    pub(super) view: Option<wgpu::BufferView>,
    pub(super) row_bytes: usize,
    pub(super) padded_row_bytes: usize,
    pub(super) home: Staging,
}

impl Texels {
    /// The texels row by row without padding, top row first.
    pub fn packed(&self) -> Cow<'_, [u8]> {
        let padded: &[u8] = self.view.as_deref().unwrap_or_default();
        if self.row_bytes == self.padded_row_bytes {
            return Cow::Borrowed(padded);
        }
        let rows = padded.chunks_exact(self.padded_row_bytes);
        rows.flat_map(|row| &row[..self.row_bytes])
            .copied()
            .collect()
    }
}

impl Drop for Texels {
    fn drop(&mut self) {
        self.view = None;
        self.buffer.unmap();
        self.home.put(self.buffer.clone());
    }
}
