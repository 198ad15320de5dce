#include "catalogue/problems.h"

#include <algorithm>

namespace vonggac::catalogue {

void Problems::refuse(std::string_view rule, std::string_view field, std::string vi, std::string en) {
  all_.push_back({std::string(rule), std::string(field), {std::move(vi), std::move(en)}, false});
  refused_ = true;
}

void Problems::warn(std::string_view rule, std::string_view field, std::string vi, std::string en) {
  all_.push_back({std::string(rule), std::string(field), {std::move(vi), std::move(en)}, true});
}

bool Problems::has(std::string_view rule) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Problem& p) { return p.rule == rule; });
}

base::Status Problems::status() const {
  for (const Problem& p : all_) {
    if (!p.warning) return base::invalid_argument(p.sentence.en);
  }
  return {};
}

}  // namespace vonggac::catalogue
