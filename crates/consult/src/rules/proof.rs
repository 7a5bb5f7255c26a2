//! The two ledgers of the proof of insurance: what the patient's side knows, and what the desk knows.
//!
//! ```text
//! patient   NotStarted ──leave──▶ Left ──registered──▶ Registered ──withdrawn, lapsed──▶ NotStarted
//!               ▲                  │ │                      ▲
//!               └──ended───────────┘ └──said_done──▶ SaidDone (fixed URL only)
//!           picture_sent leads to PictureSent from everywhere but a registration that nobody asked to replace,
//!           picture_erased from there back to NotStarted.
//!
//! desk      Unseen ──request──▶ Requested ──(a new proof)──▶ Unseen ──confirm──▶ Confirmed
//!                                                              └────refuse──▶ Refused ──(a new proof)──▶ Unseen
//! ```
//!
//! Neither ledger has a place for what was consented to, nor for who is insured where.

use base::{Date, ReceptionNumber, Span, Timestamp};
use shell::Text;

use super::string_enum::string_enum;

/// For how long a patient who went to the reception counts as under way there. Choosing, confirming and reading the card
/// takes a few minutes, and longer for whoever looks for the PIN first.
pub const UNDER_WAY_WINDOW: Span = Span::from_mins(15);

/// Both ledgers of one insured appointment. A self-pay visit has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsuranceProof {
    /// What the patient's side knows.
    pub patient: PatientSide,
    /// What the desk knows.
    pub desk: DeskSide,
}

/// What the patient's side knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientSide {
    /// There is no proof, and why not.
    NotStarted(NotStartedReason),
    /// She left for the reception. Whether she registered there is not known.
    Departed {
        /// When she left, the last time.
        departed_at: Timestamp,
    },
    /// The reception says that consent is registered.
    Registered {
        /// Under which number.
        reception_number: ReceptionNumber,
        /// The first instant in which the consent holds no more.
        valid_until: Timestamp,
    },
    /// She says that she finished at the institution's fixed URL. Nothing else can be known.
    ReportedDone {
        /// When she said so.
        reported_at: Timestamp,
    },
    /// She sent a picture of the insurance document.
    PictureSent {
        /// When.
        sent_at: Timestamp,
    },
}

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStartedReason {
    /// The appointment was just made.
    Booked,
    /// The appointment was moved, and what was tied to the old day is void.
    Rescheduled {
        /// The day it was moved from.
        previous_date: Date,
    },
    /// She came back without registering.
    Ended,
    /// She erased what she had sent, or a part without which the rest proves nothing.
    Erased,
    /// The consent was taken back at the reception.
    Withdrawn,
    /// The reception says that the consent is over.
    Expired,
}

/// What the desk knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskSide {
    /// The desk has not looked, or something new came since it did.
    Unseen,
    /// The desk asked the patient for something.
    Requested {
        /// For what.
        requested_proof: RequestedProof,
        /// Why, in words that the patient understands.
        reason: RequestReason,
        /// When.
        requested_at: Timestamp,
    },
    /// The desk has seen that the patient is insured.
    Confirmed {
        /// By what.
        method: ConfirmationMethod,
        /// The shown name of who confirmed it.
        confirmed_by: String,
        /// When.
        confirmed_at: Timestamp,
    },
    /// The desk could not accept the proof.
    Refused {
        /// Why.
        reason: RefusedReason,
        /// The shown name of who refused it.
        refused_by: String,
        /// When.
        refused_at: Timestamp,
    },
}

string_enum! {
    /// What a desk asks a patient for.
    pub enum RequestedProof {
        /// Consent, registered at the reception.
        Consent = "consent",
        /// A picture of the insurance document.
        Picture = "picture",
    }
}

string_enum! {
    /// By what the desk saw that the patient is insured.
    pub enum ConfirmationMethod {
        /// By the institution's own 資格確認端末.
        Terminal = "terminal",
        /// By the picture.
        Picture = "picture",
        /// By the document, shown on the screen during the visit (疑義解釈 2024-11-29).
        ShownOnScreen = "shown_on_screen",
    }
}

string_enum! {
    /// Why a desk asks.
    pub enum RequestReason {
        /// Nothing came yet.
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
        /// What the desk wrote in its own words beside the picture.
        Other = "other",
    }
}

