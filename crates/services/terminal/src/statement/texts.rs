//! What 被保険者資格申立書 says, the form that a patient fills in by hand.

use text::texts;

texts! {
    OPEN_STATEMENT_TO_PRINT = "被保険者資格申立書の用紙を開く（印刷用）", "Open a 被保険者資格申立書 to print";
    STATEMENT_OF_INSURANCE = "被保険者資格申立書", "Statement of insurance (被保険者資格申立書)";
    WHAT_THE_FORM_IS_FOR =
        "印刷して、患者に書いてもらう用紙です。分かっている項目は入れてあります。書かれた内容は、この端末に残りません。",
        "A form to print, for the patient to fill in. What is known is in it already. Nothing of it is kept here.";
    PRINT = "印刷する", "Print";
    BACK = "前の画面に戻る", "Back";
    NOT_KNOWN = "分からない", "Not known";
    I_HAVE_VALID_HEALTH_INSURANCE =
        "有効な健康保険に加入していますが、いま資格を確認できないため、次のとおり申し立てます。",
        "I have valid health insurance, but it cannot be confirmed now. I state the following.";
    INSTITUTION = "医療機関", "Institution";
    DAY_OF_THE_VISIT = "受診年月日", "Day of the visit";
    PATIENT = "患者", "Patient";
    KANA = "フリガナ", "Kana";
    NAME = "氏名", "Name";
    DATE_OF_BIRTH = "生年月日", "Date of birth";
    SEX = "性別", "Sex";
    MALE = "男", "Male";
    FEMALE = "女", "Female";
    ADDRESS = "住所", "Address";
    TELEPHONE = "電話番号", "Telephone";
    INSURANCE_AS_FAR_AS_KNOWN = "加入している保険（分かる範囲で）", "Insurance, as far as known";
    KIND_OF_INSURANCE = "保険の種類", "Kind";
    INSURANCE_OF_EMPLOYER = "社会保険", "Of an employer";
    NATIONAL_HEALTH_INSURANCE = "国民健康保険", "国民健康保険";
    ELDERLY_MEDICAL_CARE = "後期高齢者医療", "後期高齢者医療";
    OTHER_INSURANCE = "その他", "Other";
    INSURER = "保険者名", "Insurer";
    EMPLOYER = "事業所名（勤め先）", "Employer";
    INSURED_SINCE = "加入した時期", "Insured since";
    SHARE = "一部負担金の割合", "Share";
    TEN_PERCENT = "1割", "10%";
    TWENTY_PERCENT = "2割", "20%";
    THIRTY_PERCENT = "3割", "30%";
    SIGNATURE = "署名", "Signature";
    WHAT_I_WROTE_IS_TRUE =
        "書いた内容に間違いはありません。後日、資格がないと分かったときは、医療費の全額を支払うことがあると説明を受けました。",
        "What I wrote is true. I was told that I may have to pay the whole cost if it turns out later that I was not insured.";
    DATE = "記入日", "Date";
    RELATION_TO_PATIENT = "患者本人でないときは、患者との関係", "Relation to the patient, if not the patient";
    FORM_MADE_AT = "用紙の作成：", "Made: ";
    NO_OFFICIAL_FORM =
        "　模擬環境の様式です。公式の様式ではありません。",
        ". A form of this simulation, and no official one.";
}
