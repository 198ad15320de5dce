#include "access/roles.h"

#include <algorithm>
#include <array>

namespace vonggac::access {
namespace {

constexpr std::array<Role, 10> kRoles{{
    {"TRUC", "Cán bộ trực", "duty operator",
     Action::kStatusRead | Action::kLiveView | Action::kEventAcknowledge | Action::kClipHold | Action::kTicketRead |
         Action::kPtz},
    {"XAC_MINH", "Cán bộ xác minh, điều tra", "investigator",
     Action::kStatusRead | Action::kLiveView | Action::kPlayback | Action::kClipHold | Action::kRequestMake |
         Action::kExportMake | Action::kRegisterRead},
    {"MO_HINH", "Cán bộ phụ trách mô hình", "model coordinator",
     Action::kStatusRead | Action::kLiveView | Action::kRegisterRead | Action::kRegisterWrite | Action::kTicketRead |
         Action::kTicketWrite | Action::kCameraConnect | Action::kReportRead},
    {"DUYET", "Người duyệt", "approver",
     Action::kStatusRead | Action::kLiveView | Action::kPlayback | Action::kRequestApprove | Action::kRegisterRead |
         Action::kReportRead | Action::kAuditRead,
     true},
    {"KY_THUAT", "Kỹ thuật viên", "technician",
     Action::kStatusRead | Action::kLiveView | Action::kCameraConnect | Action::kTicketRead | Action::kTicketWrite |
         Action::kPtz},
    {"CHU_CAMERA", "Chủ camera", "camera owner", Action::kStatusRead | Action::kLiveView | Action::kAgreementWithdraw},
    {"TRUONG_KHU", "Trưởng khu dân cư", "head of a residential area",
     Action::kStatusRead | Action::kTicketRead | Action::kTicketWrite},
    {"KIEM_TRA", "Kiểm tra", "inspector",
     Action::kStatusRead | Action::kRegisterRead | Action::kTicketRead | Action::kReportRead | Action::kAuditRead},
    {"QUAN_TRI", "Quản trị", "administrator",
     Action::kStatusRead | Action::kUserManage | Action::kSystemConfigure | Action::kRegisterRead | Action::kAuditRead,
     true},
    {"LANH_DAO", "Lãnh đạo", "leader", Action::kStatusRead | Action::kReportRead | Action::kRegisterRead},
}};

constexpr std::array<ActionName, 19> kActionNames{{
    {Action::kStatusRead, "status_read", "xem tình trạng camera", "see which cameras work"},
    {Action::kLiveView, "live_view", "xem trực tiếp", "watch live"},
    {Action::kPlayback, "playback", "xem lại bản ghi", "play recordings"},
    {Action::kEventAcknowledge, "event_acknowledge", "xác nhận báo động", "acknowledge alarms"},
    {Action::kClipHold, "clip_hold", "giữ lại đoạn ghi", "hold recordings"},
    {Action::kExportMake, "export_make", "trích xuất đoạn ghi", "export recordings"},
    {Action::kRequestMake, "request_make", "đề nghị cung cấp dữ liệu", "request evidence"},
    {Action::kRequestApprove, "request_approve", "duyệt đề nghị", "approve requests"},
    {Action::kRegisterRead, "register_read", "xem sổ đăng ký", "read the register"},
    {Action::kRegisterWrite, "register_write", "cập nhật sổ đăng ký", "change the register"},
    {Action::kTicketRead, "ticket_read", "xem phiếu sửa chữa", "read repair tickets"},
    {Action::kTicketWrite, "ticket_write", "cập nhật phiếu sửa chữa", "change repair tickets"},
    {Action::kCameraConnect, "camera_connect", "kết nối và cài đặt camera", "connect and set up cameras"},
    {Action::kReportRead, "report_read", "xem báo cáo", "read reports"},
    {Action::kAuditRead, "audit_read", "xem nhật ký truy cập", "read the audit"},
    {Action::kUserManage, "user_manage", "quản lý tài khoản và quyền", "manage accounts and grants"},
    {Action::kSystemConfigure, "system_configure", "cấu hình hệ thống", "configure the system"},
    {Action::kAgreementWithdraw, "agreement_withdraw", "rút lại thỏa thuận", "withdraw an agreement"},
    {Action::kPtz, "ptz", "điều khiển xoay, phóng", "pan, tilt and zoom"},
}};

}  // namespace

std::span<const ActionName> action_names() { return kActionNames; }

const ActionName* find_action(std::string_view code) {
  const auto found =
      std::find_if(kActionNames.begin(), kActionNames.end(), [&](const ActionName& a) { return a.code == code; });
  return found == kActionNames.end() ? nullptr : &*found;
}

Actions all_actions() {
  Actions all = 0;
  for (const ActionName& name : kActionNames) all = all | name.action;
  return all;
}

std::span<const Role> roles() { return kRoles; }

const Role* find_role(std::string_view code) {
  const auto found = std::find_if(kRoles.begin(), kRoles.end(), [&](const Role& r) { return r.code == code; });
  return found == kRoles.end() ? nullptr : &*found;
}

}  // namespace vonggac::access
