// Written by tools/client_types.py out of the bridge's messages: change those, then run it.

/** Result of `document/saved` and `host/event` */
export interface Accepted {
  item: string;
  state: State;
}

/** Result of `dmp/access` and `dmp/leave`. */
export interface AccessShown {
  name: string;
  birth_date: string;
  open: boolean;
  purpose: Purpose;
  until: string | null;
  secret_connection: boolean;
  refused: boolean;
  over: boolean;
}

/** One finished act. */
export interface Act {
  record: string;
  type_id: string;
  done_on: string;
  host_id?: string | null;
  operator?: string | null;
  refused?: boolean;
}

/** What became of an act. */
export type ActState = "fed" | "missing" | "refused_by_patient";

/** One act */
export interface ActView {
  record: string;
  type_id: string;
  done_on: string;
  state: ActState;
  label: string;
}

/** Result of `acts/report`. */
export interface ActsReported {
  year: number;
  total: FiguresView;
  types: { [name: string]: FiguresView };
  counted: string[];
  missing: ActView[];
  refused: ActView[];
  operators: { [name: string]: FiguresView } | null;
  csv: string | null;
  unreadable?: number;
}

/** `feed/archive` */
export interface ArchiveFeed {
  item: string;
  host_id: string;
  archived?: boolean;
}

/** Result of `dmp/authorisations`, in the order of the DMP. */
export interface AuthorisationsListed {
  professionals: Professional[];
}

/** `dmp/authorise` */
export interface Authorise {
  host_id: string;
  change: Change;
}

/** Result of `dmp/authorise`. */
export interface Authorised {
  status: RecordStatus;
  changed: boolean;
}

/** Result of `dmp/status`. */
export interface BadgeKnown {
  status: RecordStatus;
  text: string;
  new?: NewOfType[] | null;
}

/** `dmp/badge` */
export interface BadgeShow {
  plugin: string;
  host_id: string;
  unique_id: string;
  text: string;
  level: "info" | "warning";
}

/** `dmp/listBegin` */
export interface BeginList {
  host_id: string;
  since?: string | "default" | "all";
  filter?: RecordFilter;
}

/** `feed/cancel`, `outbox/cancel` */
export interface CancelFeed {
  item: string;
  reason?: CancelReason | null;
}

/** Why the counter decided that a document does not leave. */
export type CancelReason = "patient_opposed" | "mistake" | "not_useful" | "other";

/** A professional whose card is missing, and how many documents wait for it. */
export interface CardAwaited {
  family: string;
  given: string;
  documents: number;
}

/** What a reader holds. */
export type CardKind = "cps2ter" | "cps3" | "cps3_contactless" | "cps4" | "vitale1" | "vitale2" | "other";

/** `card/changed` */
export interface CardNotice {
  reader: string;
  card: CardKind;
  present: boolean;
  fault?: Fault | null;
}

/** One person on a card, as the card says; what it does not say is None. */
export interface CardPerson {
  family: string;
  given: string;
  birth_date?: string | null;
  nir?: string | null;
}

/** Result of `session/open`, `session/show`, `session/close`, `pin/enter`; `session/changed` */
export interface CardSessionShown {
  state: CardState;
  holder?: HolderShown | null;
  structures?: StructureOnCard[];
  structure?: string | null;
  pin?: PinAskedFor | null;
  awaited?: CardAwaited[];
  ended?: Ended | null;
}

/** Where the session stands. */
export type CardState = "closed" | "pin" | "open" | "blocked";

/** One reader. */
export interface CardView {
  reader: string;
  card: CardKind | null;
  busy: boolean;
  reading: boolean;
  fault: Fault | null;
}

/** Result of `card/list` */
export interface CardsListed {
  readers: CardView[];
  fault?: Fault | null;
}

/** `care/needed` */
export interface CareNotice {
  code: string;
  sentence: string;
  remedy: string;
  mender: string;
  detail: string;
}

/** Whom INSi knows */
export interface CertifiedIdentity {
  ins: Ins;
  history?: PastIns[];
  birth_name: string;
  birth_given_names: string;
  first_birth_given_name?: string | null;
  sex: Sex;
  birth_date: string;
  birth_date_text: string;
  birth_place_code?: string | null;
}

/** What `authorise` does. */
export type Change = "add" | "renew" | "withdraw";

/** How the professional proves who they are */
export type Channel = "browser" | "card" | "mobile";

/** `psc/choose` */
export interface ChoosePsc {
  rank: number;
}

/** A coded value */
export interface Code {
  code: string;
  system: string;
  label?: string;
}

/** `feed/confirm` */
export interface ConfirmFeed {
  item: string;
  title?: string | null;
  visibility?: Visibility | null;
}

/** `sharing/confirm` */
export interface ConfirmPairing {
  code: string;
}

/** Three separate things; none follows from another. */
export type ConsentKind = "informed" | "opposed_to_feeding" | "agrees_to_reading";

