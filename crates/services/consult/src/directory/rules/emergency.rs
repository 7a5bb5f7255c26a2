//! When an ambulance or a visit in person is needed instead of a call.
//!
//! The built-in texts follow the leaflets of 消防庁 (「救急車を上手に使いましょう」, #7119) and what 厚生労働省's guideline on online
//! care (オンライン診療の適切な実施に関する指針) says that it cannot do. An operator may replace them by texts of its physicians.

use std::collections::BTreeMap;

use text::Text;

use super::institution::Specialty;

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
        let general = [
            ("突然の強い胸の痛み、しめつけられるような胸の痛み", "Sudden severe or tight chest pain"),
            ("息が苦しい、急な息切れがある", "Difficulty breathing, or sudden shortness of breath"),
            (
                "顔の半分や片方の手足が動かない・しびれる、ろれつが回らない",
                "One side of the face, an arm or a leg is weak or numb, or speech is slurred",
            ),
            ("突然の激しい頭痛、急にふらついて立っていられない", "Sudden severe headache, or sudden loss of balance"),
            (
                "意識がない、返事がおかしい、けいれんが止まらない",
                "Unconscious or confused, or a seizure that does not stop",
            ),
            (
                "突然の激しい腹痛、血を吐いた、便に血が混ざる",
                "Sudden severe abdominal pain, vomiting blood, or blood in the stool",
            ),
            ("大量の出血、大きなけがややけど", "Heavy bleeding, a serious injury or burn"),
            (
                "じんましんと一緒に息苦しさやふらつきがある、のどに物が詰まった",
                "Hives together with breathing trouble or faintness, or something stuck in the throat",
            ),
        ];
        Self {
            ambulance: Text::from_static(
                "次の症状がひとつでもあるときは、予約をせずに、すぐ119番に電話してください。",
                "If any of these apply, do not book. Call 119 for an ambulance now.",
            ),
            advice: Text::from_static(
                "救急車を呼ぶか迷うときは、救急安心センター（#7119）に相談できます。15歳未満のお子さんは、こども医療電話相談（#8000）も使えます。つながらない地域では、お住まいの都道府県の相談窓口をご確認ください。",
                "Not sure whether to call an ambulance? Call #7119 for advice, or #8000 for a child under 15. Where these numbers do not connect, contact the advice line of your prefecture. They answer in Japanese; some areas have interpreters.",
            ),
            general: general.into_iter().map(|(japanese, english)| Text::from_static(japanese, english)).collect(),
            specialties: Specialty::ALL.iter().map(|specialty| (*specialty, built_in_red_flags(*specialty))).collect(),
        }
    }
}

