//! `uketsuke ca`: lists, issues and revokes certificates of the authority of a data folder.
//!
//! The services are opened on the folder while a demo may run on it: SQLite permits one writer at a time, and each service
//! reads its database for each request, so that a running demo sees changes at once. Data is written to the standard
//! output, as one JSON object per line or as PEM.

mod error;
mod operations;
#[cfg(feature = "demo")]
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use tokio::runtime::Runtime;

use crate::arguments::ca::{CaArguments, CaCommand};

pub use error::CaError;

use operations::CaServices;

/// Runs the command.
pub fn run(arguments: &CaArguments) -> Result<(), CaError> {
    Runtime::new()?.block_on(async {
        let mut out = io::stdout().lock();
        execute(arguments, &mut out).await
    })
}

/// Runs the command with `out` as the standard output.
pub async fn execute(arguments: &CaArguments, out: &mut impl Write) -> Result<(), CaError> {
    let services = CaServices::open(arguments).await?;
    match &arguments.command {
        CaCommand::Show { folder } => services.show_generations(folder.as_deref(), out),
        CaCommand::List { filter } => services.list_certificates(*filter, out).await,
        CaCommand::IssueInstitution { code, out: file } => services.issue_institution(*code, file, out).await,
        CaCommand::Revoke { selector, reason } => services.revoke(selector, *reason, out).await,
        CaCommand::Renew { selector, out: file } => services.renew(selector, file.as_deref(), out).await,
        CaCommand::Crl { issuer, der } => services.write_revocation_list(issuer.as_deref(), *der, out).await,
    }
}
