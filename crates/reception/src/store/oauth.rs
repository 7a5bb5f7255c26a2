//! The hand-over's provider side: pushed requests, codes and access tokens.

use base::{Digest, Id, ReceptionNumber, Span, Timestamp};
use handover::{
    AuthenticatedClient, ClientId, CodeExchange, CodeGrant, OauthError, PushedRequest, ReceptionRequest,
    ReceptionStatus, RegisteredReception, RegistrationStatus,
};
use serde::{Deserialize, Serialize};

use super::{RequestContext, Store, expect_one_row, from_json, procedure, spend_assertion, to_json};
use crate::{
    Refusal,
    rules::procedure::{ConsentRequest, EntryRoute, HandOver, PROCEDURE_LIFE, ProcedureStage},
};

/// How long a pushed request may wait for its browser.
pub(crate) const REQUEST_LIFE: Span = Span::from_secs(120);
/// How long a code may wait for its service (RFC 6749 §4.1.2 advises ten minutes at most; the service asks at once).
pub(crate) const AUTHORIZATION_CODE_LIFE: Span = Span::from_secs(60);

/// What a code was bound to.
#[derive(Serialize, Deserialize)]
pub(super) struct CodeBinding {
    #[serde(rename = "asked")]
    pub(super) request: ConsentRequest,
    pub(super) number: ReceptionNumber,
    pub(super) valid_until: Timestamp,
}

/// A redeemed code.
pub(crate) struct RedeemedCode {
    pub(crate) reception: RegisteredReception,
    pub(crate) ends: Timestamp,
}

impl Store {
    /// Keeps a pushed request under the digest of its one-time name.
    pub(crate) async fn insert_pushed_request(
        &self,
        client: &AuthenticatedClient,
        pushed: PushedRequest,
        request: Digest,
        now: Timestamp,
    ) -> Result<Result<(), OauthError>, Refusal> {
        let once = client.once_only();
        let visit_date = pushed.reception.visit_date;
        let asked = ConsentRequest {
            institution: pushed.reception.institution,
            visit_date: Some(visit_date),
            route: EntryRoute::HandOver(HandOver {
                client: client.id().clone(),
                redirect_uri: pushed.redirect_uri,
                state: pushed.state,
                challenge: pushed.challenge,
                reference: pushed.reception.reference,
            }),
        };
        let (client, content) = (client.id().to_string(), to_json(&asked)?);
        self.database
            .write(move |transaction| {
                if let Err(error) = once.spend(spend_assertion(transaction, once)?) {
                    return Ok(Err(error));
                }
                let institution = eligibility::find_institution(transaction, asked.institution)?;
                if let Err(error) = crate::rules::request::check_registrable(institution.as_ref(), visit_date, now) {
                    return Ok(Err(error));
                }
                transaction.execute(
                    "INSERT INTO pushed_request (request, client, content, ends) VALUES ($1, $2, $3, $4)",
                    &[&request, &client, &content, &now.plus(REQUEST_LIFE)],
                )?;
                Ok(Ok(()))
            })
            .await
    }

