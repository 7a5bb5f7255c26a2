//! Every request and response file between a receipt computer and the demo, for people who have registered, checked element
//! by element. The requests are written by hand from the published layout.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write,
    fs,
    os::unix::fs::PermissionsExt,
    sync::mpsc,
};

use base::{Date, InstitutionCode, ReceptionNumber};
use database::{Database, Location};
use eligibility::{
    ConsentChoice, ConsentChoices, NewReception, ReceptionTerm, RegistrationRoute, RegistrationValidity,
};
use notify::{RecursiveMode, Watcher};
use oqs::{CharacterCode, Exchange, FileName};
use uketsuke::{arguments::demo::DemoArguments, commands::demo::Demo};

use super::{NOW, TEST_TIMEOUT, TestStation, kill};

/// The elements that public sources of the interface name, and after the line the elements of this implementation.
const ELEMENTS: &str = "
    XmlMsg MessageHeader MessageBody ProcessExecutionTime QualificationConfirmationDate MedicalInstitutionCode
    ArbitraryFileIdentifier ReferenceClassification SegmentOfResult ErrorCode ErrorMessage CharacterCodeIdentifier
    ReceptionNumber ReceptionDateTime NumberOfProcessingResult NumberOfNormalProcessing NumberOfError
    ProcessingResultStatus ProcessingResultCode ProcessingResultMessage QualificationValidity
    QualificationConfirmSearchInfo InsurerNumber InsuredCardSymbol InsuredIdentificationNumber InsuredBranchNumber Birthdate
    LimitApplicationCertificateRelatedConsFlg ArbitraryIdentifier ConsentDateFrom ConsentDateTo ExaminationDateFrom
    ExaminationDateTo MedicalTreatmentFlag ResultList BulkConfirmUnit ResultOfQualificationConfirmation
    InsuredCardClassification PersonalFamilyClassification InsuredName Name NameKana Sex1 Address PostNumber
    QualificationDate DisqualificationDate InsuredCertificateIssuanceDate InsuredCardValidDate InsuredCardExpirationDate
    InsuredPartialContributionRatio PreschoolClassification ReasonOfLoss InsurerName
    ElderlyRecipientCertificateInfo ElderlyRecipientCertificateDate ElderlyRecipientValidStartDate
    ElderlyRecipientValidEndDate ElderlyRecipientContributionRatio LimitApplicationCertificateRelatedConsTime
    LimitApplicationCertificateRelatedInfo LimitApplicationCertificateClassification
    LimitApplicationCertificateClassificationFlag LimitApplicationCertificateDate
    LimitApplicationCertificateValidStartDate LimitApplicationCertificateValidEndDate
    SpecificDiseasesCertificateRelatedConsFlg SpecificDiseasesCertificateRelatedConsTime SpecificDiseasesCertificateList
    SpecificDiseasesCertificateInfo SpecificDiseasesDiseaseCategory SpecificDiseasesCertificateDate
    SpecificDiseasesValidStartDate SpecificDiseasesValidEndDate SpecificDiseasesSelfPay
    SpecificHealthCheckupsInfoConsFlg SpecificHealthCheckupsInfoConsTime SpecificHealthCheckupsInfoAvailableTime
    PharmacistsInfoConsFlg PharmacistsInfoConsTime PharmacistsInfoAvailableTime DiagnosisInfoConsFlg DiagnosisInfoConsTime
    DiagnosisInfoAvailableTime OperationInfoConsFlg OperationInfoConsTime OperationInfoAvailableTime ReferenceNumber
    StartDate EndDate FileCategory PrDiInfClassification
    InsuranceCardSymbol InsuredPersonIdentificationNumber BranchNumber ResultCode MessageContents QuaInf KanaName Birth
    AdmGendCode MeTrMonthInf MeTrDiHCd PrlsHCd MeTrDiHNm MeTrMonth PrlsHNm InOut DiDateInfs DiDateInf DiDate PrDate DrugInfs
    DrugInf DrugN IngreN Qua1 Unit UsageN Times MeTrInfs MeTrInf SinInfN QualificationsInfo KanasName Birthday
    AdministrativeGenderCode ItemCode ItemName DataType DataValue
    EffectiveTime
    ---
    ExaminationDate ReferenceNumberRegistrationInfo ConsentCancelInfo ConsentInfoClassification AccessUrlInfo
    UrlAcquisitionClassification TwoDimensionalCodeFormat UrlChangeClassification AccessUrl TwoDimensionalCode
    EnvironmentSettingInfo ViewingConsentUse MedicalAssistanceUse HomeVisitUse OnlineUse PrescriptionUseClassification
    PrescriptionSelectTiming SpecificHealthCheckupInfos SpecificHealthCheckupInfo HealthCheckupResultAndQuestionInfos
    HealthCheckupResultAndQuestionInfo OperationInfoConsExpiryReason PharmacistsInfoConsExpiryReason
