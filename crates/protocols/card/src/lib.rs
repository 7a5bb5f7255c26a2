//! マイナンバーカード, in bytes and values: the commands of ISO/IEC 7816-4, the card's files and PINs, the JPKI application, a
//! virtual card that executes the commands, and the host's side that reads a card.
//!
//! Guarantees:
//!
//! * Virtual and plastic cards implement one trait, [`Transmit`]. The host's side learns everything by commands.
//! * A try of a PIN is spent and stored before the PIN is compared: no power cut restores it ([`Memory`]).
//! * The host's side ([`Jpki`]) sends each command exactly once and never repeats a VERIFY automatically.
//! * `Debug` shows no PIN, password or private key, and each is zeroized on drop.
//!
//! The crate must never access a file, a clock or a socket, or hold more of a card than the card's own data.
//!
//! Start reading at [`Command`] and [`StatusWord`], then [`CardData`], [`VirtualCard`] and [`Jpki`].

mod command;
mod counters;
mod data;
mod fault;
mod files;
pub mod host;
mod identifier;
pub mod ifd;
mod key;
mod office;
mod personalisation;
mod pin;
mod response;
mod status;
mod tlv;
mod token;
mod transmit;
mod virtual_card;
pub mod vpcd;

pub use command::{Command, Malformed, instruction};
pub use counters::{Counters, Memory, MemoryFailure, PinReference, UnreadablePinReference, VolatileMemory};
pub use data::{Application, CardData, WarmReset};
pub use fault::Faults;
pub use files::{Access, ChangeCommand, Content, File, PinFile, PinForm, TryLimit, UnreadableContent, WrongTryLimit};
pub use host::Jpki;
pub use identifier::{Aid, Atr, DataTag, FileId, UnreadableIdentifier, aid, file};
pub use key::{Algorithm, PrivateKey, Scheme, UnreadableKey, WrongInput};
pub use office::OfficeRefusal;
pub use personalisation::{CardHolder, CardKey, CardSerial, Personalisation, Sex, WrongCardSerial, WrongMunicipality};
pub use personalisation::{MY_NUMBER_FILLER, Municipality};
pub use pin::{Pin, ReferenceData, SignaturePassword, WrongPin, WrongReferenceData, WrongSignaturePassword};
pub use response::{Response, TruncatedResponse};
pub use status::{StatusWord, UnreadableStatusWord};
pub use token::{TokenInformation, TokenLabel, UnknownToken};
pub use transmit::{Transmit, TransmitError};
pub use virtual_card::VirtualCard;
