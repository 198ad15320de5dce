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

}  // namespace

std::span<const Role> roles() { return kRoles; }

const Role* find_role(std::string_view code) {
  const auto found = std::find_if(kRoles.begin(), kRoles.end(), [&](const Role& r) { return r.code == code; });
  return found == kRoles.end() ? nullptr : &*found;
}

}  // namespace vonggac::access
