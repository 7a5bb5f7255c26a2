//! App authentications: the request to the portal app, and the return into the browser that began.

use app_auth::{Device, OpenMethod, Purpose};
use base::{Digest, Id, Randomness, Span, Timestamp};
use database::Transaction;
use jpki::VerifiedHolder;

use super::{
    RequestContext, Store, StoredHolder, expect_one_row, from_json,
    holder::{stage_from_json, stage_to_json},
    procedure, review, to_json,
};
use crate::{
    AuthenticationKind, ProcedureKind, Refusal,
    rules::{
        authentication::{
            AuthenticationEnd, AuthenticationStage, CertificateValidity, PresentedCredential, ReturnCredential,
            ReturnLink, TICKET_LIFE,
        },
        procedure::{ConsentRequest, EntryRoute},
        refusal_reason::{ReceptionRefusal, RefusalReason, RegistrationRefusal},
        renewal::Renewal,
    },
};

/// The values of a new app authentication.
#[derive(Clone)]
pub(crate) struct NewAuthentication {
    pub(crate) id: Id<AuthenticationKind>,
    /// Digest of the ticket in the link.
    pub(crate) ticket: Digest,
    /// Digest of the ticket in the QR code.
    pub(crate) scan_ticket: Digest,
    pub(crate) nonce: [u8; 32],
    /// The browser, roughly, for the app to show.
    pub(crate) browser_label: String,
    /// Whether a link that an iPhone's app opens can be expected to open this browser.
    pub(crate) return_link: ReturnLink,
}

/// An app authentication as stored; outside of the store without the holder.
#[derive(Clone)]
pub(crate) struct AppAuthentication<Holder = ()> {
    pub(crate) id: Id<AuthenticationKind>,
    pub(crate) procedure: Option<Id<ProcedureKind>>,
    pub(crate) purpose: Purpose,
    pub(crate) nonce: [u8; 32],
    pub(crate) stage: AuthenticationStage<Holder>,
    pub(crate) browser_label: String,
    pub(crate) return_link: ReturnLink,
    pub(crate) began: Timestamp,
    pub(crate) ends: Timestamp,
    version: i64,
}

#[cfg(any(test, feature = "samples"))]
impl AppAuthentication {
    /// For a sample page.
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

type StoredAuthentication = AppAuthentication<StoredHolder>;

impl StoredAuthentication {
    fn without_holder(self) -> AppAuthentication {
        AppAuthentication {
            id: self.id,
            procedure: self.procedure,
            purpose: self.purpose,
            nonce: self.nonce,
            stage: self.stage.map_holder(|_| ()),
            browser_label: self.browser_label,
            return_link: self.return_link,
            began: self.began,
            ends: self.ends,
            version: self.version,
        }
    }
}

/// How a person who returns with a right or wrong credential continues.
pub(crate) enum ReturnOutcome {
    /// The reception is registered, now or before.
    Registered(Id<ProcedureKind>),
    /// The registered consents can be seen and changed, in the browser that began.
    Review(Purpose),
    /// The digits are wrong; tries are left.
    WrongNumber(Id<AuthenticationKind>),
    /// It ended; its page shows the reason.
    Ended(Id<AuthenticationKind>),
}

impl Store {
    /// Begins an app authentication without a procedure: 同意照会・更新, すべての同意を取消す.
    pub(crate) async fn begin_review_authentication(
        &self,
        new: NewAuthentication,
        purpose: Purpose,
        context: RequestContext,
    ) -> Result<(), Refusal> {
        self.database.write(move |transaction| insert_authentication(transaction, &new, None, &purpose, context)).await
    }

    /// The app authentication, if this browser began it.
    pub(crate) async fn find_authentication(
        &self,
        id: Id<AuthenticationKind>,
        context: RequestContext,
    ) -> Result<AppAuthentication, Refusal> {
        self.database
            .read(move |transaction| {
                let authentication = find_by_browser(transaction, id, context)?.ok_or(Refusal::NoSuchAuthentication)?;
                Ok(authentication.without_holder())
            })
            .await
    }

