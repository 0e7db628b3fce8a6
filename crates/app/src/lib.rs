//! The use-cases a desktop screen may ask for. Returns view models; knows no window.
