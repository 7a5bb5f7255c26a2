use super::{CommandResult, VirtualCard};
use crate::{Access, Command, DataTag, File, FileId, StatusWord};

impl VirtualCard {
    /// READ BINARY (ISO/IEC 7816-4:2005 §7.2.3): at most Le bytes from an offset, fewer at the file's end.
    pub(super) fn read_binary(&mut self, command: &Command) -> CommandResult {
        let length = expected_length(command)?;
        let (id, offset) = match command.p1() {
            p1 @ 0x00..=0x7F => {
                let id = self.session.file.ok_or(StatusWord::NO_CURRENT_FILE)?;
                (id, usize::from(u16::from_be_bytes([p1, command.p2()])))
            }
            p1 @ 0x80..=0x9F => (self.select_by_short_id(p1 & 0x1F)?, usize::from(command.p2())),
            _ => return Err(StatusWord::WRONG_PARAMETERS.into()),
        };
        let file = self.file(id).ok_or(StatusWord::FILE_NOT_FOUND)?;
        match file {
            File::Transparent { read, .. } => self.check_access(read)?,
            File::TokenInformation { .. } => {}
            _ => return Err(StatusWord::WRONG_FILE_KIND.into()),
        }
        Ok(file.read(offset, length).ok_or(StatusWord::WRONG_OFFSET)?)
    }

    /// READ RECORD (ISO/IEC 7816-4:2005 §7.3.3): the record whose number P1 is.
    pub(super) fn read_record(&mut self, command: &Command) -> CommandResult {
        let length = expected_length(command)?;
        // P2: the short identifier (0 for the selected file) and 100, "read the record of this number".
        if command.p2() & 0x07 != 0x04 {
            return Err(StatusWord::WRONG_PARAMETERS.into());
        }
        let id = match command.p2() >> 3 {
            0 => self.session.file.ok_or(StatusWord::NO_CURRENT_FILE)?,
            short => self.select_by_short_id(short)?,
        };
        let Some(File::Records { records, read }) = self.file(id) else {
            return Err(StatusWord::WRONG_FILE_KIND.into());
        };
        self.check_access(read)?;
        let record = usize::from(command.p1()).checked_sub(1).and_then(|index| records.get(index));
        let record = &record.ok_or(StatusWord::RECORD_NOT_FOUND)?.0;
        Ok(record[..record.len().min(length)].to_vec())
    }

    /// GET DATA (ISO/IEC 7816-4:2005 §7.4.2): data objects belong to the issuer security domain.
    pub(super) fn read_object(&self, command: &Command) -> CommandResult {
        let length = expected_length(command)?;
        let tag = DataTag(u16::from_be_bytes([command.p1(), command.p2()]));
        let object = match self.session.application {
            None => self.data.objects.get(&tag),
            Some(_) => None,
        };
        let object = &object.ok_or(StatusWord::REFERENCE_NOT_FOUND)?.0;
        Ok(object[..object.len().min(length)].to_vec())
    }

    /// Whether the verified PINs satisfy `access`.
    pub(super) fn check_access(&self, access: &Access) -> Result<(), StatusWord> {
        let allowed = match access {
            Access::Free => true,
            Access::AfterPin(pins) => pins.iter().any(|pin| self.is_verified(*pin)),
            Access::Never => false,
        };
        if allowed { Ok(()) } else { Err(StatusWord::SECURITY_NOT_SATISFIED) }
    }

    /// Whether this PIN of the selected application was verified.
    pub(super) fn is_verified(&self, pin: FileId) -> bool {
        let Some((application, verified)) = &self.session.verified else { return false };
        self.session.application == Some(*application) && verified.contains(&pin)
    }
}

/// The maximum length of the response to a command that must have no data and must expect one.
fn expected_length(command: &Command) -> Result<usize, StatusWord> {
    match (command.data(), command.max_response_length()) {
        ([], Some(length)) => usize::try_from(length).map_err(|_| StatusWord::WRONG_LENGTH),
        _ => Err(StatusWord::WRONG_LENGTH),
    }
}
