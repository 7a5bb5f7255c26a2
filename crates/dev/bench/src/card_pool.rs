//! The persons who make the journeys, and their cards.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Mutex, PoisonError},
};

use base::{Date, InstitutionCode, Span};
use card::{
    CardData, CardHolder, CardKey, Jpki, Personalisation, Pin, PrivateKey, TokenLabel, VirtualCard, VolatileMemory,
    host::{Hash, PinVerification},
};
use eligibility::{InsuranceCard, NewPerson, Person};
use jpki::{Algorithm, Challenge, Municipality, Purpose, SigningKey, Subject};
use tokio::task::{JoinSet, spawn_blocking};
use uketsuke::{
    arguments::demo::DemoArguments,
    commands::demo::{Demo, Services, online_institutions},
};

use crate::Failure;

/// How many keys the cards share. Generating one takes a tenth of a second.
const KEY_COUNT: usize = 16;

/// The PIN of every card.
const PIN: &str = "1234";

/// Cards, each used by one journey at a time.
pub(crate) struct CardPool(Mutex<VecDeque<VirtualCard>>);

/// Adds `count` persons with cards to the demo's world in `folder`; the cards, and the institutions that accept online
/// receptions.
pub(crate) async fn prepare_cards(
    folder: &Path,
    service: &Path,
    count: usize,
) -> Result<(CardPool, Vec<InstitutionCode>), Failure> {
    let arguments =
        DemoArguments { services: vec![service.to_owned()], ..DemoArguments::with_free_ports(folder.to_owned()) };
    let demo = Demo::open(&arguments).await?;
    let today = demo.clock().now();
    let mut key_tasks = JoinSet::new();
    for _ in 0..KEY_COUNT {
        key_tasks.spawn_blocking(|| SigningKey::generate(Algorithm::RsaSha256));
    }
    let keys = key_tasks.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let people = vec![sample_person()?; count];
    let people = demo.services().eligibility.add_people(people).await?;
    let authority = demo.services().authority.certificates(Purpose::Authentication);
    let authority = authority.last().ok_or("the authority has no certificate")?;
    let card_keys =
        keys.iter().map(|key| Ok(PrivateKey::from_pkcs8(&key.to_pkcs8()?)?)).collect::<Result<Vec<_>, Failure>>()?;
    let mut card_tasks = JoinSet::new();
    for (index, person) in people.into_iter().enumerate() {
        let (services, key) = (demo.services().clone(), &keys[index % KEY_COUNT]);
        let public_key = key.public_key().clone();
        let key_and_ca = (card_keys[index % KEY_COUNT].clone(), authority.clone());
        card_tasks.spawn(async move {
            let certificate =
                issue_certificate(&services, index, person, public_key, today.minus(Span::from_hours(24))).await?;
            let (key, ca_certificate) = key_and_ca;
            build_card(
                CardKey { key, certificate, ca_certificate },
                today.plus(Span::from_hours(24 * 365)).japan_date(),
            )
        });
    }
    let mut cards = VecDeque::with_capacity(count);
    while let Some(issued) = card_tasks.join_next().await {
        cards.push_back(issued??);
    }
    let institutions = online_institutions(demo.addresses());
    // Closes the databases of the services before the server opens them.
    spawn_blocking(move || drop(demo)).await?;
    Ok((CardPool(Mutex::new(cards)), institutions))
}

async fn issue_certificate(
    services: &Services,
    index: usize,
    person: eligibility::PersonId,
    public_key: jpki::PublicKey,
    valid_from: base::Timestamp,
) -> Result<Vec<u8>, Failure> {
    let municipality = Municipality::new("13221", "Tokyo-to", "Kiyose-shi")?;
    let subject = Subject::new(&format!("BENCH{index:09}"), municipality, 3)?;
    let issued = services.authority.issue_authentication(subject, birth_date()?, public_key, valid_from).await?;
    services.eligibility.link_certificate(person, issued.issuer, issued.serial).await?;
    Ok(issued.certificate)
}

fn birth_date() -> Result<Date, Failure> {
    Ok(base::parse_date("1980-12-24")?)
}

fn sample_person() -> Result<NewPerson, Failure> {
    Ok(NewPerson {
        person: Person {
            name: oqs::FullName::new("計測　太郎").ok_or("no name")?,
            kana: oqs::KanaName::new("ケイソク　タロウ").ok_or("no reading")?,
            other_name: None,
            other_kana: None,
            sex: oqs::Sex::Male,
            birth: birth_date()?,
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

fn build_card(authentication: CardKey, expiry: Date) -> Result<VirtualCard, Failure> {
    let data = CardData::new(Personalisation {
        label: TokenLabel::Plastic,
        authentication,
        signature: None,
        pin: PIN.parse()?,
        signature_password: "BENCH1".parse()?,
        holder: CardHolder {
            name: "計測　太郎".to_owned(),
            address: "東京都清瀬市架空1-1".to_owned(),
            birth_date: birth_date()?,
            sex: card::Sex::Male,
        },
        serial: "400000080610003".parse()?,
        municipality: "13221".parse()?,
        expiry,
        security_code: PIN.parse()?,
    });
    // The PIN is always right, so the state of the card need not be durable.
    Ok(VirtualCard::new(data, Box::new(VolatileMemory)))
}

impl CardPool {
    /// The card that was unused longest.
    pub(crate) fn take_card(&self) -> Result<VirtualCard, Failure> {
        let mut cards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(cards.pop_front().ok_or("more journeys are under way than there are cards")?)
    }

    pub(crate) fn put_card_back(&self, card: VirtualCard) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(card);
    }
}

/// Uses the card as the app does: reads its state, verifies the PIN, has the challenge signed. Certificate and signature.
pub(crate) fn sign_with_card(card: &mut VirtualCard, challenge: &Challenge) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let pin: Pin = PIN.parse()?;
    card.power_on();
    let mut jpki = Jpki::select(card)?;
    if jpki.token()? != TokenLabel::Plastic || !jpki.availability()?.authentication || jpki.pin_tries_left()? == 0 {
        return Err("the card has no certificate, or is locked".into());
    }
    let certificate = jpki.authentication_certificate()?;
    if !matches!(jpki.verify_pin(&pin)?, PinVerification::Right) {
        return Err("the card refuses its PIN".into());
    }
    let signature = jpki.sign_with_authentication_key(Hash::Sha256(challenge.digest()))?;
    jpki.deselect()?;
    card.power_off();
    Ok((certificate, signature))
}
