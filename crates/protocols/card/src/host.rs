//! The host's side: what a portal does with a card on a reader.
//!
//! Start reading at [`Jpki`].

mod jpki;

pub use jpki::{Availability, CardError, Hash, Jpki, PinVerification, Step};
