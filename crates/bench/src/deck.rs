//! The cards of the people who walk, and the people themselves.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Mutex, PoisonError},
};

use base::{Date, InstitutionCode, Span};
use card::{
    CardData, Holder, Jpki, KeyOnCard, Personalisation, Pin, PrivateKey, TokenLabel, VirtualCard, Volatile,
    host::{Hash, Verdict},
};
use eligibility::{InsuranceCard, NewPerson, Person};
use jpki::{Algorithm, Challenge, Municipality, Purpose, SigningKey, Subject};
use tokio::task::{JoinSet, spawn_blocking};
use uketsuke::{
    Rooms, cli,
    demo::{Demo, online_institutions},
};

use crate::Failure;

/// How many keys the cards share. To make one takes a tenth of a second.
const KEYS: usize = 16;

/// The PIN of every card.
const PIN: &str = "1234";

/// Cards, each for one journey at a time.
pub(crate) struct Deck(Mutex<VecDeque<VirtualCard>>);

/// The demo's world with so many people and cards more, kept in `folder`, and the institutions that take receptions.
pub(crate) async fn prepare(
    folder: &Path,
    service: &Path,
    count: usize,
) -> Result<(Deck, Vec<InstitutionCode>), Failure> {
    let wanted = cli::Demo { service: vec![service.to_owned()], ..cli::Demo::quiet(folder.to_owned()) };
    let demo = Demo::open(&wanted).await?;
    let today = demo.clock().now();
    let mut making = JoinSet::new();
    for _ in 0..KEYS {
        making.spawn_blocking(|| SigningKey::generate(Algorithm::RsaSha256));
    }
    let keys = making.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let people = vec![person()?; count];
    let people = demo.rooms().eligibility.add_people(people).await?;
    let authority = demo.rooms().authority.certificates(Purpose::Authentication);
    let authority = authority.last().ok_or("the authority has no certificate")?;
    let on_cards =
        keys.iter().map(|key| Ok(PrivateKey::from_pkcs8(&key.to_pkcs8()?)?)).collect::<Result<Vec<_>, Failure>>()?;
    let mut issuing = JoinSet::new();
    for (place, person) in people.into_iter().enumerate() {
        let (rooms, key) = (demo.rooms().clone(), &keys[place % KEYS]);
        let public = key.public_key().clone();
        let on_card = (on_cards[place % KEYS].clone(), authority.clone());
        issuing.spawn(async move {
            let certificate = issue(&rooms, place, person, public, today.minus(Span::from_hours(24))).await?;
            let (key, ca_certificate) = on_card;
            card(KeyOnCard { key, certificate, ca_certificate }, today.plus(Span::from_hours(24 * 365)).japan_date())
        });
    }
    let mut cards = VecDeque::with_capacity(count);
    while let Some(issued) = issuing.join_next().await {
        cards.push_back(issued??);
    }
    let institutions = online_institutions(demo.addresses());
    // What the rooms' threads still have open is closed before the server opens it.
    spawn_blocking(move || drop(demo)).await?;
    Ok((Deck(Mutex::new(cards)), institutions))
}

async fn issue(
    rooms: &Rooms,
    place: usize,
    person: eligibility::PersonId,
    public: jpki::PublicKey,
    began: base::Timestamp,
) -> Result<Vec<u8>, Failure> {
    let town = Municipality::new("13221", "Tokyo-to", "Kiyose-shi")?;
    let subject = Subject::new(&format!("BENCH{place:09}"), town, 3)?;
    let issued = rooms.authority.issue_authentication(subject, birth()?, public, began).await?;
    rooms.eligibility.link_certificate(person, issued.issuer, issued.serial).await?;
    Ok(issued.certificate)
}

fn birth() -> Result<Date, Failure> {
    Ok(base::parse_date("1980-12-24")?)
}

fn person() -> Result<NewPerson, Failure> {
    Ok(NewPerson {
        person: Person {
            name: oqs::FullName::new("計測　太郎").ok_or("no name")?,
            kana: oqs::KanaName::new("ケイソク　タロウ").ok_or("no reading")?,
            other_name: None,
            other_kana: None,
            sex: oqs::Sex::Male,
            birth: birth()?,
            postcode: "204-0000".to_owned(),
            address: "東京都清瀬市架空1-1".to_owned(),
            card: InsuranceCard::Registered,
        },
        coverages: Vec::new(),
        limits: Vec::new(),
        specific_diseases: Vec::new(),
        records: Vec::new(),
    })
}

fn card(authentication: KeyOnCard, expiry: Date) -> Result<VirtualCard, Failure> {
    let data = CardData::new(Personalisation {
        label: TokenLabel::Plastic,
        authentication,
        signature: None,
        pin: PIN.parse()?,
        signature_password: "BENCH1".parse()?,
        holder: Holder {
            name: "計測　太郎".to_owned(),
            address: "東京都清瀬市架空1-1".to_owned(),
            birth_date: birth()?,
            sex: card::Sex::Male,
        },
        serial: "400000080610003".parse()?,
        municipality: "13221".parse()?,
        expiry,
        security_code: PIN.parse()?,
    });
    // Its PIN is always right, so nothing of it has to outlive the measurement.
    Ok(VirtualCard::new(data, Box::new(Volatile)))
}

impl Deck {
    /// The card that has lain longest.
    pub(crate) fn take(&self) -> Result<VirtualCard, Failure> {
        let mut cards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(cards.pop_front().ok_or("more journeys are under way than there are cards")?)
    }

    pub(crate) fn put_back(&self, card: VirtualCard) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(card);
    }
}

/// Reads the card as the app does: looks at it, shows the PIN, has the challenge signed. Certificate and signature.
pub(crate) fn read(card: &mut VirtualCard, challenge: &Challenge) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let pin: Pin = PIN.parse()?;
    card.power_on();
    let mut jpki = Jpki::select(card)?;
    if jpki.token()? != TokenLabel::Plastic || !jpki.availability()?.authentication || jpki.pin_tries_left()? == 0 {
        return Err("the card has no certificate, or is locked".into());
    }
    let certificate = jpki.authentication_certificate()?;
    if !matches!(jpki.verify_pin(&pin)?, Verdict::Right) {
        return Err("the card refuses its PIN".into());
    }
    let signature = jpki.sign_with_authentication_key(Hash::Sha256(challenge.digest()))?;
    jpki.leave()?;
    card.power_off();
    Ok((certificate, signature))
}
