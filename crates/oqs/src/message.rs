//! Bytes ↔ messages: the envelope `XmlMsg` with its two headers, and which body comes by which interface.

use base::{Date, InstitutionCode, Timestamp};

use crate::{
    AccessUrlAnswer, AccessUrlRequest, BulkAccepted, BulkFetch, BulkNumber, BulkResult, BulkSearchRequest,
    CharacterCode, CheckUps, Claimed, Direction, Doubt, EnvironmentAnswer, EnvironmentRequest,
    EnvironmentUpdateRequest, Exchange, Identifier, Interface, MedicalAnswer, MedicalRequest, MedicalRequestHeader,
    MedicineRecords, Processing, ProcessingStatus, QualificationAnswer, QualificationRequest, ReferenceClassification,
    ReferenceNumberAnswer, ReferenceNumberRequest, SegmentOfResult, Unreadable, WithdrawalAnswer, WithdrawalRequest,
    layout::{Record, Trail, flat, inner, optional, record, required},
    medical::{self, MedicalBody},
    xml::{self, Element},
};

const ROOT: &str = "XmlMsg";
pub(crate) const HEADER: &str = "MessageHeader";
const BODY: &str = "MessageBody";
const BULK_NUMBER: &str = "ReceptionNumber";

/// A message of the interface, asked or answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// 資格確認要求: `OQSsiquc01req`, `OQSsionq01req`, `OQSsihvq01req`
    QualificationRequest(Request<QualificationRequest>),
    /// 資格確認結果: `OQSsiquc01res` (also of card reception), `OQSsionq01res`, `OQSsihvq01res`
    QualificationAnswer(Answer<QualificationAnswer>),
    /// 照会番号登録要求: `OQSsiimm01req`
    ReferenceNumberRequest(Request<ReferenceNumberRequest>),
    /// 照会番号登録結果: `OQSsiimm01res`
    ReferenceNumberAnswer(Answer<ReferenceNumberAnswer>),
    /// 同意済資格情報一括取得要求: `OQSmuonq01req`, `OQSmuhvq01req`
    BulkSearch(Request<BulkSearchRequest>),
    /// 同意済資格情報一括取得アップロード結果: `OQSmuonq01res`, `OQSmuhvq01res`
    BulkAccepted(Answer<BulkAccepted>),
    /// 同意済資格情報一括取得ダウンロード要求: `OQSmuonq02req`, `OQSmuhvq02req`
    BulkFetch(Request<BulkFetch>),
    /// 同意済資格情報一括取得結果: `OQSmuonq02res`, `OQSmuhvq02res`
    BulkResult(Answer<BulkResult>),
    /// 閲覧同意取り消し要求: `OQSsihvd01req`
    WithdrawalRequest(Request<WithdrawalRequest>),
    /// 閲覧同意取り消し結果: `OQSsihvd01res`
    WithdrawalAnswer(Answer<WithdrawalAnswer>),
    /// 医療機関アクセスURL取得要求: `OQSsiurl01req`
    AccessUrlRequest(Request<AccessUrlRequest>),
    /// 医療機関アクセスURL取得結果: `OQSsiurl01res`
    AccessUrlAnswer(Answer<AccessUrlAnswer>),
    /// 医療機関環境設定情報照会要求: `OQSsiinq01req`
    EnvironmentRequest(Request<EnvironmentRequest>),
    /// 医療機関環境設定情報更新要求: `OQSsiupd01req`
    EnvironmentUpdateRequest(Request<EnvironmentUpdateRequest>),
    /// 医療機関環境設定情報照会結果, 医療機関環境設定情報更新結果: `OQSsiinq01res`, `OQSsiupd01res`
    EnvironmentAnswer(Answer<EnvironmentAnswer>),
    /// 薬剤情報, 特定健診情報, 診療情報 or 手術情報 asked for: `YZK…`, `TKK…`, `SRJ…`, `SHJsiquc01req`
    MedicalRequest(Request<MedicalRequest, MedicalRequestHeader>),
    /// 薬剤情報, 診療情報 or 手術情報: `YZKsiquc01res`, `SRJsiquc01res`, `SHJsiquc01res`
    MedicineRecords(MedicalAnswer<MedicineRecords>),
    /// 特定健診情報: `TKKsiquc01res`
    CheckUps(MedicalAnswer<CheckUps>),
}

/// What an asker writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<Body, Header = RequestHeader> {
    /// Who asks.
    pub header: Header,
    /// What is asked.
    pub body: Body,
}

