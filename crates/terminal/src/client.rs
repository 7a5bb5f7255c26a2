//! What the terminal asks of オンライン資格確認等システム: one request file posted, its answer file back.

mod failure;
mod tls;

use std::{net::Ipv4Addr, time::Duration};

use base::{Clock, Date, InstitutionCode, Randomness, Timestamp};
use oqs::{
    AccessUrlChange, AccessUrlKind, AccessUrlRequest, AnswerHeader, BulkFetch, BulkNumber, BulkSearch,
    BulkSearchRequest, BulkUnit, CharacterCode, CheckUps, Claimed, CodeImage, Doubt, EnvironmentRequest,
    EnvironmentSettings, EnvironmentUpdateRequest, Exchange, Extension, FileCategory, FileName, Identifier,
    MedicalAnswer, MedicalOutcome, MedicalPerson, MedicalRefusal, MedicalRequest, MedicalRequestHeader,
    MedicineRecords, Message, Outcome, Processing, ProcessingStatus, QualificationAnswer, QualificationRequest,
    QualificationSearch, Reading, Request, RequestHeader, WantedAccessUrl, WithdrawalRequest, WithdrawnConsent,
};
use reqwest::{StatusCode, header::CONTENT_TYPE, redirect};
use shell::{Origin, Site};

pub use failure::Failure;
pub use tls::UnusableIdentity;

use crate::{
    Identity,
    exchange::fault,
    rules::{
        care::Care,
        document::Typed,
        listed::{self, Document},
        months::Months,
    },
};

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long the desk waits.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// How long one file may take, there and back.
    pub(crate) file: Duration,
    /// How often a list that is being made is asked for, before the desk is told so.
    pub(crate) tries: u32,
    /// How long between two times.
    pub(crate) pause: Duration,
}

const PATIENCE: Patience = Patience { file: Duration::from_secs(30), tries: 6, pause: Duration::from_millis(700) };

/// A ZIP archive begins so (APPNOTE.TXT §4.3.7); no XML does.
const ZIP: &[u8] = b"PK\x03\x04";

/// One institution's way to the system. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Interface {
    http: reqwest::Client,
    address: Origin,
    institution: InstitutionCode,
    randomness: Randomness,
    clock: Clock,
    pub(crate) patience: Patience,
}

/// A list of receptions, or the number under which it is being made.
#[derive(Debug)]
pub(crate) enum List {
    /// It is here.
    Ready {
        /// One a reception.
        units: Vec<BulkUnit>,
        /// What could not be read in it.
        doubts: Vec<Doubt>,
    },
    /// 処理中: to be fetched again later, with this number.
    Working(BulkNumber),
}

/// The eligibility by one insurance document.
#[derive(Debug, Clone)]
pub(crate) struct Eligibility {
    pub(crate) answer: QualificationAnswer,
    /// 資格確認日
    pub(crate) confirmed_for: Option<Date>,
    /// 処理実行日時
    pub(crate) processed_at: Option<Timestamp>,
    /// What could not be read in it.
    pub(crate) doubts: Vec<Doubt>,
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
pub(crate) struct Medical<Body> {
    pub(crate) person: Option<MedicalPerson>,
    pub(crate) outcome: Result<Body, MedicalRefusal>,
    pub(crate) doubts: Vec<Doubt>,
}

/// The answer to a file that somebody else wrote, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Relayed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) extension: Extension,
    /// What it says.
    pub(crate) message: Message,
}

struct Asked {
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

impl Interface {
    pub(crate) fn new(
        institution: InstitutionCode,
        address: Origin,
        identity: &Identity,
        root: &[u8],
        site: &Site,
    ) -> Result<Self, UnusableIdentity> {
        let config = tls::config(identity, root, site.clock())?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECTING);
        let host = address.authority().split(':').next().unwrap_or_default();
        if host == "localhost" || host.ends_with(".localhost") {
            // RFC 6761 §6.3: these names are this machine, whatever a resolver says. The port is the address's own.
            builder = builder.resolve(host, (Ipv4Addr::LOCALHOST, 0).into());
        }
        let http = builder.build().map_err(UnusableIdentity::Client)?;
        let (randomness, clock) = (site.randomness().clone(), site.clock().clone());
        Ok(Self { http, address, institution, randomness, clock, patience: PATIENCE })
    }

