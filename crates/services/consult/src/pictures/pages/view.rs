//! What the page of an upload shows, and at which step the upload is.

use base::Timestamp;

use crate::{
    appointments::rules::Openness,
    directory::rules::institution::Charge,
    pictures::{
        rules::picture::{DocumentKind, DocumentSide, InsurancePicture, PictureState, UnusablePicture, missing_slots},
        store::AppointmentPictures,
    },
};

/// Why the picture of a slot was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadProblem {
    Unusable(UnusablePicture),
    Missing,
}

impl UploadProblem {
    const MISSING: &'static str = "missing";

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Unusable(unusable) => unusable.as_str(),
            Self::Missing => Self::MISSING,
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        if code == Self::MISSING { Some(Self::Missing) } else { code.parse().ok().map(Self::Unusable) }
    }
}

pub(crate) struct PictureUploadPage {
    pub(crate) page: AppointmentPictures,
    pub(crate) openness: Openness,
    pub(crate) retained_until: Timestamp,
    pub(crate) chosen_document: Option<DocumentKind>,
    /// Whether the patient wants to choose another document.
    pub(crate) changes_document: bool,
    pub(crate) problems: Vec<(DocumentSide, UploadProblem)>,
}

impl PictureUploadPage {
    pub(crate) fn pictures_in_state(&self, state: PictureState) -> impl Iterator<Item = &InsurancePicture> {
        self.page.pictures.iter().filter(move |picture| picture.state == state)
    }

    pub(crate) fn drafts(&self) -> Vec<&InsurancePicture> {
        self.pictures_in_state(PictureState::Draft).collect()
    }

    pub(crate) fn sent_pictures(&self) -> Vec<&InsurancePicture> {
        self.page.pictures.iter().filter(|picture| picture.state != PictureState::Draft).collect()
    }

    /// The document of the form: the chosen one, else that of the newest draft, else that of the newest sent picture.
    pub(crate) fn document(&self) -> DocumentKind {
        let newest = self.drafts().first().copied().or_else(|| self.sent_pictures().first().copied());
        self.chosen_document.or(newest.map(|picture| picture.document)).unwrap_or(DocumentKind::Certificate)
    }

    pub(crate) fn step(&self) -> UploadStep {
        if !self.openness.can_be_proven() || self.page.appointment.menu.charge == Charge::SelfPay {
            UploadStep::Closed
        } else if self.changes_document {
            UploadStep::ChooseDocument
        } else if !self.drafts().is_empty() {
            if missing_slots(self.document(), &self.page.pictures).is_empty() {
                UploadStep::ReviewDrafts
            } else {
                UploadStep::Incomplete
            }
        } else if self.page.request.is_some() || self.pictures_in_state(PictureState::Refused).next().is_some() {
            UploadStep::RequestedAgain
        } else if let Some(sent) = self.sent_pictures().first() {
            if missing_slots(sent.document, &self.page.pictures).is_empty() {
                UploadStep::Sent
            } else {
                UploadStep::SentIncomplete
            }
        } else if self.chosen_document.is_none() && self.problems.is_empty() {
            UploadStep::ChooseDocument
        } else {
            UploadStep::ChoosePictures
        }
    }

    pub(crate) fn find_problem(&self, side: DocumentSide) -> Option<UploadProblem> {
        self.problems.iter().find(|(problem_side, _)| *problem_side == side).map(|(_, problem)| *problem)
    }

    pub(crate) fn path(&self) -> String {
        format!("/appointments/{}/picture", self.page.appointment.id)
    }
}

/// The step of the upload that the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadStep {
    ChooseDocument,
    /// The document is chosen, and no picture was uploaded.
    ChoosePictures,
    /// Drafts exist, and a required picture is missing.
    Incomplete,
    /// All required pictures exist as drafts, which the patient reviews before sending.
    ReviewDrafts,
    Sent,
    /// The patient erased one of the pictures that were sent.
    SentIncomplete,
    /// The desk requested a picture, or one again.
    RequestedAgain,
    /// No picture can be sent any more, or none is needed.
    Closed,
}
