//! Which times are slots of an institution.

pub(crate) mod slot;
