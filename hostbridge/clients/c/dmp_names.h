/* Written by tools/client_types.py out of the bridge's messages: change those, then run it. */
#ifndef DMP_NAMES_H
#define DMP_NAMES_H

/* Methods. */
#define DMP_METHOD_ACTS_DECLARE "acts/declare"
#define DMP_METHOD_ACTS_REPORT "acts/report"
#define DMP_METHOD_AUDIT_OF_PATIENT "audit/ofPatient"
#define DMP_METHOD_CARD_LIST "card/list"
#define DMP_METHOD_CARD_SCAN "card/scan"
#define DMP_METHOD_CONSENT_RECORD "consent/record"
#define DMP_METHOD_CONSENT_SHOW "consent/show"
#define DMP_METHOD_DMP_ACCESS "dmp/access"
#define DMP_METHOD_DMP_AUTHORISATIONS "dmp/authorisations"
#define DMP_METHOD_DMP_AUTHORISE "dmp/authorise"
#define DMP_METHOD_DMP_CONTACTS "dmp/contacts"
#define DMP_METHOD_DMP_FETCH "dmp/fetch"
#define DMP_METHOD_DMP_FETCH_ALL "dmp/fetchAll"
#define DMP_METHOD_DMP_LEAVE "dmp/leave"
#define DMP_METHOD_DMP_LIST "dmp/list"
#define DMP_METHOD_DMP_LIST_BEGIN "dmp/listBegin"
#define DMP_METHOD_DMP_LIST_SHOW "dmp/listShow"
#define DMP_METHOD_DMP_OPEN "dmp/open"
#define DMP_METHOD_DMP_PATIENTS "dmp/patients"
#define DMP_METHOD_DMP_STATUS "dmp/status"
#define DMP_METHOD_DMP_VIEW "dmp/view"
#define DMP_METHOD_DMP_WEB "dmp/web"
#define DMP_METHOD_DOCUMENT_IMPORT "document/import"
#define DMP_METHOD_DOCUMENT_IMPORTED "document/imported"
#define DMP_METHOD_DOCUMENT_IMPORTS "document/imports"
#define DMP_METHOD_DOCUMENT_SAVED "document/saved"
#define DMP_METHOD_DOCUMENT_TYPES "document/types"
#define DMP_METHOD_FEED_ARCHIVE "feed/archive"
#define DMP_METHOD_FEED_CANCEL "feed/cancel"
#define DMP_METHOD_FEED_CONFIRM "feed/confirm"
#define DMP_METHOD_FEED_CORRECTIONS "feed/corrections"
#define DMP_METHOD_FEED_DESCRIBE "feed/describe"
#define DMP_METHOD_FEED_PREVIEW "feed/preview"
#define DMP_METHOD_FEED_REPLACE "feed/replace"
#define DMP_METHOD_FEED_SET_VISIBILITY "feed/setVisibility"
#define DMP_METHOD_FEED_WITHDRAW "feed/withdraw"
#define DMP_METHOD_HOST_EVENT "host/event"
#define DMP_METHOD_IDENTITY_DECIDE "identity/decide"
#define DMP_METHOD_IDENTITY_DOCUMENT_SEEN "identity/documentSeen"
#define DMP_METHOD_IDENTITY_SCAN "identity/scan"
#define DMP_METHOD_IDENTITY_SEARCH "identity/search"
#define DMP_METHOD_IDENTITY_SHOW "identity/show"
#define DMP_METHOD_IDENTITY_VERIFY "identity/verify"
#define DMP_METHOD_IDENTITY_VITALE "identity/vitale"
#define DMP_METHOD_INITIALIZE "initialize"
#define DMP_METHOD_OPERATOR_CHANGED "operator/changed"
#define DMP_METHOD_OUTBOX_AUTHOR_LEFT "outbox/authorLeft"
#define DMP_METHOD_OUTBOX_CANCEL "outbox/cancel"
#define DMP_METHOD_OUTBOX_LIST "outbox/list"
#define DMP_METHOD_OUTBOX_RETRY "outbox/retry"
#define DMP_METHOD_OUTBOX_SHOW "outbox/show"
#define DMP_METHOD_OUTBOX_STATUS "outbox/status"
#define DMP_METHOD_OUTBOX_TAKE_OVER "outbox/takeOver"
#define DMP_METHOD_PANEL_OPEN "panel/open"
#define DMP_METHOD_PATIENT_CLOSED "patient/closed"
#define DMP_METHOD_PATIENT_CURRENT "patient/current"
#define DMP_METHOD_PATIENT_OPENED "patient/opened"
#define DMP_METHOD_PATIENT_UPDATED "patient/updated"
#define DMP_METHOD_PIN_ENTER "pin/enter"
#define DMP_METHOD_PSC_CHOOSE "psc/choose"
#define DMP_METHOD_PSC_CLOSE "psc/close"
#define DMP_METHOD_PSC_OPEN "psc/open"
#define DMP_METHOD_PSC_POLL "psc/poll"
#define DMP_METHOD_SESSION_CLOSE "session/close"
#define DMP_METHOD_SESSION_OPEN "session/open"
#define DMP_METHOD_SESSION_SHOW "session/show"
#define DMP_METHOD_SHARING_CONFIRM "sharing/confirm"
#define DMP_METHOD_SHARING_CONSULT "sharing/consult"
#define DMP_METHOD_SHARING_DISABLE "sharing/disable"
#define DMP_METHOD_SHARING_ENABLE "sharing/enable"
#define DMP_METHOD_SHARING_FORGET "sharing/forget"
#define DMP_METHOD_SHARING_PAIR "sharing/pair"
#define DMP_METHOD_SHARING_SHOW "sharing/show"
#define DMP_METHOD_SHARING_TAKE_BACK "sharing/takeBack"
#define DMP_METHOD_SHUTDOWN "shutdown"
#define DMP_METHOD_SOFTWARE_ABOUT "software/about"
#define DMP_METHOD_STATUS_HEALTH "status/health"
#define DMP_METHOD_SUPPORT_RECORD "support/record"