record! {
    /// `MessageHeader` of a request.
    pub struct RequestHeader {
        /// 医療機関コード
        institution: Claimed<InstitutionCode> = required "MedicalInstitutionCode",
        /// 任意のファイル識別子, given back in the answer
        identifier: Option<Identifier> = optional "ArbitraryFileIdentifier",
        /// 資格確認日: the day for which is asked; today, if it is not said
        confirmation_date: Option<Date> = optional "QualificationConfirmationDate",
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<Body> {
    /// To whom, when and about what.
    pub header: AnswerHeader,
    /// What came of it.
    pub outcome: Outcome<Body>,
}

record! {
    /// `MessageHeader` of an answer, without what tells the outcome.
    pub struct AnswerHeader {
        /// 処理実行日時
        processed_at: Option<Timestamp> = optional "ProcessExecutionTime",
        /// 資格確認日
        confirmation_date: Option<Date> = optional "QualificationConfirmationDate",
        /// 医療機関コード
        institution: Claimed<InstitutionCode> = required "MedicalInstitutionCode",
        /// 任意のファイル識別子 of the request
        identifier: Option<Identifier> = optional "ArbitraryFileIdentifier",
        /// 照会区分: by card or by the insured person's data
        reference: Option<ReferenceClassification> = optional "ReferenceClassification",
        /// 受付番号 of a bulk request
        bulk_number: Option<BulkNumber> = optional "ReceptionNumber",
        /// 処理結果件数 of a bulk request
        results: Option<u32> = optional "NumberOfProcessingResult",
        /// 正常処理件数 of a bulk request
        normal: Option<u32> = optional "NumberOfNormalProcessing",
        /// エラー件数 of a bulk request
        errors: Option<u32> = optional "NumberOfError",
    }
}

impl AnswerHeader {
    /// The header that answers a request now.
    pub fn to(request: &RequestHeader, now: Timestamp) -> Self {
        Self {
            processed_at: Some(now),
            confirmation_date: request.confirmation_date,
            institution: request.institution.clone(),
            identifier: request.identifier.clone(),
            reference: None,
            bulk_number: None,
            results: None,
            normal: None,
            errors: None,
        }
    }
}

/// 処理結果区分: what came of a request as a whole. Only a normal one has a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<Body> {
    /// 正常終了
    Normal(Body),
    /// 処理中: fetch again later.
    InProgress(Fault),
    /// 異常終了
    Abnormal(Fault),
}

record! {
    /// Why there is no body: `ErrorCode` and `ErrorMessage`.
    pub struct Fault {
        /// 別紙6-1 処理結果コード, whose table is not public: the system here says [`crate::ResultCode`]
        code: Option<String> = optional "ErrorCode",
        /// Shown as it is
        message: Option<String> = optional "ErrorMessage",
    }
}

/// What was read, and what had to be passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The message.
    pub message: Message,
    /// The character code of the file.
    pub character_code: CharacterCode,
    /// Values of elements that may be missing, which could not be read. Requests have none.
    pub doubts: Vec<Doubt>,
}

/// Reads the message of a file. Which message it is, only the file's name tells: [`crate::FileName::interface`].
///
/// An answer is read as far as it goes, with a [`Doubt`] for each value passed over. A request is answered as it was
/// asked or not at all: there, every value that is said must be readable.
pub fn parse(interface: Interface, bytes: &[u8]) -> Result<Reading, Unreadable> {
    let (root, character_code) = xml::read(bytes, interface.limit())?;
    if root.name != ROOT {
        return Err(Unreadable::Root);
    }
    let mut trail = Trail::default();
    let message = match interface.direction {
        Direction::Request => read_request(interface.exchange, &root, &mut trail)?,
        Direction::Answer => read_answer(interface.exchange, &root, &mut trail)?,
    };
    if let (Direction::Request, Some(doubt)) = (interface.direction, trail.doubts.first()) {
        return Err(Unreadable::Wrong { element: doubt.element.clone(), expected: doubt.expected });
    }
    Ok(Reading { message, character_code, doubts: trail.doubts })
}

