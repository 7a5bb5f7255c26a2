//! What the audit records, as codes that never change.

use std::{fmt, str::FromStr};

use base::UnknownText;
/// A recorded access or change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditAction {
    Picture(PictureAction),
    DeskView(DeskView),
    Desk(DeskActionKind),
    DeskUndone(DeskActionKind),
    Visit(VisitChange),
    ClinicPatient(ClinicPatientChange),
    Clinic(ClinicChange),
    Account(AccountAction),
    Staff(StaffAction),
    Audit(AuditAccess),
    /// An institution has its first row, and a chain from there on.
    ChainOpened,
}

base::text_enum! {
    /// What was done with a picture.
    pub enum PictureAction {
        View = "picture.look",
        ViewThumbnail = "picture.look_small",
        Receive = "picture.receive",
        Send = "picture.send",
        Erase = "picture.erase",
    }
}

base::text_enum! {
    /// The kind of a desk's action, as it is stored and audited.
    pub enum DeskActionKind {
        RequestConsent = "desk.ask_consent",
        RequestPicture = "desk.ask_picture",
        RequestPictureAgain = "desk.ask_again",
        ConfirmAtTerminal = "desk.confirm_terminal",
        ConfirmByPictures = "desk.confirm_picture",
        ConfirmOnScreen = "desk.confirm_screen",
        Refuse = "desk.refuse",
        Complete = "desk.complete",
        NoShow = "desk.no_show",
    }
}

base::text_enum! {
    /// What a desk looked at.
    pub enum DeskView {
        Day = "desk.day",
        Visit = "desk.visit",
        Search = "desk.search",
        /// The visits that a closure or a doctor's leaving concerns.
        Concerned = "desk.concerned",
        /// A patient for whom the desk books.
        Patient = "desk.patient",
        /// The visits of a day, on paper.
        Print = "desk.print",
        /// The visits of a day, as a file.
        Export = "desk.export",
    }
}

base::text_enum! {
    /// What a desk changed of an appointment itself.
    pub enum VisitChange {
        /// For a caller or a walk-in.
        Booked = "visit.booked",
        /// The patient has said that they come late.
        Late = "visit.late",
        Moved = "visit.moved",
        Cancelled = "visit.cancelled",
    }
}

base::text_enum! {
    /// What a desk did about a patient without an account.
    pub enum ClinicPatientChange {
        Entered = "patient.entered",
        /// By mail, to act for themselves.
        Invited = "patient.invited",
    }
}

base::text_enum! {
    /// What a manager changed of what the clinic offers.
    pub enum ClinicChange {
        Hours = "clinic.hours",
        DoctorAdded = "clinic.doctor_added",
        DoctorChanged = "clinic.doctor_changed",
        DoctorLeft = "clinic.doctor_left",
        DoctorReturned = "clinic.doctor_returned",
        SessionAdded = "clinic.session_added",
        SessionRemoved = "clinic.session_removed",
        ClosureAdded = "clinic.closure_added",
        ClosureLifted = "clinic.closure_lifted",
        MenuSaved = "clinic.menu_saved",
        MenuWithdrawn = "clinic.menu_withdrawn",
        MenuOffered = "clinic.menu_offered",
    }
}

base::text_enum! {
    /// What somebody did with an account, or with whom it acts for.
    pub enum AccountAction {
        Export = "account.export",
        Close = "account.close",
        AddPatient = "account.add_patient",
        ChangePatient = "account.change_patient",
        RemovePatient = "account.remove_patient",
        Invite = "account.invite",
        AcceptInvitation = "account.accept_invitation",
        /// The service, on the day on which a child comes of age.
        EndGuardianship = "account.end_guardianship",
    }
}

