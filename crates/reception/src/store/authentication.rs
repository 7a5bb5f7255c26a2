//! Errands: what the portal app is asked, and how the person comes back into the browser that began.

use base::{Digest, Id, Randomness, Span, Timestamp};
use database::Transaction;
use errand::{Device, OpenMethod, Purpose};

use super::{RequestContext, Store, expect_one_row, from_json, procedure, review, to_json};
use crate::{
    AuthenticationKind, ProcedureKind, Refusal,
    rules::{
        authentication::{
            AuthenticationEnd, AuthenticationStage, CertificateValidity, PresentedCredential, ReturnCredential,
            ReturnLink, StoredHolder, TICKET_LIFE,
        },
        procedure::{ConsentRequest, EntryRoute},
        renewal::Renewal,
    },
};

/// What a new errand is made of.
#[derive(Clone)]
pub(crate) struct NewAuthentication {
    pub(crate) id: Id<AuthenticationKind>,
    /// Of the ticket in the link.
    pub(crate) ticket: Digest,
    /// Of the ticket in the QR code.
    pub(crate) scan_ticket: Digest,
    pub(crate) nonce: [u8; 32],
    /// The browser in coarse words, for the app to show.
    pub(crate) browser_label: String,
    /// Whether a link that an iPhone's app opens can be expected to open this browser.
    pub(crate) return_link: ReturnLink,
}

/// An errand as it stands.
#[derive(Clone)]
pub(crate) struct AppAuthentication {
    pub(crate) id: Id<AuthenticationKind>,
    pub(crate) procedure: Option<Id<ProcedureKind>>,
    pub(crate) purpose: Purpose,
    pub(crate) nonce: [u8; 32],
    pub(crate) stage: AuthenticationStage,
    pub(crate) browser_label: String,
    pub(crate) return_link: ReturnLink,
    pub(crate) began: Timestamp,
    pub(crate) ends: Timestamp,
    version: i64,
}

impl AppAuthentication {
    /// A view for a sample page.
    pub(crate) fn sample(
        id: Id<AuthenticationKind>,
        procedure: Option<Id<ProcedureKind>>,
        purpose: Purpose,
        stage: AuthenticationStage,
        began: Timestamp,
    ) -> Self {
        Self {
            id,
            procedure,
            purpose,
            nonce: [0; 32],
            stage,
            browser_label: "Chrome / Android".to_owned(),
            return_link: ReturnLink::Untrusted,
            began,
            ends: began.plus(TICKET_LIFE),
            version: 0,
        }
    }
}

/// How a person who comes back with the right or wrong word goes on.
pub(crate) enum ReturnOutcome {
    /// The reception stands, or stood already.
    Registered(Id<ProcedureKind>),
    /// What is registered can be seen and changed, in the browser that began this errand.
    Review(Purpose),
    /// The digits are wrong; this many tries are left.
    WrongNumber(Id<AuthenticationKind>),
    /// It came to nothing; the errand's page says why.
    Ended(Id<AuthenticationKind>),
}

impl Store {
    /// Begins an errand that no procedure is behind: 同意照会・更新, すべての同意を取消す.
    pub(crate) async fn begin_review_authentication(
        &self,
        new: NewAuthentication,
        purpose: Purpose,
        asking: RequestContext,
    ) -> Result<(), Refusal> {
        self.database.write(move |transaction| insert_authentication(transaction, &new, None, &purpose, asking)).await
    }

    /// The errand, if this browser began it.
    pub(crate) async fn find_authentication(
        &self,
        id: Id<AuthenticationKind>,
        asking: RequestContext,
    ) -> Result<AppAuthentication, Refusal> {
        self.database
            .read(move |transaction| find_by_browser(transaction, id, asking)?.ok_or(Refusal::NoSuchAuthentication))
            .await
    }

