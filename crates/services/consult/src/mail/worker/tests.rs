use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base::{Clock, Key, Randomness, Span, Timestamp};
use database::{Transaction, test_database};
use lettre::transport::smtp::{authentication::Credentials, client::TlsParameters};
use text::Language;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{
    AttemptProgress, MailTransport, MailWorker, Relay, Security, SendOutcome, WrongRelay, parse_helo, parse_sender,
};
use crate::{
    mail::{
        letter::Letter,
        message::ComposedMessage,
        relay::{Deadlines, Encryption, FailedAttempt, SmtpRelay},
        rules::{
            address::MailAddress,
            delivery::{Consequence, DeliveryFailure, DeliveryStage, EnhancedCode, LetterState, SmtpReply},
        },
        store::{ClaimedLetter, DeliveryOutcome, LetterId, insert_letter},
    },
    people::{rules::sign_in::CODE_LIFETIME, store::CodeRequester},
    seal::Seal,
    store::{Store, schema::MIGRATIONS},
};

fn store(database: database::Database) -> Store {
    store_with_key(database, "seal")
}

fn store_with_key(database: database::Database, key: &str) -> Store {
    Store { seal: Seal::new(Key::new(&Randomness::repeatable(key))), ..Store::for_tests(database) }
}

fn clock() -> Clock {
    Clock::stopped_at("2026-11-24T09:00:00+09:00".parse().unwrap())
}

async fn enqueue_codes(store: &Store, now: Timestamp, count: usize) {
    for number in 0..count {
        enqueue_code_to(store, now, &format!("person{number}@example.jp"), &format!("{number:06}")).await;
    }
}

/// A letter with a code, which expires with it.
async fn enqueue_code_to(store: &Store, now: Timestamp, recipient: &str, code: &str) {
    let letter = Letter {
        to: recipient.to_owned(),
        subject: format!("確認コード {code}"),
        body: format!("{code}\n"),
        calendar: None,
    };
    enqueue(store, now, letter, Some(now.plus(CODE_LIFETIME))).await;
}

/// A letter whose content does not expire.
async fn enqueue_non_expiring(store: &Store, now: Timestamp, recipient: &str) {
    let letter = Letter {
        to: recipient.to_owned(),
        subject: "予約を受け付けました".to_owned(),
        body: "本文\n".to_owned(),
        calendar: None,
    };
    enqueue(store, now, letter, None).await;
}

async fn enqueue(store: &Store, now: Timestamp, letter: Letter, expires_at: Option<Timestamp>) {
    let inner = store.clone();
    let insert =
        move |transaction: &mut Transaction<'_>| insert_letter(transaction, &inner, now, now, &letter, expires_at);
    store.database.write(insert).await.unwrap();
}

async fn list_outcomes(store: &Store) -> Vec<(Option<String>, Option<String>)> {
    store
        .database
        .read(|transaction| {
            transaction
                .fetch_all("SELECT fate, last_error FROM outbox ORDER BY id", &[], |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .await
        .unwrap_or_else(|error: database::Error| panic!("{error}"))
}

/// What a stub relay does at a point of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
enum StubResponse {
    Reply(&'static str),
    Close,
    NoResponse,
}

/// A point of the session at which a stub relay can be made to give another response than success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConversationPoint {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Sender,
    Recipient,
    Data,
    Content,
}

/// What a stub relay received.
#[derive(Default)]
struct StubRecord {
    commands: Vec<String>,
    letters: Vec<String>,
}

/// A relay on this machine that succeeds except where its script says otherwise: the responses for a point are used one by
/// one, the last repeatedly.
#[derive(Clone)]
struct StubRelay {
    port: u16,
    record: Arc<Mutex<StubRecord>>,
}

impl StubRelay {
    async fn start(responses: &[(ConversationPoint, StubResponse)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self { port: listener.local_addr().unwrap().port(), record: Arc::default() };
        let script = Arc::new(Mutex::new(responses.to_vec()));
        let record = relay.record.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_connection(stream, script.clone(), record.clone()));
            }
        });
        relay
    }

    fn relay(&self, tls: Encryption, credentials: Option<Credentials>, deadlines: Deadlines) -> Relay {
        let helo = parse_helo("consult.example.jp").unwrap();
        let smtp = SmtpRelay { host: "127.0.0.1".to_owned(), port: self.port, tls, credentials, helo, deadlines };
        Relay::from_smtp(smtp, parse_sender("uketsuke <no-reply@example.jp>").unwrap())
    }

    fn transport(&self) -> MailTransport {
        MailTransport::Relay(self.relay(Encryption::None, None, Deadlines::default()))
    }

    fn letters(&self) -> Vec<String> {
        self.record.lock().unwrap().letters.clone()
    }

    fn commands(&self) -> Vec<String> {
        self.record.lock().unwrap().commands.clone()
    }
}

