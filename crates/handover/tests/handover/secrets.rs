//! What is secret cannot be printed. These are checked when the tests are built.

use std::fmt::{Debug, Display};

/// Does not build if a type has the trait: then there are two candidates for `only_one`.
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
