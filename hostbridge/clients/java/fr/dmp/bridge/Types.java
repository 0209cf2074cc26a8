// Written by tools/client_types.py out of the bridge's messages: change those, then run it.
package fr.dmp.bridge;

import com.google.gson.JsonElement;
import com.google.gson.annotations.SerializedName;
import java.util.List;
import java.util.Map;

/** The messages of the bridge; what is not said is null. */
public final class Types {
    private Types() {}

    /** Result of `document/saved` and `host/event` */
    public record Accepted(String item,
            String state) {}

    /** Result of `dmp/access` and `dmp/leave`. */
    public record AccessShown(String name,
            String birth_date,
            Boolean open,
            String purpose,
            String until,
            Boolean secret_connection,
            Boolean refused,
            Boolean over) {}

    /** One finished act. */
    public record Act(String record,
            String type_id,
            String done_on,
            String host_id,
            @SerializedName("operator") String operator_,
            Boolean refused) {}

    /** One act */
    public record ActView(String record,
            String type_id,
            String done_on,
            String state,
            String label) {}

    /** Result of `acts/report`. */
    public record ActsReported(Long year,
            FiguresView total,
            Map<String, FiguresView> types,
            List<String> counted,
            List<ActView> missing,
            List<ActView> refused,
            Map<String, FiguresView> operators,
            String csv,
            Long unreadable) {}

    /** `feed/archive` */
    public record ArchiveFeed(String item,
            String host_id,
            Boolean archived) {}

    /** Result of `dmp/authorisations`, in the order of the DMP. */
    public record AuthorisationsListed(List<Professional> professionals) {}

    /** `dmp/authorise` */
    public record Authorise(String host_id,
            String change) {}

    /** Result of `dmp/authorise`. */
    public record Authorised(String status,
            Boolean changed) {}

    /** Result of `dmp/status`. */
    public record BadgeKnown(String status,
            String text,
            @SerializedName("new") List<NewOfType> new_) {}

    /** `dmp/badge` */
    public record BadgeShow(String plugin,
            String host_id,
            String unique_id,
            String text,
            String level) {}

    /** `dmp/listBegin` */
    public record BeginList(String host_id,
            String since,
            RecordFilter filter) {}

    /** `feed/cancel`, `outbox/cancel` */
    public record CancelFeed(String item,
            String reason) {}

    /** A professional whose card is missing, and how many documents wait for it. */
    public record CardAwaited(String family,
            String given,
            Long documents) {}

    /** `card/changed` */
    public record CardNotice(String reader,
            String card,
            Boolean present,
            Fault fault) {}

    /** One person on a card, as the card says; what it does not say is None. */
    public record CardPerson(String family,
            String given,
            String birth_date,
            String nir) {}

    /** Result of `session/open`, `session/show`, `session/close`, `pin/enter`; `session/changed` */
    public record CardSessionShown(String state,
            HolderShown holder,
            List<StructureOnCard> structures,
            String structure,
            PinAskedFor pin,
            List<CardAwaited> awaited,
            String ended) {}

    /** One reader. */
    public record CardView(String reader,
            String card,
            Boolean busy,
            Boolean reading,
            Fault fault) {}

    /** Result of `card/list` */
    public record CardsListed(List<CardView> readers,
            Fault fault) {}

    /** `care/needed` */
    public record CareNotice(String code,
            String sentence,
            String remedy,
            String mender,
            String detail) {}

    /** Whom INSi knows */
    public record CertifiedIdentity(Ins ins,
            List<PastIns> history,
            String birth_name,
            String birth_given_names,
            String first_birth_given_name,
            String sex,
            String birth_date,
            String birth_date_text,
            String birth_place_code) {}

    /** `psc/choose` */
    public record ChoosePsc(Long rank) {}

    /** A coded value */
    public record Code(String code,
            String system,
            String label) {}

    /** `feed/confirm` */
    public record ConfirmFeed(String item,
            String title,
            Visibility visibility) {}

    /** `sharing/confirm` */
    public record ConfirmPairing(String code) {}

    /** Result of `consent/record`; `cancelled` */
    public record ConsentRecorded(ConsentState consent,
            List<String> cancelled) {}

    /** One thing said, or taken back. */
    public record ConsentSaid(String kind,
            Boolean given,
            String at,
            String by) {}

