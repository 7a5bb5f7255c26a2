//! What 資格確認（記号・番号） says: the check by what an insurance document states.

use text::texts;

texts! {
    INSURER_NUMBER_HAS_EIGHT_DIGITS =
        "保険者番号は8桁（国民健康保険は6桁）の数字で入力してください",
        "Enter the eight digits of the insurer number (six for 国民健康保険)";
    INSURER_NUMBER_HAS_WRONG_KIND =
        "保険者番号のはじめの2桁（法別番号）が正しくありません。資格確認書をもう一度見て入力してください",
        "No insurer's number begins with these two digits (法別番号). Look at the document again";
    INSURER_NUMBER_HAS_WRONG_PREFECTURE =
        "保険者番号の都道府県の2桁が正しくありません。資格確認書をもう一度見て入力してください",
        "No prefecture has the two digits in this insurer number. Look at the document again";
    INSURER_NUMBER_HAS_WRONG_CHECK_DIGIT =
        "保険者番号の最後の桁（検証番号）が合いません。どこかの桁が違います。資格確認書をもう一度見て入力してください",
        "The last digit (検証番号) does not fit the others, so some digit is wrong. Look at the document again";
    SYMBOL_HAS_AT_MOST_20_CHARACTERS = "記号は20文字までで入力してください", "The symbol has at most 20 characters";
    ENTER_NUMBER_AT_MOST_20_CHARACTERS =
        "番号を20文字までで入力してください",
        "Enter the number, at most 20 characters";
    BRANCH_HAS_AT_MOST_TWO_DIGITS = "枝番は2桁までの数字で入力してください", "The branch has at most two digits";
    ENTER_YEAR_MONTH_AND_DAY =
        "生年月日を、年・月・日の順に入力してください。例：昭和59年5月2日",
        "Enter year, month and day of the birthday, such as 昭和59年5月2日 or 1984-05-02";
    WRITE_ERA_OR_FOUR_DIGIT_YEAR =
        "生年月日の年に元号を付けるか、西暦を4桁で入力してください",
        "Write the year of the birthday with its era or with four digits";
    ERA_DOES_NOT_HAVE_THAT_YEAR =
        "生年月日の元号に、その年はありません",
        "The era of the birthday does not have that year";
    CALENDAR_HAS_NO_SUCH_BIRTHDAY = "生年月日がカレンダーにない日付です", "The calendar has no such birthday";
    BIRTHDAY_IS_IN_FUTURE = "生年月日が未来の日付です", "The birthday is in the future";
    BIRTHDAY_IS_TOO_LONG_AGO = "生年月日が120年以上前の日付です", "The birthday is more than 120 years ago";
    BY_INSURANCE_DOCUMENT = "資格確認（記号・番号）", "By insurance document (資格確認)";
    CONFIRMS_INSURANCE_BY_DOCUMENT =
        "資格確認書などに書かれた記号・番号で資格を確かめます。薬や健診などの医療情報は、この方法では見られません。",
        "Confirms insurance by what stands on a document such as the 資格確認書. No medical information is seen this way.";
    INSURER_NUMBER = "保険者番号", "Insurer number (保険者番号)";
    EIGHT_DIGITS_OR_SIX = "8桁。国民健康保険は6桁です。", "Eight digits; six for 国民健康保険.";
    SYMBOL = "記号", "Symbol (記号)";
    SOME_DOCUMENTS_HAVE_NO_SYMBOL = "ない書類もあります。", "Some documents have none.";
    NUMBER = "番号", "Number (番号)";
    BRANCH = "枝番", "Branch (枝番)";
    DATE_OF_BIRTH = "生年月日", "Date of birth";
    BIRTHDAY_IN_ANY_USUAL_FORM =
        "元号でも西暦でも入力できます。例：昭和59年5月2日、S59.5.2、1984/5/2",
        "In any usual form, such as 昭和59年5月2日, S59.5.2 or 1984-05-02";
    PATIENT_AGREES_THAT_LIMIT_IS_ASKED =
        "限度額情報の照会に、患者がここで同意しています",
        "The patient agrees here that the limit of payment is asked for";
    ASK = "照会する", "Ask";
    ASKS_SYSTEM_AND_SHOWS_ANSWER_HERE =
        "システムに照会し、結果をこの画面に表示します。照会は記録されます。入力した番号はこの端末に残りません。",
        "Asks the system and shows the answer here. Each question is recorded there. What you typed is not kept here.";
    insurance_verdict(verdict) = "資格：{verdict}", "Insurance: {verdict}";
    WHAT_TO_DO_NEXT = "次にすること", "What to do next";
    ELIGIBILITY = "資格確認結果", "Eligibility";
    INSTITUTION = "医療機関", "Institution";
    ASKED_BY = "照会の方法", "Asked by";
    THE_INSURANCE_DOCUMENT = "記号・番号", "The insurance document";
    CONFIRMED_FOR = "資格確認日", "Confirmed for";
    ASKED_AT = "照会日時", "Asked at";
    PRINT = "印刷する", "Print";
    COMPARE_NAME_WITH_PATIENT =
        "下の氏名・生年月日が、患者本人と一致することを確かめる。",
        "Compare name and birth date below with the patient.";
    LOOK_AT_DOCUMENT_AGAIN =
        "番号の読み違いがないか、書類をもう一度見る。",
        "Look at the document again: a digit may have been misread.";
}
