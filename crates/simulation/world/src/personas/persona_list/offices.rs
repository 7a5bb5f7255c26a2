//! The municipalities that issued the cards.

use crate::personas::persona::MunicipalOffice;

pub(super) const SUGINAMI: MunicipalOffice =
    MunicipalOffice { code: "13115", prefecture: "Tokyo-to", name: "Suginami-ku" };
pub(super) const AOBA_YOKOHAMA: MunicipalOffice =
    MunicipalOffice { code: "14117", prefecture: "Kanagawa-ken", name: "Yokohama-shi-Aoba-ku" };
pub(super) const CHIKUSA: MunicipalOffice =
    MunicipalOffice { code: "23101", prefecture: "Aichi-ken", name: "Nagoya-shi-Chikusa-ku" };
pub(super) const HIGASHINADA: MunicipalOffice =
    MunicipalOffice { code: "28101", prefecture: "Hyogo-ken", name: "Kobe-shi-Higashinada-ku" };
pub(super) const CHUO_SAPPORO: MunicipalOffice =
    MunicipalOffice { code: "01101", prefecture: "Hokkaido", name: "Sapporo-shi-Chuo-ku" };
pub(super) const KITA_OSAKA: MunicipalOffice =
    MunicipalOffice { code: "27127", prefecture: "Osaka-fu", name: "Osaka-shi-Kita-ku" };
pub(super) const MATSUMOTO: MunicipalOffice =
    MunicipalOffice { code: "20202", prefecture: "Nagano-ken", name: "Matsumoto-shi" };
pub(super) const CHUO_FUKUOKA: MunicipalOffice =
    MunicipalOffice { code: "40133", prefecture: "Fukuoka-ken", name: "Fukuoka-shi-Chuo-ku" };
pub(super) const OMIYA: MunicipalOffice =
    MunicipalOffice { code: "11103", prefecture: "Saitama-ken", name: "Saitama-shi-Omiya-ku" };
