//! The hand-over's provider side: pushed requests, codes and access tokens.

use base::{Digest, Id, ReceptionNumber, Span, Timestamp};
use eligibility::{CareKind, find_online_function};
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

/// How long a pushed request is valid.
pub(crate) const REQUEST_LIFE: Span = Span::from_secs(120);
/// How long a code is valid (RFC 6749 §4.1.2 recommends ten minutes at most; the service redeems it at once).
pub(crate) const AUTHORIZATION_CODE_LIFE: Span = Span::from_secs(60);

/// What a code is bound to.
#[derive(Serialize, Deserialize)]
pub(super) struct CodeBinding {
    #[serde(rename = "asked")]
    pub(super) request: ConsentRequest,
    pub(super) number: ReceptionNumber,
    pub(super) valid_until: Timestamp,
}

/// The result of redeeming a code.
pub(crate) struct RedeemedCode {
    pub(crate) reception: RegisteredReception,
    pub(crate) ends: Timestamp,
}

impl Store {
    /// Stores a pushed request under the digest of its `request_uri`'s token.
    pub(crate) async fn insert_pushed_request(
        &self,
        client: &AuthenticatedClient,
        pushed: PushedRequest,
        request: Digest,
        now: Timestamp,
    ) -> Result<Result<(), OauthError>, Refusal> {
        let assertion = client.once_only();
        let visit_date = pushed.reception.visit_date;
        let consent_request = ConsentRequest {
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
        let (client, content) = (client.id().to_string(), to_json(&consent_request)?);
        self.database
            .write(move |transaction| {
                if let Err(error) = assertion.spend(spend_assertion(transaction, assertion)?) {
                    return Ok(Err(error));
                }
                let function = find_online_function(transaction, consent_request.institution, CareKind::Online)?;
                if let Err(error) = crate::rules::request::check_registrable(function, visit_date, now) {
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

    /// A browser arrives with a pushed request. Returns its procedure: a new one, or the one it left unfinished. The request
    /// is valid once; the same browser is sent to where it was.
    pub(crate) async fn begin_or_resume_procedure(
        &self,
        request: Digest,
        client: ClientId,
        new: Id<crate::ProcedureKind>,
        context: RequestContext,
    ) -> Result<Id<crate::ProcedureKind>, Refusal> {
        self.database
            .write(move |transaction| {
                let row = transaction.fetch_optional(
                    "SELECT client, content, ends, procedure FROM pushed_request WHERE request = $1",
                    &[&request],
                    |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Timestamp>(2)?, row.get(3)?)),
                )?;
                let Some((pushed_by, request_json, ends, procedure)) = row else {
                    return Err(Refusal::RequestGone(None));
                };
                if pushed_by != client.as_str() {
                    return Err(Refusal::RequestGone(None));
                }
                if let Some(existing) = procedure {
                    // Reload and the back button: the same browser continues, another one is refused.
                    return match procedure::find_procedure(transaction, existing, context)? {
                        Some(_) => Ok(existing),
                        None => Err(Refusal::RequestUsed(None)),
                    };
                }
                if context.now >= ends {
                    return Err(Refusal::RequestGone(None));
                }
                let consent_request: ConsentRequest = from_json(&request_json, "pushed_request.content")?;
                let id = if let Some(id) = procedure::find_resumable(transaction, &consent_request, context)? {
                    procedure::update_request(transaction, id, &consent_request)?;
                    id
                } else {
                    procedure::insert_procedure(transaction, new, &consent_request, context)?;
                    new
                };
                let update = "UPDATE pushed_request SET procedure = $2 WHERE request = $1 AND procedure IS NULL";
                expect_one_row(transaction.execute(update, &[&request, &id])?, update)?;
                Ok(id)
            })
            .await
    }

    /// Redeems a code, once. A second attempt is refused and revokes the first one's token (RFC 6749 §4.1.2).
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
                let assertion = client.once_only();
                if let Err(error) = assertion.spend(spend_assertion(transaction, assertion)?) {
                    return Ok(Err(error));
                }
                let row = transaction.fetch_optional(
                    "SELECT granted, ends, spent FROM code WHERE code = $1",
                    &[&code],
                    |row| Ok((row.get::<String>(0)?, row.get::<Timestamp>(1)?, row.get::<Option<Timestamp>>(2)?)),
                )?;
                let Some((granted, ends, spent)) = row else { return Ok(Err(OauthError::lapsed_code())) };
                let CodeBinding { request: consent_request, number, valid_until } =
                    from_json(&granted, "code.granted")?;
                let EntryRoute::HandOver(hand_over) = consent_request.route else {
                    return Ok(Err(OauthError::lapsed_code()));
                };
                if *client.id() != hand_over.client {
                    // Another client must not be able to spend it.
                    return Ok(Err(OauthError::lapsed_code()));
                }
                if spent.is_some() {
                    transaction.execute("DELETE FROM access_token WHERE code = $1", &[&code])?;
                    return Ok(Err(OauthError::lapsed_code()));
                }
                // The code is spent from here on, even if a check fails, so that it cannot be tried repeatedly.
                transaction.execute("UPDATE code SET spent = $2 WHERE code = $1", &[&code, &now])?;
                if now >= ends {
                    return Ok(Err(OauthError::lapsed_code()));
                }
                let grant = CodeGrant {
                    client: &hand_over.client,
                    redirect_uri: &hand_over.redirect_uri,
                    challenge: &hand_over.challenge,
                };
                if let Err(error) = exchange.check_grant(&grant, &client) {
                    return Ok(Err(error));
                }
                // The token lives a day beyond the visit, so that the service can learn that it has expired.
                let ends = valid_until.plus(Span::from_hours(24));
                transaction.execute(
                    "INSERT INTO access_token (token, code, number, valid_until, ends) VALUES ($1, $2, $3, $4, $5)",
                    &[&token, &code, &number, &valid_until, &ends],
                )?;
                let Some(visit_date) = consent_request.visit_date else { return Ok(Err(OauthError::lapsed_code())) };
                let request = ReceptionRequest {
                    institution: consent_request.institution,
                    visit_date,
                    reference: hand_over.reference,
                };
                let reception = RegisteredReception { request, reception_number: number, valid_until };
                Ok(Ok(RedeemedCode { reception, ends }))
            })
            .await
    }

    /// Whether the reception of this access token is still registered.
    pub(crate) async fn find_reception_status(
        &self,
        token: Digest,
        now: Timestamp,
    ) -> Result<Option<ReceptionStatus>, Refusal> {
        self.database
            .read(move |transaction| {
                let row = transaction.fetch_optional(
                    "SELECT number, valid_until FROM access_token WHERE token = $1 AND ends > $2",
                    &[&token, &now],
                    |row| Ok((row.get::<ReceptionNumber>(0)?, row.get::<Timestamp>(1)?)),
                )?;
                let Some((reception_number, valid_until)) = row else { return Ok(None) };
                let state = eligibility::find_reception_state(transaction, reception_number, now)?;
                let status = match state {
                    Some(eligibility::ReceptionState::Registered { .. }) => RegistrationStatus::Registered,
                    Some(eligibility::ReceptionState::Withdrawn { .. }) => RegistrationStatus::Withdrawn,
                    Some(eligibility::ReceptionState::Expired { .. }) | None => RegistrationStatus::Expired,
                };
                Ok(Some(ReceptionStatus { status, reception_number, valid_until }))
            })
            .await
    }
}

/// Until when a procedure may be continued; registration prolongs it.
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
