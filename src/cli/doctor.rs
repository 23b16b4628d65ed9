//! `thalweg doctor`: what this machine has, and what to install.

use super::failure::Failure;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use thalweg::gpu::Gpu;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Prints adapters, limits and encoders; without an adapter that works it ends with exit code 3.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let adapters: Vec<_> = Gpu::adapters().iter().map(adapter).collect();
    let device = Gpu::headless();
    let chosen = device.as_ref().ok();
    let chosen = chosen.map(|gpu| adapter(&gpu.adapter.get_info()));
    let h264 = cfg!(feature = "h264");
    let ffmpeg = on_path("ffmpeg");
    if arguments.json {
        let limits = device.as_ref().ok().map(|gpu| limits(&gpu.device.limits()));
        println!(
            "{}",
            json!({
                "version": env!("CARGO_PKG_VERSION"),
                "adapters": adapters,
                "adapter": chosen,
                "limits": limits,
                "encoders": { "h264": h264, "png": true },
                "ffmpeg": ffmpeg,
            })
        );
    } else {
        println!("thalweg {}", env!("CARGO_PKG_VERSION"));
        print_adapters(&adapters, chosen.as_ref());
        let told = |yes: bool| if yes { "yes" } else { "no" };
        println!("encoder  H.264 in MP4: {}; PNG pictures: yes", told(h264));
        if !h264 {
            println!("         for MP4 build with the default feature `h264`");
        }
        println!("ffmpeg   {} (not needed)", told(ffmpeg));
    }
    device.map(|_| ()).map_err(Failure::from)
}

fn print_adapters(adapters: &[Value], chosen: Option<&Value>) {
    if adapters.is_empty() {
        println!("adapter  none");
    }
    for adapter in adapters {
        let text = |key: &str| adapter[key].as_str().unwrap_or("").to_owned();
        let mark = if chosen == Some(adapter) {
            " (used)"
        } else {
            ""
        };
        println!(
            "adapter  {}, {} by {} {}{mark}",
            text("name"),
            text("kind"),
            text("backend"),
            text("driver")
        );
    }
}

fn adapter(info: &wgpu::AdapterInfo) -> Value {
    json!({
        "name": info.name,
        "kind": format!("{:?}", info.device_type),
        "backend": info.backend.to_str(),
        "driver": format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
    })
}

fn limits(limits: &wgpu::Limits) -> Value {
    json!({
        "max_texture_dimension_2d": limits.max_texture_dimension_2d,
        "max_buffer_size": limits.max_buffer_size,
        "max_storage_buffer_binding_size": limits.max_storage_buffer_binding_size,
        "max_uniform_buffer_binding_size": limits.max_uniform_buffer_binding_size,
        "max_compute_workgroups_per_dimension": limits.max_compute_workgroups_per_dimension,
    })
}

fn on_path(program: &str) -> bool {
    let run = Command::new(program)
        .arg("-version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    run.is_ok_and(|status| status.success())
}