    /** Result of `consent/show` */
    public record ConsentShown(ConsentState consent) {}

    /** What holds now, None where it was never said or was taken back; and all that was ever said, oldest first. */
    public record ConsentState(ConsentSaid informed,
            ConsentSaid opposed_to_feeding,
            ConsentSaid agrees_to_reading,
            List<ConsentSaid> history) {}

    /** `sharing/consult` */
    public record ConsultThere(String what,
            String host_id,
            String seat,
            String unique_id) {}

    /** `sharing/consultationWanted` */
    public record ConsultationNotice(String seat,
            String host_id,
            @SerializedName("operator") String operator_) {}

    /** Result of `sharing/consult`. */
    public record Consulted(List<Row> rows,
            String mime_type,
            String content) {}

    /** Somebody whom the record names. */
    public record Contact(Boolean to_warn,
            String relation,
            String family,
            List<String> given_names,
            String organisation,
            List<Telecom> telecoms,
            List<PostalAddress> addresses) {}

    /** Result of `dmp/contacts` */
    public record ContactsKnown(List<Contact> contacts) {}

    /** A sent document of an open patient */
    public record CorrectionMessage(String item,
            String host_id) {}

    /** What was done to a document after it was sent */
    public record CorrectionView(String kind,
            String state,
            String label,
            String reason,
            Visibility visibility,
            String by,
            String asked_at,
            String changed_at,
            Fault fault) {}

    /** Result of `feed/corrections`. */
    public record CorrectionsExplained(List<PossibleCorrection> possible) {}

    /** More documents answer than one list holds */
    public record Cut(Long rows,
            String text) {}

    /** An item that no longer reads on this disk; None */
    public record DamagedView(String item,
            String type_id,
            String state,
            String label,
            String accepted_at) {}

    /** `identity/decide` */
    public record DecideIdentity(String host_id,
            String source,
            Boolean go_on) {}

    /** `acts/declare` */
    public record DeclareActs(List<Act> acts,
            Boolean finished) {}

    /** `identity/diverges` */
    public record DivergenceNotice(String host_id,
            String source,
            List<String> fields) {}

    /** The patient's traits as the DMP holds them, raw, to compare with those of the host (SC.DMP/CONF.02). */
    public record DmpTraits(String birth_name,
            String used_name,
            List<String> given_names,
            String sex,
            String birth_date) {}

    /** Result of `dmp/fetch` */
    public record DocumentFetched(String unique_id,
            String mime_type,
            Long size,
            String sha256,
            String content) {}

    /** Result of `dmp/view` */
    public record DocumentPage(Row entry,
            String title,
            String html,
            Map<String, String> headers,
            List<String> notices,
            Boolean blocked) {}

    /** `document/saved` */
    public record DocumentSaved(String key,
            String record,
            String type_id,
            Patient patient,
            Map<String, JsonElement> content) {}

    /** `identity/documentSeen` */
    public record DocumentSeen(String host_id,
            String kind) {}

    /** Result of `dmp/fetchAll`. */
    public record DocumentsFetched(List<DocumentFetched> documents,
            List<RefusedDocument> refused,
            List<String> left) {}

    /** Result of `dmp/list` */
    public record DocumentsListed(List<Row> entries,
            String scope,
            String since,
            String asked_at,
            List<Gone> gone,
            @SerializedName("new") List<NewOfType> new_,
            List<SectionCount> sections,
            Cut cut) {}

    /** One thing done, or refused. */
    public record DoneShown(String at,
            String action,
            @SerializedName("operator") String operator_,
            String author,
            String purpose,
            String result,
            String unique_id,
            Long count,
            String detail,
            String transaction) {}

    /** `sharing/enable` */
    public record EnableSharing(String until) {}

    /** `pin/enter` */
    public record EnterPin(Long request,
            String pin,
            Long typed_ms,
            Boolean last_try) {}

    /** One exercise of a professional */
    public record Exercise(Practitioner practitioner,
            Workplace workplace) {}

    /** `feed/corrections` */
    public record ExplainCorrections(String item,
            Visibility visibility) {}

    /** An error as the bridge tells it where something else succeeded. */
    public record Failure(String code,
            String sentence,
            String remedy,
            String dmp_text) {}

    /** Why an item waits or was refused */
    public record Fault(String code,
            String sentence,
            String remedy,
            String mender,
            String detail,
            String origin,
            String dmp_text) {}

