//! The desktop program: finds its data folder, starts the app, opens the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use anyhow::Context;
use mimalloc::MiMalloc;
use rasoat_app::view::{LooksView, Theme};
use rasoat_app::{App, AppConfig, Options};
use tauri::webview::{Color, WebviewWindowBuilder};
use tauri::{Emitter, Manager};

/// Names the data folder in place of the one of the system: for tests, and for several programs on one machine.
const DATA_DIR: &str = "RASOAT_DATA_DIR";

/// Tells the screen that the window closes as soon as a backup is made.
const CLOSING_EVENT: &str = "closing";

/// Where `looks.js` finds how everything is to look.
const LOOKS: &str = "rasoatLooks";

/// What is seen before the page is there, where dark was chosen; the dark `--color-ground`.
const DARK_GROUND: Color = Color(0x14, 0x18, 0x16, 0xff);

/// A list is many small things for a short while: with the C library's allocator that is a tenth of the time of taking it in.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    rasoat_desktop::start_lean();
    let dumps_nothing = rasoat_desktop::leave_no_core_dump();
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
            let (data_dir, marks) = match elsewhere {
                Some(dir) => (dir, None),
                None => (shell.path().app_data_dir()?, shell.path().app_config_dir().ok()),
            };
            rasoat_app::write_log(&data_dir);
            if !dumps_nothing {
                tracing::warn!("a core dump cannot be ruled out");
            }
            let options = Options { alone: true, marks, ..Options::default() };
            let app = App::start_with(AppConfig { data_dir, now: Arc::new(now) }, options)?;
            let idle = app.clone();
            tauri::async_runtime::spawn(async move { idle.watch_idle().await });
            let background = app.clone();
            tauri::async_runtime::spawn(async move { background.background().await });
            let backups = app.clone();
            tauri::async_runtime::spawn(async move { backups.watch_backups().await });
            let looks = app.looks();
            shell.manage(app);
            open_window(shell, &looks)?;
            Ok(())
        })
        .on_window_event(|window, event| {
            if let tauri::WindowEvent::CloseRequested { api, .. } = event
                && window.state::<App>().closing_takes_time()
            {
                api.prevent_close();
                close_down(window);
            }
        })
        .run(tauri::generate_context!())
        .context("the window cannot be opened")?;
    Ok(())
}

/// Opens the window. Its page finds the looks before it draws anything.
fn open_window(shell: &tauri::App, looks: &LooksView) -> anyhow::Result<()> {
    let config = shell.config().app.windows.first().context("the window is not configured")?;
    let script = format!("window.{LOOKS} = {};", serde_json::to_string(looks)?);
    let mut window = WebviewWindowBuilder::from_config(shell, config)?.initialization_script(script);
    if looks.theme == Theme::Dark {
        window = window.background_color(DARK_GROUND);
    }
    window.build()?;
    Ok(())
}

/// Backs up, while the screen says so, and then closes the window. Asking again meanwhile changes nothing.
fn close_down(window: &tauri::Window) {
    static CLOSING: AtomicBool = AtomicBool::new(false);
    if CLOSING.swap(true, Ordering::AcqRel) {
        return;
    }
    if let Err(error) = window.emit(CLOSING_EVENT, ()) {
        tracing::warn!(%error, "the screen could not be told that the window closes");
    }
    let (app, window) = (window.state::<App>().inner().clone(), window.clone());
    tauri::async_runtime::spawn(async move {
        app.close_down().await;
        if let Err(error) = window.destroy() {
            tracing::error!(%error, "the window could not be closed");
        }
    });
}

/// Milliseconds since 1970 on this machine's clock; a clock before that is taken as 1970.
fn now() -> i64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
