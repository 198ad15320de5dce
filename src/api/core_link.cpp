#include "api/core_link.h"

#include <utility>
#include <variant>

#include <boost/json.hpp>

#include "base/log.h"

namespace vonggac::api {
namespace {

constexpr base::Micros kKeepAnswers = base::Seconds(5);
constexpr std::size_t kMaxKeptAnswers = 64;

base::ErrorKind kind_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(base::ErrorKind::kInternal); ++i) {
    const auto kind = static_cast<base::ErrorKind>(i);
    if (name == base::error_kind_name(kind) && kind != base::ErrorKind::kOk) return kind;
  }
  return base::ErrorKind::kInternal;
}

/// Core's refusal as a Status; ok when the reply says ok. `field`: which part of the question was wrong.
base::Status status_of(const std::string& json, std::string& field) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_object()) return base::internal_error("core's reply cannot be read");
  const boost::json::object& reply = value.get_object();
  const boost::json::value* ok = reply.if_contains("ok");
  if (ok != nullptr && ok->is_bool() && ok->get_bool()) return {};
  const boost::json::value* refusal = reply.if_contains("error");
  if (refusal == nullptr || !refusal->is_object()) return base::internal_error("core's reply cannot be read");
  const boost::json::value* kind = refusal->get_object().if_contains("kind");
  const boost::json::value* message = refusal->get_object().if_contains("message");
  const boost::json::value* wrong = refusal->get_object().if_contains("field");
  if (wrong != nullptr && wrong->is_string()) field = std::string(wrong->get_string());
  return {kind != nullptr && kind->is_string() ? kind_of(kind->get_string()) : base::ErrorKind::kInternal,
          message != nullptr && message->is_string() ? std::string(message->get_string()) : std::string()};
}

}  // namespace

void CoreLink::ask(const std::string& json, base::Micros max_age, Answer answer) {
  const base::MonoTime now = clock_.mono_now();
  forget_old_answers(now);
  if (const auto kept = kept_.find(json); kept != kept_.end() && now - kept->second.received <= max_age) {
    answer(kept->second.reply);
    return;
  }
  if (const auto open = asked_.find(json); open != asked_.end()) {
    questions_[open->second].answers.push_back(std::move(answer));
    return;
  }
  if (questions_.size() >= kMaxOpenQuestions) {
    answer(base::unavailable("too many open questions to core"));
    return;
  }
  const std::uint32_t id = next_id_++;
  if (const base::Status sent = channel_.send(ipc::ControlRequest{id, json}); !sent.ok()) {
    answer(sent);
    return;
  }
  asked_[json] = id;
  questions_[id] = Question{json, now, {}};
  questions_[id].answers.push_back(std::move(answer));
}

void CoreLink::command(const std::string& json, Answer answer) {
  if (questions_.size() >= kMaxOpenQuestions) {
    answer(base::unavailable("too many open questions to core"));
    return;
  }
  const std::uint32_t id = next_id_++;
  if (const base::Status sent = channel_.send(ipc::ControlRequest{id, json}); !sent.ok()) {
    answer(sent);
    return;
  }
  Question question{"", clock_.mono_now(), {}};
  question.answers.push_back(std::move(answer));
  questions_[id] = std::move(question);
}

std::uint32_t CoreLink::subscribe(const base::CameraId& camera, media::StreamRole role) {
  const std::uint32_t id = next_id_++;
  subscriptions_[id] = Subscription{camera, role};
  const base::Status sent = channel_.send(ipc::LiveSubscribe{id, camera, role, true});
  if (!sent.ok()) base::log::warning("api", "live subscription not sent: {}", sent.to_string());
  return id;
}

void CoreLink::unsubscribe(std::uint32_t subscription) {
  const auto found = subscriptions_.find(subscription);
  if (found == subscriptions_.end()) return;
  const Subscription gone = found->second;
  subscriptions_.erase(found);
  const base::Status sent = channel_.send(ipc::LiveSubscribe{subscription, gone.camera, gone.role, false});
  if (!sent.ok()) base::log::warning("api", "end of live subscription not sent: {}", sent.to_string());
}

base::Status CoreLink::on_readable() {
  VG_ASSIGN(std::vector<ipc::Received> messages, channel_.receive());
  for (const ipc::Received& received : messages) {
    if (const auto* reply = std::get_if<ipc::ControlReply>(&received.message)) take(*reply);
    if (std::holds_alternative<ipc::Shutdown>(received.message)) shutdown_asked_ = true;
    if (receiver_ == nullptr) continue;
    // A subscription that was just given up may still have messages on their way.
    if (const auto* parameters = std::get_if<ipc::LiveParameters>(&received.message)) {
      if (subscriptions_.contains(parameters->subscription)) {
        receiver_->on_live_parameters(parameters->subscription, parameters->parameters);
      }
    } else if (const auto* unit = std::get_if<ipc::LiveUnit>(&received.message)) {
      if (subscriptions_.contains(unit->subscription)) receiver_->on_live_unit(unit->subscription, unit->unit);
    } else if (const auto* ended = std::get_if<ipc::LiveEnded>(&received.message)) {
      if (subscriptions_.contains(ended->subscription)) {
        receiver_->on_live_ended(ended->subscription, ended->reason, ended->detail);
      }
    }
  }
  return {};
}

void CoreLink::take(const ipc::ControlReply& reply) {
  const auto found = questions_.find(reply.id);
  if (found == questions_.end()) return;  // answered too late
  const base::Status status = status_of(reply.json, refused_field_);
  if (!status.ok()) {
    finish(reply.id, status);
    refused_field_.clear();
    return;
  }
  if (!found->second.json.empty() && kept_.size() < kMaxKeptAnswers)
    kept_[found->second.json] = Kept{reply.json, clock_.mono_now()};
  finish(reply.id, reply.json);
}

void CoreLink::finish(std::uint32_t id, const base::Result<std::string>& result) {
  const auto found = questions_.find(id);
  const Question question = std::move(found->second);
  questions_.erase(found);
  asked_.erase(question.json);
  for (const Answer& answer : question.answers) answer(result);
}

void CoreLink::tick() {
  const base::MonoTime now = clock_.mono_now();
  std::vector<std::uint32_t> late;
  for (const auto& [id, question] : questions_) {
    if (now - question.asked > kAnswerWithin) late.push_back(id);
  }
  for (const std::uint32_t id : late) finish(id, base::timed_out("core did not answer"));
  forget_old_answers(now);
}

void CoreLink::abandon() {
  const auto dropped = std::exchange(questions_, {});
  asked_.clear();
}

void CoreLink::forget_old_answers(base::MonoTime now) {
  std::erase_if(kept_, [now](const auto& entry) { return now - entry.second.received > kKeepAnswers; });
}

}  // namespace vonggac::api
