//! An audit that cannot be changed unnoticed by anybody without its key.
//!
//! The rows of a service are in chains, such as one for each institution, so that institutions do not wait for one another.
//! Each row's digest is keyed and covers the row before it ([`AuditChain`]). This crate keeps the end of every chain in the
//! table `audit_head`, and a roll of all chains, so that a whole chain cannot vanish either. The rows themselves are in a
//! table of the service, with the columns that it searches by ([`AuditTable`]).
//!
//! A service adds this table to its migrations:
//!
//! ```sql
//! CREATE TABLE audit_head (
//!     chain TEXT NOT NULL PRIMARY KEY,
//!     place BIGINT NOT NULL,
//!     digest BYTEA NOT NULL,
//!     seal BYTEA NOT NULL
//! );
//! ```
//!
//! Within the transaction of an access or a change it calls [`lock_chain`] and [`append_entries`]; [`verify`] finds the first
//! faulty row of every chain, [`verify_part`] that among some rows of one. What an entry says, and who may be named in it, is for the service to decide.
//!
//! Start reading at [`AuditTable`], then [`AuditChain`].

mod chain;
mod table;
#[cfg(test)]
mod tests;
mod verification;

pub use chain::{AuditChain, ChainAnchor, ChainEnd, ChainFault, ChainFaultKind, ChainVerifier};
pub use table::{AuditTable, LockedChain, RowPosition, StoredRow, append_entries, lock_chain};
pub use verification::{AuditFault, AuditReport, ChainPart, verify, verify_part};
