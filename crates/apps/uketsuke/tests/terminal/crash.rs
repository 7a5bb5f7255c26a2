//! Killed repeatedly (SIGKILL, at events of the file system), the terminal loses no request and answers none twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    sync::mpsc,
    time::Duration,
};

use base::Randomness;
use notify::{RecursiveMode, Watcher};
use oqs::{
    BulkFetch, BulkNumber, BulkSearch, BulkSearchRequest, CharacterCode, Exchange, Extension, FileCategory, FileName,
    Identifier, MedicalOutcome, MedicalRequest, MedicalRequestHeader, MedicalTreatment, Message, Outcome, Period,
    QualificationRequest, QualificationSearch, QualificationValidity, RequestHeader, RequestMessage, ResponseMessage,
};

use super::{TEST_TIMEOUT, TestStation, institution_code, kill, start_station};

/// How often the process is killed, unless `UKETSUKE_KILLS` is set.
const KILLS: u32 = 150;

/// After this time without events the receipt computer sends the next request.
const QUIET_PERIOD: Duration = Duration::from_millis(150);

/// So many that their list is a ZIP archive.
const PEOPLE: usize = 700;

/// The exchanges in their order: mostly ones with an immediate response, and sometimes the archive of all receptions.
const EXCHANGES: [Exchange; 16] = {
    const LIST: Exchange = Exchange::OnlineBulkSearch;
    const DOCUMENT: Exchange = Exchange::Qualification;
    const MEDICINES: Exchange = Exchange::Medicines;
    const ALL: Exchange = Exchange::OnlineBulkFetch;
    [
        LIST, MEDICINES, DOCUMENT, LIST, MEDICINES, DOCUMENT, LIST, MEDICINES, ALL, DOCUMENT, LIST, MEDICINES,
        DOCUMENT, LIST, MEDICINES, DOCUMENT,
    ]
};

/// A request of the receipt computer, by its number.
struct TestRequest {
    number: u32,
    exchange: Exchange,
}

impl TestRequest {
    fn from_number(number: u32) -> Self {
        // Sixteen is coprime to three and five, which vary the requests below: each exchange occurs in every variation.
        Self { number, exchange: EXCHANGES[number as usize % EXCHANGES.len()] }
    }

    fn file_name(&self) -> FileName {
        FileName::new(self.exchange.request(), &self.number.to_string()).expect("digits are a name")
    }

    /// Whether the request is invalid.
    fn is_faulty(&self) -> bool {
        self.number.is_multiple_of(5)
    }

    fn character_code(&self) -> CharacterCode {
        if self.number.is_multiple_of(2) { CharacterCode::Utf8 } else { CharacterCode::ShiftJis }
    }

    fn identifier(&self) -> Option<Identifier> {
        Identifier::new(&format!("ask-{}", self.number))
    }

    /// The request file. `list` is the number of a list that can be fetched.
    fn to_bytes(&self, station: &TestStation, list: &BulkNumber) -> Vec<u8> {
        let day = |text| base::parse_date(text).expect("the test has set this up");
        let header = RequestHeader {
            institution: institution_code().into(),
            identifier: self.identifier(),
            confirmation_date: None,
        };
        let person = &station.registered[self.number as usize % station.registered.len()];
        let today = day("2026-11-24");
        let coverage =
            person.coverages.iter().find(|coverage| coverage.holds_on(today)).expect("only such were registered");
        let message = match self.exchange {
            Exchange::OnlineBulkSearch => {
                // A period that ends before it begins is invalid.
                let end = day(if self.is_faulty() { "2026-11-23" } else { "2026-11-25" });
                let period = Period::Examination { from: today, to: end };
                let search = BulkSearch { period, treatment: MedicalTreatment::Online };
                Message::BulkSearch(RequestMessage { header, body: BulkSearchRequest { search } })
            }
            Exchange::OnlineBulkFetch => {
                // The number of a list that does not exist is invalid.
                let number = if self.is_faulty() { BulkNumber::new("1") } else { Some(list.clone()) };
                Message::BulkFetch(RequestMessage {
                    header,
                    body: BulkFetch { number: number.expect("digits are a number") },
                })
            }
            Exchange::Medicines => {
                let header = MedicalRequestHeader {
                    institution: institution_code().into(),
                    insurer: coverage.insurer.into(),
                    symbol: coverage.symbol.clone(),
                    number: coverage.number.clone(),
                    branch: coverage.branch,
                    identifier: self.identifier(),
                };
                let body = MedicalRequest {
                    from: None,
                    to: None,
                    // PDF is not supported.
                    file: self.is_faulty().then_some(FileCategory::Pdf),
                    prescriptions: None,
                    treatment: MedicalTreatment::Online,
                    examination_date: None,
                };
                Message::MedicalRequest(RequestMessage { header, body })
            }
            _ => {
                let search = QualificationSearch {
                    insurer: coverage.insurer.into(),
                    symbol: coverage.symbol.clone(),
                    number: coverage.number.clone(),
                    branch: coverage.branch,
                    birthdate: person.person.birth,
                    limit_consent: None,
                    examination_date: None,
                    identifier: None,
                };
                Message::QualificationRequest(RequestMessage { header, body: QualificationRequest { search } })
            }
        };
        let file = oqs::write(&message, self.character_code());
        if self.is_faulty() && self.exchange == Exchange::Qualification {
            // A search without a birth date cannot be parsed.
            return without_birth_date(file);
        }
        file
    }

