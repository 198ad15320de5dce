/// State machines of the register: a camera's life, a model's life, a repair ticket. What may follow what, and what a
/// person must show before it does. Health (what the recorder sees) is another machine (health.h): a camera in service
/// may be dead. Flow     form -> next_states / check_step -> the caller writes the new state with its evidence. Threads
/// pure functions over constant tables. Source   docs of the domain, section 3.3; rules V8, V10, V11, V13.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/day.h"
#include "catalogue/problems.h"

namespace vonggac::catalogue {

struct StateName {
  std::string_view code;  ///< kept in the database
  std::string_view vi, en;
};

/// What a step needs to be shown; each is one thing that a form asks for.
enum class Evidence {
  kSurvey,     ///< site form: photo, view, light, power, uplink
  kAgreement,  ///< owner's agreement in force, or the basis of a public place
  kDecision,   ///< number and day of a decision
  kLaunchMinutes,
  kAcceptance,   ///< picture by day and by night, clock
  kNoticeSign,   ///< photo of the sign, in public places
  kOwnPassword,  ///< the maker's password was changed
  kMasks,        ///< where homes can be seen
  kReason,
  kUntil,  ///< a day until which it rests
  kFundsRequest,
  kFixReport,
  kTarget,  ///< the model it merges into
};
Sentence evidence_name(Evidence evidence);

struct Step {
  std::string_view from, to;
  std::span<const Evidence> needs;
};

class StateMachine {
 public:
  constexpr StateMachine(std::span<const StateName> states, std::span<const Step> steps)
      : states_(states), steps_(steps) {}
  const StateName* find(std::string_view code) const;
  std::span<const StateName> states() const { return states_; }
  std::string_view first() const { return states_.front().code; }
  std::vector<const Step*> steps_from(std::string_view state) const;
  const Step* step(std::string_view from, std::string_view to) const;
  /// A state from which nothing leads on.
  bool is_end(std::string_view state) const { return steps_from(state).empty(); }

 private:
  std::span<const StateName> states_;
  std::span<const Step> steps_;
};

const StateMachine& camera_life();
const StateMachine& model_life();
const StateMachine& ticket_life();

/// What is at hand for a step of a camera; asked from the register by the caller.
struct CameraFacts {
  bool surveyed = false;
  bool public_place = false;
  bool agreement_in_force = false;
  bool decision = false;
  bool accepted = false;
  bool sign_photo = false;
  bool own_password = false;
  bool homes_visible = false;
  bool masks_drawn = false;
  std::string reason;
};
/// V11 and V13 among them; all that is missing at once.
void check_camera_step(std::string_view from, std::string_view to, const CameraFacts& facts, Problems& problems);

struct ModelFacts {
  bool surveyed = false;
  std::string decision_number;
  std::optional<Day> decision_day, launch_day, until;
  bool launch_minutes = false;
  bool target_chosen = false;
  std::string reason;
};
/// V8: no launch without a decision that is not younger than it.
void check_model_step(std::string_view from, std::string_view to, const ModelFacts& facts, Problems& problems);
/// V10: a model that has ended takes no more cameras.
bool model_takes_cameras(std::string_view state);

struct TicketFacts {
  bool fix_report = false;
  bool funds_request = false;
  std::string reason;
};
void check_ticket_step(std::string_view from, std::string_view to, const TicketFacts& facts, Problems& problems);

}  // namespace vonggac::catalogue