/** Result of `consent/record`; `cancelled` */
export interface ConsentRecorded {
  consent: ConsentState;
  cancelled?: string[];
}

/** One thing said, or taken back. */
export interface ConsentSaid {
  kind: ConsentKind;
  given: boolean;
  at: string;
  by: string;
}

/** Result of `consent/show` */
export interface ConsentShown {
  consent: ConsentState;
}

/** What holds now, None where it was never said or was taken back; and all that was ever said, oldest first. */
export interface ConsentState {
  informed?: ConsentSaid | null;
  opposed_to_feeding?: ConsentSaid | null;
  agrees_to_reading?: ConsentSaid | null;
  history?: ConsentSaid[];
}

/** `sharing/consult` */
export interface ConsultThere {
  what?: "show" | "list" | "fetch";
  host_id: string;
  seat?: string | null;
  unique_id?: string | null;
}

/** `sharing/consultationWanted` */
export interface ConsultationNotice {
  seat: string;
  host_id: string;
  operator: string;
}

/** Result of `sharing/consult`. */
export interface Consulted {
  rows?: Row[];
  mime_type?: string | null;
  content?: string | null;
}

/** Somebody whom the record names. */
export interface Contact {
  to_warn: boolean;
  relation: string | null;
  family: string | null;
  given_names: string[];
  organisation: string | null;
  telecoms: Telecom[];
  addresses: PostalAddress[];
}

/** Result of `dmp/contacts` */
export interface ContactsKnown {
  contacts: Contact[];
}

/** What may be done to a document after it was sent; everything else is a replacement */
export type CorrectionKind = "withdraw" | "visibility" | "archive" | "unarchive";

/** A sent document of an open patient */
export interface CorrectionMessage {
  item: string;
  host_id: string;
}

/** Pending */
export type CorrectionState = "pending" | "done" | "refused";

/** What was done to a document after it was sent */
export interface CorrectionView {
  kind: CorrectionKind;
  state: CorrectionState;
  label: string;
  reason: WithdrawReason | null;
  visibility: Visibility | null;
  by: string;
  asked_at: string;
  changed_at: string;
  fault: Fault | null;
}

/** Result of `feed/corrections`. */
export interface CorrectionsExplained {
  possible: PossibleCorrection[];
}

/** More documents answer than one list holds */
export interface Cut {
  rows: number;
  text: string;
}

/** An item that no longer reads on this disk; None */
export interface DamagedView {
  item: string;
  type_id: string | null;
  state: State | null;
  label: string;
  accepted_at: string | null;
}

/** What must have happened since the date */
export type DateType = "LASTDOC" | "LASTAUTORIZATION";

/** `identity/decide` */
export interface DecideIdentity {
  host_id: string;
  source: "insi" | "dmp";
  go_on: boolean;
}

/** `acts/declare` */
export interface DeclareActs {
  acts: Act[];
  finished?: boolean;
}

/** `identity/diverges` */
export interface DivergenceNotice {
  host_id: string;
  source: Source;
  fields: string[];
}

/** The patient's traits as the DMP holds them, raw, to compare with those of the host (SC.DMP/CONF.02). */
export interface DmpTraits {
  birth_name?: string | null;
  used_name?: string | null;
  given_names?: string[];
  sex?: string | null;
  birth_date?: string | null;
}

/** Result of `dmp/fetch` */
export interface DocumentFetched {
  unique_id: string;
  mime_type: string;
  size: number;
  sha256: string;
  content: string;
}

/** Result of `dmp/view` */
export interface DocumentPage {
  entry: Row;
  title: string;
  html: string;
  headers: { [name: string]: string };
  notices: Notice[];
  blocked: boolean;
}

/** `document/saved` */
export interface DocumentSaved {
  key: string;
  record: string;
  type_id: string;
  patient: Patient;
  content: { [name: string]: unknown };
}

/** `identity/documentSeen` */
export interface DocumentSeen {
  host_id: string;
  kind: IdentityDocumentKind;
}

/** Result of `dmp/fetchAll`. */
export interface DocumentsFetched {
  documents: DocumentFetched[];
  refused?: RefusedDocument[];
  left?: string[];
}

/** Result of `dmp/list` */
export interface DocumentsListed {
  entries: Row[];
  scope: Scope;
  since?: string | null;
  asked_at: string;
  gone?: Gone[];
  new?: NewOfType[];
  sections?: SectionCount[];
  cut?: Cut | null;
}

/** One thing done, or refused. */
export interface DoneShown {
  at: string;
  action: string;
  operator: string | null;
  author: string | null;
  purpose: string | null;
  result: string;
  unique_id: string | null;
  count: number | null;
  detail: string | null;
  transaction: string | null;
}

/** Why a section shows nothing, as far as the DMP told. */
export type Empty = "none" | "none_in_period" | "unchanged" | "right_missing" | "not_asked" | "cut";