/// Writes the file of a message. Characters that Shift_JIS does not have become ●, as in the real files.
pub fn write(message: &Message, code: CharacterCode) -> Vec<u8> {
    let root = match message {
        Message::QualificationRequest(request) => request_tree(request),
        Message::QualificationAnswer(answer) => qualification_tree(answer, code),
        Message::ReferenceNumberRequest(request) => request_tree(request),
        Message::ReferenceNumberAnswer(answer) => answer_tree(answer, code),
        Message::BulkSearch(request) => request_tree(request),
        Message::BulkAccepted(answer) => bulk_accepted_tree(answer, code),
        Message::BulkFetch(request) => request_tree(request),
        Message::BulkResult(answer) => answer_tree(answer, code),
        Message::WithdrawalRequest(request) => request_tree(request),
        Message::WithdrawalAnswer(answer) => answer_tree(answer, code),
        Message::AccessUrlRequest(request) => request_tree(request),
        Message::AccessUrlAnswer(answer) => answer_tree(answer, code),
        Message::EnvironmentRequest(request) => request_tree(request),
        Message::EnvironmentUpdateRequest(request) => request_tree(request),
        Message::EnvironmentAnswer(answer) => answer_tree(answer, code),
        Message::MedicalRequest(request) => request_tree(request),
        Message::MedicineRecords(answer) => medical_tree(answer),
        Message::CheckUps(answer) => medical_tree(answer),
    };
    xml::write(&root, code)
}

/// Writes the answer that a request of a kind that nobody here knows gets: 処理結果区分 9 with its words, and no body.
pub fn write_failure(header: &AnswerHeader, fault: &Fault, code: CharacterCode) -> Vec<u8> {
    let mut root = Element::new(ROOT);
    let mut element = Element::new(HEADER);
    header.write(&mut element);
    write_segment(SegmentOfResult::Abnormal, fault, code, &mut element);
    root.children.push(element);
    xml::write(&root, code)
}

fn write_segment(segment: SegmentOfResult, fault: &Fault, code: CharacterCode, header: &mut Element) {
    required::write(&segment, header, "SegmentOfResult");
    fault.write(header);
    required::write(&code, header, "CharacterCodeIdentifier");
}

fn read_request(exchange: Exchange, root: &Element, trail: &mut Trail) -> Result<Message, Unreadable> {
    Ok(match exchange {
        Exchange::Qualification | Exchange::OnlineQualification | Exchange::HomeVisitQualification => {
            Message::QualificationRequest(request(root, trail)?)
        }
        Exchange::ReferenceNumber => Message::ReferenceNumberRequest(request(root, trail)?),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => Message::BulkSearch(request(root, trail)?),
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => Message::BulkFetch(request(root, trail)?),
        Exchange::HomeVisitWithdrawal => Message::WithdrawalRequest(request(root, trail)?),
        Exchange::AccessUrl => Message::AccessUrlRequest(request(root, trail)?),
        Exchange::Environment => Message::EnvironmentRequest(request(root, trail)?),
        Exchange::EnvironmentUpdate => Message::EnvironmentUpdateRequest(request(root, trail)?),
        Exchange::Medicines | Exchange::CheckUps | Exchange::Diagnoses | Exchange::Operations => {
            Message::MedicalRequest(request(root, trail)?)
        }
    })
}

fn read_answer(exchange: Exchange, root: &Element, trail: &mut Trail) -> Result<Message, Unreadable> {
    Ok(match exchange {
        Exchange::Qualification | Exchange::OnlineQualification | Exchange::HomeVisitQualification => {
            Message::QualificationAnswer(answer(root, trail)?)
        }
        Exchange::ReferenceNumber => Message::ReferenceNumberAnswer(answer(root, trail)?),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => Message::BulkAccepted(answer(root, trail)?),
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => Message::BulkResult(answer(root, trail)?),
        Exchange::HomeVisitWithdrawal => Message::WithdrawalAnswer(answer(root, trail)?),
        Exchange::AccessUrl => Message::AccessUrlAnswer(answer(root, trail)?),
        Exchange::Environment | Exchange::EnvironmentUpdate => Message::EnvironmentAnswer(answer(root, trail)?),
        Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations => {
            Message::MedicineRecords(medical_answer(root, trail)?)
        }
        Exchange::CheckUps => Message::CheckUps(medical_answer(root, trail)?),
    })
}

fn request<Body: Record, Header: Record>(
    root: &Element,
    trail: &mut Trail,
) -> Result<Request<Body, Header>, Unreadable> {
    Ok(Request { header: inner::read(root, HEADER, trail)?, body: body(root, trail)? })
}

