use std::{thread, time::Duration};

use card::{Faults, Transmit, TransmitError, VirtualCard, instruction};
use serde::Deserialize;

/// The simulated contact of a virtual card with the phone, from power on to power off. The card can be removed too early, as
/// chosen in the simulation's form.
///
/// The application only sees [`Transmit`], as with a plastic card.
pub(crate) struct SimulatedContact {
    card: VirtualCard,
    fault: RemovalFault,
}

/// When the card is removed too early. A field of the simulation's form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RemovalFault {
    /// Never.
    #[default]
    None,
    /// While the certificate is read, before the PIN.
    Reading,
    /// While the card verifies the PIN: the try is spent.
    Pin,
    /// While the card signs, after the PIN was verified.
    Signature,
}

impl RemovalFault {
    /// Whether the card is removed during this command (ISO/IEC 7816-4: INS is the second byte; a VERIFY without data only
    /// queries the tries).
    fn applies_to(self, command: &[u8]) -> bool {
        let Some(code) = command.get(1) else { return false };
        match self {
            Self::None => false,
            // Only a certificate is longer than one response, so only it is read at an offset other than 0.
            Self::Reading => *code == instruction::READ_BINARY && command.get(2..4) != Some(&[0, 0]),
            Self::Pin => *code == instruction::VERIFY && command.len() > 4,
            Self::Signature => *code == instruction::SIGN,
        }
    }
}

impl SimulatedContact {
    /// Powers the card on.
    pub(crate) fn start(mut card: VirtualCard, fault: RemovalFault) -> Self {
        card.power_on();
        Self { card, fault }
    }

    /// Powers the card off.
    pub(crate) fn end(mut self) {
        self.card.power_off();
    }
}

impl Transmit for SimulatedContact {
    #[expect(clippy::disallowed_methods, reason = "a card takes its time, in the thread of its reader")]
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        if self.fault.applies_to(command) {
            self.fault = RemovalFault::None;
            self.card.inject_faults(Faults { removed_during: Some(1), ..Faults::default() });
        }
        let delay = self.card.delay();
        if delay > Duration::ZERO {
            // A slow card. Sessions run on threads that may block.
            thread::sleep(delay);
        }
        self.card.transmit(command)
    }
}