fn next_response(
    script: &Mutex<Vec<(ConversationPoint, StubResponse)>>,
    point: ConversationPoint,
    success: &'static str,
) -> StubResponse {
    let mut script = script.lock().unwrap();
    let remaining = script.iter().filter(|(entry, _)| *entry == point).count();
    match script.iter().position(|(entry, _)| *entry == point) {
        Some(position) if remaining > 1 => script.remove(position).1,
        Some(position) => script[position].1.clone(),
        None => StubResponse::Reply(success),
    }
}

async fn serve_connection(
    stream: TcpStream,
    script: Arc<Mutex<Vec<(ConversationPoint, StubResponse)>>>,
    record: Arc<Mutex<StubRecord>>,
) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut letter: Option<String> = None;
    let mut point = Some((ConversationPoint::Greeting, "220 relay"));
    loop {
        if let Some((current, success)) = point.take() {
            match next_response(&script, current, success) {
                StubResponse::Reply(text) => {
                    if write.write_all(format!("{text}\r\n").as_bytes()).await.is_err() {
                        return;
                    }
                    if current == ConversationPoint::Data && text.starts_with("354") {
                        letter = Some(String::new());
                    }
                }
                StubResponse::Close => return,
                StubResponse::NoResponse => {
                    // Held open until the client disconnects.
                    while let Ok(Some(_)) = lines.next_line().await {}
                    return;
                }
            }
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        if let Some(text) = &mut letter {
            if line == "." {
                record.lock().unwrap().letters.push(letter.take().unwrap_or_default());
                point = Some((ConversationPoint::Content, "250 taken"));
            } else {
                text.push_str(&line);
                text.push('\n');
            }
            continue;
        }
        record.lock().unwrap().commands.push(line.clone());
        point = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => Some((ConversationPoint::Ehlo, "250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS")),
            "STARTTLS" => Some((ConversationPoint::StartTls, "220 go on")),
            "AUTH" => Some((ConversationPoint::Auth, "235 2.7.0 welcome")),
            "MAIL" => Some((ConversationPoint::Sender, "250 good")),
            "RCPT" => Some((ConversationPoint::Recipient, "250 good")),
            "DATA" => Some((ConversationPoint::Data, "354 go on")),
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

fn composed() -> ComposedMessage {
    let letter =
        Letter { to: "a@example.jp".to_owned(), subject: "a".to_owned(), body: "b\n".to_owned(), calendar: None };
    let id = LetterId::new(clock().now(), &Randomness::repeatable("letter"));
    ComposedMessage::new(&parse_sender("no-reply@example.jp").unwrap(), &letter, id, "example.jp", clock().now())
        .unwrap()
}

/// The failure of an attempt that gets this response at this point.
async fn attempt_failing_at(point: ConversationPoint, response: StubResponse, deadlines: Deadlines) -> FailedAttempt {
    let stub = StubRelay::start(&[(point, response)]).await;
    let relay = match point {
        ConversationPoint::StartTls => stub.relay(start_tls(), None, deadlines),
        ConversationPoint::Auth => stub.relay(Encryption::None, credentials(), deadlines),
        _ => stub.relay(Encryption::None, None, deadlines),
    };
    relay.deliver(&composed(), || {}).await.expect_err("the attempt fails")
}

const POINTS: [(ConversationPoint, DeliveryStage); 8] = [
    (ConversationPoint::Greeting, DeliveryStage::Greeting),
    (ConversationPoint::Ehlo, DeliveryStage::Greeting),
    (ConversationPoint::StartTls, DeliveryStage::StartTls),
    (ConversationPoint::Auth, DeliveryStage::Auth),
    (ConversationPoint::Sender, DeliveryStage::Sender),
    (ConversationPoint::Recipient, DeliveryStage::Recipient),
    (ConversationPoint::Data, DeliveryStage::Data),
    (ConversationPoint::Content, DeliveryStage::Content),
];

/// The outcome of a letter's first attempt by stage and reply. The same table is in `docs/guide/operate.md`.
#[tokio::test]
async fn what_becomes_of_a_letter_follows_from_the_stage_and_the_answer() {
    let is_refusal = |stage: DeliveryStage, reply: &str| match stage {
        DeliveryStage::Recipient => matches!(reply, "550 5.1.1 no" | "550 no" | "552 5.2.2 full" | "554 no"),
        DeliveryStage::Data | DeliveryStage::Content => matches!(reply, "550 5.1.1 no" | "550 no" | "552 5.2.2 full"),
        _ => false,
    };
    let replies = [
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
    let trial = test_database::open_on_each_engine("consult", MIGRATIONS).remove(0);
    let worker = MailWorker::new(store(trial.database.clone()), MailTransport::Outbox, clock());
    let now = worker.clock.now();
    let id = LetterId::new(now, &Randomness::system());
    let letter = Letter { to: String::new(), subject: String::new(), body: String::new(), calendar: None };
    let lasting = ClaimedLetter { id, letter: letter.clone(), attempts: 1, queued_at: now, expires_at: None };
    let code = ClaimedLetter { id, letter, attempts: 1, queued_at: now, expires_at: Some(now.plus(CODE_LIFETIME)) };
    for (point, stage) in POINTS {
        for reply in replies {
            let attempt = attempt_failing_at(point, StubResponse::Reply(reply), Deadlines::default()).await;
            assert_eq!(attempt.stage, stage, "{point:?} {reply}");
            let retried = |outcome: &DeliveryOutcome| matches!(outcome, DeliveryOutcome::Retry { .. });
            for claimed in [&lasting, &code] {
                let outcome = worker.decide_outcome(claimed, &attempt);
                assert_eq!(retried(&outcome), !is_refusal(stage, reply), "{point:?} {reply}: {outcome:?}");
                let (DeliveryOutcome::Retry { reason, .. } | DeliveryOutcome::Refused { reason }) = &outcome else {
                    panic!("{outcome:?}")
                };
                assert!(reason.starts_with(&format!("{stage} {}", &reply[..3])), "{reason}");
                assert!(
                    !reason.contains(" no") && !reason.contains("later"),
                    "a relay's text is not repeated: {reason}"
                );
            }
        }
        let attempt = attempt_failing_at(point, StubResponse::Close, Deadlines::default()).await;
        assert_eq!(attempt.consequence, Consequence::Retry, "{point:?} closed");
        let attempt = attempt_failing_at(point, StubResponse::Reply("what?"), Deadlines::default()).await;
        assert_eq!(attempt.consequence, Consequence::Retry, "{point:?} no answer");
        assert_eq!(attempt.cause, None, "what a relay wrote is not repeated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_silent_is_left_at_any_stage() {
    let short = Duration::from_secs(1);
    let deadlines = Deadlines { connect: short, command: short, content: short, attempt: short * 8, quit: short / 2 };
    let attempts = POINTS.map(|(point, stage)| {
        tokio::spawn(async move {
            let attempt = attempt_failing_at(point, StubResponse::NoResponse, deadlines).await;
            assert_eq!(attempt.failure, DeliveryFailure::TimedOut, "{point:?}");
            let stage = if stage == DeliveryStage::Greeting { DeliveryStage::Connect } else { stage };
            assert_eq!(attempt.stage, stage);
            assert_eq!(attempt.consequence, Consequence::Retry);
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
        StubRelay { port: listener.local_addr().unwrap().port(), record: Arc::default() }
    };
    let attempt =
        nowhere.relay(Encryption::None, None, Deadlines::default()).deliver(&composed(), || {}).await.unwrap_err();
    assert_eq!((attempt.stage, attempt.failure), (DeliveryStage::Connect, DeliveryFailure::ConnectionFailed));
    assert!(attempt.cause.is_some(), "the system's word is of use");
    let plain = StubRelay::start(&[(ConversationPoint::Ehlo, StubResponse::Reply("250 relay"))]).await;
    for (tls, credentials, stage) in
        [(start_tls(), None, DeliveryStage::StartTls), (Encryption::None, credentials(), DeliveryStage::Auth)]
    {
        let relay = plain.relay(tls, credentials, Deadlines::default());
        let attempt = relay.deliver(&composed(), || {}).await.unwrap_err();
        assert_eq!((attempt.stage, attempt.failure), (stage, DeliveryFailure::Unsupported));
        assert_eq!(attempt.consequence, Consequence::Retry);
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
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        for address in ["taro..yamada@docomo.ne.jp", "taro.@docomo.ne.jp"] {
            let (local, host) = address.split_once('@').unwrap();
            let (plain, quoted) = (format!("RCPT TO:<{address}>"), format!("RCPT TO:<\"{local}\"@{host}>"));
            for (replies, expected) in [
                (vec!["250 good"], vec![&plain]),
                (vec!["501 5.1.3 bad address", "250 good"], vec![&plain, &quoted]),
                (vec!["553 bad address", "250 good"], vec![&plain, &quoted]),
            ] {
                let replies: Vec<_> = replies
                    .into_iter()
                    .map(|reply| (ConversationPoint::Recipient, StubResponse::Reply(reply)))
                    .collect();
                let stub = StubRelay::start(&replies).await;
                let worker = MailWorker::new(store(trial.database.clone()), stub.transport(), clock());
                enqueue_code_to(&worker.store, worker.clock.now(), address, "012345").await;
                assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::Processed);
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
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let worker = MailWorker::new(store(trial.database.clone()), MailTransport::Outbox, clock());
        for address in ["taro..yamada@docomo.ne.jp", "taro.@docomo.ne.jp"] {
            enqueue_code_to(&worker.store, worker.clock.now(), address, "012345").await;
            assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::Processed);
            worker.clock.set(worker.clock.now().plus(Span::from_secs(1)));
        }
        enqueue_non_expiring(&worker.store, worker.clock.now(), "no address").await;
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::Processed);
        let outcomes: Vec<_> =
            list_outcomes(&worker.store).await.into_iter().filter_map(|(outcome, _)| outcome).collect();
        assert_eq!(outcomes, ["kept", "kept", "given_up"], "{}", trial.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_every_letter_once() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 20).await;
        let stub = StubRelay::start(&[]).await;
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let worker = MailWorker::new(store.clone(), stub.transport(), clock.clone());
                tokio::spawn(async move { while worker.send_next_letter().await.unwrap() == SendOutcome::Processed {} })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        let letters = stub.letters();
        assert_eq!(letters.len(), 20, "{}", trial.engine);
        for number in 0..20 {
            let header = format!("To: person{number}@example.jp");
            assert_eq!(
                letters.iter().filter(|letter| letter.contains(&header)).count(),
                1,
                "{}: {header}",
                trial.engine
            );
        }
        assert!(letters.iter().all(|letter| letter.contains("Auto-Submitted: auto-generated")));
        assert!(store.list_outbox().await.unwrap().is_empty(), "what was sent is forgotten");
    }
}

#[tokio::test]
async fn trouble_with_the_relay_is_known_and_costs_no_letter_for_a_day() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let stub = StubRelay::start(&[(ConversationPoint::Auth, StubResponse::Reply("535 5.7.8 no"))]).await;
        let transport = MailTransport::Relay(stub.relay(Encryption::None, credentials(), Deadlines::default()));
        let worker = MailWorker::new(store(trial.database.clone()), transport, clock());
        let began = worker.clock.now();
        enqueue_non_expiring(&worker.store, began, "a@example.jp").await;
        assert_eq!(worker.relay_outage(), None);
        let mut tries = 0;
        while worker.clock.now() < began.plus(Span::from_hours(24)) {
            if worker.send_next_letter().await.unwrap() == SendOutcome::RelayUnavailable {
                tries += 1;
            }
            let outage = worker.relay_outage().expect("trouble");
            assert!(outage.since >= began && outage.since < began.plus(Span::from_mins(1)));
            assert_eq!((outage.stage, outage.code), ("auth", Some(535)));
            worker.clock.set(worker.clock.now().plus(Span::from_mins(15)));
        }
        assert!(tries > 40, "{tries}");
        assert_eq!(list_outcomes(&worker.store).await, [(None, Some("auth 535 5.7.8".to_owned()))], "{}", trial.engine);
        // The last attempt after a day gives it up.
        worker.clock.set(began.plus(Span::from_hours(25)));
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::RelayUnavailable);
        assert_eq!(list_outcomes(&worker.store).await[0].0.as_deref(), Some("given_up"));
        let recovered = MailWorker { transport: StubRelay::start(&[]).await.transport(), ..worker };
        enqueue_non_expiring(&recovered.store, recovered.clock.now(), "b@example.jp").await;
        assert_eq!(recovered.send_next_letter().await.unwrap(), SendOutcome::Processed);
        assert_eq!(recovered.relay_outage(), None);
    }
}

#[tokio::test]
async fn a_code_is_tried_while_it_is_good_and_never_comes_late() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let stub = StubRelay::start(&[(ConversationPoint::Recipient, StubResponse::Reply("450 4.2.0 later"))]).await;
        let worker = MailWorker::new(store(trial.database.clone()), stub.transport(), clock());
        let began = worker.clock.now();
        enqueue_codes(&worker.store, began, 1).await;
        let mut tries = 0;
        while worker.clock.now() < began.plus(Span::from_mins(11)) {
            if worker.send_next_letter().await.unwrap() == SendOutcome::Processed {
                tries += 1;
            }
            worker.clock.set(worker.clock.now().plus(Span::from_secs(5)));
        }
        assert!((18..=42).contains(&tries), "every 15 to 30 seconds: {tries}");
        assert_eq!(list_outcomes(&worker.store).await[0].0.as_deref(), Some("expired"), "{}", trial.engine);
        assert!(worker.store.list_outbox().await.unwrap().is_empty());
        // A relay that was down for eleven minutes gets no expired code.
        let recovered = StubRelay::start(&[]).await;
        let worker = MailWorker { transport: recovered.transport(), ..worker };
        enqueue_codes(&worker.store, worker.clock.now(), 1).await;
        worker.clock.set(worker.clock.now().plus(Span::from_mins(11)));
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::NothingDue);
        assert!(recovered.letters().is_empty());
    }
}

#[tokio::test]
async fn what_dies_soon_is_sent_before_what_lasts() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let stub = StubRelay::start(&[]).await;
        let worker = MailWorker::new(store(trial.database.clone()), stub.transport(), clock());
        enqueue_non_expiring(&worker.store, worker.clock.now(), "a@example.jp").await;
        enqueue_codes(&worker.store, worker.clock.now().plus(Span::from_secs(1)), 1).await;
        worker.clock.set(worker.clock.now().plus(Span::from_secs(2)));
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::Processed);
        assert!(stub.letters()[0].contains("To: person0@example.jp"), "{}", trial.engine);
    }
}

