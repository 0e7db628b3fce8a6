//! Embeds the configuration, and keeps our SQLCipher to ourselves.

fn main() {
    // WebKit and libsoup load the system's libsqlite3: if our SQLCipher were exported, they would bind to it.
    println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    tauri_build::build();
}
