//! The hand-over seen from outside: both sides in one memory, and everybody who is neither.

mod arbitrary_bytes;
mod assertions;
mod refusals;
mod round_trip;
mod secrets;
mod world;
