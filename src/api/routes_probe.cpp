/// Looking at a camera before it is connected: probes and discovery are core's work, the register says whether the
/// camera is in it already. A probe belongs to whoever began it: core knows it by the person's id, and to everybody
/// else it does not exist.
/// Flow     form -> camera.probe (core) -> 202; GET -> camera.probe.view (core) -> find_duplicates (pool) -> reply
#include "api/device_form.h"
#include "api/footage_json.h"
#include "api/handler_parts.h"
#include "api/probe_words.h"
#include "api/routes.h"
#include "api/status_fields.h"
#include "base/base64.h"
#include "catalogue/cameras.h"
#include "catalogue/duplicates.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr base::Micros kViewAge = base::Millis(300);
constexpr base::Micros kBrandsAge = base::Seconds(60);

std::string asker_of(const Call& call) { return call.admission.caller.user.to_string(); }

json::object about_probe(const Call& call, const char* op) {
  return {{"op", op}, {"probe", call.id.to_string()}, {"by", asker_of(call)}};
}

/// `field` is the part of the question that core refused.
HttpReply probe_form_refusal(std::string_view field) {
  const catalogue::Problem problem = probe_problem(field);
  catalogue::Problems problems;
  problems.refuse(problem.rule, problem.field, problem.sentence.vi, problem.sentence.en);
  return problems_reply(problems);
}

/// What core said no to; `field`: the part of the question that was wrong.
HttpReply probe_refusal(const base::Status& status, std::string_view field = "") {
  switch (status.kind()) {
    case base::ErrorKind::kInvalidArgument:
      return probe_form_refusal(field);
    case base::ErrorKind::kNotFound:
      return refusal_reply(gate::not_there());
    case base::ErrorKind::kUnavailable: {
      HttpReply busy = problem_reply(503, {"Đang dò nhiều camera, hãy chờ một lần dò xong rồi thử lại.",
                                           "too many probes are under way; wait until one is done"});
      busy.headers.emplace_back("Retry-After", "5");
      return busy;
    }
    default:
      return logged_problem("probe", status);
  }
}

catalogue::DuplicateQuestion duplicate_question(const json::object& view) {
  catalogue::DuplicateQuestion question;
  const json::value* device = view.if_contains("device");
  if (device != nullptr && device->is_object()) {
    question.device.serial = text_at(device->get_object(), "serial");
    question.device.mac = text_at(device->get_object(), "mac");
    question.device.onvif_uuid = text_at(device->get_object(), "onvif_uuid");
  }
  const json::value* streams = view.if_contains("streams");
  if (streams == nullptr || !streams->is_array()) return question;
  for (const json::value& one : streams->get_array()) {
    const std::string url = one.is_object() ? text_at(one.get_object(), "url") : "";
    if (!url.empty()) question.stream_urls.push_back(url);
  }
  return question;
}

/// Whose camera was looked at by whom: a password was used. What cannot be noted is not shown.
HttpReply note_probe(const PoolServices& services, const Call& call, const json::object& begun) {
  const std::string detail = json::serialize(json::object{{"address", text_at(begun, "address")}});
  const base::Status written = services.office.store().write_quietly([&](store::WriteSession& session) {
    return gate::note_done(session, call.admission, call.row->demand.name, detail);
  });
  return written.ok() ? json_reply(begun, 202) : logged_problem("probe", written);
}

}  // namespace

void Routes::answer_probe_start(const Call& call, const ReplySink& sink) {
  std::variant<Form, HttpReply> parsed = Form::parse(call.request);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) return sink(std::move(*refusal));
  Form& form = std::get<Form>(parsed);
  json::object question{{"op", "camera.probe"}, {"by", asker_of(call)}};
  const char* const where = form.has("url") ? "url" : "address";
  question[where] = form.text(where, 1024);
  if (const auto user = form.maybe_text("user", 128)) question["user"] = *user;
  if (form.has("password")) question["password"] = form.secret("password").reveal();
  if (const auto brand = form.maybe_text("brand", 40)) question["brand"] = *brand;
  if (const auto channels = form.maybe_integer("channels", 1, 64)) question["channels"] = *channels;
  if (!form.finish()) return sink(problems_reply(form.problems()));
  // The form holds the password: it goes no further than core.
  const auto known = std::make_shared<Call>(call);
  known->request.body.clear();
  services_.core.command(json::serialize(question), [this, known, sink](const base::Result<std::string>& reply) {
    if (!reply) return sink(probe_refusal(reply.error(), services_.core.refused_field()));
    on_pool(
        services_.files,
        [this, known, begun = object_of_reply(*reply)] { return note_probe(pool_services(), *known, begun); }, sink);
  });
}