    /// The errand, if this browser began it, with what its procedure was asked for.
    pub(crate) async fn find_authentication_with_request(
        &self,
        id: Id<AuthenticationKind>,
        asking: RequestContext,
    ) -> Result<(AppAuthentication, Option<ConsentRequest>), Refusal> {
        self.database
            .read(move |transaction| {
                let view = find_by_browser(transaction, id, asking)?.ok_or(Refusal::NoSuchAuthentication)?;
                let asked = match view.procedure {
                    Some(id) => Some(
                        procedure::find_procedure(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?.request,
                    ),
                    None => None,
                };
                Ok((view, asked))
            })
            .await
    }

    /// The errand that this browser began last.
    pub(crate) async fn find_newest_authentication(
        &self,
        asking: RequestContext,
    ) -> Result<Option<Id<AuthenticationKind>>, Refusal> {
        self.database
            .read(move |transaction| {
                Ok(transaction.fetch_optional(
                    "SELECT id FROM errand WHERE browser = $1 ORDER BY began DESC, id DESC LIMIT 1",
                    &[&asking.browser],
                    |row| row.get(0),
                )?)
            })
            .await
    }

    /// An app takes the errand on. By which ticket it was opened is known here; what the app says of it counts only where
    /// it asks for less.
    pub(crate) async fn claim_ticket(
        &self,
        ticket: Digest,
        device: Device,
        opened: OpenMethod,
        now: Timestamp,
    ) -> Result<AppAuthentication, Refusal> {
        self.database
            .write(move |transaction| {
                let (mut view, ticket) = find_by_ticket(transaction, ticket, now)?.ok_or(Refusal::TicketUnknown)?;
                let opened = if ticket == OpenMethod::Scan { OpenMethod::Scan } else { opened };
                view.stage = view.stage.clone().claim(device, opened)?;
                update_authentication(transaction, &view, None)?;
                Ok(view)
            })
            .await
    }

    /// The errand of a ticket that an app has claimed.
    pub(crate) async fn find_claimed(&self, ticket: Digest, now: Timestamp) -> Result<AppAuthentication, Refusal> {
        self.database
            .read(move |transaction| {
                let view = find_claimed_by_ticket(transaction, ticket, now)?;
                view.stage.return_method(view.return_link)?;
                Ok(view)
            })
            .await
    }

    /// The card answered and was verified.
    pub(crate) async fn mark_verified(
        &self,
        ticket: Digest,
        holder: StoredHolder,
        way: ReturnCredential,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let mut view = find_claimed_by_ticket(transaction, ticket, now)?;
                let code = match &way {
                    ReturnCredential::Code { digest: code, .. } | ReturnCredential::CodeOrNumber { code, .. } => {
                        Some(Digest::from_bytes(*code))
                    }
                    ReturnCredential::Number { .. } => None,
                };
                view.stage = view.stage.clone().mark_verified(holder.clone(), way.clone())?;
                update_authentication(transaction, &view, code)
            })
            .await
    }

    /// The errand of this ticket came to nothing.
    pub(crate) async fn end_by_ticket(
        &self,
        ticket: Digest,
        why: AuthenticationEnd,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let mut view = find_claimed_by_ticket(transaction, ticket, now)?;
                view.stage = view.stage.clone().end(why.clone());
                update_authentication(transaction, &view, None)
            })
            .await
    }

    /// The browser brings the one-time code that the app gave it.
    pub(crate) async fn return_with_code(
        &self,
        code: Digest,
        asking: RequestContext,
    ) -> Result<ReturnOutcome, Refusal> {
        let randomness = self.randomness.clone();
        self.database
            .write(move |transaction| {
                let id: Option<Id<AuthenticationKind>> =
                    transaction
                        .fetch_optional("SELECT id FROM errand WHERE return_code = $1", &[&code], |row| row.get(0))?;
                let Some(id) = id else { return Err(Refusal::ReturnUnknown) };
                let Some(view) = find_by_browser(transaction, id, asking)? else {
                    // Not the browser that began: the code is worth nothing any more, to whoever sent it along.
                    return spend_code_of_other_browser(transaction, id, asking.now).map(Err);
                };
                complete_return(transaction, view, &PresentedCredential::Code(code), &randomness, asking).map(Ok)
            })
            .await?
    }

    /// The person types the three digits that the app shows.
    pub(crate) async fn return_with_number(
        &self,
        id: Id<AuthenticationKind>,
        digits: String,
        asking: RequestContext,
    ) -> Result<ReturnOutcome, Refusal> {
        let randomness = self.randomness.clone();
        self.database
            .write(move |transaction| {
                let view = find_by_browser(transaction, id, asking)?.ok_or(Refusal::NoSuchAuthentication)?;
                let word = PresentedCredential::Number(number_digest(id, &digits));
                complete_return(transaction, view, &word, &randomness, asking)
            })
            .await
    }
}

