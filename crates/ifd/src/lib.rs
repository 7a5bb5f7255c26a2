//! A card reader for a stock `pcscd`, with nothing in it but a Unix socket: whoever lays a virtual card behind the socket
//! has laid it into the reader. An IFD handler, as pcsc-lite calls a reader's driver (interface version 3).
//!
//! What this crate promises:
//!
//! * It carries bytes and understands none of them: PINs and keys are the card's affair.
//! * Nothing that a card process does harms the daemon: no panic leaves a function, nothing is waited for without end, and
//!   a card that answers nonsense is a card that is gone.
//! * A card that was changed for another between two looks was absent in between: no status of one reaches the next.
//!
//! What it must never do: start a process, write a file, log a command, or connect to anything but the socket that the
//! daemon's configuration names.
//!
//! Start reading at `reader.rs`. `edge.rs` is the C interface around it and the only place with `unsafe`.

mod c_interface;
mod reader;
