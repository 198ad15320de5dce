/// Cameras of the register: listing, showing, registering, amending, duplicates, the map.
#include <charconv>

#include "api/device_form.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/camera_lists.h"
#include "catalogue/camera_streams.h"
#include "catalogue/cameras.h"
#include "catalogue/duplicates.h"
#include "catalogue/found_device.h"
#include "catalogue/health.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::Camera;
using catalogue::CameraForm;
using catalogue::DeviceFacts;
using catalogue::Problems;
using catalogue::SiteId;

void read_camera_facts(Form& form, CameraForm& camera) {
  set_text(form, "name", camera.name);
  set_text(form, "kind", camera.kind, 40);
  if (form.has("recorder")) {
    const auto recorder = form.maybe_id("recorder");
    camera.recorder = recorder ? std::optional(catalogue::RecorderId{*recorder}) : std::nullopt;
  }
  set_number(form, "channel", camera.channel, 1, 1024);
  if (form.has("owner")) camera.owner = form.maybe_id("owner");
  set_text(form, "ownership", camera.ownership, 40);
  set_text(form, "purpose", camera.purpose);
  set_text(form, "retention_class", camera.retention_class, 40);
  if (form.has("retention_days")) camera.retention_days = form.maybe_integer("retention_days", 0, 3650).value_or(0);
  set_day(form, "installed", camera.installed);
  set_day(form, "warranty_to", camera.warranty_to);
  set_flag(form, "audio", camera.audio);
  set_text(form, "audio_basis", camera.audio_basis);
  set_flag(form, "masks_drawn", camera.masks_drawn);
  read_device_facts(form, camera.device);
}

json::object listed_json(const catalogue::CameraListed& camera) {
  return {{"id", camera.id.to_string()},
          {"code", camera.code},
          {"name", camera.name},
          {"kind", coded(catalogue::camera_kinds(), camera.kind)},
          {"life", coded(catalogue::camera_life(), camera.life)},
          {"health", coded(catalogue::health_states(), camera.health)},
          {"brand", camera.brand},
          {"device_model", camera.device_model},
          {"site", camera.site.to_string()},
          {"site_code", camera.site_code},
          {"address", camera.address},
          {"area", camera.area.to_string()},
          {"lat", camera.point ? json::value(static_cast<double>(camera.point->lat_e6) / 1e6) : json::value()},
          {"lon", camera.point ? json::value(static_cast<double>(camera.point->lon_e6) / 1e6) : json::value()}};
}

json::object facts_json(const Camera& camera) {
  const CameraForm& facts = camera.facts;
  json::object out{
      {"id", camera.id.to_string()},
      {"code", camera.code},
      {"name", facts.name},
      {"kind", coded(catalogue::camera_kinds(), facts.kind)},
      {"life", coded(catalogue::camera_life(), camera.life)},
      {"life_since", base::to_iso8601(camera.life_since)},
      {"health", coded(catalogue::health_states(), camera.health)},
      {"site", facts.site.to_string()},
      {"recorder", json_or_null(facts.recorder ? std::optional<base::Uuid>(*facts.recorder) : std::nullopt)},
      {"channel", json_or_null(facts.channel)},
      {"device", device_json(facts.device)},
      {"owner", json_or_null(facts.owner)},
      {"ownership", coded(catalogue::ownership_kinds(), facts.ownership)},
      {"purpose", facts.purpose},
      {"retention_class", coded(catalogue::retention_classes(), facts.retention_class)},
      {"retention_days", facts.retention_days},
      {"installed", day_or_null(facts.installed)},
      {"warranty_to", day_or_null(facts.warranty_to)},
      {"audio", facts.audio},
      {"audio_basis", facts.audio_basis},
      {"masks_drawn", facts.masks_drawn},
      {"password_attested_by", camera.password_by},
      {"password_attested_at", json_or_null(camera.password_at)},
      {"accepted_by", camera.accepted_by},
      {"accepted_at", json_or_null(camera.accepted_at)}};
  out["merged_into"] = json_or_null(camera.merged_into ? std::optional<base::Uuid>(*camera.merged_into) : std::nullopt);
  return out;
}

