//! The six kinds of information that a patient agrees to show, or declines.

use database::{FromColumn, ToColumn, Value, WrongValue};
use text::Language;

use super::texts;

base::text_enum! {
    /// 閲覧同意の項目: one kind of information that the institution may see only if the patient agrees. Its text is the key in
    /// forms and records.
    #[derive(PartialOrd, Ord)]
    pub enum ConsentItem {
        /// 手術情報
        Operations = "operations",
        /// 診療情報
        Treatments = "treatments",
        /// 薬剤情報
        Medicines = "medicines",
        /// 特定健診等情報
        CheckUps = "check-ups",
        /// 限度額情報
        Limits = "limits",
        /// 特定疾病療養受療証情報
        SpecificDiseases = "specific-diseases",
    }
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
    /// The name.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Operations => texts::OPERATIONS.in_language(language),
            Self::Treatments => texts::DIAGNOSES_AND_TREATMENT.in_language(language),
            Self::Medicines => texts::MEDICINES.in_language(language),
            Self::CheckUps => texts::HEALTH_CHECK_UPS.in_language(language),
            Self::Limits => texts::LIMIT_ON_WHAT_YOU_PAY.in_language(language),
            Self::SpecificDiseases => texts::SPECIFIC_DISEASE_CERTIFICATE.in_language(language),
        }
    }

    /// What it is and why to agree.
    pub fn explanation(self, language: Language) -> &'static str {
        match self {
            Self::Operations => texts::WHY_SHOW_OPERATIONS.in_language(language),
            Self::Treatments => texts::WHY_SHOW_DIAGNOSES_AND_TREATMENT.in_language(language),
            Self::Medicines => texts::WHY_SHOW_MEDICINES.in_language(language),
            Self::CheckUps => texts::WHY_SHOW_HEALTH_CHECK_UPS.in_language(language),
            Self::Limits => texts::WHY_SHOW_LIMIT.in_language(language),
            Self::SpecificDiseases => texts::WHY_SHOW_SPECIFIC_DISEASE_CERTIFICATE.in_language(language),
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
            assert_eq!(item.as_str().parse(), Ok(item));
        }
        assert!("insurer".parse::<ConsentItem>().is_err());
    }
}
