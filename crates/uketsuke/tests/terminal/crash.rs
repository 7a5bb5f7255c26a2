//! Killed over and over (SIGKILL, at events of the file system), it loses no ask and answers none twice.

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

/// How often the process is killed; `UKETSUKE_KILLS` says otherwise.
const KILLS: u32 = 150;

/// How long nothing happens before the receipt computer asks the next.
const QUIET_PERIOD: Duration = Duration::from_millis(150);

/// So many that their list comes packed.
const PEOPLE: usize = 700;

/// What is asked, one after the other: mostly what is answered at once, and now and then the packed list of all.
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

/// An ask of the receipt computer, by its number.
struct TestRequest {
    number: u32,
    exchange: Exchange,
}

impl TestRequest {
    fn from_number(number: u32) -> Self {
        // Sixteen has no factor with three and five, by which asks are told apart below: each kind comes in every way.
        Self { number, exchange: EXCHANGES[number as usize % EXCHANGES.len()] }
    }

    fn file_name(&self) -> FileName {
        FileName::new(self.exchange.request(), &self.number.to_string()).expect("digits are a name")
    }

    /// Whether the ask itself is at fault.
    fn is_faulty(&self) -> bool {
        self.number.is_multiple_of(5)
    }

    fn character_code(&self) -> CharacterCode {
        if self.number.is_multiple_of(2) { CharacterCode::Utf8 } else { CharacterCode::ShiftJis }
    }

    fn identifier(&self) -> Option<Identifier> {
        Identifier::new(&format!("ask-{}", self.number))
    }

    /// The file. `list` is the number of a list that can be fetched.
    fn to_bytes(&self, station: &TestStation, list: &BulkNumber) -> Vec<u8> {
        let day = |text| base::parse_date(text).expect("the test made it so");
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
                // A search that ends before it begins is at fault.
                let to = day(if self.is_faulty() { "2026-11-23" } else { "2026-11-25" });
                let period = Period::Examination { from: today, to };
                let search = BulkSearch { period, treatment: MedicalTreatment::Online };
                Message::BulkSearch(RequestMessage { header, body: BulkSearchRequest { search } })
            }
            Exchange::OnlineBulkFetch => {
                // And so is one for a list that was never made.
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
                    // A page to print, which nobody makes.
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
            // A search without a birth date cannot be read.
            return without_birth_date(file);
        }
        file
    }

    /// The answer is to this ask, whole, in its character code, and says what it must. By whom it was answered.
    fn check_response(&self, name: &FileName, bytes: &[u8]) -> Responder {
        let packed = name.extension() == Extension::Zip;
        let unpacked = if packed { oqs::unpack(name, bytes).expect("a whole archive") } else { bytes.to_vec() };
        let reading = oqs::parse(name.interface(), &unpacked).expect("a whole answer");
        if error_code(&reading.message) == Some("T102") {
            return Responder::Terminal;
        }
        assert_eq!(packed, self.exchange == Exchange::OnlineBulkFetch && !self.is_faulty(), "{name}");
        assert_eq!(reading.character_code, self.character_code(), "{name}");
        let (identifier, faulty) = match reading.message {
            Message::BulkSearchResponse(answer) => read_outcome(answer, |_| ()),
            // Each has one reception, and a unit for each insurance.
            Message::BulkResult(answer) => read_outcome(answer, |result| {
                let searches = result.units.iter().filter_map(|unit| unit.search.as_ref());
                let receptions: BTreeSet<_> = searches.filter_map(|search| search.identifier.as_ref()).collect();
                assert_eq!(receptions.len(), PEOPLE);
            }),
            Message::QualificationResponse(answer) => {
                read_outcome(answer, |found| assert_eq!(found.validity, Some(QualificationValidity::Valid)))
            }
            Message::MedicineRecords(answer) => {
                (answer.header.identifier, matches!(answer.outcome, MedicalOutcome::Refused(_)))
            }
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(faulty, self.is_faulty(), "{name}");
        assert_eq!(identifier, self.identifier(), "{name}");
        Responder::System
    }
}

/// Who answered an ask.
enum Responder {
    System,
    /// On a busy machine the system may not answer in time, and the terminal says so instead.
    Terminal,
}

/// The code with which an answer says no as a whole.
fn error_code(message: &Message) -> Option<&str> {
    fn outcome_error_code<Body>(answer: &ResponseMessage<Body>) -> Option<&str> {
        if let Outcome::Abnormal(fault) = &answer.outcome { fault.code.as_deref() } else { None }
    }
    match message {
        Message::BulkSearchResponse(answer) => outcome_error_code(answer),
        Message::BulkResult(answer) => outcome_error_code(answer),
        Message::QualificationResponse(answer) => outcome_error_code(answer),
        Message::MedicineRecords(answer) => match &answer.outcome {
            MedicalOutcome::Refused(refusal) => Some(refusal.code()),
            MedicalOutcome::Normal(_) => None,
        },
        _ => None,
    }
}

/// What the receipt computer has: how often each ask was answered, and which ones the terminal answered by itself.
#[derive(Default)]
struct Received {
    response_counts: BTreeMap<u32, u32>,
    by_terminal: BTreeSet<u32>,
}

/// Whose answer it is, and whether the ask was at fault; else its body is looked at.
fn read_outcome<Body>(answer: ResponseMessage<Body>, body: impl FnOnce(Body)) -> (Option<Identifier>, bool) {
    let faulty = match answer.outcome {
        Outcome::Normal(found) => {
            body(found);
            false
        }
        Outcome::Abnormal(_) => true,
        Outcome::InProgress(_) => panic!("nobody is busy"),
    };
    (answer.header.identifier, faulty)
}