    /** *Alimenter le DMP* */
    public record FeedForm(String item,
            String type_id,
            String type_label,
            String title,
            String act_date,
            String saved_at,
            String patient_host_id,
            String patient_name,
            String patient_birth_date,
            Visibility visibility,
            Boolean replaces_earlier,
            String patient_ins,
            Boolean patient_is_minor,
            String other_patient) {}

    /** Result of `feed/preview` */
    public record FeedPreview(String html,
            Map<String, String> headers) {}

    /** `dmp/fetch` */
    public record FetchDocument(String host_id,
            String unique_id) {}

    /** `dmp/fetchAll` */
    public record FetchDocuments(String host_id,
            List<String> unique_ids) {}

    /** Counts. */
    public record FiguresView(Long finished,
            Long fed,
            Long missing,
            Long refused_by_patient,
            Double percent,
            Double percent_without_refusals,
            Long target,
            Boolean reached) {}

    /** `sharing/forget` */
    public record ForgetSeat(String seat) {}

    /** A document seen before that is no more among the active ones. */
    public record Gone(String unique_id,
            String status) {}

    /** Result of `status/health`, for supervision */
    public record Health(String version,
            String environment,
            Boolean accepting,
            Map<String, Long> outbox,
            Double oldest,
            Double due,
            Long unreadable,
            Map<String, String> plugins) {}

    /** Whom the card names. */
    public record HolderShown(String family,
            String given,
            String title,
            String profession,
            String section) {}

    /** What the host can do. */
    public record HostCapabilities(Boolean panels) {}

    /** `host/event` */
    public record HostEventMessage(String name,
            Map<String, JsonElement> payload,
            String key) {}

    /** That somebody saw an identity document */
    public record IdentityDocument(String kind,
            String seen_by,
            String seen_at) {}

    /** Result of `identity/show` */
    public record IdentityKept(IdentityDocument document,
            CertifiedIdentity certified,
            TraitsDiverging divergence,
            DmpTraits dmp,
            Patient patient,
            Boolean insi) {}

    /** `identity/changed` */
    public record IdentityNotice(Patient patient) {}

    /** Result of `identity/verify`, `search`, `documentSeen`, `scan` and `decide` */
    public record IdentityView(Patient patient,
            String code,
            TraitsDiverging divergence,
            CertifiedIdentity certified,
            List<String> resumed) {}

    /** `document/import` */
    public record ImportDocument(String host_id,
            String unique_id) {}

    /** `document/importWanted` */
    public record ImportNotice(String host_id,
            Row entry,
            String origin,
            String replaces) {}

    /** Result of `document/import`, `document/imported`. */
    public record ImportStanding(String unique_id,
            String kept,
            String has,
            String at) {}

    /** Result of `document/imports` */
    public record ImportsShown(List<Standing> documents) {}

    /** `initialize` */
    public record Initialize(String protocol_version,
            Program host,
            String adapter,
            String structure,
            @SerializedName("operator") Operator operator_,
            HostCapabilities capabilities,
            Boolean beside) {}

    /** Result of `initialize`. */
    public record Initialized(String protocol_version,
            Program server,
            String environment,
            ServerCapabilities capabilities,
            List<TypeOffered> document_types,
            String adapter,
            Ui ui) {}

    /** A matricule INS */
    public record Ins(String value,
            String oid) {}

    /** `outbox/changed`, `feed/finished` */
    public record ItemNotice(ItemView item) {}

    /** `feed/describe`, `outbox/show`, `outbox/retry` */
    public record ItemReference(String item) {}

    /** One item of the outbox for the host. */
    public record ItemView(String item,
            String key,
            String record,
            String type_id,
            String host_id,
            String state,
            String label,
            String reason,
            Fault fault,
            String title,
            Visibility visibility,
            String unique_id,
            String hash,
            Long size,
            Long version,
            String accepted_at,
            String changed_at,
            String due_at,
            Long attempts,
            List<CorrectionView> corrections,
            String patient_name) {}

    /** Result of `outbox/authorLeft` */
    public record ItemsChanged(List<ItemView> items) {}

    /** Result of `outbox/status`, in the order asked; `unknown` */
    public record KeysKnown(List<ItemView> items,
            List<String> unknown) {}

