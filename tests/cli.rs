//! The command line's contract: exit codes, columns, JSON, one line for what is wrong.

use serde_json::Value;
use std::process::{Command, Output, Stdio};

fn thalweg() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thalweg"));
    command.stdin(Stdio::null());
    // Mesa complains on stderr where the system sets no such folder.
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        command.env("XDG_RUNTIME_DIR", std::env::temp_dir());
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    thalweg()
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&stdout(arguments)).expect("JSON")
}

/// Every wrong input with its exit code and the words that its message has.
#[test]
fn wrong_input_gets_one_line_and_its_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let scene = folder.path().join("wrong.toml");
    std::fs::write(&scene, "[show]\ncontuors = 3\n").expect("written");
    let scene = scene.to_str().expect("UTF-8");
    for (arguments, code, words) in [
        (
            vec!["render", "himelblau", "-o", "a.mp4"],
            2,
            "nearest is `himmelblau",
        ),
        (
            vec!["render", "no-such-scene", "-o", "a.mp4"],
            2,
            "unknown scene or loss `no-such-scene`",
        ),
        (
            vec!["render", "no-such.toml", "-o", "a.mp4"],
            2,
            "no-such.toml: no such file",
        ),
        (vec!["still", scene, "-o", "a.png"], 2, "contours"),
        (
            vec![
                "still",
                "himmelblau",
                "-o",
                "a.png",
                "--set",
                "show.contuors=3",
            ],
            2,
            "contours",
        ),
        (
            vec!["still", "himmelblau", "-o", "a.png", "--at", "99"],
            2,
            "lasts from 0 to 10 s",
        ),
        (
            vec!["still", "himmelblau", "-o", "a.jpg"],
            2,
            "a still is a PNG",
        ),
        (
            vec!["render", "himmelblau", "-o", "a.avi"],
            2,
            "known are .mp4",
        ),
        (vec!["render", "himmelblau", "-o", "a.png"], 2, "a-%05d.png"),
        (
            vec!["render", "himmelblau", "-o", "a.mp4", "--frmes", "0..3"],
            2,
            "--frames",
        ),
        (
            vec!["render", "himmelblau", "-o", "a.mp4", "--frames", "0..9999"],
            2,
            "300 frames",
        ),
        (
            vec!["render", "himmelblau", "-o", "a.mp4", "--size", "big"],
            2,
            "1920x1080",
        ),
        (
            vec!["render", "himmelblau", "-o", "/no/such/folder/a.mp4"],
            4,
            "/no/such/folder/a.mp4",
        ),
        (
            vec!["still", "himmelblau", "-o", "/no/such/folder/a.png"],
            4,
            "/no/such/folder/a.png",
        ),
        (
            vec!["still", "x^2 + ", "-o", "a.png"],
            2,
            "a value is missing",
        ),
        (
            vec![
                "still",
                "himmelblau",
                "-o",
                "a.png",
                "--set",
                "height.scale=sqrt(f + y)",
            ],
            2,
            "height.scale",
        ),
        (
            vec![
                "still",
                "himmelblau",
                "-o",
                "a.png",
                "--set",
                "team.0.optimizer=adm",
            ],
            2,
            "did you mean `adam`",
        ),
        (
            vec![
                "still",
                "himmelblau",
                "-o",
                "a.png",
                "--set",
                "team.4.set.beta=0.1",
            ],
            2,
            "did you mean `beta1`",
        ),
        (
            vec!["eval", "--loss", "himelblau", "--at", "1,2"],
            2,
            "nearest is `himmelblau`",
        ),
        (
            vec!["eval", "--loss", "himmelblau", "--at", "1"],
            2,
            "--at has 1 numbers",
        ),
        (
            vec!["eval", "--loss", "himmelblau", "--at", "1,b"],
            2,
            "`b` is not a finite number",
        ),
        (
            vec!["eval", "--loss", "@/no/such/file", "--at", "1"],
            2,
            "no such file",
        ),
        (
            vec![
                "eval",
                "--loss",
                "a*b",
                "--parameters",
                "a,a",
                "--at",
                "1,2",
            ],
            2,
            "`a` is declared twice",
        ),
        (
            vec![
                "eval",
                "--loss",
                "a*b",
                "--parameters",
                "a b,b",
                "--at",
                "1,2",
            ],
            2,
            "cannot be called `a b`",
        ),
        (
            vec![
                "eval",
                "--loss",
                "sin*b",
                "--parameters",
                "sin,b",
                "--at",
                "1,2",
            ],
            2,
            "cannot be called `sin`",
        ),
        (
            vec!["eval", "--loss", "x", "--parameters", "", "--at", "1"],
            2,
            "cannot be called ``",
        ),
        (
            vec![
                "eval",
                "--loss",
                "himmelblau",
                "--parameters",
                "a,b",
                "--at",
                "1,2",
            ],
            2,
            "has its own: x, y",
        ),
        (
            vec!["eval", "--loss", "1e60*x", "--at", "1", "--on", "gpu"],
            2,
            "32 bits",
        ),
        (
            vec!["eval", "--loss", "1e-60*x", "--at", "1", "--on", "gpu"],
            2,
            "which is 0 in the GPU's 32 bits",
        ),
        (vec!["eval", "--at", "1"], 2, "not provided: --loss"),
        (vec!["explain", "adm"], 2, "`adam`"),
        (vec!["list", "optimisers"], 2, "optimizers"),
        (
            vec![
                "trace", "--loss", "x^2", "--rule", "v = 3", "--start", "1", "--steps", "1",
            ],
            2,
            "never assigns the parameters, `w`",
        ),
        (
            vec![
                "trace",
                "--loss",
                "x^2",
                "--optimizer",
                "adam",
                "--start",
                "1",
                "--steps",
                "1",
                "--set",
                "lrr=1",
            ],
            2,
            "did you mean `lr`",
        ),
        (
            vec![
                "trace",
                "--loss",
                "x^2",
                "--optimizer",
                "adam",
                "--start",
                "1",
                "--steps",
                "1",
                "-o",
                "/no/such/folder/a.csv",
            ],
            4,
            "/no/such/folder/a.csv",
        ),
    ] {
        let output = run(&arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
        assert_eq!(
            message.matches("error: ").count(),
            1,
            "{arguments:?}: {message}"
        );
        assert!(
            output.stdout.is_empty(),
            "{arguments:?}: stdout carries data only"
        );
    }
}