/** `sharing/enable` */
export interface EnableSharing {
  until: string;
}

/** Why the last session is no more. */
export type Ended = "removed" | "reset" | "idle" | "professional" | "closed";

/** `pin/enter` */
export interface EnterPin {
  request: number;
  pin: string;
  typed_ms: number;
  last_try?: boolean;
}

/** Which DMP, and so which identities, certificates and cards are allowed. */
export type Environment = "simulation" | "homologation" | "production";

/** One exercise of a professional */
export interface Exercise {
  practitioner: Practitioner;
  workplace?: Workplace;
}

/** `feed/corrections` */
export interface ExplainCorrections {
  item: string;
  visibility?: Visibility | null;
}

/** An error as the bridge tells it where something else succeeded. */
export interface Failure {
  code: string;
  sentence: string;
  remedy: string;
  dmp_text?: string;
}

/** Why an item waits or was refused */
export interface Fault {
  code: string;
  sentence: string;
  remedy: string;
  mender?: string;
  detail?: string;
  origin?: string | null;
  dmp_text?: string;
}

/** *Alimenter le DMP* */
export interface FeedForm {
  item: string;
  type_id: string;
  type_label: string;
  title: string;
  act_date: string;
  saved_at: string;
  patient_host_id: string;
  patient_name: string;
  patient_birth_date: string;
  visibility: Visibility;
  replaces_earlier?: boolean;
  patient_ins?: string | null;
  patient_is_minor?: boolean;
  other_patient?: string | null;
}

/** How a document leaves */
export type FeedPolicy = "window" | "automatic" | "manual";

/** Result of `feed/preview` */
export interface FeedPreview {
  html: string;
  headers: { [name: string]: string };
}

/** `dmp/fetch` */
export interface FetchDocument {
  host_id: string;
  unique_id: string;
}

/** `dmp/fetchAll` */
export interface FetchDocuments {
  host_id: string;
  unique_ids: string[];
}

/** Counts. */
export interface FiguresView {
  finished: number;
  fed: number;
  missing: number;
  refused_by_patient: number;
  percent: number | null;
  percent_without_refusals: number | null;
  target?: number;
  reached: boolean;
}

/** `sharing/forget` */
export interface ForgetSeat {
  seat: string;
}

/** A document seen before that is no more among the active ones. */
export interface Gone {
  unique_id: string;
  status: string;
}

/** Result of `status/health`, for supervision */
export interface Health {
  version: string;
  environment: Environment;
  accepting: boolean;
  outbox: { [name: string]: number };
  oldest: number | null;
  due: number;
  unreadable: number;
  plugins: { [name: string]: string };
}

/** Whom the card names. */
export interface HolderShown {
  family: string;
  given: string;
  title: string;
  profession: string | null;
  section: string | null;
}

/** What the host can do. */
export interface HostCapabilities {
  panels?: boolean;
}

/** `host/event` */
export interface HostEventMessage {
  name: string;
  payload: { [name: string]: unknown };
  key: string;
}

/** That somebody saw an identity document */
export interface IdentityDocument {
  kind: IdentityDocumentKind;
  seen_by: string;
  seen_at: string;
}

/** What an identity was checked against. */
export type IdentityDocumentKind = "CN" | "PA" | "CS" | "IE" | "AV" | "AN" | "LE" | "DC" | "AC" | "PC" | "CE" | "CC" | "CM" | "TC";

/** Result of `identity/show` */
export interface IdentityKept {
  document: IdentityDocument | null;
  certified: CertifiedIdentity | null;
  divergence: TraitsDiverging | null;
  dmp: DmpTraits | null;
  patient?: Patient | null;
  insi?: boolean;
}

/** Attributes that INS rules add to an identity; *douteux* and *fictif* forbid the INS. */
export type IdentityMark = "homonyme" | "douteux" | "fictif";

/** `identity/changed` */
export interface IdentityNotice {
  patient: Patient;
}

/** Confidence in an identity */
export type IdentityStatus = "provisoire" | "recuperee" | "validee" | "qualifiee";

/** Result of `identity/verify`, `search`, `documentSeen`, `scan` and `decide` */
export interface IdentityView {
  patient: Patient;
  code: InsiCode | null;
  divergence: TraitsDiverging | null;
  certified: CertifiedIdentity | null;
  resumed: string[];
}

/** `document/import` */
export interface ImportDocument {
  host_id: string;
  unique_id: string;
}

/** `document/importWanted` */
export interface ImportNotice {
  host_id: string;
  entry: Row;
  origin?: "DMP";
  replaces?: string | null;
}

/** Result of `document/import`, `document/imported`. */
export interface ImportStanding {
  unique_id: string;
  kept: Kept;
  has?: string | null;
  at?: string | null;
}

/** Result of `document/imports` */
export interface ImportsShown {
  documents: Standing[];
}

