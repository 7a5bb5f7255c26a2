//! The contract of the service, on both engines.

mod administration;
mod assistance;
mod attempts;
mod audit;
mod ended_receptions;
mod history;
mod load;
mod matrix;
mod messages;
mod readers;
mod receptions;
mod records;
mod simulated_faults;
mod tls;
mod world;