#[test]
fn without_an_adapter_it_says_what_to_install() {
    for arguments in [
        vec!["still", "himmelblau", "-o", "/dev/null/a.png"],
        vec![
            "bench",
            "steps",
            "--loss",
            "himmelblau",
            "--optimizer",
            "adam",
        ],
        vec!["doctor"],
    ] {
        let output = thalweg()
            .args(&arguments)
            .env("VK_DRIVER_FILES", "/no/such/driver.json")
            .env("VK_ICD_FILENAMES", "/no/such/driver.json")
            .env("WGPU_BACKEND", "vulkan")
            .output()
            .expect("the program runs");
        let message = String::from_utf8_lossy(&output.stderr);
        let code = if arguments[0] == "still" { 4 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
        if code == 3 {
            assert!(message.contains("mesa-vulkan-drivers"), "{message}");
        }
    }
}

#[test]
fn eval_answers_in_text_and_json() {
    let answer = json(&["eval", "--loss", "himmelblau", "--at", "1,-2", "--json"]);
    // By hand: u = -12, v = -2; f = 148; ∂x = 4xu + 2v = -52; ∂y = 2u + 4yv = -8.
    assert_eq!(answer["value"], 148.0);
    assert_eq!(answer["gradient"], serde_json::json!([-52.0, -8.0]));
    // ∂xx = 12x² + 4y - 42; ∂xy = 4x + 4y; ∂yy = 4x + 12y² - 26.
    assert_eq!(
        answer["hessian"],
        serde_json::json!([[-38.0, -4.0], [-4.0, 26.0]])
    );
    let declared = json(&[
        "eval",
        "--loss",
        "a*b^2",
        "--parameters",
        "a,b",
        "--at",
        "2,3",
        "--json",
    ]);
    assert_eq!(declared["gradient"], serde_json::json!([9.0, 12.0]));
    assert!(stdout(&["eval", "--loss", "x^2", "--at", "3"]).starts_with("f = 9\n∂f/∂x = 6\n"));
}

/// The shader's path: exact where f32 is, by hand as above.
#[test]
fn eval_answers_on_the_gpu() {
    let on_gpu =
        |loss: &str, at: &str| json(&["eval", "--loss", loss, "--at", at, "--on", "gpu", "--json"]);
    let answer = on_gpu("himmelblau", "1,-2");
    assert_eq!(answer["value"], 148.0);
    assert_eq!(answer["gradient"], serde_json::json!([-52.0, -8.0]));
    assert_eq!(
        answer["hessian"],
        serde_json::json!([[-38.0, -4.0], [-4.0, 26.0]])
    );
    let three = on_gpu("w1^2*w2 + w3^3", "2,3,1");
    let hessian = serde_json::json!([[6.0, 4.0, 0.0], [4.0, 0.0, 0.0], [0.0, 0.0, 6.0]]);
    assert_eq!(three["hessian"], hessian);
    let five = on_gpu("w1 + w2 + w3 + w4 + w5^2", "1,2,3,4,5");
    assert_eq!(five["gradient"][4], 10.0);
    assert!(five["hessian"].is_null(), "of up to four parameters");
    // Nothing overflows on the way, on either path.
    for on in ["cpu", "gpu"] {
        let loss = "log(1 + exp(x)) + 1/(1 + exp(-x))";
        let far = json(&["eval", "--loss", loss, "--at", "200", "--on", on, "--json"]);
        assert_eq!(far["value"], 201.0, "{on}");
        assert_eq!(far["gradient"][0], 1.0, "{on}");
    }
}

/// The last row of a trace: where the descent is then.
fn last_point(arguments: &[&str]) -> Vec<f64> {
    let text = stdout(arguments);
    let last = text.lines().last().expect("rows").split(',');
    let numbers: Vec<f64> = last.map(|x| x.parse().expect("a number")).collect();
    numbers[2..numbers.len() - 1].to_vec()
}

/// Rules that read the Hessian, on the GPU in three and four parameters; its product with a vector
/// in six.
#[test]
fn hessians_drive_rules_on_the_gpu() {
    let trace = |loss: &str, rule: [&str; 2], start: &str| {
        let [how, what] = rule;
        last_point(&[
            "trace", "--loss", loss, how, what, "--start", start, "--steps", "1", "--on", "gpu",
        ])
    };
    // Newton's method reaches the minimum of a quadratic bowl in one step.
    let newton = ["--optimizer", "newton"];
    for (loss, start, minimum) in [
        (
            "(w1 - 1)^2 + (w2 - w1)^2 + 2(w3 + 2)^2",
            "4,-3,2",
            vec![1.0, 1.0, -2.0],
        ),
        (
            "(w1 - 1)^2 + (w2 - 2)^2 + (w3 + 3)^2 + (w4 - w1)^2",
            "3,5,-1,2",
            vec![1.0, 2.0, -3.0, 1.0],
        ),
    ] {
        for (got, want) in trace(loss, newton, start).iter().zip(&minimum) {
            assert!((got - want).abs() < 1e-5, "{loss}: {got}, not {want}");
        }
    }
    // f = Σ i wᵢ²: H g = 4 i² wᵢ.
    let loss = "sum(i, 1, 1, w1^2) + 2w2^2 + 3w3^2 + 4w4^2 + 5w5^2 + 6w6^2";
    let product = trace(loss, ["--rule", "w = hvp(g)"], "1,1,1,1,1,1");
    assert_eq!(product, [4.0, 16.0, 36.0, 64.0, 100.0, 144.0]);
}

#[test]
fn trace_writes_its_columns() {
    let text = stdout(&[
        "trace",
        "--loss",
        "x^2 + y^2",
        "--rule",
        "w = w - 0.25*∇w",
        "--start",
        "-1,4",
        "--start",
        "2,0",
        "--steps",
        "3",
        "--every",
        "2",
    ]);
    let rows = [
        "descent,step,x,y,loss",
        "0,0,-1,4,17",
        "0,2,-0.25,1,1.0625",
        "0,3,-0.125,0.5,0.265625",
        "1,0,2,0,4",
        "1,2,0.5,0,0.25",
        "1,3,0.25,0,0.0625",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), rows);
    let on_gpu = stdout(&[
        "trace",
        "--loss",
        "x^2 + y^2",
        "--rule",
        "w = w - 0.25*∇w",
        "--start",
        "-1,4",
        "--start",
        "2,0",
        "--steps",
        "3",
        "--every",
        "2",
        "--on",
        "gpu",
    ]);
    assert_eq!(on_gpu, text, "these numbers are exact in f32 too");
}

