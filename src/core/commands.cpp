#include "core/commands.h"

#include "base/base64.h"
#include "base/log.h"
#include "core/probe_desk.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

std::string error_reply(const base::Status& status, const std::string& field = "") {
  json::object error{{"kind", base::error_kind_name(status.kind())}, {"message", status.message()}};
  if (!field.empty()) error["field"] = field;
  return json::serialize(json::object{{"ok", false}, {"error", std::move(error)}});
}

/// Does the change need new sessions, or only other settings of the running ones?
bool needs_reconnect(const CameraConfig& before, const CameraConfig& after) {
  const auto sources_differ = [](const StreamSource& a, const StreamSource& b) {
    return a.display_url != b.display_url || a.host != b.host || a.port != b.port ||
           a.sealed_request_url != b.sealed_request_url;
  };
  const bool sub_differs =
      before.sub.has_value() != after.sub.has_value() || (before.sub && sources_differ(*before.sub, *after.sub));
  return sources_differ(before.main, after.main) || sub_differs || before.credentials != after.credentials ||
         before.sub_credentials != after.sub_credentials || before.transport != after.transport ||
         before.policy.record_audio != after.policy.record_audio || before.policy.paused != after.policy.paused;
}

}  // namespace

std::string Commands::handle(const std::string& request_json, Caller caller) {
  try {
    boost::system::error_code error;
    json::parse_options limits;
    limits.max_depth = 16;
    const json::value parsed = json::parse(request_json, error, {}, limits);
    if (error || !parsed.is_object()) return error_reply(base::invalid_argument("the request is not a JSON object"));
    refused_field_.clear();
    auto reply = run(parsed.as_object(), caller);
    if (!reply) return error_reply(reply.error(), refused_field_);
    (*reply)["ok"] = true;
    return json::serialize(*reply);
  } catch (const std::exception& e) {
    base::log::error("core", "a command failed unexpectedly: {}", e.what());
    return error_reply(base::internal_error("the command failed; the service's log says more"));
  }
}

base::Result<json::object> Commands::run(const json::object& request, Caller caller) {
  const json::value* op_value = request.if_contains("op");
  const std::string op = op_value != nullptr && op_value->is_string() ? std::string(op_value->as_string()) : "";
  if (op == "status") return json::object{{"status", parts_.status.make()}};
  if (op == "camera.list") return list();
  if (op == "snapshot") return snapshot(request);
  if (op == "motion.tune") return tune(request);
  if (op == "camera.add") return add(request, caller);
  if (op == "camera.set") return set(request);
  if (op == "camera.remove") return remove(request);
  if (op == "motion.shadow") return shadow(request);
  if (op == "motion.wake") return wake(request);
  if (op == "camera.probe") return probe(request);
  if (op == "camera.brands") return camera_brands();
  if (op == "camera.discover") return discover(request);
  if (op == "camera.probe.view") return probe_view(request);
  if (op == "camera.probe.still") return probe_still(request);
  if (op == "camera.probe.cancel") return probe_cancel(request);
  if (op == "camera.accept_view") return accept_view(request);
  if (caller == Caller::kWeb) return base::permission_denied("this is asked for on the command line only");
  if (op == "age_deletion.confirm") {
    parts_.router.confirm_age_deletion();
    return json::object{};
  }
  return base::invalid_argument("no such request: '" + op.substr(0, 64) + "'");
}

base::Result<json::object> Commands::add(const json::object& request, Caller caller) {
  json::object measured;
  VG_ASSIGN(json::object fields, with_probe(request, measured));
  fields.erase("op");
  std::optional<base::CameraId> wanted;
  if (caller == Caller::kWeb && fields.contains("id")) {
    VG_ASSIGN(wanted, camera_id_of(request));
    fields.erase("id");
  }
  VG_ASSIGN(const base::CameraId id, parts_.store.add(fields, wanted));
  const CameraConfig* camera = parts_.store.find(id);
  parts_.router.add_camera(id, camera->policy);
  if (!camera->policy.paused) parts_.ingest.add_camera(*camera);
  parts_.analyse.add_camera(*camera);
  base::log::info("core", "camera {} added: {}", id.to_string(), camera->main.display_url);
  json::object reply{{"id", id.to_string()}, {"camera", to_json(*camera)}};
  if (!measured.empty()) reply["measured"] = std::move(measured);
  return reply;
}

base::Result<json::object> Commands::set(const json::object& request) {
  VG_ASSIGN(const base::CameraId id, camera_id_of(request));
  const CameraConfig* found = parts_.store.find(id);
  if (found == nullptr) return base::not_found("there is no camera with this id");
  const CameraConfig before = *found;
  json::object measured;
  VG_ASSIGN(json::object changes, with_probe(request, measured));
  changes.erase("op");
  changes.erase("id");
  VG_TRY(parts_.store.set(id, changes));
  const CameraConfig& after = *parts_.store.find(id);
  parts_.router.set_policy(id, after.policy);
  if (needs_reconnect(before, after)) {
    if (!before.policy.paused) parts_.ingest.remove_camera(id);
    if (!after.policy.paused) parts_.ingest.add_camera(after);
    if (after.policy.paused) {
      parts_.router.report_absent(id, media::StreamRole::kMain, record::GapCause::kPausedByOwner, "");
    }
  }
  parts_.analyse.update_camera(after);
  json::object reply{{"camera", to_json(after)}};
  if (!measured.empty()) reply["measured"] = std::move(measured);
  return reply;
}

base::Result<json::object> Commands::remove(const json::object& request) {
  VG_ASSIGN(const base::CameraId id, camera_id_of(request));
  VG_TRY(parts_.store.remove(id));
  parts_.analyse.remove_camera(id);
  parts_.ingest.remove_camera(id);
  parts_.router.remove_camera(id, record::GapCause::kPausedByOwner);
  base::log::info("core", "camera {} removed; its footage stays until its retention ends", id.to_string());
  return json::object{};
}

base::Result<json::object> Commands::list() const {
  json::array cameras;
  for (const CameraConfig& camera : parts_.store.cameras()) cameras.push_back(to_json(camera));
  return json::object{{"cameras", std::move(cameras)}};
}

base::Result<json::object> Commands::snapshot(const json::object& request) const {
  VG_ASSIGN(const base::CameraId id, camera_id_of(request));
  parts_.analyse.request_snapshot(id);
  const SnapshotView* view = parts_.analyse.snapshot(id);
  if (view == nullptr) return base::not_found("there is no picture of this camera yet");
  return json::object{{"jpeg_base64", base::to_base64(view->jpeg)}, {"taken_at", base::to_iso8601(view->taken)}};
}

}  // namespace vonggac::core
