use super::{CommandResult, VirtualCard};
use crate::{Command, File, Scheme, StatusWord, WrongInput};

impl VirtualCard {
    /// COMPUTE DIGITAL SIGNATURE 80 2A: P1 is the scheme, P2 the key.
    pub(super) fn sign(&mut self, command: &Command) -> CommandResult {
        let scheme = Scheme::from_p1(command.p1()).ok_or(StatusWord::WRONG_PARAMETERS)?;
        let reference = self.resolve_reference(command.p2())?;
        let Some(File::Key { pkcs8: key, sign }) = self.file(reference.file) else {
            return Err(StatusWord::REFERENCE_NOT_FOUND.into());
        };
        self.check_access(sign)?;
        let expected = command.max_response_length().ok_or(StatusWord::WRONG_LENGTH)?;
        let signature = key.sign(scheme, command.data()).map_err(|wrong| match wrong {
            WrongInput::Length | WrongInput::Failed => StatusWord::CONDITIONS_NOT_SATISFIED,
            WrongInput::Scheme => StatusWord::WRONG_PARAMETERS,
        })?;
        // A signature is returned whole or not at all.
        if usize::try_from(expected).is_ok_and(|expected| expected < signature.len()) {
            return Err(StatusWord::WRONG_LENGTH.into());
        }
        Ok(signature)
    }
}