/* Notices. */
#define DMP_NOTICE_PROGRESS "$/progress"
#define DMP_NOTICE_CARD_CHANGED "card/changed"
#define DMP_NOTICE_CARE_NEEDED "care/needed"
#define DMP_NOTICE_DMP_BADGE "dmp/badge"
#define DMP_NOTICE_DMP_ROWS "dmp/rows"
#define DMP_NOTICE_DMP_STATUS_CHANGED "dmp/statusChanged"
#define DMP_NOTICE_DOCUMENT_IMPORT_WANTED "document/importWanted"
#define DMP_NOTICE_DOCUMENT_NEWER_VERSION "document/newerVersion"
#define DMP_NOTICE_FEED_FINISHED "feed/finished"
#define DMP_NOTICE_IDENTITY_CHANGED "identity/changed"
#define DMP_NOTICE_IDENTITY_DIVERGES "identity/diverges"
#define DMP_NOTICE_MESSAGE_SHOW "message/show"
#define DMP_NOTICE_OUTBOX_CHANGED "outbox/changed"
#define DMP_NOTICE_PATIENT_SUGGESTED "patient/suggested"
#define DMP_NOTICE_PIN_NEEDED "pin/needed"
#define DMP_NOTICE_PSC_BROWSE "psc/browse"
#define DMP_NOTICE_PSC_CHANGED "psc/changed"
#define DMP_NOTICE_PSC_NEEDED "psc/needed"
#define DMP_NOTICE_SESSION_CHANGED "session/changed"
#define DMP_NOTICE_SHARING_CHANGED "sharing/changed"
#define DMP_NOTICE_SHARING_CONSULTATION_WANTED "sharing/consultationWanted"
#define DMP_NOTICE_WINDOW_SHOW "window/show"

