use std::{thread, time::Duration};

use card::{Faults, Transmit, TransmitError, VirtualCard, instruction};
use serde::Deserialize;

/// The hand that holds a virtual card to the phone, from laying it on to taking it away. It can slip, on demand.
///
/// The application above sees [`Transmit`] alone, as with a plastic card.
pub(crate) struct SimulatedContact {
    card: VirtualCard,
    fault: RemovalFault,
}

/// When the card moves away too early. The field of the simulation's form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RemovalFault {
    /// It does not.
    #[default]
    None,
    /// While the certificate is read: before the PIN.
    Reading,
    /// While the card checks the PIN: the try is spent.
    Pin,
    /// While the card signs, after the PIN was right.
    Signature,
}

impl RemovalFault {
    /// Whether the card goes during this command (ISO/IEC 7816-4: INS is the second byte; a VERIFY without data asks).
    fn applies_to(self, command: &[u8]) -> bool {
        let Some(code) = command.get(1) else { return false };
        match self {
            Self::None => false,
            // Of all that is read, only a certificate is longer than one command's answer.
            Self::Reading => *code == instruction::READ_BINARY && command.get(2..4) != Some(&[0, 0]),
            Self::Pin => *code == instruction::VERIFY && command.len() > 4,
            Self::Signature => *code == instruction::SIGN,
        }
    }
}

impl SimulatedContact {
    /// Lays the card on and gives it power.
    pub(crate) fn start(mut card: VirtualCard, slip: RemovalFault) -> Self {
        card.power_on();
        Self { card, fault: slip }
    }

    /// Takes its power away.
    pub(crate) fn end(mut self) {
        self.card.power_off();
    }
}

impl Transmit for SimulatedContact {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        if self.fault.applies_to(command) {
            self.fault = RemovalFault::None;
            self.card.inject_faults(Faults { removed_during: Some(1), ..Faults::default() });
        }
        let delay = self.card.delay();
        if delay > Duration::ZERO {
            // A slow card. Sessions run on threads that may wait.
            thread::sleep(delay);
        }
        self.card.transmit(command)
    }
}
