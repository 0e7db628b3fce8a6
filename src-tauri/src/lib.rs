//! The desktop shell: windows and commands; each command converts, calls the app and converts back.
