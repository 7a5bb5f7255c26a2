//! `--fault`: what goes wrong with a card that is laid in.

use std::str::FromStr;

use card::{CardData, PinReference, StatusWord, TokenLabel};

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFault {
    /// `pulled-during=N`: no answer to the Nth command comes any more.
    RemovedDuring(u32),
    /// `pulled-after=N`: the Nth command is the last.
    RemovedAfter(u32),
    /// `slow=MS`: every command takes so many milliseconds.
    Slow(u32),
    /// `answer=N:SW`: the Nth command is not carried out but answered so.
    Response(u32, StatusWord),
    /// `no-signature`: there is no 署名用電子証明書.
    NoSignature,
    /// `one-try-left` at the authentication PIN.
    OneTryLeft,
    /// `locked`: no try at the authentication PIN is left.
    Locked,
    /// `android` or `iphone`: a phone instead of a card.
    Phone(TokenLabel),
}

/// A text that is no fault.
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
            Some(("pulled-during", at)) => Ok(Self::RemovedDuring(count(at)?)),
            Some(("pulled-after", at)) => Ok(Self::RemovedAfter(count(at)?)),
            Some(("slow", milliseconds)) => Ok(Self::Slow(number(milliseconds)?)),
            Some(("answer", wrong)) => {
                let (at, status) = wrong.split_once(':').ok_or(UnknownCardFault)?;
                Ok(Self::Response(count(at)?, status.parse().map_err(|_| UnknownCardFault)?))
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
    /// The card with this fault.
    pub(super) fn apply_to(self, mut data: CardData) -> CardData {
        let faults = &mut data.faults;
        match self {
            Self::RemovedDuring(at) => faults.removed_during = Some(at),
            Self::RemovedAfter(at) => faults.removed_after = Some(at),
            Self::Slow(milliseconds) => faults.delay_milliseconds = milliseconds,
            Self::Response(at, status) => drop(faults.statuses.insert(at, status)),
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