fn answer<Body: Record>(root: &Element, trail: &mut Trail) -> Result<Answer<Body>, Unreadable> {
    let mut header: AnswerHeader = inner::read(root, HEADER, trail)?;
    let segment: Segment = inner::read(root, HEADER, trail)?;
    let outcome = match segment.segment {
        SegmentOfResult::Normal => Outcome::Normal(body(root, trail)?),
        SegmentOfResult::InProgress => Outcome::InProgress(segment.fault),
        SegmentOfResult::Abnormal => Outcome::Abnormal(segment.fault),
    };
    // The number of a bulk request stands in the header of its result and in the body of what accepts it.
    if header.bulk_number.is_none()
        && let Some(body) = root.named(BODY).next()
    {
        header.bulk_number = optional::read(body, BULK_NUMBER, trail)?;
    }
    Ok(Answer { header, outcome })
}

fn medical_answer<Body: MedicalBody>(root: &Element, trail: &mut Trail) -> Result<MedicalAnswer<Body>, Unreadable> {
    let element = trail.only(root, HEADER)?.ok_or_else(|| trail.missing(HEADER))?;
    let header = trail.within(HEADER, |trail| medical::read_header::<Body>(element, trail))?;
    let outcome = match medical::refusal(root, trail)? {
        Some(message) => medical::MedicalOutcome::Refused(message),
        None => medical::MedicalOutcome::Normal(body(root, trail)?),
    };
    Ok(MedicalAnswer { header, outcome })
}

/// A body that has nothing to say may be missing.
fn body<Body: Record>(root: &Element, trail: &mut Trail) -> Result<Body, Unreadable> {
    match trail.only(root, BODY)? {
        Some(element) => trail.into(element, BODY),
        None => Body::read(&Element::default(), &mut Trail::default()).map_err(|_| trail.missing(BODY)),
    }
}

record! {
    /// The part of the header that tells the outcome.
    pub struct Segment {
        /// 処理結果区分
        segment: SegmentOfResult = required "SegmentOfResult",
        /// Why, if it is not normal
        fault: Fault = flat "",
    }
}

fn request_tree<Body: Record, Header: Record>(request: &Request<Body, Header>) -> Element {
    tree(&request.header, Some(&request.body))
}

fn answer_tree<Body: Record>(answer: &Answer<Body>, code: CharacterCode) -> Element {
    let nothing = Fault { code: None, message: None };
    let (segment, fault, body) = match &answer.outcome {
        Outcome::Normal(body) => (SegmentOfResult::Normal, &nothing, Some(body)),
        Outcome::InProgress(fault) => (SegmentOfResult::InProgress, fault, None),
        Outcome::Abnormal(fault) => (SegmentOfResult::Abnormal, fault, None),
    };
    let mut root = tree(&answer.header, body);
    if let Some(header) = root.children.first_mut() {
        write_segment(segment, fault, code, header);
    }
    root
}

/// Readers of the bulk messages look for the number to fetch with in the body, at its front.
fn bulk_accepted_tree(answer: &Answer<BulkAccepted>, code: CharacterCode) -> Element {
    let mut root = answer_tree(answer, code);
    if let [header, body] = root.children.as_mut_slice()
        && let Some(place) = header.children.iter().position(|child| child.name == BULK_NUMBER)
    {
        body.children.insert(0, header.children.remove(place));
    }
    root
}

/// Readers of 資格確認 want a body in every answer: one that fails as a whole says there that it failed.
fn qualification_tree(answer: &Answer<QualificationAnswer>, code: CharacterCode) -> Element {
    let mut root = answer_tree(answer, code);
    if let Outcome::InProgress(fault) | Outcome::Abnormal(fault) = &answer.outcome {
        let Fault { code, message } = fault.clone();
        let mut body = Element::new(BODY);
        Processing { status: ProcessingStatus::Error, code, message }.write(&mut body);
        root.children.push(body);
    }
    root
}

fn medical_tree<Body: MedicalBody>(answer: &MedicalAnswer<Body>) -> Element {
    let (body, refusal) = match &answer.outcome {
        medical::MedicalOutcome::Normal(body) => (Some(body), None),
        medical::MedicalOutcome::Refused(message) => (None, Some(message)),
    };
    envelope(medical::write_header::<Body>(&answer.header, refusal), body)
}

fn tree<Header: Record, Body: Record>(header: &Header, body: Option<&Body>) -> Element {
    let mut element = Element::new(HEADER);
    header.write(&mut element);
    envelope(element, body)
}

fn envelope<Body: Record>(header: Element, body: Option<&Body>) -> Element {
    let mut root = Element::new(ROOT);
    root.children.push(header);
    if let Some(body) = body {
        let mut element = Element::new(BODY);
        body.write(&mut element);
        root.children.push(element);
    }
    root
}
