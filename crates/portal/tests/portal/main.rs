//! The app from outside: a browser's requests in, pages out, a reception beside it that notes what it is told.

mod attacks;
#[cfg(test)]
mod computer;
mod failures;
mod journeys;
#[cfg(test)]
mod readers;
// Clippy lets tests unwrap, and knows them by this.
#[cfg(test)]
mod world;
