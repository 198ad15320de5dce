/// Figures for a monitoring system in the text format of Prometheus. Part of Routes.
#include <map>

#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/handler_parts.h"
#include "api/routes.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

class MetricsText {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    text_ += fmt::format("# HELP vonggac_{} {}\n# TYPE vonggac_{} {}\n", name, help, name, type);
  }
  void sample(std::string_view name, double value, std::string_view labels = "") {
    text_ += labels.empty() ? fmt::format("vonggac_{} {}\n", name, value)
                            : fmt::format("vonggac_{}{{{}}} {}\n", name, labels, value);
  }
  void single(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample(name, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

double number_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  boost::system::error_code error;
  const double number = value != nullptr && value->is_number() ? value->to_number<double>(error) : 0;
  return error ? 0 : number;
}

std::string word_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::object* part(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

void camera_metrics(const json::object& status, MetricsText& out) {
  std::map<std::string, int> by_state{{"recording", 0}, {"live", 0}, {"unreachable", 0}, {"paused", 0}, {"error", 0}};
  double frames = 0, lost = 0;
  int recording = 0;
  const json::value* cameras = status.if_contains("cameras");
  if (cameras != nullptr && cameras->is_array()) {
    for (const json::value& entry : cameras->get_array()) {
      if (!entry.is_object()) continue;
      const json::object& camera = entry.get_object();
      ++by_state[word_at(camera, "state")];
      const json::value* records = camera.if_contains("recording");
      recording += records != nullptr && records->is_bool() && records->get_bool() ? 1 : 0;
      const json::value* streams = camera.if_contains("streams");
      if (streams == nullptr || !streams->is_array()) continue;
      for (const json::value& stream : streams->get_array()) {
        if (!stream.is_object()) continue;
        frames += number_at(stream.get_object(), "frames");
        lost += number_at(stream.get_object(), "packets_lost");
      }
    }
  }
  out.family("cameras", "gauge", "Cameras by state.");
  for (const auto& [state, count] : by_state) out.sample("cameras", count, fmt::format("state=\"{}\"", state));
  out.single("cameras_recording", "gauge", "Cameras that record now.", recording);
  out.single("frames_total", "counter", "Pictures received of the streams connected now.", frames);
  out.single("packets_lost_total", "counter", "RTP packets missing of the streams connected now.", lost);
}

void disk_metrics(const json::object& status, MetricsText& out) {
  const json::object* disk = part(status, "disk");
  if (disk == nullptr) return;
  out.single("disk_free_bytes", "gauge", "Free on the disk of the recordings.", number_at(*disk, "free_bytes"));
  out.single("disk_total_bytes", "gauge", "Size of the disk of the recordings.", number_at(*disk, "total_bytes"));
  out.single("disk_ok", "gauge", "1: the disk takes footage.", word_at(*disk, "state") == "ok" ? 1 : 0);
  out.single("disk_queued_bytes", "gauge", "Footage waiting to be written.", number_at(*disk, "queued_bytes"));
  out.single("fragments_written_total", "counter", "Fragments on disk and acknowledged.",
             number_at(*disk, "fragments_acknowledged"));
  out.single("fragments_dropped_total", "counter", "Fragments that could not be written.",
             number_at(*disk, "fragments_dropped"));
}

void web_metrics(const WebStats& stats, MetricsText& out) {
  out.single("web_connections", "gauge", "Open connections.", static_cast<double>(stats.connections));
  out.single("web_viewers", "gauge", "Open live sockets.", static_cast<double>(stats.viewers));
  out.single("web_tiles", "gauge", "Live pictures shown.", static_cast<double>(stats.tiles));
  out.single("web_requests_total", "counter", "Requests.", static_cast<double>(stats.requests));
  out.single("web_refused_total", "counter", "Requests answered with 401, 403 or 429.",
             static_cast<double>(stats.refused));
  out.single("web_units_dropped_total", "counter", "Pictures that slow viewers did not get.",
             static_cast<double>(stats.units_dropped));
}

}  // namespace

void Routes::answer_metrics(const Call&, const ReplySink& sink) {
  services_.core.ask(
      R"({"op":"status"})", base::Seconds(1), [sink, &stats = services_.stats](const base::Result<std::string>& reply) {
        MetricsText out;
        out.single("up", "gauge", "1: the recorder answers.", reply ? 1 : 0);
        web_metrics(stats, out);
        boost::system::error_code error;
        const json::value parsed = reply ? json::parse(*reply, error) : json::value();
        const json::object* status = parsed.is_object() ? part(parsed.get_object(), "status") : nullptr;
        if (status != nullptr) {
          out.single("uptime_seconds", "gauge", "Since the service started.", number_at(*status, "uptime_s"));
          camera_metrics(*status, out);
          disk_metrics(*status, out);
        }
        HttpReply text = text_reply(200, "text/plain; version=0.0.4; charset=utf-8", out.take());
        text.headers.emplace_back("Cache-Control", "no-store");
        sink(std::move(text));
      });
}

}  // namespace vonggac::api
