//! Bytes from the GPU: asked for now, ready later.
//!
//! A readback never blocks; the caller polls it, or waits once with [`Gpu::wait`].

use super::staging::{Staging, Texels, new_buffer};
use super::{Gpu, GpuError};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// How often, and how long apart, a readback that another thread is told of is looked for.
const ATTEMPTS: u32 = 10_000;
const PAUSE: Duration = Duration::from_millis(1);

const PENDING: u8 = 0;
const READY: u8 = 1;
const FAILED: u8 = 2;

/// A copy of a buffer's bytes on its way to the CPU.
#[derive(Debug)]
pub struct BufferReadback {
    staging: wgpu::Buffer,
    state: Arc<AtomicU8>,
    submission: wgpu::SubmissionIndex,
}

impl BufferReadback {
    /// Copies the first `size` bytes of `buffer` (which must have `COPY_SRC`), in a submission
    /// of its own after all that was submitted so far.
    pub fn request(gpu: &Gpu, buffer: &wgpu::Buffer, size: u64) -> Self {
        Self::request_parts(gpu, &[(buffer, 0..size)])
    }

    /// Copies byte ranges (multiples of 4) of several such buffers, one behind the other.
    pub fn request_parts(gpu: &Gpu, parts: &[(&wgpu::Buffer, Range<u64>)]) -> Self {
        let size = |range: &Range<u64>| range.end - range.start;
        let staging = new_buffer(gpu, parts.iter().map(|(_, range)| size(range)).sum());
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut at = 0;
        for (buffer, range) in parts {
            encoder.copy_buffer_to_buffer(buffer, range.start, &staging, at, size(range));
            at += size(range);
        }
        Self::map(staging, gpu.queue.submit([encoder.finish()]))
    }

    /// The bytes, once they are there.
    ///
    /// # Errors
    /// [`GpuError::Lost`] when the device is gone.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>, GpuError> {
        Ok(self.view()?.map(|view| view.to_vec()))
    }

    /// Waits for the bytes, and for no later submission.
    ///
    /// # Errors
    /// [`GpuError::Lost`] when the device is gone.
    pub fn wait(self, gpu: &Gpu) -> Result<Vec<u8>, GpuError> {
        Ok(self.wait_in_place(gpu)?.to_vec())
    }

    /// The bytes where the device has put them, once they are there.
    fn view(&self) -> Result<Option<wgpu::BufferView>, GpuError> {
        match self.state.load(Ordering::Acquire) {
            PENDING => Ok(None),
            FAILED => Err(GpuError::Lost("a readback failed".into())),
            _ => {
                let view = self.staging.get_mapped_range(..);
                view.map(Some)
                    .map_err(|error| GpuError::Lost(error.to_string()))
            }
        }
    }

    fn wait_in_place(&self, gpu: &Gpu) -> Result<wgpu::BufferView, GpuError> {
        gpu.wait(Some(self.submission.clone()))?;
        // The copy is done; that it is mapped may be told on another thread that polls.
        for _ in 0..ATTEMPTS {
            if let Some(view) = self.view()? {
                return Ok(view);
            }
            std::thread::sleep(PAUSE);
            gpu.poll()?;
        }
        Err(GpuError::Lost("a readback never came".into()))
    }

    fn map(staging: wgpu::Buffer, submission: wgpu::SubmissionIndex) -> Self {
        let state = Arc::new(AtomicU8::new(PENDING));
        let told = Arc::clone(&state);
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            told.store(
                if result.is_ok() { READY } else { FAILED },
                Ordering::Release,
            );
        });
        Self {
            staging,
            state,
            submission,
        }
    }
}

/// A copy of a texture on its way to the CPU.
#[derive(Debug)]
pub struct TextureReadback {
    buffer: BufferReadback,
    row_bytes: usize,
    padded_row_bytes: usize,
    staging: Staging,
}

impl TextureReadback {
    /// Copies mip 0 of `texture` (with `COPY_SRC`), after all that was submitted so far.
    pub fn request(gpu: &Gpu, texture: &wgpu::Texture) -> Self {
        Self::request_through(gpu, texture, &Staging::default())
    }

    /// The same through a buffer of `staging`, which has it again when the texels are dropped.
    pub fn request_through(gpu: &Gpu, texture: &wgpu::Texture, staging: &Staging) -> Self {
        let texel = texture
            .format()
            .block_copy_size(None)
            .expect("a colour format has a texel size");
        let row_bytes = texture.width() * texel;
        let padded = row_bytes.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = staging.take(gpu, u64::from(padded) * u64::from(texture.height()));
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        encoder.copy_texture_to_buffer(
            texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(padded),
                    rows_per_image: None,
                },
            },
            texture.size(),
        );
        let submission = gpu.queue.submit([encoder.finish()]);
        Self {
            buffer: BufferReadback::map(buffer, submission),
            row_bytes: row_bytes as usize,
            padded_row_bytes: padded as usize,
            staging: staging.clone(),
        }
    }

    /// The texels row by row without padding, top row first, once they are there.
    ///
    /// # Errors
    /// [`GpuError::Lost`] when the device is gone.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>, GpuError> {
        let view = self.buffer.view()?;
        Ok(view.map(|view| self.texels(view).packed().into_owned()))
    }

    /// Waits for the texels, and for no later submission.
    ///
    /// # Errors
    /// [`GpuError::Lost`] when the device is gone.
    pub fn wait(self, gpu: &Gpu) -> Result<Vec<u8>, GpuError> {
        Ok(self.wait_in_place(gpu)?.packed().into_owned())
    }

    /// Waits as [`TextureReadback::wait`] does, and leaves the texels where the device has put them.
    ///
    /// # Errors
    /// [`GpuError::Lost`] when the device is gone.
    pub fn wait_in_place(self, gpu: &Gpu) -> Result<Texels, GpuError> {
        Ok(self.texels(self.buffer.wait_in_place(gpu)?))
    }

    fn texels(&self, view: wgpu::BufferView) -> Texels {
        Texels {
            buffer: self.buffer.staging.clone(),
            view: Some(view),
            row_bytes: self.row_bytes,
            padded_row_bytes: self.padded_row_bytes,
            home: self.staging.clone(),
        }
    }
}