    /// The app authentication, if this browser began it, with the request of its procedure.
    pub(crate) async fn find_authentication_with_request(
        &self,
        id: Id<AuthenticationKind>,
        context: RequestContext,
    ) -> Result<(AppAuthentication, Option<ConsentRequest>), Refusal> {
        self.database
            .read(move |transaction| {
                let authentication = find_by_browser(transaction, id, context)?.ok_or(Refusal::NoSuchAuthentication)?;
                let request = match authentication.procedure {
                    Some(id) => Some(
                        procedure::find_procedure(transaction, id, context)?.ok_or(Refusal::NoSuchProcedure)?.request,
                    ),
                    None => None,
                };
                Ok((authentication.without_holder(), request))
            })
            .await
    }

    /// The app authentication that this browser began last.
    pub(crate) async fn find_newest_authentication(
        &self,
        context: RequestContext,
    ) -> Result<Option<Id<AuthenticationKind>>, Refusal> {
        self.database
            .read(move |transaction| {
                Ok(transaction.fetch_optional(
                    "SELECT id FROM authentication WHERE browser = $1 ORDER BY began DESC, id DESC LIMIT 1",
                    &[&context.browser],
                    |row| row.get(0),
                )?)
            })
            .await
    }

    /// An app claims the ticket. The ticket itself shows how it was opened; the app's own statement counts only if it is the
    /// weaker one.
    pub(crate) async fn claim_ticket(
        &self,
        ticket: Digest,
        device: Device,
        claimed_method: OpenMethod,
        now: Timestamp,
    ) -> Result<AppAuthentication, Refusal> {
        self.database
            .write(move |transaction| {
                let (mut authentication, ticket) =
                    find_by_ticket(transaction, ticket, now)?.ok_or(Refusal::TicketUnknown)?;
                let claimed_method = if ticket == OpenMethod::Scan { OpenMethod::Scan } else { claimed_method };
                authentication.stage = authentication.stage.clone().claim(device, claimed_method)?;
                update_authentication(transaction, &authentication, None)?;
                Ok(authentication.without_holder())
            })
            .await
    }

    /// The app authentication of a claimed ticket.
    pub(crate) async fn find_claimed(&self, ticket: Digest, now: Timestamp) -> Result<AppAuthentication, Refusal> {
        self.database
            .read(move |transaction| {
                let authentication = find_claimed_by_ticket(transaction, ticket, now)?;
                authentication.stage.return_method(authentication.return_link)?;
                Ok(authentication.without_holder())
            })
            .await
    }