";

/// A person of the demo, by the data of the insurance card: insurer, symbol, number, branch, birth date.
struct ExpectedPersona {
    document: (&'static str, &'static str, &'static str, &'static str),
    birth: &'static str,
    /// Elements that a response about the person must have, in addition to the snapshot.
    expected: &'static [(&'static str, &'static str)],
}

/// One person of each kind whose response has particular elements. The texts are copied by hand from the demo's list of
/// personas.
const PEOPLE: [ExpectedPersona; 8] = [
    // With both certificates, and records of every kind.
    ExpectedPersona {
        document: ("01139013", "91440030", "9", "00"),
        birth: "19620502",
        expected: &[
            ("InsuredCardClassification", "01"),
            ("Name", "石渡　正夫"),
            ("NameKana", "ｲｼﾜﾀ ﾏｻｵ"),
            ("Sex1", "1"),
            ("Birthdate", "19620502"),
            ("Address", "埼玉県さいたま市大宮区明星町九丁目92番6号"),
            ("InsurerNumber", "01139013"),
            ("InsurerName", "全国健康保険協会模擬東京支部"),
            ("InsuredIdentificationNumber", "9"),
            ("InsuredBranchNumber", "00"),
            ("PersonalFamilyClassification", "1"),
            ("QualificationDate", "19850401"),
            ("LimitApplicationCertificateClassificationFlag", "A03"),
            ("LimitApplicationCertificateValidStartDate", "20260801"),
            ("LimitApplicationCertificateValidEndDate", "20270731"),
            ("SpecificDiseasesDiseaseCategory", "1"),
            ("SpecificDiseasesSelfPay", "10000"),
        ],
    },
    // 後期高齢者: an individual share, and neither symbol nor branch.
    ExpectedPersona {
        document: ("39209119", "", "00918273", ""),
        birth: "19451103",
        expected: &[
            ("Name", "瀬川　トミ"),
            ("Sex1", "2"),
            ("InsurerName", "長野県模擬後期高齢者医療広域連合"),
            ("InsuredPartialContributionRatio", "010"),
            ("QualificationDate", "20201103"),
            ("LimitApplicationCertificateClassificationFlag", "B10"),
        ],
    },
    // 高齢受給者証
    ExpectedPersona {
        document: ("63289128", "特７０１", "11480", "00"),
        birth: "19540308",
        expected: &[
            ("Name", "森脇　敏夫"),
            ("InsuredCardClassification", "06"),
            ("ElderlyRecipientContributionRatio", "020"),
            ("ElderlyRecipientValidStartDate", "20260801"),
            ("LimitApplicationCertificateClassificationFlag", "B04"),
        ],
    },
    // A child.
    ExpectedPersona {
        document: ("01139013", "91030022", "187", "01"),
        birth: "20220520",
        expected: &[
            ("Name", "葉山　こはる"),
            ("InsuredName", "葉山　美咲"),
            ("PersonalFamilyClassification", "2"),
            ("PreschoolClassification", "1"),
        ],
    },
    // 無効
    ExpectedPersona {
        document: ("01239037", "92030071", "412", "00"),
        birth: "19900305",
        expected: &[("Name", "梶谷　亮介"), ("DisqualificationDate", "20261001"), ("ReasonOfLoss", "99")],
    },
    // ● in the name, and an insurer's number of six digits.
    ExpectedPersona {
        document: ("019141", "札中", "0092815", "00"),
        birth: "19801008",
        expected: &[("Name", "●本　梢"), ("NameKana", "ﾊｼﾓﾄ ｺｽﾞｴ"), ("InsurerNumber", "  019141")],
    },
    // 医療扶助
    ExpectedPersona {
        document: ("12279162", "", "1045293", ""),
        birth: "19710708",
        expected: &[
            ("Name", "古賀　洋平"),
            ("InsuredCardClassification", "A1"),
            ("InsurerName", "大阪市北区模擬福祉事務所"),
            ("InsuredIdentificationNumber", "1045293"),
        ],
    },
    // 複数該当: this is the older coverage.
    ExpectedPersona {
        document: ("01279025", "90880012", "701", "00"),
        birth: "19981129",
        expected: &[("Name", "安西　れい"), ("QualificationDate", "20210401")],
    },
];

