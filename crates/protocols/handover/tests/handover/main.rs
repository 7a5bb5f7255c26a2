//! The hand-over from outside: both sides in one process, and attackers.

mod arbitrary_bytes;
mod assertions;
mod foreign_bytes;
mod refusals;
mod round_trip;
mod secrets;
mod world;
