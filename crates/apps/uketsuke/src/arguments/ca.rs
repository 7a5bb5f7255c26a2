//! The command line of `uketsuke ca`.

use std::path::PathBuf;

use base::{InstitutionCode, Timestamp};
use clap::{Subcommand, ValueEnum};
use jpki::{Serial, ocsp};
use web::Origin;

/// How the authority is found, and what it shall do.
#[derive(Debug, Clone, clap::Args)]
pub struct CaArguments {
    /// The data folder of the demo, which may be running
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA", global = true)]
    pub data: PathBuf,
    /// The PostgreSQL server, where the demo was started with one
    #[arg(long, value_name = "URL", env = "UKETSUKE_DATABASE", global = true)]
    pub database: Option<String>,
    /// The address of the authority, which stands in new certificates: that of the demo's port
    #[arg(long, value_name = "ORIGIN", default_value = "http://authority.localhost:8400", global = true)]
    pub authority: Origin,
    /// Take this for the time (RFC 3339), where the demo's clock was moved
    #[arg(long, value_name = "TIME", global = true)]
    pub clock: Option<Timestamp>,
    /// What to do
    #[command(subcommand)]
    pub command: CaCommand,
}

/// What the authority shall do.
#[derive(Debug, Clone, Subcommand)]
pub enum CaCommand {
    /// The generations of both authorities and the authority for machines, with their certificates as PEM
    Show {
        /// Write the certificates as DER into this folder instead
        #[arg(long = "der", value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// What was issued, one JSON object on each line
    List {
        /// Whose certificates
        #[arg(value_enum, default_value_t = CertificateFilter::All)]
        filter: CertificateFilter,
    },
    /// Issue a client certificate to an institution and admit it at the institutions' interface
    IssueInstitution {
        /// The institution's ten digits
        code: InstitutionCode,
        /// The new file for certificate and key (PEM), readable by its owner alone
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Revoke a certificate: known at the next question
    Revoke {
        /// Whose
        #[command(flatten)]
        selector: CertificateSelector,
        /// Why
        #[arg(long, value_enum, default_value_t = RevocationReason::CessationOfOperation)]
        reason: RevocationReason,
    },
    /// Issue another certificate with a new key in the place of a person's, which is revoked
    Renew {
        /// Whose
        #[command(flatten)]
        selector: CertificateSelector,
        /// The new file for certificate and key (PEM), where no card of the app carries them
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// The newest revocation list
    Crl {
        /// The beginning of the key's hexadecimal digits, as `show` names it; without, the list of the machines
        #[arg(long, value_name = "KEY")]
        issuer: Option<String>,
        /// DER instead of PEM
        #[arg(long)]
        der: bool,
    },
}

/// Whose certificate is meant.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct CertificateSelector {
    /// The certificate's number, in hexadecimal digits
    #[arg(required_unless_present_any = ["persona", "institution"], conflicts_with_all = ["persona", "institution"])]
    pub serial: Option<Serial>,
    /// The beginning of its issuer's key, where several generations gave out the number
    #[arg(long, value_name = "KEY")]
    pub issuer: Option<String>,
    /// The card of this name in the app
    #[arg(long, value_name = "NAME", conflicts_with = "institution")]
    pub persona: Option<String>,
    /// All client certificates of this institution
    #[arg(long, value_name = "CODE")]
    pub institution: Option<InstitutionCode>,
}

/// Whose certificates are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CertificateFilter {
    /// Everybody's.
    All,
    /// Those on cards.
    Cards,
    /// Those of institutions and servers.
    Machines,
}

/// Why a certificate is revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RevocationReason {
    /// No reason told.
    Unspecified,
    /// The card is lost, or the key in other hands.
    KeyCompromise,
    /// What the certificate says is no longer so.
    AffiliationChanged,
    /// Another certificate takes its place.
    Superseded,
    /// No longer needed.
    CessationOfOperation,
    /// Stopped for now (一時停止).
    CertificateHold,
}

impl From<RevocationReason> for ocsp::RevocationReason {
    fn from(reason: RevocationReason) -> Self {
        match reason {
            RevocationReason::Unspecified => Self::Unspecified,
            RevocationReason::KeyCompromise => Self::KeyCompromise,
            RevocationReason::AffiliationChanged => Self::AffiliationChanged,
            RevocationReason::Superseded => Self::Superseded,
            RevocationReason::CessationOfOperation => Self::CessationOfOperation,
            RevocationReason::CertificateHold => Self::CertificateHold,
        }
    }
}
