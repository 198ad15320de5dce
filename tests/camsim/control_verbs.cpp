#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "camsim/control.h"

namespace vonggac::camsim {
namespace {

namespace json = boost::json;

using Cameras = std::vector<Camera*>;

void for_connections(World& world, Camera& camera, void (*each)(Connection&)) {
  world.for_connections_of(camera, each);
}

base::Status run_normal(World& world, const Cameras& cameras, VerbArguments& arguments) {
  VG_TRY(arguments.finish());
  for (Camera* camera : cameras) {
    camera->back_to_normal();
    for_connections(world, *camera, [](Connection& connection) { connection.faults_changed(); });
  }
  return {};
}

base::Status run_reset(World& world, const Cameras& cameras, VerbArguments& arguments) {
  VG_TRY(arguments.finish());
  for (Camera* camera : cameras) for_connections(world, *camera, [](Connection& connection) { connection.reset(); });
  return {};
}

/// Arguments: stream "main", "sub" or "both".
base::Result<std::vector<media::StreamRole>> chosen_roles(VerbArguments& arguments, std::string_view fallback) {
  const std::string stream = arguments.text("stream", fallback);
  if (stream == "main") return std::vector{media::StreamRole::kMain};
  if (stream == "sub") return std::vector{media::StreamRole::kSub};
  if (stream == "both") return std::vector{media::StreamRole::kMain, media::StreamRole::kSub};
  return base::invalid_argument("'stream' is main, sub or both");
}

template <typename Each>
void for_streams(const Cameras& cameras, const std::vector<media::StreamRole>& roles, Each each) {
  for (Camera* camera : cameras) {
    for (const media::StreamRole role : roles) {
      if (Stream* stream = camera->stream(role)) each(*stream);
    }
  }
}

base::Status run_switch(World& world, const Cameras& cameras, VerbArguments& arguments) {
  const std::string file = arguments.text("file", "");
  const bool reset = arguments.flag("reset", false);
  VG_ASSIGN(const std::vector<media::StreamRole> roles, chosen_roles(arguments, "main"));
  VG_TRY(arguments.finish());
  if (file.empty()) return base::invalid_argument("'file' is missing");
  VG_ASSIGN(const std::shared_ptr<const Clip> clip, world.clip(file));
  for_streams(cameras, roles, [&](Stream& stream) { stream.switch_clip(clip); });
  if (!reset) return {};
  for (Camera* camera : cameras) for_connections(world, *camera, [](Connection& connection) { connection.reset(); });
  return {};
}

base::Status run_reboot(World& world, const Cameras& cameras, VerbArguments& arguments) {
  const std::int64_t down_us = arguments.millis_as_us("down_ms", 40'000);
  const std::string file = arguments.text("file", "");
  VG_TRY(arguments.finish());
  std::shared_ptr<const Clip> clip;
  if (!file.empty()) {
    VG_ASSIGN(clip, world.clip(file));
  }
  for (Camera* camera : cameras) {
    for_connections(world, *camera, [](Connection& connection) { connection.reset(); });
    if (clip) camera->stream(media::StreamRole::kMain)->switch_clip(clip);
    camera->reboot(down_us);
  }
  return {};
}

/// The two modes of `ts` that happen once and are over.
base::Status run_ts_event(const Cameras& cameras, VerbArguments& arguments, const std::string& mode) {
  const bool jump = mode == "jump";
  const std::int64_t delta_us = arguments.millis_as_us("delta_ms", jump ? 3'600'000 : 500);
  VG_ASSIGN(const std::vector<media::StreamRole> roles, chosen_roles(arguments, "both"));
  VG_TRY(arguments.finish());
  const std::int64_t delta_90k = base::ticks_90k_from_us(delta_us);
  for_streams(cameras, roles, [&](Stream& stream) {
    stream.catch_up();
    if (jump) {
      stream.video().jump_timestamps(delta_90k);
    } else {
      stream.video().step_back_once(delta_90k);
    }
  });
  return {};
}

base::Status run_audio_drop_out(const Cameras& cameras, VerbArguments& arguments) {
  const std::int64_t gap_us = arguments.millis_as_us("gap_ms", 1000);
  VG_TRY(arguments.finish());
  for_streams(cameras, {media::StreamRole::kMain, media::StreamRole::kSub}, [&](Stream& stream) {
    if (stream.audio() != nullptr) stream.audio()->drop_out(gap_us);
  });
  return {};
}

base::Status run_fault(World& world, const Cameras& cameras, std::string_view verb, VerbArguments& arguments) {
  for (Camera* camera : cameras) {
    Faults faults = camera->faults();
    VG_TRY(apply_fault(verb, arguments, world.reactor().now_us(), faults));
    camera->set_faults(faults);
    for_connections(world, *camera, [](Connection& connection) { connection.faults_changed(); });
  }
  return {};
}

base::Status run_verb(World& world, const Cameras& cameras, std::string_view verb, VerbArguments& arguments) {
  if (verb == "normal") return run_normal(world, cameras, arguments);
  if (verb == "reset") return run_reset(world, cameras, arguments);
  if (verb == "switch") return run_switch(world, cameras, arguments);
  if (verb == "reboot") return run_reboot(world, cameras, arguments);
  if (verb == "audio" && arguments.has("gap_ms")) return run_audio_drop_out(cameras, arguments);
  if (verb == "ts") {
    const std::string mode = arguments.text("mode", "");
    if (mode == "jump" || mode == "back") return run_ts_event(cameras, arguments, mode);
  }
  return run_fault(world, cameras, verb, arguments);
}

json::object stream_stats(Stream& stream) {
  stream.catch_up();
  const StreamCounts& counts = stream.counts();
  json::object out;
  out["counter"] = stream.video().counter();  // also the number of the next access unit
  out["clients"] = counts.playing;
  out["bytes"] = counts.video.bytes + counts.audio.bytes;
  out["units_sent"] = counts.video.units;
  out["units_dropped"] = counts.video.units_dropped;
  out["audio_units_sent"] = counts.audio.units;
  out["sessions_opened"] = counts.sessions_opened;
  out["max_simultaneous"] = counts.max_playing;
  return out;
}

json::object camera_stats(World& world, Camera& camera) {
  json::object out;
  out["main"] = stream_stats(*camera.stream(media::StreamRole::kMain));
  if (Stream* sub = camera.stream(media::StreamRole::kSub)) out["sub"] = stream_stats(*sub);
  int open_connections = 0;
  world.for_connections_of(camera, [&](Connection&) { ++open_connections; });
  const Camera::Seen& seen = camera.seen();
  out["open_connections"] = open_connections;
  out["connections"] = seen.connections;
  out["away"] = camera.away();
  out["auth_refused"] = seen.auth_refused;
  out["basic_seen"] = seen.basic_seen;
  json::object requests;
  for (const auto& [method, count] : seen.requests) requests[method] = count;
  out["requests"] = std::move(requests);
  json::array attempts;
  for (const std::int64_t wall_us : seen.attempts_wall_us) attempts.push_back(wall_us);
  out["attempts_wall_us"] = std::move(attempts);
  return out;
}

json::object refusal(const std::string& why) { return {{"ok", false}, {"error", why}}; }

std::string text_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string().c_str()) : std::string();
}

Cameras chosen_cameras(World& world, const std::string& name) {
  Cameras chosen;
  for (const auto& camera : world.cameras()) {
    if (name == "*" || camera->name() == name) chosen.push_back(camera.get());
  }
  return chosen;
}

}  // namespace

json::object run_command(World& world, std::string_view line) {
  json::error_code error;
  const json::value command = json::parse(line, error);
  if (error || !command.is_object()) return refusal("not a JSON object");
  const json::object& object = command.as_object();
  const std::string name = text_field(object, "camera");
  const std::string verb = text_field(object, "verb");
  const Cameras cameras = chosen_cameras(world, name);
  if (cameras.empty()) return refusal("no camera '" + name + "'");
  json::object reply = {{"ok", true}};
  if (verb == "stats") {
    json::object& stats = reply["stats"].emplace_object();
    for (Camera* camera : cameras) stats[camera->name()] = camera_stats(world, *camera);
    return reply;
  }
  VerbArguments arguments(object);
  if (const base::Status status = run_verb(world, cameras, verb, arguments); !status.ok()) {
    return refusal(status.message());
  }
  json::array& names = reply["cameras"].emplace_array();
  for (const Camera* camera : cameras) names.emplace_back(camera->name());
  return reply;
}

}  // namespace vonggac::camsim
