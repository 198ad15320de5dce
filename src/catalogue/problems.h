/// What is wrong with what people typed: all of it at once, each with its rule, its field and a sentence in Vietnamese
/// and English. A warning is shown and asked about; it does not refuse.
/// Threads  plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vonggac::catalogue {

struct Sentence {
  std::string vi, en;
};

struct Problem {
  std::string rule;   ///< "V1" ... "V34" of the domain's rules, or "" for a form that is not filled in rightly
  std::string field;  ///< of the form: "name", "parts[2].to"
  Sentence sentence;
  bool warning = false;
};

class Problems {
 public:
  void refuse(std::string_view rule, std::string_view field, std::string vi, std::string en);
  void warn(std::string_view rule, std::string_view field, std::string vi, std::string en);
  bool refused() const { return refused_; }
  bool has(std::string_view rule) const;
  const std::vector<Problem>& all() const { return all_; }
  /// kInvalidArgument with the first refusing sentence if there is one, else ok.
  base::Status status() const;

 private:
  std::vector<Problem> all_;
  bool refused_ = false;
};

}  // namespace vonggac::catalogue
