//! The app from outside: requests of a browser, pages as responses, and a reception that records the app's requests.

mod attacks;
#[cfg(test)]
mod computer;
mod failures;
mod journeys;
#[cfg(test)]
mod readers;
// `cfg(test)` makes Clippy's allow-unwrap-in-tests apply.
#[cfg(test)]
mod world;