/** `initialize` */
export interface Initialize {
  protocol_version: string;
  host: Program;
  adapter?: string | null;
  structure?: string | null;
  operator?: Operator | null;
  capabilities?: HostCapabilities;
  beside?: boolean;
}

/** Result of `initialize`. */
export interface Initialized {
  protocol_version?: string;
  server: Program;
  environment: Environment;
  capabilities: ServerCapabilities;
  document_types: TypeOffered[];
  adapter?: string | null;
  ui: Ui | null;
}

/** A matricule INS */
export interface Ins {
  value: string;
  oid: InsOid;
}

/** Which register an INS comes from (ANS, « Liste des OID des autorités d’affectation des INS »). */
export type InsOid = "1.2.250.1.213.1.4.8" | "1.2.250.1.213.1.4.9" | "1.2.250.1.213.1.4.10" | "1.2.250.1.213.1.4.11";

/** `CodeCR` of an answer. */
export type InsiCode = "00" | "01" | "02";

/** `outbox/changed`, `feed/finished` */
export interface ItemNotice {
  item: ItemView;
}

/** `feed/describe`, `outbox/show`, `outbox/retry` */
export interface ItemReference {
  item: string;
}

/** One item of the outbox for the host. */
export interface ItemView {
  item: string;
  key: string;
  record: string;
  type_id: string;
  host_id: string | null;
  state: State;
  label: string;
  reason: WaitReason | null;
  fault: Fault | null;
  title: string;
  visibility: Visibility;
  unique_id: string | null;
  hash: string | null;
  size: number | null;
  version: number | null;
  accepted_at: string;
  changed_at: string;
  due_at: string | null;
  attempts: number;
  corrections?: CorrectionView[];
  patient_name?: string | null;
}

/** Result of `outbox/authorLeft` */
export interface ItemsChanged {
  items: ItemView[];
}

/** Where a document of the DMP stands before the host's file. */
export type Kept = "no" | "asked" | "yes" | "older";

/** Result of `outbox/status`, in the order asked; `unknown` */
export interface KeysKnown {
  items: ItemView[];
  unknown: string[];
}

/** A patient whose record the professional may read. */
export interface KnownPatient {
  ins: Ins | null;
  birth_name: string | null;
  last_name: string | null;
  first_name: string | null;
  birth_date: string | null;
  last_access: string | null;
  last_update: string | null;
  last_addition: string | null;
}

/** `dmp/authorisations` */
export interface ListAuthorisations {
  host_id: string;
  which?: "active" | "barred" | "all";
}

/** `dmp/list` */
export interface ListDocuments {
  host_id: string;
  since?: string | "default" | "all";
  progressive?: boolean;
  filter?: RecordFilter;
}

/** `outbox/list` */
export interface ListOutbox {
  states?: State[];
  limit?: number;
  since?: string | null;
}

/** `dmp/patients` */
export interface ListPatients {
  since: string;
  about?: DateType;
}

/** `dmp/list` */
export interface ListRecord {
  host_id: string;
  since?: string | "default" | "all";
  progressive?: boolean;
}

/** Result of `dmp/listBegin` and `dmp/listShow`. */
export interface ListShown {
  since: string | "default" | "all";
  filter: RecordFilter;
  goes_on: boolean;
  entries: Row[];
  listed?: DocumentsListed | null;
  withdrawn?: Failure | null;
}

/** Where the host shows one action */
export interface MenuEntry {
  action: string;
  label: string;
  path?: string[];
  right: Right;
}

/** `message/show` */
export interface MessageShow {
  plugin: string;
  text: string;
  level: string;
}

/** How many documents of a type are new since the last visit. */
export interface NewOfType {
  type_code: string;
  label: string;
  count: number;
}

/** `document/newerVersion` */
export interface NewerVersionNotice {
  host_id: string;
  entry: Row;
  has: string;
}

/** Parameters or result where there is nothing to say */
export interface Nothing {
}

/** What is said above a document; levels and sentences stand in `words`. */
export type Notice = "other_patient" | "altered" | "no_ins" | "unknown_ins" | "replaced" | "superseded" | "deleted" | "archived" | "masked" | "hidden_from_patient" | "by_patient" | "self_presenting" | "odd_characters" | "removed";

/** `session/open` */
export interface OpenCardSession {
  structure?: string | null;
}

/** `dmp/web` */
export interface OpenPage {
  page: Page;
  host_id?: string | null;
}

/** `panel/open` */
export interface OpenPanel {
  panel: string;
  params?: { [name: string]: unknown };
}

/** `psc/open` */
export interface OpenPsc {
  channel?: Channel;
}

/** `dmp/open` */
export interface OpenRecord {
  host_id: string;
  consent?: boolean | null;
  informed?: boolean | null;
  secret_connection?: boolean | null;
  emergency?: boolean;
  justification?: string | null;
}

/** Who sits at the counter, as the host says; `practitioner` where that person is a professional. */
export interface Operator {
  id: string;
  rights?: Right[];
  practitioner?: Practitioner | null;
}

