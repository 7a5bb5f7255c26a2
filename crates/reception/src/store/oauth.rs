//! The hand-over's provider side: pushed requests, codes and access tokens.

use base::{Digest, Id, ReceptionNumber, Span, Timestamp};
use handover::{
    AuthenticatedClient, ClientId, CodeExchange, Granted, OauthError, PushedRequest, ReceptionRequest, ReceptionStatus,
    RegisteredReception, Standing,
};
use serde::{Deserialize, Serialize};

use super::{Asking, Store, changed_once, procedure, read, spend, written};
use crate::{
    Refusal,
    rules::procedure::{Asked, HandOver, LONGEST, Stage, Via},
};

/// How long a pushed request may wait for its browser.
pub(crate) const REQUEST_LIFE: Span = Span::from_secs(120);
/// How long a code may wait for its service (RFC 6749 §4.1.2 advises ten minutes at most; the service asks at once).
pub(crate) const CODE_LIFE: Span = Span::from_secs(60);

/// What a code was bound to.
#[derive(Serialize, Deserialize)]
pub(super) struct Bound {
    pub(super) asked: Asked,
    pub(super) number: ReceptionNumber,
    pub(super) valid_until: Timestamp,
}

/// A redeemed code.
pub(crate) struct Redeemed {
    pub(crate) reception: RegisteredReception,
    pub(crate) ends: Timestamp,
}

impl Store {
    /// Keeps a pushed request under the digest of its one-time name.
    pub(crate) async fn push(
        &self,
        client: &AuthenticatedClient,
        pushed: PushedRequest,
        request: Digest,
        now: Timestamp,
    ) -> Result<Result<(), OauthError>, Refusal> {
        let once = client.once();
        let visit_date = pushed.reception.visit_date;
        let asked = Asked {
            institution: pushed.reception.institution,
            visit_date: Some(visit_date),
            via: Via::HandOver(HandOver {
                client: client.id().clone(),
                redirect_uri: pushed.redirect_uri,
                state: pushed.state,
                challenge: pushed.challenge,
                reference: pushed.reception.reference,
            }),
        };
        let (client, content) = (client.id().to_string(), written(&asked)?);
        self.database
            .write(move |transaction| {
                if let Err(error) = once.spend(spend(transaction, once)?) {
                    return Ok(Err(error));
                }
                let institution = eligibility::institution(transaction, asked.institution)?;
                if let Err(error) = crate::rules::request::takes(institution.as_ref(), visit_date, now) {
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
    pub(crate) async fn arrive(
        &self,
        request: Digest,
        client: ClientId,
        new: Id<crate::ProcedureKind>,
        asking: Asking,
    ) -> Result<Id<crate::ProcedureKind>, Refusal> {
        self.database
            .write(move |transaction| {
                let found = transaction.optional(
                    "SELECT client, content, ends, procedure FROM pushed_request WHERE request = $1",
                    &[&request],
                    |row| Ok((row.at::<String>(0)?, row.at::<String>(1)?, row.at::<Timestamp>(2)?, row.at(3)?)),
                )?;
                let Some((pushed_by, content, ends, procedure)) = found else { return Err(Refusal::RequestGone(None)) };
                if pushed_by != client.as_str() {
                    return Err(Refusal::RequestGone(None));
                }
                if let Some(begun) = procedure {
                    // Reload and the back button: the same browser goes on, another one finds nothing.
                    return match procedure::load(transaction, begun, asking)? {
                        Some(_) => Ok(begun),
                        None => Err(Refusal::RequestUsed(None)),
                    };
                }
                if asking.now >= ends {
                    return Err(Refusal::RequestGone(None));
                }
                let asked: Asked = read(&content, "pushed_request.content")?;
                let id = if let Some(id) = procedure::resumable(transaction, &asked, asking)? {
                    procedure::ask_again(transaction, id, &asked)?;
                    id
                } else {
                    procedure::begin(transaction, new, &asked, asking)?;
                    new
                };
                let update = "UPDATE pushed_request SET procedure = $2 WHERE request = $1 AND procedure IS NULL";
                changed_once(transaction.execute(update, &[&request, &id])?, update)?;
                Ok(id)
            })
            .await
    }

    /// Redeems a code: once. Whoever comes second gets nothing, and what the first got is taken back (RFC 6749 §4.1.2).
    pub(crate) async fn redeem(
        &self,
        client: AuthenticatedClient,
        exchange: CodeExchange,
        token: Digest,
        now: Timestamp,
    ) -> Result<Result<Redeemed, OauthError>, Refusal> {
        let code = exchange.code.digest();
        self.database
            .write(move |transaction| {
                let once = client.once();
                if let Err(error) = once.spend(spend(transaction, once)?) {
                    return Ok(Err(error));
                }
                let found =
                    transaction.optional("SELECT granted, ends, spent FROM code WHERE code = $1", &[&code], |row| {
                        Ok((row.at::<String>(0)?, row.at::<Timestamp>(1)?, row.at::<Option<Timestamp>>(2)?))
                    })?;
                let Some((granted, ends, spent)) = found else { return Ok(Err(OauthError::lapsed_code())) };
                let Bound { asked, number, valid_until } = read(&granted, "code.granted")?;
                let Via::HandOver(hand_over) = asked.via else { return Ok(Err(OauthError::lapsed_code())) };
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
                let bound = Granted {
                    client: &hand_over.client,
                    redirect_uri: &hand_over.redirect_uri,
                    challenge: &hand_over.challenge,
                };
                if let Err(error) = exchange.fits(&bound, &client) {
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
                Ok(Ok(Redeemed { reception, ends }))
            })
            .await
    }

    /// Whether the reception of this access token still stands.
    pub(crate) async fn status(&self, token: Digest, now: Timestamp) -> Result<Option<ReceptionStatus>, Refusal> {
        self.database
            .read(move |transaction| {
                let found = transaction.optional(
                    "SELECT number, valid_until FROM access_token WHERE token = $1 AND ends > $2",
                    &[&token, &now],
                    |row| Ok((row.at::<ReceptionNumber>(0)?, row.at::<Timestamp>(1)?)),
                )?;
                let Some((reception_number, valid_until)) = found else { return Ok(None) };
                let standing = eligibility::standing(transaction, reception_number, now)?;
                let status = match standing {
                    Some(eligibility::Standing::Registered { .. }) => Standing::Registered,
                    Some(eligibility::Standing::Withdrawn { .. }) => Standing::Withdrawn,
                    Some(eligibility::Standing::Expired { .. }) | None => Standing::Expired,
                };
                Ok(Some(ReceptionStatus { status, reception_number, valid_until }))
            })
            .await
    }
}

/// Whether a procedure of this age may still be gone on with; its life is prolonged when it is registered.
pub(super) fn ends(stage: &Stage, began: Timestamp) -> Timestamp {
    match stage {
        Stage::Registered { valid_until, .. } | Stage::Handed { valid_until, .. } => {
            valid_until.unwrap_or(began.plus(Span::from_hours(24)))
        }
        Stage::Asked | Stage::Chosen(_) | Stage::Confirmed(_) | Stage::Lapsed(_) => began.plus(LONGEST),
    }
}