fn parse_day(text: &str) -> Date {
    base::parse_date(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])).expect("a day")
}

/// Starts the demo in a thread until the test program ends, and writes a terminal's folder for it. All persons have
/// registered for a visit on this day with consent to all items, and the first one for home visits too.
fn start_demo(folder: &std::path::Path) -> TestStation {
    let (code_sender, code_receiver) = mpsc::channel();
    let (data, terminals) = (folder.join("data"), folder.join("terminals"));
    let terminals_folder = terminals.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let clock = Some(NOW.parse().expect("a time"));
            let arguments = DemoArguments {
                clock,
                terminals: Some(terminals_folder),
                ..DemoArguments::with_free_ports(data.clone())
            };
            let demo = Demo::open(&arguments).await.expect("the demo opens");
            let code = uketsuke::commands::demo::online_institutions(demo.addresses())[0];
            register_everybody(&demo, &data, code).await;
            code_sender.send(code).expect("the receiver waits");
            Box::pin(demo.serve(std::future::pending())).await.expect("the demo serves");
        });
    });
    let code = code_receiver.recv().expect("the demo starts");
    let station = TestStation { folder: terminals.join(code.to_string()), code, registered: Vec::new() };
    let settings = station.folder.join("terminal.toml");
    let text = fs::read_to_string(&settings).expect("the demo wrote it").replace("127.0.0.1:8410", "127.0.0.1:0");
    fs::write(settings, text).expect("the test may write");
    station
}

async fn register_everybody(demo: &Demo, data: &std::path::Path, institution: InstitutionCode) {
    let eligibility = &demo.services().eligibility;
    let settings = oqs::EnvironmentSettings {
        viewing_consent: None,
        medical_assistance: None,
        home_visit: Some(oqs::Use::Used),
        online: None,
        prescription: None,
        prescription_timing: None,
    };
    eligibility.set_environment(institution, settings).await.expect("the institution is connected");
    let now = demo.clock().now();
    let mut terms = Vec::new();
    for persona in &PEOPLE {
        let (insurer, symbol, number, _) = persona.document;
        let number = oqs::CardNumber::new(number).expect("a number");
        let insurer = insurer.parse().expect("an insurer's number");
        let matches = eligibility
            .find_people_by_document(insurer, oqs::CardSymbol::new(symbol), number, parse_day(persona.birth))
            .await;
        let matches = matches.expect("the national side answers");
        let [person] = matches[..] else { panic!("{}: {matches:?}", persona.birth) };
        terms.push((person, ReceptionTerm::Visit(now.japan_date())));
        if terms.len() == 1 {
            terms.push((person, ReceptionTerm::UntilWithdrawn));
        }
    }
    let database = Database::open(&Location::Sqlite(data.join("national.db")), "national", &[]).expect("it is there");
    let write = move |tx: &mut database::Transaction<'_>| {
        for (person, term) in terms.clone() {
            let reception = NewReception {
                number: ReceptionNumber::new(&base::Randomness::system()),
                institution,
                term,
                person,
                choices: ConsentChoices::all(ConsentChoice::Agree),
                validity: RegistrationValidity::Full,
                route: RegistrationRoute::HandOver,
            };
            eligibility::register_reception(tx, &reception, now)?;
        }
        Ok::<_, eligibility::Refusal>(())
    };
    database.write(write).await.expect("everybody registers");
}

/// A receipt computer that uses a terminal's folders.
struct ReceiptComputer<'s> {
    station: &'s TestStation,
    events: mpsc::Receiver<()>,
    _watcher: notify::RecommendedWatcher,
    /// Every message, for the snapshot.
    snapshot: String,
}