#[tokio::test]
async fn a_code_does_not_wait_behind_reminders_and_a_reminder_goes_in_its_turn() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let stub = StubRelay::start(&[]).await;
        let worker = MailWorker::new(store(trial.database.clone()), stub.transport(), clock());
        let now = worker.clock.now();
        let later = |seconds: i64| now.plus(Span::from_secs(seconds));
        let reminder = Letter {
            to: "reminded@example.jp".to_owned(),
            subject: "予約のお知らせ".to_owned(),
            body: "本文\n".to_owned(),
            calendar: None,
        };
        enqueue_non_expiring(&worker.store, now, "booked@example.jp").await;
        enqueue(&worker.store, later(1), reminder, Some(now.plus(Span::from_hours(2)))).await;
        enqueue_codes(&worker.store, later(2), 1).await;
        worker.clock.set(later(3));
        for recipient in ["person0@example.jp", "booked@example.jp", "reminded@example.jp"] {
            assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::Processed);
            let letter = stub.letters().pop().expect("a letter");
            assert!(letter.contains(&format!("To: {recipient}")), "{}: {letter}", trial.engine);
        }
    }
}

#[tokio::test]
async fn the_page_that_waits_for_a_code_knows_how_its_letter_fares() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let check = async |recipient: &'static str, after: Span, expected: LetterState| {
            let stub = StubRelay::start(&[(ConversationPoint::Recipient, StubResponse::Reply(recipient))]).await;
            let worker = MailWorker::new(store(trial.database.clone()), stub.transport(), clock());
            let (store, now) = (&worker.store, worker.clock.now());
            let browser = base::Token::new(&store.randomness);
            let address: MailAddress =
                format!("{}@example.jp", store.randomness.number_below(1_000_000)).parse().unwrap();
            let (code, requester) = ("012345".to_owned(), CodeRequester::default());
            store
                .send_code(browser.clone(), address, code, "/".into(), Language::Japanese, now, requester)
                .await
                .unwrap();
            let state = async |time| store.find_code_letter_state(browser.digest(), time).await.unwrap();
            assert_eq!(state(now).await, Some(LetterState::Pending));
            assert_eq!(state(now.plus(Span::from_secs(30))).await, Some(LetterState::Delayed), "nobody tried it");
            worker.clock.set(now.plus(after));
            worker.send_next_letter().await.unwrap();
            assert_eq!(state(worker.clock.now()).await, Some(expected), "{} {recipient}", trial.engine);
            assert_eq!(state(now.plus(CODE_LIFETIME)).await, None);
        };
        check("250 good", Span::from_secs(1), LetterState::Sent).await;
        check("450 later", Span::from_secs(1), LetterState::Delayed).await;
        check("550 5.1.1 no such user", Span::from_secs(1), LetterState::Refused).await;
        check("450 later", CODE_LIFETIME.checked_sub(Span::from_secs(5)).unwrap(), LetterState::Dropped).await;
    }
}

