#include "api/register_watch.h"

#include <fmt/format.h>

#include "access/audit.h"
#include "api/status_fields.h"
#include "base/log.h"
#include "catalogue/code_lists.h"
#include "catalogue/fault_watch.h"
#include "gate/agreement_pauses.h"
#include "gate/camera_access.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

/// A change is confirmed by looks a minute apart; what stays as it is must be seen again before it counts as silent.
constexpr base::Micros kFeedAfterChange = base::Seconds(150), kFeedAgain = base::Seconds(240);
constexpr base::Micros kWatchFaultsEvery = base::Seconds(60);

/// The recorder names them in English, the register by code.
std::string tamper_code(std::string_view kind) {
  for (const catalogue::NamedCode& one : catalogue::tamper_kinds().values) {
    if (one.en == kind) return std::string(one.code);
  }
  return "";
}

std::vector<json::object> cameras_of(const std::string& reply) {
  std::vector<json::object> found;
  boost::system::error_code error;
  const json::value value = json::parse(reply, error);
  const json::value* cameras = error ? nullptr : value.find_pointer("/status/cameras", error);
  if (cameras == nullptr || !cameras->is_array()) return found;
  for (const json::value& one : cameras->get_array()) {
    if (one.is_object()) found.push_back(one.get_object());
  }
  return found;
}

base::Result<bool> is_registered(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select id from camera where id = $1 and merged_into is null and kind <> 'CHI_DANG_KY'", {camera}));
  return !rows.empty();
}

base::Status note_silence(store::WriteSession& session, const base::CameraId& camera, const catalogue::Sentence& why) {
  access::AuditEntry entry;
  entry.action = "recording.silenced_without_agreement";
  entry.subject_kind = "camera";
  entry.subject = camera;
  entry.detail = json::serialize(json::object{{"why", why.vi}});
  return access::write_audit(session, entry);
}

}  // namespace

catalogue::HealthSample health_sample(const json::object& camera, base::WallTime now) {
  const std::string state = text_at(camera, "state");
  catalogue::HealthSample sample;
  sample.at = now;
  sample.configured = !text_at(camera, "url").empty();
  sample.video = state == "recording" || state == "live";
  sample.reachable = sample.video || state == "no_media" || state == "auth_refused";
  // A camera that waits for motion or its schedule is not broken; one that cannot write is.
  const bool disk_failed = text_at(camera, "reason") == "disk_failed";
  if (sample.video && (state == "recording" || disk_failed)) sample.recording = !disk_failed;
  if (const json::value* streams = camera.if_contains("streams"); streams != nullptr && streams->is_array()) {
    for (const json::value& one : streams->get_array()) {
      if (!one.is_object() || text_at(one.get_object(), "role") != "main") continue;
      const json::value* offset = one.get_object().if_contains("clock_offset_ms");
      if (offset != nullptr && offset->is_int64()) sample.skew_ms = offset->get_int64();
    }
  }
  const json::value* tampers = camera.if_contains("tamper");
  if (tampers != nullptr && tampers->is_array() && !tampers->get_array().empty()) {
    const json::value& first = tampers->get_array().front();
    if (first.is_object()) sample.tamper = tamper_code(text_at(first.get_object(), "kind"));
  }
  return sample;
}

bool WatchRounds::is_news(const base::CameraId& camera, const catalogue::HealthSample& sample) {
  const std::string state(catalogue::health_of(sample, {}));
  const auto found = looks_.find(camera);
  if (found == looks_.end() || found->second.state != state || found->second.tamper != sample.tamper) return true;
  return sample.at - found->second.changed <= kFeedAfterChange || sample.at - found->second.fed >= kFeedAgain;
}

base::Status WatchRounds::feed(store::WriteSession& session, const base::CameraId& camera,
                               const catalogue::HealthSample& sample) {
  VG_TRY(catalogue::note_health(session, camera, sample).error());
  const std::string state(catalogue::health_of(sample, {}));
  const auto [look, fresh] = looks_.try_emplace(camera);
  if (fresh || look->second.state != state || look->second.tamper != sample.tamper) look->second.changed = sample.at;
  look->second.state = state;
  look->second.tamper = sample.tamper;
  look->second.fed = sample.at;
  return {};
}

