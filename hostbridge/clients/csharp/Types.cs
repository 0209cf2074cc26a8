// Written by tools/client_types.py out of the bridge's messages: change those, then run it.
using System.Collections.Generic;
using System.Runtime.Serialization;

namespace Dmp.Types
{
    /// <summary>Result of `document/saved` and `host/event`</summary>
    [DataContract]
    public sealed class Accepted
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string state { get; set; }
    }

    /// <summary>Result of `dmp/access` and `dmp/leave`.</summary>
    [DataContract]
    public sealed class AccessShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool open { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string purpose { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool secret_connection { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool refused { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool over { get; set; }
    }

    /// <summary>One finished act.</summary>
    [DataContract]
    public sealed class Act
    {
        [DataMember(EmitDefaultValue = false)]
        public string record { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string type_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string done_on { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string @operator { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? refused { get; set; }
    }

    /// <summary>One act</summary>
    [DataContract]
    public sealed class ActView
    {
        [DataMember(EmitDefaultValue = false)]
        public string record { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string type_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string done_on { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string state { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
    }

    /// <summary>Result of `acts/report`.</summary>
    [DataContract]
    public sealed class ActsReported
    {
        [DataMember(EmitDefaultValue = false)]
        public long year { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public FiguresView total { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, FiguresView> types { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] counted { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public ActView[] missing { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public ActView[] refused { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, FiguresView> operators { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string csv { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? unreadable { get; set; }
    }

    /// <summary>`feed/archive`</summary>
    [DataContract]
    public sealed class ArchiveFeed
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? archived { get; set; }
    }

    /// <summary>Result of `dmp/authorisations`, in the order of the DMP.</summary>
    [DataContract]
    public sealed class AuthorisationsListed
    {
        [DataMember(EmitDefaultValue = false)]
        public Professional[] professionals { get; set; }
    }

    /// <summary>`dmp/authorise`</summary>
    [DataContract]
    public sealed class Authorise
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string change { get; set; }
    }

    /// <summary>Result of `dmp/authorise`.</summary>
    [DataContract]
    public sealed class Authorised
    {
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool changed { get; set; }
    }

    /// <summary>Result of `dmp/status`.</summary>
    [DataContract]
    public sealed class BadgeKnown
    {
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string text { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public NewOfType[] @new { get; set; }
    }

    /// <summary>`dmp/badge`</summary>
    [DataContract]
    public sealed class BadgeShow
    {
        [DataMember(EmitDefaultValue = false)]
        public string plugin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string text { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string level { get; set; }
    }

    /// <summary>`dmp/listBegin`</summary>
    [DataContract]
    public sealed class BeginList
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public RecordFilter filter { get; set; }
    }

    /// <summary>`feed/cancel`, `outbox/cancel`</summary>
    [DataContract]
    public sealed class CancelFeed
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string reason { get; set; }
    }

    /// <summary>A professional whose card is missing, and how many documents wait for it.</summary>
    [DataContract]
    public sealed class CardAwaited
    {
        [DataMember(EmitDefaultValue = false)]
        public string family { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string given { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long documents { get; set; }
    }

    /// <summary>`card/changed`</summary>
    [DataContract]
    public sealed class CardNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public string reader { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string card { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool present { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
    }

    /// <summary>One person on a card, as the card says; what it does not say is None.</summary>
    [DataContract]
    public sealed class CardPerson
    {
        [DataMember(EmitDefaultValue = false)]
        public string family { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string given { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string nir { get; set; }
    }

    /// <summary>Result of `session/open`, `session/show`, `session/close`, `pin/enter`; `session/changed`</summary>
    [DataContract]
    public sealed class CardSessionShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string state { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public HolderShown holder { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public StructureOnCard[] structures { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string structure { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public PinAskedFor pin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public CardAwaited[] awaited { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string ended { get; set; }
    }

    /// <summary>One reader.</summary>
    [DataContract]
    public sealed class CardView
    {
        [DataMember(EmitDefaultValue = false)]
        public string reader { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string card { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool busy { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool reading { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
    }

    /// <summary>Result of `card/list`</summary>
    [DataContract]
    public sealed class CardsListed
    {
        [DataMember(EmitDefaultValue = false)]
        public CardView[] readers { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
    }

    /// <summary>`care/needed`</summary>
    [DataContract]
    public sealed class CareNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sentence { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string remedy { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string mender { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string detail { get; set; }
    }

    /// <summary>Whom INSi knows</summary>
    [DataContract]
    public sealed class CertifiedIdentity
    {
        [DataMember(EmitDefaultValue = false)]
        public Ins ins { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public PastIns[] history { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_given_names { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string first_birth_given_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sex { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date_text { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_place_code { get; set; }
    }

    /// <summary>`psc/choose`</summary>
    [DataContract]
    public sealed class ChoosePsc
    {
        [DataMember(EmitDefaultValue = false)]
        public long rank { get; set; }
    }

    /// <summary>A coded value</summary>
    [DataContract]
    public sealed class Code
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string system { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
    }

    /// <summary>`feed/confirm`</summary>
    [DataContract]
    public sealed class ConfirmFeed
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Visibility visibility { get; set; }
    }

    /// <summary>`sharing/confirm`</summary>
    [DataContract]
    public sealed class ConfirmPairing
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
    }

    /// <summary>Result of `consent/record`; `cancelled`</summary>
    [DataContract]
    public sealed class ConsentRecorded
    {
        [DataMember(EmitDefaultValue = false)]
        public ConsentState consent { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] cancelled { get; set; }
    }

    /// <summary>One thing said, or taken back.</summary>
    [DataContract]
    public sealed class ConsentSaid
    {
        [DataMember(EmitDefaultValue = false)]
        public string kind { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool given { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string by { get; set; }
    }

    /// <summary>Result of `consent/show`</summary>
    [DataContract]
    public sealed class ConsentShown
    {
        [DataMember(EmitDefaultValue = false)]
        public ConsentState consent { get; set; }
    }

    /// <summary>What holds now, None where it was never said or was taken back; and all that was ever said, oldest first.</summary>
    [DataContract]
    public sealed class ConsentState
    {
        [DataMember(EmitDefaultValue = false)]
        public ConsentSaid informed { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public ConsentSaid opposed_to_feeding { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public ConsentSaid agrees_to_reading { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public ConsentSaid[] history { get; set; }
    }

    /// <summary>`sharing/consult`</summary>
    [DataContract]
    public sealed class ConsultThere
    {
        [DataMember(EmitDefaultValue = false)]
        public string what { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string seat { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
    }

    /// <summary>`sharing/consultationWanted`</summary>
    [DataContract]
    public sealed class ConsultationNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public string seat { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string @operator { get; set; }
    }

    /// <summary>Result of `sharing/consult`.</summary>
    [DataContract]
    public sealed class Consulted
    {
        [DataMember(EmitDefaultValue = false)]
        public Row[] rows { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string mime_type { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string content { get; set; }
    }

    /// <summary>Somebody whom the record names.</summary>
    [DataContract]
    public sealed class Contact
    {
        [DataMember(EmitDefaultValue = false)]
        public bool to_warn { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string relation { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string family { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] given_names { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string organisation { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Telecom[] telecoms { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public PostalAddress[] addresses { get; set; }
    }

    /// <summary>Result of `dmp/contacts`</summary>
    [DataContract]
    public sealed class ContactsKnown
    {
        [DataMember(EmitDefaultValue = false)]
        public Contact[] contacts { get; set; }
    }

    /// <summary>A sent document of an open patient</summary>
    [DataContract]
    public sealed class CorrectionMessage
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
    }

    /// <summary>What was done to a document after it was sent</summary>
    [DataContract]
    public sealed class CorrectionView
    {
        [DataMember(EmitDefaultValue = false)]
        public string kind { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string state { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string reason { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Visibility visibility { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string by { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string asked_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string changed_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
    }

    /// <summary>Result of `feed/corrections`.</summary>
    [DataContract]
    public sealed class CorrectionsExplained
    {
        [DataMember(EmitDefaultValue = false)]
        public PossibleCorrection[] possible { get; set; }
    }

    /// <summary>More documents answer than one list holds</summary>
    [DataContract]
    public sealed class Cut
    {
        [DataMember(EmitDefaultValue = false)]
        public long rows { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string text { get; set; }
    }

    /// <summary>An item that no longer reads on this disk; None</summary>
    [DataContract]
    public sealed class DamagedView
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string type_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string state { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string accepted_at { get; set; }
    }

    /// <summary>`identity/decide`</summary>
    [DataContract]
    public sealed class DecideIdentity
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string source { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool go_on { get; set; }
    }

    /// <summary>`acts/declare`</summary>
    [DataContract]
    public sealed class DeclareActs
    {
        [DataMember(EmitDefaultValue = false)]
        public Act[] acts { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? finished { get; set; }
    }

    /// <summary>`identity/diverges`</summary>
    [DataContract]
    public sealed class DivergenceNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string source { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] fields { get; set; }
    }

    /// <summary>The patient's traits as the DMP holds them, raw, to compare with those of the host (SC.DMP/CONF.02).</summary>
    [DataContract]
    public sealed class DmpTraits
    {
        [DataMember(EmitDefaultValue = false)]
        public string birth_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string used_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] given_names { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sex { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date { get; set; }
    }

    /// <summary>Result of `dmp/fetch`</summary>
    [DataContract]
    public sealed class DocumentFetched
    {
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string mime_type { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long size { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sha256 { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string content { get; set; }
    }

    /// <summary>Result of `dmp/view`</summary>
    [DataContract]
    public sealed class DocumentPage
    {
        [DataMember(EmitDefaultValue = false)]
        public Row entry { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string html { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, string> headers { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] notices { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool blocked { get; set; }
    }

    /// <summary>`document/saved`</summary>
    [DataContract]
    public sealed class DocumentSaved
    {
        [DataMember(EmitDefaultValue = false)]
        public string key { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string record { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string type_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Patient patient { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, object> content { get; set; }
    }

    /// <summary>`identity/documentSeen`</summary>
    [DataContract]
    public sealed class DocumentSeen
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string kind { get; set; }
    }

    /// <summary>Result of `dmp/fetchAll`.</summary>
    [DataContract]
    public sealed class DocumentsFetched
    {
        [DataMember(EmitDefaultValue = false)]
        public DocumentFetched[] documents { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public RefusedDocument[] refused { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] left { get; set; }
    }

    /// <summary>Result of `dmp/list`</summary>
    [DataContract]
    public sealed class DocumentsListed
    {
        [DataMember(EmitDefaultValue = false)]
        public Row[] entries { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string scope { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string asked_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Gone[] gone { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public NewOfType[] @new { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public SectionCount[] sections { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Cut cut { get; set; }
    }

    /// <summary>One thing done, or refused.</summary>
    [DataContract]
    public sealed class DoneShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string action { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string @operator { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string author { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string purpose { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string result { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? count { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string detail { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string transaction { get; set; }
    }

    /// <summary>`sharing/enable`</summary>
    [DataContract]
    public sealed class EnableSharing
    {
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
    }

    /// <summary>`pin/enter`</summary>
    [DataContract]
    public sealed class EnterPin
    {
        [DataMember(EmitDefaultValue = false)]
        public long request { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string pin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long typed_ms { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? last_try { get; set; }
    }

    /// <summary>One exercise of a professional</summary>
    [DataContract]
    public sealed class Exercise
    {
        [DataMember(EmitDefaultValue = false)]
        public Practitioner practitioner { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Workplace workplace { get; set; }
    }

    /// <summary>`feed/corrections`</summary>
    [DataContract]
    public sealed class ExplainCorrections
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Visibility visibility { get; set; }
    }

    /// <summary>An error as the bridge tells it where something else succeeded.</summary>
    [DataContract]
    public sealed class Failure
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sentence { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string remedy { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string dmp_text { get; set; }
    }

    /// <summary>Why an item waits or was refused</summary>
    [DataContract]
    public sealed class Fault
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sentence { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string remedy { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string mender { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string detail { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string origin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string dmp_text { get; set; }
    }

    /// <summary>*Alimenter le DMP*</summary>
    [DataContract]
    public sealed class FeedForm
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string type_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string type_label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string act_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string saved_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string patient_host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string patient_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string patient_birth_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Visibility visibility { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? replaces_earlier { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string patient_ins { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? patient_is_minor { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string other_patient { get; set; }
    }

    /// <summary>Result of `feed/preview`</summary>
    [DataContract]
    public sealed class FeedPreview
    {
        [DataMember(EmitDefaultValue = false)]
        public string html { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, string> headers { get; set; }
    }

    /// <summary>`dmp/fetch`</summary>
    [DataContract]
    public sealed class FetchDocument
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
    }

    /// <summary>`dmp/fetchAll`</summary>
    [DataContract]
    public sealed class FetchDocuments
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] unique_ids { get; set; }
    }

    /// <summary>Counts.</summary>
    [DataContract]
    public sealed class FiguresView
    {
        [DataMember(EmitDefaultValue = false)]
        public long finished { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long fed { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long missing { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long refused_by_patient { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public double? percent { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public double? percent_without_refusals { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? target { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool reached { get; set; }
    }

    /// <summary>`sharing/forget`</summary>
    [DataContract]
    public sealed class ForgetSeat
    {
        [DataMember(EmitDefaultValue = false)]
        public string seat { get; set; }
    }

    /// <summary>A document seen before that is no more among the active ones.</summary>
    [DataContract]
    public sealed class Gone
    {
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
    }

    /// <summary>Result of `status/health`, for supervision</summary>
    [DataContract]
    public sealed class Health
    {
        [DataMember(EmitDefaultValue = false)]
        public string version { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string environment { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool accepting { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, long> outbox { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public double? oldest { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public double due { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long unreadable { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, string> plugins { get; set; }
    }

    /// <summary>Whom the card names.</summary>
    [DataContract]
    public sealed class HolderShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string family { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string given { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string profession { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string section { get; set; }
    }

    /// <summary>What the host can do.</summary>
    [DataContract]
    public sealed class HostCapabilities
    {
        [DataMember(EmitDefaultValue = false)]
        public bool? panels { get; set; }
    }

    /// <summary>`host/event`</summary>
    [DataContract]
    public sealed class HostEventMessage
    {
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, object> payload { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string key { get; set; }
    }

    /// <summary>That somebody saw an identity document</summary>
    [DataContract]
    public sealed class IdentityDocument
    {
        [DataMember(EmitDefaultValue = false)]
        public string kind { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string seen_by { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string seen_at { get; set; }
    }

    /// <summary>Result of `identity/show`</summary>
    [DataContract]
    public sealed class IdentityKept
    {
        [DataMember(EmitDefaultValue = false)]
        public IdentityDocument document { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public CertifiedIdentity certified { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public TraitsDiverging divergence { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public DmpTraits dmp { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Patient patient { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? insi { get; set; }
    }

    /// <summary>`identity/changed`</summary>
    [DataContract]
    public sealed class IdentityNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public Patient patient { get; set; }
    }

    /// <summary>Result of `identity/verify`, `search`, `documentSeen`, `scan` and `decide`</summary>
    [DataContract]
    public sealed class IdentityView
    {
        [DataMember(EmitDefaultValue = false)]
        public Patient patient { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public TraitsDiverging divergence { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public CertifiedIdentity certified { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] resumed { get; set; }
    }

    /// <summary>`document/import`</summary>
    [DataContract]
    public sealed class ImportDocument
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
    }

    /// <summary>`document/importWanted`</summary>
    [DataContract]
    public sealed class ImportNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Row entry { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string origin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string replaces { get; set; }
    }

    /// <summary>Result of `document/import`, `document/imported`.</summary>
    [DataContract]
    public sealed class ImportStanding
    {
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string kept { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string has { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string at { get; set; }
    }

    /// <summary>Result of `document/imports`</summary>
    [DataContract]
    public sealed class ImportsShown
    {
        [DataMember(EmitDefaultValue = false)]
        public Standing[] documents { get; set; }
    }

    /// <summary>`initialize`</summary>
    [DataContract]
    public sealed class Initialize
    {
        [DataMember(EmitDefaultValue = false)]
        public string protocol_version { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Program host { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string adapter { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string structure { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Operator @operator { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public HostCapabilities capabilities { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? beside { get; set; }
    }

    /// <summary>Result of `initialize`.</summary>
    [DataContract]
    public sealed class Initialized
    {
        [DataMember(EmitDefaultValue = false)]
        public string protocol_version { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Program server { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string environment { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public ServerCapabilities capabilities { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public TypeOffered[] document_types { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string adapter { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Ui ui { get; set; }
    }

    /// <summary>A matricule INS</summary>
    [DataContract]
    public sealed class Ins
    {
        [DataMember(EmitDefaultValue = false)]
        public string value { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string oid { get; set; }
    }

    /// <summary>`outbox/changed`, `feed/finished`</summary>
    [DataContract]
    public sealed class ItemNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public ItemView item { get; set; }
    }

    /// <summary>`feed/describe`, `outbox/show`, `outbox/retry`</summary>
    [DataContract]
    public sealed class ItemReference
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
    }

    /// <summary>One item of the outbox for the host.</summary>
    [DataContract]
    public sealed class ItemView
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string key { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string record { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string type_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string state { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string reason { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Visibility visibility { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string hash { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? size { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? version { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string accepted_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string changed_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string due_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long attempts { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public CorrectionView[] corrections { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string patient_name { get; set; }
    }

    /// <summary>Result of `outbox/authorLeft`</summary>
    [DataContract]
    public sealed class ItemsChanged
    {
        [DataMember(EmitDefaultValue = false)]
        public ItemView[] items { get; set; }
    }

    /// <summary>Result of `outbox/status`, in the order asked; `unknown`</summary>
    [DataContract]
    public sealed class KeysKnown
    {
        [DataMember(EmitDefaultValue = false)]
        public ItemView[] items { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] unknown { get; set; }
    }

    /// <summary>A patient whose record the professional may read.</summary>
    [DataContract]
    public sealed class KnownPatient
    {
        [DataMember(EmitDefaultValue = false)]
        public Ins ins { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string last_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string first_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string last_access { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string last_update { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string last_addition { get; set; }
    }

    /// <summary>`dmp/authorisations`</summary>
    [DataContract]
    public sealed class ListAuthorisations
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string which { get; set; }
    }

    /// <summary>`dmp/list`</summary>
    [DataContract]
    public sealed class ListDocuments
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? progressive { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public RecordFilter filter { get; set; }
    }

    /// <summary>`outbox/list`</summary>
    [DataContract]
    public sealed class ListOutbox
    {
        [DataMember(EmitDefaultValue = false)]
        public string[] states { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? limit { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
    }

    /// <summary>`dmp/patients`</summary>
    [DataContract]
    public sealed class ListPatients
    {
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string about { get; set; }
    }

    /// <summary>`dmp/list`</summary>
    [DataContract]
    public sealed class ListRecord
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? progressive { get; set; }
    }

    /// <summary>Result of `dmp/listBegin` and `dmp/listShow`.</summary>
    [DataContract]
    public sealed class ListShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public RecordFilter filter { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool goes_on { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Row[] entries { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public DocumentsListed listed { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Failure withdrawn { get; set; }
    }

    /// <summary>Where the host shows one action</summary>
    [DataContract]
    public sealed class MenuEntry
    {
        [DataMember(EmitDefaultValue = false)]
        public string action { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] path { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string right { get; set; }
    }

    /// <summary>`message/show`</summary>
    [DataContract]
    public sealed class MessageShow
    {
        [DataMember(EmitDefaultValue = false)]
        public string plugin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string text { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string level { get; set; }
    }

    /// <summary>How many documents of a type are new since the last visit.</summary>
    [DataContract]
    public sealed class NewOfType
    {
        [DataMember(EmitDefaultValue = false)]
        public string type_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long count { get; set; }
    }

    /// <summary>`document/newerVersion`</summary>
    [DataContract]
    public sealed class NewerVersionNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Row entry { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string has { get; set; }
    }

    /// <summary>Parameters or result where there is nothing to say</summary>
    [DataContract]
    public sealed class Nothing
    {
    }

    /// <summary>`session/open`</summary>
    [DataContract]
    public sealed class OpenCardSession
    {
        [DataMember(EmitDefaultValue = false)]
        public string structure { get; set; }
    }

    /// <summary>`dmp/web`</summary>
    [DataContract]
    public sealed class OpenPage
    {
        [DataMember(EmitDefaultValue = false)]
        public string page { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
    }

    /// <summary>`panel/open`</summary>
    [DataContract]
    public sealed class OpenPanel
    {
        [DataMember(EmitDefaultValue = false)]
        public string panel { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, object> @params { get; set; }
    }

    /// <summary>`psc/open`</summary>
    [DataContract]
    public sealed class OpenPsc
    {
        [DataMember(EmitDefaultValue = false)]
        public string channel { get; set; }
    }

    /// <summary>`dmp/open`</summary>
    [DataContract]
    public sealed class OpenRecord
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? consent { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? informed { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? secret_connection { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? emergency { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string justification { get; set; }
    }

    /// <summary>Who sits at the counter, as the host says; `practitioner` where that person is a professional.</summary>
    [DataContract]
    public sealed class Operator
    {
        [DataMember(EmitDefaultValue = false)]
        public string id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] rights { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Practitioner practitioner { get; set; }
    }

    /// <summary>`operator/changed`</summary>
    [DataContract]
    public sealed class OperatorChanged
    {
        [DataMember(EmitDefaultValue = false)]
        public Operator @operator { get; set; }
    }

    /// <summary>Result of `outbox/list`; `counts` of all items, whatever was asked; `damaged`</summary>
    [DataContract]
    public sealed class OutboxListed
    {
        [DataMember(EmitDefaultValue = false)]
        public ItemView[] items { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, long> counts { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public DamagedView[] damaged { get; set; }
    }

    /// <summary>Result of `dmp/web`</summary>
    [DataContract]
    public sealed class PageAddress
    {
        [DataMember(EmitDefaultValue = false)]
        public string url { get; set; }
    }

    /// <summary>`sharing/pair`</summary>
    [DataContract]
    public sealed class PairSeats
    {
        [DataMember(EmitDefaultValue = false)]
        public string address { get; set; }
    }

    /// <summary>A pairing under way; `code` null</summary>
    [DataContract]
    public sealed class PairingShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
    }

    /// <summary>Result of `panel/open`</summary>
    [DataContract]
    public sealed class PanelOpened
    {
        [DataMember(EmitDefaultValue = false)]
        public string address { get; set; }
    }

    /// <summary>An INS that named the patient before, kept as INSi gave it (Guide INS, EXI REC 08</summary>
    [DataContract]
    public sealed class PastIns
    {
        [DataMember(EmitDefaultValue = false)]
        public Ins ins { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
    }

    /// <summary>A patient as the host knows them.</summary>
    [DataContract]
    public sealed class Patient
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Traits traits { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Ins ins { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] marks { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public PastIns[] ins_history { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public IdentityDocument document { get; set; }
    }

    /// <summary>Result of `patient/opened` and `patient/updated`</summary>
    [DataContract]
    public sealed class PatientKnown
    {
        [DataMember(EmitDefaultValue = false)]
        public string[] resumed { get; set; }
    }

    /// <summary>`patient/opened`, `patient/updated`</summary>
    [DataContract]
    public sealed class PatientMessage
    {
        [DataMember(EmitDefaultValue = false)]
        public Patient patient { get; set; }
    }

    /// <summary>`patient/closed`, `dmp/open`, `dmp/status`</summary>
    [DataContract]
    public sealed class PatientReference
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
    }

    /// <summary>Result of `audit/ofPatient`, newest first; `csv` where it was asked for, with `;` between fields.</summary>
    [DataContract]
    public sealed class PatientReviewed
    {
        [DataMember(EmitDefaultValue = false)]
        public DoneShown[] done { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string csv { get; set; }
    }

    /// <summary>Result of `patient/current`</summary>
    [DataContract]
    public sealed class PatientShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool is_minor { get; set; }
    }

    /// <summary>`patient/suggested`</summary>
    [DataContract]
    public sealed class PatientSuggestion
    {
        [DataMember(EmitDefaultValue = false)]
        public string plugin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public CardPerson person { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public CardPerson[] people { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
    }

    /// <summary>Result of `dmp/patients`, in the order of the DMP.</summary>
    [DataContract]
    public sealed class PatientsListed
    {
        [DataMember(EmitDefaultValue = false)]
        public KnownPatient[] patients { get; set; }
    }

    /// <summary>Result of `card/scan`.</summary>
    [DataContract]
    public sealed class PeopleFound
    {
        [DataMember(EmitDefaultValue = false)]
        public CardPerson[] people { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
    }

    /// <summary>What the dialog shows.</summary>
    [DataContract]
    public sealed class PinAskedFor
    {
        [DataMember(EmitDefaultValue = false)]
        public long request { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? tries_left { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool last_try { get; set; }
    }

    /// <summary>`pin/needed`</summary>
    [DataContract]
    public sealed class PinNeededNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public HolderShown holder { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public PinAskedFor pin { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string address { get; set; }
    }

    /// <summary>`psc/poll`</summary>
    [DataContract]
    public sealed class PollPsc
    {
        [DataMember(EmitDefaultValue = false)]
        public string redirected { get; set; }
    }

    /// <summary>One of them.</summary>
    [DataContract]
    public sealed class PossibleCorrection
    {
        [DataMember(EmitDefaultValue = false)]
        public string kind { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string effect { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Fault fault { get; set; }
    }

    /// <summary>An address as the DMP holds it.</summary>
    [DataContract]
    public sealed class PostalAddress
    {
        [DataMember(EmitDefaultValue = false)]
        public string[] lines { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string postal_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string city { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string country { get; set; }
    }

    /// <summary>A professional of health, as the CPS or Pro Santé Connect gives them.</summary>
    [DataContract]
    public sealed class Practitioner
    {
        [DataMember(EmitDefaultValue = false)]
        public string national_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string family { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string given { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string profession { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string section { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string civility { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
    }

    /// <summary>Somebody who may read a record, or is barred.</summary>
    [DataContract]
    public sealed class Professional
    {
        [DataMember(EmitDefaultValue = false)]
        public string national_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string first_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string last_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code[] specialties { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string started_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string last_action_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool barred { get; set; }
    }

    /// <summary>`outbox/authorLeft`</summary>
    [DataContract]
    public sealed class ProfessionalLeft
    {
        [DataMember(EmitDefaultValue = false)]
        public string national_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? left { get; set; }
    }

    /// <summary>A program and its version.</summary>
    [DataContract]
    public sealed class Program
    {
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string version { get; set; }
    }

    /// <summary>`$/progress`</summary>
    [DataContract]
    public sealed class Progress
    {
        [DataMember(EmitDefaultValue = false)]
        public object request { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long done { get; set; }
    }

    /// <summary>What the professional must see</summary>
    [DataContract]
    public sealed class Prompt
    {
        [DataMember(EmitDefaultValue = false)]
        public string channel { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string url { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string digits { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string expires_at { get; set; }
    }

    /// <summary>`dmp/rows`</summary>
    [DataContract]
    public sealed class ProvisionalRows
    {
        [DataMember(EmitDefaultValue = false)]
        public object request { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Row[] entries { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Failure withdrawn { get; set; }
    }

    /// <summary>`psc/browse`</summary>
    [DataContract]
    public sealed class PscPrompt
    {
        [DataMember(EmitDefaultValue = false)]
        public string channel { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string url { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string digits { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string expires_at { get; set; }
    }

    /// <summary>Result of `psc/open`, `psc/poll`, `psc/choose`; params of `psc/changed`.</summary>
    [DataContract]
    public sealed class PscShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string state { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Prompt prompt { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Exercise[] choices { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Exercise exercise { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? at_this_structure { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string expires_at { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string ended { get; set; }
    }

    /// <summary>`consent/record`</summary>
    [DataContract]
    public sealed class RecordConsent
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string kind { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? given { get; set; }
    }

    /// <summary>One row of a patient's record, as TD3.1 returns it.</summary>
    [DataContract]
    public sealed class RecordEntry
    {
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string entry_uuid { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string logical_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string version { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string repository_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string mime_type { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string comments { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code type_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code class_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code format_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code healthcare_facility { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code practice_setting { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code[] confidentiality { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code[] event_codes { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string language { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string creation_time { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string service_start_time { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string service_stop_time { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public XdsAuthor[] authors { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string legal_authenticator { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string patient_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string source_patient_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] source_patient_info { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string hash { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? size { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string home_community_id { get; set; }
    }

    /// <summary>Which documents; nothing set</summary>
    [DataContract]
    public sealed class RecordFilter
    {
        [DataMember(EmitDefaultValue = false)]
        public string[] types { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] classes { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] formats { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] practice_settings { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] facilities { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] events { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] confidentiality { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string service_from { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string service_to { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string created_from { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string created_to { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string author { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string author_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string section { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? archived { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? replaced { get; set; }
    }

    /// <summary>Result of `dmp/list`</summary>
    [DataContract]
    public sealed class RecordListed
    {
        [DataMember(EmitDefaultValue = false)]
        public RecordEntry[] entries { get; set; }
    }

    /// <summary>Result of `dmp/open`.</summary>
    [DataContract]
    public sealed class RecordOpened
    {
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool open { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string ask { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string purpose { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? secret_connection { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string open_until { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string text { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string ask_text { get; set; }
    }

    /// <summary>Result of `dmp/open` and `dmp/status`.</summary>
    [DataContract]
    public sealed class RecordStatusKnown
    {
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
    }

    /// <summary>`support/record`</summary>
    [DataContract]
    public sealed class RecordSupport
    {
        [DataMember(EmitDefaultValue = false)]
        public string what { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
    }

    /// <summary>Result of `support/record`</summary>
    [DataContract]
    public sealed class Recording
    {
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
    }

    [DataContract]
    public sealed class RefusedDocument
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sentence { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string remedy { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string dmp_text { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
    }

    /// <summary>`feed/replace`</summary>
    [DataContract]
    public sealed class ReplaceFeed
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string key { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, object> content { get; set; }
    }

    /// <summary>`acts/report`</summary>
    [DataContract]
    public sealed class ReportActs
    {
        [DataMember(EmitDefaultValue = false)]
        public long year { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? per_operator { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? csv { get; set; }
    }

    /// <summary>`audit/ofPatient`</summary>
    [DataContract]
    public sealed class ReviewPatient
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string since { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string @operator { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string action { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? csv { get; set; }
    }

    /// <summary>A document of the record.</summary>
    [DataContract]
    public sealed class Row
    {
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string entry_uuid { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string logical_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string version { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string repository_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string mime_type { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string title { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string comments { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code type_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code class_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code format_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code healthcare_facility { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code practice_setting { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code[] confidentiality { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Code[] event_codes { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string language { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string creation_time { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string service_start_time { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string service_stop_time { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public XdsAuthor[] authors { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string legal_authenticator { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string patient_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string source_patient_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] source_patient_info { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string hash { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? size { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string home_community_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string section { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? @new { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? changed { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string replaces { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? unknown_ins { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? from_patient { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] labels { get; set; }
    }

    /// <summary>`dmp/rows`</summary>
    [DataContract]
    public sealed class Rows
    {
        [DataMember(EmitDefaultValue = false)]
        public object request { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public RecordEntry[] entries { get; set; }
    }

    /// <summary>`card/scan`</summary>
    [DataContract]
    public sealed class ScanCode
    {
        [DataMember(EmitDefaultValue = false)]
        public string code { get; set; }
    }

    /// <summary>`identity/scan`</summary>
    [DataContract]
    public sealed class ScanIdentity
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string datamatrix { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Traits vitale { get; set; }
    }

    /// <summary>A paired seat.</summary>
    [DataContract]
    public sealed class SeatShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string seat { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string address { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string holder { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool silent { get; set; }
    }

    /// <summary>One section of the list.</summary>
    [DataContract]
    public sealed class SectionCount
    {
        [DataMember(EmitDefaultValue = false)]
        public string section { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? count { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? @new { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string empty { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string text { get; set; }
    }

    [DataContract]
    public sealed class ServerCapabilities
    {
        [DataMember(EmitDefaultValue = false)]
        public string[] methods { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] notices { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? panels { get; set; }
    }

    /// <summary>`feed/setVisibility`</summary>
    [DataContract]
    public sealed class SetVisibility
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public Visibility visibility { get; set; }
    }

    /// <summary>Result of most `sharing/*` methods, and `sharing/changed`.</summary>
    [DataContract]
    public sealed class SharingShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public long? port { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string until { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string holder { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public PairingShown pairing { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public SeatShown[] seats { get; set; }
    }

    /// <summary>`dmp/view`</summary>
    [DataContract]
    public sealed class ShowDocument
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
    }

    /// <summary>Result of `shutdown`</summary>
    [DataContract]
    public sealed class ShutDown
    {
        [DataMember(EmitDefaultValue = false)]
        public Dictionary<string, long> unfinished { get; set; }
    }

    /// <summary>Result of `software/about`</summary>
    [DataContract]
    public sealed class SoftwareShown
    {
        [DataMember(EmitDefaultValue = false)]
        public string publisher { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string version { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string homologation { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string installation { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string module { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string environment { get; set; }
    }

    /// <summary>One document of the list before the host's file.</summary>
    [DataContract]
    public sealed class Standing
    {
        [DataMember(EmitDefaultValue = false)]
        public string unique_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string kept { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string has { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string at { get; set; }
    }

    /// <summary>`dmp/statusChanged`</summary>
    [DataContract]
    public sealed class StatusNotice
    {
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string status { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string text { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public NewOfType[] @new { get; set; }
    }

    /// <summary>`outbox/status`</summary>
    [DataContract]
    public sealed class StatusOfKeys
    {
        [DataMember(EmitDefaultValue = false)]
        public string[] keys { get; set; }
    }

    /// <summary>A structure where the holder practises, as the card says.</summary>
    [DataContract]
    public sealed class StructureOnCard
    {
        [DataMember(EmitDefaultValue = false)]
        public string national_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sector { get; set; }
    }

    /// <summary>`sharing/takeBack`</summary>
    [DataContract]
    public sealed class TakeBack
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
    }

    /// <summary>A telephone or an electronic address</summary>
    [DataContract]
    public sealed class Telecom
    {
        [DataMember(EmitDefaultValue = false)]
        public string value { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string use { get; set; }
    }

    /// <summary>The strict traits of birth, and the name in use; names as in the civil register, or as INSi gave them.</summary>
    [DataContract]
    public sealed class Traits
    {
        [DataMember(EmitDefaultValue = false)]
        public string birth_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_given_names { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string first_birth_given_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string used_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string used_given_name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sex { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_date { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_place_code { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string birth_place_name { get; set; }
    }

    /// <summary>Names of the traits of the host's file that `source` contradicts.</summary>
    [DataContract]
    public sealed class TraitsDiverging
    {
        [DataMember(EmitDefaultValue = false)]
        public string source { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] fields { get; set; }
    }

    /// <summary>A type of document that `document/saved` may name.</summary>
    [DataContract]
    public sealed class TypeOffered
    {
        [DataMember(EmitDefaultValue = false)]
        public string id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string label { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string policy { get; set; }
    }

    /// <summary>Result of `document/types`</summary>
    [DataContract]
    public sealed class TypesListed
    {
        [DataMember(EmitDefaultValue = false)]
        public TypeOffered[] types { get; set; }
    }

    /// <summary>All entries of one host.</summary>
    [DataContract]
    public sealed class Ui
    {
        [DataMember(EmitDefaultValue = false)]
        public string host { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public MenuEntry[] menus { get; set; }
    }

    /// <summary>Who may not see a document (EX_2.1-1050).</summary>
    [DataContract]
    public sealed class Visibility
    {
        [DataMember(EmitDefaultValue = false)]
        public bool? masked_to_professionals { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? hidden_from_patient { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public bool? hidden_from_representatives { get; set; }
    }

    /// <summary>`window/show`</summary>
    [DataContract]
    public sealed class WindowShow
    {
        [DataMember(EmitDefaultValue = false)]
        public string window { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public ItemView item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string address { get; set; }
    }

    /// <summary>`feed/withdraw`</summary>
    [DataContract]
    public sealed class WithdrawFeed
    {
        [DataMember(EmitDefaultValue = false)]
        public string item { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string host_id { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string reason { get; set; }
    }

    /// <summary>A place of exercise.</summary>
    [DataContract]
    public sealed class Workplace
    {
        [DataMember(EmitDefaultValue = false)]
        public string[] ids { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string name { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string sector { get; set; }
    }

    /// <summary>An author in XDS, as HL7 v2 strings (IHE ITI TF-3 4.2.3.1.4); `dmp_protocol.md` section 5.3.</summary>
    [DataContract]
    public sealed class XdsAuthor
    {
        [DataMember(EmitDefaultValue = false)]
        public string person { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] specialty { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] institution { get; set; }
        [DataMember(EmitDefaultValue = false)]
        public string[] role { get; set; }
    }

}
