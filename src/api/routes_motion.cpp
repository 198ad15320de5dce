/// The routes about motion: searching the stored grids, and what the tuner knows. Part of Routes.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/footage_json.h"
#include "api/routes.h"
#include "base/log.h"
#include "record/motion_region.h"

namespace vonggac::api {
namespace {

constexpr std::int64_t kDefaultHits = 200;
constexpr std::int64_t kMaxHits = 1000;
constexpr base::Micros kLongestRange = base::Seconds(400LL * 24 * 3600);
constexpr base::Micros kTuneAge = base::Millis(500);

/// The first sentence that applies; a refused query is told what is wrong with it, and never repeated.
base::Result<SearchFilter> search_filter(const Query& query) {
  if (!query.only({"camera", "region", "from", "to", "min_cells", "min_seconds", "limit"}).ok()) {
    return base::invalid_argument(
        "a search takes camera, region, from, to, min_cells, min_seconds and limit, nothing else");
  }
  SearchFilter filter;
  const auto cameras = query.cameras("camera");
  if (!cameras) return base::invalid_argument("camera is a list of at most 64 camera ids, separated by commas");
  filter.cameras = *cameras;
  const auto region = query.text("region");
  if (!region) return base::invalid_argument("region is needed: x,y,w,h or the corners of a polygon, 0 to 1");
  if (const auto parsed = record::MotionRegion::parse(*region); !parsed) return parsed.error();
  filter.region = *region;
  const auto from = query.time("from"), to = query.time("to");
  if (!from || !to) return base::invalid_argument("from and to are times in ISO 8601");
  filter.from = *from;
  filter.to = *to;
  if (filter.from && filter.to && *filter.to <= *filter.from) {
    return base::invalid_argument("to must be later than from");
  }
  if (filter.from && filter.to && *filter.to - *filter.from > kLongestRange) {
    return base::invalid_argument("from and to are at most 400 days apart");
  }
  const auto cells = query.number("min_cells", 1, static_cast<std::int64_t>(record::kMotionCells));
  if (!cells) return base::invalid_argument("min_cells is a whole number from 1 to 576");
  filter.min_cells = cells->value_or(1);
  const auto seconds = query.number("min_seconds", 1, 86'400);
  if (!seconds) return base::invalid_argument("min_seconds is a whole number from 1 to 86400");
  filter.min_seconds = seconds->value_or(1);
  const auto limit = query.number("limit", 1, kMaxHits);
  if (!limit) return base::invalid_argument("limit is a whole number from 1 to 1000");
  filter.limit = static_cast<std::size_t>(limit->value_or(kDefaultHits));
  return filter;
}

HttpReply search_reply(ClipSource& clips, const SearchFilter& filter) {
  const base::Result<SearchHits> found = clips.search(filter);
  if (found) return json_reply(search_json(*found));
  base::log::warning("api", "motion search: {}", found.error().to_string());
  return problem_reply(found.error());
}

}  // namespace

void Routes::answer_search(const Query& query, const ReplySink& sink) {
  const base::Result<SearchFilter> filter = search_filter(query);
  if (!filter) {
    sink(problem_reply(400, filter.error().message()));
    return;
  }
  on_pool([&clips = services_.clips, wanted = *filter] { return search_reply(clips, wanted); }, sink);
}

void Routes::answer_tune(const base::CameraId& camera, const Query& query, const ReplySink& sink) {
  const base::Status known = query.only({"sensitivity", "minutes"});
  const auto sensitivity = query.number("sensitivity", 1, 9);
  const auto minutes = query.number("minutes", 1, 60);
  if (!known.ok() || !sensitivity || !minutes) {
    sink(problem_reply(400, "the tuner takes sensitivity (1 to 9) and minutes (1 to 60), nothing else"));
    return;
  }
  boost::json::object question{{"op", "motion.tune"}, {"id", camera.to_string()}};
  if (*sensitivity) question["sensitivity"] = **sensitivity;
  if (*minutes) question["minutes"] = **minutes;
  services_.core.ask(boost::json::serialize(question), kTuneAge, [sink](const base::Result<std::string>& reply) {
    const base::Result<std::string> json = reply ? tune_json(*reply) : reply;
    if (!json) base::log::debug("api", "tuner: {}", json.error().to_string());
    sink(json ? json_reply(*json) : problem_reply(json.error()));
  });
}

}  // namespace vonggac::api
