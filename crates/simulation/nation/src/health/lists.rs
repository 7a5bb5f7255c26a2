//! Lists of ailments with their medicines and treatments, operations, and measurements of check-ups.

use eligibility::Stay;

/// A medicine in records.
pub(super) struct Drug {
    pub(super) name: &'static str,
    pub(super) ingredient: &'static str,
    pub(super) dose: &'static str,
    pub(super) unit: &'static str,
    pub(super) usage: &'static str,
    /// 院内: administered by the institution itself.
    pub(super) is_administered: bool,
}

/// The treatment of an ailment.
pub(super) struct Course {
    /// How many of ten thousand persons have it: before school, at school, to 39, to 64, older.
    pub(super) share: [u32; 5],
    /// Days between visits, for which medicines are prescribed.
    pub(super) interval_days: u32,
    pub(super) drugs: &'static [Drug],
    pub(super) treatments: &'static [&'static str],
}

const fn drug(
    name: &'static str,
    ingredient: &'static str,
    (dose, unit): (&'static str, &'static str),
    usage: &'static str,
) -> Drug {
    Drug { name, ingredient, dose, unit, usage, is_administered: false }
}

const ONCE: &str = "１日１回朝食後服用";
const ONCE_EVENING: &str = "１日１回夕食後服用";
const TWICE: &str = "１日２回朝夕食後服用";
const THRICE: &str = "１日３回毎食後服用";
const AT_NIGHT: &str = "１日１回就寝前服用";

/// Chronic ailments. Shares are rounded from surveys of patients, for age groups as wide as these.
pub(super) const CHRONIC: &[Course] = &[
    Course {
        share: [0, 0, 60, 2000, 4300],
        interval_days: 63,
        drugs: &[
            drug("アムロジピン錠５ｍｇ", "アムロジピンベシル酸塩", ("1", "錠"), ONCE),
            drug("テルミサルタン錠４０ｍｇ", "テルミサルタン", ("1", "錠"), ONCE),
        ],
        treatments: &["再診料", "生活習慣病管理料（２）"],
    },
    Course {
        share: [0, 0, 40, 1100, 2300],
        interval_days: 84,
        drugs: &[drug("ロスバスタチン錠２．５ｍｇ", "ロスバスタチンカルシウム", ("1", "錠"), ONCE_EVENING)],
        treatments: &["血液採取（静脈）", "血液化学検査"],
    },
    Course {
        share: [0, 5, 50, 600, 1400],
        interval_days: 56,
        drugs: &[
            drug("メトホルミン塩酸塩錠５００ｍｇ", "メトホルミン塩酸塩", ("2", "錠"), TWICE),
            drug("シタグリプチン錠５０ｍｇ", "シタグリプチンリン酸塩水和物", ("1", "錠"), ONCE),
        ],
        treatments: &["ＨｂＡ１ｃ"],
    },
    Course {
        share: [150, 250, 200, 250, 350],
        interval_days: 63,
        drugs: &[drug(
            "ブデソニド・ホルモテロール吸入粉末剤",
            "ブデソニド・ホルモテロールフマル酸塩水和物",
            ("1", "キット"),
            "１日２回吸入",
        )],
        treatments: &["喘息治療管理料１"],
    },
    Course {
        share: [100, 200, 150, 120, 150],
        interval_days: 91,
        drugs: &[drug("ヘパリン類似物質油性クリーム０．３％", "ヘパリン類似物質", ("50", "ｇ"), "１日２回塗布")],
        treatments: &["皮膚科特定疾患指導管理料（２）"],
    },
    Course {
        share: [0, 30, 350, 400, 700],
        interval_days: 56,
        drugs: &[
            drug("エスシタロプラム錠１０ｍｇ", "エスシタロプラムシュウ酸塩", ("1", "錠"), ONCE_EVENING),
            drug("レンボレキサント錠５ｍｇ", "レンボレキサント", ("1", "錠"), AT_NIGHT),
        ],
        treatments: &["通院・在宅精神療法"],
    },
    Course {
        share: [0, 0, 100, 500, 1600],
        interval_days: 70,
        drugs: &[
            drug(
                "ロキソプロフェンＮａテープ１００ｍｇ",
                "ロキソプロフェンナトリウム水和物",
                ("21", "枚"),
                "１日１回貼付",
            ),
            drug("リマプロストアルファデクス錠５μｇ", "リマプロストアルファデクス", ("3", "錠"), THRICE),
        ],
        treatments: &["消炎鎮痛等処置（器具等による療法）"],
    },
    Course {
        share: [0, 0, 20, 150, 900],
        interval_days: 84,
        drugs: &[drug("ラタノプロスト点眼液０．００５％", "ラタノプロスト", ("2.5", "ｍＬ"), "１日１回点眼")],
        treatments: &["精密眼圧測定"],
    },
    Course {
        share: [0, 0, 150, 500, 900],
        interval_days: 63,
        drugs: &[drug("ボノプラザン錠１０ｍｇ", "ボノプラザンフマル酸塩", ("1", "錠"), ONCE)],
        treatments: &["特定疾患療養管理料"],
    },
];

