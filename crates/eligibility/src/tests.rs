//! One contract on both engines: what is registered here is read there, and nothing else.

mod administration;
mod assistance;
mod attempts;
mod audit;
mod ended_receptions;
mod history;
mod matrix;
mod messages;
mod nation;
mod readers;
mod receptions;
mod simulated_faults;
mod tls;
mod world;