#[tokio::test]
async fn a_node_that_dies_with_a_letter_loses_nothing() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 1).await;
        assert!(store.claim_letter(clock.now()).await.unwrap().letter.is_some());
        assert!(store.claim_letter(clock.now()).await.unwrap().letter.is_none(), "it is another's");
        let later = clock.now().plus(Span::from_mins(2));
        let claimed = store.claim_letter(later).await.unwrap().letter.expect("the claim is over");
        assert_eq!(claimed.attempts, 2);
        // The outcome of the first node now comes too late.
        store.store_delivery_outcome(claimed.id, 1, DeliveryOutcome::Sent, later).await.unwrap();
        assert_eq!(store.list_outbox().await.unwrap().len(), 1, "{}", trial.engine);
    }
}

#[tokio::test]
async fn a_node_that_is_stopped_gives_its_letters_back() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        let worker = MailWorker::new(store.clone(), MailTransport::Outbox, clock.clone());
        let check = async |progress: AttemptProgress, expected: bool| {
            enqueue_codes(&store, clock.now(), 1).await;
            let claimed = store.claim_letter(clock.now()).await.unwrap().letter.expect("a letter");
            worker.track_attempt(&claimed);
            worker.update_progress(claimed.id, progress.clone());
            worker.release_letters().await.unwrap();
            let reclaimed = store.claim_letter(clock.now()).await.unwrap().letter;
            assert_eq!(reclaimed.is_some(), expected, "{}: {progress:?}", trial.engine);
            if let Some(reclaimed) = reclaimed {
                store
                    .store_delivery_outcome(reclaimed.id, reclaimed.attempts, DeliveryOutcome::Sent, clock.now())
                    .await
                    .unwrap();
            }
        };
        check(AttemptProgress::Trying, true).await;
        check(AttemptProgress::Committed, false).await;
        check(AttemptProgress::Decided(DeliveryOutcome::Sent), false).await;
        let settled =
            list_outcomes(&store).await.into_iter().filter(|(outcome, _)| outcome.as_deref() == Some("sent")).count();
        assert_eq!(settled, 2, "what was decided is written down");
    }
}

