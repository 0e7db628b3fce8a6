//! Any bytes: a workbook that is refused, or a form that opens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rasoat_instrument::Plan;

fuzz_target!(|data: &[u8]| {
    if let Ok(form) = rasoat_xlsform::read_xlsx(data, &Default::default()) {
        let _ = Plan::new(std::sync::Arc::new(form));
    }
});