/// Real dialysis is three times a week; a visit every two weeks stands for it here.
pub(super) const DIALYSIS: Course = Course {
    share: [0; 5],
    interval_days: 14,
    drugs: &[
        Drug {
            name: "ダルベポエチンアルファ注シリンジ２０μｇ",
            ingredient: "ダルベポエチン　アルファ",
            dose: "1",
            unit: "筒",
            usage: "透析終了時注射",
            is_administered: true,
        },
        drug("沈降炭酸カルシウム錠５００ｍｇ", "沈降炭酸カルシウム", ("6", "錠"), "１日３回食直後服用"),
    ],
    treatments: &["人工腎臓（慢性維持透析１）"],
};

/// Acute ailments.
pub(super) const ACUTE: &[Course] = &[
    Course {
        share: [5500, 2600, 1500, 1200, 900],
        interval_days: 5,
        drugs: &[
            drug("カルボシステイン錠５００ｍｇ", "Ｌ－カルボシステイン", ("3", "錠"), THRICE),
            drug("アセトアミノフェン錠３００ｍｇ", "アセトアミノフェン", ("1", "錠"), "発熱時服用"),
        ],
        treatments: &["初診料"],
    },
    Course {
        share: [800, 2000, 2200, 1800, 700],
        interval_days: 28,
        drugs: &[drug("フェキソフェナジン塩酸塩錠６０ｍｇ", "フェキソフェナジン塩酸塩", ("2", "錠"), TWICE)],
        treatments: &["初診料"],
    },
    Course {
        share: [600, 400, 300, 300, 250],
        interval_days: 4,
        drugs: &[drug("ビフィズス菌製剤錠１２ｍｇ", "ビフィズス菌", ("3", "錠"), THRICE)],
        treatments: &["初診料", "血液採取（静脈）"],
    },
    Course {
        share: [30, 300, 500, 600, 500],
        interval_days: 7,
        drugs: &[drug("ロキソプロフェンＮａ錠６０ｍｇ", "ロキソプロフェンナトリウム水和物", ("3", "錠"), THRICE)],
        treatments: &["初診料", "単純撮影（イ）"],
    },
];

/// Name, stay, and the minimum age.
pub(super) const OPERATIONS: &[(&str, Stay, u32)] = &[
    ("水晶体再建術（眼内レンズを挿入する場合）", Stay::Outpatient, 55),
    ("内視鏡的大腸ポリープ・粘膜切除術", Stay::Outpatient, 40),
    ("腹腔鏡下胆嚢摘出術", Stay::Inpatient, 30),
    ("人工関節置換術（膝）", Stay::Inpatient, 60),
    ("経皮的冠動脈ステント留置術", Stay::Inpatient, 50),
    ("鼠径ヘルニア手術", Stay::Inpatient, 2),
    ("虫垂切除術", Stay::Inpatient, 6),
    ("骨折観血的手術（前腕）", Stay::Inpatient, 6),
    ("ペースメーカー移植術", Stay::Inpatient, 65),
    ("乳腺悪性腫瘍手術", Stay::Inpatient, 40),
];

/// JLAC10 code, name, unit, the lowest and highest value, and whether values are in tenths.
pub(super) const MEASURES: &[(&str, &str, &str, u32, u32, bool)] = &[
    ("9N001000000000001", "身長", "cm", 1450, 1680, true),
    ("9N006000000000001", "体重", "kg", 420, 880, true),
    ("9N016160100000001", "腹囲（実測）", "cm", 650, 1020, true),
    ("9A755000000000001", "収縮期血圧", "mmHg", 102, 168, false),
    ("9A765000000000001", "拡張期血圧", "mmHg", 58, 99, false),
    ("3F015000002327101", "中性脂肪", "mg/dL", 45, 280, false),
    ("3F070000002327101", "HDLコレステロール", "mg/dL", 34, 92, false),
    ("3F077000002327101", "LDLコレステロール", "mg/dL", 70, 190, false),
    ("3B045000002327201", "ALT（GPT）", "U/L", 8, 75, false),
    ("3B090000002327101", "γ-GT（γ-GTP）", "U/L", 10, 120, false),
    ("3D046000001906202", "HbA1c（NGSP）", "%", 49, 78, true),
];
