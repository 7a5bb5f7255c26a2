use std::collections::BTreeSet;

use super::{CommandAbort, CommandResult, VirtualCard};
use crate::{ChangeCommand, Command, PinReference, ReferenceData, StatusWord, instruction};

impl VirtualCard {
    /// VERIFY (ISO/IEC 7816-4:2005 §7.5.6). Without data it returns the remaining tries, verified or not.
    pub(super) fn verify(&mut self, command: &Command) -> CommandResult {
        if command.p1() != 0 {
            return Err(StatusWord::WRONG_PARAMETERS.into());
        }
        let reference = self.resolve_reference(command.p2())?;
        let limit = u8::from(self.data.pin(reference).ok_or(StatusWord::REFERENCE_NOT_FOUND)?.tries);
        let tries = self.counters.tries_left(reference).unwrap_or(0);
        if command.data().is_empty() {
            let status = if command.max_response_length().is_some() {
                StatusWord::WRONG_LENGTH
            } else {
                StatusWord::tries(tries)
            };
            return Err(status.into());
        }
        let spent = tries.checked_sub(1).ok_or(StatusWord::PIN_BLOCKED)?;

        // The try is spent and stored before the PIN is compared. From here on a power cut costs a try and reveals nothing.
        self.clear_verification(reference);
        self.store_tries(reference, spent)?;
        if self.power_cut {
            return Err(CommandAbort::PowerCut);
        }
        let pin = self.data.pin(reference).ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        if !pin.value.matches(command.data()) {
            return Err(StatusWord::tries(spent).into());
        }
        if let Err(failure) = self.store_tries(reference, limit) {
            self.counters.set_tries_left(reference, spent);
            return Err(failure.into());
        }
        let (application, verified) =
            self.session.verified.get_or_insert_with(|| (reference.application, BTreeSet::new()));
        // SELECT clears the verification of another application.
        debug_assert_eq!(*application, reference.application);
        verified.insert(reference.file);
        Ok(Vec::new())
    }

    /// CHANGE REFERENCE DATA 00 24 01 or CHANGE KEY 80 32 00: a new PIN, after the old one was verified.
    pub(super) fn change_pin(&mut self, command: &Command) -> CommandResult {
        let (change, p1) = match command.instruction() {
            instruction::CHANGE_KEY => (ChangeCommand::ChangeKey, 0x00),
            _ => (ChangeCommand::ChangeReferenceData, 0x01),
        };
        if command.p1() != p1 {
            return Err(StatusWord::WRONG_PARAMETERS.into());
        }
        let reference = self.resolve_reference(command.p2())?;
        let pin = self.data.pin(reference).ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        if pin.change != change {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED.into());
        }
        if !self.is_verified(reference.file) {
            return Err(StatusWord::SECURITY_NOT_SATISFIED.into());
        }
        if command.data().is_empty() {
            return Err(StatusWord::WRONG_LENGTH.into());
        }
        let value = ReferenceData::from_bytes(command.data()).map_err(|_| StatusWord::WRONG_DATA)?;
        if !pin.form.fits(&value) {
            return Err(StatusWord::WRONG_DATA.into());
        }
        self.memory.store_reference_data(reference, &value).map_err(|_| StatusWord::MEMORY_FAILURE)?;
        self.data.replace_pin(reference, value).map_err(|_| StatusWord::REFERENCE_NOT_FOUND)?;
        Ok(Vec::new())
    }

    /// Marks this PIN as not verified.
    pub(super) fn clear_verification(&mut self, pin: PinReference) {
        if let Some((application, verified)) = &mut self.session.verified
            && *application == pin.application
        {
            verified.remove(&pin.file);
        }
    }

    fn store_tries(&mut self, pin: PinReference, tries: u8) -> Result<(), StatusWord> {
        self.counters.set_tries_left(pin, tries);
        self.memory.store_counters(&self.counters).map_err(|_| StatusWord::MEMORY_FAILURE)
    }
}
