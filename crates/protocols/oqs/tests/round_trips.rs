//! Every written message reads back the same, in both character codes; and no bytes cause a panic.

use base::{Date, InsurerNumber, Prefecture, Timestamp};
use oqs::{
    AccessUrl, AccessUrlChange, AccessUrlKind, AccessUrlRequest, AccessUrlResponse, AdministrativeGender, Attachment,
    BranchNumber, BulkFetch, BulkNumber, BulkResult, BulkSearch, BulkSearchRequest, BulkSearchResponse, BulkUnit,
    CardNumber, CardSymbol, CharacterCode, CheckUp, CheckUpItem, CheckUps, CheckedNumber, CodeImage, Consent,
    ConsentFlag, ConsentedInformation, DayRecord, Direction, ElderlyCertificate, EnvironmentRequest,
    EnvironmentResponse, EnvironmentSettings, EnvironmentUpdateRequest, Exchange, ExpiryReason, Fault, FileCategory,
    FullName, Identifier, InOut, InquiryNumber, InquiryNumberRegistration, InquiryNumberRequest, InquiryNumberResponse,
    InsuredCardClassification, Interface, KanaName, LimitCertificate, LimitCertificateClassification, LimitChanged,
    LimitClass, LimitConsentFlag, MedicalOutcome, MedicalPerson, MedicalRefusal, MedicalRequest, MedicalRequestHeader,
    MedicalResponse, MedicalResponseHeader, MedicalTicket, MedicalTreatment, MedicalTreatmentType, Medicine,
    MedicineRecords, Message, Month, MonthRecord, Outcome, Period, PersonalFamily, Preschool, PrescriptionForm,
    PrescriptionInformation, PrescriptionTiming, PrescriptionUse, ProcessingResult, ProcessingStatus,
    QualificationRequest, QualificationResponse, QualificationResult, QualificationSearch, QualificationValidity,
    ReasonOfLoss, ReceptionConsents, ReferenceClassification, RequestHeader, RequestMessage, RequestedAccessUrl,
    ResponseHeader, ResponseMessage, SearchEcho, Sex, Share, SpecificDisease, SpecificDiseaseCertificate, TicketType,
    Treatment, Use, ViewingConsent, WithdrawalRequest, WithdrawalResponse, WithdrawnConsent,
};
use proptest::prelude::*;

/// Characters of both codes, including those that XML treats specially.
const CHARACTERS: [char; 24] = [
    'A', 'z', '0', '9', '<', '>', '&', '"', '\'', ']', ' ', '-', '\\', '~', 'ア', 'ガ', 'ｱ', 'ﾞ', '診', '療', '髙', '●',
    '　', '～',
];

/// Values derived from bytes, so that a failing message shrinks with them. After the last byte, every choice is the first.
struct Source<'b>(&'b [u8]);