base::text_enum! {
    /// What was done with the accounts of a clinic.
    pub enum StaffAction {
        Invite = "staff.invite",
        InviteAgain = "staff.invite_again",
        WithdrawInvitation = "staff.withdraw_invitation",
        AcceptInvitation = "staff.accept_invitation",
        MakeDesk = "staff.make_desk",
        MakeDoctor = "staff.make_doctor",
        MakeManager = "staff.make_manager",
        EndAccess = "staff.end_access",
        TurnOnSecondFactor = "staff.turn_on_second_factor",
        TurnOffSecondFactor = "staff.turn_off_second_factor",
        RenewRecoveryCodes = "staff.renew_recovery_codes",
        /// By a manager, for somebody who has lost the app and the recovery codes.
        ResetSecondFactor = "staff.reset_second_factor",
        MakeProgramPassword = "staff.make_program_password",
        DeleteProgramPassword = "staff.delete_program_password",
    }
}

base::text_enum! {
    /// What a manager did with the audit itself.
    pub enum AuditAccess {
        View = "audit.view",
        Export = "audit.export",
        /// The whole chain of the clinic was verified.
        Verify = "audit.verify",
    }
}

pub(crate) const CHAIN_OPENED: &str = "chain.open";

/// The suffix of the code of an undone action.
const UNDONE_SUFFIX: &str = ".taken_back";

impl AuditAction {
    /// Every action.
    pub(crate) fn list_all() -> impl Iterator<Item = Self> {
        let views = DeskView::ALL.map(Self::DeskView).into_iter();
        let desk = DeskActionKind::ALL.into_iter().flat_map(|kind| [Self::Desk(kind), Self::DeskUndone(kind)]);
        views
            .chain(desk)
            .chain(PictureAction::ALL.map(Self::Picture))
            .chain(VisitChange::ALL.map(Self::Visit))
            .chain(ClinicPatientChange::ALL.map(Self::ClinicPatient))
            .chain(ClinicChange::ALL.map(Self::Clinic))
            .chain(StaffAction::ALL.map(Self::Staff))
            .chain(AccountAction::ALL.map(Self::Account))
            .chain(AuditAccess::ALL.map(Self::Audit))
            .chain([Self::ChainOpened])
    }
}

impl fmt::Display for AuditAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture(action) => action.fmt(formatter),
            Self::DeskView(view) => view.fmt(formatter),
            Self::Desk(kind) => kind.fmt(formatter),
            Self::DeskUndone(kind) => write!(formatter, "{kind}{UNDONE_SUFFIX}"),
            Self::Visit(change) => change.fmt(formatter),
            Self::ClinicPatient(change) => change.fmt(formatter),
            Self::Clinic(change) => change.fmt(formatter),
            Self::Account(action) => action.fmt(formatter),
            Self::Staff(action) => action.fmt(formatter),
            Self::Audit(access) => access.fmt(formatter),
            Self::ChainOpened => formatter.write_str(CHAIN_OPENED),
        }
    }
}

impl FromStr for AuditAction {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        if text == CHAIN_OPENED {
            return Ok(Self::ChainOpened);
        }
        if let Some(kind) = text.strip_suffix(UNDONE_SUFFIX) {
            return kind.parse().map(Self::DeskUndone);
        }
        let picture = || text.parse().map(Self::Picture);
        let view = || text.parse().map(Self::DeskView);
        let account = || text.parse().map(Self::Account);
        let staff = || text.parse().map(Self::Staff);
        let clinic = || text.parse().map(Self::Clinic);
        let visit = || text.parse().map(Self::Visit);
        let audit = || text.parse().map(Self::Audit);
        picture()
            .or_else(|_| view())
            .or_else(|_| account())
            .or_else(|_| staff())
            .or_else(|_| clinic())
            .or_else(|_| visit())
            .or_else(|_| text.parse().map(Self::ClinicPatient))
            .or_else(|_| audit())
            .or_else(|_| text.parse().map(Self::Desk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_read_as_it_was_written() {
        for action in AuditAction::list_all() {
            assert_eq!(action.to_string().parse(), Ok(action));
        }
        assert_eq!(AuditAction::DeskUndone(DeskActionKind::Refuse).to_string(), "desk.refuse.taken_back");
        assert!("picture.stare".parse::<AuditAction>().is_err());
        assert!("picture.look.taken_back".parse::<AuditAction>().is_err());
    }
}
