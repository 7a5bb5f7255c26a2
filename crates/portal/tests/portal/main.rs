//! The app from outside: a browser's requests in, pages out, a reception beside it that notes what it is told.

mod attacks;
mod journeys;
mod mishaps;
// Clippy lets tests unwrap, and knows them by this.
#[cfg(test)]
mod world;