/** `operator/changed` */
export interface OperatorChanged {
  operator: Operator | null;
}

/** Result of `outbox/list`; `counts` of all items, whatever was asked; `damaged` */
export interface OutboxListed {
  items: ItemView[];
  counts: { [name: string]: number };
  damaged?: DamagedView[];
}

/** A page, by its name in the address. */
export type Page = "TableauDeBord" | "DossierPatient" | "GestionDMPPatient" | "Documents" | "ParcoursDeSoins" | "HistoriqueAcces" | "Parametrages" | "VolontesEtDroits" | "CarnetVaccination";

/** Result of `dmp/web` */
export interface PageAddress {
  url: string;
}

/** `sharing/pair` */
export interface PairSeats {
  address?: string | null;
}

/** A pairing under way; `code` null */
export interface PairingShown {
  code: string | null;
  name: string | null;
  until: string;
}

/** Result of `panel/open` */
export interface PanelOpened {
  address: string;
}

/** An INS that named the patient before, kept as INSi gave it (Guide INS, EXI REC 08 */
export interface PastIns {
  ins: Ins;
  since?: string | null;
  until?: string | null;
}

/** A patient as the host knows them. */
export interface Patient {
  host_id: string;
  traits: Traits;
  ins?: Ins | null;
  status?: IdentityStatus;
  marks?: IdentityMark[];
  ins_history?: PastIns[];
  document?: IdentityDocument | null;
}

/** Result of `patient/opened` and `patient/updated` */
export interface PatientKnown {
  resumed: string[];
}

/** `patient/opened`, `patient/updated` */
export interface PatientMessage {
  patient: Patient;
}

/** `patient/closed`, `dmp/open`, `dmp/status` */
export interface PatientReference {
  host_id: string;
}

/** Result of `audit/ofPatient`, newest first; `csv` where it was asked for, with `;` between fields. */
export interface PatientReviewed {
  done: DoneShown[];
  csv?: string | null;
}

/** Result of `patient/current` */
export interface PatientShown {
  host_id: string | null;
  name: string | null;
  birth_date: string | null;
  is_minor: boolean;
}

/** `patient/suggested` */
export interface PatientSuggestion {
  plugin: string | null;
  person: CardPerson;
  people?: CardPerson[];
  fault?: Fault | null;
}

/** Result of `dmp/patients`, in the order of the DMP. */
export interface PatientsListed {
  patients: KnownPatient[];
}

/** Result of `card/scan`. */
export interface PeopleFound {
  people: CardPerson[];
  fault: Fault | null;
}

/** What the dialog shows. */
export interface PinAskedFor {
  request: number;
  tries_left: number | null;
  last_try: boolean;
}

/** `pin/needed` */
export interface PinNeededNotice {
  holder: HolderShown;
  pin: PinAskedFor | null;
  address?: string | null;
}

/** `psc/poll` */
export interface PollPsc {
  redirected?: string | null;
}

/** One of them. */
export interface PossibleCorrection {
  kind: string;
  label: string;
  effect: string;
  fault: Fault | null;
}

/** An address as the DMP holds it. */
export interface PostalAddress {
  lines?: string[];
  postal_code?: string | null;
  city?: string | null;
  country?: string | null;
}

/** A professional of health, as the CPS or Pro Santé Connect gives them. */
export interface Practitioner {
  national_id: string;
  family: string;
  given: string;
  profession: string;
  section?: string | null;
  civility?: string | null;
  title?: string | null;
}

/** Somebody who may read a record, or is barred. */
export interface Professional {
  national_id: string;
  first_name: string | null;
  last_name: string | null;
  specialties: Code[];
  started_at: string | null;
  last_action_at: string | null;
  barred: boolean;
}

/** `outbox/authorLeft` */
export interface ProfessionalLeft {
  national_id: string;
  left?: boolean;
}

/** A program and its version. */
export interface Program {
  name: string;
  version: string;
}

/** `$/progress` */
export interface Progress {
  request: number | string;
  done: number;
}

/** What the professional must see */
export interface Prompt {
  channel: Channel;
  url?: string | null;
  digits?: string | null;
  expires_at: string;
}

/** `dmp/rows` */
export interface ProvisionalRows {
  request: number | string;
  entries?: Row[];
  withdrawn?: Failure | null;
}

/** `psc/browse` */
export interface PscPrompt {
  channel: Channel;
  url?: string | null;
  digits?: string | null;
  expires_at: string;
}

/** Result of `psc/open`, `psc/poll`, `psc/choose`; params of `psc/changed`. */
export interface PscShown {
  state?: PscState;
  prompt?: Prompt | null;
  choices?: Exercise[];
  exercise?: Exercise | null;
  at_this_structure?: boolean;
  expires_at?: string | null;
  ended?: string | null;
}