    /// The card's response was verified.
    pub(crate) async fn mark_verified(
        &self,
        ticket: Digest,
        holder: VerifiedHolder,
        credential: ReturnCredential,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let mut authentication = find_claimed_by_ticket(transaction, ticket, now)?;
                let code = match &credential {
                    ReturnCredential::Code { digest: code, .. } | ReturnCredential::CodeOrNumber { code, .. } => {
                        Some(Digest::from_bytes(*code))
                    }
                    ReturnCredential::Number { .. } => None,
                };
                authentication.stage = authentication.stage.clone().mark_verified(&holder, credential.clone())?;
                update_authentication(transaction, &authentication, code)
            })
            .await
    }

    /// Ends the app authentication of this ticket.
    pub(crate) async fn end_by_ticket(
        &self,
        ticket: Digest,
        reason: AuthenticationEnd,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let mut authentication = find_claimed_by_ticket(transaction, ticket, now)?;
                authentication.stage = authentication.stage.clone().end(reason.clone());
                update_authentication(transaction, &authentication, None)
            })
            .await
    }

    /// The browser presents the one-time code from the app.
    pub(crate) async fn return_with_code(
        &self,
        code: Digest,
        context: RequestContext,
    ) -> Result<ReturnOutcome, Refusal> {
        let randomness = self.randomness.clone();
        self.database
            .write(move |transaction| {
                let id: Option<Id<AuthenticationKind>> = transaction.fetch_optional(
                    "SELECT id FROM authentication WHERE return_code = $1",
                    &[&code],
                    |row| row.get(0),
                )?;
                let Some(id) = id else { return Err(Refusal::ReturnUnknown) };
                let Some(authentication) = find_by_browser(transaction, id, context)? else {
                    // Another browser: the code is invalidated, whoever sent it there.
                    return spend_code_of_other_browser(transaction, id, context.now).map(Err);
                };
                complete_return(transaction, authentication, &PresentedCredential::Code(code), &randomness, context)
                    .map(Ok)
            })
            .await?
    }

    /// The person types the three digits that the app shows.
    pub(crate) async fn return_with_number(
        &self,
        id: Id<AuthenticationKind>,
        digits: String,
        context: RequestContext,
    ) -> Result<ReturnOutcome, Refusal> {
        let randomness = self.randomness.clone();
        self.database
            .write(move |transaction| {
                let authentication = find_by_browser(transaction, id, context)?.ok_or(Refusal::NoSuchAuthentication)?;
                let presented = PresentedCredential::Number(number_digest(id, &digits));
                complete_return(transaction, authentication, &presented, &randomness, context)
            })
            .await
    }
}

/// Spends a return code that came in a browser which did not begin. Returns the refusal for that browser.
fn spend_code_of_other_browser(
    transaction: &mut Transaction<'_>,
    id: Id<AuthenticationKind>,
    now: Timestamp,
) -> Result<Refusal, Refusal> {
    let Some((mut authentication, _)) = find_authentication(transaction, &AuthenticationKey::Id(id), now)? else {
        return Ok(Refusal::OtherBrowser);
    };
    authentication.stage =
        authentication.stage.clone().spend_code(AuthenticationEnd::Refused(ReceptionRefusal::OtherBrowser.into()));
    let refusal = match &authentication.stage {
        AuthenticationStage::Verified { credential: ReturnCredential::Number { .. }, .. } => Refusal::NumberPending,
        _ => Refusal::OtherBrowser,
    };
    update_authentication(transaction, &authentication, None)?;
    Ok(refusal)
}

/// The digest of the digits, bound to their app authentication.
pub(crate) fn number_digest(id: Id<AuthenticationKind>, digits: &str) -> Digest {
    base::digest(&[id.to_string().as_bytes(), digits.as_bytes()])
}