impl<'s> ReceiptComputer<'s> {
    fn new(station: &'s TestStation) -> Self {
        fs::create_dir_all(station.exchange_folder("res")).expect("the test may write");
        fs::create_dir_all(station.exchange_folder("req")).expect("the test may write");
        let (event_sender, events) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !event.kind.is_access()) {
                // The test may be over.
                let _ = event_sender.send(());
            }
        })
        .expect("folders can be watched");
        watcher.watch(&station.exchange_folder("res"), RecursiveMode::NonRecursive).expect("folders can be watched");
        Self { station, events, _watcher: watcher, snapshot: String::new() }
    }

    /// Writes a request with this header and body into `req`, and waits for its response in `res`. The response's elements.
    fn exchange_message(
        &mut self,
        exchange: Exchange,
        file_number: &str,
        (header, body): (&str, &str),
    ) -> Vec<(String, String)> {
        let request = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><XmlMsg><MessageHeader>\
             <MedicalInstitutionCode>{}</MedicalInstitutionCode>{header}\
             <ArbitraryFileIdentifier>my-{file_number}</ArbitraryFileIdentifier></MessageHeader>\
             <MessageBody>{body}</MessageBody></XmlMsg>",
            self.station.code
        );
        // The terminal's own request has the same elements with the same texts.
        let parsed = oqs::parse(exchange.request(), request.as_bytes()).expect("an ask of this kind");
        assert_eq!(parsed.warnings, [], "{file_number}");
        let rewritten = oqs::write(&parsed.message, CharacterCode::Utf8);
        let (mut handwritten, mut rewritten_elements) =
            (parse_elements(&request), parse_elements(&String::from_utf8(rewritten).expect("UTF-8")));
        handwritten.retain(|(_, text)| !text.is_empty());
        rewritten_elements.retain(|(_, text)| !text.is_empty());
        handwritten.sort_unstable();
        rewritten_elements.sort_unstable();
        assert_eq!(handwritten, rewritten_elements, "{file_number}");
        self.append_to_snapshot(&format!("{}_{file_number}", exchange.request().prefix()), &parse_elements(&request));

        let name = FileName::new(exchange.request(), file_number).expect("a name");
        let draft = self.station.exchange_folder("req").join(format!("{name}.tmp"));
        fs::write(&draft, request).expect("the test may write");
        fs::rename(draft, self.station.exchange_folder("req").join(name.to_string())).expect("the test may write");
        let response_path = self.station.exchange_folder("res").join(name.response().to_string());
        while !response_path.exists() {
            assert!(self.events.recv_timeout(TEST_TIMEOUT).is_ok(), "{name} is never answered");
        }
        // The receipt computer has another account of the same group, and other accounts have no access.
        let mode = fs::metadata(&response_path).expect("an answer").permissions().mode();
        assert_eq!(mode & 0o777, 0o660, "{name}");
        let text = fs::read_to_string(response_path).expect("an answer in the character code of its ask");
        let elements = parse_elements(&text);
        let parsed = oqs::parse(exchange.response(), text.as_bytes()).expect("an answer of this kind");
        assert_eq!(parsed.warnings, [], "{file_number}");
        assert_eq!(find_only_element(&elements, "MessageHeader/MedicalInstitutionCode"), self.station.code.to_string());
        assert_eq!(find_only_element(&elements, "MessageHeader/ArbitraryFileIdentifier"), format!("my-{file_number}"));
        self.append_to_snapshot(&format!("{}_{file_number}", exchange.response().prefix()), &elements);
        elements
    }

    fn append_to_snapshot(&mut self, name: &str, elements: &[(String, String)]) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.snapshot, "=== {name}");
        for (path, text) in elements {
            let text = mask_value(path, text);
            let _ =
                writeln!(self.snapshot, "{path}{}", if text.is_empty() { String::new() } else { format!(" = {text}") });
        }
    }
}

/// Replaces values that differ at each start.
fn mask_value<'t>(path: &str, text: &'t str) -> &'t str {
    let digits = |min_length: usize| text.len() >= min_length && text.bytes().all(|byte| byte.is_ascii_digit());
    match path.rsplit('/').next().unwrap_or_default() {
        "ProcessExecutionTime" | "ReceptionDateTime" if digits(14) => "<a time>",
        name if name.ends_with("ConsTime") && digits(14) => "<a time>",
        "ReceptionNumber" | "ArbitraryIdentifier" if digits(12) => "<a number>",
        "AccessUrl" => "<an address>",
        "TwoDimensionalCode" => "<a picture>",
        _ => text,
    }
}

