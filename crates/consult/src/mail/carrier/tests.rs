use std::sync::{Arc, Mutex};

use base::{Key, Randomness, Span, Timestamp};
use database::{Transaction, trial};
use shell::Language;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{
    MIGRATIONS,
    mail::{CodeMessage, Letter},
    rules::{
        delivery::{LetterState, Reply},
        patient::MailAddress,
        sign_in::CODE_LIFETIME,
    },
    seal::Seal,
    store::{
        account::CodeAsker,
        mail::{enqueue_code, insert_letter},
    },
};

fn store(database: database::Database) -> Store {
    store_with_key(database, "seal")
}

fn store_with_key(database: database::Database, key: &str) -> Store {
    Store { seal: Seal::new(Key::new(&Randomness::repeatable(key))), ..Store::for_tests(database) }
}

fn clock() -> Clock {
    Clock::starting_at("2026-11-24T09:00:00+09:00".parse().unwrap())
}

async fn enqueue_codes(store: &Store, now: Timestamp, count: usize) {
    for place in 0..count {
        enqueue_code_to(store, now, &format!("person{place}@example.jp"), &format!("{place:06}")).await;
    }
}

async fn enqueue_code_to(store: &Store, now: Timestamp, to: &str, code: &str) {
    let (inner, to, code) = (store.clone(), to.to_owned(), code.to_owned());
    let enqueue = move |transaction: &mut Transaction<'_>| -> Result<LetterId, database::Error> {
        let dies_at = now.plus(CODE_LIFETIME);
        let message = CodeMessage { to: &to, code: &code, language: Language::Japanese, dies_at };
        enqueue_code(transaction, &inner, now, &message)
    };
    store.database.write(enqueue).await.unwrap();
}

/// A letter whose content does not die.
async fn enqueue_lasting(store: &Store, now: Timestamp, to: &str) {
    let letter =
        Letter { to: to.to_owned(), subject: "予約を受け付けました".to_owned(), body: "本文\n".to_owned() };
    let inner = store.clone();
    let enqueue = move |transaction: &mut Transaction<'_>| insert_letter(transaction, &inner, now, now, &letter, None);
    store.database.write(enqueue).await.unwrap();
}

async fn fates(store: &Store) -> Vec<(Option<String>, Option<String>)> {
    store
        .database
        .read(|transaction| {
            transaction.all("SELECT fate, last_error FROM outbox ORDER BY id", &[], |row| Ok((row.at(0)?, row.at(1)?)))
        })
        .await
        .unwrap_or_else(|error: database::Error| panic!("{error}"))
}

/// What a stub relay does at a point of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Say(&'static str),
    Close,
    Silence,
}

/// A point of the conversation at which a stub relay can be made to answer otherwise than well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Sender,
    Recipient,
    Data,
    Content,
}

/// What a stub relay heard.
#[derive(Default)]
struct Heard {
    commands: Vec<String>,
    letters: Vec<String>,
}

/// A relay on this machine that answers well but where it is told otherwise: the answers for a point are used up one by
/// one, the last for ever.
#[derive(Clone)]
struct StubRelay {
    port: u16,
    heard: Arc<Mutex<Heard>>,
}

impl StubRelay {
    async fn start(answers: &[(Point, Answer)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self { port: listener.local_addr().unwrap().port(), heard: Arc::default() };
        let script = Arc::new(Mutex::new(answers.to_vec()));
        let heard = relay.heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(speak(stream, script.clone(), heard.clone()));
            }
        });
        relay
    }

    fn relay(&self, tls: Encryption, credentials: Option<Credentials>, deadlines: Deadlines) -> Relay {
        let helo = parse_helo("consult.example.jp").unwrap();
        let smtp = SmtpRelay { host: "127.0.0.1".to_owned(), port: self.port, tls, credentials, helo, deadlines };
        Relay::of_smtp(smtp, parse_sender("uketsuke <no-reply@example.jp>").unwrap())
    }

    fn carrier(&self) -> Carrier {
        Carrier::Relay(self.relay(Encryption::None, None, Deadlines::default()))
    }

    fn letters(&self) -> Vec<String> {
        self.heard.lock().unwrap().letters.clone()
    }

    fn commands(&self) -> Vec<String> {
        self.heard.lock().unwrap().commands.clone()
    }
}

