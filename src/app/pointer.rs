//! The pointer over the picture: from the window's mouse events to gestures.

use super::orbit;
use crate::camera::OrbitCamera;
use crate::render::panes::Pane;
use glam::Vec2;
use winit::event::{ElementState, MouseButton, MouseScrollDelta, WindowEvent};

/// How much nearer one notch of a wheel brings the eye.
const FACTOR_A_NOTCH: f32 = 1.15;
/// How many pixels of a touchpad make a notch.
const PIXELS_A_NOTCH: f32 = 40.0;

/// What the hand asks of the camera; pixels are those of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gesture {
    /// Left drag, by these pixels.
    Orbit(Vec2),
    /// Right drag or shift and left drag, by these pixels.
    Pan(Vec2),
    /// Left drag that began on the followed point: it is to come to this pixel.
    Carry(Vec2),
    /// Wheel or pinch: so many times nearer, at a pixel.
    Zoom(f32, Vec2),
}

impl Gesture {
    /// Does it to a pane's camera.
    pub fn apply(self, camera: &mut OrbitCamera, pane: &Pane) {
        let [size_px, corner_px] =
            [pane.size_px, pane.corner_px].map(|[x, y]| Vec2::new(x as f32, y as f32));
        match self {
            Self::Orbit(drag_px) => orbit::orbit(camera, drag_px, size_px),
            Self::Pan(drag_px) => orbit::pan(camera, drag_px, size_px),
            // The point moves, the eye stays.
            Self::Carry(_) => {}
            Self::Zoom(factor, at_px) => {
                orbit::zoom_at(camera, at_px - corner_px, size_px, factor);
            }
        }
    }
}

/// Where the pointer is and what it drags.
#[derive(Debug, Default)]
pub struct Pointer {
    at_px: Vec2,
    held: Option<Held>,
    shift: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Orbit,
    Pan,
    Point,
}

impl Pointer {
    /// Where it is, in pixels of the picture.
    pub fn at_px(&self) -> Vec2 {
        self.at_px
    }

    /// Hears an event of the window; `free` says that no control wants it, `on_point` that the
    /// pointer is on the followed point.
    pub fn hear(&mut self, event: &WindowEvent, free: bool, on_point: bool) -> Option<Gesture> {
        match event {
            WindowEvent::ModifiersChanged(modifiers) => {
                self.shift = modifiers.state().shift_key();
                None
            }
            WindowEvent::CursorMoved { position, .. } => {
                self.moved(Vec2::new(position.x as f32, position.y as f32))
            }
            WindowEvent::MouseInput { state, button, .. } => {
                self.pressed(*state, *button, free, on_point);
                None
            }
            WindowEvent::MouseWheel { delta, .. } if free => Some(self.scrolled(*delta)),
            WindowEvent::PinchGesture { delta, .. } if free => {
                Some(Gesture::Zoom((*delta as f32).exp(), self.at_px))
            }
            WindowEvent::Focused(false) => {
                self.held = None;
                None
            }
            _ => None,
        }
    }

    fn moved(&mut self, to_px: Vec2) -> Option<Gesture> {
        let drag_px = to_px - std::mem::replace(&mut self.at_px, to_px);
        if drag_px == Vec2::ZERO {
            return None;
        }
        self.held.map(|held| match held {
            Held::Orbit => Gesture::Orbit(drag_px),
            Held::Pan => Gesture::Pan(drag_px),
            Held::Point => Gesture::Carry(to_px),
        })
    }

    fn pressed(&mut self, state: ElementState, button: MouseButton, free: bool, on_point: bool) {
        self.held = match (state, button) {
            (ElementState::Pressed, MouseButton::Left) if free && self.shift => Some(Held::Pan),
            (ElementState::Pressed, MouseButton::Left) if free && on_point => Some(Held::Point),
            (ElementState::Pressed, MouseButton::Left) if free => Some(Held::Orbit),
            (ElementState::Pressed, MouseButton::Right) if free => Some(Held::Pan),
            _ => None,
        };
    }

    fn scrolled(&self, delta: MouseScrollDelta) -> Gesture {
        let notches = match delta {
            MouseScrollDelta::LineDelta(_, lines) => lines,
            MouseScrollDelta::PixelDelta(pixels) => pixels.y as f32 / PIXELS_A_NOTCH,
        };
        Gesture::Zoom(FACTOR_A_NOTCH.powf(notches), self.at_px)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use winit::dpi::PhysicalPosition;

    const DOWN: ElementState = ElementState::Pressed;
    const UP: ElementState = ElementState::Released;

    fn pointer_at(x: f32, y: f32) -> Pointer {
        Pointer {
            at_px: Vec2::new(x, y),
            ..Pointer::default()
        }
    }

    #[test]
    fn left_orbits_right_pans_and_shift_makes_left_pan() {
        for (button, shift, expected) in [
            (
                MouseButton::Left,
                false,
                Gesture::Orbit(Vec2::new(3.0, -2.0)),
            ),
            (
                MouseButton::Right,
                false,
                Gesture::Pan(Vec2::new(3.0, -2.0)),
            ),
            (MouseButton::Left, true, Gesture::Pan(Vec2::new(3.0, -2.0))),
        ] {
            let mut pointer = pointer_at(10.0, 20.0);
            pointer.shift = shift;
            pointer.pressed(DOWN, button, true, false);
            assert_eq!(pointer.moved(Vec2::new(13.0, 18.0)), Some(expected));
            pointer.pressed(UP, button, true, false);
            assert_eq!(pointer.moved(Vec2::new(50.0, 50.0)), None);
        }
    }

    #[test]
    fn a_press_on_the_point_carries_it_along() {
        let mut pointer = pointer_at(10.0, 20.0);
        pointer.pressed(DOWN, MouseButton::Left, true, true);
        let to = Vec2::new(13.0, 18.0);
        assert_eq!(pointer.moved(to), Some(Gesture::Carry(to)));
        pointer.pressed(UP, MouseButton::Left, true, true);
        assert_eq!(pointer.moved(Vec2::ZERO), None);
        pointer.pressed(DOWN, MouseButton::Right, true, true);
        assert!(matches!(pointer.moved(to), Some(Gesture::Pan(_))));
    }

    #[test]
    fn a_press_on_the_panel_drags_nothing_of_the_picture() {
        let mut pointer = pointer_at(10.0, 20.0);
        pointer.pressed(DOWN, MouseButton::Left, false, true);
        assert_eq!(pointer.moved(Vec2::new(13.0, 18.0)), None);
    }

    #[test]
    fn wheel_and_touchpad_zoom_at_the_pointer() {
        let pointer = pointer_at(7.0, 9.0);
        let wheel = pointer.scrolled(MouseScrollDelta::LineDelta(0.0, 1.0));
        assert_eq!(wheel, Gesture::Zoom(FACTOR_A_NOTCH, Vec2::new(7.0, 9.0)));
        let pixels = PhysicalPosition::new(0.0, -f64::from(PIXELS_A_NOTCH));
        let Gesture::Zoom(factor, _) = pointer.scrolled(MouseScrollDelta::PixelDelta(pixels))
        else {
            panic!("a touchpad zooms");
        };
        assert!((factor * FACTOR_A_NOTCH - 1.0).abs() < 1e-6);
    }
}
