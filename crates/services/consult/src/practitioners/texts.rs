//! What pages say of doctors: their specialties, languages and registration.

use text::texts;

texts! {
    // rules of specialty
    INTERNAL_MEDICINE = "内科", "Internal medicine";
    PAEDIATRICS = "小児科", "Paediatrics";
    DERMATOLOGY = "皮膚科", "Dermatology";
    EAR_NOSE_AND_THROAT = "耳鼻咽喉科", "Ear, nose and throat";
    OPHTHALMOLOGY = "眼科", "Ophthalmology";
    OBSTETRICS_AND_GYNAECOLOGY = "産婦人科", "Obstetrics and gynaecology";
    PSYCHOSOMATICS_AND_PSYCHIATRY = "心療内科・精神科", "Psychosomatics and psychiatry";
    UROLOGY = "泌尿器科", "Urology";
    ORTHOPAEDICS = "整形外科", "Orthopaedics";
    ALLERGOLOGY = "アレルギー科", "Allergology";
    CARDIOLOGY = "循環器内科", "Cardiology";
    NEPHROLOGY = "腎臓内科", "Nephrology";
    DIABETES_AND_ENDOCRINOLOGY = "糖尿病・内分泌内科", "Diabetes and endocrinology";
    GERIATRICS = "老年内科", "Geriatrics";

    // rules of spoken language
    ENGLISH = "英語", "English";
    CHINESE = "中国語", "Chinese";
    KOREAN = "韓国語", "Korean";
    VIETNAMESE = "ベトナム語", "Vietnamese";
    FILIPINO = "フィリピノ語", "Filipino";
    NEPALI = "ネパール語", "Nepali";
    INDONESIAN = "インドネシア語", "Indonesian";
    BURMESE = "ミャンマー語", "Burmese";
    THAI = "タイ語", "Thai";
    PORTUGUESE = "ポルトガル語", "Portuguese";
    SPANISH = "スペイン語", "Spanish";
    FRENCH = "フランス語", "French";
    GERMAN = "ドイツ語", "German";
    ITALIAN = "イタリア語", "Italian";
    RUSSIAN = "ロシア語", "Russian";
    UKRAINIAN = "ウクライナ語", "Ukrainian";
    ARABIC = "アラビア語", "Arabic";
    PERSIAN = "ペルシア語", "Persian";
    HINDI = "ヒンディー語", "Hindi";
    URDU = "ウルドゥー語", "Urdu";
    BENGALI = "ベンガル語", "Bengali";
    SINHALA = "シンハラ語", "Sinhala";
    KHMER = "クメール語", "Khmer";
    MONGOLIAN = "モンゴル語", "Mongolian";

    // rules of practitioner
    registered_in(year) = "医籍登録 {year}年", "registered as a physician in {year}";
}