    /** A patient whose record the professional may read. */
    public record KnownPatient(Ins ins,
            String birth_name,
            String last_name,
            String first_name,
            String birth_date,
            String last_access,
            String last_update,
            String last_addition) {}

    /** `dmp/authorisations` */
    public record ListAuthorisations(String host_id,
            String which) {}

    /** `dmp/list` */
    public record ListDocuments(String host_id,
            String since,
            Boolean progressive,
            RecordFilter filter) {}

    /** `outbox/list` */
    public record ListOutbox(List<String> states,
            Long limit,
            String since) {}

    /** `dmp/patients` */
    public record ListPatients(String since,
            String about) {}

    /** `dmp/list` */
    public record ListRecord(String host_id,
            String since,
            Boolean progressive) {}

    /** Result of `dmp/listBegin` and `dmp/listShow`. */
    public record ListShown(String since,
            RecordFilter filter,
            Boolean goes_on,
            List<Row> entries,
            DocumentsListed listed,
            Failure withdrawn) {}

    /** Where the host shows one action */
    public record MenuEntry(String action,
            String label,
            List<String> path,
            String right) {}

    /** `message/show` */
    public record MessageShow(String plugin,
            String text,
            String level) {}

    /** How many documents of a type are new since the last visit. */
    public record NewOfType(String type_code,
            String label,
            Long count) {}

    /** `document/newerVersion` */
    public record NewerVersionNotice(String host_id,
            Row entry,
            String has) {}

    /** Parameters or result where there is nothing to say */
    public record Nothing() {}

    /** `session/open` */
    public record OpenCardSession(String structure) {}

    /** `dmp/web` */
    public record OpenPage(String page,
            String host_id) {}

    /** `panel/open` */
    public record OpenPanel(String panel,
            @SerializedName("params") Map<String, JsonElement> params_) {}

    /** `psc/open` */
    public record OpenPsc(String channel) {}

    /** `dmp/open` */
    public record OpenRecord(String host_id,
            Boolean consent,
            Boolean informed,
            Boolean secret_connection,
            Boolean emergency,
            String justification) {}

    /** Who sits at the counter, as the host says; `practitioner` where that person is a professional. */
    public record Operator(String id,
            List<String> rights,
            Practitioner practitioner) {}

    /** `operator/changed` */
    public record OperatorChanged(@SerializedName("operator") Operator operator_) {}

    /** Result of `outbox/list`; `counts` of all items, whatever was asked; `damaged` */
    public record OutboxListed(List<ItemView> items,
            Map<String, Long> counts,
            List<DamagedView> damaged) {}

    /** Result of `dmp/web` */
    public record PageAddress(String url) {}

    /** `sharing/pair` */
    public record PairSeats(String address) {}

    /** A pairing under way; `code` null */
    public record PairingShown(String code,
            String name,
            String until) {}

    /** Result of `panel/open` */
    public record PanelOpened(String address) {}

    /** An INS that named the patient before, kept as INSi gave it (Guide INS, EXI REC 08 */
    public record PastIns(Ins ins,
            String since,
            String until) {}

    /** A patient as the host knows them. */
    public record Patient(String host_id,
            Traits traits,
            Ins ins,
            String status,
            List<String> marks,
            List<PastIns> ins_history,
            IdentityDocument document) {}

    /** Result of `patient/opened` and `patient/updated` */
    public record PatientKnown(List<String> resumed) {}

    /** `patient/opened`, `patient/updated` */
    public record PatientMessage(Patient patient) {}

    /** `patient/closed`, `dmp/open`, `dmp/status` */
    public record PatientReference(String host_id) {}

    /** Result of `audit/ofPatient`, newest first; `csv` where it was asked for, with `;` between fields. */
    public record PatientReviewed(List<DoneShown> done,
            String csv) {}

    /** Result of `patient/current` */
    public record PatientShown(String host_id,
            String name,
            String birth_date,
            Boolean is_minor) {}

    /** `patient/suggested` */
    public record PatientSuggestion(String plugin,
            CardPerson person,
            List<CardPerson> people,
            Fault fault) {}

    /** Result of `dmp/patients`, in the order of the DMP. */
    public record PatientsListed(List<KnownPatient> patients) {}

    /** Result of `card/scan`. */
    public record PeopleFound(List<CardPerson> people,
            Fault fault) {}

