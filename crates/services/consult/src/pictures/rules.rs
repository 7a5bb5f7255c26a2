//! Insurance pictures, how a desk judges them, and its notes on them.

pub(crate) mod judgement;
pub(crate) mod note;
pub(crate) mod picture;