impl RequestReason {
    /// The reason in a sentence for the patient. It names no number and no illness.
    pub fn text(self) -> Text {
        match self {
            Self::NothingYet => Text::from_static(
                "保険を確認できるものが、まだ届いていません。",
                "Nothing to check your insurance by has arrived yet.",
            ),
            Self::NothingAtTerminal => Text::from_static(
                "医療機関で、診察日の同意登録が見つかりませんでした。",
                "The clinic found no registered consent for the visit day.",
            ),
            Self::Blurred => {
                Text::from_static("画像がぼやけていて読めませんでした。", "The picture is blurred and cannot be read.")
            }
            Self::CutOff => Text::from_static(
                "書類の一部が画像に入っていませんでした。",
                "A part of the document is outside the picture.",
            ),
            Self::Glare => Text::from_static(
                "光が反射して読めないところがありました。",
                "Reflected light hides a part of the document.",
            ),
            Self::WrongDocument => {
                Text::from_static("保険の書類ではない画像でした。", "The picture does not show an insurance document.")
            }
            Self::SideMissing => {
                Text::from_static("書類の片面だけが届いています。", "Only one side of the document arrived.")
            }
            Self::Expired => Text::from_static("書類の有効期限が過ぎていました。", "The document is past its date."),
            Self::OtherPerson => Text::from_static(
                "予約した方とは別の方の書類でした。",
                "The document belongs to somebody other than the patient.",
            ),
            Self::Other => {
                Text::from_static("医療機関からの説明をご確認ください。", "Please read what the clinic wrote.")
            }
        }
    }
}

string_enum! {
    /// Why a desk could not accept a proof.
    pub enum RefusedReason {
        /// The insurance does not hold on the visit day.
        NotInsured = "not_insured",
        /// It is another person's.
        OtherPerson = "other_person",
        /// The document cannot be accepted as a proof of insurance.
        NotAccepted = "not_accepted",
    }
}

impl RefusedReason {
    /// The reason in a sentence for the patient.
    pub fn text(self) -> Text {
        match self {
            Self::NotInsured => Text::from_static(
                "診察日に有効な保険として確認できませんでした。",
                "It could not be confirmed as insurance that is valid on the visit day.",
            ),
            Self::OtherPerson => Text::from_static(
                "予約した方とは別の方の保険でした。",
                "It is the insurance of somebody other than the patient.",
            ),
            Self::NotAccepted => Text::from_static(
                "お送りいただいた書類では、保険を確認できませんでした。",
                "The document that you sent cannot be accepted as proof of insurance.",
            ),
        }
    }
}

/// The patient's moves.
impl InsuranceProof {
    /// The ledgers of an appointment that was just made.
    pub fn new() -> Self {
        Self { patient: PatientSide::NotStarted(NotStartedReason::Booked), desk: DeskSide::Unseen }
    }

    /// She leaves for the reception. What is already there stands until something newer comes.
    #[must_use]
    pub fn depart(self, at: Timestamp) -> Self {
        let patient = match self.patient {
            PatientSide::NotStarted(_) | PatientSide::Departed { .. } => PatientSide::Departed { departed_at: at },
            proven => proven,
        };
        Self { patient, ..self }
    }

    /// The reception says that consent is registered. The newest registration is the one in force.
    #[must_use]
    pub fn register_consent(self, reception_number: ReceptionNumber, valid_until: Timestamp) -> Self {
        Self {
            patient: PatientSide::Registered { reception_number, valid_until },
            desk: self.desk.reset_for_new_proof(),
        }
    }

    /// She came back without registering.
    #[must_use]
    pub fn end_without_registering(self) -> Self {
        match self.patient {
            PatientSide::Departed { .. } => Self { patient: PatientSide::NotStarted(NotStartedReason::Ended), ..self },
            _ => self,
        }
    }

    /// She says that she finished at the institution's fixed URL. Where the reception itself answered, that is more.
    #[must_use]
    pub fn report_done(self, at: Timestamp) -> Self {
        match self.patient {
            PatientSide::Registered { .. } => self,
            _ => Self { patient: PatientSide::ReportedDone { reported_at: at }, desk: self.desk.reset_for_new_proof() },
        }
    }