/** Where an identification stands. */
export type PscState = "none" | "asked" | "choosing" | "identified";

/** Purpose of use, TRE_R248-ModeAcces. */
export type Purpose = "normal" | "bris_de_glace" | "centre_15";

/** What the counter must answer before the record opens. */
export type Question = "consent" | "renewal" | "information" | "secret_connection" | "justification";

/** `consent/record` */
export interface RecordConsent {
  host_id: string;
  kind: ConsentKind;
  given?: boolean;
}

/** One row of a patient's record, as TD3.1 returns it. */
export interface RecordEntry {
  unique_id: string;
  entry_uuid: string;
  logical_id?: string | null;
  version?: string | null;
  status: string;
  repository_id?: string | null;
  mime_type?: string;
  title?: string;
  comments?: string;
  type_code?: Code | null;
  class_code?: Code | null;
  format_code?: Code | null;
  healthcare_facility?: Code | null;
  practice_setting?: Code | null;
  confidentiality?: Code[];
  event_codes?: Code[];
  language?: string | null;
  creation_time?: string | null;
  service_start_time?: string | null;
  service_stop_time?: string | null;
  authors?: XdsAuthor[];
  legal_authenticator?: string | null;
  patient_id?: string | null;
  source_patient_id?: string | null;
  source_patient_info?: string[];
  hash?: string | null;
  size?: number | null;
  home_community_id?: string | null;
}

/** Which documents; nothing set */
export interface RecordFilter {
  types?: string[];
  classes?: string[];
  formats?: string[];
  practice_settings?: string[];
  facilities?: string[];
  events?: string[];
  confidentiality?: string[];
  service_from?: string | null;
  service_to?: string | null;
  created_from?: string | null;
  created_to?: string | null;
  author?: string | null;
  author_id?: string | null;
  section?: string | null;
  archived?: boolean;
  replaced?: boolean;
}

/** Result of `dmp/list` */
export interface RecordListed {
  entries: RecordEntry[];
}

/** Result of `dmp/open`. */
export interface RecordOpened {
  status: RecordStatus;
  open: boolean;
  ask?: Question | null;
  purpose?: Purpose;
  secret_connection?: boolean;
  open_until?: string | null;
  text: string;
  ask_text?: string | null;
}

/** What TD0.2 says of a patient's DMP for whoever asks. */
export type RecordStatus = "absent" | "closed" | "authorised" | "not_authorised" | "expired" | "blocked";

/** Result of `dmp/open` and `dmp/status`. */
export interface RecordStatusKnown {
  status: RecordStatus;
}

/** `support/record` */
export interface RecordSupport {
  what: "hour" | "patient" | "stop";
  host_id?: string | null;
}

/** Result of `support/record` */
export interface Recording {
  until: string | null;
}

export interface RefusedDocument {
  code: string;
  sentence: string;
  remedy: string;
  dmp_text?: string;
  unique_id: string;
}

/** `feed/replace` */
export interface ReplaceFeed {
  item: string;
  host_id: string;
  key: string;
  content: { [name: string]: unknown };
}

/** `acts/report` */
export interface ReportActs {
  year: number;
  per_operator?: boolean;
  csv?: boolean;
}

/** `audit/ofPatient` */
export interface ReviewPatient {
  host_id: string;
  since?: string | null;
  until?: string | null;
  operator?: string | null;
  action?: string | null;
  csv?: boolean;
}

/** What the host lets an operator do with the DMP. */
export type Right = "read" | "feed" | "administer";

/** A document of the record. */
export interface Row {
  unique_id: string;
  entry_uuid: string;
  logical_id?: string | null;
  version?: string | null;
  status: string;
  repository_id?: string | null;
  mime_type?: string;
  title?: string;
  comments?: string;
  type_code?: Code | null;
  class_code?: Code | null;
  format_code?: Code | null;
  healthcare_facility?: Code | null;
  practice_setting?: Code | null;
  confidentiality?: Code[];
  event_codes?: Code[];
  language?: string | null;
  creation_time?: string | null;
  service_start_time?: string | null;
  service_stop_time?: string | null;
  authors?: XdsAuthor[];
  legal_authenticator?: string | null;
  patient_id?: string | null;
  source_patient_id?: string | null;
  source_patient_info?: string[];
  hash?: string | null;
  size?: number | null;
  home_community_id?: string | null;
  section: string;
  new?: boolean;
  changed?: boolean;
  replaces?: string | null;
  unknown_ins?: boolean;
  from_patient?: boolean;
  labels?: string[];
}

/** `dmp/rows` */
export interface Rows {
  request: number | string;
  entries: RecordEntry[];
}

/** `card/scan` */
export interface ScanCode {
  code: string;
}

/** `identity/scan` */
export interface ScanIdentity {
  host_id: string;
  datamatrix?: string | null;
  vitale?: Traits | null;
}

/** What was asked. */
export type Scope = "first" | "changes" | "all" | "from" | "filtered";

