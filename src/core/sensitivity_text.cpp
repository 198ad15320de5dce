#include "core/sensitivity_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace vonggac::core {
namespace {

/// Figures that walk before a still street with sensor noise, not encoded; found in at least seven of eight walks.
/// Levels 1 and 2 are reckoned from the least area they ask for.
constexpr std::array<double, 9> kSmallestPercent{18, 18, 12, 8, 5.5, 5.5, 5.5, 4, 4};

struct Manner {
  const char* vi;
  const char* en;
};
constexpr std::array<Manner, 9> kManners{
    {{"chỉ vật lớn và rõ", "only what is large and clear"},
     {"vật lớn", "large things"},
     {"vật khá lớn", "rather large things"},
     {"bỏ qua vật nhỏ ở xa", "small things far away are left out"},
     {"mức thường dùng", "the usual level"},
     {"cả vật khá nhỏ", "rather small things too"},
     {"cả vật nhỏ ở xa", "small things far away too"},
     {"cả vật rất nhỏ, dễ báo nhầm hơn", "very small things too, with more false alarms"},
     {"nhạy nhất, dễ báo nhầm nhất", "all there is, with the most false alarms"}}};

}  // namespace

SensitivityText sensitivity_text(int sensitivity) {
  const int level = std::clamp(sensitivity, 1, 9);
  const auto index = static_cast<std::size_t>(level - 1);
  const double percent = kSmallestPercent[index];
  const auto part = std::lround(100 / percent);
  SensitivityText text;
  text.smallest_percent = percent;
  text.vi = fmt::format("Độ nhạy {}: {}; ghi người đi bộ cao từ {} % chiều cao khung hình (khoảng 1/{}) trở lên.",
                        level, kManners[index].vi, percent, part);
  text.en = fmt::format("Sensitivity {}: {}; records walking people from {} % of the picture's height (about 1/{}) up.",
                        level, kManners[index].en, percent, part);
  return text;
}

}  // namespace vonggac::core
