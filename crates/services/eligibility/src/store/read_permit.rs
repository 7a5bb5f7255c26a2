//! The ledger of one request of an institution: the only maker of permits to read, and the owner of their audit entries.
//!
//! ```text
//! ReadLedger::open ──request, select, include──▶ ReadPermit ──read──▶ a person's data
//!        └── at its end, in the same transaction ──▶ the entries, appended to the institution's chain
//! ```

use std::marker::PhantomData;

use base::{InstitutionCode, Key, ReceptionNumber, Timestamp};
use database::{Error, Transaction};

use super::{
    audit::{self, AuditEntry, AuditOutcome, AuditSubject},
    person::DocumentMatch,
};
use crate::{
    Fingerprint, PersonId,
    rules::{
        access::{Access, Subject, may_read, may_read_by_document, select_reception},
        item::{ConsentChoice, ConsentItem},
        reception::{ReceptionFilter, ReceptionRecord},
    },
};

/// A permit to read one kind of data of one person, once.
///
/// It is made only where an access rule ([`may_read`], or the one for an insurance document alone) allowed the reading, in the
/// same step that records it in the audit. Whoever reads a person's data for an institution gives it up:
///
/// ```no_run
/// use eligibility::{LimitCertificates, ReadPermit};
///
/// fn read(tx: &mut database::Transaction<'_>, permit: ReadPermit<'_, LimitCertificates>, day: base::Date) {
///     let _ = permit.read(tx, day);
/// }
/// ```
///
/// A permit is used once:
///
/// ```compile_fail,E0382
/// use eligibility::{LimitCertificates, ReadPermit};
///
/// fn read(tx: &mut database::Transaction<'_>, permit: ReadPermit<'_, LimitCertificates>, day: base::Date) {
///     let _ = permit.read(tx, day);
///     let _ = permit.read(tx, day);
/// }
/// ```
///
/// It has no second copy:
///
/// ```compile_fail,E0277
/// use eligibility::{LimitCertificates, ReadPermit};
///
/// fn copy<T: Clone>() {}
/// copy::<ReadPermit<'static, LimitCertificates>>();
/// ```
///
/// Nobody makes one for a person whom they name:
///
/// ```compile_fail,E0451
/// use eligibility::{LimitCertificates, PersonId, ReadPermit};
///
/// fn make(person: PersonId) -> ReadPermit<'static, LimitCertificates> {
///     ReadPermit { person, data: LimitCertificates, ledger: std::marker::PhantomData }
/// }
/// ```
///
/// It opens nothing but what it was given for:
///
/// ```compile_fail,E0308
/// use eligibility::{DiseaseCertificates, LimitCertificates, ReadPermit};
///
/// fn exchange<'l>(permit: ReadPermit<'l, LimitCertificates>) -> ReadPermit<'l, DiseaseCertificates> {
///     permit
/// }
/// ```
#[derive(Debug)]
#[must_use = "the reading is recorded already"]
pub struct ReadPermit<'l, Data> {
    person: PersonId,
    data: Data,
    /// A permit does not outlive its ledger, and so is used in the transaction that records it.
    ledger: PhantomData<&'l ()>,
}

impl<Data> ReadPermit<'_, Data> {
    pub(super) fn person(&self) -> PersonId {
        self.person
    }

    /// Whose data may be read, and which. For the functions that read it.
    pub(super) fn spend(self) -> (PersonId, Data) {
        (self.person, self.data)
    }
}

/// What a permit opens.
pub trait ReadableData: sealed::Sealed {
    /// The subject of the access rules and of the audit.
    fn subject(&self) -> Subject;
}

/// 資格情報: the person and the coverages.
#[derive(Debug)]
pub struct Coverages;

/// 限度額情報
#[derive(Debug)]
pub struct LimitCertificates;

/// 特定疾病療養受療証情報
#[derive(Debug)]
pub struct DiseaseCertificates;

/// Health records of one kind.
#[derive(Debug)]
pub enum HealthRecords {
    /// 手術情報
    Operations,
    /// 診療情報
    Treatments,
    /// 薬剤情報
    Medicines,
    /// 特定健診等情報
    CheckUps,
}

impl HealthRecords {
    /// The item that the patient agreed to.
    pub fn item(&self) -> ConsentItem {
        match self {
            Self::Operations => ConsentItem::Operations,
            Self::Treatments => ConsentItem::Treatments,
            Self::Medicines => ConsentItem::Medicines,
            Self::CheckUps => ConsentItem::CheckUps,
        }
    }
}

impl ReadableData for Coverages {
    fn subject(&self) -> Subject {
        Subject::Eligibility
    }
}

impl ReadableData for LimitCertificates {
    fn subject(&self) -> Subject {
        Subject::Item(ConsentItem::Limits)
    }
}

impl ReadableData for DiseaseCertificates {
    fn subject(&self) -> Subject {
        Subject::Item(ConsentItem::SpecificDiseases)
    }
}

impl ReadableData for HealthRecords {
    fn subject(&self) -> Subject {
        Subject::Item(self.item())
    }
}

mod sealed {
    /// Only the kinds of data of this module can be read.
    pub trait Sealed {}

    impl Sealed for super::Coverages {}
    impl Sealed for super::LimitCertificates {}
    impl Sealed for super::DiseaseCertificates {}
    impl Sealed for super::HealthRecords {}
}

/// Who reads: the calling institution, with its message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) institution: InstitutionCode,
    pub(crate) certificate: Fingerprint,
    /// The beginning of the name of the message's file.
    pub(crate) message: &'static str,
    pub(crate) now: Timestamp,
}