#[test]
fn trace_writes_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    for ending in ["csv", "json", "npz"] {
        let file = path(&format!("paths.{ending}"));
        let arguments = [
            "trace",
            "--loss",
            "himmelblau",
            "--optimizer",
            "adam",
            "--start",
            "1,2",
            "--steps",
            "5",
            "-o",
            &file,
        ];
        assert_eq!(stdout(&arguments), "");
    }
    let rows: Vec<Value> =
        serde_json::from_slice(&std::fs::read(path("paths.json")).expect("a file")).expect("JSON");
    assert_eq!((rows.len(), &rows[5]["step"]), (6, &Value::from(5)));
    let archive = std::fs::File::open(path("paths.npz")).expect("a file");
    let mut archive = zip::ZipArchive::new(archive).expect("a zip archive");
    let column = archive.by_name("x.npy").expect("a column");
    let values: Vec<f64> = npyz::NpyFile::new(column)
        .expect("an array")
        .into_vec()
        .expect("of numbers");
    assert_eq!(values.len(), 6);
    assert_eq!(rows[5]["x"].as_f64(), Some(values[5]));
}

#[test]
fn catalogues_are_listed() {
    let losses = json(&["list", "losses", "--json"]);
    assert!(losses.as_array().expect("an array").len() >= 10);
    let optimizers = json(&["list", "optimizers", "--json"]);
    let names: Vec<_> = optimizers
        .as_array()
        .expect("an array")
        .iter()
        .map(|o| &o["name"])
        .collect();
    assert!(names.contains(&&Value::from("adam")), "{names:?}");
    assert!(stdout(&["list", "scenes"]).contains("himmelblau-race"));
    assert!(stdout(&["explain", "adam"]).contains("beta2*v + (1 - beta2)*d*d"));
}

