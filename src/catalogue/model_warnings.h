/// What a coordinator should look at: active models in which nothing happened for six months, or that were not
/// evaluated for the year; rests and consolidations whose day has passed. Flow     every day, or when a list is opened
/// -> model_warnings -> screen. Threads  within a transaction of room store. Source   domain 3.3 (auto-warnings). The
/// third of them, cameras that mostly fail, needs the uptime of cameras.
#pragma once

#include <string>
#include <vector>

#include "catalogue/models.h"

namespace vonggac::catalogue {

struct ModelWarning {
  ModelId model;
  std::string code, name;  ///< of the model
  std::string kind;        ///< NO_ACTIVITY, NO_EVALUATION, OVERDUE
  Sentence sentence;
};
base::Result<std::vector<ModelWarning>> model_warnings(store::Reader& session, const ScopeFilter& scope, Day today);
/// Six months earlier; the last day of a shorter month.
Day six_months_before(Day day);
/// The year whose evaluation must be there: this one from December on, else the last.
int evaluated_year(Day today);

}  // namespace vonggac::catalogue