base::Result<json::array> streams_json(store::Reader& session, const base::CameraId& camera) {
  json::array list;
  VG_ASSIGN(const auto streams, catalogue::streams_of(session, camera));
  for (const catalogue::StreamFacts& one : streams) {
    list.push_back(json::object{{"role", coded(catalogue::stream_roles(), one.role)},
                                {"transport", coded(catalogue::stream_transports(), one.transport)},
                                {"url", one.display_url},
                                {"codec", one.codec},
                                {"width", one.width},
                                {"height", one.height},
                                {"fps", one.fps},
                                {"gop_ms", json_or_null(one.gop_ms)},
                                {"skew_ms", json_or_null(one.skew_ms)},
                                {"measured_at", json_or_null(one.measured_at)}});
  }
  return list;
}

base::Status add_history(store::Reader& session, json::object& out, const base::CameraId& camera) {
  json::array steps, devices;
  VG_ASSIGN(const auto history, catalogue::camera_history(session, camera));
  for (const catalogue::CameraStep& step : history) {
    steps.push_back(json::object{{"from", coded(catalogue::camera_life(), step.from)},
                                 {"to", coded(catalogue::camera_life(), step.to)},
                                 {"who", step.who},
                                 {"at", base::to_iso8601(step.at)}});
  }
  VG_ASSIGN(const auto periods, catalogue::device_history(session, camera));
  for (const catalogue::DevicePeriod& period : periods) {
    const bool lasts = period.to == catalogue::kOpenEnd;
    devices.push_back(json::object{{"device", device_json(period.device)},
                                   {"from", period.from.iso()},
                                   {"to", lasts ? json::value() : json::value(period.to.iso())},
                                   {"reason", period.reason}});
  }
  out["steps"] = std::move(steps);
  out["devices"] = std::move(devices);
  return {};
}

/// Whoever registers a camera that the recorder has already connects it: the picture becomes visible in that area.
base::Status check_known_id(store::WriteSession& session, const Call& call, const CameraForm& camera,
                            Problems& problems) {
  if (!camera.id) return {};
  const access::Authority& authority = call.admission.caller.authority;
  VG_ASSIGN(const auto site, gate::load_object(session, gate::ObjectKind::kSite, camera.site, session.now()));
  const bool connects = site && authority.may(access::Action::kCameraConnect, site->areas);
  VG_ASSIGN(const std::optional<Camera> taken, catalogue::camera_of(session, *camera.id));
  if (!taken && (connects || authority.scope(call.row->demand.action).everywhere)) return {};
  problems.refuse("", "id", "Camera này đã có trong sổ, hoặc bạn không được đưa nó vào sổ.",
                  "This camera is registered already, or it is not for you to register.");
  return problems.status();
}

base::Status check_owner_and_recorder(store::WriteSession& session, const Call& call, const CameraForm& camera,
                                      Problems& problems) {
  VG_TRY(check_reach(session, call, gate::ObjectKind::kParty, camera.owner, "owner", problems));
  if (!camera.recorder) return {};
  return check_reach(session, call, gate::ObjectKind::kRecorder, *camera.recorder, "recorder", problems);
}

std::optional<catalogue::MapBox> box_of(const std::string& text) {
  double parts[4] = {};
  const char* at = text.data();
  const char* end = at + text.size();
  for (int i = 0; i < 4; ++i) {
    const auto parsed = std::from_chars(at, end, parts[i]);
    if (parsed.ec != std::errc() || !(parts[i] >= -180 && parts[i] <= 180)) return std::nullopt;
    at = parsed.ptr;
    if (i < 3 && (at == end || *at++ != ',')) return std::nullopt;
  }
  if (at != end || parts[0] > parts[2] || parts[1] > parts[3]) return std::nullopt;
  return catalogue::MapBox{catalogue::geo_point(parts[1], parts[0]), catalogue::geo_point(parts[3], parts[2])};
}

}  // namespace