    /// Checks that the response belongs to this request, is complete, and has its character code and result. Returns who
    /// responded.
    fn check_response(&self, name: &FileName, bytes: &[u8]) -> Responder {
        let is_archive = name.extension() == Extension::Zip;
        let content = if is_archive { oqs::unpack(name, bytes).expect("a whole archive") } else { bytes.to_vec() };
        let parsed = oqs::parse(name.interface(), &content).expect("a complete response");
        if error_code(&parsed.message) == Some("T102") {
            return Responder::Terminal;
        }
        assert_eq!(is_archive, self.exchange == Exchange::OnlineBulkFetch && !self.is_faulty(), "{name}");
        assert_eq!(parsed.character_code, self.character_code(), "{name}");
        let (identifier, faulty) = match parsed.message {
            Message::BulkSearchResponse(response) => read_outcome(response, |_| ()),
            // Each person has one reception, and a unit for each coverage.
            Message::BulkResult(response) => read_outcome(response, |result| {
                let searches = result.units.iter().filter_map(|unit| unit.search.as_ref());
                let receptions: BTreeSet<_> = searches.filter_map(|search| search.identifier.as_ref()).collect();
                assert_eq!(receptions.len(), PEOPLE);
            }),
            Message::QualificationResponse(response) => {
                read_outcome(response, |body| assert_eq!(body.validity, Some(QualificationValidity::Valid)))
            }
            Message::MedicineRecords(response) => {
                (response.header.identifier, matches!(response.outcome, MedicalOutcome::Refused(_)))
            }
            unexpected => panic!("{name}: {unexpected:?}"),
        };
        assert_eq!(faulty, self.is_faulty(), "{name}");
        assert_eq!(identifier, self.identifier(), "{name}");
        Responder::System
    }
}

/// Who responded to a request.
enum Responder {
    System,
    /// The terminal, because the system did not respond in time on a busy machine.
    Terminal,
}

/// The error code of a response that refuses the whole request.
fn error_code(message: &Message) -> Option<&str> {
    fn outcome_error_code<Body>(response: &ResponseMessage<Body>) -> Option<&str> {
        if let Outcome::Abnormal(fault) = &response.outcome { fault.code.as_deref() } else { None }
    }
    match message {
        Message::BulkSearchResponse(response) => outcome_error_code(response),
        Message::BulkResult(response) => outcome_error_code(response),
        Message::QualificationResponse(response) => outcome_error_code(response),
        Message::MedicineRecords(response) => match &response.outcome {
            MedicalOutcome::Refused(refusal) => Some(refusal.code()),
            MedicalOutcome::Normal(_) => None,
        },
        _ => None,
    }
}

/// The responses that the receipt computer has: their number for each request, and the requests to which the terminal itself
/// responded.
#[derive(Default)]
struct Received {
    response_counts: BTreeMap<u32, u32>,
    by_terminal: BTreeSet<u32>,
}

/// The identifier of a response, and whether it is an error; a normal body is passed to `check_body`.
fn read_outcome<Body>(response: ResponseMessage<Body>, check_body: impl FnOnce(Body)) -> (Option<Identifier>, bool) {
    let faulty = match response.outcome {
        Outcome::Normal(body) => {
            check_body(body);
            false
        }
        Outcome::Abnormal(_) => true,
        Outcome::InProgress(_) => panic!("nobody is busy"),
    };
    (response.header.identifier, faulty)
}

fn without_birth_date(mut file: Vec<u8>) -> Vec<u8> {
    let name = b"Birthdate>";
    while let Some(position) = file.windows(name.len()).position(|window| window == name) {
        file[position] = b'X';
    }
    file
}

/// Writes a request into `req` as receipt computers do: by a rename, or directly.
fn write_request(station: &TestStation, request: &TestRequest, list: &BulkNumber) {
    let (name, file) = (request.file_name().to_string(), request.to_bytes(station, list));
    if request.number.is_multiple_of(3) {
        fs::write(station.exchange_folder("req").join(name), file).expect("the test has set this up");
    } else {
        let draft = station.exchange_folder("req").join(format!("{name}.tmp"));
        fs::write(&draft, file).expect("the test has set this up");
        fs::rename(draft, station.exchange_folder("req").join(name)).expect("the test has set this up");
    }
}

