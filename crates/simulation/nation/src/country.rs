//! The country: its prefectures, made-up towns, insurers and providers.

use std::sync::LazyLock;

use base::{InstitutionCode, InsurerNumber, Prefecture, ScoreTable};
use eligibility::Provider;

use crate::draw::Draw;

/// Inhabitants in tens of thousands, north to south (rounded from the yearly estimate of 2024).
const INHABITANTS: [u32; 47] = [
    504, 116, 115, 225, 90, 101, 175, 281, 189, 189, 733, 626, 1418, 923, 211, 100, 110, 74, 79, 199, 192, 353, 746,
    171, 140, 252, 876, 535, 129, 88, 53, 64, 184, 272, 128, 69, 91, 128, 65, 510, 79, 125, 170, 109, 103, 154, 146,
];

/// Town names, the same in every prefecture. No real town has them.
const TOWNS: [&str; 12] = [
    "星見市",
    "若葉野市",
    "虹ヶ浜市",
    "風早野市",
    "鈴虫市",
    "花冠市",
    "暁ヶ丘市",
    "霧笛市",
    "白波町",
    "千本松町",
    "緑陰町",
    "月待村",
];

/// Parts of towns.
const QUARTERS: [&str; 8] = ["架空", "中央架空", "架空東", "架空西", "架空南", "架空北", "新架空", "架空台"];

const CLINICS: [&str; 12] = [
    "ひなた内科クリニック",
    "さざなみ整形外科",
    "こもれび皮膚科",
    "あおぞら小児科",
    "なぎさ循環器内科",
    "やまびこ耳鼻咽喉科",
    "つばめ眼科",
    "しらゆき糖尿病内科",
    "たんぽぽ医院",
    "ほたる泌尿器科",
    "かわせみ心療内科",
    "もみじ診療所",
];
const PHARMACIES: [&str; 6] =
    ["ことり薬局", "みずうみ薬局", "どんぐり調剤薬局", "すずらん薬局", "まつかぜ薬局", "いるか薬局"];

const SOCIETY_NAMES: [&str; 20] = [
    "北斗", "銀河", "天川", "流星", "彗星", "極光", "暁光", "青嵐", "白雲", "海鳴", "山吹", "紅葉", "若竹", "朝凪",
    "夕凪", "花野", "雪渓", "清流", "遠雷", "望月",
];
const SOCIETY_TRADES: [&str; 15] = [
    "電機",
    "物流",
    "化学",
    "製鋼",
    "食品",
    "銀行",
    "証券",
    "商事",
    "建設",
    "情報システム",
    "印刷",
    "自動車部品",
    "繊維",
    "鉄道",
    "百貨店",
];

/// Welfare offices of one prefecture, with a hundred numbers. Each million of persons has its own numbers among them, so
/// that six digits identify a recipient.
const OFFICES: u16 = 9;

/// An insurer.
pub(super) struct Insurer {
    pub(super) number: InsurerNumber,
    pub(super) name: String,
}

/// A town, by its own index and that of its prefecture.
#[derive(Clone, Copy)]
pub(super) struct Town {
    pub(super) prefecture: usize,
    pub(super) town: usize,
}

/// The address of a household.
pub(super) struct Home {
    pub(super) town: Town,
    pub(super) postcode: String,
    pub(super) address: String,
}

/// Everything that is the same for all persons of all nations.
pub(super) struct Country {
    prefecture_weights: Vec<(u32, usize)>,
    association: Vec<Insurer>,
    pub(super) seamen: Insurer,
    societies: Vec<Insurer>,
    self_defence: Vec<Insurer>,
    mutual_aid: Vec<Insurer>,
    special_retired: Vec<Insurer>,
    national: Vec<Insurer>,
    late_elderly: Vec<Insurer>,
    assistance: Vec<Insurer>,
    clinics: Vec<Provider>,
    pharmacies: Vec<Provider>,
    hospitals: Vec<Provider>,
}

/// How many clinics, and how many pharmacies, a town has.
pub(super) const PER_TOWN: usize = 3;

