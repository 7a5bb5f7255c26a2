//! `--fault`: simulated faults of an inserted card.

use std::str::FromStr;

use card::{CardData, PinReference, StatusWord, TokenLabel};

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

impl CardFault {
    /// Adds this fault to a card.
    pub(super) fn apply_to(self, mut data: CardData) -> CardData {
        let faults = &mut data.faults;
        match self {
            Self::RemovedDuring(command) => faults.removed_during = Some(command),
            Self::RemovedAfter(command) => faults.removed_after = Some(command),
            Self::Slow(milliseconds) => faults.delay_milliseconds = milliseconds,
            Self::Response(command, status) => drop(faults.statuses.insert(command, status)),
            Self::NoSignature => return data.without_signature(),
            Self::OneTryLeft => return data.with_tries_left(PinReference::AUTHENTICATION, 1),
            Self::Locked => return data.with_tries_left(PinReference::AUTHENTICATION, 0),
            Self::Phone(label) => return data.with_label(label),
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
