//! The protocol of オンライン資格確認: the XML messages that institutions exchange in files, and their code lists.
//!
//! The crate converts bytes and values, and does nothing else: no files, no clock, no state, no decision. A receipt computer
//! (レセコン) writes a request, and the terminal (資格確認端末) writes the response under the matching name. The name of a
//! file determines its message.
//!
//! Guarantees:
//! * Element names, codes, widths, paddings and forms of time are those of the real files as far as public sources contain
//!   them. Where none does, the layout is assumed and its docs say so.
//! * Elements are found by name, in any order; unknown ones are ignored. A missing element that the message requires is
//!   named. An invalid value is refused in a request and where it is required; otherwise it is skipped with a
//!   [`ReadWarning`] that contains its text. Numbers with wrong check digits are kept as invalid ([`CheckedNumber`]).
//! * Document types, entities, oversize and deeply nested input are refused, and no input panics.
//! * UTF-8 and Shift_JIS are equivalent. Characters that Shift_JIS does not have are written as ●, as in real files.
//!
//! Start reading at [`FileName`], [`parse`] and [`write()`], then [`Message`] and [`QualificationResult`].
//!
//! ```
//! use oqs::{Exchange, FileName, Message};
//!
//! let name: FileName = "OQSmuonq02req_202611240001.xml".parse()?;
//! let file = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>
//!     <XmlMsg>
//!         <MessageHeader><MedicalInstitutionCode>0110113719</MedicalInstitutionCode></MessageHeader>
//!         <MessageBody><ReceptionNumber>20261124000001</ReceptionNumber></MessageBody>
//!     </XmlMsg>";
//! let parsed = oqs::parse(name.interface(), file.as_bytes())?;
//! let Message::BulkFetch(request) = parsed.message else { unreachable!() };
//! assert_eq!(request.body.number.as_str(), "20261124000001");
//! assert_eq!(name.response().to_string(), "OQSmuonq02res_202611240001.xml");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod bulk;
mod characters;
mod code_list;
mod file_name;
mod hints;
mod interface;
mod kana;
mod layout;
mod medical;
mod message;
mod patient;
mod qualification;
mod refusal;
mod result_code;
mod settings;
mod ticket;
mod unreadable;
mod value;
mod xml;

pub use archive::{UnreadableArchive, pack, unpack};
pub use bulk::{BulkFetch, BulkResult, BulkSearch, BulkSearchRequest, BulkSearchResponse, BulkUnit, Period};
pub use code_list::{
    AccessUrlChange, AccessUrlKind, AdministrativeGender, CharacterCode, CodeImage, ConsentFlag, ConsentedInformation,
    Consistency, DesignatedInstitution, EmergencyViewing, ExpiryReason, FileCategory, InOut, InfectionLaw,
    InformationPattern, InsuredCardClassification, LateElderlyCare, LimitCertificateClassification, LimitChanged,
    LimitClass, LimitConsentFlag, LinkedSystem, MedicalInformation, MedicalTreatment, MedicalTreatmentType,
    MedicineDisplay, PersonalFamily, PrefecturalExpenses, Preschool, PrescriptionForm, PrescriptionInformation,
    PrescriptionTiming, PrescriptionUse, ProcessingStatus, QualificationChanged, QualificationValidity, ReasonOfLoss,
    ReferenceClassification, SamePerson, SecondFactor, SegmentOfResult, Sex, SingleOrCombined, SocialInsurance,
    SpecificDisease, TicketType, Use,
};
pub use file_name::{Extension, FileName, WrongFileName};
pub use hints::{RequestHints, find_hints};
pub use interface::{Direction, Exchange, Interface};
pub use kana::{full_width, half_width};
pub use medical::{
    CheckUp, CheckUpItem, CheckUps, DayRecord, MedicalOutcome, MedicalPerson, MedicalRefusal, MedicalRequest,
    MedicalRequestHeader, MedicalResponse, MedicalResponseHeader, Medicine, MedicineRecords, MonthRecord, Treatment,
};
pub use message::{
    Fault, HeaderItems, Message, Outcome, ParsedMessage, RequestHeader, RequestMessage, ResponseHeader,
    ResponseMessage, parse, write, write_failure,
};
pub use patient::{
    InquiryNumberRegistration, InquiryNumberRequest, InquiryNumberResponse, WithdrawalRequest, WithdrawalResponse,
    WithdrawnConsent,
};
pub use qualification::{
    Consent, ElderlyCertificate, LimitCertificate, ProcessingResult, QualificationRequest, QualificationResponse,
    QualificationResult, QualificationSearch, ReceptionConsents, SearchEcho, SpecificDiseaseCertificate,
    ViewingConsent,
};
pub use refusal::RefusedRequest;
pub use result_code::ResultCode;
pub use settings::{
    AccessUrl, AccessUrlRequest, AccessUrlResponse, EnvironmentRequest, EnvironmentResponse, EnvironmentSettings,
    EnvironmentUpdateRequest, RequestedAccessUrl,
};
pub use ticket::MedicalTicket;
pub use unreadable::{ReadWarning, Unreadable};
pub use value::{
    Attachment, BranchNumber, BulkNumber, CardNumber, CardSymbol, CheckedNumber, FullName, Identifier, InquiryNumber,
    KanaName, Month, Share,
};
