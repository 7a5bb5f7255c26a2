//! One contract on both engines: what is registered here is read there, and nothing else.

mod assistance;
mod attempts;
mod audit;
mod ended;
mod history;
mod matrix;
mod messages;
mod nation;
mod own;
mod readers;
mod receptions;
mod tls;
mod troubles;
mod world;
