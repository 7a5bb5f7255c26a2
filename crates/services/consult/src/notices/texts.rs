//! What the pages of the operator's notices say.

use text::texts;

texts! {
    // rules
    TELEPHONE_WITHIN_A_LINE = "電話", "telephone";

    // pages
    PRIVACY_NOTICE = "個人情報の取扱い", "Privacy notice";
    TERMS_OF_USE = "利用規約", "Terms of use";
    LEGAL_NOTICE = "特定商取引法に基づく表記", "Legal notice (Act on Specified Commercial Transactions)";
    CONTACT = "お問い合わせ", "Contact";
    WHAT_PERSONAL_DATA_THIS_SERVICE_COLLECTS =
        "このサービスが取得する個人情報と、その利用目的、預け先、お問い合わせ先です。",
        "What personal data this service collects, why, who receives it, and whom to ask.";
    RULES_FOR_USING_THIS_SERVICE =
        "このサービスをお使いいただくときの決まりです。",
        "The rules for using this service.";
    WHO_RUNS_THIS_SERVICE =
        "このサービスの運営者と、料金・支払い・キャンセルについての表示です。",
        "Who runs this service, and what it says on charges, payment and cancellation.";
    IN_FORCE_FROM = "この内容の適用開始日：", "In force from ";
    CONTACT_POINT = "窓口", "Contact";
    TELEPHONE = "電話", "Telephone";
    EMAIL = "メール", "Email";
    HOURS = "受付時間", "Hours";
    ADDRESS = "所在地", "Address";
    ASK_HERE_ABOUT_THIS_SERVICE =
        "このサービスの使い方や、個人情報についてのお問い合わせ先です。",
        "Ask here about how to use this service and about your personal data.";
    HOW_TO_CONTACT_ONLINE_CARE_SERVICE =
        "オンライン診療サービスのお問い合わせ窓口です。",
        "How to contact the online care service.";
    CALL_THE_CLINIC_ABOUT_YOUR_CARE =
        "診察、薬、予約の内容については、予約した医療機関に直接お電話ください。電話番号は、医療機関のページと予約詳細にあります。",
        "For questions about your care, medicine or appointment, call the clinic. Its number is on the clinic's page and on your appointment.";
    WE_CANNOT_HELP_WITH_URGENT_SYMPTOMS_HERE =
        "お急ぎの症状は、この窓口では受け付けられません。",
        "We cannot help with urgent symptoms here.";
}