#[tokio::test]
async fn a_letter_that_another_key_opens_is_left_for_it() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let (own, clock) = (store(trial.database.clone()), clock());
        let foreign = store_with_key(trial.database.clone(), "other");
        enqueue_codes(&foreign, clock.now(), 1).await;
        enqueue_codes(&own, clock.now(), 1).await;
        // A letter of a version that did not name its key.
        own.database
            .write(|transaction| -> Result<(), database::Error> {
                transaction.execute("UPDATE outbox SET sealed_by = NULL", &[]).map(|_| ())
            })
            .await
            .unwrap();
        let stub = StubRelay::start(&[]).await;
        let worker = MailWorker::new(own.clone(), stub.transport(), clock.clone());
        while worker.send_next_letter().await.unwrap() == SendOutcome::Processed {}
        assert_eq!(stub.letters().len(), 1, "{}", trial.engine);
        assert_eq!(own.count_foreign_letters(clock.now()).await.unwrap(), 1);
        enqueue_codes(&foreign, clock.now(), 1).await;
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::NothingDue);
        assert_eq!(own.count_foreign_letters(clock.now()).await.unwrap(), 2);
        let worker = MailWorker::new(foreign, stub.transport(), clock);
        assert_eq!(
            worker.send_next_letter().await.unwrap(),
            SendOutcome::Processed,
            "the node with the key sends its own at once"
        );
        assert_eq!(stub.letters().len(), 2, "{}", trial.engine);
    }
}

