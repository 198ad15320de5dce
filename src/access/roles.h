/// Who may do what: the ten roles, and the actions that each allows. A role counts within the area and the time of the
/// grant that gives it (grants.h).
/// Source   docs of the domain, section 3.6: the coordinator registers but does not play back by default; a technician
/// sees
///          connections, not archives; an administrator configures and sees no footage.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace vonggac::access {

/// One bit each; only in memory.
enum class Action : std::uint64_t {
  kStatusRead = 1U << 0,  ///< which camera works and why one does not
  kLiveView = 1U << 1,
  kPlayback = 1U << 2,
  kEventAcknowledge = 1U << 3,
  kClipHold = 1U << 4,
  kExportMake = 1U << 5,
  kRequestMake = 1U << 6,  ///< ask for evidence
  kRequestApprove = 1U << 7,
  kRegisterRead = 1U << 8,
  kRegisterWrite = 1U << 9,
  kTicketRead = 1U << 10,
  kTicketWrite = 1U << 11,
  kCameraConnect = 1U << 12,  ///< address, password, zones, masks
  kReportRead = 1U << 13,
  kAuditRead = 1U << 14,
  kUserManage = 1U << 15,
  kSystemConfigure = 1U << 16,
  kAgreementWithdraw = 1U << 17,
  kPtz = 1U << 18,
};
using Actions = std::uint64_t;
constexpr Actions operator|(Action a, Action b) { return static_cast<Actions>(a) | static_cast<Actions>(b); }
constexpr Actions operator|(Actions a, Action b) { return a | static_cast<Actions>(b); }
constexpr bool allows(Actions actions, Action action) { return (actions & static_cast<Actions>(action)) != 0; }

/// A name for menus, tokens and the audit: "live_view".
struct ActionName {
  Action action;
  std::string_view code, vi, en;
};
std::span<const ActionName> action_names();
const ActionName* find_action(std::string_view code);
Actions all_actions();

struct Role {
  std::string_view code;  ///< kept in the database
  std::string_view vi, en;
  Actions actions;
  bool needs_second_factor = false;
};

std::span<const Role> roles();
const Role* find_role(std::string_view code);

}  // namespace vonggac::access
