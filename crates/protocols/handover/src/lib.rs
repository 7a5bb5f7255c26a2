//! The OAuth protocol between a service (client) and a reception (provider) for the hand-over of a patient.
//!
//! Every message is either a valid value or an [`OauthError`] whose description helps the developer of the other side. The
//! crate implements both sides without I/O, clock, state or decisions. It must never have a member for a subject, a name, a
//! consented item or a choice: the types of the responses, [`RegisteredReception`] and [`ReceptionStatus`], are all that a
//! service can learn.
//!
//! The profile: RFC 9126 pushed requests (required), RFC 7636 with S256 (required), RFC 9396 `authorization_details` of one
//! type, RFC 7521 and 7523 `private_key_jwt`, RFC 9207 `iss`, RFC 8414 metadata, RFC 6750 bearer tokens, and RFC 9700 for the
//! remaining choices.
//!
//! | step | the service | the reception |
//! |---|---|---|
//! | discover | [`Issuer::metadata_url`], [`Metadata::read`] | [`Metadata`] as JSON |
//! | push | [`Departure::pushed_request_form`], [`PushedAuthorizationResponse`] | [`UnverifiedAssertion`], [`PushedRequest`] |
//! | leave | [`Metadata::authorization_url`] | [`AuthorizationRequest`] |
//! | return | [`UnverifiedAuthorizationResponse`], [`AuthorizationResponse`] | [`RedirectUri::with_code`], `with_error` |
//! | redeem | [`Departure::token_request_form`], [`Departure::read_token_response`] | [`CodeExchange`], [`TokenResponse`] |
//! | check status | [`ReceptionStatus::read`] | [`bearer_token`], [`ReceptionStatus`] |
//!
//! Start reading at [`PushedRequest`] for the reception's side and at [`Departure`] for the service's.

mod address;
mod assertion;
mod authorization_response;
mod authorize;
mod bearer;
mod client;
mod client_key;
mod departure;
mod details;
mod error;
mod exchange;
mod form;
mod keys;
mod metadata;
mod name;
mod pkce;
mod push;
mod response;
mod status;

pub use address::{Issuer, Location, RedirectUri, WrongAddress};
pub use assertion::{AuthenticatedClient, OnceOnly, ReplayCheck, UnverifiedAssertion};
pub use authorization_response::{
    AuthorizationCode, AuthorizationResponse, AuthorizationResponseRefusal, UnverifiedAuthorizationResponse,
};
pub use authorize::{AuthorizationRequest, RequestUri};
pub use bearer::{BearerRefusal, bearer_token};
pub use client::{Client, WrongClient};
pub use client_key::{ClientKey, WrongClientKey};
pub use departure::Departure;
pub use details::{DETAILS_TYPE, ReceptionRequest, RegisteredReception, WrongDetails};
pub use error::{ErrorCode, NO_STORE, OauthError, ProviderError};
pub use exchange::{CodeExchange, CodeGrant};
pub use form::{FORM_MEDIA_TYPE, Form, FormBody};
pub use keys::{ClientKeys, SigningAlgorithm, WrongKeys};
pub use metadata::{Endpoints, Metadata, MetadataRefusal};
pub use name::{ClientId, Reference, State, WrongName};
pub use pkce::{CodeChallenge, CodeVerifier, WrongPkce};
pub use push::PushedRequest;
pub use response::{AccessToken, PushedAuthorizationResponse, ResponseRefusal, TokenResponse};
pub use status::{ReceptionStatus, RegistrationStatus};