impl Source<'_> {
    fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % end
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 1).then(|| make(self))
    }

    fn several<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| make(self)).collect()
    }

    fn code<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn optional_code<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        self.maybe(|source| source.code(all))
    }

    /// A text that is not blank, as blank ones are left out.
    fn text(&mut self) -> String {
        let mut text = "字".to_owned();
        for _ in 0..self.below(19) {
            let character = self.code(&CHARACTERS);
            if self.below(2) == 0 { text.push(character) } else { text.insert(0, character) }
        }
        text
    }

    fn optional_text(&mut self) -> Option<String> {
        self.maybe(Self::text)
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).expect("a possible value"))).collect()
    }

    fn number(&mut self) -> u32 {
        self.digits(8).parse().expect("a possible value")
    }

    fn date(&mut self) -> Date {
        let (year, month, day) = (1868 + self.below(250), 1 + self.below(12), 1 + self.below(28));
        Date::constant(
            i16::try_from(year).expect("a possible value"),
            i8::try_from(month).expect("a possible value"),
            i8::try_from(day).expect("a possible value"),
        )
    }

    fn day(&mut self) -> Option<Date> {
        self.maybe(Self::date)
    }

    fn time(&mut self) -> Timestamp {
        let seconds = (self.below(24) * 60 + self.below(60)) * 60 + self.below(60);
        let midnight = base::start_of_day(self.date());
        midnight.plus(base::Span::from_secs(i64::try_from(seconds).expect("a possible value")))
    }

    fn month(&mut self) -> Month {
        Month::from_date(self.date())
    }

    fn insurer(&mut self) -> CheckedNumber<InsurerNumber> {
        if self.below(4) == 0 {
            return CheckedNumber::Invalid(self.digits(7));
        }
        let law = self.code(&[None, Some(1), Some(6), Some(39), Some(12)]);
        let prefecture = Prefecture::from_code(u8::try_from(1 + self.below(47)).expect("a possible value"))
            .expect("a possible value");
        let insurer = u16::try_from(self.below(256)).expect("a possible value");
        CheckedNumber::Valid(InsurerNumber::from_parts(law, prefecture, insurer).expect("a possible value"))
    }

    fn institution(&mut self) -> CheckedNumber<base::InstitutionCode> {
        let text = self.digits(10);
        text.parse().map_or(CheckedNumber::Invalid(text), CheckedNumber::Valid)
    }

    fn symbol(&mut self) -> Option<CardSymbol> {
        self.maybe(|source| CardSymbol::new(&source.text()).expect("a possible value"))
    }

    fn card_number(&mut self) -> CardNumber {
        CardNumber::new(&self.text()).expect("a possible value")
    }

    fn branch(&mut self) -> Option<BranchNumber> {
        self.maybe(|source| {
            BranchNumber::new(u8::try_from(source.below(100)).expect("a possible value")).expect("a possible value")
        })
    }

    fn identifier(&mut self) -> Option<Identifier> {
        self.maybe(|source| Identifier::new(&source.text()).expect("a possible value"))
    }

    fn inquiry_number(&mut self) -> InquiryNumber {
        InquiryNumber::new(&self.text()).expect("a possible value")
    }

    fn name(&mut self) -> FullName {
        FullName::new(&self.text()).expect("a possible value")
    }

    fn kana(&mut self) -> Option<KanaName> {
        self.maybe(|source| KanaName::new(&source.text()).expect("a possible value"))
    }

    fn share(&mut self) -> Option<Share> {
        self.maybe(|source| {
            Share::from_tenths(u8::try_from(source.below(11)).expect("a possible value")).expect("a possible value")
        })
    }

    fn header(&mut self) -> RequestHeader {
        RequestHeader { institution: self.institution(), identifier: self.identifier(), confirmation_date: self.day() }
    }

    fn request<Body>(&mut self, body: Body) -> RequestMessage<Body> {
        RequestMessage { header: self.header(), body }
    }

    fn fault(&mut self) -> Fault {
        Fault { code: self.optional_text(), message: self.optional_text() }
    }

    fn response<Body>(&mut self, body: Body) -> ResponseMessage<Body> {
        let header = ResponseHeader {
            processed_at: self.maybe(Self::time),
            confirmation_date: self.day(),
            institution: self.institution(),
            identifier: self.identifier(),
            reference_classification: self.optional_code(ReferenceClassification::ALL),
            bulk_number: self.maybe(|source| BulkNumber::new(&source.text()).expect("a possible value")),
            result_count: self.maybe(Self::number),
            normal_count: self.maybe(Self::number),
            error_count: self.maybe(Self::number),
        };
        let outcome = match self.below(6) {
            0 => Outcome::InProgress(self.fault()),
            1 => Outcome::Abnormal(self.fault()),
            _ => Outcome::Normal(body),
        };
        ResponseMessage { header, outcome }
    }

    fn processing(&mut self) -> ProcessingResult {
        ProcessingResult {
            status: self.code(ProcessingStatus::ALL),
            code: self.optional_text(),
            message: self.optional_text(),
        }
    }

    fn search(&mut self) -> QualificationSearch {
        QualificationSearch {
            insurer: self.insurer(),
            symbol: self.symbol(),
            number: self.card_number(),
            branch: self.branch(),
            birthdate: self.date(),
            limit_consent: self.optional_code(LimitConsentFlag::ALL),
            examination_date: self.day(),
            identifier: self.identifier(),
        }
    }

    fn consent<Flag: Copy>(&mut self, all: &[Flag]) -> Consent<Flag> {
        Consent {
            flag: self.code(all),
            changed_at: self.maybe(Self::time),
            expiry_reason: self.optional_code(ExpiryReason::ALL),
        }
    }

    fn viewing(&mut self) -> Option<ViewingConsent> {
        self.maybe(|source| ViewingConsent {
            consent: source.consent(ConsentFlag::ALL),
            available_until: source.maybe(Self::time),
        })
    }

    fn result(&mut self) -> QualificationResult {
        QualificationResult {
            card: self.optional_code(InsuredCardClassification::ALL),
            insurer: self.insurer(),
            symbol: self.symbol(),
            number: self.card_number(),
            branch: self.branch(),
            person: self.optional_code(PersonalFamily::ALL),
            insured_name: self.maybe(Self::name),
            name: self.name(),
            other_name: self.maybe(Self::name),
            kana: self.kana(),
            other_kana: self.kana(),
            sex: self.optional_code(Sex::ALL),
            other_sex: self.optional_code(Sex::ALL),
            birthdate: self.date(),
            address: self.optional_text(),
            post_number: self.optional_text(),
            qualified_on: self.day(),
            disqualified_on: self.day(),
            card_issued_on: self.day(),
            card_valid_from: self.day(),
            card_valid_to: self.day(),
            share: self.share(),
            preschool: self.optional_code(Preschool::ALL),
            reason_of_loss: self.optional_code(ReasonOfLoss::ALL),
            insurer_name: self.optional_text(),
            elderly: self.maybe(|source| ElderlyCertificate {
                issued_on: Some(source.date()),
                valid_from: source.day(),
                valid_to: source.day(),
                share: source.share(),
            }),
            limit_consent: self.maybe(|source| source.consent(LimitConsentFlag::ALL)),
            limit: self.maybe(|source| LimitCertificate {
                classification: source.optional_code(LimitCertificateClassification::ALL),
                class: Some(source.code(LimitClass::ALL)),
                issued_on: source.day(),
                valid_from: source.day(),
                valid_to: source.day(),
                long_term_from: source.day(),
            }),
            limit_changed: self.optional_code(LimitChanged::ALL),
            diseases_consent: self.maybe(|source| source.consent(ConsentFlag::ALL)),
            diseases: self.several(|source| SpecificDiseaseCertificate {
                disease: Some(source.code(SpecificDisease::ALL)),
                issued_on: source.day(),
                valid_from: source.day(),
                valid_to: source.day(),
                self_pay: source.maybe(Self::number),
            }),
            tickets: self.several(Self::ticket),
            check_ups: self.viewing(),
            medicines: self.viewing(),
            diagnoses: self.viewing(),
            operations: self.viewing(),
            identifier: self.identifier(),
            inquiry_number: self.maybe(Self::inquiry_number),
            key: self.maybe(Self::text),
        }
    }

    fn ticket(&mut self) -> MedicalTicket {
        MedicalTicket {
            kind: Some(self.code(TicketType::ALL)),
            valid_from: self.day(),
            valid_to: self.day(),
            issue_number: self.optional_text(),
            month: self.maybe(Self::month),
            institution: self.maybe(Self::institution),
            institution_matches: self.optional_code(oqs::DesignatedInstitution::ALL),
            institution_name: self.optional_text(),
            prescriber: self.maybe(Self::institution),
            prescriber_name: self.optional_text(),
            injuries: self.several(Self::text),
            treatment: self.optional_code(MedicalTreatmentType::ALL),
            self_pay: self.maybe(Self::number),
            district_contact: self.optional_text(),
            handling_contact: self.optional_text(),
            single_or_combined: self.optional_code(oqs::SingleOrCombined::ALL),
            social_insurance: self.optional_code(oqs::SocialInsurance::ALL),
            consistency: self.optional_code(oqs::Consistency::ALL),
            infection_law: self.optional_code(oqs::InfectionLaw::ALL),
            late_elderly_care: self.optional_code(oqs::LateElderlyCare::ALL),
            prefectural_expenses: self.optional_code(oqs::PrefecturalExpenses::ALL),
            remarks: self.several(Self::text),
        }
    }

    fn registration(&mut self) -> InquiryNumberRegistration {
        InquiryNumberRegistration {
            inquiry_number: self.inquiry_number(),
            insurer: self.insurer(),
            symbol: self.symbol(),
            number: self.card_number(),
            branch: self.branch(),
        }
    }

    fn period(&mut self) -> Period {
        let (from, to) = (self.date(), self.date());
        if self.below(2) == 0 { Period::Consent { from, to } } else { Period::Examination { from, to } }
    }

    fn unit(&mut self) -> BulkUnit {
        BulkUnit {
            search: self.maybe(|source| SearchEcho::from(&source.search())),
            processing: Some(self.processing()),
            validity: self.optional_code(QualificationValidity::ALL),
            results: self.several(Self::result),
            inquiry_numbers: self.several(Self::inquiry_number),
            ended_consents: self.maybe(Self::ended_consents).map(Box::new),
        }
    }

    fn ended_consents(&mut self) -> ReceptionConsents {
        ReceptionConsents {
            limit: Some(self.consent(LimitConsentFlag::ALL)),
            diseases: self.maybe(|source| source.consent(ConsentFlag::ALL)),
            check_ups: self.viewing(),
            medicines: self.viewing(),
            diagnoses: self.viewing(),
            operations: self.viewing(),
        }
    }

    fn settings(&mut self) -> EnvironmentSettings {
        EnvironmentSettings {
            viewing_consent: self.optional_code(Use::ALL),
            medical_assistance: self.optional_code(Use::ALL),
            home_visit: self.optional_code(Use::ALL),
            online: Some(self.code(Use::ALL)),
            prescription: self.optional_code(PrescriptionUse::ALL),
            prescription_timing: self.optional_code(PrescriptionTiming::ALL),
        }
    }

    fn month_record(&mut self) -> MonthRecord {
        MonthRecord {
            dispensing_origin: self.maybe(Self::number),
            institution: self.maybe(Self::institution),
            prescriber: self.maybe(Self::institution),
            institution_name: self.optional_text(),
            month: self.month(),
            prescriber_name: self.optional_text(),
            prescriber_origin: self.maybe(Self::number),
            in_out: self.optional_code(InOut::ALL),
            days: self.several(|source| DayRecord {
                day: Some(source.date()),
                prescribed_on: source.day(),
                medicines: source.several(|source| Medicine {
                    code: source.optional_text(),
                    name: source.text(),
                    ingredient: source.optional_text(),
                    quantity: source.optional_text(),
                    unit: source.optional_text(),
                    usage: source.optional_text(),
                    instruction: source.optional_text(),
                    times: source.maybe(Self::number),
                    kind: source.optional_text(),
                }),
                treatments: source.several(|source| Treatment {
                    code: source.optional_text(),
                    name: source.text(),
                    kind: source.optional_text(),
                    quantity: source.optional_text(),
                    times: source.maybe(Self::number),
                    unit: source.optional_text(),
                }),
            }),
        }
    }

    fn medical<Body>(&mut self, person: Option<MedicalPerson>, body: Body) -> MedicalResponse<Body> {
        let header = MedicalResponseHeader {
            processed_at: self.maybe(Self::time),
            institution: self.maybe(Self::institution),
            identifier: self.identifier(),
            person,
        };
        let outcome = match self.below(4) {
            0 => MedicalOutcome::Refused(
                MedicalRefusal::new(&self.text(), self.optional_text()).expect("a possible value"),
            ),
            _ => MedicalOutcome::Normal(body),
        };
        MedicalResponse { header, outcome }
    }

    fn medicines(&mut self) -> Message {
        let person = self.maybe(|source| MedicalPerson {
            name: source.name(),
            kana: source.kana(),
            birthdate: source.date(),
            sex: source.optional_code(AdministrativeGender::ALL),
        });
        let records = MedicineRecords { months: self.several(Self::month_record) };
        Message::MedicineRecords(self.medical(person, records))
    }

    fn check_ups(&mut self) -> Message {
        let person = self.maybe(|source| MedicalPerson {
            name: source.name(),
            kana: source.kana(),
            birthdate: source.date(),
            sex: source.optional_code(AdministrativeGender::ALL),
        });
        let check_ups = self.several(|source| CheckUp {
            day: source.date(),
            items: source.several(|source| CheckUpItem {
                code: source.text(),
                name: source.optional_text(),
                kind: source.optional_text(),
                value: source.optional_text(),
                unit: source.optional_text(),
                oid: source.optional_text(),
                value_name: source.optional_text(),
            }),
        });
        Message::CheckUps(self.medical(person, CheckUps { check_ups }))
    }

    fn request_message(&mut self, exchange: Exchange) -> Message {
        match exchange {
            Exchange::Qualification | Exchange::OnlineQualification | Exchange::HomeVisitQualification => {
                let body = QualificationRequest { search: self.search() };
                Message::QualificationRequest(self.request(body))
            }
            Exchange::InquiryNumber => {
                let body = InquiryNumberRequest { registration: self.registration() };
                Message::InquiryNumberRequest(self.request(body))
            }
            Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => {
                let search = BulkSearch { period: self.period(), treatment: self.code(MedicalTreatment::ALL) };
                Message::BulkSearch(self.request(BulkSearchRequest { search }))
            }
            Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => {
                let number = BulkNumber::new(&self.text()).expect("a possible value");
                Message::BulkFetch(self.request(BulkFetch { number }))
            }
            Exchange::HomeVisitWithdrawal => {
                let consent = WithdrawnConsent {
                    insurer: self.insurer(),
                    symbol: self.symbol(),
                    number: self.card_number(),
                    branch: self.branch(),
                    birthdate: self.date(),
                    kinds: self.several(|source| source.code(ConsentedInformation::ALL)),
                };
                Message::WithdrawalRequest(self.request(WithdrawalRequest { consent }))
            }
            Exchange::AccessUrl => {
                let requested = RequestedAccessUrl {
                    kind: self.code(AccessUrlKind::ALL),
                    image: self.code(CodeImage::ALL),
                    change: self.code(AccessUrlChange::ALL),
                };
                Message::AccessUrlRequest(self.request(AccessUrlRequest { requested }))
            }
            Exchange::Environment => Message::EnvironmentRequest(self.request(EnvironmentRequest {})),
            Exchange::EnvironmentUpdate => {
                let settings = self.settings();
                Message::EnvironmentUpdateRequest(self.request(EnvironmentUpdateRequest { settings }))
            }
            Exchange::Medicines | Exchange::CheckUps | Exchange::Diagnoses | Exchange::Operations => {
                let header = MedicalRequestHeader {
                    institution: self.institution(),
                    insurer: self.insurer(),
                    symbol: self.symbol(),
                    number: self.card_number(),
                    branch: self.branch(),
                    identifier: self.identifier(),
                };
                let body = MedicalRequest {
                    from: self.maybe(Self::month),
                    to: self.maybe(Self::month),
                    file: self.optional_code(FileCategory::ALL),
                    prescriptions: self.optional_code(PrescriptionInformation::ALL),
                    treatment: self.code(MedicalTreatment::ALL),
                    examination_date: self.maybe(Self::date),
                };
                Message::MedicalRequest(RequestMessage { header, body })
            }
        }
    }

    fn response_message(&mut self, exchange: Exchange) -> Message {
        match exchange {
            Exchange::Qualification | Exchange::OnlineQualification | Exchange::HomeVisitQualification => {
                let body = QualificationResponse {
                    processing: self.processing(),
                    validity: self.optional_code(QualificationValidity::ALL),
                    prescription: self.optional_code(PrescriptionForm::ALL),
                    search: self.maybe(|source| SearchEcho::from(&source.search())),
                    results: self.several(Self::result),
                    ended_consents: self.maybe(Self::ended_consents).map(Box::new),
                };
                Message::QualificationResponse(self.response(body))
            }
            Exchange::InquiryNumber => {
                let registration = self.maybe(Self::registration);
                let body = InquiryNumberResponse { registration, processing: self.processing() };
                Message::InquiryNumberResponse(self.response(body))
            }
            Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => {
                let body = BulkSearchResponse {
                    accepted_at: self.maybe(Self::time),
                    processing: self.maybe(Self::processing),
                };
                Message::BulkSearchResponse(self.response(body))
            }
            Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => {
                let processing = self.maybe(Self::processing);
                let body = BulkResult { processing, units: self.several(Self::unit) };
                Message::BulkResult(self.response(body))
            }
            Exchange::HomeVisitWithdrawal => {
                let body = WithdrawalResponse { processing: self.processing() };
                Message::WithdrawalResponse(self.response(body))
            }
            Exchange::AccessUrl => {
                let address = self.maybe(|source| AccessUrl {
                    kind: source.code(AccessUrlKind::ALL),
                    url: source.text(),
                    image: source.optional_code(CodeImage::ALL),
                    code: source.optional_text().map(|text| Attachment(text.into_bytes())),
                });
                let body = AccessUrlResponse { processing: self.processing(), address };
                Message::AccessUrlResponse(self.response(body))
            }
            Exchange::Environment | Exchange::EnvironmentUpdate => {
                let settings = self.maybe(Self::settings);
                let body = EnvironmentResponse { processing: self.processing(), settings };
                Message::EnvironmentResponse(self.response(body))
            }
            Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations => self.medicines(),
            Exchange::CheckUps => self.check_ups(),
        }
    }
}