/* ActState. */
#define DMP_ACT_STATE_FED "fed"
#define DMP_ACT_STATE_MISSING "missing"
#define DMP_ACT_STATE_REFUSED_BY_PATIENT "refused_by_patient"

/* CancelReason. */
#define DMP_CANCEL_REASON_PATIENT_OPPOSED "patient_opposed"
#define DMP_CANCEL_REASON_MISTAKE "mistake"
#define DMP_CANCEL_REASON_NOT_USEFUL "not_useful"
#define DMP_CANCEL_REASON_OTHER "other"

/* CardKind. */
#define DMP_CARD_KIND_CPS2TER "cps2ter"
#define DMP_CARD_KIND_CPS3 "cps3"
#define DMP_CARD_KIND_CPS3_CONTACTLESS "cps3_contactless"
#define DMP_CARD_KIND_CPS4 "cps4"
#define DMP_CARD_KIND_VITALE1 "vitale1"
#define DMP_CARD_KIND_VITALE2 "vitale2"
#define DMP_CARD_KIND_OTHER "other"

/* CardState. */
#define DMP_CARD_STATE_CLOSED "closed"
#define DMP_CARD_STATE_PIN "pin"
#define DMP_CARD_STATE_OPEN "open"
#define DMP_CARD_STATE_BLOCKED "blocked"

/* Change. */
#define DMP_CHANGE_ADD "add"
#define DMP_CHANGE_RENEW "renew"
#define DMP_CHANGE_WITHDRAW "withdraw"

/* Channel. */
#define DMP_CHANNEL_BROWSER "browser"
#define DMP_CHANNEL_CARD "card"
#define DMP_CHANNEL_MOBILE "mobile"

/* ConsentKind. */
#define DMP_CONSENT_KIND_INFORMED "informed"
#define DMP_CONSENT_KIND_OPPOSED_TO_FEEDING "opposed_to_feeding"
#define DMP_CONSENT_KIND_AGREES_TO_READING "agrees_to_reading"

/* CorrectionKind. */
#define DMP_CORRECTION_KIND_WITHDRAW "withdraw"
#define DMP_CORRECTION_KIND_VISIBILITY "visibility"
#define DMP_CORRECTION_KIND_ARCHIVE "archive"
#define DMP_CORRECTION_KIND_UNARCHIVE "unarchive"

/* CorrectionState. */
#define DMP_CORRECTION_STATE_PENDING "pending"
#define DMP_CORRECTION_STATE_DONE "done"
#define DMP_CORRECTION_STATE_REFUSED "refused"

/* DateType. */
#define DMP_DATE_TYPE_LASTDOC "LASTDOC"
#define DMP_DATE_TYPE_LASTAUTORIZATION "LASTAUTORIZATION"

/* Empty. */
#define DMP_EMPTY_NONE "none"
#define DMP_EMPTY_NONE_IN_PERIOD "none_in_period"
#define DMP_EMPTY_UNCHANGED "unchanged"
#define DMP_EMPTY_RIGHT_MISSING "right_missing"
#define DMP_EMPTY_NOT_ASKED "not_asked"
#define DMP_EMPTY_CUT "cut"

/* Ended. */
#define DMP_ENDED_REMOVED "removed"
#define DMP_ENDED_RESET "reset"
#define DMP_ENDED_IDLE "idle"
#define DMP_ENDED_PROFESSIONAL "professional"
#define DMP_ENDED_CLOSED "closed"

/* Environment. */
#define DMP_ENVIRONMENT_SIMULATION "simulation"
#define DMP_ENVIRONMENT_HOMOLOGATION "homologation"
#define DMP_ENVIRONMENT_PRODUCTION "production"

/* FeedPolicy. */
#define DMP_FEED_POLICY_WINDOW "window"
#define DMP_FEED_POLICY_AUTOMATIC "automatic"
#define DMP_FEED_POLICY_MANUAL "manual"

