//! What 患者情報詳細 says: the patient, and the medical information that was consented to.

use text::texts;

texts! {
    // the tables
    THERE_IS_NOTHING_OF_THIS_TIME = "この期間の情報はありません", "There is nothing of this time";
    AGREED_BUT_NOTHING_TO_SHOW =
        "患者は同意していますが、該当する情報がありません。期間を変えて確認できます。",
        "The patient agreed, and there is nothing to show. You can choose other months.";
    PRESCRIBED_BY = "処方元：", "Prescribed by: ";
    MEDICINE = "薬剤", "Medicine";
    MEDICINE_DAY = "調剤・診療日", "Day";
    MEDICINE_AMOUNT = "使用量", "Amount";
    HOW_TO_TAKE = "用法", "How to take";
    DAYS_OR_TIMES = "日数・回数", "Days or times";
    OPERATION = "手術", "Operation";
    TREATMENT = "診療行為", "Treatment";
    TREATMENT_DAY = "診療日", "Day";
    TREATMENT_AMOUNT = "数量", "Amount";
    TREATMENT_TIMES = "回数", "Times";
    CHECK_UP_ITEM = "項目", "Item";
    CHECK_UP_RESULT = "結果", "Result";
    CHECK_UP_UNIT = "単位", "Unit";

    // the patient
    PATIENT_DETAILS_TITLE = "患者情報詳細", "Patient (患者情報詳細)";
    BACK_TO_THE_LIST = "一覧に戻る", "Back to the list";
    NO_MEDICAL_INFORMATION_CAN_BE_SHOWN = "医療情報は表示できません。", "No medical information can be shown.";
    months_offered(first, last) = "{first}から{last}まで", "{first} to {last}";
    MONTHS_CAN_BE_CHANGED = "（変更できます）", " (can be changed)";
    PATIENT = "患者", "Patient";
    NAME = "氏名", "Name";
    KANA = "氏名カナ", "Kana";
    BORN = "生年月日", "Born";
    YEARS_OLD = "歳", " years old";
    SEX = "性別", "Sex";
    CONSENTS = "同意の状況", "Consents";
    THERE_ARE_SEVERAL_INSURANCES = "保険が複数あります", "There are several insurances";
    ASKED_BY_FIRST_INSURANCE =
        "医療情報は、一覧の1つ目の保険で照会します。どの保険を使うかは、一般のアカウントで確認してください。",
        "Medical information is asked for by the first insurance of the list. Which one applies, the account 一般 finds out.";
    MEDICAL_INFORMATION = "医療情報閲覧", "Medical information";
    THERE_IS_NOTHING_THAT_MAY_BE_SEEN = "見られる医療情報はありません", "There is nothing that may be seen";
    PATIENT_AGREED_TO_SHOW_NONE =
        "患者が同意した医療情報はありません。必要な場合は、診察で直接お尋ねください。",
        "The patient agreed to show none. Ask in the visit if it is needed.";
    ONLY_WHAT_YOU_OPEN_IS_ASKED =
        "開いた情報だけをシステムから取得します。取得は記録されます。",
        "Only what you open is asked of the system, and each question is recorded there.";
    PATIENT_DETAILS = "患者情報詳細", "Patient";
    KINDS_OF_INFORMATION = "医療情報の種類", "Kinds of information";

    // one kind of information
    BACK_TO_THE_PATIENT = "患者情報詳細に戻る", "Back to the patient";
    FIRST_MONTH_IS_AFTER_LAST =
        "開始の年月は、終了の年月より前にしてください",
        "The first month must not be after the last";
    FROM_MONTH = "診療年月（自）", "From";
    TO_MONTH = "診療年月（至）", "To";
    SHOW = "表示する", "Show";
    ASKS_SYSTEM_ABOUT_THESE_MONTHS =
        "システムに照会して、この期間の情報を表示します。",
        "Asks the system and shows what it has of these months.";
    patient_details_of_kind(kind) = "患者情報詳細：{kind}", "Patient: {kind}";
    months_from_to(first, last) = "{first}〜{last}", "{first} to {last}";
    ALL_MONTHS = "すべて", "All";
    MONTHS = "診療年月", "Months";
    INSTITUTION = "医療機関", "Institution";
    ASKED_AT = "照会日時", "Asked at";
    PRINT = "印刷する", "Print";
}
