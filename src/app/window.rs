//! The window: its surface on the screen, and the device that draws on it.

use super::AppError;
use crate::gpu::{Gpu, GpuError};
use std::sync::Arc;
use std::time::Duration;
use winit::dpi::{LogicalSize, PhysicalSize};
use winit::event_loop::ActiveEventLoop;
use winit::monitor::MonitorHandle;
use winit::window::{Fullscreen, Window};

/// The least size that shows both picture and panel, in logical pixels.
const LEAST_SIZE: LogicalSize<u32> = LogicalSize::new(480, 320);

/// The share of the screen that a new window takes at most: title bar and task bar need the rest.
const SHARE_OF_SCREEN: f64 = 0.9;

/// How often, and how long apart, a busy device is asked to fit the surface: a second in all.
const ATTEMPTS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// A window, its surface and its device.
pub struct Screen {
    /// The window.
    pub window: Arc<Window>,
    /// The device that can draw on it.
    pub gpu: Gpu,
    instance: wgpu::Instance,
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
    /// Whether the surface no longer fits the window.
    stale: bool,
}

impl Screen {
    /// Opens a window of about `size_px`, smaller where the screen is.
    ///
    /// # Errors
    /// No window, or no adapter that can draw on it.
    pub fn open(event_loop: &ActiveEventLoop, size_px: [u32; 2]) -> Result<Self, AppError> {
        let wanted = PhysicalSize::from(size_px);
        let monitor = event_loop.primary_monitor();
        let monitor = monitor.or_else(|| event_loop.available_monitors().next());
        let attributes = Window::default_attributes()
            .with_title("Thalweg")
            .with_inner_size(fitting(wanted, monitor.as_ref()))
            .with_min_inner_size(LEAST_SIZE);
        let window = event_loop.create_window(attributes)?;
        let window = Arc::new(window);
        let display = Box::new(event_loop.owned_display_handle());
        let descriptor = wgpu::InstanceDescriptor::new_with_display_handle_from_env(display);
        let instance = wgpu::Instance::new(descriptor);
        let surface = surface_of(&instance, &window)?;
        let gpu = Gpu::new(&instance, Some(&surface))?;
        let config = config_of(&surface, &gpu, &window)?;
        Ok(Self {
            window,
            gpu,
            instance,
            surface,
            config,
            stale: true,
        })
    }

    /// The surface's format.
    pub fn format(&self) -> wgpu::TextureFormat {
        self.config.format
    }

    /// The window's size in pixels; `None` while there is nothing to draw on.
    pub fn size_px(&self) -> Option<[u32; 2]> {
        let PhysicalSize { width, height } = self.window.inner_size();
        let most = self.gpu.device.limits().max_texture_dimension_2d;
        let visible = width > 0 && height > 0 && self.window.is_minimized() != Some(true);
        visible.then_some([width.min(most), height.min(most)])
    }

    /// Says that the window has changed its size.
    pub fn resized(&mut self) {
        self.stale = true;
    }

    /// The next image to draw on; `None` while the window is hidden or not ready.
    pub fn next_image(&mut self) -> Option<wgpu::SurfaceTexture> {
        for _ in 0..2 {
            self.configure()?;
            match self.surface.get_current_texture() {
                wgpu::CurrentSurfaceTexture::Success(image) => return Some(image),
                wgpu::CurrentSurfaceTexture::Suboptimal(image) => {
                    self.stale = true;
                    return Some(image);
                }
                wgpu::CurrentSurfaceTexture::Outdated => self.stale = true,
                wgpu::CurrentSurfaceTexture::Lost => {
                    self.surface = surface_of(&self.instance, &self.window).ok()?;
                    self.stale = true;
                }
                wgpu::CurrentSurfaceTexture::Timeout
                | wgpu::CurrentSurfaceTexture::Occluded
                | wgpu::CurrentSurfaceTexture::Validation => return None,
            }
        }
        None
    }

    /// Shows an image that has been drawn on.
    pub fn present(&self, image: wgpu::SurfaceTexture) {
        self.window.pre_present_notify();
        self.gpu.queue.present(image);
    }

    /// Goes to full screen or back.
    pub fn toggle_full_screen(&self) {
        let target = match self.is_full_screen() {
            true => None,
            false => Some(Fullscreen::Borderless(None)),
        };
        self.window.set_fullscreen(target);
    }

    /// Whether the window fills the screen.
    pub fn is_full_screen(&self) -> bool {
        self.window.fullscreen().is_some()
    }

    /// Fits the surface to the window; `None` while there is nothing to fit it to.
    fn configure(&mut self) -> Option<()> {
        let [width, height] = self.size_px()?;
        if self.stale || [self.config.width, self.config.height] != [width, height] {
            (self.config.width, self.config.height) = (width, height);
            self.stale = true;
            self.configure_when_idle()?;
            self.stale = false;
        }
        Some(())
    }

    /// A surface is fitted only while no other thread submits work: a stage that is being built
    /// may stand in the way for a moment.
    fn configure_when_idle(&self) -> Option<()> {
        for _ in 0..ATTEMPTS {
            let fitted = self
                .gpu
                .checked(|| self.surface.configure(&self.gpu.device, &self.config));
            if fitted.is_ok() {
                return Some(());
            }
            std::thread::sleep(PAUSE);
        }
        None
    }
}

/// The size wanted, or the largest of its shape that the monitor shows.
fn fitting(wanted: PhysicalSize<u32>, monitor: Option<&MonitorHandle>) -> PhysicalSize<u32> {
    let Some(screen) = monitor.map(MonitorHandle::size) else {
        return wanted;
    };
    let room = |screen: u32, wanted: u32| SHARE_OF_SCREEN * f64::from(screen) / f64::from(wanted);
    let scale = room(screen.width, wanted.width).min(room(screen.height, wanted.height));
    if wanted.width < screen.width && wanted.height < screen.height || scale == 0.0 {
        return wanted;
    }
    let part = |pixels: u32| (f64::from(pixels) * scale).round() as u32;
    PhysicalSize::new(part(wanted.width), part(wanted.height))
}

fn surface_of(
    instance: &wgpu::Instance,
    window: &Arc<Window>,
) -> Result<wgpu::Surface<'static>, GpuError> {
    let surface = instance.create_surface(Arc::clone(window));
    surface.map_err(|error| GpuError::NoAdapter(error.to_string()))
}

/// Shown with the display's beat; display-encoded where the surface can be, as the picture is.
fn config_of(
    surface: &wgpu::Surface<'_>,
    gpu: &Gpu,
    window: &Window,
) -> Result<wgpu::SurfaceConfiguration, GpuError> {
    let PhysicalSize { width, height } = window.inner_size();
    let config = surface.get_default_config(&gpu.adapter, width.max(1), height.max(1));
    let mut config = config
        .ok_or_else(|| GpuError::NoAdapter("the adapter cannot draw on this window".to_owned()))?;
    let formats = surface.get_capabilities(&gpu.adapter).formats;
    let encoded = [
        wgpu::TextureFormat::Bgra8Unorm,
        wgpu::TextureFormat::Rgba8Unorm,
    ];
    if let Some(format) = encoded.into_iter().find(|format| formats.contains(format)) {
        config.format = format;
    }
    config.present_mode = wgpu::PresentMode::AutoVsync;
    Ok(config)
}
