//! The rooms that read what people type, built from the program's own sources without the rest of
//! it: they use no other module, so that a fuzzer is built in seconds.

#[path = "../src/formula/mod.rs"]
pub mod formula;
#[path = "../src/loss/mod.rs"]
pub mod loss;
#[path = "../src/optimizer/mod.rs"]
pub mod optimizer;

use formula::FormulaError;

/// Whether an error points into its text, and its message is one that a terminal can show.
pub fn check_error(error: &FormulaError, text: &str) {
    let span = &error.span;
    assert!(
        span.start <= span.end && text.get(span.clone()).is_some(),
        "{span:?} is no place in the text"
    );
    let message = error.render("formula", text);
    assert!(message.chars().count() < 2_000, "{message}");
    let is_plain = |c: char| !c.is_control() || c == '\n';
    assert!(message.chars().all(is_plain), "{message:?}");
}

/// Whether a WGSL text that calls the functions of `number.wgsl` is WGSL.
pub fn check_wgsl(text: &str) {
    let whole = format!("{}{text}", number_stubs());
    let module = naga::front::wgsl::parse_str(&whole);
    let module = module.unwrap_or_else(|error| panic!("{}", error.emit_to_string(&whole)));
    let mut validator = naga::valid::Validator::new(
        naga::valid::ValidationFlags::all(),
        naga::valid::Capabilities::empty(),
    );
    if let Err(error) = validator.validate(&module) {
        panic!("{}\n{whole}", error.emit_to_string(&whole));
    }
}

/// The constants and the heads of `number.wgsl`'s functions, without what they do.
fn number_stubs() -> &'static str {
    static STUBS: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let lines = || include_str!("../shaders/include/number.wgsl").lines();
        let constants = lines().filter(|line| line.starts_with("const ") && line.contains(';'));
        let heads = lines().filter(|line| line.starts_with("fn n_") && line.ends_with('{'));
        let body = |head: &str| match head {
            _ if head.contains("-> vec2f") => " return vec2f(0.0); }\n",
            _ if head.contains("-> bool") => " return true; }\n",
            _ => " return 0.0; }\n",
        };
        let constants = constants.map(|line| format!("{line}\n"));
        let heads = heads.map(|head| format!("{head}{}", body(head)));
        constants.chain(heads).collect()
    });
    &STUBS
}