fn built_in_red_flags(specialty: Specialty) -> RedFlags {
    let flags: &[(&'static str, &'static str)] = match specialty {
        Specialty::InternalMedicine => &[
            ("高い熱があり、ぐったりして水分もとれない", "A high fever, and too weak to drink"),
            ("高い熱と、首の硬さや激しい頭痛がある", "A high fever with a stiff neck or severe headache"),
        ],
        Specialty::Paediatrics => &[
            ("顔色や唇の色が悪い、呼吸が苦しそう", "Pale or bluish lips, or laboured breathing"),
            (
                "ぐったりして反応が弱い、けいれんが5分以上続く",
                "Limp and hard to wake, or a seizure longer than 5 minutes",
            ),
            ("生後3か月未満で38度以上の熱がある", "A fever of 38 °C or more under the age of 3 months"),
        ],
        Specialty::Dermatology => &[
            ("顔やのどが急にはれて、声がかすれる", "Sudden swelling of the face or throat, or a hoarse voice"),
            (
                "広い範囲の皮膚が赤くむける、水ぶくれと高い熱がある",
                "Large areas of skin peel or blister, with a high fever",
            ),
        ],
        Specialty::EarNoseThroat => &[
            (
                "つばも飲み込めないほどのどが痛い、口が開かない",
                "A throat so sore that you cannot swallow saliva or open your mouth",
            ),
            ("鼻血が30分押さえても止まらない", "A nosebleed that does not stop after 30 minutes of pressure"),
        ],
        Specialty::Ophthalmology => &[
            ("急に見えなくなった、視野が欠けた", "Sudden loss of sight or of part of the visual field"),
            ("目の激しい痛みと、頭痛や吐き気がある", "Severe eye pain with headache or nausea"),
            (
                "薬品が目に入った（すぐ水で洗い続けてください）",
                "A chemical in the eye (rinse with water at once and keep rinsing)",
            ),
        ],
        Specialty::Gynaecology => &[
            ("妊娠中の出血、強い腹痛、破水", "Bleeding, severe pain or waters breaking in pregnancy"),
            (
                "急な強い下腹部の痛みと、冷や汗やふらつきがある",
                "Sudden severe lower abdominal pain with cold sweat or faintness",
            ),
        ],
        Specialty::Psychiatry => &[
            (
                "自分や周りの人を傷つけてしまいそうだと感じる（119番・110番に電話してください）",
                "You feel that you may harm yourself or others (call 119 or 110)",
            ),
            ("薬をたくさん飲んでしまった", "An overdose of medicine was taken"),
        ],
        Specialty::Urology => &[
            ("尿がまったく出ない、下腹部が強く痛む", "No urine at all, with severe lower abdominal pain"),
            ("急な激しい睾丸の痛み", "Sudden severe testicular pain"),
            ("背中や腰の痛みと、高い熱やふるえがある", "Back or side pain with a high fever or shivering"),
        ],
        Specialty::Orthopaedics => &[
            ("手足の形が変わった、骨が見える", "A limb is deformed, or bone can be seen"),
            (
                "急に足に力が入らない、尿や便の感覚がない",
                "Sudden weakness of the legs, or loss of bladder or bowel control",
            ),
        ],
        Specialty::Allergology => &[
            (
                "食べ物・薬・虫刺されのあとに、息苦しさ、声のかすれ、意識がもうろうとする（処方された注射薬があれば使ってください）",
                "Breathing trouble, a hoarse voice or drowsiness after food, medicine or a sting (use your prescribed injector if you have one)",
            ),
            ("ぜん息の発作が、吸入薬を使ってもおさまらない", "An asthma attack that does not ease with your inhaler"),
        ],
        Specialty::Cardiology => &[
            ("胸の痛みや圧迫感が続く、冷や汗が出る", "Chest pain or pressure that goes on, or cold sweat"),
            ("気を失った、脈が非常に速いか乱れて苦しい", "Fainting, or a very fast or irregular pulse with distress"),
            ("横になると息が苦しい、急に足がむくんだ", "Breathless when lying down, or sudden swelling of the legs"),
        ],
        Specialty::Nephrology => &[
            ("尿がほとんど出ず、体がむくんで息が苦しい", "Hardly any urine, with swelling and breathlessness"),
            ("体に力が入らず、脈が遅いか乱れている", "Weakness with a slow or irregular pulse"),
        ],
        Specialty::Endocrinology => &[
            (
                "低血糖で意識がはっきりしない、糖分をとっても良くならない",
                "Low blood sugar with confusion, or no better after taking sugar",
            ),
            (
                "血糖がとても高く、吐き気、強いのどの渇き、深く速い呼吸がある",
                "Very high blood sugar with nausea, strong thirst or deep, fast breathing",
            ),
        ],
        Specialty::Geriatrics => &[
            ("急に様子が変わった、呼びかけへの反応が弱い", "A sudden change in behaviour, or hard to wake"),
            (
                "転んで頭を打った、立てない（血を固まりにくくする薬を飲んでいる方は特に）",
                "A fall with a blow to the head or unable to stand (above all when taking blood thinners)",
            ),
        ],
    };
    flags.iter().map(|(japanese, english)| Text::from_static(japanese, english)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_specialty_has_signs_of_its_own() {
        let built_in = Emergency::default();
        assert!(built_in.general.len() >= 6);
        for specialty in Specialty::ALL {
            assert!(built_in.specialties.get(specialty).is_some_and(|flags| flags.len() >= 2), "{specialty}");
        }
    }
}
