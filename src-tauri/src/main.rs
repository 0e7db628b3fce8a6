//! The desktop program: finds its data folder, starts the app, opens the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context;
use rasoat_app::{App, AppConfig};
use tauri::Manager;

/// Names the data folder in place of the one of the system: for tests, and for several programs on one machine.
const DATA_DIR: &str = "RASOAT_DATA_DIR";

fn main() -> anyhow::Result<()> {
    let commands = rasoat_desktop::commands::<tauri::Wry>();
    let mut builder = tauri::Builder::default();
    let elsewhere = std::env::var_os(DATA_DIR).map(PathBuf::from);
    if elsewhere.is_none() {
        // Two programs over one database would take turns at every answer; the second shows the first one's window.
        builder = builder.plugin(tauri_plugin_single_instance::init(|shell, _, _| {
            if let Some(window) = shell.get_webview_window("main")
                && let Err(error) = window.unminimize().and_then(|()| window.set_focus())
            {
                tracing::warn!(%error, "the window could not be shown");
            }
        }));
    }
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(commands.invoke_handler())
        .setup(move |shell| {
            let data_dir = match elsewhere {
                Some(dir) => dir,
                None => shell.path().app_data_dir()?,
            };
            rasoat_app::write_log(&data_dir);
            let app = App::start(AppConfig { data_dir, now: Arc::new(now) })?;
            let background = app.clone();
            tauri::async_runtime::spawn(async move { background.background().await });
            shell.manage(app);
            Ok(())
        })
        .run(tauri::generate_context!())
        .context("the window cannot be opened")?;
    Ok(())
}

/// Milliseconds since 1970 on this machine's clock; a clock before that is taken as 1970.
fn now() -> i64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
