//! The two ledgers of the proof of insurance: the patient's side and the desk's side.
//!
//! ```text
//! patient   NotStarted ──depart──▶ Departed ──register_consent──▶ Registered ──withdraw_consent, expire_consent──▶ NotStarted
//!               ▲                   │  │
//!               │                   │  └──report_done──▶ ReportedDone (fixed URL only)
//!               └───────────────────┘ end_without_registering
//!           receive_picture leads to PictureSent from every state except a registration that the desk has not asked to
//!           replace, erase_picture from there back to NotStarted.
//!
//! desk      Unseen ──request_proof──▶ Requested ──(new proof)──▶ Unseen ──confirm──▶ Confirmed
//!                                                                  └────refuse──▶ Refused ──(new proof)──▶ Unseen
//! ```
//!
//! Neither ledger records what was consented to, nor who is insured where.

use base::{Date, ReceptionNumber, Span, Timestamp};
use text::Text;

use crate::proof::texts;

/// For how long after the departure a procedure at the reception counts as under way. Choosing, confirming and reading the
/// card takes a few minutes, and longer if the PIN has to be looked up.
pub const UNDER_WAY_WINDOW: Span = Span::from_mins(15);

/// Both ledgers of one insured appointment. A self-pay visit has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsuranceProof {
    pub patient: PatientSide,
    pub desk: DeskSide,
}

/// The version of the ledgers that was read: they are only saved over that version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LedgerVersion(i64);

impl LedgerVersion {
    /// The number in a column or a form field.
    pub(crate) fn number(self) -> i64 {
        self.0
    }

    /// From the number in a column or a form field.
    pub(crate) fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The version after saving over this one.
    pub(crate) fn next_version(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The patient's ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientSide {
    /// There is no proof, for this reason.
    NotStarted(NotStartedReason),
    /// The patient departed to the reception. Whether consent was registered there is not known.
    Departed {
        /// The last departure.
        departed_at: Timestamp,
    },
    /// The reception reports registered consent.
    Registered {
        reception_number: ReceptionNumber,
        /// The first instant at which the consent is not valid.
        valid_until: Timestamp,
    },
    /// The patient reports having finished at the institution's fixed URL, which reports nothing itself.
    ReportedDone { reported_at: Timestamp },
    /// The patient sent a picture of the insurance document.
    PictureSent { sent_at: Timestamp },
}

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStartedReason {
    /// The appointment is new.
    Booked,
    /// The appointment was rescheduled, and consent for the old day is void.
    Rescheduled { previous_date: Date },
    /// The patient returned without registering.
    Ended,
    /// The patient erased pictures, and the rest proves nothing.
    Erased,
    /// The consent was withdrawn at the reception.
    Withdrawn,
    /// The reception reports that the consent has expired.
    Expired,
}

/// The desk's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskSide {
    /// The desk has not looked, or there is new proof since it did.
    Unseen,
    /// The desk requested proof from the patient.
    Requested {
        requested_proof: RequestedProof,
        /// The patient sees it as [`RequestReason::text`].
        reason: RequestReason,
        requested_at: Timestamp,
    },
    /// The desk has seen that the patient is insured.
    Confirmed {
        method: ConfirmationMethod,
        /// The display name of the staff member.
        confirmed_by: String,
        confirmed_at: Timestamp,
    },
    /// The desk could not accept the proof.
    Refused {
        reason: RefusedReason,
        /// The display name of the staff member.
        refused_by: String,
        refused_at: Timestamp,
    },
}

base::text_enum! {
    /// What a desk requests from a patient.
    pub enum RequestedProof {
        /// Consent, registered at the reception.
        Consent = "consent",
        /// A picture of the insurance document.
        Picture = "picture",
    }
}

base::text_enum! {
    /// How the desk confirmed the insurance.
    pub enum ConfirmationMethod {
        /// By the institution's own 資格確認端末.
        Terminal = "terminal",
        Picture = "picture",
        /// By the document, shown on the screen during the visit (疑義解釈 2024-11-29).
        ShownOnScreen = "shown_on_screen",
    }
}

base::text_enum! {
    /// Why a desk requests proof.
    pub enum RequestReason {
        /// No proof has arrived.
        NothingYet = "nothing_yet",
        /// The terminal has no registration for the visit day.
        NothingAtTerminal = "nothing_at_terminal",
        /// The picture is out of focus.
        Blurred = "blurred",
        /// A part of the document is outside of the picture.
        CutOff = "cut_off",
        /// Light hides a part of the document.
        Glare = "glare",
        /// The picture shows another document than the one that is needed.
        WrongDocument = "wrong_document",
        /// The other side of the document is missing.
        SideMissing = "side_missing",
        /// The document is past its date.
        Expired = "expired",
        /// The document is another person's.
        OtherPerson = "other_person",
        /// As the desk wrote in its note.
        Other = "other",
    }
}

