//! What the page of a list shows.

use base::{Date, ReceptionNumber};
use oqs::{BulkNumber, QualificationResult, ReadWarning};
use text::Language;

use crate::{
    Role,
    appointments::rules::AppointmentMatch,
    eligibility::rules::{DateCriterion, ListQuery},
    pages::SystemResponse,
    receptions::{rules::ListedReception, store::ConfirmationRecord, texts},
};

/// What the list is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListPurpose {
    /// 一般: the eligibility.
    Eligibility,
    /// 医療情報閲覧: the consents to medical information.
    Medical,
}

pub(crate) struct ReceptionListPage {
    pub(crate) purpose: ListPurpose,
    pub(crate) criterion: DateCriterion,
    pub(crate) day: String,
    pub(crate) today: Date,
    /// 受付番号 of the reception to open. A list that has it is not shown.
    pub(crate) searched_number: Option<ReceptionNumber>,
    pub(crate) content: ReceptionListContent,
}

pub(crate) enum ReceptionListContent {
    WrongDay,
    Requested(ListQuery, SystemResponse<ListResult>),
}

pub(crate) enum ListResult {
    Rows(ReceptionRows),
    InProgress(BulkNumber),
}

pub(crate) struct ReceptionRows {
    /// The rows of this page.
    pub(crate) rows: Vec<ReceptionRow>,
    /// The number of rows on all pages.
    pub(crate) count: usize,
    /// Starts at 1.
    pub(crate) page: u32,
    /// At least 1.
    pub(crate) page_count: u32,
    pub(crate) doubts: Vec<ReadWarning>,
}

pub(crate) struct ReceptionRow {
    pub(crate) reception: ListedReception,
    pub(crate) sealed: String,
    pub(crate) results: Vec<QualificationResult>,
    pub(crate) confirmation: Option<ConfirmationRecord>,
    pub(crate) appointment_match: AppointmentMatch,
}

impl ListPurpose {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Eligibility => "/receptions",
            Self::Medical => "/patients",
        }
    }

    pub(crate) fn role(self) -> Role {
        match self {
            Self::Eligibility => Role::Staff,
            Self::Medical => Role::MedicalViewer,
        }
    }

    pub(crate) fn title(self, language: Language) -> &'static str {
        match self {
            Self::Eligibility => texts::RECEPTIONS.in_language(language),
            Self::Medical => texts::PATIENTS_WHO_CONSENTED.in_language(language),
        }
    }

    /// The address of a list.
    pub(crate) fn list_path(self, list: ListQuery) -> String {
        format!("{}?{}", self.path(), list.to_query_string())
    }
}
