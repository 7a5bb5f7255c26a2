//! What may be entered of a relative, and what an invitation to act for a patient is good for.

use base::{Date, Timestamp};
use text::Text;

use super::texts;
use crate::people::rules::{
    account::{Relationship, comes_of_age_on},
    patient::{Profile, ProfileInput, ProfileProblem},
};

/// A patient whom an account adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRelative {
    pub(crate) profile: Profile,
    pub(crate) relationship: Relationship,
}

impl NewRelative {
    /// Parses the form, or returns all problems, the relationship's first.
    pub(crate) fn from_input(
        relationship: &str,
        input: &ProfileInput,
        today: Date,
    ) -> Result<Self, Vec<ProfileProblem>> {
        let relationship = relationship.parse().ok().filter(|chosen| Relationship::OTHERS.contains(chosen));
        let profile = Profile::from_input(input, today);
        match (relationship, profile) {
            (Some(relationship), Ok(profile)) => match check_relationship(relationship, profile.birth_date, today) {
                None => Ok(Self { profile, relationship }),
                Some(message) => Err(vec![ProfileProblem { field: RELATIONSHIP, message }]),
            },
            (relationship, profile) => {
                let missing = ProfileProblem { field: RELATIONSHIP, message: texts::CHOOSE_WHO_IT_IS };
                Err(relationship
                    .is_none()
                    .then_some(missing)
                    .into_iter()
                    .chain(profile.err().into_iter().flatten())
                    .collect())
            }
        }
    }
}

/// The name of the field of the relationship.
pub(crate) const RELATIONSHIP: &str = "relationship";

/// Nobody acts as a parent for whom has come of age.
fn check_relationship(relationship: Relationship, birth_date: Date, today: Date) -> Option<Text> {
    let is_of_age = comes_of_age_on(birth_date) <= today;
    (relationship == Relationship::Child && is_of_age).then_some(texts::CHILD_IS_OF_AGE)
}

base::text_enum! {
    /// What was done with an invitation to act for a patient, as it is stored.
    pub enum FamilyInvitationStage {
        Open = "open",
        Accepted = "accepted",
    }
}

/// What an invitation is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyInvitationState {
    /// It can be accepted.
    Open,
    Accepted,
    /// Nobody accepted it in time.
    Expired,
}

impl FamilyInvitationStage {
    /// The state of an invitation that can be accepted until `ends`.
    pub(crate) fn state(self, ends: Timestamp, now: Timestamp) -> FamilyInvitationState {
        match self {
            Self::Accepted => FamilyInvitationState::Accepted,
            Self::Open if now < ends => FamilyInvitationState::Open,
            Self::Open => FamilyInvitationState::Expired,
        }
    }
}

/// What an account becomes to the patient by accepting. An account has one holder: one that has a profile of its own gets the
/// patient of an invitation "for yourself" as somebody else.
pub(crate) fn accepted_relationship(invited: Relationship, has_own_patient: OwnPatient) -> Relationship {
    match (invited, has_own_patient) {
        (Relationship::Oneself, OwnPatient::Present) => Relationship::Other,
        (invited, _) => invited,
    }
}

/// Whether an account has a patient who is its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnPatient {
    Present,
    Missing,
}

/// `h***@example.jp`: enough to know one's own family by, and nothing to write to.
pub(crate) fn mask_address(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or('*')),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(birth: &str) -> ProfileInput {
        ProfileInput {
            name: "見本 小春".to_owned(),
            kana: "ミホン コハル".to_owned(),
            birth: birth.to_owned(),
            phone: "090-0000-0000".to_owned(),
            ..ProfileInput::default()
        }
    }

    fn check(relationship: &str, birth: &str, expected: &[&str]) {
        let today = base::parse_date("2026-11-24").expect("a date");
        let fields: Vec<_> = match NewRelative::from_input(relationship, &input(birth), today) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(|problem| problem.field).collect(),
        };
        assert_eq!(fields, expected, "{relationship} {birth}");
    }

    #[test]
    fn a_relative_has_a_profile_and_a_relationship() {
        check("child", "2019-05-08", &[]);
        check("parent", "1945-11-03", &[]);
        check("", "", &["relationship", "birth"]);
        check("cousin", "2019-05-08", &["relationship"]);
        // The holder has a profile of their own.
        check("self", "2019-05-08", &["relationship"]);
    }

    #[test]
    fn nobody_is_a_child_once_of_age() {
        check("child", "2008-11-25", &[]);
        check("child", "2008-11-24", &["relationship"]);
        check("other", "2008-11-24", &[]);
    }

    #[test]
    fn an_account_has_one_holder() {
        for (invited, own, expected) in [
            (Relationship::Oneself, OwnPatient::Missing, Relationship::Oneself),
            (Relationship::Oneself, OwnPatient::Present, Relationship::Other),
            (Relationship::Child, OwnPatient::Present, Relationship::Child),
        ] {
            assert_eq!(accepted_relationship(invited, own), expected);
        }
    }

    #[test]
    fn an_address_is_masked_up_to_its_first_letter_and_domain() {
        for (address, expected) in
            [("hanako@example.jp", "h***@example.jp"), ("a@b.jp", "a***@b.jp"), ("no address", "***")]
        {
            assert_eq!(mask_address(address), expected);
        }
    }
}
