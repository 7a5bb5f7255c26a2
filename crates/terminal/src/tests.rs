//! The room as a whole: its store on every engine, its client against another party, its pages as a browser sees them.

mod accounts;
mod browser;
mod client;
mod confirmations;
mod counterpart;
mod pages;
mod rendered;
