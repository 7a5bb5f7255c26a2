//! Patients, their profiles, and the code that signs them in.

pub(crate) mod patient;
pub(crate) mod sign_in;
