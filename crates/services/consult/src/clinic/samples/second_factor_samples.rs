//! The sample pages of the second factor and of passwords for programs.

use accounts::{recovery_code::RecoveryCode, totp::TotpSecret};
use base::{Randomness, Token};
use maud::Markup;
use ui::Frame;

use crate::{
    clinic::pages::{
        program_password::{ProgramPasswordPage, render_program_password_page},
        second_factor::{PasswordProblem, SecondFactorPage, SecondFactorProblem, render_second_factor_page},
        sign_in_code::{CodeProblem, render_code_page},
    },
    sample_data,
};

/// The pages in each of their states, for a signed-in staff member and for one whose sign-in waits.
pub(super) fn samples(frame: &Frame, anonymous: &Frame) -> Vec<(String, Markup)> {
    let randomness = Randomness::repeatable("second factor");
    let setting_up = || SecondFactorPage::SettingUp {
        secret: TotpSecret::new(&Randomness::repeatable("second factor")),
        account: "desk@sakura.example.jp".to_owned(),
    };
    let on = || SecondFactorPage::On { recovery_codes: 9 };
    let codes = (0..10).map(|_| RecoveryCode::new(&randomness)).collect();
    let (wrong, too_many) = (PasswordProblem::Wrong, PasswordProblem::TooManyAttempts);
    let factor = |page: &SecondFactorPage, problem| render_second_factor_page(frame, page, problem);
    let program = |page: &ProgramPasswordPage, problem| render_program_password_page(frame, page, problem);
    let made = ProgramPasswordPage::MadeAt(sample_data::now());
    let new_password = ProgramPasswordPage::NewPassword(Token::new(&randomness));
    [
        ("desk/second-factor", factor(&SecondFactorPage::Off, None)),
        ("desk/second-factor-setup", factor(&setting_up(), None)),
        ("desk/second-factor-setup-wrong", factor(&setting_up(), Some(SecondFactorProblem::WrongCode))),
        ("desk/second-factor-codes", factor(&SecondFactorPage::NewRecoveryCodes(codes), None)),
        ("desk/second-factor-on", factor(&on(), None)),
        ("desk/second-factor-renewal-wrong", factor(&on(), Some(SecondFactorProblem::Renewal(wrong)))),
        ("desk/second-factor-removal-too-many", factor(&on(), Some(SecondFactorProblem::TurningOff(too_many)))),
        ("desk/program-password", program(&ProgramPasswordPage::Nothing, None)),
        ("desk/program-password-wrong", program(&ProgramPasswordPage::Nothing, Some(wrong))),
        ("desk/program-password-too-many", program(&made, Some(too_many))),
        ("desk/program-password-made", program(&made, None)),
        ("desk/program-password-new", program(&new_password, None)),
        ("desk/sign-in-code", render_code_page(anonymous, None)),
        ("desk/sign-in-code-wrong", render_code_page(anonymous, Some(CodeProblem::WrongCode))),
        ("desk/sign-in-code-recovery-wrong", render_code_page(anonymous, Some(CodeProblem::WrongRecoveryCode))),
    ]
    .map(|(name, page)| (name.to_owned(), page))
    .into()
}
