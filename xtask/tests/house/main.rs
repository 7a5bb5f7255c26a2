//! Rules of the workspace that the compiler does not keep: which crate may use which, what is documented, which words exist.
//!
//! Each rule is a function over plain data, and is tried on a planted fault.

mod cycles;
mod dependencies;
mod doctests;
mod documented;
mod documents;
mod environment;
mod findings;
mod glossary;
mod names;
mod paths;
mod rules;
mod sources;
mod sql;
mod tokens;
