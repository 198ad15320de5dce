#include "motion/explain.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <opencv2/imgproc.hpp>

#include "media/av/picture_file.h"

namespace vonggac::motion {
namespace {

using media::av::RgbPicture;

constexpr int kTileWidthPx = 480, kTilesAcross = 4, kMovieWidthPx = 960;
constexpr int kBarPx = 40;                    // two lines of writing under a picture
constexpr std::int64_t kEveryUs = 2'000'000;  // of an event that goes on, a tile
const cv::Scalar kEventColour(90, 220, 130), kFollowedColour(255, 200, 60), kRefusedColour(255, 110, 100),
    kTextColour(230, 234, 240);

cv::Mat mat_of(RgbPicture& picture) { return {picture.height, picture.width, CV_8UC3, picture.pixels.data()}; }

void write_text(cv::Mat& image, const std::string& text, cv::Point at, const cv::Scalar& colour) {
  cv::putText(image, text, at, cv::FONT_HERSHEY_SIMPLEX, 0.42, cv::Scalar(0, 0, 0), 3, cv::LINE_AA);
  cv::putText(image, text, at, cv::FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv::LINE_AA);
}

cv::Rect pixels(const Box& box, const cv::Mat& image) {
  const auto w = static_cast<float>(image.cols), h = static_cast<float>(image.rows);
  return {static_cast<int>(box.x * w), static_cast<int>(box.y * h), std::max(2, static_cast<int>(box.w * w)),
          std::max(2, static_cast<int>(box.h * h))};
}

const TrackNote* best_note(const std::vector<TrackNote>& notes) {
  const auto best = std::max_element(notes.begin(), notes.end(),
                                     [](const TrackNote& a, const TrackNote& b) { return a.score < b.score; });
  return best == notes.end() ? nullptr : &*best;
}

/// Green: part of an event. Yellow: followed. Red: gone, and raised none.
void draw_notes(cv::Mat& image, const EngineOutput& output) {
  const auto draw = [&image](const TrackNote& note, const cv::Scalar& colour) {
    const cv::Rect box = pixels(note.box, image);
    cv::rectangle(image, box, colour, 2);
    const std::string text = fmt::format("#{} {:.2f} {}", note.id, note.score, ipc::motion_verdict_name(note.verdict));
    write_text(image, text, {std::min(box.x, image.cols - 160), std::max(12, box.y - 4)}, colour);
  };
  for (const TrackNote& note : output.tracks) {
    draw(note, note.verdict == ipc::MotionVerdict::kMoves ? kEventColour : kFollowedColour);
  }
  for (const TrackNote& note : output.ended) {
    if (note.verdict != ipc::MotionVerdict::kMoves) draw(note, kRefusedColour);
  }
  for (const MovingBox& moving : output.boxes) cv::rectangle(image, pixels(moving.box, image), kEventColour, 2);
}

std::string clock_of(std::int64_t time_us) {
  const std::int64_t ms = time_us / 1000;
  return fmt::format("{:02}:{:02}.{:01}", ms / 60'000, ms / 1000 % 60, ms / 100 % 10);
}

std::string measures(const TrackNote& note) {
  return fmt::format("{} pictures, travel {:.1f} %, straight {:.2f}, area {:.2f} %, contrast {:.1f}, fires at {}",
                     note.pictures, 100 * note.travel, note.straightness, 100 * note.area, note.contrast,
                     note.fires_at == 0 ? std::string("none")
                                        : fmt::format("{}+", 1 + __builtin_ctz(static_cast<unsigned>(note.fires_at))));
}

/// The picture with what is known of it, and a bar of writing below.
base::Result<RgbPicture> annotated(const media::av::Picture& picture, const EngineOutput& output, int width_px,
                                   const std::string& headline, const std::string& detail) {
  VG_ASSIGN(RgbPicture rgb, media::av::to_rgb(picture, width_px));
  cv::Mat image = mat_of(rgb);
  draw_notes(image, output);
  RgbPicture out;
  out.width = rgb.width;
  out.height = rgb.height + kBarPx;
  out.pixels.assign(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3, 16);
  std::copy(rgb.pixels.begin(), rgb.pixels.end(), out.pixels.begin());
  cv::Mat sheet = mat_of(out);
  const std::string first = clock_of(picture.time_us()) + "  " + headline;
  write_text(sheet, first, {6, rgb.height + 15}, output.event_active ? kEventColour : kTextColour);
  write_text(sheet, detail, {6, rgb.height + 32}, kTextColour);
  return out;
}

std::string state_of(const EngineOutput& output) {
  if (output.event_started) return fmt::format("EVENT BEGINS: {}", ipc::motion_reason_name(output.start_reason));
  if (output.event_ended) return fmt::format("EVENT ENDS: {}", ipc::motion_reason_name(output.end_reason));
  if (output.event_active) return fmt::format("event, score {:.2f}", output.score);
  const TrackNote* const refused = best_note(output.ended);
  if (refused != nullptr && refused->verdict != ipc::MotionVerdict::kMoves) {
    return fmt::format("NO EVENT: {}", ipc::motion_verdict_name(refused->verdict));
  }
  return output.tracks.empty() ? "" : "followed";
}

std::string details_of(const EngineOutput& output) {
  const TrackNote* best = best_note(output.tracks);
  if (best == nullptr) best = best_note(output.ended);
  if (best != nullptr) return measures(*best);
  return fmt::format("threshold {:.1f}, differs {:.2f} %", output.view.threshold_grey, 100 * output.view.foreground);
}

base::Status write_file(const std::string& path, const base::Bytes& bytes) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return base::from_errno(errno, "write " + path);
  const bool whole = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const bool closed = std::fclose(file) == 0;
  return whole && closed ? base::Status() : base::no_space("write " + path);
}

/// Tiles for: an event begins, every two seconds of it, it ends, something followed raised none.
class ContactSheet final : public Explainer {
 public:
  explicit ContactSheet(std::string path) : path_(std::move(path)) {}

