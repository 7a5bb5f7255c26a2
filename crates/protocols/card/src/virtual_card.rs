mod pins;
mod read;
mod sign;

use std::{collections::BTreeSet, time::Duration};

use base::Randomness;

use crate::{
    Aid, Application, Atr, CardData, Command, Counters, Faults, File, FileId, Malformed, Memory, OfficeRefusal,
    PinReference, ReferenceData, StatusWord, Transmit, TransmitError, WarmReset, aid, instruction,
};

/// A simulated マイナンバーカード: executes commands on a [`CardData`].
///
/// It is in the field without power until [`VirtualCard::power_on`]. State that must survive a power cut is stored in its
/// [`Memory`] before the response.
pub struct VirtualCard {
    data: CardData,
    counters: Counters,
    memory: Box<dyn Memory + Send>,
    randomness: Randomness,
    field: Field,
    session: Session,
    commands: u32,
    faults: Faults,
    power_cut: bool,
}

/// The position and power of the card.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Absent,
    Unpowered,
    Powered,
}

/// The state that is lost without power.
#[derive(Default)]
struct Session {
    /// The selected application; `None` while the issuer security domain is current.
    application: Option<Aid>,
    file: Option<FileId>,
    /// The verified PINs, all of one application.
    verified: Option<(Aid, BTreeSet<FileId>)>,
}

/// Why a command ends without data.
enum CommandAbort {
    /// With this status.
    Status(StatusWord),
    /// By a power cut, without a response.
    PowerCut,
}

impl From<StatusWord> for CommandAbort {
    fn from(status: StatusWord) -> Self {
        Self::Status(status)
    }
}

type CommandResult = Result<Vec<u8>, CommandAbort>;

impl VirtualCard {
    /// A card of `data` whose counters are stored in `memory`. Its challenges come from the system's generator.
    pub fn new(data: CardData, memory: Box<dyn Memory + Send>) -> Self {
        Self {
            counters: data.counters(),
            faults: data.faults.clone(),
            data,
            memory,
            randomness: Randomness::system(),
            field: Field::Unpowered,
            session: Session::default(),
            commands: 0,
            power_cut: false,
        }
    }

    /// This card with challenges from `randomness`.
    #[must_use]
    pub fn with_randomness(mut self, randomness: Randomness) -> Self {
        self.randomness = randomness;
        self
    }

    /// Injects faults; commands are counted from here.
    pub fn inject_faults(&mut self, faults: Faults) {
        self.faults = faults;
        self.commands = 0;
    }

    /// Powers the card on (a cold reset if it was powered), after placing it in the field if necessary.
    pub fn power_on(&mut self) -> Atr {
        self.session = Session::default();
        self.field = Field::Powered;
        self.data.atr.clone()
    }

    /// A warm reset. Its effect on the security status is defined by the card's data.
    pub fn reset(&mut self) -> Result<Atr, TransmitError> {
        self.require_power()?;
        let verified = match self.data.warm_reset {
            WarmReset::Keeps => self.session.verified.take(),
            WarmReset::Clears => None,
        };
        self.session = Session { verified, ..Session::default() };
        Ok(self.data.atr.clone())
    }

    /// Powers the card off. It stays in the field.
    pub fn power_off(&mut self) {
        self.session = Session::default();
        if self.field == Field::Powered {
            self.field = Field::Unpowered;
        }
    }

    /// Removes the card from the field, at any moment.
    pub fn remove_from_field(&mut self) {
        self.session = Session::default();
        self.field = Field::Absent;
    }

    /// Places the card in the field, without power.
    pub fn place_in_field(&mut self) {
        if self.field == Field::Absent {
            self.field = Field::Unpowered;
        }
    }

    /// Whether the card is in the field.
    pub fn is_in_field(&self) -> bool {
        self.field != Field::Absent
    }

