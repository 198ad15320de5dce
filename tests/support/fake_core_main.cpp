/// Shows the status page without cameras, core or recorder: `fake_core [--port N] [FILE.mp4 ...]` plays each file as a
/// camera in a loop through a real web worker. Needs ffmpeg. With no file the page is empty.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/clock.h"
#include "support/encoded_footage.h"
#include "support/fake_core.h"
#include "support/temp_folder.h"

namespace {

using namespace vonggac;
namespace json = boost::json;

constexpr int kFps = 10;

struct Camera {
  std::string id, name, jpeg_base64;
  test::EncodedFootage footage;
  std::size_t next = 0;
  std::int64_t pts = 0;
  std::vector<std::uint32_t> subscriptions;
  std::vector<std::uint32_t> waiting;  ///< until the next key frame
};

std::string base64(const base::Bytes& bytes) {
  static const char* const kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out.push_back(i + k > bytes.size() ? '=' : kDigits[(bits >> (18 - 6 * k)) & 63U]);
  }
  return out;
}

Camera load(const std::string& file, std::size_t number) {
  const std::string base = "/tmp/fake_core_" + std::to_string(getpid()) + "_" + std::to_string(number);
  Camera camera;
  char id[40];
  std::snprintf(id, sizeof id, "01932b6e-7a10-7c3e-9f00-%012zu", number);
  camera.id = id;
  camera.name = number == 1 ? "Cổng chợ Trà Kha" : "Ngã ba Khóm " + std::to_string(number);
  const bool h265 = file.find("265") != std::string::npos;
  camera.footage.parameters.codec = h265 ? media::Codec::kH265 : media::Codec::kH264;
  const std::string kind = h265 ? "hevc" : "h264";
  test::run_command("ffmpeg -v error -y -i " + file + " -an -c copy -bsf:v " + kind + "_mp4toannexb," + kind +
                    "_metadata=aud=insert -f " + kind + " " + base + ".annexb");
  test::run_command("ffmpeg -v error -y -i " + file + " -frames:v 1 -vf scale=640:-2 " + base + ".jpg");
  test::split_annex_b(test::read_whole_file(base + ".annexb"), camera.footage);
  camera.jpeg_base64 = base64(test::read_whole_file(base + ".jpg"));
  std::filesystem::remove(base + ".annexb");
  std::filesystem::remove(base + ".jpg");
  std::printf("%s: %zu pictures\n", file.c_str(), camera.footage.units.size());
  return camera;
}

json::object camera_json(const Camera& camera, std::size_t index, const std::string& now, const std::string& earlier) {
  const bool h265 = camera.footage.parameters.codec == media::Codec::kH265;
  const bool lost = index == 3;
  json::object stream{{"role", "sub"},
                      {"state", lost ? "backoff" : "streaming"},
                      {"reason", lost ? "link_lost" : ""},
                      {"codec", h265 ? "h265" : "h264"},
                      {"width", 640},
                      {"height", 360},
                      {"fps", 10.0},
                      {"bits_per_second", 612000},
                      {"gop_s", 2.0},
                      {"transport", "tcp"},
                      {"last_frame_at", now}};
  return {{"id", camera.id},
          {"name", camera.name},
          {"record", "motion"},
          {"retention_days", 30},
          {"state", lost ? "unreachable" : "recording"},
          {"reason", lost ? "link_lost" : ""},
          {"message",
           {{"vi", lost ? "Mất kết nối với camera; thử lại sau 8 giây" : "Đang ghi khi có chuyển động"},
            {"en", lost ? "Connection to the camera lost; next try in 8 s" : "Recording on motion"}}},
          {"since", earlier},
          {"recording", index == 0},
          {"motion_active", index == 0},
          {"last_motion_at", now},
          {"last_fragment_at", now},
          {"footage_from", "2026-11-18T02:11:00Z"},
          {"stored_bytes", 48318382080},
          {"streams", json::array{stream}}};
}

class Playhouse {
 public:
  explicit Playhouse(std::vector<Camera> cameras) : cameras_(std::move(cameras)), started_(clock_.wall_now()) {
    core_.answer = [this](const std::string& question) { return answer(question); };
    core_.on_subscribe = [this](const ipc::LiveSubscribe& message) { subscribe(message); };
    core_.on_tick = [this] { tick(); };
  }
  int run(std::uint16_t port) {
    if (!core_.start(VONGGAC_WEB_WORKER, folder_.path(), port)) return 1;
    std::printf("http://127.0.0.1:%u/\n", core_.port());
    std::fflush(stdout);
    return core_.wait();
  }

