//! Secrets cannot be printed, which is checked at compile time.

use std::fmt::{Debug, Display};

/// Fails to compile if a type has the trait: then `only_one` has two candidates.
macro_rules! lacks {
    ($bound:path: $($name:ty),* $(,)?) => { $(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn only_one() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct HasIt;
            impl<T: ?Sized + $bound> Ambiguous<HasIt> for T {}
            let _ = <$name as Ambiguous<_>>::only_one;
        };
    )* };
}

lacks!(Debug:
    handover::AccessToken, handover::AuthorizationCode, handover::AuthorizationRequest, handover::ClientKey,
    handover::CodeExchange, handover::CodeVerifier, handover::Departure, handover::Form, handover::FormBody,
    handover::Location, handover::PushedAuthorizationResponse, handover::PushedRequest, handover::RequestUri, handover::AuthorizationResponse,
    handover::State, handover::TokenResponse, handover::UnverifiedAssertion, handover::UnverifiedAuthorizationResponse,
);

lacks!(Display:
    handover::AccessToken, handover::AuthorizationCode, handover::CodeVerifier, handover::FormBody, handover::Location,
    handover::RequestUri, handover::State,
);
