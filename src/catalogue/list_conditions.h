/// Conditions of camera lists as SQL with parameters, inside this room.
#pragma once

#include <string>
#include <string_view>

#include "catalogue/camera_lists.h"

namespace vonggac::catalogue {

/// Collects parts that are joined by "and"; each value gets its number.
class Conditions {
 public:
  /// `text` with "{}" where the value's "$n" goes.
  void add(std::string_view text, const store::Value& value);
  void add(std::string_view text) { join(std::string(text)); }
  std::string place(const store::Value& value);
  const std::string& text() const { return text_; }
  const store::Parameters& values() const { return values_; }

 private:
  void join(const std::string& part) { text_ += (text_.empty() ? "" : " and ") + part; }
  std::string text_;
  store::Parameters values_;
};

/// Not merged, and what the filter asks, but for the area.
void add_filter(Conditions& conditions, const CameraFilter& filter);
/// One condition for all areas of a scope; "1 = 0" for none.
void add_scope(Conditions& conditions, const ScopeAreas& scope);
base::Result<ScopeAreas> scope_of_list(store::Reader& session, const ScopeFilter& scope,
                                       const std::optional<AreaId>& area, Day today);
/// `rest`: conditions and "order by ... limit ..." of tables c and s, which are joined. `few`: a statement that gives
/// the ids of all that can be meant, or empty.
base::Result<std::vector<CameraListed>> read_listed(store::Reader& session, std::string_view few, std::string_view rest,
                                                    const store::Parameters& values);

}  // namespace vonggac::catalogue