void read_device_facts(Form& form, DeviceFacts& device) {
  set_text(form, "brand", device.brand, 80);
  set_text(form, "device_model", device.device_model, 80);
  set_text(form, "serial", device.serial, 80);
  set_text(form, "mac", device.mac, 40);
  set_text(form, "onvif_uuid", device.onvif_uuid, 80);
  set_flag(form, "qcvn135", device.qcvn135);
}

base::Result<json::array> duplicates_within_reach(store::Reader& session, const Call& call,
                                                  const catalogue::DuplicateQuestion& question, base::WallTime now) {
  json::array candidates;
  VG_ASSIGN(const auto found, catalogue::find_duplicates(session, question));
  for (const catalogue::Duplicate& one : found) {
    VG_ASSIGN(const auto object, gate::load_object(session, gate::ObjectKind::kRegisteredCamera, one.camera, now));
    if (!object || !call.admission.caller.authority.may(call.row->demand.action, object->areas)) continue;
    json::array reasons;
    for (const catalogue::SameBy reason : one.reasons)
      reasons.push_back(sentence_json(catalogue::same_by_name(reason)));
    candidates.push_back(json::object{
        {"id", one.camera.to_string()}, {"code", one.code}, {"name", one.name}, {"reasons", std::move(reasons)}});
  }
  return candidates;
}

json::object device_json(const DeviceFacts& device) {
  return {{"brand", device.brand}, {"device_model", device.device_model}, {"serial", device.serial},
          {"mac", device.mac},     {"onvif_uuid", device.onvif_uuid},     {"qcvn135", device.qcvn135}};
}

HttpReply answer_register_cameras(const PoolServices& services, const Call& call) {
  const auto area = call.query.id("area");
  const auto limit = call.query.number("limit", 1, 200);
  const std::string sort = call.query.text("sort").value_or("code");
  const bool sort_known = sort == "code" || sort == "name" || sort == "newest";
  const auto words = call.query.text("q");
  if (!area || !limit || !sort_known || (words && call.query.text("after"))) {
    return problem_reply(
        400, {"Tham số không đúng.", "area is an id, limit 1 to 200, sort code, name or newest; q has no after"});
  }
  catalogue::CameraFilter filter;
  if (*area) filter.area = AreaId{**area};
  filter.life = call.query.text("life").value_or("");
  filter.health = call.query.text("health").value_or("");
  filter.kind = call.query.text("kind").value_or("");
  filter.brand = call.query.text("brand").value_or("");
  const auto most = static_cast<std::size_t>(limit->value_or(50));
  return read_register(services, "register.cameras", [&](store::Reader& session) -> base::Result<json::object> {
    catalogue::CameraPage page;
    if (words) {
      VG_ASSIGN(page.rows, catalogue::find_cameras(session, scope_of(call), filter, *words, today_of(services), most));
    } else {
      catalogue::CameraPageForm form;
      form.sort = sort == "name" ? catalogue::CameraSort::kName
                                 : (sort == "newest" ? catalogue::CameraSort::kNewest : catalogue::CameraSort::kCode);
      form.after = call.query.text("after").value_or("");
      form.most = most;
      VG_ASSIGN(page, catalogue::list_cameras(session, scope_of(call), filter, form, today_of(services)));
    }
    json::array cameras;
    for (const catalogue::CameraListed& one : page.rows) cameras.push_back(listed_json(one));
    return json::object{{"cameras", std::move(cameras)},
                        {"next_after", page.next.empty() ? json::value() : json::value(page.next)}};
  });
}

HttpReply answer_register_camera(const PoolServices& services, const Call& call) {
  return read_record(services, call, RecordTable::kCamera, [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const std::optional<Camera> camera, catalogue::camera_of(session, base::CameraId{call.id}));
    if (!camera) return base::not_found("no such camera");
    json::object out = facts_json(*camera);
    VG_TRY(add_place(session, out, camera->area, today_of(services)));
    VG_ASSIGN(const std::string firmware, catalogue::firmware_of(session, camera->id));
    out["device"].as_object()["firmware"] = firmware;
    VG_ASSIGN(out["streams"], streams_json(session, camera->id));
    VG_TRY(add_history(session, out, camera->id));
    return out;
  });
}

