//! The window as a user has it: opened under a virtual X server, driven by keys and a mouse,
//! looked at, closed. Skipped, saying so, where Xvfb, xdotool or `import` (of `ImageMagick`) is missing.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

/// How long a busy machine may take for anything here: what is waited for are events that the
/// program logs, so that this bounds a failure, not the pace.
const PATIENCE: Duration = Duration::from_secs(300);
/// Held alone by the lesson, whose work would keep the windows beside it from what they count.
static WINDOWS: RwLock<()> = RwLock::new(());

/// How long it is watched that nothing happens.
const QUIET: Duration = Duration::from_secs(3);

const WIDTH: usize = 900;
const HEIGHT: usize = 540;

/// One team, whose colour no colour map has, and few descents: quick in software.
const SCENE: &str = r##"
title = "A race"
[loss]
formula = "x^2 + 3*y^2"
[[team]]
optimizer = "gradient-descent"
set = { lr = 0.02 }
start = { uniform = 8 }
color = "#ff00ff"
[time]
seconds = 600
steps_per_second = 10
[camera]
turns = 0
[field]
size = 64
"##;

/// A process that ends with the test, however that ends.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether the tools are there; says so where they are not.
fn tools_are_there() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let missing: Vec<_> = ["Xvfb", "xdotool", "import"]
        .into_iter()
        .filter(|tool| !std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()))
        .collect();
    if !missing.is_empty() {
        println!("skipped: the window's test needs {}", missing.join(", "));
    }
    missing.is_empty()
}

/// A virtual X server and the name of its display.
fn display() -> (Guarded, String) {
    let mut server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1400x900x24",
            "-nolisten",
            "tcp",
            // Without this it begins anew when a client leaves, and refuses whoever comes just then.
            "-noreset",
            // Nor does a key count twice that a busy machine lets go late.
            "-r",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb runs");
    let stdout = server.stdout.take().expect("piped");
    let server = Guarded(server);
    let mut number = String::new();
    let read = BufReader::new(stdout).read_line(&mut number);
    read.expect("Xvfb says its number");
    (server, format!(":{}", number.trim()))
}

/// The program in a window, with what it logs.
struct App {
    program: Guarded,
    _server: Guarded,
    folder: tempfile::TempDir,
    display: String,
    window: String,
    _beside_others: Option<RwLockReadGuard<'static, ()>>,
}

impl App {
    fn open() -> Self {
        let beside_others = WINDOWS.read().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().expect("a folder");
        let scene = folder.path().join("race.toml");
        std::fs::write(&scene, SCENE).expect("written");
        let scene = scene.to_str().expect("UTF-8").to_owned();
        Self {
            _beside_others: Some(beside_others),
            ..Self::open_on(folder, &scene, "A race", [WIDTH, HEIGHT])
        }
    }

