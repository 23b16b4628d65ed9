//! The controls' side of the window: egui's context, its input and its painting.

use super::window::Screen;
use egui::{Context, FullOutput, Ui, ViewportId};
use std::time::Duration;
use winit::event::WindowEvent;

/// egui in this window.
pub struct Controls {
    context: Context,
    input: egui_winit::State,
    painter: egui_wgpu::Renderer,
    modifiers: winit::keyboard::ModifiersState,
}

/// What egui wants painted.
pub struct Painting {
    triangles: Vec<egui::ClippedPrimitive>,
    size: egui_wgpu::ScreenDescriptor,
    freed: Vec<egui::TextureId>,
    /// When egui wants to be asked again; [`Duration::MAX`] for never.
    pub again_in: Duration,
}

impl Controls {
    /// The controls of a window.
    pub fn new(screen: &Screen) -> Self {
        let context = Context::default();
        super::style::apply(&context);
        let (window, device) = (&screen.window, &screen.gpu.device);
        let input = egui_winit::State::new(
            context.clone(),
            ViewportId::ROOT,
            window,
            Some(window.scale_factor() as f32),
            None,
            Some(device.limits().max_texture_dimension_2d as usize),
        );
        let options = egui_wgpu::RendererOptions::default();
        Self {
            painter: egui_wgpu::Renderer::new(device, screen.format(), options),
            context,
            input,
            modifiers: Default::default(),
        }
    }

    /// Hears an event; whether the picture may have it too.
    pub fn hear(&mut self, screen: &Screen, event: &WindowEvent) -> bool {
        if let WindowEvent::ModifiersChanged(modifiers) = event {
            self.modifiers = modifiers.state();
        }
        !self.input.on_window_event(&screen.window, event).consumed
    }

    /// Whether Control (Command on a Mac) is held.
    pub fn control_is_held(&self) -> bool {
        self.modifiers.control_key() || self.modifiers.super_key()
    }

    /// Whether no text is being written and no menu is open.
    pub fn keys_are_free(&self) -> bool {
        !self.context.text_edit_focused() && !egui::Popup::is_any_open(&self.context)
    }

    /// Lays the controls out; `scene` decides between light and dark.
    pub fn run(&mut self, screen: &Screen, dark: bool, show: impl FnMut(&mut Ui)) -> FullOutput {
        let theme = match dark {
            true => egui::Theme::Dark,
            false => egui::Theme::Light,
        };
        self.context.set_theme(theme);
        let input = self.input.take_egui_input(&screen.window);
        self.context.run_ui(input, show)
    }

    /// Brings what is to be painted to the GPU, and the rest to the window system.
    pub fn prepare(
        &mut self,
        screen: &Screen,
        encoder: &mut wgpu::CommandEncoder,
        size_px: [u32; 2],
        mut output: FullOutput,
    ) -> Painting {
        let (device, queue) = (&screen.gpu.device, &screen.gpu.queue);
        self.input
            .handle_platform_output(&screen.window, output.platform_output);
        for (id, deltas) in &output.textures_delta.set {
            for delta in deltas {
                self.painter.update_texture(device, queue, *id, delta);
            }
        }
        let freed = output.textures_delta.free.iter().copied().collect();
        output.textures_delta.clear();
        let size = egui_wgpu::ScreenDescriptor {
            size_in_pixels: size_px,
            pixels_per_point: output.pixels_per_point,
        };
        let triangles = self
            .context
            .tessellate(output.shapes, output.pixels_per_point);
        // Nothing paints by callback, so there are no command buffers to submit.
        self.painter
            .update_buffers(device, queue, encoder, &triangles, &size);
        let root = output.viewport_output.get(&ViewportId::ROOT);
        Painting {
            triangles,
            size,
            freed,
            again_in: root.map_or(Duration::MAX, |root| root.repaint_delay),
        }
    }

    /// Paints over what the pass has drawn so far.
    pub fn paint(&mut self, pass: &mut wgpu::RenderPass<'static>, painting: &Painting) {
        self.painter
            .render(pass, &painting.triangles, &painting.size);
        for id in &painting.freed {
            self.painter.free_texture(id);
        }
    }
}
