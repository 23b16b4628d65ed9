//! The workshop: a thread that builds the next stage while the window shows the present one.
//!
//! Shaders take their time to compile. The workshop sets a scene on a spare stage and draws it
//! once, so that the driver has compiled everything when the window gets it.

use crate::film;
use crate::gpu::Gpu;
use crate::scene::Scene;
use crate::stage::{Stage, StageError};
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;
use winit::event_loop::EventLoopProxy;

/// A scene to be staged.
struct Order {
    scene: Scene,
    size_px: [u32; 2],
    spare: Option<Stage>,
}

/// What has become of an order.
pub struct Finished {
    /// The scene ordered.
    pub scene: Scene,
    /// The stage with the scene on it, drawn once.
    pub outcome: Result<Stage, StageError>,
    /// A stage that can be built upon again.
    spare: Option<Stage>,
}

/// The thread and what it has at hand.
pub struct Workshop {
    /// `None` once the thread is asked to end.
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    spare: Option<Stage>,
    busy: bool,
}

impl Workshop {
    /// Opens the workshop; it tells the window through `window`.
    ///
    /// # Errors
    /// A system without threads to give.
    pub fn open(gpu: Gpu, window: EventLoopProxy<Finished>) -> std::io::Result<Self> {
        let (orders, taken) = mpsc::channel::<Order>();
        let work = move || {
            while let Ok(order) = taken.recv() {
                // A window that has closed does not listen; the orders end with it.
                let _ = window.send_event(build(&gpu, order));
            }
        };
        let builder = std::thread::Builder::new().name("workshop".to_owned());
        Ok(Self {
            orders: Some(orders),
            thread: Some(builder.spawn(work)?),
            spare: None,
            busy: false,
        })
    }

    /// Whether an order is being built.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Orders a stage for images of `size_px`; only when not busy.
    pub fn order(&mut self, scene: Scene, size_px: [u32; 2]) {
        let spare = self.spare.take();
        let order = Order {
            scene,
            size_px,
            spare,
        };
        let orders = self.orders.as_ref().expect("open until dropped");
        self.busy = orders.send(order).is_ok();
    }

    /// Takes note of what has come back.
    pub fn took(&mut self, finished: &mut Finished) {
        self.busy = false;
        self.spare = finished.spare.take();
    }

    /// Takes back a stage that is shown no longer.
    pub fn give_back(&mut self, stage: Option<Stage>) {
        self.spare = stage;
    }
}

impl Drop for Workshop {
    /// The driver must not be at work when the program ends.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn build(gpu: &Gpu, order: Order) -> Finished {
    let Order {
        scene,
        size_px,
        mut spare,
    } = order;
    let built = match &mut spare {
        Some(stage) => {
            stage.resize(gpu, size_px);
            stage.set_scene(gpu, &scene).map(|()| None)
        }
        None => Stage::new(gpu, &scene, size_px).map(Some),
    };
    let outcome = built.and_then(|new| {
        let mut stage = new.or_else(|| spare.take()).expect("new or spare");
        stage.show_early();
        stage.show_checks();
        film::draw(gpu, &mut stage, 0)?;
        gpu.wait(None)?;
        Ok(stage)
    });
    Finished {
        scene,
        outcome,
        spare,
    }
}
