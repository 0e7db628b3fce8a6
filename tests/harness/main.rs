//! Harness.
fn main() {
    rasoat_desktop::write_bindings(std::path::Path::new(&std::env::args().nth(1).unwrap())).unwrap();
}
