use crate::{CardData, Counters, File, MemoryFailure, PinReference, ReferenceData};

/// Why the municipal office (市区町村の窓口) could not change a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficeRefusal {
    /// The card has no such PIN.
    #[error("this card has no PIN {0}")]
    NoSuchPin(PinReference),
    /// The new PIN does not have the required form.
    #[error("the new PIN does not have the form that PIN {0} has")]
    WrongForm(PinReference),
    /// The card could not store everything. The operation can be repeated safely.
    #[error(transparent)]
    NotStored(#[from] MemoryFailure),
}

/// The operations of the municipal office on a card, without any of its PINs.
impl CardData {
    /// Resets the tries of `pin`.
    pub fn unlock(&mut self, pin: PinReference) -> Result<(), OfficeRefusal> {
        self.counters = self.counters_after_unlock(pin)?;
        Ok(())
    }

    /// Sets a new PIN and resets its tries.
    pub fn set_pin(&mut self, pin: PinReference, value: ReferenceData) -> Result<(), OfficeRefusal> {
        let counters = self.counters_after_unlock(pin)?;
        self.replace_pin(pin, value)?;
        self.counters = counters;
        Ok(())
    }

    /// The counters after unlocking `pin`.
    pub(crate) fn counters_after_unlock(&self, pin: PinReference) -> Result<Counters, OfficeRefusal> {
        let limit = self.pin(pin).ok_or(OfficeRefusal::NoSuchPin(pin))?.tries;
        Ok(self.counters().with_tries_left(pin, limit.into()))
    }

    /// Replaces a PIN and leaves its tries: for restoring what a [`crate::Memory`] has stored.
    pub fn replace_pin(&mut self, pin: PinReference, value: ReferenceData) -> Result<(), OfficeRefusal> {
        match self.file_mut(pin.application, pin.file) {
            Some(File::Pin(file)) if file.form.fits(&value) => {
                file.value = value;
                Ok(())
            }
            Some(File::Pin(_)) => Err(OfficeRefusal::WrongForm(pin)),
            _ => Err(OfficeRefusal::NoSuchPin(pin)),
        }
    }
}