/// Final positions are those of `trace --on gpu` from the same starts.
#[test]
fn bench_steps_prints_positions_that_trace_reaches() {
    let figure = json(&[
        "bench",
        "steps",
        "--loss",
        "rosenbrock",
        "--optimizer",
        "adam",
        "--set",
        "lr=0.01",
        "--descents",
        "100",
        "--steps",
        "50",
        "--json",
    ]);
    assert!(
        figure["million_steps_per_second"]
            .as_f64()
            .expect("a figure")
            > 0.0
    );
    assert_eq!(figure["positions"].as_array().expect("positions").len(), 16);
    for i in [0, 15] {
        let start = format!("{},{}", figure["starts"][i][0], figure["starts"][i][1]);
        let text = stdout(&[
            "trace",
            "--loss",
            "rosenbrock",
            "--optimizer",
            "adam",
            "--set",
            "lr=0.01",
            "--start",
            &start,
            "--steps",
            "50",
            "--every",
            "50",
            "--on",
            "gpu",
        ]);
        let last: Vec<f32> = text
            .lines()
            .last()
            .expect("rows")
            .split(',')
            .skip(2)
            .take(2)
            .map(|x| x.parse().expect("a number"))
            .collect();
        let position: Vec<f32> = (0..2)
            .map(|axis| figure["positions"][i][axis].as_f64().expect("a number") as f32)
            .collect();
        assert_eq!(last, position, "descent {i}");
    }
}

/// A frame alone in a fresh process, a still of its moment, and the same frame of a whole film
/// with other groups of steps: the same file, byte for byte.
#[test]
fn a_frame_is_the_same_alone_and_in_the_film() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let small = ["--size", "160x90", "--set", "field.size=96"];
    let film = |frames: &str, output: &str, more: &[&str]| {
        let output = path(output);
        let arguments = [
            &[
                "render",
                "himmelblau-race",
                "-o",
                &output,
                "--frames",
                frames,
            ],
            &small[..],
            more,
        ];
        stdout(&arguments.concat());
    };
    film("105..106", "alone-%d.png", &[]);
    film("0..106", "whole-%d.png", &["--steps-a-dispatch", "7"]);
    let still = path("still.png");
    let arguments = ["still", "himmelblau-race", "-o", &still, "--at", "3.5"];
    stdout(&[&arguments[..], &small[..]].concat());
    let read = |name: &str| std::fs::read(path(name)).expect("a picture");
    assert!(read("alone-105.png") == read("still.png"), "the still");
    assert!(
        read("alone-105.png") == read("whole-105.png"),
        "the whole film"
    );
    assert!(
        read("whole-104.png") != read("whole-105.png"),
        "frames differ"
    );
}

