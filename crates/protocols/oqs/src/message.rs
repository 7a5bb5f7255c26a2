//! Bytes ↔ messages: the envelope `XmlMsg` with its two headers, and the body of each interface.

use base::{Date, InstitutionCode, Timestamp};

use crate::{
    AccessUrlRequest, AccessUrlResponse, BulkFetch, BulkNumber, BulkResult, BulkSearchRequest, BulkSearchResponse,
    CharacterCode, CheckUps, CheckedNumber, Direction, EnvironmentRequest, EnvironmentResponse,
    EnvironmentUpdateRequest, Exchange, Identifier, InquiryNumberRequest, InquiryNumberResponse, Interface,
    MedicalRequest, MedicalRequestHeader, MedicalResponse, MedicineRecords, ProcessingResult, ProcessingStatus,
    QualificationRequest, QualificationResponse, ReadWarning, ReferenceClassification, SegmentOfResult, Unreadable,
    WithdrawalRequest, WithdrawalResponse,
    layout::{ReadContext, Record, flat, inner, optional, record, required},
    medical::{self, MedicalBody},
    xml::{self, Element},
};

const ROOT: &str = "XmlMsg";
pub(crate) const HEADER: &str = "MessageHeader";
const BODY: &str = "MessageBody";
const BULK_NUMBER: &str = "ReceptionNumber";

/// A message of the interface, a request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// 資格確認要求: `OQSsiquc01req`, `OQSsionq01req`, `OQSsihvq01req`
    QualificationRequest(RequestMessage<QualificationRequest>),
    /// 資格確認結果: `OQSsiquc01res` (also of card reception), `OQSsionq01res`, `OQSsihvq01res`
    QualificationResponse(ResponseMessage<QualificationResponse>),
    /// 照会番号登録要求: `OQSsiimm01req`
    InquiryNumberRequest(RequestMessage<InquiryNumberRequest>),
    /// 照会番号登録結果: `OQSsiimm01res`
    InquiryNumberResponse(ResponseMessage<InquiryNumberResponse>),
    /// 同意済資格情報一括取得要求: `OQSmuonq01req`, `OQSmuhvq01req`
    BulkSearch(RequestMessage<BulkSearchRequest>),
    /// 同意済資格情報一括取得アップロード結果: `OQSmuonq01res`, `OQSmuhvq01res`
    BulkSearchResponse(ResponseMessage<BulkSearchResponse>),
    /// 同意済資格情報一括取得ダウンロード要求: `OQSmuonq02req`, `OQSmuhvq02req`
    BulkFetch(RequestMessage<BulkFetch>),
    /// 同意済資格情報一括取得結果: `OQSmuonq02res`, `OQSmuhvq02res`
    BulkResult(ResponseMessage<BulkResult>),
    /// 閲覧同意取り消し要求: `OQSsihvd01req`
    WithdrawalRequest(RequestMessage<WithdrawalRequest>),
    /// 閲覧同意取り消し結果: `OQSsihvd01res`
    WithdrawalResponse(ResponseMessage<WithdrawalResponse>),
    /// 医療機関アクセスURL取得要求: `OQSsiurl01req`
    AccessUrlRequest(RequestMessage<AccessUrlRequest>),
    /// 医療機関アクセスURL取得結果: `OQSsiurl01res`
    AccessUrlResponse(ResponseMessage<AccessUrlResponse>),
    /// 医療機関環境設定情報照会要求: `OQSsiinq01req`
    EnvironmentRequest(RequestMessage<EnvironmentRequest>),
    /// 医療機関環境設定情報更新要求: `OQSsiupd01req`
    EnvironmentUpdateRequest(RequestMessage<EnvironmentUpdateRequest>),
    /// 医療機関環境設定情報照会結果, 医療機関環境設定情報更新結果: `OQSsiinq01res`, `OQSsiupd01res`
    EnvironmentResponse(ResponseMessage<EnvironmentResponse>),
    /// A request for 薬剤情報, 特定健診情報, 診療情報 or 手術情報: `YZK…`, `TKK…`, `SRJ…`, `SHJsiquc01req`
    MedicalRequest(RequestMessage<MedicalRequest, MedicalRequestHeader>),
    /// 薬剤情報, 診療情報 or 手術情報: `YZKsiquc01res`, `SRJsiquc01res`, `SHJsiquc01res`
    MedicineRecords(MedicalResponse<MedicineRecords>),
    /// 特定健診情報: `TKKsiquc01res`
    CheckUps(MedicalResponse<CheckUps>),
}