/* IdentityDocumentKind. */
#define DMP_IDENTITY_DOCUMENT_KIND_CN "CN"
#define DMP_IDENTITY_DOCUMENT_KIND_PA "PA"
#define DMP_IDENTITY_DOCUMENT_KIND_CS "CS"
#define DMP_IDENTITY_DOCUMENT_KIND_IE "IE"
#define DMP_IDENTITY_DOCUMENT_KIND_AV "AV"
#define DMP_IDENTITY_DOCUMENT_KIND_AN "AN"
#define DMP_IDENTITY_DOCUMENT_KIND_LE "LE"
#define DMP_IDENTITY_DOCUMENT_KIND_DC "DC"
#define DMP_IDENTITY_DOCUMENT_KIND_AC "AC"
#define DMP_IDENTITY_DOCUMENT_KIND_PC "PC"
#define DMP_IDENTITY_DOCUMENT_KIND_CE "CE"
#define DMP_IDENTITY_DOCUMENT_KIND_CC "CC"
#define DMP_IDENTITY_DOCUMENT_KIND_CM "CM"
#define DMP_IDENTITY_DOCUMENT_KIND_TC "TC"

/* IdentityMark. */
#define DMP_IDENTITY_MARK_HOMONYME "homonyme"
#define DMP_IDENTITY_MARK_DOUTEUX "douteux"
#define DMP_IDENTITY_MARK_FICTIF "fictif"

/* IdentityStatus. */
#define DMP_IDENTITY_STATUS_PROVISOIRE "provisoire"
#define DMP_IDENTITY_STATUS_RECUPEREE "recuperee"
#define DMP_IDENTITY_STATUS_VALIDEE "validee"
#define DMP_IDENTITY_STATUS_QUALIFIEE "qualifiee"

/* InsOid. */
#define DMP_INS_OID_1_2_250_1_213_1_4_8 "1.2.250.1.213.1.4.8"
#define DMP_INS_OID_1_2_250_1_213_1_4_9 "1.2.250.1.213.1.4.9"
#define DMP_INS_OID_1_2_250_1_213_1_4_10 "1.2.250.1.213.1.4.10"
#define DMP_INS_OID_1_2_250_1_213_1_4_11 "1.2.250.1.213.1.4.11"

/* InsiCode. */
#define DMP_INSI_CODE_00 "00"
#define DMP_INSI_CODE_01 "01"
#define DMP_INSI_CODE_02 "02"

/* Kept. */
#define DMP_KEPT_NO "no"
#define DMP_KEPT_ASKED "asked"
#define DMP_KEPT_YES "yes"
#define DMP_KEPT_OLDER "older"

/* Notice. */
#define DMP_NOTICE_OTHER_PATIENT "other_patient"
#define DMP_NOTICE_ALTERED "altered"
#define DMP_NOTICE_NO_INS "no_ins"
#define DMP_NOTICE_UNKNOWN_INS "unknown_ins"
#define DMP_NOTICE_REPLACED "replaced"
#define DMP_NOTICE_SUPERSEDED "superseded"
#define DMP_NOTICE_DELETED "deleted"
#define DMP_NOTICE_ARCHIVED "archived"
#define DMP_NOTICE_MASKED "masked"
#define DMP_NOTICE_HIDDEN_FROM_PATIENT "hidden_from_patient"
#define DMP_NOTICE_BY_PATIENT "by_patient"
#define DMP_NOTICE_SELF_PRESENTING "self_presenting"
#define DMP_NOTICE_ODD_CHARACTERS "odd_characters"
#define DMP_NOTICE_REMOVED "removed"

/* Page. */
#define DMP_PAGE_TABLEAU_DE_BORD "TableauDeBord"
#define DMP_PAGE_DOSSIER_PATIENT "DossierPatient"
#define DMP_PAGE_GESTION_DMPPATIENT "GestionDMPPatient"
#define DMP_PAGE_DOCUMENTS "Documents"
#define DMP_PAGE_PARCOURS_DE_SOINS "ParcoursDeSoins"
#define DMP_PAGE_HISTORIQUE_ACCES "HistoriqueAcces"
#define DMP_PAGE_PARAMETRAGES "Parametrages"
#define DMP_PAGE_VOLONTES_ET_DROITS "VolontesEtDroits"
#define DMP_PAGE_CARNET_VACCINATION "CarnetVaccination"

