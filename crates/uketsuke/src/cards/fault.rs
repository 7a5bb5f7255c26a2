//! `--fault`: what goes wrong with a card that is laid in.

use std::str::FromStr;

use card::{CardData, PinReference, StatusWord, TokenLabel};

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `pulled-during=N`: no answer to the Nth command comes any more.
    PulledDuring(u32),
    /// `pulled-after=N`: the Nth command is the last.
    PulledAfter(u32),
    /// `slow=MS`: every command takes so many milliseconds.
    Slow(u32),
    /// `answer=N:SW`: the Nth command is not carried out but answered so.
    Answer(u32, StatusWord),
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
pub struct UnknownFault;

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let number = |text: &str| text.parse::<u32>().map_err(|_| UnknownFault);
        let count = |text: &str| number(text).and_then(|count| if count == 0 { Err(UnknownFault) } else { Ok(count) });
        match text.split_once('=') {
            Some(("pulled-during", at)) => Ok(Self::PulledDuring(count(at)?)),
            Some(("pulled-after", at)) => Ok(Self::PulledAfter(count(at)?)),
            Some(("slow", milliseconds)) => Ok(Self::Slow(number(milliseconds)?)),
            Some(("answer", wrong)) => {
                let (at, status) = wrong.split_once(':').ok_or(UnknownFault)?;
                Ok(Self::Answer(count(at)?, status.parse().map_err(|_| UnknownFault)?))
            }
            Some(_) => Err(UnknownFault),
            None => match text {
                "no-signature" => Ok(Self::NoSignature),
                "one-try-left" => Ok(Self::OneTryLeft),
                "locked" => Ok(Self::Locked),
                "android" => Ok(Self::Phone(TokenLabel::Android)),
                "iphone" => Ok(Self::Phone(TokenLabel::Iphone)),
                _ => Err(UnknownFault),
            },
        }
    }
}

impl Fault {
    /// The card with this fault.
    pub(super) fn lay_into(self, mut data: CardData) -> CardData {
        let faults = &mut data.faults;
        match self {
            Self::PulledDuring(at) => faults.pulled_during = Some(at),
            Self::PulledAfter(at) => faults.pulled_after = Some(at),
            Self::Slow(milliseconds) => faults.delay_milliseconds = milliseconds,
            Self::Answer(at, status) => drop(faults.answers.insert(at, status)),
            Self::NoSignature => return data.without_signature(),
            Self::OneTryLeft => return data.with_tries_left(PinReference::AUTHENTICATION, 1),
            Self::Locked => return data.with_tries_left(PinReference::AUTHENTICATION, 0),
            Self::Phone(label) => return data.labelled(label),
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
            ("pulled-during=3", Fault::PulledDuring(3)),
            ("pulled-after=1", Fault::PulledAfter(1)),
            ("slow=250", Fault::Slow(250)),
            ("answer=4:6982", Fault::Answer(4, status)),
            ("no-signature", Fault::NoSignature),
            ("one-try-left", Fault::OneTryLeft),
            ("locked", Fault::Locked),
            ("iphone", Fault::Phone(TokenLabel::Iphone)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for wrong in
            ["", "pulled", "pulled-after=0", "slow", "slow=-1", "answer=1", "answer=1:1234", "locked=1", "plastic"]
        {
            assert_eq!(wrong.parse::<Fault>(), Err(UnknownFault), "{wrong}");
        }
    }
}
