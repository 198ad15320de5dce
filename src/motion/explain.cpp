#include "motion/explain.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <opencv2/imgproc.hpp>

#include "ipc/motion_texts.h"
#include "media/av/picture_file.h"
#include "motion/plain_letters.h"

namespace vonggac::motion {
namespace {

using media::av::RgbPicture;

constexpr int kTileWidthPx = 480, kTilesAcross = 4, kMovieWidthPx = 960;
constexpr int kBarPx = 56;                    // three lines of writing under a picture
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

/// Beside a box there is room for a word only; without marks, as the font has none.
const char* short_word(ipc::MotionVerdict verdict) {
  switch (verdict) {
    case ipc::MotionVerdict::kMoves:
      return "di chuyen";
    case ipc::MotionVerdict::kTooFewPictures:
      return "qua it hinh";
    case ipc::MotionVerdict::kNoChange:
      return "khong doi";
    case ipc::MotionVerdict::kLikeAnInsect:
      return "nhu con trung";
    case ipc::MotionVerdict::kTooLittleTravel:
      return "chua roi cho";
    case ipc::MotionVerdict::kNotStraight:
      return "toi lui";
    case ipc::MotionVerdict::kUnstableSize:
      return "co that thuong";
    case ipc::MotionVerdict::kLearning:
      return "dang hoc nen";
    case ipc::MotionVerdict::kOutsideZones:
      return "ngoai vung";
    case ipc::MotionVerdict::kLikeLight:
      return "nhu anh sang";
  }
  return "";
}

/// Green: part of an event. Yellow: followed. Red: gone, and raised none.
void draw_notes(cv::Mat& image, const EngineOutput& output) {
  const auto draw = [&image](const TrackNote& note, const cv::Scalar& colour) {
    const cv::Rect box = pixels(note.box, image);
    cv::rectangle(image, box, colour, 2);
    const std::string text = fmt::format("#{} {:.2f} {}", note.id, note.score, short_word(note.verdict));
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
  // hinh, quang duong, do thang, dien tich, tuong phan, muc nhay: so many words as fit beside the English ones.
  return fmt::format("{} hinh/pictures, {:.1f} % way, straight {:.2f}, area {:.2f} %, contrast {:.1f}, muc/level {}",
                     note.pictures, 100 * note.travel, note.straightness, 100 * note.area, note.contrast,
                     note.fires_at == 0 ? std::string("-")
                                        : fmt::format("{}+", 1 + __builtin_ctz(static_cast<unsigned>(note.fires_at))));
}

/// What is said of a moment: Vietnamese first, in letters the font has, then English, then figures.
struct Words {
  std::string vi, en, figures;
};

/// The picture with what is known of it, and a bar of writing below.
base::Result<RgbPicture> annotated(const media::av::Picture& picture, const EngineOutput& output, int width_px,
                                   const Words& words) {
  VG_ASSIGN(RgbPicture rgb, media::av::to_rgb(picture, width_px));
  cv::Mat image = mat_of(rgb);
  draw_notes(image, output);
  RgbPicture out;
  out.width = rgb.width;
  out.height = rgb.height + kBarPx;
  out.pixels.assign(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3, 16);
  std::copy(rgb.pixels.begin(), rgb.pixels.end(), out.pixels.begin());
  cv::Mat sheet = mat_of(out);
  const cv::Scalar& colour = output.event_active ? kEventColour : kTextColour;
  write_text(sheet, clock_of(picture.time_us()) + "  " + words.vi, {6, rgb.height + 15}, colour);
  write_text(sheet, words.en, {6, rgb.height + 32}, colour);
  write_text(sheet, words.figures, {6, rgb.height + 49}, kTextColour);
  return out;
}

Words worded(const char* vi, const char* en, const ipc::Sentence& why) {
  return {plain_letters(std::string(vi) + why.vi), std::string(en) + why.en, {}};
}

Words state_of(const EngineOutput& output) {
  if (output.event_started) {
    return worded("BẮT ĐẦU SỰ KIỆN: ", "EVENT BEGINS: ", ipc::sentence_of(output.start_reason));
  }
  if (output.event_ended) return worded("HẾT SỰ KIỆN: ", "EVENT ENDS: ", ipc::sentence_of(output.end_reason));
  if (output.event_active) {
    const std::string score = fmt::format("{:.2f}", output.score);
    return {plain_letters("đang có sự kiện, điểm " + score), "event, score " + score, {}};
  }
  const TrackNote* const refused = best_note(output.ended);
  if (refused != nullptr && refused->verdict != ipc::MotionVerdict::kMoves) {
    return worded("KHÔNG BÁO: ", "NO EVENT: ", ipc::sentence_of(refused->verdict));
  }
  if (output.tracks.empty()) return {};
  return worded("đang theo dõi: ", "followed: ", ipc::sentence_of(best_note(output.tracks)->verdict));
}

std::string details_of(const EngineOutput& output) {
  const TrackNote* best = best_note(output.tracks);
  if (best == nullptr) best = best_note(output.ended);
  if (best != nullptr) return measures(*best);
  return fmt::format("nguong/threshold {:.1f}, khac nen/differs {:.2f} %", output.view.threshold_grey,
                     100 * output.view.foreground);
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
    Words words = state_of(output);
    words.figures = details_of(output);
    VG_ASSIGN(RgbPicture tile, annotated(picture, output, kTileWidthPx, words));
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
        tiles_.empty() ? "khong co gi duoc theo doi / nothing was followed in this file"
                       : fmt::format("{} hinh / moments{}", tiles_.size(),
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
    Words words = state_of(output);
    const bool decided = output.event_started || output.event_ended ||
                         (!output.event_active && !output.ended.empty() && !words.vi.empty());
    if (decided) {
      said_ = words;
      said_us_ = picture.time_us();
    } else if (picture.time_us() - said_us_ < kEveryUs) {
      words = said_;
    }
    words.figures = details_of(output);
    VG_ASSIGN(const RgbPicture frame, annotated(picture, output, kMovieWidthPx, words));
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
  std::string path_;
  Words said_;
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
