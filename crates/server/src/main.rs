//! The province's server.

use std::io::Write as _;

fn main() -> anyhow::Result<()> {
    std::io::stdout().write_all(rasoat_server::openapi()?.as_bytes())?;
    Ok(())
}