/// Spends a return code that came in a browser which did not begin, and tells that browser what to do.
fn spend_code_of_other_browser(
    transaction: &mut Transaction<'_>,
    id: Id<AuthenticationKind>,
    now: Timestamp,
) -> Result<Refusal, Refusal> {
    let Some((mut view, _)) = find_authentication(transaction, &AuthenticationKey::Id(id), now)? else {
        return Ok(Refusal::OtherBrowser);
    };
    view.stage =
        view.stage.clone().spend_code(AuthenticationEnd::Refused(Refusal::OtherBrowser.code_text().to_owned()));
    let refusal = match &view.stage {
        AuthenticationStage::Verified { credential: ReturnCredential::Number { .. }, .. } => Refusal::NumberPending,
        _ => Refusal::OtherBrowser,
    };
    update_authentication(transaction, &view, None)?;
    Ok(refusal)
}

/// The digits are kept bound to their errand.
pub(crate) fn number_digest(id: Id<AuthenticationKind>, digits: &str) -> Digest {
    base::digest(&[id.to_string().as_bytes(), digits.as_bytes()])
}

/// The person is back in the browser that began, with a word. If it is right, what she came for happens in the same
/// transaction: a registration can neither be lost nor be made twice.
fn complete_return(
    transaction: &mut Transaction<'_>,
    mut view: AppAuthentication,
    word: &PresentedCredential,
    randomness: &Randomness,
    asking: RequestContext,
) -> Result<ReturnOutcome, Refusal> {
    let (id, was_done) = (view.id, matches!(view.stage, AuthenticationStage::Done { .. }));
    let (stage, outcome) = view.stage.clone().complete_return(word, asking.now);
    view.stage = stage;
    if was_done {
        // Reloaded, or pressed twice: it has happened.
        return Ok(view.procedure.map_or(ReturnOutcome::Review(view.purpose), ReturnOutcome::Registered));
    }
    let landing = match (&view.stage, outcome) {
        (AuthenticationStage::Done { holder }, Ok(())) => {
            match register_holder(transaction, &view, holder, randomness, asking)? {
                Ok(landing) => landing,
                Err(code) => {
                    view.stage = AuthenticationStage::Ended(AuthenticationEnd::Refused(code.to_owned()));
                    ReturnOutcome::Ended(id)
                }
            }
        }
        (AuthenticationStage::Verified { .. }, _) => ReturnOutcome::WrongNumber(id),
        (AuthenticationStage::Open | AuthenticationStage::Claimed { .. } | AuthenticationStage::Done { .. }, _) => {
            return Err(Refusal::NoSuchAuthentication);
        }
        (AuthenticationStage::Ended(_), _) => ReturnOutcome::Ended(id),
    };
    update_authentication(transaction, &view, None)?;
    Ok(landing)
}