    /// 同意済資格情報一括取得: the receptions of some days. With the number of a list that was asked for before, only that is
    /// fetched.
    pub(crate) async fn list(
        &self,
        wanted: listed::Asked,
        before: Option<BulkNumber>,
        now: Timestamp,
    ) -> Result<List, Failure> {
        let number = match before {
            Some(number) => number,
            None => self.search(wanted, now).await?,
        };
        for turn in 0..self.patience.tries {
            if turn > 0 {
                tokio::time::sleep(self.patience.pause).await;
            }
            if let Some(list) = self.fetch(wanted.by.care(), &number, now).await? {
                return Ok(list);
            }
        }
        Ok(List::Working(number))
    }

    async fn search(&self, wanted: listed::Asked, now: Timestamp) -> Result<BulkNumber, Failure> {
        let care = wanted.by.care();
        let asked = self.asked(care.bulk().0, now);
        let search = BulkSearch { period: wanted.period(), treatment: care.treatment() };
        let body = BulkSearchRequest { search };
        let request = Message::BulkSearch(Request { header: self.header(&asked, None), body });
        let Message::BulkAccepted(answer) = self.exchange(&asked, &request).await?.message else {
            return Err(Failure::AnotherMessage);
        };
        self.is_ours(&asked, &answer.header)?;
        // Some only say 処理中 here, and give the number all the same.
        if let Outcome::Abnormal(fault) = answer.outcome {
            return Err(Failure::Refused(fault));
        }
        answer.header.bulk_number.ok_or(Failure::AnotherMessage)
    }

    async fn fetch(&self, care: Care, number: &BulkNumber, now: Timestamp) -> Result<Option<List>, Failure> {
        let asked = self.asked(care.bulk().1, now);
        let body = BulkFetch { number: number.clone() };
        let request = Message::BulkFetch(Request { header: self.header(&asked, None), body });
        let Reading { message: Message::BulkResult(answer), doubts, .. } = self.exchange(&asked, &request).await?
        else {
            return Err(Failure::AnotherMessage);
        };
        self.is_ours(&asked, &answer.header)?;
        match answer.outcome {
            Outcome::Normal(body) => Ok(Some(List::Ready { units: join_units(body.units), doubts })),
            Outcome::InProgress(_) => Ok(None),
            Outcome::Abnormal(fault) => Err(Failure::Refused(fault)),
        }
    }

    /// 資格確認 (オンライン診療等), or 再照会 of 訪問診療等: the eligibility by one insurance document of somebody who registered,
    /// in online care for `visit`.
    pub(crate) async fn eligibility(
        &self,
        document: &Document,
        visit: Option<Date>,
        now: Timestamp,
    ) -> Result<Eligibility, Failure> {
        let asked = self.asked(document.care.qualification(), now);
        let search = QualificationSearch {
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(Failure::AnotherMessage)?,
            branch: document.branch(),
            birthdate: document.birthdate,
            limit_consent: None,
            examination_date: visit,
            identifier: Some(asked.identifier.clone()),
        };
        let day = visit.unwrap_or_else(|| now.japan_date());
        self.qualification(&asked, search, day).await
    }