/** A paired seat. */
export interface SeatShown {
  seat: string;
  name: string;
  address: string | null;
  holder: string;
  until: string | null;
  silent: boolean;
}

/** One section of the list. */
export interface SectionCount {
  section: string;
  label: string;
  count?: number;
  new?: number;
  empty?: Empty | null;
  text?: string;
}

export interface ServerCapabilities {
  methods: string[];
  notices: string[];
  panels?: boolean;
}

/** `feed/setVisibility` */
export interface SetVisibility {
  item: string;
  host_id: string;
  visibility: Visibility;
}

/** HL7 administrative gender, as the French rules allow it. */
export type Sex = "F" | "M" | "UN";

/** Result of most `sharing/*` methods, and `sharing/changed`. */
export interface SharingShown {
  name: string;
  port: number | null;
  until: string | null;
  holder: string;
  pairing: PairingShown | null;
  seats: SeatShown[];
}

/** `dmp/view` */
export interface ShowDocument {
  host_id: string;
  unique_id: string;
}

/** Result of `shutdown` */
export interface ShutDown {
  unfinished: { [name: string]: number };
}

/** Result of `software/about` */
export interface SoftwareShown {
  publisher: string;
  name: string;
  version: string;
  homologation: string;
  installation: string;
  module: string;
  environment: Environment;
}

/** Who says otherwise. */
export type Source = "insi" | "dmp" | "datamatrix" | "vitale";

/** One document of the list before the host's file. */
export interface Standing {
  unique_id: string;
  kept: Kept;
  has?: string | null;
  at?: string | null;
}

/** Where an item is. */
export type State = "accepted" | "composed" | "awaiting_confirmation" | "held" | "ready" | "sending" | "sent" | "waiting" | "uncertain" | "handed" | "refused" | "cancelled" | "translated";

/** `dmp/statusChanged` */
export interface StatusNotice {
  host_id: string;
  status?: RecordStatus | null;
  text?: string | null;
  new?: NewOfType[] | null;
}

/** `outbox/status` */
export interface StatusOfKeys {
  keys: string[];
}

/** A structure where the holder practises, as the card says. */
export interface StructureOnCard {
  national_id: string;
  name: string;
  sector: string | null;
}

/** `sharing/takeBack` */
export interface TakeBack {
  item: string;
}

/** A telephone or an electronic address */
export interface Telecom {
  value: string;
  use?: string | null;
}

/** The strict traits of birth, and the name in use; names as in the civil register, or as INSi gave them. */
export interface Traits {
  birth_name: string;
  birth_given_names: string;
  first_birth_given_name: string;
  used_name?: string | null;
  used_given_name?: string | null;
  sex: Sex;
  birth_date: string;
  birth_place_code?: string | null;
  birth_place_name?: string | null;
}

/** Names of the traits of the host's file that `source` contradicts. */
export interface TraitsDiverging {
  source: Source;
  fields: string[];
}

/** A type of document that `document/saved` may name. */
export interface TypeOffered {
  id: string;
  label: string;
  policy: FeedPolicy;
}

/** Result of `document/types` */
export interface TypesListed {
  types: TypeOffered[];
}

/** All entries of one host. */
export interface Ui {
  host: string;
  menus: MenuEntry[];
}

/** Who may not see a document (EX_2.1-1050). */
export interface Visibility {
  masked_to_professionals?: boolean;
  hidden_from_patient?: boolean;
  hidden_from_representatives?: boolean;
}

/** Why an item waits. */
export type WaitReason = "identity" | "plugin" | "card" | "network" | "rate" | "conflict" | "author" | "seat";

/** `window/show` */
export interface WindowShow {
  window?: "feed";
  item: ItemView;
  address?: string | null;
}

/** `feed/withdraw` */
export interface WithdrawFeed {
  item: string;
  host_id: string;
  reason: WithdrawReason;
}

/** Why a document leaves the DMP (SC.DMP/CONF.03, HISTO.02). */
export type WithdrawReason = "wrong_patient" | "wrong_document" | "patient_request";

/** A place of exercise. */
export interface Workplace {
  ids?: string[];
  name?: string;
  sector?: string | null;
}

/** An author in XDS, as HL7 v2 strings (IHE ITI TF-3 4.2.3.1.4); `dmp_protocol.md` section 5.3. */
export interface XdsAuthor {
  person?: string | null;
  specialty?: string[];
  institution?: string[];
  role?: string[];
}

