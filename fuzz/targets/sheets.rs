//! Any three texts, parted by a zero byte: a form that is refused, or one that opens.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use rasoat_instrument::{Context, Session};

fuzz_target!(|text: &str| {
    let mut sheets = text.splitn(3, '\0');
    let survey = sheets.next().unwrap_or_default();
    let choices = sheets.next().unwrap_or_default();
    let settings = sheets.next().unwrap_or("form_title,form_id,version\nT,t,1\n");
    if let Ok(form) = rasoat_xlsform::read_csv(survey, choices, settings) {
        let context = Context::of_day("2026-11-25".parse().expect("a day"));
        let session = Session::open(Arc::new(form), BTreeMap::new(), context);
        let _ = (session.nodes(), session.findings(), session.progress());
    }
});