#[tokio::test]
async fn in_the_demo_letters_stay_readable_and_lie_sealed() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let worker = MailWorker::new(store(trial.database.clone()), MailTransport::Outbox, clock());
        enqueue_codes(&worker.store, worker.clock.now(), 1).await;
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::Processed);
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::NothingDue);
        let letters = worker.store.list_outbox().await.unwrap();
        assert!(letters[0].letter.body.contains("000000"));
        let sealed: Vec<u8> = trial
            .database
            .read(|transaction| transaction.fetch_one("SELECT sealed FROM outbox", &[], |row| row.get(0)))
            .await
            .unwrap_or_else(|error: database::Error| panic!("{error}"));
        assert!(!sealed.windows(6).any(|part| part == b"000000" || part == b"person"), "{}", trial.engine);
    }
}

#[test]
fn mail_leaves_the_machine_over_tls_only() {
    let relay = |host, security, sender, helo| Relay::new(host, 587, security, None, sender, helo).map(|_| ());
    let (address, helo) = ("no-reply@example.jp", "consult.example.jp");
    assert_eq!(relay("localhost", Security::None, address, helo), Ok(()));
    assert_eq!(relay("mail.example.jp", Security::StartTls, address, helo), Ok(()));
    assert_eq!(relay("mail.example.jp", Security::Tls, address, helo), Ok(()));
    let clear = relay("mail.example.jp", Security::None, address, helo);
    assert_eq!(clear, Err(WrongRelay::ClearText("mail.example.jp".to_owned())));
    let sender = relay("localhost", Security::None, "nobody", helo);
    assert_eq!(sender, Err(WrongRelay::Sender("nobody".to_owned())));
    let helo = relay("localhost", Security::None, address, "my_machine");
    assert_eq!(helo, Err(WrongRelay::Helo("my_machine".to_owned())));
}

