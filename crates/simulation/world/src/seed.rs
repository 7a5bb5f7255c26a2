//! Adds the world to the services. What exists already is left as it is.

use std::collections::HashSet;

use authority::{Authority, IssuedCertificate};
use base::{Date, Randomness};
use consult::{Consult, NewStaffMember, StaffRole};
use eligibility::Eligibility;
use jpki::ocsp::RevocationReason;
use portal::{CardId, NewCard, Portal};
use terminal::Terminal;
use text::{Language, Text};
use tokio::task::JoinSet;

use crate::{
    cards::{self, CardKeys, IssuedCard, IssuerCertificates},
    error::SeedError,
    institutions::{DESK_PASSWORD, DemoInstitution, TERMINAL_PASSWORD},
    personas::{Persona, Revocation, personas},
};

/// The services to which the world is added.
#[derive(Clone, Copy)]
pub struct WorldServices<'a> {
    /// 認証局
    pub authority: &'a Authority,
    /// オンライン診療
    pub consult: &'a Consult,
    /// オンライン資格確認等システム
    pub eligibility: &'a Eligibility,
    /// マイナポータルアプリ
    pub portal: &'a Portal,
    /// 資格確認端末
    pub terminal: &'a Terminal,
}

/// Adds the world to the services.
///
/// A person counts as added when the app has the card, which is the last step; an institution when the national side has
/// it. Only the directory is updated at each start: its addresses depend on the port.
pub async fn seed_world(
    services: WorldServices<'_>,
    institutions: &[DemoInstitution],
    first_day: Date,
    randomness: &Randomness,
) -> Result<(), SeedError> {
    list_institutions(services, institutions).await?;
    let existing_cards: HashSet<CardId> = services.portal.list_cards().await?.into_iter().map(|card| card.id).collect();
    let missing: Vec<_> =
        personas(first_day).into_iter().filter(|persona| !existing_cards.contains(&card_id(persona))).collect();
    let mut unstaffed = Vec::new();
    for institution in institutions {
        // Accounts are added before cards, so if cards are missing, accounts may be missing too.
        if connect_institution(services, institution).await? == ConnectOutcome::NewlyConnected || !missing.is_empty() {
            unstaffed.push(institution);
        }
    }
    add_staff_accounts(services.consult, &unstaffed).await?;
    set_terminal_passwords(services, randomness).await?;
    issue_cards(services, &missing, randomness).await
}

/// Updates the directory, all institutions concurrently, so that they share commits.
async fn list_institutions(services: WorldServices<'_>, institutions: &[DemoInstitution]) -> Result<(), SeedError> {
    let mut tasks = JoinSet::new();
    for institution in institutions {
        let (consult, institution_data) = (services.consult.clone(), institution.listing.clone());
        tasks.spawn(async move { consult.add_institution(institution_data).await });
    }
    while let Some(result) = tasks.join_next().await {
        result??;
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
async fn connect_institution(
    services: WorldServices<'_>,
    institution: &DemoInstitution,
) -> Result<ConnectOutcome, SeedError> {
    let (code, online) = (institution.code(), institution.online);
    let institution_data = eligibility::Institution { code, name: institution.name().to_owned(), online };
    let outcome = match services.eligibility.add_institution(institution_data).await {
        Ok(()) => ConnectOutcome::NewlyConnected,
        Err(eligibility::Refusal::AlreadyExists(_)) => ConnectOutcome::AlreadyConnected,
        Err(refusal) => return Err(refusal.into()),
    };
    if let Some(fixed_url_code) = &institution.fixed_url_code
        && services.eligibility.find_fixed_url(code, eligibility::CareKind::Online).await?.is_none()
    {
        services.eligibility.set_fixed_url(code, eligibility::CareKind::Online, fixed_url_code.clone()).await?;
    }
    Ok(outcome)
}

/// Adds the accounts of clinics, one for each: a manager, who can do everything there.
async fn add_staff_accounts(consult: &Consult, institutions: &[&DemoInstitution]) -> Result<(), SeedError> {
    let mut tasks = JoinSet::new();
    for institution in institutions {
        for member in &institution.staff {
            let (consult, institution, mail, name) =
                (consult.clone(), institution.code(), member.mail.clone(), member.name);
            tasks.spawn(async move {
                let new = NewStaffMember { institution, mail: &mail, name, role: StaffRole::Manager };
                consult.add_staff(new, DESK_PASSWORD).await
            });
        }
    }
    while let Some(result) = tasks.join_next().await {
        match result? {
            Ok(_) | Err(consult::AddStaffError::AddressTaken) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(())
}

/// Sets the password of terminal accounts that have none.
async fn set_terminal_passwords(services: WorldServices<'_>, randomness: &Randomness) -> Result<(), SeedError> {
    let missing = services.terminal.missing_accounts().await?;
    if missing.is_empty() {
        return Ok(());
    }
    let password = accounts::password::Password::hash(TERMINAL_PASSWORD, randomness).await?;
    for (institution, role) in missing {
        services.terminal.add_account(institution, role, &password).await?;
    }
    Ok(())
}

/// Adds people and issues their cards, in the order of the list. Keys are generated on all cores in parallel.
async fn issue_cards(
    services: WorldServices<'_>,
    missing: &[Persona],
    randomness: &Randomness,
) -> Result<(), SeedError> {
    let keys: Vec<_> = missing
        .iter()
        .map(|persona| {
            let password = persona.signature_password;
            tokio::task::spawn_blocking(move || cards::generate_keys(password))
        })
        .collect();
    let issuers = IssuerCertificates::from_authority(services.authority);
    for (persona, keys) in missing.iter().zip(keys) {
        let keys: CardKeys = keys.await??;
        let issued_card = cards::issue_card(services.authority, &issuers, persona, &keys, randomness).await?;
        register_persona(services, persona, issued_card).await?;
    }
    Ok(())
}

async fn register_persona(
    services: WorldServices<'_>,
    persona: &Persona,
    issued_card: IssuedCard,
) -> Result<(), SeedError> {
    let IssuedCertificate { issuer, serial, .. } = issued_card.authentication;
    if persona.card.revocation == Revocation::ReportedLost {
        // 紛失: the key may be compromised.
        services.authority.revoke(&issuer, &serial, RevocationReason::KeyCompromise).await?;
    }
    let person = services.eligibility.add_person(persona.insured_person.clone()).await?;
    services.eligibility.link_certificate(person, issuer, serial).await?;
    if persona.fault.is_some() {
        services.eligibility.set_simulated_fault(person, persona.fault).await?;
    }
    let (japanese, english) =
        (persona.label.in_language(Language::Japanese), persona.label.in_language(Language::English));
    let label = Text::from_strings(format!("{}（{japanese}）", persona.name), format!("{} ({english})", persona.latin));
    let card = NewCard { id: card_id(persona), label, note: persona.note.clone(), data: issued_card.data };
    Ok(services.portal.add_card(card).await?)
}

fn card_id(persona: &Persona) -> CardId {
    // The tests read every key of the list.
    persona.key.parse().expect("a persona's key names a card")
}
