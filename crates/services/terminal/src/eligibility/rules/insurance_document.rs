use base::Date;
use oqs::{BranchNumber, CardNumber, CardSymbol, CheckedNumber};
use serde::{Deserialize, Serialize};

use super::care::Care;

/// 被保険者証等の記号・番号 and the like: the items by which one coverage is requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InsuranceDocument {
    insurer: String,
    symbol: Option<String>,
    number: String,
    branch: Option<u8>,
    pub(crate) birthdate: Date,
    /// The care that the patient registered for.
    pub(crate) care: Care,
}

impl InsuranceDocument {
    pub(crate) fn from_result(result: &oqs::QualificationResult, care: Care) -> Self {
        let insurer = match &result.insurer {
            CheckedNumber::Valid(number) => number.to_string(),
            CheckedNumber::Invalid(text) => text.clone(),
        };
        Self {
            insurer,
            symbol: result.symbol.as_ref().map(ToString::to_string),
            number: result.number.to_string(),
            branch: result.branch.map(BranchNumber::number),
            birthdate: result.birthdate,
            care,
        }
    }

    /// 保険者番号, as received.
    pub(crate) fn insurer(&self) -> CheckedNumber<base::InsurerNumber> {
        self.insurer.trim().parse().map_or_else(|_| CheckedNumber::Invalid(self.insurer.clone()), CheckedNumber::Valid)
    }

    /// 記号
    pub(crate) fn symbol(&self) -> Option<CardSymbol> {
        self.symbol.as_deref().and_then(CardSymbol::new)
    }

    /// 番号. `None` only if the sealed value was made by another version.
    pub(crate) fn number(&self) -> Option<CardNumber> {
        CardNumber::new(&self.number)
    }

    /// 枝番
    pub(crate) fn branch(&self) -> Option<BranchNumber> {
        self.branch.and_then(BranchNumber::new)
    }
}