/// The browser that began presents a credential. If it is right, the registration happens in the same transaction: it can
/// neither be lost nor be made twice.
fn complete_return(
    transaction: &mut Transaction<'_>,
    mut authentication: StoredAuthentication,
    presented: &PresentedCredential,
    randomness: &Randomness,
    context: RequestContext,
) -> Result<ReturnOutcome, Refusal> {
    let (id, was_done) = (authentication.id, matches!(authentication.stage, AuthenticationStage::Done { .. }));
    let (stage, outcome) = authentication.stage.clone().complete_return(presented, context.now);
    authentication.stage = stage;
    if was_done {
        // Reloaded, or pressed twice: it is done already.
        return Ok(authentication
            .procedure
            .map_or(ReturnOutcome::Review(authentication.purpose), ReturnOutcome::Registered));
    }
    let return_outcome = match (&authentication.stage, outcome) {
        (AuthenticationStage::Done { holder }, Ok(())) => {
            match register_holder(transaction, &authentication, holder, randomness, context)? {
                RegistrationOutcome::Continues(return_outcome) => return_outcome,
                RegistrationOutcome::Refused(reason) => {
                    authentication.stage = AuthenticationStage::Ended(AuthenticationEnd::Refused(reason));
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
    update_authentication(transaction, &authentication, None)?;
    Ok(return_outcome)
}

/// The outcome of a registration.
enum RegistrationOutcome {
    Continues(ReturnOutcome),
    /// The page of the app authentication shows the reason.
    Refused(RefusalReason),
}

/// Registers the holder, or opens the review.
fn register_holder(
    transaction: &mut Transaction<'_>,
    authentication: &StoredAuthentication,
    holder: &StoredHolder,
    randomness: &Randomness,
    context: RequestContext,
) -> Result<RegistrationOutcome, Refusal> {
    let Some(procedure) = authentication.procedure else {
        review::insert_review(transaction, holder, context)?;
        return Ok(RegistrationOutcome::Continues(ReturnOutcome::Review(authentication.purpose.clone())));
    };
    let procedure = procedure::find_procedure(transaction, procedure, context)?.ok_or(Refusal::NoSuchProcedure)?;
    if procedure.authentication != Some(authentication.id) {
        return Ok(RegistrationOutcome::Refused(ReceptionRefusal::Superseded.into()));
    }
    let Ok(choices) = procedure.stage.confirmed_choices() else {
        return Ok(RegistrationOutcome::Refused(ReceptionRefusal::Superseded.into()));
    };
    let Some(person) = super::find_person(transaction, holder.issuer(), holder.serial())? else {
        return Ok(RegistrationOutcome::Refused(RegistrationRefusal::UnknownHolder.into()));
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
        validity: match holder.certificate() {
            CertificateValidity::Valid => eligibility::RegistrationValidity::Full,
            CertificateValidity::Grace => eligibility::RegistrationValidity::Grace,
        },
        route: match procedure.request.route {
            EntryRoute::HandOver(_) => eligibility::RegistrationRoute::HandOver,
            EntryRoute::FixedUrl => eligibility::RegistrationRoute::FixedUrl,
        },
    };
    match eligibility::register_reception(transaction, &new, context.now) {
        Ok(registered) => {
            let stage = procedure.stage.clone().register(
                registered.number,
                registered.valid_until,
                Renewal::for_certificate(holder.certificate(), holder.ends(), context.now),
            )?;
            procedure::update_stage(transaction, &procedure, &stage, procedure.authentication)?;
            Ok(RegistrationOutcome::Continues(ReturnOutcome::Registered(procedure.id)))
        }
        Err(refusal) => match RegistrationRefusal::from_refusal(&refusal) {
            Some(reason) => Ok(RegistrationOutcome::Refused(reason.into())),
            None => Err(Refusal::Eligibility(refusal)),
        },
    }
}

/// Begins an app authentication for the requesting browser.
pub(super) fn insert_authentication(
    transaction: &mut Transaction<'_>,
    new: &NewAuthentication,
    procedure: Option<Id<ProcedureKind>>,
    purpose: &Purpose,
    context: RequestContext,
) -> Result<(), Refusal> {
    transaction.execute(
        "INSERT INTO authentication (id, browser, procedure, purpose, ticket, nonce, stage, browser_words, version, began, ends,
            scan_ticket, return_link)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12)",
        &[
            &new.id,
            &context.browser,
            &procedure,
            &to_json(purpose)?,
            &new.ticket,
            &new.nonce,
            &stage_to_json(&AuthenticationStage::Open)?,
            &new.browser_label,
            &context.now,
            &context.now.plus(TICKET_LIFE),
            &new.scan_ticket,
            &new.return_link.as_str(),
        ],
    )?;
    Ok(())
}

/// Ends an app authentication, whichever browser began it.
pub(super) fn end_authentication(
    transaction: &mut Transaction<'_>,
    id: Id<AuthenticationKind>,
    reason: AuthenticationEnd,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some((mut authentication, _)) = find_authentication(transaction, &AuthenticationKey::Id(id), now)? else {
        return Ok(());
    };
    authentication.stage = authentication.stage.clone().end(reason);
    update_authentication(transaction, &authentication, None)
}

enum AuthenticationKey {
    Id(Id<AuthenticationKind>),
    Ticket(Digest),
    Browser(Id<AuthenticationKind>, Digest),
}

fn find_by_browser(
    transaction: &mut Transaction<'_>,
    id: Id<AuthenticationKind>,
    context: RequestContext,
) -> Result<Option<StoredAuthentication>, Refusal> {
    Ok(find_authentication(transaction, &AuthenticationKey::Browser(id, context.browser), context.now)?
        .map(|(authentication, _)| authentication))
}

/// The app authentication of a ticket, and which of its two tickets this is.
fn find_by_ticket(
    transaction: &mut Transaction<'_>,
    ticket: Digest,
    now: Timestamp,
) -> Result<Option<(StoredAuthentication, OpenMethod)>, Refusal> {
    find_authentication(transaction, &AuthenticationKey::Ticket(ticket), now)
}

/// The app authentication of a ticket for an app that continues it. What was opened with the link's ticket is continued
/// with that ticket alone: an app that scanned the QR code from the screen can neither respond nor end it.
fn find_claimed_by_ticket(
    transaction: &mut Transaction<'_>,
    ticket: Digest,
    now: Timestamp,
) -> Result<StoredAuthentication, Refusal> {
    let (authentication, ticket) = find_by_ticket(transaction, ticket, now)?.ok_or(Refusal::TicketUnknown)?;
    match (&authentication.stage, ticket) {
        (AuthenticationStage::Claimed { opened: OpenMethod::Link, .. }, OpenMethod::Scan) => {
            Err(Refusal::TicketUnknown)
        }
        _ => Ok(authentication),
    }
}

fn find_authentication(
    transaction: &mut Transaction<'_>,
    key: &AuthenticationKey,
    now: Timestamp,
) -> Result<Option<(StoredAuthentication, OpenMethod)>, Refusal> {
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
    let row = match key {
        AuthenticationKey::Id(id) => transaction.fetch_optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM authentication WHERE id = $1",
            &[id],
            read_row,
        )?,
        AuthenticationKey::Ticket(ticket) => transaction.fetch_optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM authentication WHERE ticket = $1 OR scan_ticket = $1",
            &[ticket],
            read_row,
        )?,
        AuthenticationKey::Browser(id, browser) => transaction.fetch_optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM authentication WHERE id = $1 AND browser = $2",
            &[id, browser],
            read_row,
        )?,
    };
    let Some(row) = row else { return Ok(None) };
    let stage = stage_from_json(&row.stage)?;
    let open_method = match key {
        AuthenticationKey::Ticket(ticket) if row.scan_ticket == Some(*ticket) => OpenMethod::Scan,
        AuthenticationKey::Ticket(_) | AuthenticationKey::Id(_) | AuthenticationKey::Browser(..) => OpenMethod::Link,
    };
    let authentication = StoredAuthentication {
        id: row.id,
        procedure: row.procedure,
        purpose: from_json(&row.purpose, "authentication.purpose")?,
        nonce: row.nonce,
        stage: stage.at_time(now, row.ends),
        browser_label: row.browser_label,
        return_link: ReturnLink::from_text(&row.return_link),
        began: row.began,
        ends: row.ends,
        version: row.version,
    };
    Ok(Some((authentication, open_method)))
}

fn update_authentication(
    transaction: &mut Transaction<'_>,
    authentication: &StoredAuthentication,
    code: Option<Digest>,
) -> Result<(), Refusal> {
    let update = "UPDATE authentication SET stage = $3, return_code = COALESCE($4, return_code), version = version + 1
         WHERE id = $1 AND version = $2";
    let changed = transaction.execute(
        update,
        &[&authentication.id, &authentication.version, &stage_to_json(&authentication.stage)?, &code],
    )?;
    Ok(expect_one_row(changed, update)?)
}

/// How long the registered consents may be viewed after the card was read.
pub(super) const REVIEW_LIFE: Span = Span::from_mins(10);