/* PscState. */
#define DMP_PSC_STATE_NONE "none"
#define DMP_PSC_STATE_ASKED "asked"
#define DMP_PSC_STATE_CHOOSING "choosing"
#define DMP_PSC_STATE_IDENTIFIED "identified"

/* Purpose. */
#define DMP_PURPOSE_NORMAL "normal"
#define DMP_PURPOSE_BRIS_DE_GLACE "bris_de_glace"
#define DMP_PURPOSE_CENTRE_15 "centre_15"

/* Question. */
#define DMP_QUESTION_CONSENT "consent"
#define DMP_QUESTION_RENEWAL "renewal"
#define DMP_QUESTION_INFORMATION "information"
#define DMP_QUESTION_SECRET_CONNECTION "secret_connection"
#define DMP_QUESTION_JUSTIFICATION "justification"

/* RecordStatus. */
#define DMP_RECORD_STATUS_ABSENT "absent"
#define DMP_RECORD_STATUS_CLOSED "closed"
#define DMP_RECORD_STATUS_AUTHORISED "authorised"
#define DMP_RECORD_STATUS_NOT_AUTHORISED "not_authorised"
#define DMP_RECORD_STATUS_EXPIRED "expired"
#define DMP_RECORD_STATUS_BLOCKED "blocked"

/* Right. */
#define DMP_RIGHT_READ "read"
#define DMP_RIGHT_FEED "feed"
#define DMP_RIGHT_ADMINISTER "administer"

/* Scope. */
#define DMP_SCOPE_FIRST "first"
#define DMP_SCOPE_CHANGES "changes"
#define DMP_SCOPE_ALL "all"
#define DMP_SCOPE_FROM "from"
#define DMP_SCOPE_FILTERED "filtered"

/* Sex. */
#define DMP_SEX_F "F"
#define DMP_SEX_M "M"
#define DMP_SEX_UN "UN"

/* Source. */
#define DMP_SOURCE_INSI "insi"
#define DMP_SOURCE_DMP "dmp"
#define DMP_SOURCE_DATAMATRIX "datamatrix"
#define DMP_SOURCE_VITALE "vitale"

/* State. */
#define DMP_STATE_ACCEPTED "accepted"
#define DMP_STATE_COMPOSED "composed"
#define DMP_STATE_AWAITING_CONFIRMATION "awaiting_confirmation"
#define DMP_STATE_HELD "held"
#define DMP_STATE_READY "ready"
#define DMP_STATE_SENDING "sending"
#define DMP_STATE_SENT "sent"
#define DMP_STATE_WAITING "waiting"
#define DMP_STATE_UNCERTAIN "uncertain"
#define DMP_STATE_HANDED "handed"
#define DMP_STATE_REFUSED "refused"
#define DMP_STATE_CANCELLED "cancelled"
#define DMP_STATE_TRANSLATED "translated"

/* WaitReason. */
#define DMP_WAIT_REASON_IDENTITY "identity"
#define DMP_WAIT_REASON_PLUGIN "plugin"
#define DMP_WAIT_REASON_CARD "card"
#define DMP_WAIT_REASON_NETWORK "network"
#define DMP_WAIT_REASON_RATE "rate"
#define DMP_WAIT_REASON_CONFLICT "conflict"
#define DMP_WAIT_REASON_AUTHOR "author"
#define DMP_WAIT_REASON_SEAT "seat"

/* WithdrawReason. */
#define DMP_WITHDRAW_REASON_WRONG_PATIENT "wrong_patient"
#define DMP_WITHDRAW_REASON_WRONG_DOCUMENT "wrong_document"
#define DMP_WITHDRAW_REASON_PATIENT_REQUEST "patient_request"

#endif
