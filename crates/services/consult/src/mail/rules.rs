//! Mail addresses, and what follows from the reply of a relay.

pub(crate) mod address;
pub(crate) mod delivery;
