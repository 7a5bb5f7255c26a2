//! How the world gets into the rooms. Doing it again does nothing for what is there already.

use std::collections::HashSet;

use authority::IssuedCertificate;
use base::{Date, Randomness};
use consult::Consult;
use jpki::{KeyIdentifier, ocsp::RevocationReason};
use portal::{CardId, NewCard};
use shell::{Language, Text};
use tokio::task::JoinSet;

use super::{
    DESK_PASSWORD, TERMINAL_PASSWORD, WorldAddresses,
    cards::{self, CardKeys, IssuedCard, IssuerCertificates},
    institutions::{DemoInstitution, institutions},
    personas::{Persona, Revocation, personas},
};
use crate::Services;

/// Why the world could not be made. Starting again goes on where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A certificate was not issued, or not revoked.
    #[error("the authority refused")]
    Authority(#[from] authority::Refusal),
    /// A key could not be made or written.
    #[error("a card's key could not be made")]
    Key(#[from] jpki::Unissuable),
    /// A key does not fit onto a card.
    #[error("a card did not take its key")]
    Card(#[from] card::UnreadableKey),
    /// The authority has no certificate of its own with this key.
    #[error("the authority shows no certificate of its key '{0}'")]
    NoIssuer(KeyIdentifier),
    /// An institution or a person was not added on the national side.
    #[error("the eligibility system refused")]
    Eligibility(#[from] eligibility::Refusal),
    /// A card was not laid into the app.
    #[error("the app refused")]
    Portal(#[from] portal::Refusal),
    /// An institution was not added to the directory.
    #[error("the service refused")]
    Consult(#[from] consult::Refusal),
    /// A desk got no account.
    #[error("an account of a desk was not made")]
    Desk(#[from] consult::AddStaffError),
    /// The terminals' accounts cannot be read.
    #[error("the terminal refused")]
    Terminal(#[from] terminal::Refusal),
    /// A terminal got no account.
    #[error("an account of a terminal was not made")]
    TerminalAccount(#[from] terminal::AccountError),
    /// The terminals' password is too short for them.
    #[error("the terminals do not take the demo's password")]
    TerminalPassword(#[from] terminal::ShortPassword),
    /// Work beside did not end.
    #[error("work on another thread was cut short")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// Puts the world into the rooms.
///
/// A person is there when the card lies in the app, which is the last that is done for him; an institution when the
/// national side knows it. Only the directory is brought up to date every time: its addresses follow the port.
pub(in crate::demo) async fn seed_world(
    rooms: &Services,
    addresses: &WorldAddresses,
    first_day: Date,
    randomness: &Randomness,
) -> Result<(), SeedError> {
    let institutions = institutions(addresses);
    list_institutions(rooms, &institutions).await?;
    let laid: HashSet<CardId> = rooms.portal.list_cards().await?.into_iter().map(|card| card.id).collect();
    let missing: Vec<_> = personas(first_day).into_iter().filter(|persona| !laid.contains(&card_id(persona))).collect();
    let mut unstaffed = Vec::new();
    for institution in &institutions {
        // Accounts are made before cards are, so where cards are missing they may be too.
        if connect_institution(rooms, institution).await? == ConnectOutcome::NewlyConnected || !missing.is_empty() {
            unstaffed.push(institution);
        }
    }
    add_staff_accounts(&rooms.consult, &unstaffed).await?;
    set_terminal_passwords(rooms, randomness).await?;
    issue_cards(rooms, &missing, randomness).await
}

/// Brings the directory up to date, all at once: what is written together is made durable together.
async fn list_institutions(rooms: &Services, institutions: &[DemoInstitution]) -> Result<(), SeedError> {
    let mut work = JoinSet::new();
    for institution in institutions {
        let (consult, new) = (rooms.consult.clone(), institution.listing.clone());
        work.spawn(async move { consult.add_institution(new).await });
    }
    while let Some(done) = work.join_next().await {
        done??;
    }
    Ok(())
}

/// Whether an institution was connected before.
#[derive(PartialEq)]
enum ConnectOutcome {
    AlreadyConnected,
    NewlyConnected,
}

/// Connects an institution on the national side, with its fixed URL if it has one. A URL that the institution changed at
/// its terminal stays as it is.
async fn connect_institution(rooms: &Services, institution: &DemoInstitution) -> Result<ConnectOutcome, SeedError> {
    let (code, online) = (institution.code(), institution.online);
    let new = eligibility::Institution { code, name: institution.name().to_owned(), online };
    let connected = match rooms.eligibility.add_institution(new).await {
        Ok(()) => ConnectOutcome::NewlyConnected,
        Err(eligibility::Refusal::AlreadyExists(_)) => ConnectOutcome::AlreadyConnected,
        Err(refusal) => return Err(refusal.into()),
    };
    if let Some(entrance) = &institution.fixed_url_code
        && rooms.eligibility.find_fixed_url(code, eligibility::CareKind::Online).await?.is_none()
    {
        rooms.eligibility.set_fixed_url(code, eligibility::CareKind::Online, entrance.clone()).await?;
    }
    Ok(connected)
}

/// Gives desks their accounts.
async fn add_staff_accounts(consult: &Consult, institutions: &[&DemoInstitution]) -> Result<(), SeedError> {
    let mut work = JoinSet::new();
    for institution in institutions {
        for member in &institution.staff {
            let (consult, code, mail, name) = (consult.clone(), institution.code(), member.mail.clone(), member.name);
            work.spawn(async move { consult.add_staff(code, &mail, name, DESK_PASSWORD).await });
        }
    }
    while let Some(added) = work.join_next().await {
        match added? {
            Ok(_) | Err(consult::AddStaffError::AddressTaken) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(())
}

/// Gives the terminals' accounts their password, where they have none.
async fn set_terminal_passwords(rooms: &Services, randomness: &Randomness) -> Result<(), SeedError> {
    let missing = rooms.terminal.missing_accounts().await?;
    if missing.is_empty() {
        return Ok(());
    }
    let password = terminal::Password::hash(TERMINAL_PASSWORD, randomness).await?;
    for (institution, role) in missing {
        rooms.terminal.add_account(institution, role, &password).await?;
    }
    Ok(())
}

/// Makes people known and hands out their cards, in the order of the list. Keys are made on all cores at once.
async fn issue_cards(rooms: &Services, missing: &[Persona], randomness: &Randomness) -> Result<(), SeedError> {
    let keys: Vec<_> = missing
        .iter()
        .map(|persona| {
            let password = persona.signature_password;
            tokio::task::spawn_blocking(move || cards::generate_keys(password))
        })
        .collect();
    let issuers = IssuerCertificates::from_authority(&rooms.authority);
    for (persona, keys) in missing.iter().zip(keys) {
        let keys: CardKeys = keys.await??;
        let made = cards::issue_card(&rooms.authority, &issuers, persona, &keys, randomness).await?;
        register_persona(rooms, persona, made).await?;
    }
    Ok(())
}

async fn register_persona(rooms: &Services, persona: &Persona, made: IssuedCard) -> Result<(), SeedError> {
    let IssuedCertificate { issuer, serial, .. } = made.authentication;
    if persona.card.revocation == Revocation::ReportedLost {
        // 紛失: nobody knows in whose hands the key is.
        rooms.authority.revoke(&issuer, &serial, RevocationReason::KeyCompromise).await?;
    }
    let person = rooms.eligibility.add_person(persona.insured_person.clone()).await?;
    rooms.eligibility.link_certificate(person, issuer, serial).await?;
    if persona.fault.is_some() {
        rooms.eligibility.set_simulated_fault(person, persona.fault).await?;
    }
    let (japanese, english) =
        (persona.label.in_language(Language::Japanese), persona.label.in_language(Language::English));
    let label = Text::from_strings(format!("{}（{japanese}）", persona.name), format!("{} ({english})", persona.latin));
    let card = NewCard { id: card_id(persona), label, note: persona.note.clone(), data: made.data };
    Ok(rooms.portal.add_card(card).await?)
}

fn card_id(persona: &Persona) -> CardId {
    // The tests read every key of the list.
    persona.key.parse().expect("a persona's key names a card")
}
