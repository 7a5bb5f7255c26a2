//! What 環境設定情報 says: the settings of the institution at the system, and of this terminal.

use text::texts;

texts! {
    SETTINGS = "環境設定情報", "Settings (環境設定情報)";
    THIS_TERMINAL = "この端末の設定", "This terminal";
    INSTITUTION_CODE = "医療機関コード", "Institution code";
    INSTITUTION = "医療機関名", "Institution";
    ADDRESS_OF_THE_SYSTEM = "接続先", "Address of the system";
    THE_SETTINGS_WERE_CHANGED = "設定を更新しました", "The settings were changed";
    OTHER_ACCOUNTS_SEE_IT_LATER =
        "ほかのアカウントには、ログインし直すと反映されます。",
        "The other accounts see it once they sign in again.";
    CHANGE_SETTINGS = "環境設定情報更新", "Change (環境設定情報更新)";
    REQUESTS_OF_NO_KNOWN_KIND =
        "対応していない名前の要求（起動してから）",
        "Requests of no known kind (since the start)";
    ANSWERS_WAITING_FOR_RES = "resに出せずに待っている結果", "Answers that wait to go to res";
    count(number) = "{number}件", "{number}";
    FILE_EXCHANGE_WITH_RECEIPT_COMPUTER = "レセコンとのファイル交換", "File exchange with the receipt computer";
    TAKE_OLD_FILE_OUT_OF_RES =
        "同じ名前の結果ファイルがresに残っているため、次の結果を出せません。レセコンが受け取っていないファイルをresから取り除いてください。",
        "A file of the same name lies in res, so the next answer cannot go there. Take the old file out of res.";
    SYSTEM_DOES_NOT_TELL_SETTINGS = "システムの設定は照会できません", "The system does not tell its settings";
    SYSTEM_DOES_NOT_ANSWER_THIS_YET =
        "接続先のシステムが、設定の照会に対応していません。受付の一覧や資格の確認には影響ありません。",
        "The system does not answer this question yet. Receptions and eligibility work all the same.";
    AS_IT_IS = "（今のまま）", "(as it is)";
    USED = "利用する", "Used";
    NOT_USED = "利用しない", "Not used";
    CONSENT_TO_VIEWING = "閲覧同意", "Consent to viewing";
    PUBLIC_ASSISTANCE = "医療扶助", "Public assistance";
    HOME_VISITS = "訪問診療等機能", "Home visits";
    ONLINE_CARE = "オンライン診療等・外来診療等（通常とは異なる動線）", "Online care";
    ELECTRONIC_PRESCRIPTIONS = "電子処方箋", "Electronic prescriptions";
    CHOICE_OF_THE_PRESCRIPTIONS_FORM = "処方箋発行形態の選択", "Choice of the prescription's form";
    CHANGE_BUTTON = "更新する", "Change";
    SETTINGS_ARE_SET_AT_SYSTEM =
        "システムに登録します。ほかのアカウントには、ログインし直すと反映されます。",
        "Set at the system. The other accounts see it once they sign in again.";
}