/// The elements of a file in their order, by their path below `XmlMsg`, each with its text. Independent of the parser of
/// crate `oqs`.
fn parse_elements(file: &str) -> Vec<(String, String)> {
    let (mut path, mut elements): (Vec<&str>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    for tag in file.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(path.pop(), Some(name), "each element is closed by itself");
            continue;
        }
        let empty_element = tag.strip_suffix('/');
        path.push(empty_element.unwrap_or(tag));
        if path.len() > 1 {
            // Numbers are padded with spaces, which belong to the text.
            elements.push((path[1..].join("/"), text.trim_matches(['\r', '\n', '\t']).to_owned()));
        }
        if empty_element.is_some() {
            path.pop();
        }
    }
    // Between elements there is only indentation.
    elements.iter_mut().filter(|(_, text)| text.trim().is_empty()).for_each(|(_, text)| text.clear());
    elements
}

/// The text of the only element whose path has this end.
fn find_only_element<'e>(elements: &'e [(String, String)], end: &str) -> &'e str {
    let mut matching = elements.iter().filter(|(path, _)| path == end || path.ends_with(&format!("/{end}")));
    let only = matching.next().unwrap_or_else(|| panic!("{end} is missing in {elements:?}"));
    assert!(matching.next().is_none(), "{end} stands there twice");
    &only.1
}

fn element(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<{name}>{text}</{name}>") }
}

/// The data of an insurance card in a request of 資格確認.
fn search_elements(
    ExpectedPersona { document: (insurer, symbol, number, branch), birth, .. }: &ExpectedPersona,
) -> String {
    element("InsurerNumber", &format!("{insurer:>8}"))
        + &element("InsuredCardSymbol", symbol)
        + &element("InsuredIdentificationNumber", number)
        + &element("InsuredBranchNumber", branch)
        + &element("Birthdate", birth)
}

/// The data of an insurance card in a request for medical information.
fn header_elements(ExpectedPersona { document: (insurer, symbol, number, branch), .. }: &ExpectedPersona) -> String {
    element("InsurerNumber", &format!("{insurer:>8}"))
        + &element("InsuranceCardSymbol", symbol)
        + &element("InsuredPersonIdentificationNumber", number)
        + &element("BranchNumber", branch)
}

