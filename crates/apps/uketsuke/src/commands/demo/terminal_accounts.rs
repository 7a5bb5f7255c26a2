//! The accounts with which the demo's terminals sign in at the service, so that what is confirmed at a terminal is confirmed
//! at the desk.

use base::{InstitutionCode, Token};
use consult::Consult;
use terminal::ServiceAccount;
use web::Origin;
use world::DemoInstitution;
use zeroize::Zeroizing;

use crate::key_store::KeyStore;

/// The account of an institution's desk, with its password for programs: it works too where somebody has changed the
/// account's own password or turned on two-step sign-in.
pub(super) struct TerminalAccount {
    institution: InstitutionCode,
    mail: String,
    password: Token,
}

/// An account of each institution. Passwords are the same at every start on one data folder.
pub(super) fn list_terminal_accounts(key_store: &KeyStore, institutions: &[DemoInstitution]) -> Vec<TerminalAccount> {
    let key = key_store.key("terminal accounts");
    let account = |institution: &DemoInstitution| {
        let code = institution.code();
        let member = institution.staff.first()?;
        let password = key.token(&code.to_string());
        Some(TerminalAccount { institution: code, mail: member.mail.clone(), password })
    };
    institutions.iter().filter_map(account).collect()
}

/// The account of an institution's terminal at the service.
pub(super) fn find_terminal_account(
    accounts: &[TerminalAccount],
    institution: InstitutionCode,
) -> Option<&TerminalAccount> {
    accounts.iter().find(|account| account.institution == institution)
}

impl TerminalAccount {
    /// The mail address with which it signs in.
    pub(super) fn mail(&self) -> &str {
        &self.mail
    }

    /// The password for programs.
    pub(super) fn password(&self) -> Zeroizing<String> {
        Zeroizing::new(self.password.reveal())
    }

    /// The account as a terminal has it.
    pub(super) fn to_service_account(&self, service: &Origin) -> ServiceAccount {
        ServiceAccount { address: service.clone(), mail: self.mail.clone(), password: self.password() }
    }
}

/// Gives the accounts their passwords for programs. One that somebody has made at the desk stays.
pub(super) async fn add_program_passwords(
    consult: &Consult,
    accounts: &[TerminalAccount],
) -> Result<(), consult::Refusal> {
    for TerminalAccount { mail, password, .. } in accounts {
        consult.add_program_password(mail, password).await?;
    }
    Ok(())
}
