//! How the terminal interprets responses and input: plain functions and enums.

pub(crate) mod reception_list;
