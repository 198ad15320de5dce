#include "catalogue/lifecycle.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace vonggac::catalogue {
namespace {

constexpr std::array<Evidence, 1> kBySurvey{Evidence::kSurvey}, kByAgreement{Evidence::kAgreement},
    kByDecision{Evidence::kDecision}, kByReason{Evidence::kReason}, kByFunds{Evidence::kFundsRequest},
    kByFix{Evidence::kFixReport}, kByTarget{Evidence::kTarget};
constexpr std::array<Evidence, 2> kByLaunch{Evidence::kDecision, Evidence::kLaunchMinutes},
    kByRest{Evidence::kReason, Evidence::kUntil};
constexpr std::array<Evidence, 5> kByAcceptance{Evidence::kAcceptance, Evidence::kNoticeSign, Evidence::kAgreement,
                                                Evidence::kOwnPassword, Evidence::kMasks};
constexpr std::span<const Evidence> kFreely{};

constexpr std::array<StateName, 11> kCameraStates{{
    {"DE_XUAT", "Đề xuất", "proposed"},
    {"KHAO_SAT", "Khảo sát", "surveyed"},
    {"DONG_THUAN", "Đồng thuận", "agreed"},
    {"PHE_DUYET", "Phê duyệt", "approved"},
    {"LAP_DAT", "Lắp đặt", "installing"},
    {"NGHIEM_THU", "Nghiệm thu", "acceptance"},
    {"HOAT_DONG", "Hoạt động", "in service"},
    {"BAO_TRI", "Bảo trì", "under repair"},
    {"TAM_NGUNG", "Tạm ngưng", "paused"},
    {"NGUNG", "Ngừng", "retired"},
    {"TU_CHOI", "Từ chối", "refused"},
}};
constexpr std::array<Step, 20> kCameraSteps{{
    {"DE_XUAT", "KHAO_SAT", kBySurvey},       {"KHAO_SAT", "DONG_THUAN", kByAgreement},
    {"DONG_THUAN", "PHE_DUYET", kByDecision}, {"PHE_DUYET", "LAP_DAT", kFreely},
    {"LAP_DAT", "NGHIEM_THU", kFreely},       {"NGHIEM_THU", "HOAT_DONG", kByAcceptance},
    {"NGHIEM_THU", "LAP_DAT", kByReason},     {"HOAT_DONG", "BAO_TRI", kFreely},
    {"BAO_TRI", "HOAT_DONG", kByAcceptance},  {"HOAT_DONG", "TAM_NGUNG", kByReason},
    {"BAO_TRI", "TAM_NGUNG", kByReason},      {"TAM_NGUNG", "HOAT_DONG", kByAcceptance},
    {"TAM_NGUNG", "NGUNG", kByReason},        {"BAO_TRI", "NGUNG", kByReason},
    {"HOAT_DONG", "NGUNG", kByReason},        {"DE_XUAT", "TU_CHOI", kByReason},
    {"KHAO_SAT", "TU_CHOI", kByReason},       {"DONG_THUAN", "TU_CHOI", kByReason},
    {"PHE_DUYET", "TU_CHOI", kByReason},      {"LAP_DAT", "NGUNG", kByReason},
}};

constexpr std::array<StateName, 9> kModelStates{{
    {"DE_XUAT", "Đề xuất", "proposed"},
    {"KHAO_SAT", "Khảo sát", "surveyed"},
    {"PHE_DUYET", "Phê duyệt", "approved"},
    {"RA_MAT", "Ra mắt", "launched"},
    {"HOAT_DONG", "Hoạt động", "active"},
    {"CUNG_CO", "Củng cố", "consolidating"},
    {"TAM_DUNG", "Tạm dừng", "suspended"},
    {"GIAI_THE", "Giải thể, thanh loại", "struck off"},
    {"SAP_NHAP_VAO", "Sáp nhập", "merged into"},
}};
constexpr std::array<Step, 18> kModelSteps{{
    {"DE_XUAT", "KHAO_SAT", kBySurvey},
    {"KHAO_SAT", "PHE_DUYET", kByDecision},
    {"PHE_DUYET", "RA_MAT", kByLaunch},
    {"RA_MAT", "HOAT_DONG", kFreely},
    {"HOAT_DONG", "CUNG_CO", kByRest},
    {"CUNG_CO", "HOAT_DONG", kFreely},
    {"HOAT_DONG", "TAM_DUNG", kByRest},
    {"CUNG_CO", "TAM_DUNG", kByRest},
    {"TAM_DUNG", "HOAT_DONG", kFreely},
    {"TAM_DUNG", "GIAI_THE", kByDecision},
    {"HOAT_DONG", "GIAI_THE", kByDecision},
    {"CUNG_CO", "GIAI_THE", kByDecision},
    {"HOAT_DONG", "SAP_NHAP_VAO", kByTarget},
    {"CUNG_CO", "SAP_NHAP_VAO", kByTarget},
    {"TAM_DUNG", "SAP_NHAP_VAO", kByTarget},
    {"RA_MAT", "SAP_NHAP_VAO", kByTarget},
    {"PHE_DUYET", "SAP_NHAP_VAO", kByTarget},
    {"KHAO_SAT", "SAP_NHAP_VAO", kByTarget},
}};

constexpr std::array<StateName, 7> kTicketStates{{
    {"MOI", "Mới", "new"},
    {"TIEP_NHAN", "Tiếp nhận", "accepted"},
    {"DANG_SUA", "Đang sửa", "in repair"},
    {"CHO_KINH_PHI", "Chờ kinh phí", "awaiting funds"},
    {"DA_SUA", "Đã sửa", "fixed"},
    {"NGHIEM_THU", "Nghiệm thu", "accepted back"},
    {"KHONG_SUA", "Không sửa", "written off"},
}};
constexpr std::array<Step, 11> kTicketSteps{{
    {"MOI", "TIEP_NHAN", kFreely},
    {"TIEP_NHAN", "DANG_SUA", kFreely},
    {"TIEP_NHAN", "CHO_KINH_PHI", kByFunds},
    {"DANG_SUA", "CHO_KINH_PHI", kByFunds},
    {"CHO_KINH_PHI", "DANG_SUA", kFreely},
    {"DANG_SUA", "DA_SUA", kByFix},
    {"DA_SUA", "NGHIEM_THU", kFreely},
    {"DA_SUA", "DANG_SUA", kByReason},
    {"TIEP_NHAN", "KHONG_SUA", kByReason},
    {"DANG_SUA", "KHONG_SUA", kByReason},
    {"CHO_KINH_PHI", "KHONG_SUA", kByReason},
}};

constexpr StateMachine kCameraLife(kCameraStates, kCameraSteps);
constexpr StateMachine kModelLife(kModelStates, kModelSteps);
constexpr StateMachine kTicketLife(kTicketStates, kTicketSteps);

/// The step, or a refusal that lists what could follow.
const Step* find_step(const StateMachine& machine, std::string_view from, std::string_view to, Problems& problems) {
  if (const Step* found = machine.step(from, to)) return found;
  std::string vi, en;
  for (const Step* step : machine.steps_from(from)) {
    const StateName* next = machine.find(step->to);
    vi += fmt::format("{}{}", vi.empty() ? "" : ", ", next->vi);
    en += fmt::format("{}{}", en.empty() ? "" : ", ", next->en);
  }
  const StateName* now = machine.find(from);
  const std::string_view now_vi = now == nullptr ? from : now->vi, now_en = now == nullptr ? from : now->en;
  if (vi.empty()) {
    problems.refuse("", "state", fmt::format("“{}” là trạng thái cuối.", now_vi),
                    fmt::format("\"{}\" is the last state.", now_en));
  } else {
    problems.refuse("", "state", fmt::format("Từ “{}” chỉ có thể sang: {}.", now_vi, vi),
                    fmt::format("From \"{}\" only to: {}.", now_en, en));
  }
  return nullptr;
}

void miss(std::string_view rule, Evidence evidence, std::string_view field, Problems& problems) {
  const Sentence name = evidence_name(evidence);
  problems.refuse(rule, field, fmt::format("Cần có: {}.", name.vi), fmt::format("It needs: {}.", name.en));
}

bool camera_has(Evidence evidence, const CameraFacts& facts) {
  switch (evidence) {
    case Evidence::kSurvey:
      return facts.surveyed;
    case Evidence::kAgreement:
      return facts.public_place || facts.agreement_in_force;
    case Evidence::kDecision:
      return facts.decision;
    case Evidence::kAcceptance:
      return facts.accepted;
    case Evidence::kNoticeSign:
      return !facts.public_place || facts.sign_photo;
    case Evidence::kOwnPassword:
      return facts.own_password;
    case Evidence::kMasks:
      return !facts.homes_visible || facts.masks_drawn;
    default:
      return !facts.reason.empty();
  }
}

std::string_view camera_rule(Evidence evidence, std::string_view to) {
  if (evidence == Evidence::kMasks) return "V13";
  return to == "HOAT_DONG" ? "V11" : "";
}

bool model_has(Evidence evidence, const ModelFacts& facts) {
  switch (evidence) {
    case Evidence::kSurvey:
      return facts.surveyed;
    case Evidence::kDecision:
      return !facts.decision_number.empty() && facts.decision_day.has_value();
    case Evidence::kLaunchMinutes:
      return facts.launch_minutes && facts.launch_day.has_value();
    case Evidence::kUntil:
      return facts.until.has_value();
    case Evidence::kTarget:
      return facts.target_chosen;
    default:
      return !facts.reason.empty();
  }
}

}  // namespace