    /// 資格確認 by what somebody read off an insurance document: without a registration, and today.
    pub(crate) async fn by_document(&self, typed: &Typed, now: Timestamp) -> Result<Eligibility, Failure> {
        let asked = self.asked(Exchange::Qualification, now);
        let search = QualificationSearch {
            insurer: Claimed::Right(typed.insurer),
            symbol: typed.symbol.clone(),
            number: typed.number.clone(),
            branch: typed.branch,
            birthdate: typed.born,
            limit_consent: Some(typed.limit),
            examination_date: None,
            identifier: Some(asked.identifier.clone()),
        };
        self.qualification(&asked, search, now.japan_date()).await
    }

    async fn qualification(
        &self,
        asked: &Asked,
        search: QualificationSearch,
        day: Date,
    ) -> Result<Eligibility, Failure> {
        let header = self.header(asked, Some(day));
        let request = Message::QualificationRequest(Request { header, body: QualificationRequest { search } });
        let Reading { message: Message::QualificationAnswer(answer), doubts, .. } =
            self.exchange(asked, &request).await?
        else {
            return Err(Failure::AnotherMessage);
        };
        self.is_ours(asked, &answer.header)?;
        let (confirmed_for, processed_at) = (answer.header.confirmation_date, answer.header.processed_at);
        let answer = normal(answer.outcome)?;
        Ok(Eligibility { answer, confirmed_for, processed_at, doubts })
    }

    /// 閲覧同意取り消し: gives back all that somebody of 訪問診療等 lets this institution see.
    pub(crate) async fn give_back(&self, document: &Document, now: Timestamp) -> Result<(), Failure> {
        let asked = self.asked(Exchange::HomeVisitWithdrawal, now);
        let consent = WithdrawnConsent {
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(Failure::AnotherMessage)?,
            branch: document.branch(),
            birthdate: document.birthdate,
            // None is all (OQSCD036 has no code for the eligibility itself).
            kinds: Vec::new(),
        };
        let request = Message::WithdrawalRequest(Request {
            header: self.header(&asked, None),
            body: WithdrawalRequest { consent },
        });
        let Message::WithdrawalAnswer(answer) = self.exchange(&asked, &request).await?.message else {
            return Err(Failure::AnotherMessage);
        };
        self.is_ours(&asked, &answer.header)?;
        went_well(&normal(answer.outcome)?.processing)
    }

    /// 薬剤情報, 診療情報 or 手術情報 of some months, as far as the patient agreed for `visit`.
    pub(crate) async fn records(
        &self,
        kind: RecordKind,
        document: &Document,
        visit: Option<Date>,
        months: Months,
        now: Timestamp,
    ) -> Result<Medical<MedicineRecords>, Failure> {
        let exchange = match kind {
            RecordKind::Medicines => Exchange::Medicines,
            RecordKind::Diagnoses => Exchange::Diagnoses,
            RecordKind::Operations => Exchange::Operations,
        };
        let (asked, request) = self.medical(exchange, document, visit, Some(months), now)?;
        let Reading { message: Message::MedicineRecords(answer), doubts, .. } = self.exchange(&asked, &request).await?
        else {
            return Err(Failure::AnotherMessage);
        };
        self.opened(&asked, answer, doubts)
    }

    /// 特定健診情報: all check-ups, as far as the patient agreed for `visit`.
    pub(crate) async fn check_ups(
        &self,
        document: &Document,
        visit: Option<Date>,
        now: Timestamp,
    ) -> Result<Medical<CheckUps>, Failure> {
        let (asked, request) = self.medical(Exchange::CheckUps, document, visit, None, now)?;
        let Reading { message: Message::CheckUps(answer), doubts, .. } = self.exchange(&asked, &request).await? else {
            return Err(Failure::AnotherMessage);
        };
        self.opened(&asked, answer, doubts)
    }

    /// 医療機関環境設定情報照会
    pub(crate) async fn settings(&self, now: Timestamp) -> Result<Option<EnvironmentSettings>, Failure> {
        let asked = self.asked(Exchange::Environment, now);
        let request =
            Message::EnvironmentRequest(Request { header: self.header(&asked, None), body: EnvironmentRequest {} });
        let Message::EnvironmentAnswer(answer) = self.exchange(&asked, &request).await?.message else {
            return Err(Failure::AnotherMessage);
        };
        self.is_ours(&asked, &answer.header)?;
        Ok(normal(answer.outcome)?.settings)
    }