/// Takes the responses from `res` and counts them.
fn receive_responses(station: &TestStation, received: &mut Received) {
    for entry in fs::read_dir(station.exchange_folder("res")).expect("the test has set this up") {
        let path = entry.expect("the test has set this up").path();
        let name = path.file_name().expect("the test has set this up").to_str().expect("the test has set this up");
        let number: u32 = name
            .rsplit_once('_')
            .and_then(|(_, number)| number.split('.').next()?.parse().ok())
            .expect("a response has the number of its request");
        let (request, name): (_, FileName) =
            (TestRequest::from_number(number), name.parse().expect("the test has set this up"));
        assert_eq!(name.with_extension(Extension::Xml), request.file_name().response());
        match request.check_response(&name, &fs::read(&path).expect("the test has set this up")) {
            Responder::System => {}
            Responder::Terminal => {
                received.by_terminal.insert(number);
            }
        }
        fs::remove_file(path).expect("the test has set this up");
        *received.response_counts.entry(number).or_default() += 1;
    }
}

/// Requests a list of all receptions; its number.
fn request_bulk_list(station: &TestStation, events: &mpsc::Receiver<()>) -> BulkNumber {
    let request = TestRequest { number: 0, exchange: Exchange::OnlineBulkSearch };
    let header = RequestHeader { institution: institution_code().into(), identifier: None, confirmation_date: None };
    let today = base::parse_date("2026-11-24").expect("a day");
    let period = Period::Examination { from: today, to: today };
    let search = BulkSearch { period, treatment: MedicalTreatment::Online };
    let message = Message::BulkSearch(RequestMessage { header, body: BulkSearchRequest { search } });
    let path = station.exchange_folder("req").join(request.file_name().to_string());
    fs::write(path, oqs::write(&message, CharacterCode::Utf8)).expect("the test has set this up");
    let child = station.start();
    let response_path = station.exchange_folder("res").join(request.file_name().response().to_string());
    while !response_path.exists() {
        assert!(events.recv_timeout(TEST_TIMEOUT).is_ok(), "the list was never made");
    }
    let parsed = oqs::parse(request.exchange.response(), &fs::read(&response_path).expect("the test has set this up"));
    fs::remove_file(response_path).expect("the test has set this up");
    kill(child);
    let Message::BulkSearchResponse(response) = parsed.expect("a complete response").message else {
        panic!("another message")
    };
    response.header.bulk_number.expect("a list has a number")
}

#[test]
fn killed_at_any_instant_each_ask_is_answered_once() {
    let kills = env::var("UKETSUKE_KILLS").map_or(KILLS, |kills| kills.parse().expect("UKETSUKE_KILLS is a number"));
    let folder = tempfile::tempdir().expect("the test has set this up");
    let station = start_station(folder.path(), PEOPLE);
    let randomness = Randomness::repeatable("killed at any instant");
    for folder in ["req", "res", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty"] {
        fs::create_dir_all(station.exchange_folder(folder)).expect("the test has set this up");
    }
    let (event_sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // The test may be over.
            let _ = event_sender.send(());
        }
    })
    .expect("the test has set this up");
    for folder in [".uketsuke", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty", "res"] {
        watcher.watch(&station.exchange_folder(folder), RecursiveMode::NonRecursive).expect("the test has set this up");
    }
    let list = request_bulk_list(&station, &events);
    let (mut received, mut last_number) = (Received::default(), 0);
    let mut send_request = || {
        last_number += 1;
        write_request(&station, &TestRequest::from_number(last_number), &list);
        last_number
    };
    let mut newest = 0;
    for _ in 0..kills {
        for _ in 0..=randomness.number_below(2) {
            newest = send_request();
        }
        events.try_iter().for_each(drop);
        let child = station.start();
        // A request causes about ten events.
        let mut events_left = 1 + randomness.number_below(18);
        while events_left > 0 {
            if events.recv_timeout(QUIET_PERIOD).is_ok() {
                events_left -= 1;
            } else {
                // All requests are answered, or the process is starting: send another request, to cause events.
                newest = send_request();
            }
        }
        kill(child);
        if randomness.number_below(4) > 0 {
            receive_responses(&station, &mut received);
        }
    }
    let child = station.start();
    while received.response_counts.len() < newest as usize {
        let before = received.response_counts.len();
        receive_responses(&station, &mut received);
        if received.response_counts.len() == before {
            assert!(
                events.recv_timeout(TEST_TIMEOUT).is_ok(),
                "{} of {newest} were answered",
                received.response_counts.len()
            );
        }
    }
    kill(child);
    assert!(received.response_counts.values().all(|count| *count == 1), "{:?}", received.response_counts);
    for folder in ["req", "res", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty"] {
        assert_eq!(
            fs::read_dir(station.exchange_folder(folder)).expect("the test has set this up").count(),
            0,
            "{folder}"
        );
    }
    let faulty_count = fs::read_dir(station.exchange_folder("err")).expect("the test has set this up").count();
    // A request that the system did not process is not known to be invalid.
    let is_refused_by_system =
        |number: &u32| TestRequest::from_number(*number).is_faulty() && !received.by_terminal.contains(number);
    assert_eq!(faulty_count, (1..=newest).filter(is_refused_by_system).count());
    // With enough kills every exchange was sent.
    let is_sent = |exchange| (1..=newest).map(TestRequest::from_number).any(|request| request.exchange == exchange);
    assert!((newest as usize) < EXCHANGES.len() || EXCHANGES.into_iter().all(is_sent));
}