    /// She sent a picture. A registration stays what counts, unless the desk asked for a picture all the same or could
    /// not accept it.
    #[must_use]
    pub fn receive_picture(self, at: Timestamp) -> Self {
        let registration_counts = matches!(self.patient, PatientSide::Registered { .. })
            && matches!(
                self.desk,
                DeskSide::Unseen
                    | DeskSide::Confirmed { .. }
                    | DeskSide::Requested { requested_proof: RequestedProof::Consent, .. }
            );
        if registration_counts {
            return self;
        }
        Self { patient: PatientSide::PictureSent { sent_at: at }, desk: self.desk.reset_for_new_proof() }
    }

    /// She erased so much of what she had sent that the rest proves nothing to come. What the desk has confirmed by it
    /// stays confirmed.
    #[must_use]
    pub fn erase_picture(self) -> Self {
        match self.patient {
            PatientSide::PictureSent { .. } => {
                Self { patient: PatientSide::NotStarted(NotStartedReason::Erased), ..self }
            }
            _ => self,
        }
    }

    /// The reception says that the consent was taken back.
    #[must_use]
    pub fn withdraw_consent(self) -> Self {
        self.drop_registration(NotStartedReason::Withdrawn)
    }

    /// The reception says that the consent is over.
    #[must_use]
    pub fn expire_consent(self) -> Self {
        self.drop_registration(NotStartedReason::Expired)
    }

    fn drop_registration(self, why: NotStartedReason) -> Self {
        let PatientSide::Registered { .. } = self.patient else { return self };
        let desk = match self.desk {
            // What the terminal showed under this consent, it shows no more.
            DeskSide::Confirmed { method: ConfirmationMethod::Terminal, .. } => DeskSide::Unseen,
            other => other,
        };
        Self { patient: PatientSide::NotStarted(why), desk }
    }

    /// What is lost by moving the appointment to another day, so that it can be told before.
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

    /// The appointment goes to another day: consent is tied to the day and is void. A picture is not, but the desk must
    /// look again whether the insurance holds on the new day.
    #[must_use]
    pub fn reschedule(self, from: Date) -> Self {
        let patient = match self.patient {
            PatientSide::Departed { .. } | PatientSide::Registered { .. } | PatientSide::ReportedDone { .. } => {
                PatientSide::NotStarted(NotStartedReason::Rescheduled { previous_date: from })
            }
            untied => untied,
        };
        let desk = match self.desk {
            DeskSide::Confirmed { .. } | DeskSide::Refused { .. } => DeskSide::Unseen,
            open => open,
        };
        Self { patient, desk }
    }
}

/// The desk's moves.
impl InsuranceProof {
    /// The desk asks for something.
    #[must_use]
    pub fn request_proof(self, what: RequestedProof, reason: RequestReason, at: Timestamp) -> Self {
        Self { desk: DeskSide::Requested { requested_proof: what, reason, requested_at: at }, ..self }
    }

    /// The desk has seen that the patient is insured.
    #[must_use]
    pub fn confirm(self, how: ConfirmationMethod, by: String, at: Timestamp) -> Self {
        Self { desk: DeskSide::Confirmed { method: how, confirmed_by: by, confirmed_at: at }, ..self }
    }

    /// The desk cannot accept the proof.
    #[must_use]
    pub fn refuse(self, reason: RefusedReason, by: String, at: Timestamp) -> Self {
        Self { desk: DeskSide::Refused { reason, refused_by: by, refused_at: at }, ..self }
    }
}

/// Whether a patient who left for the reception at `left` is probably still busy there.
pub fn is_departure_under_way(left: Timestamp, now: Timestamp) -> bool {
    now.duration_since(left) < UNDER_WAY_WINDOW
}

/// What is lost by moving an appointment to another day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReschedulingLoss {
    /// Nothing: either nothing was done yet, or what is asked for stays asked for.
    Nothing,
    /// Consent, which is tied to the day; or what may have become one.
    Consent,
    /// The picture stays, and the desk looks at it again.
    PictureReview,
    /// What the desk saw in another way.
    Confirmation,
}

impl Default for InsuranceProof {
    fn default() -> Self {
        Self::new()
    }
}

impl DeskSide {
    /// What was asked for has come, and what was refused has a successor: the desk looks again.
    fn reset_for_new_proof(self) -> Self {
        match self {
            Self::Requested { .. } | Self::Refused { .. } => Self::Unseen,
            seen => seen,
        }
    }
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
