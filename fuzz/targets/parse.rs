//! Any text through the parsers of formulas and rules: an answer, or an error with a place in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use thalweg_fuzz::check_error;
use thalweg_fuzz::formula::parser;
use thalweg_fuzz::optimizer::Rule;

fuzz_target!(|text: &str| {
    if let Err(error) = parser::formula(text) {
        check_error(&error, text);
    }
    if let Err(error) = parser::expression(text) {
        check_error(&error, text);
    }
    if let Err(error) = Rule::parse(text) {
        check_error(&error, text);
    }
});
