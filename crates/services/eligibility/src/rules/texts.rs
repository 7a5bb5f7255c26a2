//! What a patient reads about the six kinds of information.

use text::texts;

texts! {
    // names
    OPERATIONS = "手術情報", "Operations";
    DIAGNOSES_AND_TREATMENT = "診療情報", "Diagnoses and treatment";
    MEDICINES = "薬剤情報", "Medicines";
    HEALTH_CHECK_UPS = "特定健診等情報", "Health check-ups";
    LIMIT_ON_WHAT_YOU_PAY = "限度額情報", "Limit on what you pay";
    SPECIFIC_DISEASE_CERTIFICATE = "特定疾病療養受療証情報", "Certificate for a specific disease";

    // what each is, and why to agree
    WHY_SHOW_OPERATIONS =
        "これまでに受けた手術の名前と日付です。医師が、過去の手術をふまえて診察できるようになります。",
        "The names and dates of operations that you have had. The doctor can take them into account.";
    WHY_SHOW_DIAGNOSES_AND_TREATMENT =
        "これまでにかかった医療機関と、受けた診療の記録です。医師が、ほかの医療機関での治療をふまえて診察できるようになります。",
        "Where you have been treated before, and how. The doctor can take treatment elsewhere into account.";
    WHY_SHOW_MEDICINES =
        "これまでに薬局や医療機関で出された薬の記録です。薬の飲み合わせや重複を、医師が確かめられるようになります。",
        "The medicines that pharmacies and institutions gave you. The doctor can see which do not go together, or would be given twice.";
    WHY_SHOW_HEALTH_CHECK_UPS =
        "40歳からの特定健診や、75歳以上の方の健診の結果です。医師が、健診の結果をふまえて診察できるようになります。",
        "The results of the health check-ups from the age of 40, and of those from 75. The doctor can take them into account.";
    WHY_SHOW_LIMIT =
        "1か月に支払う医療費の上限（高額療養費制度）の区分です。同意すると、限度額適用認定証がなくても、窓口での支払いが上限までになります。",
        "The most that you pay in a month for medical care. If you agree, you pay no more than that at the desk, without a paper certificate.";
    WHY_SHOW_SPECIFIC_DISEASE_CERTIFICATE =
        "人工透析など、長く高額な治療が必要な病気の方に交付される「特定疾病療養受療証」の情報です。お持ちの方が同意すると、証を見せなくても自己負担の上限が適用されます。お持ちでない方は、どちらを選んでも変わりません。",
        "The certificate for long and costly treatment, such as dialysis. If you have one and agree, your limit applies without showing it. If you have none, either choice comes to the same.";
}
