#include "api/live_control.h"

#include <boost/json.hpp>

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxCommandDepth = 4;

const json::string* text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_string();
}

base::Result<LiveOp> op_of(std::string_view name) {
  if (name == "subscribe") return LiveOp::kSubscribe;
  if (name == "unsubscribe") return LiveOp::kUnsubscribe;
  if (name == "pause") return LiveOp::kPause;
  if (name == "resume") return LiveOp::kResume;
  return base::invalid_argument("unknown op");
}

}  // namespace

base::Result<LiveCommand> parse_live_command(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxCommandDepth;
  boost::system::error_code error;
  const json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return base::invalid_argument("not a JSON object");
  const json::object& object = value.get_object();
  LiveCommand command;
  const json::string* op = text_of(object, "op");
  if (op == nullptr) return base::invalid_argument("op is missing");
  VG_ASSIGN(command.op, op_of(*op));
  const json::value* tile = object.if_contains("tile");
  if (tile == nullptr || !tile->is_int64() || tile->get_int64() < 0 || tile->get_int64() > 255) {
    return base::invalid_argument("tile is not 0..255");
  }
  command.tile = static_cast<std::uint8_t>(tile->get_int64());
  if (command.op != LiveOp::kSubscribe) return command;
  const json::string* camera = text_of(object, "camera");
  if (camera == nullptr) return base::invalid_argument("camera is missing");
  VG_ASSIGN(const base::Uuid id, base::Uuid::parse(std::string_view(*camera)));
  command.camera = base::CameraId{id};
  const json::string* role = text_of(object, "role");
  if (role == nullptr || (*role != "sub" && *role != "main")) return base::invalid_argument("role is not sub or main");
  command.role = *role == "main" ? media::StreamRole::kMain : media::StreamRole::kSub;
  return command;
}

std::string live_init_text(std::uint8_t tile, const base::CameraId& camera, const live::LiveInit& init) {
  return json::serialize(json::object{{"type", "init"},
                                      {"tile", tile},
                                      {"camera", camera.to_string()},
                                      {"codec", media::codec_name(init.codec)},
                                      {"mime", "video/mp4; codecs=\"" + init.codecs + "\""},
                                      {"width", init.width},
                                      {"height", init.height}});
}

std::string live_ended_text(std::uint8_t tile, const std::string& reason) {
  return json::serialize(json::object{{"type", "ended"}, {"tile", tile}, {"reason", reason}});
}

std::string live_error_text(const std::string& detail) {
  return json::serialize(json::object{{"type", "error"}, {"detail", detail}});
}

}  // namespace vonggac::api
