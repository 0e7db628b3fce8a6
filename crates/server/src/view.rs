//! What the dashboard receives and sends: the API's types, from which its OpenAPI document is made.
//!
//! Words come from the instrument and the standards ([`rasoat_instrument::Text`], Vietnamese and English); everything else
//! crosses as codes. Citizen IDs are masked before they reach these types.

mod account;
mod commune;
mod conflict;
mod dataset;
mod device;
mod household;
mod library;
mod listing;
mod marks;
mod measures;
mod overview;
mod papers;
mod plan;
mod problem;
mod reports;
mod request;
mod round;
mod session;
mod token;

pub use account::{
    AccountForm, AccountNameForm, AccountView, AuditForm, AuditLineView, AuditPageView, CodeForm,
    EndSessionsForm, NewAccountForm, OpenSessionView, PasswordForm, PasswordShownView, RecoveryCodesView,
    SecondFactorSecretView, SecondFactorView,
};
pub use commune::{CommuneRefView, CommuneView, CommunesView, TotalsView};
pub use conflict::{
    ConflictDocument, ConflictsView, HouseholdConflictsView, OpenConflictView, SettleByForm, SettleForm,
    SettledView, SettlementChoice, SettlementForm, SettlementRule,
};
pub use dataset::DatasetForm;
pub use device::{
    AsideForm, AsideView, DeviceTrouble, DeviceView, EnrolledView, HeldHouseholdView, HeldPageView,
    HeldQueryForm, HeldReason, NewDeviceForm, SaidHealthView,
};
pub use household::{
    ActView, AnswerView, AttachmentView, CandidateView, ChangeView, CheckedView, ClassView, ColumnView,
    ConflictView, DifferenceView, EditKind, EditView, FindingView, HouseholdPageView, HouseholdQuery,
    HouseholdRefView, HouseholdRowView, HouseholdState, HouseholdView, InstrumentView, ProceedingView,
    QuestionView, RemarkView, ReportedView, RosterRowView, RosterView, SectionView,
};
pub use library::{
    FormChoiceView, FormLineView, FormPreviewView, LibraryChangeView, LibraryItemView, LibraryProblemView,
    LibraryView, PointRowView, PointsPreviewView, ReportView, TargetForm, UnitView, UnitsPreviewView,
    UploadFileForm, UploadForm, UploadedView, VersionView,
};
pub use listing::{
    ConflictInboxView, DuplicatePairView, DuplicatesForm, DuplicatesView, ExportColumnForm, ExportForm,
    HouseholdFilter, HouseholdKeyForm, HouseholdListForm, HouseholdListView, InboxForm, InboxHouseholdView,
    ListedHouseholdView, NotSameForm, SharedMemberView,
};
pub use marks::{Check, ProcedureStage};
pub use measures::{
    ChangedHouseholdView, CommuneTrialView, CountedBy, FlowView, Grouping, IndicatorMeasureView, LinesView,
    MeasureView, MeasuredGroupView, PovertyExportForm, PovertyForm, PovertyView, RatioView, SchemeView,
    SchemesView, SlotView, WeighedIndicatorView, Weighing, WhatIfExportForm, WhatIfForm, WhatIfView,
};
pub use overview::{
    CalendarView, CommuneProgressView, DayView, DeviceHealthView, OverviewView, VillageProgressView,
    VillagesView,
};
pub use papers::{PaperForm, PaperFormat, PaperMissingView, PaperStateView, PapersQuery, PapersView};
pub use plan::{
    AnnouncementEndForm, AnnouncementForm, AnnouncementView, AreaForm, AreasForm, AssignForm, AssignsForm,
    PlanView, PlanVillageView, VillagesFileForm,
};
pub use problem::ProblemView;
pub use reports::{
    CommuneFigureView, DistrictView, FigureView, ReportCellForm, ReportCellView, ReportColumnView,
    ReportDoubtsView, ReportFileForm, ReportHeadingForm, ReportLockView, ReportOfView, ReportPlaceView,
    ReportQuery, ReportRoundView, ReportRowView, ReportStandardView, ReportTableView, ReportsView,
    SharesView, TargetHouseholdsForm, TargetPartView, TargetView, TargetsFileForm, TargetsQuery, TargetsView,
    TrendView,
};
pub use request::{
    Asker, CorrectionForm, CorrectionView, HeldAbout, HeldSource, HeldValueView, HolderView, LeftOutView,
    NewRequestForm, PersonAccountForm, PersonAccountView, RequestActForm, RequestActView, RequestState,
    RequestStep, RequestView, RequestsForm, RequestsView, RightView, TermRuleView,
};
pub use round::{
    BeforeView, FormerRoundView, LockForm, NextRoundView, NoticeForm, NoticeVersionView, NoticeView,
    OpenRoundForm, ReopenForm, RoundChangeView, RoundChangesView, RoundLockView, RoundSnapshotView,
    RoundStandardView, RoundView, RoundWaitingView, RoundWordView, StandingView, TermForm, TermView,
};
pub use session::{Act, LoginForm, Role, SessionView, UserView};
pub use token::{
    ExportCountsView, ExportDeviceView, ExportHouseholdView, ExportPageForm, ExportPageView, ExportPairView,
    ExportRowView, NewTokenForm, TokenShownView, TokenView,
};
