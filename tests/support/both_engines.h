/// Fresh databases for tests that run on SQLite and on PostgreSQL.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "store/store.h"
#include "support/postgres_server.h"
#include "support/temp_folder.h"

namespace vonggac::test {

class BothEngines {
 public:
  BothEngines(const TempFolder& folder, const base::Clock& clock) : folder_(folder), clock_(clock) {}
  store::StoreAddress fresh_address(store::Engine engine) {
    if (engine == store::Engine::kPostgres) return {engine, PostgresServer::shared().make_database()};
    return {engine, folder_.file("db" + std::to_string(++files_))};
  }
  std::unique_ptr<store::Store> open(const store::StoreAddress& address) const {
    auto opened = store::Store::open(address, {}, clock_);
    EXPECT_TRUE(opened) << opened.error().to_string();
    return opened ? std::move(*opened) : nullptr;
  }

 private:
  const TempFolder& folder_;
  const base::Clock& clock_;
  int files_ = 0;
};

}  // namespace vonggac::test