/// Ctrl-C ends a film with exit code 130 and a file that plays.
#[cfg(all(unix, feature = "h264"))]
#[test]
fn an_interrupted_film_is_whole() {
    use std::time::{Duration, Instant};
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("race.mp4");
    let mut film = thalweg()
        .args([
            "render",
            "himmelblau-race",
            "--size",
            "160x90",
            "--set",
            "field.size=32",
        ])
        .args(["--seconds", "600", "-o", file.to_str().expect("UTF-8")])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let patience = Instant::now();
    // The first group of frames is in the file.
    while std::fs::metadata(&file).map_or(0, |known| known.len()) < 1000 {
        assert!(
            patience.elapsed() < Duration::from_secs(120),
            "no film begins"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let killed = Command::new("kill")
        .args(["-INT", &film.id().to_string()])
        .status();
    assert!(killed.expect("kill runs").success());
    let status = film.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    let bytes = std::fs::read(&file).expect("the film");
    let has = |name: &[u8]| bytes.windows(4).any(|part| part == name);
    assert!(has(b"moov") && has(b"mdat"), "{} bytes", bytes.len());
}

/// A loss over a table: its value and slopes are means over the rows, a descent goes down to where
/// the textbook's line is.
#[test]
fn losses_go_over_the_rows_of_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("points.csv");
    std::fs::write(&file, "x,y\n0,1\n1,3\n2,4\n3,8\n").expect("written");
    let file = file.to_str().expect("UTF-8");
    let loss = ["--loss", "mean((w1*x + w2 - y)^2)", "--data", file];
    let answer = json(&[&["eval"], &loss[..], &["--at", "1,0", "--json"]].concat());
    // Residuals -1, -2, -2, -5.
    assert_eq!(answer["value"], 34.0 / 4.0);
    assert_eq!(answer["gradient"], serde_json::json!([-10.5, -5.0]));
    assert_eq!(
        answer["hessian"],
        serde_json::json!([[7.0, 3.0], [3.0, 2.0]])
    );
    assert_eq!(answer["parameters"], serde_json::json!(["w1", "w2"]));
    let descent = [
        "--optimizer",
        "sgd",
        "--set",
        "lr=0.2",
        "--start",
        "0,0",
        "--steps",
        "400",
    ];
    let rows = stdout(&[&["trace"], &loss[..], &descent, &["--every", "400"]].concat());
    let last: Vec<f64> = rows.lines().last().map_or(Vec::new(), |line| {
        line.split(',')
            .map(|cell| cell.parse().expect("a number"))
            .collect()
    });
    // y = 2.2 x + 0.7, by hand from the four points.
    assert!(
        (last[2] - 2.2).abs() < 1e-9 && (last[3] - 0.7).abs() < 1e-9,
        "{rows}"
    );
    let model = [
        "--model",
        "w1*x + w2",
        "--loss",
        "mean((model - y)^2)",
        "--data",
        file,
    ];
    let same = json(&[&["eval"], &model[..], &["--at", "1,0", "--json"]].concat());
    assert_eq!(same["hessian"], answer["hessian"]);
    for (arguments, words) in [
        (vec!["--loss", "mean(x*w1)"], "this loss has none: give one"),
        (
            vec!["--loss", "mean(z*w1)", "--data", file],
            "unknown name `z`",
        ),
        (vec!["--loss", "w1^2", "--data", file], "goes over no rows"),
        (
            vec!["--loss", "x^2", "--data", "nowhere.csv"],
            "nowhere.csv: no such file",
        ),
    ] {
        let output = run(&[&["eval"], &arguments[..], &["--at", "1"]].concat());
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
}

/// A scene's table is looked for beside the scene, wherever the program is called from, and is the
/// same as the rows written out.
#[test]
fn a_scenes_table_lies_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let scene = |data: &str| {
        format!(
            "[loss]\nformula = \"mean((w1*x + w2 - y)^2)\"\ndata = {data}\n\
             [film]\nsize = [96, 54]\n[[team]]\noptimizer = \"adam\"\nstart = {{ at = [[0.5, 1.0]] }}\n"
        )
    };
    let still = |name: &str, data: &str| {
        std::fs::write(path(name), scene(data)).expect("written");
        let picture = path(&format!("{name}.png"));
        let output = run(&["still", &path(name), "-o", &picture, "--at", "2"]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), message, std::fs::read(picture))
    };
    std::fs::write(path("points.csv"), "x,y\n0,1\n1,3\n2,4\n3,8\n").expect("written");
    let (code, message, from_file) = still("file.toml", "{ file = \"points.csv\" }");
    assert_eq!(code, Some(0), "{message}");
    let rows = "{ columns = [\"x\", \"y\"], rows = [[0, 1], [1, 3], [2, 4], [3, 8]] }";
    let (_, _, inline) = still("inline.toml", rows);
    assert!(from_file.expect("a picture") == inline.expect("a picture"));
    let (code, message, _) = still("nowhere.toml", "{ file = \"nowhere.csv\" }");
    assert_eq!(code, Some(2));
    let words = "nowhere.csv: no such file";
    assert!(
        message.contains(words) && message.contains("has points.csv"),
        "{message}"
    );
}
