//! The exports as a facade calls them. A test that fails here says where and not why: the exports hush every panic of
//! the process (`bindings/src/guard.rs`).

mod keeping;
mod kit;
mod story;
mod threads;