fn next_answer(script: &Mutex<Vec<(Point, Answer)>>, point: Point, good: &'static str) -> Answer {
    let mut script = script.lock().unwrap();
    let left = script.iter().filter(|(at, _)| *at == point).count();
    match script.iter().position(|(at, _)| *at == point) {
        Some(place) if left > 1 => script.remove(place).1,
        Some(place) => script[place].1.clone(),
        None => Answer::Say(good),
    }
}

async fn speak(stream: TcpStream, script: Arc<Mutex<Vec<(Point, Answer)>>>, heard: Arc<Mutex<Heard>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut letter: Option<String> = None;
    let mut point = Some((Point::Greeting, "220 relay"));
    loop {
        if let Some((at, good)) = point.take() {
            match next_answer(&script, at, good) {
                Answer::Say(text) => {
                    if write.write_all(format!("{text}\r\n").as_bytes()).await.is_err() {
                        return;
                    }
                    if at == Point::Data && text.starts_with("354") {
                        letter = Some(String::new());
                    }
                }
                Answer::Close => return,
                Answer::Silence => {
                    // Held open until the other side goes.
                    while let Ok(Some(_)) = lines.next_line().await {}
                    return;
                }
            }
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        if let Some(text) = &mut letter {
            if line == "." {
                heard.lock().unwrap().letters.push(letter.take().unwrap_or_default());
                point = Some((Point::Content, "250 taken"));
            } else {
                text.push_str(&line);
                text.push('\n');
            }
            continue;
        }
        heard.lock().unwrap().commands.push(line.clone());
        point = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => Some((Point::Ehlo, "250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS")),
            "STARTTLS" => Some((Point::StartTls, "220 go on")),
            "AUTH" => Some((Point::Auth, "235 2.7.0 welcome")),
            "MAIL" => Some((Point::Sender, "250 good")),
            "RCPT" => Some((Point::Recipient, "250 good")),
            "DATA" => Some((Point::Data, "354 go on")),
            _ => return,
        };
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as a relay takes them")]
fn credentials() -> Option<Credentials> {
    Some(Credentials::new("user".to_owned(), "password".to_owned()))
}

fn start_tls() -> Encryption {
    Encryption::StartTls(TlsParameters::new("localhost".to_owned()).unwrap())
}

fn composed() -> Composed {
    let letter = Letter { to: "a@example.jp".to_owned(), subject: "a".to_owned(), body: "b\n".to_owned() };
    let id = LetterId::new(clock().now(), &Randomness::repeatable("letter"));
    Composed::new(&parse_sender("no-reply@example.jp").unwrap(), &letter, id, "example.jp", clock().now()).unwrap()
}

/// How an attempt ends with this answer at this point.
async fn fail_at(point: Point, answer: Answer, deadlines: Deadlines) -> Setback {
    let stub = StubRelay::start(&[(point, answer)]).await;
    let relay = match point {
        Point::StartTls => stub.relay(start_tls(), None, deadlines),
        Point::Auth => stub.relay(Encryption::None, credentials(), deadlines),
        _ => stub.relay(Encryption::None, None, deadlines),
    };
    relay.deliver(&composed(), || {}).await.expect_err("the attempt fails")
}

const POINTS: [(Point, Stage); 8] = [
    (Point::Greeting, Stage::Greeting),
    (Point::Ehlo, Stage::Greeting),
    (Point::StartTls, Stage::StartTls),
    (Point::Auth, Stage::Auth),
    (Point::Sender, Stage::Sender),
    (Point::Recipient, Stage::Recipient),
    (Point::Data, Stage::Data),
    (Point::Content, Stage::Content),
];

/// What becomes of a letter after its first attempt, by where the relay says what. The same table stands in
/// `docs/guide/operate.md`.
#[tokio::test]
async fn what_becomes_of_a_letter_follows_from_the_stage_and_the_answer() {
    let is_refusal = |stage: Stage, answer: &str| match stage {
        Stage::Recipient => matches!(answer, "550 5.1.1 no" | "550 no" | "552 5.2.2 full" | "554 no"),
        Stage::Data | Stage::Content => matches!(answer, "550 5.1.1 no" | "550 no" | "552 5.2.2 full"),
        _ => false,
    };
    let answers = [
        "421 4.3.2 later",
        "450 4.2.0 later",
        "451 4.7.1 later",
        "535 5.7.8 no",
        "550 5.4.5 no",
        "550 5.1.1 no",
        "550 no",
        "552 5.2.2 full",
        "554 no",
        "554 5.7.1 no",
    ];
    let trial = trial::each("consult", MIGRATIONS).remove(0);
    let worker = MailWorker::new(store(trial.database.clone()), Carrier::Outbox, clock());
    let now = worker.clock.now();
    let id = LetterId::new(now, &Randomness::system());
    let letter = Letter { to: String::new(), subject: String::new(), body: String::new() };
    let lasting = Claimed { id, letter: letter.clone(), attempts: 1, queued_at: now, dies_at: None };
    let code = Claimed { id, letter, attempts: 1, queued_at: now, dies_at: Some(now.plus(CODE_LIFETIME)) };
    for (point, stage) in POINTS {
        for answer in answers {
            let setback = fail_at(point, Answer::Say(answer), Deadlines::default()).await;
            assert_eq!(setback.stage, stage, "{point:?} {answer}");
            let retried = |fate: &Fate| matches!(fate, Fate::Again { .. });
            for claimed in [&lasting, &code] {
                let fate = worker.judge(claimed, &setback);
                assert_eq!(retried(&fate), !is_refusal(stage, answer), "{point:?} {answer}: {fate:?}");
                let (Fate::Again { why, .. } | Fate::Refused { why }) = &fate else { panic!("{fate:?}") };
                assert!(why.starts_with(&format!("{stage} {}", &answer[..3])), "{why}");
                assert!(!why.contains(" no") && !why.contains("later"), "a relay's text is not repeated: {why}");
            }
        }
        let setback = fail_at(point, Answer::Close, Deadlines::default()).await;
        assert_eq!(setback.consequence, Consequence::Retry, "{point:?} closed");
        let setback = fail_at(point, Answer::Say("what?"), Deadlines::default()).await;
        assert_eq!(setback.consequence, Consequence::Retry, "{point:?} no answer");
        assert_eq!(setback.cause, None, "what a relay wrote is not repeated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_silent_is_left_at_any_stage() {
    let short = Duration::from_secs(1);
    let deadlines =
        Deadlines { connect: short, command: short, content: short, attempt: short * 8, goodbye: short / 2 };
    let attempts = POINTS.map(|(point, stage)| {
        tokio::spawn(async move {
            let setback = fail_at(point, Answer::Silence, deadlines).await;
            assert_eq!(setback.failure, Failure::Silent, "{point:?}");
            let stage = if stage == Stage::Greeting { Stage::Connect } else { stage };
            assert_eq!(setback.stage, stage);
            assert_eq!(setback.consequence, Consequence::Retry);
        })
    });
    for attempt in attempts {
        attempt.await.unwrap();
    }
}

#[tokio::test]
async fn a_relay_that_is_not_there_or_lacks_what_is_needed_is_tried_again() {
    let nowhere = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        StubRelay { port: listener.local_addr().unwrap().port(), heard: Arc::default() }
    };
    let setback =
        nowhere.relay(Encryption::None, None, Deadlines::default()).deliver(&composed(), || {}).await.unwrap_err();
    assert_eq!((setback.stage, setback.failure), (Stage::Connect, Failure::Broken));
    assert!(setback.cause.is_some(), "the system's word is of use");
    let plain = StubRelay::start(&[(Point::Ehlo, Answer::Say("250 relay"))]).await;
    for (tls, credentials, stage) in
        [(start_tls(), None, Stage::StartTls), (Encryption::None, credentials(), Stage::Auth)]
    {
        let relay = plain.relay(tls, credentials, Deadlines::default());
        let setback = relay.deliver(&composed(), || {}).await.unwrap_err();
        assert_eq!((setback.stage, setback.failure), (stage, Failure::Unsupported));
        assert_eq!(setback.consequence, Consequence::Retry);
    }
}

#[tokio::test]
async fn the_service_says_its_own_name() {
    let stub = StubRelay::start(&[]).await;
    stub.relay(Encryption::None, None, Deadlines::default()).deliver(&composed(), || {}).await.unwrap();
    assert_eq!(stub.commands()[0], "EHLO consult.example.jp");
    let check = |name: &str, expected: Option<&str>| {
        assert_eq!(parse_helo(name).map(|helo| helo.to_string()).as_deref(), expected, "{name}");
    };
    check("consult.example.jp", Some("consult.example.jp"));
    check("localhost", Some("localhost"));
    check("192.0.2.1", Some("[192.0.2.1]"));
    check("[2001:db8::1]", Some("[IPv6:2001:db8::1]"));
    check("my_machine", None);
    check("a b", None);
    check("a\r\nQUIT", None);
    check("", None);
}

#[tokio::test]
async fn an_old_carrier_address_is_named_as_it_is_written_and_then_quoted() {
    for trial in trial::each("consult", MIGRATIONS) {
        for address in ["taro..yamada@docomo.ne.jp", "taro.@docomo.ne.jp"] {
            let (local, host) = address.split_once('@').unwrap();
            let (written, quoted) = (format!("RCPT TO:<{address}>"), format!("RCPT TO:<\"{local}\"@{host}>"));
            for (answers, expected) in [
                (vec!["250 good"], vec![&written]),
                (vec!["501 5.1.3 bad address", "250 good"], vec![&written, &quoted]),
                (vec!["553 bad address", "250 good"], vec![&written, &quoted]),
            ] {
                let answers: Vec<_> =
                    answers.into_iter().map(|answer| (Point::Recipient, Answer::Say(answer))).collect();
                let stub = StubRelay::start(&answers).await;
                let worker = MailWorker::new(store(trial.database.clone()), stub.carrier(), clock());
                enqueue_code_to(&worker.store, worker.clock.now(), address, "012345").await;
                assert_eq!(worker.carry_one().await.unwrap(), Carried::One);
                let commands = stub.commands();
                let named: Vec<_> = commands.iter().filter(|line| line.starts_with("RCPT")).collect();
                assert_eq!(named, expected, "{}", trial.engine);
                assert!(stub.letters()[0].contains(&format!("To: \"{local}\"@{host}")));
            }
        }
    }
}

#[tokio::test]
async fn in_the_demo_a_letter_is_composed_as_everywhere() {
    for trial in trial::each("consult", MIGRATIONS) {
        let worker = MailWorker::new(store(trial.database.clone()), Carrier::Outbox, clock());
        for address in ["taro..yamada@docomo.ne.jp", "taro.@docomo.ne.jp"] {
            enqueue_code_to(&worker.store, worker.clock.now(), address, "012345").await;
            assert_eq!(worker.carry_one().await.unwrap(), Carried::One);
        }
        enqueue_lasting(&worker.store, worker.clock.now(), "no address").await;
        assert_eq!(worker.carry_one().await.unwrap(), Carried::One);
        let fates: Vec<_> = fates(&worker.store).await.into_iter().filter_map(|(fate, _)| fate).collect();
        assert_eq!(fates, ["kept", "kept", "given_up"], "{}", trial.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_every_letter_once() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 20).await;
        let stub = StubRelay::start(&[]).await;
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let worker = MailWorker::new(store.clone(), stub.carrier(), clock.clone());
                tokio::spawn(async move { while worker.carry_one().await.unwrap() == Carried::One {} })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        let letters = stub.letters();
        assert_eq!(letters.len(), 20, "{}", trial.engine);
        for place in 0..20 {
            let to = format!("To: person{place}@example.jp");
            assert_eq!(letters.iter().filter(|letter| letter.contains(&to)).count(), 1, "{}: {to}", trial.engine);
        }
        assert!(letters.iter().all(|letter| letter.contains("Auto-Submitted: auto-generated")));
        assert!(store.outbox().await.unwrap().is_empty(), "what was sent is forgotten");
    }
}

#[tokio::test]
async fn trouble_with_the_relay_is_known_and_costs_no_letter_for_a_day() {
    for trial in trial::each("consult", MIGRATIONS) {
        let stub = StubRelay::start(&[(Point::Auth, Answer::Say("535 5.7.8 no"))]).await;
        let carrier = Carrier::Relay(stub.relay(Encryption::None, credentials(), Deadlines::default()));
        let worker = MailWorker::new(store(trial.database.clone()), carrier, clock());
        let began = worker.clock.now();
        enqueue_lasting(&worker.store, began, "a@example.jp").await;
        assert_eq!(worker.relay_trouble(), None);
        let mut tries = 0;
        while worker.clock.now() < began.plus(Span::from_hours(24)) {
            if worker.carry_one().await.unwrap() == Carried::RelayTrouble {
                tries += 1;
            }
            let trouble = worker.relay_trouble().expect("trouble");
            assert!(trouble.since >= began && trouble.since < began.plus(Span::from_mins(1)));
            assert_eq!((trouble.stage, trouble.code), ("auth", Some(535)));
            worker.clock.set(worker.clock.now().plus(Span::from_mins(15)));
        }
        assert!(tries > 40, "{tries}");
        assert_eq!(fates(&worker.store).await, [(None, Some("auth 535 5.7.8".to_owned()))], "{}", trial.engine);
        // The last attempt after a day gives it up.
        worker.clock.set(began.plus(Span::from_hours(25)));
        assert_eq!(worker.carry_one().await.unwrap(), Carried::RelayTrouble);
        assert_eq!(fates(&worker.store).await[0].0.as_deref(), Some("given_up"));
        let healed = MailWorker { carrier: StubRelay::start(&[]).await.carrier(), ..worker };
        enqueue_lasting(&healed.store, healed.clock.now(), "b@example.jp").await;
        assert_eq!(healed.carry_one().await.unwrap(), Carried::One);
        assert_eq!(healed.relay_trouble(), None);
    }
}

#[tokio::test]
async fn a_code_is_tried_while_it_is_good_and_never_comes_late() {
    for trial in trial::each("consult", MIGRATIONS) {
        let stub = StubRelay::start(&[(Point::Recipient, Answer::Say("450 4.2.0 later"))]).await;
        let worker = MailWorker::new(store(trial.database.clone()), stub.carrier(), clock());
        let began = worker.clock.now();
        enqueue_codes(&worker.store, began, 1).await;
        let mut tries = 0;
        while worker.clock.now() < began.plus(Span::from_mins(11)) {
            if worker.carry_one().await.unwrap() == Carried::One {
                tries += 1;
            }
            worker.clock.set(worker.clock.now().plus(Span::from_secs(5)));
        }
        assert!((18..=42).contains(&tries), "every 15 to 30 seconds: {tries}");
        assert_eq!(fates(&worker.store).await[0].0.as_deref(), Some("expired"), "{}", trial.engine);
        assert!(worker.store.outbox().await.unwrap().is_empty());
        // A relay that was away for eleven minutes gets no dead code.
        let down = StubRelay::start(&[]).await;
        let worker = MailWorker { carrier: down.carrier(), ..worker };
        enqueue_codes(&worker.store, worker.clock.now(), 1).await;
        worker.clock.set(worker.clock.now().plus(Span::from_mins(11)));
        assert_eq!(worker.carry_one().await.unwrap(), Carried::NothingDue);
        assert!(down.letters().is_empty());
    }
}

#[tokio::test]
async fn what_dies_soon_is_sent_before_what_lasts() {
    for trial in trial::each("consult", MIGRATIONS) {
        let stub = StubRelay::start(&[]).await;
        let worker = MailWorker::new(store(trial.database.clone()), stub.carrier(), clock());
        enqueue_lasting(&worker.store, worker.clock.now(), "a@example.jp").await;
        enqueue_codes(&worker.store, worker.clock.now().plus(Span::from_secs(1)), 1).await;
        worker.clock.set(worker.clock.now().plus(Span::from_secs(2)));
        assert_eq!(worker.carry_one().await.unwrap(), Carried::One);
        assert!(stub.letters()[0].contains("To: person0@example.jp"), "{}", trial.engine);
    }
}

#[tokio::test]
async fn the_page_that_waits_for_a_code_knows_how_its_letter_fares() {
    for trial in trial::each("consult", MIGRATIONS) {
        let check = async |recipient: &'static str, after: Span, expected: LetterState| {
            let stub = StubRelay::start(&[(Point::Recipient, Answer::Say(recipient))]).await;
            let worker = MailWorker::new(store(trial.database.clone()), stub.carrier(), clock());
            let (store, now) = (&worker.store, worker.clock.now());
            let browser = base::Token::new(&store.randomness);
            let address: MailAddress = format!("{}@example.jp", store.randomness.below(1_000_000)).parse().unwrap();
            let (code, asker) = ("012345".to_owned(), CodeAsker::default());
            store.send_code(browser.clone(), address, code, "/".into(), Language::Japanese, now, asker).await.unwrap();
            let state = async |at| store.code_letter_state(browser.digest(), at).await.unwrap();
            assert_eq!(state(now).await, Some(LetterState::OnItsWay));
            assert_eq!(state(now.plus(Span::from_secs(30))).await, Some(LetterState::Late), "nobody tried it");
            worker.clock.set(now.plus(after));
            worker.carry_one().await.unwrap();
            assert_eq!(state(worker.clock.now()).await, Some(expected), "{} {recipient}", trial.engine);
            assert_eq!(state(now.plus(CODE_LIFETIME)).await, None);
        };
        check("250 good", Span::from_secs(1), LetterState::Sent).await;
        check("450 later", Span::from_secs(1), LetterState::Late).await;
        check("550 5.1.1 no such user", Span::from_secs(1), LetterState::Refused).await;
        check("450 later", CODE_LIFETIME.checked_sub(Span::from_secs(5)).unwrap(), LetterState::Dropped).await;
    }
}

#[tokio::test]
async fn a_node_that_dies_with_a_letter_loses_nothing() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 1).await;
        assert!(store.claim_letter(clock.now()).await.unwrap().letter.is_some());
        assert!(store.claim_letter(clock.now()).await.unwrap().letter.is_none(), "it is another's");
        let later = clock.now().plus(Span::from_mins(2));
        let again = store.claim_letter(later).await.unwrap().letter.expect("the claim is over");
        assert_eq!(again.attempts, 2);
        // What the first node says now comes too late.
        store.settle_letter(again.id, 1, Fate::Sent, later).await.unwrap();
        assert_eq!(store.outbox().await.unwrap().len(), 1, "{}", trial.engine);
    }
}