HttpReply answer_register_camera_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    CameraForm camera;
    if (const auto id = form.maybe_id("id")) camera.id = base::CameraId{*id};
    camera.site = SiteId{form.id("site")};
    read_camera_facts(form, camera);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(services, call, 201,
                           [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                             VG_TRY(check_reach(session, call, gate::ObjectKind::kSite, camera.site, "site", problems));
                             VG_TRY(check_known_id(session, call, camera, problems));
                             VG_TRY(check_owner_and_recorder(session, call, camera, problems));
                             VG_ASSIGN(const base::CameraId id, catalogue::register_camera(session, camera, problems));
                             VG_ASSIGN(const auto made, catalogue::camera_of(session, id));
                             return json::object{{"id", id.to_string()}, {"code", made ? made->code : ""}};
                           });
  });
}

HttpReply answer_register_camera_amend(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const Form typed = form;
    CameraForm tried;
    read_camera_facts(form, tried);
    const auto site = form.maybe_id("site");
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kCamera,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          const base::CameraId id{call.id};
                          VG_ASSIGN(std::optional<Camera> camera, catalogue::camera_of(session, id));
                          if (!camera) return base::not_found("no such camera");
                          const CameraForm before = camera->facts;
                          Form again = typed;
                          read_camera_facts(again, camera->facts);
                          CameraForm named = camera->facts;
                          if (named.owner == before.owner) named.owner.reset();
                          if (named.recorder == before.recorder) named.recorder.reset();
                          VG_TRY(check_owner_and_recorder(session, call, named, problems));
                          VG_TRY(catalogue::amend_camera(session, id, camera->facts, problems));
                          if (site && *site != before.site) {
                            VG_TRY(check_reach(session, call, gate::ObjectKind::kSite, *site, "site", problems));
                            VG_TRY(catalogue::rehang_camera(session, id, SiteId{*site}, problems));
                          }
                          return json::object{{"id", id.to_string()}};
                        });
  });
}

HttpReply answer_duplicates(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::DuplicateQuestion question;
    read_device_facts(form, question.device);
    question.stream_urls = form.texts("stream_urls", 8);
    const auto lat = form.maybe_real("lat", -90, 90), lon = form.maybe_real("lon", -180, 180);
    if (lat && lon) question.point = catalogue::geo_point(*lat, *lon);
    question.azimuth_deg = form.maybe_real("azimuth_deg", 0, 360);
    if (const auto id = form.maybe_id("not_this")) question.not_this = base::CameraId{*id};
    if (!form.finish()) return problems_reply(form.problems());
    const base::WallTime now = services.office.clock().wall_now();
    return read_register(services, "duplicates", [&](store::Reader& session) -> base::Result<json::object> {
      VG_ASSIGN(json::array candidates, duplicates_within_reach(session, call, question, now));
      return json::object{{"candidates", std::move(candidates)}};
    });
  });
}

HttpReply answer_register_map(const PoolServices& services, const Call& call) {
  const auto box = box_of(call.query.text("bbox").value_or(""));
  if (!box) return problem_reply(400, {"Khung bản đồ không đúng.", "bbox is west,south,east,north in degrees"});
  return read_register(services, "register.map", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const catalogue::MapView view,
              catalogue::cameras_on_map(session, scope_of(call), *box, today_of(services)));
    const auto degrees = [](std::int64_t e6) { return static_cast<double>(e6) / 1e6; };
    json::array points, clusters;
    for (const catalogue::MapPoint& one : view.points) {
      points.push_back(json::object{{"id", one.id.to_string()},
                                    {"code", one.code},
                                    {"lat", degrees(one.point.lat_e6)},
                                    {"lon", degrees(one.point.lon_e6)},
                                    {"life", one.life},
                                    {"health", one.health}});
    }
    for (const catalogue::MapCluster& one : view.clusters) {
      clusters.push_back(json::object{{"lat", degrees(one.middle.lat_e6)},
                                      {"lon", degrees(one.middle.lon_e6)},
                                      {"cameras", one.cameras},
                                      {"working", one.working}});
    }
    return json::object{{"points", std::move(points)}, {"clusters", std::move(clusters)}};
  });
}

}  // namespace vonggac::api