/// What every message says of itself, whatever its header is called.
#[derive(Debug, Clone, Copy)]
pub struct HeaderItems<'a> {
    /// 医療機関コード; responses of medical information may leave it out.
    pub institution: Option<&'a CheckedNumber<InstitutionCode>>,
    /// 任意のファイル識別子
    pub identifier: Option<&'a Identifier>,
    /// Whether the message is a request.
    pub is_request: bool,
}

impl Message {
    /// The items that all headers have.
    pub fn header_items(&self) -> HeaderItems<'_> {
        macro_rules! items {
            ($message:ident, $is_request:literal) => {
                HeaderItems {
                    institution: Some(&$message.header.institution),
                    identifier: $message.header.identifier.as_ref(),
                    is_request: $is_request,
                }
            };
        }
        match self {
            Self::QualificationRequest(request) => items!(request, true),
            Self::InquiryNumberRequest(request) => items!(request, true),
            Self::BulkSearch(request) => items!(request, true),
            Self::BulkFetch(request) => items!(request, true),
            Self::WithdrawalRequest(request) => items!(request, true),
            Self::AccessUrlRequest(request) => items!(request, true),
            Self::EnvironmentRequest(request) => items!(request, true),
            Self::EnvironmentUpdateRequest(request) => items!(request, true),
            Self::MedicalRequest(request) => items!(request, true),
            Self::QualificationResponse(response) => items!(response, false),
            Self::InquiryNumberResponse(response) => items!(response, false),
            Self::BulkSearchResponse(response) => items!(response, false),
            Self::BulkResult(response) => items!(response, false),
            Self::WithdrawalResponse(response) => items!(response, false),
            Self::AccessUrlResponse(response) => items!(response, false),
            Self::EnvironmentResponse(response) => items!(response, false),
            Self::MedicineRecords(MedicalResponse { header, .. }) | Self::CheckUps(MedicalResponse { header, .. }) => {
                HeaderItems {
                    institution: header.institution.as_ref(),
                    identifier: header.identifier.as_ref(),
                    is_request: false,
                }
            }
        }
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestMessage<Body, Header = RequestHeader> {
    /// The requester.
    pub header: Header,
    pub body: Body,
}

record! {
    /// `MessageHeader` of a request.
    pub struct RequestHeader {
        /// 医療機関コード
        institution: CheckedNumber<InstitutionCode> = required "MedicalInstitutionCode",
        /// 任意のファイル識別子, repeated in the response
        identifier: Option<Identifier> = optional "ArbitraryFileIdentifier",
        /// 資格確認日: the day of the check; today, if missing
        confirmation_date: Option<Date> = optional "QualificationConfirmationDate",
    }
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseMessage<Body> {
    /// The requester, the time and the subject.
    pub header: ResponseHeader,
    pub outcome: Outcome<Body>,
}

record! {
    /// `MessageHeader` of a response, without the outcome.
    pub struct ResponseHeader {
        /// 処理実行日時
        processed_at: Option<Timestamp> = optional "ProcessExecutionTime",
        /// 資格確認日
        confirmation_date: Option<Date> = optional "QualificationConfirmationDate",
        /// 医療機関コード
        institution: CheckedNumber<InstitutionCode> = required "MedicalInstitutionCode",
        /// 任意のファイル識別子 of the request
        identifier: Option<Identifier> = optional "ArbitraryFileIdentifier",
        /// 照会区分: by card or by the insured person's data
        reference_classification: Option<ReferenceClassification> = optional "ReferenceClassification",
        /// 受付番号 of a bulk request
        bulk_number: Option<BulkNumber> = optional "ReceptionNumber",
        /// 処理結果件数 of a bulk request
        result_count: Option<u32> = optional "NumberOfProcessingResult",
        /// 正常処理件数 of a bulk request
        normal_count: Option<u32> = optional "NumberOfNormalProcessing",
        /// エラー件数 of a bulk request
        error_count: Option<u32> = optional "NumberOfError",
    }
}

impl ResponseHeader {
    /// The header of the response to a request now.
    pub fn for_request(request: &RequestHeader, now: Timestamp) -> Self {
        Self {
            confirmation_date: request.confirmation_date,
            ..Self::new(request.institution.clone(), request.identifier.clone(), now)
        }
    }

