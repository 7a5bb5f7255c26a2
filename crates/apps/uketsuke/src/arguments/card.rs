//! The command line of `uketsuke card`.

use std::{convert::Infallible, path::PathBuf, str::FromStr};

use card::{PinReference, StatusWord, TokenLabel};
use portal::CardId;

/// What is done with a card.
#[derive(Debug, clap::Subcommand)]
pub enum CardCommand {
    /// Lay a card into a card reader; it lies there until `card remove`, Ctrl-C or SIGTERM
    Insert {
        /// One of the demo's people (`card list`), or a card's data file (a path with a dot or a slash)
        card: CardSelector,
        /// What goes wrong: pulled-during=N, pulled-after=N, slow=MILLISECONDS, answer=N:SW, no-signature, one-try-left,
        /// locked, android, iphone. Give it again for more
        #[arg(long = "fault", value_name = "FAULT")]
        faults: Vec<CardFault>,
        /// The reader: own, vpcd, or vpcd=HOST:PORT
        #[arg(long, value_name = "READER", default_value = "own")]
        reader: ReaderKind,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Take the card out of a card reader
    Remove {
        /// The reader, as it was named when the card was laid in
        #[arg(long, value_name = "READER", default_value = "own")]
        reader: ReaderKind,
        /// Where the reader's socket is
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// List the demo's cards: name, tries left at the authentication PIN, whose it is
    List {
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Show what a card is: applications, files, tries left
    Show {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Write a card as a data file to the standard output, with its PINs and keys: a card of its own from there on
    Export {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Give all tries at a PIN back, as the municipal office does
    Unlock {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// The PIN: authentication, signature, text, registry, common, or APPLICATION/FILE as `card show` names it
        #[arg(default_value = "authentication")]
        pin: PinSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Set a new PIN, read from the standard input, and give all tries back, as the municipal office does
    SetPin {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// The PIN: authentication, signature, text, registry, common, or APPLICATION/FILE as `card show` names it
        #[arg(default_value = "authentication")]
        pin: PinSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// The card reader's driver
    #[command(subcommand)]
    Reader(DriverCommand),
}

/// Where the demo keeps its cards.
#[derive(Debug, Clone, clap::Args)]
pub struct CardStoreArguments {
    /// The demo's data folder; the reader's socket stands in its folder reader
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// The demo's PostgreSQL server, where it has one
    #[arg(long, value_name = "URL", env = "UKETSUKE_DATABASE")]
    pub database: Option<String>,
}

/// Which card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardSelector {
    /// The card of one of the demo's people.
    Persona(CardId),
    /// A data file.
    File(PathBuf),
}

impl FromStr for CardSelector {
    type Err = Infallible;

    /// A text that is not the name of a card is the path of a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Persona))
    }
}

/// Commands for the driver of crate `ifd`.
#[derive(Debug, clap::Subcommand)]
pub enum DriverCommand {
    /// Write the reader's configuration into a folder that pcscd reads, such as /etc/reader.conf.d
    Install {
        /// The folder
        folder: PathBuf,
        /// Copy the driver to this place first, such as /usr/lib/pcsc/drivers/serial/libuketsuke_ifd.so; otherwise pcscd
        /// loads it from beside this program
        #[arg(long, value_name = "FILE")]
        driver: Option<PathBuf>,
        /// The data folder of whoever inserts cards
        #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
        data: PathBuf,
    },
}

/// A simulated fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFault {
    /// `pulled-during=N`: the response to the Nth command is lost.
    RemovedDuring(u32),
    /// `pulled-after=N`: the Nth command is the last.
    RemovedAfter(u32),
    /// `slow=MS`: every command takes MS milliseconds.
    Slow(u32),
    /// `answer=N:SW`: the Nth command is not carried out and has this status word as response.
    Response(u32, StatusWord),
    /// `no-signature`: the card has no 署名用電子証明書.
    NoSignature,
    /// `one-try-left`: one try at the authentication PIN is left.
    OneTryLeft,
    /// `locked`: no try at the authentication PIN is left.
    Locked,
    /// `android` or `iphone`: a phone instead of a card.
    Phone(TokenLabel),
}

/// The text does not name a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a fault is pulled-during=N, pulled-after=N, slow=MILLISECONDS, answer=N:SW, no-signature, one-try-left, locked, android, \
     or iphone; N counts commands from 1, SW is a status word such as 6982"
)]
pub struct UnknownCardFault;

impl FromStr for CardFault {
    type Err = UnknownCardFault;

    fn from_str(text: &str) -> Result<Self, UnknownCardFault> {
        let number = |text: &str| text.parse::<u32>().map_err(|_| UnknownCardFault);
        let count =
            |text: &str| number(text).and_then(|count| if count == 0 { Err(UnknownCardFault) } else { Ok(count) });
        match text.split_once('=') {
            Some(("pulled-during", command)) => Ok(Self::RemovedDuring(count(command)?)),
            Some(("pulled-after", command)) => Ok(Self::RemovedAfter(count(command)?)),
            Some(("slow", milliseconds)) => Ok(Self::Slow(number(milliseconds)?)),
            Some(("answer", value)) => {
                let (command, status) = value.split_once(':').ok_or(UnknownCardFault)?;
                Ok(Self::Response(count(command)?, status.parse().map_err(|_| UnknownCardFault)?))
            }
            Some(_) => Err(UnknownCardFault),
            None => match text {
                "no-signature" => Ok(Self::NoSignature),
                "one-try-left" => Ok(Self::OneTryLeft),
                "locked" => Ok(Self::Locked),
                "android" => Ok(Self::Phone(TokenLabel::Android)),
                "iphone" => Ok(Self::Phone(TokenLabel::Iphone)),
                _ => Err(UnknownCardFault),
            },
        }
    }
}

/// A PIN as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinSelector(PinReference);

/// The text does not name a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a PIN is authentication, signature, text, registry, common, or APPLICATION/FILE such as D392F000260100000001/0018"
)]
pub struct UnknownPin;

