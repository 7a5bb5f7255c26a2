//! The six kinds of information that a patient agrees to show, or declines.

use database::{FromColumn, ToColumn, Value, WrongValue};

/// 閲覧同意の項目: one kind of information that the institution may see only if the patient agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConsentItem {
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

/// The patient's choice for one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentChoice {
    /// 同意する
    Agree,
    /// 同意しない
    Decline,
}

/// The patient's choices. They are always complete: no item has a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConsentChoices([ConsentChoice; 6]);

/// A set of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ConsentItems(u8);

/// Some items have no choice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of 6 items have not been chosen", .0.len())]
pub struct MissingChoices(pub Vec<ConsentItem>);

impl ConsentItem {
    /// All six, in the order in which they are displayed.
    pub const ALL: [Self; 6] =
        [Self::Operations, Self::Treatments, Self::Medicines, Self::CheckUps, Self::Limits, Self::SpecificDiseases];

    /// The key in forms and records. It never changes.
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

    /// The item with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.key() == key)
    }

    /// The name in Japanese.
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

    /// The name in English.
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

    /// What it is and why to agree, in Japanese.
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

    /// What it is and why to agree, in English.
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

    /// Whether it is about the person's health. The other two are about the person's insurance.
    pub fn is_medical(self) -> bool {
        !matches!(self, Self::Limits | Self::SpecificDiseases)
    }

    fn index(self) -> usize {
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

impl ConsentChoices {
    /// The choice for each item.
    pub fn from_fn(choice: impl Fn(ConsentItem) -> ConsentChoice) -> Self {
        Self(ConsentItem::ALL.map(choice))
    }

    /// The same choice for all: 「すべての項目に同意する」, or none.
    pub fn all(choice: ConsentChoice) -> Self {
        Self([choice; 6])
    }

    /// The choices, if every item has one.
    pub fn try_from_fn(choice: impl Fn(ConsentItem) -> Option<ConsentChoice>) -> Result<Self, MissingChoices> {
        let missing: Vec<_> = ConsentItem::ALL.into_iter().filter(|item| choice(*item).is_none()).collect();
        if missing.is_empty() {
            Ok(Self::from_fn(|item| choice(item).unwrap_or(ConsentChoice::Decline)))
        } else {
            Err(MissingChoices(missing))
        }
    }

    /// The choice for this item.
    pub fn choice_for(self, item: ConsentItem) -> ConsentChoice {
        self.0[item.index()]
    }

    /// The items that were agreed to.
    pub fn agreed_items(self) -> ConsentItems {
        self.iter().filter(|(_, choice)| *choice == ConsentChoice::Agree).map(|(item, _)| item).collect()
    }

    /// Each item with its choice, in the order in which they are displayed.
    pub fn iter(self) -> impl Iterator<Item = (ConsentItem, ConsentChoice)> {
        ConsentItem::ALL.into_iter().map(move |item| (item, self.choice_for(item)))
    }
}

impl ConsentItems {
    /// Whether this item is in the set.
    pub fn contains(self, item: ConsentItem) -> bool {
        self.0 >> item.index() & 1 == 1
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The items in either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The items in this set and not in the other.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl FromIterator<ConsentItem> for ConsentItems {
    fn from_iter<I: IntoIterator<Item = ConsentItem>>(items: I) -> Self {
        Self(items.into_iter().fold(0, |bits, item| bits | 1 << item.index()))
    }
}

/// Stored as one bit for each item, like [`ConsentChoices`].
impl ToColumn for ConsentItems {
    fn to_column(&self) -> Value<'_> {
        Value::Integer(i64::from(self.0))
    }
}

impl FromColumn for ConsentItems {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        match u8::try_from(i64::from_column(value)?) {
            Ok(bits @ 0..64) => Ok(Self(bits)),
            _ => Err(WrongValue("expected a set of six items".to_owned())),
        }
    }
}

/// Stored as a number with one bit for each item, from the lowest: 1 means agreed.
impl ToColumn for ConsentChoices {
    fn to_column(&self) -> Value<'_> {
        let bit = |item: ConsentItem| i64::from(self.choice_for(item) == ConsentChoice::Agree) << item.index();
        Value::Integer(ConsentItem::ALL.into_iter().map(bit).sum())
    }
}

impl FromColumn for ConsentChoices {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        match i64::from_column(value)? {
            bits @ 0..64 => Ok(Self::from_fn(|item| {
                if bits >> item.index() & 1 == 1 { ConsentChoice::Agree } else { ConsentChoice::Decline }
            })),
            _ => Err(WrongValue("expected six choices".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_complete_or_tell_what_is_missing() {
        let choice =
            |item| (item != ConsentItem::Limits && item != ConsentItem::Medicines).then_some(ConsentChoice::Agree);
        assert_eq!(
            ConsentChoices::try_from_fn(choice),
            Err(MissingChoices(vec![ConsentItem::Medicines, ConsentItem::Limits]))
        );
        assert_eq!(
            ConsentChoices::try_from_fn(|_| Some(ConsentChoice::Agree)),
            Ok(ConsentChoices::all(ConsentChoice::Agree))
        );
    }

    #[test]
    fn every_choice_comes_back_as_it_was_stored() {
        for bits in 0..64 {
            let choices = ConsentChoices::from_column(Value::Integer(bits)).unwrap();
            assert_eq!(choices.to_column(), Value::Integer(bits));
        }
        assert!(ConsentChoices::from_column(Value::Integer(64)).is_err());
        assert!(ConsentChoices::from_column(Value::Integer(-1)).is_err());
        let choices = ConsentChoices::from_fn(|item| {
            if item == ConsentItem::CheckUps { ConsentChoice::Agree } else { ConsentChoice::Decline }
        });
        assert_eq!(choices.to_column(), Value::Integer(8));
    }

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let items: ConsentItems = [ConsentItem::Medicines, ConsentItem::SpecificDiseases].into_iter().collect();
        let contained: Vec<_> = ConsentItem::ALL.into_iter().filter(|item| items.contains(*item)).collect();
        assert_eq!(contained, [ConsentItem::Medicines, ConsentItem::SpecificDiseases]);
        assert_eq!(ConsentItems::from_column(items.to_column()), Ok(items));
        assert!(ConsentItems::default().is_empty() && !items.is_empty());
        assert!(ConsentItems::from_column(Value::Integer(64)).is_err());
    }

    #[test]
    fn an_item_is_found_by_its_word() {
        for item in ConsentItem::ALL {
            assert_eq!(ConsentItem::from_key(item.key()), Some(item));
        }
        assert_eq!(ConsentItem::from_key("insurer"), None);
    }
}
