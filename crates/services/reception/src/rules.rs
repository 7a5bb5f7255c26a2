//! What may happen next, decided without a database, a clock or a network.

pub mod authentication;
pub mod holder_name;
pub mod procedure;
pub mod refusal_reason;
pub mod renewal;
pub mod request;