    /** What the dialog shows. */
    public record PinAskedFor(Long request,
            Long tries_left,
            Boolean last_try) {}

    /** `pin/needed` */
    public record PinNeededNotice(HolderShown holder,
            PinAskedFor pin,
            String address) {}

    /** `psc/poll` */
    public record PollPsc(String redirected) {}

    /** One of them. */
    public record PossibleCorrection(String kind,
            String label,
            String effect,
            Fault fault) {}

    /** An address as the DMP holds it. */
    public record PostalAddress(List<String> lines,
            String postal_code,
            String city,
            String country) {}

    /** A professional of health, as the CPS or Pro Santé Connect gives them. */
    public record Practitioner(String national_id,
            String family,
            String given,
            String profession,
            String section,
            String civility,
            String title) {}

    /** Somebody who may read a record, or is barred. */
    public record Professional(String national_id,
            String first_name,
            String last_name,
            List<Code> specialties,
            String started_at,
            String last_action_at,
            Boolean barred) {}

    /** `outbox/authorLeft` */
    public record ProfessionalLeft(String national_id,
            Boolean left) {}

    /** A program and its version. */
    public record Program(String name,
            String version) {}

    /** `$/progress` */
    public record Progress(JsonElement request,
            Long done) {}

    /** What the professional must see */
    public record Prompt(String channel,
            String url,
            String digits,
            String expires_at) {}

    /** `dmp/rows` */
    public record ProvisionalRows(JsonElement request,
            List<Row> entries,
            Failure withdrawn) {}

    /** `psc/browse` */
    public record PscPrompt(String channel,
            String url,
            String digits,
            String expires_at) {}

    /** Result of `psc/open`, `psc/poll`, `psc/choose`; params of `psc/changed`. */
    public record PscShown(String state,
            Prompt prompt,
            List<Exercise> choices,
            Exercise exercise,
            Boolean at_this_structure,
            String expires_at,
            String ended) {}

    /** `consent/record` */
    public record RecordConsent(String host_id,
            String kind,
            Boolean given) {}

    /** One row of a patient's record, as TD3.1 returns it. */
    public record RecordEntry(String unique_id,
            String entry_uuid,
            String logical_id,
            String version,
            String status,
            String repository_id,
            String mime_type,
            String title,
            String comments,
            Code type_code,
            Code class_code,
            Code format_code,
            Code healthcare_facility,
            Code practice_setting,
            List<Code> confidentiality,
            List<Code> event_codes,
            String language,
            String creation_time,
            String service_start_time,
            String service_stop_time,
            List<XdsAuthor> authors,
            String legal_authenticator,
            String patient_id,
            String source_patient_id,
            List<String> source_patient_info,
            String hash,
            Long size,
            String home_community_id) {}

    /** Which documents; nothing set */
    public record RecordFilter(List<String> types,
            List<String> classes,
            List<String> formats,
            List<String> practice_settings,
            List<String> facilities,
            List<String> events,
            List<String> confidentiality,
            String service_from,
            String service_to,
            String created_from,
            String created_to,
            String author,
            String author_id,
            String section,
            Boolean archived,
            Boolean replaced) {}

    /** Result of `dmp/list` */
    public record RecordListed(List<RecordEntry> entries) {}

    /** Result of `dmp/open`. */
    public record RecordOpened(String status,
            Boolean open,
            String ask,
            String purpose,
            Boolean secret_connection,
            String open_until,
            String text,
            String ask_text) {}

    /** Result of `dmp/open` and `dmp/status`. */
    public record RecordStatusKnown(String status) {}

    /** `support/record` */
    public record RecordSupport(String what,
            String host_id) {}

    /** Result of `support/record` */
    public record Recording(String until) {}
    public record RefusedDocument(String code,
            String sentence,
            String remedy,
            String dmp_text,
            String unique_id) {}

    /** `feed/replace` */
    public record ReplaceFeed(String item,
            String host_id,
            String key,
            Map<String, JsonElement> content) {}

    /** `acts/report` */
    public record ReportActs(Long year,
            Boolean per_operator,
            Boolean csv) {}

    /** `audit/ofPatient` */
    public record ReviewPatient(String host_id,
            String since,
            String until,
            @SerializedName("operator") String operator_,
            String action,
            Boolean csv) {}