/// What the holder came for. The inner error is the code of a refusal that is told on the errand's page.
fn register_holder(
    transaction: &mut Transaction<'_>,
    view: &AppAuthentication,
    holder: &StoredHolder,
    randomness: &Randomness,
    asking: RequestContext,
) -> Result<Result<ReturnOutcome, &'static str>, Refusal> {
    let Some(procedure) = view.procedure else {
        review::insert_review(transaction, holder, asking)?;
        return Ok(Ok(ReturnOutcome::Review(view.purpose.clone())));
    };
    let procedure = procedure::find_procedure(transaction, procedure, asking)?.ok_or(Refusal::NoSuchProcedure)?;
    if procedure.authentication != Some(view.id) {
        return Ok(Err(Refusal::Superseded.code_text()));
    }
    let Ok(choices) = procedure.stage.confirmed_choices() else { return Ok(Err(Refusal::Superseded.code_text())) };
    let Some(person) = super::find_person(transaction, holder)? else {
        return Ok(Err(shell::Refuse::code(&eligibility::Refusal::UnknownHolder)));
    };
    let new = eligibility::NewReception {
        number: eligibility::draw_reception_number(transaction, randomness)?,
        institution: procedure.request.institution,
        term: procedure
            .request
            .visit_date
            .map_or(eligibility::ReceptionTerm::UntilWithdrawn, eligibility::ReceptionTerm::Visit),
        person,
        choices,
        validity: match holder.certificate {
            CertificateValidity::Valid => eligibility::RegistrationValidity::Full,
            CertificateValidity::Grace => eligibility::RegistrationValidity::Grace,
        },
        route: match procedure.request.route {
            EntryRoute::HandOver(_) => eligibility::RegistrationRoute::HandOver,
            EntryRoute::FixedUrl => eligibility::RegistrationRoute::FixedUrl,
        },
    };
    match eligibility::register_reception(transaction, &new, asking.now) {
        Ok(registered) => {
            let stage = procedure.stage.clone().register(
                registered.number,
                registered.valid_until,
                Renewal::for_holder(holder, asking.now),
            )?;
            procedure::update_stage(transaction, &procedure, &stage, procedure.authentication)?;
            Ok(Ok(ReturnOutcome::Registered(procedure.id)))
        }
        Err(refusal) if shell::Refuse::fault(&refusal) == shell::Fault::ThisService => {
            Err(Refusal::Eligibility(refusal))
        }
        Err(refusal) => Ok(Err(shell::Refuse::code(&refusal))),
    }
}

/// Begins an errand for the browser that asks.
pub(super) fn insert_authentication(
    transaction: &mut Transaction<'_>,
    new: &NewAuthentication,
    procedure: Option<Id<ProcedureKind>>,
    purpose: &Purpose,
    asking: RequestContext,
) -> Result<(), Refusal> {
    transaction.execute(
        "INSERT INTO errand (id, browser, procedure, purpose, ticket, nonce, stage, browser_words, version, began, ends,
            scan_ticket, return_link)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12)",
        &[
            &new.id,
            &asking.browser,
            &procedure,
            &to_json(purpose)?,
            &new.ticket,
            &new.nonce,
            &to_json(&AuthenticationStage::Open)?,
            &new.browser_label,
            &asking.now,
            &asking.now.plus(TICKET_LIFE),
            &new.scan_ticket,
            &new.return_link.as_str(),
        ],
    )?;
    Ok(())
}

/// Ends an errand, whoever began it.
pub(super) fn end_authentication(
    transaction: &mut Transaction<'_>,
    id: Id<AuthenticationKind>,
    why: AuthenticationEnd,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some((mut view, _)) = find_authentication(transaction, &AuthenticationKey::Id(id), now)? else { return Ok(()) };
    view.stage = view.stage.clone().end(why);
    update_authentication(transaction, &view, None)
}

enum AuthenticationKey {
    Id(Id<AuthenticationKind>),
    Ticket(Digest),
    Browser(Id<AuthenticationKind>, Digest),
}

fn find_by_browser(
    transaction: &mut Transaction<'_>,
    id: Id<AuthenticationKind>,
    asking: RequestContext,
) -> Result<Option<AppAuthentication>, Refusal> {
    Ok(find_authentication(transaction, &AuthenticationKey::Browser(id, asking.browser), asking.now)?
        .map(|(view, _)| view))
}

/// The errand of a ticket, and which of its two tickets this is.
fn find_by_ticket(
    transaction: &mut Transaction<'_>,
    ticket: Digest,
    now: Timestamp,
) -> Result<Option<(AppAuthentication, OpenMethod)>, Refusal> {
    find_authentication(transaction, &AuthenticationKey::Ticket(ticket), now)
}

