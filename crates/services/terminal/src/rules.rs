//! How the terminal interprets responses and input: plain functions and enums.

pub(crate) mod follow_up;
pub(crate) mod months;
pub(crate) mod reception_list;
