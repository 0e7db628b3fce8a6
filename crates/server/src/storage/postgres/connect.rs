//! Connections: where the database is, whether the way to it is private, and how many are kept.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::storage::StorageError;

/// Connections of one server.
const MOST: usize = 12;
/// How long a request waits for a connection.
const WAIT: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
/// How statements are planned. Once for each connection: planned anew each time, a statement over sixteen parts costs more to plan than to
/// do. And by walking indexes: a plan is made when a table may be small or its size unknown, when reading all of it looks cheap, and is
/// still in use when laptops have filled it. What reads all of a table still may.
const OPTIONS: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off \
    -c enable_mergejoin=off -c jit=off -c synchronous_commit=on";

/// Reads an address; personal data goes to another machine under TLS alone.
pub(super) fn config_of(address: &str) -> Result<Config, StorageError> {
    let mut config: Config = address.parse().map_err(|_| StorageError::NotOpened)?;
    if config.get_user().is_none() {
        config.user("rasoat");
    }
    let is_socket = |host: &Host| match host {
        Host::Tcp(_) => false,
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let is_near = config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    if !is_near || config.get_hosts().iter().any(is_remote) {
        config.ssl_mode(SslMode::Require);
    } else if config.get_hosts().iter().all(is_socket) {
        // There is no name that a certificate could be for.
        config.ssl_mode(SslMode::Disable);
    }
    let own = config.get_options().unwrap_or_default();
    let options = format!("{OPTIONS} {own}");
    config.application_name("rasoat-server").connect_timeout(CONNECT).options(options);
    Ok(config)
}

fn is_remote(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name != "localhost" && !name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => false,
    }
}

/// A pool that opens connections as they are needed, and anew when the database was away.
pub(super) fn pool(config: Config) -> Result<Pool, StorageError> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = if config.get_ssl_mode() == SslMode::Disable {
        Manager::from_config(config, NoTls, recycling)
    } else {
        Manager::from_config(config, tls()?, recycling)
    };
    Pool::builder(manager)
        .max_size(MOST)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(CONNECT))
        .runtime(Runtime::Tokio1)
        .pre_recycle(Hook::sync_fn(|client, _| {
            if client.is_closed() { Err(deadpool_postgres::HookError::message("closed")) } else { Ok(()) }
        }))
        .build()
        .map_err(|_| StorageError::Failed(-1))
}

fn tls() -> Result<MakeRustlsConnect, StorageError> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| StorageError::Failed(-1))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_reached_by_tls_alone() {
        for (address, mode) in [
            ("postgres://u:secret@db.example.vn/rasoat", SslMode::Require),
            ("postgres://u:secret@db.example.vn/rasoat?sslmode=disable", SslMode::Require),
            ("postgres://u@10.0.0.7/rasoat?sslmode=prefer", SslMode::Require),
            ("postgres://u@127.0.0.1/rasoat", SslMode::Prefer),
            ("postgres://u@localhost/rasoat?sslmode=disable", SslMode::Disable),
            ("postgres:///rasoat?host=/run/postgresql", SslMode::Disable),
        ] {
            assert_eq!(config_of(address).unwrap().get_ssl_mode(), mode, "{address}");
        }
        assert_eq!(config_of("mysql://u@h/d").err(), Some(StorageError::NotOpened));
    }
}
