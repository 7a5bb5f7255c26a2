//! What the terminal asks of オンライン資格確認等システム: one request file posted, its answer file back.

mod failure;
mod tls;

use std::{net::Ipv4Addr, time::Duration};

use base::{Clock, Date, InstitutionCode, Randomness, Timestamp};
use oqs::{
    AccessUrlChange, AccessUrlKind, AccessUrlRequest, BulkFetch, BulkNumber, BulkSearch, BulkSearchRequest, BulkUnit,
    CharacterCode, CheckUps, CheckedNumber, CodeImage, EnvironmentRequest, EnvironmentSettings,
    EnvironmentUpdateRequest, Exchange, Extension, FileCategory, FileName, Identifier, MedicalOutcome, MedicalPerson,
    MedicalRefusal, MedicalRequest, MedicalRequestHeader, MedicalResponse, MedicineRecords, Message, Outcome,
    ParsedMessage, ProcessingResult, ProcessingStatus, QualificationRequest, QualificationResponse,
    QualificationSearch, ReadWarning, RequestHeader, RequestMessage, RequestedAccessUrl, ResponseHeader,
    WithdrawalRequest, WithdrawnConsent,
};
use reqwest::{StatusCode, header::CONTENT_TYPE, redirect};
use shell::{Origin, Site};

pub use failure::EligibilityError;
pub use tls::UnusableIdentity;

use crate::{
    Identity,
    exchange::fault,
    rules::{
        care::Care,
        document::DocumentQuery,
        months::MonthRange,
        reception_list::{self, InsuranceDocument},
    },
};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the desk waits.
#[derive(Clone, Copy)]
pub(crate) struct Timeouts {
    /// How long one file may take, there and back.
    pub(crate) file: Duration,
    /// How often a list that is being made is asked for, before the desk is told so.
    pub(crate) tries: u32,
    /// How long between two times.
    pub(crate) pause: Duration,
}

const TIMEOUTS: Timeouts = Timeouts { file: Duration::from_secs(30), tries: 6, pause: Duration::from_millis(700) };

/// A ZIP archive begins so (APPNOTE.TXT §4.3.7); no XML does.
const ZIP: &[u8] = b"PK\x03\x04";

/// One institution's way to the system. Clones share its connections.
#[derive(Clone)]
pub(crate) struct EligibilityClient {
    http: reqwest::Client,
    address: Origin,
    institution: InstitutionCode,
    randomness: Randomness,
    clock: Clock,
    pub(crate) timeouts: Timeouts,
}

/// A list of receptions, or the number under which it is being made.
#[derive(Debug)]
pub(crate) enum BulkList {
    /// It is here.
    Ready {
        /// One a reception.
        units: Vec<BulkUnit>,
        /// What could not be read in it.
        doubts: Vec<ReadWarning>,
    },
    /// 処理中: to be fetched again later, with this number.
    InProgress(BulkNumber),
}

/// The eligibility by one insurance document.
#[derive(Debug, Clone)]
pub(crate) struct EligibilityCheck {
    pub(crate) response: QualificationResponse,
    /// 資格確認日
    pub(crate) confirmed_for: Option<Date>,
    /// 処理実行日時
    pub(crate) processed_at: Option<Timestamp>,
    /// What could not be read in it.
    pub(crate) doubts: Vec<ReadWarning>,
}

/// Which medical information, of those that stand in the layout of medicines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    /// 薬剤情報
    Medicines,
    /// 診療情報
    Diagnoses,
    /// 手術情報
    Operations,
}

/// Medical information, or the system's reason for none; and what could not be read in it.
#[derive(Debug, Clone)]
pub(crate) struct MedicalInformation<Body> {
    pub(crate) person: Option<MedicalPerson>,
    pub(crate) outcome: Result<Body, MedicalRefusal>,
    pub(crate) doubts: Vec<ReadWarning>,
}

/// The answer to a file that somebody else wrote, as it came.
#[derive(Debug, Clone)]
pub(crate) struct RelayedResponse {
    pub(crate) bytes: Vec<u8>,
    pub(crate) extension: Extension,
    /// What it says.
    pub(crate) message: Message,
}

struct RequestId {
    identifier: Identifier,
    name: FileName,
}

