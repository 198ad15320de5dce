/// What happens to areas: renamed, given another type or code, merged, split, cut. One change is one decision on one
/// day; it closes and opens versions and says which part of what went where, so that a figure of any day can be told in
/// the areas of that day or of another. Flow     decision -> these functions -> area_version, area_change,
/// area_change_part, outbox. Threads  within a transaction of room store; a call that fails must end it. Errors
/// Problems with rules V1 to V4; kNotFound: no such area on that day.
///
/// What lies in a merged area moves with it: residential areas and groups keep identity, name and code. After a partial
/// transfer a person must say of each thing that was not named where it lies now: it waits in `reassignment`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/areas.h"

namespace vonggac::catalogue {

struct ChangeId : base::Uuid {};

/// New name, type, code or figures of an area from a day on; what is left out stays.
struct AreaAmendment {
  std::optional<std::string> name, type, code;
  std::optional<AreaId> parent;
  std::optional<std::int64_t> households, population;
  std::optional<double> km2;
  std::string basis;
};
base::Result<ChangeId> amend_area(store::WriteSession& session, const AreaId& area, const AreaAmendment& amendment,
                                  Day day, Problems& problems);

/// Sources end, one target takes them in: an area that is there (`into`) or a new one (`form`), exactly one of them.
struct MergeForm {
  std::vector<AreaId> sources;
  std::optional<AreaId> into;
  std::optional<AreaForm> form;
  std::string basis;
};
struct MergeResult {
  ChangeId change;
  AreaId target;
};
base::Result<MergeResult> merge_areas(store::WriteSession& session, const MergeForm& form, Day day, Problems& problems);

/// One area ends, several new ones take its parts. Parts that name nothing of what lay in the source leave it waiting.
struct SplitForm {
  struct Part {
    AreaForm form;
    std::vector<AreaId> residential;  ///< what of the source goes here
  };
  AreaId source;
  std::vector<Part> parts;
  std::string basis;
};
struct SplitResult {
  ChangeId change;
  std::vector<AreaId> targets;
};
base::Result<SplitResult> split_area(store::WriteSession& session, const SplitForm& form, Day day, Problems& problems);

/// Part of an area goes to another one; both go on. `moved`: residential areas that go. Without any, all of the source
/// wait for a person.
struct TransferForm {
  AreaId source, target;
  std::vector<AreaId> moved;
  std::optional<std::int64_t> households, population;  ///< of the part
  std::optional<double> km2;
  std::string basis;
};
base::Result<ChangeId> transfer_part(store::WriteSession& session, const TransferForm& form, Day day,
                                     Problems& problems);

/// The area ends and nothing follows; nothing may lie in it any more.
base::Result<ChangeId> end_area(store::WriteSession& session, const AreaId& area, std::string_view basis, Day day,
                                Problems& problems);

struct Waiting {
  base::Uuid id;
  ChangeId change;
  std::string subject_kind;  ///< "area", "site", "household"
  base::Uuid subject;
  AreaId from;
  std::optional<AreaId> proposed;
};
/// What waits for a person, oldest first.
base::Result<std::vector<Waiting>> waiting_reassignments(store::Reader& session);
/// A person says where a residential area, a site or a household lies since the change.
base::Status settle_reassignment(store::WriteSession& session, const base::Uuid& id, const AreaId& area,
                                 Problems& problems);

/// Where a figure of `area`, taken on `from`, belongs on `to`: the area itself while it lasts, else what took it in.
/// More than one where it was split.
base::Result<std::vector<AreaId>> successors(store::Reader& session, const AreaId& area, Day from, Day to);
/// The other way: all areas of any time whose figures belong to `area` on `day`, itself included (merged wholes only;
/// what was cut off is told by its residential areas).
base::Result<std::vector<AreaId>> merged_into(store::Reader& session, const AreaId& area, Day day);

}  // namespace vonggac::catalogue
