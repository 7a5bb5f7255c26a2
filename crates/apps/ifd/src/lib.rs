//! A card reader for a stock `pcscd`, whose only hardware is a Unix socket: the process that listens on the socket is the
//! card in the reader. pcsc-lite calls a reader's driver an IFD handler (interface version 3).
//!
//! What this crate promises:
//!
//! * It passes bytes on and parses none of them: PINs and keys are handled by the card alone.
//! * Nothing that a card process does harms the daemon: no panic leaves a function, every wait has a limit, and a card
//!   that sends a malformed response counts as removed.
//! * A card that was replaced between two polls is reported absent in between: no state of one reaches the next.
//!
//! What it must never do: start a process, write a file, log a command, or connect to anything but the socket that the
//! daemon's configuration names.
//!
//! Start reading at `reader.rs`. `c_interface.rs` is the C interface around it and the only place with `unsafe`.

mod c_interface;
mod reader;
