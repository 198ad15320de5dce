/// An archive with nothing in it, and a pool that works at once.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/clip_source.h"
#include "api/file_pool.h"

namespace vonggac::api {

struct NoArchive : ClipSource {
  base::Result<std::vector<ClipRow>> clips(const FootageFilter&) override { return std::vector<ClipRow>{}; }
  base::Result<std::vector<EventRow>> events(const FootageFilter&) override { return std::vector<EventRow>{}; }
  base::Result<std::vector<GapRow>> gaps(const FootageFilter&) override { return std::vector<GapRow>{}; }
  base::Result<std::vector<TamperRow>> tampers(const FootageFilter&) override { return std::vector<TamperRow>{}; }
  base::Result<SearchHits> search(const SearchFilter&) override { return SearchHits{}; }
  base::Result<base::Bytes> thumbnail(std::int64_t) override { return base::not_found("nothing there"); }
  base::Result<EventPlace> place_of_event(std::int64_t) override { return base::not_found("nothing there"); }
  base::Result<std::shared_ptr<BodySource>> open_clip(const base::CameraId&, base::WallTime, base::WallTime) override {
    return base::not_found("nothing there");
  }
};

struct DirectPool final : FilePool {
  bool run(std::function<void()> work, std::function<void()> then) override {
    work();
    then();
    return true;
  }
};

}  // namespace vonggac::api