  base::Status take(const media::av::Picture& picture, const EngineOutput& output) override {
    const bool refused = std::any_of(output.ended.begin(), output.ended.end(),
                                     [](const TrackNote& note) { return note.verdict != ipc::MotionVerdict::kMoves; });
    const bool goes_on = output.event_active && picture.time_us() - last_us_ >= kEveryUs;
    if (!output.event_started && !output.event_ended && !goes_on && !refused) return {};
    if (tiles_.size() >= kMaxTiles) {
      ++left_out_;
      return {};
    }
    last_us_ = picture.time_us();
    VG_ASSIGN(RgbPicture tile, annotated(picture, output, kTileWidthPx, state_of(output), details_of(output)));
    tiles_.push_back(std::move(tile));
    return {};
  }

  base::Status finish(const EngineOutput&) override {
    const int rows = std::max(1, (static_cast<int>(tiles_.size()) + kTilesAcross - 1) / kTilesAcross);
    const int across = std::clamp(static_cast<int>(tiles_.size()), 1, kTilesAcross);
    const int height = tiles_.empty() ? kBarPx : tiles_.front().height;
    RgbPicture sheet;
    sheet.width = across * kTileWidthPx;
    sheet.height = rows * height + kBarPx;
    sheet.pixels.assign(static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(sheet.height) * 3, 16);
    cv::Mat image = mat_of(sheet);
    for (std::size_t i = 0; i < tiles_.size(); ++i) {
      const int column = static_cast<int>(i) % kTilesAcross, row = static_cast<int>(i) / kTilesAcross;
      const cv::Mat tile = mat_of(tiles_[i]);
      const cv::Rect place(column * kTileWidthPx, row * height, std::min(tile.cols, kTileWidthPx),
                           std::min(tile.rows, height));
      tile({0, 0, place.width, place.height}).copyTo(image(place));
    }
    const std::string summary =
        tiles_.empty() ? "nothing was followed in this file"
                       : fmt::format("{} moments{}", tiles_.size(),
                                     left_out_ == 0 ? std::string() : fmt::format(", {} more left out", left_out_));
    write_text(image, summary, {6, sheet.height - 14}, kTextColour);
    VG_ASSIGN(const base::Bytes png, media::av::encode_png(sheet));
    return write_file(path_, png);
  }

 private:
  std::string path_;
  std::vector<RgbPicture> tiles_;
  std::size_t left_out_ = 0;
  std::int64_t last_us_ = INT64_MIN / 2;
};

/// The whole file. What began, ended or was refused stays readable for a moment.
class Movie final : public Explainer {
 public:
  explicit Movie(std::string path) : path_(std::move(path)) {}

  base::Status take(const media::av::Picture& picture, const EngineOutput& output) override {
    const std::string state = state_of(output);
    if (!state.empty() && state.front() < 'a') {
      said_ = state;
      said_us_ = picture.time_us();
    }
    const bool still_said = picture.time_us() - said_us_ < kEveryUs;
    VG_ASSIGN(const RgbPicture frame,
              annotated(picture, output, kMovieWidthPx, still_said ? said_ : state, details_of(output)));
    if (!movie_) {
      VG_ASSIGN(movie_, media::av::MovieWriter::create(path_, frame.width, frame.height));
      width_ = frame.width;
      height_ = frame.height;
    }
    if (frame.width != width_ || frame.height != height_) return {};  // the file changed its size on the way
    return movie_->write(frame, picture.time_us());
  }

  base::Status finish(const EngineOutput&) override {
    return movie_ ? movie_->finish() : base::data_loss(path_ + ": there was no picture to show");
  }

 private:
  std::string path_, said_;
  std::int64_t said_us_ = INT64_MIN / 2;
  std::unique_ptr<media::av::MovieWriter> movie_;
  int width_ = 0, height_ = 0;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

base::Result<std::unique_ptr<Explainer>> Explainer::create(const std::string& path) {
  if (ends_with(path, ".png")) return std::unique_ptr<Explainer>(std::make_unique<ContactSheet>(path));
  if (ends_with(path, ".mp4")) return std::unique_ptr<Explainer>(std::make_unique<Movie>(path));
  return base::invalid_argument("--explain takes a name that ends in .png (contact sheet) or .mp4 (video)");
}

}  // namespace vonggac::motion