fn without_birth_date(mut file: Vec<u8>) -> Vec<u8> {
    let name = b"Birthdate>";
    while let Some(place) = file.windows(name.len()).position(|window| window == name) {
        file[place] = b'X';
    }
    file
}

/// The receipt computer puts an ask into `req`, as others do: whole by a rename, or written in place.
fn write_request(station: &TestStation, ask: &TestRequest, list: &BulkNumber) {
    let (name, file) = (ask.file_name().to_string(), ask.to_bytes(station, list));
    if ask.number.is_multiple_of(3) {
        fs::write(station.exchange_folder("req").join(name), file).expect("the test made it so");
    } else {
        let draft = station.exchange_folder("req").join(format!("{name}.tmp"));
        fs::write(&draft, file).expect("the test made it so");
        fs::rename(draft, station.exchange_folder("req").join(name)).expect("the test made it so");
    }
}

/// It takes what is in `res`, and counts.
fn receive_responses(station: &TestStation, received: &mut Received) {
    for entry in fs::read_dir(station.exchange_folder("res")).expect("the test made it so") {
        let path = entry.expect("the test made it so").path();
        let name = path.file_name().expect("the test made it so").to_str().expect("the test made it so");
        let number: u32 = name
            .rsplit_once('_')
            .and_then(|(_, number)| number.split('.').next()?.parse().ok())
            .expect("an answer has the number of its ask");
        let (ask, name): (_, FileName) = (TestRequest::from_number(number), name.parse().expect("the test made it so"));
        assert_eq!(name.with_extension(Extension::Xml), ask.file_name().response());
        match ask.check_response(&name, &fs::read(&path).expect("the test made it so")) {
            Responder::System => {}
            Responder::Terminal => {
                received.by_terminal.insert(number);
            }
        }
        fs::remove_file(path).expect("the test made it so");
        *received.response_counts.entry(number).or_default() += 1;
    }
}

/// The number of a list of everybody, asked for like any other.
fn request_bulk_list(station: &TestStation, events: &mpsc::Receiver<()>) -> BulkNumber {
    let ask = TestRequest { number: 0, exchange: Exchange::OnlineBulkSearch };
    let header = RequestHeader { institution: institution_code().into(), identifier: None, confirmation_date: None };
    let today = base::parse_date("2026-11-24").expect("a day");
    let period = Period::Examination { from: today, to: today };
    let search = BulkSearch { period, treatment: MedicalTreatment::Online };
    let message = Message::BulkSearch(RequestMessage { header, body: BulkSearchRequest { search } });
    let path = station.exchange_folder("req").join(ask.file_name().to_string());
    fs::write(path, oqs::write(&message, CharacterCode::Utf8)).expect("the test made it so");
    let child = station.start();
    let answer = station.exchange_folder("res").join(ask.file_name().response().to_string());
    while !answer.exists() {
        assert!(events.recv_timeout(TEST_TIMEOUT).is_ok(), "the list was never made");
    }
    let reading = oqs::parse(ask.exchange.response(), &fs::read(&answer).expect("the test made it so"));
    fs::remove_file(answer).expect("the test made it so");
    kill(child);
    let Message::BulkSearchResponse(answer) = reading.expect("a whole answer").message else {
        panic!("another message")
    };
    answer.header.bulk_number.expect("a list has a number")
}

#[test]
fn killed_at_any_instant_each_ask_is_answered_once() {
    let kills = env::var("UKETSUKE_KILLS").map_or(KILLS, |kills| kills.parse().expect("UKETSUKE_KILLS is a number"));
    let folder = tempfile::tempdir().expect("the test made it so");
    let station = start_station(folder.path(), PEOPLE);
    let randomness = Randomness::repeatable("killed at any instant");
    for folder in ["req", "res", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty"] {
        fs::create_dir_all(station.exchange_folder(folder)).expect("the test made it so");
    }
    let (told, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // The test may be over.
            let _ = told.send(());
        }
    })
    .expect("the test made it so");
    for folder in [".uketsuke", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty", "res"] {
        watcher.watch(&station.exchange_folder(folder), RecursiveMode::NonRecursive).expect("the test made it so");
    }
    let list = request_bulk_list(&station, &events);
    let (mut received, mut asked) = (Received::default(), 0);
    let mut ask = || {
        asked += 1;
        write_request(&station, &TestRequest::from_number(asked), &list);
        asked
    };
    let mut newest = 0;
    for _ in 0..kills {
        for _ in 0..=randomness.number_below(2) {
            newest = ask();
        }
        events.try_iter().for_each(drop);
        let child = station.start();
        // An ask makes some ten events.
        let mut left = 1 + randomness.number_below(18);
        while left > 0 {
            if events.recv_timeout(QUIET_PERIOD).is_ok() {
                left -= 1;
            } else {
                // All is answered, or the process begins: the receipt computer asks on, so that something happens.
                newest = ask();
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
        assert_eq!(fs::read_dir(station.exchange_folder(folder)).expect("the test made it so").count(), 0, "{folder}");
    }
    let aside = fs::read_dir(station.exchange_folder("err")).expect("the test made it so").count();
    // What the system did not get to is not known to be at fault.
    let heard = |number: &u32| TestRequest::from_number(*number).is_faulty() && !received.by_terminal.contains(number);
    assert_eq!(aside, (1..=newest).filter(heard).count());
    // A few kills more than a handful, and everything was asked.
    let asked = |exchange| (1..=newest).map(TestRequest::from_number).any(|ask| ask.exchange == exchange);
    assert!((newest as usize) < EXCHANGES.len() || EXCHANGES.into_iter().all(asked));
}