impl RequestReason {
    /// The reason in a sentence for the patient. It names no number and no illness.
    pub fn text(self) -> Text {
        match self {
            Self::NothingYet => texts::NOTHING_HAS_ARRIVED_YET,
            Self::NothingAtTerminal => texts::CLINIC_FOUND_NO_REGISTERED_CONSENT,
            Self::Blurred => texts::PICTURE_IS_BLURRED,
            Self::CutOff => texts::PART_OF_DOCUMENT_IS_OUTSIDE_PICTURE,
            Self::Glare => texts::REFLECTED_LIGHT_HIDES_PART_OF_DOCUMENT,
            Self::WrongDocument => texts::PICTURE_DOES_NOT_SHOW_INSURANCE_DOCUMENT,
            Self::SideMissing => texts::ONLY_ONE_SIDE_OF_DOCUMENT_ARRIVED,
            Self::Expired => texts::DOCUMENT_IS_PAST_ITS_DATE,
            Self::OtherPerson => texts::DOCUMENT_BELONGS_TO_SOMEBODY_ELSE,
            Self::Other => texts::PLEASE_READ_WHAT_CLINIC_WROTE,
        }
    }
}

base::text_enum! {
    /// Why a desk could not accept a proof.
    pub enum RefusedReason {
        /// The insurance is not valid on the visit day.
        NotInsured = "not_insured",
        /// The insurance is another person's.
        OtherPerson = "other_person",
        /// The document cannot be accepted as a proof of insurance.
        NotAccepted = "not_accepted",
    }
}

impl RefusedReason {
    /// The reason in a sentence for the patient.
    pub fn text(self) -> Text {
        match self {
            Self::NotInsured => texts::NOT_CONFIRMED_AS_VALID_INSURANCE,
            Self::OtherPerson => texts::INSURANCE_OF_SOMEBODY_ELSE,
            Self::NotAccepted => texts::DOCUMENT_CANNOT_BE_ACCEPTED,
        }
    }
}

/// Transitions by the patient and the reception.
impl InsuranceProof {
    /// The ledgers of a new appointment.
    pub fn new() -> Self {
        Self { patient: PatientSide::NotStarted(NotStartedReason::Booked), desk: DeskSide::Unseen }
    }

    /// 受付番号, as long as a reception reports registered consent.
    pub fn reception_number(&self) -> Option<ReceptionNumber> {
        match self.patient {
            PatientSide::Registered { reception_number, .. } => Some(reception_number),
            _ => None,
        }
    }

    /// The patient departs to the reception. An existing proof is kept until there is a newer one.
    #[must_use]
    pub fn depart(self, time: Timestamp) -> Self {
        let patient = match self.patient {
            PatientSide::NotStarted(_) | PatientSide::Departed { .. } => PatientSide::Departed { departed_at: time },
            proof => proof,
        };
        Self { patient, ..self }
    }

    /// The reception reports registered consent. The newest registration is in force.
    #[must_use]
    pub fn register_consent(self, reception_number: ReceptionNumber, valid_until: Timestamp) -> Self {
        Self {
            patient: PatientSide::Registered { reception_number, valid_until },
            desk: self.desk.reset_for_new_proof(),
        }
    }

    /// The patient returned without registering.
    #[must_use]
    pub fn end_without_registering(self) -> Self {
        match self.patient {
            PatientSide::Departed { .. } => Self { patient: PatientSide::NotStarted(NotStartedReason::Ended), ..self },
            _ => self,
        }
    }

    /// The patient reports having finished at the institution's fixed URL. A registration reported by the reception prevails.
    #[must_use]
    pub fn report_done(self, time: Timestamp) -> Self {
        match self.patient {
            PatientSide::Registered { .. } => self,
            _ => {
                Self { patient: PatientSide::ReportedDone { reported_at: time }, desk: self.desk.reset_for_new_proof() }
            }
        }
    }

    /// The patient sent a picture. A registration prevails, unless the desk requested a picture or refused the
    /// registration.
    #[must_use]
    pub fn receive_picture(self, time: Timestamp) -> Self {
        let registration_prevails = matches!(self.patient, PatientSide::Registered { .. })
            && matches!(
                self.desk,
                DeskSide::Unseen
                    | DeskSide::Confirmed { .. }
                    | DeskSide::Requested { requested_proof: RequestedProof::Consent, .. }
            );
        if registration_prevails {
            return self;
        }
        Self { patient: PatientSide::PictureSent { sent_at: time }, desk: self.desk.reset_for_new_proof() }
    }

