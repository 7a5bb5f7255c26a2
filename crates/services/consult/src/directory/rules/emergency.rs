//! When an ambulance or a visit in person is needed instead of a call.
//!
//! The built-in texts follow the leaflets of 消防庁 (「救急車を上手に使いましょう」, #7119) and what 厚生労働省's guideline on online
//! care (オンライン診療の適切な実施に関する指針) says that it cannot do. An operator may replace them by texts of its physicians.

use std::collections::BTreeMap;

use text::Text;

use crate::directory::texts;
use crate::practitioners::rules::specialty::Specialty;

/// Signs of an emergency, one sentence each.
pub type RedFlags = Vec<Text>;

/// The texts about emergencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// When to call 119.
    pub ambulance: Text,
    /// Where to ask when in doubt (#7119, #8000).
    pub advice: Text,
    /// Signs that are an emergency whatever the specialty.
    pub general: RedFlags,
    /// Signs of each specialty. One without an entry has none of its own.
    pub specialties: BTreeMap<Specialty, RedFlags>,
}

impl Default for Emergency {
    fn default() -> Self {
        let general = vec![
            texts::SEVERE_OR_TIGHT_CHEST_PAIN,
            texts::DIFFICULTY_BREATHING,
            texts::WEAK_ON_ONE_SIDE_OR_SLURRED,
            texts::SUDDEN_HEADACHE_OR_LOSS_OF_BALANCE,
            texts::UNCONSCIOUS_OR_A_LASTING_SEIZURE,
            texts::ABDOMINAL_PAIN_OR_BLOOD,
            texts::HEAVY_BLEEDING_INJURY_OR_BURN,
            texts::HIVES_OR_SOMETHING_IN_THE_THROAT,
        ];
        Self {
            ambulance: texts::IF_ANY_OF_THESE_APPLY,
            advice: texts::NOT_SURE_WHETHER_TO_CALL_AMBULANCE,
            general,
            specialties: Specialty::ALL.iter().map(|specialty| (*specialty, built_in_red_flags(*specialty))).collect(),
        }
    }
}

fn built_in_red_flags(specialty: Specialty) -> RedFlags {
    match specialty {
        Specialty::InternalMedicine => vec![texts::HIGH_FEVER_AND_TOO_WEAK_TO_DRINK, texts::HIGH_FEVER_WITH_STIFF_NECK],
        Specialty::Paediatrics => vec![
            texts::PALE_LIPS_OR_LABOURED_BREATHING,
            texts::LIMP_OR_A_LONG_SEIZURE,
            texts::FEVER_UNDER_THE_AGE_OF_3_MONTHS,
        ],
        Specialty::Dermatology => vec![texts::SWELLING_OF_THE_FACE_OR_THROAT, texts::LARGE_AREAS_OF_SKIN_PEEL],
        Specialty::EarNoseThroat => vec![texts::TOO_SORE_TO_SWALLOW_SALIVA, texts::NOSEBLEED_THAT_DOES_NOT_STOP],
        Specialty::Ophthalmology => {
            vec![texts::SUDDEN_LOSS_OF_SIGHT, texts::SEVERE_EYE_PAIN, texts::CHEMICAL_IN_THE_EYE]
        }
        Specialty::Gynaecology => vec![texts::BLEEDING_OR_PAIN_IN_PREGNANCY, texts::SEVERE_LOWER_ABDOMINAL_PAIN],
        Specialty::Psychiatry => vec![texts::YOU_MAY_HARM_YOURSELF_OR_OTHERS, texts::OVERDOSE_OF_MEDICINE],
        Specialty::Urology => {
            vec![texts::NO_URINE_AT_ALL, texts::SEVERE_TESTICULAR_PAIN, texts::BACK_PAIN_WITH_A_HIGH_FEVER]
        }
        Specialty::Orthopaedics => vec![texts::LIMB_IS_DEFORMED, texts::SUDDEN_WEAKNESS_OF_THE_LEGS],
        Specialty::Allergology => vec![texts::BREATHING_TROUBLE_AFTER_A_STING, texts::ASTHMA_THAT_DOES_NOT_EASE],
        Specialty::Cardiology => {
            vec![texts::CHEST_PAIN_THAT_GOES_ON, texts::FAINTING_OR_IRREGULAR_PULSE, texts::BREATHLESS_WHEN_LYING_DOWN]
        }
        Specialty::Nephrology => vec![texts::HARDLY_ANY_URINE, texts::WEAKNESS_WITH_A_SLOW_PULSE],
        Specialty::Endocrinology => vec![texts::LOW_BLOOD_SUGAR, texts::VERY_HIGH_BLOOD_SUGAR],
        Specialty::Geriatrics => vec![texts::SUDDEN_CHANGE_IN_BEHAVIOUR, texts::FALL_WITH_A_BLOW_TO_THE_HEAD],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_specialty_has_signs_of_its_own() {
        let built_in = Emergency::default();
        assert!(built_in.general.len() >= 6);
        for specialty in Specialty::ALL {
            assert!(built_in.specialties.get(&specialty).is_some_and(|flags| flags.len() >= 2), "{specialty}");
        }
    }
}
