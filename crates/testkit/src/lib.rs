//! Builders, generated households, temporary stores and servers. For tests only.