#[tokio::test]
async fn a_node_that_is_stopped_gives_its_letters_back() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        let worker = MailWorker::new(store.clone(), Carrier::Outbox, clock.clone());
        let check = async |progress: Progress, expected: bool| {
            enqueue_codes(&store, clock.now(), 1).await;
            let claimed = store.claim_letter(clock.now()).await.unwrap().letter.expect("a letter");
            worker.hold(&claimed);
            worker.progress(claimed.id, progress.clone());
            worker.give_back().await.unwrap();
            let again = store.claim_letter(clock.now()).await.unwrap().letter;
            assert_eq!(again.is_some(), expected, "{}: {progress:?}", trial.engine);
            if let Some(again) = again {
                store.settle_letter(again.id, again.attempts, Fate::Sent, clock.now()).await.unwrap();
            }
        };
        check(Progress::Trying, true).await;
        check(Progress::Committed, false).await;
        check(Progress::Decided(Fate::Sent), false).await;
        let settled = fates(&store).await.into_iter().filter(|(fate, _)| fate.as_deref() == Some("sent")).count();
        assert_eq!(settled, 2, "what was decided is written down");
    }
}

#[tokio::test]
async fn a_letter_that_another_key_opens_is_left_for_it() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (mine, clock) = (store(trial.database.clone()), clock());
        let other = store_with_key(trial.database.clone(), "other");
        enqueue_codes(&other, clock.now(), 1).await;
        enqueue_codes(&mine, clock.now(), 1).await;
        // A letter of a version that did not name its key.
        mine.database
            .write(|transaction| -> Result<(), database::Error> {
                transaction.execute("UPDATE outbox SET sealed_by = NULL", &[]).map(|_| ())
            })
            .await
            .unwrap();
        let stub = StubRelay::start(&[]).await;
        let worker = MailWorker::new(mine.clone(), stub.carrier(), clock.clone());
        while worker.carry_one().await.unwrap() == Carried::One {}
        assert_eq!(stub.letters().len(), 1, "{}", trial.engine);
        assert_eq!(mine.count_foreign_letters(clock.now()).await.unwrap(), 1);
        enqueue_codes(&other, clock.now(), 1).await;
        assert_eq!(worker.carry_one().await.unwrap(), Carried::NothingDue);
        assert_eq!(mine.count_foreign_letters(clock.now()).await.unwrap(), 2);
        let worker = MailWorker::new(other, stub.carrier(), clock);
        assert_eq!(worker.carry_one().await.unwrap(), Carried::One, "the node with the key sends its own at once");
        assert_eq!(stub.letters().len(), 2, "{}", trial.engine);
    }
}

