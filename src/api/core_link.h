/// The web worker's side of the channel to core: questions with answers by id, and live subscriptions.
/// Flow     ask() -> ControlRequest -> core -> ControlReply -> callback. subscribe() -> LiveSubscribe ->
/// LiveParameters,
///          LiveUnit, LiveEnded -> LiveReceiver.
/// Threads  bound to the web worker's loop; callbacks run inside on_readable() and tick().
/// Owns     open questions and the newest answers (equal questions share one answer for a short while, so that many
///          open pages cost core no more than one).
/// Errors   callbacks get kTimedOut, kUnavailable (too many questions, core is gone) or core's own refusal.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ipc/channel.h"

namespace vonggac::api {

/// Where live units of one subscription go.
class LiveReceiver {
 public:
  virtual ~LiveReceiver() = default;
  virtual void on_live_parameters(std::uint32_t subscription, const media::TrackParameters& parameters) = 0;
  virtual void on_live_unit(std::uint32_t subscription, const media::AccessUnit& unit) = 0;
  virtual void on_live_ended(std::uint32_t subscription, ipc::StreamReason reason, const std::string& detail) = 0;
};

class CoreLink {
 public:
  using Answer = std::function<void(const base::Result<std::string>&)>;
  static constexpr std::size_t kMaxOpenQuestions = 256;
  static constexpr base::Micros kAnswerWithin = base::Seconds(5);

  /// Borrows both.
  CoreLink(const base::Clock& clock, ipc::Channel& channel) : clock_(clock), channel_(channel) {}

  /// Core's whole JSON reply, `ok` being true. An answer not older than `max_age` serves again.
  void ask(const std::string& json, base::Micros max_age, Answer answer);
  /// A change: sent each time it is said, its answer shared with nobody and kept nowhere (it may hold a password).
  void command(const std::string& json, Answer answer);
  /// While a callback gets core's refusal: which part of the question was wrong, as core names it; else empty.
  const std::string& refused_field() const { return refused_field_; }
  std::uint32_t subscribe(const base::CameraId& camera, media::StreamRole role);
  void unsubscribe(std::uint32_t subscription);
  void set_receiver(LiveReceiver* receiver) { receiver_ = receiver; }

  int fd() const { return channel_.fd(); }
  bool wants_write() const { return channel_.wants_write(); }
  /// kUnavailable: core is gone, the worker ends. kDataLoss: the same, with a malformed message.
  base::Status on_readable();
  base::Status on_writable() { return channel_.flush(); }
  /// About every 100 ms: questions that core did not answer in time.
  void tick();
  /// Drops every open question without an answer (the worker ends).
  void abandon();
  /// Core asked the worker to stop.
  bool shutdown_asked() const { return shutdown_asked_; }

 private:
  struct Question {
    std::string json;
    base::MonoTime asked;
    std::vector<Answer> answers;
  };
  struct Kept {
    std::string reply;
    base::MonoTime received;
  };
  void take(const ipc::ControlReply& reply);
  void finish(std::uint32_t id, const base::Result<std::string>& result);
  void forget_old_answers(base::MonoTime now);

  const base::Clock& clock_;
  ipc::Channel& channel_;
  LiveReceiver* receiver_ = nullptr;
  std::string refused_field_;
  std::map<std::uint32_t, Question> questions_;
  std::map<std::string, std::uint32_t> asked_;  ///< text of an open question -> its id
  std::map<std::string, Kept> kept_;
  struct Subscription {
    base::CameraId camera;
    media::StreamRole role = media::StreamRole::kSub;
  };
  std::map<std::uint32_t, Subscription> subscriptions_;
  std::uint32_t next_id_ = 1;
  bool shutdown_asked_ = false;
};

}  // namespace vonggac::api