export interface Methods {
  "acts/declare": { params: DeclareActs; result: Nothing };
  "acts/report": { params: ReportActs; result: ActsReported };
  "audit/ofPatient": { params: ReviewPatient; result: PatientReviewed };
  "card/list": { params: Nothing; result: CardsListed };
  "card/scan": { params: ScanCode; result: PeopleFound };
  "consent/record": { params: RecordConsent; result: ConsentRecorded };
  "consent/show": { params: PatientReference; result: ConsentShown };
  "dmp/access": { params: PatientReference; result: AccessShown };
  "dmp/authorisations": { params: ListAuthorisations; result: AuthorisationsListed };
  "dmp/authorise": { params: Authorise; result: Authorised };
  "dmp/contacts": { params: PatientReference; result: ContactsKnown };
  "dmp/fetch": { params: FetchDocument; result: DocumentFetched };
  "dmp/fetchAll": { params: FetchDocuments; result: DocumentsFetched };
  "dmp/leave": { params: PatientReference; result: Nothing };
  "dmp/list": { params: ListDocuments; result: DocumentsListed };
  "dmp/listBegin": { params: BeginList; result: ListShown };
  "dmp/listShow": { params: PatientReference; result: ListShown };
  "dmp/open": { params: OpenRecord; result: RecordOpened };
  "dmp/patients": { params: ListPatients; result: PatientsListed };
  "dmp/status": { params: PatientReference; result: BadgeKnown };
  "dmp/view": { params: ShowDocument; result: DocumentPage };
  "dmp/web": { params: OpenPage; result: PageAddress };
  "document/import": { params: ImportDocument; result: ImportStanding };
  "document/imported": { params: ImportDocument; result: ImportStanding };
  "document/imports": { params: PatientReference; result: ImportsShown };
  "document/saved": { params: DocumentSaved; result: Accepted };
  "document/types": { params: Nothing; result: TypesListed };
  "feed/archive": { params: ArchiveFeed; result: ItemView };
  "feed/cancel": { params: CancelFeed; result: ItemView };
  "feed/confirm": { params: ConfirmFeed; result: ItemView };
  "feed/corrections": { params: ExplainCorrections; result: CorrectionsExplained };
  "feed/describe": { params: ItemReference; result: FeedForm };
  "feed/preview": { params: ItemReference; result: FeedPreview };
  "feed/replace": { params: ReplaceFeed; result: Accepted };
  "feed/setVisibility": { params: SetVisibility; result: ItemView };
  "feed/withdraw": { params: WithdrawFeed; result: ItemView };
  "host/event": { params: HostEventMessage; result: Accepted };
  "identity/decide": { params: DecideIdentity; result: IdentityView };
  "identity/documentSeen": { params: DocumentSeen; result: IdentityView };
  "identity/scan": { params: ScanIdentity; result: IdentityView };
  "identity/search": { params: PatientReference; result: IdentityView };
  "identity/show": { params: PatientReference; result: IdentityKept };
  "identity/verify": { params: PatientReference; result: IdentityView };
  "identity/vitale": { params: PatientReference; result: IdentityView };
  "initialize": { params: Initialize; result: Initialized };
  "operator/changed": { params: OperatorChanged; result: Nothing };
  "outbox/authorLeft": { params: ProfessionalLeft; result: ItemsChanged };
  "outbox/cancel": { params: CancelFeed; result: ItemView };
  "outbox/list": { params: ListOutbox; result: OutboxListed };
  "outbox/retry": { params: ItemReference; result: ItemView };
  "outbox/show": { params: ItemReference; result: ItemView };
  "outbox/status": { params: StatusOfKeys; result: KeysKnown };
  "outbox/takeOver": { params: ItemReference; result: ItemView };
  "panel/open": { params: OpenPanel; result: PanelOpened };
  "patient/closed": { params: PatientReference; result: Nothing };
  "patient/current": { params: Nothing; result: PatientShown };
  "patient/opened": { params: PatientMessage; result: PatientKnown };
  "patient/updated": { params: PatientMessage; result: PatientKnown };
  "pin/enter": { params: EnterPin; result: CardSessionShown };
  "psc/choose": { params: ChoosePsc; result: PscShown };
  "psc/close": { params: Nothing; result: Nothing };
  "psc/open": { params: OpenPsc; result: PscShown };
  "psc/poll": { params: PollPsc; result: PscShown };
  "session/close": { params: Nothing; result: CardSessionShown };
  "session/open": { params: OpenCardSession; result: CardSessionShown };
  "session/show": { params: Nothing; result: CardSessionShown };
  "sharing/confirm": { params: ConfirmPairing; result: SharingShown };
  "sharing/consult": { params: ConsultThere; result: Consulted };
  "sharing/disable": { params: Nothing; result: SharingShown };
  "sharing/enable": { params: EnableSharing; result: SharingShown };
  "sharing/forget": { params: ForgetSeat; result: SharingShown };
  "sharing/pair": { params: PairSeats; result: SharingShown };
  "sharing/show": { params: Nothing; result: SharingShown };
  "sharing/takeBack": { params: TakeBack; result: ItemView };
  "shutdown": { params: Nothing; result: ShutDown };
  "software/about": { params: Nothing; result: SoftwareShown };
  "status/health": { params: Nothing; result: Health };
  "support/record": { params: RecordSupport; result: Recording };
}