fn message(interface: Interface, bytes: &[u8]) -> Message {
    let mut source = Source(bytes);
    match interface.direction {
        Direction::Request => source.request_message(interface.exchange),
        Direction::Response => source.response_message(interface.exchange),
    }
}

fn interfaces() -> impl Strategy<Value = Interface> {
    let all: Vec<_> = Exchange::ALL.iter().flat_map(|exchange| [exchange.request(), exchange.response()]).collect();
    proptest::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_is_written_reads_back(interface in interfaces(), bytes in proptest::collection::vec(any::<u8>(), 0..3_000)) {
        let message = message(interface, &bytes);
        for code in [CharacterCode::Utf8, CharacterCode::ShiftJis] {
            let written = oqs::write(&message, code);
            let parsed = oqs::parse(interface, &written);
            let parsed = parsed.map_err(|error| TestCaseError::fail(format!("{interface}: {error}")))?;
            prop_assert_eq!(&parsed.message, &message);
            prop_assert_eq!(parsed.character_code, code);
            prop_assert_eq!(parsed.warnings, vec![]);
            prop_assert_eq!(oqs::write(&parsed.message, code), written);
        }
    }

    #[test]
    fn no_bytes_panic(interface in interfaces(), bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = oqs::parse(interface, &bytes);
        let _ = oqs::unpack(&"OQSmuonq02res_1.zip".parse().expect("a possible value"), &bytes);
    }

    #[test]
    fn no_text_that_is_almost_a_document_panics(
        interface in interfaces(),
        text in "(<\\?xml( encoding=\"(Shift_JIS|UTF-8|x)\")?\\?>)?(</?(XmlMsg|MessageHeader|MessageBody|a)/?>|&(#x?[0-9a-f]{1,9}|amp|b);|<!(DOCTYPE|\\[CDATA\\[|--)|\\PC){0,40}",
    ) {
        let _ = oqs::parse(interface, text.as_bytes());
    }

    #[test]
    fn no_damaged_message_panics(
        interface in interfaces(),
        bytes in proptest::collection::vec(any::<u8>(), 0..1_000),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        other_interface in interfaces(),
    ) {
        let mut written = oqs::write(&message(interface, &bytes), CharacterCode::ShiftJis);
        for (index, byte) in changes {
            let index = index.index(written.len());
            written[index] = byte;
        }
        let _ = oqs::parse(interface, &written);
        let _ = oqs::parse(other_interface, &written);
    }

    #[test]
    fn widths_fold_there_and_back(text in "[ｱ-ﾝｦ-ｯﾞﾟー A-Za-z0-9診療ガパヴ]{0,20}") {
        let half = oqs::half_width(&text);
        prop_assert_eq!(oqs::half_width(&half), half.clone());
        prop_assert_eq!(oqs::half_width(&oqs::full_width(&half)), half);
    }
}