    /// The window of a scene; `folder` keeps the log.
    fn open_on(folder: tempfile::TempDir, scene: &str, title: &str, size: [usize; 2]) -> Self {
        let (server, display) = display();
        let log = File::create(folder.path().join("log")).expect("created");
        let program = Command::new(env!("CARGO_BIN_EXE_thalweg"))
            .arg(scene)
            .args(["--size", &format!("{}x{}", size[0], size[1])])
            .env("DISPLAY", &display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .env("RUST_LOG", "thalweg=debug")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let mut app = Self {
            program: Guarded(program.expect("the program runs")),
            _server: server,
            folder,
            display,
            window: String::new(),
            _beside_others: None,
        };
        app.wait_for("a window", |app| {
            app.window = app.tool(&["search", "--name", title]).unwrap_or_default();
            !app.window.is_empty()
        });
        app.wait_for("a picture", |app| app.draws() > 0);
        let window = app.window.clone();
        app.tool(&["windowfocus", "--sync", &window]);
        app
    }

    /// What xdotool says, when it succeeds.
    fn tool(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("timeout")
            .args(["20", "xdotool"])
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .expect("xdotool runs");
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    fn key(&self, key: &str) {
        self.tool(&["key", key]).expect("a key is pressed");
    }

    /// Does something with the tool, and waits until the program says that it has heard of it.
    fn act(&mut self, arguments: &[&str], said: &str) {
        let before = self.log().len();
        self.tool(arguments).expect("the tool does it");
        self.wait_for(said, |app| app.log()[before..].contains(said));
    }

    /// The same, and waits until all that follows from it is drawn; the count of draws then.
    fn act_and_rest(&mut self, arguments: &[&str], said: &str) -> usize {
        let before = self.log().len();
        self.tool(arguments).expect("the tool does it");
        self.wait_for(said, |app| {
            let log = app.log();
            let heard = log[before..].find(said);
            heard.is_some_and(|at| log[before + at..].trim_end().ends_with("rests"))
        });
        self.draws()
    }

    /// Gets to a stop of a lesson by a key, and waits until all is at rest there.
    fn go(&mut self, key: &str, stop: usize) {
        self.act_and_rest(&["key", key], &format!("stop {stop} of "));
    }

    /// What the program says last after `words`.
    fn last_said(&self, words: &str) -> String {
        let log = self.log();
        let line = log.lines().rev().find_map(|line| line.split_once(words));
        line.map_or_else(String::new, |(_, rest)| rest.to_owned())
    }

    /// How many pictures the program says it has drawn.
    fn draws(&self) -> usize {
        self.log().matches("drawn").count()
    }

    fn log(&self) -> String {
        let mut text = String::new();
        let log = File::open(self.folder.path().join("log"));
        let read = log.and_then(|mut log| log.read_to_string(&mut text));
        read.expect("the log can be read");
        text
    }

    fn wait_for(&mut self, what: &str, mut is_there: impl FnMut(&mut Self) -> bool) {
        let begin = Instant::now();
        while !is_there(self) {
            let ended = self.program.0.try_wait().expect("it can be asked");
            assert_eq!(ended, None, "waiting for {what}:\n{}", self.log());
            assert!(
                begin.elapsed() < PATIENCE,
                "waited in vain for {what}:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the window shows: red, green and blue, row by row.
    fn screenshot(&self, width: usize, height: usize) -> Vec<u8> {
        let output = Command::new("timeout")
            .args([
                "60",
                "import",
                "-window",
                &self.window,
                "-depth",
                "8",
                "rgb:-",
            ])
            .env("DISPLAY", &self.display)
            .output()
            .expect("import runs");
        assert_eq!(output.stdout.len(), 3 * width * height, "the window's size");
        output.stdout
    }

    fn close_by(mut self, key: &str) {
        self.key(key);
        let begin = Instant::now();
        loop {
            if let Some(status) = self.program.0.try_wait().expect("it can be asked") {
                assert_eq!(status.code(), Some(0), "{}", self.log());
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "it does not close");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn pixels(rgb: &[u8]) -> impl Iterator<Item = [u8; 3]> + '_ {
    rgb.chunks_exact(3)
        .map(|pixel| [pixel[0], pixel[1], pixel[2]])
}

/// Pixels of the team's colour in the picture's part of a window, the panel left out.
fn team_pixels(rgb: &[u8], width: usize) -> usize {
    let in_picture = pixels(rgb)
        .enumerate()
        .filter(|(i, _)| i % width < width / 2);
    in_picture
        .filter(|(_, [red, green, blue])| *red > 200 && *green < 60 && *blue > 200)
        .count()
}

fn differing(a: &[u8], b: &[u8]) -> usize {
    let pairs = pixels(a).zip(pixels(b));
    pairs.filter(|(a, b)| a != b).count()
}

#[test]
fn a_window_is_driven_from_opening_to_closing() {
    if !tools_are_there() {
        return;
    }
    let mut app = App::open();
    app.wait_for("a race that runs", |app| app.draws() > 2);

    let paused = app.act_and_rest(&["key", "space"], "obeys Toggle");
    let before = app.screenshot(WIDTH, HEIGHT);
    let colours: std::collections::HashSet<_> = pixels(&before).collect();
    assert!(colours.len() > 1000, "{} colours", colours.len());
    assert!(team_pixels(&before, WIDTH) > 10, "the trails are there");

    std::thread::sleep(QUIET);
    assert_eq!(app.draws(), paused, "what does not change is not drawn");
    app.tool(&["mousemove", "300", "300"]);
    std::thread::sleep(QUIET);
    assert_eq!(app.draws(), paused, "nor does the pointer change it");

    let stepped = app.act_and_rest(&["key", "period"], "obeys Step");
    assert_eq!(stepped, paused + 1, "one step, one picture");

    let wheel = ["mousemove", "300", "300", "click", "4"];
    let nearer = app.act_and_rest(&wheel, "drawn");
    // The wheel's press and release are two events: on a busy machine each has its turn.
    let of_wheel = nearer - stepped;
    assert!(
        (1..=2).contains(&of_wheel),
        "a nearer view: {of_wheel} draws"
    );
    let drag = ["mousedown", "1", "mousemove", "360", "320", "mouseup", "1"];
    app.act_and_rest(&drag, "drawn");
    let turned = app.screenshot(WIDTH, HEIGHT);
    assert!(
        differing(&before, &turned) > WIDTH * HEIGHT / 20,
        "another view"
    );

    app.act_and_rest(&["key", "Home"], "obeys ResetView");
    let back = app.screenshot(WIDTH, HEIGHT);
    let moved = differing(&before, &back);
    assert!(
        moved < WIDTH * HEIGHT / 50,
        "the scene's view, but for a step: {moved} pixels"
    );

    let draws = app.draws();
    app.act(&["key", "r"], "obeys Restart");
    app.wait_for("a race that runs again", |app| app.draws() > draws + 1);
    app.act_and_rest(&["key", "space"], "obeys Toggle");
    app.close_by("Escape");
}

#[test]
fn a_window_is_resized_and_its_panel_hidden() {
    if !tools_are_there() {
        return;
    }
    let mut app = App::open();
    app.act_and_rest(&["key", "space"], "obeys Toggle");
    for [width, height] in [[1300, 800], [500, 340], [700, 420]] {
        let window = app.window.clone();
        let size = [width, height].map(|pixels: usize| pixels.to_string());
        let resize = ["windowsize", &window, &size[0], &size[1]];
        app.act_and_rest(&resize, "drawn");
        let shown = app.screenshot(width, height);
        assert!(team_pixels(&shown, width) > 3, "{width}x{height}");
    }
    let with_panel = app.screenshot(700, 420);
    app.act_and_rest(&["key", "h"], "obeys TogglePanel");
    let without = app.screenshot(700, 420);
    let right_half = |rgb: &[u8]| {
        let half = pixels(rgb).enumerate().filter(|(i, _)| i % 700 > 450);
        half.flat_map(|(_, pixel)| pixel).collect::<Vec<_>>()
    };
    let differing = differing(&right_half(&with_panel), &right_half(&without));
    assert!(
        differing > 250 * 420 / 2,
        "the picture has the panel's place"
    );
    app.tool(&["windowminimize", &app.window.clone()]);
    app.close_by("ctrl+q");
}

#[test]
fn what_is_typed_into_the_formula_becomes_the_loss_and_a_mistake_does_not() {
    if !tools_are_there() {
        return;
    }
    let mut app = App::open();
    app.act_and_rest(&["key", "space"], "obeys Toggle");
    let window_is_called = |app: &App, title: &str| {
        let name = app.tool(&["getwindowname", &app.window]);
        name.is_some_and(|name| name.starts_with(title))
    };
    // The formula's field is the second row of the panel.
    app.act(
        &["mousemove", "740", "82", "click", "1"],
        "keys go to the panel",
    );
    app.key("ctrl+a");
    // Keys of the keyboard alone, each once the one before is written: `xdotool type` changes the
    // keyboard's map as it goes, which a busy program hears of too late.
    let mut text = String::new();
    for (key, letter) in [
        ("x", 'x'),
        ("asciicircum", '^'),
        ("2", '2'),
        ("space", ' '),
        ("plus", '+'),
        ("space", ' '),
        ("y", 'y'),
        ("asciicircum", '^'),
        ("4", '4'),
        ("space", ' '),
        ("plus", '+'),
        ("space", ' '),
        ("R", 'R'),
    ] {
        text.push(letter);
        app.act(&["key", key], &format!("the formula reads {text:?}"));
    }
    app.wait_for("the last good text as the loss", |app| {
        window_is_called(app, "x^2 + y^4 ")
    });
    assert!(
        !window_is_called(&app, "x^2 + y^4 + R"),
        "R is no parameter, and no key here"
    );
    text.pop();
    app.act(
        &["key", "BackSpace"],
        &format!("the formula reads {text:?}"),
    );
    app.act(&["key", "x"], "the formula reads \"x^2 + y^4 + x\"");
    app.wait_for("the text as the loss", |app| {
        window_is_called(app, "x^2 + y^4 + x")
    });
    app.act(
        &["mousemove", "300", "300", "click", "1"],
        "keys go to the picture",
    );
    app.close_by("Escape");
}

/// The whole lesson by key presses: every stop is reached, and one of each picture of the lecture
/// is touched, left, and found again as it was.
#[test]
fn a_lesson_is_driven_from_start_to_end_and_what_is_touched_is_given_back() {
    drive_lesson(|stop| [3, 10, 15, 19, 24, 29].contains(&stop));
}

#[test]
#[ignore = "over a minute: the same at every one of the 32 stops"]
fn every_stop_of_a_lesson_gives_back_what_is_touched() {
    drive_lesson(|_| true);
}

fn drive_lesson(is_touched: impl Fn(usize) -> bool) {
    if !tools_are_there() {
        return;
    }
    let _alone = WINDOWS.write().unwrap_or_else(PoisonError::into_inner);
    const STOPS: usize = 32;
    const SIZE: [usize; 2] = [640, 360];
    let folder = tempfile::tempdir().expect("a folder");
    let mut app = App::open_on(folder, "lesson/kitani", "Slope of a function", SIZE);
    app.get_focus_with_a_key_down("Next");
    for stop in 1..STOPS {
        let next = ["space", "Right", "Next", "Down"][stop % 4];
        app.act(&["key", next], &format!("stop {} of {STOPS}", stop + 1));
        if !is_touched(stop) {
            continue;
        }
        // Whoever goes back finds a stop at its rest at once.
        let back = ["Prior", "Left", "Up"][stop % 3];
        app.go(back, stop);
        let (said, shown) = (app.last_said("says "), app.screenshot(SIZE[0], SIZE[1]));
        assert!(!said.contains('–'), "stop {stop} misses a number: {said}");
        app.touch(stop);
        let touched = app.screenshot(SIZE[0], SIZE[1]);
        let moved = differing(&shown, &touched);
        assert!(moved > 40, "stop {stop} is touched: {moved} pixels");
        app.act(&["key", next], &format!("stop {} of", stop + 1));
        app.go(back, stop);
        assert_eq!(app.last_said("says "), said, "stop {stop}");
        let restored = differing(&shown, &app.screenshot(SIZE[0], SIZE[1]));
        assert_eq!(restored, 0, "stop {stop}: pixels that were not given back");
        app.act(&["key", next], &format!("stop {} of", stop + 1));
    }
    app.close_by("Escape");
}

impl App {
    /// Loses the focus, and gets it again while a key is down that was pressed elsewhere.
    fn get_focus_with_a_key_down(&self, key: &str) {
        // The X protocol's PointerRoot: whatever is under the pointer, and this window is not.
        let away = ["windowfocus", "--sync", "1", "keydown", key];
        self.tool(&away).expect("the focus leaves");
        self.tool(&["windowfocus", "--sync", &self.window]);
        // Long enough for the window to ask which keys are down.
        std::thread::sleep(QUIET);
        self.tool(&["keyup", key]).expect("a key is let go");
    }

    /// Carries the point of a stop that has one; turns the landscape at another.
    fn touch(&mut self, stop: usize) {
        let place = self.last_said("its point stands at ");
        let numbers = place.split(' ').map(|part| part.parse().expect("a number"));
        let place: Vec<f64> = numbers.take_while(|_| !place.is_empty()).collect();
        // The update rule's point is a descent's head.
        let (from, said) = match place.as_slice() {
            [x, y] if stop < 27 => ([*x, *y], "carries the point to"),
            _ => ([160.0, 180.0], "drawn"),
        };
        let [x, y] = from.map(|side| side.round().to_string());
        self.tool(&["mousemove", &x, &y, "mousedown", "1"]);
        let [x, y] = [from[0] + 9.0, from[1] + 3.0].map(|side| side.round().to_string());
        self.act_and_rest(&["mousemove", &x, &y, "mouseup", "1"], said);
    }
}

#[test]
fn without_a_display_one_line_says_what_to_do_instead() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_thalweg"))
        .arg("rosenbrock")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .current_dir(Path::new("/"))
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    let said: Vec<_> = errors
        .lines()
        .filter(|line| line.contains("display"))
        .collect();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert_eq!(said.len(), 1, "{errors}");
    assert!(said[0].contains("thalweg render rosenbrock -o"), "{errors}");
}
