//! The card as seen by a host: commands and responses in hexadecimal, and random commands against its guarantees.

mod apdu;
mod data;
mod foreign_bytes;
mod host;
mod opensc;
mod power;
mod random_moves;
mod readers;
mod sample;
mod signatures;