    /// The patient erased pictures, and the rest proves nothing any more. A confirmation of the desk is kept.
    #[must_use]
    pub fn erase_picture(self) -> Self {
        match self.patient {
            PatientSide::PictureSent { .. } => {
                Self { patient: PatientSide::NotStarted(NotStartedReason::Erased), ..self }
            }
            _ => self,
        }
    }

    /// The reception reports that the consent was withdrawn.
    #[must_use]
    pub fn withdraw_consent(self) -> Self {
        self.drop_registration(NotStartedReason::Withdrawn)
    }

    /// The reception reports that the consent has expired.
    #[must_use]
    pub fn expire_consent(self) -> Self {
        self.drop_registration(NotStartedReason::Expired)
    }

    fn drop_registration(self, reason: NotStartedReason) -> Self {
        let PatientSide::Registered { .. } = self.patient else { return self };
        let desk = match self.desk {
            // The terminal showed the insurance under this consent, and does so no longer.
            DeskSide::Confirmed { method: ConfirmationMethod::Terminal, .. } => DeskSide::Unseen,
            desk => desk,
        };
        Self { patient: PatientSide::NotStarted(reason), desk }
    }

    /// What rescheduling to another day would void, to be shown beforehand.
    pub fn rescheduling_loss(&self) -> ReschedulingLoss {
        match (&self.patient, &self.desk) {
            (PatientSide::Departed { .. } | PatientSide::Registered { .. } | PatientSide::ReportedDone { .. }, _) => {
                ReschedulingLoss::Consent
            }
            (PatientSide::PictureSent { .. }, DeskSide::Requested { .. }) => ReschedulingLoss::Nothing,
            (PatientSide::PictureSent { .. }, _) => ReschedulingLoss::PictureReview,
            (PatientSide::NotStarted(_), DeskSide::Confirmed { .. }) => ReschedulingLoss::Confirmation,
            (PatientSide::NotStarted(_), _) => ReschedulingLoss::Nothing,
        }
    }

    /// The appointment is rescheduled to another day: consent is for one day and is void. A picture is kept, but the desk
    /// has to check again whether the insurance is valid on the new day.
    #[must_use]
    pub fn reschedule(self, previous_date: Date) -> Self {
        let patient = match self.patient {
            PatientSide::Departed { .. } | PatientSide::Registered { .. } | PatientSide::ReportedDone { .. } => {
                PatientSide::NotStarted(NotStartedReason::Rescheduled { previous_date })
            }
            side => side,
        };
        let desk = match self.desk {
            DeskSide::Confirmed { .. } | DeskSide::Refused { .. } => DeskSide::Unseen,
            desk => desk,
        };
        Self { patient, desk }
    }
}

/// Transitions by the desk.
impl InsuranceProof {
    /// The desk requests proof.
    #[must_use]
    pub fn request_proof(self, requested_proof: RequestedProof, reason: RequestReason, time: Timestamp) -> Self {
        Self { desk: DeskSide::Requested { requested_proof, reason, requested_at: time }, ..self }
    }

    /// The desk has seen that the patient is insured.
    #[must_use]
    pub fn confirm(self, method: ConfirmationMethod, staff: String, time: Timestamp) -> Self {
        Self { desk: DeskSide::Confirmed { method, confirmed_by: staff, confirmed_at: time }, ..self }
    }

    /// The desk cannot accept the proof.
    #[must_use]
    pub fn refuse(self, reason: RefusedReason, staff: String, time: Timestamp) -> Self {
        Self { desk: DeskSide::Refused { reason, refused_by: staff, refused_at: time }, ..self }
    }
}

/// Whether a patient who departed to the reception at `departed_at` is probably still there.
pub fn is_departure_under_way(departed_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(departed_at) < UNDER_WAY_WINDOW
}

/// What is void after rescheduling to another day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReschedulingLoss {
    /// There is no proof yet, or the request of the desk stays.
    Nothing,
    /// Consent, which is for one day, or a procedure that may have registered it.
    Consent,
    /// The picture is kept, and the desk reviews it again.
    PictureReview,
    /// A confirmation of the desk by other means.
    Confirmation,
}

impl Default for InsuranceProof {
    fn default() -> Self {
        Self::new()
    }
}

impl DeskSide {
    /// New proof answers a request and a refusal: the desk looks again.
    fn reset_for_new_proof(self) -> Self {
        match self {
            Self::Requested { .. } | Self::Refused { .. } => Self::Unseen,
            side => side,
        }
    }
}

#[cfg(test)]
mod tests;