    /// A header with nothing else to say.
    pub(crate) fn new(
        institution: CheckedNumber<InstitutionCode>,
        identifier: Option<Identifier>,
        processed_at: Timestamp,
    ) -> Self {
        Self {
            processed_at: Some(processed_at),
            confirmation_date: None,
            institution,
            identifier,
            reference_classification: None,
            bulk_number: None,
            result_count: None,
            normal_count: None,
            error_count: None,
        }
    }
}

/// 処理結果区分: the outcome of a request as a whole. Only a normal one has a body.
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
    /// The reason why there is no body: `ErrorCode` and `ErrorMessage`.
    pub struct Fault {
        /// 別紙6-1 処理結果コード, whose table is not public: this system uses [`crate::ResultCode`]
        code: Option<String> = optional "ErrorCode",
        /// Displayed unchanged
        message: Option<String> = optional "ErrorMessage",
    }
}

/// A parsed message with its warnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedMessage {
    pub message: Message,
    /// The character code of the file.
    pub character_code: CharacterCode,
    /// Invalid values of optional elements, which were skipped. Requests have none.
    pub warnings: Vec<ReadWarning>,
}

/// Parses the message of a file. The file's name determines which message it is: [`crate::FileName::interface`].
///
/// A response is read as far as possible, with a [`ReadWarning`] for each value skipped. In a request every value must be
/// valid: it is processed as written or not at all.
pub fn parse(interface: Interface, bytes: &[u8]) -> Result<ParsedMessage, Unreadable> {
    let (root, character_code) = xml::read(bytes, interface.limit())?;
    if root.name != ROOT {
        return Err(Unreadable::Root);
    }
    let mut context = ReadContext::default();
    let message = match interface.direction {
        Direction::Request => read_request(interface.exchange, &root, &mut context)?,
        Direction::Response => read_response(interface.exchange, &root, &mut context)?,
    };
    if let (Direction::Request, Some(doubt)) = (interface.direction, context.warnings.first()) {
        return Err(Unreadable::InvalidValue { element: doubt.element.clone(), expected: doubt.expected });
    }
    Ok(ParsedMessage { message, character_code, warnings: context.warnings })
}

/// Writes the file of a message. Characters that Shift_JIS does not have become ●, as in the real files.
pub fn write(message: &Message, code: CharacterCode) -> Vec<u8> {
    let root = match message {
        Message::QualificationRequest(request) => request_tree(request),
        Message::QualificationResponse(response) => qualification_tree(response, code),
        Message::InquiryNumberRequest(request) => request_tree(request),
        Message::InquiryNumberResponse(response) => response_tree(response, code),
        Message::BulkSearch(request) => request_tree(request),
        Message::BulkSearchResponse(response) => bulk_accepted_tree(response, code),
        Message::BulkFetch(request) => request_tree(request),
        Message::BulkResult(response) => response_tree(response, code),
        Message::WithdrawalRequest(request) => request_tree(request),
        Message::WithdrawalResponse(response) => response_tree(response, code),
        Message::AccessUrlRequest(request) => request_tree(request),
        Message::AccessUrlResponse(response) => response_tree(response, code),
        Message::EnvironmentRequest(request) => request_tree(request),
        Message::EnvironmentUpdateRequest(request) => request_tree(request),
        Message::EnvironmentResponse(response) => response_tree(response, code),
        Message::MedicalRequest(request) => request_tree(request),
        Message::MedicineRecords(response) => medical_tree(response),
        Message::CheckUps(response) => medical_tree(response),
    };
    xml::write(&root, code)
}

