/// Connecting a camera of the register: its address and password go to core, which seals them; the register keeps the
/// address without them (V29).
/// Flow     form -> what the register says of the camera (pool) -> camera.set or camera.add (core) -> streams, audit
/// (pool).
#include <fmt/format.h>

#include "api/connection_parts.h"
#include "api/handler_parts.h"
#include "api/routes.h"
#include "api/status_fields.h"
#include "catalogue/cameras.h"
#include "gate/agreement_pauses.h"
#include "gate/camera_access.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kSecrets[] = {"user", "password", "sub_user", "sub_password"};
constexpr std::string_view kSettings[] = {"record", "transport", "retention_days", "audio"};

/// The fields that core takes, checked by core; none else.
std::variant<json::object, HttpReply> wanted_connection(const Call& call) {
  std::variant<Form, HttpReply> parsed = Form::parse(call.request);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) return std::move(*refusal);
  Form& form = std::get<Form>(parsed);
  json::object wanted;
  if (form.has("probe")) {
    // What a probe of this person found, with the password they typed for it.
    wanted["probe"] = form.id("probe").to_string();
    wanted["stream"] = form.maybe_integer("stream", 0, 1000).value_or(0);
    if (const auto sub = form.maybe_integer("sub_stream", 0, 1000)) wanted["sub_stream"] = *sub;
    wanted["by"] = call.admission.caller.user.to_string();
  } else {
    wanted["url"] = form.text("url", 1024);
  }
  if (form.has("sub_url")) {
    const std::optional<std::string> sub = form.maybe_text("sub_url", 1024);
    wanted["sub_url"] = sub ? json::value(*sub) : json::value();
  }
  for (const std::string_view field : kSecrets) {
    if (form.has(field)) wanted[field] = form.secret(field).reveal();
  }
  for (const std::string_view field : kSettings) {
    if (const json::value* value = form.raw(field)) wanted[field] = *value;
  }
  if (form.finish()) return wanted;
  HttpReply reply = problems_reply(form.problems());
  reply.unknown_field = form.has_unknown_field();
  return reply;
}

HttpReply form_refusal(std::string_view field, std::string vi, std::string en) {
  catalogue::Problems problems;
  problems.refuse("", field, std::move(vi), std::move(en));
  return problems_reply(problems);
}

HttpReply core_refusal(const base::Status& status, bool by_probe) {
  if (by_probe && (status.kind() == base::ErrorKind::kNotFound || status.kind() == base::ErrorKind::kInvalidArgument)) {
    return form_refusal("probe", "Kết quả dò không còn, hoặc luồng này không có hình: hãy dò lại.",
                        "The probe is gone, or this stream gave no pictures: probe again.");
  }
  if (status.kind() != base::ErrorKind::kInvalidArgument && status.kind() != base::ErrorKind::kOutOfRange) {
    return logged_problem("camera.connect", status);
  }
  return form_refusal("url", "Bộ ghi không nhận địa chỉ hoặc cài đặt này.", status.message());
}

HttpReply note_connection(const PoolServices& services, const Call& call, const ConnectedCamera& connected) {
  return change_register(
      services, call, 200,
      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
        const base::CameraId camera{call.id};
        VG_TRY(keep_connection(session, camera, connected, problems));
        const json::object& shown = connected.shown;
        return json::object{{"id", camera.to_string()},
                            {"url", shown.contains("url") ? shown.at("url") : json::value()}};
      });
}

struct Connectable {
  std::string name;    ///< for core
  bool pause = false;  ///< its owner has not agreed to be recorded
};

/// What core is told of the camera, or why it is not connected.
std::variant<Connectable, HttpReply> connectable(gate::Office& office, const base::Uuid& id, bool with_sound) {
  std::optional<catalogue::Camera> camera;
  std::optional<catalogue::AgreementDecision> sound;
  bool pause = false;
  const base::Status read = office.store().write_quietly([&](store::WriteSession& session) -> base::Status {
    VG_ASSIGN(camera, catalogue::camera_of(session, base::CameraId{id}));
    VG_ASSIGN(sound, gate::sound_decision(session, base::CameraId{id}, session.now()));
    const bool refused = !camera || camera->facts.kind == "CHI_DANG_KY" || camera->merged_into;
    if (refused || (with_sound && sound && !sound->allowed)) return {};
    VG_ASSIGN(pause, gate::pause_before_connecting(session, base::CameraId{id}));
    return {};
  });
  if (!read.ok()) return logged_problem("camera.connect", read);
  if (!camera) return refusal_reply(gate::not_there());
  if (camera->facts.kind == "CHI_DANG_KY" || camera->merged_into) {
    return form_refusal("kind", "Camera này chỉ đăng ký trong sổ, không kết nối.",
                        "This camera is only registered; it is not connected.");
  }
  if (with_sound && sound && !sound->allowed) return form_refusal("audio", sound->why_not.vi, sound->why_not.en);
  return Connectable{camera->facts.name, pause};
}

}  // namespace

void Routes::answer_connection(const Call& call, const ReplySink& sink) {
  std::variant<json::object, HttpReply> parsed = wanted_connection(call);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) {
    sink(std::move(*refusal));
    return;
  }
  auto request = std::make_shared<json::object>(std::move(std::get<json::object>(parsed)));
  (*request)["id"] = call.id.to_string();
  // The call's form holds the password: it goes no further than here.
  auto known = std::make_shared<Call>(call);
  known->request.body.clear();
  const bool by_probe = request->contains("probe");
  const auto finish = [this, known, sink, by_probe](const base::Result<std::string>& reply) {
    if (!reply) {
      sink(core_refusal(reply.error(), by_probe));
      return;
    }
    on_pool(
        services_.files,
        [this, known, connected = connected_camera(*reply)] {
          return note_connection(pool_services(), *known, connected);
        },
        sink);
  };
  const auto connect = [this, request, finish](const Connectable& wanted) {
    (*request)["op"] = "camera.set";
    if (wanted.pause) (*request)["paused"] = true;
    services_.core.command(json::serialize(*request),
                           [this, request, finish, name = wanted.name](const base::Result<std::string>& reply) {
                             if (reply || reply.error().kind() != base::ErrorKind::kNotFound) {
                               finish(reply);
                               return;
                             }
                             (*request)["op"] = "camera.add";
                             (*request)["name"] = name;
                             services_.core.command(json::serialize(*request), finish);
                           });
  };
  const bool with_sound = flag_at(*request, "audio");
  const auto found = std::make_shared<std::variant<Connectable, HttpReply>>();
  const bool accepted = services_.files.run(
      [this, known, found, with_sound] { *found = connectable(services_.office, known->id, with_sound); },
      [found, connect, sink] {
        if (HttpReply* refusal = std::get_if<HttpReply>(&*found)) {
          sink(std::move(*refusal));
        } else {
          connect(std::get<Connectable>(*found));
        }
      });
  if (!accepted) sink(busy_reply());
}

}  // namespace vonggac::api