/// A reading that was refused and recorded.
#[derive(Debug)]
pub(crate) struct RefusedReading<'r> {
    pub(crate) access: Access,
    /// The reception that was selected, if there is one.
    pub(crate) reception: Option<&'r ReceptionRecord>,
}

/// A response whose readings are recorded.
pub(crate) struct RecordedResponse<T> {
    pub(crate) response: T,
    /// How many searches were by a document of no person, or of no person who registered at the institution.
    pub(crate) misses: usize,
}

/// The readings and changes of one request, and its transaction.
pub(crate) struct ReadLedger<'l, 'db> {
    tx: &'l mut Transaction<'db>,
    reader: Reader,
    entries: Vec<AuditEntry>,
}

impl ReadLedger<'_, '_> {
    /// Responds to a request with a ledger, and appends its entries to the institution's chain. There is no other way to have
    /// a ledger, so none is left without its entries.
    ///
    /// # Errors
    ///
    /// Nothing is recorded then: the transaction must be rolled back, and there is no response.
    pub(crate) fn open<T>(
        tx: &mut Transaction<'_>,
        key: &Key,
        reader: Reader,
        respond: impl FnOnce(&mut ReadLedger<'_, '_>) -> Result<T, Error>,
    ) -> Result<RecordedResponse<T>, Error> {
        let chain = audit::lock_chain(tx, reader.institution)?;
        let mut ledger = ReadLedger { tx: &mut *tx, reader, entries: Vec::new() };
        let response = respond(&mut ledger)?;
        let entries = ledger.entries;
        audit::append_entries(tx, key, chain, &entries)?;
        Ok(RecordedResponse { response, misses: entries.iter().filter(|entry| is_miss(entry)).count() })
    }
}

/// Whether a search was by a document of no person. A list is searched by days, and may be empty.
fn is_miss(entry: &AuditEntry) -> bool {
    entry.subject != AuditSubject::List
        && entry.reception.is_none()
        && entry.outcome == AuditOutcome::Access(Access::NotFound)
}

impl<'l, 'db> ReadLedger<'l, 'db> {
    /// The transaction, for what is not a person's data, and for permits.
    pub(crate) fn transaction(&mut self) -> &mut Transaction<'db> {
        self.tx
    }

    /// Requests to read by this reception. The decision is recorded.
    pub(crate) fn request<Data: ReadableData>(
        &mut self,
        reception: &ReceptionRecord,
        data: Data,
    ) -> Result<ReadPermit<'l, Data>, Access> {
        let subject = data.subject();
        let access = may_read(self.reader.institution, Some(reception), subject, self.reader.now);
        self.record(Some(reception.number), subject, access);
        permit(reception.person, data, access)
    }

    /// Requests to read by the one of a person's receptions that [`select_reception`] selects. The decision is recorded.
    pub(crate) fn select<'r, Data: ReadableData>(
        &mut self,
        receptions: &'r [ReceptionRecord],
        filter: ReceptionFilter,
        data: Data,
    ) -> Result<(&'r ReceptionRecord, ReadPermit<'l, Data>), RefusedReading<'r>> {
        let subject = data.subject();
        let (access, reception) =
            select_reception(self.reader.institution, receptions, filter, subject, self.reader.now);
        self.record(reception.map(|reception| reception.number), subject, access);
        let refused = |access| RefusedReading { access, reception };
        let selected = reception.ok_or_else(|| refused(access))?;
        let permit = permit(selected.person, data, access).map_err(refused)?;
        Ok((selected, permit))
    }

    /// What else the response contains by this reception, if it may be read. Otherwise it was not requested either, and
    /// nothing is recorded.
    pub(crate) fn include<Data: ReadableData>(
        &mut self,
        reception: &ReceptionRecord,
        data: Data,
    ) -> Option<ReadPermit<'l, Data>> {
        match may_read(self.reader.institution, Some(reception), data.subject(), self.reader.now) {
            Access::Readable => self.request(reception, data).ok(),
            _ => None,
        }
    }

    /// Requests to read by an insurance document alone. The decision is recorded.
    pub(crate) fn request_by_document<Data: ReadableData>(
        &mut self,
        document: &DocumentMatch,
        data: Data,
        limits: ConsentChoice,
    ) -> Result<ReadPermit<'l, Data>, Access> {
        let subject = data.subject();
        let access = may_read_by_document(subject, limits);
        self.record(None, subject, access);
        permit(document.person(), data, access)
    }

    /// Records a request that was refused before a reception was selected for it.
    pub(crate) fn record_refusal(&mut self, subject: impl Into<AuditSubject>, outcome: impl Into<AuditOutcome>) {
        self.record(None, subject, outcome);
    }

    /// Records what is no reading of a person's data: a change, or an attempt at one.
    pub(crate) fn record(
        &mut self,
        reception: Option<ReceptionNumber>,
        subject: impl Into<AuditSubject>,
        outcome: impl Into<AuditOutcome>,
    ) {
        let Reader { certificate, message, now, .. } = self.reader;
        self.entries.push(AuditEntry {
            time: now,
            certificate,
            message,
            reception,
            subject: subject.into(),
            outcome: outcome.into(),
        });
    }
}

/// The permit, if the rule allowed it.
fn permit<'l, Data>(person: PersonId, data: Data, access: Access) -> Result<ReadPermit<'l, Data>, Access> {
    match access {
        Access::Readable => Ok(ReadPermit { person, data, ledger: PhantomData }),
        refused => Err(refused),
    }
}
