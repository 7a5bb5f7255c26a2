//! The list of institutions. Towns and blocks (丁目) do not exist; telephone exchanges that begin with 0 or 1 are not
//! assigned.

use consult::{Charge, Specialty, SpokenLanguage};

use super::sketch::{BilingualText, DepartureKind, DoctorSketch, InstitutionSketch, MenuSketch};
use crate::hours::{
    MONDAY_TO_FRIDAY, MONDAY_TO_SATURDAY, NOT_THURSDAY, NOT_WEDNESDAY, SATURDAY, TUESDAY_TO_FRIDAY, WEEKEND,
};

/// 令和6年度診療報酬点数表 A000 注16: 初診料（情報通信機器を用いた場合）253点. One point is ten yen.
const FIRST_VISIT_FEE: BilingualText = (
    "初診料（情報通信機器）253点。3割負担で約760円です。処方箋の費用などが別にかかります。",
    "First visit by video, 253 points: about ¥760 at a share of 30%. Prescriptions and the like are charged separately.",
);

/// 令和6年度診療報酬点数表 A001 注9: 再診料（情報通信機器を用いた場合）75点.
const REPEAT_VISIT_FEE: BilingualText = (
    "再診料（情報通信機器）75点。3割負担で約230円です。処方箋の費用などが別にかかります。",
    "Repeat visit by video, 75 points: about ¥230 at a share of 30%. Prescriptions and the like are charged separately.",
);

const fn first_visit_menu(minutes: u32, system_fee: u32, doctors: &'static [u32]) -> MenuSketch {
    let name = ("初診（オンライン診療）", "First visit (online)");
    MenuSketch { charge: Charge::Insured, name, minutes, fee: FIRST_VISIT_FEE, system_fee, doctors }
}

const fn repeat_visit_menu(minutes: u32, system_fee: u32, doctors: &'static [u32]) -> MenuSketch {
    let name = ("再診（オンライン診療）", "Repeat visit (online)");
    MenuSketch { charge: Charge::Insured, name, minutes, fee: REPEAT_VISIT_FEE, system_fee, doctors }
}

const fn self_pay_menu(name: BilingualText, minutes: u32, fee: BilingualText, system_fee: u32) -> MenuSketch {
    MenuSketch { charge: Charge::SelfPay, name, minutes, fee, system_fee, doctors: &[] }
}

