//! Accepted changes become rows and history.
