{ Written by tools/client_types.py out of the bridge's messages: change those, then run it. }
unit DmpNames;

interface

const
  { Methods. }
  MethodOfActsDeclare = 'acts/declare';
  MethodOfActsReport = 'acts/report';
  MethodOfAuditOfPatient = 'audit/ofPatient';
  MethodOfCardList = 'card/list';
  MethodOfCardScan = 'card/scan';
  MethodOfConsentRecord = 'consent/record';
  MethodOfConsentShow = 'consent/show';
  MethodOfDmpAccess = 'dmp/access';
  MethodOfDmpAuthorisations = 'dmp/authorisations';
  MethodOfDmpAuthorise = 'dmp/authorise';
  MethodOfDmpContacts = 'dmp/contacts';
  MethodOfDmpFetch = 'dmp/fetch';
  MethodOfDmpFetchAll = 'dmp/fetchAll';
  MethodOfDmpLeave = 'dmp/leave';
  MethodOfDmpList = 'dmp/list';
  MethodOfDmpListBegin = 'dmp/listBegin';
  MethodOfDmpListShow = 'dmp/listShow';
  MethodOfDmpOpen = 'dmp/open';
  MethodOfDmpPatients = 'dmp/patients';
  MethodOfDmpStatus = 'dmp/status';
  MethodOfDmpView = 'dmp/view';
  MethodOfDmpWeb = 'dmp/web';
  MethodOfDocumentImport = 'document/import';
  MethodOfDocumentImported = 'document/imported';
  MethodOfDocumentImports = 'document/imports';
  MethodOfDocumentSaved = 'document/saved';
  MethodOfDocumentTypes = 'document/types';
  MethodOfFeedArchive = 'feed/archive';
  MethodOfFeedCancel = 'feed/cancel';
  MethodOfFeedConfirm = 'feed/confirm';
  MethodOfFeedCorrections = 'feed/corrections';
  MethodOfFeedDescribe = 'feed/describe';
  MethodOfFeedPreview = 'feed/preview';
  MethodOfFeedReplace = 'feed/replace';
  MethodOfFeedSetVisibility = 'feed/setVisibility';
  MethodOfFeedWithdraw = 'feed/withdraw';
  MethodOfHostEvent = 'host/event';
  MethodOfIdentityDecide = 'identity/decide';
  MethodOfIdentityDocumentSeen = 'identity/documentSeen';
  MethodOfIdentityScan = 'identity/scan';
  MethodOfIdentitySearch = 'identity/search';
  MethodOfIdentityShow = 'identity/show';
  MethodOfIdentityVerify = 'identity/verify';
  MethodOfIdentityVitale = 'identity/vitale';
  MethodOfInitialize = 'initialize';
  MethodOfOperatorChanged = 'operator/changed';
  MethodOfOutboxAuthorLeft = 'outbox/authorLeft';
  MethodOfOutboxCancel = 'outbox/cancel';
  MethodOfOutboxList = 'outbox/list';
  MethodOfOutboxRetry = 'outbox/retry';
  MethodOfOutboxShow = 'outbox/show';
  MethodOfOutboxStatus = 'outbox/status';
  MethodOfOutboxTakeOver = 'outbox/takeOver';
  MethodOfPanelOpen = 'panel/open';
  MethodOfPatientClosed = 'patient/closed';
  MethodOfPatientCurrent = 'patient/current';
  MethodOfPatientOpened = 'patient/opened';
  MethodOfPatientUpdated = 'patient/updated';
  MethodOfPinEnter = 'pin/enter';
  MethodOfPscChoose = 'psc/choose';
  MethodOfPscClose = 'psc/close';
  MethodOfPscOpen = 'psc/open';
  MethodOfPscPoll = 'psc/poll';
  MethodOfSessionClose = 'session/close';
  MethodOfSessionOpen = 'session/open';
  MethodOfSessionShow = 'session/show';
  MethodOfSharingConfirm = 'sharing/confirm';
  MethodOfSharingConsult = 'sharing/consult';
  MethodOfSharingDisable = 'sharing/disable';
  MethodOfSharingEnable = 'sharing/enable';
  MethodOfSharingForget = 'sharing/forget';
  MethodOfSharingPair = 'sharing/pair';
  MethodOfSharingShow = 'sharing/show';
  MethodOfSharingTakeBack = 'sharing/takeBack';
  MethodOfShutdown = 'shutdown';
  MethodOfSoftwareAbout = 'software/about';
  MethodOfStatusHealth = 'status/health';
  MethodOfSupportRecord = 'support/record';

  { Notices. }
  NoticeOfProgress = '$/progress';
  NoticeOfCardChanged = 'card/changed';
  NoticeOfCareNeeded = 'care/needed';
  NoticeOfDmpBadge = 'dmp/badge';
  NoticeOfDmpRows = 'dmp/rows';
  NoticeOfDmpStatusChanged = 'dmp/statusChanged';
  NoticeOfDocumentImportWanted = 'document/importWanted';
  NoticeOfDocumentNewerVersion = 'document/newerVersion';
  NoticeOfFeedFinished = 'feed/finished';
  NoticeOfIdentityChanged = 'identity/changed';
  NoticeOfIdentityDiverges = 'identity/diverges';
  NoticeOfMessageShow = 'message/show';
  NoticeOfOutboxChanged = 'outbox/changed';
  NoticeOfPatientSuggested = 'patient/suggested';
  NoticeOfPinNeeded = 'pin/needed';
  NoticeOfPscBrowse = 'psc/browse';
  NoticeOfPscChanged = 'psc/changed';
  NoticeOfPscNeeded = 'psc/needed';
  NoticeOfSessionChanged = 'session/changed';
  NoticeOfSharingChanged = 'sharing/changed';
  NoticeOfSharingConsultationWanted = 'sharing/consultationWanted';
  NoticeOfWindowShow = 'window/show';

  { ActState. }
  ActStateFed = 'fed';
  ActStateMissing = 'missing';
  ActStateRefusedByPatient = 'refused_by_patient';

  { CancelReason. }
  CancelReasonPatientOpposed = 'patient_opposed';
  CancelReasonMistake = 'mistake';
  CancelReasonNotUseful = 'not_useful';
  CancelReasonOther = 'other';

  { CardKind. }
  CardKindCps2ter = 'cps2ter';
  CardKindCps3 = 'cps3';
  CardKindCps3Contactless = 'cps3_contactless';
  CardKindCps4 = 'cps4';
  CardKindVitale1 = 'vitale1';
  CardKindVitale2 = 'vitale2';
  CardKindOther = 'other';

  { CardState. }
  CardStateClosed = 'closed';
  CardStatePin = 'pin';
  CardStateOpen = 'open';
  CardStateBlocked = 'blocked';

  { Change. }
  ChangeAdd = 'add';
  ChangeRenew = 'renew';
  ChangeWithdraw = 'withdraw';

  { Channel. }
  ChannelBrowser = 'browser';
  ChannelCard = 'card';
  ChannelMobile = 'mobile';

  { ConsentKind. }
  ConsentKindInformed = 'informed';
  ConsentKindOpposedToFeeding = 'opposed_to_feeding';
  ConsentKindAgreesToReading = 'agrees_to_reading';

  { CorrectionKind. }
  CorrectionKindWithdraw = 'withdraw';
  CorrectionKindVisibility = 'visibility';
  CorrectionKindArchive = 'archive';
  CorrectionKindUnarchive = 'unarchive';

  { CorrectionState. }
  CorrectionStatePending = 'pending';
  CorrectionStateDone = 'done';
  CorrectionStateRefused = 'refused';

  { DateType. }
  DateTypeLASTDOC = 'LASTDOC';
  DateTypeLASTAUTORIZATION = 'LASTAUTORIZATION';

  { Empty. }
  EmptyNone = 'none';
  EmptyNoneInPeriod = 'none_in_period';
  EmptyUnchanged = 'unchanged';
  EmptyRightMissing = 'right_missing';
  EmptyNotAsked = 'not_asked';
  EmptyCut = 'cut';

  { Ended. }
  EndedRemoved = 'removed';
  EndedReset = 'reset';
  EndedIdle = 'idle';
  EndedProfessional = 'professional';
  EndedClosed = 'closed';

  { Environment. }
  EnvironmentSimulation = 'simulation';
  EnvironmentHomologation = 'homologation';
  EnvironmentProduction = 'production';

  { FeedPolicy. }
  FeedPolicyWindow = 'window';
  FeedPolicyAutomatic = 'automatic';
  FeedPolicyManual = 'manual';

  { IdentityDocumentKind. }
  IdentityDocumentKindCN = 'CN';
  IdentityDocumentKindPA = 'PA';
  IdentityDocumentKindCS = 'CS';
  IdentityDocumentKindIE = 'IE';
  IdentityDocumentKindAV = 'AV';
  IdentityDocumentKindAN = 'AN';
  IdentityDocumentKindLE = 'LE';
  IdentityDocumentKindDC = 'DC';
  IdentityDocumentKindAC = 'AC';
  IdentityDocumentKindPC = 'PC';
  IdentityDocumentKindCE = 'CE';
  IdentityDocumentKindCC = 'CC';
  IdentityDocumentKindCM = 'CM';
  IdentityDocumentKindTC = 'TC';

  { IdentityMark. }
  IdentityMarkHomonyme = 'homonyme';
  IdentityMarkDouteux = 'douteux';
  IdentityMarkFictif = 'fictif';

  { IdentityStatus. }
  IdentityStatusProvisoire = 'provisoire';
  IdentityStatusRecuperee = 'recuperee';
  IdentityStatusValidee = 'validee';
  IdentityStatusQualifiee = 'qualifiee';

  { InsOid. }
  InsOid122501213148 = '1.2.250.1.213.1.4.8';
  InsOid122501213149 = '1.2.250.1.213.1.4.9';
  InsOid1225012131410 = '1.2.250.1.213.1.4.10';
  InsOid1225012131411 = '1.2.250.1.213.1.4.11';

  { InsiCode. }
  InsiCode00 = '00';
  InsiCode01 = '01';
  InsiCode02 = '02';

  { Kept. }
  KeptNo = 'no';
  KeptAsked = 'asked';
  KeptYes = 'yes';
  KeptOlder = 'older';

  { Notice. }
  NoticeOtherPatient = 'other_patient';
  NoticeAltered = 'altered';
  NoticeNoIns = 'no_ins';
  NoticeUnknownIns = 'unknown_ins';
  NoticeReplaced = 'replaced';
  NoticeSuperseded = 'superseded';
  NoticeDeleted = 'deleted';
  NoticeArchived = 'archived';
  NoticeMasked = 'masked';
  NoticeHiddenFromPatient = 'hidden_from_patient';
  NoticeByPatient = 'by_patient';
  NoticeSelfPresenting = 'self_presenting';
  NoticeOddCharacters = 'odd_characters';
  NoticeRemoved = 'removed';

  { Page. }
  PageTableauDeBord = 'TableauDeBord';
  PageDossierPatient = 'DossierPatient';
  PageGestionDMPPatient = 'GestionDMPPatient';
  PageDocuments = 'Documents';
  PageParcoursDeSoins = 'ParcoursDeSoins';
  PageHistoriqueAcces = 'HistoriqueAcces';
  PageParametrages = 'Parametrages';
  PageVolontesEtDroits = 'VolontesEtDroits';
  PageCarnetVaccination = 'CarnetVaccination';

  { PscState. }
  PscStateNone = 'none';
  PscStateAsked = 'asked';
  PscStateChoosing = 'choosing';
  PscStateIdentified = 'identified';

  { Purpose. }
  PurposeNormal = 'normal';
  PurposeBrisDeGlace = 'bris_de_glace';
  PurposeCentre15 = 'centre_15';

  { Question. }
  QuestionConsent = 'consent';
  QuestionRenewal = 'renewal';
  QuestionInformation = 'information';
  QuestionSecretConnection = 'secret_connection';
  QuestionJustification = 'justification';

  { RecordStatus. }
  RecordStatusAbsent = 'absent';
  RecordStatusClosed = 'closed';
  RecordStatusAuthorised = 'authorised';
  RecordStatusNotAuthorised = 'not_authorised';
  RecordStatusExpired = 'expired';
  RecordStatusBlocked = 'blocked';

  { Right. }
  RightRead = 'read';
  RightFeed = 'feed';
  RightAdminister = 'administer';

  { Scope. }
  ScopeFirst = 'first';
  ScopeChanges = 'changes';
  ScopeAll = 'all';
  ScopeFrom = 'from';
  ScopeFiltered = 'filtered';

  { Sex. }
  SexF = 'F';
  SexM = 'M';
  SexUN = 'UN';

  { Source. }
  SourceInsi = 'insi';
  SourceDmp = 'dmp';
  SourceDatamatrix = 'datamatrix';
  SourceVitale = 'vitale';

  { State. }
  StateAccepted = 'accepted';
  StateComposed = 'composed';
  StateAwaitingConfirmation = 'awaiting_confirmation';
  StateHeld = 'held';
  StateReady = 'ready';
  StateSending = 'sending';
  StateSent = 'sent';
  StateWaiting = 'waiting';
  StateUncertain = 'uncertain';
  StateHanded = 'handed';
  StateRefused = 'refused';
  StateCancelled = 'cancelled';
  StateTranslated = 'translated';

  { WaitReason. }
  WaitReasonIdentity = 'identity';
  WaitReasonPlugin = 'plugin';
  WaitReasonCard = 'card';
  WaitReasonNetwork = 'network';
  WaitReasonRate = 'rate';
  WaitReasonConflict = 'conflict';
  WaitReasonAuthor = 'author';
  WaitReasonSeat = 'seat';

  { WithdrawReason. }
  WithdrawReasonWrongPatient = 'wrong_patient';
  WithdrawReasonWrongDocument = 'wrong_document';
  WithdrawReasonPatientRequest = 'patient_request';

implementation

end.