fn search_element(content: &str) -> String {
    element("QualificationConfirmSearchInfo", content)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list, one exchange after the other")]
fn every_message_both_ways_says_of_each_person_what_is_known_of_her() {
    let folder = tempfile::tempdir().expect("a folder");
    let station = start_demo(folder.path());
    let mut computer = ReceiptComputer::new(&station);
    let terminal = station.start();
    let first = &PEOPLE[0];
    let mut sent_exchanges = Vec::new();
    let mut exchange_message = |exchange, file_number: &str, header: &str, body: &str| {
        sent_exchanges.push(exchange);
        computer.exchange_message(exchange, file_number, (header, body))
    };

    // Each person by the insurance card: the response has each expected element once.
    let mut response_by_birth = HashMap::new();
    for persona in &PEOPLE {
        let body = search_element(
            &(search_elements(persona)
                + &element("ExaminationDate", "20261124")
                + &element("ArbitraryIdentifier", "row-1")),
        );
        let response = exchange_message(Exchange::OnlineQualification, persona.birth, "", &body);
        // The response repeats the search, which has elements of the same names.
        let is_in_result = |(path, _): &&(String, String)| path.contains("/ResultOfQualificationConfirmation/");
        let result: Vec<_> = response.iter().filter(is_in_result).cloned().collect();
        for (element, text) in persona.expected {
            assert_eq!(find_only_element(&result, element), *text, "{element}");
        }
        response_by_birth.insert(persona.birth, response);
    }
    let with_limit = search_elements(first) + &element("LimitApplicationCertificateRelatedConsFlg", "1");
    let qualification = exchange_message(
        Exchange::Qualification,
        "1",
        &element("QualificationConfirmationDate", "20261124"),
        &search_element(&with_limit),
    );
    assert_eq!(find_only_element(&qualification, "LimitApplicationCertificateClassificationFlag"), "A03");
    assert!(
        qualification.iter().all(|(path, _)| !path.contains("Pharmacists")),
        "nothing of health by a document alone"
    );
    let at_home = exchange_message(Exchange::HomeVisitQualification, "1", "", &search_element(&search_elements(first)));
    assert_eq!(find_only_element(&at_home, "ResultOfQualificationConfirmation/Name"), "石渡　正夫");

    // All receptions of the day: each with the same elements and texts as in the single response.
    let days = element("ExaminationDateFrom", "20261124") + &element("ExaminationDateTo", "20261124");
    let bulk_response = exchange_message(
        Exchange::OnlineBulkSearch,
        "1",
        "",
        &search_element(&(days + &element("MedicalTreatmentFlag", "3"))),
    );
    let list = element("ReceptionNumber", find_only_element(&bulk_response, "ReceptionNumber"));
    let bulk_result = exchange_message(Exchange::OnlineBulkFetch, "1", "", &list);
    let results: usize = find_only_element(&bulk_result, "NumberOfProcessingResult").parse().expect("a number");
    let mut units: Vec<Vec<(String, String)>> = Vec::new();
    for (path, text) in bulk_result {
        let Some(relative_path) = path.strip_prefix("MessageBody/BulkConfirmUnit") else { continue };
        if relative_path.is_empty() {
            units.push(Vec::new());
        } else {
            units.last_mut().expect("a unit begins").push((relative_path.to_owned(), text));
        }
    }
    assert_eq!(results, units.len());
    let receptions: BTreeSet<_> = units
        .iter()
        .map(|unit| {
            unit.iter().find(|(path, _)| path.ends_with("SearchInfo/ArbitraryIdentifier")).map(|(_, text)| text)
        })
        .collect();
    assert_eq!(receptions.len(), PEOPLE.len(), "each has one reception, and a unit for each insurance");
    for persona in &PEOPLE {
        let is_of_persona = |unit: &&Vec<(String, String)>| {
            unit.iter().any(|(path, text)| path.ends_with("Confirmation/Birthdate") && text == persona.birth)
        };
        let unit = units.iter().find(is_of_persona).unwrap_or_else(|| panic!("{} is not listed", persona.birth));
        let result = |elements: &[(String, String)]| -> Vec<(String, String)> {
            let is_result = |path: &str| path.ends_with("/ResultOfQualificationConfirmation");
            let start = elements.iter().position(|(path, _)| is_result(path)).expect("a result");
            let relative_path = |(path, text): &(String, String)| {
                let relative_path = path.split_once("ResultOfQualificationConfirmation/")?.1;
                // In the list it is the reception number, in the single response the identifier of the request.
                (relative_path != "ArbitraryIdentifier").then(|| (relative_path.to_owned(), text.clone()))
            };
            // Of several results, the one of the coverage in the single request.
            elements[start + 1..].iter().take_while(|(path, _)| !is_result(path)).filter_map(relative_path).collect()
        };
        assert_eq!(result(unit), result(&response_by_birth[persona.birth]), "{}", persona.birth);
    }
    let days = element("ConsentDateFrom", "20261124") + &element("ConsentDateTo", "20261124");
    let bulk_response = exchange_message(
        Exchange::HomeVisitBulkSearch,
        "1",
        "",
        &search_element(&(days + &element("MedicalTreatmentFlag", "2"))),
    );
    let list = element("ReceptionNumber", find_only_element(&bulk_response, "ReceptionNumber"));
    let bulk_result = exchange_message(Exchange::HomeVisitBulkFetch, "1", "", &list);
    assert_eq!(find_only_element(&bulk_result, "NumberOfProcessingResult"), "1");

    // Medical information.
    let months = element("StartDate", "202611") + &element("EndDate", "202611");
    let category = element("FileCategory", "2") + &element("PrDiInfClassification", "1");
    let online = element("MedicalTreatmentFlag", "3");
    let medicines =
        exchange_message(Exchange::Medicines, "1", &header_elements(first), &(months.clone() + &category + &online));
    let texts = |response: &[(String, String)], name: &str| -> Vec<String> {
        response.iter().filter(|(path, _)| path.ends_with(&format!("/{name}"))).map(|(_, text)| text.clone()).collect()
    };
    for (name, text) in [
        ("DrugN", "沈降炭酸カルシウム錠５００ｍｇ"),
        ("IngreN", "沈降炭酸カルシウム"),
        ("DrugN", "テルミサルタン錠４０ｍｇ"),
        ("DrugN", "ダルベポエチンアルファ注シリンジ２０μｇ"),
        ("MeTrDiHNm", "月見橋薬局"),
        ("PrlsHNm", "月見橋腎クリニック"),
        ("UsageN", "１日３回食直後服用"),
        ("Times", "28"),
    ] {
        assert!(texts(&medicines, name).iter().any(|value| value == text), "{name} {text}");
    }
    assert_eq!(find_only_element(&medicines, "MessageHeader/QuaInf/Name"), "石渡　正夫");
    let diagnoses = exchange_message(Exchange::Diagnoses, "1", &header_elements(first), &(months + &online));
    assert!(texts(&diagnoses, "SinInfN").iter().all(|text| text == "人工腎臓（慢性維持透析）"));
    let years = element("StartDate", "202201") + &element("EndDate", "202611");
    let operations = exchange_message(Exchange::Operations, "1", &header_elements(first), &(years + &online));
    assert_eq!(texts(&operations, "SinInfN"), ["内シャント設置術"]);
    let check_ups = exchange_message(Exchange::CheckUps, "1", &header_elements(first), &online);
    assert_eq!(find_only_element(&check_ups, "QualificationsInfo/Name"), "石渡　正夫");
    assert_eq!(texts(&check_ups, "DataValue")[..2], ["165.2", "61.0"]);

    // Requests that register or change data.
    let reference = element("ReferenceNumber", "chart-0042")
        + &search_elements(first).replace(&element("Birthdate", first.birth), "");
    exchange_message(Exchange::InquiryNumber, "1", "", &element("ReferenceNumberRegistrationInfo", &reference));
    let second_response =
        exchange_message(Exchange::OnlineQualification, "again", "", &search_element(&search_elements(first)));
    assert_eq!(find_only_element(&second_response, "ResultOfQualificationConfirmation/ReferenceNumber"), "chart-0042");
    let consent_kinds = element("ConsentInfoClassification", "YZK") + &element("ConsentInfoClassification", "SHJ");
    exchange_message(
        Exchange::HomeVisitWithdrawal,
        "1",
        "",
        &element("ConsentCancelInfo", &(search_elements(first) + &consent_kinds)),
    );
    let at_home =
        exchange_message(Exchange::HomeVisitQualification, "again", "", &search_element(&search_elements(first)));
    assert_eq!(find_only_element(&at_home, "PharmacistsInfoConsFlg"), "2", "the consent was withdrawn");
    for (file_number, image, change) in [("kept", "1", "0"), ("changed", "2", "1")] {
        let content = element("UrlAcquisitionClassification", "3")
            + &element("TwoDimensionalCodeFormat", image)
            + &element("UrlChangeClassification", change);
        let address = exchange_message(Exchange::AccessUrl, file_number, "", &element("AccessUrlInfo", &content));
        assert!(find_only_element(&address, "AccessUrl").starts_with("http://reception.localhost:"));
    }
    let settings_element = element("PrescriptionUseClassification", "3");
    exchange_message(Exchange::EnvironmentUpdate, "1", "", &element("EnvironmentSettingInfo", &settings_element));
    let settings = exchange_message(Exchange::Environment, "1", "", "");
    assert_eq!(find_only_element(&settings, "PrescriptionUseClassification"), "3");
    assert_eq!(find_only_element(&settings, "HomeVisitUse"), "1");

    // Every exchange was sent, and every element is in the list.
    for exchange in Exchange::ALL {
        assert!(sent_exchanges.contains(&exchange), "{exchange:?}");
    }
    let snapshot = std::mem::take(&mut computer.snapshot);
    let lines = snapshot.lines().filter(|line| !line.starts_with("==="));
    let names: BTreeSet<&str> =
        lines.flat_map(|line| line.split(" = ").next().unwrap_or_default().split('/')).collect();
    let unknown: Vec<_> =
        names.into_iter().filter(|name| ELEMENTS.split_whitespace().all(|known_name| known_name != *name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    kill(terminal);
    insta::assert_snapshot!("messages", remove_list(&snapshot));
}

/// Removes the list of all receptions: its order varies, and each entry was compared with the single response.
fn remove_list(snapshot: &str) -> String {
    let mut is_list = false;
    let lines = snapshot.lines().filter(|line| {
        if line.starts_with("===") {
            is_list = line.contains("OQSmuonq02res");
        }
        !is_list || !line.starts_with("MessageBody/BulkConfirmUnit")
    });
    lines.collect::<Vec<_>>().join("\n")
}
