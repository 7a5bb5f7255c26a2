//! The six kinds of information that a patient agrees to show, or declines.

use database::{FromColumn, ToColumn, Value, WrongValue};

/// 閲覧同意の項目: one kind of information that the institution may see only if the patient agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// 手術情報
    Operations,
    /// 診療情報
    Treatments,
    /// 薬剤情報
    Medicines,
    /// 特定健診等情報
    CheckUps,
    /// 限度額情報
    Limits,
    /// 特定疾病療養受療証情報
    SpecificDiseases,
}

/// What the patient says to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// 同意する
    Agree,
    /// 同意しない
    Decline,
}

/// The patient's word on every item. There is none without all six: nothing is chosen beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Choices([Choice; 6]);

/// A set of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Items(u8);

/// Some items have not been chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of 6 items have not been chosen", .0.len())]
pub struct Unchosen(pub Vec<Item>);

impl Item {
    /// All six, in the order in which they are asked.
    pub const ALL: [Self; 6] =
        [Self::Operations, Self::Treatments, Self::Medicines, Self::CheckUps, Self::Limits, Self::SpecificDiseases];

    /// Its word in forms and records. It never changes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Treatments => "treatments",
            Self::Medicines => "medicines",
            Self::CheckUps => "check-ups",
            Self::Limits => "limits",
            Self::SpecificDiseases => "specific-diseases",
        }
    }

    /// The item with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.key() == key)
    }

    /// Its name in Japanese.
    pub fn japanese(self) -> &'static str {
        match self {
            Self::Operations => "手術情報",
            Self::Treatments => "診療情報",
            Self::Medicines => "薬剤情報",
            Self::CheckUps => "特定健診等情報",
            Self::Limits => "限度額情報",
            Self::SpecificDiseases => "特定疾病療養受療証情報",
        }
    }

    /// Its name in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Operations => "Operations",
            Self::Treatments => "Diagnoses and treatment",
            Self::Medicines => "Medicines",
            Self::CheckUps => "Health check-ups",
            Self::Limits => "Limit on what you pay",
            Self::SpecificDiseases => "Certificate for a specific disease",
        }
    }

    /// What it is and what agreeing is good for, in Japanese.
    pub fn explanation_japanese(self) -> &'static str {
        match self {
            Self::Operations => {
                "これまでに受けた手術の名前と日付です。医師が、過去の手術をふまえて診察できるようになります。"
            }
            Self::Treatments => {
                "これまでにかかった医療機関と、受けた診療の記録です。医師が、ほかの医療機関での治療をふまえて診察できるようになります。"
            }
            Self::Medicines => {
                "これまでに薬局や医療機関で出された薬の記録です。薬の飲み合わせや重複を、医師が確かめられるようになります。"
            }
            Self::CheckUps => {
                "40歳からの特定健診や、75歳以上の方の健診の結果です。医師が、健診の結果をふまえて診察できるようになります。"
            }
            Self::Limits => {
                "1か月に支払う医療費の上限（高額療養費制度）の区分です。同意すると、限度額適用認定証がなくても、窓口での支払いが上限までになります。"
            }
            Self::SpecificDiseases => {
                "人工透析など、長く高額な治療が必要な病気の方に交付される「特定疾病療養受療証」の情報です。お持ちの方が同意すると、証を見せなくても自己負担の上限が適用されます。お持ちでない方は、どちらを選んでも変わりません。"
            }
        }
    }

    /// What it is and what agreeing is good for, in English.
    pub fn explanation_english(self) -> &'static str {
        match self {
            Self::Operations => {
                "The names and dates of operations that you have had. The doctor can take them into account."
            }
            Self::Treatments => {
                "Where you have been treated before, and how. The doctor can take treatment elsewhere into account."
            }
            Self::Medicines => {
                "The medicines that pharmacies and institutions gave you. The doctor can see which do not go together, or would be given twice."
            }
            Self::CheckUps => {
                "The results of the health check-ups from the age of 40, and of those from 75. The doctor can take them into account."
            }
            Self::Limits => {
                "The most that you pay in a month for medical care. If you agree, you pay no more than that at the desk, without a paper certificate."
            }
            Self::SpecificDiseases => {
                "The certificate for long and costly treatment, such as dialysis. If you have one and agree, your limit applies without showing it. If you have none, either choice comes to the same."
            }
        }
    }

    /// Whether it tells of the person's health. The other two tell of the person's insurance.
    pub fn is_medical(self) -> bool {
        !matches!(self, Self::Limits | Self::SpecificDiseases)
    }

    fn place(self) -> usize {
        match self {
            Self::Operations => 0,
            Self::Treatments => 1,
            Self::Medicines => 2,
            Self::CheckUps => 3,
            Self::Limits => 4,
            Self::SpecificDiseases => 5,
        }
    }
}