/// Joins the units of one reception: each has one result, and a person may have several insurances.
fn join_units(units: Vec<BulkUnit>) -> Vec<BulkUnit> {
    let reception = |unit: &BulkUnit| unit.search.as_ref().and_then(|search| search.identifier.clone());
    let mut joined: Vec<BulkUnit> = Vec::with_capacity(units.len());
    for unit in units {
        match joined.last_mut() {
            Some(last) if reception(&unit).is_some() && reception(last) == reception(&unit) => {
                last.results.extend(unit.results);
            }
            _ => joined.push(unit),
        }
    }
    joined
}

impl EligibilityClient {
    pub(crate) fn new(
        institution: InstitutionCode,
        address: Origin,
        identity: &Identity,
        root: &[u8],
        site: &Site,
    ) -> Result<Self, UnusableIdentity> {
        let config = tls::build_client_config(identity, root, site.clock())?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT);
        let host = address.authority().split(':').next().unwrap_or_default();
        if host == "localhost" || host.ends_with(".localhost") {
            // RFC 6761 §6.3: these names are this machine, whatever a resolver says. The port is the address's own.
            builder = builder.resolve(host, (Ipv4Addr::LOCALHOST, 0).into());
        }
        let http = builder.build().map_err(UnusableIdentity::Client)?;
        let (randomness, clock) = (site.randomness().clone(), site.clock().clone());
        Ok(Self { http, address, institution, randomness, clock, timeouts: TIMEOUTS })
    }

    /// 同意済資格情報一括取得: the receptions of some days. With the number of a list that was asked for before, only that is
    /// fetched.
    pub(crate) async fn fetch_receptions(
        &self,
        wanted: reception_list::ListQuery,
        before: Option<BulkNumber>,
        now: Timestamp,
    ) -> Result<BulkList, EligibilityError> {
        let number = match before {
            Some(number) => number,
            None => self.submit_bulk_search(wanted, now).await?,
        };
        for turn in 0..self.timeouts.tries {
            if turn > 0 {
                tokio::time::sleep(self.timeouts.pause).await;
            }
            if let Some(list) = self.fetch_bulk_result(wanted.criterion.care(), &number, now).await? {
                return Ok(list);
            }
        }
        Ok(BulkList::InProgress(number))
    }

    async fn submit_bulk_search(
        &self,
        wanted: reception_list::ListQuery,
        now: Timestamp,
    ) -> Result<BulkNumber, EligibilityError> {
        let care = wanted.criterion.care();
        let asked = self.new_request_id(care.bulk_exchanges().0, now);
        let search = BulkSearch { period: wanted.period(), treatment: care.treatment() };
        let body = BulkSearchRequest { search };
        let request = Message::BulkSearch(RequestMessage { header: self.request_header(&asked, None), body });
        let Message::BulkSearchResponse(answer) = self.send_request(&asked, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&asked, &answer.header)?;
        // Some only say 処理中 here, and give the number all the same.
        if let Outcome::Abnormal(fault) = answer.outcome {
            return Err(EligibilityError::Refused(fault));
        }
        answer.header.bulk_number.ok_or(EligibilityError::UnexpectedMessage)
    }

    async fn fetch_bulk_result(
        &self,
        care: Care,
        number: &BulkNumber,
        now: Timestamp,
    ) -> Result<Option<BulkList>, EligibilityError> {
        let asked = self.new_request_id(care.bulk_exchanges().1, now);
        let body = BulkFetch { number: number.clone() };
        let request = Message::BulkFetch(RequestMessage { header: self.request_header(&asked, None), body });
        let ParsedMessage { message: Message::BulkResult(answer), warnings: doubts, .. } =
            self.send_request(&asked, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&asked, &answer.header)?;
        match answer.outcome {
            Outcome::Normal(body) => Ok(Some(BulkList::Ready { units: join_units(body.units), doubts })),
            Outcome::InProgress(_) => Ok(None),
            Outcome::Abnormal(fault) => Err(EligibilityError::Refused(fault)),
        }
    }

    /// 資格確認 (オンライン診療等), or 再照会 of 訪問診療等: the eligibility by one insurance document of somebody who registered,
    /// in online care for `visit`.
    pub(crate) async fn check_eligibility(
        &self,
        document: &InsuranceDocument,
        visit: Option<Date>,
        now: Timestamp,
    ) -> Result<EligibilityCheck, EligibilityError> {
        let asked = self.new_request_id(document.care.qualification_exchange(), now);
        let search = QualificationSearch {
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(EligibilityError::UnexpectedMessage)?,
            branch: document.branch(),
            birthdate: document.birthdate,
            limit_consent: None,
            examination_date: visit,
            identifier: Some(asked.identifier.clone()),
        };
        let day = visit.unwrap_or_else(|| now.japan_date());
        self.request_qualification(&asked, search, day).await
    }

    /// 資格確認 by what somebody read off an insurance document: without a registration, and today.
    pub(crate) async fn check_eligibility_by_document(
        &self,
        typed: &DocumentQuery,
        now: Timestamp,
    ) -> Result<EligibilityCheck, EligibilityError> {
        let asked = self.new_request_id(Exchange::Qualification, now);
        let search = QualificationSearch {
            insurer: CheckedNumber::Valid(typed.insurer),
            symbol: typed.symbol.clone(),
            number: typed.number.clone(),
            branch: typed.branch,
            birthdate: typed.birth_date,
            limit_consent: Some(typed.limit_consent),
            examination_date: None,
            identifier: Some(asked.identifier.clone()),
        };
        self.request_qualification(&asked, search, now.japan_date()).await
    }

    async fn request_qualification(
        &self,
        asked: &RequestId,
        search: QualificationSearch,
        day: Date,
    ) -> Result<EligibilityCheck, EligibilityError> {
        let header = self.request_header(asked, Some(day));
        let request = Message::QualificationRequest(RequestMessage { header, body: QualificationRequest { search } });
        let ParsedMessage { message: Message::QualificationResponse(answer), warnings: doubts, .. } =
            self.send_request(asked, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(asked, &answer.header)?;
        let (confirmed_for, processed_at) = (answer.header.confirmation_date, answer.header.processed_at);
        let answer = require_normal(answer.outcome)?;
        Ok(EligibilityCheck { response: answer, confirmed_for, processed_at, doubts })
    }

    /// 閲覧同意取り消し: gives back all that somebody of 訪問診療等 lets this institution see.
    pub(crate) async fn withdraw_consent(
        &self,
        document: &InsuranceDocument,
        now: Timestamp,
    ) -> Result<(), EligibilityError> {
        let asked = self.new_request_id(Exchange::HomeVisitWithdrawal, now);
        let consent = WithdrawnConsent {
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(EligibilityError::UnexpectedMessage)?,
            branch: document.branch(),
            birthdate: document.birthdate,
            // None is all (OQSCD036 has no code for the eligibility itself).
            kinds: Vec::new(),
        };
        let request = Message::WithdrawalRequest(RequestMessage {
            header: self.request_header(&asked, None),
            body: WithdrawalRequest { consent },
        });
        let Message::WithdrawalResponse(answer) = self.send_request(&asked, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&asked, &answer.header)?;
        check_processing(&require_normal(answer.outcome)?.processing)
    }

    /// 薬剤情報, 診療情報 or 手術情報 of some months, as far as the patient agreed for `visit`.
    pub(crate) async fn fetch_records(
        &self,
        kind: RecordKind,
        document: &InsuranceDocument,
        visit: Option<Date>,
        months: MonthRange,
        now: Timestamp,
    ) -> Result<MedicalInformation<MedicineRecords>, EligibilityError> {
        let exchange = match kind {
            RecordKind::Medicines => Exchange::Medicines,
            RecordKind::Diagnoses => Exchange::Diagnoses,
            RecordKind::Operations => Exchange::Operations,
        };
        let (asked, request) = self.medical_request(exchange, document, visit, Some(months), now)?;
        let ParsedMessage { message: Message::MedicineRecords(answer), warnings: doubts, .. } =
            self.send_request(&asked, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.read_medical_information(&asked, answer, doubts)
    }

    /// 特定健診情報: all check-ups, as far as the patient agreed for `visit`.
    pub(crate) async fn fetch_check_ups(
        &self,
        document: &InsuranceDocument,
        visit: Option<Date>,
        now: Timestamp,
    ) -> Result<MedicalInformation<CheckUps>, EligibilityError> {
        let (asked, request) = self.medical_request(Exchange::CheckUps, document, visit, None, now)?;
        let ParsedMessage { message: Message::CheckUps(answer), warnings: doubts, .. } =
            self.send_request(&asked, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.read_medical_information(&asked, answer, doubts)
    }

    /// 医療機関環境設定情報照会
    pub(crate) async fn fetch_settings(&self, now: Timestamp) -> Result<Option<EnvironmentSettings>, EligibilityError> {
        let asked = self.new_request_id(Exchange::Environment, now);
        let request = Message::EnvironmentRequest(RequestMessage {
            header: self.request_header(&asked, None),
            body: EnvironmentRequest {},
        });
        let Message::EnvironmentResponse(answer) = self.send_request(&asked, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&asked, &answer.header)?;
        Ok(require_normal(answer.outcome)?.settings)
    }

    /// 医療機関環境設定情報更新: sets what is said, and tells what is set then.
    pub(crate) async fn change_settings(
        &self,
        settings: EnvironmentSettings,
        now: Timestamp,
    ) -> Result<Option<EnvironmentSettings>, EligibilityError> {
        let asked = self.new_request_id(Exchange::EnvironmentUpdate, now);
        let request = Message::EnvironmentUpdateRequest(RequestMessage {
            header: self.request_header(&asked, None),
            body: EnvironmentUpdateRequest { settings },
        });
        let Message::EnvironmentResponse(answer) = self.send_request(&asked, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&asked, &answer.header)?;
        let body = require_normal(answer.outcome)?;
        check_processing(&body.processing)?;
        Ok(body.settings)
    }

    /// 医療機関アクセスURL取得: the address that patients register at, or another one in its place.
    pub(crate) async fn request_access_url(
        &self,
        kind: AccessUrlKind,
        change: AccessUrlChange,
        now: Timestamp,
    ) -> Result<Option<String>, EligibilityError> {
        let asked = self.new_request_id(Exchange::AccessUrl, now);
        let body = AccessUrlRequest { requested: RequestedAccessUrl { kind, image: CodeImage::Png, change } };
        let request = Message::AccessUrlRequest(RequestMessage { header: self.request_header(&asked, None), body });
        let Message::AccessUrlResponse(answer) = self.send_request(&asked, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&asked, &answer.header)?;
        let body = require_normal(answer.outcome)?;
        check_processing(&body.processing)?;
        Ok(body.address.map(|address| address.url))
    }

    fn medical_request(
        &self,
        exchange: Exchange,
        document: &InsuranceDocument,
        visit: Option<Date>,
        months: Option<MonthRange>,
        now: Timestamp,
    ) -> Result<(RequestId, Message), EligibilityError> {
        let asked = self.new_request_id(exchange, now);
        let header = MedicalRequestHeader {
            institution: CheckedNumber::Valid(self.institution),
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(EligibilityError::UnexpectedMessage)?,
            branch: document.branch(),
            identifier: Some(asked.identifier.clone()),
        };
        let body = MedicalRequest {
            from: months.map(|months| months.from),
            to: months.map(|months| months.to),
            file: Some(FileCategory::Xml),
            prescriptions: None,
            treatment: document.care.treatment(),
            examination_date: visit,
        };
        Ok((asked, Message::MedicalRequest(RequestMessage { header, body })))
    }

    fn read_medical_information<Body>(
        &self,
        asked: &RequestId,
        answer: MedicalResponse<Body>,
        doubts: Vec<ReadWarning>,
    ) -> Result<MedicalInformation<Body>, EligibilityError> {
        let header = answer.header;
        self.check_recipient(asked, header.institution.as_ref(), header.identifier.as_ref())?;
        let outcome = match answer.outcome {
            MedicalOutcome::Normal(body) => Ok(body),
            MedicalOutcome::Refused(refusal) => Err(refusal),
        };
        Ok(MedicalInformation { person: header.person, outcome, doubts })
    }

    /// A fresh name and identifier. They say nothing of whom is asked about.
    fn new_request_id(&self, exchange: Exchange, now: Timestamp) -> RequestId {
        let day = now.in_japan().strftime("%Y%m%d").to_string();
        let own = format!("{day}{:012}", self.randomness.number_below(1_000_000_000_000));
        RequestId {
            // Twenty digits.
            name: FileName::new(exchange.request(), &own).expect("digits make a file name"),
            identifier: Identifier::new(&own).expect("digits make an identifier"),
        }
    }

    fn request_header(&self, asked: &RequestId, confirmation_date: Option<Date>) -> RequestHeader {
        RequestHeader {
            institution: CheckedNumber::Valid(self.institution),
            identifier: Some(asked.identifier.clone()),
            confirmation_date,
        }
    }

    fn check_response_header(&self, asked: &RequestId, header: &ResponseHeader) -> Result<(), EligibilityError> {
        self.check_recipient(asked, Some(&header.institution), header.identifier.as_ref())
    }

    /// An answer to somebody else, or to another question, is never shown. What it does not say is not held against it.
    fn check_recipient(
        &self,
        asked: &RequestId,
        institution: Option<&CheckedNumber<InstitutionCode>>,
        identifier: Option<&Identifier>,
    ) -> Result<(), EligibilityError> {
        let ours = institution.is_none_or(|named| named.valid() == Some(&self.institution));
        let answers = identifier.is_none_or(|named| *named == asked.identifier);
        if ours && answers { Ok(()) } else { Err(EligibilityError::MismatchedResponse) }
    }

    async fn send_request(&self, asked: &RequestId, request: &Message) -> Result<ParsedMessage, EligibilityError> {
        let bytes = self.post_file(&asked.name, oqs::write(request, CharacterCode::Utf8)).await?;
        parse_response(&asked.name, &bytes)
    }

    /// Whose way it is.
    pub(crate) fn institution(&self) -> InstitutionCode {
        self.institution
    }

    /// Asks a file that a receipt computer wrote, as it is, and gives the answer file as it is: what the desk may do with
    /// it is the same as with its own. An answer to another institution or question goes nowhere.
    pub(crate) async fn relay_request(&self, name: &FileName, ask: &[u8]) -> Result<RelayedResponse, EligibilityError> {
        let bytes = self.post_file(name, ask.to_vec()).await?;
        let message = parse_response(name, &bytes)?.message;
        let (institution, answers) = fault::institution_and_identifier(&message);
        let asked = oqs::parse(name.interface(), ask).ok();
        let asked = asked.as_ref().and_then(|reading| fault::institution_and_identifier(&reading.message).1);
        let ours = institution.is_none_or(|named| named.valid() == Some(&self.institution));
        let to_this = asked.is_none() || answers.is_none() || asked == answers;
        if !ours || !to_this {
            return Err(EligibilityError::MismatchedResponse);
        }
        let extension = if bytes.starts_with(ZIP) { Extension::Zip } else { Extension::Xml };
        Ok(RelayedResponse { bytes, extension, message })
    }

    async fn post_file(&self, name: &FileName, ask: Vec<u8>) -> Result<Vec<u8>, EligibilityError> {
        let response = self
            .http
            .post(self.address.url(&format!("/oqs/{name}")))
            .header(CONTENT_TYPE, "application/xml")
            .timeout(self.timeouts.file)
            .body(ask)
            .send()
            .await
            .map_err(EligibilityError::from_request_error)?;
        match response.status() {
            StatusCode::OK => read_body(response, name.response().interface().max_bytes()).await,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(EligibilityError::CertificateRefused(None)),
            StatusCode::SERVICE_UNAVAILABLE => {
                Err(EligibilityError::from_unavailable(response.headers(), self.clock.now()))
            }
            other => Err(EligibilityError::Status(other.as_u16())),
        }
    }
}

/// The answer to the ask `name`, unpacked where it came packed.
fn parse_response(name: &FileName, bytes: &[u8]) -> Result<ParsedMessage, EligibilityError> {
    let answer = name.response();
    if bytes.starts_with(ZIP) {
        let message = oqs::unpack(&answer.with_extension(Extension::Zip), bytes).map_err(EligibilityError::Archive)?;
        return oqs::parse(answer.interface(), &message).map_err(EligibilityError::Unreadable);
    }
    oqs::parse(answer.interface(), bytes).map_err(EligibilityError::Unreadable)
}

/// エラー as the result of the one question that was asked.
fn check_processing(processing: &ProcessingResult) -> Result<(), EligibilityError> {
    match processing.status {
        ProcessingStatus::Normal => Ok(()),
        ProcessingStatus::Error => {
            let ProcessingResult { code, message, .. } = processing.clone();
            Err(EligibilityError::Refused(oqs::Fault { code, message }))
        }
    }
}

fn require_normal<Body>(outcome: Outcome<Body>) -> Result<Body, EligibilityError> {
    match outcome {
        Outcome::Normal(body) => Ok(body),
        Outcome::InProgress(fault) | Outcome::Abnormal(fault) => Err(EligibilityError::Refused(fault)),
    }
}

async fn read_body(mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, EligibilityError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(EligibilityError::from_body_error)? {
        if bytes.len() + chunk.len() > most {
            return Err(EligibilityError::TooLarge(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