#[tokio::test]
async fn in_the_demo_letters_stay_readable_and_lie_sealed() {
    for trial in trial::each("consult", MIGRATIONS) {
        let worker = MailWorker::new(store(trial.database.clone()), Carrier::Outbox, clock());
        enqueue_codes(&worker.store, worker.clock.now(), 1).await;
        assert_eq!(worker.carry_one().await.unwrap(), Carried::One);
        assert_eq!(worker.carry_one().await.unwrap(), Carried::NothingDue);
        let letters = worker.store.outbox().await.unwrap();
        assert!(letters[0].letter.body.contains("000000"));
        let sealed: Vec<u8> = trial
            .database
            .read(|transaction| transaction.one("SELECT sealed FROM outbox", &[], |row| row.at(0)))
            .await
            .unwrap_or_else(|error: database::Error| panic!("{error}"));
        assert!(!sealed.windows(6).any(|part| part == b"000000" || part == b"person"), "{}", trial.engine);
    }
}

#[test]
fn mail_leaves_the_machine_over_tls_only() {
    let relay = |host, security, from, helo| Relay::new(host, 587, security, None, from, helo).map(|_| ());
    let (from, helo) = ("no-reply@example.jp", "consult.example.jp");
    assert_eq!(relay("localhost", Security::None, from, helo), Ok(()));
    assert_eq!(relay("mail.example.jp", Security::StartTls, from, helo), Ok(()));
    assert_eq!(relay("mail.example.jp", Security::Tls, from, helo), Ok(()));
    let clear = relay("mail.example.jp", Security::None, from, helo);
    assert_eq!(clear, Err(WrongRelay::ClearText("mail.example.jp".to_owned())));
    let sender = relay("localhost", Security::None, "nobody", helo);
    assert_eq!(sender, Err(WrongRelay::Sender("nobody".to_owned())));
    let helo = relay("localhost", Security::None, from, "my_machine");
    assert_eq!(helo, Err(WrongRelay::Helo("my_machine".to_owned())));
}

