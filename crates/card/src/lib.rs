//! マイナンバーカード, in bytes and values: the commands of ISO/IEC 7816-4, the card's files and PINs, the JPKI
//! application, a virtual card that carries them out, and the program's side that reads a card.
//!
//! What this crate promises:
//!
//! * A virtual and a plastic card are one trait, [`Transmit`]. Who reads a card learns everything by command.
//! * A try at a PIN is spent and kept before the PIN is compared: no power cut gives it back ([`Memory`]).
//! * The program's side ([`Jpki`]) sends each command exactly once. It never repeats a VERIFY by itself.
//! * No PIN, password or private key is ever shown by `Debug`, and each is wiped when it is dropped.
//!
//! What it must never do: read a file, a clock or a socket, or hold more of a card than the card's own data.
//!
//! Where to start reading: [`Command`] and [`StatusWord`], then [`CardData`], [`VirtualCard`] and [`Jpki`].

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
