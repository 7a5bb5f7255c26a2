use std::sync::{Arc, Mutex};

use base::{Key, Randomness, Timestamp};
use database::{Transaction, trial};
use shell::Language;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{MIGRATIONS, mail, seal::Seal};

fn store(database: database::Database) -> Store {
    Store {
        database,
        seal: Seal::new(Key::new(&Randomness::repeatable("seal"))),
        randomness: Randomness::system(),
        origin: "https://consult.example.jp".parse().unwrap(),
        limits: crate::Limits::default(),
    }
}

fn clock() -> Clock {
    Clock::starting_at("2026-11-24T09:00:00+09:00".parse().unwrap())
}

async fn enqueue_codes(store: &Store, now: Timestamp, count: usize) {
    for place in 0..count {
        let message = mail::Message::SignInCode {
            to: format!("person{place}@example.jp"),
            code: format!("{place:06}"),
            language: Language::Japanese,
        };
        let inner = store.clone();
        let enqueue = move |transaction: &mut Transaction<'_>| -> Result<(), database::Error> {
            crate::store::mail::enqueue(transaction, &inner, now, &message)
        };
        store.database.write(enqueue).await.unwrap();
    }
}

/// A relay that takes every letter, or says `refusal` to every recipient.
async fn relay(refusal: Option<&'static str>) -> (Carrier, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak(stream, refusal, kept.clone()));
        }
    });
    let relay = Relay::new("127.0.0.1", port, Security::None, None, "uketsuke <no-reply@example.jp>").unwrap();
    (Carrier::Relay(relay), taken)
}

async fn speak(stream: TcpStream, refusal: Option<&'static str>, taken: Arc<Mutex<Vec<String>>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut letter: Option<String> = None;
    let mut say = async |text: &str| write.write_all(format!("{text}\r\n").as_bytes()).await.is_ok();
    say("220 relay").await;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(text) = &mut letter {
            if line == "." {
                taken.lock().unwrap().push(letter.take().unwrap_or_default());
                say("250 taken").await;
            } else {
                text.push_str(&line);
                text.push('\n');
            }
            continue;
        }
        match line.get(..4).unwrap_or_default() {
            "DATA" => {
                letter = Some(String::new());
                say("354 go on").await
            }
            "RCPT" => say(refusal.unwrap_or("250 good")).await,
            "QUIT" => break,
            _ => say("250 good").await,
        };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_every_letter_once() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 20).await;
        let (carrier, taken) = relay(None).await;
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let (store, carrier, clock) = (store.clone(), carrier.clone(), clock.clone());
                tokio::spawn(async move { while carry_one(&store, &carrier, &clock).await.unwrap() == Carried::One {} })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        let letters = taken.lock().unwrap().clone();
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
async fn what_cannot_be_sent_now_is_sent_later_and_what_never_can_is_given_up() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 1).await;
        let (busy, _) = relay(Some("451 later")).await;
        assert_eq!(carry_one(&store, &busy, &clock).await.unwrap(), Carried::One);
        assert_eq!(carry_one(&store, &busy, &clock).await.unwrap(), Carried::NothingDue, "it rests first");
        clock.set(clock.now().plus(Span::from_mins(1)));
        let (refusing, _) = relay(Some("550 no such person")).await;
        assert_eq!(carry_one(&store, &refusing, &clock).await.unwrap(), Carried::One);
        clock.set(clock.now().plus(Span::from_hours(48)));
        assert_eq!(carry_one(&store, &refusing, &clock).await.unwrap(), Carried::NothingDue, "{}", trial.engine);
        assert!(store.outbox().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_node_that_dies_with_a_letter_loses_nothing() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 1).await;
        assert!(store.claim_letter(clock.now()).await.unwrap().is_some());
        assert!(store.claim_letter(clock.now()).await.unwrap().is_none(), "it is another's");
        let later = clock.now().plus(Span::from_mins(6));
        let again = store.claim_letter(later).await.unwrap().expect("the claim is over");
        assert_eq!(again.attempts, 2);
        // What the first node says now comes too late.
        store.settle_letter(again.id, 1, Fate::Sent, later).await.unwrap();
        assert_eq!(store.outbox().await.unwrap().len(), 1, "{}", trial.engine);
    }
}

#[tokio::test]
async fn in_the_demo_letters_stay_readable_and_lie_sealed() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 1).await;
        assert_eq!(carry_one(&store, &Carrier::Outbox, &clock).await.unwrap(), Carried::One);
        assert_eq!(carry_one(&store, &Carrier::Outbox, &clock).await.unwrap(), Carried::NothingDue);
        let letters = store.outbox().await.unwrap();
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
    let relay = |host, security| Relay::new(host, 587, security, None, "no-reply@example.jp").map(|_| ());
    assert_eq!(relay("localhost", Security::None), Ok(()));
    assert_eq!(relay("mail.example.jp", Security::StartTls), Ok(()));
    assert_eq!(relay("mail.example.jp", Security::Tls), Ok(()));
    assert_eq!(relay("mail.example.jp", Security::None), Err(WrongRelay::ClearText("mail.example.jp".to_owned())));
    let sender = Relay::new("localhost", 25, Security::None, None, "nobody").map(|_| ());
    assert_eq!(sender, Err(WrongRelay::Sender("nobody".to_owned())));
}

#[tokio::test]
async fn a_folder_gets_a_file_for_each_letter_and_one_that_is_not_there_gets_it_later() {
    for trial in trial::each("consult", MIGRATIONS) {
        let (store, clock) = (store(trial.database.clone()), clock());
        enqueue_codes(&store, clock.now(), 1).await;
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("letters");
        let carrier = Carrier::Relay(Relay::folder(folder.clone(), "uketsuke <no-reply@example.jp>").unwrap());
        assert_eq!(carry_one(&store, &carrier, &clock).await.unwrap(), Carried::One);
        assert_eq!(store.outbox().await.unwrap().len(), 1, "{}: it waits", trial.engine);
        std::fs::create_dir(&folder).unwrap();
        clock.set(clock.now().plus(Span::from_mins(1)));
        assert_eq!(carry_one(&store, &carrier, &clock).await.unwrap(), Carried::One);
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        let [file] = &files[..] else { panic!("{files:?}") };
        assert_eq!(file.extension().unwrap(), "eml");
        assert!(std::fs::read_to_string(file).unwrap().contains("To: person0@example.jp"));
        assert!(store.outbox().await.unwrap().is_empty());
    }
    assert!(matches!(Relay::folder("letters".into(), "nobody"), Err(WrongRelay::Sender(_))));
}