    /// 医療機関環境設定情報更新: sets what is said, and tells what is set then.
    pub(crate) async fn change_settings(
        &self,
        settings: EnvironmentSettings,
        now: Timestamp,
    ) -> Result<Option<EnvironmentSettings>, Failure> {
        let asked = self.asked(Exchange::EnvironmentUpdate, now);
        let request = Message::EnvironmentUpdateRequest(Request {
            header: self.header(&asked, None),
            body: EnvironmentUpdateRequest { settings },
        });
        let Message::EnvironmentAnswer(answer) = self.exchange(&asked, &request).await?.message else {
            return Err(Failure::AnotherMessage);
        };
        self.is_ours(&asked, &answer.header)?;
        let body = normal(answer.outcome)?;
        went_well(&body.processing)?;
        Ok(body.settings)
    }

    /// 医療機関アクセスURL取得: the address that patients register at, or another one in its place.
    pub(crate) async fn access_url(
        &self,
        kind: AccessUrlKind,
        change: AccessUrlChange,
        now: Timestamp,
    ) -> Result<Option<String>, Failure> {
        let asked = self.asked(Exchange::AccessUrl, now);
        let body = AccessUrlRequest { wanted: WantedAccessUrl { kind, image: CodeImage::Png, change } };
        let request = Message::AccessUrlRequest(Request { header: self.header(&asked, None), body });
        let Message::AccessUrlAnswer(answer) = self.exchange(&asked, &request).await?.message else {
            return Err(Failure::AnotherMessage);
        };
        self.is_ours(&asked, &answer.header)?;
        let body = normal(answer.outcome)?;
        went_well(&body.processing)?;
        Ok(body.address.map(|address| address.url))
    }