/// The names of the PINs that have one.
pub(crate) const PIN_NAMES: [(&str, PinReference); 5] = [
    ("authentication", PinReference::AUTHENTICATION),
    ("signature", PinReference::SIGNATURE),
    ("text", PinReference::TEXT),
    ("registry", PinReference::REGISTRY),
    ("common", PinReference::COMMON),
];

impl FromStr for PinSelector {
    type Err = UnknownPin;

    fn from_str(text: &str) -> Result<Self, UnknownPin> {
        let pin = PIN_NAMES.iter().find(|(name, _)| *name == text).map(|(_, reference)| *reference);
        pin.map_or_else(|| text.parse().map_err(|_| UnknownPin), Ok).map(Self)
    }
}

impl From<PinSelector> for PinReference {
    fn from(selector: PinSelector) -> Self {
        selector.0
    }
}

/// The default address of vpcd.
const DEFAULT_VPCD_ADDRESS: &str = "127.0.0.1:35963";

/// The driver between pcscd and the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderKind {
    /// The driver of crate `ifd`, over a socket in the data folder.
    Own,
    /// vpcd, which listens at this address.
    Vpcd(String),
}

/// The text does not name a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reader is own, vpcd, or vpcd=HOST:PORT")]
pub struct UnknownReader;

impl FromStr for ReaderKind {
    type Err = UnknownReader;

    fn from_str(text: &str) -> Result<Self, UnknownReader> {
        match text.split_once('=') {
            None if text == "own" => Ok(Self::Own),
            None if text == "vpcd" => Ok(Self::Vpcd(DEFAULT_VPCD_ADDRESS.to_owned())),
            Some(("vpcd", address)) if address.rsplit_once(':').is_some_and(|(host, _)| !host.is_empty()) => {
                Ok(Self::Vpcd(address.to_owned()))
            }
            _ => Err(UnknownReader),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_named_or_a_file() {
        let check = |text: &str, expected: CardSelector| assert_eq!(text.parse(), Ok(expected));
        check("hanako", CardSelector::Persona("hanako".parse().unwrap()));
        check("hanako.json", CardSelector::File("hanako.json".into()));
        check("./hanako", CardSelector::File("./hanako".into()));
        check("カード", CardSelector::File("カード".into()));
    }

    #[test]
    fn faults_are_named() {
        let status = StatusWord::SECURITY_NOT_SATISFIED;
        for (text, expected) in [
            ("pulled-during=3", CardFault::RemovedDuring(3)),
            ("pulled-after=1", CardFault::RemovedAfter(1)),
            ("slow=250", CardFault::Slow(250)),
            ("answer=4:6982", CardFault::Response(4, status)),
            ("no-signature", CardFault::NoSignature),
            ("one-try-left", CardFault::OneTryLeft),
            ("locked", CardFault::Locked),
            ("iphone", CardFault::Phone(TokenLabel::Iphone)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for wrong in
            ["", "pulled", "pulled-after=0", "slow", "slow=-1", "answer=1", "answer=1:1234", "locked=1", "plastic"]
        {
            assert_eq!(wrong.parse::<CardFault>(), Err(UnknownCardFault), "{wrong}");
        }
    }

    #[test]
    fn a_pin_is_named_in_words_or_by_its_file() {
        assert_eq!("signature".parse(), Ok(PinSelector(PinReference::SIGNATURE)));
        assert_eq!("D392F000260100000001/0018".parse(), Ok(PinSelector(PinReference::AUTHENTICATION)));
        assert_eq!("1234".parse::<PinSelector>(), Err(UnknownPin));
    }

    #[test]
    fn a_reader_is_our_own_or_vpcds() {
        assert_eq!("own".parse(), Ok(ReaderKind::Own));
        assert_eq!("vpcd".parse(), Ok(ReaderKind::Vpcd("127.0.0.1:35963".to_owned())));
        assert_eq!("vpcd=localhost:1".parse(), Ok(ReaderKind::Vpcd("localhost:1".to_owned())));
        for wrong in ["", "other", "own=1", "vpcd=", "vpcd=1", "vpcd=:1"] {
            assert_eq!(wrong.parse::<ReaderKind>(), Err(UnknownReader), "{wrong}");
        }
    }
}
