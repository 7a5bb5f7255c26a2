use crate::{CardData, Counters, File, MemoryFailure, PinReference, ReferenceData};

/// Why the municipal office (市区町村の窓口) did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficeRefusal {
    /// The card has no such PIN.
    #[error("this card has no PIN {0}")]
    NoSuchPin(PinReference),
    /// The new PIN does not have the form that this PIN has.
    #[error("the new PIN does not have the form that PIN {0} has")]
    WrongForm(PinReference),
    /// The card could not keep all of it. Asking again does no harm.
    #[error(transparent)]
    NotStored(#[from] MemoryFailure),
}

/// What the office does to a card that lies before it, without any of its PINs.
impl CardData {
    /// Gives all tries at `pin` back.
    pub fn unlock(&mut self, pin: PinReference) -> Result<(), OfficeRefusal> {
        self.counters = self.counters_after_unlock(pin)?;
        Ok(())
    }

    /// Sets a new PIN and gives all tries at it back.
    pub fn set_pin(&mut self, pin: PinReference, value: ReferenceData) -> Result<(), OfficeRefusal> {
        let counters = self.counters_after_unlock(pin)?;
        self.replace_pin(pin, value)?;
        self.counters = counters;
        Ok(())
    }

    /// The counters as they are once `pin` is unlocked.
    pub(crate) fn counters_after_unlock(&self, pin: PinReference) -> Result<Counters, OfficeRefusal> {
        let limit = self.pin(pin).ok_or(OfficeRefusal::NoSuchPin(pin))?.tries;
        Ok(self.counters().with_tries_left(pin, limit.into()))
    }

    /// Puts a PIN in the place of the old and leaves the tries as they are: for what a [`crate::Memory`] has kept.
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
