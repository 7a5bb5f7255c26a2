//! The municipalities that handed the cards out.

use super::super::Office;

pub(super) const SUGINAMI: Office = Office { code: "13115", prefecture: "Tokyo-to", name: "Suginami-ku" };
pub(super) const AOBA_YOKOHAMA: Office =
    Office { code: "14117", prefecture: "Kanagawa-ken", name: "Yokohama-shi-Aoba-ku" };
pub(super) const CHIKUSA: Office = Office { code: "23101", prefecture: "Aichi-ken", name: "Nagoya-shi-Chikusa-ku" };
pub(super) const HIGASHINADA: Office =
    Office { code: "28101", prefecture: "Hyogo-ken", name: "Kobe-shi-Higashinada-ku" };
pub(super) const CHUO_SAPPORO: Office = Office { code: "01101", prefecture: "Hokkaido", name: "Sapporo-shi-Chuo-ku" };
pub(super) const KITA_OSAKA: Office = Office { code: "27127", prefecture: "Osaka-fu", name: "Osaka-shi-Kita-ku" };
pub(super) const MATSUMOTO: Office = Office { code: "20202", prefecture: "Nagano-ken", name: "Matsumoto-shi" };
pub(super) const CHUO_FUKUOKA: Office =
    Office { code: "40133", prefecture: "Fukuoka-ken", name: "Fukuoka-shi-Chuo-ku" };
pub(super) const OMIYA: Office = Office { code: "11103", prefecture: "Saitama-ken", name: "Saitama-shi-Omiya-ku" };
