//! One contract on both engines: what is registered here is read there, and nothing else.

mod audit;
mod history;
mod matrix;
mod messages;
mod own;
mod receptions;
mod tls;
mod troubles;
mod world;
