//! The desktop shell: commands in front of the use-cases, and the window around them.
//!
//! Knows no rule of the domain: every command converts, calls [`rasoat_app::App`] and converts back. The browser harness uses
//! [`commands`] with Tauri's mock runtime, so that both carriers answer with the same handlers.

mod commands;
#[cfg(target_os = "linux")]
mod lean;
mod memory;

#[cfg(target_os = "linux")]
pub use lean::start_lean;
pub use memory::leave_no_core_dump;

use tauri::Runtime;
use tauri_specta::{Builder, collect_commands};

/// Every command a screen may call, with the types the screens are generated from.
pub fn commands<R: Runtime>() -> Builder<R> {
    Builder::<R>::new().disable_serde_phases().commands(collect_commands![
        commands::start::app_state,
        commands::start::set_language,
        commands::start::set_form_language,
        commands::start::about,
        commands::start::begin_practice,
        commands::start::end_practice,
        commands::start::set_text_size,
        commands::start::set_looks,
        commands::start::inspect_enrolment,
        commands::start::fetch_enrolment,
        commands::start::enrol,
        commands::start::unlock,
        commands::start::lock,
        commands::start::activity,
        commands::start::set_lock_after,
        commands::start::dismiss_restored,
        commands::user::add_user,
        commands::user::rename_user,
        commands::user::remove_user,
        commands::user::change_passphrase,
        commands::user::recovery,
        commands::user::request_recovery,
        commands::user::recover,
        commands::overview::overview,
        commands::overview::dismiss_announcement,
        commands::household::households,
        commands::household::household,
        commands::household::add_household,
        commands::list_import::list_columns,
        commands::list_import::preview_list,
        commands::list_import::list_rows,
        commands::list_import::list_problems,
        commands::list_import::take_list,
        commands::list_import::list_progress,
        commands::list_import::list_cancel,
        commands::list_import::list_imports,
        commands::list_import::undo_list,
        commands::interview::form,
        commands::interview::open_interview,
        commands::interview::answer,
        commands::interview::confirm_answers,
        commands::interview::add_member,
        commands::interview::remove_member,
        commands::interview::leave_interview,
        commands::interview::sign_off,
        commands::interview::reopen_interview,
        commands::paper::paper_desk,
        commands::paper::open_paper,
        commands::paper::leave_paper,
        commands::paper::sign_paper,
        commands::paper::begin_second_entry,
        commands::paper::compare_entries,
        commands::paper::settle_entries,
        commands::paper::export_operator_days,
        commands::paper::erase_operator_days,
        commands::attachment::attach,
        commands::attachment::attachment,
        commands::attachment::want_attachment,
        commands::sync::sync_status,
        commands::sync::sync_now,
        commands::sync::sync_stop,
        commands::transfers::exchange_households,
        commands::transfers::bundle_households,
        commands::transfers::household_transfers,
        commands::key::key,
        commands::key::change_key,
        commands::backup::backup_status,
        commands::backup::backup_now,
        commands::backup::backup_progress,
        commands::backup::backup_cancel,
        commands::backup::backups_in,
        commands::backup::check_backup,
        commands::backup::restore_offer,
        commands::backup::restore_backup,
        commands::backup::begin_anew,
        commands::backup::asides,
        commands::backup::remove_aside,
        commands::bundle::bundle_status,
        commands::bundle::bundle_export,
        commands::bundle::bundle_import,
        commands::bundle::bundle_progress,
        commands::bundle::bundle_cancel,
        commands::conflicts::conflicts,
        commands::conflicts::settle_conflicts,
        commands::conflicts::settle_conflicts_by,
        commands::duplicates::duplicates_list,
        commands::duplicates::duplicates_of,
        commands::duplicates::duplicates_of_new,
        commands::duplicates::duplicate_not_same,
        commands::duplicates::households_merge,
        commands::duplicates::merge_undo,
        commands::review::check_queue,
        commands::review::check,
        commands::review::accept,
        commands::review::return_with_comments,
        commands::procedure::procedure_board,
        commands::procedure::procedure_household,
        commands::procedure::hold_meeting,
        commands::procedure::posted_until,
        commands::procedure::post_results,
        commands::procedure::note_complaint,
        commands::procedure::note_finding,
        commands::procedure::decide_results,
        commands::procedure::note_certificate,
        commands::procedure::open_correction,
        commands::procedure::withdraw_act,
        commands::procedure::assign,
        commands::history::household_history,
        commands::history::sitting_changes,
        commands::history::field_history,
        commands::history::preview_undo,
        commands::history::undo,
        commands::history::access_export,
        commands::print::print_preview,
        commands::print::print_household,
        commands::audit::audit,
        commands::audit::check_audit,
        commands::audit::export_audit,
        commands::retention::retention,
        commands::retention::erase_due,
        commands::retention::dismiss_erased,
        commands::retention::go_over,
    ])
}

/// Writes the TypeScript that screens import: functions for every command, and the types of what they take and return.
///
/// # Errors
/// When a type cannot be written in TypeScript, or the file cannot be written.
pub fn write_bindings(path: &std::path::Path) -> Result<(), specta_typescript::Error> {
    commands::<tauri::Wry>().export(specta_typescript::Typescript::default(), path)
}