fn new_insurer(law: Option<u8>, prefecture: Prefecture, number: usize, name: String) -> Insurer {
    // These laws have insurers, and the numbers have three digits: the demo's personas use those from 900 on.
    let number = u16::try_from(number).ok().and_then(|number| InsurerNumber::from_parts(law, prefecture, number).ok());
    Insurer { number: number.expect("an insurer of the lists has a number"), name }
}

impl Country {
    /// The only instance.
    pub(super) fn instance() -> &'static Self {
        static ONLY: LazyLock<Country> = LazyLock::new(Country::new);
        &ONLY
    }

    fn new() -> Self {
        let prefectures: Vec<_> = Prefecture::all().collect();
        let each = |law, number, name: &dyn Fn(&str) -> String| -> Vec<Insurer> {
            prefectures
                .iter()
                .map(|prefecture| new_insurer(Some(law), *prefecture, number, name(prefecture.japanese())))
                .collect()
        };
        let seat = |index: usize| prefectures[[12, 26, 22, 13, 39, 12, 12, 27][index % 8]];
        let societies = SOCIETY_NAMES.iter().flat_map(|name| SOCIETY_TRADES.iter().map(move |trade| (name, trade)));
        let societies = societies.enumerate().map(|(index, (name, trade))| {
            new_insurer(Some(6), seat(index), 100 + index, format!("{name}{trade}健康保険組合"))
        });
        let self_defence = (0..8).map(|index| {
            new_insurer(Some(7), prefectures[index * 6], 30 + index, format!("自衛官（模擬第{}方面）", index + 1))
        });
        let mutual_aid = (0..10)
            .map(|index| new_insurer(Some(31), prefectures[12], 50 + index, format!("模擬第{}省共済組合", index + 1)))
            .chain(each(32, 60, &|prefecture| format!("{prefecture}模擬職員共済組合")))
            .chain(each(33, 61, &|prefecture| format!("{prefecture}模擬警察共済組合")))
            .chain(each(34, 62, &|prefecture| format!("{prefecture}模擬学校共済組合")))
            .collect();
        let towns = || {
            prefectures
                .iter()
                .flat_map(|prefecture| TOWNS.iter().enumerate().map(move |(town, name)| (*prefecture, town, *name)))
        };
        let assistance = prefectures.iter().flat_map(|prefecture| {
            (0..usize::from(OFFICES) * 10).map(move |office| {
                new_insurer(Some(12), *prefecture, 500 + office, format!("{prefecture}模擬第{}福祉事務所", office + 1))
            })
        });
        let providers = |table, count: usize, name: &dyn Fn(usize, &str) -> String| -> Vec<Provider> {
            let provider = |(prefecture, town, town_name): (Prefecture, usize, &str), number: usize| {
                let serial = 900_000 + u32::try_from(town * 10 + number).unwrap_or(0);
                let name = name(usize::from(prefecture.code()) * 7 + town * 5 + number * 3, town_name);
                Provider { code: Some(InstitutionCode::from_parts(prefecture, table, serial)), name }
            };
            towns().flat_map(|town| (0..count).map(move |number| provider(town, number))).collect()
        };
        Self {
            prefecture_weights: INHABITANTS.iter().copied().zip(0..).collect(),
            association: each(1, 10, &|prefecture| format!("全国健康保険協会{prefecture}支部（模擬）")),
            seamen: new_insurer(Some(2), prefectures[12], 20, "船員保険（模擬）".to_owned()),
            societies: societies.collect(),
            self_defence: self_defence.collect(),
            mutual_aid,
            special_retired: (0..5)
                .map(|index| {
                    let name = format!("{}{}特例退職健康保険組合", SOCIETY_NAMES[index], SOCIETY_TRADES[index]);
                    new_insurer(Some(63), seat(index), 40 + index, name)
                })
                .collect(),
            national: towns()
                .map(|(prefecture, town, name)| {
                    new_insurer(None, prefecture, 200 + town, format!("{prefecture}{name}（模擬国保）"))
                })
                .collect(),
            late_elderly: each(39, 40, &|prefecture| format!("{prefecture}後期高齢者医療広域連合（模擬）")),
            assistance: assistance.collect(),
            clinics: providers(ScoreTable::Medical, PER_TOWN, &|index, _| CLINICS[index % CLINICS.len()].to_owned()),
            pharmacies: providers(ScoreTable::Pharmacy, PER_TOWN, &|index, _| {
                PHARMACIES[index % PHARMACIES.len()].to_owned()
            }),
            hospitals: providers(ScoreTable::Medical, 1, &|_, town| format!("{town}模擬総合病院"))
                .into_iter()
                .zip(towns())
                .map(|(hospital, (prefecture, town, _))| {
                    let serial = 900_500 + u32::try_from(town).unwrap_or(0);
                    Provider {
                        code: Some(InstitutionCode::from_parts(prefecture, ScoreTable::Medical, serial)),
                        ..hospital
                    }
                })
                .collect(),
        }
    }

    pub(super) fn draw_home(&self, draw: &mut Draw) -> Home {
        let prefecture = draw.pick_weighted(&self.prefecture_weights);
        // Larger towns are first and have more inhabitants.
        let town = Town { prefecture, town: draw.next_common_index(TOWNS.len()) };
        let quarter = draw.pick(&QUARTERS);
        let (block, lot, house) = (draw.next_between(1, 9), draw.next_between(1, 40), draw.next_between(1, 30));
        let prefecture_name = self.prefecture(town).japanese();
        let name = TOWNS[town.town];
        let flat = if draw.next_chance(4300) { format!("-{}", draw.next_between(101, 915)) } else { String::new() };
        Home {
            town,
            // No area begins with 000.
            postcode: format!("000-{:02}{:02}", prefecture + 1, town.town),
            address: format!("{prefecture_name}{name}{quarter}{block}丁目{lot}-{house}{flat}"),
        }
    }

    fn prefecture(&self, town: Town) -> Prefecture {
        self.association[town.prefecture].number.prefecture()
    }

    pub(super) fn association(&self, town: Town) -> &Insurer {
        &self.association[town.prefecture]
    }

    pub(super) fn society(&self, draw: &mut Draw) -> &Insurer {
        draw.pick_common(&self.societies)
    }

    pub(super) fn self_defence(&self, draw: &mut Draw) -> &Insurer {
        draw.pick(&self.self_defence)
    }

    pub(super) fn mutual_aid(&self, draw: &mut Draw, town: Town) -> &Insurer {
        let ministries = self.mutual_aid.len() - 3 * self.association.len();
        match draw.next_below(10) {
            0 | 1 => draw.pick(&self.mutual_aid[..ministries]),
            law => &self.mutual_aid[ministries + law as usize % 3 * self.association.len() + town.prefecture],
        }
    }

    /// The insurer of the families of 自衛官, who have another one themselves.
    pub(super) fn self_defence_families(&self) -> &Insurer {
        &self.mutual_aid[0]
    }

    pub(super) fn special_retired(&self, draw: &mut Draw) -> &Insurer {
        draw.pick(&self.special_retired)
    }

    pub(super) fn national(&self, town: Town) -> &Insurer {
        &self.national[town.prefecture * TOWNS.len() + town.town]
    }

    pub(super) fn late_elderly(&self, town: Town) -> &Insurer {
        &self.late_elderly[town.prefecture]
    }

    pub(super) fn assistance(&self, draw: &mut Draw, town: Town, person: u64) -> &Insurer {
        let office = u64::from(draw.next_below(OFFICES.into())) * 10 + person / 1_000_000 % 10;
        &self.assistance[town.prefecture * usize::from(OFFICES) * 10 + usize::try_from(office).unwrap_or(0)]
    }

    pub(super) fn clinic(&self, town: Town, number: usize) -> &Provider {
        &self.clinics[(town.prefecture * TOWNS.len() + town.town) * PER_TOWN + number % PER_TOWN]
    }

    pub(super) fn pharmacy(&self, town: Town, number: usize) -> &Provider {
        &self.pharmacies[(town.prefecture * TOWNS.len() + town.town) * PER_TOWN + number % PER_TOWN]
    }

    pub(super) fn hospital(&self, town: Town) -> &Provider {
        &self.hospitals[town.prefecture * TOWNS.len() + town.town]
    }
}