pub(super) const INSTITUTIONS: &[InstitutionSketch] = &[
    InstitutionSketch {
        prefecture: 13,
        serial: 990_001,
        subdomain: "hoshinagi",
        name: ("星凪内科クリニック", "Hoshinagi Internal Medicine Clinic"),
        kana: "ホシナギナイカクリニック",
        city: ("杉並区", "Suginami"),
        address: ("星凪町九丁目91番1号", "9-91-1 Hoshinagi-cho"),
        phone: "03-0000-2101",
        specialties: &[Specialty::InternalMedicine, Specialty::Allergology],
        languages: &[SpokenLanguage::English, SpokenLanguage::Chinese],
        hours: &[
            (MONDAY_TO_FRIDAY, (9, 0), (12, 30)),
            (MONDAY_TO_FRIDAY, (14, 0), (18, 30)),
            (SATURDAY, (9, 0), (13, 0)),
        ],
        closed_on_holidays: true,
        description: (
            "はじめての方も、通院中の方も、ビデオ通話で受診できます。薬はお近くの薬局で受け取れます。",
            "New and known patients are seen by video. You collect medicines at a pharmacy near you.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[
            DoctorSketch {
                name: ("綾瀬川 奏", "Kanade Ayasegawa"),
                kana: "アヤセガワ カナデ",
                registration_year: 2006,
            },
            DoctorSketch {
                name: ("月代 遥", "Haruka Tsukishiro"), kana: "ツキシロ ハルカ", registration_year: 2013
            },
            DoctorSketch {
                name: ("霜月 慧", "Kei Shimotsuki"), kana: "シモツキ ケイ", registration_year: 2019
            },
        ],
        menus: &[first_visit_menu(15, 330, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 三日月",
    },
    InstitutionSketch {
        prefecture: 13,
        serial: 990_002,
        subdomain: "tsukikage",
        name: ("月影ビューティースキンクリニック", "Tsukikage Skin Clinic"),
        kana: "ツキカゲビューティースキンクリニック",
        city: ("港区", "Minato"),
        address: ("月影台八丁目88番8号 ムーンゲートビル3階", "3F Moongate, 8-88-8 Tsukikagedai"),
        phone: "03-0000-2102",
        specialties: &[Specialty::Dermatology],
        languages: &[],
        hours: &[(TUESDAY_TO_FRIDAY, (11, 0), (20, 0)), (WEEKEND, (10, 0), (18, 0))],
        closed_on_holidays: false,
        description: (
            "自費診療だけの医療機関です。健康保険は使えません。料金はすべて税込みです。",
            "Self-pay only: health insurance does not apply. All prices include tax.",
        ),
        departure: DepartureKind::PictureOnly,
        doctors: &[],
        menus: &[
            self_pay_menu(
                ("スキンケア相談（初回）", "Skin care, first talk"),
                30,
                (
                    "診察料 3,300円（税込）。薬代は別にかかります。",
                    "Consultation ¥3,300. Medicines are charged separately.",
                ),
                0,
            ),
            self_pay_menu(
                ("スキンケア相談（2回目から）", "Skin care, further talks"),
                15,
                (
                    "診察料 1,650円（税込）。薬代は別にかかります。",
                    "Consultation ¥1,650. Medicines are charged separately.",
                ),
                0,
            ),
        ],
        staff_name: "受付 夕凪",
    },
    InstitutionSketch {
        prefecture: 14,
        serial: 990_003,
        subdomain: "kotoriba",
        name: ("ことりば小児科", "Kotoriba Children's Clinic"),
        kana: "コトリバショウニカ",
        city: ("横浜市青葉区", "Aoba, Yokohama"),
        address: ("ことりが谷七丁目79番2号", "7-79-2 Kotorigaya"),
        phone: "045-000-2103",
        specialties: &[Specialty::Paediatrics, Specialty::Allergology],
        languages: &[],
        hours: &[(NOT_THURSDAY, (8, 45), (12, 0)), (NOT_THURSDAY, (15, 0), (18, 0)), (SATURDAY, (8, 45), (12, 30))],
        closed_on_holidays: true,
        description: (
            "お子さんと保護者の方に、画面ごしにごいっしょいただきます。予約は15分刻みです。",
            "Child and parent are seen together on the screen. Visits begin every quarter of an hour.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[DoctorSketch {
            name: ("小鳥遊 ひなた", "Hinata Takanashi"),
            kana: "タカナシ ヒナタ",
            registration_year: 2010,
        }],
        menus: &[first_visit_menu(15, 0, &[]), repeat_visit_menu(15, 0, &[])],
        staff_name: "受付 若草",
    },
    InstitutionSketch {
        prefecture: 27,
        serial: 990_004,
        subdomain: "kumoi",
        name: ("雲居皮膚科", "Kumoi Dermatology"),
        kana: "クモイヒフカ",
        city: ("大阪市北区", "Kita, Osaka"),
        address: ("雲居通九丁目90番3号", "9-90-3 Kumoi-dori"),
        phone: "06-1000-2104",
        specialties: &[Specialty::Dermatology],
        languages: &[],
        hours: &[
            (MONDAY_TO_FRIDAY, (10, 0), (13, 0)),
            (MONDAY_TO_FRIDAY, (17, 0), (21, 0)),
            (SATURDAY, (10, 0), (14, 0)),
        ],
        closed_on_holidays: true,
        description: (
            "お仕事帰りの時間にも受診できます。夜の診療は21時までです。",
            "Open after work too: evening visits until 9 p.m.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[],
        menus: &[first_visit_menu(15, 550, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 千早",
    },
    InstitutionSketch {
        prefecture: 40,
        serial: 990_005,
        subdomain: "minamo",
        name: ("みなも耳鼻咽喉科", "Minamo Ear, Nose and Throat Clinic"),
        kana: "ミナモジビインコウカ",
        city: ("福岡市中央区", "Chuo, Fukuoka"),
        address: ("水面町八丁目87番4号", "8-87-4 Minamo-machi"),
        phone: "092-000-2105",
        specialties: &[Specialty::EarNoseThroat, Specialty::Allergology],
        languages: &[],
        hours: &[(NOT_WEDNESDAY, (9, 0), (12, 30)), (NOT_WEDNESDAY, (14, 30), (18, 0)), (SATURDAY, (9, 0), (12, 30))],
        closed_on_holidays: true,
        description: (
            "マイナ保険証の同意登録は、この医療機関の専用ページから行います。診察日の入力が必要です。",
            "Consent is registered on this clinic's own page, where you enter the day of the visit.",
        ),
        departure: DepartureKind::FixedUrl("mnmjbk2345fkkcd6789w"),
        doctors: &[],
        menus: &[first_visit_menu(15, 330, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 浅黄",
    },
    InstitutionSketch {
        prefecture: 1,
        serial: 990_006,
        subdomain: "shirakabazaka",
        name: ("白樺坂メンタルクリニック", "Shirakabazaka Mental Clinic"),
        kana: "シラカバザカメンタルクリニック",
        city: ("札幌市中央区", "Chuo, Sapporo"),
        address: ("南九十条西九十丁目", "Nishi 90, Minami 90"),
        phone: "011-000-2106",
        specialties: &[Specialty::Psychiatry],
        languages: &[SpokenLanguage::English],
        hours: &[(MONDAY_TO_FRIDAY, (10, 0), (13, 0)), (MONDAY_TO_FRIDAY, (14, 0), (19, 0))],
        closed_on_holidays: true,
        description: (
            "ゆっくりお話をうかがいます。初診は30分、再診は15分です。",
            "Time to talk: half an hour at first, a quarter of an hour after that.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[DoctorSketch {
            name: ("氷川 澄人", "Sumito Hikawa"),
            kana: "ヒカワ スミト",
            registration_year: 1997,
        }],
        menus: &[first_visit_menu(30, 330, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 初雪",
    },
    InstitutionSketch {
        prefecture: 23,
        serial: 990_007,
        subdomain: "nanakusa",
        name: ("七草ウィメンズクリニック", "Nanakusa Women's Clinic"),
        kana: "ナナクサウィメンズクリニック",
        city: ("名古屋市千種区", "Chikusa, Nagoya"),
        address: ("七草町九丁目92番5号", "9-92-5 Nanakusa-cho"),
        phone: "052-000-2107",
        specialties: &[Specialty::Gynaecology],
        languages: &[],
        hours: &[(NOT_THURSDAY, (9, 30), (12, 30)), (NOT_THURSDAY, (15, 30), (19, 0)), (SATURDAY, (9, 30), (13, 0))],
        closed_on_holidays: true,
        description: (
            "保険診療と自費診療のどちらも予約できます。保険の確認が必要なのは保険診療だけです。",
            "Insured and self-pay visits. Only an insured visit needs proof of insurance.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[],
        menus: &[
            first_visit_menu(15, 330, &[]),
            repeat_visit_menu(15, 330, &[]),
            self_pay_menu(
                ("ピル相談（自費）", "The pill (self-pay)"),
                15,
                (
                    "診察料 1,100円（税込）。薬代は別にかかります。",
                    "Consultation ¥1,100. Medicines are charged separately.",
                ),
                330,
            ),
        ],
        staff_name: "受付 撫子",
    },
    InstitutionSketch {
        prefecture: 28,
        serial: 990_008,
        subdomain: "nagihama",
        name: ("凪浜循環器内科", "Nagihama Cardiology"),
        kana: "ナギハマジュンカンキナイカ",
        city: ("神戸市東灘区", "Higashinada, Kobe"),
        address: ("凪浜町八丁目83番6号", "8-83-6 Nagihama-cho"),
        phone: "078-000-2108",
        specialties: &[Specialty::Cardiology, Specialty::InternalMedicine],
        languages: &[SpokenLanguage::English, SpokenLanguage::Vietnamese],
        hours: &[(MONDAY_TO_FRIDAY, (9, 0), (12, 0)), (MONDAY_TO_FRIDAY, (14, 0), (17, 0))],
        closed_on_holidays: true,
        description: (
            "対面とオンラインを組み合わせて、つづけて診ていきます。",
            "Visits in person and online, one after the other, with the same doctor.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[DoctorSketch {
            name: ("汐見 巌", "Iwao Shiomi"), kana: "シオミ イワオ", registration_year: 1989
        }],
        menus: &[first_visit_menu(30, 330, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 波多",
    },
    InstitutionSketch {
        prefecture: 11,
        serial: 990_009,
        subdomain: "akeboshi",
        name: ("あけぼし腎・泌尿器クリニック", "Akeboshi Kidney and Urology Clinic"),
        kana: "アケボシジンヒニョウキクリニック",
        city: ("さいたま市大宮区", "Omiya, Saitama"),
        address: ("明星町九丁目94番7号", "9-94-7 Akeboshi-cho"),
        phone: "048-000-2109",
        specialties: &[Specialty::Nephrology, Specialty::Urology],
        languages: &[],
        hours: &[(MONDAY_TO_SATURDAY, (9, 0), (12, 30)), (MONDAY_TO_FRIDAY, (15, 0), (19, 0))],
        closed_on_holidays: false,
        description: (
            "祝日も開いています。限度額や特定疾病の情報も、同意いただければ窓口の手続きなしで確認します。",
            "Open on public holidays. With your consent, limits and certificates are looked up without papers.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[],
        menus: &[first_visit_menu(30, 330, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 東雲",
    },
    InstitutionSketch {
        prefecture: 22,
        serial: 990_010,
        subdomain: "todaidori",
        name: ("灯台通り糖尿病内科", "Todaidori Diabetes Clinic"),
        kana: "トウダイドオリトウニョウビョウナイカ",
        city: ("浜松市中央区", "Chuo, Hamamatsu"),
        address: ("灯台通七丁目76番8号", "7-76-8 Todai-dori"),
        phone: "053-000-2110",
        specialties: &[Specialty::Endocrinology, Specialty::InternalMedicine],
        languages: &[],
        hours: &[(MONDAY_TO_FRIDAY, (8, 30), (12, 0)), (NOT_WEDNESDAY, (14, 0), (17, 30))],
        closed_on_holidays: true,
        description: (
            "マイナ保険証の同意登録は、この医療機関の専用ページから行います。診察日の入力が必要です。",
            "Consent is registered on this clinic's own page, where you enter the day of the visit.",
        ),
        departure: DepartureKind::FixedUrl("tdrdm8234kjvxc567zqp"),
        doctors: &[],
        menus: &[first_visit_menu(30, 330, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 橙",
    },
    InstitutionSketch {
        prefecture: 20,
        serial: 990_011,
        subdomain: "kotonoha",
        name: ("里山ことのは診療所", "Satoyama Kotonoha Clinic"),
        kana: "サトヤマコトノハシンリョウジョ",
        city: ("松本市", "Matsumoto"),
        address: ("里山九丁目99番9号", "9-99-9 Satoyama"),
        phone: "0263-00-2111",
        specialties: &[Specialty::InternalMedicine, Specialty::Geriatrics],
        languages: &[],
        hours: &[(TUESDAY_TO_FRIDAY, (9, 0), (12, 0)), (TUESDAY_TO_FRIDAY, (14, 0), (16, 30))],
        closed_on_holidays: true,
        description: (
            "ご家族がそばで手伝いながらの受診も歓迎です。画面の使い方もご案内します。",
            "Family may sit beside you and help. We also show how the screen works.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[DoctorSketch {
            name: ("里見 朔太", "Sakuta Satomi"),
            kana: "サトミ サクタ",
            registration_year: 1986,
        }],
        menus: &[first_visit_menu(30, 0, &[]), repeat_visit_menu(30, 0, &[])],
        staff_name: "受付 笹舟",
    },
    InstitutionSketch {
        prefecture: 4,
        serial: 990_012,
        subdomain: "hanauta",
        name: ("はなうた整形外科", "Hanauta Orthopaedics"),
        kana: "ハナウタセイケイゲカ",
        city: ("仙台市青葉区", "Aoba, Sendai"),
        address: ("鼻歌町八丁目81番1号", "8-81-1 Hanauta-machi"),
        phone: "022-000-2112",
        specialties: &[Specialty::Orthopaedics],
        languages: &[],
        hours: &[(NOT_WEDNESDAY, (9, 0), (12, 30)), (NOT_WEDNESDAY, (15, 0), (18, 0))],
        closed_on_holidays: true,
        description: (
            "マイナ保険証には対応していません。保険の確認は、資格確認書などの画像で行います。",
            "The card cannot be used here. Insurance is proven with a picture of the insurance document.",
        ),
        departure: DepartureKind::PictureOnly,
        doctors: &[],
        menus: &[repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 鼓",
    },
    InstitutionSketch {
        prefecture: 34,
        serial: 990_013,
        subdomain: "nijihashi",
        name: ("虹橋眼科", "Nijihashi Eye Clinic"),
        kana: "ニジハシガンカ",
        city: ("広島市中区", "Naka, Hiroshima"),
        address: ("虹橋町七丁目73番2号", "7-73-2 Nijihashi-cho"),
        phone: "082-000-2113",
        specialties: &[Specialty::Ophthalmology],
        languages: &[],
        hours: &[(MONDAY_TO_FRIDAY, (9, 0), (12, 0)), (NOT_THURSDAY, (15, 0), (18, 0))],
        closed_on_holidays: true,
        description: (
            "マイナ保険証には対応していません。保険の確認は、資格確認書などの画像で行います。",
            "The card cannot be used here. Insurance is proven with a picture of the insurance document.",
        ),
        departure: DepartureKind::PictureOnly,
        doctors: &[],
        menus: &[
            first_visit_menu(15, 330, &[]),
            repeat_visit_menu(15, 330, &[]),
            self_pay_menu(
                ("コンタクトレンズの相談（自費）", "Contact lenses (self-pay)"),
                15,
                ("相談料 2,200円（税込）", "Talk ¥2,200."),
                330,
            ),
        ],
        staff_name: "受付 七色",
    },
    InstitutionSketch {
        prefecture: 47,
        serial: 990_014,
        subdomain: "sangonokaze",
        name: ("珊瑚の風クリニック", "Sango no Kaze Clinic"),
        kana: "サンゴノカゼクリニック",
        city: ("那覇市", "Naha"),
        address: ("珊瑚町九丁目95番3号", "9-95-3 Sango-cho"),
        phone: "098-000-2114",
        specialties: &[Specialty::InternalMedicine, Specialty::Paediatrics],
        languages: &[SpokenLanguage::English],
        hours: &[(MONDAY_TO_FRIDAY, (10, 0), (19, 0)), (WEEKEND, (9, 0), (17, 0))],
        closed_on_holidays: false,
        description: (
            "土曜・日曜・祝日も診療しています。大人もお子さんも受診できます。",
            "Open on Saturdays, Sundays and public holidays, for grown-ups and children.",
        ),
        departure: DepartureKind::HandOver,
        doctors: &[],
        menus: &[first_visit_menu(15, 330, &[]), repeat_visit_menu(15, 330, &[])],
        staff_name: "受付 花笠",
    },
];
