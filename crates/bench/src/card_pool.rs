//! The cards of the people who walk, and the people themselves.

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
    Services, cli,
    demo::{Demo, online_institutions},
};

use crate::Failure;

/// How many keys the cards share. To make one takes a tenth of a second.
const KEY_COUNT: usize = 16;

/// The PIN of every card.
const PIN: &str = "1234";

/// Cards, each for one journey at a time.
pub(crate) struct CardPool(Mutex<VecDeque<VirtualCard>>);

/// The demo's world with so many people and cards more, kept in `folder`, and the institutions that take receptions.
pub(crate) async fn prepare_cards(
    folder: &Path,
    service: &Path,
    count: usize,
) -> Result<(CardPool, Vec<InstitutionCode>), Failure> {
    let wanted = cli::DemoArguments {
        services: vec![service.to_owned()],
        ..cli::DemoArguments::with_free_ports(folder.to_owned())
    };
    let demo = Demo::open(&wanted).await?;
    let today = demo.clock().now();
    let mut making = JoinSet::new();
    for _ in 0..KEY_COUNT {
        making.spawn_blocking(|| SigningKey::generate(Algorithm::RsaSha256));
    }
    let keys = making.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let people = vec![sample_person()?; count];
    let people = demo.services().eligibility.add_people(people).await?;
    let authority = demo.services().authority.certificates(Purpose::Authentication);
    let authority = authority.last().ok_or("the authority has no certificate")?;
    let on_cards =
        keys.iter().map(|key| Ok(PrivateKey::from_pkcs8(&key.to_pkcs8()?)?)).collect::<Result<Vec<_>, Failure>>()?;
    let mut issuing = JoinSet::new();
    for (place, person) in people.into_iter().enumerate() {
        let (rooms, key) = (demo.services().clone(), &keys[place % KEY_COUNT]);
        let public = key.public_key().clone();
        let on_card = (on_cards[place % KEY_COUNT].clone(), authority.clone());
        issuing.spawn(async move {
            let certificate =
                issue_certificate(&rooms, place, person, public, today.minus(Span::from_hours(24))).await?;
            let (key, ca_certificate) = on_card;
            build_card(
                CardKey { key, certificate, ca_certificate },
                today.plus(Span::from_hours(24 * 365)).japan_date(),
            )
        });
    }
    let mut cards = VecDeque::with_capacity(count);
    while let Some(issued) = issuing.join_next().await {
        cards.push_back(issued??);
    }
    let institutions = online_institutions(demo.addresses());
    // What the rooms' threads still have open is closed before the server opens it.
    spawn_blocking(move || drop(demo)).await?;
    Ok((CardPool(Mutex::new(cards)), institutions))
}

async fn issue_certificate(
    rooms: &Services,
    place: usize,
    person: eligibility::PersonId,
    public: jpki::PublicKey,
    began: base::Timestamp,
) -> Result<Vec<u8>, Failure> {
    let town = Municipality::new("13221", "Tokyo-to", "Kiyose-shi")?;
    let subject = Subject::new(&format!("BENCH{place:09}"), town, 3)?;
    let issued = rooms.authority.issue_authentication(subject, birth_date()?, public, began).await?;
    rooms.eligibility.link_certificate(person, issued.issuer, issued.serial).await?;
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
    // Its PIN is always right, so nothing of it has to outlive the measurement.
    Ok(VirtualCard::new(data, Box::new(VolatileMemory)))
}

impl CardPool {
    /// The card that has lain longest.
    pub(crate) fn take_card(&self) -> Result<VirtualCard, Failure> {
        let mut cards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(cards.pop_front().ok_or("more journeys are under way than there are cards")?)
    }

    pub(crate) fn put_card_back(&self, card: VirtualCard) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(card);
    }
}

/// Reads the card as the app does: looks at it, shows the PIN, has the challenge signed. Certificate and signature.
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
