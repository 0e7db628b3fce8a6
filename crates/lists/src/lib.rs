//! Official household lists: Excel bytes in, rows and findings out.