/// The errand of a ticket for an app that goes on with it. What was opened with the link's ticket is gone on with by that
/// ticket alone: whoever scanned the QR code from the screen can neither answer nor end it.
fn find_claimed_by_ticket(
    transaction: &mut Transaction<'_>,
    ticket: Digest,
    now: Timestamp,
) -> Result<AppAuthentication, Refusal> {
    let (view, ticket) = find_by_ticket(transaction, ticket, now)?.ok_or(Refusal::TicketUnknown)?;
    match (&view.stage, ticket) {
        (AuthenticationStage::Claimed { opened: OpenMethod::Link, .. }, OpenMethod::Scan) => {
            Err(Refusal::TicketUnknown)
        }
        _ => Ok(view),
    }
}

fn find_authentication(
    transaction: &mut Transaction<'_>,
    key: &AuthenticationKey,
    now: Timestamp,
) -> Result<Option<(AppAuthentication, OpenMethod)>, Refusal> {
    struct AuthenticationRow {
        id: Id<AuthenticationKind>,
        procedure: Option<Id<ProcedureKind>>,
        purpose: String,
        nonce: [u8; 32],
        stage: String,
        browser_label: String,
        version: i64,
        began: Timestamp,
        ends: Timestamp,
        return_link: String,
        scan_ticket: Option<Digest>,
    }
    let read_row = |row: &database::Row<'_>| {
        Ok(AuthenticationRow {
            id: row.get(0)?,
            procedure: row.get(1)?,
            purpose: row.get(2)?,
            nonce: row.get(3)?,
            stage: row.get(4)?,
            browser_label: row.get(5)?,
            version: row.get(6)?,
            began: row.get(7)?,
            ends: row.get(8)?,
            return_link: row.get(9)?,
            scan_ticket: row.get(10)?,
        })
    };
    let found = match key {
        AuthenticationKey::Id(id) => transaction.fetch_optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM errand WHERE id = $1",
            &[id],
            read_row,
        )?,
        AuthenticationKey::Ticket(ticket) => transaction.fetch_optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM errand WHERE ticket = $1 OR scan_ticket = $1",
            &[ticket],
            read_row,
        )?,
        AuthenticationKey::Browser(id, browser) => transaction.fetch_optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM errand WHERE id = $1 AND browser = $2",
            &[id, browser],
            read_row,
        )?,
    };
    let Some(found) = found else { return Ok(None) };
    let stage: AuthenticationStage = from_json(&found.stage, "errand.stage")?;
    let opened = match key {
        AuthenticationKey::Ticket(ticket) if found.scan_ticket == Some(*ticket) => OpenMethod::Scan,
        AuthenticationKey::Ticket(_) | AuthenticationKey::Id(_) | AuthenticationKey::Browser(..) => OpenMethod::Link,
    };
    let view = AppAuthentication {
        id: found.id,
        procedure: found.procedure,
        purpose: from_json(&found.purpose, "errand.purpose")?,
        nonce: found.nonce,
        stage: stage.at_time(now, found.ends),
        browser_label: found.browser_label,
        return_link: ReturnLink::from_text(&found.return_link),
        began: found.began,
        ends: found.ends,
        version: found.version,
    };
    Ok(Some((view, opened)))
}

fn update_authentication(
    transaction: &mut Transaction<'_>,
    view: &AppAuthentication,
    code: Option<Digest>,
) -> Result<(), Refusal> {
    let update = "UPDATE errand SET stage = $3, return_code = COALESCE($4, return_code), version = version + 1
         WHERE id = $1 AND version = $2";
    let changed = transaction.execute(update, &[&view.id, &view.version, &to_json(&view.stage)?, &code])?;
    Ok(expect_one_row(changed, update)?)
}

/// How long a person may look at what is registered after the card was read.
pub(super) const REVIEW_LIFE: Span = Span::from_mins(10);
