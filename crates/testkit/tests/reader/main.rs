//! The virtual card behind a stock `pcscd`, read by programs that we did not write.

mod computer;
mod insertions;
