//! Signing in: passwords, second factors, and how often one may try.
//!
//! A service that signs people in keeps their accounts itself; this is what every such service needs and none decides.
//! Start reading at [`password`], then [`attempts`].

pub mod attempts;
pub mod password;
pub mod recovery_code;
pub mod second_factor;
pub mod totp;
