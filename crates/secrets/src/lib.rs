//! A secret wrapped by a passphrase: Argon2id and XChaCha20-Poly1305, bytes in, bytes out.