Sentence evidence_name(Evidence evidence) {
  switch (evidence) {
    case Evidence::kSurvey:
      return {"phiếu khảo sát vị trí", "the survey of the site"};
    case Evidence::kAgreement:
      return {"đồng thuận còn hiệu lực của chủ camera hoặc căn cứ nơi công cộng",
              "the owner's agreement in force, or the basis of a public place"};
    case Evidence::kDecision:
      return {"số và ngày quyết định", "number and day of the decision"};
    case Evidence::kLaunchMinutes:
      return {"biên bản và ngày ra mắt", "minutes and day of the launch"};
    case Evidence::kAcceptance:
      return {"nghiệm thu: ảnh ngày, ảnh đêm, giờ đúng", "acceptance: picture by day and by night, right clock"};
    case Evidence::kNoticeSign:
      return {"ảnh biển báo có camera", "a photo of the notice sign"};
    case Evidence::kOwnPassword:
      return {"xác nhận đã đổi mật khẩu của hãng", "the attestation that the maker's password was changed"};
    case Evidence::kMasks:
      return {"vùng che nhà dân", "privacy masks over homes"};
    case Evidence::kReason:
      return {"lý do", "a reason"};
    case Evidence::kUntil:
      return {"thời hạn", "a day until when"};
    case Evidence::kFundsRequest:
      return {"đề nghị kinh phí", "the request for funds"};
    case Evidence::kFixReport:
      return {"kết quả sửa chữa", "what was repaired"};
    case Evidence::kTarget:
      return {"mô hình sáp nhập vào", "the model it merges into"};
  }
  return {};
}

