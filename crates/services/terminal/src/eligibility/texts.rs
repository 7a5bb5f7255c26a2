//! What the desk reads about insurance: the verdicts with what to do next, the certificates and the consents.

use text::texts;

texts! {
    // kinds of care, and days
    ONLINE_CARE = "オンライン診療等", "Online care (オンライン診療等)";
    HOME_VISITS = "訪問診療等", "Home visits (訪問診療等)";
    days_from_to(first, last) = "{first}〜{last}", "{first} to {last}";
    UNTIL_IT_IS_WITHDRAWN = "取り消されるまで", "Until it is withdrawn";

    // the items of a consent, and their short names in a list
    LIMIT_OF_PAYMENT = "限度額情報", "Limit of payment";
    SPECIFIC_DISEASES = "特定疾病療養受療証情報", "Specific diseases";
    HEALTH_CHECK_UPS = "特定健診等情報", "Health check-ups";
    MEDICINES = "薬剤情報", "Medicines";
    DIAGNOSES_AND_TREATMENT = "診療情報", "Diagnoses and treatment";
    OPERATIONS = "手術情報", "Operations";
    SHORT_LIMIT = "限度額", "Limit";
    SHORT_DISEASES = "特定疾病", "Diseases";
    SHORT_CHECK_UPS = "健診", "Check-ups";
    SHORT_MEDICINES = "薬剤", "Medicines";
    SHORT_TREATMENT = "診療", "Treatment";
    SHORT_OPERATIONS = "手術", "Operations";

    // the state of a consent
    AGREED = "同意", "Agreed";
    NOT_AGREED = "未同意", "Not agreed";
    CONSENT_WITHDRAWN = "患者が取消し", "Withdrawn";
    CONSENT_ENDED_BY_CLINIC = "医療機関が取消し", "Ended by clinic";
    CONSENT_EXPIRED = "期限切れ", "Expired";
    CONSENT_NOT_OBTAINABLE = "同意取得困難", "Not obtainable";
    CONSENT_NOT_SAID = "情報なし", "Not said";

    // verdicts
    VALID = "有効", "Valid";
    NOT_VALID = "無効", "Not valid";
    NOT_VALID_CHANGED = "無効（新しい資格あり）", "Not valid: changed";
    NONE_FOUND = "該当資格なし", "None found";
    SEVERAL_FOUND = "複数該当", "Several found";
    VALID_UNREGISTERED = "有効（未登録）", "Valid, unregistered";
    NO_RESULT = "結果なし", "No result";

    // what the desk does next
    LET_PATIENT_SHOW_CERTIFICATE =
        "患者に資格確認書、またはマイナポータルの資格情報画面を見せてもらう。",
        "Let the patient show the 資格確認書 or the eligibility screen of マイナポータル.";
    IF_NEITHER_LET_PATIENT_WRITE_STATEMENT =
        "どちらもないときは、被保険者資格申立書を書いてもらう（再診の場合は前回の記録でもよい）。",
        "If there is neither, let the patient write a 被保険者資格申立書 (for a repeat visit the earlier record will do).";
    ASK_AGAIN_LATER =
        "後でもう一度照会する。保険者のデータ登録は数日遅れることがある。",
        "Ask again later. Insurers' data may be some days behind.";
    COMPARE_WITH_BOOKING_AND_RECORD =
        "氏名・生年月日が予約と一致することを確かめ、確認済みとして記録する。",
        "Compare name and birth date with the booking, then record it as confirmed.";
    ASK_WHETHER_INSURANCE_HAS_CHANGED =
        "患者に、保険が変わったかどうかを尋ねる。",
        "Ask the patient whether the insurance has changed.";
    ASK_FOR_NEW_INSURER =
        "保険者が変わっている。患者に新しい保険者を尋ねる。前の番号で請求しない。",
        "The insurer has changed. Ask the patient for the new one, and do not claim with the old number.";
    ASK_WHICH_INSURANCE_APPLIES =
        "複数の資格が有効になっている。端末では選ばず、どの保険を使うか患者に確認する。",
        "Several insurances are valid at once. Do not choose at the terminal; ask the patient which one applies.";
    IF_UNCLEAR_ASK_INSURERS =
        "分からないときは、それぞれの保険者に問い合わせる。",
        "If it stays unclear, ask the insurers.";
    ASK_WELFARE_OFFICE_ABOUT_TICKET =
        "医療扶助は有効だが、医療券が未登録。福祉事務所に連絡して確認する。",
        "Public assistance is valid, but its ticket is not registered. Ask the welfare office.";
    ASKING_AGAIN_SHOWS_NOTHING =
        "もう一度照会しても表示されない。必要なときは、患者にもう一度登録してもらう。",
        "Asking again shows nothing. If it is needed, let the patient register again.";
    CLOSE_ONCE_NEW_RECEPTION_IS_PROVEN =
        "新しい受付で資格を確かめたら、この受付は完了にする。",
        "Once the new reception is proven, close this one.";
    ASK_ADMINISTRATOR_TO_CHANGE_SETTINGS = "管理者に環境設定を頼む。", "Ask the administrator to change the settings.";
    ASK_AGAIN_ONCE_SETTINGS_ARE_CHANGED = "変更されたら、もう一度照会する。", "Ask again when that is done.";

    // why something is not shown
    NOT_AGREED_TO = "同意されていません", "Not agreed to";
    PATIENT_DID_NOT_AGREE_TO_SHOW_THIS =
        "患者はこの情報の提供に同意していません。必要な場合は、診察で直接お尋ねください。",
        "The patient did not agree to show this. Ask in the visit if it is needed.";
    WITHDRAWN_BY_THE_PATIENT = "患者が同意を取り消しました", "Withdrawn by the patient";
    NOTHING_CAN_BE_SEEN_ANY_MORE =
        "この受付の情報は、もう見られません。必要な場合は、もう一度同意の登録をお願いしてください。",
        "Nothing of this reception can be seen any more. If it is needed, ask the patient to register again.";
    WITHDRAWN_BY_THE_CLINIC = "医療機関が同意を取り消しました", "Withdrawn by the clinic";
    THE_CONSENT_HAS_EXPIRED = "同意の期限が切れました", "The consent has expired";
    CONSENT_HOLDS_TO_END_OF_VISIT_DAY =
        "同意は診察日当日まで有効です。次の診察では、もう一度登録してもらってください。",
        "A consent holds to the end of the visit day. Ask the patient to register again for the next visit.";
    CERTIFICATE_ENDED_GRACE_PERIOD = "電子証明書の有効期限切れ（猶予期間中）", "Certificate ended (grace)";
    GRACE_PERIOD_CONFIRMS_INSURANCE_ONLY =
        "資格は確認できますが、医療情報は見られません。患者に、市区町村の窓口で電子証明書の更新をするよう案内してください。",
        "Insurance is confirmed, but no medical information is shown. Tell the patient to renew the certificate at the municipal office.";
    THERE_IS_NO_SUCH_RECEPTION = "該当する受付がありません", "There is no such reception";
    NEWER_REGISTRATION_TOOK_ITS_PLACE =
        "新しい登録に置き換わったか、この医療機関への登録ではありません。一覧を取得し直してください。",
        "A newer registration took its place, or it is not for this institution. Get the list again.";
    SEVERAL_PERSONS_MATCH = "複数の方が該当します", "Several persons match";
    ASK_PATIENT_FOR_BRANCH_NUMBER =
        "枝番がないため一人に決まりません。患者に枝番を確認してください。",
        "Without the branch number it could be several persons. Ask the patient for it.";
    TURNED_OFF_IN_THE_SETTINGS = "環境設定で「利用しない」になっています", "Turned off in the settings";
    INSTITUTIONS_SETTINGS_HAVE_IT_OFF =
        "この医療機関の設定では、この情報を見られません。管理者に環境設定を頼んでください。",
        "This institution's settings have it off. Ask the administrator to change the settings.";
    THERE_IS_NOTHING_TO_SHOW = "表示できる情報がありません", "There is nothing to show";
    SEE_MESSAGE_OF_SYSTEM =
        "システムからのメッセージを確認し、後でもう一度照会してください。",
        "See the message of the system, and ask again later.";

    // the patient and the insurance
    INSURANCE = "資格情報", "Insurance";
    numbered_insurance(position) = "資格情報（{position}）", "Insurance ({position})";
    PATIENT = "患者", "Patient";
    CERTIFICATES = "限度額・高齢受給者・特定疾病", "Certificates";
    CONSENTS = "同意の状況", "Consents";
    NAME = "氏名", "Name";
    KANA = "氏名カナ", "Kana";
    BORN = "生年月日", "Born";
    YEARS_OLD = "歳", " years old";
    SEX = "性別", "Sex";
    ADDRESS = "住所", "Address";
    OTHER_NAME = "氏名（その他）", "Other name";
    INSURED_PERSON = "本人", "Insured person";
    FAMILY_MEMBER = "家族", "Family member";
    VERDICT = "資格有効性", "Verdict";
    INSURER_NUMBER = "保険者番号", "Insurer number";
    CHECK_THIS_NUMBER = "保険者番号を確認してください", "Check this number";
    INSURER = "保険者名称", "Insurer";
    SYMBOL = "記号", "Symbol";
    NUMBER = "番号", "Number";
    BRANCH = "枝番", "Branch";
    CLASSIFICATION = "被保険者証区分", "Classification";
    RELATION = "本人・家族", "Relation";
    INSURED_SINCE = "資格取得年月日", "Insured since";
    LOST_ON = "資格喪失年月日", "Lost on";
    SHARE = "負担割合", "Share";
    INSURED_PERSONS_NAME = "被保険者（世帯主）氏名", "Insured person's name";
    ISSUED_ON = "交付年月日", "Issued on";
    DOCUMENT_VALID_FROM = "有効開始年月日", "Document valid from";
    DOCUMENT_VALID_UNTIL = "有効終了年月日", "Document valid until";
    SHARE_OF_70_TO_74_YEARS = "（高齢受給者）", " (70 to 74 years)";
    SHARE_OF_PUBLIC_ASSISTANCE =
        "医療扶助（患者の支払いは医療券の本人支払額）",
        "Public assistance (the patient pays what the ticket says)";
    SHARE_OF_PRESCHOOL_CHILD = "2割（未就学）", "2割 (preschool child)";
    SHARE_NOT_STATED = "記載なし（70歳未満は原則3割）", "Not stated (3割 below 70 years)";

    // certificates
    CERTIFICATE_OF_70_TO_74_YEARS = "高齢受給者証", "70 to 74 years";
    LIMIT_CERTIFICATE = "限度額適用認定証", "Limit of payment";
    SPECIFIC_DISEASE_CERTIFICATE = "特定疾病療養受療証", "Specific diseases";
    AGREED_BUT_THERE_IS_NONE = "なし（該当する情報がありません）", "None (agreed, but there is none)";
    BETWEEN_DAYS_OF_TERM = "から", " to ";
    AFTER_DAYS_OF_TERM = "まで", "";
    LIMIT_CLASS = "適用区分：", "Class: ";
    LONG_STAY_SINCE = "長期入院該当：", "Long stay since: ";
    LIMIT_A_MONTH = "自己負担限度額：月", "Limit a month: ";
    YEN = "円", " yen";

    // the ticket of public assistance
    PUBLIC_ASSISTANCE_TICKET = "医療券・調剤券", "Public assistance ticket";
    TICKET_KIND = "種別", "Kind";
    TICKET_ISSUE_NUMBER = "交付番号", "Issue number";
    TICKET_VALID = "有効期間", "Valid";
    TICKET_INSTITUTION = "指定医療機関", "Institution";
    OWN_PAYMENT = "本人支払額", "Own payment";
    TICKET_REMARKS = "備考", "Remarks";

    // the consents
    CONSENT_GIVEN_AT = "同意日時", "Given at";
    MEDICAL_INFORMATION_UNTIL = "医療情報の閲覧期限", "Medical information until";
}