impl Choices {
    /// The choice for each item.
    pub fn of(choice: impl Fn(Item) -> Choice) -> Self {
        Self(Item::ALL.map(choice))
    }

    /// The same choice for all: 「すべての項目に同意する」, or none.
    pub fn all(choice: Choice) -> Self {
        Self([choice; 6])
    }

    /// The choices, if every item has one; else which have none.
    pub fn complete(answer: impl Fn(Item) -> Option<Choice>) -> Result<Self, Unchosen> {
        let unchosen: Vec<_> = Item::ALL.into_iter().filter(|item| answer(*item).is_none()).collect();
        if unchosen.is_empty() {
            Ok(Self::of(|item| answer(item).unwrap_or(Choice::Decline)))
        } else {
            Err(Unchosen(unchosen))
        }
    }

    /// What was chosen for this item.
    pub fn on(self, item: Item) -> Choice {
        self.0[item.place()]
    }

    /// Those that were agreed to.
    pub fn agreed(self) -> Items {
        self.each().filter(|(_, choice)| *choice == Choice::Agree).map(|(item, _)| item).collect()
    }

    /// Each item with its choice, in the order in which they are asked.
    pub fn each(self) -> impl Iterator<Item = (Item, Choice)> {
        Item::ALL.into_iter().map(move |item| (item, self.on(item)))
    }
}

impl Items {
    /// Whether it has this item.
    pub fn contains(self, item: Item) -> bool {
        self.0 >> item.place() & 1 == 1
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What either has.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What this one has and the other has not.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl FromIterator<Item> for Items {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        Self(items.into_iter().fold(0, |bits, item| bits | 1 << item.place()))
    }
}

/// Stored as the bits of its items, as [`Choices`] are.
impl ToColumn for Items {
    fn to_column(&self) -> Value<'_> {
        Value::Integer(i64::from(self.0))
    }
}

impl FromColumn for Items {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        match u8::try_from(i64::from_column(value)?) {
            Ok(bits @ 0..64) => Ok(Self(bits)),
            _ => Err(WrongValue("expected a set of six items".to_owned())),
        }
    }
}

/// Stored as a number whose bits, from the lowest, say 1 for each item that was agreed to.
impl ToColumn for Choices {
    fn to_column(&self) -> Value<'_> {
        let bit = |item: Item| i64::from(self.on(item) == Choice::Agree) << item.place();
        Value::Integer(Item::ALL.into_iter().map(bit).sum())
    }
}

impl FromColumn for Choices {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        match i64::from_column(value)? {
            bits @ 0..64 => {
                Ok(Self::of(|item| if bits >> item.place() & 1 == 1 { Choice::Agree } else { Choice::Decline }))
            }
            _ => Err(WrongValue("expected six choices".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_complete_or_tell_what_is_missing() {
        let some = |item| (item != Item::Limits && item != Item::Medicines).then_some(Choice::Agree);
        assert_eq!(Choices::complete(some), Err(Unchosen(vec![Item::Medicines, Item::Limits])));
        assert_eq!(Choices::complete(|_| Some(Choice::Agree)), Ok(Choices::all(Choice::Agree)));
    }

    #[test]
    fn every_choice_comes_back_as_it_was_stored() {
        for bits in 0..64 {
            let choices = Choices::from_column(Value::Integer(bits)).unwrap();
            assert_eq!(choices.to_column(), Value::Integer(bits));
        }
        assert!(Choices::from_column(Value::Integer(64)).is_err());
        assert!(Choices::from_column(Value::Integer(-1)).is_err());
        let only = Choices::of(|item| if item == Item::CheckUps { Choice::Agree } else { Choice::Decline });
        assert_eq!(only.to_column(), Value::Integer(8));
    }

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let some: Items = [Item::Medicines, Item::SpecificDiseases].into_iter().collect();
        let has: Vec<_> = Item::ALL.into_iter().filter(|item| some.contains(*item)).collect();
        assert_eq!(has, [Item::Medicines, Item::SpecificDiseases]);
        assert_eq!(Items::from_column(some.to_column()), Ok(some));
        assert!(Items::default().is_empty() && !some.is_empty());
        assert!(Items::from_column(Value::Integer(64)).is_err());
    }

    #[test]
    fn an_item_is_found_by_its_word() {
        for item in Item::ALL {
            assert_eq!(Item::from_key(item.key()), Some(item));
        }
        assert_eq!(Item::from_key("insurer"), None);
    }
}
