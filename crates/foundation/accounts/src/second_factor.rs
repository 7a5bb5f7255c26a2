//! The second factor of accounts: an authenticator app ([`crate::totp`]) with recovery codes, and sign-ins that wait for it.
//!
//! ```text
//! none ──begin_setup──▶ being set up ──confirm_setup──▶ on
//!   ▲                                                    │
//!   └──────────────────────remove────────────────────────┘
//! ```
//!
//! A service adds [`MIGRATION`] to its own and calls these functions within its transactions. It seals the secret, and counts
//! attempts by [`crate::attempts`] before it looks at a code. `account` is the service's identifier (such as `staff:ID`).

mod store;

pub use store::{
    MIGRATION, begin_pending_sign_in, begin_setup, confirm_setup, count_recovery_codes, end_pending_sign_in,
    find_pending_sign_in, find_second_factor, is_second_factor_on, remove, replace_recovery_codes, use_recovery_code,
    use_step,
};

use crate::totp::TotpStep;

/// The second factor of an account, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecondFactor {
    /// The sealed secret.
    pub sealed: Vec<u8>,
    pub stage: SecondFactorStage,
}

/// How far a second factor is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorStage {
    /// No code of the app was seen yet; signing in does not ask for one.
    SettingUp,
    /// Signing in asks for a code.
    On {
        /// The step whose code was used last.
        last_used: TotpStep,
    },
}