void Routes::answer_probe(const Call& call, const ReplySink& sink) {
  const auto known = std::make_shared<Call>(call);
  services_.core.ask(
      json::serialize(about_probe(call, "camera.probe.view")), kViewAge,
      [this, known, sink](const base::Result<std::string>& reply) {
        if (!reply) return sink(probe_refusal(reply.error()));
        const auto view = std::make_shared<json::object>(object_of_reply(*reply));
        if (text_at(*view, "state") != "done" || !view->contains("device")) return sink(json_reply(*view));
        on_pool(
            services_.files,
            [this, known, view] {
              return read_register(pool_services(), "probe", [&](store::Reader& session) -> base::Result<json::object> {
                VG_ASSIGN((*view)["duplicates"], duplicates_within_reach(session, *known, duplicate_question(*view),
                                                                         services_.clock.wall_now()));
                return *view;
              });
            },
            sink);
      });
}

void Routes::answer_probe_still(const Call& call, const ReplySink& sink) {
  const auto number = call.query.number("stream", 0, 1000);
  if (!number || !*number) {
    return sink(problem_reply(400, {"Thiếu số của luồng.", "stream is the number of a stream of the probe"}));
  }
  json::object question = about_probe(call, "camera.probe.still");
  question["stream"] = **number;
  services_.core.ask(json::serialize(question), kViewAge, [sink](const base::Result<std::string>& reply) {
    if (!reply) return sink(probe_refusal(reply.error()));
    const base::Result<base::Bytes> jpeg = base::from_base64(text_at(object_of_reply(*reply), "jpeg_base64"));
    if (!jpeg) return sink(logged_problem("probe still", jpeg.error()));
    HttpReply out = text_reply(200, "image/jpeg", std::string(base::as_text(*jpeg)));
    out.headers.emplace_back("Cache-Control", "no-store");
    sink(std::move(out));
  });
}

void Routes::answer_probe_end(const Call& call, const ReplySink& sink) {
  services_.core.command(json::serialize(about_probe(call, "camera.probe.cancel")),
                         [sink, id = call.id.to_string()](const base::Result<std::string>& reply) {
                           sink(reply ? json_reply(json::object{{"probe", id}}) : probe_refusal(reply.error()));
                         });
}

void Routes::answer_discovery_start(const Call& call, const ReplySink& sink) {
  std::variant<Form, HttpReply> parsed = Form::parse(call.request);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) return sink(std::move(*refusal));
  Form& form = std::get<Form>(parsed);
  json::object question{{"op", "camera.discover"}, {"by", asker_of(call)}};
  if (const auto network = form.maybe_text("network", 40)) question["network"] = *network;
  if (!form.finish()) return sink(problems_reply(form.problems()));
  services_.core.command(json::serialize(question), [this, sink](const base::Result<std::string>& reply) {
    sink(reply ? json_reply(object_of_reply(*reply), 202)
               : probe_refusal(reply.error(), services_.core.refused_field()));
  });
}

void Routes::answer_discovery(const Call& call, const ReplySink& sink) {
  services_.core.ask(json::serialize(about_probe(call, "camera.probe.view")), kViewAge,
                     [sink](const base::Result<std::string>& reply) {
                       sink(reply ? json_reply(object_of_reply(*reply)) : probe_refusal(reply.error()));
                     });
}

void Routes::answer_camera_brands(const Call&, const ReplySink& sink) {
  services_.core.ask(R"({"op":"camera.brands"})", kBrandsAge, [sink](const base::Result<std::string>& reply) {
    sink(reply ? json_reply(object_of_reply(*reply)) : probe_refusal(reply.error()));
  });
}

}  // namespace vonggac::api