    /** A document of the record. */
    public record Row(String unique_id,
            String entry_uuid,
            String logical_id,
            String version,
            String status,
            String repository_id,
            String mime_type,
            String title,
            String comments,
            Code type_code,
            Code class_code,
            Code format_code,
            Code healthcare_facility,
            Code practice_setting,
            List<Code> confidentiality,
            List<Code> event_codes,
            String language,
            String creation_time,
            String service_start_time,
            String service_stop_time,
            List<XdsAuthor> authors,
            String legal_authenticator,
            String patient_id,
            String source_patient_id,
            List<String> source_patient_info,
            String hash,
            Long size,
            String home_community_id,
            String section,
            @SerializedName("new") Boolean new_,
            Boolean changed,
            String replaces,
            Boolean unknown_ins,
            Boolean from_patient,
            List<String> labels) {}

    /** `dmp/rows` */
    public record Rows(JsonElement request,
            List<RecordEntry> entries) {}

    /** `card/scan` */
    public record ScanCode(String code) {}

    /** `identity/scan` */
    public record ScanIdentity(String host_id,
            String datamatrix,
            Traits vitale) {}

    /** A paired seat. */
    public record SeatShown(String seat,
            String name,
            String address,
            String holder,
            String until,
            Boolean silent) {}

    /** One section of the list. */
    public record SectionCount(String section,
            String label,
            Long count,
            @SerializedName("new") Long new_,
            String empty,
            String text) {}
    public record ServerCapabilities(List<String> methods,
            List<String> notices,
            Boolean panels) {}

    /** `feed/setVisibility` */
    public record SetVisibility(String item,
            String host_id,
            Visibility visibility) {}

    /** Result of most `sharing/*` methods, and `sharing/changed`. */
    public record SharingShown(String name,
            Long port,
            String until,
            String holder,
            PairingShown pairing,
            List<SeatShown> seats) {}

    /** `dmp/view` */
    public record ShowDocument(String host_id,
            String unique_id) {}

    /** Result of `shutdown` */
    public record ShutDown(Map<String, Long> unfinished) {}

    /** Result of `software/about` */
    public record SoftwareShown(String publisher,
            String name,
            String version,
            String homologation,
            String installation,
            String module,
            String environment) {}

    /** One document of the list before the host's file. */
    public record Standing(String unique_id,
            String kept,
            String has,
            String at) {}

    /** `dmp/statusChanged` */
    public record StatusNotice(String host_id,
            String status,
            String text,
            @SerializedName("new") List<NewOfType> new_) {}

    /** `outbox/status` */
    public record StatusOfKeys(List<String> keys) {}

    /** A structure where the holder practises, as the card says. */
    public record StructureOnCard(String national_id,
            String name,
            String sector) {}

    /** `sharing/takeBack` */
    public record TakeBack(String item) {}

    /** A telephone or an electronic address */
    public record Telecom(String value,
            String use) {}

    /** The strict traits of birth, and the name in use; names as in the civil register, or as INSi gave them. */
    public record Traits(String birth_name,
            String birth_given_names,
            String first_birth_given_name,
            String used_name,
            String used_given_name,
            String sex,
            String birth_date,
            String birth_place_code,
            String birth_place_name) {}

    /** Names of the traits of the host's file that `source` contradicts. */
    public record TraitsDiverging(String source,
            List<String> fields) {}

    /** A type of document that `document/saved` may name. */
    public record TypeOffered(String id,
            String label,
            String policy) {}

    /** Result of `document/types` */
    public record TypesListed(List<TypeOffered> types) {}

    /** All entries of one host. */
    public record Ui(String host,
            List<MenuEntry> menus) {}

    /** Who may not see a document (EX_2.1-1050). */
    public record Visibility(Boolean masked_to_professionals,
            Boolean hidden_from_patient,
            Boolean hidden_from_representatives) {}

    /** `window/show` */
    public record WindowShow(String window,
            ItemView item,
            String address) {}

    /** `feed/withdraw` */
    public record WithdrawFeed(String item,
            String host_id,
            String reason) {}

    /** A place of exercise. */
    public record Workplace(List<String> ids,
            String name,
            String sector) {}

    /** An author in XDS, as HL7 v2 strings (IHE ITI TF-3 4.2.3.1.4); `dmp_protocol.md` section 5.3. */
    public record XdsAuthor(String person,
            List<String> specialty,
            List<String> institution,
            List<String> role) {}
}