    /// The duration of every command, by its faults. The transport waits: the card has no clock.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.faults.delay_milliseconds.into())
    }

    /// The card's data, with the current PINs.
    pub fn data(&self) -> &CardData {
        &self.data
    }

    /// The remaining tries of every PIN.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// An operation of the municipal office: resets the tries of `pin`.
    pub fn unlock(&mut self, pin: PinReference) -> Result<(), OfficeRefusal> {
        let limit = self.data.pin(pin).ok_or(OfficeRefusal::NoSuchPin(pin))?.tries;
        let counters = self.counters.clone().with_tries_left(pin, limit.into());
        self.memory.store_counters(&counters)?;
        self.counters = counters;
        Ok(())
    }

    /// An operation of the municipal office: sets a new PIN and resets its tries.
    pub fn set_pin(&mut self, pin: PinReference, value: &ReferenceData) -> Result<(), OfficeRefusal> {
        let file = self.data.pin(pin).ok_or(OfficeRefusal::NoSuchPin(pin))?;
        if !file.form.fits(value) {
            return Err(OfficeRefusal::WrongForm(pin));
        }
        self.memory.store_reference_data(pin, value)?;
        self.data.replace_pin(pin, value.clone())?;
        self.clear_verification(pin);
        self.unlock(pin)
    }

    fn require_power(&self) -> Result<(), TransmitError> {
        match self.field {
            Field::Absent => Err(TransmitError::Removed),
            Field::Unpowered => Err(TransmitError::Reader("the card has no power".to_owned())),
            Field::Powered => Ok(()),
        }
    }

    fn execute_command(&mut self, bytes: &[u8]) -> CommandResult {
        if let Some(status) = self.faults.statuses.remove(&self.commands) {
            return Err(status.into());
        }
        let command = Command::parse(bytes).map_err(Malformed::status)?;
        match (command.class(), command.instruction()) {
            (0x00, instruction::SELECT) => self.select(&command),
            (0x00, instruction::READ_BINARY) => self.read_binary(&command),
            (0x00, instruction::READ_RECORD) => self.read_record(&command),
            (0x00, instruction::DATA) => self.read_object(&command),
            (0x00, instruction::CHALLENGE) => self.get_challenge(&command),
            (0x00, instruction::VERIFY) => self.verify(&command),
            (0x00, instruction::CHANGE_REFERENCE_DATA) | (0x80, instruction::CHANGE_KEY) => self.change_pin(&command),
            (0x80, instruction::SIGN) => self.sign(&command),
            (0x00 | 0x80, _) => Err(StatusWord::UNKNOWN_INSTRUCTION.into()),
            _ => Err(StatusWord::UNKNOWN_CLASS.into()),
        }
    }

    /// SELECT (ISO/IEC 7816-4:2005 §7.1.1), with JICSAP's selection by a partial AID.
    fn select(&mut self, command: &Command) -> CommandResult {
        // P2: the first or only occurrence, with file control information or without.
        if !matches!(command.p2(), 0x00 | 0x0C) {
            return Err(StatusWord::WRONG_PARAMETERS.into());
        }
        match command.p1() {
            0x00 => self.select_master_file(command.data()),
            0x02 => self.select_file(command.data()),
            0x04 => self.select_application(command),
            _ => Err(StatusWord::WRONG_PARAMETERS.into()),
        }
    }

    /// The card has no master file: refused after power-on, successful without effect later.
    fn select_master_file(&self, id: &[u8]) -> CommandResult {
        match (id, self.session.application) {
            ([], None) => Err(StatusWord::WRONG_PARAMETERS.into()),
            ([], Some(_)) => Ok(Vec::new()),
            _ => Err(StatusWord::FILE_NOT_FOUND.into()),
        }
    }

    fn select_file(&mut self, id: &[u8]) -> CommandResult {
        let id = FileId(u16::from_be_bytes(id.try_into().map_err(|_| StatusWord::WRONG_LENGTH)?));
        self.application().and_then(|application| application.files.get(&id)).ok_or(StatusWord::FILE_NOT_FOUND)?;
        self.session.file = Some(id);
        Ok(Vec::new())
    }

    fn select_application(&mut self, command: &Command) -> CommandResult {
        let prefix = command.data();
        if prefix.is_empty() || prefix.len() > 16 {
            return Err(StatusWord::WRONG_LENGTH.into());
        }
        let application =
            self.data.applications.iter().map(|application| application.aid).find(|aid| aid.begins_with(prefix));
        let aid = match application {
            Some(aid) => aid,
            None if aid::ISSUER_SECURITY_DOMAIN.begins_with(prefix) => aid::ISSUER_SECURITY_DOMAIN,
            None => return Err(StatusWord::FILE_NOT_FOUND.into()),
        };
        self.session.application = application;
        self.session.file = None;
        // The security status belongs to one application and ends when another is selected.
        if self.session.verified.as_ref().is_some_and(|(verified, _)| Some(*verified) != application) {
            self.session.verified = None;
        }
        if command.p2() == 0x0C || command.max_response_length().is_none() {
            return Ok(Vec::new());
        }
        // ISO/IEC 7816-4:2005 §5.3.3: an FCI template with the application's name.
        let name = aid.as_bytes();
        let length = u8::try_from(name.len()).expect("an AID has at most 16 bytes");
        Ok([&[0x6F, length + 2, 0x84, length], name].concat())
    }

    /// The selected application.
    fn application(&self) -> Option<&Application> {
        let selected = self.session.application?;
        self.data.applications.iter().find(|application| application.aid == selected)
    }

    /// A file of the selected application.
    fn file(&self, id: FileId) -> Option<&File> {
        self.application()?.files.get(&id)
    }

    /// Selects the file of a short identifier, as every command with one does (ISO/IEC 7816-4:2005 §7.2.1).
    fn select_by_short_id(&mut self, short: u8) -> Result<FileId, StatusWord> {
        let id = FileId::from_short(short).ok_or(StatusWord::WRONG_PARAMETERS)?;
        self.file(id).ok_or(StatusWord::FILE_NOT_FOUND)?;
        self.session.file = Some(id);
        Ok(id)
    }

    /// The PIN or key that P2 refers to: 80 is the selected file, 80 with a short identifier the file of that.
    fn resolve_reference(&mut self, p2: u8) -> Result<PinReference, StatusWord> {
        let file = match p2 {
            0x80 => self.session.file.ok_or(StatusWord::REFERENCE_NOT_FOUND)?,
            0x81..=0x9E => self.select_by_short_id(p2 & 0x1F).map_err(|_| StatusWord::REFERENCE_NOT_FOUND)?,
            _ => return Err(StatusWord::WRONG_PARAMETERS),
        };
        let application = self.session.application.ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        Ok(PinReference { application, file })
    }

    /// GET CHALLENGE (ISO/IEC 7816-4:2005 §7.5.3)
    fn get_challenge(&mut self, command: &Command) -> CommandResult {
        if (command.p1(), command.p2()) != (0, 0) {
            return Err(StatusWord::WRONG_PARAMETERS.into());
        }
        let ([], Some(length @ 1..=256)) = (command.data(), command.max_response_length()) else {
            return Err(StatusWord::WRONG_LENGTH.into());
        };
        let mut challenge = vec![0; usize::try_from(length).expect("256 fits")];
        self.randomness.fill(&mut challenge);
        Ok(challenge)
    }
}

impl Transmit for VirtualCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        self.require_power()?;
        self.commands = self.commands.saturating_add(1);
        self.power_cut = self.faults.removed_during.take_if(|number| *number == self.commands).is_some();
        let response = match self.execute_command(command) {
            Ok(data) => Some([&data[..], &StatusWord::SUCCESS.to_bytes()].concat()),
            Err(CommandAbort::Status(status)) => Some(status.to_bytes().to_vec()),
            Err(CommandAbort::PowerCut) => None,
        };
        if self.power_cut || self.faults.removed_after.take_if(|number| *number == self.commands).is_some() {
            self.remove_from_field();
        }
        response.filter(|_| !self.power_cut).ok_or(TransmitError::Removed)
    }
}
