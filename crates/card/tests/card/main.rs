//! The card from outside: hex in, hex out, and random moves against what must never happen.

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
