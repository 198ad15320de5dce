/// Grants: a role for a person, in an area and all that lies in it, from one moment to another. Nobody may do anything
/// without one. An area that was merged is reached by whoever asks with the lineage of what it became.
/// Flow     who manages users -> give_grant / revoke_grant; every request -> Authority::of -> may, or scope() for
/// lists. Threads  within a transaction of room store; Authority is a plain value, true at the moment it was read.
/// Errors   kInvalidArgument: no such role; a time that ends before it begins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/roles.h"
#include "access/users.h"
#include "base/ids.h"
#include "store/store.h"

namespace vonggac::access {

struct Grant {
  base::Uuid id;
  UserId user;
  std::string role;
  std::optional<base::Uuid> area;  ///< none: everywhere on this node
  base::WallTime from, to;
};

inline constexpr base::WallTime kNoEnd{INT64_MAX};

base::Result<base::Uuid> give_grant(store::WriteSession& session, const UserId& user, std::string_view role,
                                    const std::optional<base::Uuid>& area, base::WallTime from, base::WallTime to,
                                    const std::optional<UserId>& given_by);
base::Status revoke_grant(store::WriteSession& session, const base::Uuid& grant);
base::Result<std::optional<Grant>> grant_by_id(store::Reader& session, const base::Uuid& grant);
base::Result<std::vector<Grant>> grants_of(store::Reader& session, const UserId& user, base::WallTime now);

/// What a person may do now.
class Authority {
 public:
  static base::Result<Authority> of(store::Reader& session, const UserId& user, base::WallTime now);
  /// In an area that lies in `lineage` (from the area itself up to its province); an empty one is what belongs to no
  /// area, which only grants without an area reach.
  bool may(Action action, const std::vector<base::Uuid>& lineage) const;
  /// Somewhere at all: for menus, and for routes that list.
  bool may_anywhere(Action action) const;
  /// What a token leaves of it.
  Authority narrowed_to(Actions actions) const;
  /// All that is allowed somewhere.
  Actions actions() const;
  bool needs_second_factor() const { return needs_second_factor_; }
  /// Areas (and whether all) in which an action is allowed, for lists.
  struct Scope {
    bool everywhere = false;
    std::vector<base::Uuid> roots;
  };
  Scope scope(Action action) const;

 private:
  struct Reach {
    Actions actions = 0;
    std::optional<base::Uuid> area;
  };
  std::vector<Reach> reaches_;
  bool needs_second_factor_ = false;
};

}  // namespace vonggac::access