const StateName* StateMachine::find(std::string_view code) const {
  const auto found = std::find_if(states_.begin(), states_.end(), [&](const StateName& s) { return s.code == code; });
  return found == states_.end() ? nullptr : &*found;
}

std::vector<const Step*> StateMachine::steps_from(std::string_view state) const {
  std::vector<const Step*> found;
  for (const Step& step : steps_) {
    if (step.from == state) found.push_back(&step);
  }
  return found;
}

const Step* StateMachine::step(std::string_view from, std::string_view to) const {
  const auto found =
      std::find_if(steps_.begin(), steps_.end(), [&](const Step& s) { return s.from == from && s.to == to; });
  return found == steps_.end() ? nullptr : &*found;
}

const StateMachine& camera_life() { return kCameraLife; }
const StateMachine& model_life() { return kModelLife; }
const StateMachine& ticket_life() { return kTicketLife; }

void check_camera_step(std::string_view from, std::string_view to, const CameraFacts& facts, Problems& problems) {
  const Step* step = find_step(kCameraLife, from, to, problems);
  if (step == nullptr) return;
  for (const Evidence evidence : step->needs) {
    if (!camera_has(evidence, facts)) miss(camera_rule(evidence, to), evidence, "evidence", problems);
  }
}

void check_model_step(std::string_view from, std::string_view to, const ModelFacts& facts, Problems& problems) {
  const Step* step = find_step(kModelLife, from, to, problems);
  if (step == nullptr) return;
  const std::string_view rule = to == "RA_MAT" ? "V8" : "";
  for (const Evidence evidence : step->needs) {
    if (!model_has(evidence, facts)) miss(rule, evidence, "evidence", problems);
  }
  if (to == "RA_MAT" && facts.decision_day && facts.launch_day && *facts.decision_day > *facts.launch_day) {
    problems.refuse(
        "V8", "launch_day",
        fmt::format("Ngày ra mắt {} trước ngày quyết định {}.", facts.launch_day->local(), facts.decision_day->local()),
        fmt::format("The launch on {} lies before the decision of {}.", facts.launch_day->local(),
                    facts.decision_day->local()));
  }
}

bool model_takes_cameras(std::string_view state) {
  return kModelLife.find(state) != nullptr && !kModelLife.is_end(state);
}

void check_ticket_step(std::string_view from, std::string_view to, const TicketFacts& facts, Problems& problems) {
  const Step* step = find_step(kTicketLife, from, to, problems);
  if (step == nullptr) return;
  for (const Evidence evidence : step->needs) {
    const bool there = evidence == Evidence::kFundsRequest ? facts.funds_request
                       : evidence == Evidence::kFixReport  ? facts.fix_report
                                                           : !facts.reason.empty();
    if (!there) miss("", evidence, "evidence", problems);
  }
}

}  // namespace vonggac::catalogue
