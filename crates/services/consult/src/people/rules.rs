//! Accounts, the patients for whom they act, profiles, and the code that signs in.

pub(crate) mod account;
pub(crate) mod patient;
pub(crate) mod sign_in;
