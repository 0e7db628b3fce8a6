//! The province: receives batches, re-scores them, shows what came in. One binary.
//!
//! [`init`] makes a server's directory, [`State::open`] opens it and [`serve`] answers on a socket that is handed in. Sockets,
//! shutdown and (for tests) the clock come from outside.

mod accounts;
mod admission;
mod aside;
mod assess;
mod assets;
mod attachments;
mod audit;
mod auth;
mod backup;
mod boot;
mod browser;
mod bundle;
mod cases;
mod conflicts;
mod data_dir;
mod dataset;
mod device_health;
mod directives;
mod doctor;
mod enrol;
mod feed;
mod files;
mod held;
mod hex;
mod household_view;
mod http;
mod init;
mod intake;
mod library;
mod line;
mod measures;
mod metrics;
mod news;
mod openapi;
mod own;
mod password;
mod permission;
mod problem;
mod project;
mod random;
mod recover;
mod reports;
mod requests;
mod retention;
mod room;
mod rounds;
mod routes;
mod scope;
mod scoring;
mod second_factor;
mod serve;
mod sheet;
mod shipped;
mod state;
mod stood;
pub mod storage;
mod time;
mod tls;
mod tokens;
mod totp;
pub mod view;
mod wrong_codes;

pub use accounts::{AccountError, NewAccount, accounts, add_account, reset_password, set_disabled};
pub use aside::{AsideReport, aside, refuse_aside, take_in_aside};
pub use audit::{AuditCheck, check_audit};
pub use backup::{ServerBackup, ServerBackupError, back_up, restore};
pub use boot::{MoveError, Moved, move_to};
pub use bundle::{
    BatchReport, BundleFailure, BundleReport, Counts, FileCounts, bundle_identity, import_bundle,
    reply_bundle, show_bundle,
};
pub use data_dir::{AttachmentLimits, Config, DataDir, DataDirError, DatabaseUrl, Keys, NotAnAddress};
pub use directives::SayError;
pub use doctor::{Health, Looked, doctor};
pub use enrol::{EnrolError, Enrolled, NewDevice, enrol, revoke, widen};
pub use feed::catalogue_for;
pub use held::{Held, held, held_csv};
pub use init::{FIRST_ACCOUNT, InitError, NewServer, init};
pub use library::LibraryError;
pub use metrics::{MetricsAddress, metrics_router};
pub use openapi::openapi;
pub use project::{index, rebuild, rebuild_and_compare};
pub use random::NoRandomness;
pub use recover::{RecoverError, Recovery, RecoveryShown, recover, show_recovery};
pub use room::free as free_bytes;
pub use rounds::{clear_retention, open_round, retention, set_retention};
pub use routes::router;
pub use second_factor::{SecondFactorRule, reset_second_factor};
pub use serve::serve;
pub use shipped::shipped_form;
pub use state::{OpenError, State};
pub use time::{Clock, rfc3339, system_clock};
pub use tls::{Certificates, TlsError, TlsFiles, TlsListener};