 private:
  std::optional<std::string> answer(const std::string& question) {
    const std::string now = base::to_iso8601(clock_.wall_now());
    if (question.find("snapshot") != std::string::npos) {
      for (const Camera& camera : cameras_) {
        if (question.find(camera.id) == std::string::npos) continue;
        return json::serialize(json::object{{"ok", true}, {"jpeg_base64", camera.jpeg_base64}, {"taken_at", now}});
      }
      return R"({"ok":false,"error":{"kind":"not_found","message":""}})";
    }
    json::array cameras;
    for (std::size_t i = 0; i < cameras_.size(); ++i) {
      cameras.push_back(camera_json(cameras_[i], i, now, base::to_iso8601(started_)));
    }
    const json::object disk{{"path", "media"},
                            {"state", "ok"},
                            {"detail", ""},
                            {"free_bytes", 412'316'860'416},
                            {"total_bytes", 1'000'204'886'016},
                            {"low_water_bytes", 50'010'244'300}};
    const json::array processes{{{"kind", "ingest"}, {"index", 0}, {"pid", 1}, {"restarts", 0}, {"cameras", 2}},
                                {{"kind", "analyse"}, {"index", 0}, {"pid", 2}, {"restarts", 1}, {"cameras", 2}},
                                {{"kind", "web"}, {"index", 0}, {"pid", 3}, {"restarts", 0}, {"cameras", 0}}};
    const json::object status{{"version", "0.1.0"},
                              {"started_at", base::to_iso8601(started_)},
                              {"uptime_s", (clock_.wall_now() - started_).count() / 1'000'000},
                              {"now", now},
                              {"wall_clock_state", "ok"},
                              {"disk", disk},
                              {"processes", processes},
                              {"cameras", cameras}};
    return json::serialize(json::object{{"ok", true}, {"status", status}, {"cameras", cameras}});
  }

  void subscribe(const ipc::LiveSubscribe& message) {
    for (Camera& camera : cameras_) {
      if (message.camera.to_string() != camera.id) continue;
      std::erase(camera.subscriptions, message.subscription);
      std::erase(camera.waiting, message.subscription);
      if (message.subscribe) camera.waiting.push_back(message.subscription);
    }
  }

  void tick() {
    const base::MonoTime now = clock_.mono_now();
    if (now < next_) return;
    next_ = next_.us == 0 ? now : next_ + base::Millis(1000 / kFps);
    for (std::size_t i = 0; i < cameras_.size(); ++i) {
      if (i != 3) play(cameras_[i]);
    }
  }

  void play(Camera& camera) {
    if (camera.footage.units.empty()) return;
    const test::EncodedUnit& source = camera.footage.units[camera.next];
    camera.next = (camera.next + 1) % camera.footage.units.size();
    camera.pts += 90'000 / kFps;
    if (source.key) {
      for (const std::uint32_t id : camera.waiting) {
        core_.send(ipc::LiveParameters{id, camera.footage.parameters});
        camera.subscriptions.push_back(id);
      }
      camera.waiting.clear();
    }
    for (const std::uint32_t id : camera.subscriptions) {
      ipc::LiveUnit unit;
      unit.subscription = id;
      unit.unit.key = source.key;
      unit.unit.pts.ticks_90k = camera.pts;
      unit.unit.capture = clock_.mono_now();
      unit.unit.payload = std::make_shared<const base::Bytes>(source.payload);
      core_.send(unit);
    }
  }

  base::SystemClock clock_;
  std::vector<Camera> cameras_;
  base::WallTime started_;
  base::MonoTime next_;
  test::TempFolder folder_;
  test::FakeCore core_;
};

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  std::vector<Camera> cameras;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
      port = static_cast<std::uint16_t>(std::atoi(argv[++i]));
    } else {
      cameras.push_back(load(argv[i], cameras.size() + 1));
    }
  }
  signal(SIGPIPE, SIG_IGN);
  return Playhouse(std::move(cameras)).run(port);
}
