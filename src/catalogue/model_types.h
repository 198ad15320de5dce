/// Types of models (mô hình): the six of the provincial plan of 2020, word for word, and whatever a province adds;
/// their categories; kinds of events and sources of money. Flow     ship_model_types() once after the schema -> table
/// model_type -> lists of the forms. Threads  constant tables; within a transaction of room store. Errors   Problems
/// with sentences and kInvalidArgument. Source   seeds S0.8, S0.9, S4.7; code lists of domain 3.8.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/named_code.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::catalogue {

struct ModelType {
  std::string code;
  std::string official_name;  ///< word for word as the deciding document has it
  std::string short_name, category;
  bool is_camera = false;
  std::string origin;  ///< the document that names it
};

std::span<const NamedCode> model_categories();
std::span<const NamedCode> model_event_kinds();
std::span<const NamedCode> funding_sources();
/// self-managing, self-preventing, self-protecting, self-reconciling
std::span<const NamedCode> self_x_tags();
/// Movements a model is woven into; others may be typed.
std::span<const NamedCode> known_campaigns();

/// The types that are shipped. Those that are there already stay as they are.
std::vector<ModelType> shipped_model_types();
base::Status ship_model_types(store::WriteSession& session);
base::Status add_model_type(store::WriteSession& session, const ModelType& type, Problems& problems);
base::Result<std::vector<ModelType>> model_types(store::Reader& session);

/// "NGAN_SACH" is budget, "KHAC" is neither, all else is given by the people.
enum class FundingGroup { kBudget, kPeople, kOther };
FundingGroup funding_group(std::string_view source);

}  // namespace vonggac::catalogue