    fn medical(
        &self,
        exchange: Exchange,
        document: &Document,
        visit: Option<Date>,
        months: Option<Months>,
        now: Timestamp,
    ) -> Result<(Asked, Message), Failure> {
        let asked = self.asked(exchange, now);
        let header = MedicalRequestHeader {
            institution: Claimed::Right(self.institution),
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(Failure::AnotherMessage)?,
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
        Ok((asked, Message::MedicalRequest(Request { header, body })))
    }

    fn opened<Body>(
        &self,
        asked: &Asked,
        answer: MedicalAnswer<Body>,
        doubts: Vec<Doubt>,
    ) -> Result<Medical<Body>, Failure> {
        let header = answer.header;
        self.matches(asked, header.institution.as_ref(), header.identifier.as_ref())?;
        let outcome = match answer.outcome {
            MedicalOutcome::Normal(body) => Ok(body),
            MedicalOutcome::Refused(refusal) => Err(refusal),
        };
        Ok(Medical { person: header.person, outcome, doubts })
    }

    /// A fresh name and identifier. They say nothing of whom is asked about.
    fn asked(&self, exchange: Exchange, now: Timestamp) -> Asked {
        let day = now.in_japan().strftime("%Y%m%d").to_string();
        let own = format!("{day}{:012}", self.randomness.below(1_000_000_000_000));
        Asked {
            // Twenty digits.
            name: FileName::new(exchange.request(), &own).expect("digits make a file name"),
            identifier: Identifier::new(&own).expect("digits make an identifier"),
        }
    }

    fn header(&self, asked: &Asked, confirmation_date: Option<Date>) -> RequestHeader {
        RequestHeader {
            institution: Claimed::Right(self.institution),
            identifier: Some(asked.identifier.clone()),
            confirmation_date,
        }
    }

    fn is_ours(&self, asked: &Asked, header: &AnswerHeader) -> Result<(), Failure> {
        self.matches(asked, Some(&header.institution), header.identifier.as_ref())
    }

    /// An answer to somebody else, or to another question, is never shown. What it does not say is not held against it.
    fn matches(
        &self,
        asked: &Asked,
        institution: Option<&Claimed<InstitutionCode>>,
        identifier: Option<&Identifier>,
    ) -> Result<(), Failure> {
        let ours = institution.is_none_or(|named| named.right() == Some(&self.institution));
        let answers = identifier.is_none_or(|named| *named == asked.identifier);
        if ours && answers { Ok(()) } else { Err(Failure::NotOurs) }
    }

    async fn exchange(&self, asked: &Asked, request: &Message) -> Result<Reading, Failure> {
        let bytes = self.post(&asked.name, oqs::write(request, CharacterCode::Utf8)).await?;
        read(&asked.name, &bytes)
    }

    /// Whose way it is.
    pub(crate) fn institution(&self) -> InstitutionCode {
        self.institution
    }

    /// Asks a file that a receipt computer wrote, as it is, and gives the answer file as it is: what the desk may do with
    /// it is the same as with its own. An answer to another institution or question goes nowhere.
    pub(crate) async fn relay(&self, name: &FileName, ask: &[u8]) -> Result<Relayed, Failure> {
        let bytes = self.post(name, ask.to_vec()).await?;
        let message = read(name, &bytes)?.message;
        let (institution, answers) = fault::whose(&message);
        let asked = oqs::parse(name.interface(), ask).ok();
        let asked = asked.as_ref().and_then(|reading| fault::whose(&reading.message).1);
        let ours = institution.is_none_or(|named| named.right() == Some(&self.institution));
        let to_this = asked.is_none() || answers.is_none() || asked == answers;
        if !ours || !to_this {
            return Err(Failure::NotOurs);
        }
        let extension = if bytes.starts_with(ZIP) { Extension::Zip } else { Extension::Xml };
        Ok(Relayed { bytes, extension, message })
    }

    async fn post(&self, name: &FileName, ask: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let response = self
            .http
            .post(self.address.at(&format!("/oqs/{name}")))
            .header(CONTENT_TYPE, "application/xml")
            .timeout(self.patience.file)
            .body(ask)
            .send()
            .await
            .map_err(Failure::of)?;
        match response.status() {
            StatusCode::OK => received(response, name.answer().interface().most_bytes()).await,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failure::CertificateRefused(None)),
            StatusCode::SERVICE_UNAVAILABLE => Err(Failure::closed(response.headers(), self.clock.now())),
            other => Err(Failure::Status(other.as_u16())),
        }
    }
}

/// The answer to the ask `name`, unpacked where it came packed.
fn read(name: &FileName, bytes: &[u8]) -> Result<Reading, Failure> {
    let answer = name.answer();
    if bytes.starts_with(ZIP) {
        let message = oqs::unpack(&answer.with_extension(Extension::Zip), bytes).map_err(Failure::Archive)?;
        return oqs::parse(answer.interface(), &message).map_err(Failure::Unreadable);
    }
    oqs::parse(answer.interface(), bytes).map_err(Failure::Unreadable)
}

/// エラー as the result of the one question that was asked.
fn went_well(processing: &Processing) -> Result<(), Failure> {
    match processing.status {
        ProcessingStatus::Normal => Ok(()),
        ProcessingStatus::Error => {
            let Processing { code, message, .. } = processing.clone();
            Err(Failure::Refused(oqs::Fault { code, message }))
        }
    }
}

fn normal<Body>(outcome: Outcome<Body>) -> Result<Body, Failure> {
    match outcome {
        Outcome::Normal(body) => Ok(body),
        Outcome::InProgress(fault) | Outcome::Abnormal(fault) => Err(Failure::Refused(fault)),
    }
}

async fn received(mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Failure::of_body)? {
        if bytes.len() + chunk.len() > most {
            return Err(Failure::TooLong(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
