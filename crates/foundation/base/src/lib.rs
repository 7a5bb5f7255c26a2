//! Values that several services share, without decisions.
//!
//! Each type is parsed once at an interface and is valid afterwards: numbers with check digits, typed ids, secrets that
//! cannot be printed, points in time. The module `file_system` covers operations that not every file system offers. The
//! crate depends on no service, protocol, database or page.
//!
//! Start reading at [`InstitutionCode`], then [`Timestamp`] and [`Token`].

mod catalogue;
mod causes;
mod check_digit;
mod clock;
mod era;
mod file_system;
mod id;
mod institution;
mod insurer;
mod loopback;
mod prefecture;
mod randomness;
mod reception_number;
mod seal;
mod secret;
mod text_enum;

pub use catalogue::CatalogueEntry;
pub use causes::Causes;
pub use check_digit::check_digit;
pub use clock::{Clock, Date, Span, Timestamp, UnreadableDate, end_of_day, parse_date, start_of_day};
pub use era::{Era, era_date, era_text};
pub use file_system::{FolderSync, LockOutcome, LockSharing, lock_file, sync_folder};
pub use id::{Id, UnreadableId};
pub use institution::{InstitutionCode, ScoreTable, WrongInstitutionCode};
pub use insurer::{InsurerKind, InsurerNumber, WrongInsurerNumber};
pub use loopback::is_loopback_name;
pub use prefecture::{Prefecture, UnknownPrefecture};
pub use randomness::Randomness;
pub use reception_number::{ReceptionNumber, WrongReceptionNumber};
pub use seal::BrokenSeal;
pub use secret::{Digest, Key, Token, UnreadableToken, constant_time_eq, digest};
pub use text_enum::UnknownText;

/// For the expansion of [`text_serde!`].
#[doc(hidden)]
pub use serde as __serde;