#[tokio::test]
async fn a_folder_gets_a_file_for_each_letter_and_one_that_is_not_there_gets_it_later() {
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("letters");
        let transport = MailTransport::Relay(Relay::folder(folder.clone(), "uketsuke <no-reply@example.jp>").unwrap());
        let worker = MailWorker::new(store(trial.database.clone()), transport, clock());
        enqueue_codes(&worker.store, worker.clock.now(), 1).await;
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::RelayUnavailable);
        assert_eq!(worker.store.list_outbox().await.unwrap().len(), 1, "{}: it waits", trial.engine);
        std::fs::create_dir(&folder).unwrap();
        worker.clock.set(worker.clock.now().plus(Span::from_mins(1)));
        assert_eq!(worker.send_next_letter().await.unwrap(), SendOutcome::Processed);
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        let [file] = &files[..] else { panic!("{files:?}") };
        assert_eq!(file.extension().unwrap(), "eml");
        assert!(std::fs::read_to_string(file).unwrap().contains("To: person0@example.jp"));
        assert!(worker.store.list_outbox().await.unwrap().is_empty());
    }
    assert!(matches!(Relay::folder("letters".into(), "nobody"), Err(WrongRelay::Sender(_))));
}

#[test]
fn a_reply_is_kept_by_its_codes_alone() {
    let reply = SmtpReply { code: 550, enhanced: EnhancedCode::parse("5.1.1 <a@b.example> no") };
    assert!(!format!("{reply:?}").contains('@'));
}