    /// A browser arrives with a pushed request, and is told its procedure: a new one, or the one that it left. The request is
    /// good once; the same browser is led to where it is.
    pub(crate) async fn begin_or_resume_procedure(
        &self,
        request: Digest,
        client: ClientId,
        new: Id<crate::ProcedureKind>,
        asking: RequestContext,
    ) -> Result<Id<crate::ProcedureKind>, Refusal> {
        self.database
            .write(move |transaction| {
                let found = transaction.fetch_optional(
                    "SELECT client, content, ends, procedure FROM pushed_request WHERE request = $1",
                    &[&request],
                    |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Timestamp>(2)?, row.get(3)?)),
                )?;
                let Some((pushed_by, content, ends, procedure)) = found else { return Err(Refusal::RequestGone(None)) };
                if pushed_by != client.as_str() {
                    return Err(Refusal::RequestGone(None));
                }
                if let Some(begun) = procedure {
                    // Reload and the back button: the same browser goes on, another one finds nothing.
                    return match procedure::find_procedure(transaction, begun, asking)? {
                        Some(_) => Ok(begun),
                        None => Err(Refusal::RequestUsed(None)),
                    };
                }
                if asking.now >= ends {
                    return Err(Refusal::RequestGone(None));
                }
                let asked: ConsentRequest = from_json(&content, "pushed_request.content")?;
                let id = if let Some(id) = procedure::find_resumable(transaction, &asked, asking)? {
                    procedure::update_request(transaction, id, &asked)?;
                    id
                } else {
                    procedure::insert_procedure(transaction, new, &asked, asking)?;
                    new
                };
                let update = "UPDATE pushed_request SET procedure = $2 WHERE request = $1 AND procedure IS NULL";
                expect_one_row(transaction.execute(update, &[&request, &id])?, update)?;
                Ok(id)
            })
            .await
    }

    /// Redeems a code: once. Whoever comes second gets nothing, and what the first got is taken back (RFC 6749 §4.1.2).
    pub(crate) async fn redeem_code(
        &self,
        client: AuthenticatedClient,
        exchange: CodeExchange,
        token: Digest,
        now: Timestamp,
    ) -> Result<Result<RedeemedCode, OauthError>, Refusal> {
        let code = exchange.code.digest();
        self.database
            .write(move |transaction| {
                let once = client.once_only();
                if let Err(error) = once.spend(spend_assertion(transaction, once)?) {
                    return Ok(Err(error));
                }
                let found = transaction.fetch_optional(
                    "SELECT granted, ends, spent FROM code WHERE code = $1",
                    &[&code],
                    |row| Ok((row.get::<String>(0)?, row.get::<Timestamp>(1)?, row.get::<Option<Timestamp>>(2)?)),
                )?;
                let Some((granted, ends, spent)) = found else { return Ok(Err(OauthError::lapsed_code())) };
                let CodeBinding { request: asked, number, valid_until } = from_json(&granted, "code.granted")?;
                let EntryRoute::HandOver(hand_over) = asked.route else { return Ok(Err(OauthError::lapsed_code())) };
                if *client.id() != hand_over.client {
                    // Another client must not be able to spend it.
                    return Ok(Err(OauthError::lapsed_code()));
                }
                if spent.is_some() {
                    transaction.execute("DELETE FROM access_token WHERE code = $1", &[&code])?;
                    return Ok(Err(OauthError::lapsed_code()));
                }
                // From here on it is spent, whatever comes of it: a code is not tried out.
                transaction.execute("UPDATE code SET spent = $2 WHERE code = $1", &[&code, &now])?;
                if now >= ends {
                    return Ok(Err(OauthError::lapsed_code()));
                }
                let bound = CodeGrant {
                    client: &hand_over.client,
                    redirect_uri: &hand_over.redirect_uri,
                    challenge: &hand_over.challenge,
                };
                if let Err(error) = exchange.check_grant(&bound, &client) {
                    return Ok(Err(error));
                }
                // The service may ask a day beyond the visit, and is told that it is over.
                let ends = valid_until.plus(Span::from_hours(24));
                transaction.execute(
                    "INSERT INTO access_token (token, code, number, valid_until, ends) VALUES ($1, $2, $3, $4, $5)",
                    &[&token, &code, &number, &valid_until, &ends],
                )?;
                let Some(visit_date) = asked.visit_date else { return Ok(Err(OauthError::lapsed_code())) };
                let request =
                    ReceptionRequest { institution: asked.institution, visit_date, reference: hand_over.reference };
                let reception = RegisteredReception { request, reception_number: number, valid_until };
                Ok(Ok(RedeemedCode { reception, ends }))
            })
            .await
    }

    /// Whether the reception of this access token still stands.
    pub(crate) async fn find_reception_status(
        &self,
        token: Digest,
        now: Timestamp,
    ) -> Result<Option<ReceptionStatus>, Refusal> {
        self.database
            .read(move |transaction| {
                let found = transaction.fetch_optional(
                    "SELECT number, valid_until FROM access_token WHERE token = $1 AND ends > $2",
                    &[&token, &now],
                    |row| Ok((row.get::<ReceptionNumber>(0)?, row.get::<Timestamp>(1)?)),
                )?;
                let Some((reception_number, valid_until)) = found else { return Ok(None) };
                let standing = eligibility::find_reception_state(transaction, reception_number, now)?;
                let status = match standing {
                    Some(eligibility::ReceptionState::Registered { .. }) => RegistrationStatus::Registered,
                    Some(eligibility::ReceptionState::Withdrawn { .. }) => RegistrationStatus::Withdrawn,
                    Some(eligibility::ReceptionState::Expired { .. }) | None => RegistrationStatus::Expired,
                };
                Ok(Some(ReceptionStatus { status, reception_number, valid_until }))
            })
            .await
    }
}

/// Whether a procedure of this age may still be gone on with; its life is prolonged when it is registered.
pub(super) fn procedure_expiry(stage: &ProcedureStage, began: Timestamp) -> Timestamp {
    match stage {
        ProcedureStage::Registered { valid_until, .. } | ProcedureStage::Completed { valid_until, .. } => {
            valid_until.unwrap_or(began.plus(Span::from_hours(24)))
        }
        ProcedureStage::Requested
        | ProcedureStage::Chosen(_)
        | ProcedureStage::Confirmed(_)
        | ProcedureStage::Lapsed(_) => began.plus(PROCEDURE_LIFE),
    }
}