/// Writes the response to a request of an unknown kind: 処理結果区分 9 with its message, and no body.
pub fn write_failure(header: &ResponseHeader, fault: &Fault, code: CharacterCode) -> Vec<u8> {
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

fn read_request(exchange: Exchange, root: &Element, context: &mut ReadContext) -> Result<Message, Unreadable> {
    Ok(match exchange {
        Exchange::Qualification | Exchange::OnlineQualification | Exchange::HomeVisitQualification => {
            Message::QualificationRequest(read_request_body(root, context)?)
        }
        Exchange::InquiryNumber => Message::InquiryNumberRequest(read_request_body(root, context)?),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => {
            Message::BulkSearch(read_request_body(root, context)?)
        }
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => {
            Message::BulkFetch(read_request_body(root, context)?)
        }
        Exchange::HomeVisitWithdrawal => Message::WithdrawalRequest(read_request_body(root, context)?),
        Exchange::AccessUrl => Message::AccessUrlRequest(read_request_body(root, context)?),
        Exchange::Environment => Message::EnvironmentRequest(read_request_body(root, context)?),
        Exchange::EnvironmentUpdate => Message::EnvironmentUpdateRequest(read_request_body(root, context)?),
        Exchange::Medicines | Exchange::CheckUps | Exchange::Diagnoses | Exchange::Operations => {
            Message::MedicalRequest(read_request_body(root, context)?)
        }
    })
}

fn read_response(exchange: Exchange, root: &Element, context: &mut ReadContext) -> Result<Message, Unreadable> {
    Ok(match exchange {
        Exchange::Qualification | Exchange::OnlineQualification | Exchange::HomeVisitQualification => {
            Message::QualificationResponse(read_response_body(root, context)?)
        }
        Exchange::InquiryNumber => Message::InquiryNumberResponse(read_response_body(root, context)?),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => {
            Message::BulkSearchResponse(read_response_body(root, context)?)
        }
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => {
            Message::BulkResult(read_response_body(root, context)?)
        }
        Exchange::HomeVisitWithdrawal => Message::WithdrawalResponse(read_response_body(root, context)?),
        Exchange::AccessUrl => Message::AccessUrlResponse(read_response_body(root, context)?),
        Exchange::Environment | Exchange::EnvironmentUpdate => {
            Message::EnvironmentResponse(read_response_body(root, context)?)
        }
        Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations => {
            Message::MedicineRecords(read_medical_response(root, context)?)
        }
        Exchange::CheckUps => Message::CheckUps(read_medical_response(root, context)?),
    })
}

fn read_request_body<Body: Record, Header: Record>(
    root: &Element,
    context: &mut ReadContext,
) -> Result<RequestMessage<Body, Header>, Unreadable> {
    Ok(RequestMessage { header: inner::read(root, HEADER, context)?, body: read_body(root, context)? })
}

fn read_response_body<Body: Record>(
    root: &Element,
    context: &mut ReadContext,
) -> Result<ResponseMessage<Body>, Unreadable> {
    let mut header: ResponseHeader = inner::read(root, HEADER, context)?;
    let segment: Segment = inner::read(root, HEADER, context)?;
    let outcome = match segment.segment {
        SegmentOfResult::Normal => Outcome::Normal(read_body(root, context)?),
        SegmentOfResult::InProgress => Outcome::InProgress(segment.fault),
        SegmentOfResult::Abnormal => Outcome::Abnormal(segment.fault),
    };
    // The number of a bulk request is in the header of its result and in the body of its acceptance.
    if header.bulk_number.is_none()
        && let Some(body) = root.children_named(BODY).next()
    {
        header.bulk_number = optional::read(body, BULK_NUMBER, context)?;
    }
    Ok(ResponseMessage { header, outcome })
}

fn read_medical_response<Body: MedicalBody>(
    root: &Element,
    context: &mut ReadContext,
) -> Result<MedicalResponse<Body>, Unreadable> {
    let element = context.single_child(root, HEADER)?.ok_or_else(|| context.missing(HEADER))?;
    let header = context.in_element(HEADER, |context| medical::read_header::<Body>(element, context))?;
    let outcome = match medical::read_refusal(root, context)? {
        Some(message) => medical::MedicalOutcome::Refused(message),
        None => medical::MedicalOutcome::Normal(read_body(root, context)?),
    };
    Ok(MedicalResponse { header, outcome })
}

/// A body whose elements are all optional may be missing.
fn read_body<Body: Record>(root: &Element, context: &mut ReadContext) -> Result<Body, Unreadable> {
    match context.single_child(root, BODY)? {
        Some(element) => context.read_record(element, BODY),
        None => Body::read(&Element::default(), &mut ReadContext::default()).map_err(|_| context.missing(BODY)),
    }
}

record! {
    /// The part of the header with the outcome.
    pub struct Segment {
        /// 処理結果区分
        segment: SegmentOfResult = required "SegmentOfResult",
        /// The reason, if it is not normal
        fault: Fault = flat "",
    }
}

fn request_tree<Body: Record, Header: Record>(request: &RequestMessage<Body, Header>) -> Element {
    message_tree(&request.header, Some(&request.body))
}

fn response_tree<Body: Record>(response: &ResponseMessage<Body>, code: CharacterCode) -> Element {
    let no_fault = Fault { code: None, message: None };
    let (segment, fault, body) = match &response.outcome {
        Outcome::Normal(body) => (SegmentOfResult::Normal, &no_fault, Some(body)),
        Outcome::InProgress(fault) => (SegmentOfResult::InProgress, fault, None),
        Outcome::Abnormal(fault) => (SegmentOfResult::Abnormal, fault, None),
    };
    let mut root = message_tree(&response.header, body);
    if let Some(header) = root.children.first_mut() {
        write_segment(segment, fault, code, header);
    }
    root
}

/// Readers of the bulk messages expect the number for fetching at the beginning of the body.
fn bulk_accepted_tree(response: &ResponseMessage<BulkSearchResponse>, code: CharacterCode) -> Element {
    let mut root = response_tree(response, code);
    if let [header, body] = root.children.as_mut_slice()
        && let Some(index) = header.children.iter().position(|child| child.name == BULK_NUMBER)
    {
        body.children.insert(0, header.children.remove(index));
    }
    root
}

/// Readers of 資格確認 expect a body in every response: one that fails as a whole states the failure there too.
fn qualification_tree(response: &ResponseMessage<QualificationResponse>, code: CharacterCode) -> Element {
    let mut root = response_tree(response, code);
    if let Outcome::InProgress(fault) | Outcome::Abnormal(fault) = &response.outcome {
        let Fault { code, message } = fault.clone();
        let mut body = Element::new(BODY);
        ProcessingResult { status: ProcessingStatus::Error, code, message }.write(&mut body);
        root.children.push(body);
    }
    root
}

fn medical_tree<Body: MedicalBody>(response: &MedicalResponse<Body>) -> Element {
    let (body, refusal) = match &response.outcome {
        medical::MedicalOutcome::Normal(body) => (Some(body), None),
        medical::MedicalOutcome::Refused(message) => (None, Some(message)),
    };
    envelope(medical::write_header::<Body>(&response.header, refusal), body)
}

fn message_tree<Header: Record, Body: Record>(header: &Header, body: Option<&Body>) -> Element {
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