#[tokio::test]
async fn a_folder_gets_a_file_for_each_letter_and_one_that_is_not_there_gets_it_later() {
    for trial in trial::each("consult", MIGRATIONS) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("letters");
        let carrier = Carrier::Relay(Relay::folder(folder.clone(), "uketsuke <no-reply@example.jp>").unwrap());
        let worker = MailWorker::new(store(trial.database.clone()), carrier, clock());
        enqueue_codes(&worker.store, worker.clock.now(), 1).await;
        assert_eq!(worker.carry_one().await.unwrap(), Carried::RelayTrouble);
        assert_eq!(worker.store.outbox().await.unwrap().len(), 1, "{}: it waits", trial.engine);
        std::fs::create_dir(&folder).unwrap();
        worker.clock.set(worker.clock.now().plus(Span::from_mins(1)));
        assert_eq!(worker.carry_one().await.unwrap(), Carried::One);
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        let [file] = &files[..] else { panic!("{files:?}") };
        assert_eq!(file.extension().unwrap(), "eml");
        assert!(std::fs::read_to_string(file).unwrap().contains("To: person0@example.jp"));
        assert!(worker.store.outbox().await.unwrap().is_empty());
    }
    assert!(matches!(Relay::folder("letters".into(), "nobody"), Err(WrongRelay::Sender(_))));
}

#[test]
fn a_reply_is_kept_by_its_codes_alone() {
    let reply = Reply { code: 550, enhanced: crate::rules::delivery::EnhancedCode::parse("5.1.1 <a@b.example> no") };
    assert!(!format!("{reply:?}").contains('@'));
}