base::Result<AgreementOrder> WatchRounds::order_for(store::WriteSession& session, const base::CameraId& camera,
                                                    const json::object& seen) {
  AgreementOrder order{camera, std::nullopt, false};
  VG_ASSIGN(const gate::PauseOrder pause, gate::settle_agreement_pause(session, camera, flag_at(seen, "paused")));
  if (pause != gate::PauseOrder::kNone) order.pause = pause == gate::PauseOrder::kPause;
  if (!flag_at(seen, "audio")) {
    silenced_.erase(camera);
    return order;
  }
  VG_ASSIGN(const auto sound, gate::sound_decision(session, camera, session.now()));
  order.silence = sound && !sound->allowed;
  if (order.silence && !silenced_.contains(camera)) {
    VG_TRY(note_silence(session, camera, sound->why_not));
    silenced_.insert(camera);
  }
  return order;
}

base::Result<std::vector<AgreementOrder>> WatchRounds::take(const std::string& status) {
  const std::vector<json::object> cameras = cameras_of(status);
  std::vector<AgreementOrder> commands;
  // Not a change of the register by somebody: what changed in it tells the outbox by itself.
  const base::Status written = office_.store().write_quietly([&](store::WriteSession& session) -> base::Status {
    commands.clear();
    for (const json::object& one : cameras) {
      const auto id = base::Uuid::parse(text_at(one, "id"));
      if (!id) continue;
      const base::CameraId camera{*id};
      VG_ASSIGN(const bool registered, is_registered(session, camera));
      if (!registered) continue;
      VG_ASSIGN(const AgreementOrder order, order_for(session, camera, one));
      if (order.pause || order.silence) commands.push_back(order);
      // What rests by the owner's will is not broken.
      if (flag_at(one, "paused")) continue;
      const catalogue::HealthSample sample = health_sample(one, session.now());
      if (is_news(camera, sample)) VG_TRY(feed(session, camera, sample));
    }
    if (session.now() - faults_watched_ < kWatchFaultsEvery) return {};
    VG_TRY(catalogue::expire_silent(session).error());
    VG_TRY(catalogue::watch_faults(session).error());
    faults_watched_ = session.now();
    return {};
  });
  VG_TRY(written);
  return commands;
}

void RegisterWatch::tick() {
  const base::MonoTime now = parts_.clock.mono_now();
  if (under_way_ || now < next_) return;
  next_ = now + kEvery;
  under_way_ = true;
  parts_.core.ask(R"({"op":"status"})", base::Micros(0), [this](const base::Result<std::string>& reply) {
    if (reply) {
      take(*reply);
    } else {
      under_way_ = false;
    }
  });
}

void RegisterWatch::take(const std::string& status) {
  const auto commands = std::make_shared<std::vector<AgreementOrder>>();
  const bool accepted = parts_.files.run(
      [rounds = rounds_, status, commands] {
        base::Result<std::vector<AgreementOrder>> found = rounds->take(status);
        if (found) {
          *commands = std::move(*found);
        } else {
          base::log::warning("api", "the register did not take what the recorder says: {}", found.error().to_string());
        }
      },
      [this, commands] {
        under_way_ = false;
        tell(*commands);
      });
  if (!accepted) under_way_ = false;
}

void RegisterWatch::tell(const std::vector<AgreementOrder>& orders) {
  for (const AgreementOrder& one : orders) {
    json::object request{{"op", "camera.set"}, {"id", one.camera.to_string()}};
    if (one.pause) request["paused"] = *one.pause;
    if (one.silence) request["audio"] = false;
    std::string what = one.silence ? "without sound, its owner has not agreed to it" : "";
    if (one.pause)
      what += one.pause.value() ? " paused, its owner has not agreed" : " goes on, an agreement is in force";
    parts_.core.command(json::serialize(request), [one, what](const base::Result<std::string>& reply) {
      if (reply) {
        base::log::info("api", "camera {}: {}", one.camera.to_string(), what);
      } else {
        base::log::warning("api", "camera {} does not obey ({}): {}", one.camera.to_string(), what,
                           reply.error().to_string());
      }
    });
  }
}

}  // namespace vonggac::api
